"""Draws the figures of `images`, with the worked solution: run `python figures.py`."""

import runpy
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Circle, Rectangle

from undergrad.datasets import CLOTHES, digits, fashion
from undergrad.plots import COLOURS, INK, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))


def classified_by_averages():
    """As in the lesson: the average image of each digit (10, 64), and the confusion matrix."""
    images, y = digits()
    X = images.reshape(len(images), -1).astype(float)
    Xtr, ytr, Xte, yte = SOLUTION["split"](X, y, 0.2, np.random.default_rng(0))
    averages = SOLUTION["one_hot"](ytr, 10).T @ Xtr / np.bincount(ytr)[:, None]
    p = ((Xte[:, None] - averages) ** 2).sum(axis=2).argmin(axis=1)
    return averages, SOLUTION["confusion"](yte, p, 10)


AVERAGES, CONFUSION = classified_by_averages()


def fading(colour, strongest=1.0):
    """A colour map from nothing to `colour`, so that the page shows through."""
    return LinearSegmentedColormap.from_list(
        "fading", [(*to_rgb(colour), 0.0), (*to_rgb(colour), strongest)]
    )


def show(axes, image, name, colour=INK, as_pixels=False):
    """One image in the ink of the page or in a colour, with its name below."""
    axes.pcolormesh(image, cmap=fading(colour), vmin=0, vmax=1, rasterized=as_pixels)
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.set(xticks=[], yticks=[], xlabel=name)
    axes.spines[["top", "right"]].set_visible(True)
    axes.spines[:].set_alpha(0.3)


def bars(figure):
    """The three images of the first block."""
    images = {"stands": "010010010", "lies": "000111000", "new": "010010001"}
    for (name, pixels), axes in zip(images.items(), figure.subplots(1, 3), strict=True):
        show(axes, np.array(list(pixels), dtype=float).reshape(3, 3), name)


def averages(figure):
    """The ten average images, two rows of five."""
    for digit, axes in enumerate(figure.subplots(2, 5).ravel()):
        show(axes, AVERAGES[digit].reshape(8, 8), str(digit))


def clothes(figure):
    """The average image of each class of clothes, two rows of five."""
    images, y = fashion()
    for label, axes in enumerate(figure.subplots(2, 5).ravel()):
        show(axes, images[y == label].mean(axis=0), CLOTHES[label], COLOURS[0], as_pixels=True)


def network(figure):
    """64 pixels, 32 hidden units and 10 scores, with a line for each weight that is drawn."""
    axes = figure.add_subplot()
    ink = axes.xaxis.label.get_color()
    # The heights of the circles of each column; where some are left out, the middle stays free.
    middle = np.array([4.0, 3.1, 2.2, -2.2, -3.1, -4.0])
    columns = (
        (0.0, middle, "64 pixels", COLOURS[0]),
        (4.0, middle[1:-1], "32 hidden units", COLOURS[2]),
        (8.0, np.linspace(4.0, -4.0, 10), "10 scores", COLOURS[1]),
    )
    for (left, starts, *_), (right, ends, *_) in pairwise(columns):
        for start in starts:
            for end in ends:
                axes.plot([left, right], [start, end], color=ink, alpha=0.18, linewidth=0.7)
    for x, heights, name, colour in columns:
        for height in heights:
            axes.add_patch(Circle((x, height), 0.3, color=colour, zorder=3))
        if len(heights) < 10:
            axes.text(x, 0, "...", ha="center", va="center", rotation=90, fontsize=14)
        axes.text(x, -5.3, name, ha="center", fontsize=10)
    for digit, height in enumerate(columns[-1][1]):
        axes.text(8.6, height, str(digit), va="center", fontsize=9)
    axes.set(xlim=(-1.5, 9.5), ylim=(-5.8, 4.6))
    axes.set_aspect("equal")
    axes.axis("off")


def confusion(figure):
    """True digit by row, prediction by column; the worst pair is framed."""
    axes = figure.add_subplot()
    axes.pcolormesh(np.sqrt(CONFUSION), cmap=fading(COLOURS[0], 0.55))
    for (i, j), count in np.ndenumerate(CONFUSION):
        if count:
            axes.text(j + 0.5, i + 0.53, str(count), ha="center", va="center", fontsize=10)
    i, j = SOLUTION["worst_pair"](CONFUSION)
    for row, column in ((i, j), (j, i)):
        axes.add_patch(
            Rectangle((column, row), 1, 1, fill=False, edgecolor=COLOURS[1], linewidth=2.5)
        )
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.set_xticks(np.arange(10) + 0.5, range(10))
    axes.set_yticks(np.arange(10) + 0.5, range(10))
    axes.tick_params(length=0)
    axes.set(xlabel="predicted digit", ylabel="true digit")


if __name__ == "__main__":
    save(bars, HERE / "figures" / "bars", size=(4.2, 1.6))
    save(averages, HERE / "figures" / "averages", size=(4.8, 2.4))
    save(confusion, HERE / "figures" / "confusion", size=(4.4, 4.3))
    save(network, HERE / "figures" / "network", size=(4.8, 3.9))
    save(clothes, HERE / "figures" / "clothes", size=(4.8, 2.4))
