"""Draws the figures of `forward`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

# The lesson's network: how far is it from 20 degrees? Two hidden units, one output.
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
    left.set_title("two hidden units", fontsize=11)
    right.plot(c, out, color=COLOURS[2])
    right.plot(c, linear, color=right.xaxis.label.get_color(), linestyle=":")
    right.annotate("without activation", (3, -2.2), fontsize=9)
    right.set_title("their sum", fontsize=11)
    for axes in (left, right):
        axes.set(xlabel="degrees Celsius", ylim=(-2.8, 21))
        axes.set_xticks((0, 20, 40))
        axes.set_yticks((0, 10, 20))


def vanishing(figure):
    """The derivative of two losses with respect to one logit, when the label is 1."""
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
    axes.set(xlabel="logit", ylabel="size of the derivative", ylim=(-0.04, 1.06))
    axes.set_xticks((-8, -4, 0, 4))
    axes.set_yticks((0, 0.5, 1))


def layers(figure):
    """The lesson's network for 35 degrees, drawn as circles with values, weights and biases."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.6, 4.6), ylim=(-1.7, 1.75), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    (W1, b1), (W2, b2) = PARAMS
    out, cache = SOLUTION["mlp_forward"](np.array([[35.0]]), PARAMS, SOLUTION["relu"])
    units = [
        (0, 0.0, 35.0, None),
        *((2, height, cache[1][0][0, unit], b1[unit]) for unit, height in enumerate((0.8, -0.8))),
        (4, 0.0, out[0, 0], b2[0]),
    ]
    for unit, height in enumerate((0.8, -0.8)):
        for start, end, weight in ((0, 2, W1[unit, 0]), (4, 2, W2[0, unit])):
            part = np.array([0.17, 0.83])  # from the edge of one circle to that of the other
            axes.plot(start + part * (end - start), part * height, color=COLOURS[0], linewidth=1.4)
            middle = (start + end) / 2, height / 2 + (0.17 if height > 0 else -0.17)
            axes.text(*middle, f"{weight:g}", ha="center", va="center", fontsize=10)
    for x, y, value, bias in units:
        axes.add_patch(_circle(x, y, ink))
        axes.text(x, y, f"{value:g}", ha="center", va="center", fontsize=12)
        if bias is not None:
            small = {"color": COLOURS[1], "fontsize": 10, "ha": "center", "va": "center"}
            axes.text(x, y - 0.55, f"{bias:+g}", **small)
    for x, name in ((0, "input $c$"), (2, "hidden $h$"), (4, "output")):
        axes.text(x, 1.5, name, ha="center", va="center", fontsize=10)


def _circle(x, y, ink):
    from matplotlib.patches import Circle

    return Circle((x, y), 0.36, fill=False, edgecolor=ink, linewidth=1.2)


if __name__ == "__main__":
    save(layers, HERE / "figures" / "layers", size=(4.6, 3.0))
    save(activations, HERE / "figures" / "vee", size=(4.9, 2.6))
    save(vanishing, HERE / "figures" / "fading", size=(4.8, 2.9))
