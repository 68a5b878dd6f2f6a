"""Object detection and segmentation: how well do boxes and masks agree, and how good is a detector?

A box is four numbers (x1, y1, x2, y2): its left, top, right and bottom edge, in pixels or in any
other unit. Boxes come as arrays of shape (n, 4). Nothing here has a gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.tools.metrics import confusion_matrix


def box_iou(a: npt.ArrayLike, b: npt.ArrayLike) -> Array:
    """Intersection over union of every box of `a` with every box of `b`: (n, 4), (m, 4) -> (n, m).

    The area that two boxes share, divided by the area that they cover together: 1 when they are
    equal, 0 when they do not meet, and 0 for a box without area.

    Examples:
        >>> box_iou([[0, 0, 2, 2]], [[1, 0, 3, 2], [5, 5, 6, 6]]).round(3).tolist()
        [[0.333, 0.0]]
    """
    first, second = _boxes(a)[:, None], _boxes(b)[None]  # (n, 1, 4), (1, m, 4)
    corner = np.maximum(first[..., :2], second[..., :2])
    opposite = np.minimum(first[..., 2:], second[..., 2:])
    shared: Array = np.prod(np.maximum(opposite - corner, 0), axis=-1)
    covered = _area(first) + _area(second) - shared
    return _ratio(shared, covered, 0.0)


def nms(boxes: npt.ArrayLike, scores: npt.ArrayLike, threshold: float = 0.5) -> Array:
    """Non-maximum suppression: of boxes that overlap, keep the one with the highest score.

    Returns the indices of the boxes that stay, best first. A box goes when its `box_iou` with a
    better one that stays is larger than `threshold`.

    Examples:
        >>> nms([[0, 0, 4, 4], [0, 0, 4, 5], [9, 9, 12, 12]], [0.6, 0.9, 0.3]).tolist()
        [1, 2]
    """
    overlap = box_iou(boxes, boxes)
    waiting = np.argsort(-_scores("nms", scores, len(overlap)), kind="stable")
    kept: list[int] = []
    while len(waiting):
        best, waiting = int(waiting[0]), waiting[1:]
        kept.append(best)
        waiting = waiting[overlap[best, waiting] <= threshold]
    return np.array(kept, dtype=np.int64)


def mask_iou(predicted: npt.ArrayLike, truth: npt.ArrayLike, classes: int) -> Array:
    """Intersection over union of each class, over all pixels of all images.

    Arguments:
        predicted, truth: the class of each pixel, integers of equal shape, such as (n, h, w).

    Returns one number a class, float64; nan for a class that occurs in neither.

    Examples:
        >>> mask_iou([[0, 0, 1, 1]], [[0, 1, 1, 1]], classes=2).round(3).tolist()
        [0.5, 0.667]
    """
    matrix = confusion_matrix(predicted, truth, classes)
    shared = matrix.diagonal()
    covered = matrix.sum(axis=0) + matrix.sum(axis=1) - shared
    return _ratio(shared, covered, np.nan)


@dataclass(frozen=True)
class Objects:
    """What is in one image: boxes (n, 4), classes (n,), and when predicted, scores (n,)."""

    boxes: Array
    labels: Array
    scores: Array = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class MeanAveragePrecision:
    """The average precision of each class that occurs, and their mean."""

    mean: float
    by_class: dict[int, float]


def mean_average_precision(
    predicted: Sequence[Objects], truth: Sequence[Objects], threshold: float = 0.5
) -> MeanAveragePrecision:
    """mAP: the precision of a detector, averaged over all levels of recall.

    All predictions of a class, from all images, are sorted by score. Each in turn is a hit when
    its best free true box of the class overlaps it by at least `threshold`, which then is taken; a
    second box on the same object is a miss. Average precision is the area under the curve of
    precision against recall, where precision at a recall is the best at that recall or beyond
    (the area under all points, as PASCAL VOC does since 2010).

    Arguments:
        predicted, truth: one `Objects` per image, in the same order.

    Examples:
        >>> truth = [Objects(np.array([[0, 0, 4, 4]]), np.array([0]))]
        >>> found = [Objects(np.array([[0, 0, 4, 4]]), np.array([0]), np.array([0.9]))]
        >>> mean_average_precision(found, truth)
        MeanAveragePrecision(mean=1.0, by_class={0: 1.0})
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"mean_average_precision: threshold {threshold} is not in (0, 1]")
    if len(predicted) != len(truth):
        raise ValueError(
            f"mean_average_precision: {len(predicted)} predictions for {len(truth)} images"
        )
    classes = sorted({int(label) for image in truth for label in image.labels})
    if not classes:
        raise ValueError("mean_average_precision: there is no true object in any image")
    by_class = {c: _average_precision(predicted, truth, c, threshold) for c in classes}
    return MeanAveragePrecision(float(np.mean(list(by_class.values()))), by_class)


def _average_precision(
    predicted: Sequence[Objects], truth: Sequence[Objects], label: int, threshold: float
) -> float:
    judged = [
        _judged(_of_class(found, label), _of_class(true, label, scored=False).boxes, threshold)
        for found, true in zip(predicted, truth, strict=True)
    ]
    scores = np.concatenate([scores for scores, _ in judged])
    hits = np.concatenate([hits for _, hits in judged])[np.argsort(-scores, kind="stable")]
    total = sum(int((true.labels == label).sum()) for true in truth)
    recall = np.cumsum(hits) / total
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best_beyond = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall, prepend=0.0) * best_beyond).sum())


def _judged(found: Objects, true_boxes: Array, threshold: float) -> tuple[Array, Array]:
    """The scores of one image's predictions, best first, and whether each is a hit."""
    if (true_boxes[:, :2] > true_boxes[:, 2:]).any():
        raise ValueError(
            "mean_average_precision: a true box ends before it begins; boxes are (x1, y1, x2, y2), "
            "not (x, y, width, height)"
        )
    order = np.argsort(-found.scores, kind="stable")
    overlap = box_iou(found.boxes[order], true_boxes)  # (predictions, true boxes)
    hits = np.zeros(len(order), dtype=bool)
    for i, row in enumerate(overlap):
        best = int(row.argmax()) if row.size else -1
        if best >= 0 and row[best] >= threshold:
            hits[i] = True
            overlap[:, best] = -1  # taken
    return found.scores[order], hits


def _of_class(objects: Objects, label: int, scored: bool = True) -> Objects:
    boxes, labels = _boxes(objects.boxes), np.asarray(objects.labels)
    if labels.shape != boxes.shape[:1]:
        raise ValueError(
            f"mean_average_precision: {len(boxes)} boxes and labels of shape {labels.shape} in one "
            "image; each box needs a label"
        )
    chosen = labels == label
    scores = _scores("mean_average_precision", objects.scores, len(boxes)) if scored else labels
    return Objects(boxes[chosen], labels[chosen], scores[chosen])


def _scores(name: str, scores: npt.ArrayLike, boxes: int) -> Array:
    array = np.asarray(scores, dtype=np.float64)
    if array.size == 0 < boxes:
        raise ValueError(f"{name}: the predicted objects have no scores")
    if array.shape != (boxes,) or np.isnan(array).any():
        raise ValueError(
            f"{name}: {boxes} boxes need one score each that is not nan, not shape {array.shape}"
        )
    return array


def _boxes(boxes: npt.ArrayLike) -> Array:
    array = np.asarray(boxes, dtype=np.float64)
    if array.size == 0:
        return array.reshape(0, 4)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(f"boxes have shape (n, 4), as (x1, y1, x2, y2), not {array.shape}")
    if np.isnan(array).any():
        raise ValueError("boxes must not hold nan")
    return array


def _area(boxes: Array) -> Array:
    return np.asarray(np.prod(np.maximum(boxes[..., 2:] - boxes[..., :2], 0), axis=-1))


def _ratio(part: Array, total: Array, otherwise: float) -> Array:
    """part / total, and `otherwise` where the total is 0."""
    out = np.full(part.shape, otherwise)
    return np.asarray(np.divide(part, total, out=out, where=total > 0))
