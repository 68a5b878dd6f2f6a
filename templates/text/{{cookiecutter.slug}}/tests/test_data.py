"""The split keeps its promise: nothing that is tested was trained on; and numbers are letters."""

from data import IGNORED, MARK, SYMBOLS, encoded, load


def test_no_name_is_in_two_parts():
    train, validation, test = map(set, load())
    assert len(train) > 20_000
    assert not train & test
    assert not train & validation
    assert not validation & test


def test_the_split_is_the_same_every_time():
    assert load() == load()


def test_every_letter_has_a_number():
    assert SYMBOLS[0] == MARK
    assert {letter for part in load() for name in part for letter in name} <= set(SYMBOLS[1:])


def test_each_letter_is_read_before_the_next_one_is_predicted():
    read, targets = encoded(["ann", "bo"])
    assert read.tolist() == [[0, 1, 14, 14], [0, 2, 15, 0]]
    assert targets.tolist() == [[1, 14, 14, 0], [2, 15, 0, IGNORED]]
