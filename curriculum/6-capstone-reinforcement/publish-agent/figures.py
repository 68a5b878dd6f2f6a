"""Draws the figure of `publish-agent`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
GREY = "#8a94a3"


def outlook(figure):
    """Curves that are a power law and curves with a floor, each extrapolated tenfold."""
    steps = np.array([5e3, 7e3, 1e4, 1.5e4, 2e4, 3e4, 4e4, 5e4])
    rng = np.random.default_rng(0)
    noise = np.exp(rng.normal(0, 0.03, size=(5, 8)) + rng.normal(0, 0.12, size=(5, 1)))
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, floor, title in ((left, 0.0, "a power law"), (right, 1.0, "with a floor")):
        curves = (100 * steps**-0.4 + floor) * noise
        axes.plot(steps, curves.T, "o", color=COLOURS[0], markersize=3)
        ahead = np.geomspace(5e3, 5e5, 15)
        found = [
            SOLUTION["extrapolate"](steps, curves, at, np.random.default_rng(0), 400)
            for at in ahead
        ]
        gap, low, high = np.array(found).T
        axes.fill_between(ahead, low, high, color=COLOURS[0], alpha=0.25, linewidth=0)
        axes.plot(ahead, gap, color=COLOURS[0], linewidth=1.2)
        axes.plot(5e5, 100 * 5e5**-0.4 + floor, "X", color=COLOURS[1], markersize=9)
        axes.axvline(5e4, color=GREY, linestyle=":", linewidth=1)
        axes.set(xscale="log", yscale="log", xlabel="steps", ylim=(0.35, 6))
        axes.set_title(title, fontsize=10)
        axes.set_yticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
        axes.minorticks_off()
    left.set_ylabel("gap")


if __name__ == "__main__":
    save(outlook, HERE / "figures" / "outlook", size=(4.8, 2.9))
