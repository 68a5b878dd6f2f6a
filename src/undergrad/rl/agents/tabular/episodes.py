"""Whole episodes, and the returns of their time steps.

The return of a time step is all that was earned from then on, later rewards discounted. It is
unbiased and noisy. One can stop after n rewards and take an estimate for the rest, which has less
variance and is as good as the estimate; or average over all n, with less weight on larger ones.

T is the number of steps of the episode.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.agents.tabular.policies import choose
from undergrad.rl.envs.mdp import MDP
from undergrad.rl.envs.table import Place, TableGame

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Episode:
    """The states that were seen, the last one included, and the action and reward of each step."""

    states: Array  # (T + 1,)
    actions: Array  # (T,)
    rewards: Array  # (T,)
    terminated: bool  # else it was cut off, and the last state still has a value

    def __len__(self) -> int:
        return len(self.rewards)


def play(mdp: MDP, policy: Array, rng: np.random.Generator, limit: int = 10_000) -> Episode:
    """One episode of following `policy` (S, A), cut off after `limit` steps."""
    game = TableGame(mdp, [])
    state: Place = game.start([rng])
    states, over = [state.place[0]], False
    actions: list[int] = []
    rewards: list[float] = []
    while not over and len(rewards) < limit:
        action = choose(policy[state.place], rng)
        state, reward, terminated = game.step(state, action)
        over = bool(terminated[0])
        states.append(state.place[0])
        actions.append(action[0])
        rewards.append(reward[0])
    return Episode(np.array(states), np.array(actions), np.array(rewards), over)


def returns(rewards: Array, gamma: float, last_value: float = 0.0) -> Array:
    """All that was earned from each time step on: (T,), from rewards (T,).

    last_value: what the state after the last step is worth; 0 where the episode terminated.
    """
    total, earned = last_value, np.zeros(len(rewards))
    for t in reversed(range(len(rewards))):
        total = earned[t] = rewards[t] + gamma * total
    return earned


def n_step_returns(rewards: Array, values: Array, n: int, gamma: float) -> Array:
    """`n` rewards, and the estimate of the state that follows them: (T,).

    values: (T + 1,), those of all states seen, the last being 0 where the episode terminated.
    Source: Sutton and Barto, equation 7.1.
    """
    count = len(rewards)
    ends = np.minimum(np.arange(count) + n, count)
    return np.array([returns(rewards[t:end], gamma, values[end])[0] for t, end in enumerate(ends)])


def lambda_returns(rewards: Array, values: Array, trace_decay: float, gamma: float) -> Array:
    """The mean of the n-step returns, the n-th with weight (1 - lambda) lambda^(n-1): (T,).

    What the weights lack to 1 goes to the return to the end. `values` is as in `n_step_returns`.
    trace_decay: lambda; 0 looks one step ahead, 1 to the end.
    Source: Sutton and Barto, equation 12.3, in its recursive form (exercise 12.1).
    """
    mixed, after = np.zeros(len(rewards)), values[-1]
    for t in reversed(range(len(rewards))):
        rest = (1 - trace_decay) * values[t + 1] + trace_decay * after
        after = mixed[t] = rewards[t] + gamma * rest
    return mixed
