"""Dropout: in training, random numbers become 0, so that the network relies on none alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.graph_errors import not_a_tensor
from undergrad.engine.ops.masks import masked
from undergrad.engine.ops.operands import is_tensor
from undergrad.engine.rng import generator
from undergrad.engine.thread_pool import is_concurrent

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def dropout(
    x: Tensor,
    p: float = 0.5,
    training: bool = True,
    rng: np.random.Generator | int | None = None,
) -> Tensor:
    """Each number becomes 0 with probability p, or is divided by 1 - p (Srivastava et al. 2014).

    The division keeps the expected value, so that nothing is left to do at inference, when
    `training` is False. The gradient is g times the same mask.
    """
    check_probability("dropout", p)
    if not is_tensor(x):
        raise not_a_tensor("dropout", "x", x)
    if not training or p == 0:
        return x
    mask = dropout_mask(x.data, p, rng)
    kept = mask != 0
    return node(masked(x.data, kept) * mask, (x,), lambda g: (masked(g, kept) * mask,), "dropout")


def dropout_mask(like: Array, p: float, rng: np.random.Generator | int | None) -> Array:
    """For each number of `like` 0 with probability p, else 1 / (1 - p)."""
    if is_concurrent():
        raise RuntimeError(
            "dropout draws random numbers, which threads would draw in another order each time; "
            "train on one thread, or without dropout"
        )
    kept = generator(rng).random(like.shape, dtype=np.float32) >= p
    return np.multiply(kept, 0 if p == 1 else 1 / (1 - p), dtype=like.dtype)


def check_probability(op: str, p: float) -> None:
    """Raises ValueError when p does not lie between 0 and 1."""
    if not 0 <= p <= 1:
        raise ValueError(f"{op}: p must lie between 0 and 1, not {p}")
