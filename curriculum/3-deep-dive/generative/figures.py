"""Draws the figures of `generative`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
CORNERS = np.array([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])


def points(rng, n):
    """Points around the four corners, and their labels."""
    label = rng.integers(4, size=n)
    return CORNERS[label] + 0.1 * rng.normal(size=(n, 2)), label


def learned():
    """The velocity of a flow that was trained as in the lesson, with seed 0, without labels."""
    rng, batches = np.random.default_rng(0), []
    for _ in range(1000):
        x, c = points(rng, 128)
        c = SOLUTION["drop_labels"](c, rng.random(128), 0.1)
        batches.append((rng.normal(size=x.shape), x, rng.random(128), c))
    ema = SOLUTION["train_flow"](SOLUTION["init_net"](rng, 2, 4), batches, 0.01, 0.99)[1]
    return lambda x, t: SOLUTION["net_forward"](ema, x, t)[0]


def exact(x, t):
    """The velocity of a perfect flow."""
    t = t[0]
    if t == 0:
        return -x
    score = SOLUTION["mixture_score"](x, t * CORNERS, t**2 * 0.01 + (1 - t) ** 2)
    return (x + (1 - t) * score) / t


def sampled(velocity):
    """500 draws with 16 Euler steps, always from the same noise."""
    return SOLUTION["euler"](velocity, np.random.default_rng(1).normal(size=(500, 2)), 16)


def clouds(figure, panels):
    """Points in the plane, side by side."""
    for axes, (x, name) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        axes.scatter(*x.T, s=3, color=COLOURS[0])
        axes.set(xlim=(-2.6, 2.6), ylim=(-2.6, 2.6), aspect="equal", xticks=[], yticks=[])
        axes.set_title(name, fontsize=11)


def main():
    rng = np.random.default_rng(0)
    data, _ = points(rng, 500)
    gaussian = rng.multivariate_normal(data.mean(axis=0), np.cov(data.T), 500)
    flow = sampled(learned())
    corners = (data, "data"), (gaussian, "one Gaussian"), (flow, "flow")
    velocity = (flow, "learned velocity"), (sampled(exact), "exact velocity")
    folder = HERE / "figures"
    save(lambda figure: clouds(figure, corners), folder / "corners", size=(6.2, 2.4))
    save(lambda figure: clouds(figure, velocity), folder / "velocity", size=(4.4, 2.4))


if __name__ == "__main__":
    main()
