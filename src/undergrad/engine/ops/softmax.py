"""From scores to probabilities.

Softmax turns scores z into p_i = e^(z_i) / sum_j e^(z_j). The largest score is taken out first:
that changes no probability, and no power of e can overflow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import elementwise, reduce

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def softmax(x: Tensor, dim: int) -> Tensor:
    """Probabilities along `dim`, from any scores.

    Raising z_i takes from all others what it gives to p_i: dp_i/dz_j = p_i (1[i=j] - p_j), so the
    gradient is p (g - sum(g p)).
    """
    powers = np.exp(x.data - x.data.max(axis=dim, keepdims=True))
    p = powers / powers.sum(axis=dim, keepdims=True)
    return node(p, (x,), lambda g: (p * (g - (g * p).sum(axis=dim, keepdims=True)),), "softmax")


def softmax_simple(x: Tensor, dim: int) -> Tensor:
    """The readable twin of `softmax`."""
    powers = elementwise.exp(x - reduce.amax(x, dim, keepdim=True).detach())
    return powers / reduce.sum(powers, dim, keepdim=True)


def log_softmax(x: Tensor, dim: int) -> Tensor:
    """The logarithm of softmax, exact even where a probability rounds to 0.

    log p = z - logsumexp(z), and the gradient is g - p sum(g).
    """
    log_p = log_softmax_of(x.data, dim)
    return node(
        log_p,
        (x,),
        lambda g: (g - np.exp(log_p) * g.sum(axis=dim, keepdims=True),),
        "log_softmax",
    )


def log_softmax_simple(x: Tensor, dim: int) -> Tensor:
    """The readable twin of `log_softmax`."""
    return x - reduce.logsumexp(x, dim, keepdim=True)


def log_softmax_of(scores: Array, dim: int) -> Array:
    """log_softmax of a plain array."""
    shifted = scores - scores.max(axis=dim, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True)))
