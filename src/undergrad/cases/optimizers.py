"""The records of the optimisers: each is followed for 50 steps."""

from __future__ import annotations

from typing import Any

from undergrad.cases.draws import Draw
from undergrad.cases.record import OptimizerCase, Sample
from undergrad.engine import optim


def _set_to(*settings: dict[str, Any]) -> Draw:
    """The optimiser as it is, maximising, and with each of the settings."""
    chosen = ({}, {"maximize": True, "lr": 1e-3}, *settings)
    return lambda rng: (Sample(f"{each}", settings=each) for each in chosen)


_AVERAGES: tuple[dict[str, Any], ...] = (
    {"lr": 0.1},
    {"lr": 0.05, "betas": (0.5, 0.9), "eps": 1e-3},
    {"lr": 0.05, "weight_decay": 0.1},
)
_AMSGRAD = {"lr": 0.05, "amsgrad": True, "betas": (0.9, 0.5)}

OPTIMIZERS = (
    OptimizerCase(
        "SGD",
        optim.SGD,
        "torch.optim.SGD",
        _set_to(
            {"lr": 0.1},
            {"lr": 0.05, "momentum": 0.9},
            {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1},
            {"lr": 0.05, "momentum": 0.8, "nesterov": True},
        ),
    ),
    OptimizerCase("Adam", optim.Adam, "torch.optim.Adam", _set_to(*_AVERAGES, _AMSGRAD)),
    OptimizerCase("AdamW", optim.AdamW, "torch.optim.AdamW", _set_to(*_AVERAGES, _AMSGRAD)),
    OptimizerCase("Adamax", optim.Adamax, "torch.optim.Adamax", _set_to(*_AVERAGES)),
    OptimizerCase(
        "NAdam",
        optim.NAdam,
        "torch.optim.NAdam",
        _set_to(
            *_AVERAGES,
            {"lr": 0.05, "momentum_decay": 0.1},
            {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True},
        ),
    ),
    OptimizerCase(
        "Adagrad",
        optim.Adagrad,
        "torch.optim.Adagrad",
        _set_to(
            {"lr": 0.3},
            {"lr": 0.3, "lr_decay": 0.1, "weight_decay": 0.1},
            {"lr": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-2},
        ),
    ),
    OptimizerCase(
        "RMSprop",
        optim.RMSprop,
        "torch.optim.RMSprop",
        _set_to(
            {"lr": 0.05, "alpha": 0.9},
            {"lr": 0.02, "momentum": 0.8, "weight_decay": 0.1},
            {"lr": 0.02, "centered": True, "eps": 1e-2},
            {"lr": 0.02, "centered": True, "momentum": 0.5, "eps": 1e-2},
        ),
    ),
    OptimizerCase(
        "Muon",
        optim.Muon,
        "tests.engine.torch_side.Muon",
        _set_to(
            {"lr": 0.05},
            {"lr": 0.05, "nesterov": False, "momentum": 0.8, "weight_decay": 0.0},
            {"lr": 0.05, "adjust_lr_fn": "match_rms_adamw", "ns_steps": 3},
            {"lr": 0.05, "ns_coefficients": (1.5, -0.5, 0.0), "weight_decay": 0.5},
        ),
        shapes=((2, 3), (5, 2)),
    ),
    OptimizerCase(
        "Lion",
        optim.Lion,
        "tests.engine.torch_side.Lion",
        _set_to({"lr": 0.05}, {"lr": 0.02, "betas": (0.5, 0.8), "weight_decay": 0.1}),
    ),
)
