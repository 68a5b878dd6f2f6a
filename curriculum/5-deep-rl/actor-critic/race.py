"""Measures the tables of `actor-critic`: run `python race.py`, which takes about five minutes.

Every run has 10,000 steps of the road, or 3,000, and the worked solution learns from them. Its
score is the expected length of a drive, of 100 steps, with the policy that it ends with, computed
from the tables. The learning rate of each row is the best of RATES on seeds 0 to 2, by the mean
score; the row then shows the median and the range of seeds 100 to 109.
"""

import time
from pathlib import Path
from statistics import median

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
EARLIER = vars(solved(load_answer_key(HERE.parent / "policy-gradient")))
BUDGET, CHOOSING, SEEDS = 10_000, range(3), range(100, 110)
RATES = 1.25, 2.5, 5, 10, 20, 40, 80  # of A2C
RATES_OF_REINFORCE = 0.3, 1, 3, 10, 30
P, R, START = SOLUTION["road"]()


def length(theta):
    """The expected number of steps on the road, of 100: its sum over 100 sweeps."""
    pi = SOLUTION["softmax"](theta)
    P_pi, r_pi = np.einsum("sa,sat->st", pi, P), (pi * R).sum(axis=1)
    v = np.zeros(len(R))
    for _ in range(100):
        v = r_pi + P_pi @ v
    return float(START @ v) if np.isfinite(v).all() else 0.0


def tables():
    return np.zeros(R.shape), np.zeros(len(R))


def a2c(N, T, gae_lambda, workers=0):
    """A run with so many worlds and steps in a rollout, as a function of seed, rate and budget."""

    def run(seed, lr, budget=BUDGET):
        rng = np.random.default_rng(seed)
        (theta, v), count = tables(), budget // (N * T)
        envs = [SOLUTION["VecEnv"](SOLUTION["drives"](N, rng)) for _ in range(max(workers, 1))]
        learn, of = (SOLUTION["a3c"], envs) if workers else (SOLUTION["a2c"], envs[0])
        with np.errstate(all="ignore"):  # too large a rate makes the critic diverge
            learn(of, theta, v, T, count, rng, lr=lr, gae_lambda=gae_lambda)
        return length(theta)

    return run


def reinforce(N):
    """REINFORCE with N drives in each update.

    Only steps on the road are counted, and an update that would exceed the budget does not count.
    """

    def run(seed, lr, budget=BUDGET):
        rng, theta, steps = np.random.default_rng(seed), tables()[0], 0.0
        while True:
            before = theta.copy()
            steps += N * EARLIER["reinforce"]((P, R, START), theta, 100, N, 1, rng, lr=lr)[0]
            if steps > budget:
                return length(before)

    return run


def best_rate(run, rates=RATES, budget=BUDGET):
    """The rate with the best mean score on the seeds for choosing."""
    return max(rates, key=lambda lr: np.mean([run(seed, lr, budget) for seed in CHOOSING]))


def shown(run, lr, budget=BUDGET):
    found = [run(seed, lr, budget) for seed in SEEDS]
    return [f"{lr:g}", f"{median(found):.1f}", f"{min(found):.1f} to {max(found):.1f}"]


def of_methods():
    yield ["method", *("rate", "3,000 steps", "range"), *("rate", "10,000 steps", "range")]
    rows = [(f"REINFORCE, {N} drives", reinforce(N), RATES_OF_REINFORCE) for N in (16, 32, 64, 128)]
    rows += [(f"A2C, {N} worlds, 5 steps", a2c(N, 5, 0.95), RATES) for N in (4, 8, 16)]
    for name, run, rates in rows:
        cells = [shown(run, best_rate(run, rates, each), each) for each in (3_000, BUDGET)]
        yield [name, *cells[0], *cells[1]]


def of_rollouts():
    yield ["rollout", "lambda", "updates", "rate", "steps of a drive", "range"]
    for T, gae_lambda in ((100, 1), (100, 0.9), (100, 0.5), (100, 0), (20, 1), (5, 1), (5, 0.5)):
        run = a2c(8, T, gae_lambda)
        updates = str(BUDGET // (8 * T))
        yield [f"{T}", f"{gae_lambda:g}", updates, *shown(run, best_rate(run))]


def of_worlds():
    yield ["worlds", "rollout", "rate", "steps of a drive", "range", "steps per second"]
    for N, T in ((1, 5), (1, 80), (4, 20), (16, 5)):
        run = a2c(N, T, 0.95)
        lr = best_rate(run)
        cells = shown(run, lr)
        started = time.process_time()
        run(0, lr, 20_000)
        yield [f"{N}", f"{T}", *cells, f"{20_000 / (time.process_time() - started):,.0f}"]


def of_workers():
    yield ["workers", "rate", "steps of a drive", "range"]
    for workers in (1, 2, 4, 8, 16):
        run = a2c(8, 5, 0.95, workers)
        yield [f"{workers}", *shown(run, best_rate(run))]


def table(rows):
    """Rows of cells in Markdown, printed as they come."""
    lines = []
    for number, row in enumerate(rows):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    return "\n".join(lines)


if __name__ == "__main__":
    found = [table(rows()) for rows in (of_methods, of_rollouts, of_worlds, of_workers)]
    (HERE / "race.md").write_text("\n\n".join(found) + "\n", "utf-8")
