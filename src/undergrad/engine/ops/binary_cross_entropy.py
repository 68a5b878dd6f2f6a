"""Losses that compare probabilities number by number: yes or no, and two distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.ops import elementwise
from undergrad.engine.ops.loss import Reduction, alike, averaged_over, compared, reduced
from undergrad.engine.ops.operands import Operand

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

KLReduction: TypeAlias = Literal["mean", "batchmean", "sum", "none"]


def binary_cross_entropy(
    p: Tensor,
    target: Operand,
    weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """-(t log p + (1 - t) log(1 - p)), of slope (p - t) / (p (1 - p)).

    As in PyTorch no logarithm counts less than -100, and no p (1 - p) less than 1e-12. Where the
    probability is a sigmoid of a score, `binary_cross_entropy_with_logits` is exact without that.

    Arguments:
        p: probabilities, from 0 to 1.
        target: 0 or 1, or anything between, of the same shape.
        weight: how much each number counts; broadcasts.
    """
    op = "binary_cross_entropy"
    target = alike(op, p, target)
    if p.size and not (p.data.min() >= 0 and p.data.max() <= 1):
        raise ValueError(f"{op}: probabilities lie between 0 and 1; put a sigmoid before it")
    t = target.data
    with np.errstate(divide="ignore"):
        log_yes, log_no = np.log(p.data), np.log1p(-p.data)
    w = _weights(p, weight)
    slope = w * (p.data - t) / np.maximum(p.data * (1 - p.data), 1e-12)
    losses = -w * (t * np.maximum(log_yes, -100) + (1 - t) * np.maximum(log_no, -100))
    return compared(op, p, target, losses, slope, reduction, w * (log_no - log_yes))


def binary_cross_entropy_with_logits(
    logits: Tensor,
    target: Operand,
    weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
    pos_weight: npt.ArrayLike | None = None,
) -> Tensor:
    """`binary_cross_entropy` of sigmoid(logits), exact for any score; the slope is p - t.

    With s = log(1 + e^-x), which is -log p, it is (1 - t) x + s; computed so that no power of e
    can overflow.

    Arguments:
        logits: scores.
        target: 0 or 1, or anything between, of the same shape.
        weight: how much each number counts; broadcasts.
        pos_weight: how much more a 1 counts than a 0; broadcasts.
    """
    op = "binary_cross_entropy_with_logits"
    target = alike(op, logits, target)
    x, t, w = logits.data, target.data, _weights(logits, weight)
    more = _weights(logits, pos_weight) - 1
    s = np.maximum(-x, 0) + np.log1p(np.exp(-np.abs(x)))
    p = 0.5 * (1 + np.tanh(0.5 * x))
    losses = w * ((1 - t) * x + (1 + more * t) * s)
    slope = w * (p - t - more * t * (1 - p))
    return compared(op, logits, target, losses, slope, reduction, w * (more * s - x))


def binary_cross_entropy_with_logits_simple(
    logits: Tensor,
    target: Operand,
    weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
    pos_weight: npt.ArrayLike | None = None,
) -> Tensor:
    """The readable twin of `binary_cross_entropy_with_logits`."""
    t = alike("binary_cross_entropy_with_logits", logits, target)
    yes, no = elementwise.softplus(-logits), elementwise.softplus(logits)  # -log p, -log(1 - p)
    losses = _weights(logits, weight) * (_weights(logits, pos_weight) * t * yes + (1 - t) * no)
    return reduced(losses, reduction)


def kl_div(
    log_p: Tensor,
    target: Operand,
    reduction: KLReduction = "mean",
    log_target: bool = False,
) -> Tensor:
    """t (log t - log p): how much is lost by believing p where t is true (Kullback and Leibler).

    "mean" divides by all numbers, as in PyTorch; the definition's sum over each distribution is
    "batchmean", which divides by the length of axis 0.

    The slope in log p is -t.

    Arguments:
        log_p: logarithms of the believed probabilities.
        target: the true probabilities, or with `log_target` their logarithms; of the same shape.
    """
    target = alike("kl_div", log_p, target)
    if reduction == "batchmean":
        n = averaged_over("kl_div", len(log_p.data) if log_p.ndim else 1)
        return kl_div(log_p, target, "sum", log_target) / n
    t = np.exp(target.data) if log_target else target.data
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = (target.data if log_target else np.log(t)) - log_p.data
        losses = np.where(t > 0, t * lost, 0)  # where t is 0, t log t counts as 0
    target_slope = t * (lost + 1) if log_target else lost + 1
    return compared("kl_div", log_p, target, losses, -t, reduction, target_slope)


def _weights(like: Tensor, weight: npt.ArrayLike | None) -> Array:
    return np.asarray(1.0 if weight is None else weight, dtype=like.data.dtype)
