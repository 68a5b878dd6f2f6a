"""The split keeps its promise, also for the moved copies: nothing that is tested was trained on."""

import numpy as np

from data import CLASSES, MOVES, SIDE, joined, load, moved


def rows(part):
    """Every image of the part and of its moved copies, as bytes."""
    return {row.tobytes() for row in joined(part, moved(part)).inputs}


def test_no_image_is_in_two_parts_even_after_a_move():
    train, validation, test = (rows(part) for part in load())
    assert not train & test
    assert not train & validation
    assert not validation & test


def test_the_split_is_the_same_every_time():
    for first, again in zip(load(), load(), strict=True):
        np.testing.assert_array_equal(first.inputs, again.inputs)


def test_every_part_holds_every_class_and_tidy_numbers():
    for part in load():
        assert set(part.labels) == set(range(CLASSES))
        assert part.inputs.shape == (len(part), SIDE, SIDE)
        assert part.inputs.dtype == np.float32
        assert part.inputs.min() == 0
        assert part.inputs.max() == 1


def test_a_move_loses_no_ink_and_keeps_the_labels():
    train = load()[0]
    copies = moved(train)
    assert len(copies) == len(MOVES) * len(train)
    ink = train.inputs.sum(axis=(1, 2))
    np.testing.assert_allclose(copies.inputs.sum(axis=(1, 2)), np.tile(ink, len(MOVES)), rtol=1e-5)
    np.testing.assert_array_equal(copies.labels[: len(train)], train.labels)
