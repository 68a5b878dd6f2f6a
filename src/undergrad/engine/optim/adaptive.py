"""Adam's relatives: each divides the step by the usual size of a gradient, measured its own way."""

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


class Adagrad(Optimizer):
    """Duchi et al. 2011: v <- v + g^2, w <- w - lr g / (sqrt(v) + eps).

    Arguments:
        lr: the learning rate at the start; since v only grows, later steps are shorter.
        lr_decay: at step t the rate is lr / (1 + (t - 1) lr_decay).
        weight_decay: L2 regularisation: this times the weight is added to its gradient.
        initial_accumulator_value: the initial v.
        eps: keeps the division finite.
        maximize: maximise the objective.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = dict(
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
            maximize=maximize,
        )
        super().__init__(params, defaults)

    def init_state(self, weights: Array, group: Group) -> State:
        total = np.full_like(weights, group["initial_accumulator_value"])
        return {"step": np.zeros((), np.int64), "sum": total}

    def update(self, weights: Array, gradients: Array, state: State, group: Group) -> None:
        rate = group["lr"] / (1 + int(state["step"]) * group["lr_decay"])
        state["step"] += 1
        g, v = with_weight_decay(gradients, weights, group), state["sum"]
        v += g * g
        weights -= rate * g / (np.sqrt(v) + group["eps"])


class RMSprop(Optimizer):
    """Hinton's lecture 6e: v <- alpha v + (1 - alpha) g^2, w <- w - lr g / (sqrt(v) + eps).

    Arguments:
        lr: the learning rate.
        alpha: the decay rate of the average v.
        eps: keeps the division finite.
        weight_decay: L2 regularisation: this times the weight is added to its gradient.
        momentum: how much of the last step is kept.
        centered: divide by the standard deviation of the gradient instead.
        maximize: maximise the objective.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = dict(
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
            maximize=maximize,
        )
        super().__init__(params, defaults)

    def init_state(self, weights: Array, group: Group) -> State:
        names = ["square_avg", "momentum_buffer"] + ["grad_avg"] * group["centered"]
        return {name: np.zeros_like(weights) for name in names}

    def update(self, weights: Array, gradients: Array, state: State, group: Group) -> None:
        g, keep = with_weight_decay(gradients, weights, group), group["alpha"]
        size = update_ema(state["square_avg"], g * g, keep)
        if group["centered"]:
            mean = update_ema(state["grad_avg"], g, keep)
            size = size - mean * mean
        step = g / (np.sqrt(size) + group["eps"])
        if group["momentum"]:
            buffer = state["momentum_buffer"]
            buffer *= group["momentum"]
            buffer += step
            step = buffer
        weights -= group["lr"] * step


class Adamax(Optimizer):
    """Adam with the infinity norm (Kingma and Ba 2015): u <- max(b2 u, |g| + eps).

    w <- w - lr m' / u, with m' = m / (1 - b1^t). Arguments as in Adam.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize)
        super().__init__(params, defaults)

    def init_state(self, weights: Array, group: Group) -> State:
        vectors = {name: np.zeros_like(weights) for name in ("exp_avg", "exp_inf")}
        return {"step": np.zeros((), np.int64)} | vectors

    def update(self, weights: Array, gradients: Array, state: State, group: Group) -> None:
        state["step"] += 1
        (b1, b2), t = group["betas"], int(state["step"])
        g = with_weight_decay(gradients, weights, group)
        m, u = update_ema(state["exp_avg"], g, b1), state["exp_inf"]
        u *= b2
        np.maximum(u, np.abs(g) + group["eps"], out=u)
        weights -= group["lr"] / (1 - b1**t) * m / u


class NAdam(Optimizer):
    """Adam with Nesterov momentum (Dozat 2016).

    With the momentum mu_t = b1 (1 - 0.96^(t d) / 2), d = `momentum_decay`, and the product M_t of
    all mu so far: w <- w - lr ((1 - mu_t) g / (1 - M_t) + mu_{t+1} m / (1 - M_{t+1})) /
    (sqrt(v') + eps). Other arguments as in Adam.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
        )
        super().__init__(params, defaults)

    def init_state(self, weights: Array, group: Group) -> State:
        vectors = {name: np.zeros_like(weights) for name in ("exp_avg", "exp_avg_sq")}
        return {"step": np.zeros((), np.int64), "mu_product": np.ones(())} | vectors

    def update(self, weights: Array, gradients: Array, state: State, group: Group) -> None:
        state["step"] += 1
        (b1, b2), t = group["betas"], int(state["step"])
        mu, mu_next = (b1 * (1 - 0.5 * 0.96 ** (s * group["momentum_decay"])) for s in (t, t + 1))
        state["mu_product"] *= mu
        product = float(state["mu_product"])
        if group["decoupled_weight_decay"]:
            weights *= 1 - group["lr"] * group["weight_decay"]
            g = gradients
        else:
            g = with_weight_decay(gradients, weights, group)
        m = update_ema(state["exp_avg"], g, b1)
        v = update_ema(state["exp_avg_sq"], g * g, b2)
        size = np.sqrt(v / (1 - b2**t)) + group["eps"]
        ahead = (1 - mu) / (1 - product) * g + mu_next / (1 - product * mu_next) * m
        weights -= group["lr"] * ahead / size


class Lion(Optimizer):
    """Chen et al. 2023: only the sign of an average gradient counts, so all steps have one length.

    w <- (1 - lr decay) w - lr sign(b1 m + (1 - b1) g), then m <- b2 m + (1 - b2) g. Its state is
    half the size of Adam's; its rate should be three to ten times smaller. Not part of PyTorch.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, dict(lr=lr, betas=betas, weight_decay=weight_decay, maximize=maximize)
        )

    def init_state(self, weights: Array, group: Group) -> State:
        return {"exp_avg": np.zeros_like(weights)}

    def update(self, weights: Array, gradients: Array, state: State, group: Group) -> None:
        b1, b2 = group["betas"]
        m = state["exp_avg"]
        weights *= 1 - group["lr"] * group["weight_decay"]
        weights -= group["lr"] * np.sign(b1 * m + (1 - b1) * gradients)
        update_ema(m, gradients, b2)
