"""Draws the figures of `likelihood`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

X = np.linspace(-5, 5, 301)  # points at which distributions are compared


def explains(figure):
    """How probable two of three, and 20 of 30, rainy days are under each chance of rain."""
    axes = figure.add_subplot()
    p = np.linspace(0.001, 0.999, 400)
    for rainy, days, colour, style in ((2, 3, COLOURS[0], "-"), (20, 30, COLOURS[1], "--")):
        log = rainy * np.log(p) + (days - rainy) * np.log(1 - p)
        axes.plot(p, np.exp(log - log.max()), color=colour, linestyle=style)
    ink = axes.xaxis.label.get_color()
    axes.axvline(2 / 3, color=ink, linewidth=0.8)
    axes.text(0.29, 0.62, "2 of 3", ha="right")
    axes.text(0.51, 0.3, "20 of 30", ha="right")
    axes.text(0.685, 0.04, "2/3", ha="left")
    axes.set(xlabel="chance of rain, q", ylabel="likelihood (best = 1)", ylim=(0, 1.08))


def surprise(figure):
    """Entropy and cross-entropy as areas: results as wide as they are probable."""
    p, q = np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.25, 0.5])
    axes = figure.add_subplot()
    edges = np.concatenate([[0.0], np.cumsum(p)])
    axes.bar(edges[:-1], -np.log2(p), p, align="edge", color=COLOURS[0], alpha=0.35, linewidth=0)
    axes.stairs(-np.log2(q), edges, color=COLOURS[1], linewidth=2.2)
    axes.text(0.25, 0.45, "under p: 1", ha="center")
    axes.text(0.25, 1.45, "under q: 2", ha="center")
    axes.text(0.625, 0.95, "both: 2", ha="center")
    axes.text(0.875, 0.45, "under q: 1", ha="center")
    axes.text(0.875, 1.45, "under p: 2", ha="center")
    axes.set(xlim=(-0.02, 1.02), ylim=(0, 2.2), yticks=[0, 1, 2])
    axes.set_xticks([0.25, 0.625, 0.875], ["½", "¼", "¼"])
    axes.set(xlabel="the three results, as wide as $p_k$", ylabel="surprise / log 2")


def gaussian(mean, std):
    """A Gaussian at the points X, as probabilities that sum to 1. Shape (301,)."""
    height = np.exp(-0.5 * ((X - mean) / std) ** 2)
    return height / height.sum()


def best(cost):
    """The Gaussian with the lowest cost, among many means and standard deviations."""
    means, stds = np.linspace(-2.5, 2.5, 51), np.linspace(0.4, 2.4, 41)
    return min((gaussian(mean, std) for mean in means for std in stds), key=cost)


def two_orders(figure):
    """A distribution with two peaks, and the Gaussians that the two orders of KL choose."""
    kl = SOLUTION["kl"]
    p = 0.6 * gaussian(-1.5, 0.5) + 0.4 * gaussian(1.7, 0.5)
    left, right = figure.subplots(1, 2, sharey=True)
    halves = (
        (left, "KL(p, q): covers", lambda q: kl(p, q)),
        (right, "KL(q, p): chooses", lambda q: kl(q, p)),
    )
    for axes, name, cost in halves:
        axes.fill_between(X, p, color=COLOURS[0], alpha=0.35, linewidth=0)
        axes.plot(X, best(cost), color=COLOURS[1])
        axes.set_title(name, fontsize=11)
        axes.set(yticks=[], xticks=[-4, -2, 0, 2, 4], xlabel="x")
        axes.spines["left"].set_visible(False)


if __name__ == "__main__":
    save(explains, HERE / "figures" / "explains", size=(4.8, 3.0))
    save(surprise, HERE / "figures" / "surprise", size=(4.8, 2.8))
    save(two_orders, HERE / "figures" / "two-orders", size=(4.8, 2.3))
