"""Losses as layers: called with the prediction and the target, they return one number to minimise.

`reduction` is "mean" (the default) or "sum" over all numbers or examples, or "none" for one loss
each. In the formulas d = prediction - target.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import binary_cross_entropy, cross_entropy, loss
from undergrad.engine.ops.operands import Operand
from undergrad.engine.tensor import Tensor


class Loss(Module):
    """The base of the losses.

    Arguments:
        reduction: "mean", "sum" or "none".
    """

    reduction: Any  # one of the three; of KLDivLoss also "batchmean"

    def __init__(self, reduction: loss.Reduction = "mean") -> None:
        self.reduction = loss.checked_reduction(reduction)


class MSELoss(Loss):
    """The squared error: d^2."""

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.mse_loss(prediction, target, self.reduction)


class L1Loss(Loss):
    """The absolute error: |d|."""

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.l1_loss(prediction, target, self.reduction)


class HuberLoss(Loss):
    """d^2 / 2 where |d| <= `delta`, and delta (|d| - delta / 2) beyond (Huber 1964)."""

    def __init__(self, reduction: loss.Reduction = "mean", delta: float = 1.0) -> None:
        if delta <= 0:
            raise ValueError(f"HuberLoss: delta must be positive, not {delta}")
        super().__init__(reduction)
        self.delta = delta

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.huber_loss(prediction, target, self.reduction, self.delta)


class SmoothL1Loss(Loss):
    """`HuberLoss` with delta = `beta`, divided by `beta`."""

    def __init__(self, reduction: loss.Reduction = "mean", beta: float = 1.0) -> None:
        if beta < 0:
            raise ValueError(f"SmoothL1Loss: beta must not be negative, and is {beta}")
        super().__init__(reduction)
        self.beta = beta

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.smooth_l1_loss(prediction, target, self.reduction, self.beta)


class CrossEntropyLoss(Loss):
    """-log p_y, where p = softmax(logits) and y is the true class.

    Arguments:
        weight: how much each class counts, shape (classes,).
        ignore_index: examples of this class do not count.
        reduction: "mean" (weighted, when classes are), "sum" or "none".
        label_smoothing: the fraction of the target to spread evenly over all classes, 0 to 1.

    Shape: logits (N, classes) and integers (N,), or probabilities (N, classes) -> ().

    Examples:
        As in `ops.cross_entropy.cross_entropy_simple`, whose fast form the layer calls:

        >>> logits, y = Tensor([[1.0, 2.0, 6.0], [0.0, 3.0, 1.0]]), np.array([2, 0])
        >>> log_p = logits.log_softmax(1)
        >>> loss = -(log_p[0, 2] + log_p[1, 0]) / 2
        >>> np.allclose(loss.item(), CrossEntropyLoss()(logits, y).item())
        True
    """

    def __init__(
        self,
        weight: npt.ArrayLike | None = None,
        ignore_index: int = -100,
        reduction: loss.Reduction = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        if not 0 <= label_smoothing <= 1:
            raise ValueError(
                f"CrossEntropyLoss: label_smoothing {label_smoothing} is not in [0, 1]"
            )
        super().__init__(reduction)
        self.weight, self.ignore_index = _array(weight), ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, logits: Tensor, target: npt.ArrayLike) -> Tensor:
        return cross_entropy.cross_entropy(
            logits, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing
        )


class NLLLoss(Loss):
    """-log p of the true class, for a network that ends in `LogSoftmax`."""

    def __init__(
        self,
        weight: npt.ArrayLike | None = None,
        ignore_index: int = -100,
        reduction: loss.Reduction = "mean",
    ) -> None:
        super().__init__(reduction)
        self.weight, self.ignore_index = _array(weight), ignore_index

    def forward(self, log_p: Tensor, target: npt.ArrayLike) -> Tensor:
        return cross_entropy.nll_loss(log_p, target, self.weight, self.ignore_index, self.reduction)


class BCELoss(Loss):
    """-(t log p + (1 - t) log(1 - p)), for a network that ends in `Sigmoid`."""

    def __init__(
        self, weight: npt.ArrayLike | None = None, reduction: loss.Reduction = "mean"
    ) -> None:
        super().__init__(reduction)
        self.weight = _array(weight)

    def forward(self, p: Tensor, target: Operand) -> Tensor:
        return binary_cross_entropy.binary_cross_entropy(p, target, self.weight, self.reduction)


class BCEWithLogitsLoss(Loss):
    """-(t log p + (1 - t) log(1 - p)) for p = sigmoid(logits), exact for any score."""

    def __init__(
        self,
        weight: npt.ArrayLike | None = None,
        reduction: loss.Reduction = "mean",
        pos_weight: npt.ArrayLike | None = None,
    ) -> None:
        super().__init__(reduction)
        self.weight = _array(weight)
        self.pos_weight = _array(pos_weight)

    def forward(self, logits: Tensor, target: Operand) -> Tensor:
        return binary_cross_entropy.binary_cross_entropy_with_logits(
            logits, target, self.weight, self.reduction, self.pos_weight
        )


class KLDivLoss(Loss):
    """t (log t - log p): how far the predicted distribution p is from the true one, t."""

    def __init__(
        self, reduction: cross_entropy.KLReduction = "mean", log_target: bool = False
    ) -> None:
        if reduction != "batchmean":
            loss.checked_reduction(reduction)
        self.reduction, self.log_target = reduction, log_target

    def forward(self, log_p: Tensor, target: Operand) -> Tensor:
        return cross_entropy.kl_div(log_p, target, self.reduction, self.log_target)


def _array(weight: npt.ArrayLike | None) -> Array | None:
    """A buffer, as in PyTorch: it is part of the state."""
    return None if weight is None else np.array(weight, np.float32)
