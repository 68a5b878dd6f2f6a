"""Draws the figures of `backprop`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.datasets import digits
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

# The lesson's chain of numbers: x = 2, w = 1, b = 1, v = 2, t = 5.
STEPS = (
    # name, value in the forward pass, gradient in the backward pass
    ("x", "2", ""),
    ("z", "3", "4"),
    ("h", "3", "4"),
    ("o", "6", "2"),
    ("L", "1", "1"),
)
FORWARD = ("$wx+b$", "relu", "$v\\,h$", "$(o-t)^2$")
BACKWARD = ("", "$\\cdot\\,1$", "$\\cdot\\,v$", "$\\cdot\\,2(o-t)$")
PARAMETERS = (
    # name, value, gradient, horizontal place: before the step that uses it
    ("w", "1", "8", 0.6),
    ("b", "1", "4", 1.4),
    ("v", "2", "6", 5.0),
)


def chain(figure):
    """Five boxes in a row: values above, going right; gradients of the loss below, going left."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.5, 8.5), ylim=(-1.75, 2.9))
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    for place, (name, value, gradient) in enumerate(STEPS):
        box = {"boxstyle": "round,pad=0.35", "facecolor": "none", "edgecolor": ink}
        axes.text(2 * place, 0, f"${name}$", ha="center", va="center", bbox=box, fontsize=13)
        axes.text(2 * place, 0.72, value, ha="center", va="center", fontsize=13)
        axes.text(2 * place, -0.72, gradient, ha="center", va="center", fontsize=13, weight="bold")
    for place, (there, back) in enumerate(zip(FORWARD, BACKWARD, strict=True)):
        left, right = 2 * place + 0.45, 2 * place + 1.55
        _arrow(axes, left, right, 0.72, COLOURS[0])
        axes.text(2 * place + 1, 1.2, there, ha="center", va="center", fontsize=10)
        if back:
            _arrow(axes, right, left, -0.72, COLOURS[1])
            axes.text(2 * place + 1, -1.2, back, ha="center", va="center", fontsize=10)
    for name, value, gradient, place in PARAMETERS:
        axes.text(place, 2.5, f"${name}={value}$", ha="center", va="center", fontsize=10)
        bold = {"color": COLOURS[1], "weight": "bold", "fontsize": 11}
        axes.text(place, 1.95, gradient, ha="center", va="center", **bold)
        style = {"arrowstyle": "-", "color": ink, "linewidth": 0.8}
        axes.annotate("", (place, 1.45), (place, 1.72), arrowprops=style)
    axes.text(6.3, 2.5, "forward: values", ha="left", va="center", fontsize=10)
    axes.text(8.4, -1.65, "backward: gradients of the loss", ha="right", va="center", fontsize=10)


def _arrow(axes, start, end, height, colour):
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.8}
    axes.annotate("", (end, height), (start, height), arrowprops=style)


# The network of the lesson, column by column: (value, gradient) of each number.
WEIGHTS = (((1, 1), (1, -1)), ((2, 1), (0, 3)))
COLUMNS = (
    ("inputs $x$", (("1", ""), ("2", ""))),
    ("hidden $h$", (("3", "-1"), ("0", "1"))),
    ("logits", (("0", "-0.5"), ("0", "0.5"))),
)


def network(figure):
    """Three columns of circles with the values inside and the gradients of the loss below."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.6, 4.6), ylim=(-1.75, 1.75), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    rows = (0.75, -0.75)
    for left in range(2):
        for input_index, start in enumerate(rows):
            for output_index, end in enumerate(rows):
                blocked = (left == 0 and end < 0) or (left == 1 and start < 0)
                style = {"linestyle": ":" if blocked else "-", "color": COLOURS[0]}
                ends = [2 * left + 0.33, 2 * left + 1.67], [start, end]
                axes.plot(*ends, linewidth=1.4, zorder=0, **style)
                weight = f"{WEIGHTS[left][output_index][input_index]}"
                beside = 2 * left + 0.66, start + 0.25 * (end - start) + 0.14
                axes.text(*beside, weight, ha="center", va="center", fontsize=9)
    for column, (name, numbers) in enumerate(COLUMNS):
        axes.text(2 * column, 1.5, name, ha="center", va="center", fontsize=10)
        for height, (value, gradient) in zip(rows, numbers, strict=True):
            crossed = column == 1 and height < 0
            axes.add_patch(_circle(2 * column, height, ink, dashed=crossed))
            axes.text(2 * column, height, value, ha="center", va="center", fontsize=13)
            bold = {"color": COLOURS[1], "weight": "bold", "fontsize": 10}
            axes.text(2 * column, height - 0.5, gradient, ha="center", va="center", **bold)
            if crossed:
                slash = [2 * column - 0.23, 2 * column + 0.23], [height - 0.23, height + 0.23]
                axes.plot(*slash, color=ink, linewidth=1.2)


def _circle(x, y, ink, dashed):
    from matplotlib.patches import Circle

    return Circle((x, y), 0.33, fill=False, edgecolor=ink, linestyle="--" if dashed else "-")


def sizes_by_layer(act, variance, depth=10, width=64):
    """The norm of the gradient with respect to each layer's output, in an untrained network.

    variance: of the initial weights, times the number of a layer's inputs.
    """
    images, y = digits()
    rng = np.random.default_rng(0)
    params = SOLUTION["init_mlp"]((64, *[width] * (depth - 1), 10), rng)  # its variance is 2 / D
    params = [(np.sqrt(variance / 2) * W, b) for W, b in params]
    x = images[:200].reshape(200, 64).astype(float)
    logits, cache = SOLUTION["mlp_forward"](x, params, act)
    g, sizes = SOLUTION["ce_backward"](logits, y[:200]), []
    for name, saved in reversed(cache[:-1]):
        if name == "linear":
            sizes.append(np.linalg.norm(g))
            g = SOLUTION["linear_backward"](g, saved)[0]
        else:
            g = SOLUTION[f"{act}_backward"](g, saved)
    return sizes[::-1]


def vanishing(figure):
    """How large the gradients are in each of ten layers: sigmoid against ReLU."""
    axes = figure.add_subplot()
    layers = np.arange(1, 11)
    for act, variance, marker, name, colour in (
        ("relu", 2, "o", "ReLU, variance 2/D", COLOURS[2]),
        ("relu", 1, "^", "ReLU, variance 1/D", COLOURS[0]),
        ("sigmoid", 1, "s", "sigmoid, variance 1/D", COLOURS[1]),
    ):
        sizes = sizes_by_layer(act, variance)
        axes.plot(layers, sizes, color=colour, marker=marker, markersize=5, label=name)
    axes.set_yscale("log")
    axes.legend(loc="lower right")
    axes.set(xlabel="layer (10 is next to the loss)", ylabel="norm of the gradient")
    axes.set_xticks(range(1, 11))


if __name__ == "__main__":
    save(chain, HERE / "figures" / "chain", size=(4.9, 2.9))
    save(network, HERE / "figures" / "network", size=(4.6, 3.1))
    save(vanishing, HERE / "figures" / "vanishing", size=(4.8, 3.3))
