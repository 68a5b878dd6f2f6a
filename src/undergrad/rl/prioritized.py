"""Prioritized replay: transitions with a large TD error are sampled more often.

A transition that the network already predicts teaches nothing. So each one is sampled in proportion
to a power of its last TD error, and a new one as if its error were the largest so far. What is
sampled more often than uniformly must count less, or the network would learn about a world in which
large errors are common: that is what the importance-sampling weights in a batch are for.

Source: Schaul, Quan, Antonoglou and Silver 2016, "Prioritized Experience Replay".
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.replay import ReplayBatch, ReplayBuffer
from undergrad.rl.sumtree import SumTree

Array: TypeAlias = npt.NDArray[Any]

_EPSILON = 1e-6  # added to each TD error, so that no transition is lost for ever


class PrioritizedReplayBuffer(ReplayBuffer):
    """A ring of the newest `capacity` transitions, sampled by their TD errors.

    Arguments:
        capacity, observation_shape, observation_dtype: see `ReplayBuffer`.
        alpha: the power; 0 samples uniformly, 1 in proportion to the TD error.
        beta: how fully the weights correct for that at the start; it grows to 1 with the progress
            of the run. The weights are divided by the largest of the batch.
    """

    def __init__(
        self,
        capacity: int,
        observation_shape: tuple[int, ...],
        observation_dtype: npt.DTypeLike = np.float32,
        *,
        alpha: float = 0.6,
        beta: float = 0.4,
    ) -> None:
        super().__init__(capacity, observation_shape, observation_dtype)
        self.alpha, self.beta = alpha, beta
        self.tree = SumTree(capacity)
        self.max_priority = 1.0  # the largest so far, which new transitions receive

    def add(self, transitions: ReplayBatch) -> Array:
        index = super().add(transitions)
        self.tree.update(index, self.max_priority)
        return index

    def sample(
        self, batches: int, batch_size: int, rng: np.random.Generator, progress: float = 0.0
    ) -> Iterator[ReplayBatch]:
        beta = self.beta + (1 - self.beta) * min(progress, 1.0)
        for _ in range(batches):  # one after the other: each changes the priorities of the next
            (batch,) = super().sample(1, batch_size, rng)
            probability = self.tree.weights[batch.index] / self.tree.total
            weight = (len(self) * probability) ** -beta
            yield replace(batch, weight=(weight / weight.max()).astype(np.float32))

    def sample_index(self, count: int, rng: np.random.Generator) -> Array:
        """One index from each of `count` equal parts of the line: stratified sampling.

        The parts leave less to chance than free draws (appendix B.2.1 of the paper).
        """
        return self.tree.find((np.arange(count) + rng.random(count)) * (self.tree.total / count))

    def update_priorities(self, batch: ReplayBatch, td_error: Array) -> None:
        priority = (td_error.astype(np.float64) + _EPSILON) ** self.alpha
        self.max_priority = max(self.max_priority, float(priority.max()))
        assert batch.index is not None
        self.tree.update(batch.index, priority)

    def state_dict(self) -> dict[str, Any]:
        """The transitions with their priorities, and the largest of them."""
        priorities = self.tree.weights[: len(self)].copy()
        return super().state_dict() | {
            "priorities": priorities,
            "max_priority": self.max_priority,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.tree = SumTree(self.capacity)
        self.tree.update(np.arange(len(self)), state["priorities"])
        self.max_priority = float(state["max_priority"])
