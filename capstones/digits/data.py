"""The data: handwritten digits in a frame, split once, and the same digits moved by one pixel."""

from dataclasses import dataclass

import numpy as np
from undergrad import datasets

CLASSES = 10
SIDE = 10  # 8 pixels and a frame of one, so that a move by one pixel loses nothing
MOVES = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right]


@dataclass(frozen=True)
class Part:
    """Inputs of shape (n, 10, 10), float32 from 0 (paper) to 1 (ink); labels of shape (n,)."""

    inputs: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


def load() -> tuple[Part, Part, Part]:
    """The training, validation and test sets: 60, 20 and 20 %, always the same."""
    images, labels = datasets.digits()
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    order = np.random.default_rng(0).permutation(len(labels))
    ends = [len(order) * 6 // 10, len(order) * 8 // 10]
    train, validation, test = (
        Part(framed[chosen], labels[chosen]) for chosen in np.split(order, ends)
    )
    return train, validation, test


def moved(part: Part) -> Part:
    """Every image moved by one pixel in all eight directions: eight times as many."""
    copies = [np.roll(part.inputs, move, axis=(1, 2)) for move in MOVES]
    return Part(np.concatenate(copies), np.tile(part.labels, len(MOVES)))


def joined(one: Part, other: Part) -> Part:
    """Both parts in one."""
    return Part(
        np.concatenate([one.inputs, other.inputs]), np.concatenate([one.labels, other.labels])
    )
