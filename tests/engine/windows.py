"""Convolutions and pools whose settings and images are drawn independently of each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.engine.fills import numbers

from undergrad.cases.record import Rng, Sample
from undergrad.engine.autograd import Array


def _pair(rng: Rng, *choices: int, axes: int = 2) -> Any:
    """One number for all axes, or one for each."""
    if axes == 1 or rng.random() < 0.5:
        return int(rng.choice(choices))
    return tuple(int(n) for n in rng.choice(choices, axes))


def _image(rng: Rng, channels: int, axes: int) -> Array:
    image = tuple(
        int(n) for n in rng.choice([0, 1, 2, 3, 4, 6, 7], axes, p=[0.05] + 6 * [0.95 / 6])
    )
    return numbers(rng, int(rng.choice([0, 1, 2, 3], p=[0.05, 0.4, 0.35, 0.2])), channels, *image)


def convolution(axes: int) -> Callable[[Rng], Sample]:
    def rule(rng: Rng) -> Sample:
        groups = int(rng.choice([1, 1, 1, 2, 3]))
        inputs, outputs = (groups * int(rng.integers(1, 3)) for _ in range(2))
        kernel = tuple(int(k) for k in rng.choice([1, 1, 2, 3, 4], axes))
        args = [_image(rng, inputs, axes), numbers(rng, outputs, inputs // groups, *kernel)]
        if rng.random() < 0.5:
            args.append(numbers(rng, outputs))
        settings = {
            "stride": _pair(rng, 1, 1, 2, 3, 5, axes=axes),
            "padding": _pair(rng, 0, 0, 1, 2, 4, axes=axes),
            "dilation": _pair(rng, 1, 1, 1, 2, 3, axes=axes),
            "groups": groups,
        }
        if rng.random() < 0.1:
            settings |= {"padding": "same", "stride": 1}
        return Sample("", tuple(args), settings)

    return rule


def transposed_convolution(rng: Rng) -> Sample:
    groups = int(rng.choice([1, 1, 2]))
    inputs, outputs = (groups * int(rng.integers(1, 3)) for _ in range(2))
    kernel = tuple(int(k) for k in rng.choice([1, 1, 2, 3, 4], 2))
    args = [_image(rng, inputs, 2), numbers(rng, inputs, outputs // groups, *kernel)]
    if rng.random() < 0.5:
        args.append(numbers(rng, outputs))
    settings = {
        "stride": _pair(rng, 1, 1, 2, 3, 5),
        "padding": _pair(rng, 0, 0, 1, 2, 3),
        "output_padding": _pair(rng, 0, 0, 1, 2),
        "groups": groups,
        "dilation": _pair(rng, 1, 1, 2, 3),
    }
    return Sample("", tuple(args), settings)


def pool(axes: int, maximum: bool) -> Callable[[Rng], Sample]:
    def rule(rng: Rng) -> Sample:
        kernel = _pair(rng, 1, 2, 3, 4, axes=axes)
        settings: dict[str, Any] = {
            "kernel_size": kernel,
            "stride": _pair(rng, 1, 2, 3, 5, axes=axes),
            "padding": _pair(rng, 0, 0, 1, 2, axes=axes),
            "ceil_mode": bool(rng.random() < 0.3),
        }
        if maximum and rng.random() < 0.4:
            # PyTorch 2.13 itself aborts for some dilated kernels with large padding.
            settings |= {"dilation": _pair(rng, 1, 2, 3, axes=axes), "padding": 0}
        if not maximum:
            settings["count_include_pad"] = bool(rng.random() < 0.5)
        if rng.random() < 0.3:
            del settings["stride"]
        return Sample("", (_image(rng, int(rng.integers(1, 3)), axes),), settings)

    return rule


def adaptive_pool(axes: int) -> Callable[[Rng], Sample]:
    def rule(rng: Rng) -> Sample:
        return Sample("", (_image(rng, 2, axes), _pair(rng, 1, 2, 3, 5, 8, axes=axes)))

    return rule
