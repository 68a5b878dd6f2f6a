"""Losses with a margin as layers: an example that is right by the margin has loss 0."""

import numpy as np
import numpy.typing as npt

from undergrad.engine.nn.loss import Loss
from undergrad.engine.ops import margin as margins
from undergrad.engine.ops.loss import Reduction
from undergrad.engine.tensor import Tensor


class HingeEmbeddingLoss(Loss):
    """x, a distance, where y is 1, and max(0, margin - x) where y is -1."""

    def __init__(self, margin: float = 1.0, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, x: Tensor, y: npt.ArrayLike) -> Tensor:
        return margins.hinge_embedding_loss(x, y, self.margin, self.reduction)


class MarginRankingLoss(Loss):
    """max(0, margin - y (x1 - x2)): the larger one should be x1 where y is 1, x2 where it is -1."""

    def __init__(self, margin: float = 0.0, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, x1: Tensor, x2: Tensor, y: npt.ArrayLike) -> Tensor:
        return margins.margin_ranking_loss(x1, x2, y, self.margin, self.reduction)


class MultiMarginLoss(Loss):
    """sum over j != y of max(0, margin - x_y + x_j)^p / classes, as in an SVM."""

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: npt.ArrayLike | None = None,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(reduction)
        self.p, self.margin = p, margin
        self.weight = None if weight is None else np.array(weight, np.float32)

    def forward(self, x: Tensor, y: npt.ArrayLike) -> Tensor:
        return margins.multi_margin_loss(x, y, self.p, self.margin, self.weight, self.reduction)


class TripletMarginLoss(Loss):
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), d the distance in the p-norm."""

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__(reduction)
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return margins.triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap, self.reduction
        )


class CosineEmbeddingLoss(Loss):
    """1 - cos(x1, x2) where y is 1, and max(0, cos(x1, x2) - margin) where y is -1."""

    def __init__(self, margin: float = 0.0, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, x1: Tensor, x2: Tensor, y: npt.ArrayLike) -> Tensor:
        return margins.cosine_embedding_loss(x1, x2, y, self.margin, self.reduction)
