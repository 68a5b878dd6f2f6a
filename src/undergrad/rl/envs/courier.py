"""Courier: bring messages across busy lanes, there and back, as often as you can.

The board is 10 x 10. The courier stands on the left with a message for a house on the right; the
house is one square of the right edge, in a row drawn uniformly. Reaching it earns 1, and the
courier gets an answer for a house on the left edge, and so on, to and fro. Between the edges run
five lanes, in columns 2, 3, 5, 6 and 7, each with two carts five squares apart, which come in at
one end when they leave at the other. Carts in columns 2 and 6 go down, the others up; those in
columns 3 and 6 move every second step, the others every step. First the courier moves, then the
carts; if it is then on the square of a cart, the game is lost and over. Standing still is safe
beside the lanes and earns nothing.

Observation: (4, 10, 10) uint8: the courier, the house, the carts, and where the carts were before.
A cart that did not move just now will move next, so what is seen is all there is to know.
Actions: 0 stay, 1 up, 2 right, 3 down, 4 left.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from undergrad.rl.envs import draws, paint
from undergrad.rl.envs.rules import Outcome, Rules

if TYPE_CHECKING:
    from PIL.Image import Image

Array: TypeAlias = npt.NDArray[Any]

SIZE = 10
LANES = np.array([2, 3, 5, 6, 7])
_EVERY = np.array([1, 2, 1, 2, 1])  # steps a move
_DOWN = np.array([1, -1, -1, 1, -1])  # rows a move
_APART = np.array([0, 5])  # the two carts of a lane
MOVES = np.array([[0, 0], [-1, 0], [0, 1], [1, 0], [0, -1]])


class Errand(NamedTuple):
    """N games."""

    courier: Array  # (N, 2) row and column
    house: Array  # (N, 2) row and column
    offset: Array  # (N, 5) where the lanes' carts began
    time: Array  # (N,) steps so far
    stream: Array  # (N,) uint64, where the next houses will be


class Courier(Rules[Errand]):
    """The rules; see the top of the file."""

    observation_space = spaces.Box(0, 1, (4, SIZE, SIZE), np.uint8)
    action_space = spaces.Discrete(len(MOVES))

    def start(self, generators: Sequence[np.random.Generator]) -> Errand:
        """The courier in the middle of the left edge."""
        stream, units = draws.uniform(draws.streams(generators), 1 + len(LANES))
        rows = draws.below(units, SIZE)
        edges = np.zeros_like(rows[:, 0])
        courier = np.stack([edges + SIZE // 2, edges], axis=1)
        house = np.stack([rows[:, 0], edges + SIZE - 1], axis=1)
        return Errand(courier, house, rows[:, 1:], edges, stream)

    def step(self, state: Errand, action: Array) -> Outcome[Errand]:
        """The courier moves, then the carts, then it is seen what that led to."""
        stream, units = draws.uniform(state.stream, 1)
        courier = np.clip(state.courier + MOVES[action], 0, SIZE - 1)
        time = state.time + 1
        hit = _on_a_cart(courier, carts(state.offset, time))
        arrived = (courier == state.house).all(axis=1)
        other_side = SIZE - 1 - state.house[:, 1]
        fresh = np.stack([draws.below(units[:, 0], SIZE), other_side], axis=1)
        house = np.where(arrived[:, None], fresh, state.house)
        moved = Errand(courier, house, state.offset, time, stream)
        return Outcome(moved, arrived.astype(float), hit)

    def observe(self, state: Errand) -> Array:
        """(N, 4, 10, 10)."""
        games = np.arange(len(state.time))
        seen = np.zeros((len(games), 4, SIZE, SIZE), np.uint8)
        seen[games, 0, state.courier[:, 0], state.courier[:, 1]] = 1
        seen[games, 1, state.house[:, 0], state.house[:, 1]] = 1
        for plane, time in ((2, state.time), (3, state.time - 1)):
            rows = carts(state.offset, time)
            seen[games[:, None, None], plane, rows, LANES[:, None]] = 1
        return seen

    def paint(self, state: Errand) -> "Image":
        """The lanes from above."""
        _, house, now, before = self.observe(state)[0]
        trail = before & ~now
        lanes = np.isin(np.arange(SIZE), LANES)[None].repeat(SIZE, axis=0)
        layers = [
            ((236, 238, 241), lanes),
            (paint.GREY, trail),
            (paint.GREEN, house),
            (paint.INK, now),
        ]
        picture = paint.enlarge(paint.board(SIZE, SIZE, layers), 32)
        paint.disc(picture, state.courier[0], 32, paint.BLUE)
        return picture


def carts(offset: Array, time: Array) -> Array:
    """Rows of all carts after `time` (N,) steps: (N, 5, 2), lane by lane."""
    moves = time[:, None] // _EVERY * _DOWN  # (N, 5)
    return np.asarray((offset + moves)[:, :, None] + _APART) % SIZE


def _on_a_cart(courier: Array, rows: Array) -> Array:
    """Whether a courier (N, 2) is on a square with a cart: (N,) bool."""
    same_lane = courier[:, 1, None] == LANES  # (N, 5)
    return np.asarray(((rows == courier[:, 0, None, None]).any(axis=2) & same_lane).any(axis=1))
