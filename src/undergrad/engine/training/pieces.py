"""The loss of many examples, put together from the losses of pieces of them.

A mean loss is a sum divided by a count: of the numbers compared, of the examples that were not
ignored, or of their class weights. Where pieces have different counts, the mean of their means is
not the mean of the whole. So every piece gives its loss together with its count, and the whole is
the sum of all sums divided by the sum of all counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from undergrad.engine.nn.loss import Loss
from undergrad.engine.ops.loss import checked_count, record_counts
from undergrad.engine.tensor import Tensor


@dataclass(frozen=True)
class PieceLoss:
    """The loss of a piece, and the count of every mean that it contains; none for a sum."""

    value: float
    counts: tuple[float, ...]

    @property
    def weight(self) -> float:
        """What the loss must be multiplied by to be a sum."""
        return self.counts[0] if self.counts else 1.0


def is_sum(loss: object) -> bool:
    """Whether the loss of the whole is the sum of the losses of its pieces."""
    return isinstance(loss, Loss) and loss.reduction == "sum"


def loss_of_piece(
    loss: Callable[..., Tensor], columns: Sequence[Any], examples: float, is_sum: bool = False
) -> tuple[PieceLoss, Tensor]:
    """The loss of some columns, also as a tensor. Its count is `examples` if it records none."""
    with record_counts() as counts:
        value = loss(*columns)
    if value.size != 1:
        raise ValueError(
            f"the loss has shape {value.shape}, and must be one number: use reduction='mean'"
        )
    return PieceLoss(value.item(), () if is_sum else tuple(counts) or (examples,)), value


def divisor(pieces: Sequence[PieceLoss]) -> float:
    """The count of the whole; 1 when the loss is a sum.

    Raises ValueError when the loss adds several means whose counts are not in proportion, so that
    no one weight of a piece is right for all of them.
    """
    if not any(piece.counts for piece in pieces):
        return 1.0
    weights = np.array([piece.weight for piece in pieces])
    n = checked_count("the mean of all pieces", float(weights.sum()))
    for counts in zip(*(piece.counts for piece in pieces), strict=True):
        if not np.allclose(counts, weights / n * sum(counts), rtol=1e-6):
            raise ValueError(
                "this loss adds means that leave out different examples, so it cannot be put "
                "together from pieces: compute it for the whole batch at once"
            )
    return n


def mean_of(pieces: Sequence[PieceLoss]) -> float:
    """The loss of the whole."""
    return sum(piece.weight * piece.value for piece in pieces) / divisor(pieces)
