"""Masks: arrays of booleans that say which numbers count."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array


def masked(g: Array, mask: Array) -> Array:
    """`g` where `mask` holds, and 0 elsewhere, also where `g` is infinite.

    As a float, infinity times 0 is nan: sqrt(relu(x)) would have the gradient nan wherever x is not
    positive. So the bits of `g` are multiplied, as integers: those of 0.0 are all 0. It is as fast
    as g * mask; np.where takes four times as long.
    """
    bits = g.view(np.int64 if g.itemsize == 8 else np.int32)
    return np.asarray(bits * mask).view(g.dtype)


def boolean_mask(op: str, name: str, mask: npt.ArrayLike) -> Array:
    """`mask` as an array of booleans.

    Raises TypeError for numbers: 1 and 0 are as likely to mean "add to the scores" or "weight".
    """
    array = np.asarray(mask)
    if array.dtype != bool:
        raise TypeError(
            f"{op}: {name} must hold booleans, not {array.dtype}; compare to get them: {name} != 0"
        )
    return array
