"""Stochastic gradient descent: step against the gradient, with momentum if you like."""

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.optim.flat_parameters import State
from undergrad.engine.optim.optimizer import (
    Group,
    Optimizer,
    Params,
    require,
    with_weight_decay,
)


class SGD(Optimizer):
    """w <- w - lr g, or with momentum: b <- momentum b + (1 - dampening) g, w <- w - lr b.

    This is PyTorch's momentum: the learning rate multiplies the whole of b, and b starts as the
    first gradient.

    Arguments:
        lr: the learning rate.
        momentum: how much of the last direction is kept.
        dampening: how much of the new gradient is left out of the direction.
        weight_decay: L2 regularisation: this times the weight is added to its gradient.
        nesterov: Nesterov momentum: step along g + momentum b.
        maximize: maximise the objective.
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
        defaults = dict(
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            maximize=maximize,
        )
        super().__init__(params, defaults)

    def check(self, group: Group) -> None:
        super().check(group)
        plain = group["momentum"] > 0 and group["dampening"] == 0
        require(
            plain or not group["nesterov"], "nesterov needs momentum and no dampening", dict(group)
        )

    def init_state(self, weights: Array, group: Group) -> State:
        return {"step": np.zeros((), np.int64), "momentum_buffer": np.zeros_like(weights)}

    def update(self, weights: Array, gradients: Array, state: State, group: Group) -> None:
        state["step"] += 1
        g = with_weight_decay(gradients, weights, group)
        if group["momentum"]:
            b = state["momentum_buffer"]
            b *= group["momentum"]
            b += g * (1 if state["step"] == 1 else 1 - group["dampening"])
            g = g + group["momentum"] * b if group["nesterov"] else b
        weights -= group["lr"] * g
