"""A game as an ordinary Gymnasium environment: one game, whose rules stand in `rules.py`."""

from typing import Any, TypeAlias

import gymnasium
import numpy as np
import numpy.typing as npt

from undergrad.rl.envs.rules import Rules, existing

Array: TypeAlias = npt.NDArray[Any]


class OneGame(gymnasium.Env[Any, Any]):
    """One game of a rules.

    Arguments:
        rules: what happens in it.
        render_mode: "rgb_array" when `render` is to give pictures.

    The state is public, as `state`: it may be kept and put back at any time.
    """

    metadata = {"render_modes": ["rgb_array"]}  # noqa: RUF012, Gymnasium declares it so

    def __init__(self, rules: Rules[Any], render_mode: str | None = None) -> None:
        self.rules = rules
        self.observation_space, self.action_space = rules.observation_space, rules.action_space
        self.metadata = {"render_modes": ["rgb_array"], "render_fps": rules.frames_per_second}
        self.render_mode = render_mode
        self.state: Any = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin a new game. There are no options."""
        super().reset(seed=seed)
        self.state = self.rules.start([self.np_random])
        return self._seen(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Do `action`. A game never cuts itself off, so the fourth value is always False."""
        actions = existing(self.rules.action_space, np.array([action]), 1)
        self.state, reward, terminated = self.rules.step(self.state, actions)
        return self._seen(), float(reward[0]), bool(terminated[0]), False, {}

    def render(self) -> Any:
        """A picture of the game, (height, width, 3) uint8; None without a render mode."""
        return None if self.render_mode is None else np.array(self.rules.paint(self.state))

    def _seen(self) -> Any:
        return self.rules.observe(self.state)[0]
