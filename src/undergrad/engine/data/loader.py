"""The loader: a dataset, in batches, shuffled again for each pass (epoch)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.data.dataset import Dataset
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor

Batch: TypeAlias = tuple[Tensor | Array, ...]


class DataLoader:
    """Iterate over a dataset in batches. Real numbers come as tensors, labels as integer arrays.

    Arguments:
        batch_size: examples in a batch; the last one may be shorter.
        shuffle: visit the examples in a new random order in each epoch.
        drop_last: leave out a last batch that is too short.
        rng: generator or seed for the order.

    Its state holds the order and the position in it: a run that was saved in the middle of an
    epoch resumes with the batches that are left.

    Examples:
        >>> from undergrad.engine.data import TensorDataset
        >>> batches = DataLoader(TensorDataset(np.zeros((10, 3))), batch_size=4)
        >>> [x.shape for x, in batches]
        [(4, 3), (4, 3), (2, 3)]
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int = 1,
        shuffle: bool = False,
        drop_last: bool = False,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, and is {batch_size}")
        self.dataset, self.batch_size = dataset, batch_size
        self.shuffle, self.drop_last = shuffle, drop_last
        self._rng = generator(rng)
        self._order = np.zeros(0, np.int64)  # the examples of the epoch under way
        self._position = 0  # how many of them have been handed out
        self._resumed = False

    def __len__(self) -> int:
        """How many batches an epoch has."""
        full, rest = divmod(len(self.dataset), self.batch_size)
        return full + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[Batch]:
        if not self._resumed:
            self._order, self._position = self._new_order(), 0
        self._resumed = False
        while self._position < len(self._order):
            chosen = self._order[self._position : self._position + self.batch_size]
            self._position += len(chosen)
            yield tuple(_as_batch(column) for column in self.dataset[chosen])
        self._order = self._order[:0]

    def state_dict(self) -> dict[str, Any]:
        return {
            "order": self._order.copy(),
            "position": self._position,
            "rng": self._rng.bit_generator.state,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`; ValueError when it was saved with another dataset."""
        order = state["order"]
        if len(order) not in (0, self._epoch_size()) or (order >= len(self.dataset)).any():
            raise ValueError(
                f"the loader was saved with {len(order)} examples an epoch, "
                f"this one has {self._epoch_size()}"
            )
        self._rng.bit_generator.state = state["rng"]
        self._order, self._position = order.copy(), state["position"]
        self._resumed = len(order) > 0

    def __repr__(self) -> str:
        settings = f"batch_size={self.batch_size}, shuffle={self.shuffle}"
        return f"DataLoader({self.dataset!r}, {settings}): {len(self)} batches"

    def _new_order(self) -> Array:
        size = len(self.dataset)
        order = self._rng.permutation(size) if self.shuffle else np.arange(size)
        return order[: self._epoch_size()]

    def _epoch_size(self) -> int:
        """How many examples an epoch hands out."""
        size = len(self.dataset)
        return size - size % self.batch_size if self.drop_last else size


def _as_batch(column: Array) -> Tensor | Array:
    return Tensor(column) if column.dtype.kind == "f" else column
