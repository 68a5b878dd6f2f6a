"""Board games for two as pure functions on arrays: the rules of many games in one call.

A position is two bitboards of 64 bits: which cells hold a stone, and which of these stones belong
to the player to move. After a move the other player is to move, so the two swap sides, and nothing
has to remember whose turn it is. Values are in [-1, 1] and always seen by the player to move: a
finished game is worth -1 when the other one has just made a line, else 0.

Each column of the board has one bit more than it has rows:

    row 0, on top   2  6  10        the bits of a board of 3x3; 3, 7 and 11 stay empty, so a line
    row 1           1  5   9        that leaves a column at the top cannot go on at the bottom of
    row 2           0  4   8        the next one

A step up is therefore a shift by 1, a step to the right one by rows + 1, and four shifts, one for
each direction, find every line (John Tromp's way, "Fhourstones").

B is the number of positions, A the number of actions, C = rows * columns the number of cells, in
reading order: from left to right, the top row first.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Bits = TypeVar("Bits", int, Array)


class Position(NamedTuple):
    """B positions, each seen by the player whose move it is."""

    own: Array  # (B,) uint64: the stones of the player to move
    mask: Array  # (B,) uint64: the stones of both

    @property
    def other(self) -> Array:
        """The stones of the player who has just moved."""
        return self.own ^ self.mask

    @property
    def stones(self) -> Array:
        """How many stones there are: (B,) ints."""
        return np.bitwise_count(self.mask).astype(np.intp)

    def at(self, index: Any) -> "Position":
        """The positions that NumPy's `index` selects."""
        return Position(self.own[index], self.mask[index])


class Symmetry(NamedTuple):
    """A way to turn or reflect the board, as two permutations.

    The new board has at cell i what the old one has at `cells[i]`, and action a of the new one
    means action `actions[a]` of the old one: `planes.reshape(B, 2, C)[..., cells]` and
    `policy[:, actions]` belong together.
    """

    cells: Array  # (C,)
    actions: Array  # (A,)


@dataclass(frozen=True)
class Game(ABC):
    """The rules of a game in which `n` stones in a line win."""

    name: str
    rows: int
    columns: int
    n: int

    def __post_init__(self) -> None:
        if self.columns * (self.rows + 1) > 64:
            raise ValueError(
                f"{self.name}: a board of {self.rows}x{self.columns} needs "
                f"{self.columns * (self.rows + 1)} bits, one more per column than it has rows, "
                "and a position has 64"
            )

    # What each game decides

    @property
    @abstractmethod
    def actions(self) -> int:
        """A, how many actions there are, legal or not."""

    @abstractmethod
    def free(self, mask: Array) -> Array:
        """(B, A) bool: which actions find an empty cell."""

    @abstractmethod
    def stone(self, mask: Array, action: Array) -> Array:
        """(B,) uint64: the bit that each action sets."""

    @abstractmethod
    def key(self, position: Position) -> Array:
        """(B,) uint64: a number for each position, different for different ones."""

    @property
    @abstractmethod
    def symmetries(self) -> tuple[Symmetry, ...]:
        """What leaves the game as it is; first the identity, which does nothing."""

    # What follows

    def start(self, count: int) -> Position:
        """`count` empty boards."""
        return Position(np.zeros(count, np.uint64), np.zeros(count, np.uint64))

    def legal(self, position: Position) -> Array:
        """(B, A) bool: what may be played; nothing where the game is over."""
        return self.free(position.mask) & ~self.won(position)[:, None]

    def play(self, position: Position, action: Array) -> Position:
        """The positions after `action` (B,), which must be legal, seen by the next player."""
        return Position(position.other, position.mask | self.stone(position.mask, action))

    def won(self, position: Position) -> Array:
        """(B,) bool: whether the player who has just moved has a line."""
        return np.asarray(has_line(position.other, self.n, self.steps) != 0)

    def over(self, position: Position) -> Array:
        """(B,) bool: whether somebody has won, or the board is full."""
        return np.asarray(self.won(position) | (position.mask == self.full))

    def planes(self, position: Position) -> Array:
        """(B, 2, rows, columns) float32: 1 where the player to move has a stone, then the other."""
        sides = np.stack([position.own, position.other], axis=1)  # (B, 2)
        cells = (sides[:, :, None] & self.cells) != 0  # (B, 2, C)
        return np.asarray(cells.astype(np.float32).reshape(-1, 2, self.rows, self.columns))

    def after(self, actions: Iterable[int]) -> Position:
        """The one position after `actions` from the empty board, which must be legal."""
        position = self.start(1)
        for action in actions:
            position = self.play(position, np.array([action]))
        return position

    @cached_property
    def cells(self) -> Array:
        """(C,) uint64: the bit of each cell."""
        places = [
            column * (self.rows + 1) + self.rows - 1 - row
            for row in range(self.rows)
            for column in range(self.columns)
        ]
        return np.uint64(1) << np.array(places, np.uint64)

    @cached_property
    def full(self) -> np.uint64:
        """The mask of a full board."""
        return np.uint64(np.bitwise_or.reduce(self.cells))

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """By how many bits a stone and its neighbour are apart: up, and three to the right."""
        column = self.rows + 1
        return 1, column, column - 1, column + 1


def has_line(stones: Bits, n: int, steps: tuple[int, ...]) -> Bits:
    """Where lines of `n` begin: a bitboard that is 0 without one. For arrays and for one int.

    `run` has a bit for each stone that begins `length` of them in this direction; shifted and
    combined with itself it has one for each that begins up to twice as many.
    """
    found = stones & 0
    for step in steps:
        run, length = stones, 1
        while length < n:
            more = min(length, n - length)
            run = run & (run >> more * step)
            length += more
        found = found | run
    return found
