"""Digits of 28 x 28 pixels, drawn from strokes: a stand-in for MNIST that needs no download.

Each digit is a few lines and arcs in a unit square. For every image the strokes are bent a little,
turned, slanted, stretched and moved at random, and drawn with a pen of random thickness. No two
images are alike, and there are as many as one asks for.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.rng import generator

SIZE = 28  # pixels
_CHUNK = 256  # images drawn at once; more would need more memory, and not be faster
_PER_STROKE = 12  # points an arc or a line is drawn through


def stroke_digits(
    n: int, rng: np.random.Generator | int | None = None
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """`n` images and the digits they show, in random order, each digit equally often.

    Returns the images, shape (n, 28, 28), float32 from 0 (paper) to 1 (ink), and the labels,
    shape (n,), integers from 0 to 9.

    Examples:
        >>> images, labels = stroke_digits(20, rng=0)
        >>> images.shape, np.bincount(labels).tolist()
        ((20, 28, 28), [2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
    """
    if n < 1:
        raise ValueError(f"stroke_digits: n must be at least 1, and is {n}")
    rng = generator(rng)
    labels = rng.permutation(np.arange(n) % 10)
    images = np.zeros((n, SIZE, SIZE), np.float32)
    for digit in range(10):
        for chosen in _chunks(np.flatnonzero(labels == digit)):
            images[chosen] = _drawn(_DIGITS[digit], len(chosen), rng)
    return images, labels


def _chunks(indices: Array) -> Iterator[Array]:
    return (indices[start : start + _CHUNK] for start in range(0, len(indices), _CHUNK))


def _drawn(strokes: list[Array], n: int, rng: np.random.Generator) -> Array:
    """`n` images of one digit."""
    turn, slant = rng.normal(0, 0.12, n), rng.normal(0, 0.15, n)
    scale = rng.uniform(0.8, 1.1, (n, 2)) * 19  # pixels; width and height on their own
    shift = SIZE / 2 + rng.uniform(-2, 2, (n, 1, 2))
    thickness = rng.uniform(0.9, 1.9, (n, 1))  # half the width of the pen
    images = np.zeros((n, SIZE * SIZE), np.float32)
    for stroke in strokes:
        bent = stroke + _wobble(len(stroke), n, rng)  # (n, points, 2)
        points = np.einsum("nij,npj->npi", _matrices(turn, slant, scale), bent - 0.5) + shift
        ink = 1 - np.clip(_distance(points) - thickness + 0.5, 0, 1)
        np.maximum(images, ink, out=images)
    return images.reshape(n, SIZE, SIZE)


def _matrices(turn: Array, slant: Array, scale: Array) -> Array:
    """For each image a matrix that slants, stretches and turns: (n, 2, 2)."""
    one, zero = np.ones_like(turn), np.zeros_like(turn)
    slanting = np.stack([one, -slant, zero, one], axis=1).reshape(-1, 2, 2)
    turning = np.stack([np.cos(turn), -np.sin(turn), np.sin(turn), np.cos(turn)], axis=1)
    stretched = scale[:, :, None] * slanting
    return np.asarray(turning.reshape(-1, 2, 2) @ stretched)


def _wobble(points: int, n: int, rng: np.random.Generator) -> Array:
    """A slow wave along a stroke, so that straight lines are bent a little: (n, points, 2)."""
    along = np.linspace(0, np.pi, points)[None, :, None]
    height = rng.normal(0, 0.025, (2, n, 1, 2))
    return np.asarray(height[0] * np.sin(along) + height[1] * np.cos(2 * along))


def _distance(points: Array) -> Array:
    """From each pixel to the nearest segment between two points that follow each other.

    Shapes: (n, points, 2) -> (n, 784). The foot of the perpendicular on a segment from a to b lies
    at a + t (b - a), where t = (p - a).(b - a) / |b - a|^2, held between 0 and 1.
    """
    centre = np.arange(SIZE, dtype=np.float32) + 0.5
    pixels = np.stack(np.meshgrid(centre, centre), axis=-1).reshape(-1, 2)  # (784, 2), as (x, y)
    points = points.astype(np.float32)
    best = np.full((len(points), len(pixels)), np.inf, np.float32)
    for a, b in zip(points[:, :-1].swapaxes(0, 1), points[:, 1:].swapaxes(0, 1), strict=True):
        d = b - a  # (n, 2)
        length2 = np.maximum((d * d).sum(axis=1, keepdims=True), 1e-6)
        x, y = pixels[:, 0] - a[:, :1], pixels[:, 1] - a[:, 1:]  # (n, 784)
        t = np.clip((x * d[:, :1] + y * d[:, 1:]) / length2, 0, 1)
        x -= t * d[:, :1]
        y -= t * d[:, 1:]
        np.minimum(best, x * x + y * y, out=best)
    return np.sqrt(best)


def _line(*corners: tuple[float, float]) -> Array:
    """A stroke through corners, (x, y) with y downwards, in the unit square."""
    at = np.linspace(0, len(corners) - 1, _PER_STROKE)
    x, y = np.array(corners).T
    knots = np.arange(len(corners))
    return np.stack([np.interp(at, knots, x), np.interp(at, knots, y)], axis=1)


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Array:
    """Part of an ellipse, in degrees, clockwise from the right: 90 is below, 270 above."""
    angle = np.radians(np.linspace(start, end, _PER_STROKE))
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)


_DIGITS: tuple[list[Array], ...] = (
    [_arc(0.5, 0.5, 0.3, 0.48, 0, 180), _arc(0.5, 0.5, 0.3, 0.48, 180, 360)],
    [_line((0.36, 0.2), (0.54, 0.02), (0.54, 0.98))],
    [_arc(0.5, 0.28, 0.3, 0.27, 190, 395), _line((0.72, 0.43), (0.2, 0.97), (0.84, 0.97))],
    [_arc(0.46, 0.25, 0.28, 0.23, 205, 450), _arc(0.46, 0.73, 0.32, 0.25, 270, 515)],
    [_line((0.62, 0.02), (0.16, 0.64), (0.88, 0.64)), _line((0.66, 0.36), (0.66, 0.98))],
    [_line((0.8, 0.03), (0.28, 0.03), (0.24, 0.44)), _arc(0.46, 0.68, 0.32, 0.29, 225, 510)],
    [_arc(0.74, 0.66, 0.54, 0.64, 180, 262), _arc(0.5, 0.7, 0.29, 0.27, 0, 360)],
    [_line((0.16, 0.04), (0.84, 0.04), (0.4, 0.98))],
    [_arc(0.5, 0.25, 0.25, 0.22, 90, 450), _arc(0.5, 0.73, 0.3, 0.25, 270, 630)],
    [_arc(0.5, 0.3, 0.28, 0.27, 0, 360), _line((0.78, 0.3), (0.74, 0.62), (0.62, 0.98))],
)
