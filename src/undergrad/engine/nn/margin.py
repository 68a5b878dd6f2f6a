"""Losses as layers that are content beyond a margin."""

import numpy as np
import numpy.typing as npt

from undergrad.engine.nn.module import Module
from undergrad.engine.ops import margin as margins
from undergrad.engine.ops.loss import Reduction, checked_reduction
from undergrad.engine.tensor import Tensor


class HingeEmbeddingLoss(Module):
    """A distance where y is 1, and what it lacks to `margin` where y is -1."""

    def __init__(self, margin: float = 1.0, reduction: Reduction = "mean") -> None:
        self.margin, self.reduction = margin, checked_reduction(reduction)

    def forward(self, x: Tensor, y: npt.ArrayLike) -> Tensor:
        return margins.hinge_embedding_loss(x, y, self.margin, self.reduction)


class MarginRankingLoss(Module):
    """x1 should exceed x2 by `margin` where y is 1, and the reverse where y is -1."""

    def __init__(self, margin: float = 0.0, reduction: Reduction = "mean") -> None:
        self.margin, self.reduction = margin, checked_reduction(reduction)

    def forward(self, x1: Tensor, x2: Tensor, y: npt.ArrayLike) -> Tensor:
        return margins.margin_ranking_loss(x1, x2, y, self.margin, self.reduction)


class MultiMarginLoss(Module):
    """The right class's score should exceed each other one by `margin`, as in an SVM."""

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: npt.ArrayLike | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        self.p, self.margin, self.reduction = p, margin, checked_reduction(reduction)
        self.weight = None if weight is None else np.array(weight, np.float32)

    def forward(self, x: Tensor, y: npt.ArrayLike) -> Tensor:
        return margins.multi_margin_loss(x, y, self.p, self.margin, self.weight, self.reduction)


class TripletMarginLoss(Module):
    """The anchor should be nearer to the positive than to the negative, by `margin`."""

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        reduction: Reduction = "mean",
    ) -> None:
        self.margin, self.p, self.eps = margin, p, eps
        self.swap, self.reduction = swap, checked_reduction(reduction)

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return margins.triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap, self.reduction
        )


class CosineEmbeddingLoss(Module):
    """Vectors should point the same way where y is 1, and apart where y is -1."""

    def __init__(self, margin: float = 0.0, reduction: Reduction = "mean") -> None:
        self.margin, self.reduction = margin, checked_reduction(reduction)

    def forward(self, x1: Tensor, x2: Tensor, y: npt.ArrayLike) -> Tensor:
        return margins.cosine_embedding_loss(x1, x2, y, self.margin, self.reduction)
