"""Which learning rate? Raise it step by step, from far too small to far too large, and watch.

The loss first stays, then falls, then explodes. A good rate lies where it falls fastest, well
before it explodes (Smith 2017, "Cyclical learning rates for training neural networks").
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
from undergrad.engine.training.train import Batch, Loss, LossError, Progress, train

_EXPLODED = 4.0  # times the lowest loss so far


@dataclass(frozen=True, repr=False)
class RateTest:
    """The rates that were tried, the smoothed loss at each, and the rate of the steepest fall."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float

    def __repr__(self) -> str:
        span = f"{self.rates[0]:.2g} to {self.rates[-1]:.2g}"
        return f"RateTest({len(self.rates)} rates from {span}, suggestion={self.suggestion:.2g})"


class _Raising:
    """A callback: sets the rate before each step, and stops when the loss has exploded."""

    def __init__(self, optimizer: Optimizer, rates: tuple[float, ...]) -> None:
        self.optimizer, self.rates = optimizer, rates
        self.losses: list[float] = []

    def on_gradients(self, progress: Progress) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.rates[progress.step]

    def on_step(self, progress: Progress) -> None:
        self.losses = smoothed(progress.losses)
        exploded = self.losses[-1] > _EXPLODED * min(self.losses)
        progress.stop = exploded or progress.step == len(self.rates)


def range_test(
    model: Module,
    batches: Iterable[Batch],
    loss: Loss,
    optimizer: Optimizer,
    low: float = 1e-6,
    high: float = 10.0,
    steps: int = 100,
) -> RateTest:
    """Train for up to `steps` steps with rates that grow from `low` to `high`, then undo it all.

    Model and optimiser are afterwards as they were, and so is the loader when it has a state;
    other random generators, such as that of dropout, have moved on.

    Examples:
        >>> from undergrad.engine.data import DataLoader, TensorDataset
        >>> x = np.linspace(-1, 1, 20, dtype=np.float32).reshape(-1, 1)
        >>> batches = DataLoader(TensorDataset(x, 2 * x), batch_size=20)
        >>> model = nn.Linear(1, 1, rng=0)
        >>> found = range_test(model, batches, nn.MSELoss(), optim.SGD(model.parameters()))
        >>> 0.05 < found.suggestion < 3
        True
    """
    if not 0 < low < high or steps < 3:
        raise ValueError(
            f"range_test needs 0 < low < high and 3 steps or more, not {low}, {high}, {steps}"
        )
    raising = _Raising(optimizer, tuple(np.geomspace(low, high, steps).tolist()))
    parts: list[Any] = [p for p in (model, optimizer, batches) if hasattr(p, "state_dict")]
    before = [part.state_dict() for part in parts]
    try:
        with np.errstate(all="ignore"):  # to explode is the point
            train(model, batches, loss, optimizer, steps, [raising])
    except LossError:
        if len(raising.losses) < 3:
            raise
    finally:
        for part, state in zip(parts, before, strict=True):
            part.load_state_dict(state)
    rates = raising.rates[: len(raising.losses)]
    return RateTest(rates, tuple(raising.losses), _steepest(rates, raising.losses))


def smoothed(values: list[float], keep: float = 0.7) -> list[float]:
    """A running average in which each value counts `keep` times as much one step later.

    It is divided by the weights given so far, so that the first values are not drawn towards 0.

    Examples:
        >>> smoothed([4.0, 4.0, 4.0])
        [4.0, 4.0, 4.0]
    """
    total, weight, out = 0.0, 0.0, []
    for value in values:
        total, weight = keep * total + (1 - keep) * value, keep * weight + (1 - keep)
        out.append(total / weight)
    return out


def _steepest(rates: tuple[float, ...], losses: list[float]) -> float:
    """The rate at which the loss falls fastest, for a given factor between two rates."""
    falls = [before - after for before, after in pairwise(losses)]
    steepest = int(np.argmax(falls))
    return math.sqrt(rates[steepest] * rates[steepest + 1])
