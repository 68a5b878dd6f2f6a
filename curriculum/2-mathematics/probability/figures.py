"""Draws the figures of `probability`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

RUNS = 4  # running means in each half of the second figure
DRAWS = 10_000


def positives(figure):
    """Of 10,000 people 10 are ill. A test that errs once in 100 finds these 110 positive."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.8, 21.8), ylim=(-1.6, 4.8), aspect="equal")
    axes.axis("off")
    person = np.arange(110)
    x, y = person // 5, 4 - person % 5
    ill = person < 10
    axes.scatter(x[ill], y[ill], s=70, color=COLOURS[1], marker="s")
    ink = axes.xaxis.label.get_color()
    axes.scatter(x[~ill], y[~ill], s=62, facecolor="none", edgecolor=ink, linewidth=0.9)
    axes.text(-0.4, -1.1, "10 ill", ha="left", va="center")
    axes.text(21.4, -1.1, "100 healthy, and positive all the same", ha="right", va="center")


def settle(figure):
    """Running means: those of waiting times converge in a funnel, those of Cauchy's jump."""
    rng = np.random.default_rng(4)
    n = np.unique(np.geomspace(10, DRAWS, 400).astype(int))
    above, below = figure.subplots(2, 1, sharex=True)
    kinds = (
        (above, "waiting times", lambda u: -np.log1p(-u), COLOURS[2], 1.0),
        (below, "Cauchy", lambda u: np.tan(np.pi * (u - 0.5)), COLOURS[1], 0.0),
    )
    for axes, name, cdf_inv, colour, middle in kinds:
        axes.axhline(middle, color=axes.xaxis.label.get_color(), linewidth=0.8)
        for _ in range(RUNS):
            draws = SOLUTION["inverse_sample"](cdf_inv, DRAWS, rng)
            axes.plot(n, np.cumsum(draws)[n - 1] / n, color=colour, linewidth=1.1, alpha=0.8)
        axes.set(ylabel="average so far", xscale="log", xlim=(10, DRAWS))
        axes.set_title(name, loc="left", fontsize=11)
    ink = above.xaxis.label.get_color()
    for side in (-1, 1):
        above.plot(n, 1 + side * 1.96 / np.sqrt(n), color=ink, linestyle="--", linewidth=1.3)
    above.set_ylim(0.4, 1.6)
    below.set_ylim(-5, 5)
    below.set_xlabel("number of draws")


if __name__ == "__main__":
    save(positives, HERE / "figures" / "positives", size=(4.9, 1.6))
    save(settle, HERE / "figures" / "settle", size=(4.8, 4.0))
