"""Losses with a margin: once an example is right by the margin, its loss and gradient are 0.

They are made of earlier operations, so the formula is the code. `y` holds 1 or -1: alike or not,
first or second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.ops import elementwise, reduce, shape
from undergrad.engine.ops.loss import Reduction, reduce_losses
from undergrad.engine.ops.operands import indices

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def hinge_embedding_loss(
    x: Tensor, y: npt.ArrayLike, margin: float = 1.0, reduction: Reduction = "mean"
) -> Tensor:
    """x, a distance, where y is 1, and max(0, margin - x) where y is -1.

    The derivatives are 1 and -1, and 0 beyond the margin.
    """
    alike = _signs("hinge_embedding_loss", y, x.data.shape) == 1
    losses = elementwise.where(alike, x, _hinge(margin - x))
    return reduce_losses("hinge_embedding_loss", losses, reduction)


def margin_ranking_loss(
    x1: Tensor, x2: Tensor, y: npt.ArrayLike, margin: float = 0.0, reduction: Reduction = "mean"
) -> Tensor:
    """max(0, margin - y (x1 - x2)): x1 should exceed x2 where y is 1, x2 exceed x1 where y is -1.

    The derivatives are -y and y, and 0 where the margin is kept.
    """
    sign = _signs("margin_ranking_loss", y, x1.data.shape).astype(x1.data.dtype)
    losses = _hinge(margin - (x1 - x2) * sign)
    return reduce_losses("margin_ranking_loss", losses, reduction)


def multi_margin_loss(
    x: Tensor,
    y: npt.ArrayLike,
    p: int = 1,
    margin: float = 1.0,
    weight: npt.ArrayLike | None = None,
    reduction: Reduction = "mean",
) -> Tensor:
    """sum over j != y of max(0, margin - x_y + x_j)^p / classes: an SVM's loss for many classes.

    The score of the right class should exceed each other one by `margin`. The derivative is
    positive for scores within the margin, negative for that of the right class, and 0 elsewhere.

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
    missing = elementwise.relu(margin - right + x)
    others = np.arange(classes) != labels[:, None]
    missing = elementwise.where(others, missing if p == 1 else missing * missing, 0.0)
    losses = reduce.sum(missing, 1) / classes
    if weight is not None:
        losses = losses * np.asarray(weight, x.data.dtype)[labels]
    return reduce_losses("multi_margin_loss", losses, reduction)


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
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), where d is the p-norm distance.

    The anchor should be nearer to the positive than to the negative, by `margin`.

    Arguments:
        anchor, positive, negative: vectors along the last axis, all of one shape.
        p: of the norm; 2 is the Euclidean distance.
        eps: added to each difference, so that no distance is 0, where it has no derivative.
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
    losses = _hinge(near - far + margin)
    return reduce_losses("triplet_margin_loss", losses, reduction)


def cosine_embedding_loss(
    x1: Tensor, x2: Tensor, y: npt.ArrayLike, margin: float = 0.0, reduction: Reduction = "mean"
) -> Tensor:
    """1 - cos(x1, x2) where y is 1, and max(0, cos(x1, x2) - margin) where y is -1.

    With unit vectors u and v, the derivative of cos with respect to x1 is (v - cos u) / |x1|.

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
    losses = elementwise.where(alike, 1 - cos, _hinge(cos - margin))
    return reduce_losses("cosine_embedding_loss", losses, reduction)


def _hinge(x: Tensor) -> Tensor:
    """max(0, x). Its derivative at exactly 0 is 1, as in PyTorch's losses."""
    return elementwise.clip(x, min=0.0)


def _distance(a: Tensor, b: Tensor, p: float, eps: float) -> Tensor:
    """The p-norm of a - b + eps along the last axis."""
    return reduce.norm(a - b + eps, p, -1)


def _signs(op: str, y: npt.ArrayLike, expected: tuple[int, ...]) -> Array:
    signs = np.asarray(y)
    if signs.shape != expected or not np.isin(signs, (-1, 1)).all():
        raise ValueError(f"{op}: y must hold 1 and -1, in shape {expected}, not {signs.shape}")
    return signs


def _labels(x: Tensor, y: npt.ArrayLike) -> Array:
    labels = indices(y)
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
