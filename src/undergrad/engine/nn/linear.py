"""The fully connected layer: every output looks at every input."""

import math

import numpy as np

from undergrad.engine.nn import init
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import linalg
from undergrad.engine.tensor import Tensor


class Linear(Module):
    """x @ weight^T + bias.

    Arguments:
        in_features, out_features: how many numbers go in and come out.
        bias: add a trained constant to each output.
        rng: generator or seed for the start, evenly within 1/sqrt(in_features) as in PyTorch.

    Shape: (..., in_features) -> (..., out_features); `weight` is (out_features, in_features).

    Examples:
        >>> Linear(3, 2)(Tensor(np.ones((5, 3)), dtype=np.float32)).shape
        (5, 2)
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, rng: init.Rng = None
    ) -> None:
        if in_features < 1 or out_features < 1:
            raise ValueError(f"Linear needs features, not {in_features} in, {out_features} out")
        self.weight = Tensor(np.empty((out_features, in_features), np.float32), requires_grad=True)
        self.bias: Tensor | None = None
        bound = 1 / math.sqrt(in_features)
        init.uniform_(self.weight, -bound, bound, rng)
        if bias:
            self.bias = Tensor(np.empty(out_features, np.float32), requires_grad=True)
            init.uniform_(self.bias, -bound, bound, rng)

    def forward(self, x: Tensor) -> Tensor:
        return linalg.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        out_features, in_features = self.weight.shape
        return (
            f"in_features={in_features}, out_features={out_features}, bias={self.bias is not None}"
        )
