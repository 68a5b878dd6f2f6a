"""Draws the figures of `attention`, with the worked solution: run `python figures.py`."""

import runpy
from itertools import islice
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
RACE = runpy.run_path(str(HERE / "race.py"))

T, RATE = 10, 0.01  # letters of a sequence, and the learning rate of the lesson


def alignment_weights(steps=400):
    """The network of the lesson that looks back, trained: weights (T, T) of one sequence."""
    side = next(each for each in RACE["SIDES"] if each.look_back and each.D == 16)
    run = RACE["training"](side, lr=RATE, seed=0)
    *_, attended = next(islice(run, steps - 1, None))[1]
    return attended[0]


def lookup(figure):
    """The worked example: a query between two keys, and the weights of their values."""
    q, k, v = np.array([[2.0, 0.0]]), np.eye(2), np.array([[10.0], [20.0]])
    out, weights = SOLUTION["attention"](q, k, v)
    arrows, bars = figure.subplots(1, 2, width_ratios=(1.25, 1))
    names = ((q[0], "query", COLOURS[1]), (k[0], "key 1", COLOURS[0]), (k[1], "key 2", COLOURS[2]))
    for (x, y), name, colour in names:
        arrows.annotate(
            "", (x, y), (0, 0), arrowprops={"arrowstyle": "->", "color": colour, "lw": 2}
        )
        arrows.annotate(name, (x, y + 0.08 if y else 0.1), color=colour, ha="center")
    arrows.set(
        xlim=(-0.25, 2.4), ylim=(-0.25, 1.4), aspect="equal", xticks=(0, 1, 2), yticks=(0, 1)
    )
    bars.bar(v[:, 0], weights[0], width=2.5, color=(COLOURS[0], COLOURS[2]))
    for at, weight in zip(v[:, 0], weights[0], strict=True):
        bars.annotate(f"{weight:.2f}", (at, weight + 0.03), ha="center")
    bars.axvline(out[0, 0], color=COLOURS[1], linestyle="--", linewidth=1.2)
    bars.annotate(f"mean {out[0, 0]:.2f}", (out[0, 0] + 0.5, 0.6), color=COLOURS[1])
    bars.set(xlabel="value", ylabel="attention weight", xlim=(7, 23), ylim=(0, 1), xticks=(10, 20))


def alignment(figure):
    """Which letter each output attended to: a cell for each pair, the darker the more weight."""
    axes = figure.add_subplot()
    _cells(axes, SHARES)
    axes.set(xlabel="letter that was read", ylabel="letter to write")
    axes.set_xticks(range(0, T, 3))
    axes.set_yticks(range(0, T, 3))


def heads(figure):
    """Two heads whose weights were set by hand: the position before, and the same letter."""
    text, strong = "abcabc", 60.0
    n = len(text)
    letters = np.array([[float(each == kind) for kind in text] for each in text])
    x = np.concatenate([np.eye(n), letters], axis=1)[None]  # (1, 6, 12): position, letter
    both, shifted = np.eye(2 * n), np.eye(2 * n)
    shifted[:n, :n] = np.eye(n, k=1)  # the query of position t is the key of position t - 1
    Win = np.concatenate([strong * shifted, both, both])
    W = Win, np.zeros(6 * n), both, np.zeros(2 * n)
    _, (_, _, attended, _) = SOLUTION["multi_head"](x, W, 2)
    names = "the position before", "the same letter"
    for column, (weights, name) in enumerate(zip(attended[3][0], names, strict=True)):
        axes = figure.add_subplot(1, 2, column + 1)
        _cells(axes, weights)
        axes.set_title(name, fontsize=10)
        axes.set_xticks(range(n), list(text))
        axes.set_yticks(range(n), list(text))


def _cells(axes, weights):
    """A square for each pair of a query (row) and a key (column), the darker the more weight."""
    from matplotlib.patches import Rectangle

    ink = axes.xaxis.label.get_color()
    for (row, column), weight in np.ndenumerate(weights):
        corner = (column - 0.5, row - 0.5)
        shade = {"facecolor": COLOURS[0], "linewidth": 0, "alpha": float(weight)}
        axes.add_patch(Rectangle(corner, 1, 1, **shade))
        axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=ink, linewidth=0.3, alpha=0.4))
    rows, columns = weights.shape
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), aspect="equal")


def scale(figure):
    """The largest of ten weights against the width of query and key, divided and not."""
    axes = figure.add_subplot()
    widths, rng = 2 ** np.arange(11), np.random.default_rng(0)
    rows = {"undivided": [], "divided by the square root": []}
    for width in widths:
        q, k = rng.normal(size=(500, 1, width)), rng.normal(size=(500, 10, width))
        for name, factor in (("undivided", np.sqrt(width)), ("divided by the square root", 1.0)):
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
    save(lookup, HERE / "figures" / "lookup", size=(5.6, 2.4))
    save(heads, HERE / "figures" / "heads", size=(4.8, 2.7))
    save(scale, HERE / "figures" / "scale", size=(4.8, 2.8))
