"""Tic-tac-toe: an action is a cell of 3x3, and three in a line win."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from undergrad.rl.games.base import Array, Game, Position, Symmetry


@dataclass(frozen=True)
class TicTacToe(Game):
    """Cell by cell: action 0 is at the top left, 8 at the bottom right."""

    name: str = "tictactoe"
    rows: int = 3
    columns: int = 3
    n: int = 3

    @property
    def actions(self) -> int:
        return self.rows * self.columns

    def free(self, mask: Array) -> Array:
        return np.asarray((mask[:, None] & self.cells) == 0)

    def stone(self, mask: Array, action: Array) -> Array:
        return np.asarray(self.cells[action])

    def key(self, position: Position) -> Array:
        return np.asarray(position.own | position.mask << 12)  # a board has 12 bits

    @cached_property
    def symmetries(self) -> tuple[Symmetry, ...]:
        """Four turns, each with its reflection."""
        board = np.arange(self.actions).reshape(self.rows, self.columns)
        turned = [np.rot90(board, quarter) for quarter in range(4)]
        boards = [side for each in turned for side in (each, each[:, ::-1])]
        return tuple(Symmetry(each.ravel(), each.ravel()) for each in boards)
