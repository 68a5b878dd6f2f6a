"""Whole episodes side by side, each from its own seed and each played once.

The policy answers for all episodes that still run in one call; an episode that is over leaves the
row. There are two ways to play the others: our own worlds step all their games at once, and of any
other world there is one environment for each episode.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import gymnasium
import numpy as np
import numpy.typing as npt

from undergrad.rl.env import OURS, all_at_once, register
from undergrad.rl.honesty import Honesty

Array: TypeAlias = npt.NDArray[Any]


class Episodes(Protocol):
    """N episodes, of which fewer and fewer still run. K is the number of those that do."""

    honesty: Honesty

    def begin(self, seeds: Sequence[int]) -> Array:
        """Begin an episode from each seed. Returns what is seen: (N, *observation)."""

    def step(self, actions: Array) -> tuple[Array, Array, Array]:
        """Do `actions` (K, ...) in those that run.

        Returns what is seen, the rewards and whether it is over, each with K rows. Episodes that
        are over do not run any longer.
        """

    def close(self) -> None:
        """Free what the environments hold."""


def episodes(name: str, count: int, settings: Mapping[str, Any]) -> Episodes:
    """`count` episodes of the Gymnasium environment `name`, made with `settings`."""
    register(name)
    return (_Games if name.startswith(OURS) else _Singles)(name, count, settings)


class _Games:
    def __init__(self, name: str, count: int, settings: Mapping[str, Any]) -> None:
        self._games: Any = all_at_once(name, count, settings)
        self.honesty = Honesty(name, self._games.single_observation_space)

    def begin(self, seeds: Sequence[int]) -> Array:
        return np.asarray(self._games.reset(seed=list(seeds))[0])

    def step(self, actions: Array) -> tuple[Array, Array, Array]:
        seen, reward, terminated, truncated, _ = self._games.step(actions)
        over = terminated | truncated
        if over.any():
            self._games.keep(~over)
        return seen, reward, over

    def close(self) -> None:
        self._games.close()


class _Singles:
    def __init__(self, name: str, count: int, settings: Mapping[str, Any]) -> None:
        self._all = [gymnasium.make(name, **settings) for _ in range(count)]
        self._running = self._all
        self.honesty = Honesty(name, self._all[0].observation_space)

    def begin(self, seeds: Sequence[int]) -> Array:
        first = [env.reset(seed=seed)[0] for env, seed in zip(self._all, seeds, strict=True)]
        self._first = np.stack(first)
        return self._first

    def step(self, actions: Array) -> tuple[Array, Array, Array]:
        seen = np.empty_like(self._first[: len(actions)])
        reward, over = np.zeros(len(seen)), np.zeros(len(seen), bool)
        for i, (env, do) in enumerate(zip(self._running, _each(actions), strict=True)):
            seen[i], reward[i], terminated, truncated, _ = env.step(do)
            over[i] = terminated or truncated
        self._running = [env for env, ended in zip(self._running, over, strict=True) if not ended]
        return seen, reward, over

    def close(self) -> None:
        for env in self._all:
            env.close()


def _each(actions: Array) -> list[Any]:
    """One action a row: whole numbers as Python's own, vectors as arrays."""
    whole = np.issubdtype(actions.dtype, np.integer)
    return actions.tolist() if whole and actions.ndim == 1 else list(actions)
