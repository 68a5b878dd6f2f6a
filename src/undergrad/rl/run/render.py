"""An agent in its world, one picture after the other: for a clip, or for a window."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.rl.env import World, register
from undergrad.rl.evaluate import Policy

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Moment:
    """What the world looks like, (H, W, 3) uint8, and what was earned in the episode so far."""

    picture: Array
    earned: float
    ended: bool


@contextmanager
def stage(world: World) -> Iterator[Any]:
    """One environment of this world that can be looked at; closed afterwards."""
    # Pygame greets on stdout, and looks for a screen that these pictures do not need.
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    import gymnasium

    register(world.name)
    env: Any = gymnasium.make(world.name, render_mode="rgb_array", **world.options)
    try:
        yield env
    finally:
        env.close()


def frames_per_second(env: Any) -> float:
    """How fast this world is to be shown."""
    return float(env.metadata.get("render_fps", 30))


def moments(env: Any, policy: Policy, seed: int) -> Iterator[Moment]:
    """One episode: the first sight of it, then one moment after each action."""
    observation, _ = env.reset(seed=seed)
    earned, ended = 0.0, False
    yield Moment(env.render(), earned, ended)
    while not ended:
        action = policy(np.asarray(observation)[None])[0]
        observation, reward, terminated, truncated, _ = env.step(
            action if action.ndim else action.item()
        )
        earned, ended = earned + float(reward), bool(terminated or truncated)
        yield Moment(env.render(), earned, ended)


def episodes(env: Any, policy: Policy, seeds: Sequence[int]) -> Iterator[Moment]:
    """One episode after the other."""
    for seed in seeds:
        yield from moments(env, policy, seed)
