"""The records of the schedules: the rates, and where they lead an optimiser, over 50 steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from undergrad.cases.draws import Draw
from undergrad.cases.record import (
    STEPS,
    Case,
    Rng,
    Sample,
    Values,
    gradient_noise,
    initial_weights,
)
from undergrad.engine import optim
from undergrad.engine.autograd import Array
from undergrad.engine.optim import lr_scheduler
from undergrad.engine.tensor import Tensor

Make: TypeAlias = Callable[[Any, Any], Any]  # from a module of schedules and an optimiser


@dataclass(frozen=True)
class ScheduleCase(Case):
    """A schedule. A sample's first argument makes it, from our module or from PyTorch's."""

    def values(self, sample: Sample, seed: int, dtype: type = np.float32) -> Values:
        weights = [Tensor(w, requires_grad=True, dtype=dtype) for w in initial_weights(seed)]

        def push(pushes: list[Array]) -> None:
            for w, extra in zip(weights, pushes, strict=True):
                w.grad = (w.data + extra).astype(dtype)

        rates = followed(optim, lr_scheduler, weights, push, sample, seed)
        return {"result": np.concatenate([w.data.ravel() for w in weights]), "rates": rates}


def followed(
    optimizers: Any,
    schedules: Any,
    weights: list[Any],
    push: Callable[[list[Array]], None],
    sample: Sample,
    seed: int,
) -> Array:
    """The rate and the momentum of two groups of weights at each step: (50, 2, 2)."""
    settings = dict(sample.settings) or {"name": "SGD", "lr": 0.1, "momentum": 0.5}
    groups = [{"params": weights[:1]}, {"params": weights[1:], "lr": 0.02}]
    optimizer = getattr(optimizers, settings.pop("name"))(groups, **settings)
    make, *metrics = sample.args
    schedule = make(schedules, optimizer)
    rates = []
    for t, pushes in enumerate(gradient_noise(seed)):
        rates.append([_setting(group) for group in optimizer.param_groups])
        push(pushes)
        optimizer.step()
        schedule.step(*(values[t] for values in metrics))
    return np.array(rates)


def _setting(group: dict[str, Any]) -> list[float]:
    momentum = group["betas"][0] if "betas" in group else group["momentum"]
    return [group["lr"], momentum]


def _made(*makes: Make, **settings: Any) -> Draw:
    def draw(rng: Rng) -> Iterator[Sample]:
        for i, make in enumerate(makes):
            yield Sample(f"variant {i}", (make,), settings=settings)

    return draw


_CYCLES: tuple[dict[str, Any], ...] = (
    {"max_lr": 0.2, "total_steps": STEPS},
    {"max_lr": [0.2, 0.1], "epochs": 6, "steps_per_epoch": 10, "pct_start": 0.4},
    {"max_lr": 0.2, "total_steps": 60, "anneal_strategy": "linear"},
    {"max_lr": 0.2, "total_steps": 53, "three_phase": True, "div_factor": 5.0},
    {"max_lr": 0.2, "total_steps": STEPS, "cycle_momentum": False, "final_div_factor": 10},
)
_PLATEAUS: tuple[dict[str, Any], ...] = (
    {},
    {"patience": 2, "factor": 0.5},
    {"patience": 1, "cooldown": 3, "factor": 0.7},
    {"mode": "max", "patience": 3},
    {"threshold": 0.05, "threshold_mode": "abs", "patience": 1, "factor": 0.5},
    {"mode": "max", "threshold": 0.1, "threshold_mode": "abs", "patience": 2},
    {"patience": 0, "min_lr": 0.01, "factor": 0.5, "eps": 1e-3},
)


def _cycles(rng: Rng) -> Iterator[Sample]:
    for kwargs in _CYCLES:
        yield Sample(f"{kwargs}", (_maker("OneCycleLR", kwargs),))
    adam = {"name": "Adam", "lr": 0.1}
    yield Sample("with Adam", (_maker("OneCycleLR", _CYCLES[0]),), settings=adam)


def _plateaus(rng: Rng) -> Iterator[Sample]:
    falling = list(1 / np.arange(1, STEPS + 1) + 0.05 * rng.random(STEPS))
    flat = [max(x, 0.3) for x in falling]
    for kwargs in _PLATEAUS:
        for label, metrics in (("falling", falling), ("flat", flat)):
            make = _maker("ReduceLROnPlateau", kwargs)
            yield Sample(f"{label} {kwargs}", (make, metrics))


def _maker(name: str, kwargs: dict[str, Any]) -> Make:
    return lambda schedules, optimizer: getattr(schedules, name)(optimizer, **kwargs)


SCHEDULES = (
    ScheduleCase(
        "LambdaLR",
        lr_scheduler.LambdaLR,
        "torch.optim.lr_scheduler.LambdaLR",
        _made(
            lambda s, o: s.LambdaLR(o, lambda t: 1 / (1 + t)),
            lambda s, o: s.LambdaLR(o, [lambda t: 0.9**t, lambda t: min(1, t / 10)]),
        ),
    ),
    ScheduleCase(
        "StepLR",
        lr_scheduler.StepLR,
        "torch.optim.lr_scheduler.StepLR",
        _made(lambda s, o: s.StepLR(o, 10), lambda s, o: s.StepLR(o, 7, gamma=0.5)),
    ),
    ScheduleCase(
        "MultiStepLR",
        lr_scheduler.MultiStepLR,
        "torch.optim.lr_scheduler.MultiStepLR",
        _made(
            lambda s, o: s.MultiStepLR(o, [20, 5]),
            lambda s, o: s.MultiStepLR(o, [3, 3, 30], gamma=0.5),
        ),
    ),
    ScheduleCase(
        "ExponentialLR",
        lr_scheduler.ExponentialLR,
        "torch.optim.lr_scheduler.ExponentialLR",
        _made(lambda s, o: s.ExponentialLR(o, 0.95)),
    ),
    ScheduleCase(
        "ConstantLR",
        lr_scheduler.ConstantLR,
        "torch.optim.lr_scheduler.ConstantLR",
        _made(
            lambda s, o: s.ConstantLR(o),
            lambda s, o: s.ConstantLR(o, 0.25, total_iters=30),
            lambda s, o: s.SequentialLR(
                o, [s.ConstantLR(o, 0.1, 4), s.PolynomialLR(o, 30, power=0.9)], [4]
            ),
        ),
    ),
    ScheduleCase(
        "PolynomialLR",
        lr_scheduler.PolynomialLR,
        "torch.optim.lr_scheduler.PolynomialLR",
        _made(
            lambda s, o: s.PolynomialLR(o),
            lambda s, o: s.PolynomialLR(o, 40, power=2.0),
            lambda s, o: s.PolynomialLR(o, 60, power=0.5),
        ),
    ),
    ScheduleCase(
        "LinearLR",
        lr_scheduler.LinearLR,
        "torch.optim.lr_scheduler.LinearLR",
        _made(lambda s, o: s.LinearLR(o), lambda s, o: s.LinearLR(o, 0.9, 0.1, total_iters=30)),
    ),
    ScheduleCase(
        "CosineAnnealingLR",
        lr_scheduler.CosineAnnealingLR,
        "torch.optim.lr_scheduler.CosineAnnealingLR",
        _made(
            lambda s, o: s.CosineAnnealingLR(o, STEPS),
            lambda s, o: s.CosineAnnealingLR(o, 15, eta_min=0.01),
        ),
    ),
    ScheduleCase(
        "CosineAnnealingWarmRestarts",
        lr_scheduler.CosineAnnealingWarmRestarts,
        "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",
        _made(
            lambda s, o: s.CosineAnnealingWarmRestarts(o, 10),
            lambda s, o: s.CosineAnnealingWarmRestarts(o, 5, T_mult=2, eta_min=0.01),
        ),
    ),
    ScheduleCase(
        "OneCycleLR", lr_scheduler.OneCycleLR, "torch.optim.lr_scheduler.OneCycleLR", _cycles
    ),
    ScheduleCase(
        "ReduceLROnPlateau",
        lr_scheduler.ReduceLROnPlateau,
        "torch.optim.lr_scheduler.ReduceLROnPlateau",
        _plateaus,
    ),
    ScheduleCase(
        "SequentialLR",
        lr_scheduler.SequentialLR,
        "torch.optim.lr_scheduler.SequentialLR",
        _made(
            lambda s, o: s.SequentialLR(
                o, [s.LinearLR(o, 0.1, total_iters=5), s.CosineAnnealingLR(o, 30)], [5]
            ),
            lambda s, o: s.SequentialLR(
                o, [s.StepLR(o, 3, 0.5), s.ExponentialLR(o, 0.9), s.LinearLR(o)], [10, 25]
            ),
        ),
    ),
    ScheduleCase(
        "ChainedScheduler",
        lr_scheduler.ChainedScheduler,
        "torch.optim.lr_scheduler.ChainedScheduler",
        _made(
            lambda s, o: s.ChainedScheduler([s.LinearLR(o), s.ExponentialLR(o, 0.9)]),
            lambda s, o: s.ChainedScheduler([s.StepLR(o, 10), s.CosineAnnealingLR(o, 60)], o),
        ),
    ),
)
