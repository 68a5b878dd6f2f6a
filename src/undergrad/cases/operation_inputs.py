"""Sample inputs of the operations that need more than one plain array."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from undergrad.cases.draws import layouts, uniform
from undergrad.cases.record import Rng, Sample


def powers(rng: Rng) -> Iterator[Sample]:
    """Powers with a special way to compute them, and others."""
    for exponent in (2, 3, 0.5, -1, 1, 0, 2.5):
        yield Sample(f"to the power {exponent}", (uniform(rng, (3, 2), 0.5, 2), exponent))
    yield Sample("a cube of negative numbers", (uniform(rng, (3,)), 3))
    yield Sample("a square at 0", (np.array([0.0, 1.0]), 2))
    yield Sample("0 to the power 0", (np.array([0.0, 1.0]), 0))
    yield Sample("0 to a trained power", (np.array([0.0, 2.0]), np.array([2.0, 0.0])), smooth=False)


def choices(rng: Rng) -> Iterator[Sample]:
    """Conditions and what to choose from."""
    a, b = uniform(rng, (3, 4)), uniform(rng, (4,))
    yield Sample("a matrix and a row", (rng.random((3, 4)) < 0.5, a, b))
    yield Sample("a condition that repeats", (rng.random((3, 1)) < 0.5, a, b))
    yield Sample("one number", (np.array(True), uniform(rng, ()), uniform(rng, ())))


def products(rng: Rng) -> Iterator[Sample]:
    """Every kind of matrix product."""
    for a, b in [
        ((3, 4), (4, 2)), ((4,), (4,)), ((4,), (4, 2)), ((3, 4), (4,)), ((2, 3, 4), (4, 2)),
        ((2, 3, 4), (2, 4, 2)), ((2, 1, 3, 4), (5, 4, 2)), ((2, 3, 4), (4,)), ((4,), (2, 4, 3)),
        ((0, 4), (4, 2)), ((2, 0), (0, 3)),
    ]:  # fmt: skip
        yield Sample(f"{a} @ {b}", (uniform(rng, a), uniform(rng, b)))
    square = uniform(rng, (3, 3))
    yield Sample("a matrix with itself, transposed layout", (square.T, square))


def linears(rng: Rng) -> Iterator[Sample]:
    """Inputs of every number of axes, with and without bias."""
    weight, bias = uniform(rng, (2, 4)), uniform(rng, (2,))
    for x in [(3, 4), (4,), (2, 3, 4), (0, 4)]:
        yield Sample(f"x {x}", (uniform(rng, x), weight, bias))
    yield Sample("no bias", (uniform(rng, (3, 4)), weight))
    yield Sample("transposed layout", (uniform(rng, (4, 3)).T, uniform(rng, (4, 2)).T, bias))


def lists(rng: Rng) -> Iterator[Sample]:
    """Tensors of equal shape to join."""
    a, b = uniform(rng, (2, 3)), uniform(rng, (2, 3))
    for dim in (0, 1, -1):
        yield Sample(f"along {dim}", ([a, b],), {"dim": dim})
    yield Sample("the same tensor twice", ([a, a, b.T.copy().T],), {"dim": 0})
    yield Sample("one tensor", ([a],), {"dim": 0})


def unequal_lists(rng: Rng) -> Iterator[Sample]:
    """Tensors whose lengths differ along the axis to join."""
    parts = [uniform(rng, (2, n)) for n in (1, 3, 0)]
    yield Sample("of unequal lengths", (parts,), {"dim": 1})


def indices(rng: Rng) -> Iterator[Sample]:
    """Every kind of index."""
    x = uniform(rng, (4, 3))
    mask = np.array([True, False, True, True])
    for index in [
        1, -1, slice(1, 3), (slice(None), 0), (slice(None, None, 2), slice(1, None)), ...,
        (None, slice(None)), np.array([0, 2, 2]), (np.array([0, 0, 1]), np.array([1, 1, 2])),
        (slice(None), np.array([[0, 1], [1, 1]])), mask,
    ]:  # fmt: skip
        yield Sample(f"index {index}", (x, index))


def gathers(rng: Rng) -> Iterator[Sample]:
    """Indices along one axis."""
    x = uniform(rng, (4, 3))
    yield Sample("one of each row", (x, 1, rng.integers(0, 3, (4, 1))))
    yield Sample("with repetitions", (x, 1, np.array([[0, 0, 2, 0], [1, 1, 1, 2]])))
    yield Sample("along the first axis", (x, 0, rng.integers(0, 4, (2, 3))))
    yield Sample("along the last of three", (uniform(rng, (2, 2, 3)), -1, np.zeros((2, 2, 2), int)))


def softmaxes(rng: Rng) -> Iterator[Sample]:
    """Scores, also such as would overflow."""
    for label, x in layouts(rng):
        if x.ndim:
            yield Sample(label, (x,), {"dim": -1})
    yield Sample("along the first axis", (uniform(rng, (3, 4)),), {"dim": 0})
    yield Sample("large", (np.array([[1e4, 0.0, -1e4], [100, 100, 0]]),), {"dim": 1}, smooth=False)
