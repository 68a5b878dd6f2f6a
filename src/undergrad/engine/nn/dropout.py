"""Dropout as a layer: at work in training, idle in use."""

from undergrad.engine.nn.init import Rng
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import dropout
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor


class Dropout(Module):
    """Sets each number to 0 with probability p, and divides the others by 1 - p; not after eval().

    Arguments:
        p: the probability.
        rng: generator or seed; a seed makes one generator, from which all calls draw.
    """

    def __init__(self, p: float = 0.5, rng: Rng = None) -> None:
        dropout.check_probability("Dropout", p)
        self.p = p
        self._rng = None if rng is None else generator(rng)

    def forward(self, x: Tensor) -> Tensor:
        return dropout.dropout(x, self.p, self.training, self._rng)

    def extra_repr(self) -> str:
        return f"p={self.p}"
