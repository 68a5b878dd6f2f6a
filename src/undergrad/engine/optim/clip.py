"""Shorten gradients that are too long, so that one bad batch cannot throw the weights away."""

import math
from collections.abc import Iterable

import numpy as np

from undergrad.engine.tensor import Tensor


def clip_grad_norm_(parameters: Iterable[Tensor], max_norm: float) -> float:
    """Scale all gradients together so that their joint length is at most `max_norm`.

    The direction stays as it was. Returns the length before. As in PyTorch the scale is
    max_norm / (length + 1e-6), at most 1.
    """
    if max_norm < 0:
        raise ValueError(f"clip_grad_norm_: max_norm must not be negative, and is {max_norm}")
    gradients = [p.grad for p in parameters if p.grad is not None]
    length = math.sqrt(sum(float(np.vdot(g, g)) for g in gradients))
    scale = max_norm / (length + 1e-6)
    if scale < 1:
        for gradient in gradients:
            gradient *= scale
    return length


def clip_grad_value_(parameters: Iterable[Tensor], clip_value: float) -> None:
    """Hold every number of every gradient between -clip_value and clip_value."""
    if clip_value < 0:
        raise ValueError(f"clip_grad_value_: clip_value must not be negative, and is {clip_value}")
    for p in parameters:
        if p.grad is not None:
            np.clip(p.grad, -clip_value, clip_value, out=p.grad)
