"""Draws the figures of `optim`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad import course
from undergrad.datasets import digits
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
UNIT = course.load().unit("backprop")
BACKPROP = runpy.run_path(str(course.unit_folder(UNIT) / "solution.py"))

CELSIUS = np.array([-20.0, -10.0, 0.0, 10.0, 20.0, 30.0, 40.0])
FAHRENHEIT = 1.8 * CELSIUS + 32


def losses(make, steps, celsius=CELSIUS):
    """The loss of the thermometer before each step of an optimiser."""
    w, b, found = np.zeros(1), np.zeros(1), []
    optimiser = make([w, b])
    for _ in range(steps):
        error = w * celsius + b - FAHRENHEIT
        found.append(float(np.mean(error**2)))
        optimiser.step([np.array([2 * np.mean(error * celsius)]), np.array([2 * np.mean(error)])])
    return np.array(found)


def race(figure):
    """The loss over the steps, for four optimisers at the rates of race.md; logarithmic axes."""
    axes = figure.add_subplot()
    rows = (
        ("plain", lambda p: SOLUTION["SGD"](p, 0.00199), 4000, "-", COLOURS[0], (700, 300)),
        ("momentum", lambda p: SOLUTION["SGD"](p, 0.0035, 0.9), 200, "--", COLOURS[1], (160, 0.2)),
        ("RMSProp", lambda p: SOLUTION["RMSProp"](p, 2.0), 110, ":", COLOURS[3], (9, 0.0003)),
        ("Adam", lambda p: SOLUTION["Adam"](p, 4.0), 150, "-", COLOURS[2], (2.5, 8)),
    )
    for name, make, steps, style, colour, position in rows:
        found = losses(make, steps)
        axes.plot(np.arange(1, steps + 1), found, style, color=colour, linewidth=1.2)
        axes.annotate(name, position, color=axes.xaxis.label.get_color())
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set(xlabel="step", ylabel="loss", ylim=(1e-5, 1e6))


def digits_run():
    """The lesson's training run on the digits: one batch per step, at any learning rate."""
    images, y = digits()
    X = images.reshape(len(images), 64).astype(float)
    rng = np.random.default_rng(0)
    params = BACKPROP["init_mlp"]((64, 32, 10), rng)
    optimiser = SOLUTION["SGD"]([each for pair in params for each in pair], 0.0)

    def step(lr):
        rows = rng.integers(len(y), size=64)
        logits, cache = BACKPROP["mlp_forward"](X[rows], params)
        grads = BACKPROP["mlp_backward"](cache, y[rows])
        optimiser.lr = lr
        optimiser.step([each for pair in grads for each in pair])
        return BACKPROP["cross_entropy"](logits, y[rows])

    return step


def edge(figure):
    """A range test: the loss of the digits while the learning rate grows from step to step."""
    axes = figure.add_subplot()
    lrs, found = SOLUTION["lr_range_test"](digits_run, 1e-3, 100.0, 150)
    axes.plot(lrs, found, color=COLOURS[0])
    best = lrs[int(np.argmin(found))]
    axes.axvline(best / 3, color=COLOURS[2], linestyle="--")
    axes.annotate("a third of\nthe best rate", (best / 3 * 0.85, 0.35), ha="right")
    axes.annotate("no effect yet", (1.2e-3, 2.5))
    axes.annotate("diverging", (3.2, 3.4))
    axes.set_xscale("log")
    axes.set(xlabel="learning rate", ylabel="loss", ylim=(0, 4.2), xlim=(9e-4, 60))


def batch(figure):
    """Steps to a training loss of 0.2 against the batch size, from the second table of race.md."""
    rows = (HERE / "race.md").read_text("utf-8").split("\n\n")[1].splitlines()[2:]
    cells = [[cell.strip().replace(",", "") for cell in row.split("|")] for row in rows]
    sizes, steps = (np.array([float(row[column]) for row in cells]) for column in (1, 3))
    axes = figure.add_subplot()
    axes.plot(sizes, steps[0] / sizes, "--", color=COLOURS[2], linewidth=1.2)
    axes.plot(sizes, steps, "o-", color=COLOURS[0], linewidth=1.2)
    axes.annotate("half the steps for\ntwice the batch", (1.3, 60))
    axes.set_xscale("log", base=4)
    axes.set_yscale("log")
    axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
    axes.set(xlabel="batch size", ylabel="steps", ylim=(20, 3000))


if __name__ == "__main__":
    save(race, HERE / "figures" / "race", size=(4.9, 3.2))
    save(edge, HERE / "figures" / "edge", size=(4.8, 3.0))
    save(batch, HERE / "figures" / "batch", size=(4.8, 3.0))
