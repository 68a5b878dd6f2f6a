"""Splits of a dataset, such as training, validation and test set, that are not merely random.

`stratified_split` keeps the fraction of each class equal in all parts; `group_split` keeps what
belongs together (images of one patient, chapters of one book) in one part, so that the test is
about new patients and not about known ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.data.dataset import Dataset, Subset, counts_of
from undergrad.engine.rng import generator


def stratified_split(
    dataset: Dataset,
    labels: npt.ArrayLike,
    lengths: Sequence[float],
    rng: np.random.Generator | int | None = None,
) -> list[Subset]:
    """Split at random, with each class distributed over the parts as evenly as whole numbers allow.

    Arguments:
        labels: the class of each example, shape (n,).
        lengths: as for `random_split`: counts, or fractions that add up to 1.

    Examples:
        >>> from undergrad.engine.data import TensorDataset
        >>> labels = np.array([0] * 8 + [1] * 4)
        >>> parts = stratified_split(TensorDataset(labels), labels, (0.75, 0.25), rng=0)
        >>> [np.bincount(part[np.arange(len(part))][0]).tolist() for part in parts]
        [[6, 3], [2, 1]]
    """
    classes = _one_each("stratified_split", dataset, labels)
    counts = counts_of(lengths, len(dataset))
    shuffled = generator(rng).permutation(len(dataset))
    by_class = shuffled[np.argsort(classes[shuffled], kind="stable")]
    part = _dealt(counts)
    return [Subset(dataset, by_class[part == i]) for i in range(len(counts))]


def group_split(
    dataset: Dataset,
    groups: npt.ArrayLike,
    lengths: Sequence[float],
    rng: np.random.Generator | int | None = None,
) -> list[Subset]:
    """Divide so that all examples of a group are in one part.

    Large groups are placed first, each where most room is left; so the parts have the
    given sizes only as nearly as the groups allow.

    Arguments:
        groups: the group of each example, shape (n,): numbers or names.
        lengths: as for `random_split`: counts, or fractions that add up to 1.

    Examples:
        >>> from undergrad.engine.data import TensorDataset
        >>> patients = np.array(["ann", "bob", "ann", "cy", "bob", "ann"])
        >>> parts = group_split(TensorDataset(patients), patients, (0.5, 0.5), rng=0)
        >>> sorted(sorted(set(part[np.arange(len(part))][0].tolist())) for part in parts)
        [['ann'], ['bob', 'cy']]
    """
    names, members = np.unique(_one_each("group_split", dataset, groups), return_inverse=True)
    room = np.array(counts_of(lengths, len(dataset)))
    sizes = np.bincount(members)
    shuffled = generator(rng).permutation(len(names))
    part = np.zeros(len(names), np.int64)
    for group in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        part[group] = room.argmax()
        room[part[group]] -= sizes[group]
    return [Subset(dataset, np.flatnonzero(part[members] == i)) for i in range(len(room))]


def _dealt(counts: Sequence[int]) -> Array:
    """The part of each of sum(counts) positions, each part's positions spaced evenly over all.

    Part i owns the points (j + 1/2) / counts[i]; sorted, they give the order of the parts.
    """
    points = np.concatenate([(np.arange(n) + 0.5) / n for n in counts if n])
    owners = np.repeat(np.arange(len(counts)), counts)
    return owners[np.argsort(points, kind="stable")]


def _one_each(name: str, dataset: Dataset, values: npt.ArrayLike) -> Array:
    array = np.asarray(values)
    if array.shape != (len(dataset),):
        raise ValueError(
            f"{name}: {len(dataset)} examples need as many labels or groups, not {array.shape}"
        )
    return array
