"""A clip of an agent's play: an animated WebP, small enough for a page."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from undergrad.rl.evaluate import Policy
from undergrad.rl.run.scene import Array, episodes, frames_per_second, stage
from undergrad.rl.vector_env import EnvSpec

if TYPE_CHECKING:
    from PIL.Image import Image

_SIZE = (300, 200)  # in pixels
_PAPER = (228, 231, 235)  # beside a world of another shape
_EVERY = 2  # of the frames that are kept
_REST = 1000  # milliseconds at the end of an episode


def film(policy: Policy, spec: EnvSpec, seeds: Sequence[int], path: Path) -> list[float]:
    """Play an episode from each seed and write them as one animated WebP.

    Returns what each episode earned. One episode of 500 steps takes less than 300 kB.
    """
    frames: list[Image] = []
    durations: list[int] = []
    returns: list[float] = []
    with stage(spec) as env:
        pace = round(1000 * _EVERY / frames_per_second(env))  # milliseconds a frame
        for step, moment in enumerate(episodes(env, policy, seeds)):
            if moment.ended or step % _EVERY == 0:
                frames.append(_small(moment.picture))
                durations.append(_REST if moment.ended else pace)
            if moment.ended:
                returns.append(moment.earned)
    frames[0].save(
        path,
        format="WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,  # for ever
        quality=50,
        method=2,
    )
    return returns


def _small(picture: Array) -> "Image":
    """Made small at once: 500 large ones would fill 360 MB."""
    from PIL import Image as pillow
    from PIL import ImageOps

    return ImageOps.pad(pillow.fromarray(picture), _SIZE, color=_PAPER)
