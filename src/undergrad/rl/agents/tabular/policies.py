"""From action values to actions. Actions that a state does not have are worth -inf."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


def greedy(q: Array) -> Array:
    """The policy (..., A) that does the first of the best actions, for q (..., A)."""
    return np.asarray(np.eye(q.shape[-1])[q.argmax(axis=-1)])


def epsilon_greedy(q: Array, epsilon: float) -> Array:
    """The policy (..., A) that does anything with probability `epsilon`, else the best.

    Equally good actions are equally likely: in a table of zeros nothing is preferred.
    """
    allowed = q > -np.inf
    best = q == q.max(axis=-1, keepdims=True)
    return (1 - epsilon) * _uniform(best) + epsilon * _uniform(allowed)


def choose(policy: Array, rng: np.random.Generator) -> Array:
    """One action from each row of `policy` (N, A): (N,)."""
    cumulative = policy.cumsum(axis=1)
    cumulative /= cumulative[:, -1:]
    return np.asarray((rng.random((len(policy), 1)) >= cumulative).sum(axis=1))


def _uniform(mask: Array) -> Array:
    return np.asarray(mask / mask.sum(axis=-1, keepdims=True))
