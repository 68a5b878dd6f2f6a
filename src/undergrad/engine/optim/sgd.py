"""Gradient descent: step against the slope; with momentum, keep rolling."""

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.optim.optimizer import (
    Group,
    Optimizer,
    Params,
    decayed,
    require,
    require_not_negative,
)


class SGD(Optimizer):
    """w <- w - lr g, or with momentum: b <- momentum b + (1 - dampening) g, w <- w - lr b.

    This is PyTorch's momentum: the learning rate multiplies the whole of b, and b begins as the
    first gradient.

    Arguments:
        lr: how far a step goes.
        momentum: how much of the last direction to keep.
        dampening: how much of the new gradient to leave out of the direction.
        weight_decay: L2: this times the weight is added to its gradient.
        nesterov: look ahead: step along g + momentum b.
        maximize: climb instead.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = dict(
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            maximize=maximize,
        )
        super().__init__(params, settings)

    def check(self, group: Group) -> None:
        require_not_negative(group, "lr", "momentum", "weight_decay")
        plain = group["momentum"] > 0 and group["dampening"] == 0
        require(
            plain or not group["nesterov"], "nesterov needs momentum and no dampening", dict(group)
        )

    def start(self, weights: Array, group: Group) -> dict[str, Array]:
        return {"step": np.zeros((), np.int64), "momentum_buffer": np.zeros_like(weights)}

    def update(
        self, weights: Array, gradients: Array, memory: dict[str, Array], group: Group
    ) -> None:
        memory["step"] += 1
        g = decayed(gradients, weights, group)
        if group["momentum"]:
            b = memory["momentum_buffer"]
            b *= group["momentum"]
            b += g * (1 if memory["step"] == 1 else 1 - group["dampening"])
            g = g + group["momentum"] * b if group["nesterov"] else b
        weights -= group["lr"] * g
