"""Draws the figures of `recap`, with the worked solutions: run `python figures.py`."""

import importlib.util
from pathlib import Path

import numpy as np
from matplotlib.patches import FancyBboxPatch

from undergrad.datasets import digits
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent


def solution(unit):
    """The worked solution of a unit of this stage, as a module."""
    spec = importlib.util.spec_from_file_location(unit, HERE.parent / unit / "solution.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


IMAGES, TEXT, RECOMMEND, RECAP = map(solution, ("images", "text", "recommend", "recap"))
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
    """Six boxes in a circle, and one below for what happens after each epoch."""
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
    axes.text(0.58, -0.95, "validation:", ha="right", va="center")
    axes.text(1, -0.5, "after each epoch", ha="center", va="center", style="italic")
    axes.set(xlim=(-0.5, 2.5), ylim=(-1.25, 1.3))
    axes.set_axis_off()


def three(figure):
    """Training and validation losses of the three tasks, and their baselines."""
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
    names = ("training", "validation", "baseline")
    figure.legend(panels[0].get_lines(), names, loc="outside lower center", ncols=3)


def tasks():
    """The three trainings of the lesson: {title: (history, baseline)}."""
    rng = np.random.default_rng(0)
    return {"images": images(rng), "text": text(rng), "films": films(rng)}


def trained(model, data, loss, lr, epochs, rng):
    return RECAP.train(model, data, loss, RECAP.SGD(model, lr), epochs, rng)


def by_frequency(known, asked, k):
    """The loss of a guess that only uses how frequent each class is."""
    counts = np.bincount(known, minlength=k) + 1
    return -np.log(counts / counts.sum())[asked].mean()


def images(rng):
    pixels, labels = digits()
    X = pixels.reshape(len(pixels), 64).astype(float)
    Xtr, ytr, Xva, yva = IMAGES.split(X, labels, 0.2, rng)
    Xtr, stats = IMAGES.normalise(Xtr)
    data = (Xtr, ytr), (IMAGES.normalise(Xva, stats)[0], yva)
    model = RECAP.Linear(np.zeros((10, 64)), np.zeros(10))
    history = trained(model, data, RECAP.cross_entropy, 0.1, 8, rng)
    return history, by_frequency(ytr, yva, 10)


def text(rng):
    lines = [f"{ten}-{one}\n" for ten in TENS.split() for one in ONES.split()]
    lines = rng.permutation(lines)
    stoi, itos = TEXT.vocab("".join(lines))
    parts = [np.array([stoi[c] for c in "\n" + "".join(part)]) for part in (lines[:58], lines[58:])]
    data = [(ids[:-1], ids[1:]) for ids in parts]
    model = RECAP.Table(np.zeros((len(itos), len(itos))))
    history = trained(model, data, RECAP.cross_entropy, 5.0, 12, rng)
    return history, by_frequency(data[0][1], data[1][1], len(itos))


def films(rng):
    log, _ = RECOMMEND.make_ratings(120, 40, 3, rng)
    cut = round(0.8 * len(log))
    mu, bu, bi = RECOMMEND.bias_model(log[:cut], 120, 40)
    data = [
        (np.stack([u, i], axis=1), stars - mu - bu[u] - bi[i])
        for u, i, stars in (log[:cut].T, log[cut:].T)
    ]
    rows = [rng.normal(0.0, 0.3, size=(n, 2)) for n in (120, 40)]
    for epochs in (2, 40):  # the lesson stops after two epochs first
        model = RECAP.Factors(*(each.copy() for each in rows))
        history = trained(model, data, RECAP.squared_error, 1.0, epochs, rng)
    return history, np.mean(data[1][1] ** 2)


if __name__ == "__main__":
    save(loop, HERE / "figures" / "loop", size=(4.6, 3.4))
    save(three, HERE / "figures" / "three", size=(5.6, 2.7))
