"""How good is it? Numbers for people, where a loss is a number for the optimiser.

`predicted` is either scores of shape (..., classes), of which the highest counts, or the classes
themselves, integers of the same shape as the labels. Boxes and masks are judged in `detection`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.grad_mode import no_grad
from undergrad.engine.ops import softmax
from undergrad.engine.tensor import Tensor

Predicted: TypeAlias = Tensor | npt.ArrayLike


def accuracy(predicted: Predicted, labels: npt.ArrayLike) -> float:
    """The fraction of examples whose highest score is that of the right class.

    Arguments:
        predicted: scores of shape (n, classes), or classes of shape (n,).
        labels: the right classes, shape (n,).

    Examples:
        >>> accuracy([0, 1, 1, 0], [0, 1, 0, 0])
        0.75
    """
    chosen, right = _classes("accuracy", predicted, labels)
    return float((chosen == right).mean())


def confusion_matrix(
    predicted: Predicted, labels: npt.ArrayLike, classes: int | None = None
) -> npt.NDArray[np.int64]:
    """How often class i was taken for class j: the number in row i, column j.

    Arguments:
        classes: how many there are; when left out, one more than the highest that occurs.

    Examples:
        >>> confusion_matrix([0, 1, 1, 0], [0, 1, 0, 0])
        array([[2, 1],
               [0, 1]])
    """
    chosen, right = _classes("confusion_matrix", predicted, labels)
    highest = int(max(chosen.max(), right.max()))
    count = highest + 1 if classes is None else classes
    if highest >= count or min(chosen.min(), right.min()) < 0:
        raise ValueError(
            f"confusion_matrix: classes must lie between 0 and {count - 1}, and run from "
            f"{min(chosen.min(), right.min())} to {highest}"
        )
    pairs = np.bincount(right.reshape(-1) * count + chosen.reshape(-1), minlength=count * count)
    return pairs.reshape(count, count)


@dataclass(frozen=True)
class ClassScores:
    """Precision, recall and F1 of each class, and how many examples it has (its support).

    precision: of those that were called this class, the fraction that are it.
    recall: of those that are this class, the fraction that were called it.
    f1: the harmonic mean of the two. Each counts as 0 where it would be 0 / 0.
    """

    precision: Array
    recall: Array
    f1: Array
    support: Array

    def average(self, kind: Literal["macro", "weighted"] = "macro") -> dict[str, float]:
        """Over the classes: "macro" counts each class once, "weighted" by its examples."""
        if kind not in ("macro", "weighted"):
            raise ValueError(f"average: kind must be 'macro' or 'weighted', not {kind!r}")
        weights = np.ones(len(self.support)) if kind == "macro" else self.support
        columns = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {k: float(np.average(column, weights=weights)) for k, column in columns.items()}

    def __str__(self) -> str:
        rows = zip(self.precision, self.recall, self.f1, self.support, strict=True)
        lines = [
            f"{c:>5}  {p:9.3f}  {r:6.3f}  {f:5.3f}  {n:7}" for c, (p, r, f, n) in enumerate(rows)
        ]
        return "\n".join(["class  precision  recall     f1  support", *lines])


def class_scores(
    predicted: Predicted, labels: npt.ArrayLike, classes: int | None = None
) -> ClassScores:
    """Precision, recall and F1 of each class.

    Examples:
        >>> print(class_scores([0, 1, 1, 0], [0, 1, 0, 0]))
        class  precision  recall     f1  support
            0      1.000   0.667  0.800        3
            1      0.500   1.000  0.667        1
    """
    matrix = confusion_matrix(predicted, labels, classes)
    hits, called, are = matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1)
    return ClassScores(_ratio(hits, called), _ratio(hits, are), _ratio(2 * hits, called + are), are)


def f1_score(
    predicted: Predicted,
    labels: npt.ArrayLike,
    classes: int | None = None,
    average: Literal["macro", "weighted"] = "macro",
) -> float:
    """The F1 of all classes in one number; see `ClassScores`.

    Examples:
        >>> round(f1_score([0, 1, 1, 0], [0, 1, 0, 0]), 4)
        0.7333
    """
    return class_scores(predicted, labels, classes).average(average)["f1"]


def class_weights(labels: npt.ArrayLike, classes: int | None = None) -> Array:
    """A weight for each class so that, in a weighted loss, rare classes count as much as common.

    The weight of class c is n / (classes * n_c), float32; of a class without examples, 0.

    Examples:
        >>> class_weights([0, 0, 0, 1]).tolist()
        [0.6666666865348816, 2.0]
    """
    right = _labels("class_weights", labels)
    if right.min() < 0:
        raise ValueError(f"class_weights: the lowest label is {right.min()}; {_LEAVE_OUT}")
    counts = np.bincount(right.reshape(-1), minlength=classes or 0)
    if classes is not None and len(counts) > classes:
        raise ValueError(f"class_weights: label {len(counts) - 1}, but only {classes} classes")
    weights = _ratio(np.full(len(counts), counts.sum()), len(counts) * counts)
    return weights.astype(np.float32)


@no_grad()
def perplexity(scores: Tensor, labels: npt.ArrayLike) -> float:
    """e to the mean cross-entropy: as uncertain as among that many equally likely symbols.

    Arguments:
        scores: shape (..., symbols), before softmax.
        labels: the right symbols, shape (...).

    Examples:
        >>> round(perplexity(Tensor(np.zeros((3, 8))), [0, 5, 7]), 4)  # no idea at all
        8.0
    """
    right = _labels("perplexity", labels)
    _check_scores("perplexity", scores.data, right)
    log_p = softmax.log_softmax(scores, -1).data
    return math.exp(-np.take_along_axis(log_p, right[..., None], -1).mean())


def _ratio(part: Array, total: Array) -> Array:
    """part / total, and 0 where the total is 0."""
    return np.divide(part, total, out=np.zeros(len(total)), where=total > 0)


_LEAVE_OUT = "leave out the examples that do not count, as in `labels[labels >= 0]`"


def _classes(name: str, predicted: Predicted, labels: npt.ArrayLike) -> tuple[Array, Array]:
    """What was chosen and what is right, as integer arrays of one shape."""
    values = predicted.data if isinstance(predicted, Tensor) else np.asarray(predicted)
    right = _labels(name, labels)
    if values.ndim == right.ndim + 1:
        _check_scores(name, values, right)
        return values.argmax(axis=-1), right
    if values.shape != right.shape:
        raise ValueError(
            f"{name}: predictions of shape {values.shape} and labels of shape {right.shape}; it "
            "needs classes of the labels' shape, or one more axis with a score per class"
        )
    if values.dtype.kind not in "iub":
        raise ValueError(
            f"{name}: predictions of the labels' shape must be integer classes, and are "
            f"{values.dtype}; of a binary model give `scores > 0`, or `probabilities > 0.5`"
        )
    chosen = values.astype(np.int64)
    if right.min() < min(0, chosen.min()):
        raise ValueError(f"{name}: labels run from {right.min()} to {right.max()}; {_LEAVE_OUT}")
    return chosen, right


def _labels(name: str, labels: npt.ArrayLike) -> Array:
    array = np.asarray(labels)
    if array.dtype.kind not in "iub" or not array.size:
        raise ValueError(
            f"{name} needs integer labels, at least one, and got {array.dtype} of shape "
            f"{array.shape}; one-hot rows become labels by `argmax(-1)`"
        )
    return array.astype(np.int64)


def _check_scores(name: str, scores: Array, labels: Array) -> None:
    """Raise ValueError unless there are scores (..., classes), 2 or more, for labels (...)."""
    if scores.ndim != labels.ndim + 1 or scores.shape[:-1] != labels.shape:
        raise ValueError(
            f"{name}: scores of shape {scores.shape} and labels of shape {labels.shape}; the "
            "scores need one more axis, the last, with a score per class"
        )
    classes = scores.shape[-1]
    if classes == 1:
        raise ValueError(
            f"{name}: scores of shape {scores.shape} have a single class, which always wins; of a "
            "binary model give the classes: `scores[..., 0] > 0`, or `probabilities[..., 0] > 0.5`"
        )
    if np.isnan(scores).any():
        raise ValueError(f"{name}: the scores hold nan, so no class has the highest one")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"{name}: labels run from {labels.min()} to {labels.max()}, but with {classes} scores "
            f"per example they lie between 0 and {classes - 1}; {_LEAVE_OUT}"
        )
