"""Draws the figures of `mcts`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))


def lengths(make, lr):
    """The mean length of each of five episodes, over ten seeds."""
    found = []
    for seed in range(10):
        planner = make(np.random.default_rng([1, seed]))
        env, rng = SOLUTION["Maze"](SOLUTION["DYNA_MAZE"]), np.random.default_rng([0, seed])
        found.append(SOLUTION["dyna_q"](env, 5, rng, planner, lr)[1])
    return np.mean(found, axis=0)


def maze(figure):
    """Steps of each episode in the Dyna maze, for four planners."""
    axes = figure.add_subplot()
    rows = (
        ("none", lambda rng: lambda q, model, step, now: None, 0.1, "-", (3.2, 850)),
        ("uniform, 5", lambda rng: SOLUTION["uniform"](5, rng, 1.0), 1.0, "--", (2.2, 190)),
        ("uniform, 50 (wide)", lambda rng: SOLUTION["uniform"](50, rng), 0.1, "-", (1.02, 15)),
        ("prioritised, 5 (thin)", lambda rng: SOLUTION["prioritised"](5), 1.0, "-", (1.02, 24)),
    )
    for colour, (name, make, lr, style, place) in zip(COLOURS, rows, strict=False):
        width = 6 if "wide" in name else 1.5  # where two curves coincide, both are seen
        axes.plot(
            range(1, 6), lengths(make, lr), style, marker="o", color=colour, linewidth=width, ms=4
        )
        axes.annotate(name, place, color=axes.xaxis.label.get_color())
    axes.set_yscale("log")
    axes.set_xticks(range(1, 6))
    axes.set(xlabel="episode", ylabel="steps", ylim=(11, 1500))


def cutoff(figure):
    """A tree of depth 2; what alpha-beta does not look at is dashed."""
    axes = figure.add_subplot()
    ink = axes.xaxis.label.get_color()
    replies = ((0.3, 0.6, 0.5), (0.2, None, None), (0.1, None, None))
    values = "0.3", "at most 0.2", "at most 0.1"
    for move, (row, value) in enumerate(zip(replies, values, strict=True)):
        x = 1 + 3 * move
        axes.plot([4, x], [2, 1], color=COLOURS[0], linewidth=2.4 if move == 0 else 1)
        aside = (x - 0.15, "right") if move == 0 else (x + 0.15, "left")
        axes.annotate(value, (aside[0], 1.08), ha=aside[1], color=ink)
        for reply, outcome in enumerate(row):
            seen = outcome is not None
            at = x + reply - 1
            axes.plot(
                [x, at], [1, 0], "-" if seen else "--", color=COLOURS[1] if seen else "#888888"
            )
            axes.annotate(outcome if seen else "cut", (at, -0.22), ha="center", color=ink)
    axes.annotate("you move: 0.3", (4, 2.1), ha="center", color=ink)
    axes.annotate("alpha = 0.3 from here on", (4.8, 1.84), ha="left", color=ink)
    axes.set(xlim=(-0.6, 9.4), ylim=(-0.4, 2.4))
    axes.set_axis_off()


def tree(figure):
    """The first two layers of a tree of UCT, after 40 and after 400 simulations."""
    game = SOLUTION["TicTacToe"]()
    root, rng = SOLUTION["Node"](game, game.after([4, 0, 5])), np.random.default_rng(0)
    for place, (simulations, more) in enumerate(((40, 40), (400, 360)), 1):
        SOLUTION["uct"](game, root, more, rng)
        axes = figure.add_subplot(2, 1, place)
        ink = axes.xaxis.label.get_color()
        axes.annotate(f"{simulations} simulations", (-2.6, 1.75), color=ink)
        for number, action in enumerate(root.legal):
            x, child = 6 * number, root.children[action]
            share = root.visits[action] / simulations
            axes.plot([15, x], [2, 1], color=COLOURS[0], linewidth=0.4 + 12 * share)
            axes.annotate(f"{action + 1}", (x - 1.1, 1.05), ha="right", color=ink)
            for reply, after in enumerate(child.legal):
                at = x + reply - 2
                width = 0.4 + 12 * child.visits[after] / simulations
                axes.plot([x, at], [1, 0.1], color=COLOURS[1], linewidth=width)
        axes.set(xlim=(-4, 34), ylim=(0, 2.1))
        axes.set_axis_off()


def mistakes(figure):
    """Mistakes of UCT in tic-tac-toe against simulations, from the table of race.md."""
    axes = figure.add_subplot()
    lines = (HERE / "race.md").read_text("utf-8").split("\n\n")[2].splitlines()
    found = [[int(each.replace(",", "")) for each in line.split("|")[2:5]] for line in lines[3:]]
    simulations = 10, 32, 100, 320, 1000
    for n, row in zip(simulations, found, strict=True):
        axes.plot([n] * len(row), [max(each, 1) for each in row], "o", color=COLOURS[0], ms=5)
        many = f"about {np.mean(row):.0f}" if any(row) else "none"
        axes.annotate(many, (n * 1.15, max(np.mean(row) * 1.1, 1.1)), color=axes.title.get_color())
    axes.plot([10, 1000], [5300 / 10, 5300 / 1000], ":", color=COLOURS[1])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_yticks([1, 10, 100, 1000], ["0", "10", "100", "1,000"])
    axes.set_xticks(simulations, [f"{n:,}" for n in simulations])
    axes.minorticks_off()
    axes.set(xlabel="simulations per move", ylabel="mistakes", ylim=(0.8, 1500), xlim=(8, 2500))


if __name__ == "__main__":
    save(maze, HERE / "figures" / "maze", size=(4.8, 3.2))
    save(cutoff, HERE / "figures" / "cutoff", size=(4.8, 2.8))
    save(mistakes, HERE / "figures" / "mistakes", size=(4.8, 3.0))
    save(tree, HERE / "figures" / "tree", size=(4.8, 4.0))
