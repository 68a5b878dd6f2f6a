"""Normalisation: numbers moved to mean 0 and spread 1, then to a spread and mean that are learnt.

All forms do the same along the rows of some matrix and differ in what they call a row: the numbers
of one example (layer norm, here), of a group of channels of one example (group norm) or of one
channel over the whole batch (batch norm; both in `batch_norm`). With x' = (x - mean) / s,

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

    The gradient of h = (x - mean) / std, called g, becomes (g - mean(g) - h mean(g h)) / std.
    """
    _check_last_axes("layer_norm", x, normalized_shape, weight, bias)
    rows = x.data.reshape(-1, math.prod(normalized_shape))
    normal, spread = normalised(rows, eps)
    scale = None if weight is None else weight.data.reshape(-1)
    out = normal if scale is None else normal * scale
    if bias is not None:
        out = out + bias.data.reshape(-1)

    def vjp(g: Array) -> list[Array | None]:
        g = g.reshape(rows.shape)
        to_x = back(g if scale is None else g * scale, normal, spread)
        to_weight, to_bias = (
            None if p is None else total.sum(axis=0).reshape(p.data.shape)
            for p, total in ((weight, g * normal), (bias, g))
        )
        return present(to_x.reshape(x.data.shape), (weight, to_weight), (bias, to_bias))

    return node(out.reshape(x.data.shape), parents(x, weight, bias), vjp, "layer_norm")


def rms_norm(
    x: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """Divide each example by the root of its mean square, over the axes of `normalized_shape`.

    `eps` is the smallest step of the float type when left out.

    The gradient of h = x / rms, called g, becomes (g - h mean(g h)) / rms.
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
        return present(to_x.reshape(x.data.shape), (weight, to_weight))

    return node(out.reshape(x.data.shape), parents(x, weight, None), vjp, "rms_norm")


# Rows


def normalised(rows: Array, eps: float) -> tuple[Array, Array]:
    """`rows` with mean 0 and spread 1, and the spread each of them had."""
    distance = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt((distance * distance).mean(axis=1, keepdims=True) + eps)
    distance /= spread
    return distance, spread


def back(g: Array, normal: Array, spread: Array) -> Array:
    """The gradient of `normalised`."""
    pull = normal * (g * normal).mean(axis=1, keepdims=True)
    pull += g.mean(axis=1, keepdims=True)
    out: Array = np.subtract(g, pull, out=pull)
    out /= spread
    return out


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
    return affine(standard(x, axes, eps), weight, bias)


def rms_norm_simple(
    x: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """The readable twin of `rms_norm`."""
    axes = tuple(range(-len(normalized_shape), 0))
    square = reduce.mean(x * x, axes, keepdim=True) + _epsilon(eps, x.data)
    return affine(x / elementwise.sqrt(square), weight, None)


def standard(x: Tensor, dim: reduce.Dim, eps: float) -> Tensor:
    distance = x - reduce.mean(x, dim, keepdim=True)
    variance = reduce.mean(distance * distance, dim, keepdim=True)
    return distance / elementwise.sqrt(variance + eps)


def affine(x: Tensor, weight: Tensor | None, bias: Tensor | None, places: int = 0) -> Tensor:
    """x times weight plus bias, each of which is followed by that many axes of places."""
    ones = (1,) * places
    if weight is not None:
        x = x * shape.reshape(weight, (*weight.shape, *ones))
    return x if bias is None else x + shape.reshape(bias, (*bias.shape, *ones))


# Checks


def parents(x: Tensor, weight: Tensor | None, bias: Tensor | None) -> tuple[Tensor, ...]:
    return (x, *(p for p in (weight, bias) if p is not None))


def present(to_x: Array, *others: tuple[Tensor | None, Array | None]) -> list[Array | None]:
    """The gradients of x and of those parameters that there are."""
    return [to_x, *(gradient for parameter, gradient in others if parameter is not None)]


def _epsilon(eps: float | None, x: Array) -> float:
    return float(np.finfo(x.dtype).eps) if eps is None else eps


def _check_last_axes(
    op: str, x: Tensor, last: Sequence[int], weight: Tensor | None, bias: Tensor | None
) -> None:
    wanted = tuple(last)
    if not wanted or x.data.shape[-len(wanted) :] != wanted:
        raise ValueError(f"{op}: shape {x.data.shape} does not end with {wanted}")
    for name, p in (("weight", weight), ("bias", bias)):
        if p is not None and p.data.shape != wanted:
            raise ValueError(f"{op}: {name} has shape {p.data.shape}, it needs {wanted}")
