"""Measures the table of `mdp`: run `python race.py`, which takes about a minute.

Each rule plays the same 100 bandits to 100,000 pulls: one arm of ten earns 1 with probability 0.5,
the others with probability 0.4. The worked solution plays.
"""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
SOLUTION = solved(load_answer_key(HERE))
N, A, T = 100, 10, 100_000
MEANS = np.tile([0.5] + [0.4] * (A - 1), (N, 1))


def epsilon(schedule):
    """A player that explores with probability schedule(t), t counting from 1."""

    def rule(counts, sums, rng):
        means, t = SOLUTION.mean_rewards(counts, sums), counts[0].sum() + 1
        return SOLUTION.epsilon_greedy(means, schedule(t), rng)

    return SOLUTION.Counting(rule, N, A)


def ucb(c):
    return SOLUTION.Counting(lambda *seen: SOLUTION.ucb(*seen[:2], c, seen[2]), N, A)


PLAYERS = {
    "epsilon 0.1": lambda: epsilon(lambda t: 0.1),
    "epsilon 0.01": lambda: epsilon(lambda t: 0.01),
    "epsilon 100/t": lambda: epsilon(lambda t: min(1.0, 100 / t)),
    "UCB, c = 1.41": lambda: ucb(2**0.5),
    "UCB, c = 0.5": lambda: ucb(0.5),
    "Thompson": lambda: SOLUTION.Counting(SOLUTION.thompson, N, A),
    "gradient 0.1": lambda: SOLUTION.Preferring(0.1, N, A),
    "gradient 0.4": lambda: SOLUTION.Preferring(0.4, N, A),
}


def rows():
    """The mean regret, its standard error and median, and how fast it still grows."""
    yield ["rule", "1,000 pulls", "10,000", "100,000", "median", "late, 10,000", "late, 100,000"]
    for name, player in PLAYERS.items():
        regret = SOLUTION.run_bandit(player(), MEANS, T, np.random.default_rng(0))
        last = regret[-1]
        error = last.std(ddof=1) / np.sqrt(N)
        late = (SOLUTION.late_regret(regret[:each]) for each in (10_000, T))
        yield [
            name,
            *(f"{regret[each - 1].mean():,.0f}" for each in (1_000, 10_000)),
            f"{last.mean():,.0f} ± {error:,.0f}",
            f"{np.median(last):,.0f}",
            *(f"{1000 * rate:.2f}" for rate in late),
        ]


def main() -> None:
    lines = []
    for number, row in enumerate(rows()):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    (HERE / "race.md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
