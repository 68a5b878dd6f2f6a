"""The split keeps its promise: nothing that is tested was trained on."""

import numpy as np

from data import SIDE, TEST, TRAIN, VALIDATION, crops, load
from evaluate import iou, otsu


def test_no_row_is_in_two_parts():
    rows = [set(range(512)[part]) for part in (TRAIN, VALIDATION, TEST)]
    assert sum(map(len, rows)) == len(set.union(*rows)) == 512


def test_the_split_is_the_same_every_time():
    for first, again in zip(load(), load(), strict=True):
        np.testing.assert_array_equal(first.image, again.image)
        np.testing.assert_array_equal(first.mask, again.mask)


def test_a_crop_and_its_mask_show_the_same_place():
    train, _, _ = load()
    train = type(train)(train.mask.astype(np.float32), train.mask)  # an image equal to its mask
    images, masks = crops(train, 20, np.random.default_rng(0))
    assert images.shape == masks.shape == (20, 1, SIDE, SIDE)
    np.testing.assert_array_equal(images, masks)
    assert len({crop.tobytes() for crop in images}) == 20


def test_otsu_is_the_best_of_all_thresholds():
    pixels = np.random.default_rng(0).integers(0, 20, 300) / 20.0

    def between(cut):
        low, high = pixels[pixels <= cut], pixels[pixels > cut]
        return len(low) * len(high) * (low.mean() - high.mean()) ** 2

    cuts = np.unique(pixels)[:-1]
    assert otsu(pixels) == max(cuts, key=between)


def test_iou_counts_pixels():
    found, truth = np.array([1, 1, 1, 0, 0], bool), np.array([0, 1, 1, 1, 0], bool)
    assert iou(found, truth) == 2 / 4
    assert iou(truth, truth) == iou(truth & False, truth & False) == 1
