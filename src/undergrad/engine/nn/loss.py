"""Losses as layers: called with the prediction and the target, they return one number to lower."""

import numpy.typing as npt

from undergrad.engine.nn.module import Module
from undergrad.engine.ops import loss, softmax
from undergrad.engine.ops.operands import Operand
from undergrad.engine.tensor import Tensor


class MSELoss(Module):
    """The mean squared difference."""

    def __init__(self, reduction: loss.Reduction = "mean") -> None:
        self.reduction = loss.checked(reduction)

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.mse_loss(prediction, target, self.reduction)


class L1Loss(Module):
    """The mean absolute difference."""

    def __init__(self, reduction: loss.Reduction = "mean") -> None:
        self.reduction = loss.checked(reduction)

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.l1_loss(prediction, target, self.reduction)


class HuberLoss(Module):
    """Squared up to a difference of `delta`, a straight line beyond."""

    def __init__(self, reduction: loss.Reduction = "mean", delta: float = 1.0) -> None:
        if delta <= 0:
            raise ValueError(f"HuberLoss: delta must be positive, not {delta}")
        self.reduction, self.delta = loss.checked(reduction), delta

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.huber_loss(prediction, target, self.reduction, self.delta)


class SmoothL1Loss(Module):
    """Huber's loss divided by `beta`."""

    def __init__(self, reduction: loss.Reduction = "mean", beta: float = 1.0) -> None:
        if beta < 0:
            raise ValueError(f"SmoothL1Loss: beta must not be negative, and is {beta}")
        self.reduction, self.beta = loss.checked(reduction), beta

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.smooth_l1_loss(prediction, target, self.reduction, self.beta)


class CrossEntropyLoss(Module):
    """-log of the probability that the scores give to the right class."""

    def __init__(self, reduction: loss.Reduction = "mean", label_smoothing: float = 0.0) -> None:
        if not 0 <= label_smoothing <= 1:
            raise ValueError(
                f"CrossEntropyLoss: label_smoothing {label_smoothing} is not in [0, 1]"
            )
        self.reduction, self.label_smoothing = loss.checked(reduction), label_smoothing

    def forward(self, logits: Tensor, target: npt.ArrayLike) -> Tensor:
        return softmax.cross_entropy(logits, target, self.reduction, self.label_smoothing)
