"""The records of normalisation: over a batch, over layers, over groups of channels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from undergrad.cases.draws import Draw, both, uniform
from undergrad.cases.images import layer
from undergrad.cases.record import Operation, Refusal, Rng, Sample
from undergrad.engine.ops import batch_norm, group_norm, norm
from undergrad.engine.tensor import Tensor


def _ones(*shape: int) -> Tensor:
    return Tensor(np.ones(shape, np.float32))


def _affine(x: tuple[int, ...], *between: Any, shape: tuple[int, ...]) -> Draw:
    """x, the arguments between, a weight and a bias of `shape`; without one, without both."""

    def draw(rng: Rng) -> Iterator[Sample]:
        weight, bias = uniform(rng, shape), uniform(rng, shape)
        yield Sample(f"{x}", (uniform(rng, x), *between, weight, bias))
        yield Sample(f"{x} without bias", (uniform(rng, x), *between, weight))
        yield Sample(f"{x} without both", (uniform(rng, x), *between))
        yield Sample("transposed layout", (uniform(rng, x[::-1]).T, *between, weight, bias))

    return draw


def _batches(rng: Rng) -> Iterator[Sample]:
    for shape in [(4, 3), (2, 3, 4), (2, 3, 2, 2)]:
        weight, bias = uniform(rng, (3,)), uniform(rng, (3,))
        yield Sample(f"{shape}", (uniform(rng, shape), None, None, weight, bias, True))
        yield Sample(f"{shape} without both", (uniform(rng, shape), None, None, None, None, True))
    x = 100 + uniform(rng, (4, 3))
    yield Sample("far from 0", (x, None, None, None, None, True), {"eps": 1.0})


def _rows(rng: Rng) -> Iterator[Sample]:
    weight = uniform(rng, (4,))
    yield Sample("matrix", (uniform(rng, (3, 4)), (4,), weight))
    yield Sample("two axes", (uniform(rng, (2, 3, 4)), (3, 4), uniform(rng, (3, 4))))
    yield Sample("without weight", (uniform(rng, (3, 4)), (4,)), {"eps": 0.1})
    yield Sample("no rows", (uniform(rng, (0, 4)), (4,), weight))
    yield Sample("transposed layout", (uniform(rng, (4, 3)).T, (4,), weight))


NORM_OPERATIONS = (
    Operation(
        "batch_norm",
        batch_norm.batch_norm,
        "torch.nn.functional.batch_norm",
        _batches,
        twin=batch_norm.batch_norm_simple,
        refusals=(
            Refusal("less than 2 numbers", (_ones(1, 3), None, None, None, None, True)),
            Refusal("it needs running_mean", (_ones(2, 3),)),
            Refusal("weight has shape (2,)", (_ones(2, 3), None, None, _ones(2), None, True)),
        ),
        atol=3e-5,
        because="near 1000 a float32 step is 6e-5",
    ),
    Operation(
        "layer_norm",
        norm.layer_norm,
        "torch.nn.functional.layer_norm",
        both(_affine((3, 4), (4,), shape=(4,)), _affine((2, 3, 4), (3, 4), shape=(3, 4)), _rows),
        twin=norm.layer_norm_simple,
        refusals=(
            Refusal("does not end with (4,)", (_ones(2, 3), (4,))),
            Refusal("bias has shape (2,)", (_ones(2, 3), (3,), None, _ones(2))),
        ),
    ),
    Operation(
        "rms_norm",
        norm.rms_norm,
        "torch.nn.functional.rms_norm",
        _rows,
        twin=norm.rms_norm_simple,
        refusals=(Refusal("does not end with (4,)", (_ones(2, 3), (4,))),),
    ),
    Operation(
        "group_norm",
        group_norm.group_norm,
        "torch.nn.functional.group_norm",
        both(_affine((2, 4, 3), 2, shape=(4,)), _affine((2, 4, 2, 2), 4, shape=(4,))),
        twin=group_norm.group_norm_simple,
        refusals=(Refusal("3 channels do not divide into 2", (_ones(2, 3, 4), 2)),),
    ),
)


_layer = partial(layer, in_use=True)

NORM_LAYERS = (
    _layer(
        "BatchNorm1d", (4, 3),
        {"num_features": 3}, {"num_features": 3, "affine": False, "track_running_stats": False},
    ),
    _layer("BatchNorm2d", (2, 3, 2, 2), {"num_features": 3}, {"num_features": 3, "momentum": 0.5}),
    _layer(
        "LayerNorm", (2, 3, 4),
        {"normalized_shape": 4}, {"normalized_shape": (3, 4), "bias": False},
        {"normalized_shape": 4, "elementwise_affine": False},
    ),
    _layer("RMSNorm", (2, 3, 4), {"normalized_shape": 4}, {"normalized_shape": (3, 4)}),
    _layer("GroupNorm", (2, 4, 3), {"num_groups": 2, "num_channels": 4}),
)  # fmt: skip
