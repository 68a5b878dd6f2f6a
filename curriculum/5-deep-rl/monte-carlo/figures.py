"""Draws the figures of `monte-carlo`, with the worked solution: run `python figures.py`."""

from functools import cache
from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
CARDS = ["ace", *map(str, range(2, 11))]


@cache
def best_values():
    """The best action values of blackjack, q (200, 2)."""
    P, R = SOLUTION["blackjack_tables"]()
    v = np.zeros(len(P))
    for _ in range(20):
        v = (R + P @ v).max(axis=1)
    return (R + P @ v)[:200]


def outcomes(total):
    """The probabilities of -1, 0 and 1 for a player who sticks against a ten."""
    dealer = SOLUTION["dealer_totals"](10, False)
    lost = sum(p for final, p in dealer.items() if final > total)
    drawn = dealer.get(total, 0.0)
    return np.array([lost, drawn, 1 - lost - drawn])


def sixteen(figure):
    """The difference between hitting and sticking, as hands accumulate, for six seeds."""
    after = [outcomes(16 + card) if card < 6 else np.array([1, 0, 0]) for card in SOLUTION["CARDS"]]
    chances = outcomes(16), np.mean(after, axis=0)
    means = [p[2] - p[0] for p in chances]
    sd = np.sqrt(sum(p[2] + p[0] - mean**2 for p, mean in zip(chances, means, strict=True)))
    n, gap = np.arange(1, 100_001), means[1] - means[0]
    shown = np.unique(np.geomspace(50, n[-1], 300).astype(int))
    axes = figure.add_subplot()
    ink = axes.xaxis.label.get_color()
    axes.fill_between(
        shown, gap - 2 * sd / np.sqrt(shown), gap + 2 * sd / np.sqrt(shown), color=ink, alpha=0.12
    )
    for seed in range(6):
        rng = np.random.default_rng(seed)
        stick, hit = (rng.choice([-1.0, 0.0, 1.0], size=len(n), p=p) for p in chances)
        path = np.cumsum(hit - stick) / n
        axes.plot(shown, path[shown - 1], color=COLOURS[seed], linewidth=1)
    axes.axhline(gap, color=ink, linestyle="--", linewidth=1)
    axes.axhline(0, color=ink, linewidth=0.6)
    axes.set(xlabel="hands of each", ylabel="hit minus stick", xscale="log", ylim=(-0.2, 0.2))


@cache
def learned():
    """The action values after 50,000 hands with exploring starts."""
    game, rng = np.random.default_rng(0).spawn(2)
    return SOLUTION["mc_control"](SOLUTION["Blackjack"](game), 50_000, rng, 0.0, True)[0]


def policy(figure):
    """The best policy, and where the learned one differs."""
    from matplotlib.colors import ListedColormap

    best, found = best_values().argmax(axis=1), learned().argmax(axis=1)
    grid = figure.subplots(1, 2, sharey=True)
    for usable, axes in enumerate(grid):
        hits = best[usable::2].reshape(10, 10)
        colours = ListedColormap([COLOURS[4], COLOURS[5]])
        axes.imshow(hits, origin="lower", cmap=colours, vmin=0, vmax=1, aspect="auto", alpha=0.75)
        total, shown = np.nonzero(hits != found[usable::2].reshape(10, 10))
        axes.plot(shown, total, "x", color="#000000", markersize=6, markeredgewidth=2)
        axes.set(
            title="usable ace" if usable else "no usable ace",
            xticks=range(0, 10, 3),
            xticklabels=CARDS[::3],
            yticks=range(0, 10, 3),
            yticklabels=range(12, 22, 3),
            xlabel="the dealer's card",
        )
    grid[0].set_ylabel("total of the player")


def loop(figure):
    """The running estimates of twenty runs in the loop, ordinary and weighted."""
    stay, b, N = 0.9, 0.5, 100_000
    grid = figure.subplots(1, 2, sharey=True)
    shown = np.unique(np.geomspace(1, N, 400).astype(int))
    for seed in range(20):
        rng = np.random.default_rng(seed)
        steps = rng.geometric(1 - b * stay, size=N)
        won = rng.random(N) < b * (1 - stay) / (1 - b * stay)
        total = np.cumsum(won * b ** -steps.astype(float))
        ordinary = total / np.arange(1, N + 1)
        weighted = np.where(total > 0, 1.0, 0.0)  # every return that counts is 1
        for axes, path in zip(grid, (ordinary, weighted), strict=True):
            axes.plot(shown, path[shown - 1], color=COLOURS[seed % 6], linewidth=0.8)
    for axes, title in zip(grid, ("ordinary", "weighted"), strict=True):
        axes.set(title=title, xscale="log", xlabel="episodes", ylim=(0, 3))
        axes.set_xticks([1, 1000, 100_000])
    grid[0].set_ylabel("estimate")


@cache
def squared():
    """The squared errors of both estimates by the number of hands, from disjoint groups."""
    w, G = SOLUTION["logged_hands"](40_000, np.random.default_rng(0))
    counts, errors = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000), []
    for n in counts:
        groups = iter(zip(w.reshape(-1, n), G.reshape(-1, n), strict=True))
        errors.append(
            SOLUTION["squared_errors"](
                lambda n, rng, groups=groups: next(groups),
                SOLUTION["BOOK_VALUE"],
                n,
                40_000 // n,
                None,
            )
        )
    return counts, np.array(errors)


def errors(figure):
    """The mean squared error of the ordinary and of the weighted estimate."""
    counts, found = squared()
    axes = figure.add_subplot()
    for column, name, width, colour in ((0, "ordinary", 4, 1), (1, "weighted", 1.8, 0)):
        axes.plot(
            counts, found[:, column], "o-", color=COLOURS[colour], linewidth=width, label=name
        )
    axes.set(xlabel="hands", ylabel="mean squared error", xscale="log", yscale="log")
    axes.legend()


def certainty(figure):
    """The value from more and more episodes of 10 steps on average, with two kinds of errors."""
    axes, counts = figure.add_subplot(), np.arange(10, 401, 5)
    T = np.random.default_rng(0).geometric(0.1, size=400)
    sums, squares = T * (T + 1) / 2, T * (T + 1) * (2 * T + 1) / 6
    found = np.array([SOLUTION["standard_error"](sums[:n], T[:n]) for n in counts])
    visits = np.array([T[:n].sum() for n in counts])
    seconds = np.array([squares[:n].sum() for n in counts])
    naive = np.sqrt((seconds / visits - found[:, 0] ** 2) / visits)
    for error, colour, name in (
        (found[:, 1], COLOURS[0], "by episodes"),
        (naive, COLOURS[1], "as if visits were independent"),
    ):
        for side in -2, 2:
            axes.plot(
                counts, found[:, 0] + side * error, color=colour, label=name if side > 0 else None
            )
    axes.axhline(10, color=axes.xaxis.label.get_color(), linewidth=0.8)
    axes.set(xlabel="episodes", ylabel="value", ylim=(4, 18))
    axes.legend()


if __name__ == "__main__":
    save(sixteen, HERE / "figures" / "sixteen", size=(4.8, 2.9))
    save(policy, HERE / "figures" / "policy", size=(4.8, 3.0))
    save(loop, HERE / "figures" / "loop", size=(4.8, 2.8))
    save(errors, HERE / "figures" / "errors", size=(4.8, 2.9))
    save(certainty, HERE / "figures" / "certainty", size=(4.8, 2.9))
