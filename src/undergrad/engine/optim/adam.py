"""Adam: each weight steps by its average gradient, divided by that gradient's usual size."""

import math
from typing import Any

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.optim.optimizer import Group, Optimizer, Params, require

_CHUNK = 16_384  # numbers at a time, so that all vectors of a chunk stay in the processor's cache


class Adam(Optimizer):
    """Kingma and Ba 2015, with the bias correction and the place of epsilon as in PyTorch.

    m <- b1 m + (1 - b1) g            the average gradient
    v <- b2 v + (1 - b2) g^2          the average squared gradient
    w <- w - lr m' / (sqrt(v') + eps) with m' = m / (1 - b1^t) and v' = v / (1 - b2^t)

    Arguments:
        lr: how far a step goes.
        betas: b1 and b2, how much of the averages to keep at each step.
        eps: keeps the division finite.
        weight_decay: L2: this times the weight is added to its gradient.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))

    def check(self, group: Group) -> None:
        require(group["lr"] >= 0, "lr must not be negative", group["lr"])
        require(all(0 <= b < 1 for b in group["betas"]), "betas lie in [0, 1)", group["betas"])
        require(group["eps"] >= 0, "eps must not be negative", group["eps"])
        require(
            group["weight_decay"] >= 0, "weight_decay must not be negative", group["weight_decay"]
        )

    def start(self, weights: Array) -> dict[str, Array]:
        return {
            "step": np.zeros((), np.int64),
            "exp_avg": np.zeros_like(weights),
            "exp_avg_sq": np.zeros_like(weights),
        }

    def update(
        self, weights: Array, gradients: Array, memory: dict[str, Array], group: Group
    ) -> None:
        memory["step"] += 1
        for start in range(0, weights.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            m, v = memory["exp_avg"][part], memory["exp_avg_sq"][part]
            _adam(weights[part], gradients[part], m, v, int(memory["step"]), group)


def _adam(w: Array, g: Array, m: Array, v: Array, t: int, group: dict[str, Any]) -> None:
    """One step, in place, with one scratch vector."""
    b1, b2 = group["betas"]
    if group["weight_decay"]:
        g = g + group["weight_decay"] * w
    scratch = g * (1 - b1)
    m *= b1
    m += scratch
    np.multiply(g, g, out=scratch)
    scratch *= 1 - b2
    v *= b2
    v += scratch
    np.sqrt(v, out=scratch)
    scratch *= 1 / math.sqrt(1 - b2**t)
    scratch += group["eps"]
    np.divide(m, scratch, out=scratch)
    scratch *= group["lr"] / (1 - b1**t)
    w -= scratch
