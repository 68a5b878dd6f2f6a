"""The metric: the height gained in five minutes; and the players that the pilot is compared with.

The notebook reports it, and the check computes it again from here. Evaluation never learns, takes
the likeliest action, and flies in skies that no training has drawn.
"""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
from undergrad import engine
from undergrad.engine import nn

from data import KNOWN, N_ACTIONS, STEEPEST, STEPS, Weather, World, observe, start, step
from model import Pilot, without_graph

CHECKPOINTS = Path(__file__).with_name("checkpoints")
EPISODES = range(10_000_000, 10_001_000)  # seeds of the test skies, in which nothing is chosen
VALIDATION = range(9_000_000, 9_001_000)  # of the skies in which everything is tried out
CHOICE = VALIDATION[:300]  # of those in which rules and settings are chosen

Policy = Callable[[World], np.ndarray]  # n gliders -> (n,) actions


def greedy(pilot: nn.Module) -> Policy:
    """The policy that takes the likeliest action."""
    return lambda world: without_graph(pilot, observe(world)).argmax(axis=1)


def straight(world: World) -> np.ndarray:
    """Never turn."""
    return np.ones(len(world.bank), int)


def chance(seed: int) -> Policy:
    """Actions at random."""
    rng = np.random.default_rng(seed)
    return lambda world: rng.integers(N_ACTIONS, size=len(world.bank))


def towards(world: World, bank: np.ndarray) -> np.ndarray:
    """The actions that roll to these banks."""
    return 1 + np.sign(bank - world.bank).astype(int)


def rule(seconds: int, enough: float, bank: int, react: float, tilt: float) -> Policy:
    """What glider pilots are taught: search straight ahead, circle in lift, and centre the circle.

    seconds: over how many the climb is averaged.   enough: m/s of it from which on to circle.
    bank: 1 to 3, of the circle.   react: m/s by which the climb must have changed in two seconds
    to tighten the circle (it falls) or to widen it (it rises). A circle begins towards the wing
    that was lifted more, and keeps its side.   tilt: m/s of difference between the wings from which
    on the search turns towards the lifted one.
    """

    def policy(world: World) -> np.ndarray:
        climb, roll = world.readings[..., 0], world.readings[..., 1]
        lifted = roll[:, :3].mean(axis=1)
        side = np.sign(np.where(world.bank == 0, lifted, world.bank))
        change = climb[:, :2].mean(axis=1) - climb[:, 2:4].mean(axis=1)
        steep = np.clip(bank - np.sign(change) * (abs(change) > react), 1, STEEPEST)
        search = np.sign(lifted) * (abs(lifted) > tilt)
        circles = climb[:, :seconds].mean(axis=1) > enough
        return towards(world, np.where(circles, side * steep, search))

    return policy


GRID = {
    "seconds": (6, 9, 12),
    "enough": (0.0, 0.3, 0.6),
    "bank": (1, 2),
    "react": (0.0, 0.1),
    "tilt": (0.05, 0.1),
}


def best_rule() -> dict[str, float]:
    """The settings of the rule that gains most in the skies of `CHOICE`, of 72."""
    settings = [dict(zip(GRID, values, strict=True)) for values in product(*GRID.values())]
    return max(settings, key=lambda each: returns(rule(**each), CHOICE).mean())


def search(world: World, tries: int = 24, ahead: int = 20) -> np.ndarray:
    """The first action of the best of some plans, tried on copies of the world, with its sky.

    A plan rolls to one bank for five seconds, and to another for the rest. This player knows where
    the thermals are and what they will do; it shows what is possible.
    """
    n, rng = len(world.bank), np.random.default_rng(world.time)
    first, then = rng.integers(-STEEPEST, STEEPEST + 1, size=(2, tries))
    copies = world.take(np.repeat(np.arange(n), tries))
    gained = np.zeros(n * tries)
    for second in range(min(ahead, STEPS - world.time)):
        plan = np.tile(first if second < 5 else then, n)
        copies, reward = step(copies, towards(copies, plan))
        gained += reward
    return towards(world, first[gained.reshape(n, tries).argmax(axis=1)])


def flights(policy: Policy, seeds=EPISODES, weather: Weather = KNOWN) -> list[World]:
    """The world at each second of one flight for each seed, all side by side."""
    path = [start(seeds, weather)]
    for _ in range(STEPS):
        path.append(step(path[-1], policy(path[-1]))[0])
    return path


def returns(policy: Policy, seeds=EPISODES, weather: Weather = KNOWN) -> np.ndarray:
    """The height gained in each flight, in metres."""
    path = flights(policy, seeds, weather)
    return path[-1].height - path[0].height


def score(pilot: nn.Module, seeds=EPISODES, weather: Weather = KNOWN) -> float:
    """The mean height gained by a pilot."""
    return float(returns(greedy(pilot), seeds, weather).mean())


def checkpoint(seed: int) -> Path:
    """The file with the trained weights of a seed."""
    return CHECKPOINTS / f"seed-{seed}.safetensors"


def save(pilot: nn.Module, seed: int) -> None:
    """Keep the weights of a trained pilot."""
    CHECKPOINTS.mkdir(exist_ok=True)
    engine.save(checkpoint(seed), pilot=pilot)


def restore(seed: int) -> Pilot:
    """The trained pilot of a seed, as `save` left it."""
    pilot = Pilot(seed)
    engine.load(checkpoint(seed), pilot=pilot)
    return pilot


def saved() -> list[int]:
    """The seeds whose pilots are saved."""
    return sorted(int(path.stem.removeprefix("seed-")) for path in CHECKPOINTS.glob("seed-*"))


def scores() -> dict[int, float]:
    """{seed: mean height gained in the test skies} of every saved pilot."""
    return {seed: score(restore(seed)) for seed in saved()}
