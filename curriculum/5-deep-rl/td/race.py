"""Measures the tables of `td`: run `python race.py`, which takes about three minutes.

The worked solution learns the random walk of 19 states and the cliff. Every learning rate is chosen
on other seeds than those that are reported.
"""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
WALK_RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
LAMBDAS = (0.0, 0.4, 0.8, 0.9, 0.95, 1.0)
CLIFF_RATES = (0.1, 0.2, 0.5, 1.0)
EPSILON = 0.1


def walk_error(lam, lr, seeds):
    """The RMS error of 19 values, averaged over 10 episodes: one number for each seed."""
    truth, found = SOLUTION["walk_values"](19), []
    for seed in seeds:
        rng, v, errors = np.random.default_rng(seed), np.zeros(19), []
        for _ in range(10):
            v = SOLUTION["td_lambda"](v, SOLUTION["random_walk"](19, rng), lr, lam, 1.0)
            errors.append(np.sqrt(np.mean((v - truth) ** 2)))
        found.append(np.mean(errors))
    return np.array(found)


def walk():
    """The best learning rate of each lambda, and the error with it on 100 other walks."""
    yield ["lambda", "best learning rate", "error", "standard error", "error at twice the rate"]
    for lam in LAMBDAS:
        with np.errstate(over="ignore", invalid="ignore"):
            tried = [np.nan_to_num(walk_error(lam, lr, range(1000, 1020)).mean(), nan=np.inf)
                     for lr in WALK_RATES]  # fmt: skip
            best = WALK_RATES[int(np.argmin(tried))]
            errors, twice = (walk_error(lam, lr, range(100)) for lr in (best, 2 * best))
        large = f"{twice.mean():.2f}" if twice.mean() < 10 else "above 10"
        row = [f"{errors.mean():.3f}", f"{errors.std(ddof=1) / 10:.3f}", large]
        yield [f"{lam:g}", f"{best:g}", *row]


def rules(lr):
    """The update rules with a learning rate, on a table."""
    return {
        "SARSA": lambda q, step: SOLUTION["sarsa"](q, step, lr, 1.0),
        "expected SARSA": lambda q, step: SOLUTION["expected_sarsa"](q, step, lr, 1.0, EPSILON),
        "Q-learning": lambda q, step: SOLUTION["q_learning"](q, step, lr, 1.0),
    }


def on_the_cliff(name, lr, seeds):
    """Mean reward of the episodes 200 to 499, and greedy return after 500, for each seed."""
    during, after = [], []
    for seed in seeds:
        world, q = SOLUTION["Cliff"](), np.zeros((48, 4))
        rng, rule = np.random.default_rng(seed), rules(lr)[name]
        earned = SOLUTION["control"](world, rule, q, 500, EPSILON, rng)
        during.append(np.mean(earned[200:]))
        after.append(SOLUTION["greedy_return"](world, q, 100))
    return np.array(during), np.array(after)


def cliff():
    """Each rule with the rate that earned most on other seeds, and with the book's 0.5."""
    yield ["rule", "learning rate", "reward while exploring", "greedy reward", "seeds that arrive"]
    for name in rules(0.0):
        tried = [on_the_cliff(name, lr, range(100, 110))[0].mean() for lr in CLIFF_RATES]
        for lr in sorted({CLIFF_RATES[int(np.argmax(tried))], 0.5}):
            during, after = on_the_cliff(name, lr, range(20))
            arrived = after[after > -100]
            yield [
                name,
                f"{lr:g}",
                f"{during.mean():.1f} ± {during.std(ddof=1):.1f}",
                f"{arrived.min():.0f} to {arrived.max():.0f}",
                f"{len(arrived)} of {len(after)}",
            ]


def table(found):
    """Rows as a Markdown table."""
    head, *body = ("| " + " | ".join(row) + " |" for row in found)
    return "\n".join([head, "|" + "---|" * head.count(" | ") + "---|", *body])


if __name__ == "__main__":
    text = "\n\n".join(map(table, (walk(), cliff())))
    (HERE / "race.md").write_text(text + "\n", "utf-8")
    print(text)
