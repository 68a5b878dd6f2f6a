"""Transforms: what they promise, on images with and without channels, and with a seed."""

import numpy as np
import pytest

from undergrad.engine.data import DataLoader, TensorDataset, Transformed
from undergrad.engine.data.transforms import (
    AddNoise,
    Compose,
    Normalize,
    RandomErase,
    RandomFlip,
    RandomShift,
    mixup,
    one_hot,
)

SHAPES = [(40, 6, 7), (40, 3, 6, 7)]
each_shape = pytest.mark.parametrize("shape", SHAPES)


def images(shape):
    return np.random.default_rng(0).uniform(0.1, 1, shape).astype(np.float32)


def moved(image, down, right):
    """The slow way: pixel by pixel."""
    out, (height, width) = np.zeros_like(image), image.shape[-2:]
    for i in range(height):
        for j in range(width):
            if 0 <= i - down < height and 0 <= j - right < width:
                out[..., i, j] = image[..., i - down, j - right]
    return out


@each_shape
def test_each_image_is_shifted_by_one_of_the_allowed_steps(shape):
    x = images(shape)
    seen = set()
    for before, after in zip(x, RandomShift(2, rng=0)(x), strict=True):
        steps = [(d, r) for d in range(-2, 3) for r in range(-2, 3)]
        (step,) = [s for s in steps if (moved(before, *s) == after).all()]
        seen.add(step)
    assert len(seen) > 15


@each_shape
def test_flips_are_whole_images(shape):
    x = images(shape)
    out = RandomFlip(0.3, rng=0)(x)
    mirrored = [(a == b[..., ::-1]).all() for a, b in zip(out, x, strict=True)]
    kept = [(a == b).all() for a, b in zip(out, x, strict=True)]
    assert all(m or k for m, k in zip(mirrored, kept, strict=True))
    assert 4 <= sum(mirrored) <= 20
    assert (RandomFlip(1.0)(x) == x[..., ::-1]).all()


@each_shape
def test_erased_squares_have_their_size_in_all_channels(shape):
    x = images(shape)
    out = RandomErase(3, p=0.5, rng=0)(x)
    channels = x[0].size // 42
    counts = [int((image == 0).sum()) for image in out]
    assert set(counts) == {0, 9 * channels}
    for image in out:
        gone = (image.reshape(channels, 6, 7) == 0).all(axis=0)
        rows, columns = np.nonzero(gone)
        if len(rows):
            assert (np.ptp(rows), np.ptp(columns)) == (2, 2)
    assert x.min() > 0


def test_normalized_images_have_mean_0_and_std_1_in_each_channel():
    x = images((40, 3, 6, 7)) * [[[[1]], [[5]], [[0]]]]
    out = Normalize.of(x, axis=(0, 2, 3))(x)
    assert out.dtype == np.float32
    assert np.allclose(out.mean(axis=(0, 2, 3)), 0, atol=1e-5)
    assert np.allclose(out.std(axis=(0, 2, 3)), [1, 1, 0], atol=1e-4)


def test_noise_has_its_std_and_keeps_the_type():
    out = AddNoise(0.5, rng=0)(np.zeros((100, 100), np.float32))
    assert out.dtype == np.float32
    assert out.std() == pytest.approx(0.5, rel=0.03)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool])
def test_integers_become_real_where_a_part_of_one_is_needed(dtype):
    x, targets = np.ones((50, 4), dtype), np.arange(50).astype(dtype)[:, None]
    noise = AddNoise(0.1, rng=0)(x) - 1
    assert noise.dtype == np.float32
    assert 0.07 < noise.std() < 0.13
    mixed, blended = mixup(x, targets, alpha=1.0, rng=0)
    assert (mixed.dtype, blended.dtype) == (np.float32, np.float32)
    assert np.allclose(mixed, 1)
    if dtype is not bool:
        assert (blended % 1 != 0).mean() > 0.5


def test_mixup_blends_inputs_and_targets_alike():
    x, targets = images((30, 4)), one_hot(np.arange(30) % 3, 3)
    mixed, blended = mixup(x, targets, alpha=1.0, rng=0)
    assert np.allclose(blended.sum(axis=1), 1)
    chance = np.random.default_rng(0)
    share, other = chance.beta(1.0, 1.0, 30)[:, None], None
    other = chance.permutation(30)
    assert np.allclose(mixed, share * x + (1 - share) * x[other], atol=1e-6)
    assert np.allclose(blended, share * targets + (1 - share) * targets[other], atol=1e-6)
    assert mixup(images((5, 2, 3, 3)), np.ones((5, 1), np.float32))[0].dtype == np.float32


def test_transforms_are_composed_and_applied_again_each_epoch():
    data = TensorDataset(images((20, 6, 6)), np.arange(20))
    shifted = Transformed(data, Compose([RandomShift(1, rng=0), AddNoise(0.01, rng=0)]))
    epochs = [[x.data for x, _ in DataLoader(shifted, 20)] for _ in range(2)]
    assert (epochs[0][0] != epochs[1][0]).any()
    assert next(iter(DataLoader(shifted, 20)))[1].tolist() == list(range(20))
    assert repr(shifted).endswith("Compose(RandomShift(pixels=1), AddNoise(std=0.01)))")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomShift(0), "pixels must be at least 1"),
        (lambda: RandomFlip(1.5), "between 0 and 1, and is 1.5"),
        (lambda: RandomErase(0), "size must be at least 1"),
        (lambda: RandomErase(2, p=-1), "RandomErase: p must lie"),
        (lambda: AddNoise(-1), "must not be negative"),
        (lambda: one_hot([3], 3), "labels from 3 to 3 for 3 classes"),
        (lambda: one_hot([0, -1], 3), "labels from -1 to 0"),
        (lambda: mixup(np.ones(2), np.ones(2), alpha=0), "alpha must be positive"),
    ],
)
def test_bad_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
