"""Measures the tables of `monte-carlo`: run `python race.py`, which takes about four minutes.

The worked solution learns blackjack with exploring starts and with an epsilon-soft policy. What
its greedy policy earns is computed from the tables of the game, so it has no error of its own.
"""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
P, R = SOLUTION["blackjack_tables"]()
FIRST = SOLUTION["first_hands"]()
SEEDS = range(3)
HANDS = (2_000, 20_000, 200_000, 1_000_000)
METHODS = {"exploring starts": (0.0, True), "epsilon-soft, 0.1": (0.1, False)}


def best_values():
    """The best action values q (201, 2); no hand is longer than 20 cards."""
    v = np.zeros(len(P))
    for _ in range(20):
        v = (R + P @ v).max(axis=1)
    return R + P @ v


def earned(q):
    """What a hand earns on average when q (200, 2) decides."""
    chosen, state = np.append(q.argmax(axis=1), 0), np.arange(len(P))
    v = np.zeros(len(P))
    for _ in range(20):
        v = R[state, chosen] + P[state, chosen] @ v
    return float(FIRST @ v)


def rows():
    """Wrong actions of 200, and the mean reward of a hand."""
    best = best_values()
    most = f"{FIRST @ best.max(axis=1):.4f}"
    yield ["method", "hands", "wrong actions of 200", "mean reward of a hand", "best possible"]
    for name, (epsilon, exploring) in METHODS.items():
        for hands in HANDS:
            wrong, reward = [], []
            for seed in SEEDS:
                game, rng = np.random.default_rng(seed).spawn(2)
                world = SOLUTION["Blackjack"](game)
                q, _ = SOLUTION["mc_control"](world, hands, rng, epsilon, exploring)
                wrong.append(int((q.argmax(axis=1) != best[:200].argmax(axis=1)).sum()))
                reward.append(earned(q))
            yield [
                name,
                f"{hands:,}",
                f"{min(wrong)} to {max(wrong)}",
                f"{min(reward):.4f} to {max(reward):.4f}",
                most,
            ]


def table(found):
    """Rows as a Markdown table."""
    head, *body = ("| " + " | ".join(row) + " |" for row in found)
    return "\n".join([head, "|" + "---|" * head.count(" | ") + "---|", *body])


if __name__ == "__main__":
    text = table(rows())
    (HERE / "race.md").write_text(text + "\n", "utf-8")
    print(text)
