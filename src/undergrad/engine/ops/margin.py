"""Losses that are content with enough: beyond a margin they are 0 and teach nothing more.

They are made of earlier operations, so the formula is the code. `y` holds 1 or -1: alike or not,
first or second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.ops import elementwise, reduce, shape
from undergrad.engine.ops.loss import Reduction, averaged_over, checked, reduced

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def hinge_embedding_loss(
    x: Tensor, y: npt.ArrayLike, margin: float = 1.0, reduction: Reduction = "mean"
) -> Tensor:
    """A distance x where y is 1, and what it lacks to `margin` where y is -1.

    The slopes are 1 and -1, and 0 beyond the margin.
    """
    alike = _signs("hinge_embedding_loss", y, x.data.shape) == 1
    losses = elementwise.where(alike, x, elementwise.relu(margin - x))
    return _reduced("hinge_embedding_loss", losses, reduction)


def margin_ranking_loss(
    x1: Tensor, x2: Tensor, y: npt.ArrayLike, margin: float = 0.0, reduction: Reduction = "mean"
) -> Tensor:
    """x1 should exceed x2 by `margin` where y is 1, and x2 exceed x1 where y is -1.

    The slopes are -y and y, and 0 where the margin is kept.
    """
    sign = _signs("margin_ranking_loss", y, x1.data.shape).astype(x1.data.dtype)
    losses = elementwise.relu(margin - (x1 - x2) * sign)
    return _reduced("margin_ranking_loss", losses, reduction)


def multi_margin_loss(
    x: Tensor,
    y: npt.ArrayLike,
    p: int = 1,
    margin: float = 1.0,
    weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """The score of the right class should exceed each other one by `margin`, as in an SVM.

    Each score that comes nearer costs the rest, to the power p; the sum is divided by the number
    of classes.

    Only scores within the margin have a slope: up for them, down for the right one.

    Arguments:
        x: scores, shape (n, classes).
        y: the right classes, integers of shape (n,).
        p: 1 or 2.
        weight: how much each class counts, shape (classes,).
    """
    labels = _labels(x, y)
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss: p must be 1 or 2, not {p}")
    classes = x.data.shape[1]
    right = shape.gather(x, 1, labels[:, None])
    lack = elementwise.relu(margin - right + x)
    others = (np.arange(classes) != labels[:, None]).astype(x.data.dtype)
    losses = reduce.sum((lack if p == 1 else lack * lack) * others, 1) / classes
    if weight is not None:
        losses = losses * np.asarray(weight, x.data.dtype)[labels]
    return _reduced("multi_margin_loss", losses, reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: Reduction = "mean",
) -> Tensor:
    """The anchor should be nearer to the positive than to the negative, by `margin`.

    Arguments:
        anchor, positive, negative: vectors along the last axis, all of one shape.
        p: how to measure: 2 is the usual distance.
        eps: added to each difference, so that no distance is 0, where it has no slope.
        swap: take the positive's distance to the negative when that is the shorter one.
    """
    if not anchor.data.shape == positive.data.shape == negative.data.shape:
        raise ValueError(
            f"triplet_margin_loss: shapes {anchor.data.shape}, {positive.data.shape} and "
            f"{negative.data.shape} must be equal"
        )
    near, far = _distance(anchor, positive, p, eps), _distance(anchor, negative, p, eps)
    if swap:
        far = elementwise.minimum(far, _distance(positive, negative, p, eps))
    losses = elementwise.relu(near - far + margin)
    return _reduced("triplet_margin_loss", losses, reduction)


def cosine_embedding_loss(
    x1: Tensor, x2: Tensor, y: npt.ArrayLike, margin: float = 0.0, reduction: Reduction = "mean"
) -> Tensor:
    """1 - cos of the angle between two vectors where y is 1, and cos above `margin` where it is -1.

    For unit vectors u and v, cos has the slope (v - cos u) / |x1| in x1.

    Arguments:
        x1, x2: vectors along the last axis, shape (n, width) or (width,).
        y: shape (n,) or ().
    """
    if x1.data.shape != x2.data.shape:
        raise ValueError(
            f"cosine_embedding_loss: shapes {x1.data.shape} and {x2.data.shape} must be equal"
        )
    alike = _signs("cosine_embedding_loss", y, x1.data.shape[:-1]) == 1
    squares = [reduce.sum(x * x, -1) + 1e-12 for x in (x1, x2)]  # no division by 0
    cos = reduce.sum(x1 * x2, -1) / elementwise.sqrt(squares[0] * squares[1])
    losses = elementwise.where(alike, 1 - cos, elementwise.relu(cos - margin))
    return _reduced("cosine_embedding_loss", losses, reduction)


def _distance(a: Tensor, b: Tensor, p: float, eps: float) -> Tensor:
    """(sum |a - b + eps|^p)^(1/p) along the last axis."""
    d = a - b + eps
    if p == 2:
        return elementwise.sqrt(reduce.sum(d * d, -1))
    return elementwise.pow(reduce.sum(elementwise.pow(elementwise.abs(d), p), -1), 1 / p)


def _signs(op: str, y: npt.ArrayLike, expected: tuple[int, ...]) -> Array:
    signs = np.asarray(y)
    if signs.shape != expected or not np.isin(signs, (-1, 1)).all():
        raise ValueError(f"{op}: y must hold 1 and -1, in shape {expected}, not {signs.shape}")
    return signs


def _labels(x: Tensor, y: npt.ArrayLike) -> Array:
    labels = np.asarray(y)
    if x.ndim != 2 or labels.shape != x.data.shape[:1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"multi_margin_loss: scores (n, classes) need integers (n,), not {x.data.shape} and "
            f"{labels.dtype} of shape {labels.shape}"
        )
    if labels.size and (labels.min() < 0 or labels.max() >= x.data.shape[1]):
        raise ValueError(
            f"multi_margin_loss: targets run from {labels.min()} to {labels.max()}; they must lie "
            f"between 0 and {x.data.shape[1] - 1}"
        )
    return labels


def _reduced(op: str, losses: Tensor, reduction: Reduction) -> Tensor:
    if checked(reduction) == "mean":
        averaged_over(op, losses.size)
    return reduced(losses, reduction)
