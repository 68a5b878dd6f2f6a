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
    save(vanishing, HERE / "figures" / "vanishing", size=(4.8, 3.3))
