"""The search of `puct` for many games at once, on arrays: one call of the evaluator a simulation.

A network takes hardly longer for 256 positions than for one, and so does NumPy. So B searches, each
in a tree of its own, go down side by side. Node k of game b is row b S + k of each array, with S
rows for each game: the root is node 0, and each simulation adds the next node. Edge e is action
e % A of node e // A. Games whose walk has come to its end leave the walk by index.

With an evaluator that treats each row on its own, the visits are those of `puct`, one by one. In a
batch of another size a matrix product may differ in its last bits, and so may a near-tie.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

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


class Root(NamedTuple):
    """What a search knows of the root of each game."""

    legal: Array  # (B, A)
    prior: Array  # (B, A)
    value: Array  # (B,) what the evaluator says
    visits: Array  # (B, A)
    value_sum: Array  # (B, A)

    @property
    def best(self) -> Array:
        """The actions (B,) to play after the search."""
        return most_visited(self.visits, self.value_sum)

    @property
    def q(self) -> Array:
        """The mean value of each action, 0 for those without visits: (B, A)."""
        q: Array = self.value_sum / np.maximum(self.visits, 1)
        return q

    @property
    def expected(self) -> Array:
        """What the player to move may hope for (B,): the mean of all simulations, or the best Q.

        AlphaGo Zero resigns when both are low, so the larger one counts.
        """
        mean = self.value_sum.sum(1) / self.visits.sum(1)
        best: Array = np.maximum(mean, self.q[np.arange(len(mean)), self.best])
        return best


# Chooses the first action of a simulation (B,) from the roots and the number of the simulation.
ChooseFirst: TypeAlias = Callable[[Root, int], Array]


def search(
    game: Game,
    position: Position,
    evaluate: Evaluator,
    simulations: int,
    options: PUCT | None = None,
    rng: np.random.Generator | None = None,
    choose_first: ChooseFirst | None = None,
) -> Root:
    """The roots after `simulations` from each of the positions of B games, none of them over.

    Arguments:
        rng: for the noise in the prior at the root; without it there is no noise.
        choose_first: another rule than PUCT for the action at the root.
    """
    return Trees.start(game, position, evaluate, simulations).search(
        evaluate, options, rng, choose_first
    )


class Trees:
    """The trees of B games, with room for the nodes of one search.

    Arguments:
        simulations: of each search; each adds at most one node.
        known: how many nodes are there already, at most, in each of them.
    """

    def __init__(self, game: Game, count: int, simulations: int, known: int = 1) -> None:
        self.game, self.simulations, self.known = game, simulations, known
        self.size = known + simulations
        rows, shape = count * self.size, (count * self.size, game.actions)
        self.roots = np.arange(count) * self.size
        self.position = game.start(rows)
        self.value, self.over = np.zeros(rows), np.zeros(rows, bool)
        self.legal, self.prior = np.zeros(shape, bool), np.zeros(shape)
        self.visits, self.value_sum = np.zeros(shape), np.zeros(shape)
        self.child = np.full(rows * game.actions, -1)  # the row below each edge, once it is there

    @classmethod
    def start(
        cls, game: Game, position: Position, evaluate: Evaluator, simulations: int
    ) -> "Trees":
        """Trees with nothing but their roots, which are the positions of B games, none over."""
        trees = cls(game, len(position.own), simulations)
        trees.add(trees.roots, position, evaluate)
        if trees.over[trees.roots].any():
            raise ValueError("search: a game is over, so there is no move to search for")
        return trees

    def search(
        self,
        evaluate: Evaluator,
        options: PUCT | None = None,
        rng: np.random.Generator | None = None,
        choose_first: ChooseFirst | None = None,
    ) -> Root:
        """The roots after one search, see the function of this name."""
        options = options or PUCT()
        if rng is not None:
            root = self.root()
            self.prior[self.roots] = with_noise(root.prior, root.legal, options, rng)
        for k in range(self.simulations):
            path = self.walk(options, choose_first(self.root(), k) if choose_first else None)
            leaf = self.expand(path, self.known + k, evaluate)
            self.back_up(path, self.value[leaf])
        return self.root()

    def below(self, games: Array, action: Array) -> "Trees":
        """What is known of the positions after an action (K,) in each of K games (tree reuse).

        The nodes below keep their order, so a parent still comes before its children.

        Arguments:
            games: their numbers, (K,), from small to large.
            action: each was tried in its game, and does not end it.
        """
        kept = self._kept(self.child[self.roots[games] * self.game.actions + action])
        count = kept.reshape(-1, self.size)[games].sum(1)
        trees = Trees(self.game, len(games), self.simulations, int(count.max()))
        old = np.flatnonzero(kept)
        number = np.arange(len(old)) - np.repeat(count.cumsum() - count, count)
        new = np.repeat(trees.roots, count) + number
        for ours, theirs in zip(self._arrays(), trees._arrays(), strict=True):
            theirs[new] = ours[old]
        moved = np.full(len(kept), -1)
        moved[old] = new
        child = self.child.reshape(-1, self.game.actions)[old]
        trees.child.reshape(-1, self.game.actions)[new] = np.where(child < 0, -1, moved[child])
        return trees

    def _kept(self, top: Array) -> Array:
        """Which rows are `top`, or below one of them."""
        edges = np.flatnonzero(self.child >= 0)
        parent = np.full(len(self.value), -1)
        parent[self.child[edges]] = edges // self.game.actions
        kept = np.zeros(len(parent), bool)
        kept[top] = True
        for k in range(1, self.size):
            rows = self.roots + k
            kept[rows] |= (parent[rows] >= 0) & kept[parent[rows]]
        return kept

    def _arrays(self) -> tuple[Array, ...]:
        """All that is known of the nodes, besides where their children are."""
        numbers = (self.value, self.over, self.legal, self.prior, self.visits, self.value_sum)
        return *self.position, *numbers

    def root(self) -> Root:
        arrays = (self.legal, self.prior, self.value, self.visits, self.value_sum)
        return Root(*(array[self.roots] for array in arrays))

    def walk(self, options: PUCT, first: Array | None) -> list[Array]:
        """Down all trees, as far as they go: the edges taken at each depth, by ever fewer games."""
        node, action, path = self.roots, first, list[Array]()
        while len(node):
            if action is None:
                action = self.select(node, options)
            path.append(node * self.game.actions + action)
            child = self.child[path[-1]]
            node, action = child[(child >= 0) & ~self.over[child]], None
        return path

    def select(self, node: Array, options: PUCT) -> Array:
        """For each node the legal action with the largest Q + U; of several, the first."""
        prior, visits = self.prior.take(node, 0), self.visits.take(node, 0)
        value_sum, legal = self.value_sum.take(node, 0), self.legal.take(node, 0)
        return puct_select(prior, visits, value_sum, legal, self.value[node][:, None], options)

    def expand(self, path: list[Array], k: int, evaluate: Evaluator) -> Array:
        """The row (B,) that the walk of each game ends at: the new node k, or an end of a game."""
        last = np.zeros(len(self.roots), np.int64)
        for edge in path:
            last[self.game_of(edge)] = edge
        leaf = self.child[last]
        new = np.flatnonzero(leaf < 0)
        if len(new):
            parent, action = np.divmod(last[new], self.game.actions)
            leaf[new] = self.child[last[new]] = self.roots[new] + k
            position = self.game.play(self.position.at(parent), action)
            self.add(leaf[new], position, evaluate)
        return leaf

    def add(self, rows: Array, position: Position, evaluate: Evaluator) -> None:
        """Write new nodes, and evaluate those where the game goes on."""
        self.position.own[rows], self.position.mask[rows] = position
        self.legal[rows] = legal = self.game.legal(position)
        self.over[rows] = over = ~legal.any(1)
        self.value[rows[over]] = -self.game.won(position.at(over)).astype(np.float64)
        if not over.all():
            logits, value = evaluate(position.at(~over))
            self.prior[rows[~over]] = prior_of(logits, legal[~over])
            self.value[rows[~over]] = value

    def back_up(self, path: list[Array], value: Array) -> None:
        """Add the value (B,) of the leaves to every edge above them, seen by whose move it is."""
        visits, value_sum = self.visits.reshape(-1), self.value_sum.reshape(-1)
        for edge in reversed(path):
            games = self.game_of(edge)
            value[games] = -value[games]
            visits[edge] += 1
            value_sum[edge] += value[games]

    def game_of(self, edge: Array) -> Array:
        game: Array = edge // (self.size * self.game.actions)
        return game
