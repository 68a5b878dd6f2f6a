"""What all searches share: the options, and the formulas on arrays, for one node as for many.

A is the number of actions; `...` is nothing for one node, and a number of nodes for many.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from undergrad.rl.games.base import Array, Position

# Positions of B games -> logits of the actions (B, A), and values (B,) for the players to move.
Evaluator: TypeAlias = Callable[[Position], tuple[Array, Array]]


@dataclass(frozen=True)
class PUCT:
    """The options of the search.

    Arguments:
        c_puct: how much the prior and rarely visited actions count beside Q.
        fpu_reduction: first-play urgency: the Q of an action without visits is the value of its
            node less this.
        dirichlet_alpha, dirichlet_fraction: noise in the prior at the root, so that self-play tries
            every move now and then; a small alpha lets it fall on few actions.
    """

    c_puct: float = 1.5
    fpu_reduction: float = 0.0
    dirichlet_alpha: float = 1.0
    dirichlet_fraction: float = 0.25


def puct_scores(
    prior: Array, visits: Array, value_sum: Array, value: Array, options: PUCT
) -> Array:
    """Q + U of each action (..., A). `value` (..., 1) is that of the node itself."""
    count = 1 + visits.sum(-1, keepdims=True)  # of the node: its evaluation, and what came after
    q = np.where(visits > 0, value_sum / np.maximum(visits, 1), value - options.fpu_reduction)
    scores: Array = q + options.c_puct * prior * np.sqrt(count) / (1 + visits)
    return scores


def puct_select(
    prior: Array, visits: Array, value_sum: Array, legal: Array, value: Array, options: PUCT
) -> Array:
    """The legal action (...) with the largest Q + U; of several, the first."""
    scores = puct_scores(prior, visits, value_sum, value, options)
    action: Array = np.where(legal, scores, -np.inf).argmax(-1)
    return action


def most_visited(visits: Array, value_sum: Array) -> Array:
    """The action (...) with the most visits; of several, the one with the largest Q."""
    q = value_sum / np.maximum(visits, 1)
    action: Array = np.where(visits == visits.max(-1, keepdims=True), q, -np.inf).argmax(-1)
    return action


def prior_of(logits: Array, legal: Array) -> Array:
    """The softmax over the legal actions, and 0 for the others: (..., A)."""
    x = np.where(legal, logits.astype(np.float64), -np.inf)
    weights = np.exp(x - x.max(-1, keepdims=True))
    prior: Array = weights / weights.sum(-1, keepdims=True)
    return prior


def with_noise(prior: Array, legal: Array, options: PUCT, rng: np.random.Generator) -> Array:
    """The prior (..., A), mixed with a Dirichlet draw over the legal actions."""
    drawn = rng.standard_gamma(options.dirichlet_alpha, prior.shape) * legal + 1e-12 * legal
    noise = drawn / drawn.sum(-1, keepdims=True)
    mixed: Array = (1 - options.dirichlet_fraction) * prior + options.dirichlet_fraction * noise
    return mixed
