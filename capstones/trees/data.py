"""Forests from the air: the photographs, what the boxes say about each pixel, and the split.

People drew a box around every crown that they saw, not its outline. So a pixel is one of three:
*crown* inside the ellipse that touches the four sides of a box, *unknown* in the corners that the
ellipse leaves over, and *ground* outside all boxes. Unknown pixels count in no loss and no score.
"""

from dataclasses import dataclass

import numpy as np
from undergrad import datasets

SIDE = 64  # pixels of a tile here, 20 cm each; the photographs have twice as many
# Of the 258 tiles to train on, those from the lowest rows of the larger photograph, which are more
# than 1,920 pixels down: they choose every setting, and no network is trained on them.
VALIDATION = (*range(190, 240), *range(254, 258))


@dataclass(frozen=True)
class Part:
    """Tiles of one part.

    photos: (n, 128, 128, 3) from 0 to 1.   images: (n, 3, 64, 64), float32, standardised.
    crown, known: (n, 64, 64), bool.   boxes: for each tile (k, 4), in pixels of `photos`.
    """

    photos: np.ndarray
    images: np.ndarray
    crown: np.ndarray
    known: np.ndarray
    boxes: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return len(self.images)

    def only(self, chosen) -> "Part":
        """The tiles of these numbers."""
        arrays = (each[chosen] for each in (self.photos, self.images, self.crown, self.known))
        return Part(*arrays, tuple(self.boxes[number] for number in chosen))


def load() -> dict[str, Part]:
    """`train`, `validation` and `test` of one region, and `elsewhere`: two other forests.

    The means and the standard deviations of the three colours are those of the training tiles.
    """
    both, rest = _shrunk("train"), sorted({*range(258)} - {*VALIDATION})
    mean, std = (
        statistic(both[rest], axis=(0, 2, 3), keepdims=True) for statistic in (np.mean, np.std)
    )

    def part(name: str) -> Part:
        photos, boxes = datasets.trees(name)
        crown, known = zip(*(masks(each) for each in boxes), strict=True)
        images = (_shrunk(name) - mean) / std
        return Part(photos, images, np.stack(crown), np.stack(known), boxes)

    whole = part("train")
    return {
        "train": whole.only(rest),
        "validation": whole.only(list(VALIDATION)),
        "test": part("test"),
        "elsewhere": part("elsewhere"),
    }


def _shrunk(name: str) -> np.ndarray:
    """The photographs at half the size: (n, 3, 64, 64), each pixel the mean of four."""
    photos = datasets.trees(name).images
    quarters = photos.reshape(len(photos), SIDE, 2, SIDE, 2, 3)
    return quarters.mean(axis=(2, 4)).transpose(0, 3, 1, 2).astype(np.float32)


def masks(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(k, 4) boxes of a tile -> which pixels are crown, and which are known, (64, 64) each."""
    crown, boxed = np.zeros((2, SIDE, SIDE), bool)
    y, x = 2 * np.mgrid[:SIDE, :SIDE] + 1  # the centres of the pixels, in those of the photograph
    for left, top, right, bottom in boxes:
        across = (2 * x - left - right) / (right - left)  # -1 and 1 on the sides of the box
        down = (2 * y - top - bottom) / (bottom - top)
        crown |= across**2 + down**2 <= 1
        boxed |= (abs(across) <= 1) & (abs(down) <= 1)
    return crown, crown | ~boxed


def batch(part: Part, count: int, rng: np.random.Generator, turn: bool = False):
    """Random tiles, with north on top; or, turned, each in a random one of eight positions.

    Returns images (count, 3, 64, 64), crown and known (count, 1, 64, 64), float32.
    """
    images, masked = [], []
    for number in rng.integers(len(part), size=count):
        quarter, reflected = (rng.integers(4), rng.random() < 0.5) if turn else (0, False)
        masked_by = part.crown[None, number], part.known[None, number]
        tile = np.concatenate([part.images[number], *masked_by])
        tile = np.rot90(tile, quarter, axes=(1, 2))
        tile = tile[:, :, ::-1] if reflected else tile
        images.append(tile[:3])
        masked.append(tile[3:])
    crown, known = np.stack(masked).astype(np.float32).transpose(1, 0, 2, 3)[:, :, None]
    return np.stack(images), crown, known
