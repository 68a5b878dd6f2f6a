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
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

Array: TypeAlias = npt.NDArray[Any]


class OneByOne(VectorEnv[Any, Any, Any]):
    """N single environments as a vector environment in autoreset mode DISABLED.

    Like Gymnasium's `SyncVectorEnv`, but it can be saved, and leaves out the extra information.
    Whole numbers reach the environments as Python's own, arrays in the type of their space.

    Arguments:
        makers: one function for each environment, which makes it. All are of one kind.

    Raises TypeError when an observation is not one array of numbers.
    """

    def __init__(self, makers: Sequence[Callable[[], gymnasium.Env[Any, Any]]]) -> None:
        self.envs, self.num_envs = [make() for make in makers], len(makers)
        one = self.envs[0]
        self.metadata = {**one.metadata, "autoreset_mode": AutoresetMode.DISABLED}
        self.render_mode = one.render_mode
        self.single_observation_space = seen = one.observation_space
        self.single_action_space = one.action_space
        self.observation_space = batch_space(seen, self.num_envs)
        self.action_space = batch_space(one.action_space, self.num_envs)
        if seen.shape is None:
            raise TypeError(f"its observations are {seen}, and must be arrays of numbers")
        self._seen: Array = np.zeros((self.num_envs, *seen.shape), seen.dtype)
        self._seeds: list[Any] = [None] * self.num_envs  # of the running episodes
        self._actions: list[list[Any]] = [[] for _ in makers]  # since they began

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Begin new episodes from `seed`, one for each environment: everywhere, or where
        `options["reset_mask"]` (N,) is true."""
        begins = (options or {}).get("reset_mask", np.ones(self.num_envs, bool))
        for i in np.flatnonzero(begins):
            self._seeds[i], self._actions[i] = seed[i], []
            self._seen[i], _ = self.envs[i].reset(seed=seed[i])
        return self._seen.copy(), {}

    def step(self, actions: Any) -> tuple[Array, Array, Array, Array, dict[str, Any]]:
        """Do one of `actions` (N, ...) in each environment."""
        reward = np.zeros(self.num_envs)
        terminated, truncated = np.zeros((2, self.num_envs), bool)
        for i, action in enumerate(np.asarray(actions).tolist()):
            self._actions[i].append(action)
            self._seen[i], reward[i], terminated[i], truncated[i], _ = self._do(i, action)
        return self._seen.copy(), reward, terminated, truncated, {}

    def render(self) -> Any:
        """A picture of each environment; None without a mode."""
        return tuple(env.render() for env in self.envs)

    def close_extras(self, **kwargs: Any) -> None:
        """Close the environments."""
        for env in self.envs:
            env.close()

    def state_dict(self) -> dict[str, Any]:
        """The running episodes as seeds and actions."""
        return {"seeds": list(self._seeds), "actions": [list(taken) for taken in self._actions]}

    def load_state_dict(self, state: Mapping[str, Any]) -> Array:
        """Play the running episodes of `state` again. Returns what is seen last, (N, ...)."""
        self.reset(seed=state["seeds"])
        self._actions = [list(taken) for taken in state["actions"]]
        for i, taken in enumerate(self._actions):
            for action in taken:
                self._seen[i] = self._do(i, action)[0]
        return self._seen.copy()

    def _do(self, i: int, action: Any) -> Any:
        """One step of one environment, now or when it is played again."""
        array = isinstance(action, list)
        dtype = self.single_action_space.dtype
        return self.envs[i].step(np.asarray(action, dtype) if array else action)
