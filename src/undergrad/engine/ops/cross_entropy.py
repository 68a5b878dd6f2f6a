"""Losses that are minus the logarithm of a probability: the surprise at what came true.

A prediction that gave probability 1 to what happened costs nothing, one that gave it 0.01 costs
4.6. Classes stand on axis 1, as in PyTorch: (n, classes), or (n, classes, d1, ...) with a class at
each place; a single example may be (classes,).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array, node
from undergrad.engine.ops import elementwise, reduce, softmax
from undergrad.engine.ops.loss import Reduction, averaged_over, checked
from undergrad.engine.ops.operands import is_tensor

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def cross_entropy(
    logits: Tensor,
    target: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-sum_c q_c log p_c, where p = softmax(logits) and q is what is wanted.

    q is 1 at the right class and 0 elsewhere, or the probabilities in `target`. The gradient is
    as simple as can be: p - q.

    Arguments:
        logits: scores, with the classes on axis 1.
        target: the right classes, integers of the shape of the logits without the class axis; or
            probabilities of the shape of the logits.
        weight: how much each class counts, shape (classes,).
        ignore_index: examples of this class do not count.
        reduction: "mean" (weighted, when classes are), "sum", or "none" for one loss an example.
        label_smoothing: the share of certainty to spread evenly over all classes, from 0 to 1.
    """
    wanted = _wanted(
        "cross_entropy", logits, target, weight, ignore_index, reduction, label_smoothing
    )
    log_p = softmax.log_softmax_of(_rows(logits.data), 1)

    def vjp(g: Array) -> tuple[Array]:
        to_logits = np.exp(log_p)
        to_logits *= wanted.sum(axis=1, keepdims=True)
        to_logits -= wanted
        to_logits *= g.reshape(-1, 1)
        return (_unrows(to_logits, logits.data.shape),)

    return node(_surprise(wanted, log_p, logits, reduction), (logits,), vjp, "cross_entropy")


def cross_entropy_simple(
    logits: Tensor,
    target: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The readable twin of `cross_entropy`."""
    wanted = _wanted(
        "cross_entropy", logits, target, weight, ignore_index, reduction, label_smoothing
    )
    axis = min(1, logits.ndim - 1)
    log_p = softmax.log_softmax_simple(logits, axis)
    q = _unrows(wanted, logits.data.shape)
    losses = -reduce.sum(elementwise.where(q != 0, log_p * q, 0.0), axis)
    return losses if reduction == "none" else reduce.sum(losses)


def nll_loss(
    log_p: Tensor,
    target: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
) -> Tensor:
    """-log p of the right class, from logarithms of probabilities; arguments as `cross_entropy`.

    The slope is -1 at the right class, 0 at the others.
    """
    wanted = _wanted("nll_loss", log_p, target, weight, ignore_index, reduction)
    return node(
        _surprise(wanted, _rows(log_p.data), log_p, reduction),
        (log_p,),
        lambda g: (_unrows(wanted * -g.reshape(-1, 1), log_p.data.shape),),
        "nll_loss",
    )


# What is wanted


def _wanted(
    op: str,
    scores: Tensor,
    target: npt.ArrayLike,
    weight: npt.ArrayLike | None,
    ignore_index: int,
    reduction: Reduction,
    smoothing: float = 0.0,
) -> Array:
    """The rows (n, classes) of q, times the class weights; divided by what to average over."""
    checked(reduction)
    if not 0 <= smoothing <= 1:
        raise ValueError(f"{op}: label_smoothing {smoothing} is not in [0, 1]")
    if is_tensor(target):
        if target.requires_grad:
            raise ValueError(f"{op}: no gradient flows to its target; say target.detach()")
        target = target.data
    labels, w = np.asarray(target), _class_weights(op, scores, weight)
    if labels.dtype.kind == "f" and op == "cross_entropy":
        return _from_probabilities(scores, labels, w, reduction, smoothing)
    rows = _rows(scores.data)
    labels = _checked_labels(op, scores.data.shape, labels, ignore_index).reshape(-1)
    counted = np.flatnonzero(labels != ignore_index)
    right = labels[counted]
    wanted = np.zeros_like(rows, order="C")
    if smoothing:
        wanted[counted] = smoothing / rows.shape[1]
    wanted[counted, right] += 1 - smoothing
    total: float = right.size
    if w is not None:
        wanted *= w
        total = float(w[right].sum())
    if reduction == "mean":
        wanted /= averaged_over(op, total)
    return wanted


def _from_probabilities(
    scores: Tensor, target: Array, w: Array | None, reduction: Reduction, smoothing: float
) -> Array:
    if target.shape != scores.data.shape:
        raise ValueError(
            f"cross_entropy: probabilities of shape {target.shape} for logits of shape "
            f"{scores.data.shape}; the shapes must be equal"
        )
    rows = _rows(target.astype(scores.data.dtype))
    wanted: Array = rows * (1 - smoothing) + smoothing / rows.shape[1]
    if w is not None:
        wanted *= w
    if reduction == "mean":
        wanted /= averaged_over("cross_entropy", len(rows))
    return wanted


def _surprise(wanted: Array, log_p: Array, scores: Tensor, reduction: Reduction) -> Array:
    """-sum(wanted log_p) of each row or of all. What is not wanted costs nothing, at -inf too."""
    gains: Array = np.zeros_like(log_p)
    np.multiply(wanted, log_p, where=wanted != 0, out=gains)
    if reduction == "none":
        return np.asarray(-gains.sum(axis=1)).reshape(_places(scores.data.shape))
    return np.asarray(-gains.sum())


def _rows(x: Array) -> Array:
    """(n, classes, d1, ...) -> (n d1 ..., classes)."""
    if x.ndim == 2:
        return x
    return np.moveaxis(x, min(1, x.ndim - 1), -1).reshape(-1, x.shape[min(1, x.ndim - 1)])


def _unrows(rows: Array, shape: tuple[int, ...]) -> Array:
    """The way back from `_rows`."""
    if len(shape) <= 2:
        return rows.reshape(shape)
    return np.moveaxis(rows.reshape(shape[0], *shape[2:], shape[1]), -1, 1)


def _places(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape without its class axis."""
    return shape[:1] + shape[2:] if len(shape) > 1 else ()


def _checked_labels(op: str, scores: tuple[int, ...], labels: Array, ignore_index: int) -> Array:
    if labels.dtype.kind not in "iu" or labels.shape != _places(scores):
        raise ValueError(
            f"{op}: scores of shape {scores}, with the classes on axis 1, need integer targets of "
            f"shape {_places(scores)}, not {labels.dtype} of shape {labels.shape}"
        )
    classes = scores[min(1, len(scores) - 1)]
    counted = labels[labels != ignore_index]
    if counted.size and (counted.min() < 0 or counted.max() >= classes):
        raise ValueError(
            f"{op}: targets run from {counted.min()} to {counted.max()}, but with "
            f"{classes} scores an example they must lie between 0 and {classes - 1}"
        )
    return labels


def _class_weights(op: str, scores: Tensor, weight: npt.ArrayLike | None) -> Array | None:
    if weight is None:
        return None
    array = np.asarray(weight, dtype=scores.data.dtype)
    classes = scores.data.shape[min(1, scores.ndim - 1)]
    if array.shape != (classes,):
        raise ValueError(f"{op}: weight has shape {array.shape}, and needs one number a class")
    return array
