"""Binary cross-entropy: -log of the probability of what is true, for yes-or-no predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.ops import elementwise
from undergrad.engine.ops.loss import Reduction, loss_node, of_same_shape, reduce_losses
from undergrad.engine.ops.operands import Operand

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def binary_cross_entropy(
    p: Tensor,
    target: Operand,
    weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """-(t log p + (1 - t) log(1 - p)), whose derivative is (p - t) / (p (1 - p)).

    As in PyTorch no logarithm counts less than -100, and no p (1 - p) less than 1e-12. Where the
    probability is a sigmoid of a score, `binary_cross_entropy_with_logits` is exact without that.

    Arguments:
        p: probabilities, from 0 to 1.
        target: 0 or 1, or anything between, of the same shape.
        weight: how much each number counts; broadcasts.
    """
    op = "binary_cross_entropy"
    target = of_same_shape(op, p, target)
    if p.size and not (p.data.min() >= 0 and p.data.max() <= 1):
        raise ValueError(f"{op}: probabilities lie between 0 and 1; put a sigmoid before it")
    t = target.data
    with np.errstate(divide="ignore"):
        log_yes, log_no = np.log(p.data), np.log1p(-p.data)
    w = _weights(p, weight)
    derivative = w * (p.data - t) / np.maximum(p.data * (1 - p.data), 1e-12)
    losses = -w * (t * np.maximum(log_yes, -100) + (1 - t) * np.maximum(log_no, -100))
    return loss_node(op, p, target, losses, derivative, reduction, w * (log_no - log_yes))


def binary_cross_entropy_with_logits_simple(
    logits: Tensor,
    target: Operand,
    weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
    pos_weight: npt.ArrayLike | None = None,
) -> Tensor:
    """-(t log p + (1 - t) log(1 - p)) for p = sigmoid(logits), whose logarithms are softplus."""
    op = "binary_cross_entropy_with_logits"
    t = of_same_shape(op, logits, target)
    yes, no = elementwise.softplus(-logits), elementwise.softplus(logits)  # -log p, -log(1 - p)
    losses = _weights(logits, weight) * (_weights(logits, pos_weight) * t * yes + (1 - t) * no)
    return reduce_losses(op, losses, reduction)


def binary_cross_entropy_with_logits(
    logits: Tensor,
    target: Operand,
    weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
    pos_weight: npt.ArrayLike | None = None,
) -> Tensor:
    """Fast form of `binary_cross_entropy_with_logits_simple`: one node, twice as fast.

    `binary_cross_entropy` of p = sigmoid(logits), exact for any score; the derivative is p - t.
    -log p = log(1 + e^-x) is computed as max(-x, 0) + log(1 + e^-|x|), in which no power of e can
    overflow, and -log(1 - p) likewise.

    Arguments:
        logits: scores.
        target: 0 or 1, or anything between, of the same shape.
        weight: how much each number counts; broadcasts.
        pos_weight: how much more a 1 counts than a 0; broadcasts.
    """
    op = "binary_cross_entropy_with_logits"
    target = of_same_shape(op, logits, target)
    x, t, w = logits.data, target.data, _weights(logits, weight)
    positive = _weights(logits, pos_weight)
    both = np.log1p(np.exp(-np.abs(x)))
    yes, no = positive * (np.maximum(-x, 0) + both), np.maximum(x, 0) + both
    p = 0.5 * (1 + np.tanh(0.5 * x))
    losses = w * (t * yes + (1 - t) * no)
    derivative = w * (p - t - (positive - 1) * t * (1 - p))
    return loss_node(op, logits, target, losses, derivative, reduction, w * (yes - no))


def _weights(like: Tensor, weight: npt.ArrayLike | None) -> Array:
    return np.asarray(1.0 if weight is None else weight, dtype=like.data.dtype)
