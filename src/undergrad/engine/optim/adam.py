"""Adam: each weight steps by its average gradient, divided by that gradient's usual size."""

import math

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.optim.flat_parameters import State
from undergrad.engine.optim.optimizer import (
    Group,
    Optimizer,
    Params,
    update_ema,
    with_weight_decay,
)
from undergrad.engine.thread_pool import in_threads


class Adam(Optimizer):
    """Kingma and Ba 2015, with the bias correction and the place of epsilon as in PyTorch.

    m <- b1 m + (1 - b1) g            the average gradient
    v <- b2 v + (1 - b2) g^2          the average squared gradient
    w <- w - lr m' / (sqrt(v') + eps) with m' = m / (1 - b1^t) and v' = v / (1 - b2^t)

    Arguments:
        lr: the learning rate.
        betas: b1 and b2, the decay rates of the two averages.
        eps: keeps the division finite.
        weight_decay: L2 regularisation: this times the weight is added to its gradient.
        amsgrad: divide by the largest v so far (Reddi et al. 2018), so that steps only shorten.
        maximize: maximise the objective.
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
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            maximize=maximize,
        )
        super().__init__(params, defaults)

    def init_state(self, weights: Array, group: Group) -> State:
        names = ["exp_avg", "exp_avg_sq"] + ["max_exp_avg_sq"] * group["amsgrad"]
        return {"step": np.zeros((), np.int64)} | {name: np.zeros_like(weights) for name in names}

    def update(self, weights: Array, gradients: Array, state: State, group: Group) -> None:
        state["step"] += 1
        adam_step(weights, gradients, state, group)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019): w <- (1 - lr decay) w first.

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

    def update(self, weights: Array, gradients: Array, state: State, group: Group) -> None:
        weights *= 1 - group["lr"] * group["weight_decay"]
        super().update(weights, gradients, state, {**group, "weight_decay": 0.0})


def adam_step_simple(w: Array, g: Array, state: State, group: Group) -> None:
    """One step of Adam, as the paper writes it, in place."""
    (b1, b2), t = group["betas"], int(state["step"])
    g = with_weight_decay(g, w, group)
    m = update_ema(state["exp_avg"], g, b1)
    v = update_ema(state["exp_avg_sq"], g * g, b2)
    if group["amsgrad"]:
        v = np.maximum(state["max_exp_avg_sq"], v, out=state["max_exp_avg_sq"])
    m_hat = m / (1 - b1**t)
    v_hat = v / (1 - b2**t)
    w -= group["lr"] * m_hat / (np.sqrt(v_hat) + group["eps"])


_CHUNK = 65_536  # numbers at a time, which share a scratch vector; a part for a thread


def adam_step(weights: Array, gradients: Array, state: State, group: Group) -> None:
    """Fast form of `adam_step_simple`: chunk by chunk, and one scratch vector for all results.

    2x for a million weights. sqrt(1 - b2^t) is taken out of the fraction, which saves a pass.
    """
    (b1, b2), t = group["betas"], int(state["step"])
    root = math.sqrt(1 - b2**t)

    def step(start: int) -> None:
        part = slice(start, start + _CHUNK)
        w, m, v = weights[part], state["exp_avg"][part], state["exp_avg_sq"][part]
        g = with_weight_decay(gradients[part], w, group)
        scratch = g * (1 - b1)
        m *= b1
        m += scratch
        np.multiply(g, g, out=scratch)
        scratch *= 1 - b2
        v *= b2
        v += scratch
        if group["amsgrad"]:
            v = np.maximum(state["max_exp_avg_sq"][part], v, out=state["max_exp_avg_sq"][part])
        np.sqrt(v, out=scratch)
        scratch += group["eps"] * root
        np.divide(m, scratch, out=scratch)
        scratch *= group["lr"] * root / (1 - b1**t)
        w -= scratch

    in_threads(step, range(0, weights.size, _CHUNK))
