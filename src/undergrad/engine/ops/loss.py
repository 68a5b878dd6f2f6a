"""Losses that compare number by number: how far is the prediction from the target?

Each one is a value and a slope, both of the difference d = prediction - target. The slope pulls
the prediction one way and the target the other. `reduction` is "mean" (the default), "sum", or
"none" for one loss a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import reduce
from undergrad.engine.ops.operands import Operand, lift

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

Reduction: TypeAlias = Literal["mean", "sum", "none"]


def mse_loss(prediction: Tensor, target: Operand, reduction: Reduction = "mean") -> Tensor:
    """The squared difference d^2, of slope 2 d. Large errors count most."""
    target = alike("mse_loss", prediction, target)
    d = prediction.data - target.data
    return compared("mse_loss", prediction, target, d * d, 2 * d, reduction)


def l1_loss(prediction: Tensor, target: Operand, reduction: Reduction = "mean") -> Tensor:
    """The absolute difference, of slope 1 or -1. Every error pulls equally hard."""
    target = alike("l1_loss", prediction, target)
    d = prediction.data - target.data
    return compared("l1_loss", prediction, target, np.abs(d), np.sign(d), reduction)


def huber_loss(
    prediction: Tensor, target: Operand, reduction: Reduction = "mean", delta: float = 1.0
) -> Tensor:
    """d^2 / 2 up to a difference of `delta`, and a straight line of slope `delta` beyond.

    With c, the difference held between -delta and delta, both pieces are c (d - c/2), of slope c.
    """
    if delta <= 0:
        raise ValueError(f"huber_loss: delta must be positive, not {delta}")
    target = alike("huber_loss", prediction, target)
    d = prediction.data - target.data
    c = np.minimum(np.maximum(d, -delta), delta)
    return compared("huber_loss", prediction, target, c * (d - 0.5 * c), c, reduction)


def smooth_l1_loss(
    prediction: Tensor, target: Operand, reduction: Reduction = "mean", beta: float = 1.0
) -> Tensor:
    """Huber's loss divided by `beta`: the straight lines have slope 1 whatever `beta` is."""
    if beta == 0:
        return l1_loss(prediction, target, reduction)
    loss = huber_loss(prediction, target, reduction, beta)
    return loss if beta == 1 else loss / beta


def reduced(losses: Tensor, reduction: Reduction) -> Tensor:
    """The mean or the sum of `losses`, or `losses` themselves."""
    if checked(reduction) == "none":
        return losses
    return reduce.mean(losses) if reduction == "mean" else reduce.sum(losses)


def checked(reduction: Reduction) -> Reduction:
    """`reduction`, when it is one of the three. Otherwise raises ValueError."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', not {reduction!r}")
    return reduction


def compared(
    op: str,
    prediction: Tensor,
    target: Tensor,
    losses: Array,
    slope: Array,
    reduction: Reduction,
    target_slope: Array | None = None,
) -> Tensor:
    """One node for the losses of all numbers, reduced.

    `slope` is that of each loss with respect to the prediction; with respect to the target it is
    `target_slope`, or the opposite when left out.
    """
    out, n = losses, 1.0
    if checked(reduction) == "mean":
        n = averaged_over(op, losses.size)
    if reduction != "none":
        out = losses.sum() / n

    def vjp(g: Array) -> tuple[Array, Array | None]:
        share = g if n == 1 else g / n
        to_prediction = share * slope
        if not target.requires_grad:
            return to_prediction, None
        return to_prediction, -to_prediction if target_slope is None else share * target_slope

    return node(out, (prediction, target), vjp, op)


def averaged_over(op: str, n: float) -> float:
    """`n`, unless it is 0: the mean of nothing would be nan, and so would every weight soon."""
    if not n:
        raise ValueError(f"{op}: there is nothing to average: the batch is empty, or all ignored")
    return n


def alike(op: str, prediction: Tensor, target: Operand) -> Tensor:
    """The target, of the prediction's shape: (n, 1) against (n,) would quietly make (n, n)."""
    target = lift(target, prediction)
    if prediction.data.shape != target.data.shape:
        raise ValueError(
            f"{op}: prediction has shape {prediction.data.shape}, target {target.data.shape}; "
            "reshape one of them so that the shapes are equal"
        )
    return target
