"""Draws the figures of `conv`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad import course
from undergrad.datasets import digits
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
BEFORE = course.unit_folder(course.load().unit("backprop"))
BACKPROP = runpy.run_path(str(BEFORE / "solution.py"))

# The row of the lesson: a bar of ones, and a kernel that finds edges.
ROW, KERNEL = (0, 0, 1, 1, 1, 0), (-1, 1)


def edges(figure):
    """A kernel of two weights moves over a row of six numbers; its output stands below."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.2, 7.9), ylim=(-0.25, 3.6), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    output = [sum(w * x for w, x in zip(KERNEL, ROW[i:], strict=False)) for i in range(5)]
    for position, number in enumerate(ROW):
        _cell(axes, position, 2.6, number, ink, COLOURS[0] if position in (1, 2) else "none")
    for position, number in enumerate(KERNEL):
        _cell(axes, 1 + position, 1.3, number, ink, COLOURS[1])
    for position, number in enumerate(output):
        _cell(axes, 0.5 + position, 0, number, ink, COLOURS[0] if position == 1 else "none")
    for height, name in ((3.0, "row"), (1.7, "weights"), (0.4, "output")):
        axes.text(6.3, height, name, va="center", fontsize=11)
    style = {"arrowstyle": "-|>", "color": ink, "linewidth": 1.2}
    axes.annotate("", (2, 0.85), (2, 1.27), arrowprops=style)
    axes.annotate("", (3.9, 1.7), (3.1, 1.7), arrowprops=style)


def _cell(axes, x, y, number, ink, shade):
    from matplotlib.patches import Rectangle

    look = {"edgecolor": ink, "linewidth": 1.0}
    axes.add_patch(Rectangle((x, y), 1, 0.8, facecolor=shade, alpha=0.45, linewidth=0))
    axes.add_patch(Rectangle((x, y), 1, 0.8, facecolor="none", **look))
    axes.text(x + 0.5, y + 0.4, str(number), ha="center", va="center", fontsize=12)


def placed(images, down, across):
    """Images of 8 x 8 on an empty one of 14 x 14, that many pixels off its centre."""
    canvas = np.zeros((len(images), 1, 14, 14))
    canvas[:, 0, 3 + down : 11 + down, 3 + across : 11 + across] = images
    return canvas


def trained(x, y, rng, params, forward, backward, epochs=8):
    """The loop of the lesson, for either network."""
    for epoch in range(epochs):
        order = rng.permutation(len(y))
        for first in range(0, len(y), 32):
            rows = order[first : first + 32]
            logits, cache = forward(x[rows], params)
            gradients = backward(logits, cache, y[rows])
            lr = 0.3 * (1 - epoch / epochs)
            params = [w - lr * g for w, g in zip(params, gradients, strict=True)]
    return params


def convolving():
    ce = BACKPROP["ce_backward"]
    return (
        SOLUTION["init_cnn"](np.random.default_rng(0), (8, 32)),
        SOLUTION["cnn_forward"],
        lambda logits, cache, y: SOLUTION["cnn_backward"](ce(logits, y), cache),
    )


def dense():
    def pairs(flat):
        return list(zip(flat[::2], flat[1::2], strict=True))

    def forward(x, flat):
        return BACKPROP["mlp_forward"](x.reshape(len(x), -1), pairs(flat))

    def backward(logits, cache, y):
        return [g for pair in BACKPROP["mlp_backward"](cache, y) for g in pair]

    made = BACKPROP["init_mlp"]((196, 64, 10), np.random.default_rng(0))
    return [each for pair in made for each in pair], forward, backward


def shifted(figure):
    """Accuracy on shifted test digits; neither network was trained on shifted ones."""
    axes = figure.add_subplot()
    images, labels = digits()
    test = np.arange(len(labels)) % 5 == 0
    for (start, forward, backward), name, marker, colour, below in (
        (convolving(), "convolution", "o", COLOURS[2], 16),
        (dense(), "dense", "s", COLOURS[1], -22),
    ):
        x, rng = placed(images[~test], 0, 0), np.random.default_rng(0)
        params = trained(x, labels[~test], rng, start, forward, backward)
        right = []
        for far in range(4):
            moved = [placed(images[test], 0, way * far) for way in (-1, 1)]
            read = [forward(each, params)[0].argmax(axis=1) == labels[test] for each in moved]
            right.append(100 * np.mean(read))
        axes.plot(range(4), right, color=colour, marker=marker, markersize=5)
        axes.annotate(name, (2, right[2]), (0, -below), textcoords="offset points", ha="center")
    axes.set(xlabel="moved by (pixels)", ylabel="unseen digits right (%)", ylim=(-3, 103))
    axes.set_xticks(range(4))


if __name__ == "__main__":
    save(edges, HERE / "figures" / "edges", size=(4.9, 2.3))
    save(shifted, HERE / "figures" / "shifted", size=(4.8, 3.3))
