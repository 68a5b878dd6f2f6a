"""Losses that compare number by number: how far is the prediction from the target?

All are functions of the difference d = prediction - target. The derivative with respect to the
prediction is given for each; with respect to the target it is the opposite. `reduction` is "mean"
(the default), "sum", or "none" for one loss per number.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import elementwise, reduce
from undergrad.engine.ops.operands import Operand, lift

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

Reduction: TypeAlias = Literal["mean", "sum", "none"]


def mse_loss_simple(prediction: Tensor, target: Operand, reduction: Reduction = "mean") -> Tensor:
    """(prediction - target)^2."""
    d = prediction - of_same_shape("mse_loss", prediction, target)
    return reduce_losses("mse_loss", d * d, reduction)


def mse_loss(prediction: Tensor, target: Operand, reduction: Reduction = "mean") -> Tensor:
    """Fast form of `mse_loss_simple`: one node, twice as fast.

    The squared error d^2, whose derivative is 2 d. Large errors count most.
    """
    target = of_same_shape("mse_loss", prediction, target)
    d = prediction.data - target.data
    return loss_node("mse_loss", prediction, target, d * d, 2 * d, reduction)


def l1_loss_simple(prediction: Tensor, target: Operand, reduction: Reduction = "mean") -> Tensor:
    """|prediction - target|."""
    d = prediction - of_same_shape("l1_loss", prediction, target)
    return reduce_losses("l1_loss", d.abs(), reduction)


def l1_loss(prediction: Tensor, target: Operand, reduction: Reduction = "mean") -> Tensor:
    """Fast form of `l1_loss_simple`: one node, twice as fast.

    The absolute error |d|, whose derivative is 1 or -1: every error pulls equally hard.
    """
    target = of_same_shape("l1_loss", prediction, target)
    d = prediction.data - target.data
    return loss_node("l1_loss", prediction, target, np.abs(d), np.sign(d), reduction)


def huber_loss_simple(
    prediction: Tensor, target: Operand, reduction: Reduction = "mean", delta: float = 1.0
) -> Tensor:
    """d^2 / 2 where |d| <= delta, and delta (|d| - delta / 2) beyond."""
    d = prediction - of_same_shape("huber_loss", prediction, target)
    size = d.abs()
    near = size <= delta
    small = elementwise.where(near, d, 0.0)  # 0 times the derivative d is nan for an infinite d
    losses = elementwise.where(near, 0.5 * small * small, delta * (size - 0.5 * delta))
    return reduce_losses("huber_loss", losses, reduction)


def huber_loss(
    prediction: Tensor, target: Operand, reduction: Reduction = "mean", delta: float = 1.0
) -> Tensor:
    """Fast form of `huber_loss_simple`: one node, 3.5 times as fast.

    d^2 / 2 up to an error of `delta`, and a straight line beyond (Huber 1964): near the target as
    gentle as `mse_loss`, far from it as robust as `l1_loss`. With c, the error d clipped to
    [-delta, delta], both pieces are c (d - c/2), and the derivative is c.
    """
    if delta <= 0:
        raise ValueError(f"huber_loss: delta must be positive, not {delta}")
    target = of_same_shape("huber_loss", prediction, target)
    d = prediction.data - target.data
    c = np.minimum(np.maximum(d, -delta), delta)  # np.clip takes twice as long on a small batch
    return loss_node("huber_loss", prediction, target, c * (d - 0.5 * c), c, reduction)


def smooth_l1_loss(
    prediction: Tensor, target: Operand, reduction: Reduction = "mean", beta: float = 1.0
) -> Tensor:
    """`huber_loss` divided by `beta`, so that the straight lines have derivative 1 and -1."""
    if beta == 0:
        return l1_loss(prediction, target, reduction)
    loss = huber_loss(prediction, target, reduction, beta)
    return loss if beta == 1 else loss / beta


# Shared by all losses


def loss_node(
    op: str,
    prediction: Tensor,
    target: Tensor,
    losses: Array,
    derivative: Array,
    reduction: Reduction,
    target_derivative: Array | None = None,
) -> Tensor:
    """One node for the losses of all numbers, reduced.

    `derivative` is that of each loss with respect to the prediction; with respect to the target it
    is `target_derivative`, or the opposite when left out.
    """
    out, n = losses, 1.0
    if checked_reduction(reduction) == "mean":
        n = checked_count(op, losses.size)
    if reduction != "none":
        out = losses.sum() / n

    def vjp(g: Array) -> tuple[Array, Array | None]:
        g = g if n == 1 else g / n
        to_prediction = g * derivative
        if not target.requires_grad:
            return to_prediction, None
        return to_prediction, -to_prediction if target_derivative is None else g * target_derivative

    return node(out, (prediction, target), vjp, op)


def reduce_losses(op: str, losses: Tensor, reduction: Reduction) -> Tensor:
    """The mean or the sum of `losses`, or `losses` themselves."""
    if checked_reduction(reduction) == "none":
        return losses
    if reduction == "sum":
        return reduce.sum(losses)
    checked_count(op, losses.size)
    return reduce.mean(losses)


def checked_reduction(reduction: Reduction) -> Reduction:
    """`reduction`, if it is one of the three. Otherwise raises ValueError."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', not {reduction!r}")
    return reduction


class _Recording(threading.local):
    counts: list[float] | None = None


_recording = _Recording()


@contextmanager
def record_counts() -> Iterator[list[float]]:
    """Within it, each mean loss adds its count to the list: what it divided its sum by.

    The mean loss of a batch can then be put together from its pieces, sum by sum and count by
    count. A piece of which all is ignored has loss 0 and count 0.

    Examples:
        >>> with record_counts() as counts:
        ...     loss = nn.CrossEntropyLoss()(Tensor(np.zeros((3, 2))), np.array([0, 1, -100]))
        >>> counts
        [2.0]
    """
    before, _recording.counts = _recording.counts, []
    try:
        yield _recording.counts
    finally:
        _recording.counts = before


def checked_count(op: str, n: float) -> float:
    """`n`, unless it is 0: the mean of nothing would be nan, and so would every weight soon."""
    if _recording.counts is not None:
        _recording.counts.append(float(n))
        return n or 1.0
    if not n:
        raise ValueError(f"{op}: there is nothing to average: the batch is empty, or all ignored")
    return n


def of_same_shape(op: str, prediction: Tensor, target: Operand) -> Tensor:
    """The target as a tensor. (n, 1) against (n,) would quietly make (n, n): ValueError."""
    target = lift(target, prediction)
    if prediction.data.shape != target.data.shape:
        raise ValueError(
            f"{op}: prediction has shape {prediction.data.shape}, target {target.data.shape}; "
            "reshape one of them so that the shapes are equal"
        )
    return target
