"""The photograph and its mask: where they come from, how they are split, and crops to train on.

Make it yours: return your own photographs and masks from `load`. Keep the three sets, and cut them
so that no object lies in two of them: here one photograph is cut into three bands of rows.
"""

from dataclasses import dataclass

import numpy as np
from undergrad import datasets

TRAIN, VALIDATION, TEST = slice(0, 288), slice(288, 384), slice(384, 512)  # rows
SIDE = 64  # pixels of a crop


@dataclass(frozen=True)
class Part:
    """Brightness of shape (rows, columns), float32, standardised; mask of that shape, bool."""

    image: np.ndarray
    mask: np.ndarray


def load() -> tuple[Part, Part, Part]:
    """The training, validation and test rows, always the same.

    The mean and the standard deviation of the brightness are those of the training rows.
    """
    photo, numbers = datasets.nuclei()  # number 0 is the background, each nucleus has its own
    known = photo[TRAIN]
    image, mask = ((photo - known.mean()) / known.std()).astype(np.float32), numbers > 0
    train, validation, test = (
        Part(image[rows], mask[rows]) for rows in (TRAIN, VALIDATION, TEST)
    )
    return train, validation, test


def crops(part: Part, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Random crops, each in a random one of the eight positions of a square.

    Returns images and masks of shape (count, 1, side, side), float32.
    """
    images, masks = [], []
    for _ in range(count):
        row, column = (rng.integers(length - SIDE + 1) for length in part.image.shape)
        turns, reflected = rng.integers(4), rng.random() < 0.5
        for whole, kept in ((part.image, images), (part.mask, masks)):
            crop = np.rot90(whole[row : row + SIDE, column : column + SIDE], turns)
            kept.append(crop[:, ::-1] if reflected else crop)
    return np.stack(images)[:, None], np.stack(masks)[:, None].astype(np.float32)
