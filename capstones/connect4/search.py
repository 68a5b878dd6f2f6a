"""A tree search that is guided by a network (PUCT), for many games at once.

Each simulation walks down from the position to move, at every node to the action with the largest

    Q + C P sqrt(N) / (1 + n)

where Q is the mean value of what came after the action, P its probability by the policy, n how
often it was tried, and N how often its node was. Where the walk leaves the tree, one node is added
and the network says what it is worth; that value goes into the mean Q of every action on the way,
with its sign changed at each step, since what is good for one player is bad for the other. No game
is played out at random.

One position would waste a network, whose call takes hardly longer for 500. So B trees lie side by
side in arrays: with room for S nodes each, node k of tree b is row b S + k, and action a of that
node is edge 7 (b S + k) + a. Trees whose walk has ended leave the walk by index.

Source: Silver et al. 2017, "Mastering the game of Go without human knowledge", Methods.
"""

from collections.abc import Callable

import numpy as np
from undergrad.rl.games.base import Game, Position
from undergrad.rl.games.players import Player

C = 1.5  # how much the policy, and what is rarely tried, count beside Q
NOISE = 0.25  # the part of the noise in the policy at the root, in games against oneself

# B positions -> logits (B, A) and values (B,), as the players to move see them
Evaluator = Callable[[Position], tuple[np.ndarray, np.ndarray]]


class Trees:
    """The trees of B positions, none of which is over, with room for so many simulations."""

    def __init__(self, game: Game, position: Position, evaluate: Evaluator, room: int) -> None:
        count = len(position.mask)
        rows, edges = count * (room + 1), (count * (room + 1), game.actions)
        self.game, self.evaluate = game, evaluate
        self.roots, self.nodes = np.arange(count) * (room + 1), 0
        self.position = game.start(rows)
        self.value, self.over = np.zeros(rows), np.zeros(rows, bool)
        self.legal, self.prior = np.zeros(edges, bool), np.zeros(edges)
        self.visits, self.total = np.zeros(edges), np.zeros(edges)
        self.child = np.full(rows * game.actions, -1)
        self._add(self.roots, position)

    def search(self, simulations: int) -> "Trees":
        """So many simulations in each tree."""
        for _ in range(simulations):
            self._simulate()
        return self

    def add_noise(self, rng: np.random.Generator) -> None:
        """Mix the policy at the roots with random probabilities, so that every move is tried."""
        legal = self.legal[self.roots]
        drawn = rng.exponential(size=legal.shape) * legal  # normalised: a Dirichlet draw, alpha 1
        noise = drawn / drawn.sum(axis=1, keepdims=True)
        self.prior[self.roots] = (1 - NOISE) * self.prior[self.roots] + NOISE * noise

    @property
    def root_visits(self) -> np.ndarray:
        """(B, A) how often each action was tried at the root."""
        return self.visits[self.roots]

    @property
    def expected(self) -> np.ndarray:
        """(B,) the mean value of all simulations for the player to move at the root."""
        return self.total[self.roots].sum(axis=1) / self.root_visits.sum(axis=1)

    @property
    def best(self) -> np.ndarray:
        """(B,) the action with the most visits; of several, the one with the largest mean value."""
        visits = self.root_visits
        mean = self.total[self.roots] / np.maximum(visits, 1)
        most = visits == visits.max(axis=1, keepdims=True)
        return np.where(most, mean, -np.inf).argmax(axis=1)

    def _simulate(self) -> None:
        """One walk down each tree, one new node where it ends, and its value back up."""
        self.nodes += 1
        actions = self.game.actions
        trees, nodes = np.arange(len(self.roots)), self.roots
        leaf, path = np.empty_like(nodes), []
        while len(nodes):
            edges = nodes * actions + self._select(nodes)
            path.append((trees, edges))
            below = self.child[edges]
            new = below < 0
            leaf[trees] = np.where(new, self.roots[trees] + self.nodes, below)
            on = ~new & ~self.over[below]
            trees, nodes = trees[on], below[on]
        self._grow(path, leaf)
        value = self.value[leaf]
        visits, total = self.visits.reshape(-1), self.total.reshape(-1)
        for trees, edges in reversed(path):
            value[trees] = -value[trees]  # as the player sees it who took this edge
            visits[edges] += 1
            total[edges] += value[trees]

    def _select(self, nodes: np.ndarray) -> np.ndarray:
        """(K,) the legal action of each node with the largest Q + U; of several, the first.

        An action that was not tried yet counts as much as its node.
        """
        n, total = self.visits.take(nodes, 0), self.total.take(nodes, 0)
        q = np.where(n > 0, total / np.maximum(n, 1), self.value[nodes][:, None])
        u = C * self.prior.take(nodes, 0) * np.sqrt(1 + n.sum(axis=1, keepdims=True)) / (1 + n)
        return np.where(self.legal.take(nodes, 0), q + u, -np.inf).argmax(axis=1)

    def _grow(self, path: list[tuple[np.ndarray, np.ndarray]], leaf: np.ndarray) -> None:
        """Add the nodes at which walks have left their trees."""
        last = np.empty_like(leaf)
        for trees, edges in path:
            last[trees] = edges
        new = np.flatnonzero(self.child[last] < 0)
        if len(new):
            self.child[last[new]] = leaf[new]
            parent, action = np.divmod(last[new], self.game.actions)
            self._add(leaf[new], self.game.play(self.position.at(parent), action))

    def _add(self, rows: np.ndarray, position: Position) -> None:
        """Write new nodes. A finished game is worth its outcome, and for others the network says.

        Who is to move in a game that is won has lost it.
        """
        self.position.own[rows], self.position.mask[rows] = position
        self.legal[rows] = legal = self.game.legal(position)
        self.over[rows] = over = ~legal.any(axis=1)
        self.value[rows[over]] = -self.game.won(position.at(over)).astype(float)
        on = ~over
        if on.any():
            logits, self.value[rows[on]] = self.evaluate(position.at(on))
            self.prior[rows[on]] = softmax(logits, legal[on])


def softmax(logits: np.ndarray, legal: np.ndarray) -> np.ndarray:
    """Probabilities of the legal actions, and 0 for the others: (B, A)."""
    x = np.where(legal, logits.astype(float), -np.inf)
    weights = np.exp(x - x.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def searched(game: Game, position: Position, evaluate: Evaluator, simulations: int) -> Trees:
    """The trees after a search without noise."""
    return Trees(game, position, evaluate, simulations).search(simulations)


def player(game: Game, evaluate: Evaluator, simulations: int) -> Player:
    """Plays what the search tried most; without simulations, what the policy likes most."""

    def play(position: Position, rng: np.random.Generator) -> np.ndarray:
        if not simulations:
            return softmax(evaluate(position)[0], game.legal(position)).argmax(axis=1)
        return searched(game, position, evaluate, simulations).best

    return play
