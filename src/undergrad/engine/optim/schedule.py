"""Schedules: how the learning rate changes during training.

Large steps find the valley, small ones its floor. A schedule is a function of the step:
`rate(t, i)` is the rate of parameter group i after t calls of `step`. Since its only
state is t, it can be resumed at any t. Names and arguments are those of
`torch.optim.lr_scheduler`.

    schedule = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    for epoch in range(epochs):
        ...                # the steps of this epoch
        schedule.step()
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from undergrad.engine.optim.optimizer import Optimizer, require


class Schedule(ABC):
    """Sets `lr` of every parameter group: at once, and at each call of `step`.

    A rate is counted from the group's `initial_lr`, which is its `lr` when its first schedule is
    made.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.base_lrs: list[float] = [
            group.setdefault("initial_lr", group["lr"]) for group in self._groups
        ]
        self.last_epoch = 0  # calls of step
        self.apply()

    @abstractmethod
    def rate(self, t: int, i: int) -> float:
        """The learning rate of group i after t calls of `step`."""

    def step(self) -> None:
        """Advance by one epoch (or by one step: as often as you call it)."""
        self.last_epoch += 1
        self.apply()

    def apply(self) -> None:
        """Write the current rates into the optimiser."""
        for i, group in enumerate(self._groups[: len(self.base_lrs)]):  # later ones keep theirs
            group["lr"] = self.rate(self.last_epoch, i)

    def get_last_lr(self) -> list[float]:
        """The rate of every group."""
        return [group["lr"] for group in self._groups]

    def state_dict(self) -> dict[str, Any]:
        """The number of steps, and the initial rates."""
        return {"last_epoch": self.last_epoch, "base_lrs": list(self.base_lrs)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`: the rates are set as they were."""
        if len(state["base_lrs"]) != len(self.base_lrs):
            raise ValueError(
                f"this state is of {len(state['base_lrs'])} parameter groups, "
                f"the optimiser has {len(self.base_lrs)}"
            )
        self.last_epoch, self.base_lrs = state["last_epoch"], list(state["base_lrs"])
        self.apply()

    def __repr__(self) -> str:
        rates = ", ".join(f"{rate:.4g}" for rate in self.get_last_lr())
        return f"{type(self).__name__}(after {self.last_epoch} steps: lr {rates})"

    @property
    def _groups(self) -> list[dict[str, Any]]:
        return self.optimizer.param_groups


class LambdaLR(Schedule):
    """The initial rate times `lr_lambda(t)`: your own function of t, or one for each group."""

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
    ) -> None:
        groups = len(optimizer.param_groups)
        self.lr_lambdas = [lr_lambda] * groups if callable(lr_lambda) else list(lr_lambda)
        require(len(self.lr_lambdas) == groups, "one lr_lambda per group", len(self.lr_lambdas))
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        return self.base_lrs[i] * self.lr_lambdas[i](t)


class StepLR(Schedule):
    """Times `gamma` every `step_size` steps."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        require(step_size > 0, "step_size must be positive", step_size)
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        return self.base_lrs[i] * math.pow(self.gamma, t // self.step_size)


class MultiStepLR(Schedule):
    """Times `gamma` at each of the `milestones`."""

    def __init__(self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1) -> None:
        self.milestones, self.gamma = sorted(milestones), gamma
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        return self.base_lrs[i] * math.pow(self.gamma, bisect_right(self.milestones, t))


class ExponentialLR(Schedule):
    """Times `gamma` at every step."""

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = gamma
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        return self.base_lrs[i] * math.pow(self.gamma, t)


class ConstantLR(Schedule):
    """Times `factor` for the first `total_iters` steps, and the initial rate from then on."""

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5) -> None:
        require(0 <= factor <= 1, "factor must lie in [0, 1]", factor)
        require(total_iters >= 0, "total_iters must not be negative", total_iters)
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        return self.base_lrs[i] * (self.factor if t < self.total_iters else 1.0)


class PolynomialLR(Schedule):
    """Down to 0 in `total_iters` steps, along (1 - t / total_iters)^power."""

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0) -> None:
        require(total_iters > 0, "total_iters must be positive", total_iters)
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        left = 1 - min(t, self.total_iters) / self.total_iters
        return self.base_lrs[i] * math.pow(left, self.power)


class LinearLR(Schedule):
    """A warm-up: times a factor that goes straight from start to end in `total_iters` steps."""

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
    ) -> None:
        require(0 < start_factor <= 1, "start_factor must lie in (0, 1]", start_factor)
        require(0 <= end_factor <= 1, "end_factor must lie in [0, 1]", end_factor)
        require(total_iters > 0, "total_iters must be positive", total_iters)
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        done = min(t, self.total_iters) / self.total_iters
        return self.base_lrs[i] * (self.start_factor + (self.end_factor - self.start_factor) * done)


class CosineAnnealingLR(Schedule):
    """Down to `eta_min` along half a period of the cosine, `T_max` steps long; then up again."""

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        require(T_max > 0, "T_max must be positive", T_max)
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        return _cosine(self.base_lrs[i], self.eta_min, t / self.T_max)


class CosineAnnealingWarmRestarts(Schedule):
    """Down a cosine in `T_0` steps, then a restart, and down in `T_mult` times as many steps ...

    SGDR, Loshchilov and Hutter 2017.
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0
    ) -> None:
        require(T_0 > 0, "T_0 must be positive", T_0)
        require(T_mult >= 1, "T_mult must be 1 or more", T_mult)
        self.T_0, self.T_mult, self.eta_min = T_0, T_mult, eta_min
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        length = self.T_0
        while t >= length:
            t, length = t - length, length * self.T_mult
        return _cosine(self.base_lrs[i], self.eta_min, t / length)


class SequentialLR(Schedule):
    """One schedule after another: the next starts, at its own step 0, at each of the milestones."""

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[Schedule], milestones: Sequence[int]
    ) -> None:
        _check_parts(self, optimizer, schedulers)
        require(
            len(milestones) == len(schedulers) - 1,
            "milestones must be one fewer than the schedules",
            milestones,
        )
        self.schedulers, self.milestones = tuple(schedulers), tuple(milestones)
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        turn = bisect_right(self.milestones, t)
        return self.schedulers[turn].rate(t - (0, *self.milestones)[turn], i)


class ChainedScheduler(Schedule):
    """All schedules at once: their factors are multiplied."""

    def __init__(self, schedulers: Sequence[Schedule], optimizer: Optimizer | None = None) -> None:
        require(len(schedulers) > 0, "ChainedScheduler needs schedules", list(schedulers))
        optimizer = optimizer or schedulers[0].optimizer
        _check_parts(self, optimizer, schedulers)
        self.schedulers = tuple(schedulers)
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        base = self.base_lrs[i]
        return base * math.prod(part.rate(t, i) / base for part in self.schedulers) if base else 0.0


def _cosine(high: float, low: float, done: float) -> float:
    """From `high` to `low` along a cosine, as `done` goes from 0 to 1."""
    return low + (high - low) * (1 + math.cos(math.pi * done)) / 2


def _check_parts(whole: Schedule, optimizer: Optimizer, parts: Sequence[Schedule]) -> None:
    name = type(whole).__name__
    for part in parts:
        if not isinstance(part, Schedule):
            raise TypeError(f"{name}: {type(part).__name__} is not a function of the step")
        if part.optimizer is not optimizer:
            raise ValueError(f"{name}: all its schedules must be of one optimiser")
