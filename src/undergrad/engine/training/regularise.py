"""Regularisation: penalties on large weights, to be added to a loss."""

from __future__ import annotations

from collections.abc import Iterable

from undergrad.engine.ops import elementwise, reduce
from undergrad.engine.tensor import Tensor


def l1_penalty(parameters: Iterable[Tensor]) -> Tensor:
    """The sum of the absolute values of all weights; it makes weights exactly 0.

    Examples:
        >>> w = Tensor([3.0, -4.0], requires_grad=True)
        >>> l1_penalty([w]).item()
        7.0
    """
    return _total([reduce.sum(elementwise.abs(p)) for p in parameters])


def l2_penalty(parameters: Iterable[Tensor]) -> Tensor:
    """Half the sum of the squares of all weights; it shrinks large weights.

    Half, so that its gradient is the weight itself: `loss + c * l2_penalty(...)` is what
    `weight_decay=c` of SGD does.

    Examples:
        >>> w = Tensor([3.0, -4.0], requires_grad=True)
        >>> l2_penalty([w]).item()
        12.5
    """
    return _total([0.5 * reduce.sum(p * p) for p in parameters])


def _total(parts: list[Tensor]) -> Tensor:
    if not parts:
        raise ValueError("a penalty needs parameters")
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total
