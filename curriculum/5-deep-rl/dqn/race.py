"""Measures the tables of `dqn`: run `python race.py`, which takes about a minute.

Both train in the corridor of five squares with the worked solution. The first compares what replay
and the target network contribute. The second shows what a log says of a healthy run, and of three
runs with a fault each.
"""

from pathlib import Path
from statistics import median

import numpy as np

from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))
SEEDS = range(12)

VARIANTS = {
    "both": {},
    "replay, but a batch of 1": {"batch_size": 1},
    "no replay": {"capacity": 1, "batch_size": 1},
    "no target network": {"tau": 1.0},
    "neither": {"capacity": 1, "batch_size": 1, "tau": 1.0},
}


def of_parts():
    """The largest error of q after 1,000 steps, with epsilon as usual and with random actions."""
    yield ["variant", "epsilon to 0.1: median error", "range", "epsilon 1: median error", "range"]
    usual = SOLUTION["ablation"](VARIANTS, SEEDS)
    random = SOLUTION["ablation"]({k: v | {"epsilon": 1.0} for k, v in VARIANTS.items()}, SEEDS)
    for name in VARIANTS:
        cells = (
            (f"{median(errors):.3f}", f"{min(errors):.3f} to {max(errors):.3f}")
            for errors in (usual[name], random[name])
        )
        yield [name, *(cell for pair in cells for cell in pair)]


# Three runs with a fault each, and one without


class Endless(SOLUTION["Corridor"]):
    """The end is reported as a time limit, so no transition is stored as terminated."""

    def step(self, action):
        after, reward, terminated, truncated = super().step(action)
        return after, reward, False, terminated or truncated


class Short(SOLUTION["Corridor"]):
    """A time limit is reported as an end."""

    def step(self, action):
        after, reward, terminated, truncated = super().step(action)
        return after, reward, terminated or truncated, False


CORRIDOR = SOLUTION["Corridor"]
RUNS = {
    "healthy": (CORRIDOR, {}),
    "A": (Endless, {}),
    "B": (CORRIDOR, {"tau": 1.0}),
    "C": (Short, {}),
}


def greedy_return(online):
    """The discounted return of the best actions in an honest corridor."""
    world, total = CORRIDOR(5, limit=50), 0.0
    observation = world.reset()
    for step in range(50):
        q, _ = SOLUTION["forward"](online, observation[None])
        observation, reward, terminated, _ = world.step(int(q.argmax()))
        total += 0.9**step * reward
        if terminated:
            break
    return total


def of_runs(steps=3000, at=(500, 3000)):
    """What a log says of each run: corridors with a time limit of 12 steps."""
    yield ["run", "step", "greedy return", "value", "loss", "terminated", "target lag", "epsilon"]
    honest = SOLUTION["learn"]
    for name, (kind, settings) in RUNS.items():
        rows, recent = [], []

        def learn(online, target, optimiser, batch, gamma, rows=rows, recent=recent, name=name):
            lag = np.mean([np.abs(a - b).mean() for a, b in zip(online, target, strict=True)])
            loss = honest(online, target, optimiser, batch, gamma)
            recent.append((loss, batch["terminated"].mean(), lag))
            step = optimiser.t
            if step in at:
                value = SOLUTION["forward"](online, np.eye(5))[0][0].max()
                mean = np.mean(recent[-200:], axis=0)
                epsilon = SOLUTION["linear_schedule"](1.0, 0.1, steps / 2, step)
                numbers = greedy_return(online), value, *mean, epsilon
                forms = (".3f", ".3f", ".5f", ".3f", ".5f", ".2f")
                cells = (f"{x:{form}}" for x, form in zip(numbers, forms, strict=True))
                rows.append([name, f"{step:,}", *cells])
            return loss

        rng = np.random.default_rng(1)
        online = SOLUTION["init_network"]((5, 16, 2), rng)
        SOLUTION["learn"] = learn
        try:
            SOLUTION["train"](kind(5, limit=12), online, rng, steps, capacity=steps, **settings)
        finally:
            SOLUTION["learn"] = honest
        yield from rows


def table(rows):
    """Rows of cells in Markdown, printed as they come."""
    lines = []
    for number, row in enumerate(rows):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    return "\n".join(lines)


def main() -> None:
    tables = [table(of_parts()), table(of_runs())]
    (HERE / "race.md").write_text("\n\n".join(tables) + "\n", "utf-8")


if __name__ == "__main__":
    main()
