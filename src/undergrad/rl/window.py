"""The positions that AlphaZero learns from: the newest ones, turned and reflected at random.

K is a number of positions, A that of actions.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from undergrad.rl.games.base import Array, Game


class Samples(NamedTuple):
    """K positions of games that were played to their end."""

    own: Array  # (K,)
    mask: Array  # (K,)
    policy: Array  # (K, A) what the search found
    outcome: Array  # (K,) how the game ended for the player to move: 1, 0 or -1


class Window:
    """The newest positions: a ring, sampled uniformly and with replacement.

    Arguments:
        capacity: how many to keep. With those of the newest games only, the network would forget
            what it no longer plays.
    """

    def __init__(self, capacity: int, game: Game) -> None:
        self.capacity, self.added = capacity, 0
        self.columns = Samples(
            np.zeros(capacity, np.uint64),
            np.zeros(capacity, np.uint64),
            np.zeros((capacity, game.actions), np.float32),
            np.zeros(capacity, np.float32),
        )

    def __len__(self) -> int:
        return min(self.added, self.capacity)

    def add(self, samples: Samples) -> None:
        """Store copies of positions; the last of them is the newest."""
        count = len(samples.own)
        index = np.arange(self.added, self.added + count)[-self.capacity :] % self.capacity
        for column, new in zip(self.columns, samples, strict=True):
            column[index] = new[-self.capacity :]
        self.added += count

    def sample(self, batches: int, batch_size: int, rng: np.random.Generator) -> Iterator[Samples]:
        """`batches` times `batch_size` positions."""
        for _ in range(batches):
            index = rng.integers(len(self), size=batch_size)
            yield Samples(*(column[index] for column in self.columns))

    def state_dict(self) -> dict[str, Any]:
        """The written part of each column, and how many positions were ever added."""
        columns = self.columns._asdict().items()
        kept = {name: column[: len(self)].copy() for name, column in columns}
        return {"added": self.added, "capacity": self.capacity, "columns": kept}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Store what `state` holds. ValueError when it is of another capacity."""
        if state["capacity"] != self.capacity:
            raise ValueError(f"its window holds {state['capacity']} positions, not {self.capacity}")
        self.added = int(state["added"])
        for name, column in self.columns._asdict().items():
            column[: len(self)] = state["columns"][name]


def at_random_symmetry(
    game: Game, planes: Array, policy: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Each position turned or reflected at random, board and policy alike."""
    cells, actions = (np.stack(maps) for maps in zip(*game.symmetries, strict=True))
    chosen = rng.integers(len(cells), size=len(planes))
    flat = planes.reshape(*planes.shape[:2], -1)
    turned = np.take_along_axis(flat, cells[chosen][:, None], 2).reshape(planes.shape)
    return turned, np.take_along_axis(policy, actions[chosen], 1)
