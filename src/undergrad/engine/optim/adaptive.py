"""Adam's relatives: each divides the step by the usual size of a gradient, measured its own way."""

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


class Adagrad(Optimizer):
    """Duchi et al. 2011: v <- v + g^2, w <- w - lr g / (sqrt(v) + eps).

    Arguments:
        lr: how far the first steps go; since v only grows, later ones are shorter.
        lr_decay: at step t the rate is lr / (1 + (t - 1) lr_decay).
        weight_decay: L2: this times the weight is added to its gradient.
        initial_accumulator_value: where v begins.
        eps: keeps the division finite.
        maximize: climb instead.
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
        settings = dict(
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
            maximize=maximize,
        )
        super().__init__(params, settings)

    def check(self, group: Group) -> None:
        require_not_negative(
            group, "lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"
        )

    def start(self, weights: Array, group: Group) -> dict[str, Array]:
        total = np.full_like(weights, group["initial_accumulator_value"])
        return {"step": np.zeros((), np.int64), "sum": total}

    def update(
        self, weights: Array, gradients: Array, memory: dict[str, Array], group: Group
    ) -> None:
        rate = group["lr"] / (1 + int(memory["step"]) * group["lr_decay"])
        memory["step"] += 1
        g, v = decayed(gradients, weights, group), memory["sum"]
        v += g * g
        weights -= rate * g / (np.sqrt(v) + group["eps"])


class RMSprop(Optimizer):
    """Hinton's lecture 6e: v <- alpha v + (1 - alpha) g^2, w <- w - lr g / (sqrt(v) + eps).

    Arguments:
        lr: how far a step goes.
        alpha: how much of the average v to keep.
        eps: keeps the division finite.
        weight_decay: L2: this times the weight is added to its gradient.
        momentum: how much of the last step to keep.
        centered: divide by the spread of the gradient around its own average instead.
        maximize: climb instead.
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
        settings = dict(
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
            maximize=maximize,
        )
        super().__init__(params, settings)

    def check(self, group: Group) -> None:
        require_not_negative(group, "lr", "alpha", "eps", "weight_decay", "momentum")

    def start(self, weights: Array, group: Group) -> dict[str, Array]:
        names = ["square_avg", "momentum_buffer"] + ["grad_avg"] * group["centered"]
        return {name: np.zeros_like(weights) for name in names}

    def update(
        self, weights: Array, gradients: Array, memory: dict[str, Array], group: Group
    ) -> None:
        g, keep = decayed(gradients, weights, group), group["alpha"]
        size = _averaged(memory["square_avg"], g * g, keep)
        if group["centered"]:
            mean = _averaged(memory["grad_avg"], g, keep)
            size = size - mean * mean
        step = g / (np.sqrt(size) + group["eps"])
        if group["momentum"]:
            buffer = memory["momentum_buffer"]
            buffer *= group["momentum"]
            buffer += step
            step = buffer
        weights -= group["lr"] * step


class Adamax(Optimizer):
    """Adam by the largest gradient (Kingma and Ba 2015): u <- max(b2 u, |g| + eps).

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
        settings = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize)
        super().__init__(params, settings)

    def check(self, group: Group) -> None:
        require_not_negative(group, "lr", "eps", "weight_decay")
        require_betas(group)

    def start(self, weights: Array, group: Group) -> dict[str, Array]:
        vectors = {name: np.zeros_like(weights) for name in ("exp_avg", "exp_inf")}
        return {"step": np.zeros((), np.int64)} | vectors

    def update(
        self, weights: Array, gradients: Array, memory: dict[str, Array], group: Group
    ) -> None:
        memory["step"] += 1
        (b1, b2), t = group["betas"], int(memory["step"])
        g = decayed(gradients, weights, group)
        m, u = _averaged(memory["exp_avg"], g, b1), memory["exp_inf"]
        u *= b2
        np.maximum(u, np.abs(g) + group["eps"], out=u)
        weights -= group["lr"] / (1 - b1**t) * m / u


class NAdam(Optimizer):
    """Adam that looks ahead, as Nesterov does (Dozat 2016).

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
        settings = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
        )
        super().__init__(params, settings)

    def check(self, group: Group) -> None:
        require_not_negative(group, "lr", "eps", "weight_decay", "momentum_decay")
        require_betas(group)

    def start(self, weights: Array, group: Group) -> dict[str, Array]:
        vectors = {name: np.zeros_like(weights) for name in ("exp_avg", "exp_avg_sq")}
        return {"step": np.zeros((), np.int64), "mu_product": np.ones(())} | vectors

    def update(
        self, weights: Array, gradients: Array, memory: dict[str, Array], group: Group
    ) -> None:
        memory["step"] += 1
        (b1, b2), t = group["betas"], int(memory["step"])
        mu, mu_next = (b1 * (1 - 0.5 * 0.96 ** (s * group["momentum_decay"])) for s in (t, t + 1))
        memory["mu_product"] *= mu
        product = float(memory["mu_product"])
        if group["decoupled_weight_decay"]:
            weights *= 1 - group["lr"] * group["weight_decay"]
            g = gradients
        else:
            g = decayed(gradients, weights, group)
        m = _averaged(memory["exp_avg"], g, b1)
        v = _averaged(memory["exp_avg_sq"], g * g, b2)
        size = np.sqrt(v / (1 - b2**t)) + group["eps"]
        ahead = (1 - mu) / (1 - product) * g + mu_next / (1 - product * mu_next) * m
        weights -= group["lr"] * ahead / size


class Lion(Optimizer):
    """Chen et al. 2023: only the sign of an average gradient counts, so all steps are equally long.

    w <- (1 - lr decay) w - lr sign(b1 m + (1 - b1) g), then m <- b2 m + (1 - b2) g. It remembers
    half of what Adam does; its rate should be three to ten times smaller. Not part of PyTorch.
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

    def check(self, group: Group) -> None:
        require_not_negative(group, "lr", "weight_decay")
        require_betas(group)

    def start(self, weights: Array, group: Group) -> dict[str, Array]:
        return {"exp_avg": np.zeros_like(weights)}

    def update(
        self, weights: Array, gradients: Array, memory: dict[str, Array], group: Group
    ) -> None:
        b1, b2 = group["betas"]
        m = memory["exp_avg"]
        weights *= 1 - group["lr"] * group["weight_decay"]
        weights -= group["lr"] * np.sign(b1 * m + (1 - b1) * gradients)
        _averaged(m, gradients, b2)


def _averaged(average: Array, news: Array, keep: float) -> Array:
    """average <- keep average + (1 - keep) news, in place."""
    average *= keep
    average += (1 - keep) * news
    return average
