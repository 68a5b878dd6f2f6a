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

from dataclasses import dataclass, field

import numpy as np

from undergrad.rl.games.base import Array, Game, Position
from undergrad.rl.search.formulas import (
    PUCT,
    Evaluator,
    most_visited,
    prior_of,
    puct_select,
    with_noise,
)


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

    @property
    def line(self) -> tuple[int, ...]:
        """The game that it expects: the best action from here, and from each node after it."""
        if not self.visits.any():
            return ()
        return self.best, *self.children[self.best].line


def search(
    game: Game,
    position: Position,
    evaluate: Evaluator,
    simulations: int,
    options: PUCT | None = None,
    rng: np.random.Generator | None = None,
    root: Node | None = None,
) -> Node:
    """The root of the tree after `simulations` from the position of one game, which is not over.

    Arguments:
        rng: for the noise in the prior at the root; without it there is no noise.
        root: the node of this position in an earlier search. What is known below it is kept, and
            the simulations come on top (tree reuse).
    """
    options = options or PUCT()
    if root is not None and root.position != position:
        raise ValueError("search: the root to go on from has another position")
    root = root or expand(game, position, evaluate)
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
    known = node.prior, node.visits, node.value_sum, node.legal, np.array([node.value])
    return int(puct_select(*known, options))
