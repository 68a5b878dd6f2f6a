"""Outlining shapes: the kind of every single pixel, by a small U-Net.

The network looks at the picture four times, each time at half the size, so that a pixel learns what
stands around it; then it goes back up, and on each size it sees beside the coarse answer the fine
picture of the way down (Ronneberger et al. 2015).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from undergrad import datasets
from undergrad.datasets.shapes import SHAPES
from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.engine.autograd import Array
from undergrad.engine.data import DataLoader, TensorDataset
from undergrad.engine.nn.functional import cross_entropy
from undergrad.engine.ops.shape import concat
from undergrad.engine.optim import lr_scheduler
from undergrad.engine.tools.detection import mask_iou
from undergrad.engine.training.callbacks import Scheduled
from undergrad.supervised import task
from undergrad.supervised.task import Outcome, Task, Training

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LINE = 0.85
_KINDS = 1 + len(SHAPES)  # the background is a kind too


@dataclass(frozen=True)
class Settings(task.Settings):
    epochs: int = 14
    scenes: int = 1_000
    held_out: int = 200
    size: int = 64  # pixels, a multiple of 8
    channels: int = 8
    batch: int = 16
    learning_rate: float = 0.01
    weight_decay: float = 1e-3


class Block(nn.Module):
    """Two convolutions, each with a norm and a bend: (n, before, h, w) -> (n, after, h, w)."""

    def __init__(self, before: int, after: int, rng: np.random.Generator) -> None:
        self.conv1 = nn.Conv2d(before, after, 3, padding=1, bias=False, rng=rng)
        self.norm1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False, rng=rng)
        self.norm2 = nn.BatchNorm2d(after)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm1(self.conv1(x)).relu()
        out: Tensor = self.norm2(self.conv2(x)).relu()
        return out


class UNet(nn.Module):
    """(n, 3, h, w) pixels -> (n, kinds, h, w) scores; h and w are multiples of 8."""

    def __init__(self, c: int, rng: np.random.Generator) -> None:
        widths = [c, 2 * c, 4 * c]
        self.down = [Block(a, b, rng) for a, b in zip([3, *widths], [*widths, 4 * c], strict=True)]
        self.half = nn.MaxPool2d(2)
        coarse = [4 * c, 2 * c, c]  # channels that arrive from below, before each way up
        self.double = [
            nn.ConvTranspose2d(a, b, 2, stride=2, rng=rng)
            for a, b in zip([4 * c, *coarse[:-1]], coarse, strict=True)
        ]
        self.up = [Block(up + side, up, rng) for up, side in zip(coarse, widths[::-1], strict=True)]
        self.head = nn.Conv2d(c, _KINDS, 1, rng=rng)

    def forward(self, x: Tensor) -> Tensor:
        x = self.down[0](x)
        sides = []
        for block in self.down[1:]:
            sides.append(x)
            x = block(self.half(x))
        for double, block in zip(self.double, self.up, strict=True):
            x = block(concat([double(x), sides.pop()], 1))
        scores: Tensor = self.head(x)
        return scores


def build(settings: Settings, seed: int) -> Training:
    """A U-Net on generated scenes."""
    rng = np.random.default_rng(seed)
    scenes = datasets.shape_scenes(settings.scenes, settings.size, rng=rng)
    new = datasets.shape_scenes(settings.held_out, settings.size, rng=rng)
    batches = DataLoader(
        TensorDataset(scenes.pictures, scenes.masks),
        settings.batch,
        shuffle=True,
        drop_last=True,
        rng=rng,
    )
    model = UNet(settings.channels, rng)
    optimizer = optim.AdamW(
        model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    steps = settings.epochs * len(batches)
    schedule = lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, steps + 1, pct_start=0.15, cycle_momentum=False
    )

    def measure() -> dict[str, float]:
        return {"IoU": float(_agreement(segment(model, new.pictures), new.masks).mean())}

    def judge() -> Outcome:
        found = segment(model, new.pictures)
        each = _agreement(found, new.masks)
        said = ", ".join(f"{kind}s {iou:.2f}" for kind, iou in zip(SHAPES, each, strict=True))
        return Outcome(
            score=float(each.mean()),
            passed=float(each.mean()) >= _LINE,
            summary=f"Mean IoU is {each.mean():.3f} on {len(new)} new scenes: {said}.",
            levels={"pass line": _LINE},
            pictures={"masks": lambda figure: _masks(figure, new.pictures, new.masks, found)},
        )

    return Training(
        model=model,
        batches=batches,
        loss=pixel_loss,
        optimizer=optimizer,
        epochs=settings.epochs,
        measure=measure,
        judge=judge,
        rng=rng,
        callbacks=[Scheduled(schedule, each="step")],
        parts={"schedule": schedule},
    )


def pixel_loss(scores: Tensor, masks: Array) -> Tensor:
    """Cross-entropy of the kinds of all pixels."""
    return cross_entropy(scores.permute(0, 2, 3, 1).reshape(-1, _KINDS), masks.reshape(-1))


def segment(model: nn.Module, pictures: Array) -> Array:
    """The kind of each pixel: (n, 3, h, w) -> (n, h, w)."""
    model.eval()
    try:
        with no_grad():
            parts = [model(Tensor(part)).data for part in np.array_split(pictures, 8)]
    finally:
        model.train()
    return np.asarray(np.concatenate(parts).argmax(axis=1))


def _agreement(found: Array, masks: Array) -> Array:
    """IoU of each kind of shape; that of the background, which is easy, is left out."""
    return mask_iou(found, masks, _KINDS)[1:]


def _masks(figure: "Figure", pictures: Array, truth: Array, found: Array) -> None:
    """Six new scenes: the picture, what is there, and what was found, one below the other."""
    grid = figure.subplots(3, 6)
    for i, column in enumerate(grid.T[: len(pictures)]):
        column[0].imshow(pictures[i].transpose(1, 2, 0))
        for axes, masks in zip(column[1:], (truth, found), strict=True):
            axes.imshow(masks[i], cmap="tab10", vmin=0, vmax=9)
    for axes in grid.ravel():
        axes.set(xticks=[], yticks=[])
    for axes, name in zip(grid[:, 0], ("picture", "truth", "found"), strict=True):
        axes.set_ylabel(name)


TASK = Task(
    name="shapes-segment",
    title="Outline circles, squares and triangles",
    what=(
        "Pictures of 64 x 64 pixels with one to four shapes, some partly hidden. A small U-Net "
        "says for each pixel what it belongs to."
    ),
    line=f"IoU of at least {_LINE:.2f} on 200 new scenes, the mean of the three shapes",
    score="mean IoU",
    settings=Settings(),
    build=build,
    seconds=110,
    megabytes=430,
    measured=("0.1.0, one core of an AMD EPYC: seed 0 scores 0.868; 101 s of processor time"),
    pictures=("masks",),
)
