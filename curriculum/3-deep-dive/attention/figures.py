"""Draws the figures of `attention`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad import course
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

N, T, V, H = 32, 10, 8, 16  # sequences, letters, kinds of letters, state


def before(name):
    """The worked solution of an earlier unit."""
    unit = course.load().unit(name)
    return runpy.run_path(str(course.unit_folder(unit) / "solution.py"))


def alignment_weights(steps=400):
    """The reverser of the lesson, trained: weights (T, T) of one sequence."""
    sequence, optim, backprop = (before(name) for name in ("sequence", "optim", "backprop"))
    rng = np.random.default_rng(0)
    lstm = sequence["init_cell"](rng, V + T, H, gates=4)
    head = (rng.normal(size=(T, V, H)) / 4)[0].copy()
    weights = [*lstm, rng.normal(size=(T, H)), head]
    adam, start = optim["Adam"](weights, lr=0.01), np.zeros((N, H))
    for _ in range(steps):
        letters = rng.integers(V, size=(N, T))
        places = np.broadcast_to(np.eye(T), (N, T, T))
        x = np.concatenate([np.eye(V)[letters], places], axis=2)
        states, c, cache = sequence["lstm_forward"](x, start, start, weights[:3])
        q = np.broadcast_to(weights[3], (N, T, H))
        found, shares = SOLUTION["attention"](q, states, states)
        scores = (found @ weights[4].T).reshape(-1, V)
        g = backprop["ce_backward"](scores, letters[:, ::-1].reshape(-1)).reshape(N, T, V)
        gq, gk, gv = SOLUTION["attention_backward"](g @ weights[4], (q, states, states, shares))
        to_lstm = sequence["lstm_backward"](gk + gv, 0 * c, cache)[3]
        gradients = [*to_lstm, gq.sum(axis=0), np.einsum("ntv,nth->vh", g, found)]
        adam.step(optim["clip_global_norm"](gradients, 1.0)[0])
    return shares[0]


def alignment(figure):
    """Who looked where: a cell for each pair, the darker the more weight."""
    from matplotlib.patches import Rectangle

    axes = figure.add_subplot()
    ink = axes.xaxis.label.get_color()
    for (row, column), weight in np.ndenumerate(SHARES):
        place, look = (column - 0.5, row - 0.5), {"facecolor": COLOURS[0], "linewidth": 0}
        axes.add_patch(Rectangle(place, 1, 1, alpha=float(weight), **look))
        axes.add_patch(Rectangle(place, 1, 1, fill=False, edgecolor=ink, linewidth=0.3, alpha=0.4))
    axes.set(xlim=(-0.5, T - 0.5), ylim=(T - 0.5, -0.5), aspect="equal")
    axes.set(xlabel="letter that was read", ylabel="letter to write")
    axes.set_xticks(range(0, T, 3))
    axes.set_yticks(range(0, T, 3))


def scale(figure):
    """The largest of ten weights by the width of query and key, divided and not."""
    axes = figure.add_subplot()
    widths, rng = 2 ** np.arange(11), np.random.default_rng(0)
    rows = {"undivided": [], "divided by the root": []}
    for width in widths:
        q, k = rng.normal(size=(500, 1, width)), rng.normal(size=(500, 10, width))
        for name, factor in (("undivided", np.sqrt(width)), ("divided by the root", 1.0)):
            _, weights = SOLUTION["attention"](factor * q, k, k)
            rows[name].append(weights.max(axis=-1).mean())
    for (name, found), style, colour, at in zip(
        rows.items(), ("-", "--"), (COLOURS[1], COLOURS[2]), ((24, 0.55), (24, 0.16)), strict=True
    ):
        axes.plot(widths, found, style, color=colour, marker="o", markersize=4)
        axes.annotate(name, at)
    axes.set_xscale("log", base=2)
    axes.set_xticks(widths[::2], [str(width) for width in widths[::2]])
    axes.set(xlabel="width D", ylabel="largest weight", ylim=(0, 1.03))


if __name__ == "__main__":
    SHARES = alignment_weights()
    save(alignment, HERE / "figures" / "alignment", size=(3.6, 3.3))
    save(scale, HERE / "figures" / "scale", size=(4.8, 2.8))
