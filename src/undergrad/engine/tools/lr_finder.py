"""The LR range test: raise the learning rate step by step, from far too small to far too large.

The loss first stays, then falls, then diverges. A good rate is where it falls fastest, well before
it diverges (Smith 2017, "Cyclical learning rates for training neural networks").
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from undergrad.engine.nn.module import Module
from undergrad.engine.optim.optimizer import Optimizer
from undergrad.engine.training.train import Batch, LossError, LossFunction, Progress, train

_DIVERGED = 4.0  # times the lowest loss so far


@dataclass(frozen=True, repr=False)
class LRRangeTest:
    """The rates that were tried, the smoothed loss at each, and the rate of the steepest fall."""

    lrs: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float

    def __repr__(self) -> str:
        span = f"{self.lrs[0]:.2g} to {self.lrs[-1]:.2g}"
        return f"LRRangeTest({len(self.lrs)} rates from {span}, suggestion={self.suggestion:.2g})"


class _RaiseLR:
    """A callback: sets the rate before each step, and stops when the loss has diverged."""

    def __init__(self, optimizer: Optimizer, lrs: tuple[float, ...]) -> None:
        self.optimizer, self.lrs = optimizer, lrs
        self.losses: list[float] = []

    def on_gradients(self, progress: Progress) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.lrs[progress.step]

    def on_step(self, progress: Progress) -> None:
        self.losses = smoothed(progress.losses)
        diverged = self.losses[-1] > _DIVERGED * min(self.losses)
        progress.stop = diverged or progress.step == len(self.lrs)


def lr_range_test(
    model: Module,
    batches: Iterable[Batch],
    loss: LossFunction,
    optimizer: Optimizer,
    low: float = 1e-6,
    high: float = 10.0,
    steps: int = 100,
) -> LRRangeTest:
    """Train for up to `steps` steps with rates that grow from `low` to `high`, then undo it all.

    Afterwards the model and the optimiser are as they were, and so is the loader when it has a
    state; other random generators, such as that of dropout, have advanced.

    Examples:
        >>> from undergrad.engine.data import DataLoader, TensorDataset
        >>> x = np.linspace(-1, 1, 20, dtype=np.float32).reshape(-1, 1)
        >>> batches = DataLoader(TensorDataset(x, 2 * x), batch_size=20)
        >>> model = nn.Linear(1, 1, rng=0)
        >>> found = lr_range_test(model, batches, nn.MSELoss(), optim.SGD(model.parameters()))
        >>> 0.05 < found.suggestion < 3
        True
    """
    if not 0 < low < high or steps < 3:
        raise ValueError(
            f"lr_range_test needs 0 < low < high and 3 steps or more, not {low}, {high}, {steps}"
        )
    callback = _RaiseLR(optimizer, tuple(np.geomspace(low, high, steps).tolist()))
    parts: list[Any] = [p for p in (model, optimizer, batches) if hasattr(p, "state_dict")]
    before = [part.state_dict() for part in parts]
    try:
        with np.errstate(all="ignore"):  # to diverge is the point
            epochs = 1 if iter(batches) is batches else steps  # a generator may be endless
            train(model, batches, loss, optimizer, epochs, [callback])
    except LossError:
        if len(callback.losses) < 3:
            raise
    finally:
        for part, state in zip(parts, before, strict=True):
            part.load_state_dict(state)
    lrs = callback.lrs[: len(callback.losses)]
    return LRRangeTest(lrs, tuple(callback.losses), _steepest(lrs, callback.losses))


def smoothed(values: list[float], beta: float = 0.7) -> list[float]:
    """An exponential moving average: each value counts `beta` times as much one step later.

    With bias correction: divided by the sum of the weights, so that it does not start near 0.

    Examples:
        >>> smoothed([4.0, 4.0, 4.0])
        [4.0, 4.0, 4.0]
    """
    total, weight, out = 0.0, 0.0, []
    for value in values:
        total, weight = beta * total + (1 - beta) * value, beta * weight + (1 - beta)
        out.append(total / weight)
    return out


def _steepest(lrs: tuple[float, ...], losses: list[float]) -> float:
    """The rate at which the loss falls fastest, for a given factor between two rates."""
    falls = [before - after for before, after in pairwise(losses)]
    steepest = int(np.argmax(falls))
    return math.sqrt(lrs[steepest] * lrs[steepest + 1])
