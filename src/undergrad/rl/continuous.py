"""Actions that are rows of numbers: their scale, and critics that take an action as an input.

Agents with such actions work with numbers from -1 to 1, whatever the environment calls them:
newton metres, degrees, litres a minute. `ActionScale` converts between the two. The actor is a
network as in `networks`; its critics are `Critics`, several networks of one shape, computed side by
side.

B is the batch size, D the numbers in one action, C the number of critics.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn
from undergrad.engine.ops import shape

Array: TypeAlias = npt.NDArray[Any]


class ActionScale:
    """Between actions from -1 to 1 and those of an environment.

    Arguments:
        low, high: the bounds of the environment's actions, (D,) each and finite.
    """

    def __init__(self, low: Array, high: Array) -> None:
        self.low, self.high = low, high
        self.middle, self.half = (high + low) / 2, (high - low) / 2
        self.size = len(low)

    def to_env(self, action: Array) -> Array:
        """Actions (B, D) as the environment receives them; what lies beyond a bound is clipped."""
        scaled: Array = np.clip(self.middle + action * self.half, self.low, self.high)
        return scaled.astype(np.float32, copy=False)

    def from_env(self, action: Array) -> Array:
        """The inverse. A number that cannot vary is 0."""
        return np.asarray((action - self.middle) / np.where(self.half > 0, self.half, 1))


class Critics(nn.Module):
    """C networks that estimate q(s, a), each with weights of its own.

    Arguments:
        encoder: makes (B, inputs) of an observation; all critics share it, as it has no weights
            that are trained.
        inputs, actions: the numbers in an encoded observation, and in an action.
        hidden_sizes: the widths of the hidden layers.
        count: C.
        rng: draws the initial weights.
    """

    def __init__(
        self,
        encoder: nn.Module,
        inputs: int,
        actions: int,
        hidden_sizes: Sequence[int],
        count: int,
        rng: np.random.Generator,
    ) -> None:
        self.encoder = encoder
        sizes = [inputs + actions, *hidden_sizes, 1]
        self.layers = [
            StackedLinear(count, before, after, rng) for before, after in pairwise(sizes)
        ]

    def forward(self, observation: Array, action: Tensor) -> Tensor:
        """q(s, a) by each critic, (C, B), for observations (B, *observation) and actions (B, D)."""
        x = shape.concat([self.encoder(Tensor(observation)), action], dim=1)
        *hidden, last = self.layers
        for layer in hidden:
            x = layer(x).relu()  # (C, B, width)
        q: Tensor = last(x)
        return q.reshape(q.shape[:2])


class StackedLinear(nn.Module):
    """C linear layers at once, as one product of stacked matrices.

    Twice as fast as one layer after the other, where the matrices are small. The first weights are
    drawn as those of `nn.Linear`.

    Shape: (B, inputs), the same for all, or (C, B, inputs) -> (C, B, outputs).
    """

    def __init__(self, count: int, inputs: int, outputs: int, rng: np.random.Generator) -> None:
        bound = 1 / math.sqrt(inputs)
        self.weight = nn.init.uniform_(_parameter(count, inputs, outputs), -bound, bound, rng)
        self.bias = nn.init.uniform_(_parameter(count, 1, outputs), -bound, bound, rng)

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight + self.bias


def _parameter(*sizes: int) -> Tensor:
    return Tensor(np.zeros(sizes, np.float32), requires_grad=True)


@contextmanager
def constant(parameters: Sequence[Tensor]) -> Iterator[None]:
    """Gradients flow through these parameters, and none is computed for them."""
    for parameter in parameters:
        parameter.requires_grad = False
    try:
        yield
    finally:
        for parameter in parameters:
            parameter.requires_grad = True
