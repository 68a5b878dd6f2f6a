"""Frames stored once: an agent that sees the last four frames need not store each eight times.

A stacked observation is the newest frame with those before it. So only the newest frame of each is
stored, with the number of the frame before it in the same episode, and a stack is put together
when it is sampled. The chain of numbers ends where an episode begins; so no stack ever reaches
into another episode, whichever order several environments were stored in.

To the replay buffer an observation is then only a number: `compress` turns the observations of
transitions into numbers, and `stacks` turns numbers back into stacks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.errors import ToolError
from undergrad.rl.env import Transitions
from undergrad.rl.replay import ReplayBatch, ReplayBuffer

Array: TypeAlias = npt.NDArray[Any]


class FrameStore:
    """A ring of the newest `capacity` frames.

    Arguments:
        capacity: how many frames. With N environments, and episodes of L steps on average, a
            buffer of M transitions needs about M (1 + 1 / L) + N * stack of them.
        stack: how many frames an observation has; they lie along its first axis, the newest last.
            Before the first frame of an episode comes the first frame itself, repeated.
        frame_shape, dtype: of one frame. Images are uint8.
    """

    def __init__(
        self,
        capacity: int,
        stack: int,
        frame_shape: tuple[int, ...],
        dtype: npt.DTypeLike = np.uint8,
    ) -> None:
        if capacity < 1 or stack < 1:
            raise ValueError(
                f"FrameStore: capacity and stack must be 1 or more, not {capacity} and {stack}"
            )
        self.capacity, self.stack = capacity, stack
        self.frames = np.zeros((capacity, *frame_shape), dtype)
        self.before = np.full(capacity, -1, np.int64)  # the frame before it, -1 at a beginning
        self.oldest = np.zeros(capacity, np.int64)  # the oldest frame of its stack
        self.added = 0
        self.newest: dict[int, int] = {}  # of each environment whose episode goes on

    def compress(self, transitions: Transitions) -> Transitions:
        """Store the frames; the observations of the result are numbers (K,) instead."""
        pairs = [self._pair(transitions, i) for i in range(len(transitions))]
        seen, after = np.array(pairs, np.int64).reshape(-1, 2).T
        return replace(transitions, observation=seen, next_observation=after)

    def _pair(self, transitions: Transitions, i: int) -> tuple[int, int]:
        env = int(transitions.env[i])
        seen = self.newest.pop(env, -1)
        stack, later = transitions.observation[i], transitions.next_observation[i]
        _check_stacks(stack, later, first=seen < 0)
        if seen < 0:
            seen = self._add(stack[-1], -1)
        after = self._add(later[-1], seen)
        if not transitions.ended[i]:
            self.newest[env] = after
        return seen, after

    def _add(self, frame: Array, before: int) -> int:
        number, index = self.added, self.added % self.capacity
        self.frames[index], self.before[index] = frame, before
        oldest = number
        for _ in range(self.stack - 1):
            if before < 0:
                break
            oldest, before = before, int(self.before[before % self.capacity])
        self.oldest[index] = oldest
        self.added += 1
        return number

    def _one_back(self, numbers: Array) -> Array:
        """The frame before each, and the frame itself where an episode begins."""
        before = self.before[numbers % self.capacity]
        return np.where(before < 0, numbers, before)

    def gone(self, numbers: Array) -> Array:
        """Which of these observations cannot be put together any more: (K,)."""
        limit = self.added - self.capacity
        return np.asarray((numbers < limit) | (self.oldest[numbers % self.capacity] < limit))

    def stacks(self, numbers: Array) -> Array:
        """The observations with these numbers (K,): (K, stack, *frame)."""
        chain = [numbers]
        for _ in range(self.stack - 1):
            chain.append(self._one_back(chain[-1]))
        return np.asarray(self.frames[np.stack(chain[::-1], axis=1) % self.capacity])

    def state_dict(self) -> dict[str, Any]:
        """The written part of the ring, and which episodes go on."""
        kept = min(self.added, self.capacity)
        return {
            "frames": self.frames[:kept].copy(),
            "before": self.before[:kept].copy(),
            "oldest": self.oldest[:kept].copy(),
            "added": self.added,
            "newest": {str(env): number for env, number in self.newest.items()},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Keep what `state` holds."""
        kept = len(state["before"])
        self.frames[:kept] = state["frames"]
        self.before[:kept], self.oldest[:kept] = state["before"], state["oldest"]
        self.added = int(state["added"])
        self.newest = {int(env): int(number) for env, number in state["newest"].items()}


def _check_stacks(stack: Array, later: Array, *, first: bool) -> None:
    """Whether two observations in a row can be put together again from their newest frames.

    Otherwise the agent would learn from what it never saw, and nobody would notice.
    """
    moved_on = np.array_equal(later[:-1], stack[1:])
    if moved_on and not (first and (stack != stack[-1]).any()):
        return
    raise ToolError(
        "An observation is not a stack of the newest frames, or does not begin with the first "
        "frame repeated: set frame_stack to 0, and each will be stored whole."
    )


class FramedReplayBuffer(ReplayBuffer):
    """A ring of the newest transitions whose observations are stacks of frames, each stored once.

    A transition that has lost a frame is not sampled any more. So it holds at most `capacity`
    transitions, and a few less when there are many short episodes.

    Arguments:
        capacity: how many frames to keep, and so about how many transitions.
        observation_shape: of one stack, (stack, *frame).
    """

    def __init__(
        self,
        capacity: int,
        observation_shape: tuple[int, ...],
        observation_dtype: npt.DTypeLike = np.uint8,
    ) -> None:
        super().__init__(capacity, (), np.int64)
        stack, *frame_shape = observation_shape
        self.store = FrameStore(capacity, stack, tuple(frame_shape), observation_dtype)

    def compress(self, transitions: Transitions) -> Transitions:
        return self.store.compress(transitions)

    def sample_index(self, count: int, rng: np.random.Generator) -> Array:
        """Indices sampled uniformly from those whose frames are all still there."""
        index = super().sample_index(count, rng)
        observation = self.fields["observation"]
        while (gone := self.store.gone(observation[index])).any():
            index[gone] = super().sample_index(int(gone.sum()), rng)
        return index

    def sample(
        self, batches: int, batch_size: int, rng: np.random.Generator, progress: float = 0.0
    ) -> Iterator[ReplayBatch]:
        for batch in super().sample(batches, batch_size, rng, progress):
            yield replace(
                batch,
                observation=self.store.stacks(batch.observation),
                next_observation=self.store.stacks(batch.next_observation),
            )

    def state_dict(self) -> dict[str, Any]:
        """The transitions, and the frames."""
        return super().state_dict() | {"frames": self.store.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.store.load_state_dict(state["frames"])
