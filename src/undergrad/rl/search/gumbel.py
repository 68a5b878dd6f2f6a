"""The Gumbel root: learn from few simulations by choosing well what to try.

With 16 simulations, PUCT and its noise may never try the best move. Here the root draws actions
without replacement, by the Gumbel-top-k trick: a Gumbel number is added to each logit, and the m
largest sums are the actions considered. Sequential halving then gives each of them the same number
of simulations, drops the worse half, and goes on with the rest. Below the root the tree is that of
PUCT.

What the policy then learns is not how often an action was visited but the improved policy: the
softmax of logits + sigma(q), where actions without visits get a q from what is known. It is better
than the prior, in expectation, however few simulations there were.

Source: Danihelka et al. 2022, "Policy improvement by planning with Gumbel", ICLR.

B is the number of games, A that of actions. Values are in [-1, 1].
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from undergrad.rl.games.base import Array, Game, Position
from undergrad.rl.search import batched
from undergrad.rl.search.batched import Root, Trees
from undergrad.rl.search.formulas import PUCT, Evaluator, prior_of


@dataclass(frozen=True)
class Gumbel:
    """The options of the root.

    Arguments:
        considered: m, how many actions are tried, at most.
        c_visit, c_scale: sigma(q) = (c_visit + most visits of an action) c_scale q.
    """

    considered: int = 16
    c_visit: float = 50.0
    c_scale: float = 0.1


class Decision(NamedTuple):
    """What comes of a search in B games."""

    action: Array  # (B,) to play
    policy: Array  # (B, A) to learn
    expected: Array  # (B,) what the player to move may hope for
    trees: Trees | None = None  # to go on from, where a tree is used again


def search(
    game: Game,
    position: Position,
    evaluate: Evaluator,
    simulations: int,
    gumbel: Gumbel | None = None,
    options: PUCT | None = None,
    rng: np.random.Generator | None = None,
) -> Decision:
    """Search from the positions of B games, none of them over.

    Arguments:
        rng: for the Gumbel numbers; without it they are 0, and the best known action is played.
    """
    gumbel = gumbel or Gumbel()
    shape = (len(position.own), game.actions)
    noise = np.zeros(shape) if rng is None else rng.gumbel(size=shape)

    def choose_first(root: Root, k: int) -> Array:
        considered = np.minimum(root.legal.sum(1), gumbel.considered)
        wanted = visits_wanted(gumbel.considered, simulations)[considered, k]
        return best(root, noise, gumbel, root.visits == wanted[:, None])

    root = batched.search(game, position, evaluate, simulations, options, None, choose_first)
    most = root.visits.max(1, keepdims=True)
    action = best(root, noise, gumbel, root.visits == most)
    return Decision(action, improved_policy(root, gumbel), root.expected)


def best(root: Root, noise: Array, gumbel: Gumbel, among: Array) -> Array:
    """The action (B,) with the largest noise + logit + sigma(q), of the legal ones in `among`."""
    score = noise + _logits(root) + sigma(completed_q(root), root.visits, gumbel)
    action: Array = np.where(root.legal & among, score, -np.inf).argmax(1)
    return action


def improved_policy(root: Root, gumbel: Gumbel) -> Array:
    """softmax(logits + sigma(completed q)) over the legal actions (B, A): equation 11."""
    return prior_of(_logits(root) + sigma(completed_q(root), root.visits, gumbel), root.legal)


def sigma(q: Array, visits: Array, gumbel: Gumbel) -> Array:
    """How much a value counts beside a logit: equation 8. It grows with the visits."""
    scaled: Array = (gumbel.c_visit + visits.max(1, keepdims=True)) * gumbel.c_scale * q
    return scaled


def completed_q(root: Root) -> Array:
    """The values of all actions (B, A): of those without visits, what their node is worth.

    That mixes the value v of the evaluator with the q of the actions that were visited, weighted by
    the prior: (v + N sum(prior q) / sum(prior)) / (1 + N), with N visits. Source: appendix D.
    """
    visited = root.visits > 0
    count = root.visits.sum(1)
    weight = (root.prior * visited).sum(1)
    mean_q = (root.prior * visited * root.q).sum(1) / np.maximum(weight, 1e-300)
    mixed = (root.value + count * mean_q) / (1 + count)
    return np.where(visited, root.q, mixed[:, None])


@cache
def visits_wanted(most: int, simulations: int) -> Array:
    """Sequential halving as a table (most + 1, simulations).

    Simulation k goes to the best action that has had as many visits as row m says in column k,
    where m actions are considered. That alone halves them: only the better half has had enough.
    """
    rows = [_sequence(m, simulations) for m in range(most + 1)]
    return np.array(rows, np.int64).reshape(most + 1, simulations)


def _sequence(considered: int, simulations: int) -> list[int]:
    """The visits, before each simulation, of the action that it goes to."""
    if considered <= 1:
        return list(range(simulations))
    phases = int(np.ceil(np.log2(considered)))
    sequence, visits = list[int](), 0
    while len(sequence) < simulations:
        each = max(1, simulations // (phases * considered))
        for _ in range(each):
            sequence += [visits] * considered
            visits += 1
        considered = max(2, considered // 2)
    return sequence[:simulations]


def _logits(root: Root) -> Array:
    """Of the prior: what is added to every logit of a node makes no difference."""
    return np.log(np.maximum(root.prior, 1e-300))
