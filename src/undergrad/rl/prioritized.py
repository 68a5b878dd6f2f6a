"""A replay memory that prefers what was surprising.

A transition that the network already predicts teaches nothing. So each one is drawn in proportion
to a power of its last surprise, and a new one as if it were the most surprising so far. What is
drawn more often than evenly must count less, or the network would learn about a world in which
surprises are common: that is what the weights in a batch are for.

Source: Schaul, Quan, Antonoglou and Silver 2016, "Prioritized Experience Replay".
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.explore import Schedule
from undergrad.rl.replay import Batch, ReplayBuffer
from undergrad.rl.sumtree import SumTree

Array: TypeAlias = npt.NDArray[Any]

_LEAST = 1e-6  # added to each surprise, so that nothing is never drawn again


class PrioritizedReplayBuffer(ReplayBuffer):
    """A ring of the newest `capacity` transitions, drawn by surprise.

    Arguments:
        capacity, observation_shape, observation_dtype: see `ReplayBuffer`.
        alpha: the power; 0 draws evenly, 1 in proportion to the surprise.
        beta: how fully the weights make up for it, as a function of the steps taken; it should
            reach 1 at the end. The weights are divided by the largest of the batch.
    """

    def __init__(
        self,
        capacity: int,
        observation_shape: tuple[int, ...],
        observation_dtype: npt.DTypeLike = np.float32,
        *,
        alpha: float = 0.6,
        beta: Schedule = lambda step: 1.0,
    ) -> None:
        super().__init__(capacity, observation_shape, observation_dtype)
        self.alpha, self.beta = alpha, beta
        self.tree = SumTree(capacity)
        self.largest = 1.0  # the largest weight in the tree so far, which new ones receive

    def add(self, transitions: Batch) -> Array:
        places = super().add(transitions)
        self.tree.update(places, self.largest)
        return places

    def batches(
        self, count: int, size: int, rng: np.random.Generator, step: int = 0
    ) -> Iterator[Batch]:
        for _ in range(count):  # one after the other: what was learnt from one changes the next
            (batch,) = super().batches(1, size, rng, step)
            probability = self.tree.weights[batch.place] / self.tree.total
            weight = (len(self) * probability) ** -self.beta(step)
            yield replace(batch, weight=(weight / weight.max()).astype(np.float32))

    def draw(self, count: int, rng: np.random.Generator) -> Array:
        """One place from each of `count` equal parts of the line.

        The parts leave less to chance than free draws (appendix B.2.1 of the paper).
        """
        return self.tree.find((np.arange(count) + rng.random(count)) * (self.tree.total / count))

    def learnt(self, batch: Batch, surprise: Array) -> None:
        weight = (surprise.astype(np.float64) + _LEAST) ** self.alpha
        self.largest = max(self.largest, float(weight.max()))
        assert batch.place is not None
        self.tree.update(batch.place, weight)

    def state_dict(self) -> dict[str, Any]:
        """The transitions with their weights, and the largest of them."""
        weights = self.tree.weights[: len(self)].copy()
        return super().state_dict() | {"weights": weights, "largest": self.largest}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.tree = SumTree(self.capacity)
        self.tree.update(np.arange(len(self)), state["weights"])
        self.largest = float(state["largest"])
