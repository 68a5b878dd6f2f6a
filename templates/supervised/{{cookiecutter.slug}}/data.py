"""The data: where it comes from, and how it is split. Nothing here looks at a label to decide.

Make it yours: return your own arrays from `load`. Keep the three parts, and keep the split fixed
and seeded, so that the test part stays unseen whatever you change elsewhere.
"""

from dataclasses import dataclass

import numpy as np
from undergrad import datasets

CLASSES = 10


@dataclass(frozen=True)
class Part:
    """Inputs of shape (n, 64), float32 between 0 and 1; labels of shape (n,), whole numbers."""

    inputs: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


def load() -> tuple[Part, Part, Part]:
    """The training, validation and test parts: 60, 20 and 20 in a hundred, always the same."""
    pictures, labels = all_pictures()
    order = np.random.default_rng(0).permutation(len(labels))
    ends = [len(order) * 6 // 10, len(order) * 8 // 10]
    train, validation, test = (
        Part(pictures[chosen], labels[chosen]) for chosen in np.split(order, ends)
    )
    return train, validation, test


def all_pictures() -> tuple[np.ndarray, np.ndarray]:
    """Every picture as a row of 64 shades, and the digit that it shows."""
    pictures, labels = datasets.digits()
    return pictures.reshape(len(labels), 64), labels
