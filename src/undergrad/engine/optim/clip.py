"""Shorten gradients that are too long, so that one bad batch cannot throw the weights away."""

import math
from collections.abc import Iterable

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.tensor import Tensor


def clip_grad_norm_(
    parameters: Iterable[Tensor] | Tensor,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """Scale all gradients together so that their joint length is at most `max_norm`.

    The direction stays as it was. Returns the length before. As in PyTorch the scale is
    max_norm / (length + 1e-6), at most 1.

    Arguments:
        norm_type: how to measure: 2 is the usual length, 1 the sum of sizes, inf the largest.
        error_if_nonfinite: raise RuntimeError, before any scaling, when the length is not finite.
    """
    if max_norm < 0:
        raise ValueError(f"clip_grad_norm_: max_norm must not be negative, and is {max_norm}")
    gradients = _gradients(parameters)
    length = _length(gradients, norm_type)
    if error_if_nonfinite and not math.isfinite(length):
        raise RuntimeError(f"clip_grad_norm_: the length of all gradients is {length}")
    scale = max_norm / (length + 1e-6)
    if not scale >= 1:  # so that nan, which compares as False, reaches all gradients
        for gradient in gradients:
            gradient *= scale
    return length


def clip_grad_value_(parameters: Iterable[Tensor] | Tensor, clip_value: float) -> None:
    """Hold every number of every gradient between -clip_value and clip_value."""
    if clip_value < 0:
        raise ValueError(f"clip_grad_value_: clip_value must not be negative, and is {clip_value}")
    for gradient in _gradients(parameters):
        np.clip(gradient, -clip_value, clip_value, out=gradient)


def _gradients(parameters: Iterable[Tensor] | Tensor) -> list[Array]:
    tensors = [parameters] if isinstance(parameters, Tensor) else parameters
    return [p.grad for p in tensors if p.grad is not None]


def _length(gradients: list[Array], norm_type: float) -> float:
    if norm_type == 2:
        return math.sqrt(sum(float(np.vdot(g, g)) for g in gradients))
    sizes = [float(np.linalg.norm(g.ravel(), norm_type)) for g in gradients]
    return float(np.linalg.norm(sizes, norm_type)) if sizes else 0.0
