"""The records of the layers without an image or a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from undergrad.cases.draws import Draw, uniform
from undergrad.cases.record import Layer, Rng, Sample
from undergrad.engine import nn


def _called(*settings: dict[str, Any], shape: tuple[int, ...] = (3, 4)) -> Draw:
    """The layer made with each of the settings, called with one array of `shape`."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for chosen in settings or ({},):
            yield Sample(f"{chosen}", (uniform(rng, shape),), settings=chosen)

    return draw


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
)
