"""Draws the figures of `vectors`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np
from matplotlib.patches import Rectangle

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

READINGS = np.array([[0.0, 1.0], [10.0, 1.0], [20.0, 1.0]])  # Celsius and a 1, (3, 2)
UNITS = np.array([[1.8, 1.0], [32.0, 273.15]])  # to Fahrenheit and to Kelvin, (2, 2)


def readings(figure):
    """The product of the lesson twice: one entry from row and column, one column from columns."""
    top, bottom = figure.subplots(2, 1)
    _product(top, "one entry: a row times a column", row=2, column=0)
    _product(bottom, "one column: a combination of columns", row=None, column=0)


def _product(axes, title, row, column):
    axes.set(xlim=(-0.1, 13.3), ylim=(-0.5, 4.1), aspect="equal")
    axes.axis("off")
    axes.text(0, 3.65, title, ha="left", va="center")
    result = SOLUTION["matmul_loops"](READINGS, UNITS)
    _table(axes, 0, 0, READINGS, lambda i, j: _shade(row in (None, i), j))
    _table(axes, 4.9, 0.5, UNITS, lambda i, j: _shade(j == column, i))
    _table(axes, 9.4, 0, result, lambda i, j: (COLOURS[2], j == column and row in (None, i)))
    axes.text(4.3, 1.5, "@", ha="center", va="center")
    axes.text(9.0, 1.5, "=", ha="center", va="center")


def _shade(wanted, inner):
    """The first inner index has one colour, the second another."""
    return COLOURS[inner], wanted


def _table(axes, left, low, numbers, shade, width=1.85):
    rows, _ = numbers.shape
    for (i, j), number in np.ndenumerate(numbers):
        colour, filled = shade(i, j)
        corner = (left + j * width, low + rows - 1 - i)
        ink = axes.xaxis.label.get_color()
        axes.add_patch(Rectangle(corner, width, 1, facecolor=colour if filled else "none",
                                 alpha=0.4, linewidth=0))  # fmt: skip
        axes.add_patch(Rectangle(corner, width, 1, fill=False, edgecolor=ink, linewidth=0.8))
        middle = (corner[0] + width / 2, corner[1] + 0.47)
        axes.text(*middle, f"{number:g}", ha="center", va="center", fontsize=10)


def projection(figure):
    """A vector, a line, the projection on it, and the residual at a right angle."""
    axes = figure.add_subplot()
    v, U = np.array([2.0, 3.0]), np.array([[4.0], [2.0]])
    foot = SOLUTION["project"](v, U)
    axes.set(xlim=(-0.5, 5.6), ylim=(-0.5, 3.5), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    axes.plot([-0.5, 5.5], [-0.25, 2.75], color=ink, linewidth=1, alpha=0.5)
    axes.plot(*zip(v, foot, strict=True), "--", color=ink, linewidth=1.5)
    for tip, colour in ((U[:, 0], ink), (v, COLOURS[0]), (foot, COLOURS[1])):
        style = {"arrowstyle": "-|>", "color": colour, "linewidth": 2.4, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", tip, (0, 0), arrowprops=style)
    along, across = U[:, 0] / np.linalg.norm(U), (v - foot) / np.linalg.norm(v - foot)
    corner = foot + 0.22 * np.array([across, across - along, -along])
    axes.plot(*corner.T, color=ink, linewidth=1)
    axes.text(0.72, 1.75, "$v$ = (2, 3)", ha="right", va="center")
    axes.text(4.05, 1.75, "$u$ = (4, 2)", ha="left", va="center")
    axes.text(2.35, 2.5, "residual (-0.8, 1.6)", ha="left", va="center")
    axes.text(1.85, 0.42, "projection (2.8, 1.4)", ha="left", va="center")


if __name__ == "__main__":
    save(readings, HERE / "figures" / "readings", size=(4.8, 4.0))
    save(projection, HERE / "figures" / "projection", size=(4.6, 3.1))
