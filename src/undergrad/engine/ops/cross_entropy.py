"""Cross-entropy and its relatives: minus the logarithm of the probability of what is true.

A prediction that gives probability 1 to the true class has loss 0, one that gives it 0.01 has loss
4.6. Classes are on axis 1, as in PyTorch: (n, classes), or (n, classes, d1, ...) with a class at
each position; a single example may be (classes,).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import elementwise, softmax
from undergrad.engine.ops.loss import (
    Reduction,
    checked_count,
    checked_reduction,
    loss_node,
    of_same_shape,
)
from undergrad.engine.ops.operands import Operand, indices, is_tensor

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

KLReduction: TypeAlias = Literal["mean", "batchmean", "sum", "none"]


def cross_entropy_simple(
    logits: Tensor,
    target: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-sum_c q_c log p_c, where p = softmax(logits), and q is 1 at the true class, else 0."""
    q = _target_rows(
        "cross_entropy", logits, target, weight, ignore_index, reduction, label_smoothing
    )
    q, axis = _from_rows(q, logits.shape), min(1, logits.ndim - 1)
    log_p = logits.log_softmax(axis)
    losses = -elementwise.where(q != 0, log_p * q, 0.0).sum(axis)
    return losses if reduction == "none" else losses.sum()


def cross_entropy(
    logits: Tensor,
    target: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Fast form of `cross_entropy_simple`: one node, 1.4 times as fast, less than half the memory.

    -sum_c q_c log p_c, where p = softmax(logits), and q is 1 at the true class and 0 elsewhere, or
    the probabilities in `target`. The gradient is p - q.

    Arguments:
        logits: scores, with the classes on axis 1.
        target: the true classes, integers of the shape of the logits without the class axis; or
            probabilities of the shape of the logits.
        weight: how much each class counts, shape (classes,).
        ignore_index: examples of this class do not count.
        reduction: "mean" (weighted, when classes are), "sum", or "none" for one loss per example.
        label_smoothing: the fraction of q to spread evenly over all classes, from 0 to 1.
    """
    q = _target_rows(
        "cross_entropy", logits, target, weight, ignore_index, reduction, label_smoothing
    )
    log_p = softmax.log_softmax_array(_rows(logits.data), 1)

    def vjp(g: Array) -> tuple[Array]:
        to_logits = np.exp(log_p)
        to_logits *= q.sum(axis=1, keepdims=True)
        to_logits -= q
        to_logits *= g.reshape(-1, 1)
        return (_from_rows(to_logits, logits.data.shape),)

    return node(_losses(q, log_p, logits, reduction), (logits,), vjp, "cross_entropy")


def nll_loss(
    log_p: Tensor,
    target: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
) -> Tensor:
    """-log p of the true class, from logarithms of probabilities; arguments as in `cross_entropy`.

    The gradient is -1 at the true class, 0 at the others.
    """
    q = _target_rows("nll_loss", log_p, target, weight, ignore_index, reduction)
    return node(
        _losses(q, _rows(log_p.data), log_p, reduction),
        (log_p,),
        lambda g: (_from_rows(_product(q, -g.reshape(-1, 1)), log_p.data.shape),),
        "nll_loss",
    )


def kl_div(
    log_p: Tensor,
    target: Operand,
    reduction: KLReduction = "mean",
    log_target: bool = False,
) -> Tensor:
    """t (log t - log p): how far the predicted p is from the true t (Kullback and Leibler 1951).

    "mean" divides by all numbers, as in PyTorch; the definition's sum over each distribution is
    "batchmean", which divides by the length of axis 0.

    The derivative with respect to log p is -t.

    Arguments:
        log_p: logarithms of the predicted probabilities.
        target: the true probabilities, or with `log_target` their logarithms; of the same shape.
    """
    target = of_same_shape("kl_div", log_p, target)
    if reduction == "batchmean":
        n = checked_count("kl_div", len(log_p.data) if log_p.ndim else 1)
        return kl_div(log_p, target, "sum", log_target) / n
    t = np.exp(target.data) if log_target else target.data
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = (target.data if log_target else np.log(t)) - log_p.data
        losses = np.where(t > 0, t * lost, 0)  # where t is 0, t log t counts as 0
    target_derivative = t * (lost + 1) if log_target else lost + 1
    return loss_node("kl_div", log_p, target, losses, -t, reduction, target_derivative)


# The target distribution q


def _target_rows(
    op: str,
    scores: Tensor,
    target: npt.ArrayLike,
    weight: npt.ArrayLike | None,
    ignore_index: int,
    reduction: Reduction,
    smoothing: float = 0.0,
) -> Array:
    """q as rows (n, classes), times the class weights and, for "mean", divided by their sum."""
    checked_reduction(reduction)
    if not 0 <= smoothing <= 1:
        raise ValueError(f"{op}: label_smoothing {smoothing} is not in [0, 1]")
    if is_tensor(target):
        if target.requires_grad:
            raise ValueError(f"{op}: no gradient flows to its target; use target.detach()")
        target = target.data
    labels, w = indices(target), _class_weights(op, scores, weight)
    if labels.dtype.kind == "f" and op == "cross_entropy":
        return _from_probabilities(scores, labels, w, reduction, smoothing)
    rows = _rows(scores.data)
    labels = _checked_labels(op, scores.data.shape, labels, ignore_index).reshape(-1)
    counted = np.flatnonzero(labels != ignore_index)
    true_class = labels[counted]
    q = np.zeros_like(rows, order="C")
    if smoothing:
        q[counted] = smoothing / rows.shape[1]
    q[counted, true_class] += 1 - smoothing
    total: float = true_class.size
    if w is not None:
        q *= w
        total = float(w[true_class].sum())
    if reduction == "mean":
        q /= checked_count(op, total)
    return q


def _from_probabilities(
    scores: Tensor, target: Array, w: Array | None, reduction: Reduction, smoothing: float
) -> Array:
    if target.shape != scores.data.shape:
        raise ValueError(
            f"cross_entropy: probabilities of shape {target.shape} for logits of shape "
            f"{scores.data.shape}; the shapes must be equal, and classes are given as integers"
        )
    rows = _rows(target.astype(scores.data.dtype))
    q: Array = rows * (1 - smoothing) + smoothing / rows.shape[1]
    if w is not None:
        q *= w
    if reduction == "mean":
        q /= checked_count("cross_entropy", len(rows))
    return q


def _losses(q: Array, log_p: Array, scores: Tensor, reduction: Reduction) -> Array:
    """-sum(q log_p) of each row or of all."""
    products = _product(q, log_p)
    if reduction == "none":
        return np.asarray(-products.sum(axis=1)).reshape(_without_classes(scores.data.shape))
    return np.asarray(-products.sum())


def _product(q: Array, values: Array) -> Array:
    """q * values, and 0 where q is 0, for infinite values too."""
    return np.multiply(q, values, where=q != 0, out=np.zeros_like(q))


def _rows(x: Array) -> Array:
    """(n, classes, d1, ...) -> (n d1 ..., classes)."""
    if x.ndim == 2:
        return x
    return np.moveaxis(x, min(1, x.ndim - 1), -1).reshape(-1, x.shape[min(1, x.ndim - 1)])


def _from_rows(rows: Array, shape: tuple[int, ...]) -> Array:
    """The inverse of `_rows`."""
    if len(shape) <= 2:
        return rows.reshape(shape)
    return np.moveaxis(rows.reshape(shape[0], *shape[2:], shape[1]), -1, 1)


def _without_classes(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape without its class axis."""
    return shape[:1] + shape[2:] if len(shape) > 1 else ()


def _checked_labels(op: str, scores: tuple[int, ...], labels: Array, ignore_index: int) -> Array:
    if labels.dtype.kind not in "iu" or labels.shape != _without_classes(scores):
        raise ValueError(
            f"{op}: scores of shape {scores}, with the classes on axis 1, need integer targets of "
            f"shape {_without_classes(scores)}, not {labels.dtype} of shape {labels.shape}"
        )
    classes = scores[min(1, len(scores) - 1)]
    counted = labels[labels != ignore_index]
    if counted.size and (counted.min() < 0 or counted.max() >= classes):
        raise ValueError(
            f"{op}: targets run from {counted.min()} to {counted.max()}, but with "
            f"{classes} scores per example they must lie between 0 and {classes - 1}"
        )
    return labels


def _class_weights(op: str, scores: Tensor, weight: npt.ArrayLike | None) -> Array | None:
    if weight is None:
        return None
    array = np.asarray(weight, dtype=scores.data.dtype)
    classes = scores.data.shape[min(1, scores.ndim - 1)]
    if array.shape != (classes,):
        raise ValueError(f"{op}: weight has shape {array.shape}, and needs one number per class")
    return array
