"""Muon: momentum for whole matrices, made orthogonal before each step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.optim.flat_parameters import State
from undergrad.engine.optim.optimizer import (
    Group,
    Optimizer,
    Params,
    checked_params,
    require,
)

_SCALES: dict[str, Callable[[int, int], float]] = {
    "original": lambda rows, columns: math.sqrt(max(1.0, rows / columns)),
    "match_rms_adamw": lambda rows, columns: 0.2 * math.sqrt(max(rows, columns)),
}


class Muon(Optimizer):
    """Jordan et al. 2024: b <- momentum b + g, w <- (1 - lr decay) w - lr scale orthogonal(b).

    All singular values of the step are near 1. PyTorch keeps 1 - momentum times this b, which
    leads to the same step, and computes it in bfloat16. Each matrix is a group of its own here.

    Arguments:
        params: matrices. Embeddings, the output layer, biases and norms belong to AdamW.
        lr: the learning rate.
        weight_decay: the fraction of each weight, times lr, that a step takes off, as in AdamW.
        momentum: how much of the last direction is kept.
        nesterov: Nesterov momentum: make g + momentum b orthogonal instead of b.
        ns_coefficients: of the polynomial in `orthogonalise`.
        eps: keeps the division by the norm finite.
        ns_steps: how often the polynomial is applied.
        adjust_lr_fn: the scale of a step for a matrix of n rows and m columns. "original", as
            None, is sqrt(max(1, n / m)); "match_rms_adamw" is 0.2 sqrt(max(n, m)), with which
            the learning rates of AdamW can be kept.
        maximize: maximise the objective.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = dict(
            lr=lr,
            weight_decay=weight_decay,
            momentum=momentum,
            nesterov=nesterov,
            ns_coefficients=ns_coefficients,
            eps=eps,
            ns_steps=ns_steps,
            adjust_lr_fn=adjust_lr_fn,
            maximize=maximize,
        )
        super().__init__(params, defaults)

    def check(self, group: Group) -> None:
        super().check(group)
        name = group["adjust_lr_fn"] or "original"
        require(name in _SCALES, 'adjust_lr_fn is "original" or "match_rms_adamw"', repr(name))
        for p in group["params"]:
            if p.ndim != 2:
                raise ValueError(
                    f"Muon trains matrices, and a parameter has the shape {p.shape}; give vectors, "
                    "kernels, embeddings and the output layer to AdamW"
                )

    def init_state(self, weights: Array, group: Group) -> State:
        return {"momentum_buffer": np.zeros_like(weights)}

    def update(self, weights: Array, gradients: Array, state: State, group: Group) -> None:
        shape, b = group["params"][0].shape, state["momentum_buffer"]
        b *= group["momentum"]
        b += gradients
        direction = gradients + group["momentum"] * b if group["nesterov"] else b
        step = orthogonalise(
            direction.reshape(shape), group["ns_coefficients"], group["eps"], group["ns_steps"]
        )
        weights *= 1 - group["lr"] * group["weight_decay"]
        scale = _SCALES[group["adjust_lr_fn"] or "original"](*shape)
        weights -= group["lr"] * scale * step.ravel()

    def _add(self, given: Iterable[Mapping[str, Any]]) -> None:
        """The rule needs the shape of each matrix, so each becomes a group with one parameter."""
        super()._add(
            {**group, "params": [p]} for group in given for p in checked_params(group["params"])
        )


def orthogonalise(
    matrix: Array, coefficients: tuple[float, float, float], eps: float, steps: int
) -> Array:
    """Approximately U V^T for a matrix U S V^T, by a Newton-Schulz iteration: (n, m) -> (n, m).

    With a, b, c = coefficients, each step replaces every singular value s by a s + b s^3 + c s^5,
    which brings those between 0 and 1 near to 1. The norm, by which the matrix is divided first,
    is at least as large as all of them.
    """
    a, b, c = coefficients
    wide = matrix.shape[0] <= matrix.shape[1]
    x = matrix if wide else matrix.T  # the smaller of the two products with its transpose
    x = x / max(float(np.linalg.norm(x)), eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x if wide else x.T
