"""Draws the figures of `spectra`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.datasets import digits
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

RANKS = (1, 2, 4, 8, 16, 64)


def power_iteration(figure):
    """(1, 0) multiplied again and again with [[2, 1], [1, 2]], each time drawn with length 1."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.25, 1.5), ylim=(-0.3, 1.12), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    half = np.sqrt(0.5)
    axes.plot((-0.2, 1.25 * half), (-0.2, 1.25 * half), color=ink, linewidth=1, linestyle="--")
    axes.plot((-0.2, 0.28), (0.2, -0.28), color=ink, linewidth=1, linestyle="--")
    axes.text(0.92, 0.93, "stretched by 3", va="center")
    axes.text(0.31, -0.24, "stretched by 1", va="center")
    v = np.array([1.0, 0.0])
    for step in range(3):
        axes.quiver(0, 0, *v, color=COLOURS[step], angles="xy", scale_units="xy", scale=1,
                    width=0.011, zorder=3)  # fmt: skip
        axes.text(*(1.06 * v), ("(1, 0)", "(2, 1)", "(5, 4)")[step], va="center")
        v = np.array([[2.0, 1.0], [1.0, 2.0]]) @ v
        v = v / np.linalg.norm(v)


def compressed(figure):
    """Two digits from 1 to 64 directions, and the error of all digits by number of directions."""
    images, _ = digits()
    X = images.reshape(len(images), -1).astype(float)
    above, below = figure.subfigures(2, 1, height_ratios=(1.15, 1))
    grid = above.subplots(2, len(RANKS))
    for column, rank in enumerate(RANKS):
        Z, components, mean = SOLUTION["pca"](X, rank)
        for row, example in enumerate((3, 6)):
            axes = grid[row, column]
            rebuilt = Z[example] @ components + mean
            axes.imshow(rebuilt.reshape(8, 8), cmap="gray_r", vmin=0, vmax=X.max())
            axes.set(xticks=[], yticks=[])
        grid[0, column].set_title(str(rank), fontsize=11)
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    left = 1 - np.cumsum(s**2) / np.sum(s**2)
    axes = below.subplots()
    axes.plot(range(65), np.append(1.0, left), color=COLOURS[0])
    axes.plot(RANKS, left[np.array(RANKS) - 1], "o", color=COLOURS[1], markersize=5)
    axes.set(xlabel="number of directions", ylabel="variance left", xlim=(0, 65), ylim=(0, 1.02))
    axes.grid(True)


if __name__ == "__main__":
    save(power_iteration, HERE / "figures" / "turning", size=(4.4, 3.4))
    save(compressed, HERE / "figures" / "digits", size=(5.2, 4.4))
