"""The pole on a cart, for any number of carts at once, equal to Gymnasium's CartPole-v1.

A cart of 1 kg carries a pole of 0.1 kg and 1 m. Each fiftieth of a second it is pushed with 10 N to
the left (action 0) or to the right (action 1). Every step earns 1; when the pole leans more than 12
degrees or the cart is more than 2.4 m away, it is over, and after 500 steps the time is up.

Observation: (4,) float32: place in m, speed, angle in rad, turning speed. The equations are solved
by Euler's method, in the order in which Gymnasium does it, so that not one bit differs.
Source: Barto, Sutton and Anderson 1983; Florian 2007, "Correct equations for the dynamics of the
cart-pole system".
"""

from collections.abc import Sequence
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from undergrad.rl.envs import paint
from undergrad.rl.envs.rules import Outcome, Rules

if TYPE_CHECKING:
    from PIL.Image import Image

Array: TypeAlias = npt.NDArray[Any]

_GRAVITY, _POLE, _TOTAL = 9.8, 0.1, 0.1 + 1.0
_HALF_LENGTH, _FORCE, _SECONDS = 0.5, 10.0, 0.02
_MOMENT = _POLE * _HALF_LENGTH
MOST_PLACE, MOST_ANGLE = 2.4, 12 * 2 * pi / 360
_HIGH = np.array([2 * MOST_PLACE, np.inf, 2 * MOST_ANGLE, np.inf], np.float32)


class Carts(NamedTuple):
    """N carts and poles."""

    motion: Array  # (N, 4) float64: place, speed, angle, turning speed


class CartPole(Rules[Carts]):
    """The rules; see the top of the file."""

    observation_space = spaces.Box(-_HIGH, _HIGH, dtype=np.float32)
    action_space = spaces.Discrete(2)
    frames_per_second: ClassVar[int] = 50

    def start(self, generators: Sequence[np.random.Generator]) -> Carts:
        """Nearly at rest: all four numbers evenly from -0.05 to 0.05."""
        return Carts(np.array([g.uniform(-0.05, 0.05, size=4) for g in generators]))

    def step(self, state: Carts, action: Array) -> Outcome[Carts]:
        """A fiftieth of a second. Angles count from upright, clockwise."""
        _, speed, angle, turning = state.motion.T
        cosine, sine = np.cos(angle), np.sin(angle)
        force = np.where(action == 1, _FORCE, -_FORCE)
        push = (force + _MOMENT * np.square(turning) * sine) / _TOTAL
        angular_acceleration = (_GRAVITY * sine - cosine * push) / (
            _HALF_LENGTH * (4.0 / 3.0 - _POLE * np.square(cosine) / _TOTAL)
        )
        drive = push - _MOMENT * angular_acceleration * cosine / _TOTAL
        change = np.stack([speed, drive, turning, angular_acceleration], axis=1)
        motion = state.motion + _SECONDS * change
        fallen = (abs(motion[:, 0]) > MOST_PLACE) | (abs(motion[:, 2]) > MOST_ANGLE)
        return Outcome(Carts(motion), np.ones(len(motion)), fallen)

    def observe(self, state: Carts) -> Array:
        """(N, 4) float32."""
        return state.motion.astype(np.float32)

    def paint(self, state: Carts) -> "Image":
        """Cart and pole from the side."""
        from PIL import Image, ImageDraw

        width, height, metre, ground = 600, 400, 120, 300
        picture = Image.new("RGB", (width, height), paint.PAPER)
        pen = ImageDraw.Draw(picture)
        place, _, angle, _ = state.motion[0].tolist()
        x, top = width / 2 + place * metre, ground - 30
        tip = (x + metre * sin(angle), top - metre * cos(angle))
        pen.line((0, ground, width, ground), fill=paint.GREY, width=2)
        pen.rectangle((x - 30, top, x + 30, ground), fill=paint.INK)
        pen.line((x, top, *tip), fill=paint.GOLD, width=10)
        pen.ellipse((x - 6, top - 6, x + 6, top + 6), fill=paint.BLUE)
        return picture
