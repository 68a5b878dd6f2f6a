"""Connect Four and its small relatives: a stone falls into a column, and `n` in a line win."""

from functools import cached_property

import numpy as np

from undergrad.rl.games.base import Array, Game, Position, Symmetry


class ConnectN(Game):
    """On any board of at most 64 bits; action c is column c, from the left."""

    @property
    def actions(self) -> int:
        return self.columns

    def free(self, mask: Array) -> Array:
        return np.asarray((mask[:, None] & self._top) == 0)

    def stone(self, mask: Array, action: Array) -> Array:
        # Adding the lowest bit of a column carries through its stones to the first empty cell.
        return (mask + self._bottom[action]) & ~mask & self.full

    def key(self, position: Position) -> Array:
        # A column with h stones adds between 2^h - 1 and 2^(h + 1) - 2: each height has its own
        # numbers, and no carry reaches the next column.
        return position.own + position.mask

    @cached_property
    def symmetries(self) -> tuple[Symmetry, ...]:
        """The board and its reflection from left to right."""
        cells = np.arange(self.rows * self.columns).reshape(self.rows, self.columns)
        columns = np.arange(self.columns)
        reflected = Symmetry(cells[:, ::-1].ravel(), columns[::-1].copy())
        return Symmetry(cells.ravel(), columns), reflected

    @cached_property
    def _bottom(self) -> Array:
        return self.cells[-self.columns :]

    @cached_property
    def _top(self) -> Array:
        return self.cells[: self.columns]
