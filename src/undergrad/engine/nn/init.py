"""Initialisation of weights. Each function fills a tensor in place and returns it, as in PyTorch.

Weights that start too large make activations explode from layer to layer, weights that start too
small make them vanish. Xavier and Kaiming initialisation choose the standard deviation from the
number of inputs (fan-in) and outputs (fan-out), so that the activations keep their scale.
"""

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor
from undergrad.engine.versions import increment_version

Rng = np.random.Generator | int | None


def uniform_(x: Tensor, a: float = 0.0, b: float = 1.0, rng: Rng = None) -> Tensor:
    """From the uniform distribution between a and b."""
    return _filled(x, generator(rng).uniform(a, b, x.shape))


def normal_(x: Tensor, mean: float = 0.0, std: float = 1.0, rng: Rng = None) -> Tensor:
    """From the normal distribution of that mean and standard deviation."""
    return _filled(x, generator(rng).normal(mean, std, x.shape))


def constant_(x: Tensor, value: float) -> Tensor:
    """Every number is `value`."""
    return _filled(x, value)


def zeros_(x: Tensor) -> Tensor:
    """All 0."""
    return constant_(x, 0.0)


def ones_(x: Tensor) -> Tensor:
    """All 1."""
    return constant_(x, 1.0)


def eye_(x: Tensor) -> Tensor:
    """The identity matrix: 1 on the diagonal, 0 elsewhere."""
    if x.ndim != 2:
        raise ValueError(f"eye_ needs a matrix, not shape {x.shape}")
    return _filled(x, np.eye(x.shape[0], x.shape[1]))


def trunc_normal_(
    x: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, rng: Rng = None
) -> Tensor:
    """From the normal distribution truncated to [a, b]: numbers outside are drawn again.

    Raises ValueError when nearly all of the distribution lies outside.
    """
    if not a < b or not a - 2 * std <= mean <= b + 2 * std:
        raise ValueError(
            f"trunc_normal_: too little of the normal distribution of mean {mean} and std {std} "
            f"lies between {a} and {b}"
        )
    source = generator(rng)
    drawn = source.normal(mean, std, x.shape)
    while (outside := (drawn < a) | (drawn > b)).any():
        drawn[outside] = source.normal(mean, std, int(outside.sum()))
    return _filled(x, drawn)


def orthogonal_(x: Tensor, gain: float = 1.0, rng: Rng = None) -> Tensor:
    """Orthogonal rows (or columns, if there are fewer) of length `gain` (Saxe et al. 2014).

    Such a matrix rotates and reflects a vector and, with a gain of 1, keeps its length. Axes after
    the first count as one.
    """
    if x.ndim < 2:
        raise ValueError(f"orthogonal_ needs 2 or more axes, not shape {x.shape}")
    rows, columns = x.shape[0], x.size // x.shape[0]
    tall = generator(rng).normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diagonal(r))  # so that all orthogonal matrices are equally likely
    return _filled(x, gain * (q if rows >= columns else q.T).reshape(x.shape))


def xavier_uniform_(x: Tensor, gain: float = 1.0, rng: Rng = None) -> Tensor:
    """Glorot and Bengio 2010, uniform: variance 2 gain^2 / (fan-in + fan-out)."""
    bound = gain * math.sqrt(6 / sum(fans(x)))
    return uniform_(x, -bound, bound, rng)


def xavier_normal_(x: Tensor, gain: float = 1.0, rng: Rng = None) -> Tensor:
    """Glorot and Bengio 2010, normal: variance 2 gain^2 / (fan-in + fan-out)."""
    return normal_(x, 0.0, gain * math.sqrt(2 / sum(fans(x))), rng)


def kaiming_uniform_(
    x: Tensor,
    a: float = 0.0,
    mode: Literal["fan_in", "fan_out"] = "fan_in",
    nonlinearity: str = "leaky_relu",
    rng: Rng = None,
) -> Tensor:
    """He et al. 2015, uniform: variance gain^2 / fan; the gain makes up for what relu sets to 0."""
    bound = math.sqrt(3) * _kaiming_std(x, a, mode, nonlinearity)
    return uniform_(x, -bound, bound, rng)


def kaiming_normal_(
    x: Tensor,
    a: float = 0.0,
    mode: Literal["fan_in", "fan_out"] = "fan_in",
    nonlinearity: str = "leaky_relu",
    rng: Rng = None,
) -> Tensor:
    """He et al. 2015, normal: variance gain^2 / fan; the gain makes up for what relu sets to 0."""
    return normal_(x, 0.0, _kaiming_std(x, a, mode, nonlinearity), rng)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which to scale the weights before this activation.

    Arguments:
        nonlinearity: "linear", "conv2d" and its like, "sigmoid", "tanh", "relu", "leaky_relu" or
            "selu".
        param: the negative slope of leaky_relu, 0.01 when left out.
    """
    negative_slope = 0.01 if param is None else param
    linear = ("linear", "conv1d", "conv2d", "conv_transpose2d", "sigmoid")
    gains = dict.fromkeys(linear, 1.0) | {
        "tanh": 5 / 3,
        "relu": math.sqrt(2),
        "leaky_relu": math.sqrt(2 / (1 + negative_slope**2)),
        "selu": 3 / 4,
    }
    if nonlinearity not in gains:
        raise ValueError(f"no gain for {nonlinearity!r}; known are {', '.join(gains)}")
    return gains[nonlinearity]


def fans(x: Tensor) -> tuple[int, int]:
    """Fan-in and fan-out of a weight of shape (out, in) or (out, in, *kernel_size)."""
    if x.ndim < 2:
        raise ValueError(f"fan-in and fan-out need a weight of 2 or more axes, not shape {x.shape}")
    kernel = math.prod(x.shape[2:])
    return x.shape[1] * kernel, x.shape[0] * kernel


def _filled(x: Tensor, numbers: npt.ArrayLike) -> Tensor:
    x.data[...] = numbers
    increment_version([x])
    return x


def _kaiming_std(x: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode must be 'fan_in' or 'fan_out', not {mode!r}")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(x)[mode == "fan_out"])
