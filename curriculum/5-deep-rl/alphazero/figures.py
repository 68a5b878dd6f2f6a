"""Draws the figures of `alphazero`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))


def gate(figure):
    """The probability of passing a gate of 55%, for matches of 40 and of 400 games."""
    axes = figure.add_subplot()
    wins = np.linspace(0.4, 0.75, 71)
    for colour, games, place in ((COLOURS[0], 400, (0.507, 0.93)), (COLOURS[1], 40, (0.655, 0.78))):
        axes.plot(wins, [SOLUTION["gate_odds"](p, games) for p in wins], color=colour)
        axes.annotate(f"{games} games", place, color=axes.title.get_color())
    axes.axvline(0.5, linestyle=":", color=COLOURS[2])
    axes.set(xlabel="fraction of games that the new network wins", ylabel="probability of passing")


def visits(figure):
    """How far visit counts are from the regularised policy, for ten random bandits."""
    axes, at = figure.add_subplot(), np.unique(np.logspace(0.7, 4, 25).astype(int))
    for seed in range(10):
        rng = np.random.default_rng(seed)
        prior, q = rng.dirichlet(np.ones(5)), rng.uniform(-1, 1, 5)
        counts, total, legal, gaps = np.zeros(5), np.zeros(5), np.ones(5, dtype=bool), []
        for n in range(1, at[-1] + 1):
            action = int(SOLUTION["puct_select"](prior, counts, total, legal, prior @ q))
            counts[action] += 1
            total[action] += q[action]
            if n in at:
                y = SOLUTION["regularised_policy"](prior, q, 1.5 * np.sqrt(1 + n) / (n + 5))
                gaps.append(abs((1 + counts) / (n + 5) - y).max())
        axes.plot(at, gaps, color=COLOURS[0], alpha=0.6, linewidth=1.2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set(xlabel="simulations", ylabel="largest difference")


def search(figure):
    """Mistakes of a trained network by simulations, from the first table of race.md."""
    axes = figure.add_subplot()
    lines = (HERE / "race.md").read_text("utf-8").split("\n\n")[0].splitlines()[2:]
    heights = 70, 112, 190, 626  # of the names, which would lie on each other
    for colour, line, height in zip(COLOURS, lines, heights, strict=False):
        name, *cells = (each.strip() for each in line.strip("|").split("|"))
        means = [np.mean([int(each) for each in cell.split(",")]) for cell in cells]
        simulations = [8, 32, 128, 512][: len(means)]
        axes.plot(simulations, np.maximum(means, 0.2), "o-", color=colour, ms=4)
        ink = axes.title.get_color()
        axes.annotate(name, (6.9, height), ha="right", va="center", color=ink)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([8, 32, 128, 512], ["8", "32", "128", "512"])
    axes.set_yticks([0.2, 1, 10, 100], ["0.2 or fewer", "1", "10", "100"])
    axes.minorticks_off()
    axes.set(xlabel="simulations", ylabel="mistakes in 3,191 positions", xlim=(2.4, 700))


if __name__ == "__main__":
    save(gate, HERE / "figures" / "gate", size=(4.8, 3.0))
    save(visits, HERE / "figures" / "visits", size=(4.8, 3.0))
    save(search, HERE / "figures" / "search", size=(4.8, 3.2))
