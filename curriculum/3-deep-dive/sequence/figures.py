"""Draws the figures of `sequence`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

STEPS, STATE, NETS = 31, 32, 12
LANDS = ("france", "italy", "japan", "egypt", "peru", "kenya")
CAPITALS = ("paris", "rome", "tokyo", "cairo", "lima", "nairobi")


def rnn_lengths(rng, scale):
    """The length of the gradient for x, by steps back from the last one, in a simple RNN."""
    Wx, Wh, b = SOLUTION["init_cell"](rng, 4, STATE)
    x = 0.5 * rng.normal(size=(1, STEPS, 4))
    states, cache = SOLUTION["rnn_forward"](x, np.zeros((1, STATE)), (Wx, scale * Wh, b))
    gx, _, _ = SOLUTION["rnn_backward"](from_the_end(rng, states), cache)
    return np.linalg.norm(gx[0], axis=1)[::-1]


def lstm_lengths(rng, bias):
    """The same in an LSTM whose forget gate begins with this bias."""
    W = SOLUTION["init_cell"](rng, 4, STATE, 4)
    W[2][STATE : 2 * STATE] = bias
    x, start = 0.5 * rng.normal(size=(1, STEPS, 4)), np.zeros((1, STATE))
    states, _, cache = SOLUTION["lstm_forward"](x, start, start, W)
    gx, _, _, _ = SOLUTION["lstm_backward"](from_the_end(rng, states), start, cache)
    return np.linalg.norm(gx[0], axis=1)[::-1]


def from_the_end(rng, states):
    """The upstream gradient of a loss that depends on the last state only."""
    g = np.zeros_like(states)
    g[:, -1] = rng.normal(size=STATE)
    return g


def gradients(figure):
    """The length of the gradient by steps back, as a fraction of that at the last step."""
    axes = figure.add_subplot()
    rows = (
        ("large state weights", lambda rng: rnn_lengths(rng, 3.0), "-", COLOURS[1], (13, 300)),
        ("LSTM, gate at 0.95", lambda rng: lstm_lengths(rng, 3.0), "-", COLOURS[2], (17, 4e-2)),
        ("small state weights", lambda rng: rnn_lengths(rng, 0.5), "--", COLOURS[0], (1.2, 1e-8)),
    )
    for name, lengths, style, colour, position in rows:
        found = np.array([lengths(np.random.default_rng(seed)) for seed in range(NETS)])
        typical = np.exp(np.log(found / found[:, :1]).mean(axis=0))
        axes.plot(range(STEPS), typical, style, color=colour)
        axes.annotate(name, position)
    axes.set(xlabel="steps back", ylabel="norm of the gradient", yscale="log", ylim=(1e-13, 1e5))


def word_vectors():
    """The small world of the lesson, learnt: vectors (18, 12), lands, capitals, people."""
    rng = np.random.default_rng(0)
    land, kind = rng.integers(6, size=9000), rng.integers(3, size=9000)
    of_land = 18 + 3 * land + rng.integers(3, size=9000)
    of_kind = 36 + 3 * kind + rng.integers(3, size=9000)
    centre, near = np.tile(6 * kind + land, 2), np.r_[of_land, of_kind]
    first, second = 0.1 * rng.normal(size=(2, 45, 12))
    for _ in range(400):
        rows = rng.integers(len(centre), size=200)
        negs = rng.integers(18, 45, size=(200, 4))
        first, second, _ = SOLUTION["sgns_step"](
            first, second, centre[rows], near[rows], negs, 10.0
        )
    return first[:18]


def parallels(figure):
    """Lands and capitals, across by their common step, up by a direction that separates lands."""
    axes = figure.add_subplot()
    axes.axis("off")
    found = word_vectors()
    pairs = np.stack([found[:5], found[6:11]])  # five lands, five capitals
    step = (pairs[1] - pairs[0]).mean(axis=0)
    step /= np.linalg.norm(step)
    rest = pairs.mean(axis=0) - pairs.mean(axis=(0, 1))
    rest -= (rest @ step)[:, None] * step
    up = np.linalg.pinv(rest) @ np.arange(2.0, -3, -1)
    x, y = pairs @ step, pairs @ up
    for i in range(5):
        arrow = {"arrowstyle": "-|>", "color": COLOURS[i], "linewidth": 1.6}
        axes.annotate("", (x[1, i], y[1, i]), (x[0, i], y[0, i]), arrowprops=arrow)
        axes.annotate(LANDS[i], (x[0, i], y[0, i]), (-6, 0), ha="right", va="center",
                      textcoords="offset points")  # fmt: skip
        axes.annotate(CAPITALS[i], (x[1, i], y[1, i]), (6, 0), va="center",
                      textcoords="offset points")  # fmt: skip
    axes.set(xlim=(x.min() - 0.7, x.max() + 0.7), ylim=(y.min() - 0.4, y.max() + 0.4))


if __name__ == "__main__":
    save(gradients, HERE / "figures" / "slopes", size=(4.9, 3.2))
    save(parallels, HERE / "figures" / "parallels", size=(4.8, 2.4))
