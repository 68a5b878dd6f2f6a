"""Points to fit: temperatures on a line, and points in the plane that no line separates.

Each function returns float32 points of shape (n, 2) and integer classes of shape (n,), in random
order, the classes equally often (as far as n allows).
"""

from __future__ import annotations

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.rng import generator

Rng = np.random.Generator | int | None


def celsius(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """`n` temperatures from -20 to 40 degrees Celsius, and the same in Fahrenheit: 1.8 c + 32.

    Returns two float32 arrays of shape (n, 1).
    """
    degrees = rng.uniform(-20, 40, (n, 1)).astype(np.float32)
    return degrees, 1.8 * degrees + 32


def spirals(
    n: int, classes: int = 2, turns: float = 1.0, noise: float = 0.05, rng: Rng = None
) -> tuple[Array, Array]:
    """Arms that wind around the origin, one per class, from radius 0.1 to 1.

    Arguments:
        turns: how often an arm goes round.
        noise: the standard deviation of the points around their arm.
    """
    _check("spirals", n, noise)
    rng = generator(rng)
    labels = _labels(n, classes, rng)
    radius = 0.1 + 0.9 * np.sqrt(rng.random(n))  # as dense outside as inside
    angle = 2 * np.pi * (turns * radius + labels / classes)
    points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _blurred(points, noise, rng), labels


def moons(n: int, noise: float = 0.1, rng: Rng = None) -> tuple[Array, Array]:
    """Two half circles of radius 1, each with its end inside the other.

    Class 0 is the upper one around (0, 0), class 1 the lower one around (1, 0.5).
    """
    _check("moons", n, noise)
    rng = generator(rng)
    labels = _labels(n, 2, rng)
    angle = np.pi * rng.random(n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = np.where(labels[:, None] == 0, upper, [1.0, 0.5] - upper)
    return _blurred(points, noise, rng), labels


def xor(n: int, noise: float = 0.2, rng: Rng = None) -> tuple[Array, Array]:
    """Clouds around the corners (0, 0), (0, 1), (1, 0), (1, 1); class 1 where one of both is 1.

    Examples:
        >>> points, labels = xor(4, noise=0, rng=0)
        >>> sorted(zip(points.tolist(), labels.tolist()))
        [([0.0, 0.0], 0), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], 0)]
    """
    _check("xor", n, noise)
    rng = generator(rng)
    corner = _labels(n, 4, rng)
    points = np.stack([corner // 2, corner % 2], axis=1).astype(np.float64)
    return _blurred(points, noise, rng), (corner // 2) ^ (corner % 2)


def _labels(n: int, classes: int, rng: np.random.Generator) -> Array:
    return rng.permutation(np.arange(n) % classes)


def _blurred(points: Array, noise: float, rng: np.random.Generator) -> Array:
    return (points + noise * rng.normal(size=points.shape)).astype(np.float32)


def _check(name: str, n: int, noise: float) -> None:
    if n < 1 or noise < 0:
        raise ValueError(f"{name} needs n >= 1 and noise >= 0, not {n} and {noise}")
