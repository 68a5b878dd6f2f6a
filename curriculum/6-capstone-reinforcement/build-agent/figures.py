"""Draws the figures of `build-agent`, with the worked solution: run `python figures.py`."""

from pathlib import Path

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved
from undergrad.plots import COLOURS, save

HERE = Path(__file__).resolve().parent
S = vars(solved(load_answer_key(HERE)))
LONG, WIDE, MIDDLE, nearby = S["LONG"], S["WIDE"], S["MIDDLE"], S["nearby"]
TRAINING, TEST = S["make_rivers"](300, 0), S["make_rivers"](100, 2)
COUNTS = (1, 3, 10, 30, 100, 300)


def trained(rocks, seed):
    run = S["Run"](rocks, nearby(rocks), seed)
    run.advance(S["learn"])
    return run.z


def path_of(z, trip, seed=4):
    """Columns of one of the evaluation's trips, row by row, and the actions, until it ends."""
    rng, view, which = np.random.default_rng(seed), nearby(TEST), np.arange(len(TEST))
    at, columns, actions = np.full(len(TEST), MIDDLE), [MIDDLE], []
    for row in range(LONG - 1):
        a = z[view[which, row, at]].argmax(axis=1)
        at, safe = S["move"](TEST, which, row, at, a, rng)
        columns.append(int(at[trip]))
        actions.append(int(a[trip]))
        if not safe[trip]:
            break
    return columns, actions


def failures(figure):
    """Two rivers with the trips that failed; what was steered in the last step is dotted."""
    agents = [trained(TRAINING, seed) for seed in range(5)]
    rows = np.array([S["evaluate"](z, TEST, nearby(TEST), 1, 4)[:, 0] for z in agents])
    agent, trips = S["chosen_failures"](rows)
    for axes, trip in zip(figure.subplots(1, 2), trips, strict=True):
        columns, actions = path_of(agents[agent], trip)
        print(f"agent {agent}, river {trip}: columns {columns}, steered {actions}")
        axes.imshow(TEST[trip], cmap="Greys", vmin=0, vmax=1.6, aspect="auto")
        axes.plot(columns, range(len(columns)), "o-", color=COLOURS[0], markersize=4)
        last = len(columns) - 2
        meant = columns[last] + actions[-1] - 1
        axes.plot([columns[last], meant], [last, last + 1], ":", color=COLOURS[1], linewidth=2)
        axes.plot(columns[-1], last + 1, "x", color=COLOURS[1], markersize=9, markeredgewidth=2.5)
        axes.set(title=f"river {trip}: lost in row {last + 1}", xticks=[], ylabel="row")
        axes.title.set_fontsize(9)


def causes():
    """What ended the failed trips of the agent that is shown: counted, and printed."""
    z, rng, view = trained(TRAINING, 4), np.random.default_rng(4), nearby(TEST)
    which, at, afloat = np.arange(len(TEST)), np.full(len(TEST), MIDDLE), np.ones(len(TEST), bool)
    count = {"no free square": 0, "steered onto a rock": 0, "the current": 0}
    for row in range(LONG - 1):
        a = z[view[which, row, at]].argmax(axis=1)
        water = np.pad(~TEST[:, row + 1], ((0, 0), (1, 1)))  # the banks are no water
        free = np.stack([water[which, at + side] for side in range(3)], axis=1)
        at, safe = S["move"](TEST, which, row, at, a, rng)
        for boat in np.nonzero(afloat & ~safe)[0]:
            steered = "the current" if free[boat, a[boat]] else "steered onto a rock"
            count[steered if free[boat].any() else "no free square"] += 1
        afloat &= safe
    print(count)


def gap(figure):
    """Scores on rivers of the training and on others, against the number of training rivers."""
    axes = figure.add_subplot()
    found = []
    for count in COUNTS:
        own = TRAINING[:count]
        for seed in range(5):
            z = trained(own, seed)
            scores = (
                float((S["evaluate"](z, rocks, nearby(rocks), each, 3) == LONG - 1).mean())
                for rocks, each in ((own, 2000 // count), (TEST, 20))
            )
            found.append([count, *scores])
    table = np.array(found)
    for column, colour, label in ((1, COLOURS[0], "its own"), (2, COLOURS[1], "others")):
        axes.plot(table[:, 0], table[:, column], "o", color=colour, alpha=0.35, markersize=4)
        means = [table[table[:, 0] == count, column].mean() for count in COUNTS]
        axes.plot(COUNTS, means, color=colour, label=label)
        print(label, np.round(means, 3))
    bar = float((S["evaluate"](S["rule"](), TEST, nearby(TEST), 20, 2) == LONG - 1).mean())
    axes.axhline(bar, color="#8a94a3", linestyle="--", linewidth=1)
    axes.annotate("long rule", (300, bar + 0.06), color="#8a94a3", ha="right")
    axes.set(
        xscale="log", xlabel="rivers in training", ylabel="fraction that arrives", ylim=(0, 0.6)
    )
    axes.legend(frameon=False, loc="lower right")


if __name__ == "__main__":
    save(failures, HERE / "figures" / "failures", size=(4.8, 3.4))
    causes()
    save(gap, HERE / "figures" / "gap", size=(4.8, 2.9))
