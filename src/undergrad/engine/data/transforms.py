"""Changing examples on their way to the model: scaling them, and making more of what there is.

A transform is a function of one array that holds a whole batch, (n, ...) -> (n, ...), and returns
a new one. Images have shape (n, h, w) or (n, c, h, w). Random ones draw again for
each image; give them a generator of their own and save it with a checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.data.dataset import Dataset
from undergrad.engine.rng import generator

Transform: TypeAlias = Callable[[Array], Array]
Rng: TypeAlias = np.random.Generator | int | None


class Transformed:
    """A dataset whose first column goes through a transform each time it is indexed.

    Arguments:
        column: which column to transform instead.

    Examples:
        >>> from undergrad.engine.data import TensorDataset
        >>> data = Transformed(TensorDataset(np.arange(3.0), np.arange(3)), lambda x: 10 * x)
        >>> [column.tolist() for column in data[np.array([1, 2])]]
        [[10.0, 20.0], [1, 2]]
    """

    def __init__(self, dataset: Dataset, transform: Transform, column: int = 0) -> None:
        self.dataset, self.transform, self.column = dataset, transform, column

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, indices: Array) -> tuple[Array, ...]:
        columns = list(self.dataset[indices])
        columns[self.column] = self.transform(columns[self.column])
        return tuple(columns)

    def __repr__(self) -> str:
        return f"Transformed({self.dataset!r}, {self.transform!r})"


class Compose:
    """Several transforms, one after the other."""

    def __init__(self, transforms: Sequence[Transform]) -> None:
        self.transforms = tuple(transforms)

    def __call__(self, x: Array) -> Array:
        for transform in self.transforms:
            x = transform(x)
        return x

    def __repr__(self) -> str:
        return f"Compose({', '.join(map(repr, self.transforms))})"


class Normalize:
    """(x - mean) / std, so that each feature has mean 0 and standard deviation 1; float32.

    Arguments:
        mean, std: numbers, or arrays that broadcast against the batch. A std of 0, of a feature
            that never changes, counts as 1.

    Examples:
        >>> scale = Normalize.of(np.array([[1.0, 5.0], [3.0, 5.0]]))  # measured on training data
        >>> scale(np.array([[2.0, 5.0], [5.0, 6.0]])).tolist()
        [[0.0, 0.0], [3.0, 1.0]]
    """

    def __init__(self, mean: npt.ArrayLike, std: npt.ArrayLike) -> None:
        self.mean = np.asarray(mean, dtype=np.float32)
        std = np.asarray(std, dtype=np.float32)
        self.std = np.where(std == 0, np.float32(1), std)

    @classmethod
    def of(cls, x: npt.ArrayLike, axis: int | tuple[int, ...] = 0) -> Normalize:
        """With mean and std measured over `axis`; for images (n, c, h, w) use axis=(0, 2, 3)."""
        array = np.asarray(x, dtype=np.float64)
        mean, std = (f(array, axis=axis, keepdims=True)[0] for f in (np.mean, np.std))
        return cls(mean, std)

    def __call__(self, x: Array) -> Array:
        return np.asarray((x.astype(np.float32, copy=False) - self.mean) / self.std)

    def __repr__(self) -> str:
        return f"Normalize(mean={_short(self.mean)}, std={_short(self.std)})"


class RandomShift:
    """Move each image by up to `pixels` in each direction; what comes in from outside is 0."""

    def __init__(self, pixels: int, rng: Rng = None) -> None:
        if pixels < 1:
            raise ValueError(f"RandomShift: pixels must be at least 1, and is {pixels}")
        self.pixels, self.rng = pixels, generator(rng)

    def __call__(self, x: Array) -> Array:
        p, (height, width) = self.pixels, x.shape[-2:]
        framed = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(p, p), (p, p)])
        top, left = self.rng.integers(0, 2 * p + 1, (2, len(x)))
        rows = top[:, None] + np.arange(height)  # (n, h)
        columns = left[:, None] + np.arange(width)  # (n, w)
        moved = np.take_along_axis(framed, _each(rows[:, :, None], x), axis=-2)
        return np.take_along_axis(moved, _each(columns[:, None, :], x), axis=-1)

    def __repr__(self) -> str:
        return f"RandomShift(pixels={self.pixels})"


class RandomFlip:
    """Flip each image, left to right, with probability `p`. A flipped digit is not a digit."""

    def __init__(self, p: float = 0.5, rng: Rng = None) -> None:
        self.p, self.rng = _probability("RandomFlip", p), generator(rng)

    def __call__(self, x: Array) -> Array:
        chosen = self.rng.random(len(x)) < self.p
        return np.where(_each(chosen[:, None, None], x), x[..., ::-1], x)

    def __repr__(self) -> str:
        return f"RandomFlip(p={self.p})"


class RandomErase:
    """Set a square of `size` pixels at a random position to 0, with probability `p` (cutout)."""

    def __init__(self, size: int, p: float = 0.5, rng: Rng = None) -> None:
        if size < 1:
            raise ValueError(f"RandomErase: size must be at least 1 pixel, and is {size}")
        self.size, self.p, self.rng = size, _probability("RandomErase", p), generator(rng)

    def __call__(self, x: Array) -> Array:
        n, (height, width) = len(x), x.shape[-2:]
        top = self.rng.integers(0, max(height - self.size, 0) + 1, n)
        left = self.rng.integers(0, max(width - self.size, 0) + 1, n)
        chosen = self.rng.random(n) < self.p
        rows = _within(np.arange(height), top, self.size)  # (n, h)
        columns = _within(np.arange(width), left, self.size)  # (n, w)
        square = rows[:, :, None] & columns[:, None, :] & chosen[:, None, None]
        return np.where(_each(square, x), x.dtype.type(0), x)

    def __repr__(self) -> str:
        return f"RandomErase(size={self.size}, p={self.p})"


class AddNoise:
    """Add Gaussian noise of standard deviation `std` to every number. Of integers, float32."""

    def __init__(self, std: float, rng: Rng = None) -> None:
        if std < 0:
            raise ValueError(f"AddNoise: std must not be negative, and is {std}")
        self.std, self.rng = std, generator(rng)

    def __call__(self, x: Array) -> Array:
        x = _real(x)
        return np.asarray(x + self.rng.normal(0, self.std, x.shape).astype(x.dtype))

    def __repr__(self) -> str:
        return f"AddNoise(std={self.std})"


def one_hot(labels: npt.ArrayLike, classes: int) -> Array:
    """Labels as probabilities, 1 at the class and 0 elsewhere: (...) -> (..., classes), float32.

    Examples:
        >>> one_hot([2, 0], 3).tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    array = np.asarray(labels)
    if array.size and not 0 <= array.min() <= array.max() < classes:
        raise ValueError(
            f"one_hot: labels from {array.min()} to {array.max()} for {classes} classes"
        )
    return np.asarray(np.eye(classes, dtype=np.float32)[array])


def mixup(x: Array, targets: Array, alpha: float = 0.2, rng: Rng = None) -> tuple[Array, Array]:
    """Blend each example with another of the batch, and their targets alike (Zhang et al. 2018).

    The mixing weight is drawn from Beta(alpha, alpha), once for each example.

    Arguments:
        x: a batch; of integers, the result is float32.
        targets: probabilities, shape (n, classes); see `one_hot`. Or numbers to predict.
    """
    if alpha <= 0:
        raise ValueError(f"mixup: alpha must be positive, and is {alpha}")
    rng = generator(rng)
    mix = rng.beta(alpha, alpha, len(x))
    other = rng.permutation(len(x))
    return _blend(x, x[other], mix), _blend(targets, targets[other], mix)


def _blend(a: Array, b: Array, mix: Array) -> Array:
    weight = mix.reshape(-1, *[1] * (a.ndim - 1))
    return np.asarray(weight * a + (1 - weight) * b, dtype=_real(a).dtype)


def _real(x: Array) -> Array:
    """`x` as it is when it holds real numbers; integers, which cannot hold a part, as float32."""
    return x if x.dtype.kind == "f" else x.astype(np.float32)


def _each(values: Array, x: Array) -> Array:
    """(n, a, b) -> (n, 1, a, b) when `x` has channels, so that all of them are treated alike."""
    return values.reshape(len(x), *[1] * (x.ndim - 3), *values.shape[1:])


def _within(positions: Array, start: Array, length: int) -> Array:
    """Which positions lie in [start, start + length), for each start: (m,), (n,) -> (n, m)."""
    return np.asarray((positions >= start[:, None]) & (positions < start[:, None] + length))


def _probability(name: str, p: float) -> float:
    if not 0 <= p <= 1:
        raise ValueError(f"{name}: p must lie between 0 and 1, and is {p}")
    return p


def _short(values: Array) -> str:
    return f"{values.item():.4g}" if values.size == 1 else f"array of shape {values.shape}"
