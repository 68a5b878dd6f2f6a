"""Players that learn nothing, to measure others against: random, one move ahead, and perfect.

A player is a function: positions and random numbers in, one action for each position out. Those
that search stand in `rl/search`.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from undergrad.rl.games.base import Array, Game, Position

# B positions that are not over, and a generator -> (B,) legal actions
Player: TypeAlias = Callable[[Position, np.random.Generator], Array]


def random_action(allowed: Array, rng: np.random.Generator) -> Array:
    """(B,) one of the actions of each row of `allowed` (B, A), each as likely as the others."""
    return np.asarray((allowed * (1 - rng.random(allowed.shape))).argmax(axis=1))


def winning(game: Game, position: Position) -> Array:
    """(B, A) bool: the actions that win at once."""
    legal = game.legal(position)
    row, action = np.nonzero(legal)
    legal[row, action] = game.won(game.play(position.at(row), action))
    return legal


def blocking(game: Game, position: Position) -> Array:
    """(B, A) bool: the actions on a cell where the other player would win at once."""
    return winning(game, Position(position.other, position.mask)) & game.legal(position)


def random_player(game: Game) -> Player:
    """Every legal action is equally likely."""
    return lambda position, rng: random_action(game.legal(position), rng)


def one_move_player(game: Game) -> Player:
    """Looks one move ahead: wins where it can, else stops a win, else plays at random."""

    def player(position: Position, rng: np.random.Generator) -> Array:
        allowed = game.legal(position)
        for better in (blocking(game, position), winning(game, position)):
            allowed = np.where(better.any(axis=1, keepdims=True), better, allowed)
        return random_action(allowed, rng)

    return player


def perfect_player(action_values: Callable[[Position], Array]) -> Player:
    """Plays any of the best moves by the exact values (B, A) of a table or a solver."""

    def player(position: Position, rng: np.random.Generator) -> Array:
        values = action_values(position)
        return random_action(values == values.max(axis=1, keepdims=True), rng)

    return player
