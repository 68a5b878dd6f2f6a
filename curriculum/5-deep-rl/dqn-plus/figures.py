"""Draws the figures of `dqn-plus`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))


def tree(figure):
    """Four weights and their sums, with the way of the position 2.5."""
    axes = figure.add_subplot()
    ink = axes.xaxis.label.get_color()
    nodes = SOLUTION["SumTree"](4)
    nodes.update(np.arange(4), np.array([2.0, 1.0, 0.0, 5.0]))
    place = {
        1: (3.5, 2),
        2: (1.5, 1),
        3: (5.5, 1),
        4: (0.5, 0),
        5: (2.5, 0),
        6: (4.5, 0),
        7: (6.5, 0),
    }
    path = (1, 2, 5)
    for node in range(2, 8):
        on_path = node in path
        colour = COLOURS[1] if on_path else ink
        width, alpha = (2.5, 1.0) if on_path else (1.0, 0.5)
        ends = np.transpose([place[node // 2], place[node]])
        axes.plot(*ends, color=colour, linewidth=width, alpha=alpha, zorder=1)
    background = axes.get_facecolor()
    for node, (x, y) in place.items():
        colour = COLOURS[1] if node in path else COLOURS[0]
        axes.plot(x, y, "o", markersize=26, color=background, zorder=2)
        axes.plot(x, y, "o", markersize=26, color=colour, alpha=0.35, zorder=2)
        axes.text(x, y, f"{nodes.nodes[node]:.0f}", ha="center", va="center", fontsize=13)
    for node, text, side in zip(path, ("2.5", "2.5", "0.5"), (1, -1, 1), strict=True):
        x, y = place[node]
        axes.text(x + 0.6 * side, y + 0.22, text, color=COLOURS[1], ha="center", fontsize=11)
    axes.set(xlim=(-0.2, 7.2), ylim=(-0.45, 2.5))
    axes.axis("off")


def distribution(figure):
    """The distribution of the coin game's return while it learns."""
    grid = figure.subplots(2, 3, sharex=True, sharey=True)
    atoms, p = np.linspace(0, 2, 41), np.eye(41)[0]
    coin, never = np.array([0.0, 1.0]), np.zeros(2, bool)
    panels = iter(grid.ravel())
    for sweep in range(31):
        if sweep in (0, 1, 2, 3, 5, 30):
            axes = next(panels)
            axes.bar(atoms, p, width=0.045, color=COLOURS[0])
            axes.set_title(f"{sweep} sweep{'s' * (sweep != 1)}", fontsize=10)
            axes.set(yscale="log", ylim=(0.005, 1.5), xticks=(0, 1, 2))
        both = SOLUTION["c51_project"](np.tile(p, (2, 1)), coin, never, 0.5, atoms)
        p = both.mean(axis=0)
    for axes in grid[-1]:
        axes.set_xlabel("return")
    for axes in grid[:, 0]:
        axes.set_ylabel("probability")


def chain(figure, steps=2000):
    """How often each state of the chain was visited, by two rules."""
    grid = figure.subplots(2, 1, sharex=True, sharey=True)
    rules = {"epsilon 0.1": {"epsilon": 0.1}, "count bonus": {"beta": 1.0}}
    for axes, (name, settings), colour in zip(grid, rules.items(), COLOURS, strict=False):
        rng = np.random.default_rng(0)
        world = SOLUTION["Chain"](30, rng)
        _, n = SOLUTION["explore"](world, steps, rng, **settings)
        visits = n.sum(axis=1)
        axes.bar(np.arange(30), np.maximum(visits, 0.5), bottom=0, color=colour)
        axes.set(yscale="log", ylim=(0.7, 2000), ylabel="visits")
        axes.text(29.4, 700, name, ha="right", va="center", color=colour)
    grid[1].set_xlabel("state")


if __name__ == "__main__":
    save(tree, HERE / "figures" / "tree", size=(4.8, 2.2))
    save(distribution, HERE / "figures" / "distribution", size=(4.8, 3.2))
    save(chain, HERE / "figures" / "chain", size=(4.8, 3.2))
