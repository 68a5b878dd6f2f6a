"""Draws the figures of `debug-data`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.datasets import digits
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

T = np.linspace(0, 1, 40)
FALLS = 0.3 + 2 * np.exp(-9 * T)
BROKEN = np.where(T > 0.5, np.nan, FALLS)
SLOW = 2.3 * np.exp(-T)
CURVES = (  # training losses and validation losses, for ten classes
    (BROKEN, np.where(T > 0.5, np.nan, FALLS + 0.2)),
    (2.3 * np.exp(0.7 * T), 2.4 * np.exp(0.7 * T)),
    (6 * np.exp(-9 * T) + 0.3, 6.2 * np.exp(-9 * T) + 0.5),
    (2.3 - 0.05 * T, 2.34 - 0.02 * T),
    (FALLS, 0.3 * FALLS),
    (2.3 * np.exp(-5 * T), 2.3 * np.exp(-5 * T) + 1.6 * T),
    (SLOW, 1.05 * SLOW),
    (FALLS, FALLS + 0.2),
)


def curves(figure):
    """Eight pairs of curves, each with the label that `diagnose` gives it."""
    for place, (train, val) in enumerate(CURVES):
        axes = figure.add_subplot(4, 2, place + 1)
        axes.plot(T, train, color=COLOURS[0], linewidth=1.8)
        axes.plot(T, val, color=COLOURS[1], linewidth=1.8, linestyle="--")
        label = SOLUTION["diagnose"]({"train": train, "val": val, "classes": 10})
        axes.set_title(label, fontsize=10)
        if np.isnan(train).any():
            axes.text(0.52, FALLS[20] + 0.15, "nan", fontsize=10)
        high = 6.5 if place in (1, 2) else 2.6
        axes.set(xlim=(-0.03, 1.03), ylim=(0, high), xticks=[], yticks=[])
    figure.supxlabel("step (solid: training, dashed: validation)", fontsize=10)
    figure.supylabel("loss", fontsize=10)


def nearest_mean(X, y):
    """The class whose mean image is nearest."""
    means = np.stack([X[y == label].mean(axis=0) for label in range(10)])
    return lambda Z: _distances(Z, means).argmin(axis=1)


def nearest_image(X, y):
    """The label of the nearest training image."""
    return lambda Z: y[_distances(Z, X).argmin(axis=1)]


def _distances(A, B):
    return (A**2).sum(1)[:, None] - 2 * A @ B.T + (B**2).sum(1)


def sizes(figure):
    """Errors against the number of examples: a model that is too small, and one that has a gap."""
    images, labels = digits()
    rows = np.random.default_rng(0).permutation(len(labels))
    X, y = images[rows].reshape(-1, 64).astype(float), labels[rows]
    counts = (100, 200, 400, 800, 1200)
    models = (("nearest mean", nearest_mean), ("nearest image", nearest_image))
    for place, (title, fit) in enumerate(models):
        axes = figure.add_subplot(1, 2, place + 1)
        found = SOLUTION["learning_curve"](fit, X[:1200], y[:1200], X[1200:], y[1200:], counts)
        for errors, colour, style in zip(found, COLOURS, ("-", "--"), strict=False):
            axes.plot(counts, 100 * errors, style, color=colour, marker="o", markersize=4)
        axes.set(xlabel="examples", ylim=(-0.8, 17))
        axes.set_title(title, fontsize=11)
        if not place:
            axes.set_ylabel("% wrong")
    axes = figure.axes[0]
    axes.text(330, 11.5, "validation", fontsize=10)
    axes.text(480, 6.6, "training", fontsize=10)


if __name__ == "__main__":
    save(curves, HERE / "figures" / "curves", size=(4.6, 5.6))
    save(sizes, HERE / "figures" / "sizes", size=(4.9, 2.8))
