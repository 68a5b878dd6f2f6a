"""Environments to learn in, with the one thing that is easy to get wrong done in one place.

An agent learns from transitions: it saw `observation`, did `action`, received `reward` and then
saw `next_observation`. At the end of an episode two questions decide whether it learns at all.
What did it truly see next? Not the first observation of the next episode, although a vector
environment may well return that. And was it the end of the world (`terminated`), or did only the
time run out (`truncated`)? After a true end nothing more can be earned; when time ran out, the
world would have gone on, and its value still counts.

`Stepper` answers both for any Gymnasium vector environment, in each of its three autoreset modes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any, Protocol, TypeAlias, cast

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, VectorEnv

from undergrad.errors import UsageError
from undergrad.rl.honesty import Honesty
from undergrad.rl.one_by_one import OneByOne

Array: TypeAlias = npt.NDArray[Any]

OURS = "undergrad/"  # what the names of our own environments begin with
ATARI = "atari/"  # and those of Atari games


@dataclass(frozen=True)
class Transitions:
    """What happened in one call of `Stepper.step`: K transitions, each in another environment.

    Shapes: `observation` and `next_observation` are (K, *observation), all others (K,).
    `terminated` alone is the mask for bootstrapping; a step that is both does not bootstrap.
    """

    env: Array  # which environment, ascending
    observation: Array
    action: Array
    reward: Array
    next_observation: Array
    terminated: Array
    truncated: Array

    @property
    def ended(self) -> Array:
        """Where an episode is over, for whichever reason. Never a mask for bootstrapping."""
        return np.asarray(self.terminated | self.truncated)

    def __len__(self) -> int:
        return len(self.env)


class Savable(Protocol):
    """A vector environment whose running episodes can be kept: `OneByOne` or `ManyGames`."""

    def state_dict(self) -> dict[str, Any]:
        """The running episodes, as arrays and plain values."""

    def load_state_dict(self, state: Mapping[str, Any]) -> Array:
        """Go back to `state`. Returns what is seen there: (N, *observation)."""


class Stepper:
    """Steps through 1 to N environments and reports only what truly happened.

    With autoreset mode DISABLED (what `make_env` uses) every episode starts from a seed of its
    own, drawn from one generator, and the running episodes can be saved.

    Arguments:
        envs: a Gymnasium vector environment, in any autoreset mode.
        seed: decides how all episodes start.
        name: what to call them when they do not keep their word.
    """

    def __init__(
        self, envs: VectorEnv[Any, Any, Any], seed: int, name: str = "of this training"
    ) -> None:
        self.name, self._honesty = name, Honesty(name, envs.single_observation_space)
        self.size = envs.num_envs
        self.mode = AutoresetMode(envs.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP))
        self.envs = cast(
            Any, envs
        )  # Gymnasium's types know one seed for all, its code one for each
        self._rng = np.random.default_rng(seed)
        self._only_resets = np.zeros(self.size, bool)
        self.returns = np.zeros(self.size)  # of the running episodes, so far
        first = self._draw_seeds() if self.mode is AutoresetMode.DISABLED else seed
        self.observation: Array = np.array(self.envs.reset(seed=first)[0])  # (N, *observation)
        self._honesty.check_first(self.observation[0])

    def step(self, action: Array) -> tuple[Transitions, list[float]]:
        """Act once in every environment: `action` is (N,).

        Returns the transitions and the returns of the episodes that ended. In NEXT_STEP mode an
        environment whose episode just ended only resets: it ignores the action and has no row.
        """
        before, real = self.observation, ~self._only_resets
        with self._honesty.in_a_step():
            seen, reward, terminated, truncated, infos = self.envs.step(action)
        self._honesty.check(seen, reward)
        ended = (terminated | truncated) & real
        after = _true_next(seen, infos, ended) if self.mode is AutoresetMode.SAME_STEP else seen
        self.returns[real] += reward[real]
        returns = self.returns[ended].tolist()
        self.returns[ended] = 0
        self.observation = self._begin_again(np.array(seen), ended)
        rows = np.flatnonzero(real)
        columns = (before, action, reward, after, terminated, truncated)
        return Transitions(rows, *(np.asarray(column)[rows] for column in columns)), returns

    def _begin_again(self, seen: Array, ended: Array) -> Array:
        """What to act on next: where an episode ended, the first observation of a new one."""
        if self.mode is AutoresetMode.NEXT_STEP:
            self._only_resets = ended
        if self.mode is not AutoresetMode.DISABLED or not ended.any():
            return seen
        mask = {"reset_mask": ended}
        return np.array(self.envs.reset(seed=self._draw_seeds(), options=mask)[0])

    def _draw_seeds(self) -> list[int]:
        return [int(seed) for seed in self._rng.integers(2**31, size=self.size)]

    def restart(self) -> None:
        """Leave all running episodes, and begin a new one everywhere. Needs mode DISABLED."""
        assert self.mode is AutoresetMode.DISABLED
        self.returns[:] = 0
        self.observation = np.array(self.envs.reset(seed=self._draw_seeds())[0])

    def state_dict(self) -> dict[str, Any]:
        """The running episodes and how the next ones will start. Needs environments that are
        `Savable`, as those of `make_env` are."""
        return {
            "rng": self._rng.bit_generator.state,
            "returns": self.returns.copy(),
            "observation": self.observation.copy(),
            "envs": self.envs.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`. ValueError when it is of other environments, or when these do not
        come to the same place again."""
        if len(state["returns"]) != self.size:
            raise ValueError(f"it has {len(state['returns'])} environments, not {self.size}")
        self._rng.bit_generator.state = state["rng"]
        self.returns = np.array(state["returns"])
        self.observation = self.envs.load_state_dict(state["envs"])
        if not np.array_equal(self.observation, state["observation"]):
            raise ValueError(
                f"the environment {self.name} does not repeat itself: the same seeds and actions "
                "led elsewhere"
            )

    def close(self) -> None:
        """Free what the environments hold."""
        self.envs.close()


@dataclass(frozen=True)
class World:
    """Which environment to learn in: a name that Gymnasium knows, and options for making it."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def make(self, envs: int, seed: int) -> Stepper:
        """`envs` copies of it; `seed` decides how all episodes start."""
        return make_env(self.name, envs, seed, **self.options)


def make_env(name: str, envs: int = 1, seed: int = 0, **settings: Any) -> Stepper:
    """`envs` copies of the Gymnasium environment `name`, ready to step.

    Arguments:
        seed: decides how all episodes start.
        settings: passed on to the environment, such as `render_mode="rgb_array"`.

    Raises UsageError when there is no such environment.
    """
    if envs < 1:
        raise UsageError(f"{envs} environments are too few: give 1 or more.")
    register(name)
    make = all_at_once if name.startswith(OURS) else _one_by_one
    try:
        many = make(name, envs, settings)
    except (gymnasium.error.Error, TypeError) as error:
        raise UsageError(f"The environment {name} cannot be made: {error}.") from error
    return Stepper(many, seed, name)


def all_at_once(name: str, envs: int, settings: Mapping[str, Any]) -> VectorEnv[Any, Any, Any]:
    """One of our own worlds, which are array code: N games cost little more than one."""
    mode = AutoresetMode.DISABLED
    return gymnasium.make_vec(name, envs, "vector_entry_point", autoreset_mode=mode, **settings)


def _one_by_one(name: str, envs: int, settings: Mapping[str, Any]) -> VectorEnv[Any, Any, Any]:
    """Any other environment. Gymnasium's checker warns; ours stops, and looks at every step."""
    make = partial(gymnasium.make, name, disable_env_checker=True, **settings)
    many = OneByOne([make] * envs)
    # Before observations are put side by side, which hides their type.
    Honesty(name, many.single_observation_space).check_first(many.envs[0].reset(seed=0)[0])
    return many


def register(name: str) -> None:
    """Make our own environments, or Atari games, known to Gymnasium, when it is one of them."""
    if name.startswith(OURS):
        import_module("undergrad.rl.envs").register()
    elif name.startswith(ATARI):
        import_module("undergrad.rl.atari").register(name)


def _true_next(seen: Array, infos: Mapping[str, Any], ended: Array) -> Array:
    """In SAME_STEP mode the last observation of an episode comes in the extra information."""
    after = np.array(seen)
    for i in np.flatnonzero(ended):
        after[i] = infos["final_obs"][i]
    return after
