"""Datasets: examples that can be counted and picked by their indices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.rng import generator


class Dataset(Protocol):
    """What a loader needs. `indices` is an array: a batch is selected at once."""

    def __len__(self) -> int: ...

    def __getitem__(self, indices: Array) -> tuple[Array, ...]: ...


class TensorDataset:
    """Arrays of equal length; example i is row i of each.

    Examples:
        >>> data = TensorDataset(np.arange(6.0).reshape(3, 2), np.array([0, 1, 0]))
        >>> len(data), data[np.array([1, 2])][1].tolist()
        (3, [1, 0])
    """

    def __init__(self, *arrays: npt.ArrayLike) -> None:
        self.arrays = tuple(np.asarray(array) for array in arrays)
        if len({len(array) for array in self.arrays}) != 1:
            lengths = [len(array) for array in self.arrays]
            raise ValueError(f"a dataset needs arrays of one and the same length, not {lengths}")

    def __len__(self) -> int:
        return len(self.arrays[0])

    def __getitem__(self, indices: Array) -> tuple[Array, ...]:
        return tuple(array[indices] for array in self.arrays)

    def __repr__(self) -> str:
        columns = ", ".join(f"{array.dtype}{array.shape[1:]}" for array in self.arrays)
        return f"TensorDataset({len(self)} examples of {columns})"


class Subset:
    """Some examples of a dataset, by their indices in it."""

    def __init__(self, dataset: Dataset, indices: npt.ArrayLike) -> None:
        self.dataset, self.indices = dataset, np.asarray(indices)

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, indices: Array) -> tuple[Array, ...]:
        return self.dataset[self.indices[indices]]

    def __repr__(self) -> str:
        return f"Subset({len(self)} of {self.dataset!r})"


def random_split(
    dataset: Dataset, lengths: Sequence[float], rng: np.random.Generator | int | None = None
) -> list[Subset]:
    """Split the examples at random, none into two parts.

    Arguments:
        lengths: counts that add up to the size of the dataset, or fractions that add up to 1.
    """
    counts = counts_of(lengths, len(dataset))
    shuffled = generator(rng).permutation(len(dataset))
    return [Subset(dataset, part) for part in np.split(shuffled, np.cumsum(counts)[:-1])]


def counts_of(lengths: Sequence[float], size: int) -> list[int]:
    """`lengths` as counts, from counts or fractions. ValueError when they do not fit `size`."""
    fractions = abs(sum(lengths) - 1) < 1e-9
    counts = _whole(lengths, size) if fractions else [int(n) for n in lengths]
    if not counts or sum(counts) != size or min(*lengths, *counts) < 0:
        raise ValueError(f"lengths {list(lengths)} do not add up to the {size} examples, or to 1")
    return counts


def _whole(fractions: Sequence[float], size: int) -> list[int]:
    """Whole numbers that add up to `size`; what rounding down leaves goes to the first parts."""
    counts = [int(fraction * size) for fraction in fractions]
    for i in range(size - sum(counts)):
        counts[i % len(counts)] += 1
    return counts
