"""Environments by name, one of them or N side by side.

Our own environments (`undergrad/...`) are array code and step all N at once. Any other Gymnasium
environment is made N times, and stepped one after the other. Each is seen through `PlainEnv`,
wherever it is used: in training, in evaluation and in a film.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NoReturn, TypeAlias

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.spaces import Box
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from undergrad.errors import ToolError, UsageError
from undergrad.rl.env import Stepper
from undergrad.rl.games import GAMES
from undergrad.rl.registry import OURS, aside, fail, foreign, register
from undergrad.rl.spaces import plain_actions, plain_observations

Array: TypeAlias = npt.NDArray[Any]

LIMIT = 1_000  # steps of an episode where an environment sets no limit of its own


@dataclass(frozen=True)
class EnvSpec:
    """Which environment to learn in.

    Arguments:
        name: see `registry`.
        options: for making it, such as `max_episode_steps`.
        folder: where its module is, when it is not one that is installed.
    """

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    folder: str = ""

    def make(self, n_envs: int, seed: int) -> Stepper:
        """`n_envs` copies of it; `seed` decides how all episodes start."""
        register(self.name, self.folder)
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
    if name.startswith(OURS):
        return Stepper(make_games(name, n_envs, options), seed, name)
    make = partial(make_one, name, **options)
    return Stepper(SyncEnvs([make] * n_envs), seed, name)


def make_games(name: str, n_envs: int, options: Mapping[str, Any]) -> VectorEnv[Any, Any, Any]:
    """One of our own environments: N games cost little more than one."""
    mode = AutoresetMode.DISABLED
    with _making(name):
        register(name)
        return gymnasium.make_vec(
            name, n_envs, "vector_entry_point", autoreset_mode=mode, **options
        )


def make_one(name: str, **options: Any) -> "PlainEnv":
    """One environment, ours or any other, as agents see it. UsageError when it cannot be made."""
    with _making(name):
        registered = register(name)
        limit = options.get("max_episode_steps", gymnasium.spec(registered).max_episode_steps)
        limit = None if limit == -1 else limit  # how Gymnasium is told to set none
        options = {**options, "max_episode_steps": limit or LIMIT}
        # Gymnasium's checker warns; ours stops, and checks every step.
        env = gymnasium.make(registered, disable_env_checker=True, **options)
        return PlainEnv(env, name, None if limit else LIMIT)


@contextmanager
def _making(name: str) -> Iterator[None]:
    with foreign(name, "being made"):
        try:
            yield
        except (gymnasium.error.Error, TypeError) as error:
            if name in GAMES:
                raise UsageError(
                    f"{name} is a board game for two and not an environment: `undergrad train "
                    f"{name}-zero` learns it by self-play, and `undergrad play {name}` plays it."
                ) from error
            said = " ".join(str(error).split()).rstrip(".")
            raise UsageError(f"The environment {name} cannot be made: {said}.") from error


class PlainEnv(gymnasium.Wrapper[Any, Any, Any, Any]):
    """An environment as agents see it: with plain spaces (`spaces`), and errors in one sentence.

    Whatever it raises, and whatever it returns that is not as Gymnasium has it, becomes a ToolError
    that says where. The bounds of arrays, and whether numbers are finite, are left to `EnvChecker`,
    which looks at many environments at once.

    Arguments:
        name: for the sentences.
        imposed: the limit on steps, when the environment has none of its own.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], name: str, imposed: int | None = None) -> None:
        super().__init__(env)
        self.name, self.imposed, self.steps = name, imposed, 0
        self._aside = aside(name)  # entered at each step
        self.declared = env.observation_space
        observations = plain_observations(name, self.declared)
        actions = plain_actions(name, env.action_space)
        self.observation_space, self.action_space = observations.space, actions.space
        self._read, self._for_env = observations.convert, actions.convert
        # An array of this type and shape needs no reading; anything but a Box always does.
        is_box = isinstance(self.declared, Box)
        self._type, self._shape = observations.space.dtype, self.declared.shape if is_box else None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode."""
        self.steps = 0
        with foreign(self.name, "reset"):
            answer: Any = self.env.reset(seed=seed, options=options)
        if not isinstance(answer, tuple) or len(answer) != 2 or not isinstance(answer[1], dict):
            self._refuse(f"reset returned {answer!r:.60}, and not (observation, info)")
        return self._observation(answer[0]), answer[1]

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take a plain action."""
        self.steps += 1
        action = self._for_env(action)
        try:
            with self._aside:
                seen, reward, terminated, truncated, info = self.env.step(action)
        except (Exception, SystemExit) as error:
            fail(self.name, f"step {self.steps} of an episode, with the action {action}", error)
        if type(reward) is not float:
            reward = self._number(reward)
        if type(terminated) is not bool or type(truncated) is not bool:
            terminated = self._truth("terminated", terminated)
            truncated = self._truth("truncated", truncated)
        return self._observation(seen), reward, terminated, truncated, info

    def render(self) -> Any:
        """An image, (height, width, 3) uint8; whatever it is in another mode."""
        with foreign(self.name, f"render, after step {self.steps} of an episode"):
            image: Any = self.env.render()
        pixels = np.asarray(image) if self.render_mode == "rgb_array" else None
        if pixels is None or (pixels.dtype == np.uint8 and pixels.shape[2:] == (3,)):
            return image
        self._refuse(
            f"render returned {type(image).__name__} of shape {pixels.shape} and type "
            f"{pixels.dtype}, and an image is (height, width, 3) of bytes"
        )

    def close(self) -> None:
        """Free what the environment holds."""
        with foreign(self.name, "close"):
            self.env.close()

    def _observation(self, seen: Any) -> Any:
        if type(seen) is np.ndarray and seen.dtype == self._type and seen.shape == self._shape:
            return seen
        try:
            return self._read(seen)
        except (TypeError, ValueError) as error:
            self._refuse(f"an observation does not lie in {self.declared}: {error}")

    def _number(self, reward: Any) -> float:
        if isinstance(reward, int | float | np.number | np.bool_) or np.shape(reward) == ():
            with suppress(TypeError, ValueError):
                return float(reward)
        self._refuse(f"the reward {reward!r:.60} is not a number")

    def _truth(self, name: str, value: Any) -> bool:
        if not isinstance(value, bool | np.bool_):
            self._refuse(f"{name} is {value!r:.60}, and must be True or False")
        return bool(value)

    def _refuse(self, what: str) -> NoReturn:
        where = f"in step {self.steps} of an episode" if self.steps else "at the start"
        raise ToolError(
            f"The environment {self.name} broke its word {where}: {what}. Correct it; what was "
            "saved is kept."
        )


class SyncEnvs(VectorEnv[Any, Any, Any]):
    """N single environments as a vector environment in autoreset mode DISABLED.

    Like Gymnasium's `SyncVectorEnv`, but it can be saved, and leaves out the extra information.
    Few environments can be saved as they are, but the same seed and the same actions lead to the
    same state. So it keeps the seed of each running episode and the actions since, and plays them
    once more to go back there.

    Arguments:
        makers: one function for each environment, which makes it. All are of one kind.
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
        assert seen.shape is not None
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
            self._seen[i], reward[i], terminated[i], truncated[i], _ = self.envs[i].step(action)
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
                self._seen[i] = self.envs[i].step(action)[0]
        return self._seen.copy()
