"""Draws the figures of `continuous`: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent


def twins(figure):
    """The true value of one state, two critics that are wrong by e a, and the actor's way up."""
    axes, a = figure.subplots(), np.linspace(-1.6, 2.4, 201)
    errors = 1.0, -0.5

    def critic(error, a):
        return error * a - a**2 / 2

    axes.plot(a, critic(0, a), "--", color=COLOURS[2], label="truth")
    for number, error in enumerate(errors):
        axes.plot(a, critic(error, a), color=COLOURS[number], label=f"critic {number + 1}")
    way = 1 - 1.5 * 0.6 ** np.arange(8)  # steps of gradient ascent from -0.5, with a rate of 0.4
    axes.plot(way, critic(errors[0], way), "o", color=COLOURS[0], markersize=4)
    axes.axvline(1, color=COLOURS[2], linewidth=0.8, linestyle=":")
    axes.set(xlabel="action", ylabel="value", xlim=(-1.6, 2.4), ylim=(-1.6, 0.8))
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, fontsize=9)


def logs(figure):
    """Five parabolas that were fitted to a narrow log, and five that were fitted to a wide one."""
    rng, grid = np.random.default_rng(0), np.linspace(-1, 1, 201)
    both = figure.subplots(1, 2, sharey=True)
    for axes, (name, low, high) in zip(both, (("narrow", 0, 0.2), ("wide", -1, 1)), strict=True):
        a = rng.uniform(low, high, 200)
        r = -((a - 0.2) ** 2)[:, None] + 0.1 * rng.normal(size=(200, 5))
        axes.plot(grid, np.vander(grid, 3) @ np.polyfit(a, r, 2), color=COLOURS[0], linewidth=0.8)
        axes.plot(grid, -((grid - 0.2) ** 2), "--", color=COLOURS[1])
        axes.plot(a, r[:, 0], ".", color=COLOURS[2], markersize=2)
        axes.set(title=f"{name} log", xlabel="action", xlim=(-1, 1), ylim=(-2, 1.5))
    both[0].set_ylabel("value")


if __name__ == "__main__":
    save(twins, HERE / "figures" / "twins", size=(4.2, 2.7))
    save(logs, HERE / "figures" / "logs", size=(4.8, 2.5))
