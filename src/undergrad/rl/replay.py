"""Experience replay: what happened before, stored to learn from it again.

Consecutive transitions resemble each other, and a network that is trained on them in order forgets
everything else. So they go into a buffer, and each gradient step samples a batch from all of it at
random. When the buffer is full, the oldest transition makes room for the newest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.env import Transitions

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class ReplayBatch:
    """B transitions. Observations are (B, *observation), actions (B, *action), all others (B,).

    With several steps in one transition, `next_observation` is what was seen `n` steps later, and
    `reward` is the sum of the `n` rewards up to there, later ones discounted.
    """

    observation: Array
    action: Array
    reward: Array
    next_observation: Array
    terminated: Array
    n: Array
    weight: Array | None = None  # how much each counts; None when all count the same
    index: Array | None = None  # of each in the buffer that it was sampled from

    def __len__(self) -> int:
        return len(self.action)


class NStep:
    """Joins each transition with the `n - 1` that follow it, so that rewards travel back faster.

    With one step, a fall is known after one update to the state before it, after two to the one
    before that. With n steps it goes back n at a time. At the end of an episode, for whichever
    reason, the last transitions join fewer; none ever reaches into the next episode.

    Arguments:
        n: how many to join; 1 leaves the transitions as they are.
        gamma: the discount factor.
    """

    def __init__(self, n: int, gamma: float) -> None:
        if n < 1:
            raise ValueError(f"NStep: n must be 1 or more, and is {n}")
        self.n, self.gamma = n, gamma
        # For each environment what still waits for its future: [observation, action, rewards].
        self.waiting: dict[int, list[list[Any]]] = {}

    def join(self, transitions: Transitions) -> ReplayBatch:
        """Take K new transitions and return those whose future is now known, oldest first."""
        if self.n == 1:
            return _one_step(transitions)
        rows: list[tuple[Any, ...]] = []
        for i, env in enumerate(transitions.env.tolist()):
            queue = self.waiting.setdefault(env, [])
            queue.append([transitions.observation[i], transitions.action[i].tolist(), []])
            for entry in queue:
                entry[2].append(float(transitions.reward[i]))
            while queue and (transitions.ended[i] or len(queue[0][2]) == self.n):
                rows.append((*queue.pop(0), i))
        return self._batch(rows, transitions)

    def _batch(self, rows: list[tuple[Any, ...]], newest: Transitions) -> ReplayBatch:
        at = np.array([i for *_, i in rows], np.intp)
        blank = newest.observation[:0]
        return ReplayBatch(
            np.stack([observation for observation, *_ in rows]) if rows else blank,
            np.array([action for _, action, *_ in rows], newest.action.dtype).reshape(
                len(rows), *newest.action.shape[1:]
            ),
            np.array([discounted_sum(rewards, self.gamma) for _, _, rewards, _ in rows]),
            newest.next_observation[at],
            newest.terminated[at],
            np.array([len(rewards) for _, _, rewards, _ in rows], np.int64),
        )

    def state_dict(self) -> dict[str, Any]:
        """What still waits, by environment."""
        return {
            str(env): [
                [observation, action, list(rewards)] for observation, action, rewards in queue
            ]
            for env, queue in self.waiting.items()
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Wait for what `state` waited for."""
        self.waiting = {
            int(env): [
                [observation, action, list(rewards)] for observation, action, rewards in queue
            ]
            for env, queue in state.items()
        }


def discounted_sum(rewards: Sequence[float], gamma: float) -> float:
    """r_0 + gamma r_1 + gamma^2 r_2 + ..., the rewards of one transition."""
    return sum(reward * gamma**k for k, reward in enumerate(rewards))


def _one_step(t: Transitions) -> ReplayBatch:
    n = np.ones(len(t), np.int64)
    return ReplayBatch(t.observation, t.action, t.reward, t.next_observation, t.terminated, n)


class ReplayBuffer:
    """A ring of the newest `capacity` transitions, sampled uniformly and with replacement.

    One array for each field, rather than one object for each transition, so that a batch is six
    `take` calls.

    Arguments:
        capacity: how many transitions to keep.
        observation_shape, observation_dtype: of one observation. Pixels stay uint8.
        action_shape, action_dtype: of one action; a number counted from 0 when left out.
    """

    def __init__(
        self,
        capacity: int,
        observation_shape: tuple[int, ...],
        observation_dtype: npt.DTypeLike = np.float32,
        action_shape: tuple[int, ...] = (),
        action_dtype: npt.DTypeLike = np.int64,
    ) -> None:
        if capacity < 1:
            raise ValueError(f"ReplayBuffer: capacity must be 1 or more, and is {capacity}")
        self.capacity = capacity
        self.fields: dict[str, Array] = {
            "observation": np.zeros((capacity, *observation_shape), observation_dtype),
            "action": np.zeros((capacity, *action_shape), action_dtype),
            "reward": np.zeros(capacity, np.float32),
            "next_observation": np.zeros((capacity, *observation_shape), observation_dtype),
            "terminated": np.zeros(capacity, bool),
            "n": np.zeros(capacity, np.int64),
        }
        self.added = 0  # ever, so also the index of the next one, modulo capacity

    def __len__(self) -> int:
        return min(self.added, self.capacity)

    def compress(self, transitions: Transitions) -> Transitions:
        """The transitions with observations as this buffer stores them; here, as they are."""
        return transitions

    def add(self, transitions: ReplayBatch) -> Array:
        """Store copies of K transitions, the last row being the newest. Returns their indices."""
        count = len(transitions)
        newest = slice(max(0, count - self.capacity), count)
        index = np.arange(self.added, self.added + count)[newest] % self.capacity
        for name, column in self.fields.items():
            column[index] = getattr(transitions, name)[newest]
        self.added += count
        return index

    def sample(
        self, batches: int, batch_size: int, rng: np.random.Generator, progress: float = 0.0
    ) -> Iterator[ReplayBatch]:
        """`batches` batches, sampled uniformly and all at once: fewer, larger calls.

        progress: how much of the budget is used, from 0 to 1, for buffers that depend on it.
        """
        if not len(self):
            raise ValueError("ReplayBuffer: nothing to sample from, add transitions first")
        index = self.sample_index(batches * batch_size, rng)
        columns = {name: column.take(index, axis=0) for name, column in self.fields.items()}
        columns["index"] = index
        for start in range(0, batches * batch_size, batch_size):
            part = slice(start, start + batch_size)
            yield ReplayBatch(**{name: column[part] for name, column in columns.items()})

    def sample_index(self, count: int, rng: np.random.Generator) -> Array:
        """The indices of `count` transitions, each sampled uniformly from all that are stored."""
        return rng.integers(len(self), size=count)

    def update_priorities(self, batch: ReplayBatch, td_error: Array) -> None:
        """Take note of the TD errors (B,) of a batch; uniform replay ignores them."""

    def age(self, batch: ReplayBatch) -> float:
        """How many transitions ago those of a batch were added, on average."""
        assert batch.index is not None
        return float(((self.added - 1 - batch.index) % self.capacity).mean())

    def state_dict(self) -> dict[str, Any]:
        """The written part of each field, and how many transitions were ever added."""
        kept = {name: column[: len(self)].copy() for name, column in self.fields.items()}
        return {"added": self.added, "capacity": self.capacity, "fields": kept}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Store what `state` holds. ValueError when it is of another capacity."""
        if state["capacity"] != self.capacity:
            raise ValueError(f"its replay buffer holds {state['capacity']}, not {self.capacity}")
        self.added = int(state["added"])
        for name, column in self.fields.items():
            column[: len(self)] = state["fields"][name]
