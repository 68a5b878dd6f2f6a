"""Prediction: the values of states under a policy, learned from episodes in which it was followed.

Monte Carlo waits for the end and learns from what was truly earned. TD does not wait: it learns
from the next state's value, which is itself still being learned. TD(lambda) is everything in
between. Each function takes the values v (S,) and one episode, and returns new ones.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.agents.tabular.episodes import Episode, lambda_returns, n_step_returns, returns

Array: TypeAlias = npt.NDArray[Any]


def monte_carlo(
    v: Array, visits: Array, episode: Episode, gamma: float, *, every_visit: bool
) -> tuple[Array, Array]:
    """The running mean of the returns: new v and new visits, both (S,).

    every_visit: count each time that a state was seen; else only the first time in the episode.
    With both, the mean goes to the true value; after finitely many episodes only that of first
    visits has it as its expectation. Source: Sutton and Barto, section 5.1.
    """
    v, visits = v.copy(), visits.copy()
    earned = returns(episode.rewards, gamma)
    seen = episode.states[:-1]
    for t in range(len(seen)) if every_visit else sorted(np.unique(seen, return_index=True)[1]):
        visits[seen[t]] += 1
        v[seen[t]] += (earned[t] - v[seen[t]]) / visits[seen[t]]
    return v, visits


def n_step_td(v: Array, episode: Episode, learning_rate: float, n: int, gamma: float) -> Array:
    """Move each state seen towards its n-step return; all returns are taken with the old v."""
    targets = n_step_returns(episode.rewards, values_seen(v, episode), n, gamma)
    return _moved(v, episode, learning_rate, targets)


def td_lambda_forward(
    v: Array, episode: Episode, learning_rate: float, trace_decay: float, gamma: float
) -> Array:
    """Move each state seen towards its lambda-return. This looks ahead, so it waits for the end."""
    targets = lambda_returns(episode.rewards, values_seen(v, episode), trace_decay, gamma)
    return _moved(v, episode, learning_rate, targets)


def td_lambda_backward(
    v: Array,
    episode: Episode,
    learning_rate: float,
    trace_decay: float,
    gamma: float,
    *,
    online: bool,
) -> Array:
    """The same with eligibility traces: each TD error is passed back to the states that led to it.

    A trace says how far a state contributed to what happens now: it grows by 1 with every visit
    and fades by `gamma * trace_decay` with each step.
    online: use what was learned at once; else only after the episode, and then the result equals
    the forward view exactly. Source: Sutton and Barto, section 12.2.
    """
    v, old, trace = v.copy(), v.copy(), np.zeros_like(v)
    for t, reward in enumerate(episode.rewards):
        values = values_seen(v if online else old, episode)
        trace *= gamma * trace_decay
        trace[episode.states[t]] += 1
        v += learning_rate * (reward + gamma * values[t + 1] - values[t]) * trace
    return v


def values_seen(v: Array, episode: Episode) -> Array:
    """v of the states seen, (T + 1,); the last counts nothing where the episode terminated."""
    values = v[episode.states].astype(float)
    if episode.terminated:
        values[-1] = 0
    return values


def _moved(v: Array, episode: Episode, learning_rate: float, targets: Array) -> Array:
    seen, v = episode.states[:-1], v.copy()
    np.add.at(v, seen, learning_rate * (targets - v[seen]))  # a state seen twice moves twice
    return v
