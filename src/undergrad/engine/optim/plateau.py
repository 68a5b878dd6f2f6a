"""Lower the learning rate when the validation loss stops improving."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from undergrad.engine.optim.optimizer import Optimizer, require


class ReduceLROnPlateau:
    """Times `factor` after `patience` steps without improvement: `step(validation_loss)`.

    Arguments:
        mode: "min" when smaller is better, "max" when larger is.
        factor: what the rate is multiplied by.
        patience: how many steps without improvement to wait.
        threshold: an improvement must exceed this:
        threshold_mode: as a fraction of the best so far, "rel", or as it is, "abs".
        cooldown: how many steps to wait after a change.
        min_lr: the lowest rate.
        eps: a smaller change is not made.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        require(factor < 1, "factor must be below 1", factor)
        require(mode in ("min", "max"), "mode is 'min' or 'max'", mode)
        known = threshold_mode in ("rel", "abs")
        require(known, "threshold_mode is 'rel' or 'abs'", threshold_mode)
        self.optimizer, self.mode, self.factor, self.patience = optimizer, mode, factor, patience
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.cooldown, self.min_lr, self.eps = cooldown, min_lr, eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0

    def step(self, metrics: float) -> None:
        """Advance by one step, with what is measured: usually the validation loss of an epoch."""
        self.last_epoch += 1
        if self._better(float(metrics)):
            self.best, self.num_bad_epochs = float(metrics), 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def get_last_lr(self) -> list[float]:
        """The rate of every group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def __repr__(self) -> str:
        rates = ", ".join(f"{rate:.4g}" for rate in self.get_last_lr())
        return f"ReduceLROnPlateau(after {self.last_epoch} steps: lr {rates}, best {self.best:.4g})"

    def state_dict(self) -> dict[str, Any]:
        """The state of the schedule. The rates themselves are part of the optimiser's state."""
        return {name: getattr(self, name) for name in _STATE}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`."""
        for name in _STATE:
            setattr(self, name, state[name])

    def _better(self, value: float) -> bool:
        sign = 1 if self.mode == "min" else -1
        bar = self.best * (1 - sign * self.threshold)  # at first, best and bar are infinite
        if self.threshold_mode == "abs":
            bar = self.best - sign * self.threshold
        return sign * value < sign * bar

    def _reduce(self) -> None:
        for group in self.optimizer.param_groups:
            lower = max(group["lr"] * self.factor, self.min_lr)
            if group["lr"] - lower > self.eps:
                group["lr"] = lower


_STATE = ("best", "num_bad_epochs", "cooldown_counter", "last_epoch")
