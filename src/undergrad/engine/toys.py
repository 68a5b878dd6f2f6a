"""Two complete trainings, each on one screen: a straight line, and handwritten digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from undergrad.engine import nn, optim
from undergrad.engine.autograd import no_grad
from undergrad.engine.data import DataLoader, Subset, TensorDataset, random_split, sources
from undergrad.engine.metrics import accuracy
from undergrad.engine.tensor import Tensor
from undergrad.engine.train import Progress, train

OnStep = Callable[[Progress], None]


@dataclass(frozen=True)
class Line:
    """What `celsius` found: fahrenheit = w * celsius + b."""

    w: float
    b: float
    losses: tuple[float, ...]  # the mean squared error at each step


def celsius(on_step: OnStep | None = None, seed: int = 0) -> Line:
    """Discover, from 100 pairs of temperatures, how Celsius becomes Fahrenheit: 1.8 c + 32.

    One weight and one bias. The slope falls into place at once, the offset slowly follows.
    """
    rng = np.random.default_rng(seed)
    batches = DataLoader(
        TensorDataset(*sources.celsius(100, rng)), batch_size=20, rng=rng, shuffle=True
    )
    model = nn.Linear(1, 1, rng=rng)
    optimizer = optim.SGD(model.parameters(), lr=0.002)
    progress = train(
        model, batches, nn.MSELoss(), optimizer, epochs=1000, callbacks=_watching(on_step)
    )
    assert model.bias is not None
    return Line(model.weight.item(), model.bias.item(), tuple(progress.losses))


def _watching(on_step: OnStep | None) -> list[object]:
    return [] if on_step is None else [SimpleNamespace(on_step=on_step)]
