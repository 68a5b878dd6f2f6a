"""Draws the figures of `recap`, with the worked solutions: run `python figures.py`."""

import importlib.util
from pathlib import Path

import numpy as np
from matplotlib.patches import FancyBboxPatch

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent


def solution():
    """The worked solution as a module; its functions find each other."""
    spec = importlib.util.spec_from_file_location("solution", HERE / "solution.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RECAP = solution()
ONES = "one two three four five six seven eight nine"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

# Name and position of each box; the loop runs through them in this order.
BOXES = (("batch", 0, 1), ("forward", 1, 1), ("loss", 2, 1),
         ("zero", 2, 0), ("backward", 1, 0), ("step", 0, 0))  # fmt: skip


def box(axes, x, y, text, colour):
    """A named box of width 0.72 and height 0.5 around (x, y)."""
    axes.add_patch(
        FancyBboxPatch((x - 0.34, y - 0.2), 0.68, 0.4, boxstyle="round,pad=0.02", fill=True,
                       facecolor=(*colour, 0.18), edgecolor=colour, linewidth=1.6)
    )  # fmt: skip
    axes.text(x, y, text, ha="center", va="center", fontsize=11)


def loop(figure):
    """Six boxes in a round, and one below for what happens after each epoch."""
    axes = figure.add_subplot()
    ink = axes.xaxis.label.get_color()
    blue, red = ((int(c[1:3], 16) / 255, int(c[3:5], 16) / 255, int(c[5:], 16) / 255)
                 for c in COLOURS[:2])  # fmt: skip
    ahead = (*BOXES[1:], BOXES[0])
    for (name, x, y), (_, to_x, to_y) in zip(BOXES, ahead, strict=True):
        box(axes, x, y, name, blue)
        start = (x + 0.37 * np.sign(to_x - x), y + 0.24 * np.sign(to_y - y))
        end = (to_x - 0.37 * np.sign(to_x - x), to_y - 0.24 * np.sign(to_y - y))
        axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": ink, "lw": 1.5})
    axes.text(1, 0.5, "for every batch", ha="center", va="center", style="italic")
    box(axes, 1, -0.95, "forward, loss", red)
    axes.text(0.58, -0.95, "held out:", ha="right", va="center")
    axes.text(1, -0.5, "after each epoch", ha="center", va="center", style="italic")
    axes.set(xlim=(-0.5, 2.5), ylim=(-1.25, 1.3))
    axes.set_axis_off()


def three(figure):
    """Training and held-out losses of the three tasks, and their baselines."""
    panels = figure.subplots(1, 3)
    for axes, (title, (history, baseline)) in zip(panels, tasks().items(), strict=True):
        epochs = [row["epoch"] for row in history]
        axes.plot(epochs, [row["train"] for row in history], "--", color=COLOURS[0])
        axes.plot(epochs, [row["held_out"] for row in history], color=COLOURS[1])
        axes.axhline(baseline, color=axes.xaxis.label.get_color(), linestyle=":")
        axes.set(ylim=(0, 1.12 * baseline), xlabel="epoch")
        axes.set_title(title, fontsize=11)
        axes.tick_params(labelsize=9)
    panels[0].set_ylabel("loss")
    names = ("training", "held out", "baseline")
    figure.legend(panels[0].get_lines(), names, loc="outside lower center", ncols=3)


def tasks():
    """Images, text and films in small, as invented data: {title: (history, baseline)}."""
    rng = np.random.default_rng(0)
    return {"pictures": images(rng), "text": text(rng), "films": films(rng)}


def fitted(model, x, y, loss, lr, epochs, guess, rng):
    cut = round(0.8 * len(x))
    data = (x[:cut], y[:cut]), (x[cut:], y[cut:])
    history = RECAP.train(model, data, loss, RECAP.SGD(model, lr), epochs, rng)
    return history, loss(guess(y[:cut], len(y) - cut), y[cut:])[0]


def images(rng):
    from undergrad.datasets import digits

    pixels, y = digits()
    order = rng.permutation(len(y))
    x = pixels.reshape(len(y), 64)[order].astype(float) - 0.3
    model = RECAP.Linear(np.zeros((10, 64)), np.zeros(10))
    return fitted(model, x, y[order], RECAP.cross_entropy, 0.1, 12, class_frequencies, rng)


def text(rng):
    lines = [f"{ten}-{one}\n" for ten in TENS.split() for one in ONES.split()]
    characters = list("\n" + "".join(rng.permutation(lines)))
    ids = np.unique(characters, return_inverse=True)[1]
    model = RECAP.Table(np.zeros((ids.max() + 1, ids.max() + 1)))
    return fitted(model, ids[:-1], ids[1:], RECAP.cross_entropy, 5.0, 12, class_frequencies, rng)


def class_frequencies(labels, n):
    """The simple guess: the logarithm of each class's frequency in training, (n, K)."""
    return np.tile(np.log(np.bincount(labels) / len(labels)), (n, 1))


def films(rng):
    u, i = np.nonzero(rng.random((120, 40)) < 0.4)
    taste, genre = rng.normal(size=(120, 3)), rng.permutation(np.arange(40) % 3)
    rest = (taste - taste.mean(axis=1, keepdims=True))[u, genre[i]] + rng.normal(0, 0.4, len(u))
    order = rng.permutation(len(u))
    x, y = np.stack([u, i], axis=1)[order], rest[order]
    model = RECAP.Factors(rng.normal(0, 0.3, (120, 2)), rng.normal(0, 0.3, (40, 2)))
    mean = lambda known, n: np.full(n, known.mean())  # noqa: E731
    return fitted(model, x, y, RECAP.squared_error, 1.0, 30, mean, rng)


if __name__ == "__main__":
    save(loop, HERE / "figures" / "loop", size=(4.6, 3.4))
    save(three, HERE / "figures" / "three", size=(5.6, 2.7))
