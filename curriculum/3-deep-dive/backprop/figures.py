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
    ("s", "6", "2"),
    ("L", "1", "1"),
)
FORWARD = ("$wx+b$", "relu", "$v\\,h$", "$(s-t)^2$")
BACKWARD = ("", "$\\cdot\\,1$", "$\\cdot\\,v$", "$\\cdot\\,2(s-t)$")


def chain(figure):
    """Five boxes in a row: values above, going right; gradients of the loss below, going left."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.5, 8.5), ylim=(-1.75, 1.75))
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
    axes.text(-0.4, 1.65, "forward: values", ha="left", va="center", fontsize=10)
    axes.text(8.4, -1.65, "backward: gradients of the loss", ha="right", va="center", fontsize=10)


def _arrow(axes, start, end, height, colour):
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.8}
    axes.annotate("", (end, height), (start, height), arrowprops=style)


# The network of the lesson, column by column: (value, gradient) of each number.
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
        for start in rows:
            for end in rows:
                blocked = (left == 0 and end < 0) or (left == 1 and start < 0)
                style = {"linestyle": ":" if blocked else "-", "color": COLOURS[0]}
                ends = [2 * left + 0.33, 2 * left + 1.67], [start, end]
                axes.plot(*ends, linewidth=1.4, zorder=0, **style)
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


def sizes_by_layer(act, depth=10, width=64):
    """The norm of the weights' gradient in each layer of an untrained network, in order."""
    images, y = digits()
    rng = np.random.default_rng(0)
    params = SOLUTION["init_mlp"]((64, *[width] * (depth - 1), 10), rng)
    _, cache = SOLUTION["mlp_forward"](images[:200].reshape(200, 64).astype(float), params, act)
    return [np.linalg.norm(gW) for gW, _ in SOLUTION["mlp_backward"](cache, y[:200])]


def vanishing(figure):
    """How large the gradients are in each of ten layers: sigmoid against ReLU."""
    axes = figure.add_subplot()
    layers = np.arange(1, 11)
    for act, marker, name, below, colour in (
        ("relu", "o", "ReLU", 20, COLOURS[2]),
        ("sigmoid", "s", "sigmoid", 5, COLOURS[1]),
    ):
        sizes = sizes_by_layer(act)
        axes.plot(layers, sizes, color=colour, marker=marker, markersize=5)
        axes.annotate(name, (1, sizes[0]), (18, -below), textcoords="offset points")
    axes.set_yscale("log")
    axes.set(xlabel="layer (10 is next to the loss)", ylabel="norm of the weights' gradient")
    axes.set_xticks(range(1, 11))


if __name__ == "__main__":
    save(chain, HERE / "figures" / "chain", size=(4.9, 2.3))
    save(network, HERE / "figures" / "network", size=(4.6, 3.1))
    save(vanishing, HERE / "figures" / "vanishing", size=(4.8, 3.3))
