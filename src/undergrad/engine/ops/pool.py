"""Pooling: many neighbouring numbers become one, their largest or their average.

What was found stays, where exactly it was is forgotten; the image gets smaller. As in `windows`,
a loop runs over the few places of the window, each of which sees a slice of the image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import im2col, linalg, reduce, shape
from undergrad.engine.ops.im2col import Frame, Size

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def max_pool2d(
    x: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
) -> Tensor:
    """The largest number in each window: (N, C, H, W) gives (N, C, H', W').

    The whole gradient goes to the largest number, to the first one in reading order among equals.
    `stride` is `kernel_size` when left out: windows side by side.
    """
    frame = _frame("max_pool2d", x, kernel_size, stride, padding, dilation)
    return _max_pool("max_pool2d", x, frame)


def max_pool1d(
    x: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
) -> Tensor:
    """The largest number in each window: (N, C, L) gives (N, C, L').

    The gradient goes to the largest number, as in `max_pool2d`.
    """
    frame = _frame("max_pool1d", x, kernel_size, stride, padding, dilation, axes=1)
    return shape.squeeze(_max_pool("max_pool1d", shape.unsqueeze(x, 2), frame), 2)


def avg_pool2d(
    x: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    count_include_pad: bool = True,
) -> Tensor:
    """The average of each window: (N, C, H, W) gives (N, C, H', W').

    `count_include_pad`: the zeros of the border count as numbers of the window.

    Each number of a window of k receives 1/k of its gradient.
    """
    frame = _frame("avg_pool2d", x, kernel_size, stride, padding)
    return _avg_pool("avg_pool2d", x, frame, count_include_pad)


def avg_pool1d(
    x: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    count_include_pad: bool = True,
) -> Tensor:
    """The average of each window: (N, C, L) gives (N, C, L').

    Each number of a window of k receives 1/k of its gradient.
    """
    frame = _frame("avg_pool1d", x, kernel_size, stride, padding, axes=1)
    row = shape.unsqueeze(x, 2)
    return shape.squeeze(_avg_pool("avg_pool1d", row, frame, count_include_pad), 2)


def adaptive_avg_pool2d(x: Tensor, output_size: int | tuple[int | None, int | None]) -> Tensor:
    """Averages over as many windows as wanted: (N, C, H, W) gives (N, C, *output_size).

    None keeps the size of an axis. Averaging is a matrix product along each axis.

    Each number of a window of k receives 1/k of its gradient.
    """
    _need_axes("adaptive_avg_pool2d", x, 2)
    wanted = output_size if isinstance(output_size, tuple) else (output_size, output_size)
    rows, columns = (
        _averaging("adaptive_avg_pool2d", x, n, n if size is None else size)
        for n, size in zip(x.data.shape[2:], wanted, strict=True)
    )
    return linalg.matmul(linalg.matmul(rows, x), columns.T)


def adaptive_avg_pool1d(x: Tensor, output_size: int) -> Tensor:
    """Averages over `output_size` windows: (N, C, L) gives (N, C, output_size).

    Each number of a window of k receives 1/k of its gradient.
    """
    _need_axes("adaptive_avg_pool1d", x, 1)
    return linalg.matmul(x, _averaging("adaptive_avg_pool1d", x, x.data.shape[2], output_size).T)


def _max_pool(op: str, x: Tensor, frame: Frame) -> Tensor:
    image = im2col.padded(im2col.batch_inner(x.data), frame, -np.inf)
    stops = frame.stops(*x.data.shape[2:])
    places = list(frame.places(stops))
    out = image[places[0]].copy()
    for place in places[1:]:
        np.maximum(out, image[place], out=out)

    def vjp(g: Array) -> tuple[Array]:
        g = im2col.batch_inner(g)
        to_image, waiting = np.zeros_like(image), np.ones(out.shape, bool)
        for place in places:
            largest = image[place] == out
            largest &= waiting
            waiting ^= largest
            to_image[place] += g * largest
        return (im2col.batch_outer(to_image[im2col.inside(frame, *x.data.shape[2:])]),)

    return node(im2col.batch_outer(out), (x,), vjp, op)


def _avg_pool(op: str, x: Tensor, frame: Frame, count_include_pad: bool) -> Tensor:
    image = im2col.padded(im2col.batch_inner(x.data), frame)
    stops = frame.stops(*x.data.shape[2:])
    places = list(frame.places(stops))
    share = _share(image, frame, x, count_include_pad)
    out = image[places[0]].copy()
    for place in places[1:]:
        out += image[place]
    out *= share

    def vjp(g: Array) -> tuple[Array]:
        g = im2col.batch_inner(g) * share
        to_image = np.zeros_like(image)
        for place in places:
            to_image[place] += g
        return (im2col.batch_outer(to_image[im2col.inside(frame, *x.data.shape[2:])]),)

    return node(im2col.batch_outer(out), (x,), vjp, op)


def _share(image: Array, frame: Frame, x: Tensor, count_include_pad: bool) -> Array:
    """One over how many numbers a window averages, to broadcast with (C, H', W', N)."""
    height, width = x.data.shape[2:]
    counted = np.ones((1, height, width, 1), image.dtype)
    counted = im2col.padded(counted, frame, float(count_include_pad))
    seen = [counted[place] for place in frame.places(frame.stops(height, width))]
    return np.asarray(1 / np.sum(seen, axis=0))


def _averaging(op: str, x: Tensor, n: int, size: int) -> Tensor:
    """The matrix (size, n) whose row i averages the numbers from i n / size to (i + 1) n / size."""
    if size < 1:
        raise ValueError(f"{op}: output_size must be at least 1, not {size}")
    matrix = np.zeros((size, n), x.data.dtype)
    for i in range(size):
        start, end = i * n // size, -(-(i + 1) * n // size)
        matrix[i, start:end] = 1 / (end - start)
    return type(x)(matrix)


# Readable twins


def max_pool2d_simple(
    x: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
) -> Tensor:
    """The readable twin of `max_pool2d`."""
    frame = _frame("max_pool2d", x, kernel_size, stride, padding, dilation)
    stops = frame.stops(*x.shape[2:])
    return reduce.max(_seen(shape.pad(x, _border(frame), -np.inf), frame, stops), dim=0)[0]


def avg_pool2d_simple(
    x: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    count_include_pad: bool = True,
) -> Tensor:
    """The readable twin of `avg_pool2d`: the sum of what was seen over how much was seen."""
    frame = _frame("avg_pool2d", x, kernel_size, stride, padding)
    stops, border = frame.stops(*x.shape[2:]), _border(frame)
    ones = type(x)(np.ones_like(x.data))
    total, counted = (
        reduce.sum(_seen(shape.pad(image, border, value), frame, stops), dim=0)
        for image, value in ((x, 0.0), (ones, float(count_include_pad)))
    )
    return total / counted


def _seen(image: Tensor, frame: Frame, stops: tuple[int, int]) -> Tensor:
    """What each place of the window sees of a padded image, along a new first axis."""
    return shape.stack([image[:, :, down, across] for _, down, across in frame.places(stops)])


def _border(frame: Frame) -> tuple[int, int, int, int]:
    (above, below), (left, right) = frame.padding
    return left, right, above, below


# Checks


def _frame(
    op: str,
    x: Tensor,
    kernel_size: Size,
    stride: Size | None,
    padding: Size,
    dilation: Size = 1,
    axes: int = 2,
) -> Frame:
    _need_axes(op, x, axes)
    step = kernel_size if stride is None else stride
    frame = im2col.frame(op, kernel_size, step, padding, dilation, axes)
    if any(2 * p > k for (p, _), k in zip(frame.padding, frame.kernel, strict=True)):
        raise ValueError(f"{op}: padding {padding} is more than half of kernel_size {kernel_size}")
    size = (1, *x.data.shape[2:])[-2:]
    if min(frame.stops(*size)) < 1:
        raise ValueError(f"{op}: a window of {kernel_size} does not fit into shape {x.data.shape}")
    return frame


def _need_axes(op: str, x: Tensor, axes: int) -> None:
    if x.data.ndim != axes + 2:
        raise ValueError(
            f"{op}: x has shape {x.data.shape}; it needs {axes + 2} axes, "
            f"(N, C, {'L' if axes == 1 else 'H, W'})"
        )
