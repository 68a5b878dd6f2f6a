"""Draws the figures of `vision`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.datasets import digits, nuclei
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
OWN = runpy.run_path(str(HERE / "solution.py"))


def otsu(pixels):
    """The threshold that separates the grey values into the two most different groups."""
    values = np.sort(pixels)
    low = np.arange(1, len(values)) / len(values)
    below = values.cumsum()[:-1] / len(values)
    between = (values.mean() * low - below) ** 2 / (low * (1 - low))
    return values[between.argmax()]


def photograph(figure):
    """A part of the photograph, its true mask, and the mask of a threshold."""
    photo, mask = nuclei()
    part = slice(384, 512), slice(0, 160)
    found = photo[part] > otsu(photo[:384].ravel())
    panels = (
        (np.sqrt(photo[part]), "photograph"),
        (mask[part] > 0, "true mask"),
        (found, "threshold"),
    )
    for axes, (panel, name) in zip(figure.subplots(1, 3), panels, strict=True):
        axes.imshow(panel, cmap="gray", interpolation="nearest")
        axes.set_title(name, fontsize=11)
        axes.axis("off")


def fields(figure):
    """The receptive field against the depth, for three ways to stack kernels of 3."""
    axes, depths = figure.add_subplot(), range(7)
    Layer = OWN["Layer"]
    ways = (
        ("stride 1", lambda i: Layer(1, 1, 3, p=1), "o-"),
        ("dilation 1, 2, 4, ...", lambda i: Layer(1, 1, 3, p=2**i, d=2**i), "s-"),
        ("stride 2", lambda i: Layer(1, 1, 3, s=2, p=1), "^--"),
    )
    for (name, layer, look), colour in zip(ways, COLOURS, strict=False):
        stacks = ([layer(i) for i in range(depth)] for depth in depths)
        sizes = [OWN["conv_cost"](stack, 512)[3] for stack in stacks]
        axes.plot(depths, sizes, look, color=colour, label=name, markersize=4)
    axes.set(xlabel="layers", ylabel="receptive field, pixels", yscale="log")
    axes.set_yticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    axes.minorticks_off()
    axes.legend(frameon=False, fontsize=10)


# Left edge, lower edge, side, channels.
BLOCKS = (
    (0.0, 4.6, 1.6, "4"),
    (1.0, 2.5, 1.1, "8"),
    (2.75, 0.9, 0.7, "16"),
    (4.1, 2.5, 1.1, "8"),
    (4.6, 4.6, 1.6, "4"),
)


def unet(figure):
    """The five blocks as squares, as large as their maps, with the channels in them."""
    from matplotlib.patches import Rectangle

    axes = figure.add_subplot()
    axes.set(xlim=(-1.6, 8.0), ylim=(0.4, 6.5), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    for left, bottom, side, channels in BLOCKS:
        look = {"facecolor": COLOURS[0], "alpha": 0.3, "linewidth": 0}
        axes.add_patch(Rectangle((left, bottom), side, side, **look))
        axes.add_patch(Rectangle((left, bottom), side, side, fill=False, edgecolor=ink))
        middle = left + side / 2, bottom + side / 2
        axes.text(*middle, channels, ha="center", va="center", fontsize=11)
    plain = {"arrowstyle": "-|>", "color": ink, "linewidth": 1.2}
    skip = {"arrowstyle": "-|>", "color": COLOURS[1], "linewidth": 1.8}
    for start, end in (
        ((1.0, 4.55), (1.4, 3.65)),
        ((1.9, 2.45), (2.8, 1.65)),
        ((3.4, 1.65), (4.3, 2.45)),
        ((4.9, 3.65), (5.2, 4.55)),
        ((-1.0, 5.4), (-0.05, 5.4)),
        ((6.25, 5.4), (7.1, 5.4)),
    ):
        axes.annotate("", end, start, arrowprops=plain)
    for start, end in (((1.65, 5.4), (4.55, 5.4)), ((2.15, 3.05), (4.05, 3.05))):
        axes.annotate("", end, start, arrowprops=skip)
    axes.text(3.1, 5.55, "skip", ha="center", fontsize=10)
    axes.text(3.1, 3.2, "skip", ha="center", fontsize=10)
    axes.text(-1.05, 5.4, "1", ha="right", va="center", fontsize=11)
    axes.text(7.15, 5.4, "K", ha="left", va="center", fontsize=11)
    axes.text(7.9, 3.05, "half size", ha="right", va="center", fontsize=10)
    axes.text(7.9, 1.25, "quarter size", ha="right", va="center", fontsize=10)


def evidence(figure):
    """Class activation maps over six test digits."""
    images, labels = digits()
    test = np.arange(len(labels)) % 5 == 0
    net = OWN["Net"](np.random.default_rng(0))
    x, y = images[~test, None], labels[~test]
    OWN["train"](net, x, y, 2.0, 6, 32, np.random.default_rng(1))
    chosen = np.flatnonzero(test)[[list(labels[test]).index(each) for each in (0, 2, 3, 4, 7, 9)]]
    for axes, index in zip(figure.subplots(1, 6), chosen, strict=True):
        maps = net.maps(images[index][None, None])
        found = OWN["class_activation"](maps, net.head[0], labels[index])[0]
        found = found - found.mean()  # what all positions share says nothing about where
        axes.imshow(1 - images[index], cmap="gray", extent=(0, 8, 8, 0), interpolation="nearest")
        for (row, column), value in np.ndenumerate(found / np.abs(found).max()):
            _shade(axes, column, row, value)
        axes.set(xlim=(0, 8), ylim=(8, 0))
        axes.axis("off")


def _shade(axes, column, row, value):
    from matplotlib.patches import Rectangle

    colour = COLOURS[0] if value > 0 else COLOURS[1]
    look = {"facecolor": colour, "alpha": 0.6 * float(abs(value)), "linewidth": 0}
    axes.add_patch(Rectangle((2 * column, 2 * row), 2, 2, **look))


if __name__ == "__main__":
    save(photograph, HERE / "figures" / "nuclei", size=(4.9, 1.6))
    save(fields, HERE / "figures" / "field", size=(4.9, 2.6))
    save(unet, HERE / "figures" / "unet", size=(4.9, 3.2))
    save(evidence, HERE / "figures" / "evidence", size=(4.9, 1.0))
