"""The best that can be done in a world that is known: calculated, not learnt.

A value is what can still be earned from a state; the value of an action is its reward plus the
discounted value of where it leads. Value iteration starts from nothing and applies this sentence
until it changes nothing any more. Policy iteration alternates two steps: how good is this policy,
exactly (one system of linear equations), and which action would be better in each state.

S states, A actions; v is (S,), q is (S, A), a policy is (S, A) with the probability of each action.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.agents.tabular.policies import greedy
from undergrad.rl.envs.mdp import MDP

Array: TypeAlias = npt.NDArray[Any]

_MOST_ROUNDS = 50_000


def action_values(mdp: MDP, v: Array, discount: float) -> Array:
    """The value of each action if `v` is what comes afterwards: (S, A); -inf where not allowed.

    Source: Sutton and Barto, equation 4.6.
    """
    goes_on = ~mdp.terminated
    outcome = mdp.reward + discount * goes_on * v[mdp.next_state]  # (S, A, K)
    return np.where(mdp.allowed, (mdp.probability * outcome).sum(axis=2), -np.inf)


def value_iteration(mdp: MDP, discount: float, tolerance: float = 1e-12) -> Array:
    """The values of the best policy: q* (S, A).

    It ends when a round changes no value by more than `tolerance` times the largest value.
    Raises ValueError when there is no such end, which with a discount of 1 can be.
    """
    v = np.zeros(mdp.states)
    for _ in range(_MOST_ROUNDS):
        better = action_values(mdp, v, discount).max(axis=1)
        change, v = abs(better - v).max(), better
        if change <= tolerance * max(1.0, abs(v).max()):
            return action_values(mdp, v, discount)
    raise ValueError(f"value_iteration: the values do not settle with discount {discount}")


def evaluate_policy(mdp: MDP, policy: Array, discount: float) -> Array:
    """What the policy (S, A) earns from each state: v (S,), from the linear equations exactly.

    v = r + discount * P v, so (1 - discount * P) v = r. Raises ValueError when the policy may go
    on for ever and the discount is 1.
    """
    reward = (policy[:, :, None] * mdp.probability * mdp.reward).sum(axis=(1, 2))
    going_on = transition_matrix(mdp, policy)
    try:
        return np.linalg.solve(np.eye(mdp.states) - discount * going_on, reward)
    except np.linalg.LinAlgError as error:
        raise ValueError("evaluate_policy: this policy never ends, so discount below 1") from error


def transition_matrix(mdp: MDP, policy: Array) -> Array:
    """How likely each state is followed by each other, (S, S); what ends there is left out."""
    weight = policy[:, :, None] * mdp.probability * ~mdp.terminated
    matrix = np.zeros((mdp.states, mdp.states))
    place = np.broadcast_to(np.arange(mdp.states)[:, None, None], weight.shape)
    np.add.at(matrix, (place, mdp.next_state), weight)
    return matrix


def policy_iteration(mdp: MDP, discount: float) -> Array:
    """The values of the best policy: q* (S, A). The discount must be below 1."""
    v = np.zeros(mdp.states)
    while True:
        q = action_values(mdp, v, discount)
        better = evaluate_policy(mdp, greedy(q), discount)
        if np.allclose(better, v, rtol=1e-12, atol=1e-12):
            return q
        v = better


def mistakes(mdp: MDP, policy: Array, discount: float) -> Array:
    """The states that `policy` (S, A) comes to and where it may do what is not best: their numbers.

    A state counts when it can be reached from a start by following the policy itself.
    """
    q = value_iteration(mdp, discount)
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
