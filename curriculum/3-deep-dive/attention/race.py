"""The comparison of the lesson: an LSTM reads ten letters, which are then written in reverse.

    python race.py        trains the whole grid (a few minutes) and writes race.md

One network writes from attention over all ten states, the others only from the last state. For
each network, the learning rate is the one of four that needs the fewest steps on two seeds; the
table reports three other seeds. A step counts as the last one when, over twenty fresh batches in a
row, 98% of the letters are correct.
"""

import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from undergrad import course

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

N, T, K = 32, 10, 8  # sequences of a batch, letters of a sequence, kinds of letters
RATES, MOST, LINE = (0.03, 0.1, 0.01, 0.3), 6000, 0.98
TO_CHOOSE, TO_REPORT = (0, 1), (2, 3, 4)


@dataclass(frozen=True)
class Side:
    """One network: what its outputs are computed from, and its sizes."""

    name: str
    look_back: bool
    D: int  # width of the state
    hidden: int = 0  # units of a ReLU layer between the last state and the output


SIDES = (
    Side("attention over all states, D = 16", True, 16),
    Side("last state, D = 16", False, 16),
    Side("last state, D = 16, then 256 ReLU units", False, 16, hidden=256),
    Side("last state, D = 32", False, 32),
    Side("last state, D = 64", False, 64),
    Side("last state, D = 128", False, 128),
    Side("attention over all states, D = 64", True, 64),
)


def earlier(name):
    """The worked solution of an earlier unit."""
    unit = course.load().unit(name)
    return runpy.run_path(str(course.unit_folder(unit) / "solution.py"))


SEQUENCE, OPTIM, BACKPROP = earlier("sequence"), earlier("optim"), earlier("backprop")


def initial(side: Side, rng) -> list[np.ndarray]:
    """All weights: three of the LSTM, those of the output, and two of the ReLU layer if any."""
    lstm = SEQUENCE["init_cell"](rng, K + T, side.D, gates=4)
    output = SOLUTION["init_output"](rng, side.look_back, T, K, side.hidden or side.D)
    layer = rng.normal(size=(side.hidden, side.D)) * np.sqrt(2 / side.D)
    return [*lstm, *output, *([layer, np.zeros(side.hidden)] if side.hidden else [])]


def training(side: Side, lr: float, seed: int) -> Iterator[tuple[np.ndarray, tuple]]:
    """Train for ever; for each step which letters of its fresh batch are right, and the cache."""
    rng = np.random.default_rng(seed)
    weights = initial(side, rng)
    adam, start = OPTIM["Adam"](weights, lr=lr), np.zeros((N, side.D))
    while True:
        x, target = SOLUTION["reversal_batch"](rng, N, T, K)
        states, c, cache = SEQUENCE["lstm_forward"](x, start, start, weights[:3])
        seen, output, layer = states, weights[3:], []
        if side.hidden:
            *output, W, b = output
            seen = np.maximum(states[:, -1:] @ W.T + b, 0)
        logits, kept = SOLUTION["output_layer"](seen, output)
        yield logits.argmax(axis=2) == target, kept

        g = BACKPROP["ce_backward"](logits.reshape(-1, K), target.reshape(-1))
        g_states, g_output = SOLUTION["output_backward"](g.reshape(N, T, K), kept)
        if side.hidden:
            gz = (g_states * (seen > 0))[:, 0]
            layer = [gz.T @ states[:, -1], gz.sum(axis=0)]
            g_states = np.zeros_like(states)
            g_states[:, -1] = gz @ W
        g_lstm = SEQUENCE["lstm_backward"](g_states, 0 * c, cache)[3]
        adam.step(OPTIM["clip_global_norm"]([*g_lstm, *g_output, *layer], 1.0)[0])


def steps_to_line(side: Side, lr: float, seed: int, most: int = MOST) -> float:
    """Steps until the mean accuracy of twenty batches in a row is at the line; inf if never."""
    recent: list[float] = []
    for step, (right, _) in zip(range(1, most + 1), training(side, lr, seed), strict=False):
        recent = [*recent[-19:], float(right.mean())]
        if len(recent) == 20 and np.mean(recent) >= LINE:
            return step
    return float("inf")


def best_rate(side: Side) -> float:
    """The rate with the fewest steps on the seeds for choosing; one that is behind may stop."""
    best, fewest = RATES[0], len(TO_CHOOSE) * MOST
    for lr in RATES:
        total = 0.0
        for seed in TO_CHOOSE:
            if total < fewest:
                total += steps_to_line(side, lr, seed, min(MOST, int(fewest - total)))
        if total < fewest:
            best, fewest = lr, int(total)
    return best


def row(side: Side) -> str:
    """One row of the table: size, learning rate, and the steps of the seeds for reporting."""
    lr = best_rate(side)
    steps = sorted(steps_to_line(side, lr, seed) for seed in TO_REPORT)
    said = [f"more than {MOST:,}" if each == float("inf") else f"{each:,}" for each in steps]
    size = sum(each.size for each in initial(side, np.random.default_rng(0)))
    assert median(steps) == steps[1]
    return f"| {side.name} | {size:,} | {lr} | {said[1]} | {said[0]} to {said[2]} |"


if __name__ == "__main__":
    lines = [
        "| outputs computed from | parameters | learning rate | steps to 98%, median | range |",
        "|---|---|---|---|---|",
    ]
    for side in SIDES:
        lines.append(row(side))
        print(lines[-1], flush=True)
    (HERE / "race.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
