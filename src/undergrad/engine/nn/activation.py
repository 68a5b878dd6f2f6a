"""Activation functions as layers: the nonlinearity between two linear layers.

All work number by number and keep the shape, but for the softmaxes, which work along one axis.
"""

from typing import Literal

from undergrad.engine.nn.module import Module
from undergrad.engine.ops import elementwise, softmax
from undergrad.engine.tensor import Tensor


class ReLU(Module):
    """y = max(x, 0)."""

    def forward(self, x: Tensor) -> Tensor:
        return elementwise.relu(x)


class LeakyReLU(Module):
    """y = x where x is positive, else `negative_slope` * x."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, x: Tensor) -> Tensor:
        return elementwise.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}"


class ELU(Module):
    """y = x where x is positive, else `alpha` * (e^x - 1)."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, x: Tensor) -> Tensor:
        return elementwise.elu(x, self.alpha)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}"


class GELU(Module):
    """y = x P(x), P the cumulative standard normal distribution (Hendrycks and Gimpel 2016).

    Arguments:
        approximate: "tanh" for a faster formula, within 0.0005 of it.
    """

    def __init__(self, approximate: Literal["none", "tanh"] = "none") -> None:
        self.approximate = approximate

    def forward(self, x: Tensor) -> Tensor:
        return elementwise.gelu(x, self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """y = x sigmoid(x), also called swish."""

    def forward(self, x: Tensor) -> Tensor:
        return elementwise.silu(x)


class Tanh(Module):
    """y = tanh(x) = (e^x - e^-x) / (e^x + e^-x), between -1 and 1."""

    def forward(self, x: Tensor) -> Tensor:
        return elementwise.tanh(x)


class Sigmoid(Module):
    """y = 1 / (1 + e^-x), between 0 and 1."""

    def forward(self, x: Tensor) -> Tensor:
        return elementwise.sigmoid(x)


class Softplus(Module):
    """y = log(1 + e^x), a smooth ReLU."""

    def forward(self, x: Tensor) -> Tensor:
        return elementwise.softplus(x)


class Softmax(Module):
    """y_i = e^x_i / sum_j e^x_j: probabilities along `dim`."""

    def __init__(self, dim: int) -> None:
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        return softmax.softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """y_i = x_i - log(sum_j e^x_j): logarithms of probabilities along `dim`."""

    def __init__(self, dim: int) -> None:
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        return softmax.log_softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
