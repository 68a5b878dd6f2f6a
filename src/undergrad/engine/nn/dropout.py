"""Dropout as a layer: active in training, the identity at inference."""

from undergrad.engine.nn.init import Rng
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import dropout
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor


class Dropout(Module):
    """Dropout (Srivastava et al. 2014): in training, random numbers become 0.

        y = x * m / (1 - p), where m is 0 with probability p and else 1; after `eval()`, y = x

    The division keeps the expected value of each number, so inference needs no correction.

    Arguments:
        p: the probability.
        rng: generator or seed; a seed makes one generator, from which all calls draw.

    Shape: any -> the same.
    """

    def __init__(self, p: float = 0.5, rng: Rng = None) -> None:
        dropout.check_probability("Dropout", p)
        self.p = p
        self._rng = None if rng is None else generator(rng)

    def forward(self, x: Tensor) -> Tensor:
        return dropout.dropout(x, self.p, self.training, self._rng)

    def extra_repr(self) -> str:
        return f"p={self.p}"
