"""An agent in its environment, rendered frame by frame: as a clip, or in a window."""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.files import output
from undergrad.rl.evaluate import Policy
from undergrad.rl.registry import register
from undergrad.rl.vector_env import EnvSpec, make_one

if TYPE_CHECKING:
    from PIL.Image import Image

Array: TypeAlias = npt.NDArray[Any]

CLIP = re.compile(rb"RIFF.{4}WEBP", re.DOTALL)  # how a clip begins
_SIZE = (300, 200)  # pixels of a clip
_PAPER = (228, 231, 235)  # beside an environment of another shape
_EVERY = 2  # of the frames that a clip keeps
_LONGEST = 5_000  # frames that a clip is made from; then it is cut off
_REST = 1000  # milliseconds at the end of an episode
_LEAST = 400  # pixels of a window; a smaller image is enlarged by a whole number


@dataclass(frozen=True)
class Frame:
    """An image, (H, W, 3) uint8, and the return of the episode so far."""

    image: Array
    earned: float
    ended: bool


@contextmanager
def rendered(spec: EnvSpec) -> Iterator[Any]:
    """One environment that renders images; closed afterwards."""
    # Pygame prints a greeting on stdout, and looks for a screen that these images do not need.
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    register(spec.name, spec.folder)
    env = make_one(spec.name, render_mode="rgb_array", **spec.options)
    try:
        yield env
    finally:
        env.close()


def frames_per_second(env: Any) -> float:
    """How fast this environment should be shown."""
    return float(env.metadata.get("render_fps", 30))


def episode(env: Any, policy: Policy, seed: int) -> Iterator[Frame]:
    """One episode: a frame at its start, then one after each action."""
    observation, _ = env.reset(seed=seed)
    earned, ended = 0.0, False
    yield Frame(env.render(), earned, ended)
    while not ended:
        action = policy(np.asarray(observation)[None])[0]
        observation, reward, terminated, truncated, _ = env.step(action)
        earned, ended = earned + reward, terminated or truncated
        yield Frame(env.render(), earned, ended)


def episodes(env: Any, policy: Policy, seeds: Sequence[int]) -> Iterator[Frame]:
    """One episode after the other."""
    for seed in seeds:
        yield from episode(env, policy, seed)


# A clip


def save_clip(policy: Policy, spec: EnvSpec, seeds: Sequence[int], path: Path) -> list[float]:
    """Play an episode from each seed and write them as one animated WebP.

    Returns the return of each episode. One episode of 500 steps takes less than 300 kB.
    """
    images: list[Image] = []
    durations: list[int] = []
    returns: list[float] = []
    with rendered(spec) as env:
        pace = round(1000 * _EVERY / frames_per_second(env))  # milliseconds per image
        for step, frame in enumerate(episodes(env, policy, seeds)):
            if frame.ended or step % _EVERY == 0:
                images.append(_small(frame.image))
                durations.append(_REST if frame.ended else pace)
            if frame.ended or step == _LONGEST:
                returns.append(frame.earned)
            if step == _LONGEST:
                break
    with output(path, CLIP) as file:
        images[0].save(
            file,
            format="WEBP",
            save_all=True,
            append_images=images[1:],
            duration=durations,
            loop=0,  # without end
            quality=50,
            method=2,
        )
    return returns


def _small(image: Array) -> "Image":
    """Made small at once: 500 large ones would fill 360 MB."""
    from PIL import Image as pillow
    from PIL import ImageOps

    return ImageOps.pad(pillow.fromarray(image), _SIZE, color=_PAPER)


# A window


def has_screen() -> bool:
    """Whether there is a screen to open a window on, and pygame to do it with."""
    if find_spec("pygame") is None:
        return False
    displays = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in displays)


def open_window(title: str) -> Any:
    """Pygame, ready to show images. OSError when no window can be opened."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    try:
        pygame.display.init()
        pygame.display.set_caption(title)
    except pygame.error as error:
        raise OSError(str(error)) from error
    return pygame


def show(pygame: Any, frames: Iterable[Frame], pace: float) -> list[float]:
    """Show the frames one after the other, `pace` a second, until the end or until it is closed.

    Returns the returns of the episodes that were shown to their end.
    """
    clock, returns = pygame.time.Clock(), []
    for frame in frames:
        _draw(pygame, frame.image)
        clock.tick(pace)
        if frame.ended:
            returns.append(frame.earned)
        if _closed(pygame):
            break
    return returns


def _draw(pygame: Any, image: Array) -> None:
    factor = -(-_LEAST // min(image.shape[:2])) if min(image.shape[:2]) < _LEAST else 1
    size = (image.shape[1] * factor, image.shape[0] * factor)
    window = pygame.display.get_surface() or pygame.display.set_mode(size)
    surface = pygame.surfarray.make_surface(image.swapaxes(0, 1))  # (W, H, 3)
    window.blit(pygame.transform.scale(surface, size), (0, 0))
    pygame.display.flip()


def _closed(pygame: Any) -> bool:
    """Whether the person has closed the window, or pressed Escape or q."""
    keys = (pygame.K_ESCAPE, pygame.K_q)
    return any(
        event.type == pygame.QUIT or (event.type == pygame.KEYDOWN and event.key in keys)
        for event in pygame.event.get()
    )
