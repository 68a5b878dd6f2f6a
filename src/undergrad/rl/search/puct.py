"""PUCT: Monte Carlo tree search guided by a network, one game at a time.

From a position, an evaluator says two things: a prior, which moves look promising, and a value, how
the game will end. The search corrects both by trying moves out. Each simulation

1. selects: walks down the tree, at every node to the action with the largest Q + U;
2. expands: where it leaves the tree, one new node is added and evaluated;
3. backs up: the value of that node goes into the mean Q of every action on the way.

Q(s, a) is the mean value of what came after action a, and

    U(s, a) = c_puct P(s, a) sqrt(N(s)) / (1 + N(s, a))

is large where the prior P is large and the visits N are few. At the end the action with the most
visits is the best: it was tried most because it kept looking best. Of several, Q decides.

Every value is seen by the player to move. One move later that is the other player, so the sign
changes at each step up the tree. `batched` is the fast form: many games at once, on arrays.

Sources: Rosin 2011, "Multi-armed bandits with episode context"; Silver et al. 2017, "Mastering the
game of Go without human knowledge", Methods, "Search algorithm".

A is the number of actions of the game.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.games.base import Game, Position

Array: TypeAlias = npt.NDArray[Any]
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


@dataclass
class Node:
    """A position in the tree. The arrays are (A,), one number for each action."""

    position: Position  # of one game
    legal: Array
    prior: Array
    value: float  # what the evaluator says, or the outcome where the game is over
    visits: Array
    value_sum: Array  # Q = value_sum / visits
    children: dict[int, "Node"] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether the game has ended here."""
        return not self.legal.any()

    @property
    def best(self) -> int:
        """The action to play after the search."""
        return int(most_visited(self.visits, self.value_sum))


def search(
    game: Game,
    position: Position,
    evaluate: Evaluator,
    simulations: int,
    options: PUCT | None = None,
    rng: np.random.Generator | None = None,
) -> Node:
    """The root of the tree after `simulations` from the position of one game, which is not over.

    Arguments:
        rng: for the noise in the prior at the root; without it there is no noise.
    """
    options = options or PUCT()
    root = expand(game, position, evaluate)
    if root.over:
        raise ValueError("search: the game is over, so there is no move to search for")
    if rng is not None:
        root.prior = with_noise(root.prior, root.legal, options, rng)
    for _ in range(simulations):
        simulate(game, root, evaluate, options)
    return root


def expand(game: Game, position: Position, evaluate: Evaluator) -> Node:
    """A new node. The evaluator is called only where the game goes on."""
    legal = game.legal(position)[0]
    none = np.zeros(game.actions)
    if not legal.any():
        return Node(position, legal, none, -float(game.won(position)[0]), none, none)
    logits, value = evaluate(position)
    return Node(position, legal, prior_of(logits[0], legal), float(value[0]), none, none.copy())


def simulate(game: Game, root: Node, evaluate: Evaluator, options: PUCT) -> None:
    """Walk down the tree, add one node to it, and back up the value of that node."""
    node, path = root, list[tuple[Node, int]]()
    while not node.over:
        action = select(node, options)
        path.append((node, action))
        if action not in node.children:
            position = game.play(node.position, np.array([action]))
            node.children[action] = node = expand(game, position, evaluate)
            break
        node = node.children[action]
    value = node.value
    for node, action in reversed(path):
        value = -value  # what is good for the one is bad for the other
        node.visits[action] += 1
        node.value_sum[action] += value


def select(node: Node, options: PUCT) -> int:
    """The legal action with the largest Q + U; of several, the first."""
    scores = puct_scores(node.prior, node.visits, node.value_sum, np.array([node.value]), options)
    return int(np.where(node.legal, scores, -np.inf).argmax())


# On arrays (..., A), so for one node as for many


def puct_scores(
    prior: Array, visits: Array, value_sum: Array, value: Array, options: PUCT
) -> Array:
    """Q + U of each action (..., A). `value` (..., 1) is that of the node itself."""
    count = 1 + visits.sum(-1, keepdims=True)  # of the node: its evaluation, and what came after
    q = np.where(visits > 0, value_sum / np.maximum(visits, 1), value - options.fpu_reduction)
    scores: Array = q + options.c_puct * prior * np.sqrt(count) / (1 + visits)
    return scores


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
