"""im2col: the patches of an image as the columns of a matrix, for convolution and pooling.

A kernel of kh x kw points slides over an image; at each output position it covers one patch. What
one of its points, (i, j), covers over all output positions is a plain slice of the image: every
stride-th row from i on, and every stride-th column from j on. So a loop over the few points
replaces a loop over the many output positions. `im2col` copies the patches into a matrix, which
turns a convolution into a matrix product; `add_columns`, its transpose, adds them back up.

For large images that matrix has many millions of numbers, and to write it to memory and read it
again takes longer than the product. So it is made for a few output rows at a time, a band of them,
and used while it is in the cache. Bands do not depend on each other, and may be made on several
threads. (An image that is one row high, such as a sequence, is one band.)

Inside these operations an image is laid out as (C, H, W, N), the batch innermost; the outside sees
a view of it of shape (N, C, H, W). Copies then run along the batch without gaps, and one matrix
product serves the whole batch. NumPy keeps such a layout through relu and the like, so a row of
convolutions changes it only at its beginning and its end.

Letters: N images, C channels, H x W their size, H' x W' output positions, kh x kw kernel size.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided

from undergrad.engine.autograd import Array

Size: TypeAlias = int | tuple[int, ...]
Pair: TypeAlias = tuple[int, int]
Shape: TypeAlias = tuple[int, int, int, int]
Slices: TypeAlias = tuple[slice, slice, slice]

_ROW_GAP = 16  # numbers between the rows of the matrix
_BAND = 1 << 19  # numbers of the matrix at a time: 2 MB; half or twice as many are as fast


@dataclass(frozen=True)
class Geometry:
    """How a kernel slides over an image."""

    kernel_size: Pair
    stride: Pair
    padding: tuple[Pair, Pair]  # (above, below), (left, right)
    dilation: Pair

    @property
    def spans(self) -> Pair:
        """From the first to the last point of the kernel: d (k - 1) + 1 rows and columns."""
        rows, columns = (
            d * (k - 1) + 1 for d, k in zip(self.dilation, self.kernel_size, strict=True)
        )
        return rows, columns

    def output_size(self, height: int, width: int) -> Pair:
        """(H', W'): (n + padding - dilation (k - 1) - 1) / stride + 1 along each axis."""
        rows, columns = (
            (n + before + after - span) // s + 1
            for n, (before, after), span, s in zip(
                (height, width), self.padding, self.spans, self.stride, strict=True
            )
        )
        return rows, columns

    def slices(self, output_size: Pair) -> Iterator[Slices]:
        """What each point of the kernel covers of a padded image (C, H, W, N), row by row."""
        rows, columns = (
            [slice(i * d, i * d + s * (n - 1) + 1, s) for i in range(k)]
            for k, s, d, n in zip(
                self.kernel_size, self.stride, self.dilation, output_size, strict=True
            )
        )
        return ((slice(None), down, across) for down in rows for across in columns)

    def padded(self, shape: Shape) -> Shape:
        """The shape of an image (C, H, W, N) with its border."""
        c, h, w, n = shape
        (above, below), (left, right) = self.padding
        return c, above + h + below, left + w + right, n

    def transposed(self, output_size: Pair, size: Pair) -> Geometry | None:
        """How the flipped kernel slides over the outputs to give one number for each of the image.

        None where it cannot: with a stride, with more padding than the kernel is large, or where
        the image has leftover rows or columns that the kernel never reaches.
        """
        rows, columns = (
            (span - 1 - before, span - 1 - after)
            for span, (before, after) in zip(self.spans, self.padding, strict=True)
        )
        transposed = replace(self, padding=(rows, columns))
        fits = self.stride == (1, 1) and min(*rows, *columns) >= 0
        return transposed if fits and transposed.output_size(*output_size) == size else None

    def inside(self, height: int, width: int) -> Slices:
        """Where an image of that size lies in its padded self."""
        (above, _), (left, _) = self.padding
        return slice(None), slice(above, above + height), slice(left, left + width)


def geometry(
    op: str, kernel_size: Size, stride: Size, padding: Size | str, dilation: Size
) -> Geometry:
    """The geometry with these settings. Raises ValueError, in the name of `op`, for bad ones."""
    kernel, stride, dilation = (
        _pair(op, name, value, at_least=1)
        for name, value in (
            ("kernel_size", kernel_size),
            ("stride", stride),
            ("dilation", dilation),
        )
    )
    if padding == "same":
        if stride != (1, 1):
            raise ValueError(f"{op}: padding='same' needs stride 1, not {stride}")
        rows, columns = (d * (k - 1) for d, k in zip(dilation, kernel, strict=True))
        border = (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)
        return Geometry(kernel, stride, border, dilation)
    padding = 0 if padding == "valid" else padding
    if isinstance(padding, str):
        raise ValueError(f"{op}: padding is a number, 'valid' or 'same', not {padding!r}")
    rows, columns = _pair(op, "padding", padding, at_least=0)
    return Geometry(kernel, stride, ((rows, rows), (columns, columns)), dilation)


def one_row_high(size: Size, other: int) -> tuple[int, ...]:
    """A setting for one axis as one for two, for images that are one row high."""
    return other, *((size,) if isinstance(size, int | np.integer) else size)


def batch_inner(x: Array) -> Array:
    """(N, C, H, W) as (C, H, W, N) without gaps; not a copy when it is laid out so already."""
    return np.ascontiguousarray(x.transpose(1, 2, 3, 0))


def batch_outer(image: Array) -> Array:
    """(C, H, W, N) seen as (N, C, H, W); never a copy."""
    return image.transpose(3, 0, 1, 2)


def padded(image: Array, geometry: Geometry, value: float = 0.0) -> Array:
    """`image` (C, H, W, N) with a border filled with `value` around it."""
    c, h, w, n = image.shape
    shape = geometry.padded((c, h, w, n))
    if shape == image.shape:
        return image
    out = np.full(shape, value, image.dtype)
    out[geometry.inside(h, w)] = image
    return out


def bands(height: int, row: int) -> list[slice]:
    """The output rows in bands, when one of them makes `row` numbers of the matrix.

    An even number of bands, so that two threads have equal parts, unless there is one, or one for
    each row.
    """
    count = -(-height * row // _BAND)
    count = min(count + count % 2, height) if count > 1 else 1
    edges = np.linspace(0, height, count + 1).astype(int).tolist()
    return [slice(start, stop) for start, stop in itertools.pairwise(edges)]


def im2col(image: Array, geometry: Geometry, rows: slice, width: int) -> Array:
    """The patches at some output rows: padded (C, H, W, N) -> (C kh kw, rows W' N)."""
    patches = _patches(_from_row(image, geometry, rows), geometry, (rows.stop - rows.start, width))
    c, kh, kw = patches.shape[:3]
    if geometry.kernel_size == geometry.stride == (1, 1):
        return patches.reshape(c, -1)
    columns = _matrix(c * kh * kw, math.prod(patches.shape[3:]), image.dtype)
    np.copyto(columns.reshape(patches.shape), patches)
    return columns


def add_columns(image: Array, columns: Array, geometry: Geometry, rows: slice, width: int) -> None:
    """The transpose of `im2col`, in place: add patches at these output rows to a padded image.

    A number that lies in several patches receives the sum.
    """
    (kh, kw), size = geometry.kernel_size, (rows.stop - rows.start, width)
    by_point = columns.reshape(len(image), kh * kw, *size, image.shape[3])
    for i, where in enumerate(geometry.slices(size)):
        _from_row(image, geometry, rows)[where] += by_point[:, i]


def _from_row(image: Array, geometry: Geometry, rows: slice) -> Array:
    """A padded image from the first row that these output rows need."""
    return image[:, rows.start * geometry.stride[0] :]


def _patches(image: Array, geometry: Geometry, output_size: Pair) -> Array:
    """All patches of a padded image (C, H, W, N), as a view (C, kh, kw, H', W', N).

    A step in the kernel and a step of the kernel are both steps in the same image, so no number is
    moved; copying the whole view takes 0.57 ms where a copy for each of 64 points takes 0.69, and
    a quarter of the time for a single image.
    """
    c, _, _, n = image.shape
    to_c, to_row, to_column, to_n = image.strides
    (down, across), (by_rows, by_columns) = geometry.stride, geometry.dilation
    return as_strided(
        image,
        (c, *geometry.kernel_size, *output_size, n),
        (to_c, by_rows * to_row, by_columns * to_column, down * to_row, across * to_column, to_n),
        writeable=False,
    )


def _matrix(rows: int, columns: int, dtype: np.dtype[np.generic]) -> Array:
    """An empty matrix whose rows do not all begin at the same point of a memory page.

    When a row is a multiple of 4096 bytes long, all rows compete for the same few cache lines; a
    small gap between the rows lets a product run at 168 instead of 154 billion operations a second.
    """
    return np.empty((rows, columns + _ROW_GAP), dtype)[:, :columns]


def _pair(op: str, name: str, value: Size, at_least: int) -> Pair:
    """One number for each of the two axes."""
    pair = (value, value) if isinstance(value, int | np.integer) else tuple(value)
    if len(pair) != 2 or min(pair) < at_least:
        raise ValueError(
            f"{op}: {name} must be a number or a pair of them, at least {at_least}, not {value}"
        )
    return pair[0], pair[1]
