"""Draws the figures of `conv`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.datasets import photos
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
RACE = runpy.run_path(str(HERE / "race.py"))

# The row of the lesson: a bar of ones, and a kernel that finds edges.
ROW, KERNEL = (0, 0, 1, 1, 1, 0), (-1, 1)


def edges(figure):
    """A kernel of two weights moves over a row of six numbers; its output stands below."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.2, 7.9), ylim=(-0.25, 3.6), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    output = [sum(w * x for w, x in zip(KERNEL, ROW[i:], strict=False)) for i in range(5)]
    for position, number in enumerate(ROW):
        _cell(axes, position, 2.6, number, ink, COLOURS[0] if position in (1, 2) else "none")
    for position, number in enumerate(KERNEL):
        _cell(axes, 1 + position, 1.3, number, ink, COLOURS[1])
    for position, number in enumerate(output):
        _cell(axes, 0.5 + position, 0, number, ink, COLOURS[0] if position == 1 else "none")
    for height, name in ((3.0, "row"), (1.7, "weights"), (0.4, "output")):
        axes.text(6.3, height, name, va="center", fontsize=11)
    style = {"arrowstyle": "-|>", "color": ink, "linewidth": 1.2}
    axes.annotate("", (2, 0.85), (2, 1.27), arrowprops=style)
    axes.annotate("", (3.9, 1.7), (3.1, 1.7), arrowprops=style)


def _cell(axes, x, y, number, ink, shade):
    from matplotlib.patches import Rectangle

    look = {"edgecolor": ink, "linewidth": 1.0}
    axes.add_patch(Rectangle((x, y), 1, 0.8, facecolor=shade, alpha=0.45, linewidth=0))
    axes.add_patch(Rectangle((x, y), 1, 0.8, facecolor="none", **look))
    axes.text(x + 0.5, y + 0.4, str(number), ha="center", va="center", fontsize=12)


def photograph(figure):
    """A photograph, and where it changes from left to right and from top to bottom."""
    image = photos()["cat"].mean(axis=2)[::2, ::2]
    across = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    kernels = np.stack([across, across.T])[:, None]
    found = np.abs(SOLUTION["conv2d"](image[None, None], kernels, np.zeros(2))[0][0])
    panels = (image, "gray", "photograph"), (found[0], "gray_r", "left and right"), (
        found[1], "gray_r", "top and bottom")  # fmt: skip
    for axes, (panel, colours, name) in zip(figure.subplots(1, 3), panels, strict=True):
        axes.imshow(panel, cmap=colours, interpolation="nearest")
        axes.set_title(name, fontsize=10)
        axes.axis("off")


def layers(figure):
    """The network of the lesson: stacks of feature maps, as large as they are."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.3, 14.2), ylim=(-1.7, 3.4), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    stacks = (  # left edge, side, how many are drawn, what they are
        (0, 2.0, 1, "1 x 14 x 14"),
        (3.2, 2.0, 4, "8 x 14 x 14"),
        (6.9, 1.0, 4, "8 x 7 x 7"),
        (9.5, 1.0, 6, "32 x 7 x 7"),
        (12.2, 0.25, 6, "32"),
    )
    for left, side, many, name in stacks:
        for index in reversed(range(many)):
            corner = (left + 0.13 * index, 1 - side / 2 + 0.13 * index)
            _cell_of(axes, corner, side, COLOURS[0], ink)
        axes.text(left + side / 2 + 0.06 * many, -0.5, name, ha="center", fontsize=9)
    arrow = {"arrowstyle": "-|>", "color": ink, "linewidth": 1.1}
    names = ("convolution", "pooling", "convolution", "pooling", "linear")
    places = ((2.1, 3.1), (5.75, 6.8), (8.45, 9.4), (11.25, 12.1), (13.2, 13.9))
    for name, (start, end) in zip(names, places, strict=True):
        axes.annotate("", (end, 1), (start, 1), arrowprops=arrow)
        axes.text((start + end) / 2, -1.3, name, ha="center", fontsize=9, style="italic")
    axes.text(13.95, 1.25, "10", ha="center", fontsize=9)


def _cell_of(axes, corner, side, colour, ink):
    from matplotlib.patches import Rectangle

    back = axes.get_figure().get_facecolor()
    axes.add_patch(Rectangle(corner, side, side, facecolor=back, linewidth=0))
    axes.add_patch(Rectangle(corner, side, side, facecolor=colour, alpha=0.3, linewidth=0))
    axes.add_patch(Rectangle(corner, side, side, fill=False, edgecolor=ink, linewidth=0.9))


def learned():
    """The kernels of the first layer of the lesson's network, (8, 3, 3)."""
    images, labels = RACE["digits"]()
    test = np.arange(len(labels)) % 5 == 0
    x, y, rng = RACE["placed"](images[~test], 0), labels[~test], np.random.default_rng(0)
    network = RACE["Convolutional"](rng)
    for epoch in range(8):
        order = rng.permutation(len(y))
        for first in range(0, len(y), 32):
            rows = order[first : first + 32]
            network.step(x[rows], y[rows], 0.3 * (1 - epoch / 8))
    return network.params[0][:, 0]


def filters(figure):
    """Each learned kernel as 3 x 3 cells: blue is positive, orange negative."""
    from matplotlib.patches import Rectangle

    kernels = learned()
    for axes, kernel in zip(figure.subplots(1, 8), kernels, strict=True):
        ink = axes.xaxis.label.get_color()
        for (row, column), weight in np.ndenumerate(kernel / np.abs(kernels).max()):
            colour = COLOURS[0] if weight > 0 else COLOURS[1]
            shade = {"facecolor": colour, "alpha": float(abs(weight)), "linewidth": 0}
            axes.add_patch(Rectangle((column, 2 - row), 1, 1, **shade))
        axes.add_patch(Rectangle((0, 0), 3, 3, fill=False, edgecolor=ink, linewidth=0.8))
        axes.set(xlim=(-0.1, 3.1), ylim=(-0.1, 3.1), aspect="equal")
        axes.axis("off")


if __name__ == "__main__":
    save(edges, HERE / "figures" / "edges", size=(4.9, 2.3))
    save(photograph, HERE / "figures" / "photograph", size=(6.2, 2.3))
    save(layers, HERE / "figures" / "layers", size=(5.5, 2.1))
    save(filters, HERE / "figures" / "filters", size=(4.9, 0.8))
