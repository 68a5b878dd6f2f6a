"""A game as a Gymnasium vector environment: N games that one call of array code steps.

It does what Gymnasium's `SyncVectorEnv` does with N single environments, number for number, in each
of the three autoreset modes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from gymnasium.utils.seeding import np_random
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from undergrad.rl.envs.rules import Rules, existing, replace_rows, row

Array: TypeAlias = npt.NDArray[Any]


class ManyGames(VectorEnv[Any, Any, Any]):
    """N games of a rules.

    Arguments:
        rules: what happens in them.
        num_envs: how many games.
        max_episode_steps: after so many steps a game is truncated; without it, never.
        autoreset_mode: who begins a new game where one has ended, and when; see Gymnasium.
        render_mode: "rgb_array" when `render` is to give pictures.
    """

    def __init__(
        self,
        rules: Rules[Any],
        num_envs: int = 1,
        max_episode_steps: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
    ) -> None:
        self.rules = rules
        self.limit = np.inf if max_episode_steps is None else max_episode_steps
        self.mode = AutoresetMode(autoreset_mode)
        self.metadata = {
            "render_modes": ["rgb_array"],
            "render_fps": rules.frames_per_second,
            "autoreset_mode": self.mode,
        }
        self.render_mode = render_mode
        self.single_observation_space = rules.observation_space
        self.single_action_space = rules.action_space
        self._count(num_envs)
        self.generators: list[np.random.Generator] = []
        self.state: Any = None
        self.time = np.zeros(num_envs, np.int64)  # steps of the running games
        self.ended = np.zeros(num_envs, bool)  # games that wait for a new start

    def reset(
        self, *, seed: Any = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Begin new games, all or those where `options["reset_mask"]` (N,) is true.

        seed: one for each game, or a number from which they count upwards, or None to go on with
        the generators there are.
        """
        everyone = np.ones(self.num_envs, bool)
        mask = np.asarray((options or {}).get("reset_mask", everyone))
        if self.state is None:
            mask = everyone
        self._seed(_one_each(seed, self.num_envs), mask)
        self._begin(mask)
        return self.rules.observe(self.state), {}

    def step(self, actions: Any) -> tuple[Array, Array, Array, Array, dict[str, Any]]:
        """Do `actions` (N, *action) and see what it led to, all with N rows."""
        actions = existing(self.rules.action_space, np.asarray(actions), self.num_envs)
        resting = self.ended
        after, reward, terminated = self.rules.step(self.state, actions)
        self.state, self.time = after, self.time + 1
        truncated = self.time >= self.limit
        if self.mode is AutoresetMode.NEXT_STEP and resting.any():
            self._begin(resting)
            for column in (reward, terminated, truncated):
                column[resting] = 0
        self.ended = terminated | truncated
        if self.mode is AutoresetMode.SAME_STEP and self.ended.any():
            return self._restart(reward, terminated, truncated)
        return self.rules.observe(self.state), reward, terminated, truncated, {}

    def render(self) -> Any:
        """A picture of each game, a tuple of (height, width, 3) uint8; None without a mode."""
        if self.render_mode is None:
            return None
        paint = self.rules.paint
        return tuple(np.array(paint(row(self.state, i))) for i in range(self.num_envs))

    def keep(self, chosen: Array) -> None:
        """Go on with the games where `chosen` (N,) is true, as if there had never been others."""
        rows = np.flatnonzero(chosen)
        self.state = type(self.state)(*(column[rows] for column in self.state))
        self.time, self.ended = self.time[rows], self.ended[rows]
        self.generators = [self.generators[i] for i in rows]
        self._count(len(rows))

    def state_dict(self) -> dict[str, Any]:
        """The running games: their states, how long they have lasted, and their generators."""
        return {
            "games": {name: column.copy() for name, column in self.state._asdict().items()},
            "time": self.time.copy(),
            "ended": self.ended.copy(),
            "generators": [generator.bit_generator.state for generator in self.generators],
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> Array:
        """Go back to `state`. Returns what is seen there: (N, *observation)."""
        self.reset()  # so that there are a state and generators to be filled
        self.state = self.state._replace(**{k: np.array(v) for k, v in state["games"].items()})
        self.time, self.ended = np.array(state["time"]), np.array(state["ended"])
        for generator, saved in zip(self.generators, state["generators"], strict=True):
            generator.bit_generator.state = saved
        return self.rules.observe(self.state)

    def _count(self, games: int) -> None:
        self.num_envs = games
        self.observation_space = batch_space(self.rules.observation_space, games)
        self.action_space = batch_space(self.rules.action_space, games)

    def _restart(
        self, reward: Array, terminated: Array, truncated: Array
    ) -> tuple[Array, Array, Array, Array, dict[str, Any]]:
        """In SAME_STEP mode: the last observation goes beside the first one of the new game."""
        last, ended = self.rules.observe(self.state), self.ended
        final = np.empty(self.num_envs, object)
        for i in np.flatnonzero(ended):
            final[i] = last[i]
        self._begin(ended)
        infos = {"final_obs": final, "_final_obs": ended.copy()}
        return self.rules.observe(self.state), reward, terminated, truncated, infos

    def _seed(self, seeds: Sequence[int | None], mask: Array) -> None:
        if not self.generators:
            self.generators = [np_random(seed)[0] for seed in seeds]
            return
        for i in np.flatnonzero(mask).tolist():
            if seeds[i] is not None:
                self.generators[i] = np_random(seeds[i])[0]

    def _begin(self, mask: Array) -> None:
        fresh = self.rules.start([self.generators[i] for i in np.flatnonzero(mask)])
        self.state = fresh if mask.all() else replace_rows(self.state, mask, fresh)
        self.time = np.where(mask, 0, self.time)
        self.ended = self.ended & ~mask


def _one_each(seed: Any, count: int) -> Sequence[int | None]:
    """What `SyncVectorEnv` makes of the seed it is given."""
    if seed is None:
        return [None] * count
    return [seed + i for i in range(count)] if isinstance(seed, int) else list(seed)
