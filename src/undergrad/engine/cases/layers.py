"""The records of the layers, the losses as layers, and the optimisers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from undergrad.engine import nn, optim
from undergrad.engine.cases.draws import Draw, uniform
from undergrad.engine.cases.record import Layer, Rng, Rule, Sample


def _called(*settings: dict[str, Any], shape: tuple[int, ...] = (3, 4)) -> Draw:
    """The layer made with each of the settings, called with one array of `shape`."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for chosen in settings or ({},):
            yield Sample(f"{chosen}", (uniform(rng, shape),), settings=chosen)

    return draw


def _compared(*settings: dict[str, Any]) -> Draw:
    """The loss made with each of the settings, called with a prediction and a target."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for chosen in ({}, {"reduction": "sum"}, *settings):
            pair = uniform(rng, (3, 4)), uniform(rng, (3, 4))
            yield Sample(f"{chosen}", pair, settings=chosen)

    return draw


def _classified(rng: Rng) -> Iterator[Sample]:
    for chosen in ({}, {"reduction": "sum"}, {"label_smoothing": 0.1}):
        yield Sample(f"{chosen}", (uniform(rng, (3, 4)), rng.integers(0, 4, 3)), settings=chosen)


def _set_to(*settings: dict[str, Any]) -> Draw:
    """The optimiser with each of the settings."""
    return lambda rng: (Sample(f"{chosen}", settings=chosen) for chosen in settings)


_SIZES: dict[str, Any] = {"in_features": 4, "out_features": 2}

SIMPLE_LAYERS = (
    Layer("Linear", nn.Linear, "torch.nn.Linear", _called(_SIZES, {**_SIZES, "bias": False})),
    Layer("ReLU", nn.ReLU, "torch.nn.ReLU", _called()),
    Layer("LeakyReLU", nn.LeakyReLU, "torch.nn.LeakyReLU", _called({}, {"negative_slope": 0.3})),
    Layer("ELU", nn.ELU, "torch.nn.ELU", _called({}, {"alpha": 0.3})),
    Layer("GELU", nn.GELU, "torch.nn.GELU", _called({}, {"approximate": "tanh"})),
    Layer("SiLU", nn.SiLU, "torch.nn.SiLU", _called()),
    Layer("Tanh", nn.Tanh, "torch.nn.Tanh", _called()),
    Layer("Sigmoid", nn.Sigmoid, "torch.nn.Sigmoid", _called()),
    Layer("Softplus", nn.Softplus, "torch.nn.Softplus", _called()),
    Layer("Softmax", nn.Softmax, "torch.nn.Softmax", _called({"dim": 0}, {"dim": -1})),
    Layer("LogSoftmax", nn.LogSoftmax, "torch.nn.LogSoftmax", _called({"dim": 1})),
    Layer(
        "Flatten", nn.Flatten, "torch.nn.Flatten", _called({}, {"start_dim": 0}, shape=(2, 3, 2))
    ),
    Layer("Identity", nn.Identity, "torch.nn.Identity", _called()),
    Layer("MSELoss", nn.MSELoss, "torch.nn.MSELoss", _compared()),
    Layer("L1Loss", nn.L1Loss, "torch.nn.L1Loss", _compared()),
    Layer("HuberLoss", nn.HuberLoss, "torch.nn.HuberLoss", _compared({"delta": 0.4})),
    Layer("SmoothL1Loss", nn.SmoothL1Loss, "torch.nn.SmoothL1Loss", _compared({"beta": 0.4})),
    Layer("CrossEntropyLoss", nn.CrossEntropyLoss, "torch.nn.CrossEntropyLoss", _classified),
)

RULES = (
    Rule(
        "SGD",
        optim.SGD,
        "torch.optim.SGD",
        _set_to(
            {},
            {"lr": 0.1},
            {"lr": 0.05, "momentum": 0.9},
            {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1},
            {"lr": 0.05, "momentum": 0.8, "nesterov": True},
        ),
    ),
    Rule(
        "Adam",
        optim.Adam,
        "torch.optim.Adam",
        _set_to(
            {},
            {"lr": 0.1},
            {"lr": 0.05, "betas": (0.5, 0.9), "eps": 1e-3},
            {"lr": 0.05, "weight_decay": 0.1},
        ),
    ),
)
