"""Normalisation: numbers moved to mean 0 and spread 1, then to a spread and mean that are learnt.

All forms do the same along the rows of some matrix and differ in what they call a row: the numbers
of one example (layer norm), of a group of channels of one example (group norm), or of one channel
over the whole batch (batch norm). With x' = (x - mean) / s the gradient is

    dx = (g - mean(g) - x' mean(g x')) / s

since x pulls on its own mean and its own spread. RMS norm leaves the mean where it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import elementwise, reduce, shape

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def layer_norm(
    x: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Normalise each example over its last axes, those of `normalized_shape`.

    `weight` and `bias`, of that shape, are the spread and the mean that are learnt.
    """
    _check_last_axes("layer_norm", x, normalized_shape, weight, bias)
    rows = x.data.reshape(-1, math.prod(normalized_shape))
    normal, spread = _normalised(rows, eps)
    scale = None if weight is None else weight.data.reshape(-1)
    out = normal if scale is None else normal * scale
    if bias is not None:
        out = out + bias.data.reshape(-1)

    def vjp(g: Array) -> list[Array | None]:
        g = g.reshape(rows.shape)
        to_x = _back(g if scale is None else g * scale, normal, spread)
        to_weight, to_bias = (
            None if p is None else total.sum(axis=0).reshape(p.data.shape)
            for p, total in ((weight, g * normal), (bias, g))
        )
        return _present(to_x.reshape(x.data.shape), (weight, to_weight), (bias, to_bias))

    return node(out.reshape(x.data.shape), _parents(x, weight, bias), vjp, "layer_norm")


def rms_norm(
    x: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """Divide each example by the root of its mean square, over the axes of `normalized_shape`.

    `eps` is the smallest step of the float type when left out.
    """
    _check_last_axes("rms_norm", x, normalized_shape, weight, None)
    rows = x.data.reshape(-1, math.prod(normalized_shape))
    spread = np.sqrt((rows * rows).mean(axis=1, keepdims=True) + _epsilon(eps, rows))
    normal = rows / spread
    scale = None if weight is None else weight.data.reshape(-1)
    out = normal if scale is None else normal * scale

    def vjp(g: Array) -> list[Array | None]:
        g = g.reshape(rows.shape)
        to_normal = g if scale is None else g * scale
        to_x = (to_normal - normal * (to_normal * normal).mean(axis=1, keepdims=True)) / spread
        to_weight = None if weight is None else (g * normal).sum(axis=0).reshape(weight.data.shape)
        return _present(to_x.reshape(x.data.shape), (weight, to_weight))

    return node(out.reshape(x.data.shape), _parents(x, weight, None), vjp, "rms_norm")


def group_norm(
    x: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Normalise (N, C, ...) for each example over each of `num_groups` groups of channels.

    `weight` and `bias` hold one number for each channel.
    """
    _check_channels("group_norm", x, weight, bias)
    n, c = x.data.shape[:2]
    if num_groups < 1 or c % num_groups:
        raise ValueError(f"group_norm: {c} channels do not make {num_groups} equal groups")
    normal, spread = _normalised(x.data.reshape(n * num_groups, -1), eps)
    channels = normal.reshape(n, c, -1)  # (N, C, numbers of a channel)
    out = _with_scale(channels, weight, bias)

    def vjp(g: Array) -> list[Array | None]:
        g = g.reshape(channels.shape)
        to_normal = g if weight is None else g * weight.data[:, None]
        to_x = _back(to_normal.reshape(normal.shape), normal, spread).reshape(x.data.shape)
        to_weight, to_bias = (g * channels).sum(axis=(0, 2)), g.sum(axis=(0, 2))
        return _present(to_x, (weight, to_weight), (bias, to_bias))

    return node(out.reshape(x.data.shape), _parents(x, weight, bias), vjp, "group_norm")


def batch_norm(
    x: Tensor,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Normalise each channel of (N, C, ...) over the batch and all places.

    In training the mean and variance are those of the batch, and the running ones move towards
    them by `momentum`, in place; the running variance is the unbiased one, divided by n - 1. In use
    the running ones are taken, so that an example's result depends on nothing but itself.
    """
    _check_channels("batch_norm", x, weight, bias)
    rows = _channel_rows(x.data)  # (C, numbers of a channel in the batch)
    if training:
        _check_batch(x, rows)
        normal, spread = _normalised(rows, eps)
        _move(running_mean, rows.mean(axis=1), momentum)
        _move(running_var, rows.var(axis=1, ddof=1), momentum)
    else:
        normal, spread = _by_known_statistics(rows, running_mean, running_var, eps)
    out = _with_scale(normal, weight, bias)

    def vjp(g: Array) -> list[Array | None]:
        g = _channel_rows(g)
        to_normal = g if weight is None else g * weight.data[:, None]
        to_x = _back(to_normal, normal, spread) if training else to_normal / spread
        to_weight, to_bias = (g * normal).sum(axis=1), g.sum(axis=1)
        return _present(_rows_back(to_x, x.data), (weight, to_weight), (bias, to_bias))

    return node(_rows_back(out, x.data), _parents(x, weight, bias), vjp, "batch_norm")


# Rows


def _normalised(rows: Array, eps: float) -> tuple[Array, Array]:
    """`rows` with mean 0 and spread 1, and the spread each of them had."""
    distance = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt((distance * distance).mean(axis=1, keepdims=True) + eps)
    distance /= spread
    return distance, spread


def _by_known_statistics(
    rows: Array, mean: Array | None, var: Array | None, eps: float
) -> tuple[Array, Array]:
    """The same with a mean and a variance that do not depend on x."""
    if mean is None or var is None:
        raise ValueError("batch_norm: in use it needs running_mean and running_var")
    spread = np.sqrt(var + eps).astype(rows.dtype)[:, None]
    return (rows - mean.astype(rows.dtype)[:, None]) / spread, spread


def _back(g: Array, normal: Array, spread: Array) -> Array:
    """The gradient of `_normalised`."""
    pull = normal * (g * normal).mean(axis=1, keepdims=True)
    pull += g.mean(axis=1, keepdims=True)
    out: Array = np.subtract(g, pull, out=pull)
    out /= spread
    return out


def _with_scale(rows: Array, weight: Tensor | None, bias: Tensor | None) -> Array:
    """Times the weight plus the bias of the channel, the second-last axis."""
    out = rows if weight is None else rows * weight.data[:, None]
    return out if bias is None else out + bias.data[:, None]


def _channel_rows(x: Array) -> Array:
    """(N, C, ...) as (C, numbers of the channel), the batch innermost as in `windows`."""
    return x.transpose(*range(1, x.ndim), 0).reshape(x.shape[1], -1)


def _rows_back(rows: Array, like: Array) -> Array:
    """The way back from `_channel_rows`, as a view of shape (N, C, ...)."""
    image = rows.reshape(*like.shape[1:], like.shape[0])
    return image.transpose(-1, *range(like.ndim - 1))


def _move(running: Array | None, now: Array, momentum: float) -> None:
    if running is not None:
        running *= 1 - momentum
        running += momentum * now


# Readable twins


def layer_norm_simple(
    x: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """The readable twin of `layer_norm`."""
    axes = tuple(range(-len(normalized_shape), 0))
    return _affine(_standard(x, axes, eps), weight, bias)


def rms_norm_simple(
    x: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """The readable twin of `rms_norm`."""
    axes = tuple(range(-len(normalized_shape), 0))
    square = reduce.mean(x * x, axes, keepdim=True) + _epsilon(eps, x.data)
    return _affine(x / elementwise.sqrt(square), weight, None)


def group_norm_simple(
    x: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """The readable twin of `group_norm`."""
    n, c, *places = x.shape
    groups = shape.reshape(x, (n, num_groups, c // num_groups * math.prod(places)))
    return _affine(shape.reshape(_standard(groups, -1, eps), x.shape), weight, bias, len(places))


def batch_norm_simple(
    x: Tensor,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """The readable twin of `batch_norm` in training."""
    if not training:
        return batch_norm(x, running_mean, running_var, weight, bias, training, momentum, eps)
    axes = (0, *range(2, x.ndim))
    _move(running_mean, x.data.mean(axis=axes), momentum)
    _move(running_var, x.data.var(axis=axes, ddof=1), momentum)
    return _affine(_standard(x, axes, eps), weight, bias, x.ndim - 2)


def _standard(x: Tensor, dim: reduce.Dim, eps: float) -> Tensor:
    distance = x - reduce.mean(x, dim, keepdim=True)
    variance = reduce.mean(distance * distance, dim, keepdim=True)
    return distance / elementwise.sqrt(variance + eps)


def _affine(x: Tensor, weight: Tensor | None, bias: Tensor | None, places: int = 0) -> Tensor:
    """x times weight plus bias, each of which is followed by that many axes of places."""
    ones = (1,) * places
    if weight is not None:
        x = x * shape.reshape(weight, (*weight.shape, *ones))
    return x if bias is None else x + shape.reshape(bias, (*bias.shape, *ones))


# Checks


def _parents(x: Tensor, weight: Tensor | None, bias: Tensor | None) -> tuple[Tensor, ...]:
    return (x, *(p for p in (weight, bias) if p is not None))


def _present(to_x: Array, *others: tuple[Tensor | None, Array | None]) -> list[Array | None]:
    """The gradients of x and of those parameters that there are."""
    return [to_x, *(gradient for parameter, gradient in others if parameter is not None)]


def _epsilon(eps: float | None, x: Array) -> float:
    return float(np.finfo(x.dtype).eps) if eps is None else eps


def _check_batch(x: Tensor, rows: Array) -> None:
    if rows.shape[1] < 2:
        raise ValueError(
            f"batch_norm: shape {x.data.shape} has less than 2 numbers for each channel, and they "
            "would all become 0; use a larger batch, or eval()"
        )


def _check_last_axes(
    op: str, x: Tensor, last: Sequence[int], weight: Tensor | None, bias: Tensor | None
) -> None:
    wanted = tuple(last)
    if not wanted or x.data.shape[-len(wanted) :] != wanted:
        raise ValueError(f"{op}: shape {x.data.shape} does not end with {wanted}")
    for name, p in (("weight", weight), ("bias", bias)):
        if p is not None and p.data.shape != wanted:
            raise ValueError(f"{op}: {name} has shape {p.data.shape}, it needs {wanted}")


def _check_channels(op: str, x: Tensor, weight: Tensor | None, bias: Tensor | None) -> None:
    if x.data.ndim < 2:
        raise ValueError(f"{op}: x has shape {x.data.shape}; it needs (N, C, ...)")
    for name, p in (("weight", weight), ("bias", bias)):
        if p is not None and p.data.shape != x.data.shape[1:2]:
            raise ValueError(
                f"{op}: {name} has shape {p.data.shape}, x has {x.data.shape[1]} channels"
            )
