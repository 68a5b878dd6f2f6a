"""Normalisation over the last axes: layer norm and RMS norm.

A row of numbers is shifted to mean 0 and scaled to standard deviation 1 (RMS norm only scales it);
a learned scale (`weight`) and shift (`bias`) follow. In training, layer norm, batch norm and group
norm differ only in what makes up a row:

    layer norm  the features of one example (or of one token)     here
    batch norm  one channel, over all examples and positions      `batch_norm`
    group norm  a group of channels of one example                `group_norm`

Every number moves the mean of its row of n numbers by 1/n of its own change, and the standard
deviation by x_hat / n of it. So with x_hat = (x - E[x]) / std and g the gradient with respect to
x_hat, the gradient with respect to x is (g - E[g] - x_hat E[g x_hat]) / std.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops.operands import given

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def layer_norm_simple(
    x: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """(x - E[x]) / sqrt(Var[x] + eps) * weight + bias, over the axes of `normalized_shape`."""
    axes = tuple(range(-len(normalized_shape), 0))
    centred = x - x.mean(axes, keepdim=True)
    variance = (centred * centred).mean(axes, keepdim=True)
    out = centred / (variance + eps).sqrt()
    out = out if weight is None else out * weight
    return out if bias is None else out + bias


def layer_norm(
    x: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Fast form of `layer_norm_simple`: one node, 1.5 times as fast, half the memory.

    (x - E[x]) / sqrt(Var[x] + eps) * weight + bias, where E and Var are taken over the last axes,
    those of `normalized_shape`. `weight` and `bias` have that shape.

    Let h = g * weight. The gradient with respect to x is (h - E[h] - x_hat E[h x_hat]) / std, with
    respect to the weight it is sum(g x_hat), and with respect to the bias sum(g).
    """
    _check_last_axes("layer_norm", x, normalized_shape, weight, bias)
    rows = x.data.reshape(-1, math.prod(normalized_shape))
    x_hat, std = normalise(rows, eps)
    scale = None if weight is None else weight.data.reshape(-1)
    out = x_hat if scale is None else x_hat * scale
    if bias is not None:
        out = out + bias.data.reshape(-1)

    def vjp(g: Array) -> list[Array | None]:
        g = g.reshape(rows.shape)
        h = g if scale is None else g * scale
        to_x = normalise_backward(h, x_hat, std)
        gradients: list[Array | None] = [to_x.reshape(x.data.shape)]
        if weight is not None:
            gradients.append((g * x_hat).sum(axis=0).reshape(weight.data.shape))
        if bias is not None:
            gradients.append(g.sum(axis=0).reshape(bias.data.shape))
        return gradients

    return node(out.reshape(x.data.shape), given(x, weight, bias), vjp, "layer_norm")


def rms_norm_simple(
    x: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """x / sqrt(E[x^2] + eps) * weight, over the axes of `normalized_shape`."""
    axes = tuple(range(-len(normalized_shape), 0))
    mean_square = (x * x).mean(axes, keepdim=True)
    out = x / (mean_square + _or_machine_epsilon(eps, x.data)).sqrt()
    return out if weight is None else out * weight


def rms_norm(
    x: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """Fast form of `rms_norm_simple`: one node, 1.3 times as fast.

    x / sqrt(E[x^2] + eps) * weight, where E is taken over the last axes, those of
    `normalized_shape`. `eps` is the machine epsilon of the float type when left out.

    Let x_hat = x / rms and h = g * weight. The gradient with respect to x is
    (h - x_hat E[h x_hat]) / rms, and with respect to the weight sum(g x_hat).
    """
    _check_last_axes("rms_norm", x, normalized_shape, weight, None)
    rows = x.data.reshape(-1, math.prod(normalized_shape))
    mean_square = _mean(rows * rows)
    rms = np.sqrt(mean_square + _or_machine_epsilon(eps, rows))
    x_hat = rows / rms
    scale = None if weight is None else weight.data.reshape(-1)
    out = x_hat if scale is None else x_hat * scale

    def vjp(g: Array) -> list[Array | None]:
        g = g.reshape(rows.shape)
        h = g if scale is None else g * scale
        to_x = ((h - x_hat * _mean(h * x_hat)) / rms).reshape(x.data.shape)
        if weight is None:
            return [to_x]
        return [to_x, (g * x_hat).sum(axis=0).reshape(weight.data.shape)]

    return node(out.reshape(x.data.shape), given(x, weight), vjp, "rms_norm")


# Rows: shared with batch norm and group norm


def centre(rows: Array) -> tuple[Array, Array, Array]:
    """rows - mean, the mean and the variance, each along axis 1; the last two as columns."""
    mean = _mean(rows)
    centred = rows - mean
    return centred, mean, _mean(centred * centred)


def normalise(rows: Array, eps: float) -> tuple[Array, Array]:
    """(rows - mean) / std, and std = sqrt(variance + eps), each along axis 1."""
    centred, _, variance = centre(rows)
    std = np.sqrt(variance + eps)
    centred /= std
    return centred, std


def normalise_backward(g: Array, x_hat: Array, std: Array) -> Array:
    """The gradient with respect to the rows, from g, that with respect to x_hat.

    (g - E[g] - x_hat E[g x_hat]) / std, with E along axis 1; computed in two buffers.
    """
    out = project_out(g, x_hat, _mean(g), _mean(g * x_hat))
    out /= std
    return out


def project_out(g: Array, x_hat: Array, mean: Array, mean_product: Array) -> Array:
    """g - E[g] - x_hat E[g x_hat]: g minus its mean and minus its projection onto x_hat."""
    through_statistics = x_hat * mean_product
    through_statistics += mean
    out: Array = np.subtract(g, through_statistics, out=through_statistics)
    return out


def _mean(rows: Array) -> Array:
    """The mean of each row, as a column; for rows without numbers nan, and no warning."""
    mean: Array = rows.sum(axis=1, keepdims=True) / (rows.shape[1] or math.nan)
    return mean


# Checks


def _or_machine_epsilon(eps: float | None, x: Array) -> float:
    return float(np.finfo(x.dtype).eps) if eps is None else eps


def _check_last_axes(
    op: str, x: Tensor, last: Sequence[int], weight: Tensor | None, bias: Tensor | None
) -> None:
    wanted = tuple(last)
    if not wanted or x.data.shape[-len(wanted) :] != wanted:
        raise ValueError(f"{op}: shape {x.data.shape} does not end with {wanted}")
    for name, p in (("weight", weight), ("bias", bias)):
        if p is not None and p.data.shape != wanted:
            raise ValueError(f"{op}: {name} has shape {p.data.shape} and needs {wanted}")
