"""The comparison of the lesson: an LSTM that reads letters, and two ways to write them in reverse.

    python race.py        trains the whole grid (about ten minutes) and writes race.md

One way sees the last state only, the other looks back at all states with attention. Each side may
choose the best of four learning rates, by the median over three seeds; what counts is how many
steps it takes until 98 % of the letters of twenty fresh batches in a row are right.
"""

import runpy
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from undergrad import course

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

N, T, V = 32, 10, 8  # sequences of a batch, letters of a sequence, kinds of letters
RATES, SEEDS, MOST, LINE = (0.01, 0.03, 0.1, 0.3), (0, 1, 2), 3000, 0.98
SIDES = (
    ("attention over 10 states", True, 16),
    *((f"last state, H = {H}", False, H) for H in (16, 32, 64)),
)


def before(name):
    """The worked solution of an earlier unit."""
    unit = course.load().unit(name)
    return runpy.run_path(str(course.unit_folder(unit) / "solution.py"))


def training(look_back: bool, H: int, lr: float, seed: int) -> Iterator[tuple[float, np.ndarray]]:
    """Train for ever; for each step the accuracy of its fresh batch, and the attention weights."""
    sequence, optim, backprop = (before(name) for name in ("sequence", "optim", "backprop"))
    rng = np.random.default_rng(seed)
    lstm = sequence["init_cell"](rng, V + T, H, gates=4)
    heads, queries = rng.normal(size=(T, V, H)) / 4, rng.normal(size=(T, H))
    weights = [*lstm, queries if look_back else heads, heads[0].copy()]
    adam, start = optim["Adam"](weights, lr=lr), np.zeros((N, H))
    positions = np.broadcast_to(np.eye(T), (N, T, T))
    while True:
        letters = rng.integers(V, size=(N, T))
        x = np.concatenate([np.eye(V)[letters], positions], axis=2)
        states, c, cache = sequence["lstm_forward"](x, start, start, weights[:3])
        *_, own, head = weights
        if look_back:
            q = np.broadcast_to(own, (N, T, H))
            found, attended = SOLUTION["attention"](q, states, states)
            logits = found @ head.T
        else:
            attended, logits = np.empty(0), np.einsum("nh,tvh->ntv", states[:, -1], own)
        target = letters[:, ::-1]
        yield float(np.mean(logits.argmax(axis=2) == target)), attended

        g = backprop["ce_backward"](logits.reshape(-1, V), target.reshape(-1)).reshape(N, T, V)
        if look_back:
            back = SOLUTION["attention_backward"](g @ head, (q, states, states, attended))
            g_states, g_own = back[1] + back[2], back[0].sum(axis=0)
            g_head = np.einsum("ntv,nth->vh", g, found)
        else:
            g_states, g_head = np.zeros_like(states), 0 * head
            g_states[:, -1] = np.einsum("ntv,tvh->nh", g, own)
            g_own = np.einsum("ntv,nh->tvh", g, states[:, -1])
        g_lstm = sequence["lstm_backward"](g_states, 0 * c, cache)[3]
        adam.step(optim["clip_global_norm"]([*g_lstm, g_own, g_head], 1.0)[0])


def steps_to_line(look_back: bool, H: int, lr: float, seed: int) -> float:
    """Steps until the mean accuracy of twenty batches in a row is at the line; inf if never."""
    recent: list[float] = []
    for step, (accuracy, _) in zip(
        range(1, MOST + 1), training(look_back, H, lr, seed), strict=False
    ):
        recent = [*recent[-19:], accuracy]
        if len(recent) == 20 and np.mean(recent) >= LINE:
            return step
    return float("inf")


def row(name: str, look_back: bool, H: int) -> str:
    """One row of the table: the best rate, and its steps for the three seeds."""
    found = {lr: [steps_to_line(look_back, H, lr, seed) for seed in SEEDS] for lr in RATES}
    best = min(RATES, key=lambda lr: median(found[lr]))
    steps = sorted(found[best])
    if steps[1] == float("inf"):
        return f"| {name} | none | not in {MOST} | not in {MOST} |"
    return f"| {name} | {best} | {steps[1]:.0f} | {steps[0]:.0f} to {steps[2]:.0f} |"


if __name__ == "__main__":
    lines = [
        "| the output sees | best rate | steps, median | of three seeds |",
        "|---|---|---|---|",
    ]
    for side in SIDES:
        lines.append(row(*side))
        print(lines[-1], flush=True)
    (HERE / "race.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
