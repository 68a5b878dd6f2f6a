"""Draws flights from above: a film of one, and a still picture with its height.

The colour of the ground is how fast the air rises there; no pilot sees it. The colour of a track
is how fast the glider climbs, from blue over white to red.
"""

from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from PIL import Image, ImageDraw, ImageFont

from data import SIDE, STEPS, Sky, World, lift

AIR = LinearSegmentedColormap.from_list("air", ["#e8f0f3", "#f8e3bd", "#eea95a", "#d9702b"], N=9)
TRACK = colormaps["coolwarm"]
COLOURS = (255 * AIR(np.arange(AIR.N))[:, :3]).astype(np.uint8)
LOWEST, HIGHEST = -0.5, 3.5  # m/s of rising air, the ends of its colours
PIXELS, STRIP = 330, 110  # of the map; of the strip with the height beside it
INK, PAPER, PALE = (45, 50, 60), (252, 250, 246), (168, 188, 214)


def air(sky: Sky, time: float, points: int = 120) -> np.ndarray:
    """How fast the air rises at a grid of points of one sky: (points, points), north on top."""
    down, east = (np.mgrid[:points, :points] + 0.5) * SIDE / points
    places = np.stack([east.ravel(), SIDE - down.ravel()], axis=1)
    return lift(sky, places, time).reshape(points, points)


def flight(path: Path, worlds: list[World]) -> None:
    """A still picture of one flight: its track over the mean of the air, and its height."""
    figure, axes = plt.subplots(1, 2, figsize=(7, 3.3), layout="constrained", width_ratios=(1, 1.2))
    draw_track(axes[0], worlds)
    draw_height(axes[1], worlds)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110, pil_kwargs={"quality": 75})
    plt.close(figure)


def draw_track(axis, worlds: list[World]) -> None:
    """The track of one glider, from a dot to a cross, coloured by its climb."""
    mean_air = np.mean([air(worlds[0].sky, time) for time in range(0, STEPS, 20)], axis=0)
    axis.imshow(mean_air, extent=(0, SIDE, 0, SIDE), cmap=AIR, vmin=LOWEST, vmax=HIGHEST)
    places = np.concatenate([world.place for world in worlds])
    heights = np.concatenate([world.height for world in worlds])
    pieces = np.stack([places[:-1], places[1:]], axis=1)
    near = (abs(pieces[:, 1] - pieces[:, 0]) < SIDE / 2).all(axis=1)  # not across the edge
    axis.add_collection(LineCollection(pieces[near], colors="black", linewidths=2.6))
    track = LineCollection(pieces[near], array=np.diff(heights)[near], cmap=TRACK, linewidths=1.6)
    track.set_clim(-2, 2)
    axis.add_collection(track)
    axis.plot(*places[0], "ko", markersize=4)
    axis.plot(*places[-1], "kx", markersize=6)
    axis.set(xlim=(0, SIDE), ylim=(0, SIDE), xticks=(), yticks=())


def draw_height(axis, worlds: list[World], **style) -> None:
    """The height gained by one glider over time."""
    heights = np.concatenate([world.height for world in worlds])
    axis.plot(heights - heights[0], **style)
    axis.axhline(0, color="grey", linewidth=1)
    axis.set(xlabel="second", ylabel="height gained, m", xlim=(0, STEPS))


def film(path: Path, worlds: list[World], every: int = 4) -> int:
    """A clip of one flight with every fourth second drawn; returns the number of frames."""
    heights = np.concatenate([world.height for world in worlds])
    gained = heights - heights[0]
    frames = [_frame(worlds[: now + 1], gained) for now in range(0, len(worlds), every)]
    path.parent.mkdir(exist_ok=True)
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=90, loop=0, quality=50)
    return len(frames)


def _frame(worlds: list[World], gained: np.ndarray) -> Image.Image:
    """A flight up to the last of these worlds, drawn at twice the size and halved."""
    world, size, strip = worlds[-1], 2 * PIXELS, 2 * STRIP
    rising = Image.fromarray(air(world.sky, world.time).astype(np.float32))
    fine = np.asarray(rising.resize((size, size), Image.Resampling.BICUBIC))
    band = np.clip((fine - LOWEST) * AIR.N / (HIGHEST - LOWEST), 0, AIR.N - 1)
    image = Image.new("RGB", (size + strip, size), PAPER)
    image.paste(Image.fromarray(COLOURS[band.astype(int)]))
    pen = ImageDraw.Draw(image)
    pairs = [pair for pair in pairwise(worlds) if _is_near(*pair)]
    for before, after in pairs:
        pen.line([_pixel(before), _pixel(after)], fill=INK, width=9)
    for before, after in pairs:
        climb = float(after.height[0] - before.height[0])
        colour = tuple(int(255 * each) for each in TRACK((climb + 2) / 4)[:3])
        pen.line([_pixel(before), _pixel(after)], fill=colour, width=5)
    pen.polygon(_wings(world), fill="black", outline="white")
    pen.rectangle((size, 0, size + strip, size), fill=PAPER)
    _draw_strip(pen, gained, len(worlds) - 1)
    return image.resize((PIXELS + STRIP, PIXELS), Image.Resampling.LANCZOS)


def _draw_strip(pen: ImageDraw.ImageDraw, gained: np.ndarray, now: int) -> None:
    """The height gained up to now, beside the map, as an area above or below that of the start."""
    size, strip, edge = 2 * PIXELS, 2 * STRIP, 20
    low, high = min(gained.min(), -20), max(gained.max(), 20)
    scale = (size - 160) / (high - low)
    zero = 120 + high * scale
    across = [size + edge + second * (strip - 2 * edge) / STEPS for second in range(now + 1)]
    outline = [(x, zero - scale * height) for x, height in zip(across, gained, strict=False)]
    if now:
        pen.polygon([(across[0], zero), *outline, (across[-1], zero)], fill=PALE)
        pen.line(outline, fill=INK, width=4)
    pen.line([(size + edge, zero), (size + strip - edge, zero)], fill=INK, width=2)
    text, font = f"{gained[now]:+.0f} m", ImageFont.load_default(44)
    pen.text((size + strip / 2, 50), text, fill=INK, font=font, anchor="mm")


def _is_near(before: World, after: World) -> bool:
    """Whether the glider did not cross the edge of the square between the two."""
    return bool(abs(after.place - before.place).max() < SIDE / 2)


def _pixel(world: World) -> tuple[float, float]:
    """Where a glider is in the large frame, with north on top."""
    return 2 * PIXELS * world.place[0, 0] / SIDE, 2 * PIXELS * (1 - world.place[0, 1] / SIDE)


def _wings(world: World) -> list[tuple[float, float]]:
    """The outline of a glider, much larger than it is; a banked wing looks shorter from above."""
    ahead = np.array([np.sin(world.heading[0]), -np.cos(world.heading[0])])
    right = np.array([-ahead[1], ahead[0]]) * (1 - 0.15 * abs(int(world.bank[0])))
    half = [(26, 0), (10, 4), (6, 44), (-4, 44), (-5, 5), (-20, 4), (-22, 15), (-28, 15), (-28, 0)]
    outline = [*half, *((along, -aside) for along, aside in half[-2:0:-1])]
    middle = np.array(_pixel(world))
    return [tuple(middle + along * ahead + aside * right) for along, aside in outline]
