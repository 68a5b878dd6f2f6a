"""Atari games as the papers show them to an agent: `atari/Pong-v0` and its neighbours.

The games come from ale-py, the preparation of pictures from Gymnasium's wrappers: every fourth
frame, the brighter of two neighbours against flicker, 84 x 84 shades of grey, and the last four of
those as one observation (4, 84, 84). An action is forgotten one time in four, as in version 5 of
the Arcade Learning Environment. Both libraries come with the extra `atari`.
"""

from importlib import import_module
from typing import Any

import gymnasium

from undergrad import extras
from undergrad.errors import UsageError
from undergrad.rl.registry import ATARI

STACK, SCREEN = 4, 84


def register(name: str) -> None:
    """Tell Gymnasium about the game `name`, such as "atari/Pong-v0".

    Raises UsageError when the libraries are missing, or no game is called so.
    """
    if extras.missing("atari"):
        raise UsageError(extras.advice(name, "atari"))
    games = import_module("ale_py")
    games.ALEInterface.setLoggerMode(games.LoggerMode.Error)  # no greeting
    gymnasium.register_envs(games)
    game = name.removeprefix(ATARI).removesuffix("-v0")
    if f"ALE/{game}-v5" not in gymnasium.registry or not name.endswith("-v0"):
        raise UsageError(f"There is no Atari game {name}; one is {ATARI}Pong-v0.")
    if name not in gymnasium.registry:
        gymnasium.register(name, "undergrad.rl.atari:make", kwargs={"game": game})


def make(game: str, render_mode: str | None = None) -> gymnasium.Env[Any, Any]:
    """The game with prepared pictures: observations (4, 84, 84) of bytes, the newest last."""
    env = gymnasium.make(f"ALE/{game}-v5", frameskip=1, render_mode=render_mode)
    prepared = gymnasium.wrappers.AtariPreprocessing(env, frame_skip=4, screen_size=SCREEN)
    return gymnasium.wrappers.FrameStackObservation(prepared, STACK)
