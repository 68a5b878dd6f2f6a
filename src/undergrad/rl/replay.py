"""What happened before, kept to learn from again: the replay memory.

Consecutive transitions resemble each other, and a network that is trained on them in order forgets
everything else. So they go into a memory, and each training step draws a batch from all of it at
random. When the memory is full, the oldest transition makes room for the newest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.env import Transitions

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Batch:
    """B transitions. Observations are (B, *observation), all others (B,).

    With several steps in one transition, `next_observation` is what was seen `span` steps later,
    and `reward` is what was earned on the way, later rewards discounted.
    """

    observation: Array
    action: Array
    reward: Array
    next_observation: Array
    terminated: Array
    span: Array
    weight: Array | None = None  # how much each counts; None when all count the same
    place: Array | None = None  # where each is kept in the memory that it was drawn from

    def __len__(self) -> int:
        return len(self.action)


class Lookahead:
    """Joins each transition with the `steps - 1` that follow it, so that news travels faster.

    With one step, a fall is known after one update to the state before it, after two to the one
    before that. With n steps it goes back n at a time. At the end of an episode, for whichever
    reason, the last transitions have fewer steps to look at; none ever reaches into the next one.

    Arguments:
        steps: how far to look; 1 leaves the transitions as they are.
        discount: what a reward is worth one step later.
    """

    def __init__(self, steps: int, discount: float) -> None:
        if steps < 1:
            raise ValueError(f"Lookahead: steps must be 1 or more, and is {steps}")
        self.steps, self.discount = steps, discount
        # For each environment what still waits for its future: [observation, action, rewards].
        self.waiting: dict[int, list[list[Any]]] = {}

    def join(self, transitions: Transitions) -> Batch:
        """Take K new transitions and return those whose future is now known, oldest first."""
        if self.steps == 1:
            return _as_they_are(transitions)
        rows: list[tuple[Any, ...]] = []
        for i, env in enumerate(transitions.env.tolist()):
            queue = self.waiting.setdefault(env, [])
            queue.append([transitions.observation[i], int(transitions.action[i]), []])
            for entry in queue:
                entry[2].append(float(transitions.reward[i]))
            while queue and (transitions.ended[i] or len(queue[0][2]) == self.steps):
                rows.append((*queue.pop(0), i))
        return self._batch(rows, transitions)

    def _batch(self, rows: list[tuple[Any, ...]], newest: Transitions) -> Batch:
        at = np.array([i for *_, i in rows], np.intp)
        blank = newest.observation[:0]
        return Batch(
            np.stack([seen for seen, *_ in rows]) if rows else blank,
            np.array([action for _, action, *_ in rows], np.int64),
            np.array([self._sum(rewards) for _, _, rewards, _ in rows]),
            newest.next_observation[at],
            newest.terminated[at],
            np.array([len(rewards) for _, _, rewards, _ in rows], np.int64),
        )

    def _sum(self, rewards: list[float]) -> float:
        return sum(reward * self.discount**k for k, reward in enumerate(rewards))

    def state_dict(self) -> dict[str, Any]:
        """What still waits, by environment."""
        return {
            str(env): [[seen, action, list(rewards)] for seen, action, rewards in queue]
            for env, queue in self.waiting.items()
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Wait for what `state` waited for."""
        self.waiting = {
            int(env): [[seen, action, list(rewards)] for seen, action, rewards in queue]
            for env, queue in state.items()
        }


def _as_they_are(t: Transitions) -> Batch:
    span = np.ones(len(t), np.int64)
    return Batch(t.observation, t.action, t.reward, t.next_observation, t.terminated, span)


class ReplayBuffer:
    """A ring of the newest `capacity` transitions, drawn from evenly and with replacement.

    One array a field, rather than one object a transition, so that a batch is six `take` calls.

    Arguments:
        capacity: how many transitions to keep.
        observation_shape, observation_dtype: of one observation. Pixels stay uint8.
    """

    def __init__(
        self,
        capacity: int,
        observation_shape: tuple[int, ...],
        observation_dtype: npt.DTypeLike = np.float32,
    ) -> None:
        if capacity < 1:
            raise ValueError(f"ReplayBuffer: capacity must be 1 or more, and is {capacity}")
        self.capacity = capacity
        self.fields: dict[str, Array] = {
            "observation": np.zeros((capacity, *observation_shape), observation_dtype),
            "action": np.zeros(capacity, np.int64),
            "reward": np.zeros(capacity, np.float32),
            "next_observation": np.zeros((capacity, *observation_shape), observation_dtype),
            "terminated": np.zeros(capacity, bool),
            "span": np.zeros(capacity, np.int64),
        }
        self.added = 0  # ever, so also the place of the next one, modulo capacity

    def __len__(self) -> int:
        return min(self.added, self.capacity)

    def remember(self, transitions: Transitions) -> Transitions:
        """The transitions with observations as this memory keeps them; here, as they are."""
        return transitions

    def add(self, transitions: Batch) -> Array:
        """Keep copies of K transitions, the last row being the newest. Returns their places."""
        count = len(transitions)
        newest = slice(max(0, count - self.capacity), count)
        places = np.arange(self.added, self.added + count)[newest] % self.capacity
        for name, column in self.fields.items():
            column[places] = getattr(transitions, name)[newest]
        self.added += count
        return places

    def sample(self, size: int, rng: np.random.Generator) -> Batch:
        """`size` transitions, drawn from all that are kept."""
        return next(self.batches(1, size, rng))

    def batches(
        self, count: int, size: int, rng: np.random.Generator, step: int = 0
    ) -> Iterator[Batch]:
        """`count` batches of `size` transitions, drawn evenly and all at once: fewer, larger calls.

        step: how many steps have been taken, for memories whose draws depend on it.
        """
        if not len(self):
            raise ValueError("ReplayBuffer: nothing to sample from, add transitions first")
        places = self.draw(count * size, rng)
        columns = {name: column.take(places, axis=0) for name, column in self.fields.items()}
        columns["place"] = places
        for start in range(0, count * size, size):
            part = slice(start, start + size)
            yield Batch(**{name: column[part] for name, column in columns.items()})

    def draw(self, count: int, rng: np.random.Generator) -> Array:
        """The places of `count` transitions, each drawn evenly from all that are kept."""
        return rng.integers(len(self), size=count)

    def learnt(self, batch: Batch, surprise: Array) -> None:
        """Hear how surprising (B,) the transitions of a batch were; an even memory ignores it."""

    def age(self, batch: Batch) -> float:
        """How many transitions ago those of a batch were added, on average."""
        assert batch.place is not None
        return float(((self.added - 1 - batch.place) % self.capacity).mean())

    def state_dict(self) -> dict[str, Any]:
        """The written part of each field, and how many transitions were ever added."""
        kept = {name: column[: len(self)].copy() for name, column in self.fields.items()}
        return {"added": self.added, "capacity": self.capacity, "fields": kept}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Keep what `state` holds. ValueError when it is of another capacity."""
        if state["capacity"] != self.capacity:
            raise ValueError(f"its replay memory holds {state['capacity']}, not {self.capacity}")
        self.added = int(state["added"])
        for name, column in self.fields.items():
            column[: len(self)] = state["fields"][name]
