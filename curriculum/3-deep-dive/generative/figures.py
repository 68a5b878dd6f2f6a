"""Draws the figure of `generative`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
CORNERS = np.array([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])


def points(rng, n):
    """Points around the four corners."""
    return CORNERS[rng.integers(4, size=n)] + 0.1 * rng.normal(size=(n, 2))


def flow(rng):
    """Draws from a flow that was trained on 1,000 batches."""
    batches = [
        (rng.normal(size=(128, 2)), points(rng, 128), rng.random(128), None) for _ in range(1000)
    ]
    ema = SOLUTION["train_flow"](SOLUTION["init_net"](rng, 2), batches, 0.01, 0.99)[1]
    return SOLUTION["euler"](
        lambda x, t: SOLUTION["net_forward"](ema, x, t)[0], rng.normal(size=(500, 2)), 16
    )


def corners(figure):
    """Data, one Gaussian and a flow, side by side."""
    rng = np.random.default_rng(0)
    data = points(rng, 500)
    gaussian = rng.multivariate_normal(data.mean(axis=0), np.cov(data.T), 500)
    panels = (data, "data"), (gaussian, "one Gaussian"), (flow(rng), "flow")
    for axes, (x, name) in zip(figure.subplots(1, 3), panels, strict=True):
        axes.scatter(*x.T, s=3, color=COLOURS[0])
        axes.set(xlim=(-2.6, 2.6), ylim=(-2.6, 2.6), aspect="equal", xticks=[], yticks=[])
        axes.set_title(name, fontsize=11)


if __name__ == "__main__":
    save(corners, HERE / "figures" / "corners", size=(6.2, 2.4))
