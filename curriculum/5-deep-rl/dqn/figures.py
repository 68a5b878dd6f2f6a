"""Draws the figures of `dqn`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))


def triad(figure):
    """One weight, two states of values w and 2w: with all three elements, and without each."""
    gradient, one, two, end = SOLUTION["semi_gradient"], *np.array([[1.0], [2.0], [0.0]])
    steps = np.arange(101)
    paths = {name: [1.0] for name in ("all three", "a table", "no bootstrapping", "on-policy")}
    table = np.ones(2)
    for _ in steps[1:]:
        table = table - 0.1 * gradient(table, np.eye(2)[0], 0.0, np.eye(2)[1], 0.9)
        paths["a table"].append(table[0])
        for name, after in (("all three", two), ("no bootstrapping", end), ("on-policy", two)):
            w = np.array([paths[name][-1]])
            w = w - 0.1 * gradient(w, one, 0.0, after, 0.9)
            if name == "on-policy":
                w = w - 0.1 * gradient(w, two, 0.0, end, 0.9)
            paths[name].append(float(w[0]))
    axes = figure.add_subplot()
    places = (60, "right"), (75, "left"), (62, "left"), (20, "left")
    for (name, path), colour, (at, side) in zip(paths.items(), COLOURS, places, strict=False):
        axes.plot(steps, path, color=colour)
        axes.annotate(
            name,
            (at, path[at]),
            xytext=(5 if side == "left" else -5, 6),
            textcoords="offset points",
            ha=side,
            color=colour,
        )
    axes.set(xlabel="step", ylabel="w", yscale="log", ylim=(1e-5, 1e4), xlim=(0, 100))


def ring(figure):
    """Six slots after nine additions, with the seam between the newest and the oldest."""
    from matplotlib.patches import Rectangle

    axes = figure.add_subplot()
    ink = axes.xaxis.label.get_color()
    for slot, number in enumerate((6, 7, 8, 3, 4, 5)):
        colour = COLOURS[1] if number > 5 else COLOURS[0]
        axes.add_patch(Rectangle((slot + 0.05, 0), 0.9, 0.9, color=colour, alpha=0.35))
        axes.text(slot + 0.5, 0.45, str(number), ha="center", va="center", fontsize=14)
        axes.text(slot + 0.5, -0.3, f"slot {slot}", ha="center", va="center", fontsize=9)
    axes.plot([3, 3], [-0.1, 1.15], color=COLOURS[2], linewidth=2)
    axes.text(3, 1.35, "seam", ha="center", color=COLOURS[2], fontsize=11)
    axes.text(2.5, 1.05, "newest", ha="center", fontsize=10, color=ink)
    axes.text(3.5, 1.05, "oldest", ha="center", fontsize=10, color=ink)
    axes.set(xlim=(0, 6), ylim=(-0.5, 1.7))
    axes.axis("off")


def loss(figure):
    """Twenty runs of 200 steps: how large the loss is at the end, and how wrong the values."""
    axes = figure.add_subplot()
    true, runs = SOLUTION["corridor_values"](5, 0.9), {False: [], True: []}
    for seed in range(20):
        rng = np.random.default_rng(seed)
        online = SOLUTION["init_network"]((5, 16, 2), rng)
        losses, returns = SOLUTION["train"](SOLUTION["Corridor"](), online, rng, 200)
        error = np.abs(SOLUTION["forward"](online, np.eye(5))[0] - true).max()
        runs[sum(returns) > 0].append((np.mean(losses[-20:]), error))
    for colour, marker, points in zip(COLOURS, "os", (runs[True], runs[False]), strict=False):
        axes.plot(*np.transpose(points), marker, color=colour)
    axes.annotate("no reward yet", (1e-6, 1.3), color=COLOURS[1], va="center")
    axes.annotate("rewarded", (1e-6, 0.006), color=COLOURS[0], va="center")
    axes.set(xscale="log", yscale="log", xlabel="loss", ylabel="largest error")
    axes.set(xlim=(2e-8, 1e-3), ylim=(4e-3, 3))


def values(figure):
    """The values of both actions after training, with replay and without, and the true ones."""
    grid = figure.subplots(1, 2, sharey=True)
    true = SOLUTION["corridor_values"](5, 0.9)
    for axes, settings, title in zip(
        grid, ({}, {"capacity": 1, "batch_size": 1}), ("with replay", "without"), strict=True
    ):
        rng = np.random.default_rng(2)
        online = SOLUTION["init_network"]((5, 16, 2), rng)
        SOLUTION["train"](SOLUTION["Corridor"](), online, rng, 1000, **settings)
        q, _ = SOLUTION["forward"](online, np.eye(5))
        for action, name in ((1, "right"), (0, "left")):
            axes.plot(true[:, action], "--", color=COLOURS[action], linewidth=1)
            axes.plot(q[:, action], "o", color=COLOURS[action], label=name)
        axes.set(title=title, xlabel="square", xticks=range(5))
    grid[0].set_ylabel("action value")
    grid[0].legend(fontsize=10)


if __name__ == "__main__":
    save(triad, HERE / "figures" / "triad", size=(4.8, 2.8))
    save(ring, HERE / "figures" / "ring", size=(4.8, 1.5))
    save(loss, HERE / "figures" / "loss", size=(4.8, 2.8))
    save(values, HERE / "figures" / "values", size=(4.8, 2.6))
