"""The comparisons of `mcts`: run `python race.py` (about ten minutes) to write race.md again.

Planning and alpha-beta are the worked solution's. UCT is the engine's, `undergrad.rl.search.uct`,
which plays many games side by side and is otherwise the same search.
"""

import runpy
from contextlib import suppress
from pathlib import Path

import numpy as np

from undergrad.rl.games import GAMES
from undergrad.rl.games.players import one_move_player, random_player
from undergrad.rl.games.strength import Labelled, accuracy, labelled, match
from undergrad.rl.games.table import solve_all
from undergrad.rl.search.uct import uct_player

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
WALL = ("........G", ".........", ".........", ".########", ".........", "...S.....")
GAP = ("........G", ".........", ".........", ".#######.", ".........", "...S.....")
SEEDS = range(10)


def table(heads, rows):
    """A Markdown table."""
    lines = [heads, ["---"] + ["--:"] * (len(heads) - 1), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def maze():
    """Steps of the first, second and fifth episode, for each planner at its best learning rate."""
    rates = (0.1, 0.3, 1.0)
    planners = {
        "none": lambda lr, rng: lambda q, model, step, now: None,
        "uniform, 5": lambda lr, rng: SOLUTION["uniform"](5, rng, lr),
        "uniform, 50": lambda lr, rng: SOLUTION["uniform"](50, rng, lr),
        "prioritised, at most 5": lambda lr, rng: SOLUTION["prioritised"](5, lr),
    }
    rows = []
    for name, make in planners.items():
        best = min(((steps(make, lr, SEEDS), lr) for lr in rates), key=lambda each: each[0].sum())
        found = steps(make, best[1], range(10, 20))
        rows.append([name, f"{best[1]:g}", *(f"{each:.0f}" for each in found[[0, 1, 4]])])
    heads = ["planning updates per step", "learning rate", "episode 1", "episode 2", "episode 5"]
    return table(heads, rows)


def steps(make, lr, seeds):
    """The mean length of each of five episodes: (5,)."""
    lengths = []
    for seed in seeds:
        planner = make(lr, np.random.default_rng([1, seed]))
        env, rng = SOLUTION["Maze"](SOLUTION["DYNA_MAZE"]), np.random.default_rng([0, seed])
        lengths.append(SOLUTION["dyna_q"](env, 5, rng, planner, lr)[1])
    return np.mean(lengths, axis=0)


class Enough(Exception):
    """The budget of steps is used up."""


def shortcut():
    """Rewards in a maze that opens after 3,000 of 6,000 steps, with and without a bonus.

    kappa is chosen on five seeds, by the rewards of all 6,000 steps; the table shows ten others.
    """
    kappas = 0.0003, 0.0005, 0.001, 0.002, 0.004
    totals = [np.median([sum(rewards(k, True, seed)) for seed in SEEDS[:5]]) for k in kappas]
    best = kappas[int(np.argmax(totals))]
    rows = []
    settings = (0.0, False), (best / 2, True), (best, True), (2 * best, True), (best, False)
    for kappa, untried in settings:
        earned = np.array([summed(rewards(kappa, untried, seed)) for seed in range(10, 20)])
        name = "Dyna-Q" if kappa == 0 else "Dyna-Q+" if untried else "bonus only for what was tried"
        cells = [
            f"{np.median(each):.0f} ({each.min():.0f} to {each.max():.0f})" for each in earned.T
        ]
        rows.append([name, f"{kappa:g}", *cells])
    heads = ["method", "kappa", "first 3,000 steps", "last 1,000 steps"]
    return table(heads, rows)


def summed(earned):
    """What was earned in the first 3,000 and in the last 1,000 steps."""
    return sum(earned[:3000]), sum(earned[-1000:])


def rewards(kappa, untried, seed):
    """What each of 6,000 steps earned."""
    env, earned = SOLUTION["Maze"](WALL, GAP, 3000), []
    curious = SOLUTION["curious"](50, np.random.default_rng([1, seed]), kappa, 1.0, untried)

    def planner(q, model, step, now):
        earned.append(step.reward)
        if now == 6000:
            raise Enough
        curious(q, model, step, now)

    with suppress(Enough):
        SOLUTION["dyna_q"](env, 6000, np.random.default_rng([0, seed]), planner, 1.0)
    return earned


def tictactoe():
    """In how many of the positions where a mistake is possible each player makes one."""
    game = GAMES["tictactoe"]
    every = solve_all(game)
    positions = Labelled(every.position, every.action_values)
    positions = positions.at(positions.decisive)
    total = len(positions.action_values)
    rows = []
    players = {"random": random_player(game)}
    players |= {f"UCT, {n:,}": uct_player(game, n) for n in (10, 32, 100, 320, 1_000)}
    for name, player in players.items():
        cells = [f"{mistakes(player, positions, seed):,}" for seed in range(3)]
        rows.append([name, *cells])
    return table([f"player ({total:,} positions)", "seed 0", "seed 1", "seed 2"], rows)


def mistakes(player, positions, seed, size=400):
    """How many of the positions the player spoils; so many side by side."""
    rng, wrong = np.random.default_rng(seed), 0
    for first in range(0, len(positions.action_values), size):
        some = positions.at(slice(first, first + size))
        wrong += len(some.action_values) * (1 - accuracy(player, some, rng))
    return round(wrong)


def alpha_beta_player(depth):
    """The worked solution's alpha-beta as a player of the engine."""
    game = SOLUTION["ConnectN"]()

    def player(position, rng):
        found = []
        for own, mask in zip(*(side.tolist() for side in position), strict=True):
            search = SOLUTION["AlphaBeta"](
                game, lambda moves: sorted(moves, key=lambda m: abs(m - 3))
            )
            found.append(search.move(SOLUTION["Position"](own, mask), depth))
        return np.array(found)

    return player


def connect4():
    """Right moves on the labelled positions, and games against alpha-beta with depth 4."""
    game = GAMES["connect4"]
    positions = labelled("connect4")
    players = {"random": random_player(game), "one move ahead": one_move_player(game)}
    players |= {f"alpha-beta, depth {depth}": alpha_beta_player(depth) for depth in (4, 6)}
    players |= {f"UCT, {n:,}": uct_player(game, n) for n in (200, 1_500)}
    rows = []
    for name, player in players.items():
        right = f"{accuracy(player, positions, np.random.default_rng(0)):.3f}"
        rows.append([name, right, *([] if name == "alpha-beta, depth 4" else played(game, player))])
    rows[2] += ["", ""]
    heads = ["player", "right moves", "won-drawn-lost", "points"]
    return table(heads, rows)


def played(game, player):
    """40 games against alpha-beta with depth 4: the results, and the points with their interval."""
    found = match(game, player, alpha_beta_player(4), games=40)
    results = "-".join(str((found.results == result).sum()) for result in (1, 0, -1))
    low, high = found.interval
    return results, f"{found.points:.0%} ({low:.0%} to {high:.0%})"


if __name__ == "__main__":
    tables = maze(), shortcut(), tictactoe(), connect4()
    (HERE / "race.md").write_text("\n\n".join(tables) + "\n", "utf-8")
