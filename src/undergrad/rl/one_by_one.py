"""Environments that are stepped one after the other, and saved without knowing what is inside.

Few environments can be saved as they are. But the same seed and the same actions lead to the same
place. So it is enough to keep the seed of each running episode and the actions taken since: to go
back there, the episode is played again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, SyncVectorEnv

Array: TypeAlias = npt.NDArray[Any]


class OneByOne(SyncVectorEnv[Any, Any]):
    """N single environments as a vector environment in autoreset mode DISABLED.

    Arguments:
        makers: one function for each environment, which makes it.
    """

    def __init__(self, makers: Sequence[Callable[[], gymnasium.Env[Any, Any]]]) -> None:
        super().__init__(makers, autoreset_mode=AutoresetMode.DISABLED)
        self._seeds: list[Any] = [None] * self.num_envs  # of the running episodes
        self._actions: list[list[Any]] = [[] for _ in makers]  # since they began

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin new episodes from `seed`, one for each environment: everywhere, or where
        `options["reset_mask"]` (N,) is true."""
        begins = (options or {}).get("reset_mask", np.ones(self.num_envs, bool))
        for i in np.flatnonzero(begins):
            self._seeds[i], self._actions[i] = seed[i], []
        return super().reset(seed=seed, options=options)

    def step(self, actions: Any) -> tuple[Any, Array, Array, Array, dict[str, Any]]:
        """Do one of `actions` (N, ...) in each environment."""
        told = super().step(actions)
        for taken, action in zip(self._actions, np.asarray(actions).tolist(), strict=True):
            taken.append(action)
        return told

    def state_dict(self) -> dict[str, Any]:
        """The running episodes as seeds and actions."""
        return {"seeds": list(self._seeds), "actions": [list(taken) for taken in self._actions]}

    def load_state_dict(self, state: Mapping[str, Any]) -> Array:
        """Play the running episodes of `state` again. Returns what is seen last, (N, ...)."""
        self._seeds = list(state["seeds"])
        self._actions = [list(taken) for taken in state["actions"]]
        seen, _ = super().reset(seed=self._seeds)
        for i, (env, taken) in enumerate(zip(self.envs, self._actions, strict=True)):
            for action in taken:
                seen[i] = env.step(_typed(action, env.action_space))[0]
        return np.array(seen)


def _typed(action: Any, space: gymnasium.Space[Any]) -> Any:
    """A saved action as it was taken: a whole number, or an array of the space's type."""
    return action if isinstance(action, int) else np.asarray(action, space.dtype)
