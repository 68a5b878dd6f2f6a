"""Draws the figures of `regularise`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.datasets import digits
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))


def history():
    """The losses of the lesson's run on 80 digits, 24 of them labelled wrongly."""
    images, labels = digits()
    X, y = images.reshape(-1, 64).astype(float), labels.astype(int)
    rows = np.random.default_rng(0).permutation(len(y))[:280]
    X, y = X[rows], y[rows]
    y[:24] = (y[:24] + 1) % 10
    params = SOLUTION["init"]((64, 32, 10), np.random.default_rng(0))
    rng = np.random.default_rng(0)
    return SOLUTION["fit"](params, X[:80], y[:80], X[80:], y[80:], rng, lr=0.3, steps=500)[1]


def curves(figure):
    """The training loss falls to 0 while the validation loss turns and rises."""
    axes = figure.add_subplot()
    losses = history()
    ink = axes.xaxis.label.get_color()
    steps = range(1, 501)
    axes.plot(steps, losses["val"], color=COLOURS[1])
    axes.plot(steps, losses["train"], color=COLOURS[0])
    _, best = SOLUTION["generalisation_gap"](losses)
    axes.axvline(best + 1, color=ink, linewidth=1, linestyle=":")
    axes.text(best + 9, 2.25, "lowest validation loss", fontsize=10)
    axes.text(270, losses["val"][269] + 0.12, "validation", ha="right")
    axes.text(270, losses["train"][269] + 0.1, "training", ha="left")
    axes.set(xlabel="step", ylabel="loss", ylim=(0, 2.5))


def pull(figure):
    """Where a weight ends whose data loss is lowest at a: without and with penalties."""
    axes = figure.add_subplot()
    a = np.linspace(-3, 3, 301)
    ink = axes.xaxis.label.get_color()
    axes.plot(a, a, color=ink, linewidth=1, linestyle=":")
    axes.plot(a, a / 2, color=COLOURS[2])
    axes.plot(a, np.sign(a) * np.maximum(np.abs(a) - 1, 0), color=COLOURS[1])
    axes.text(1.55, 2.1, "no penalty", ha="right", fontsize=10)
    axes.text(3.1, 1.5, "L2", va="center", fontsize=10)
    axes.text(3.1, 2.05, "L1", va="center", fontsize=10)
    axes.set(
        xlabel="minimum of the data loss, $a$", ylabel="where the weight ends", xlim=(-3.2, 3.5)
    )


if __name__ == "__main__":
    save(curves, HERE / "figures" / "curves", size=(4.9, 3.1))
    save(pull, HERE / "figures" / "pull", size=(4.9, 3.0))
