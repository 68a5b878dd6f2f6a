"""Draws the figures of `ppo`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))


def promise(figure):
    """On the ice: what a rollout at p = 0.1 promises, what is true, and the lower bound."""
    world, ps = SOLUTION["ice"](), np.linspace(0.02, 0.3, 141)
    old = np.tile([0.9, 0.1], (3, 1))
    axes = figure.subplots()
    lines = ("promised_gain", "promise", "--"), ("gain", "truth", "-"), ("least_gain", "bound", ":")
    for (name, label, style), colour in zip(
        lines, (COLOURS[1], COLOURS[0], COLOURS[2]), strict=True
    ):
        found = [SOLUTION[name](world, old, np.tile([1 - p, p], (3, 1)), 0.5) for p in ps]
        axes.plot(ps, found, style, color=colour, label=label)
    axes.plot(0.1, 0, "o", color=COLOURS[0], markersize=5)
    axes.set(xlabel="probability of going on, p", ylabel="gain", xlim=(0.02, 0.3))
    axes.set_ylim(-0.06, 0.09)
    axes.legend(frameon=False)


def clip(figure):
    """The clipped objective against the ratio, for a good and a bad action."""
    ratio = np.linspace(0, 2, 401)
    grid = figure.subplots(1, 2, sharex=True)
    for axes, A, title in zip(
        grid, (1.0, -1.0), ("good action, A = 1", "bad action, A = -1"), strict=True
    ):
        objective, _ = SOLUTION["clipped_surrogate"](ratio, np.full(401, A), 0.2)
        axes.plot(ratio, A * ratio, "--", color=COLOURS[1], linewidth=1)
        axes.plot(ratio, objective, color=COLOURS[0])
        axes.plot(1, A, "o", color=COLOURS[0], markersize=5)
        for edge in (0.8, 1.2):
            axes.axvline(edge, color=COLOURS[2], linewidth=0.8, linestyle=":")
        axes.set(title=title, xlabel="ratio", xticks=(0, 0.8, 1.2, 2))
    grid[0].set_ylabel("objective")


class Recorded(SOLUTION["Poles"]):
    """Poles that note the number of the step and the length of each episode that ends."""

    def __init__(self, N, rng):
        super().__init__(N, rng)
        self.taken, self.ends = 0, []

    def step(self, action):
        lengths = self.steps + 1
        result = super().step(action)
        self.taken += len(lengths)
        self.ends += [(self.taken, length) for length in lengths[result[2] | result[3]]]
        return result


def seeds(figure):
    """How long episodes last while five seeds learn: the mean of the newest ten."""
    axes = figure.subplots()
    for seed in range(5):
        rng = np.random.default_rng(seed)
        world = Recorded(8, rng)
        SOLUTION["train"](world, SOLUTION["actor_critic"](world, rng), rng, 40_960, T=128)
        taken, lengths = np.array(world.ends).T
        newest = np.convolve(lengths, np.ones(10) / 10, "valid")
        axes.plot(taken[9:] / 1000, newest, color=COLOURS[0], linewidth=0.9, alpha=0.7)
    axes.set(xlabel="steps of all eight poles, in thousands", ylabel="steps of an episode")
    axes.set(xlim=(0, 41), ylim=(0, 520))


if __name__ == "__main__":
    save(promise, HERE / "figures" / "promise", size=(4.2, 2.7))
    save(clip, HERE / "figures" / "clip", size=(4.8, 2.4))
    save(seeds, HERE / "figures" / "seeds", size=(4.2, 2.5))
