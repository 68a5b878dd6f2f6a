"""Draws the figures of `floats`, with the worked solution: run `python figures.py`."""

import runpy
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))


def grid(figure):
    """All floats from 1 to 8 of a small format, with two binary digits after the leading one."""
    axes = figure.add_subplot()
    axes.set(xlim=(0.75, 8.4), ylim=(-0.75, 1.1))
    axes.axis("off")
    axes.plot([1, 8], [0, 0], color=axes.xaxis.label.get_color(), linewidth=0.8)
    for power, colour in zip(range(3), COLOURS, strict=False):
        low = 2.0**power
        floats = low * (1 + np.arange(4) / 4)
        axes.vlines(floats, 0, 0.45, color=colour, linewidth=2.2)
        axes.text(1.5 * low, 0.78, f"gap {low / 4:g}", ha="center", va="center")
        axes.text(low, -0.4, f"{low:g}", ha="center", va="center")
    axes.vlines(8, 0, 0.45, color=COLOURS[3], linewidth=2.2)
    axes.text(8, -0.4, "8", ha="center", va="center")


def exact(x):
    """log(1 - exp(x)) with 400 digits, rounded to a float at the end."""
    with localcontext() as context:
        context.prec = 400
        return float((1 - Decimal(float(x)).exp()).ln())


def three_formulas(figure):
    """Relative errors of log(1 - exp(x)) as it is written, and in two parts."""
    x = -np.geomspace(1e-14, 60, 160)
    true = np.array([exact(each) for each in x])
    axes = figure.add_subplot()
    with np.errstate(divide="ignore"):
        naive = np.log(1 - np.exp(x))
    for name, found, colour in (
        ("naive", naive, COLOURS[1]),
        ("in two parts", SOLUTION["log1mexp"](x), COLOURS[2]),
    ):
        error = np.maximum(np.abs(found / true - 1), 1e-17)
        axes.plot(-x, error, color=colour, label=name, linewidth=1.4)
    axes.set(xscale="log", yscale="log", ylim=(3e-18, 30), xlabel="-x", ylabel="relative error")
    axes.axvline(np.log(2), color=axes.xaxis.label.get_color(), linestyle="--", linewidth=0.9)
    axes.legend(loc="upper center")


def parallel(figure):
    """Two equations whose lines are nearly parallel, before and after a change of one of them."""
    axes = figure.add_subplot()
    ink = axes.xaxis.label.get_color()
    x1 = np.array([-0.6, 2.6])
    axes.plot(x1, 2 - x1, color=ink, linewidth=1.2)
    for right, style, solution in ((2.1, "-", (1, 1)), (2.2, "--", (0, 2))):
        axes.plot(x1, (right - x1) / 1.1, color=COLOURS[1], linestyle=style, linewidth=1.4)
        axes.plot(*solution, "o", color=COLOURS[0], markersize=8, zorder=3)
        axes.text(solution[0] + 0.12, solution[1] + 0.12, f"({solution[0]}, {solution[1]})")
    axes.set(xlabel="$x_1$", ylabel="$x_2$", xticks=[0, 1, 2], yticks=[0, 1, 2], aspect="equal")


if __name__ == "__main__":
    save(grid, HERE / "figures" / "grid", size=(5.2, 1.3))
    save(three_formulas, HERE / "figures" / "log1mexp", size=(5.2, 3.2))
    save(parallel, HERE / "figures" / "parallel", size=(4.0, 3.6))
