"""Draws the figures of `transformer`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
RACE = runpy.run_path(str(HERE / "race.py"))


def block(figure):
    """The path of x through a block, from the bottom to the top."""
    axes = figure.add_subplot()
    axes.set(xlim=(-0.9, 4.9), ylim=(-0.5, 6.3), aspect="equal")
    axes.axis("off")
    ink = axes.xaxis.label.get_color()
    arrow = {"arrowstyle": "-|>", "color": ink, "linewidth": 1.4}
    axes.annotate("", (0, 6), (0, 0), arrowprops={**arrow, "linewidth": 2.4})
    axes.text(0, -0.4, "x", ha="center", fontsize=12)
    for low, names in ((0.3, ("norm", "attention")), (3.2, ("norm", "MLP"))):
        axes.plot([0, 2.9, 2.9], [low, low, low + 0.3], color=ink, linewidth=1.4)
        for place, name in enumerate(names):
            _box(axes, 1.7, low + 0.3 + 0.9 * place, name, COLOURS[place], ink)
        axes.plot([2.9, 2.9], [low + 1.9, low + 2.2], color=ink, linewidth=1.4)
        axes.annotate("", (0.24, low + 2.2), (2.9, low + 2.2), arrowprops=arrow)
        axes.plot([0], [low + 2.2], "o", markersize=15, color=COLOURS[2], zorder=5)
        axes.text(0, low + 2.17, "+", ha="center", va="center", fontsize=13, color="white",
                  zorder=6)  # fmt: skip


def _box(axes, x, y, name, colour, ink):
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), 2.4, 0.7, facecolor=colour, alpha=0.35, linewidth=0))
    axes.add_patch(Rectangle((x, y), 2.4, 0.7, fill=False, edgecolor=ink, linewidth=1))
    axes.text(x + 1.2, y + 0.33, name, ha="center", va="center", fontsize=11)


def positions(figure):
    """Three columns of the encoding against the position."""
    axes = figure.add_subplot()
    encoding = SOLUTION["sinusoidal"](50, 32)
    for column, style, colour in (
        (0, "-", COLOURS[0]),
        (4, "--", COLOURS[1]),
        (10, "-.", COLOURS[2]),
    ):
        axes.plot(encoding[:, column], style, color=colour, label=f"column {column}")
    axes.set(xlabel="position", ylabel="encoding", ylim=(-1.1, 1.6), yticks=(-1, 0, 1))
    axes.legend(frameon=False, ncols=3, loc="upper center")


def head_weights(steps=200):
    """The attention weights of the lesson's copying model for one line: (layers, heads, T, T)."""
    kind = RACE["Transformer"](np.random.default_rng(0))
    optim, rng = RACE["OPTIM"], np.random.default_rng(1)
    adam = optim["AdamW"](kind.params, lr=0.01, weight_decay=0.01)
    for step in range(steps):
        _, gradients = kind(*RACE["batch"](rng))
        adam.lr = 0.01 * min((step + 1) / 20, 1)
        adam.step(optim["clip_global_norm"](gradients, 1.0)[0])
    kind.model.forward(RACE["batch"](rng, 1)[0])
    return [block.attended[2][3][0] for block in kind.model.blocks]


def maps(figure):
    """A map of the weights of each head: a row for each query, the darker the more weight."""
    grid = figure.subplots(2, 4, sharex=True, sharey=True)
    for row, layer in enumerate(WEIGHTS):
        for column, weights in enumerate(layer):
            axes = grid[row, column]
            _cells(axes, weights)
            axes.set_title(f"{row + 1}.{column + 1}", fontsize=9)
            axes.set(xticks=(0, 8), yticks=(0, 8))


def _cells(axes, weights):
    """A square for each pair with some weight, in a frame."""
    from matplotlib.patches import Rectangle

    for (row, column), weight in np.ndenumerate(weights):
        if weight > 0.02:
            corner = (column - 0.5, row - 0.5)
            shade = {"facecolor": COLOURS[0], "linewidth": 0, "alpha": float(weight)}
            axes.add_patch(Rectangle(corner, 1, 1, **shade))
    axes.set(xlim=(-0.5, 15.5), ylim=(15.5, -0.5), aspect="equal")


if __name__ == "__main__":
    WEIGHTS = head_weights()
    save(positions, HERE / "figures" / "positions", size=(4.8, 2.6))
    save(block, HERE / "figures" / "block", size=(3.4, 3.9))
    save(maps, HERE / "figures" / "maps", size=(5.5, 3.2))
