"""Draws the figures of `paper-yolo`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.datasets import trees
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

SHAPES = [(1, 6.5, 22.0, 6.0, 0.55), (0, 12.5, 18.5, 5.5, 0.8), (2, 25.5, 6.5, 5.0, 0.95)]
TILE = 12  # of the test part


def grid(figure):
    """A scene of three shapes, the 4 x 4 cells, and which cell is responsible for which box."""
    image, boxes, labels = SOLUTION["paint"](SHAPES, 32)
    target = SOLUTION["encode_targets"](boxes, labels, 4, 3)
    axes = figure.add_subplot()
    axes.imshow(image, cmap="gray", vmin=0, vmax=1, extent=(0, 4, 4, 0))
    axes.set(xticks=[], yticks=[], xlim=(-0.02, 4.02), ylim=(4.02, -0.02))
    for line in range(5):
        axes.axhline(line, color="#8a8f98", linewidth=0.7)
        axes.axvline(line, color="#8a8f98", linewidth=0.7)
    for row, column in np.argwhere(target[..., 0]):
        axes.fill_between((column, column + 1), row, row + 1, color=COLOURS[5], alpha=0.28)
    for (x1, y1, x2, y2), colour in zip(4 * boxes, COLOURS[1:], strict=False):
        axes.plot((x1, x2, x2, x1, x1), (y1, y1, y2, y2, y1), color=colour, linewidth=2)
        axes.plot((x1 + x2) / 2, (y1 + y2) / 2, "o", color=colour, markersize=7)


def precision(figure):
    """Hit, miss, hit, miss, hit of four true boxes: the points, and the area that counts."""
    hits = np.cumsum([1, 0, 1, 0, 1])
    exact, found = hits / np.arange(1, 6), hits / 4
    best = np.maximum.accumulate(exact[::-1])[::-1]
    axes = figure.add_subplot()
    axes.fill_between(np.append(0, found), np.append(best[0], best), step="pre", alpha=0.25,
                      color=COLOURS[0])  # fmt: skip
    axes.plot(found, exact, "o-", color=COLOURS[1], linewidth=1.3)
    names = ("1 hit", "2 miss", "3 hit", "4 miss", "5 hit")
    for name, x, y in zip(names, found, exact, strict=True):
        away = (6, -13) if "miss" in name else (6, 6)
        axes.annotate(name, (x, y), xytext=away, textcoords="offset points")
    axes.set(xlabel="recall: fraction of the objects found", xlim=(0, 1), ylim=(0, 1.15))
    axes.set_ylabel("precision: fraction of the boxes right")
    axes.grid(True)


def crowns(figure):
    """A tile of the trees, as the detector receives it, with the true boxes and the cells."""
    images, boxes = trees("test")
    image = images[TILE].reshape(32, 4, 32, 4, 3).mean(axis=(1, 3))
    axes = figure.add_subplot()
    axes.imshow(image, extent=(0, 4, 4, 0), interpolation="nearest")
    axes.set(xticks=[], yticks=[], xlim=(-0.02, 4.02), ylim=(4.02, -0.02))
    for line in range(5):
        axes.axhline(line, color="#d0d4da", linewidth=0.6)
        axes.axvline(line, color="#d0d4da", linewidth=0.6)
    for x1, y1, x2, y2 in boxes[TILE] / 32:
        axes.plot((x1, x2, x2, x1, x1), (y1, y1, y2, y2, y1), color=COLOURS[5], linewidth=1.8)
        axes.plot((x1 + x2) / 2, (y1 + y2) / 2, "o", color=COLOURS[5], markersize=6)


def overlap(figure):
    """The IoU of a box of the right size, by how far it is shifted."""
    axes, shift = figure.add_subplot(), np.linspace(0, 1, 101)
    true = np.array([[0.0, 0.0, 1.0, 1.0]])
    for way, colour, name in (
        ([1, 0, 1, 0], COLOURS[0], "to one side"),
        ([1, 1, 1, 1], COLOURS[1], "in both directions"),
    ):
        moved = true + shift[:, None] * np.array(way)
        axes.plot(shift, SOLUTION["iou"](true, moved)[0], color=colour, label=name)
    axes.axhline(0.5, color=axes.xaxis.label.get_color(), linewidth=0.8)
    axes.set(xlabel="shift, as a part of the side", ylabel="IoU", ylim=(0, 1.02))
    axes.legend()


if __name__ == "__main__":
    save(grid, HERE / "figures" / "cells", size=(3.4, 3.4))
    save(crowns, HERE / "figures" / "crowns", size=(3.4, 3.4))
    save(precision, HERE / "figures" / "precision", size=(5.0, 3.3))
    save(overlap, HERE / "figures" / "overlap", size=(4.4, 2.7))
