"""Draws the figures of `probability`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

RUNS = 4  # running means in each half of the second figure
DRAWS = 10_000


def positives(figure):
    """Of 10,000 people 10 are ill. A test that errs once in 100 finds these 110 positive."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.8, 21.8), ylim=(-1.6, 4.8), aspect="equal")
    axes.axis("off")
    person = np.arange(110)
    x, y = person // 5, 4 - person % 5
    ill = person < 10
    axes.scatter(x[ill], y[ill], s=70, color=COLOURS[1], marker="s")
    ink = axes.xaxis.label.get_color()
    axes.scatter(x[~ill], y[~ill], s=62, facecolor="none", edgecolor=ink, linewidth=0.9)
    axes.text(-0.4, -1.1, "10 ill", ha="left", va="center")
    axes.text(21.4, -1.1, "100 healthy, and positive all the same", ha="right", va="center")


def settle(figure):
    """Running means: those of waiting times converge in a funnel, those of Cauchy's jump."""
    rng = np.random.default_rng(4)
    n = np.unique(np.geomspace(10, DRAWS, 400).astype(int))
    above, below = figure.subplots(2, 1, sharex=True)
    kinds = (
        (above, "waiting times", lambda u: -np.log1p(-u), COLOURS[2], 1.0),
        (below, "Cauchy", lambda u: np.tan(np.pi * (u - 0.5)), COLOURS[1], 0.0),
    )
    for axes, name, cdf_inv, colour, middle in kinds:
        axes.axhline(middle, color=axes.xaxis.label.get_color(), linewidth=0.8)
        for _ in range(RUNS):
            draws = SOLUTION["inverse_sample"](cdf_inv, DRAWS, rng)
            axes.plot(n, np.cumsum(draws)[n - 1] / n, color=colour, linewidth=1.1, alpha=0.8)
        axes.set(ylabel="average so far", xscale="log", xlim=(10, DRAWS))
        axes.set_title(name, loc="left", fontsize=11)
    ink = above.xaxis.label.get_color()
    for side in (-1, 1):
        above.plot(n, 1 + side * 1.96 / np.sqrt(n), color=ink, linestyle="--", linewidth=1.3)
    above.set_ylim(0.4, 1.6)
    below.set_ylim(-5, 5)
    below.set_xlabel("number of draws")


def inverse(figure):
    """A uniform number becomes a waiting time, and a histogram of many such draws."""
    left, right = figure.subplots(1, 2)
    t = np.linspace(0, 5, 201)
    left.plot(t, 1 - np.exp(-t), color=COLOURS[0])
    left.plot([0, np.log(2), np.log(2)], [0.5, 0.5, 0], color=COLOURS[1], linestyle="--")
    left.plot(np.log(2), 0.5, "o", color=COLOURS[1])
    left.annotate("0.693", (0.85, 0.05), color=COLOURS[1])
    left.set(xlabel="t", ylabel="fraction below t", xlim=(0, 5), ylim=(0, 1.02), yticks=(0, 0.5, 1))
    rng = np.random.default_rng(0)
    draws = SOLUTION["inverse_sample"](lambda u: -np.log1p(-u), DRAWS, rng)
    right.hist(draws, bins=40, range=(0, 5), density=True, color=COLOURS[2], alpha=0.6)
    right.plot(t, np.exp(-t), color=right.xaxis.label.get_color(), linewidth=1.3)
    right.set(xlabel="t", ylabel="density", xlim=(0, 5), yticks=(0, 0.5, 1))


def gaussian(figure):
    """Draws from a Gaussian, and where its log-density is that of one and two deviations."""
    axes = figure.add_subplot()
    mean, S = np.zeros(2), np.array([[2.0, 0.9], [0.9, 1.0]])
    draws = np.random.default_rng(0).multivariate_normal(mean, S, size=300)
    axes.plot(*draws.T, ".", color=COLOURS[0], markersize=4, alpha=0.7)
    x, y = np.meshgrid(np.linspace(-4.6, 4.6, 161), np.linspace(-3.4, 3.4, 121))
    log = SOLUTION["gaussian_logpdf"](np.stack([x.ravel(), y.ravel()], axis=1), mean, S)
    top = SOLUTION["gaussian_logpdf"](mean[None], mean, S)[0]
    ink = axes.xaxis.label.get_color()
    axes.contour(x, y, log.reshape(x.shape) - top, levels=[-2, -0.5], colors=ink,
                 linewidths=1.3, linestyles="solid")  # fmt: skip
    axes.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$", xticks=(-4, -2, 0, 2, 4))
    axes.set_yticks((-2, 0, 2))


if __name__ == "__main__":
    save(positives, HERE / "figures" / "positives", size=(4.9, 1.6))
    save(settle, HERE / "figures" / "settle", size=(4.8, 4.0))
    save(inverse, HERE / "figures" / "inverse", size=(4.9, 2.4))
    save(gaussian, HERE / "figures" / "gaussian", size=(4.4, 3.2))
