"""The split keeps its promise: whole chapters, none of them in two parts; and numbers are text."""

import hashlib

import numpy as np

from data import BOOK, PAIRS, SHA256, SYMBOLS, decode, encode, in_a_row, load, pairs, title


def test_the_book_is_the_one_of_the_data_card():
    assert hashlib.sha256(BOOK.encode()).hexdigest() == SHA256


def test_every_chapter_is_in_one_part_and_nothing_of_the_book_is_lost():
    parts = load()
    assert [len(part) for part in parts.values()] == [109, 14, 13]
    chapters = [chapter for part in parts.values() for chapter in part]
    assert len({*chapters}) == 136
    words = sorted(word for chapter in chapters for word in chapter.split())
    assert words == sorted(BOOK.split())


def test_the_chapters_are_those_of_the_plan():
    parts = load()
    for name, first in (("test", 10), ("validation", 5)):
        numbers = [int(title(chapter).split()[1].strip(".")) for chapter in parts[name]]
        assert numbers == list(range(first, 136, 10))
    assert title(parts["train"][-1]).startswith("Epilogue")


def test_numbers_are_text():
    assert SYMBOLS[0] == "\n"
    assert decode(encode("Call me Ishmael.")) == "Call me Ishmael."
    assert decode(in_a_row(["ab", "c"])) == "\n\nab\n\nc"


def test_a_pair_of_the_training_chapters_has_a_number_of_its_own():
    text = encode("the whale")[:, None]
    found = pairs(text)[:, 0]
    assert len({*found}) == 8
    assert found.min() > 0 and found.max() < PAIRS
    assert pairs(encode("qj")[:, None]).item() == 0
    read = pairs(in_a_row(load()["train"])[:, None])
    np.testing.assert_array_equal(np.unique(read), np.arange(1, PAIRS))
