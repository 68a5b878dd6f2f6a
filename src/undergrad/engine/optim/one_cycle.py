"""One cycle: up to a large learning rate, and down to almost none, while momentum does the reverse.

Smith and Topin 2018, "Super-convergence". Call `step` after every batch, not every epoch.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import Any, Literal

from undergrad.engine.optim.optimizer import Optimizer, require
from undergrad.engine.optim.schedule import Schedule


class OneCycleLR(Schedule):
    """From max_lr / div_factor up to max_lr, then down to the start / final_div_factor.

    Arguments:
        max_lr: the peak, one number or one for each group.
        total_steps: how long it all takes; or else `epochs` times `steps_per_epoch`.
        pct_start: the fraction of the steps in which the rate rises.
        anneal_strategy: along a cosine, "cos", or a straight line, "linear".
        cycle_momentum: move the momentum (of Adam: the first beta) from max_momentum down to
            base_momentum and back, so that it is low where the rate is high.
        three_phase: come down as fast as up, and only then anneal to the end.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
    ) -> None:
        groups = optimizer.param_groups
        total_steps = total_steps or (epochs or 0) * (steps_per_epoch or 0)
        require(total_steps > 0, "total_steps, or epochs and steps_per_epoch, is needed", None)
        require(0 <= pct_start <= 1, "pct_start must lie in [0, 1]", pct_start)
        require(
            anneal_strategy in ("cos", "linear"), "anneal_strategy is 'cos' or 'linear'",
            anneal_strategy,
        )  # fmt: skip
        can = all("momentum" in group or "betas" in group for group in groups)
        require(can or not cycle_momentum, "cycle_momentum needs an optimiser with momentum", None)
        self.max_lrs = max_lr if isinstance(max_lr, list) else [max_lr] * len(groups)
        require(len(self.max_lrs) == len(groups), "one max_lr per group", max_lr)
        self.total_steps, self.anneal_strategy = total_steps, anneal_strategy
        self.cycle_momentum = cycle_momentum
        self.momenta = {"low": max_momentum, "high": base_momentum, "end": max_momentum}
        self.div_factor, self.final_div_factor = div_factor, final_div_factor
        self.phases = _phases(total_steps, pct_start, three_phase)
        for group, top in zip(groups, self.max_lrs, strict=True):
            group["initial_lr"] = top / div_factor
        super().__init__(optimizer)

    def rate(self, t: int, i: int) -> float:
        low = self.base_lrs[i]
        return self._between(
            t, {"low": low, "high": self.max_lrs[i], "end": low / self.final_div_factor}
        )

    def apply(self) -> None:
        if self.last_epoch > self.total_steps:
            raise ValueError(f"OneCycleLR ends after {self.total_steps} steps; this is one more")
        super().apply()
        if self.cycle_momentum:
            for group in self.optimizer.param_groups:
                _set_momentum(group, self._between(self.last_epoch, self.momenta))

    def _between(self, t: int, levels: dict[str, float]) -> float:
        """The value at step t, annealed from level to level."""
        ends = [end for end, _, _ in self.phases]
        now = min(bisect_left(ends, t), len(ends) - 1)
        end, source, target = self.phases[now]
        start = (0.0, *ends)[now]
        done = (t - start) / (end - start) if end > start else 1.0  # a phase of no steps
        if self.anneal_strategy == "cos":
            done = (1 - math.cos(math.pi * done)) / 2
        return levels[source] + (levels[target] - levels[source]) * done


def _phases(steps: int, up: float, three: bool) -> list[tuple[float, str, str]]:
    """Each phase: its last step, the level it comes from, and the level it goes to."""
    rise = (up * steps - 1, "low", "high")
    if three:
        return [rise, (2 * up * steps - 2, "high", "low"), (steps - 1, "low", "end")]
    return [rise, (steps - 1, "high", "end")]


def _set_momentum(group: dict[str, Any], momentum: float) -> None:
    if "betas" in group:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum
