"""Draws the figures of `init-norm`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
WIDTH, DEPTH = 100, 50


def relu(z):
    return np.maximum(z, 0)


def normal(variance):
    """Weights of that variance over D."""
    return lambda shape, rng: rng.normal(size=shape) * np.sqrt(variance / shape[1])


def signal(figure):
    """The mean square through fifty ReLU layers, for three variances and four networks each."""
    axes = figure.add_subplot()
    x = np.random.default_rng(0).normal(size=(100, WIDTH))
    for variance, name, colour, height in (
        (4, "4/D", COLOURS[1], 1e5),
        (2, "2/D", COLOURS[2], 30),
        (1, "1/D", COLOURS[0], 1e-7),
    ):
        for seed in range(4):
            rng = np.random.default_rng(seed)
            sizes = SOLUTION["forward_stats"](x, DEPTH, normal(variance), relu, rng)
            axes.plot(range(1, DEPTH + 1), sizes, color=colour, linewidth=1.2)
        axes.text(41, height, f"variance {name}", ha="center", color=axes.xaxis.label.get_color())
    axes.set_yscale("log")
    axes.set(xlabel="layer", ylabel="mean square of the signal")


def grid(figure):
    """Which numbers of (N, D) share one mean: a column for batch norm, a row for layer norm."""
    for place, (title, along) in enumerate((("batch norm", 1), ("layer norm", 0))):
        axes = figure.add_subplot(1, 2, place + 1)
        ink = axes.xaxis.label.get_color()
        for row, column in np.ndindex(4, 5):
            group = (row, column)[along]
            shade = COLOURS[0] if group == 1 else "none"
            edge = {"edgecolor": ink, "linewidth": 0.8, "facecolor": shade}
            axes.add_patch(_square(column, 3 - row, **edge))
        axes.set(xlim=(-0.6, 5.2), ylim=(-0.6, 4.2), aspect="equal", title=title)
        axes.axis("off")
        axes.text(2.5, -0.45, "D values", ha="center", va="center", fontsize=10)
        axes.text(-0.35, 2, "N examples", ha="center", va="center", rotation=90, fontsize=10)


def _square(x, y, **look):
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), 0.9, 0.9, **look)


if __name__ == "__main__":
    save(signal, HERE / "figures" / "signal", size=(4.9, 3.4))
    save(grid, HERE / "figures" / "grid", size=(4.9, 2.2))
