"""Numbers and arrays beside tensors: what an operation accepts, made into tensors.

A number or an array takes the float type of the tensor it meets. A NumPy scalar such as
`np.float64(2)` would otherwise turn float32 results into float64, at up to 17 times the cost.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeGuard, Union

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

_MASKED_ARRAY = np.ma.MaskedArray

Operand: TypeAlias = Union["Tensor", npt.ArrayLike]


_FLOATS = np.dtype(np.float32), np.dtype(np.float64)  # in the machine's own byte order


def real_numbers(data: npt.ArrayLike, dtype: npt.DTypeLike | None) -> Array:
    """`data` as an array of float32 or float64, or TypeError or ValueError for anything else."""
    if dtype is None and type(data) is np.ndarray and data.dtype in _FLOATS:
        return data  # the usual case, kept short: every acting agent runs through it
    refuse_hidden(data)
    try:
        array = np.asarray(data)
    except ValueError:
        raise ValueError(
            "a tensor needs lists of the same length at each depth; pad the shorter ones"
        ) from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"a tensor holds real numbers, not {array.dtype}")
    if dtype is None:
        is_array = isinstance(data, np.ndarray | np.generic)
        dtype = np.float64 if is_array and array.dtype.str[1:] == "f8" else np.float32
    if np.dtype(dtype) not in _FLOATS:
        raise TypeError(f"a tensor is of type float32 or float64, not {np.dtype(dtype)}")
    return array.astype(dtype, copy=False)


def refuse_hidden(data: object) -> None:
    """Raise TypeError for a masked array: as a plain one it would show its hidden numbers again."""
    if isinstance(data, _MASKED_ARRAY):
        raise TypeError(
            "a masked array hides some of its numbers, and a tensor cannot; replace them first, "
            "for example with array.filled(0)"
        )


def lift(value: Operand, like: Tensor) -> Tensor:
    """`value` as a tensor of the float type of `like`; a tensor is returned as it is."""
    if is_tensor(value):
        return value
    refuse_hidden(value)
    return type(like)(np.asarray(value, dtype=like.data.dtype))


def pair(a: Operand, b: Operand) -> tuple[Tensor, Tensor]:
    """Both as tensors. At least one of them must be a tensor already."""
    if is_tensor(a):
        return a, b if is_tensor(b) else lift(b, a)
    if is_tensor(b):
        return lift(a, b), b
    raise TypeError(
        f"neither {type(a).__name__} nor {type(b).__name__} is a Tensor; wrap one: Tensor(x)"
    )


def given(*tensors: Tensor | None) -> tuple[Tensor, ...]:
    """The tensors without the Nones: the parents of an operation with optional parameters."""
    return tuple(tensor for tensor in tensors if tensor is not None)


def indices(value: npt.ArrayLike) -> Array:
    """Labels or positions as an array. An empty list holds no floats, although NumPy says so."""
    if type(value) is np.ndarray:
        return value  # the usual case
    refuse_hidden(value)
    array = np.asarray(value)
    return array.astype(np.int64) if isinstance(value, list) and not array.size else array


def unpacked(numbers: tuple[int | Sequence[int], ...]) -> tuple[int, ...]:
    """(2, 3), from the arguments of x.reshape(2, 3) as from those of x.reshape((2, 3))."""
    if len(numbers) == 1 and isinstance(numbers[0], tuple | list):
        return tuple(numbers[0])
    return tuple(operator.index(n) for n in numbers)  # type: ignore[arg-type]


def is_tensor(value: object) -> TypeGuard[Tensor]:
    """By an attribute that no array and no tensor of another library has.

    The class itself is defined later, on top of the operations.
    """
    return hasattr(value, "_vjp")
