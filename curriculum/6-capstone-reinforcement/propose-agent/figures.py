"""Draws the figures of `propose-agent`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
GREY = "#8a94a3"
EPISODES = range(10_000, 10_100)


def path_of(player, seed):
    """The squares of an episode in Orchard, and the world as it began and as it ended."""
    world, over = SOLUTION["Orchard"](), False
    world.reset(seed=seed)
    start, squares = world.copy(), [world.square]
    while not over:
        _, _, terminated, truncated, _ = world.step(player(world))
        squares.append(world.square)
        over = terminated or truncated
    return np.array(squares), start, world


def orchard(figure, seed=10_015):
    """One orchard with the ways of the gardener and of the planner."""
    for axes, name in zip(figure.subplots(1, 2), ("gardener", "plan"), strict=True):
        squares, start, end = path_of(SOLUTION[name], seed)
        for row, column in start.hedges:
            axes.fill_between((column - 0.5, column + 0.5), row - 0.5, row + 0.5, color=GREY)
        apples = np.array(sorted(start.apples))
        axes.plot(apples[:, 1], apples[:, 0], "o", color=COLOURS[1], markersize=9)
        axes.plot(squares[:, 1], squares[:, 0], color=COLOURS[0], linewidth=2)
        axes.plot(*squares[0][::-1], "*", color=COLOURS[0], markersize=14)
        axes.plot(*squares[-1][::-1], "s", color=COLOURS[0], markersize=6)
        picked = len(start.apples) - len(end.apples)
        label = "gardener" if name == "gardener" else "planner"
        axes.set_title(f"{label}: {picked} of 4", fontsize=10)
        axes.set(xlim=(-0.5, 5.5), ylim=(5.5, -0.5), xticks=[], yticks=[], aspect="equal")


def bars(figure):
    """In how many of 100 orchards each player picked 0 to 4 apples."""
    axes = figure.add_subplot()
    chance = SOLUTION["random_player"](np.random.default_rng(0))
    players = {"random": chance, "gardener": SOLUTION["gardener"], "planner": SOLUTION["plan"]}
    for place, (name, player) in enumerate(players.items()):
        picked = SOLUTION["returns"](SOLUTION["Orchard"](), player, EPISODES).astype(int)
        left = 0
        for apples, count in enumerate(np.bincount(picked, minlength=5)):
            axes.barh(place, count, 0.5, left, color=COLOURS[0], alpha=0.12 + 0.18 * apples)
            if count > 5:
                axes.annotate(str(apples), (left + count / 2, place), ha="center", va="center")
            left += count
        axes.annotate(f"{name}, mean {picked.mean():.2f}", (0, place - 0.28), va="bottom")
    axes.set(xlabel="orchards", yticks=[], xlim=(0, 100), ylim=(2.4, -0.7))


def seeds(figure):
    """Power against the number of seeds, with and without trainings that collapse."""
    axes, rng = figure.add_subplot(), np.random.default_rng(0)
    numbers = (3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30)
    axes.axhline(0.8, color=GREY, linestyle="--", linewidth=1)
    for share, name, colour, at in (
        (0.0, "no collapse", COLOURS[0], (15.5, 0.87)),
        (0.1, "1 in 10 collapses", COLOURS[1], (17.5, 0.45)),
    ):
        power = []
        for n in numbers:
            gains = rng.normal(1, 1, size=(20_000, n))
            power.append(SOLUTION["cleared"](gains - 3 * (rng.random(gains.shape) < share)))
        axes.plot(numbers, power, color=colour, marker="o", markersize=3.5)
        axes.annotate(name, at, color=colour)
    axes.set(xlabel="seeds", ylabel="power", ylim=(0, 1.02), xlim=(0, 31))


if __name__ == "__main__":
    save(orchard, HERE / "figures" / "orchard", size=(4.8, 2.7))
    save(bars, HERE / "figures" / "bars", size=(4.8, 2.8))
    save(seeds, HERE / "figures" / "seeds", size=(4.8, 2.8))
