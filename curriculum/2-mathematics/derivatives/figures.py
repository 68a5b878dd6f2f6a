"""Draws the figures of `derivatives`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))


def nudges(figure):
    """The error of a numeric slope against the nudge, from one side and from both."""
    axes = figure.add_subplot()
    h = 10.0 ** np.arange(-12, -0.9, 0.5)
    x = np.linspace(0.5, 1.5, 50)
    one_side = [np.max(np.abs((np.exp(x + each) - np.exp(x)) / each - np.exp(x))) for each in h]
    both = [np.max(np.abs(SOLUTION["central_diff"](np.exp, x, each) - np.exp(x))) for each in h]
    axes.loglog(h, one_side, color=COLOURS[1], marker="s", markersize=4)
    axes.loglog(h, both, color=COLOURS[2], marker="o", markersize=4)
    axes.annotate("one side", (2e-6, 1e-3), ha="center")
    axes.annotate("both sides", (1.2e-3, 6e-10), ha="left")
    axes.annotate("rounding", (1e-12, 4e-7), ha="left", fontsize=10)
    axes.annotate("curvature", (0.25, 1e-5), ha="right", fontsize=10)
    axes.set(xlabel="distance h", ylabel="largest error", ylim=(1e-11, 3))
    axes.set_xticks([1e-12, 1e-9, 1e-6, 1e-3])


def fork(figure):
    """x feeds a = x**2 and b = 3x, which are multiplied: values in nodes, derivatives on arrows."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.7, 7.2), ylim=(-1.9, 1.9))
    axes.axis("off")
    nodes = {"$x=2$": (0, 0), "$a=x^2=4$": (3, 1.2), "$b=3x=6$": (3, -1.2), "$y=ab=24$": (6.1, 0)}
    for label, position in nodes.items():
        ink = axes.xaxis.label.get_color()
        box = {"boxstyle": "round,pad=0.4", "facecolor": "none", "edgecolor": ink}
        axes.text(*position, label, ha="center", va="center", bbox=box, fontsize=12)
    upper, lower = COLOURS[0], COLOURS[1]
    _arrow(axes, (0.55, 0.3), (1.95, 1.0), upper)
    _arrow(axes, (4.05, 1.0), (5.5, 0.4), upper)
    _arrow(axes, (0.55, -0.3), (2.05, -1.0), lower)
    _arrow(axes, (3.95, -1.0), (5.5, -0.4), lower)
    axes.text(0.95, 0.95, "$2x=4$", ha="right", va="center")
    axes.text(5.0, 0.98, "$b=6$", ha="left", va="center")
    axes.text(0.95, -0.95, "$3$", ha="right", va="center")
    axes.text(5.0, -0.98, "$a=4$", ha="left", va="center")
    axes.text(3.0, 0.25, "upper path 4 · 6 = 24", ha="center", va="center")
    axes.text(3.0, -0.25, "lower path 3 · 4 = 12", ha="center", va="center")


def _arrow(axes, start, end, colour):
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.8}
    axes.annotate("", end, start, arrowprops=style)


if __name__ == "__main__":
    save(nudges, HERE / "figures" / "nudges", size=(4.8, 3.3))
    save(fork, HERE / "figures" / "fork", size=(4.8, 2.5))
