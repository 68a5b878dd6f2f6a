"""Draws the figures of `matcalc`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np
from matplotlib.patches import Rectangle

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

# Sizes of the drawing: five examples, three inputs, four outputs. Each letter has a colour.
N, D, M = 5, 3, 4
COLOUR = {"g": COLOURS[1], "x": COLOURS[0], "W": COLOURS[2]}


def shapes(figure):
    """Three products as blocks: each gradient has the shape of what it belongs to."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.3, 17.2), ylim=(-0.9, 19.6), aspect="equal")
    axes.axis("off")
    _block(axes, 0, 13.3, N, D, "x", "gradient of x")
    _sign(axes, 4.6, 15.8, "=")
    _block(axes, 6.2, 13.3, N, M, "g", "$g$")
    _sign(axes, 11.3, 15.8, "@")
    _block(axes, 12.4, 13.8, M, D, "W", "$W$")
    _block(axes, 0, 6.8, M, D, "W", "gradient of W")
    _sign(axes, 4.6, 8.8, "=")
    _block(axes, 6.2, 6.8, M, N, "g", "$g^T$")
    _sign(axes, 12.1, 8.8, "@")
    _block(axes, 13, 6.3, N, D, "x", "$x$")
    _block(axes, 0, 1.4, 1, M, "W", "gradient of b")
    _sign(axes, 5.1, 1.9, "=")
    _block(axes, 6.2, -0.6, N, M, "g", "$g$, each column summed")


def _block(axes, left, low, rows, columns, letter, label):
    """A grid of rows by columns cells with its label above."""
    ink = axes.xaxis.label.get_color()
    for row in range(rows):
        for column in range(columns):
            corner = (left + column, low + row)
            axes.add_patch(Rectangle(corner, 1, 1, facecolor=COLOUR[letter], alpha=0.45,
                                     edgecolor=ink, linewidth=0.6))  # fmt: skip
    axes.text(left, low + rows + 0.25, label, ha="left", va="bottom", fontsize=10)


def _sign(axes, x, y, text):
    axes.text(x, y, text, ha="center", va="center")


def cost(figure):
    """How many numbers a Jacobian has, and how many the product needs, for three layers."""
    axes = figure.add_subplot()
    layers = ((64, 10, 32), (784, 128, 64), (1000, 1000, 100))  # inputs, outputs, batch
    for row, (inputs, outputs, batch) in enumerate(layers):
        weights, out = inputs * outputs, outputs * batch
        axes.barh(row + 0.2, weights * out, 0.36, color=COLOURS[1])
        axes.barh(row - 0.2, weights + out, 0.36, color=COLOURS[2])
    axes.set_xscale("log")
    axes.set_xlim(1e2, 1e12)
    axes.set_xticks([1e2, 1e4, 1e6, 1e8, 1e10, 1e12])
    axes.set_yticks(range(3), [f"{d} to {m},\nbatch {n}" for d, m, n in layers])
    axes.tick_params(axis="y", length=0)
    axes.annotate("Jacobian", (1.4e2, 2.2), va="center", color="white")
    axes.annotate("product", (1.4e2, 1.8), va="center", color="white")
    axes.set(xlabel="numbers to store, for the gradient of the weights")


def softmax(figure):
    """The Jacobian of softmax for three probabilities: positive on the diagonal only."""
    axes = figure.add_subplot()
    J = SOLUTION["softmax_jacobian"](np.log([0.5, 0.3, 0.2]))
    ink = axes.xaxis.label.get_color()
    for (i, j), value in np.ndenumerate(J):
        colour = COLOURS[2] if value > 0 else COLOURS[1]
        axes.add_patch(Rectangle((j, i), 1, 1, facecolor=colour, alpha=0.15 + 2.4 * abs(value),
                                 edgecolor=ink, linewidth=0.6))  # fmt: skip
        axes.text(j + 0.5, i + 0.5, f"{value:.2f}", ha="center", va="center")
    axes.set(xlim=(0, 3), ylim=(3, 0), aspect="equal", xlabel="logit", ylabel="probability")
    axes.set_xticks((0.5, 1.5, 2.5), ("$z_1$", "$z_2$", "$z_3$"))
    axes.set_yticks((0.5, 1.5, 2.5), ("$p_1$", "$p_2$", "$p_3$"))
    axes.tick_params(length=0)


if __name__ == "__main__":
    save(shapes, HERE / "figures" / "shapes", size=(4.4, 4.9))
    save(cost, HERE / "figures" / "cost", size=(4.8, 2.6))
    save(softmax, HERE / "figures" / "softmax", size=(3.0, 2.8))
