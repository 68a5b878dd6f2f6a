"""The loader: a dataset, in batches, shuffled again for each pass (epoch)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.data.dataset import Dataset
from undergrad.engine.rng import generator
from undergrad.engine.tensor import Tensor

Batch: TypeAlias = tuple[Tensor | Array, ...]


@dataclass
class _Pass:
    """One pass over the data: the order of its examples, and how many were handed out."""

    order: Array
    position: int = 0


class DataLoader:
    """Iterate over a dataset in batches. Real numbers come as tensors, labels as integer arrays.

    Arguments:
        batch_size: examples in a batch; the last one may be shorter.
        shuffle: visit the examples in a new random order in each epoch.
        drop_last: leave out a last batch that is too short.
        rng: generator or seed for the order.

    It may be iterated over several times at once, as in `zip(batches, batches)`: each pass has its
    own order and position. Its state holds those of the pass that gave the newest batch: a run that
    was saved in the middle of an epoch resumes with the batches that are left.

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
        if drop_last and 0 < len(dataset) < batch_size:
            raise ValueError(
                f"drop_last leaves out the only batch: {len(dataset)} examples do not fill one of "
                f"{batch_size}; use a smaller batch_size"
            )
        self._rng = generator(rng)
        self._newest = _Pass(np.zeros(0, np.int64))  # the one that gave the newest batch
        self._resumed: _Pass | None = None  # the one to go on with

    def __len__(self) -> int:
        """How many batches an epoch has."""
        full, rest = divmod(len(self.dataset), self.batch_size)
        return full + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[Batch]:
        own, self._resumed = self._resumed or _Pass(self._new_order()), None
        while own.position < len(own.order):
            chosen = own.order[own.position : own.position + self.batch_size]
            own.position += len(chosen)
            self._newest = own
            yield tuple(_as_batch(column) for column in self.dataset[chosen])
        if self._newest is own:
            self._newest = _Pass(own.order[:0])

    def state_dict(self) -> dict[str, Any]:
        return {
            "order": self._newest.order.copy(),
            "position": self._newest.position,
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
        self._newest = _Pass(order.copy(), state["position"])
        self._resumed = self._newest if len(order) else None

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
