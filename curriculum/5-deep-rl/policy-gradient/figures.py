"""Draws the figures of `policy-gradient`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))


def drives(figure):
    """Twenty drives of the expert, and of the clone of a single drive: lane against step."""
    P, R, start = SOLUTION["road"]()
    teacher, rng = np.eye(3)[SOLUTION["expert"](np.arange(len(P)))], np.random.default_rng(0)
    s, a, _ = SOLUTION["play"](P, R, teacher, start, 100, 1, rng)
    copied = SOLUTION["softmax"](SOLUTION["clone"](s[0], a[0], R.shape))
    grid = figure.subplots(1, 2, sharey=True)
    for axes, pi, title in zip(grid, (teacher, copied), ("expert", "clone"), strict=True):
        s, _, _ = SOLUTION["play"](P, R, pi, start, 100, 20, rng)
        for path in s:
            on_road = path < len(P) - 1
            lane = np.where(on_road, path % 9, np.nan) + rng.uniform(-0.2, 0.2)
            axes.plot(lane, color=COLOURS[0], linewidth=0.8, alpha=0.7)
            if not on_road.all():
                last = int(on_road.sum()) - 1
                axes.plot(last, lane[last], "x", color=COLOURS[1], markersize=6)
        axes.set(title=title, xlabel="step", xlim=(0, 100), ylim=(-0.7, 8.7))
    grid[0].set(ylabel="lane", yticks=(0, 4, 8))


def arrows(figure):
    """Estimates of the gradient at the first fork from 8 hikes each, and the exact gradient."""
    P, R, start = SOLUTION["forks"]()
    theta, rng = np.random.default_rng(1).normal(size=(7, 3)), np.random.default_rng(0)
    p, s, a = SOLUTION["all_episodes"](P, SOLUTION["softmax"](theta), start, 3)
    baseline = SOLUTION["value_baseline"](p, s, SOLUTION["reward_to_go"](R[s, a]), 7)
    exact = SOLUTION["exact_gradient"](theta, P, R, start, 3)[0]
    grid = figure.subplots(1, 2, sharex=True, sharey=True)
    for axes, b, title in zip(grid, (0 * baseline, baseline), ("without", "with"), strict=True):
        tips = []
        for _ in range(200):
            s, a, r = SOLUTION["play"](P, R, SOLUTION["softmax"](theta), start, 3, 8, rng)
            weight = SOLUTION["reward_to_go"](r) - b[s]
            tips.append(SOLUTION["gradients"](theta, s, a, weight).mean(axis=0)[0, [0, 2]])
        zero, (x, y) = np.zeros(200), np.transpose(tips)
        same = {"angles": "xy", "scale_units": "xy", "scale": 1}
        axes.quiver(zero, zero, x, y, color=COLOURS[0], alpha=0.5, width=0.006, **same)
        axes.quiver(0, 0, exact[0], exact[2], color=COLOURS[1], width=0.016, **same)
        axes.set(title=f"{title} baseline", xlabel="logit of path 0")
        axes.set(xlim=(-2.2, 2.2), ylim=(-2.2, 3.2))
        axes.set_aspect("equal")
    grid[0].set_ylabel("logit of path 2")


if __name__ == "__main__":
    save(drives, HERE / "figures" / "drives", size=(4.8, 2.6))
    save(arrows, HERE / "figures" / "arrows", size=(4.8, 2.8))
