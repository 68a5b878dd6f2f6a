"""Losses that compare number by number: how far is the prediction from the target?

`reduction` is "mean" (the default), "sum", or "none" for one loss a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from undergrad.engine.ops import elementwise, reduce
from undergrad.engine.ops.operands import Operand, lift

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

Reduction: TypeAlias = Literal["mean", "sum", "none"]


def mse_loss(prediction: Tensor, target: Operand, reduction: Reduction = "mean") -> Tensor:
    """The squared difference. Large errors count most."""
    difference = _difference("mse_loss", prediction, target)
    return reduced(elementwise.mul(difference, difference), reduction)


def l1_loss(prediction: Tensor, target: Operand, reduction: Reduction = "mean") -> Tensor:
    """The absolute difference. Every error pulls equally hard."""
    return reduced(elementwise.abs(_difference("l1_loss", prediction, target)), reduction)


def huber_loss(
    prediction: Tensor, target: Operand, reduction: Reduction = "mean", delta: float = 1.0
) -> Tensor:
    """Squared (d^2/2) up to a difference of `delta`, and a straight line of slope `delta` beyond.

    With c, the difference held between -delta and delta, both pieces are c (d - c/2).
    """
    if delta <= 0:
        raise ValueError(f"huber_loss: delta must be positive, not {delta}")
    difference = _difference("huber_loss", prediction, target)
    held = elementwise.clip(difference, -delta, delta)
    return reduced(held * (difference - 0.5 * held), reduction)


def smooth_l1_loss(
    prediction: Tensor, target: Operand, reduction: Reduction = "mean", beta: float = 1.0
) -> Tensor:
    """Huber's loss divided by `beta`: the straight lines have slope 1 whatever `beta` is."""
    if beta == 0:
        return l1_loss(prediction, target, reduction)
    loss = huber_loss(prediction, target, reduction, beta)
    return loss if beta == 1 else elementwise.div(loss, beta)


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


def _difference(op: str, prediction: Tensor, target: Operand) -> Tensor:
    """prediction - target, of equal shapes: (n, 1) against (n,) would quietly make (n, n)."""
    target = lift(target, prediction)
    if prediction.data.shape != target.data.shape:
        raise ValueError(
            f"{op}: prediction has shape {prediction.data.shape}, target {target.data.shape}; "
            "reshape one of them so that the shapes are equal"
        )
    return elementwise.sub(prediction, target)
