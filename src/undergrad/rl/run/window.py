"""A window in which an agent plays, where there is a screen."""

import os
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

from undergrad.rl.run.scene import Array, Moment

_LEAST = 400  # pixels; a smaller picture is enlarged by a whole number


def has_screen() -> bool:
    """Whether there is a screen to open a window on, and pygame to do it with."""
    if find_spec("pygame") is None:
        return False
    there = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in there)


def open_window(title: str) -> Any:
    """Pygame, ready to show pictures. OSError when the screen does not let us."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    try:
        pygame.display.init()
        pygame.display.set_caption(title)
    except pygame.error as error:
        raise OSError(str(error)) from error
    return pygame


def show(pygame: Any, moments: Iterable[Moment], pace: float) -> list[float]:
    """Show one picture after the other, `pace` a second, until the end or until it is closed.

    Returns what each of the episodes earned that were seen to their end.
    """
    clock, returns = pygame.time.Clock(), []
    for moment in moments:
        _draw(pygame, moment.picture)
        clock.tick(pace)
        if moment.ended:
            returns.append(moment.earned)
        if _closed(pygame):
            break
    return returns


def _draw(pygame: Any, picture: Array) -> None:
    factor = -(-_LEAST // min(picture.shape[:2])) if min(picture.shape[:2]) < _LEAST else 1
    size = (picture.shape[1] * factor, picture.shape[0] * factor)
    window = pygame.display.get_surface() or pygame.display.set_mode(size)
    surface = pygame.surfarray.make_surface(picture.swapaxes(0, 1))  # (W, H, 3)
    window.blit(pygame.transform.scale(surface, size), (0, 0))
    pygame.display.flip()


def _closed(pygame: Any) -> bool:
    """Whether the person has closed the window, or pressed Escape or q."""
    keys = (pygame.K_ESCAPE, pygame.K_q)
    return any(
        event.type == pygame.QUIT or (event.type == pygame.KEYDOWN and event.key in keys)
        for event in pygame.event.get()
    )
