"""What an agent lived through since it last learnt: every step, of N environments side by side.

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
    observation, never the first one of the next episode. `action` is what the policy drew, which
    for bounded actions may lie outside of what the world then did. `counts` marks the steps to
    learn from; the others came after the end of what was to be recorded.
    """

    observation: Array
    action: Array
    reward: Array
    next_observation: Array
    terminated: Array
    truncated: Array
    counts: Array

    @property
    def ended(self) -> Array:
        """Where an episode is over, for whichever reason. Never a mask for bootstrapping."""
        return np.asarray(self.terminated | self.truncated)


def collect(
    env: Stepper, act: Act, steps: int, in_world: Act = lambda action: action
) -> tuple[Rollout, list[float]]:
    """Act `steps` times in every environment. Returns it all, and the returns of ended episodes.

    Arguments:
        act: chooses an action for each environment; it must not change on the way.
        in_world: what the environments are told to do, given what the policy drew.
    """
    moments: list[tuple[Array, Transitions]] = []
    finished: list[float] = []
    for _ in range(steps):
        action = act(env.observation)
        seen, returns = env.step(in_world(action))
        moments.append((action, seen))
        finished += returns
    return _rollout(moments, np.ones((len(moments), env.size), bool)), finished


def collect_episodes(
    env: Stepper, act: Act, limit: int, in_world: Act = lambda action: action
) -> tuple[Rollout, list[float]]:
    """One whole episode of every environment, from its beginning to its end.

    An environment that is done earlier goes on, since all are stepped together; what it does then
    does not count. Taking the episodes that end first would prefer the short ones. So when all
    environments together reach `limit` steps before the last episode is over, nothing counts.
    """
    env.restart()
    moments: list[tuple[Array, Transitions]] = []
    finished: list[float] = []
    over, counts = np.zeros(env.size, bool), []
    while not over.all() and len(moments) * env.size < limit:
        action = act(env.observation)
        counts.append(~over)
        running = env.returns.copy()
        seen, _ = env.step(in_world(action))
        moments.append((action, seen))
        finished += (running + seen.reward)[seen.ended & ~over].tolist()
        over |= seen.ended
    return _rollout(moments, np.array(counts) & over.all()), finished


def flat(column: Array) -> Array:
    """(T, N, ...) as (T N, ...): steps in any order, which environment no longer matters."""
    return column.reshape(-1, *column.shape[2:])


def _rollout(moments: list[tuple[Array, Transitions]], counts: Array) -> Rollout:
    actions, seen = zip(*moments, strict=True)
    if any(len(one) != counts.shape[1] for one in seen):
        raise ValueError("a rollout needs every environment at every step: use mode DISABLED")
    names = ("reward", "next_observation", "terminated", "truncated")
    columns = {name: np.stack([getattr(one, name) for one in seen]) for name in names}
    before = np.stack([one.observation for one in seen])
    return Rollout(before, np.stack(actions), counts=counts, **columns)
