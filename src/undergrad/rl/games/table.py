"""The exact value of every move in every position of a small board.

No search is needed: the positions are listed one move after the other, from the empty board on,
and each only once; then the values come backwards, from the last layer to the first. A position is
worth the best of its moves, and a move is worth what the position after it is, with the sign
changed, because there the other player is to move.

P is the number of positions, A of actions.
"""

from dataclasses import dataclass

import numpy as np

from undergrad.rl.games.base import Array, Game, Position


@dataclass(frozen=True)
class Table:
    """All positions that can be reached from the empty board, and what they are worth."""

    game: Game
    keys: Array  # (P,) uint64, sorted
    position: Position  # P positions, in the order of their keys
    values: Array  # (P,) float32: -1, 0 or 1 for the player to move
    action_values: Array  # (P, A) float32; -inf where an action is illegal

    def find(self, position: Position) -> Array:
        """(B,) the rows of positions that can be reached."""
        return np.searchsorted(self.keys, self.game.key(position))


def solve_all(game: Game, most: int = 10_000_000) -> Table:
    """Solve a game whose positions fit into memory.

    Raises ValueError when it has more than `most` positions, which need up to 75 bytes each.
    """
    layers = _layers(game, most)
    values, keys, solved = np.empty(0, np.float32), np.empty(0, np.uint64), []
    for position in reversed(layers):
        legal = game.legal(position)
        action_values = np.full(legal.shape, -np.inf, np.float32)
        after = _after(game, position, legal)
        action_values[legal] = -values[np.searchsorted(keys, game.key(after))]
        outcome = -game.won(position).astype(np.float32)
        values = np.where(legal.any(axis=1), action_values.max(axis=1), outcome)
        keys = game.key(position)
        solved.append((keys, *position, values, action_values))
    every = [np.concatenate(column) for column in zip(*solved, strict=True)]
    order = np.argsort(every[0])
    keys, own, mask, values, action_values = (column[order] for column in every)
    return Table(game, keys, Position(own, mask), values, action_values)


def _layers(game: Game, most: int) -> list[Position]:
    """The different positions after 0, 1, 2 ... moves, each layer in the order of its keys."""
    layers, position = [], game.start(1)
    while len(position.mask):
        layers.append(position)
        if sum(len(layer.mask) for layer in layers) > most:
            raise ValueError(
                f"{game.name} has more than {most:,} positions, too many for a table: use a "
                "smaller board, or `Solver` for single positions"
            )
        after = _after(game, position, game.legal(position))
        _, first = np.unique(game.key(after), return_index=True)
        position = after.at(first)
    return layers


def _after(game: Game, position: Position, legal: Array) -> Position:
    """The position after each legal move of each position, in that order."""
    row, action = np.nonzero(legal)
    return game.play(position.at(row), action)
