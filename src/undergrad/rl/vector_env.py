"""Environments by name, N of them side by side.

Our own environments (`undergrad/...`) are array code and step all N at once. Any other Gymnasium
environment is made N times, and stepped one after the other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any, TypeAlias

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from undergrad.errors import UsageError
from undergrad.rl.env import EnvChecker, Stepper

Array: TypeAlias = npt.NDArray[Any]

OURS = "undergrad/"  # what the names of our own environments begin with
ATARI = "atari/"  # and those of Atari games


@dataclass(frozen=True)
class EnvSpec:
    """Which environment to learn in: a name that Gymnasium knows, and options for making it."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def make(self, n_envs: int, seed: int) -> Stepper:
        """`n_envs` copies of it; `seed` decides how all episodes start."""
        return make_env(self.name, n_envs, seed, **self.options)


def make_env(name: str, n_envs: int = 1, seed: int = 0, **options: Any) -> Stepper:
    """`n_envs` copies of the Gymnasium environment `name`, ready to step.

    Arguments:
        seed: decides how all episodes start.
        options: passed on to the environment, such as `render_mode="rgb_array"`.

    Raises UsageError when there is no such environment.
    """
    if n_envs < 1:
        raise UsageError(f"{n_envs} environments are too few: give 1 or more.")
    register(name)
    make = make_games if name.startswith(OURS) else _make_others
    try:
        envs = make(name, n_envs, options)
    except (gymnasium.error.Error, TypeError) as error:
        raise UsageError(f"The environment {name} cannot be made: {error}.") from error
    return Stepper(envs, seed, name)


def make_games(name: str, n_envs: int, options: Mapping[str, Any]) -> VectorEnv[Any, Any, Any]:
    """One of our own environments: N games cost little more than one."""
    mode = AutoresetMode.DISABLED
    return gymnasium.make_vec(name, n_envs, "vector_entry_point", autoreset_mode=mode, **options)


def _make_others(name: str, n_envs: int, options: Mapping[str, Any]) -> VectorEnv[Any, Any, Any]:
    """Any other environment. Gymnasium's checker warns; ours stops, and checks every step."""
    make = partial(gymnasium.make, name, disable_env_checker=True, **options)
    envs = SyncEnvs([make] * n_envs)
    # Before observations are put side by side, which hides their type.
    EnvChecker(name, envs.single_observation_space).check_first(envs.envs[0].reset(seed=0)[0])
    return envs


def register(name: str) -> None:
    """Make our own environments, or Atari games, known to Gymnasium, when it is one of them."""
    if name.startswith(OURS):
        import_module("undergrad.rl.envs").register()
    elif name.startswith(ATARI):
        import_module("undergrad.rl.atari").register(name)


class SyncEnvs(VectorEnv[Any, Any, Any]):
    """N single environments as a vector environment in autoreset mode DISABLED.

    Like Gymnasium's `SyncVectorEnv`, but it can be saved, and leaves out the extra information.
    Few environments can be saved as they are, but the same seed and the same actions lead to the
    same state. So it keeps the seed of each running episode and the actions since, and plays them
    once more to go back there.
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
        self._actions: list[list[Any]] = [[] for _ in makers]  # since they started

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Start new episodes from `seed`, one for each environment: everywhere, or where
        `options["reset_mask"]` (N,) is true."""
        starts = (options or {}).get("reset_mask", np.ones(self.num_envs, bool))
        for i in np.flatnonzero(starts):
            self._seeds[i], self._actions[i] = seed[i], []
            self._seen[i], _ = self.envs[i].reset(seed=seed[i])
        return self._seen.copy(), {}

    def step(self, actions: Any) -> tuple[Array, Array, Array, Array, dict[str, Any]]:
        """Take one of `actions` (N, ...) in each environment."""
        reward = np.zeros(self.num_envs)
        terminated, truncated = np.zeros((2, self.num_envs), bool)
        for i, action in enumerate(np.asarray(actions).tolist()):
            self._actions[i].append(action)
            self._seen[i], reward[i], terminated[i], truncated[i], _ = self._do(i, action)
        return self._seen.copy(), reward, terminated, truncated, {}

    def render(self) -> Any:
        """An image of each environment; None without a mode."""
        return tuple(env.render() for env in self.envs)

    def close_extras(self, **kwargs: Any) -> None:
        """Close the environments."""
        for env in self.envs:
            env.close()

    def state_dict(self) -> dict[str, Any]:
        """The running episodes as seeds and actions."""
        return {"seeds": list(self._seeds), "actions": [list(taken) for taken in self._actions]}

    def load_state_dict(self, state: Mapping[str, Any]) -> Array:
        """Play the running episodes of `state` again. Returns the last observations, (N, ...)."""
        self.reset(seed=state["seeds"])
        self._actions = [list(taken) for taken in state["actions"]]
        for i, taken in enumerate(self._actions):
            for action in taken:
                self._seen[i] = self._do(i, action)[0]
        return self._seen.copy()

    def _do(self, i: int, action: Any) -> Any:
        """One step of one environment, now or when an episode is played again."""
        array = isinstance(action, list)
        dtype = self.single_action_space.dtype
        return self.envs[i].step(np.asarray(action, dtype) if array else action)
