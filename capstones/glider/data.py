"""The world: gliders in a sky of thermals that nobody can see.

A glider has no engine. It sinks through the air around it, a little faster the steeper it banks,
and climbs only where the air itself rises. Six thermals stand in a square of 600 m whose opposite
edges meet. Each grows and fades with a period of four minutes, so no place is good for long.

The pilot feels three things: how fast the glider climbs, by how much the air lifts the right wing
more than the left one, and the bank. The first two are noisy. It does not see the thermals, a map,
or its height. Once a second it may roll by 15 degrees to the left or to the right, or leave the
bank as it is. A flight lasts five minutes and begins at 500 m, too high to reach the ground by its
end. The reward of a second is the height gained in it, in metres.

Everything here is batched: a `World` holds n gliders, each in a sky of its own. A flight is a
function of its seed and the actions, because a sky and its gusts are drawn from the seed at once.
"""

from dataclasses import dataclass

import numpy as np

SIDE, STEPS, START = 600.0, 300, 500.0  # metres; seconds; metres
SPEED, SPAN, GRAVITY = 10.0, 6.0, 9.81  # m/s through the air; m from tip to tip; m/s²
STILL, DOWN = 0.7, 0.2  # m/s: sinking of a level glider; sinking of the air between the thermals
TILT, STEEPEST = np.radians(15), 3  # one step of the bank; the largest number of such steps
PERIOD, THERMALS = 240.0, 6  # seconds; in each sky
GUST, ROUGH = 0.3, 0.15  # m/s: standard deviations of the noise on both readings
MEMORY = 12  # seconds of readings that a pilot remembers
OBSERVATION_SIZE, CHART_SIZE, N_ACTIONS = 2 * MEMORY + 1, 4 * THERMALS, 3
# What a reflection, left for right, does to an observation: the roll and the bank change sign; and
# to a chart: what was on the right is on the left.
MIRROR = np.repeat(np.float32([1, -1]), [MEMORY, MEMORY + 1])
CHART_MIRROR = np.repeat(np.float32([1, -1, 1]), [THERMALS, THERMALS, 2 * THERMALS])


@dataclass(frozen=True)
class Weather:
    """What kind of sky is drawn; the default is the one that the training knows."""

    radius: tuple[float, float] = (45.0, 75.0)  # m, of a thermal
    strength: tuple[float, float] = (2.5, 4.5)  # m/s, in the middle of a thermal at its height


KNOWN = Weather()


@dataclass(frozen=True)
class Sky:
    """n skies: centres (n, 6, 2), radius, strength and phase (n, 6), gusts (n, 301, 2)."""

    centre: np.ndarray
    radius: np.ndarray
    strength: np.ndarray
    phase: np.ndarray
    gusts: np.ndarray


@dataclass(frozen=True)
class World:
    """n gliders in flight; a step makes a new one, so that a copy is a world to try things in."""

    sky: Sky
    time: int  # s
    place: np.ndarray  # (n, 2) m: east, north
    heading: np.ndarray  # (n,) radians, clockwise from north
    bank: np.ndarray  # (n,) in steps of 15 degrees; a positive one turns to the right
    height: np.ndarray  # (n,) m
    readings: np.ndarray  # (n, MEMORY, 2): climb and roll, m/s, the newest first

    def take(self, chosen) -> "World":
        """The gliders of these numbers, with repetitions if there are any."""
        rest = {name: each[chosen] for name, each in vars(self).items() if name in _EACH}
        return World(Sky(*(each[chosen] for each in vars(self.sky).values())), self.time, **rest)


_EACH = ("place", "heading", "bank", "height", "readings")  # what every glider has of its own


def start(seeds, weather: Weather = KNOWN) -> World:
    """A glider for each seed: level, 500 m high, at a random place and heading of its own sky."""
    rngs = [np.random.default_rng(seed) for seed in seeds]

    def draw(low: float, high: float, *shape: int) -> np.ndarray:
        return np.array([rng.uniform(low, high, shape) for rng in rngs])

    sky = Sky(
        centre=draw(0, SIDE, THERMALS, 2),
        radius=draw(*weather.radius, THERMALS),
        strength=draw(*weather.strength, THERMALS),
        phase=draw(0, 2 * np.pi, THERMALS),
        gusts=np.array([rng.normal(size=(STEPS + 1, 2)) for rng in rngs]) * (GUST, ROUGH),
    )
    n = len(rngs)
    place, heading, bank = draw(0, SIDE, 2), draw(0, 2 * np.pi), np.zeros(n, int)
    new = _felt(sky, 0, place, heading, lift(sky, place, 0) - STILL)
    return World(sky, 0, place, heading, bank, np.full(n, START), np.repeat(new, MEMORY, axis=1))


def step(world: World, action: np.ndarray) -> tuple[World, np.ndarray]:
    """One second: action (n,), 0 rolls left, 1 nothing, 2 rolls right -> the world, rewards (n,).

    The turn is the one of a coordinated glider, g tan(bank) / speed, and the sinking through the
    air grows with 1 / cos(bank)^1.5.
    """
    time, sky = world.time + 1, world.sky
    bank = np.clip(world.bank + action - 1, -STEEPEST, STEEPEST)
    turn = GRAVITY * np.tan(TILT * bank) / SPEED
    middle, heading = world.heading + turn / 2, (world.heading + turn) % (2 * np.pi)
    place = (world.place + SPEED * np.stack([np.sin(middle), np.cos(middle)], axis=1)) % SIDE
    gained = lift(sky, place, time) - STILL / np.cos(TILT * bank) ** 1.5
    new = _felt(sky, time, place, heading, gained)
    readings = np.concatenate([new, world.readings[:, :-1]], axis=1)
    return World(sky, time, place, heading, bank, world.height + gained, readings), gained


def lift(sky: Sky, place: np.ndarray, time: float) -> np.ndarray:
    """How fast the air rises, in m/s, at one place (n, 2) of each sky -> (n,).

    The sum of Gaussian columns. The strength of each goes up and down between 0 and its greatest.
    """
    apart = place[:, None] - sky.centre
    apart -= SIDE * np.round(apart / SIDE)  # the nearest of all copies, since the edges meet
    near = np.exp(-(apart**2).sum(axis=2) / sky.radius**2)
    alive = 0.5 - 0.5 * np.cos(2 * np.pi * time / PERIOD + sky.phase)
    return (sky.strength * alive * near).sum(axis=1) - DOWN


def _felt(sky: Sky, time: int, place, heading, climb) -> np.ndarray:
    """The readings of a second, (n, 1, 2): the climb, and right wing minus left wing."""
    across = np.stack([np.cos(heading), -np.sin(heading)], axis=1) * SPAN / 2
    roll = lift(sky, place + across, time) - lift(sky, place - across, time)
    return (np.stack([climb, roll], axis=1) + sky.gusts[:, time])[:, None]


def observe(world: World) -> np.ndarray:
    """What the pilots feel and remember, (n, 25), float32 of about the size 1.

    12 readings of the climb, 12 of the roll, the newest first, and the bank.
    """
    climb, roll, bank = world.readings[..., 0], world.readings[..., 1], world.bank[:, None]
    return np.concatenate([climb / 2, 4 * roll, bank / STEEPEST], axis=1).astype(np.float32)


def chart(world: World) -> np.ndarray:
    """What no pilot sees, and a critic may: the thermals, the nearest first, (n, 24), float32.

    How far they are ahead, and to the right; how strong they are now, and how fast they grow.
    """
    sky = world.sky
    apart = sky.centre - world.place[:, None]
    apart -= SIDE * np.round(apart / SIDE)
    sin, cos = np.sin(world.heading)[:, None], np.cos(world.heading)[:, None]
    east, north = apart[..., 0], apart[..., 1]
    phase = 2 * np.pi * world.time / PERIOD + sky.phase
    columns = (
        (sin * east + cos * north) / 100,
        (cos * east - sin * north) / 100,
        sky.strength * (1 - np.cos(phase)) / 4,
        sky.strength * np.sin(phase) / 4,
    )
    order = (apart**2).sum(axis=2).argsort(axis=1)
    return np.hstack([np.take_along_axis(each, order, 1) for each in columns]).astype(np.float32)
