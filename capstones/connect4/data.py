"""The game, what a network sees of a position, and positions of which a solver knows the answer.

Nothing here is learned from. The rules are those of `undergrad.rl.games`, and so is the arithmetic
on bitboards: a `Position` holds the stones of the player to move, `own`, and those of both, `mask`.
"""

import json
from pathlib import Path

import numpy as np
from undergrad import datasets
from undergrad.rl.games import GAMES
from undergrad.rl.games.base import Position
from undergrad.rl.games.strength import Labelled, quiet

GAME = GAMES["connect4"]  # 6 rows and 7 columns, four in a line win
INPUTS = 2 * GAME.rows * GAME.columns  # numbers that describe a position
FULL = -128  # the score of a column that is full
FROM_GAMES = Path(__file__).with_name("positions.json")


def features(position: Position) -> np.ndarray:
    """(B, 84) float32: 1 where the player to move has a stone, then the same for the other."""
    return GAME.planes(position).reshape(-1, INPUTS)


def mirrored(inputs: np.ndarray, policy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Left and right exchanged, in the features (B, 84) and in what is said of the columns (B, 7).

    A position and its mirror image are worth the same, and so are the moves that correspond.
    """
    boards = inputs.reshape(-1, 2, GAME.rows, GAME.columns)[..., ::-1]
    return boards.reshape(-1, INPUTS), policy[:, ::-1]


def exact() -> dict[str, Labelled]:
    """`validation` and `test`: quiet positions from random games, with the value of every move.

    They have 8 to 30 stones and are never trained on. Quiet means that a mistake is possible and
    that neither player could win at once, so to look one move ahead is of no help there.
    """
    boards, scores, _ = datasets.connect4()
    values = np.where(scores == FULL, -np.inf, np.sign(scores)).astype(np.float32)
    known = Labelled(position_of(boards), values)
    known = known.at(quiet(GAME, known))
    return {"validation": known.at(slice(0, None, 2)), "test": known.at(slice(1, None, 2))}


def position_of(boards: np.ndarray) -> Position:
    """(B, 6, 7), 1 where the player to move has a stone and 2 where the other has -> positions."""
    cells = boards.reshape(len(boards), -1)
    own, mask = ((there * GAME.cells).sum(1, dtype=np.uint64) for there in (cells == 1, cells > 0))
    return Position(own, mask)


def from_games() -> Labelled:
    """Quiet positions from games between two tree searches; `records.py` made and solved them.

    Each is kept as the moves that lead to it, so that anybody can play it over.
    """
    rows = json.loads(FROM_GAMES.read_text("utf-8"))
    positions = [GAME.after(played(row["moves"])) for row in rows]
    own, mask = (np.concatenate(side) for side in zip(*positions, strict=True))
    values = np.array([row["values"] for row in rows], np.float32)
    return Labelled(Position(own, mask), np.where(values == FULL, -np.inf, values))


def written(moves) -> str:
    """Moves as people write them, the columns counted from 1: (3, 3, 2) -> "443"."""
    return "".join(str(move + 1) for move in moves)


def played(moves: str) -> list[int]:
    """The moves that `written` wrote."""
    return [int(column) - 1 for column in moves]
