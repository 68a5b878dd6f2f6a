"""A game between a person and an agent, as a value: what was played, and whose turn it is.

An agent comes in as an *advisor*: a function from a position to what its search found there. So the
same game is played against UCT and against a network with a search.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np

from undergrad.errors import UsageError
from undergrad.rl.games.base import Array, Game, Position


class Advice(NamedTuple):
    """What an agent's search says of one position."""

    visits: Array  # (A,) how often each action was tried
    value: float  # the outcome it expects for the player to move, from -1 to 1
    line: tuple[int, ...]  # the actions it expects, of both players in turn

    @property
    def action(self) -> int:
        """What the agent would play: the first action of its line."""
        return self.line[0]


Advisor: TypeAlias = Callable[[Position], Advice]  # one position that is not over


@dataclass(frozen=True)
class Played:
    """The moves of a game so far. Player 0 makes the first move, player 1 the second."""

    game: Game
    moves: tuple[int, ...] = ()
    person: int = 0  # which player the person is

    @property
    def position(self) -> Position:
        """The position now, as one of B = 1."""
        return self.game.after(self.moves)

    @property
    def turn(self) -> int:
        """The player to move."""
        return len(self.moves) % 2

    @property
    def over(self) -> bool:
        """Whether somebody has won, or the board is full."""
        return bool(self.game.over(self.position)[0])

    @property
    def winner(self) -> int | None:
        """The player who has a line; None when nobody has."""
        return 1 - self.turn if self.game.won(self.position)[0] else None

    @property
    def unit(self) -> str:
        """What a number means that a person types."""
        return "column" if self.game.actions == self.game.columns else "cell"

    def after(self, action: int) -> "Played":
        """The game one move later. UsageError, in one sentence, when the move is not legal."""
        number, most = action + 1, self.game.actions
        if self.over:
            raise UsageError("The game is over: undo a move, or start a new game.")
        if not 0 <= action < most:
            raise UsageError(f"There is no {self.unit} {number}: they are numbered 1 to {most}.")
        if not self.game.legal(self.position)[0, action]:
            state = "full" if self.unit == "column" else "taken"
            free = np.flatnonzero(self.game.legal(self.position)[0]) + 1
            left = ", ".join(map(str, free.tolist()))
            raise UsageError(f"The {self.unit} {number} is {state}: play one of {left}.")
        return replace(self, moves=(*self.moves, action))

    def undone(self) -> "Played":
        """The game before the person's last move. UsageError when there is none."""
        last = len(self.moves) - 1
        if last >= 0 and last % 2 != self.person:
            last -= 1
        if last < 0:
            raise UsageError("There is no move of yours to undo.")
        return replace(self, moves=self.moves[:last])

    def switched(self) -> "Played":
        """The same game with the sides changed."""
        return replace(self, person=1 - self.person)
