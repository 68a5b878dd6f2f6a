from dataclasses import dataclass

import numpy as np
from undergrad import datasets

CLASSES = 10


@dataclass(frozen=True)
class Part:
    """Inputs of shape (n, 64), float32 between 0 and 1; labels of shape (n,), integers."""

    inputs: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


def load() -> tuple[Part, Part, Part]:
    """The training, validation and test sets: 60, 20 and 20 %, always the same."""
    images, labels = all_images()
    order = np.random.default_rng(0).permutation(len(labels))
    ends = [len(order) * 6 // 10, len(order) * 8 // 10]
    train, validation, test = (
        Part(images[chosen], labels[chosen]) for chosen in np.split(order, ends)
    )
    return train, validation, test


def all_images() -> tuple[np.ndarray, np.ndarray]:
    """Every image as a row of 64 grey values, and its digit."""
    images, labels = datasets.digits()
    return images.reshape(len(labels), 64), labels
