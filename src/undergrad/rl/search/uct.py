"""UCT: Monte Carlo tree search without a network, for many games at once.

A simulation has four steps.

1. Select: from the root down, take the action with the largest UCB1 score
   Q(s, a) + c sqrt(ln N(s) / N(s, a)), until a node has an action that was never tried.
2. Expand: try one such action, chosen at random; the position after it becomes a new node.
3. Roll out: play random moves from there to the end of the game.
4. Back up: add the outcome to every action on the way, with the sign changed at each step, since
   what is good for one player is bad for the other.

The answer is the action with most visits. Outcomes are -1, 0 or 1, so c = sqrt(2) is as large as
1 / sqrt(2) would be for outcomes between 0 and 1.

The trees of B games lie side by side in arrays, and a simulation takes one step in all of them.
Source: Kocsis and Szepesvari 2006, "Bandit based Monte-Carlo planning"; Browne et al. 2012, "A
survey of Monte Carlo tree search methods", sections 3.1 and 3.3.

B is the number of games, A of actions, M of nodes in each tree, and K <= B of trees that a step
still goes on in.
"""

from dataclasses import dataclass

import numpy as np

from undergrad.rl.games.base import Array, Game, Position
from undergrad.rl.games.players import Player, random_action
from undergrad.rl.search.formulas import most_visited

C = 2**0.5  # of 0.5, 1, 1.4, 2 and 2.8 the best on the labelled positions of Connect Four
_FIRST = 1e9  # what an action that was never tried scores


@dataclass(frozen=True)
class Tree:
    """B trees of up to M nodes. Node 0 is the root, and node s was added by simulation s."""

    position: Position  # own and mask are (B, M)
    legal: Array  # (B, M, A) bool
    child: Array  # (B, M, A) the node that an action leads to; 0 where there is none yet
    visits: Array  # (B, M, A) N
    total: Array  # (B, M, A) the sum of outcomes, seen by the player to move: Q = total / visits

    @property
    def root_visits(self) -> Array:
        """(B, A) how often each action was tried at the root."""
        return np.asarray(self.visits[:, 0])

    @property
    def value(self) -> Array:
        """(B,) the mean outcome of all simulations for the player to move at the root."""
        return np.asarray(self.total[:, 0].sum(axis=1) / self.visits[:, 0].sum(axis=1))

    def line(self, row: int) -> tuple[int, ...]:
        """The moves that tree `row` expects: from each node the best action."""
        node, actions = 0, list[int]()
        while self.visits[row, node].any():
            actions.append(int(most_visited(self.visits[row, node], self.total[row, node])))
            node = self.child[row, node, actions[-1]]
        return tuple(actions)


def search(
    game: Game, position: Position, simulations: int, rng: np.random.Generator, c: float = C
) -> Tree:
    """The trees of B positions that are not over, after so many simulations in each."""
    tree = _planted(game, position, simulations + 1)
    for node in range(1, simulations + 1):
        path, leaf = _descend(game, tree, node, rng, c)
        _back_up(tree, path, rollout(game, leaf, rng))
    return tree


def uct_player(game: Game, simulations: int, c: float = C) -> Player:
    """Plays the action with most visits, any of them where several have as many."""

    def player(position: Position, rng: np.random.Generator) -> Array:
        visits = search(game, position, simulations, rng, c).root_visits
        return random_action(visits == visits.max(axis=1, keepdims=True), rng)

    return player


def rollout(game: Game, position: Position, rng: np.random.Generator) -> Array:
    """(B,) how random games from B positions end, seen by the player to move there."""
    outcome, playing, sign = np.zeros(len(position.mask)), np.arange(len(position.mask)), 1
    while True:
        won, free = game.won(position), game.free(position.mask)
        over = won | ~free.any(axis=1)
        if over.any():
            outcome[playing[won]] = -sign
            position, free, playing = position.at(~over), free[~over], playing[~over]
        if not len(playing):
            return outcome
        position, sign = game.play(position, random_action(free, rng)), -sign


def _planted(game: Game, position: Position, nodes: int) -> Tree:
    """Trees with nothing but their roots, and room for `nodes`."""
    size = len(position.mask), nodes
    own, mask = np.zeros(size, np.uint64), np.zeros(size, np.uint64)
    own[:, 0], mask[:, 0] = position
    legal = np.zeros((*size, game.actions), bool)
    legal[:, 0] = game.legal(position)
    child, visits = (np.zeros(legal.shape, np.int32) for _ in range(2))
    return Tree(Position(own, mask), legal, child, visits, np.zeros(legal.shape, np.float32))


def _descend(
    game: Game, tree: Tree, new: int, rng: np.random.Generator, c: float
) -> tuple[list[tuple[Array, Array, Array]], Position]:
    """Walk down all trees, adding node `new` to each that has not come to an end of the game.

    Returns the path, as (trees, nodes, actions) of each step, each (K,), and the B positions that
    it ends in.
    """
    path = list[tuple[Array, Array, Array]]()
    row = np.arange(len(tree.legal))
    node, leaf = np.zeros_like(row), np.zeros_like(row)
    while True:
        going = tree.legal[row, node].any(axis=1)
        leaf[row[~going]] = node[~going]  # the game is over there
        row, node = row[going], node[going]
        if not len(row):
            return path, tree.position.at((np.arange(len(leaf)), leaf))
        action = _select(tree, row, node, rng, c)
        path.append((row, node, action))
        after = tree.child[row, node, action]
        _expand(game, tree, new, *(one[after == 0] for one in (row, node, action)))
        leaf[row[after == 0]] = new
        row, node = row[after != 0], after[after != 0]


def _select(tree: Tree, row: Array, node: Array, rng: np.random.Generator, c: float) -> Array:
    """(K,) the actions with the largest scores; untried ones come first, in random order."""
    visits, legal = tree.visits[row, node], tree.legal[row, node]
    n = np.maximum(visits, 1)
    explored = np.log(np.maximum(visits.sum(axis=1, keepdims=True), 1)) / n
    score = tree.total[row, node] / n + c * np.sqrt(explored)
    score = np.where(visits > 0, score, _FIRST * (1 + rng.random(score.shape)))
    return np.asarray(np.where(legal, score, -np.inf).argmax(axis=1))


def _expand(game: Game, tree: Tree, new: int, row: Array, node: Array, action: Array) -> None:
    """Add node `new` to the trees `row`: the position after `action` in `node`."""
    position = game.play(tree.position.at((row, node)), action)
    tree.position.own[row, new], tree.position.mask[row, new] = position
    tree.legal[row, new] = game.legal(position)
    tree.child[row, node, action] = new


def _back_up(tree: Tree, path: list[tuple[Array, Array, Array]], outcome: Array) -> None:
    """Add the outcomes (B,), as the player to move at the end of each path sees them."""
    value = outcome.copy()
    for row, node, action in reversed(path):
        value[row] = -value[row]
        tree.visits[row, node, action] += 1
        tree.total[row, node, action] += value[row]
