"""Draws the figures of `mdp`, with the worked solution: run `python figures.py`."""

from math import lgamma
from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = solved(load_answer_key(HERE))
WAYS = ("bridge", "tunnel", "ferry")


def beta(ones, pulls, x):
    """The density of the posterior of one arm at x."""
    a, b = 1 + ones, 1 + pulls - ones
    constant = lgamma(a + b) - lgamma(a) - lgamma(b)
    return np.exp(constant + (a - 1) * np.log(x) + (b - 1) * np.log1p(-x))


def belief(figure):
    """The posteriors of the three ways, from the log and after 100 deliveries."""
    player = SOLUTION.Counting(SOLUTION.thompson, 1, 3)
    player.counts[:], player.sums[:] = SOLUTION.LOG
    x = np.linspace(0.001, 0.999, 400)
    grid = figure.subplots(1, 2, sharey=True)
    for axes, title in zip(grid, ("the log", "100 deliveries later"), strict=True):
        for arm, name in enumerate(WAYS):
            ones, pulls = player.sums[0, arm], player.counts[0, arm]
            label = f"{name} {ones:.0f}/{pulls:.0f}"
            axes.plot(x, beta(ones, pulls, x), color=COLOURS[arm], label=label)
        axes.set(
            title=title,
            xlabel="mean reward",
            xlim=(0, 1),
            ylim=(0, 17),
            xticks=[0, 0.5, 1],
            yticks=[],
        )
        axes.legend(fontsize=10, loc="upper left", frameon=False)
        truth = np.array([[0.6, 0.7, 0.9]])
        SOLUTION.run_bandit(player, truth, 100, np.random.default_rng(1))


def regret(figure):
    """The regret of five rules on a bandit with ten arms, over the logarithm of the pulls."""
    N, A, T = 100, 10, 10_000
    means = np.tile([0.5] + [0.4] * (A - 1), (N, 1))

    def epsilon(schedule):
        def rule(counts, sums, rng):
            epsilon = schedule(counts[0].sum() + 1)
            return SOLUTION.epsilon_greedy(SOLUTION.mean_rewards(counts, sums), epsilon, rng)

        return SOLUTION.Counting(rule, N, A)

    players = {
        "epsilon 0.1": epsilon(lambda t: 0.1),
        "epsilon 100/t": epsilon(lambda t: min(1.0, 100 / t)),
        "UCB": SOLUTION.Counting(lambda n, r, rng: SOLUTION.ucb(n, r, 2**0.5, rng), N, A),
        "Thompson": SOLUTION.Counting(SOLUTION.thompson, N, A),
        "gradient": SOLUTION.Preferring(0.1, N, A),
    }
    axes, pulls = figure.add_subplot(), np.unique(np.geomspace(10, T, 200).astype(int))
    for (name, player), colour in zip(players.items(), COLOURS, strict=False):
        lost = SOLUTION.run_bandit(player, means, T, np.random.default_rng(0))
        axes.plot(pulls, lost[pulls - 1].mean(axis=1), color=colour, label=name)
    axes.set(xlabel="pulls", ylabel="regret", xscale="log", xlim=(10, T), ylim=(0, 300))
    axes.legend(fontsize=10, loc="upper left")


def town(figure):
    """The town, its states, and the best action of each."""
    from matplotlib.patches import Rectangle

    P, R = SOLUTION.grid_tables(SOLUTION.TOWN, 0.2)
    best, _ = SOLUTION.best_policy(P, R, np.eye(6)[0], 0.9, np.arange(6))
    axes, cells = figure.add_subplot(), "".join(SOLUTION.TOWN)
    ink = axes.xaxis.label.get_color()
    colours = {"G": COLOURS[2], "H": COLOURS[1]}
    names = {"S": "start", "G": "goal +1", "H": "canal -1"}
    for s, letter in enumerate(cells):
        row, column = divmod(s, 3)
        x, y = column + 0.5, 1.5 - row
        frame = Rectangle((column, 1 - row), 1, 1, fill=letter in colours, linewidth=1)
        frame.set(edgecolor=ink, facecolor=colours.get(letter, "none"))
        frame.set_alpha(0.4 if letter in colours else 1)
        axes.add_patch(frame)
        axes.text(column + 0.08, y + 0.3, str(s), fontsize=11, color=ink)
        if letter in names:
            axes.text(x, y + 0.3, names[letter], fontsize=11, ha="center", color=ink)
        if letter in colours:
            continue
        down, right = SOLUTION.MOVES[int(best[s].argmax())]
        start = (x - 0.25 * right, y - 0.1 + 0.2 * down)
        end = (x + 0.25 * right, y - 0.1 - 0.2 * down)
        arrow = {"arrowstyle": "-|>", "color": COLOURS[0], "linewidth": 2.5, "mutation_scale": 18}
        axes.annotate("", end, start, arrowprops=arrow)
    axes.set(xlim=(-0.05, 3.05), ylim=(-0.05, 2.05), aspect="equal")
    axes.axis("off")


def fog(figure):
    """The return in the fog, by the probability of going right: exact, and played."""
    P, R = SOLUTION.fog()
    start, rng = np.eye(4)[0], np.random.default_rng(0)
    chances = np.linspace(0, 1, 101)
    exact = [
        SOLUTION.expected_return(P, R, np.tile([1 - p, p], (4, 1)), start, 0.9) for p in chances
    ]
    axes = figure.add_subplot()
    axes.plot(chances, exact, color=COLOURS[0])
    for p in np.linspace(0.1, 0.9, 9):
        played = [SOLUTION.discounted_return(walk(P, p, rng), 0.9) for _ in range(300)]
        axes.plot(p, np.mean(played), "o", color=COLOURS[0])
    axes.axhline(-2.71, color=COLOURS[2], linestyle="--")
    axes.text(0.5, -2.5, "sees or counts: -2.71", ha="center", color=COLOURS[2], fontsize=11)
    axes.set(xlabel="probability of right", ylabel="return", xlim=(0, 1), ylim=(-10.5, -1.2))


def walk(P, p, rng):
    """The rewards of one episode in the fog, cut off after 150 steps."""
    s, rewards = 0, []
    while s != 3 and len(rewards) < 150:
        s = int(P[s, int(rng.random() < p)].argmax())
        rewards.append(-1.0)
    return np.array(rewards)


if __name__ == "__main__":
    save(belief, HERE / "figures" / "belief", size=(4.8, 2.6))
    save(regret, HERE / "figures" / "regret", size=(4.8, 2.9))
    save(town, HERE / "figures" / "town", size=(4.2, 2.9))
    save(fog, HERE / "figures" / "fog", size=(4.8, 2.6))
