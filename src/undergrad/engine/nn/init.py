"""How weights begin. Each function fills a tensor in place and returns it, as in PyTorch.

Too large a start makes the numbers grow from layer to layer, too small a start makes them fade.
Xavier and Kaiming choose the spread from the number of inputs (fan in) and outputs (fan out), so
that the numbers keep their size.
"""

import math
from typing import Literal

import numpy as np

from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor

Rng = np.random.Generator | int | None


def uniform_(x: Tensor, a: float = 0.0, b: float = 1.0, rng: Rng = None) -> Tensor:
    """Evenly between a and b."""
    x.data[...] = generator(rng).uniform(a, b, x.shape)
    return x


def normal_(x: Tensor, mean: float = 0.0, std: float = 1.0, rng: Rng = None) -> Tensor:
    """From the bell curve of that mean and spread."""
    x.data[...] = generator(rng).normal(mean, std, x.shape)
    return x


def constant_(x: Tensor, value: float) -> Tensor:
    """Every number the same."""
    x.data[...] = value
    return x


def zeros_(x: Tensor) -> Tensor:
    """All 0."""
    return constant_(x, 0.0)


def ones_(x: Tensor) -> Tensor:
    """All 1."""
    return constant_(x, 1.0)


def eye_(x: Tensor) -> Tensor:
    """1 on the diagonal, 0 elsewhere: what goes in comes out."""
    if x.ndim != 2:
        raise ValueError(f"eye_ needs a matrix, not shape {x.shape}")
    x.data[...] = np.eye(x.shape[0], x.shape[1])
    return x


def trunc_normal_(
    x: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, rng: Rng = None
) -> Tensor:
    """From the bell curve, where what falls outside of a to b is drawn again.

    Raises ValueError when nearly all of the curve lies outside.
    """
    if not a < b or not a - 2 * std <= mean <= b + 2 * std:
        raise ValueError(
            f"trunc_normal_: from {a} to {b} lies too little of the bell curve around {mean} of "
            f"spread {std}"
        )
    source = generator(rng)
    drawn = source.normal(mean, std, x.shape)
    while (outside := (drawn < a) | (drawn > b)).any():
        drawn[outside] = source.normal(mean, std, int(outside.sum()))
    x.data[...] = drawn
    return x


def orthogonal_(x: Tensor, gain: float = 1.0, rng: Rng = None) -> Tensor:
    """Rows (or columns, if there are fewer) of length `gain` at right angles (Saxe et al. 2014).

    They turn and mirror what goes in, and keep its length. Axes after the first count as one.
    """
    if x.ndim < 2:
        raise ValueError(f"orthogonal_ needs 2 or more axes, not shape {x.shape}")
    rows, columns = x.shape[0], x.size // x.shape[0]
    tall = generator(rng).normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diagonal(r))  # so that all orthogonal matrices are equally likely
    x.data[...] = gain * (q if rows >= columns else q.T).reshape(x.shape)
    return x


def xavier_uniform_(x: Tensor, gain: float = 1.0, rng: Rng = None) -> Tensor:
    """Glorot and Bengio 2010: variance 2 gain^2 / (fan in + fan out)."""
    bound = gain * math.sqrt(6 / sum(fans(x)))
    return uniform_(x, -bound, bound, rng)


def xavier_normal_(x: Tensor, gain: float = 1.0, rng: Rng = None) -> Tensor:
    """Glorot and Bengio 2010, drawn from the bell curve."""
    return normal_(x, 0.0, gain * math.sqrt(2 / sum(fans(x))), rng)


def kaiming_uniform_(
    x: Tensor,
    a: float = 0.0,
    mode: Literal["fan_in", "fan_out"] = "fan_in",
    nonlinearity: str = "leaky_relu",
    rng: Rng = None,
) -> Tensor:
    """He et al. 2015: variance gain^2 / fan, where the gain makes up for what relu cuts off."""
    bound = math.sqrt(3) * _kaiming_std(x, a, mode, nonlinearity)
    return uniform_(x, -bound, bound, rng)


def kaiming_normal_(
    x: Tensor,
    a: float = 0.0,
    mode: Literal["fan_in", "fan_out"] = "fan_in",
    nonlinearity: str = "leaky_relu",
    rng: Rng = None,
) -> Tensor:
    """He et al. 2015, drawn from the bell curve."""
    return normal_(x, 0.0, _kaiming_std(x, a, mode, nonlinearity), rng)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """How much to widen the weights before this activation.

    Arguments:
        nonlinearity: "linear", "conv2d" and its like, "sigmoid", "tanh", "relu", "leaky_relu" or
            "selu".
        param: the slope of leaky_relu, 0.01 when left out.
    """
    slope = 0.01 if param is None else param
    linear = ("linear", "conv1d", "conv2d", "conv_transpose2d", "sigmoid")
    gains = dict.fromkeys(linear, 1.0) | {
        "tanh": 5 / 3,
        "relu": math.sqrt(2),
        "leaky_relu": math.sqrt(2 / (1 + slope * slope)),
        "selu": 3 / 4,
    }
    if nonlinearity not in gains:
        raise ValueError(f"no gain for {nonlinearity!r}; known are {', '.join(gains)}")
    return gains[nonlinearity]


def fans(x: Tensor) -> tuple[int, int]:
    """Fan in and fan out of a weight of shape (out, in) or (out, in, *window)."""
    if x.ndim < 2:
        raise ValueError(f"fan in and fan out need a weight of 2 or more axes, not shape {x.shape}")
    window = math.prod(x.shape[2:])
    return x.shape[1] * window, x.shape[0] * window


def _kaiming_std(x: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode must be 'fan_in' or 'fan_out', not {mode!r}")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(x)[mode == "fan_out"])
