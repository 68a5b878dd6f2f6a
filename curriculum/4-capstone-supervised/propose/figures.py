"""Draws the figures of `propose`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))


def equal(figure):
    """Differences between two equally good networks, for two sizes of the test."""
    axes = figure.add_subplot()
    for items, colour, at in ((200, COLOURS[0], (-9.4, 0.115)), (1359, COLOURS[1], (3.3, 0.33))):
        first, second = np.random.default_rng(0).binomial(items, 0.915, size=(2, 100_000))
        edges = np.arange(-10.25, 10.5, 0.5)
        heights, _ = np.histogram(100 * (second - first) / items, edges, density=True)
        axes.stairs(heights, edges, color=colour, linewidth=1.6)
        axes.annotate(f"{items:,} items each", at, color=colour)
    for side in (-3, 3):
        axes.axvline(side, color="#8a94a3", linestyle="--", linewidth=1)
    axes.set(xlabel="difference in points", yticks=[], xlim=(-10, 10), ylim=(0, 0.42))


def power(figure):
    """Power against the number of items, for three correlations: by the formula and simulated."""
    axes = figure.add_subplot()
    cdf, p, q = SOLUTION["NormalDist"]().cdf, 0.90, 0.93
    items, rng = np.arange(50, 2001, 25), np.random.default_rng(0)
    axes.axhline(0.8, color="#8a94a3", linestyle="--", linewidth=1)
    axes.axvline(200, color="#8a94a3", linestyle=":", linewidth=1)
    for corr, colour in ((0.6, COLOURS[2]), (0.4, COLOURS[1]), (0.0, COLOURS[0])):
        both = p * q + corr * np.sqrt(p * (1 - p) * q * (1 - q))
        mean, square, variance = SOLUTION["difference_moments"](p, q, both)
        bound = 1.96 * np.sqrt(square / items)
        found = [cdf(z) for z in (mean - bound) / np.sqrt(variance / items)]
        name = f"same items, correlation {corr:g}" if corr else "separate items"
        axes.plot(items, found, color=colour, label=name)
        tried = (200, 600, 1000, 1400, 1800)
        drawn = [SOLUTION["simulated_power"](p, q, both, n, 20_000, rng) for n in tried]
        axes.plot(tried, drawn, "o", color=colour, markersize=4)
    axes.legend(loc="lower right")
    axes.set(xlabel="test items", ylabel="power", ylim=(0, 1.02), xlim=(0, 2000))


def peeking(figure):
    """False alarms against the number of looks: at any look, at the end, and with lower bounds."""
    axes = figure.add_subplot()
    looks = (1, 2, 3, 5, 7, 10, 15, 20)

    def rates(alpha_of):
        run = (
            SOLUTION["false_alarms"](n, 100, 4000, np.random.default_rng(0), alpha_of(n))
            for n in looks
        )
        return np.array(list(run))

    plain, careful = rates(lambda n: 0.05), rates(lambda n: 0.05 / n)
    for values, name, colour, at in (
        (plain[:, 1], "stop at any look", COLOURS[1], (11, 0.17)),
        (plain[:, 0], "one look at the end", COLOURS[0], (8.2, 0.067)),
        (careful[:, 1], "any look, at 0.05 / looks", COLOURS[2], (1.2, 0.006)),
    ):
        axes.plot(looks, values, color=colour, marker="o", markersize=3.5)
        axes.annotate(name, at, color=colour)
    axes.set(xlabel="looks", ylabel="false alarms", ylim=(0, 0.29), xlim=(0, 20.5))


if __name__ == "__main__":
    save(equal, HERE / "figures" / "equal", size=(4.8, 2.7))
    save(power, HERE / "figures" / "power", size=(4.8, 2.9))
    save(peeking, HERE / "figures" / "peeking", size=(4.8, 2.9))
