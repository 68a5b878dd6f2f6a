"""Embedding: a table with one row of numbers for each word, and a look into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import elementwise, shape

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def embedding(index: npt.ArrayLike, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """The rows of `weight` (words, width) that `index` names: shape (*index.shape, width).

    A row that was looked up several times receives the sum of its gradients. The row
    `padding_idx`, which stands for "nothing here", receives none.
    """
    where = _checked(index, weight, padding_idx)

    def vjp(g: Array) -> tuple[Array]:
        to_weight = _summed_by_row(where.reshape(-1), g, weight.data)
        if padding_idx is not None:
            to_weight[padding_idx] = 0
        return (to_weight,)

    return node(weight.data[where], (weight,), vjp, "embedding")


def embedding_simple(
    index: npt.ArrayLike, weight: Tensor, padding_idx: int | None = None
) -> Tensor:
    """The readable twin of `embedding`: an index, whose gradient is added row by row."""
    where = _checked(index, weight, padding_idx)
    if padding_idx is None:
        return shape.getitem(weight, where)
    is_word = (where != padding_idx % len(weight))[..., None]
    return elementwise.where(is_word, shape.getitem(weight, where), weight.data[where])


def _summed_by_row(where: Array, g: Array, like: Array) -> Array:
    """Row r holds the sum of all gradients whose index is r.

    Sorted by index, the gradients of a row stand together and are summed in one go: 2048 words of
    width 128 take 0.4 ms there and back, and 1.9 ms when they are added one by one (np.add.at).
    """
    out = np.zeros_like(like)
    if where.size:
        order = np.argsort(where, kind="stable")
        ordered = where[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        out[ordered[starts]] = np.add.reduceat(g.reshape(-1, like.shape[1])[order], starts, axis=0)
    return out


def _checked(index: npt.ArrayLike, weight: Tensor, padding_idx: int | None) -> Array:
    where, words = np.asarray(index), len(weight.data)
    if weight.data.ndim != 2:
        raise ValueError(f"embedding: weight needs two axes, not shape {weight.data.shape}")
    if where.dtype.kind not in "iu":
        raise TypeError(f"embedding: the index must hold integers, not {where.dtype}")
    if where.size and (where.min() < 0 or where.max() >= words):
        raise IndexError(
            f"embedding: indices run from {where.min()} to {where.max()}, but the table has "
            f"{words} rows; they must lie between 0 and {words - 1}"
        )
    if padding_idx is not None and not -words <= padding_idx < words:
        raise ValueError(f"embedding: padding_idx {padding_idx} is not one of {words} rows")
    return where
