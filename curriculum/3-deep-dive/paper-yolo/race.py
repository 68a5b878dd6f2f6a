"""The comparison of the lesson: a narrow and a wide detector, on drawn scenes and on tree crowns.

    python race.py        trains everything (about five minutes) and writes race.md

For each detector, the learning rate is the one of three with the best precision on a validation
set, with one seed; the table reports the test set, with three other seeds. The validation set of
the trees is every fifth tile of the training part. Without training, the baseline for the trees
gives each cell the mean box of the training part, and its greenness as the score.
"""

import runpy
from pathlib import Path

import numpy as np

from undergrad import course
from undergrad.datasets import trees

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
CONV = runpy.run_path(str(course.unit_folder(course.load().unit("conv")) / "solution.py"))

NETWORK = SOLUTION["detector"](CONV["conv2d"], CONV["conv2d_backward"])
NARROW, WIDE = (4, 8, 16, 16), (16, 32, 64, 64)
RATES, TO_CHOOSE, TO_REPORT = (0.005, 0.01, 0.02), 0, (1, 2, 3)
ROUNDS, SCENES, EPOCHS, CELLS = 14, 1500, 60, 4


def multiplications(widths, channels: int, classes: int) -> int:
    """Of one forward pass, for an image of 32 x 32."""
    total, before, side = 0, channels, 32
    for width, stride in zip(widths, SOLUTION["STRIDES"], strict=True):
        side //= stride
        total, before = total + side * side * width * before * 9, width
    return total + side * side * before * (5 + classes)


class Scenes:
    """Drawn scenes: as many new ones in each round as the lesson says."""

    name, channels, classes = "drawn scenes", 1, 3

    def score(self, widths, lr: float, seed: int, *, test: bool) -> float:
        rng = np.random.default_rng(seed)
        params, _ = SOLUTION["fit"](
            NETWORK, SOLUTION["start_params"](widths, rng), ROUNDS, SCENES, lr, rng
        )
        x, boxes, labels = SOLUTION["make_scenes"](np.random.default_rng(100 + test), 300)
        pred, _ = NETWORK(x.astype(np.float32), params)
        return SOLUTION["mean_precision"](pred, boxes, labels)


class Trees:
    """Aerial photographs, shrunk to 32 x 32; in each epoch they are flipped or turned."""

    name, channels, classes = "trees", 3, 1

    def __init__(self):
        images, boxes = shrunk("train")
        validation = np.arange(len(images)) % 5 == 0
        self.mean = images.mean(axis=(0, 2, 3), keepdims=True)
        self.std = images.std(axis=(0, 2, 3), keepdims=True)
        self.parts = {
            "part": (images[~validation], chosen(boxes, ~validation)),
            "validation": (images[validation], chosen(boxes, validation)),
            "train": (images, boxes),
            "test": shrunk("test"),
        }

    def score(self, widths, lr: float, seed: int, *, test: bool) -> float:
        rng = np.random.default_rng(seed)
        images, boxes = self.parts["train" if test else "part"]
        images = (images - self.mean) / self.std
        params = SOLUTION["start_params"](widths, rng, self.channels, self.classes)
        for epoch in range(EPOCHS):
            x, target = flipped(images, boxes, rng.integers(8))
            factor = 0.2 if epoch == 0 or epoch >= 0.7 * EPOCHS else 1
            factor = 0.05 if epoch >= 0.9 * EPOCHS else factor
            params, _ = SOLUTION["train"](NETWORK, params, x, target, factor * lr, 1, 8, rng)
        images, boxes = self.parts["test" if test else "validation"]
        return precision(NETWORK((images - self.mean) / self.std, params)[0], boxes)

    def baseline(self) -> float:
        """The mean box in every cell, scored by how green the cell is."""
        cells = targets(self.parts["train"][1])
        images, boxes = self.parts["test"]
        pred = np.zeros((len(images), *cells.shape[1:]))
        pred[..., 1:5] = cells[cells[..., 0] == 1][:, 1:5].mean(axis=0)
        green = images[:, 1] - (images[:, 0] + images[:, 2]) / 2
        side = 32 // CELLS
        green = green.reshape(-1, CELLS, side, CELLS, side).mean(axis=(2, 4))
        # Greenness as a number between 0 and 1, in the same order.
        pred[..., 0], pred[..., 5] = 1 / (1 + np.exp(-green / green.std())), 1
        return precision(pred, boxes)


def shrunk(part: str):
    """The images of one part, (N, 3, 32, 32), and their boxes as fractions of the image."""
    images, boxes = trees(part)
    small = images.reshape(len(images), 32, 4, 32, 4, 3).mean(axis=(2, 4)).transpose(0, 3, 1, 2)
    return small.astype(np.float32), [each / 128 for each in boxes]


def chosen(boxes, rows):
    return [each for each, row in zip(boxes, rows, strict=True) if row]


def targets(boxes):
    """The target grids: every box has class 0, a tree."""
    encode = SOLUTION["encode_targets"]
    grids = [encode(each, np.zeros(len(each), dtype=int), CELLS, 1) for each in boxes]
    return np.stack(grids).astype(np.float32)


def flipped(images, boxes, number: int):
    """One of the eight ways to turn and flip a square: images, and the targets for them."""
    if number & 1:
        images, boxes = images[..., ::-1], [abs(b[:, [2, 1, 0, 3]] - [1, 0, 1, 0]) for b in boxes]
    if number & 2:
        images, boxes = images[:, :, ::-1], [abs(b[:, [0, 3, 2, 1]] - [0, 1, 0, 1]) for b in boxes]
    if number & 4:
        images, boxes = images.swapaxes(2, 3), [b[:, [1, 0, 3, 2]] for b in boxes]
    return np.ascontiguousarray(images), targets(boxes)


def precision(pred, boxes) -> float:
    return SOLUTION["mean_precision"](pred, boxes, [np.zeros(len(each)) for each in boxes])


def row(data, widths) -> str:
    """One row of the table: size, multiplications, learning rate, and the mAP of three seeds."""
    lr = max(RATES, key=lambda lr: data.score(widths, lr, TO_CHOOSE, test=False))
    found = sorted(data.score(widths, lr, seed, test=True) for seed in TO_REPORT)
    params = SOLUTION["start_params"](widths, np.random.default_rng(0), data.channels, data.classes)
    size = sum(each.size for each in params)
    work = multiplications(widths, data.channels, data.classes)
    name = "narrow" if widths == NARROW else "wide"
    cells = (
        data.name, name, f"{size:,}", f"{work:,}", lr, f"{found[1]:.2f}",
        f"{found[0]:.2f} to {found[2]:.2f}",
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    lines = [
        "| data | detector | parameters | multiplications per image | rate | mAP, median | range |",
        "|---|---|---|---|---|---|---|",
    ]
    scenes, photographs = Scenes(), Trees()
    for data, widths in ((scenes, NARROW), (scenes, WIDE), (photographs, NARROW),
                         (photographs, WIDE)):  # fmt: skip
        lines.append(row(data, widths))
        print(lines[-1], flush=True)
    lines.append(f"| trees | green cells | 0 | | | {photographs.baseline():.2f} | |")
    (HERE / "race.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
