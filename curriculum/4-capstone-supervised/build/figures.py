"""Draws the figures of `build`, with the worked solution: run `python figures.py`."""

import runpy
from pathlib import Path

import numpy as np

from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
RACE = runpy.run_path(str(HERE / "race.py"))
SEEDS = range(5)
BASELINE = 0.793  # softmax regression on the validation images, see the lesson


def runs(**settings):
    """{seed: accuracy on the validation images} of networks with these settings."""
    train, validation, _ = RACE["data"]()
    loss = RACE["loss"](settings.pop("q"))
    return {
        seed: RACE["score"](SOLUTION["train"](*train, seed, loss, **settings), validation)
        for seed in SEEDS
    }


def ladder(figure):
    """From the baseline to the model, one part after the other, with one line for each seed."""
    axes = figure.add_subplot()
    rungs = {
        "softmax\nregression": dict.fromkeys(SEEDS, BASELINE),
        "plain\nnetwork": runs(q=0.0, decay=False),
        "with\ndecay": runs(q=0.0),
        "with the\nrobust loss": runs(q=0.7),
        "without\nflip": runs(q=0.7, flip=False),
    }
    at = range(len(rungs))
    for seed in SEEDS:
        line = [scores[seed] for scores in rungs.values()]
        axes.plot(at, line, "o-", color=COLOURS[0], alpha=0.45, linewidth=1, markersize=3)
    means = [np.mean(list(scores.values())) for scores in rungs.values()]
    axes.plot(at, means, color=COLOURS[1], linewidth=2.2)
    axes.annotate("mean", (4.08, means[-1]), color=COLOURS[1], va="center")
    axes.set(ylabel="validation accuracy", xlim=(-0.4, 4.75))
    axes.set_xticks(list(at), list(rungs), fontsize=8)


def pairs(figure):
    """The intervals of the ablation, with and without pairs."""
    axes = figure.add_subplot()
    full = runs(q=0.7)
    others = {
        "cross-entropy": runs(q=0.0),
        "no flip": runs(q=0.7, flip=False),
        "no decay": runs(q=0.7, decay=False),
    }
    axes.axvline(0, color="#8a94a3", linestyle="--", linewidth=1)
    for row, scores in enumerate(others.values()):
        gain, low, high = SOLUTION["paired_gain"](scores, full)
        separate = [SOLUTION["seed_interval"](list(each.values())) for each in (scores, full)]
        half = np.sqrt(sum((mean - end) ** 2 for mean, end, _ in separate))
        for shift, ends, colour, label in (
            (-0.14, (low, high), COLOURS[0], "paired"),
            (0.14, (gain - half, gain + half), COLOURS[1], "not paired"),
        ):
            axes.plot(ends, [row + shift] * 2, color=colour, linewidth=2)
            axes.plot(gain, row + shift, "o", color=colour, markersize=4)
            if row == 0:
                axes.annotate(
                    label, (ends[1] + 0.001, row + shift), color=colour, va="center", size=9
                )
    axes.set(xlabel="change of the accuracy", ylim=(2.5, -0.5))
    axes.set_yticks(range(3), list(others))


if __name__ == "__main__":
    save(ladder, HERE / "figures" / "ladder", size=(4.8, 2.9))
    save(pairs, HERE / "figures" / "pairs", size=(4.8, 2.5))
