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
    """The readings, and the line after 0, 20, 1000 and 5000 steps, named at its left end."""
    axes = figure.add_subplot()
    ends = np.array([-24.0, 44.0])
    colours = (*COLOURS[:2], COLOURS[3], COLOURS[2])
    for colour, steps, lift in zip(colours, (0, 20, 1000, 5000), (9, 0, -4, 0), strict=True):
        w, b, _ = SOLUTION["fit"](CELSIUS, FAHRENHEIT, steps=steps)
        line = SOLUTION["predict"](w, b, ends)
        axes.plot(ends, line, color=colour, linestyle="-" if steps == 5000 else "--")
        axes.annotate(
            f"{steps} steps",
            (ends[0], line[0]),
            (-5, lift),
            textcoords="offset points",
            ha="right",
            va="center",
        )
    axes.plot(CELSIUS, FAHRENHEIT, "o", color=axes.xaxis.label.get_color(), markersize=7)
    axes.set(xlabel="degrees Celsius", ylabel="degrees Fahrenheit", xlim=(-49, 46))
    axes.set_xticks(range(-40, 41, 20))


def valley(figure):
    """The loss over w with b = 32, and four steps that jump across its minimum."""
    axes = figure.add_subplot()

    def loss(w):
        return SOLUTION["mse"](SOLUTION["predict"](w, 32.0, CELSIUS), FAHRENHEIT) / 1000

    across = np.linspace(-32, 35, 201)
    axes.plot(across, [loss(w) for w in across], color=COLOURS[0])
    w, learning_rate = 0.0, 0.003
    for _ in range(4):
        before = w
        w, _ = SOLUTION["step"](w, 32.0, CELSIUS, FAHRENHEIT, learning_rate)
        axes.annotate(
            "",
            (w, loss(w)),
            (before, loss(before)),
            arrowprops={"arrowstyle": "->", "color": COLOURS[1], "linewidth": 1.5},
        )
        side = -1 if w < before else 1
        axes.annotate(
            f"{w:.4g}",
            (w, loss(w)),
            (9 * side, -3),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            va="center",
        )
    axes.plot(1.8, 0, "o", color=COLOURS[2])
    axes.annotate("1.8", (1.8, 0), (0, -12), textcoords="offset points", ha="center")
    axes.set(xlabel="w", ylabel="loss, in thousands", xlim=(-40, 40), ylim=(-50, 560))


def rates(figure):
    """The loss at every step, for three learning rates."""
    axes = figure.add_subplot()
    rows = (
        (0.00002, COLOURS[0], 5000, (45, 2500), "0.00002: slow"),
        (0.001, COLOURS[2], 5000, (1.6, 180), "0.001: about right"),
        (0.0021, COLOURS[1], 45, (1, 100000), "0.0021: diverges"),
    )
    for lr, colour, steps, place, label in rows:
        losses = SOLUTION["fit"](CELSIUS, FAHRENHEIT, lr=lr, steps=steps)[2]
        axes.plot(range(1, steps + 1), losses, color=colour)
        axes.annotate(label, place, color=colour)
    axes.set(xlabel="step", ylabel="loss", xscale="log", yscale="log", ylim=(1e-4, 1e6))


if __name__ == "__main__":
    save(learning, HERE / "figures" / "learning", size=(4.8, 3.3))
    save(valley, HERE / "figures" / "valley", size=(4.8, 3.3))
    save(rates, HERE / "figures" / "rates", size=(4.8, 3.3))
