"""Rollouts: what happened since the agent last learned, every step of N environments side by side.

Policy gradients learn from the policy as it is now. So what happened is used once, or a few times
in a row, and then thrown away: there is no replay. There are two ways to cut experience into
pieces. `collect` records a fixed number of steps, wherever episodes happen to begin and end inside.
`collect_episodes` records one whole episode of each environment.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.env import Stepper, Transitions

Array: TypeAlias = npt.NDArray[Any]
Act: TypeAlias = Callable[[Array], Array]  # observations (N, *observation) -> actions (N, *action)


@dataclass(frozen=True)
class Rollout:
    """T steps of N environments. All arrays begin with (T, N).

    `next_observation` is what was truly seen after the step: at the end of an episode its last
    observation, never the first one of the next episode. `action` is what the policy sampled, which
    for bounded actions may lie outside of what the environment then did. `mask` marks the steps to
    learn from; the others came after the end of what was to be recorded.
    """

    observation: Array
    action: Array
    reward: Array
    next_observation: Array
    terminated: Array
    truncated: Array
    mask: Array

    @property
    def ended(self) -> Array:
        """Where an episode is over, for whichever reason. Never a mask for bootstrapping."""
        return np.asarray(self.terminated | self.truncated)


def collect(
    env: Stepper, act: Act, steps: int, env_action: Act = lambda action: action
) -> tuple[Rollout, list[float]]:
    """Act `steps` times in every environment. Returns it all, and the returns of ended episodes.

    Arguments:
        act: chooses an action for each environment; it must not change on the way.
        env_action: what the environments receive, given what the policy sampled.
    """
    recorded: list[tuple[Array, Transitions]] = []
    finished: list[float] = []
    for _ in range(steps):
        action = act(env.observation)
        transitions, returns = env.step(env_action(action))
        recorded.append((action, transitions))
        finished += returns
    return _rollout(recorded, np.ones((len(recorded), env.size), bool)), finished


def collect_episodes(
    env: Stepper, act: Act, limit: int, env_action: Act = lambda action: action
) -> tuple[Rollout, list[float]]:
    """One whole episode of every environment, from its beginning to its end.

    An environment that is done earlier goes on, since all are stepped together; what it does then
    does not count. Taking the episodes that end first would prefer the short ones. So when all
    environments together reach `limit` steps before the last episode is over, nothing counts.
    """
    env.restart()
    recorded: list[tuple[Array, Transitions]] = []
    finished: list[float] = []
    over, mask = np.zeros(env.size, bool), []
    while not over.all() and len(recorded) * env.size < limit:
        action = act(env.observation)
        mask.append(~over)
        running = env.returns.copy()
        transitions, _ = env.step(env_action(action))
        recorded.append((action, transitions))
        finished += (running + transitions.reward)[transitions.ended & ~over].tolist()
        over |= transitions.ended
    return _rollout(recorded, np.array(mask) & over.all()), finished


def _rollout(recorded: list[tuple[Array, Transitions]], mask: Array) -> Rollout:
    actions, steps = zip(*recorded, strict=True)
    if any(len(step) != mask.shape[1] for step in steps):
        raise ValueError("a rollout needs every environment at every step: use mode DISABLED")
    names = ("reward", "next_observation", "terminated", "truncated")
    columns = {name: np.stack([getattr(step, name) for step in steps]) for name in names}
    observation = np.stack([step.observation for step in steps])
    return Rollout(observation, np.stack(actions), mask=mask, **columns)
