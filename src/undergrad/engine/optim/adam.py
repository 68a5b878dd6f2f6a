"""Adam: each weight steps by its average gradient, divided by that gradient's usual size."""

import math

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.optim.optimizer import (
    Group,
    Optimizer,
    Params,
    decayed,
    require_betas,
    require_not_negative,
)

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
        amsgrad: divide by the largest v so far (Reddi et al. 2018), so that steps only shorten.
        maximize: climb instead.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            maximize=maximize,
        )
        super().__init__(params, settings)

    def check(self, group: Group) -> None:
        require_not_negative(group, "lr", "eps", "weight_decay")
        require_betas(group)

    def start(self, weights: Array, group: Group) -> dict[str, Array]:
        names = ["exp_avg", "exp_avg_sq"] + ["max_exp_avg_sq"] * group["amsgrad"]
        return {"step": np.zeros((), np.int64)} | {name: np.zeros_like(weights) for name in names}

    def update(
        self, weights: Array, gradients: Array, memory: dict[str, Array], group: Group
    ) -> None:
        memory["step"] += 1
        for start in range(0, weights.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            parts = {name: vector[part] for name, vector in memory.items() if vector.ndim}
            _adam(weights[part], gradients[part], parts, int(memory["step"]), group)


class AdamW(Adam):
    """Adam whose weights shrink on their own (Loshchilov and Hutter 2019): w <- (1 - lr decay) w.

    In Adam the decay is part of the gradient, and the division by that gradient's usual size
    takes most of it away again. Here it comes first, and is not divided by anything.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    def update(
        self, weights: Array, gradients: Array, memory: dict[str, Array], group: Group
    ) -> None:
        weights *= 1 - group["lr"] * group["weight_decay"]
        super().update(weights, gradients, memory, {**group, "weight_decay": 0.0})


def _adam(w: Array, g: Array, memory: dict[str, Array], t: int, group: Group) -> None:
    """One step, in place, with one scratch vector."""
    b1, b2 = group["betas"]
    m, v = memory["exp_avg"], memory["exp_avg_sq"]
    g = decayed(g, w, group)
    scratch = g * (1 - b1)
    m *= b1
    m += scratch
    np.multiply(g, g, out=scratch)
    scratch *= 1 - b2
    v *= b2
    v += scratch
    if group["amsgrad"]:
        v = np.maximum(memory["max_exp_avg_sq"], v, out=memory["max_exp_avg_sq"])
    root = math.sqrt(1 - b2**t)  # of v', taken out of the fraction: one pass less over the weights
    np.sqrt(v, out=scratch)
    scratch += group["eps"] * root
    np.divide(m, scratch, out=scratch)
    scratch *= group["lr"] * root / (1 - b1**t)
    w -= scratch
