"""Sample inputs of the losses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from undergrad.cases.draws import uniform
from undergrad.cases.record import Rng, Sample
from undergrad.engine.autograd import Array

Settings: TypeAlias = dict[str, Any]

REDUCTIONS: tuple[Settings, ...] = ({}, {"reduction": "sum"}, {"reduction": "none"})
WEIGHT = np.array([0.5, 2.0, 1.0, 0.25])  # of four classes


def two(rng: Rng) -> tuple[Array, Array]:
    """Predictions and targets."""
    return uniform(rng, (3, 4)), uniform(rng, (3, 4))


def scored(rng: Rng) -> tuple[Array, Array]:
    """Scores, and the right classes."""
    return uniform(rng, (5, 4)), rng.integers(0, 4, 5)


def positions(rng: Rng) -> tuple[Array, Array]:
    """A class at each of 2 x 3 positions."""
    return uniform(rng, (2, 4, 2, 3)), rng.integers(0, 4, (2, 2, 3))


def probabilities(rng: Rng) -> tuple[Array, Array]:
    """Probabilities and targets."""
    return uniform(rng, (3, 4), 0.05, 0.95), uniform(rng, (3, 4), 0.05, 0.95)


def answered(rng: Rng) -> tuple[Array, Array]:
    """Scores, and answers from 0 to 1."""
    return uniform(rng, (3, 4)), uniform(rng, (3, 4), 0, 1)


def signed(rng: Rng) -> tuple[Array, Array]:
    """Distances, and whether they are of a pair."""
    return uniform(rng, (3, 4)), rng.choice([-1, 1], (3, 4))


def ranked(rng: Rng) -> tuple[Array, Array, Array]:
    """Two numbers, and which is to be larger."""
    return uniform(rng, (5,)), uniform(rng, (5,)), rng.choice([-1, 1], 5)


def triplets(rng: Rng) -> tuple[Array, Array, Array]:
    """Three sets of vectors."""
    return uniform(rng, (4, 3)), uniform(rng, (4, 3)), uniform(rng, (4, 3))


def angles(rng: Rng) -> tuple[Array, Array, Array]:
    """Two sets of vectors, and whether they belong together."""
    return uniform(rng, (5, 3)), uniform(rng, (5, 3)), np.array([1, -1, 1, -1, -1])


def differences(rng: Rng, **extra: float) -> Iterator[Sample]:
    """Predictions and targets of every kind."""
    for kwargs in REDUCTIONS:
        yield Sample(f"{kwargs}", two(rng), {**kwargs, **extra})
    yield Sample("one number", (uniform(rng, ()), uniform(rng, ())), extra)
    yield Sample("large", (np.array([1e10, -1e10, 0.0]), np.zeros(3)), extra, smooth=False)
    yield Sample("transposed layout", (uniform(rng, (4, 3)).T, uniform(rng, (3, 4))), extra)


def classes(rng: Rng) -> Iterator[Sample]:
    """One example, many positions, extreme scores, ignored labels."""
    yield Sample("one example", (uniform(rng, (4,)), np.array(2)))
    yield Sample("large", (1e4 * uniform(rng, (3, 4)), rng.integers(0, 4, 3)), smooth=False)
    for kwargs in (*REDUCTIONS, {"weight": WEIGHT}):
        yield Sample(f"at positions {list(kwargs)}", positions(rng), kwargs)
    ignored = np.array([0, -100, 3, -100, 1])
    yield Sample("some ignored", (uniform(rng, (5, 4)), ignored))
    yield Sample("none of 3", (uniform(rng, (3, 4)), np.array([3, 0, 3])), {"ignore_index": 3})
    yield Sample("ignored, weighted", (uniform(rng, (5, 4)), ignored), {"weight": WEIGHT})


def smoothed(rng: Rng) -> Iterator[Sample]:
    """Certainty given away."""
    ignored = np.array([0, -100, 3, -100, 1])
    for kwargs in (
        {"label_smoothing": 0.2},
        {"label_smoothing": 1.0},
        {"label_smoothing": 0.3, "weight": WEIGHT},
        {"label_smoothing": 0.3, "weight": WEIGHT, "reduction": "none"},
    ):
        yield Sample(f"{list(kwargs)}", (uniform(rng, (5, 4)), ignored), kwargs)


def masked(rng: Rng) -> Iterator[Sample]:
    """A score of minus infinity: what cannot be chosen."""
    scores = uniform(rng, (2, 4))
    scores[:, 1] = -np.inf
    yield Sample("an impossible class", (scores, np.array([0, 3])), smooth=False)


def target_probabilities(rng: Rng) -> Iterator[Sample]:
    """Target distributions instead of classes."""
    wanted = rng.dirichlet(np.ones(4), 3)
    for kwargs in (
        *REDUCTIONS,
        {"weight": WEIGHT},
        {"label_smoothing": 0.2, "weight": WEIGHT},
    ):
        yield Sample(
            f"wanted {list(kwargs)}", (uniform(rng, (3, 4)),), {**kwargs, "target": wanted}
        )
    target = rng.dirichlet(np.ones(4), (2, 3)).swapaxes(1, 2)  # (2, 4, 3)
    yield Sample("targets at positions", (uniform(rng, (2, 4, 3)),), {"target": target})


def certain(rng: Rng) -> Iterator[Sample]:
    """Probabilities of 0 and 1."""
    certain, answers = np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])
    yield Sample("certain, right and wrong", (certain, answers), smooth=False)


def extreme_scores(rng: Rng) -> Iterator[Sample]:
    """Scores whose powers of e overflow."""
    scores = np.array([-1e4, -50.0, 0.0, 50.0, 1e4])
    for answer in (0.0, 1.0):
        yield Sample(f"extreme, {answer}", (scores, np.full(5, answer)), smooth=False)
