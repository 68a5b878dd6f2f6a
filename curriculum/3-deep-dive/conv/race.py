"""The comparison of the lesson: a convolutional and a dense network read digits that were moved.

    python race.py        trains everything (about three minutes) and writes race.md

Both are trained on digits in the middle of a larger image; a third network, also dense, is trained
on digits that were moved at random. For each network, the learning rate is the one of four with
the best accuracy on a validation set of unmoved digits, or of moved ones for the third; the table
reports test digits, moved to the right, as the mean of three other seeds.
"""

import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from undergrad import course
from undergrad.datasets import digits

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
BACKPROP = runpy.run_path(str(course.unit_folder(course.load().unit("backprop")) / "solution.py"))

RATES, TO_CHOOSE, TO_REPORT, EPOCHS, BATCH = (0.1, 0.3, 1.0, 3.0), 0, (1, 2, 3), 8, 32


def placed(images: np.ndarray, across: np.ndarray | int) -> np.ndarray:
    """Images of 8 x 8 in empty ones of 14 x 14, each moved that many pixels to the right."""
    canvas = np.zeros((len(images), 1, 14, 14))
    for row, by in enumerate(np.broadcast_to(across, len(images))):
        canvas[row, 0, 3:11, 3 + by : 11 + by] = images[row]
    return canvas


class Convolutional:
    """The network of the lesson."""

    def __init__(self, rng):
        self.params = SOLUTION["init_cnn"](rng, (8, 32))

    def __call__(self, x):
        return SOLUTION["cnn_forward"](x, self.params)

    def step(self, x, y, lr):
        logits, cache = self(x)
        gradients = SOLUTION["cnn_backward"](BACKPROP["ce_backward"](logits, y), cache)
        self.params = [w - lr * g for w, g in zip(self.params, gradients, strict=True)]


class Dense:
    """Two linear layers, from 196 pixels to 64 units to 10 classes."""

    def __init__(self, rng):
        self.params = BACKPROP["init_mlp"]((196, 64, 10), rng)

    def __call__(self, x):
        return BACKPROP["mlp_forward"](x.reshape(len(x), -1), self.params)

    def step(self, x, y, lr):
        gradients = BACKPROP["mlp_backward"](self(x)[1], y)
        self.params = [
            (W - lr * gW, b - lr * gb)
            for (W, b), (gW, gb) in zip(self.params, gradients, strict=True)
        ]


@dataclass(frozen=True)
class Side:
    """One row of the table; `most` is how far its training digits are moved at random."""

    name: str
    network: Callable
    most: int = 0


SIDES = (
    Side("convolutional", Convolutional),
    Side("dense", Dense),
    Side("dense, trained on moved digits", Dense, 3),
    Side("convolutional, trained on moved digits", Convolutional, 3),
)


def split() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Every fifth digit for testing, every fifth of the others for validation."""
    images, labels = digits()
    test = np.arange(len(labels)) % 5 == 0
    validation = np.cumsum(~test) % 5 == 0
    parts = {"test": test, "validation": ~test & validation, "train": ~test & ~validation}
    return {name: (images[part], labels[part]) for name, part in parts.items()}


DIGITS = split()


def trained(side: Side, lr: float, seed: int):
    """A network after eight passes over the training digits."""
    rng = np.random.default_rng(seed)
    network, (images, labels) = side.network(rng), DIGITS["train"]
    for epoch in range(EPOCHS):
        order = rng.permutation(len(labels))
        for first in range(0, len(labels), BATCH):
            rows = order[first : first + BATCH]
            moved = rng.integers(-side.most, side.most + 1, size=len(rows))
            network.step(placed(images[rows], moved), labels[rows], lr * (1 - epoch / EPOCHS))
    return network


def accuracy(network, part: str, across: int) -> float:
    """The fraction of the digits of a part that are classified correctly."""
    images, labels = DIGITS[part]
    return float(np.mean(network(placed(images, across))[0].argmax(axis=1) == labels))


def row(side: Side) -> str:
    """One row of the table: size, learning rate, and accuracies for four shifts."""
    shifts = range(-side.most, side.most + 1)
    found = {}
    for lr in RATES:
        network = trained(side, lr, TO_CHOOSE)
        found[lr] = np.mean([accuracy(network, "validation", across) for across in shifts])
    lr = max(found, key=found.__getitem__)
    networks = [trained(side, lr, seed) for seed in TO_REPORT]
    right = [np.mean([accuracy(each, "test", across) for each in networks]) for across in range(4)]
    size = sum(each.size for pair in networks[0].params for each in _arrays(pair))
    cells = (side.name, f"{size:,}", str(lr), *(f"{each:.0%}" for each in right))
    return f"| {' | '.join(cells)} |"


def _arrays(layer) -> tuple[np.ndarray, ...]:
    return layer if isinstance(layer, tuple) else (layer,)


if __name__ == "__main__":
    lines = [
        "| network | parameters | learning rate | not moved | 1 pixel | 2 pixels | 3 pixels |",
        "|---|---|---|---|---|---|---|",
    ]
    for side in SIDES:
        lines.append(row(side))
        print(lines[-1], flush=True)
    (HERE / "race.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
