"""Draws the figures of `actor-critic`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.locate import data_path
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
EARLIER = vars(solved(load_answer_key(data_path("curriculum") / "5-deep-rl" / "policy-gradient")))
GAMMA = 0.99
P, R, START = SOLUTION["road"]()
BEGINNER = 0.6 * np.eye(3)[EARLIER["expert"](np.arange(109))] + 0.4 / 3


def ends(figure):
    """Three worlds of eight steps; the sum of step 2 stops for three reasons."""
    axes = figure.subplots()
    stops = ((4, "true end"), (5, "time limit"), (7, "end of the rollout"))
    for row, (last, name) in enumerate(stops):
        y = 2 - row
        axes.scatter(range(8), [y] * 8, s=60, color=COLOURS[2], alpha=0.5, linewidth=0)
        axes.plot((2, last), (y, y), color=COLOURS[0], linewidth=4, solid_capstyle="round")
        if row == 0:
            axes.plot(last + 0.45, y, "x", color=COLOURS[1], markersize=9, markeredgewidth=2)
        else:
            ring = {"markersize": 10, "markeredgewidth": 2, "fillstyle": "none"}
            axes.plot(last + 0.45, y, "o", color=COLOURS[1], **ring)
        axes.text(-0.4, y + 0.28, name)
    axes.set(xlim=(-0.6, 7.9), ylim=(-0.5, 2.7), xlabel="step", yticks=(), xticks=range(8))
    axes.spines[:].set_visible(False)


def critic_after(updates):
    """The values that a critic learns of the beginner, from rollouts of 5 steps in 8 worlds."""
    rng, v = np.random.default_rng(0), np.zeros(109)
    env = SOLUTION["VecEnv"](SOLUTION["drives"](8, rng))
    for _ in range(updates):
        s, _, next_s, r, *stops = SOLUTION["collect"](
            env, lambda s: SOLUTION["sample"](BEGINNER[s], rng), 5
        )
        delta = SOLUTION["gae"](r, *stops, v[s], v[next_s], GAMMA, 0.95)
        np.add.at(v, s.ravel(), 0.1 * delta.ravel())
    return v


def noise(v, gae_lambda):
    """The standard deviation of GAE for each state and action, exactly: (S, A)."""
    c = GAMMA * gae_lambda
    delta = R[:, :, None] + GAMMA * v - v[:, None, None]  # (S, A, S')
    P_pi = np.einsum("sa,sat->st", BEGINNER, P)
    mean = np.linalg.solve(np.eye(109) - c * P_pi, np.einsum("sa,sat,sat->s", BEGINNER, P, delta))
    square = delta**2 + 2 * c * delta * mean
    ahead = np.einsum("sa,sat,sat->s", BEGINNER, P, square)
    second = np.linalg.solve(np.eye(109) - c * c * P_pi, ahead)
    first = np.einsum("sat,sat->sa", P, delta + c * mean)
    variance = np.einsum("sat,sat->sa", P, square + c * c * second) - first**2
    return np.sqrt(variance.clip(0))


def visits():
    """How often the beginner is in each state of the road, over a drive of 100 steps: (S,)."""
    P_pi, now, total = np.einsum("sa,sat->st", BEGINNER, P), START, np.zeros(109)
    for _ in range(100):
        total, now = total + now, now @ P_pi
    total[-1] = 0
    return total / total.sum()


def trust(figure):
    """Bias and standard deviation against lambda, for three critics."""
    v, advantage = SOLUTION["true_advantage"](P, R, BEGINNER, GAMMA)
    weight = visits()[:, None] * BEGINNER
    lambdas = np.concatenate([np.linspace(0, 0.9, 10), np.linspace(0.91, 1, 10)])
    grid = figure.subplots(1, 3, sharey=True)
    critics = ("zero", np.zeros(109)), ("20,000 steps", critic_after(500)), ("exact", v)

    def size(x):
        return np.sqrt((weight * x**2).sum())

    for axes, (name, critic) in zip(grid, critics, strict=True):
        biases, noises = [], []
        for each in lambdas:
            bias = SOLUTION["advantage_bias"](P, BEGINNER, critic - v, GAMMA, each)
            bias = bias - (BEGINNER * bias).sum(axis=1, keepdims=True)
            biases.append(max(size(bias), 1e-3))
            noises.append(size(noise(critic, each)))
        axes.plot(lambdas, biases, color=COLOURS[1], label="bias")
        axes.plot(lambdas, noises, color=COLOURS[0], linestyle="--", label="noise")
        axes.axhline(size(advantage), color=COLOURS[2], linewidth=1, linestyle=":")
        axes.set(title=name, xlabel="lambda", yscale="log", ylim=(0.1, 50), xticks=(0, 0.5, 1))
        axes.set_xticklabels(("0", "0.5", "1"))
    grid[2].legend(loc="lower left", frameon=False)


if __name__ == "__main__":
    save(ends, HERE / "figures" / "ends", size=(4.8, 2.2))
    save(trust, HERE / "figures" / "lambda", size=(4.8, 2.5))
