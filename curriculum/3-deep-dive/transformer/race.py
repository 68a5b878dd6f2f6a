"""The comparison of the lesson: a Transformer and an LSTM learn to copy eight random letters.

    python race.py        trains the whole grid (a few minutes) and writes race.md

Both have about as many parameters. For each, the learning rate is the one of five that needs the
fewest steps on two seeds; the table reports three other seeds. A step counts as the last one when,
over twenty fresh batches in a row, 90% of the letters that can be known are predicted.
"""

import runpy
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from undergrad import course
from undergrad.checker.answer_key import load_answer_key, solved

HERE = Path(__file__).resolve().parent
SOLUTION = vars(solved(load_answer_key(HERE)))

V, T, D, HEADS, LAYERS = 17, 16, 32, 4, 2  # as in the lesson
WORD, STATE, N = 16, 70, 32  # width of a word vector and of the LSTM's state; lines of a batch
RATES, MOST, LINE = (0.01, 0.03, 0.006, 0.02, 0.06), 4000, 0.9
TO_CHOOSE, TO_REPORT = (0, 1), (2, 3, 4)


def earlier(name):
    """The worked solution of an earlier unit."""
    unit = course.load().unit(name)
    return runpy.run_path(str(course.unit_folder(unit) / "solution.py"))


OPTIM, SEQUENCE = earlier("optim"), earlier("sequence")


def batch(rng, n=N):
    """Lines of eight random letters, a bar, and the same letters: ids to read, ids to predict."""
    word = rng.integers(1, V, size=(n, 8))
    ids = np.hstack([word, np.zeros((n, 1), int), word])
    return ids[:, :-1], ids[:, 1:]


class Transformer:
    """The model of the lesson, with two layers."""

    name = "Transformer, D = 32, 2 layers"
    operations = SOLUTION["flop_count"](V, T, D, LAYERS)

    def __init__(self, rng):
        self.model = SOLUTION["GPT"](V, T, D, LAYERS, HEADS, rng)
        self.params = self.model.params

    def __call__(self, x, y):
        """The logits, and the gradients of the loss.   x, y: (N, T)."""
        logits = self.model.forward(x)
        return logits, self.model.backward(SOLUTION["next_loss"](logits, y)[1])


class LSTM:
    """The language model of `sequence`, with a state of 70 numbers."""

    name = "LSTM, state of 70 numbers"
    operations = 2 * T * (4 * STATE * (WORD + STATE) + V * STATE)

    def __init__(self, rng):
        self.params = SEQUENCE["init_reader"](rng, V, WORD, STATE)

    def __call__(self, x, y):
        """The logits, and the gradients of the loss.   x, y: (N, T)."""
        E, *cell, Wo, bo = self.params
        start = np.zeros((len(x), STATE))
        states = SEQUENCE["lstm_forward"](SEQUENCE["embedding_forward"](E, x), start, start, cell)
        loss_and_gradients = SEQUENCE["reader_loss"](self.params, x, y, np.ones(x.shape))
        return states[0] @ Wo.T + bo, loss_and_gradients[1]


def training(kind, lr: float, seed: int) -> Iterator[float]:
    """Train for ever; for each step, the fraction of the letters after the bar that is right."""
    rng = np.random.default_rng(seed)
    model = kind(rng)
    adam = OPTIM["AdamW"](model.params, lr=lr, weight_decay=0.01)
    step = 0
    while True:
        x, y = batch(rng)
        logits, gradients = model(x, y)
        yield float(np.mean((logits.argmax(axis=2) == y)[:, 8:]))
        step += 1
        adam.lr = lr * min(step / 20, 1)
        adam.step(OPTIM["clip_global_norm"](gradients, 1.0)[0])


def steps_to_line(kind, lr: float, seed: int, most: int = MOST) -> float:
    """Steps until the mean accuracy of twenty batches in a row is at the line; inf if never."""
    recent: list[float] = []
    for step, accuracy in zip(range(1, most + 1), training(kind, lr, seed), strict=False):
        recent = [*recent[-19:], accuracy]
        if len(recent) == 20 and np.mean(recent) >= LINE:
            return step
    return float("inf")


def best_rate(kind) -> float:
    """The rate with the fewest steps on the seeds for choosing; one that is behind may stop."""
    best, fewest = RATES[0], len(TO_CHOOSE) * MOST
    for lr in RATES:
        total = 0.0
        for seed in TO_CHOOSE:
            if total < fewest:
                total += steps_to_line(kind, lr, seed, min(MOST, int(fewest - total)))
        if total < fewest:
            best, fewest = lr, int(total)
    return best


def row(kind) -> str:
    """One row of the table: size, operations, learning rate, and the steps of three seeds."""
    lr = best_rate(kind)
    steps = sorted(steps_to_line(kind, lr, seed) for seed in TO_REPORT)
    said = [f"more than {MOST:,}" if each == float("inf") else f"{each:,}" for each in steps]
    size = sum(each.size for each in kind(np.random.default_rng(0)).params)
    cells = (kind.name, f"{size:,}", f"{kind.operations:,}", lr, said[1], f"{said[0]} to {said[2]}")
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    lines = [
        "| model | parameters | operations per line | rate | steps to 90%, median | range |",
        "|---|---|---|---|---|---|",
    ]
    for kind in (Transformer, LSTM):
        lines.append(row(kind))
        print(lines[-1], flush=True)
    (HERE / "race.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
