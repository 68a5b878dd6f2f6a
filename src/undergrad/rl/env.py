"""Stepping through environments, with the one thing that is easy to get wrong done in one place.

An agent learns from transitions: it saw `observation`, took `action`, received `reward` and then
saw `next_observation`. At the end of an episode two questions decide whether it learns at all.
What did it truly see next? Not the first observation of the next episode, although a vector
environment may well return that. And was that a true end (`terminated`), or did only the time run
out (`truncated`)? After a true end nothing more can be earned; when time ran out, the episode would
have gone on, and the value of what was seen last still counts.

`Stepper` answers both for any Gymnasium vector environment, in each of its three autoreset modes,
and `EnvChecker` compares what an environment returns with the spaces that it declares.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, cast

import numpy as np
import numpy.typing as npt
from gymnasium import Space
from gymnasium.spaces import Box, Discrete
from gymnasium.vector import AutoresetMode, VectorEnv

from undergrad.errors import ToolError
from undergrad.rl.registry import fail
from undergrad.rl.streams import restore, saved

Array: TypeAlias = npt.NDArray[Any]


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
    """A vector environment whose running episodes can be saved: `SyncEnvs` or `ManyGames`."""

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
        name: of the environment, for messages.
    """

    def __init__(
        self, envs: VectorEnv[Any, Any, Any], seed: int, name: str = "of this run"
    ) -> None:
        self.name, self._checker = name, EnvChecker(name, envs.single_observation_space)
        self.size = envs.num_envs
        self.mode = AutoresetMode(envs.metadata.get("autoreset_mode", AutoresetMode.NEXT_STEP))
        self.envs = cast(
            Any, envs
        )  # Gymnasium's types know one seed for all, its code one for each
        self._rng = np.random.default_rng(seed)
        self._only_resets = np.zeros(self.size, bool)
        self.returns = np.zeros(self.size)  # of the running episodes, so far
        first = self._draw_seeds() if self.mode is AutoresetMode.DISABLED else seed
        self.observation: Array = self._started(self.envs.reset(seed=first))  # (N, *observation)

    def step(self, action: Array) -> tuple[Transitions, list[float]]:
        """Act once in every environment: `action` is (N,).

        Returns the transitions and the returns of the episodes that ended. In NEXT_STEP mode an
        environment whose episode just ended only resets: it ignores the action and has no row.
        """
        observation, real = self.observation, ~self._only_resets
        with self._checker.in_a_step():
            newest, reward, terminated, truncated, infos = self.envs.step(action)
        self._checker.check(newest, reward)
        ended = (terminated | truncated) & real
        next_observation = newest
        if self.mode is AutoresetMode.SAME_STEP:
            next_observation = _true_next(newest, infos, ended)
        self.returns[real] += reward[real]
        returns = self.returns[ended].tolist()
        self.returns[ended] = 0
        self.observation = self._reset_ended(np.array(newest), ended)
        rows = np.flatnonzero(real)
        columns = (observation, action, reward, next_observation, terminated, truncated)
        return Transitions(rows, *(np.asarray(column)[rows] for column in columns)), returns

    def _reset_ended(self, newest: Array, ended: Array) -> Array:
        """What to act on next: where an episode ended, the first observation of a new one."""
        if self.mode is AutoresetMode.NEXT_STEP:
            self._only_resets = ended
        if self.mode is not AutoresetMode.DISABLED or not ended.any():
            return newest
        mask = {"reset_mask": ended}
        return self._started(self.envs.reset(seed=self._draw_seeds(), options=mask))

    def _started(self, answer: tuple[Any, Any]) -> Array:
        """The observations of a reset."""
        self._checker.check_observation(answer[0])
        return np.array(answer[0])

    def _draw_seeds(self) -> list[int]:
        return [int(seed) for seed in self._rng.integers(2**31, size=self.size)]

    def restart(self) -> None:
        """Leave all running episodes, and start a new one everywhere. Needs mode DISABLED."""
        assert self.mode is AutoresetMode.DISABLED
        self.returns[:] = 0
        self.observation = self._started(self.envs.reset(seed=self._draw_seeds()))

    def state_dict(self) -> dict[str, Any]:
        """The running episodes and how the next ones will start. Needs environments that are
        `Savable`, as those of `make_env` are."""
        return {
            **saved(rng=self._rng),
            "returns": self.returns.copy(),
            "observation": self.observation.copy(),
            "envs": self.envs.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`. ValueError when it is of other environments, or when these do not
        come to the same observation again."""
        if len(state["returns"]) != self.size:
            raise ValueError(f"it has {len(state['returns'])} environments, not {self.size}")
        restore(state, rng=self._rng)
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


def _true_next(newest: Array, infos: Mapping[str, Any], ended: Array) -> Array:
    """In SAME_STEP mode the last observation of an episode comes in the extra information."""
    after = np.array(newest)
    for i in np.flatnonzero(ended):
        after[i] = infos["final_obs"][i]
    return after


class EnvChecker:
    """Compares what environments return with what they declare.

    An environment that breaks its word trains an agent too, only to do something else. So a reward
    that is not a finite number, or an observation outside its space, ends the run with a sentence
    that says where.

    Arguments:
        name: of the environment, for the sentence.
        space: of one observation.
    """

    def __init__(self, name: str, space: Space[Any]) -> None:
        self.name, self.space = name, space
        self.low: Any = -np.inf
        self.high: Any = np.inf
        if isinstance(space, Discrete):
            self.low, self.high = space.start, space.start + space.n - 1
        elif isinstance(space, Box):
            self.low, self.high = space.low, space.high
            if space.dtype is not None and space.dtype.kind == "f":
                # Without bounds too, infinity is not a number that can be learned from, nor is what
                # becomes infinite in single precision, in which agents compute.
                largest = min(np.finfo(space.dtype).max, np.finfo(np.float32).max)
                self.low, self.high = self.low.clip(-largest), self.high.clip(None, largest)
        # Bytes cannot leave 0 to 255, and there are many of them in an image.
        self.all_bytes = (
            space.dtype == np.uint8 and np.all(self.low == 0) and np.all(self.high == 255)
        )

    @contextmanager
    def in_a_step(self) -> Iterator[None]:
        """Turns what environments raise in a step, or what does not fit, into one sentence."""
        try:
            yield
        except (Exception, SystemExit) as error:
            fail(self.name, "a step", error)

    def check(self, observation: Array, reward: Array) -> None:
        """What a step returned: observations (N, *observation), rewards (N,)."""
        if not np.isfinite(reward).all():
            raise ToolError(
                f"The environment {self.name} gave the reward {reward[~np.isfinite(reward)][0]}: "
                "correct it, since nothing can be learned from that. What was saved is kept."
            )
        self.check_observation(observation)

    def check_observation(self, observation: Array) -> None:
        """Observations (N, *observation), of a step or of a reset."""
        if self.all_bytes:
            return
        # `not (within)`, so that nan, which compares as False, counts as outside.
        if not ((observation >= self.low) & (observation <= self.high)).all():
            raise ToolError(
                f"The environment {self.name} showed an observation outside of {self.space}: "
                f"{self._first_outside(observation)}. Correct it; what was saved is kept."
            )

    def _first_outside(self, observation: Array) -> list[Any]:
        inside = (observation >= self.low) & (observation <= self.high)
        rows = ~inside.reshape(len(observation), -1).all(axis=1)
        return [round(float(x), 4) for x in np.ravel(observation[rows][0])[:8]]
