"""Draws the figures of `forward`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

# The lesson's network: how far is it from 20 degrees? Two hidden numbers, one output.
PARAMS = [
    (np.array([[1.0], [-1.0]]), np.array([-20.0, 20.0])),
    (np.array([[1.0, 1.0]]), np.array([0.0])),
]


def activations(figure):
    """Left: two outputs of ReLU. Right: their sum, a V; without ReLU it is a flat line."""
    c = np.linspace(0, 40, 81)[:, None]
    out, cache = SOLUTION["mlp_forward"](c, PARAMS, SOLUTION["relu"])
    linear, _ = SOLUTION["mlp_forward"](c, PARAMS, lambda z: z)
    left, right = figure.subplots(1, 2, sharey=True)
    h = cache[1][0]
    left.plot(c, h[:, 1], color=COLOURS[0])
    left.plot(c, h[:, 0], color=COLOURS[1], linestyle="--")
    left.annotate("$h_2$", (4, 17), color=COLOURS[0], fontsize=13)
    left.annotate("$h_1$", (31.5, 17), color=COLOURS[1], fontsize=13)
    left.set_title("two bent lines", fontsize=11)
    right.plot(c, out, color=COLOURS[2])
    right.plot(c, linear, color=right.xaxis.label.get_color(), linestyle=":")
    right.annotate("without activation", (0.5, 0.7), fontsize=9)
    right.set_title("their sum", fontsize=11)
    for axes in (left, right):
        axes.set(xlabel="degrees Celsius", ylim=(-1.5, 21))
        axes.set_xticks((0, 20, 40))
        axes.set_yticks((0, 10, 20))


def vanishing(figure):
    """The gradient of two losses with respect to one logit, when the label is 1."""
    axes = figure.add_subplot()
    z = np.linspace(-8, 4, 121)
    p = SOLUTION["sigmoid"](z)
    ink = axes.xaxis.label.get_color()
    rows = (
        (1 - p, COLOURS[2], "-", "cross-entropy", (-7.9, 0.9)),
        (2 * (1 - p) * p * (1 - p), COLOURS[1], "--", "squared error of p", (-7.9, 0.17)),
    )
    for gradient, colour, style, name, position in rows:
        axes.plot(z, gradient, color=colour, linestyle=style)
        axes.annotate(name, position)
    axes.axvline(0, color=ink, linewidth=0.8, alpha=0.4)
    axes.set(xlabel="score of the right answer", ylabel="pull towards it", ylim=(-0.04, 1.06))
    axes.set_xticks((-8, -4, 0, 4))
    axes.set_yticks((0, 0.5, 1))


if __name__ == "__main__":
    save(activations, HERE / "figures" / "bends", size=(4.9, 2.6))
    save(vanishing, HERE / "figures" / "fading", size=(4.8, 2.9))
