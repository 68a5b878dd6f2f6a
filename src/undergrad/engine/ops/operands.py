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

Operand: TypeAlias = Union["Tensor", npt.ArrayLike]


def lift(value: Operand, like: Tensor) -> Tensor:
    """`value` as a tensor of the float type of `like`; a tensor is returned as it is."""
    if is_tensor(value):
        return value
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
