"""The split keeps its promise, and a pixel is bright or dark."""

import numpy as np

from data import BRIGHT, SIDE, coarse, load


def test_every_photograph_is_in_one_part():
    assert [len(part) for part in load()] == [4000, 1000, 1000]
    train, validation, test = load()
    known = np.bincount(train.labels) + np.bincount(validation.labels)
    assert known.tolist() == [500] * 10
    assert np.bincount(test.labels).tolist() == [100] * 10


def test_the_split_is_the_same_every_time():
    for first, again in zip(load(), load(), strict=True):
        np.testing.assert_array_equal(first.images, again.images)
        np.testing.assert_array_equal(first.labels, again.labels)


def test_four_pixels_become_one_that_is_bright_or_dark():
    photo = np.zeros((1, 2 * SIDE, 2 * SIDE))
    photo[0, :2, :2] = BRIGHT + 0.01
    photo[0, -2:, -2:] = [[1, 0], [0, 0]]
    found = coarse(photo)
    assert found.dtype == np.float32
    assert np.flatnonzero(found).tolist() == [0]
