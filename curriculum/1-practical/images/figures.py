"""Draws the figures of `images`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Rectangle

from undergrad.datasets import digits
from undergrad.plots import COLOURS, save

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


def averages(figure):
    """The ten average images, two rows of five."""
    panels = figure.subplots(2, 5)
    for digit, axes in enumerate(panels.ravel()):
        ink = axes.xaxis.label.get_color()
        axes.pcolormesh(AVERAGES[digit].reshape(8, 8), cmap=fading(ink), vmin=0, vmax=1)
        axes.invert_yaxis()
        axes.set_aspect("equal")
        axes.set(xticks=[], yticks=[], xlabel=str(digit))
        axes.spines[["top", "right"]].set_visible(True)
        axes.spines[:].set_alpha(0.3)


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
    axes.set(xlabel="was called", ylabel="is a")


if __name__ == "__main__":
    save(averages, HERE / "figures" / "averages", size=(4.8, 2.4))
    save(confusion, HERE / "figures" / "confusion", size=(4.4, 4.3))
