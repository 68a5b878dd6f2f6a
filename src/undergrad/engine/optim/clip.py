"""Gradient clipping: one bad batch with a very large gradient cannot ruin the weights."""

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
    """Scale all gradients together so that their joint norm is at most `max_norm`.

    The direction stays as it was. Returns the norm before. As in PyTorch the scale is
    max_norm / (norm + 1e-6), at most 1.

    Arguments:
        norm_type: p of the p-norm: 2 is the Euclidean norm, inf the largest absolute value.
        error_if_nonfinite: raise RuntimeError, before any scaling, when the norm is not finite.
    """
    if max_norm < 0:
        raise ValueError(f"clip_grad_norm_: max_norm must not be negative, and is {max_norm}")
    gradients = _gradients(parameters)
    norm = _norm(gradients, norm_type)
    if error_if_nonfinite and not math.isfinite(norm):
        raise RuntimeError(f"clip_grad_norm_: the norm of all gradients is {norm}")
    scale = max_norm / (norm + 1e-6)
    if not scale >= 1:  # so that nan, which compares as False, reaches all gradients
        for gradient in gradients:
            gradient *= scale
    return norm


def clip_grad_value_(parameters: Iterable[Tensor] | Tensor, clip_value: float) -> None:
    """Clip every number of every gradient to between -clip_value and clip_value."""
    if clip_value < 0:
        raise ValueError(f"clip_grad_value_: clip_value must not be negative, and is {clip_value}")
    for gradient in _gradients(parameters):
        np.clip(gradient, -clip_value, clip_value, out=gradient)


def _gradients(parameters: Iterable[Tensor] | Tensor) -> list[Array]:
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    if not tensors:
        raise ValueError(
            "there are no parameters whose gradients could be clipped; what model.parameters() "
            "returns can be read once: call it again for each use"
        )
    return [p.grad for p in tensors if p.grad is not None]


def _norm(gradients: list[Array], norm_type: float) -> float:
    if norm_type == 2:
        return math.sqrt(sum(float(np.vdot(g, g)) for g in gradients))
    norms = [float(np.linalg.norm(g.ravel(), norm_type)) for g in gradients]
    return float(np.linalg.norm(norms, norm_type)) if norms else 0.0
