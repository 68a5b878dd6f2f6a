"""Networks that give each action a value: q(s, a) for all actions a at once."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from undergrad.engine import Tensor, nn


class Scale(nn.Module):
    """Divide each input by its usual size, so that all inputs are of a like size.

    Arguments:
        sizes: one number for each input.

    Shape: (..., inputs) -> (..., inputs).
    """

    def __init__(self, sizes: Sequence[float]) -> None:
        self.factor = (1 / np.asarray(sizes)).astype(np.float32)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.factor


def mlp(
    scale: Sequence[float], hidden: Sequence[int], outputs: int, rng: np.random.Generator
) -> nn.Sequential:
    """Fully connected layers with ReLU between them: (B, inputs) -> (B, outputs).

    scale: the usual size of each input.   hidden: the width of each hidden layer.
    """
    sizes = [len(scale), *hidden, outputs]
    layers: list[nn.Module] = [Scale(scale)]
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after, rng=rng), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
