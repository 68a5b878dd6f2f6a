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
        axes.set(title=f"rate {lr}", xlim=(-reach, reach), ylim=(-0.06 * reach**2, reach**2))
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
        axes.annotate(f"rate {lr}", (8.85, 2.05))
        axes.set_yticks([-2, 0, 2])
        axes.set(ylabel="y")
    axes.set(xlabel="x")


def armijo(figure):
    """The line search on x**2 from x = 4 with c = 0.1: t = 1 is rejected, t = 0.5 accepted."""
    axes = figure.add_subplot()
    slope, fraction = -64.0, 0.1
    t = np.linspace(0, 1.1, 111)
    ink = axes.xaxis.label.get_color()
    axes.plot(t, (4 - 8 * t) ** 2, color=COLOURS[0])
    axes.plot(t, 16 + fraction * slope * t, color=ink, linewidth=1.2)
    axes.plot(t[:26], 16 + slope * t[:26], color=ink, linewidth=1.2, linestyle="--")
    axes.plot(1, 16, "o", color=COLOURS[1])
    axes.plot(0.5, 0, "o", color=COLOURS[2])
    axes.annotate("t = 1: rejected", (0.96, 16.3), ha="right", color=COLOURS[1])
    axes.annotate("t = 0.5: accepted", (0.55, -0.9), va="center", color=COLOURS[2])
    axes.annotate("tangent", (0.185, 3), ha="right")
    axes.annotate("limit of the condition", (0.3, 14.7))
    axes.set(xlabel="t", ylabel="f", xlim=(0, 1.1), ylim=(-2, 20), xticks=(0, 0.5, 1))


def kinds(figure):
    """Contour lines and the direction of descent around the three kinds of stationary point."""
    x, y = np.meshgrid(np.linspace(-1, 1, 81), np.linspace(-1, 1, 81))
    rows = ((1, 1, "min", COLOURS[2]), (-1, -1, "max", COLOURS[1]), (1, -1, "saddle", COLOURS[0]))
    for axes, (a, b, name, colour) in zip(figure.subplots(1, 3), rows, strict=True):
        ink = axes.xaxis.label.get_color()
        levels = np.linspace(-0.9, 0.9, 10)
        axes.contour(x, y, 0.5 * (a * x**2 + b * y**2), levels=levels, colors=ink,
                     alpha=0.35, linewidths=1, linestyles="solid")  # fmt: skip
        for at in np.array([(0.7, 0), (-0.7, 0), (0, 0.7), (0, -0.7)]):
            step = -0.45 * np.array([a, b]) * at / 0.7
            start = at if step @ at < 0 else at / 2
            axes.annotate("", start + step, start,
                          arrowprops={"arrowstyle": "->", "color": colour, "lw": 2})  # fmt: skip
        axes.plot(0, 0, "o", color=ink, markersize=4)
        assert SOLUTION["kind"](np.diag([float(a), float(b)])) == name
        axes.set(title=name, xlim=(-1, 1), ylim=(-1, 1), aspect="equal", xticks=(), yticks=())


if __name__ == "__main__":
    save(brackets, HERE / "figures" / "brackets", size=(4.8, 2.3))
    save(valley, HERE / "figures" / "valley", size=(4.8, 3.9))
    save(armijo, HERE / "figures" / "armijo", size=(4.8, 3.0))
    save(kinds, HERE / "figures" / "kinds", size=(4.8, 1.9))
