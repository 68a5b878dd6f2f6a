"""Operations that make few numbers out of many: sums, means, extremes.

`dim` names the axis or axes to reduce, all of them when left out or empty; `keepdim` leaves them
in place with length 1. The backward pass is alike for all: the gradient of a result is broadcast to
the numbers it was made of, and multiplied by the derivative.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import elementwise, softmax
from undergrad.engine.ops import shape as shapes
from undergrad.engine.ops.masks import masked

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

Dim: TypeAlias = int | Sequence[int] | None
Axes: TypeAlias = int | tuple[int, ...] | None  # the same, as NumPy takes it


class Extreme(NamedTuple):
    """The largest or smallest numbers along an axis, and where they were."""

    values: Tensor
    indices: Array


def sum(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The sum. Every derivative is 1: each number receives the gradient of the sum."""
    dim = _axes(dim, x.data.ndim)
    out = x.data.sum(axis=dim, keepdims=keepdim)
    shape = x.data.shape
    return node(out, (x,), lambda g: (_broadcast(g, shape, dim),), "sum")


def mean(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The mean: the sum over n numbers, divided by n. Every derivative is 1/n."""
    dim = _axes(dim, x.data.ndim)
    shape = x.data.shape
    n = _count(shape, dim)
    out = x.data.sum(axis=dim, keepdims=keepdim) / n
    return node(out, (x,), lambda g: (_broadcast(g / n, shape, dim),), "mean")


def var(x: Tensor, dim: Dim = None, correction: int = 1, keepdim: bool = False) -> Tensor:
    """The variance: squared deviations from the mean, summed and divided by n - `correction`.

    The derivative is 2 (x - mean) / (n - correction); what passes through the mean cancels out.
    """
    dim = _axes(dim, x.data.ndim)
    deviation = _deviation(x.data, dim)
    n = _count(x.data.shape, dim, correction)
    out = (deviation * deviation).sum(axis=dim, keepdims=keepdim) / n
    return node(out, (x,), lambda g: (_kept(g, deviation.shape, dim) * (2 / n) * deviation,), "var")


def std(x: Tensor, dim: Dim = None, correction: int = 1, keepdim: bool = False) -> Tensor:
    """The standard deviation, sqrt(variance).

    The derivative is (x - mean) / ((n - correction) std), taken as 0 where all numbers are equal.
    """
    dim = _axes(dim, x.data.ndim)
    deviation = _deviation(x.data, dim)
    n = _count(x.data.shape, dim, correction)
    root = np.sqrt((deviation * deviation).sum(axis=dim, keepdims=True) / n)
    out = root if keepdim else root.squeeze(axis=dim)

    def vjp(g: Array) -> tuple[Array]:
        varies = root != 0
        derivative = np.divide(deviation, n * root, out=np.zeros_like(deviation), where=varies)
        return (masked(_kept(g, deviation.shape, dim), varies) * derivative,)

    return node(out, (x,), vjp, "std")


def prod(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The product. The derivative of a number is the product of all others, also when it is 0."""
    if x.data.ndim == 0 and dim in (0, -1):
        dim = None
    rows = x.data.reshape(-1) if dim is None else np.moveaxis(x.data, dim, -1)
    out = x.data.prod(axis=dim, keepdims=keepdim)

    def vjp(g: Array) -> tuple[Array]:
        before, after = np.ones_like(rows), np.ones_like(rows)
        np.cumprod(rows[..., :-1], axis=-1, out=before[..., 1:])
        after[..., :-1] = np.cumprod(rows[..., :0:-1], axis=-1)[..., ::-1]
        others = before * after
        others = others.reshape(x.data.shape) if dim is None else np.moveaxis(others, -1, dim)
        return (_kept(g, x.data.shape, dim) * others,)

    return node(out, (x,), vjp, "prod")


def cumsum(x: Tensor, dim: int) -> Tensor:
    """Running sums along `dim`. A number gets the gradients of its own sum and all later ones.

    Summed in float64, as in PyTorch: a running sum of ones in float32 stops growing at 2^24.
    """
    return node(
        _running_sum(x.data, dim),
        (x,),
        lambda g: (np.flip(_running_sum(np.flip(g, dim), dim), dim),),
        "cumsum",
    )


def norm(x: Tensor, p: float = 2.0, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The p-norm: the p-th root of the sum of |x|^p; with p = inf, the largest |x|.

    For p = 2 the derivative is x / norm, taken as 0 where the norm is 0; for any other p it is
    sign(x) (|x| / norm)^(p-1), taken as 0 where x is 0.
    """
    dim = _axes(dim, x.data.ndim)
    if p <= 0:
        raise ValueError(f"norm: p must be positive, not {p}")
    if p == math.inf:
        return amax(elementwise.abs(x), dim, keepdim)
    if p == 1:
        return sum(elementwise.abs(x), dim, keepdim)
    data = x.data
    size = data if p == 2 else np.abs(data)
    length = (size**p).sum(axis=dim, keepdims=True) ** (1 / p)

    def vjp(g: Array) -> tuple[Array]:
        has_length = length != 0
        ratio = np.divide(size, length, out=np.zeros_like(size), where=has_length)
        if p == 2:
            derivative = ratio
        else:
            power = np.power(ratio, p - 1, out=np.zeros_like(ratio), where=data != 0)
            derivative = np.sign(data) * power
        return (masked(_kept(g, data.shape, dim), has_length) * derivative,)

    return node(length if keepdim else length.squeeze(axis=dim), (x,), vjp, "norm")


def argmax(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Array:
    """The index of the largest number, as integers; nothing to differentiate."""
    find: Any = x.data.argmax  # typed as if the axis were never None together with keepdims
    _check_not_empty("argmax", x, dim)
    return np.asarray(find(axis=dim, keepdims=keepdim))


def argmin(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Array:
    """The index of the smallest number, as integers; nothing to differentiate."""
    find: Any = x.data.argmin  # typed as if the axis were never None together with keepdims
    _check_not_empty("argmin", x, dim)
    return np.asarray(find(axis=dim, keepdims=keepdim))


def max(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor | Extreme:
    """The largest number of all; or, with `dim`, the largest along that axis and their indices.

    Without `dim`, equal maxima get equal parts of the gradient. With it, the first one gets all.
    """
    if dim is None:
        return amax(x)
    dim = _one_axis("max", dim)
    return _pick(x, argmax(x, dim, keepdim=True), dim, keepdim)


def min(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor | Extreme:
    """The smallest number of all; or, with `dim`, the smallest along it and their indices.

    Without `dim`, equal minima get equal parts of the gradient. With it, the first one gets all.
    """
    if dim is None:
        return amin(x)
    dim = _one_axis("min", dim)
    return _pick(x, argmin(x, dim, keepdim=True), dim, keepdim)


def amax(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The largest number. Equal maxima get equal parts of the gradient."""
    dim = _axes(dim, x.data.ndim)
    _check_not_empty("amax", x, dim)
    top = x.data.max(axis=dim, keepdims=True)
    return _extreme(x, top, dim, keepdim, "amax")


def amin(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The smallest number. Equal minima get equal parts of the gradient."""
    dim = _axes(dim, x.data.ndim)
    _check_not_empty("amin", x, dim)
    bottom = x.data.min(axis=dim, keepdims=True)
    return _extreme(x, bottom, dim, keepdim, "amin")


def logsumexp(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """log(sum(e^x)), a smooth maximum. Its derivative is softmax(x).

    The largest number is subtracted first, so that no power of e can overflow.
    """
    dim = _axes(dim, x.data.ndim)
    top = softmax.largest_finite(x.data, dim)
    powers = np.exp(x.data - top)  # the largest is e^0 = 1
    total = powers.sum(axis=dim, keepdims=True)
    with np.errstate(divide="ignore"):  # of no numbers it is log(0), -inf
        out = np.log(total) + top
    shape = x.data.shape
    return node(
        out if keepdim else out.squeeze(axis=dim),
        (x,),
        lambda g: (_kept(g, shape, dim) * powers / total,),
        "logsumexp",
    )


def _running_sum(x: Array, dim: int) -> Array:
    return x.cumsum(axis=dim, dtype=np.float64).astype(x.dtype, copy=False)


def _axes(dim: Dim, ndim: int) -> Axes:
    """`dim` for NumPy. No axes mean all of them, as in PyTorch; in NumPy, none.

    Of a single number axis 0 may be named, as if it were a vector of length 1.
    """
    if ndim == 0 and dim in (0, -1, (0,), (-1,)):
        return None
    if dim is None or isinstance(dim, int):
        return dim
    return int(dim) if isinstance(dim, np.integer) else tuple(dim) or None


def _one_axis(op: str, dim: object) -> int:
    try:
        return operator.index(dim)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{op}: dim is one axis, not {dim!r}; a{op} takes several") from None


def _kept(g: Array, shape: tuple[int, ...], dim: Dim) -> Array:
    """`g` with the reduced axes back in place, as length 1, so that it broadcasts to `shape`."""
    if dim is None:
        return g.reshape((1,) * len(shape))
    axes = {axis % len(shape) for axis in ((dim,) if isinstance(dim, int) else dim)}
    return g.reshape([1 if axis in axes else n for axis, n in enumerate(shape)])


def _broadcast(g: Array, shape: tuple[int, ...], dim: Dim) -> Array:
    """`g` repeated to fill `shape`; np.broadcast_to takes six times as long on a small one."""
    out = np.empty(shape, g.dtype)
    out[...] = _kept(g, shape, dim)
    return out


def _count(shape: tuple[int, ...], dim: Dim, correction: int = 0) -> float:
    """How many numbers go into one result, minus `correction`; nan, as the mean of nothing, for 0.

    Division by it then gives nan, as in PyTorch, and no warning.
    """
    axes = range(len(shape)) if dim is None else (dim,) if isinstance(dim, int) else dim
    n = math.prod(shape[axis] for axis in axes) - correction
    return n if n > 0 else math.nan


def _deviation(x: Array, dim: Dim) -> Array:
    """x minus its mean along `dim`."""
    deviation: Array = x - x.sum(axis=dim, keepdims=True) / _count(x.shape, dim)
    return deviation


def _check_not_empty(op: str, x: Tensor, dim: Dim) -> None:
    if not x.data.size and math.isnan(_count(x.data.shape, dim)):
        raise ValueError(f"{op}: shape {x.data.shape} has no numbers to choose from along {dim=}")


def _extreme(x: Tensor, extreme: Array, dim: Axes, keepdim: bool, op: str) -> Tensor:
    """A node for `extreme`, whose gradient is divided among all numbers that equal it.

    Where nan is among the numbers, the extreme is nan, and the gradient goes to what is nan.
    """
    data = x.data

    def vjp(g: Array) -> tuple[Array]:
        equal = (data == extreme) | np.isnan(data)
        count = equal.sum(axis=dim, keepdims=True).astype(g.dtype)
        return (masked(_kept(g, data.shape, dim) / count, equal),)

    return node(extreme if keepdim else extreme.squeeze(axis=dim), (x,), vjp, op)


def _pick(x: Tensor, where: Array, dim: int, keepdim: bool) -> Extreme:
    """The numbers of `x` at the indices `where` along `dim`, an axis of length 1 in `where`."""
    if x.data.ndim == 0:
        return Extreme(shapes.reshape(x, ()), where)
    values = shapes.gather(x, dim, where)
    if keepdim:
        return Extreme(values, where)
    return Extreme(shapes.squeeze(values, dim), where.squeeze(dim))
