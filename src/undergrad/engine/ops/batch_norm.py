"""Normalisation by channel: over the whole batch, or over groups of channels of each example.

The rows to normalise are made of channels; what happens to a row is written in `norm`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import shape
from undergrad.engine.ops.norm import affine, back, normalised, parents, present, standard

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def group_norm(
    x: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Normalise (N, C, ...) for each example over each of `num_groups` groups of channels.

    `weight` and `bias` hold one number for each channel.

    The gradient of h = (x - mean) / std, called g, becomes (g - mean(g) - h mean(g h)) / std.
    """
    _check_channels("group_norm", x, weight, bias)
    n, c = x.data.shape[:2]
    if num_groups < 1 or c % num_groups:
        raise ValueError(f"group_norm: {c} channels do not make {num_groups} equal groups")
    normal, spread = normalised(x.data.reshape(n * num_groups, -1), eps)
    channels = normal.reshape(n, c, -1)  # (N, C, numbers of a channel)
    out = _with_scale(channels, weight, bias)

    def vjp(g: Array) -> list[Array | None]:
        g = g.reshape(channels.shape)
        to_normal = g if weight is None else g * weight.data[:, None]
        to_x = back(to_normal.reshape(normal.shape), normal, spread).reshape(x.data.shape)
        to_weight, to_bias = (g * channels).sum(axis=(0, 2)), g.sum(axis=(0, 2))
        return present(to_x, (weight, to_weight), (bias, to_bias))

    return node(out.reshape(x.data.shape), parents(x, weight, bias), vjp, "group_norm")


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

    The gradient of h = (x - mean) / std, called g, becomes (g - mean(g) - h mean(g h)) / std.
    """
    _check_channels("batch_norm", x, weight, bias)
    rows = _channel_rows(x.data)  # (C, numbers of a channel in the batch)
    if training:
        _check_batch(x, rows)
        normal, spread = normalised(rows, eps)
        _move(running_mean, rows.mean(axis=1), momentum)
        _move(running_var, rows.var(axis=1, ddof=1), momentum)
    else:
        normal, spread = _by_known_statistics(rows, running_mean, running_var, eps)
    out = _with_scale(normal, weight, bias)

    def vjp(g: Array) -> list[Array | None]:
        g = _channel_rows(g)
        to_normal = g if weight is None else g * weight.data[:, None]
        to_x = back(to_normal, normal, spread) if training else to_normal / spread
        to_weight, to_bias = (g * normal).sum(axis=1), g.sum(axis=1)
        return present(_rows_back(to_x, x.data), (weight, to_weight), (bias, to_bias))

    return node(_rows_back(out, x.data), parents(x, weight, bias), vjp, "batch_norm")


# Rows of a channel


def _by_known_statistics(
    rows: Array, mean: Array | None, var: Array | None, eps: float
) -> tuple[Array, Array]:
    """The same with a mean and a variance that do not depend on x."""
    if mean is None or var is None:
        raise ValueError("batch_norm: in use it needs running_mean and running_var")
    spread = np.sqrt(var + eps).astype(rows.dtype)[:, None]
    return (rows - mean.astype(rows.dtype)[:, None]) / spread, spread


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
    return affine(shape.reshape(standard(groups, -1, eps), x.shape), weight, bias, len(places))


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
    return affine(standard(x, axes, eps), weight, bias, x.ndim - 2)


# Checks


def _check_batch(x: Tensor, rows: Array) -> None:
    if rows.shape[1] < 2:
        raise ValueError(
            f"batch_norm: shape {x.data.shape} has less than 2 numbers for each channel, and they "
            "would all become 0; use a larger batch, or eval()"
        )


def _check_channels(op: str, x: Tensor, weight: Tensor | None, bias: Tensor | None) -> None:
    if x.data.ndim < 2:
        raise ValueError(f"{op}: x has shape {x.data.shape}; it needs (N, C, ...)")
    for name, p in (("weight", weight), ("bias", bias)):
        if p is not None and p.data.shape != x.data.shape[1:2]:
            raise ValueError(
                f"{op}: {name} has shape {p.data.shape}, x has {x.data.shape[1]} channels"
            )
