"""Losses as layers: called with the prediction and the target, they return one number to lower."""

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import binary_cross_entropy, cross_entropy, loss
from undergrad.engine.ops.operands import Operand
from undergrad.engine.tensor import Tensor


class MSELoss(Module):
    """The mean squared difference."""

    def __init__(self, reduction: loss.Reduction = "mean") -> None:
        self.reduction = loss.checked_reduction(reduction)

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.mse_loss(prediction, target, self.reduction)


class L1Loss(Module):
    """The mean absolute difference."""

    def __init__(self, reduction: loss.Reduction = "mean") -> None:
        self.reduction = loss.checked_reduction(reduction)

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.l1_loss(prediction, target, self.reduction)


class HuberLoss(Module):
    """Squared up to a difference of `delta`, a straight line beyond."""

    def __init__(self, reduction: loss.Reduction = "mean", delta: float = 1.0) -> None:
        if delta <= 0:
            raise ValueError(f"HuberLoss: delta must be positive, not {delta}")
        self.reduction, self.delta = loss.checked_reduction(reduction), delta

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.huber_loss(prediction, target, self.reduction, self.delta)


class SmoothL1Loss(Module):
    """Huber's loss divided by `beta`."""

    def __init__(self, reduction: loss.Reduction = "mean", beta: float = 1.0) -> None:
        if beta < 0:
            raise ValueError(f"SmoothL1Loss: beta must not be negative, and is {beta}")
        self.reduction, self.beta = loss.checked_reduction(reduction), beta

    def forward(self, prediction: Tensor, target: Operand) -> Tensor:
        return loss.smooth_l1_loss(prediction, target, self.reduction, self.beta)


class CrossEntropyLoss(Module):
    """-log of the probability that the scores give to the right class; see `cross_entropy`."""

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
        self.weight, self.ignore_index = _array(weight), ignore_index
        self.reduction, self.label_smoothing = loss.checked_reduction(reduction), label_smoothing

    def forward(self, logits: Tensor, target: npt.ArrayLike) -> Tensor:
        return cross_entropy.cross_entropy(
            logits, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing
        )


class NLLLoss(Module):
    """-log p of the right class, after a LogSoftmax."""

    def __init__(
        self,
        weight: npt.ArrayLike | None = None,
        ignore_index: int = -100,
        reduction: loss.Reduction = "mean",
    ) -> None:
        self.weight, self.ignore_index = _array(weight), ignore_index
        self.reduction = loss.checked_reduction(reduction)

    def forward(self, log_p: Tensor, target: npt.ArrayLike) -> Tensor:
        return cross_entropy.nll_loss(log_p, target, self.weight, self.ignore_index, self.reduction)


class BCELoss(Module):
    """-log of the probability of yes or no, after a Sigmoid."""

    def __init__(
        self, weight: npt.ArrayLike | None = None, reduction: loss.Reduction = "mean"
    ) -> None:
        self.weight, self.reduction = _array(weight), loss.checked_reduction(reduction)

    def forward(self, p: Tensor, target: Operand) -> Tensor:
        return binary_cross_entropy.binary_cross_entropy(p, target, self.weight, self.reduction)


class BCEWithLogitsLoss(Module):
    """-log of the probability of yes or no, from a score."""

    def __init__(
        self,
        weight: npt.ArrayLike | None = None,
        reduction: loss.Reduction = "mean",
        pos_weight: npt.ArrayLike | None = None,
    ) -> None:
        self.weight, self.reduction = _array(weight), loss.checked_reduction(reduction)
        self.pos_weight = _array(pos_weight)

    def forward(self, logits: Tensor, target: Operand) -> Tensor:
        return binary_cross_entropy.binary_cross_entropy_with_logits(
            logits, target, self.weight, self.reduction, self.pos_weight
        )


class KLDivLoss(Module):
    """How much is lost by believing one distribution where another is true."""

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
