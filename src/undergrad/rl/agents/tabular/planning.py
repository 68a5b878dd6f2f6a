"""Planning: the best policy of a Markov decision process that is known, computed, not learned.

A value is what can still be earned from a state; the value of an action is its reward plus the
discounted value of where it leads. Value iteration starts from nothing and applies this sentence
until it changes nothing any more. Policy iteration alternates two steps: how good is this policy,
exactly (one system of linear equations), and which action would be better in each state.

S states, A actions; v is (S,), q is (S, A), a policy is (S, A) with the probability of each action.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.agents.tabular.policies import greedy
from undergrad.rl.envs.mdp import MDP, of_environment
from undergrad.rl.vector_env import EnvSpec

Array: TypeAlias = npt.NDArray[Any]

_MOST_ROUNDS = 50_000


def action_values(mdp: MDP, v: Array, gamma: float) -> Array:
    """The value of each action when `v` is that of what follows: (S, A); -inf where not allowed.

    Source: Sutton and Barto, equation 4.6.
    """
    continues = ~mdp.terminated
    outcome = mdp.reward + gamma * continues * v[mdp.next_state]  # (S, A, K)
    return np.where(mdp.allowed, (mdp.probability * outcome).sum(axis=2), -np.inf)


def value_iteration(mdp: MDP, gamma: float, tolerance: float = 1e-12) -> Array:
    """The values of the best policy: q* (S, A).

    It ends when a round changes no value by more than `tolerance` times the largest value.
    Raises ValueError when there is no such end, which with gamma = 1 can be.
    """
    v = np.zeros(mdp.states)
    for _ in range(_MOST_ROUNDS):
        better = action_values(mdp, v, gamma).max(axis=1)
        change, v = abs(better - v).max(), better
        if change <= tolerance * max(1.0, abs(v).max()):
            return action_values(mdp, v, gamma)
    raise ValueError(f"value_iteration: the values do not settle with gamma {gamma}")


def evaluate_policy(mdp: MDP, policy: Array, gamma: float) -> Array:
    """What the policy (S, A) earns from each state: v (S,), from the linear equations exactly.

    v = r + gamma P v, so (1 - gamma P) v = r. Raises ValueError when the policy may go
    on for ever and gamma is 1.
    """
    reward = (policy[:, :, None] * mdp.probability * mdp.reward).sum(axis=(1, 2))
    transitions = transition_matrix(mdp, policy)
    try:
        return np.linalg.solve(np.eye(mdp.states) - gamma * transitions, reward)
    except np.linalg.LinAlgError as error:
        raise ValueError(
            "evaluate_policy: this policy never ends, so gamma must be below 1"
        ) from error


def transition_matrix(mdp: MDP, policy: Array) -> Array:
    """How likely each state is followed by each other, (S, S); what ends there is left out."""
    weight = policy[:, :, None] * mdp.probability * ~mdp.terminated
    matrix = np.zeros((mdp.states, mdp.states))
    place = np.broadcast_to(np.arange(mdp.states)[:, None, None], weight.shape)
    np.add.at(matrix, (place, mdp.next_state), weight)
    return matrix


def policy_iteration(mdp: MDP, gamma: float) -> Array:
    """The values of the best policy: q* (S, A). gamma must be below 1."""
    v = np.zeros(mdp.states)
    while True:
        q = action_values(mdp, v, gamma)
        better = evaluate_policy(mdp, greedy(q), gamma)
        if np.allclose(better, v, rtol=1e-12, atol=1e-12):
            return q
        v = better


def mistakes(mdp: MDP, policy: Array, gamma: float) -> Array:
    """The states that `policy` (S, A) comes to and where it may do what is not best: their numbers.

    A state counts when it can be reached from a start by following the policy itself.
    """
    q = value_iteration(mdp, gamma)
    best = q >= q.max(axis=1, keepdims=True) - 1e-9 * max(1.0, abs(q[np.isfinite(q)]).max())
    wrong = ((policy > 0) & ~best).any(axis=1)
    return np.flatnonzero(wrong & reachable(mdp, policy))


def reachable(mdp: MDP, policy: Array) -> Array:
    """Whether following `policy` (S, A) may lead to a state, which then must act: (S,) bool."""
    steps = transition_matrix(mdp, policy) > 0
    there = mdp.start > 0
    while True:
        wider = there | steps[there].any(axis=0)
        if (wider == there).all():
            return np.asarray(there)
        there = wider


def share_of_best_actions(policy: Callable[[Array], Array], env: EnvSpec, gamma: float) -> float:
    """The fraction of the states a policy comes to in which it does what value iteration does.

    policy: states (N,) -> actions (N,). 1 means that no policy is better.
    """
    mdp = of_environment(env.name, **env.options)
    table = np.eye(mdp.actions)[np.asarray(policy(np.arange(mdp.states)))]
    return 1 - len(mistakes(mdp, table, gamma)) / int(reachable(mdp, table).sum())
