"""The masks say what the boxes say, and nothing that is tested was trained on."""

import numpy as np
import pytest

from data import SIDE, Part, batch, load, masks


@pytest.fixture(scope="module")
def parts():
    return load()


def test_no_tile_is_in_two_parts(parts):
    tiles = [{tile.tobytes() for tile in part.photos} for part in parts.values()]
    assert sum(map(len, tiles)) == len(set.union(*tiles)) == 258 + 40 + 18


def test_the_split_is_the_same_every_time(parts):
    for name, part in load().items():
        np.testing.assert_array_equal(part.images, parts[name].images)
        np.testing.assert_array_equal(part.crown, parts[name].crown)


def test_the_colours_of_the_training_tiles_are_standardised(parts):
    images = parts["train"].images
    np.testing.assert_allclose(images.mean(axis=(0, 2, 3)), 0, atol=1e-3)
    np.testing.assert_allclose(images.std(axis=(0, 2, 3)), 1, atol=1e-3)


def test_a_mask_equals_a_plain_loop_over_pixels():
    boxes = np.array([[10, 20, 50, 40], [40, 30, 128, 90]])
    crown, known = masks(boxes)
    for row, column in np.ndindex(SIDE, SIDE):
        x, y = 2 * column + 1, 2 * row + 1
        inside = [left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes]
        round_ = [
            ((x - (a + c) / 2) / ((c - a) / 2)) ** 2 + ((y - (b + d) / 2) / ((d - b) / 2)) ** 2 <= 1
            for a, b, c, d in boxes
        ]
        assert crown[row, column] == any(round_)
        assert known[row, column] == (any(round_) or not any(inside))


def test_without_boxes_all_is_ground():
    crown, known = masks(np.zeros((0, 4), int))
    assert not crown.any()
    assert known.all()


def test_an_ellipse_leaves_a_fifth_of_its_box_unknown():
    crown, known = masks(np.array([[0, 0, 128, 128]]))
    assert crown.mean() == pytest.approx(np.pi / 4, abs=0.01)
    assert not (crown & ~known).any()


def test_a_tile_and_its_masks_are_turned_together(parts):
    train = parts["train"]
    images = np.repeat(train.crown[:, None], 3, axis=1).astype(np.float32)  # that show their mask
    alike = Part(train.photos, images, train.crown, train.known, train.boxes)
    images, crown, known = batch(alike, 30, np.random.default_rng(0), turn=True)
    assert images.shape == (30, 3, SIDE, SIDE)
    np.testing.assert_array_equal(images[:, :1], crown)
    assert (crown <= known).all()
