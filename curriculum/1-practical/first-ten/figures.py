"""Draws the figures of `first-ten`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

CELSIUS = np.array([-20.0, -10.0, 0.0, 10.0, 20.0, 30.0, 40.0])
FAHRENHEIT = 1.8 * CELSIUS + 32


def learning(figure):
    """The readings, and the line after 0, 2, 6 and 100 steps, named at its left end."""
    axes = figure.add_subplot()
    ends = np.array([-24.0, 44.0])
    for colour, steps in zip((*COLOURS[:2], COLOURS[3], COLOURS[2]), (0, 2, 6, 100), strict=True):
        w, b, _ = SOLUTION["fit"](CELSIUS / 10, FAHRENHEIT, lr=0.1, steps=steps)
        line = SOLUTION["predict"](w, b, ends / 10)
        axes.plot(ends, line, color=colour, linestyle="-" if steps == 100 else "--")
        axes.annotate(
            f"{steps} steps",
            (ends[0], line[0]),
            (-5, 0),
            textcoords="offset points",
            ha="right",
            va="center",
        )
    axes.plot(CELSIUS, FAHRENHEIT, "o", color=axes.xaxis.label.get_color(), markersize=7)
    axes.set(xlabel="degrees Celsius", ylabel="degrees Fahrenheit", xlim=(-47, 46))
    axes.set_xticks(range(-40, 41, 20))


def rates(figure):
    """The loss over twenty steps, for three learning rates."""
    axes = figure.add_subplot()
    rows = (
        (0.00002, COLOURS[0], "o", "0.00002\ntoo small"),
        (0.001, COLOURS[2], "s", "0.001\nfalls, levels off"),
        (0.0021, COLOURS[1], "^", "0.0021\ntoo large"),
    )
    for lr, colour, marker, label in rows:
        losses = SOLUTION["fit"](CELSIUS, FAHRENHEIT, lr=lr, steps=21)[2]
        axes.plot(losses, color=colour, marker=marker, markersize=4)
        axes.annotate(label, (20, losses[-1]), (7, 0), textcoords="offset points", va="center")
    axes.set_yscale("log")
    axes.set(xlabel="step", ylabel="loss", xlim=(-0.5, 31), ylim=(400, 3e5))
    axes.set_xticks(range(0, 21, 5))


if __name__ == "__main__":
    save(learning, HERE / "figures" / "learning", size=(4.8, 3.3))
    save(rates, HERE / "figures" / "rates", size=(4.8, 3.3))
