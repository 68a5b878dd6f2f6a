"""Random numbers as a function of an array: the same array gives the same numbers, row by row.

A NumPy generator hides what it will draw next, and there is one object for each stream. Here a
stream is a single whole number, so a thousand games carry theirs in one array, a step draws for all
of them at once, and what one game draws does not depend on how many others there are.

The method is SplitMix64: count upwards in fixed strides and scramble the count. Source: Steele, Lea
and Flood 2014, "Fast Splittable Pseudorandom Number Generators".
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]

_STRIDE = np.uint64(0x9E3779B97F4A7C15)
_TO_UNIT = 2.0**-53


def streams(generators: Sequence[np.random.Generator]) -> Array:
    """One new stream from each generator: (N,) uint64."""
    return np.array([g.integers(2**64, dtype=np.uint64) for g in generators], np.uint64)


def uniform(stream: Array, count: int) -> tuple[Array, Array]:
    """`count` numbers, evenly from [0, 1), of each stream (N,).

    Returns the streams as they are afterwards, (N,), and the numbers, (N, count) float64.
    """
    counts = stream[:, None] + _strides(count)
    return counts[:, -1], (_scramble(counts) >> np.uint64(11)) * _TO_UNIT


def normal(first: Array, second: Array) -> Array:
    """Standard normal numbers from two evenly drawn ones. Box and Muller 1958."""
    return np.asarray(np.sqrt(-2 * np.log1p(-first)) * np.cos(2 * np.pi * second))


def below(unit: Array, limit: int) -> Array:
    """Whole numbers 0 .. limit - 1 from numbers in [0, 1)."""
    return (unit * limit).astype(np.int64)


@cache
def _strides(count: int) -> Array:
    return np.arange(1, count + 1, dtype=np.uint64) * _STRIDE


def _scramble(z: Array) -> Array:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
