"""Garden: pull the weeds before they reach the flowers.

The garden is 10 x 10, with six flowers, three weeds and a gardener on squares drawn evenly. Each
step the gardener moves by one square; a weed that she steps on is pulled out and earns 1. Then the
weeds grow: each of them puts out a runner with probability 0.02, onto one of the four squares
beside it, drawn evenly, and with probability 0.05 the wind brings a new weed to any square of the
garden. A runner or a seed that falls on the gardener's square or beyond the fence does not grow. A
weed that reaches a flower chokes it, which costs 2. Flowers do not come back, and she may walk over
them. When the last one is gone, the game is over.

More weeds are more to pull, so an agent may be tempted to let them grow; how far that pays before
the flowers die is for it to find out.

Observation: (3, 10, 10) uint8: the gardener, the flowers, the weeds.
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
FLOWERS, WEEDS = 6, 3
RUNNER, WIND, CHOKED = 0.02, 0.05, 2.0
MOVES = np.array([[0, 0], [-1, 0], [0, 1], [1, 0], [0, -1]])
_SQUARES = SIZE * SIZE


class Beds(NamedTuple):
    """N gardens."""

    gardener: Array  # (N, 2) row and column
    flowers: Array  # (N, 10, 10) bool
    weeds: Array  # (N, 10, 10) bool
    stream: Array  # (N,) uint64, what will grow


class Garden(Rules[Beds]):
    """The rules; see the top of the file."""

    observation_space = spaces.Box(0, 1, (3, SIZE, SIZE), np.uint8)
    action_space = spaces.Discrete(len(MOVES))

    def start(self, generators: Sequence[np.random.Generator]) -> Beds:
        """Flowers, weeds and gardener, no two on one square."""
        places = np.array([g.permutation(_SQUARES)[: FLOWERS + WEEDS + 1] for g in generators])
        flowers, weeds = places[:, :FLOWERS], places[:, FLOWERS:-1]
        gardener = np.stack(np.divmod(places[:, -1], SIZE), axis=1)
        return Beds(gardener, _marked(flowers), _marked(weeds), draws.streams(generators))

    def step(self, state: Beds, action: Array) -> Outcome[Beds]:
        """The gardener moves and pulls, then the weeds grow."""
        stream, units = draws.uniform(state.stream, _SQUARES + 2)
        gardener = np.clip(state.gardener + MOVES[action], 0, SIZE - 1)
        here = _marked(gardener[:, :1] * SIZE + gardener[:, 1:])
        pulled = (state.weeds & here).any(axis=(1, 2))
        weeds = state.weeds & ~here
        grown = weeds | _runners(weeds, units[:, :_SQUARES]) | _blown_in(units[:, _SQUARES:])
        weeds = grown & ~here
        choked = (state.flowers & weeds).sum(axis=(1, 2))
        flowers = state.flowers & ~weeds
        over = ~flowers.any(axis=(1, 2))
        after = Beds(gardener, flowers, weeds, stream)
        return Outcome(after, pulled - CHOKED * choked, np.asarray(over))

    def observe(self, state: Beds) -> Array:
        """(N, 3, 10, 10)."""
        place = state.gardener[:, :1] * SIZE + state.gardener[:, 1:]
        return np.stack([_marked(place), state.flowers, state.weeds], axis=1).astype(np.uint8)

    def paint(self, state: Beds) -> "Image":
        """The garden from above."""
        layers = [(paint.PINK, state.flowers[0]), (paint.GREEN, state.weeds[0])]
        picture = paint.enlarge(paint.board(SIZE, SIZE, layers), 32)
        paint.disc(picture, state.gardener[0], 32, paint.BLUE)
        return picture


def _marked(places: Array) -> Array:
    """Boards (N, 10, 10) bool with the squares `places` (N, K) marked, counted row by row."""
    marked = np.zeros((len(places), _SQUARES), bool)
    np.put_along_axis(marked, places, True, axis=1)
    return marked.reshape(-1, SIZE, SIZE)


def _runners(weeds: Array, units: Array) -> Array:
    """Where runners of `weeds` arrive: (N, 10, 10) bool. One number in [0, 1) for each square.

    Below RUNNER there is a runner, and the quarter in which the number lies says which way it goes.
    """
    way = np.where(weeds, (units * (4 / RUNNER)).reshape(weeds.shape), 4).astype(np.int64)
    arrive = np.zeros_like(weeds)
    arrive[:, :-1] |= way[:, 1:] == 0  # up
    arrive[:, :, 1:] |= way[:, :, :-1] == 1  # right
    arrive[:, 1:] |= way[:, :-1] == 2  # down
    arrive[:, :, :-1] |= way[:, :, 1:] == 3  # left
    return arrive


def _blown_in(units: Array) -> Array:
    """Where the wind brings a weed: (N, 10, 10) bool. Two numbers in [0, 1): whether, and where."""
    there = _marked(draws.below(units[:, 1:], _SQUARES))
    return np.asarray(there & (units[:, 0] < WIND)[:, None, None])
