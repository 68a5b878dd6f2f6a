"""Scenes with circles, squares and triangles, and where each of them is: for finding and outlining.

Shapes are drawn one over the other on a quiet background, so that some are partly hidden. The box
of a shape is around what can be seen of it, and so is its mask.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from undergrad.engine.autograd import Array
from undergrad.engine.rng import generator
from undergrad.engine.tools.detection import Objects

SHAPES = ("circle", "square", "triangle")
_TRIES = 20  # to place a shape where enough of all shapes stays visible
_CORNERS = {1: 4, 2: 3}  # of a square, of a triangle


@dataclass(frozen=True, repr=False)
class Scenes:
    """Images of shapes. `images[i]` belongs to `objects[i]`, `owners[i]` and `masks[i]`."""

    images: npt.NDArray[np.float32]  # (n, 3, size, size), from 0 to 1
    objects: tuple[Objects, ...]  # boxes (k, 4) in pixels, labels (k,): see SHAPES
    owners: npt.NDArray[np.int64]  # (n, size, size): which object a pixel shows, -1 for none
    masks: npt.NDArray[np.int64]  # (n, size, size): 0 background, 1 circle, 2 square, 3 triangle

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        count, size = sum(len(o.labels) for o in self.objects), self.images.shape[-1]
        return f"Scenes({len(self)} images of {size} x {size} pixels with {count} shapes)"


def shape_scenes(
    n: int,
    size: int = 64,
    most: int = 4,
    visible: float = 0.4,
    noise: float = 0.03,
    rng: np.random.Generator | int | None = None,
) -> Scenes:
    """`n` scenes with 1 to `most` shapes each, of random kind, position, size, colour and rotation.

    Arguments:
        size: width and height in pixels, at least 16.
        visible: the fraction of each shape that must stay visible; a shape that does not fit in
            twenty tries is left out.
        noise: the standard deviation of the noise in all pixels.

    Examples:
        >>> scenes = shape_scenes(2, size=32, rng=0)
        >>> scenes.images.shape, scenes.masks.shape
        ((2, 3, 32, 32), (2, 32, 32))
    """
    if n < 1 or size < 16 or most < 1 or not 0 < visible <= 1 or noise < 0:
        raise ValueError(
            "shape_scenes needs n >= 1, size >= 16, most >= 1, 0 < visible <= 1 and noise >= 0, "
            f"not n={n}, size={size}, most={most}, visible={visible}, noise={noise}"
        )
    rng = generator(rng)
    drawn = [_scene(size, int(rng.integers(1, most + 1)), visible, rng) for _ in range(n)]
    images = np.stack([image for image, _, _ in drawn])
    images += noise * rng.normal(size=images.shape).astype(np.float32)
    owners = np.stack([owner for _, owner, _ in drawn])
    labels = [np.array([-1, *kinds]) for _, _, kinds in drawn]  # -1: the background, put first
    return Scenes(
        images=np.clip(images, 0, 1),
        objects=tuple(_objects(o, k[1:]) for o, k in zip(owners, labels, strict=True)),
        owners=owners,
        masks=np.stack([k[o + 1] + 1 for o, k in zip(owners, labels, strict=True)]),
    )


def _scene(
    size: int, count: int, visible: float, rng: np.random.Generator
) -> tuple[Array, Array, list[int]]:
    """One image, which shape owns each pixel, and the kind of each shape."""
    background = rng.uniform(0.0, 0.35, 3)
    image = np.ones((3, size, size), np.float32) * background[:, None, None].astype(np.float32)
    owner = np.full((size, size), -1, np.int64)
    kinds: list[int] = []
    areas: list[int] = []  # in pixels, before anything was drawn over it
    for _ in range(count):
        for _ in range(_TRIES):
            kind = int(rng.integers(len(SHAPES)))
            inside = _inside(kind, size, rng)
            trial = np.where(inside, len(kinds), owner)
            seen = np.bincount(trial[trial >= 0], minlength=len(kinds) + 1)
            if (seen >= visible * np.array([*areas, inside.sum()])).all():
                colour = _bright(rng)
                image = np.where(inside, colour[:, None, None], image)
                owner = trial
                kinds.append(kind)
                areas.append(int(inside.sum()))
                break
    return image, owner, kinds


def _inside(kind: int, size: int, rng: np.random.Generator) -> Array:
    """Which pixels a new shape covers; all of it lies within the image."""
    radius = rng.uniform(0.1, 0.22) * size
    x, y = rng.uniform(radius + 1, size - radius - 1, 2)
    turn = rng.uniform(0, 2 * np.pi)
    places = np.arange(size) + 0.5
    dx, dy = places[None, :] - x, places[:, None] - y
    if kind not in _CORNERS:
        return np.asarray(dx * dx + dy * dy <= radius * radius)
    corners = _CORNERS[kind]
    # Inside a regular polygon: within the distance of every side from the middle.
    sides = turn + 2 * np.pi * np.arange(corners) / corners
    along = np.cos(sides)[:, None, None] * dx + np.sin(sides)[:, None, None] * dy
    return np.asarray((along <= radius * np.cos(np.pi / corners)).all(axis=0))


def _bright(rng: np.random.Generator) -> Array:
    """A colour that stands out from the dark background: one channel at least is strong."""
    colour = rng.uniform(0.15, 1.0, 3)
    colour[rng.integers(3)] = rng.uniform(0.75, 1.0)
    return colour.astype(np.float32)


def _objects(owner: Array, kinds: Array) -> Objects:
    """The boxes around what is visible of each shape: the outer edges of its pixels."""
    boxes = np.zeros((len(kinds), 4), np.float32)
    for i in range(len(kinds)):
        rows, columns = np.nonzero(owner == i)
        boxes[i] = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    return Objects(boxes, kinds)
