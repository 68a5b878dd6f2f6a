"""The records of what works on images: convolution and pooling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from undergrad.cases.draws import Draw, both, uniform
from undergrad.cases.record import Layer, Operation, Refusal, Rng, Sample
from undergrad.engine import nn
from undergrad.engine.ops import conv, pool
from undergrad.engine.tensor import Tensor

Settings = dict[str, Any]

_BECAUSE = "sums of many products, in another order than PyTorch's"


def _ones(*shape: int) -> Tensor:
    return Tensor(np.ones(shape, np.float32))


def _convolved(
    x: tuple[int, ...], weight: tuple[int, ...], channels: int, *variants: Settings
) -> Draw:
    """An image, weights and a bias, called with each of the settings."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for kwargs in variants:
            args = uniform(rng, x), uniform(rng, weight), uniform(rng, (channels,))
            yield Sample(f"{x} {weight} {kwargs}", args, kwargs)

    return draw


def _conv2d_edges(rng: Rng) -> Iterator[Sample]:
    weight = uniform(rng, (2, 2, 2, 2))
    yield Sample("no bias", (uniform(rng, (2, 2, 3, 3)), weight))
    yield Sample("no images", (uniform(rng, (0, 2, 3, 3)), weight))
    yield Sample("transposed layout", (uniform(rng, (3, 4, 2, 2)).T, weight.T))
    yield Sample("the smallest image", (uniform(rng, (1, 2, 2, 2)), weight))


def _shaped(*shapes: tuple[int, ...], variants: tuple[Settings, ...], smooth: bool = True) -> Draw:
    """One array of each shape, called with each of the settings."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for shape in shapes:
            for kwargs in variants:
                yield Sample(f"{shape} {kwargs}", (uniform(rng, shape),), kwargs, smooth=smooth)

    return draw


def _ties(rng: Rng) -> Iterator[Sample]:
    tied = rng.integers(0, 2, (2, 2, 4, 4)).astype(float)
    yield Sample("equal numbers", (tied,), {"kernel_size": 2}, smooth=False)
    yield Sample("equal, shared", (tied,), {"kernel_size": 3, "stride": 1}, smooth=False)
    yield Sample("transposed layout", (uniform(rng, (4, 6, 2, 1)).T,), {"kernel_size": 2})


IMAGE_OPERATIONS = (
    Operation(
        "conv2d",
        conv.conv2d,
        "torch.nn.functional.conv2d",
        both(
            _convolved(
                (2, 3, 5, 6),
                (4, 3, 3, 2),
                4,
                {},
                {"stride": 2},
                {"padding": 1},
                {"stride": (2, 1), "padding": (0, 2)},
                {"padding": "same"},
                {"padding": "valid"},
                {"dilation": (1, 2)},
            ),
            _convolved((2, 4, 4, 4), (6, 2, 2, 2), 6, {"groups": 2, "padding": 1}),
            _convolved((2, 3, 3, 3), (3, 1, 2, 2), 3, {"groups": 3}),
            _convolved((2, 3, 3, 3), (2, 3, 1, 1), 2, {}, {"stride": 2}),
            _conv2d_edges,
        ),
        twin=conv.conv2d_simple,
        refusals=(
            Refusal("both need 4 axes", (_ones(3, 5, 5), _ones(2, 3, 2, 2))),
            Refusal("has 3 channels", (_ones(1, 3, 5, 5), _ones(2, 4, 2, 2))),
            Refusal("bias has shape (3,)", (_ones(1, 3, 5, 5), _ones(2, 3, 2, 2), _ones(3))),
            Refusal("does not fit into an image of (5, 5)", (_ones(1, 1, 5, 5), _ones(1, 1, 6, 6))),
            Refusal("stride must be", (_ones(1, 1, 5, 5), _ones(1, 1, 2, 2)), {"stride": 0}),
            Refusal(
                "needs stride 1",
                (_ones(1, 1, 5, 5), _ones(1, 1, 2, 2)),
                {"stride": 2, "padding": "same"},
            ),
        ),
        gradient_rtol=2e-4,
        because=_BECAUSE,
    ),
    Operation(
        "conv1d",
        conv.conv1d,
        "torch.nn.functional.conv1d",
        both(
            _convolved(
                (2, 3, 7),
                (4, 3, 3),
                4,
                {},
                {"stride": 2, "padding": 1},
                {"dilation": 2},
                {"padding": "same"},
            ),
            _convolved((2, 4, 5), (4, 2, 2), 4, {"groups": 2}),
        ),
        refusals=(Refusal("both need 3 axes", (_ones(1, 3, 5, 5), _ones(2, 3, 2))),),
    ),
    Operation(
        "conv_transpose2d",
        conv.conv_transpose2d,
        "torch.nn.functional.conv_transpose2d",
        both(
            _convolved(
                (2, 3, 3, 4),
                (3, 2, 3, 2),
                2,
                {},
                {"stride": 2},
                {"stride": 2, "padding": 1, "output_padding": 1},
                {"padding": (2, 1)},
                {"dilation": 2, "stride": (1, 3)},
                {"stride": 2, "padding": (3, 2)},
            ),
            _convolved((2, 4, 2, 3), (4, 3, 2, 2), 6, {"groups": 2, "stride": 2}),
        ),
        twin=conv.conv_transpose2d_simple,
        refusals=(
            Refusal(
                "must be smaller", (_ones(1, 1, 5, 5), _ones(1, 1, 2, 2)), {"output_padding": 1}
            ),
            Refusal("has 3 channels", (_ones(1, 3, 5, 5), _ones(2, 3, 2, 2))),
        ),
        gradient_rtol=2e-4,
        because=_BECAUSE,
    ),
    Operation(
        "max_pool2d",
        pool.max_pool2d,
        "torch.nn.functional.max_pool2d",
        both(
            _shaped(
                (2, 2, 5, 6),
                variants=(
                    {"kernel_size": 2},
                    {"kernel_size": (3, 2), "stride": 1},
                    {"kernel_size": 3, "stride": 2, "padding": 1},
                    {"kernel_size": 2, "dilation": 2, "stride": (1, 2)},
                ),
            ),
            _ties,
        ),
        twin=pool.max_pool2d_simple,
        refusals=(
            Refusal("needs 4 axes", (_ones(5, 5), 2)),
            Refusal("more than half", (_ones(1, 1, 5, 5), 2, 2, 2)),
            Refusal("does not fit", (_ones(1, 1, 5, 5), 6)),
        ),
    ),
    Operation(
        "max_pool1d",
        pool.max_pool1d,
        "torch.nn.functional.max_pool1d",
        _shaped((2, 3, 7), variants=({"kernel_size": 2}, {"kernel_size": 3, "padding": 1})),
        refusals=(Refusal("needs 3 axes", (_ones(5, 5), 2)),),
    ),
    Operation(
        "avg_pool2d",
        pool.avg_pool2d,
        "torch.nn.functional.avg_pool2d",
        both(
            _shaped(
                (2, 2, 5, 6),
                variants=(
                    {"kernel_size": 2},
                    {"kernel_size": (3, 2), "stride": 1},
                    {"kernel_size": 3, "stride": 2, "padding": 1},
                    {"kernel_size": 3, "padding": (1, 0), "count_include_pad": False},
                ),
            ),
            _ties,
        ),
        twin=pool.avg_pool2d_simple,
        refusals=(Refusal("does not fit", (_ones(1, 1, 5, 5), 6)),),
    ),
    Operation(
        "avg_pool1d",
        pool.avg_pool1d,
        "torch.nn.functional.avg_pool1d",
        _shaped((2, 3, 7), variants=({"kernel_size": 2}, {"kernel_size": 3, "padding": 1})),
    ),
    Operation(
        "adaptive_avg_pool2d",
        pool.adaptive_avg_pool2d,
        "torch.nn.functional.adaptive_avg_pool2d",
        _shaped(
            (2, 2, 5, 6),
            variants=({"output_size": 1}, {"output_size": (3, 4)}, {"output_size": (None, 2)}),
        ),
        refusals=(Refusal("at least 1", (_ones(1, 1, 5, 5), 0)),),
    ),
    Operation(
        "adaptive_avg_pool1d",
        pool.adaptive_avg_pool1d,
        "torch.nn.functional.adaptive_avg_pool1d",
        _shaped((2, 2, 7), variants=({"output_size": 1}, {"output_size": 3})),
    ),
)


def layer(
    name: str, x: tuple[int, ...], *settings: Settings, in_use: bool = False, **options: Any
) -> Layer:
    """The record of a layer that is called with one array of that shape.

    in_use: also once training is over, for layers that work differently then.
    """

    def draw(rng: Rng) -> Iterator[Sample]:
        for chosen in settings:
            yield Sample(f"{chosen}", (uniform(rng, x),), settings=chosen)
            if in_use:
                yield Sample(f"{chosen} in use", (uniform(rng, x),), {}, chosen, training=False)

    return Layer(name, getattr(nn, name), f"torch.nn.{name}", draw, **options)


_CHANNELS = {"in_channels": 4, "out_channels": 2, "kernel_size": 2}

IMAGE_LAYERS = (
    layer("Conv2d", (2, 4, 4, 3), _CHANNELS, {**_CHANNELS, "bias": False, "groups": 2}),
    layer("Conv1d", (2, 4, 5), _CHANNELS, {**_CHANNELS, "stride": 2, "padding": 1}),
    layer("ConvTranspose2d", (2, 4, 3, 3), _CHANNELS, {**_CHANNELS, "stride": 2, "bias": False}),
    layer("MaxPool2d", (2, 2, 5, 5), {"kernel_size": 2}, {"kernel_size": 3, "stride": 1}),
    layer("MaxPool1d", (2, 2, 5), {"kernel_size": 2}),
    layer("AvgPool2d", (2, 2, 5, 5), {"kernel_size": 2}, {"kernel_size": 3, "padding": 1}),
    layer("AvgPool1d", (2, 2, 5), {"kernel_size": 2}),
    layer("AdaptiveAvgPool2d", (2, 2, 5, 5), {"output_size": (2, 3)}),
    layer("AdaptiveAvgPool1d", (2, 2, 5), {"output_size": 2}),
)  # fmt: skip
