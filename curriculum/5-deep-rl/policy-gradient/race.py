"""Measures the table of `policy-gradient`: run `python race.py`, which takes about a minute.

Twelve seeds each draw the drives of an expert, or of DAgger, and clone them with the worked
solution. Every clone then drives 500 times, and it counts how many of these drives end in the
ditch.
"""

from pathlib import Path
from statistics import median

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
SEEDS = range(12)
WORLD = SOLUTION["road"]()


def in_ditch(theta, rng):
    """The fraction of 500 drives of 100 steps that end in the ditch."""
    P, R, start = WORLD
    s, _, _ = SOLUTION["play"](P, R, SOLUTION["softmax"](theta), start, 100, 500, rng)
    return float(np.mean(s[:, -1] == len(P) - 1))


def by_expert(drives, rng):
    """A clone from this many drives of the expert."""
    P, R, start = WORLD
    pi = np.eye(3)[SOLUTION["expert"](np.arange(len(P)))]
    s, a, _ = SOLUTION["play"](P, R, pi, start, 100, drives, rng)
    return SOLUTION["clone"](s.ravel(), a.ravel(), R.shape)


def by_dagger(drives, rng):
    """The last clone of this many rounds of DAgger."""
    return SOLUTION["dagger"](WORLD, SOLUTION["expert"], 100, drives, rng)


def of_clones():
    """Clones from the same number of labels, of either kind."""
    yield ["labels", "from", "drives in the ditch: median", "range"]
    for name, learn in (("the expert's drives", by_expert), ("its own drives (DAgger)", by_dagger)):
        for drives in (1, 10, 20) if learn is by_expert else (10, 20):
            found = []
            for seed in SEEDS:
                rng = np.random.default_rng(seed)
                found.append(in_ditch(learn(drives, rng), rng))
            reach = f"{min(found):.3f} to {max(found):.3f}"
            yield [f"{100 * drives:,}", name, f"{median(found):.3f}", reach]


def table(rows):
    """Rows of cells in Markdown, printed as they come."""
    lines = []
    for number, row in enumerate(rows):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    return "\n".join(lines)


if __name__ == "__main__":
    (HERE / "race.md").write_text(table(of_clones()) + "\n", "utf-8")
