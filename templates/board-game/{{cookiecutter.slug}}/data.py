"""The game, what the network sees of a position, and positions with exact answers.

Make it yours: choose another of `undergrad.rl.games.GAMES`, or write the rules of your own as a
subclass of `Game`. Where no exact answers are known, let a stronger player mark the moves.
"""

import numpy as np
from undergrad.rl.games import GAMES
from undergrad.rl.games.base import Position
from undergrad.rl.games.strength import Labelled, labelled, quiet

GAME = GAMES["connect4-small"]  # 6 rows and 5 columns, four in a line win
SIZE = 2 * GAME.rows * GAME.columns  # numbers that describe a position


def features(position: Position) -> np.ndarray:
    """(B, size) float32: 1 where the player to move has a stone, then the same for the other."""
    return GAME.planes(position).reshape(-1, SIZE)


def reflected(position: Position) -> np.ndarray:
    """The features of the positions in a mirror, which are worth the same."""
    return np.ascontiguousarray(GAME.planes(position)[..., ::-1]).reshape(-1, SIZE)


def restarted(position: Position) -> Position:
    """The same positions, with an empty board in place of each finished game."""
    going = ~GAME.over(position)
    return Position(position.own * going, position.mask * going)


def exact() -> Labelled:
    """Positions with the exact value of every move, in which the next move decides nothing.

    A mistake is possible in each, and neither player could win at once: to look one move ahead is
    of no help there.
    """
    known = labelled(GAME.name)
    return known.at(quiet(GAME, known))
