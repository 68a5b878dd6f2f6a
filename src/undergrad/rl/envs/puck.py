"""A puck on an air table: a world whose actions are numbers.

The table is 2 m x 2 m and has no rim. Fans push the puck with an acceleration of up to 1 m/s^2
along each axis, drag slows it down, and gusts push it at random. It must come to a goal and stay
there. A step lasts 0.1 s and earns 1 / (1 + (d / 0.2)^2) at a distance of d metres from the goal,
so 1 on it and half of that 20 cm away, less 0.05 times the square of each of the two actions. When
the puck slides off the table the game is over and nothing more is earned, so it must brake in time.
A game is cut off after 100 steps.

Observation: (6,) float32: place and velocity of the puck, and the way from it to the goal, two
numbers each in metres and metres a second.   Action: (2,) numbers from -1 to 1, the two fans.

`gust` is the standard deviation of the random acceleration. `reward_noise` is that of a number
added to each reward, which changes nothing of what is best: with it one sees how an agent copes
with rewards that are mostly chance, and how much its critics overestimate.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from undergrad.rl.envs import draws, paint
from undergrad.rl.envs.rules import Outcome, Rules

if TYPE_CHECKING:
    from PIL.Image import Image

Array: TypeAlias = npt.NDArray[Any]

EDGE = 1.0  # m from the middle of the table
DRAG = 0.5  # of the velocity, each second
SECONDS = 0.1
NEAR = 0.2  # m from the goal, where half as much is earned as on it
EFFORT = 0.05


class Slide(NamedTuple):
    """N pucks."""

    place: Array  # (N, 2) float64, m
    velocity: Array  # (N, 2) m/s
    goal: Array  # (N, 2) m
    stream: Array  # (N,) what will happen by chance


class Puck(Rules[Slide]):
    """The rules; see the top of the file."""

    observation_space = spaces.Box(-np.inf, np.inf, (6,), np.float32)
    action_space = spaces.Box(-1, 1, (2,), np.float32)
    frames_per_second: ClassVar[int] = 20

    def __init__(self, gust: float = 0.2, reward_noise: float = 0.0) -> None:
        self.gust, self.reward_noise = gust, reward_noise

    def start(self, generators: Sequence[np.random.Generator]) -> Slide:
        """At rest, puck and goal anywhere but within 20 cm of the edge."""
        stream, units = draws.uniform(draws.streams(generators), 4)
        drawn = (2 * units - 1) * 0.8 * EDGE
        return Slide(drawn[:, :2], np.zeros_like(drawn[:, :2]), drawn[:, 2:], stream)

    def step(self, state: Slide, action: Array) -> Outcome[Slide]:
        """A tenth of a second: first the velocity changes, then the place."""
        stream, units = draws.uniform(state.stream, 6)
        chance = draws.normal(units[:, :3], units[:, 3:])  # (N, 3): two gusts and the reward's
        push = action + self.gust * chance[:, :2] - DRAG * state.velocity
        velocity = state.velocity + SECONDS * push
        place = state.place + SECONDS * velocity
        square = ((place - state.goal) ** 2).sum(axis=1)
        effort = EFFORT * np.square(action, dtype=float).sum(axis=1)
        reward = 1 / (1 + square / NEAR**2) - effort + self.reward_noise * chance[:, 2]
        over = np.abs(place).max(axis=1) > EDGE
        return Outcome(Slide(place, velocity, state.goal, stream), reward, over)

    def observe(self, state: Slide) -> Array:
        """(N, 6) float32."""
        columns = (state.place, state.velocity, state.goal - state.place)
        return np.concatenate(columns, axis=1).astype(np.float32)

    def paint(self, state: Slide) -> "Image":
        """The table from above, with the goal and the way of the next half second."""
        from PIL import Image, ImageDraw

        side, rim = 400, 24
        picture = Image.new("RGB", (side, side), paint.GREY)
        pen = ImageDraw.Draw(picture)
        pen.rectangle((rim, rim, side - rim, side - rim), fill=paint.PAPER)
        metre = side / 2 - rim
        goal, place, soon = (
            (side / 2 + metre * x, side / 2 - metre * y)
            for x, y in (state.goal[0], state.place[0], state.place[0] + state.velocity[0] / 2)
        )
        _disc(pen, goal, NEAR * metre, paint.SKY)
        _disc(pen, goal, 4, paint.INK)
        pen.line((*place, *soon), fill=paint.GOLD, width=4)
        _disc(pen, place, 14, paint.BLUE)
        return picture


def _disc(pen: Any, place: tuple[float, float], radius: float, colour: paint.Colour) -> None:
    x, y = place
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
