"""Draws the figures of `td`, with the worked solution: run `python figures.py`."""

from functools import cache
from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
LAMBDAS = (0.0, 0.4, 0.8, 0.9, 0.95)
RATES = np.linspace(0.05, 1.0, 20)


@cache
def walk_errors():
    """The RMS error by lambda and learning rate, (lambdas, rates), of 10 walks with 10 episodes."""
    truth, found = SOLUTION["walk_values"](19), np.zeros((len(LAMBDAS), len(RATES)))
    for i, lam in enumerate(LAMBDAS):
        for j, lr in enumerate(RATES):
            if j and found[i, j - 1] > 0.6:  # it leaves the figure, and does not come back
                found[i, j] = np.inf
                continue
            errors = []
            for seed in range(10):
                rng, v = np.random.default_rng(seed), np.zeros(19)
                for _ in range(10):
                    v = SOLUTION["td_lambda"](v, SOLUTION["random_walk"](19, rng), lr, lam, 1.0)
                    errors.append(np.sqrt(np.mean((v - truth) ** 2)))
            found[i, j] = np.mean(errors)
    return found


def walk(figure):
    """The error of 19 values by the learning rate, a line for each lambda."""
    axes = figure.add_subplot()
    for lam, errors, colour in zip(LAMBDAS, walk_errors(), COLOURS, strict=False):
        shown = np.isfinite(errors)
        axes.plot(RATES[shown], errors[shown], color=colour, label=f"$\\lambda$ = {lam:g}")
    axes.set(xlabel="learning rate", ylabel="RMS error", ylim=(0.25, 0.58), xlim=(0, 1))
    axes.legend(ncols=2, loc="upper center", fontsize=9)


RULES = {
    "SARSA": lambda q, step: SOLUTION["sarsa"](q, step, 0.5, 1.0),
    "Q-learning": lambda q, step: SOLUTION["q_learning"](q, step, 0.5, 1.0),
    "expected SARSA": lambda q, step: SOLUTION["expected_sarsa"](q, step, 0.5, 1.0, 0.1),
}


@cache
def cliff_runs():
    """For each rule, the mean reward of each episode over 20 seeds, and the greedy path of one."""
    found = {}
    for name, rule in RULES.items():
        earned = []
        for seed in range(20):
            q, rng = np.zeros((48, 4)), np.random.default_rng(seed)
            earned.append(SOLUTION["control"](SOLUTION["Cliff"](), rule, q, 500, 0.1, rng))
            if seed == 0:
                first = path(q)
        found[name] = np.mean(earned, axis=0), first
    return found


def path(q):
    """The cells of a greedy episode on the cliff, as rows and columns."""
    world = SOLUTION["Cliff"]()
    cells, over = [world.reset()], False
    while not over and len(cells) < 60:
        s, _, over, _ = world.step(int(q[cells[-1]].argmax()))
        cells.append(s)
    return np.divmod(cells, 12)


def cliff(figure):
    """Above, the greedy paths; below, what an episode earns while the agent learns."""
    above, below = figure.subplots(2, 1, height_ratios=[1, 1.7])
    ink = below.xaxis.label.get_color()
    above.fill_between([0.5, 10.5], 2.5, 3.5, color=ink, alpha=0.25)
    above.text(5.5, 3, "cliff", ha="center", va="center", color=ink)
    for i, (name, (earned, (y, x))) in enumerate(cliff_runs().items()):
        above.plot(x, y + 0.12 * (i - 1), color=COLOURS[i], linewidth=2)
        smooth = np.convolve(earned, np.ones(10) / 10, "valid")
        below.plot(np.arange(len(smooth)) + 10, smooth, color=COLOURS[i], label=name, linewidth=1.2)
    above.set(xlim=(-0.5, 11.5), ylim=(3.8, -0.5), xticks=[], yticks=[])
    above.text(0, 3.45, "S", ha="center", va="center", color=ink)
    above.text(11, 3.45, "G", ha="center", va="center", color=ink)
    below.set(xlabel="episode", ylabel="reward of an episode", ylim=(-100, 0))
    below.legend(loc="lower right", fontsize=9)


@cache
def temptation():
    """The fraction of episodes in which the bad action was taken, for Q and double Q-learning."""
    found = []
    for tables in (1, 2):
        taken = []
        for seed in range(200):
            game, rng = np.random.default_rng(seed).spawn(2)
            world, q = SOLUTION["Temptation"](game), np.zeros((tables, 2, 10))
            if tables == 1:
                q, learn = q[0], lambda q, step: SOLUTION["q_learning"](q, step, 0.1, 1.0)
            else:
                learn = lambda q, step, rng=rng: SOLUTION["double_q"](q, step, 0.1, 1.0, rng)  # noqa: E731
            SOLUTION["control"](world, learn, q, 300, 0.1, rng)
            taken.append(world.tempted)
        found.append(np.mean(taken, axis=0))
    return found


def bias(figure):
    """How often the bad action is taken, by episode."""
    axes = figure.add_subplot()
    for taken, name, colour in zip(
        temptation(), ("Q-learning", "double Q-learning"), COLOURS[:2], strict=True
    ):
        axes.plot(np.arange(1, 301), taken, color=colour, label=name, linewidth=1.2)
    axes.axhline(0.01, color=axes.xaxis.label.get_color(), linestyle="--", linewidth=1)
    axes.set(xlabel="episode", ylabel="fraction of tempted agents", ylim=(0, 1))
    axes.legend()


def tilings(figure):
    """Three shifted tilings of a square, a point, and the tiles that are active there."""
    axes, bins, point = figure.add_subplot(), 3, np.array([1.3, 1.6])
    for i in range(3):
        shift = i * np.array([1, 3]) / 4 % 1
        low = -shift
        for k in range(bins + 2):
            for line in (axes.axvline, axes.axhline):
                place = low[0 if line is axes.axvline else 1] + k
                line(place, color=COLOURS[i], linewidth=1, alpha=0.8)
        corner = np.floor(point + shift) - shift
        axes.fill(
            corner[0] + np.array([0, 1, 1, 0]), corner[1] + np.array([0, 0, 1, 1]),
            color=COLOURS[i], alpha=0.3,
        )  # fmt: skip
    ink = axes.xaxis.label.get_color()
    axes.plot(*point, "o", color=ink)
    axes.set(xlim=(0, 3), ylim=(0, 3), xlabel="position", ylabel="speed", aspect="equal")
    axes.set(xticks=[], yticks=[])


def baird(figure):
    """The largest value by sweep, with all three elements of the triad and without each of them."""
    X, P = SOLUTION["BAIRD"], SOLUTION["SOLID"]
    cases = {
        "all three": (X, P, "td"),
        "no bootstrapping": (X, P, "monte_carlo"),
        "on-policy": (X, SOLUTION["RANDOM"], "td"),
        "a table": (np.eye(7), P, "td"),
    }
    axes = figure.add_subplot()
    for (name, (features, world, rule)), colour in zip(cases.items(), COLOURS[1:], strict=False):
        start = SOLUTION["BAIRD_START"]
        w, largest = start if name != "a table" else X @ start, []
        for _ in range(3000):
            largest.append(np.abs(features @ w).max())
            w = SOLUTION["sweep"](
                w, features, world, np.zeros(7), SOLUTION["OFTEN"], 0.01, 0.99, rule
            )
        axes.plot(largest, color=colour, label=name)
    axes.set(xlabel="sweep", ylabel="largest value", yscale="log", ylim=(0.01, 1e6))
    axes.legend(fontsize=9)


if __name__ == "__main__":
    save(walk, HERE / "figures" / "walk", size=(4.8, 3.2))
    save(cliff, HERE / "figures" / "cliff", size=(4.8, 4.2))
    save(bias, HERE / "figures" / "bias", size=(4.8, 2.8))
    save(tilings, HERE / "figures" / "tilings", size=(3.6, 3.2))
    save(baird, HERE / "figures" / "baird", size=(4.8, 3.0))
