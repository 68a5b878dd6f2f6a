"""Operations that make few numbers out of many: sums, means, extremes.

`dim` names the axis or axes to reduce, all of them when left out; `keepdim` leaves them in place
with length 1. The way back is the same for all: the gradient of a result is spread over the
numbers it was made of.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import elementwise
from undergrad.engine.ops import shape as shapes

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

Dim: TypeAlias = int | tuple[int, ...] | None


class Extreme(NamedTuple):
    """The largest or smallest numbers along an axis, and where they were."""

    values: Tensor
    indices: Array


def sum(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The sum. Every number that went in receives the gradient of the sum."""
    out = x.data.sum(axis=dim, keepdims=keepdim)
    shape = x.data.shape
    return node(out, (x,), lambda g: (_spread(g, shape, dim),), "sum")


def mean(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The average: the sum over n numbers, divided by n, and so is the gradient."""
    out = x.data.mean(axis=dim, keepdims=keepdim)
    shape = x.data.shape
    n = _count(shape, dim)
    return node(out, (x,), lambda g: (_spread(g / n, shape, dim),), "mean")


def var(x: Tensor, dim: Dim = None, correction: int = 1, keepdim: bool = False) -> Tensor:
    """The variance: squared distances from the mean, summed and divided by n - `correction`.

    Its slope is 2 (x - mean) / (n - correction); the slope through the mean cancels out.
    """
    distance = x.data - x.data.mean(axis=dim, keepdims=True)
    n = _count(x.data.shape, dim) - correction
    out = (distance * distance).sum(axis=dim, keepdims=keepdim) / n
    return node(out, (x,), lambda g: (_kept(g, distance.shape, dim) * (2 / n) * distance,), "var")


def std(x: Tensor, dim: Dim = None, correction: int = 1, keepdim: bool = False) -> Tensor:
    """The spread: the root of the variance. Its slope counts as 0 where all numbers are equal."""
    distance = x.data - x.data.mean(axis=dim, keepdims=True)
    n = _count(x.data.shape, dim) - correction
    spread = np.sqrt((distance * distance).sum(axis=dim, keepdims=True) / n)
    out = spread if keepdim else spread.squeeze(axis=dim)

    def vjp(g: Array) -> tuple[Array]:
        share = np.divide(distance, n * spread, out=np.zeros_like(distance), where=spread > 0)
        return (_kept(g, distance.shape, dim) * share,)

    return node(out, (x,), vjp, "std")


def prod(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The product. The slope of a number is the product of all others, also when it is 0."""
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
    """Sums of all numbers so far along `dim`. A number receives what comes at it and after it."""
    out = x.data.cumsum(axis=dim)
    return node(out, (x,), lambda g: (np.flip(np.flip(g, dim).cumsum(axis=dim), dim),), "cumsum")


def norm(x: Tensor, p: float = 2.0, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The length: the p-th root of the sum of |x|^p; with p = inf, the largest |x|.

    For p = 2 the slope is x / norm, and counts as 0 where the norm is 0.
    """
    if p <= 0:
        raise ValueError(f"norm: p must be positive, not {p}")
    if p == math.inf:
        return amax(elementwise.abs(x), dim, keepdim)
    if p == 1:
        return sum(elementwise.abs(x), dim, keepdim)
    size = x.data if p == 2 else np.abs(x.data)
    length = (size**p).sum(axis=dim, keepdims=True) ** (1 / p)

    def vjp(g: Array) -> tuple[Array]:
        share = np.divide(size, length, out=np.zeros_like(size), where=length > 0)
        slope = share if p == 2 else np.sign(x.data) * share ** (p - 1)
        return (_kept(g, x.data.shape, dim) * slope,)

    return node(length if keepdim else length.squeeze(axis=dim), (x,), vjp, "norm")


def argmax(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Array:
    """The index of the largest number, as integers; nothing to differentiate."""
    find: Any = x.data.argmax  # typed as if the axis were never None together with keepdims
    return np.asarray(find(axis=dim, keepdims=keepdim))


def argmin(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Array:
    """The index of the smallest number, as integers; nothing to differentiate."""
    find: Any = x.data.argmin  # typed as if the axis were never None together with keepdims
    return np.asarray(find(axis=dim, keepdims=keepdim))


def max(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor | Extreme:
    """The largest number of all; or, with `dim`, the largest along that axis and their indices.

    Without `dim`, equal largest numbers share the gradient. With it, the first one receives it.
    """
    return amax(x) if dim is None else _pick(x, argmax(x, dim, keepdim=True), dim, keepdim)


def min(x: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor | Extreme:
    """The smallest number of all; or, with `dim`, the smallest along it and their indices.

    Without `dim`, equal smallest numbers share the gradient. With it, the first one receives it.
    """
    return amin(x) if dim is None else _pick(x, argmin(x, dim, keepdim=True), dim, keepdim)


def amax(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The largest number. Equal largest numbers share the gradient."""
    top = x.data.max(axis=dim, keepdims=True)
    return _shared(x, top, dim, keepdim, "amax")


def amin(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """The smallest number. Equal smallest numbers share the gradient."""
    bottom = x.data.min(axis=dim, keepdims=True)
    return _shared(x, bottom, dim, keepdim, "amin")


def logsumexp(x: Tensor, dim: Dim = None, keepdim: bool = False) -> Tensor:
    """log(sum(e^x)), a smooth maximum. Its slope is softmax(x).

    The largest number is taken out first, so that no power of e can overflow.
    """
    top = x.data.max(axis=dim, keepdims=True)
    top = np.where(np.isfinite(top), top, top.dtype.type(0))
    powers = np.exp(x.data - top)  # the largest is e^0 = 1
    total = powers.sum(axis=dim, keepdims=True)
    out = np.log(total) + top
    shape = x.data.shape
    return node(
        out if keepdim else out.squeeze(axis=dim),
        (x,),
        lambda g: (_kept(g, shape, dim) * powers / total,),
        "logsumexp",
    )


def _kept(g: Array, shape: tuple[int, ...], dim: Dim) -> Array:
    """`g` with the reduced axes back in place, as length 1, so that it broadcasts to `shape`."""
    if dim is None:
        return g.reshape((1,) * len(shape))
    axes = {axis % len(shape) for axis in ((dim,) if isinstance(dim, int) else dim)}
    return g.reshape([1 if axis in axes else n for axis, n in enumerate(shape)])


def _spread(g: Array, shape: tuple[int, ...], dim: Dim) -> Array:
    """`g` repeated to fill `shape`; np.broadcast_to takes six times as long on a small one."""
    out = np.empty(shape, g.dtype)
    out[...] = _kept(g, shape, dim)
    return out


def _count(shape: tuple[int, ...], dim: Dim) -> int:
    """How many numbers go into one result."""
    axes = range(len(shape)) if dim is None else (dim,) if isinstance(dim, int) else dim
    return math.prod(shape[axis] for axis in axes)


def _shared(x: Tensor, extreme: Array, dim: Dim, keepdim: bool, op: str) -> Tensor:
    """A node for `extreme`, whose gradient is divided among all numbers that equal it."""

    def vjp(g: Array) -> tuple[Array]:
        equal = x.data == extreme
        share = equal / equal.sum(axis=dim, keepdims=True).astype(x.data.dtype)
        return (_kept(g, x.data.shape, dim) * share,)

    return node(extreme if keepdim else extreme.squeeze(axis=dim), (x,), vjp, op)


def _pick(x: Tensor, where: Array, dim: int, keepdim: bool) -> Extreme:
    """The numbers of `x` at the indices `where` along `dim`, an axis of length 1 in `where`."""
    values = shapes.gather(x, dim, where)
    if keepdim:
        return Extreme(values, where)
    return Extreme(shapes.squeeze(values, dim), where.squeeze(dim))
