"""Masks: arrays of booleans that say which numbers count."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, Union

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.ops.operands import is_tensor, refuse_hidden

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

Mask: TypeAlias = Union["Tensor", npt.ArrayLike]


_INT32, _INT64 = np.dtype(np.int32), np.dtype(np.int64)


def masked(g: Array, mask: Array) -> Array:
    """`g` where `mask` holds, and 0 elsewhere, also where `g` is infinite.

    As a float, infinity times 0 is nan: sqrt(relu(x)) would have the gradient nan wherever x is not
    positive. So the bits of `g` are multiplied, as integers: those of 0.0 are all 0. It is as fast
    as g * mask; np.where takes four times as long.
    """
    dtype = g.dtype
    bits = g.view(_INT64 if dtype.itemsize == 8 else _INT32)
    out: Array = (bits * mask).view(dtype)
    return out


def boolean_mask(op: str, name: str, mask: Mask) -> Array:
    """`mask` as an array of booleans. Raises TypeError for numbers, which may mean anything."""
    refuse_hidden(mask)
    array: Array = mask.data if is_tensor(mask) else np.asarray(mask)
    if array.dtype != bool:
        raise TypeError(
            f"{op}: {name} must hold booleans, not {array.dtype}; compare to get them: {name} != 0"
        )
    return array


def score_mask(op: str, name: str, mask: Mask) -> Array:
    """A mask of attention: booleans, or floats that are added to the scores, -inf to leave out.

    Raises TypeError for integers. As floats, the 1 and 0 that are meant to keep and to leave out
    would be added to the scores and leave out nothing.
    """
    refuse_hidden(mask)
    array: Array = mask.data if is_tensor(mask) else np.asarray(mask)
    if array.dtype.kind not in "bf":
        raise TypeError(
            f"{op}: {name} must hold booleans (or floats to add to the scores), not {array.dtype}; "
            f"compare to get them: {name} != 0"
        )
    return array
