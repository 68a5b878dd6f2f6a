"""Draws the figures of `descent`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

CURVATURES = np.array([1.0, 25.0])  # of the long valley


def brackets(figure):
    """Five steps on x**2 from x = 4, with three learning rates."""
    colours = (COLOURS[0], COLOURS[2], COLOURS[1])
    for axes, lr, colour in zip(figure.subplots(1, 3), (0.1, 0.9, 1.1), colours, strict=True):
        x = np.linspace(-11, 11, 101)
        path = SOLUTION["descend"](lambda x: 2 * x, 4.0, lr, 5)
        ink = axes.xaxis.label.get_color()
        axes.plot(x, x**2, color=ink, linewidth=1, alpha=0.5)
        axes.plot(path, path**2, color=colour, marker="o", markersize=4, linewidth=1.5)
        axes.plot(4, 16, "o", color=ink, markersize=6)
        reach = 5.5 if lr < 1 else 10.5
        axes.set(title=f"step {lr}", xlim=(-reach, reach), ylim=(-0.06 * reach**2, reach**2))
        axes.set_xticks([-4, 0, 4])
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)


def valley(figure):
    """Forty steps on the long valley, one learning rate just below the limit and one just above."""
    for axes, lr, colour in zip(
        figure.subplots(2, 1, sharex=True), (0.079, 0.081), (COLOURS[2], COLOURS[1]), strict=True
    ):
        x, y = np.meshgrid(np.linspace(-1, 11, 200), np.linspace(-2.6, 2.6, 100))
        height = 0.5 * (CURVATURES[0] * x**2 + CURVATURES[1] * y**2)
        ink = axes.xaxis.label.get_color()
        axes.contour(x, y, height, levels=[2, 10, 25, 50, 80], colors=ink, alpha=0.3, linewidths=1)
        path = SOLUTION["descend"](lambda p: CURVATURES * p, np.array([10.0, 1.0]), lr, 40)
        axes.plot(*path.T, color=colour, marker="o", markersize=2.5, linewidth=1.2)
        axes.plot(10, 1, "o", color=ink, markersize=6)
        axes.annotate(f"step {lr}", (8.85, 2.05))
        axes.set_yticks([-2, 0, 2])
        axes.set(ylabel="y")
    axes.set(xlabel="x")


if __name__ == "__main__":
    save(brackets, HERE / "figures" / "brackets", size=(4.8, 2.3))
    save(valley, HERE / "figures" / "valley", size=(4.8, 3.9))
