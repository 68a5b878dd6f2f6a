"""Operations that move numbers without changing them.

The gradient of a number moves back to where the number came from; a number that was used several
times receives the sum of its gradients.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from numpy.lib.array_utils import normalize_axis_index

from undergrad.engine.autograd import Array, node, unbroadcast
from undergrad.engine.ops.operands import indices

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def reshape(x: Tensor, shape: Sequence[int]) -> Tensor:
    """The same numbers in reading order, in another shape; one axis may be -1, for what is left.

    The gradient takes the old shape.
    """
    before = x.data.shape
    try:
        out = x.data.reshape(tuple(shape))
    except ValueError:
        raise ValueError(
            f"reshape: {x.data.size} numbers of shape {before} do not fill shape {tuple(shape)}"
        ) from None
    return node(out, (x,), lambda g: (g.reshape(before),), "reshape")


def flatten(x: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Make the axes `start_dim` to `end_dim` into one. The gradient takes the old shape."""
    if x.data.ndim == 0:
        return reshape(x, (1,))
    start, end = (_axis("flatten", x, dim) for dim in (start_dim, end_dim))
    shape = x.data.shape
    return reshape(x, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


def transpose(x: Tensor, dim0: int, dim1: int) -> Tensor:
    """Swap two axes. The gradient's axes are swapped too."""
    out = x.data.swapaxes(dim0, dim1)
    return node(out, (x,), lambda g: (g.swapaxes(dim0, dim1),), "transpose")


def permute(x: Tensor, dims: Sequence[int]) -> Tensor:
    """Axis i of the result is axis `dims[i]` of x. The gradient is permuted by the inverse."""
    inverse = np.argsort([dim % x.data.ndim for dim in dims])
    return node(x.data.transpose(dims), (x,), lambda g: (g.transpose(inverse),), "permute")


def expand(x: Tensor, shape: Sequence[int]) -> Tensor:
    """Repeat x along new leading axes and along axes of length 1; -1 keeps an axis as it is.

    The gradients of all repetitions are summed.
    """
    known = (-1,) * (len(shape) - x.data.ndim) + x.data.shape
    full = tuple(old if n == -1 else n for n, old in zip(shape, known, strict=False))
    try:
        out = np.broadcast_to(x.data, full)
    except ValueError:
        raise ValueError(
            f"expand: shape {x.data.shape} does not repeat to {tuple(shape)}; only axes of length "
            "1 and new leading axes can grow, and -1 keeps an axis that is there"
        ) from None
    return node(out, (x,), lambda g: (unbroadcast(g, x.data.shape),), "expand")


def squeeze(x: Tensor, dim: int | Sequence[int] | None = None) -> Tensor:
    """Drop the axis `dim`, or each of several, if its length is 1; without `dim`, all such axes.

    The gradient takes the old shape.
    """
    shape = x.data.shape
    if dim is None:
        return reshape(x, [n for n in shape if n != 1])
    at = [_axis("squeeze", x, axis) for axis in ((dim,) if isinstance(dim, int) else dim)]
    return reshape(x, [n for axis, n in enumerate(shape) if n != 1 or axis not in at])


def unsqueeze(x: Tensor, dim: int) -> Tensor:
    """A new axis of length 1 at `dim`. The gradient takes the old shape."""
    return reshape(x, np.expand_dims(x.data, dim).shape)


def pad(x: Tensor, pad: Sequence[int], value: float = 0.0) -> Tensor:
    """Put `value` around x: `pad` is (before, after) for the last axis, the one before it ...

    The gradient is cropped to x.
    """
    if len(pad) % 2 or len(pad) > 2 * x.data.ndim or min(pad, default=0) < 0:
        raise ValueError(
            f"pad: {tuple(pad)} must be pairs of counts, from the last axis on, for shape {x.shape}"
        )
    widths = [(0, 0)] * (x.data.ndim - len(pad) // 2)
    widths += [(pad[i], pad[i + 1]) for i in range(len(pad) - 2, -1, -2)]
    inside = tuple(slice(a, a + n) for (a, _), n in zip(widths, x.data.shape, strict=True))
    shape = [a + n + b for (a, b), n in zip(widths, x.data.shape, strict=True)]
    out = np.full(shape, value, dtype=x.data.dtype)
    out[inside] = x.data
    return node(out, (x,), lambda g: (g[inside],), "pad")


def concat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Join tensors end to end along an axis that is already there.

    Each tensor receives its part of the gradient.
    """
    tensors = tuple(tensors)
    try:
        out = np.concatenate([x.data for x in tensors], axis=dim)
    except ValueError:
        raise ValueError(_unequal("concat", tensors, f"except along axis {dim}")) from None
    ends = np.cumsum([x.data.shape[dim] for x in tensors])[:-1]
    return node(out, tensors, lambda g: np.split(g, ends, axis=dim), "concat")


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Join tensors of equal shape along a new axis.

    Each tensor receives its part of the gradient.
    """
    tensors = tuple(tensors)
    try:
        out = np.stack([x.data for x in tensors], axis=dim)
    except ValueError:
        raise ValueError(_unequal("stack", tensors, "in every axis")) from None
    return node(out, tensors, lambda g: tuple(np.moveaxis(g, dim, 0)), "stack")


def getitem(x: Tensor, index: Any) -> Tensor:
    """x[index]: numbers, slices, arrays of indices and boolean masks, as in NumPy.

    The gradient is added at the positions taken, summed where one was taken twice.
    """
    try:
        out = x.data[index]
    except IndexError as error:
        raise IndexError(f"getitem: shape {x.data.shape}: {error}") from None

    def vjp(g: Array) -> tuple[Array]:
        to_x = np.zeros_like(x.data)
        if _may_repeat(index):
            np.add.at(to_x, index, g)
        else:
            to_x[index] = g
        return (to_x,)

    return node(out, (x,), vjp, "getitem")


def gather_simple(x: Tensor, dim: int, index: npt.ArrayLike) -> Tensor:
    """x[rows, index] for dim 1: one index array for each axis."""
    return getitem(x, _along("gather", x, dim, index))


def gather(x: Tensor, dim: int, index: npt.ArrayLike) -> Tensor:
    """Fast form of `gather_simple`: 1.3 times as fast where no number can be picked twice.

    Pick along one axis: for dim 1, out[i, j] = x[i, index[i, j]]. The gradient is added at the same
    positions. With an index of shape (B, 1) it picks one action value in each row of q (B, A).
    """
    where = _along("gather", x, dim, index)
    picks_once = where[dim].shape[dim] == 1

    def vjp(g: Array) -> tuple[Array]:
        to_x = np.zeros(x.data.shape, x.data.dtype)
        if picks_once:
            to_x[where] = g
        else:
            np.add.at(to_x, where, g)
        return (to_x,)

    return node(x.data[where], (x,), vjp, "gather")


def scatter_add(x: Tensor, dim: int, index: npt.ArrayLike, src: Tensor) -> Tensor:
    """x with the numbers of `src` added: for dim 1, src[i, j] goes to x[i, index[i, j]].

    The gradient of x is g, and that of src[i, j] is g[i, index[i, j]].
    """
    where = _along("scatter_add", x, dim, index)
    if src.data.shape != np.shape(index):
        raise ValueError(
            f"scatter_add: src has shape {src.data.shape} and index {np.shape(index)}; each number "
            "of src needs its index"
        )
    out = x.data.copy()
    np.add.at(out, where, src.data)
    return node(out, (x, src), lambda g: (g, g[where]), "scatter_add")


def index_select(x: Tensor, dim: int, index: npt.ArrayLike) -> Tensor:
    """Rows, columns ... along `dim`, in the order of `index`, which may repeat some.

    The gradients of a repeated one are summed.
    """
    where = indices(index)
    if where.ndim != 1 or where.dtype.kind not in "iu":
        found = f"{where.dtype} of shape {where.shape}; a mask selects by x[mask]"
        raise ValueError(f"index_select: index must be a row of integers, not {found}")
    return getitem(x, (slice(None),) * _axis("index_select", x, dim) + (where,))


def split(x: Tensor, split_size: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces along `dim` of length `split_size`, the last one perhaps shorter, or of given lengths.

    The gradient of each piece goes to its part of x.
    """
    dim = _axis("split", x, dim)
    n = x.data.shape[dim]
    if isinstance(split_size, int):
        if split_size < 1:
            raise ValueError(f"split: split_size must be at least 1, not {split_size}")
        split_size = [min(split_size, n - start) for start in range(0, n, split_size)] or [0]
    if sum(split_size) != n:
        raise ValueError(f"split: lengths {list(split_size)} do not add up to {n}, axis {dim}")
    ends = np.cumsum(split_size).tolist()
    before = (slice(None),) * dim
    return tuple(
        getitem(x, (*before, slice(end - length, end)))
        for length, end in zip(split_size, ends, strict=True)
    )


def chunk(x: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """As many pieces of equal length along `dim`; the last ones may be shorter or missing.

    The gradient of each piece goes to its part of x.
    """
    if chunks < 1:
        raise ValueError(f"chunk: chunks must be at least 1, not {chunks}")
    length = x.data.shape[_axis("chunk", x, dim)]
    return split(x, -(-length // chunks) if length else [0] * chunks, dim)


def flip(x: Tensor, dims: Sequence[int]) -> Tensor:
    """In reverse order along each of the axes `dims`. The gradient is flipped too."""
    dims = tuple(dims)
    return node(np.flip(x.data, dims).copy(), (x,), lambda g: (np.flip(g, dims),), "flip")


def tril(x: Tensor, diagonal: int = 0) -> Tensor:
    """0 above the diagonal of the last two axes, or above the one that many steps to the right.

    The gradient is set to 0 at the same positions.
    """
    return node(np.tril(x.data, diagonal), (x,), lambda g: (np.tril(g, diagonal),), "tril")


def triu(x: Tensor, diagonal: int = 0) -> Tensor:
    """0 below the diagonal of the last two axes, or below the one that many steps to the right.

    The gradient is set to 0 at the same positions.
    """
    return node(np.triu(x.data, diagonal), (x,), lambda g: (np.triu(g, diagonal),), "triu")


def _axis(op: str, x: Tensor, dim: int) -> int:
    """`dim` counted from the front; a single number has one axis. Raises IndexError otherwise."""
    return normalize_axis_index(dim, max(x.data.ndim, 1), op)


def _along(op: str, x: Tensor, dim: int, index: npt.ArrayLike) -> tuple[Array, ...]:
    """One index array for each axis: `index` itself along `dim`, counting up along the others."""
    index, axes = indices(index), range(x.data.ndim)
    if index.ndim != len(axes) or index.dtype.kind not in "iu":
        raise ValueError(
            f"{op}: index of shape {index.shape} and type {index.dtype} for x of shape "
            f"{x.data.shape}; it must hold integers and have as many axes as x"
        )
    along, last = axes[dim], axes[-1]
    return tuple(
        index if i == along else np.arange(n).reshape(-1, *[1] * (last - i))
        for i, n in enumerate(index.shape)
    )


def _may_repeat(index: Any) -> bool:
    """True when an index array could name one number twice; a slice or a mask never does."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(
        np.asarray(part).dtype.kind in "iu" and np.ndim(part) > 0
        for part in parts
        if not isinstance(part, slice) and part is not None and part is not Ellipsis
    )


def _unequal(op: str, tensors: Sequence[Tensor], extent: str) -> str:
    shapes = ", ".join(str(x.data.shape) for x in tensors) or "no tensors"
    return f"{op}: got {shapes}; it needs at least one tensor, and equal shapes {extent}"
