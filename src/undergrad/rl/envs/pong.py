"""Mini-pong: the ball game of 1972 on 16 x 16 squares, against an opponent who gets tired.

Both players have a paddle three squares high, ours in the right column, the opponent's in the left,
and each step they move by at most one square. The ball moves one column a step and 0 or 1 rows; it
bounces off the top and the bottom. A paddle sends it back: from its middle straight, from its upper
square upwards, from its lower one downwards. A miss gives the other side a point: +1 for us if the
opponent missed, otherwise -1. Then the ball starts in the middle again, towards the side that
scored, from a row and with a slant drawn evenly. The game is over when one side has five points.

The opponent follows the ball while it comes nearer, but each step it rests with probability 0.2.
So it returns every straight ball for ever and misses many slanted ones: a player who only follows
the ball draws, and must learn to slant.

There are two ways to see it, of which `obs_type` chooses one:

- "planes": (4, 16, 16) of 0 and 1: our paddle, the opponent's, the ball, and where the ball was
  before. The last makes the direction visible.
- "pixels": (2, 16, 16) bytes: the screen a step ago and the screen now. Paddles and ball are alike
  255, all else is 0, so what is what has to be learned. At the start of a game both are the same.

Actions: 0 stay, 1 up, 2 down.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from undergrad.errors import UsageError
from undergrad.rl.envs import draws, paint
from undergrad.rl.envs.rules import Outcome, Rules, replace_rows

if TYPE_CHECKING:
    from PIL.Image import Image

Array: TypeAlias = npt.NDArray[Any]

SIZE = 16
POINTS = 5
WHITE = 255  # of the pixels of paddles and ball
REST = 0.2
_LAST = SIZE - 1
_MOVES = np.array([0, -1, 1])
_REACH = np.array([-1, 0, 1])  # rows of a paddle, counted from its middle


class Rally(NamedTuple):
    """N games; every field is (N,), whole numbers. One array for each number is the fastest way.

    Rows count downwards from the top. The ball's column speed is always -1 or 1.
    """

    row: Array
    column: Array
    row_before: Array  # where all things were on the screen a step ago: the ball ...
    column_before: Array
    theirs_before: Array  # ... and the paddles
    ours_before: Array
    row_speed: Array
    column_speed: Array
    theirs: Array  # the row of the middle of the opponent's paddle
    ours: Array
    their_points: Array
    our_points: Array
    stream: Array  # uint64, what will happen by chance


class Pong(Rules[Rally]):
    """The rules; see the top of the file.

    Arguments:
        obs_type: "planes" or "pixels".
    """

    action_space = spaces.Discrete(3)
    frames_per_second = 15

    def __init__(self, obs_type: str = "planes") -> None:
        if obs_type not in _SEEN:
            raise UsageError(f"obs_type is {obs_type}, and must be {' or '.join(_SEEN)}.")
        self.observation_space, self._seen = _SEEN[obs_type]

    def start(self, generators: Sequence[np.random.Generator]) -> Rally:
        """The ball in the middle, on its way to one of the two."""
        stream, units = draws.uniform(draws.streams(generators), 3)
        none = np.zeros(len(stream), np.int64)
        middle = none + SIZE // 2
        towards = np.where(units[:, 2] < 0.5, -1, 1)
        fresh = Rally(
            *(none, none, none, none, middle, middle),
            *(none, none, middle, middle, none, none),
            stream,
        )
        served = _served(fresh, units, towards)
        return served._replace(row_before=served.row, column_before=served.column)

    def step(self, state: Rally, action: Array) -> Outcome[Rally]:
        """Move both paddles, then the ball; where it is missed, count and serve."""
        stream, units = draws.uniform(state.stream, 3)
        theirs = _follow(state, units[:, 0])
        ours = _on_the_board(state.ours + _MOVES[action])
        row, row_speed = _fly(state.row, state.row_speed)
        column, column_speed = state.column + state.column_speed, state.column_speed
        offset = row - np.where(column_speed > 0, ours, theirs)
        arrived = (column == 0) | (column == _LAST)
        hit = arrived & (abs(offset) <= 1)
        reward = np.where(arrived & ~hit, -column_speed, 0)
        moved = Rally(
            row,
            column,
            state.row,
            state.column,
            state.theirs,
            state.ours,
            np.where(hit, offset, row_speed),
            np.where(hit, -column_speed, column_speed),
            theirs,
            ours,
            state.their_points + (reward < 0),
            state.our_points + (reward > 0),
            stream,
        )
        over = (moved.their_points >= POINTS) | (moved.our_points >= POINTS)
        after = _serve_again(moved, (reward != 0) & ~over, units[:, 1:])
        return Outcome(after, reward.astype(np.float64), over)

    def observe(self, state: Rally) -> Array:
        """(N, 4, 16, 16) or (N, 2, 16, 16)."""
        return self._seen(state)

    def paint(self, state: Rally) -> "Image":
        """The board with the trail of the ball, and the points above it."""
        ours, theirs, ball, before = _planes(state)[0]
        layers = [
            (paint.GREY, before),
            (paint.RED, theirs),
            (paint.BLUE, ours),
            (paint.INK, ball),
        ]
        squares = np.full((SIZE + 1, SIZE, 3), 228, np.uint8)
        squares[1:] = paint.board(SIZE, SIZE, layers)
        squares[0, : state.their_points[0]] = paint.RED
        squares[0, SIZE - state.our_points[0] :] = paint.BLUE
        return paint.enlarge(squares, 20)


def _planes(state: Rally) -> Array:
    """Each kind of thing on a plane of its own: (N, 4, 16, 16)."""
    games = np.arange(len(state.row))
    served = abs(state.column - state.column_before) > 1  # a ball that has just come has no trail
    seen = np.zeros((len(games), 4, SIZE, SIZE), np.uint8)
    seen[games[:, None], 0, state.ours[:, None] + _REACH, _LAST] = 1
    seen[games[:, None], 1, state.theirs[:, None] + _REACH, 0] = 1
    seen[games, 2, state.row, state.column] = 1
    row = np.where(served, state.row, state.row_before)
    seen[games, 3, row, np.where(served, state.column, state.column_before)] = 1
    return seen


def _pixels(state: Rally) -> Array:
    """The screen a step ago and the screen now: (N, 2, 16, 16)."""
    games = np.arange(len(state.row))
    seen = np.zeros((len(games), 2, SIZE, SIZE), np.uint8)
    before = (state.row_before, state.column_before, state.theirs_before, state.ours_before)
    now = (state.row, state.column, state.theirs, state.ours)
    for frame, (row, column, theirs, ours) in enumerate((before, now)):
        seen[games, frame, row, column] = WHITE
        seen[games[:, None], frame, theirs[:, None] + _REACH, 0] = WHITE
        seen[games[:, None], frame, ours[:, None] + _REACH, _LAST] = WHITE
    return seen


_SEEN = {
    "planes": (spaces.Box(0, 1, (4, SIZE, SIZE), np.uint8), _planes),
    "pixels": (spaces.Box(0, WHITE, (2, SIZE, SIZE), np.uint8), _pixels),
}


def _follow(state: Rally, unit: Array) -> Array:
    """The opponent's row: it follows the ball while that comes nearer, unless it rests."""
    follows = (state.column_speed < 0) & (unit >= REST)
    return _on_the_board(state.theirs + follows * np.sign(state.row - state.theirs))


def _on_the_board(row: Array) -> Array:
    return np.minimum(np.maximum(row, 1), _LAST - 1)


def _fly(row: Array, speed: Array) -> tuple[Array, Array]:
    """One step of the ball up or down; it turns back at the top and the bottom."""
    after = row + speed
    speed = np.where((after < 0) | (after > _LAST), -speed, speed)
    return row + speed, speed


def _served(state: Rally, units: Array, towards: Array) -> Rally:
    """The same with a new ball in the middle column; two numbers in [0, 1) for each game."""
    row = 2 + draws.below(units[:, 0], SIZE - 4)
    column = np.full_like(row, SIZE // 2)
    slant = draws.below(units[:, 1], 3) - 1
    return state._replace(row=row, column=column, row_speed=slant, column_speed=towards)


def _serve_again(state: Rally, mask: Array, units: Array) -> Rally:
    """A new ball where one was missed, towards the side that scored."""
    if not mask.any():
        return state
    missed = Rally(*(column[mask] for column in state))
    return replace_rows(state, mask, _served(missed, units[mask], -missed.column_speed))
