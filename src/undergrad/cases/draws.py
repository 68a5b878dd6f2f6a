"""Sample inputs: the shapes, layouts and values that operations are usually broken by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np

from undergrad.cases.record import Rng, Sample
from undergrad.engine.autograd import Array

Draw: TypeAlias = Callable[[Rng], Iterable[Sample]]

_EXTREMES = np.array([0.0, 1e-30, 1e-7, 1.0, 20.0, 100.0, 1e4, 1e10, 1e30])
_MEETINGS: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((3, 4), (3, 4)),
    ((3, 4), (4,)),
    ((3, 1), (1, 4)),
    ((2, 1, 3), (4, 1)),
    ((), (2, 3)),
    ((), ()),
    ((0, 3), (3,)),
]


def unary(low: float = -2.0, high: float = 2.0, edges: Iterable[float] = (), **kwargs: Any) -> Draw:
    """A matrix, one number, no numbers, a transposed layout, edges and extreme values."""
    extremes = _EXTREMES if low >= 0 else np.concatenate([-_EXTREMES, _EXTREMES])

    def draw(rng: Rng) -> Iterator[Sample]:
        for label, x in layouts(rng, low, high):
            yield Sample(label, (x,), kwargs)
        yield Sample("edges", (np.array([*edges, low, high]),), kwargs, smooth=False)
        yield Sample("extreme", (extremes.copy(),), kwargs, smooth=False)

    return draw


def binary(low: float = -2.0, high: float = 2.0, numbers: bool = True) -> Draw:
    """The ways in which two operands may meet; `numbers`: the second may be a Python number."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for left, right in _MEETINGS:
            a, b = uniform(rng, left, low, high), uniform(rng, right, low, high)
            yield Sample(f"{left} with {right}", (a, b))
        a = uniform(rng, (3, 2), low, high)
        yield Sample("the same operand twice", (a, a))
        yield Sample("transposed layout", (a.T, uniform(rng, (2, 3), low, high)))
        yield Sample("equal numbers", (np.array([1.0, 2, 1]), np.array([1.0, 1, 1])), smooth=False)
        if numbers:
            yield Sample("with a Python number", (a, 1.5))

    return draw


def each(shape: tuple[int, ...], *variants: dict[str, Any]) -> Draw:
    """One array of that shape, called with each set of keyword arguments."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for kwargs in variants:
            yield Sample(f"{shape} {kwargs}", (uniform(rng, shape),), kwargs)

    return draw


def reductions(*variants: dict[str, Any]) -> Draw:
    """An array of three axes, reduced in each way, and the other layouts reduced along axis -1."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for kwargs in variants:
            yield Sample(f"{kwargs}", (uniform(rng, (2, 3, 4)),), kwargs)
        yield Sample("transposed layout", (uniform(rng, (4, 3)).T,), {"dim": -1})
        yield Sample("no rows", (uniform(rng, (0, 3)),), {"dim": 1})
        yield Sample("large", (1000 * uniform(rng, (3, 4)),), {"dim": 1}, smooth=False)

    return draw


def both(*draws: Draw) -> Draw:
    """The samples of all `draws`."""

    def draw(rng: Rng) -> Iterator[Sample]:
        for part in draws:
            yield from part(rng)

    return draw


def layouts(rng: Rng, low: float = -2.0, high: float = 2.0) -> Iterator[tuple[str, Array]]:
    """Arrays of different shapes and memory layouts, with their descriptions."""
    yield "matrix", uniform(rng, (3, 4), low, high)
    yield "one number", uniform(rng, (), low, high)
    yield "no numbers", uniform(rng, (0, 3), low, high)
    yield "transposed layout", uniform(rng, (2, 4, 3), low, high).T


def uniform(rng: Rng, shape: tuple[int, ...], low: float = -2.0, high: float = 2.0) -> Array:
    """Evenly between low and high; an array also when the shape is ()."""
    return np.asarray(rng.uniform(low, high, shape))


def half_open(rng: Rng, shape: tuple[int, ...]) -> Any:
    mask = rng.random(shape) < 0.5
    mask[..., 0] = True
    return mask
