"""Catch: a ball falls, and a paddle at the bottom should be below it when it lands.

The board is 10 rows high and 5 columns wide. The ball begins in the top row, in a column drawn
evenly, and falls one row a step; the paddle begins in the middle and moves by at most one column.
After nine steps the ball is at the bottom: +1 if it is caught, -1 if not, and the game is over.
Only the last reward counts, so what happened at the beginning must be remembered by the value.

Observation: (2, 10, 5) uint8, the ball in the first plane, the paddle in the second.
Actions: 0 left, 1 stay, 2 right.   Chance alone catches about one ball in three; the best is 1.
Source: Mnih et al. 2014, "Recurrent Models of Visual Attention", had a larger one.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from undergrad.rl.envs import paint
from undergrad.rl.envs.rules import Outcome, Rules

if TYPE_CHECKING:
    from PIL.Image import Image

Array: TypeAlias = npt.NDArray[Any]

HEIGHT, WIDTH = 10, 5
_BALL, _PADDLE = 0, 1


class Fall(NamedTuple):
    """N balls and paddles, each field (N,) int64."""

    row: Array  # of the ball
    column: Array  # of the ball
    paddle: Array  # its column


class Catch(Rules[Fall]):
    """The rules; see the top of the file."""

    observation_space = spaces.Box(0, 1, (2, HEIGHT, WIDTH), np.uint8)
    action_space = spaces.Discrete(3)

    def start(self, generators: Sequence[np.random.Generator]) -> Fall:
        """A ball somewhere in the top row."""
        column = np.array([g.integers(WIDTH) for g in generators], np.int64)
        return Fall(np.zeros_like(column), column, np.full_like(column, WIDTH // 2))

    def step(self, state: Fall, action: Array) -> Outcome[Fall]:
        """Move the paddle, then let the ball fall by one row."""
        paddle = np.clip(state.paddle + action - 1, 0, WIDTH - 1)
        row = np.minimum(state.row + 1, HEIGHT - 1)
        landed = row == HEIGHT - 1
        reward = np.where(landed, np.where(paddle == state.column, 1.0, -1.0), 0.0)
        return Outcome(Fall(row, state.column, paddle), reward, landed)

    def observe(self, state: Fall) -> Array:
        """(N, 2, 10, 5)."""
        games = np.arange(len(state.row))
        seen = np.zeros((len(games), 2, HEIGHT, WIDTH), np.uint8)
        seen[games, _BALL, state.row, state.column] = 1
        seen[games, _PADDLE, HEIGHT - 1, state.paddle] = 1
        return seen

    def paint(self, state: Fall) -> "Image":
        """The board, the ball above the paddle where both are."""
        ball, paddle = self.observe(state)[0]
        squares = paint.board(HEIGHT, WIDTH, [(paint.BLUE, paddle), (paint.RED, ball)])
        return paint.enlarge(squares, 32)
