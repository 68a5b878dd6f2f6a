"""Two complete trainings, each on one screen: a straight line, and handwritten digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from undergrad.engine import nn, optim
from undergrad.engine.autograd import Array, no_grad
from undergrad.engine.data import DataLoader, TensorDataset, random_split, sources
from undergrad.engine.metrics import accuracy
from undergrad.engine.tensor import Tensor
from undergrad.engine.train import Progress, train

OnStep = Callable[[Progress], None]

CELSIUS_STEPS = 5_000  # of `celsius`: 100 pairs in batches of 20, shown 1000 times


@dataclass(frozen=True)
class Line:
    """What `celsius` found: fahrenheit = w * celsius + b."""

    w: float
    b: float
    losses: tuple[float, ...]  # the mean squared error at each step


def celsius(on_step: OnStep | None = None, seed: int = 0) -> Line:
    """Discover from 100 pairs of temperatures how Celsius becomes Fahrenheit: 1.8 c + 32.

    One weight and one bias. The slope falls into place at once, the offset follows slowly.
    """
    rng = np.random.default_rng(seed)
    pairs = TensorDataset(*sources.celsius(100, rng))
    batches = DataLoader(pairs, batch_size=20, shuffle=True, rng=rng)
    model = nn.Linear(1, 1, rng=rng)
    optimizer = optim.SGD(model.parameters(), lr=0.002)
    epochs = CELSIUS_STEPS // len(batches)
    progress = train(model, batches, nn.MSELoss(), optimizer, epochs, _callbacks(on_step))
    slope, offset = model.parameters()
    return Line(slope.item(), offset.item(), tuple(progress.losses))


@dataclass(frozen=True)
class Reader:
    """What `digits` made: a network that reads digits, and how well it does."""

    accuracy: float  # share of held-out images read rightly
    losses: tuple[float, ...]
    model: nn.Sequential  # (n, 64) pixels -> (n, 10) scores


def digits(on_step: OnStep | None = None, seed: int = 0, epochs: int = 30) -> Reader:
    """Learn to read handwritten digits from 8 x 8 pixels, and read 360 that were held out.

    One hidden layer. Each training image is shown at its place and moved by one pixel in four
    directions: a digit is the same digit a little further left.
    """
    rng = np.random.default_rng(seed)
    training, held_out = random_split(TensorDataset(*sources.digits()), (0.8, 0.2), rng)
    images, labels = training[np.arange(len(training))]
    moved = TensorDataset(_rows(_moved(images)), np.tile(labels, 5))
    batches = DataLoader(moved, batch_size=64, shuffle=True, rng=rng)
    model = nn.Sequential(nn.Linear(64, 512, rng=rng), nn.ReLU(), nn.Linear(512, 10, rng=rng))
    optimizer = optim.Adam(model.parameters(), lr=0.002, weight_decay=1e-4)
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)
    progress = train(model, batches, loss, optimizer, epochs, _callbacks(on_step))
    images, labels = held_out[np.arange(len(held_out))]
    with no_grad():
        scores = model(Tensor(_rows(images)))
    return Reader(accuracy(scores, labels), tuple(progress.losses), model)


def _moved(images: Array) -> Array:
    """(n, 8, 8) -> (5 n, 8, 8): the images, and the images up, down, left and right by a pixel."""
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    corners = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    return np.concatenate([framed[:, top : top + 8, left : left + 8] for top, left in corners])


def _rows(images: Array) -> Array:
    """(n, 8, 8) -> (n, 64)."""
    return images.reshape(len(images), -1)


def _callbacks(on_step: OnStep | None) -> list[object]:
    return [] if on_step is None else [SimpleNamespace(on_step=on_step)]
