"""The comparisons of the lesson: optimisers, batch sizes, and AdamW against Muon on text.

    python race.py        trains all grids (about two minutes) and writes race.md

Every side has the best learning rate of its grid, by the median over three or five starting
points or seeds. The results are then measured again from others, with that rate.

Optimisers. On the thermometer, the line has to come within 0.05 of weight and bias. On the digits,
a network of 64, 32 and 10 units, with batches of 64, has to classify 95% of a validation set
correctly, measured every ten steps.

Batch sizes. The same network has to bring the loss on all training digits below 0.2 by plain SGD,
measured every five steps.

Text. A small GPT reads the stories of the preset `text-gpt` for 250 steps.
"""

import runpy
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from undergrad import course
from undergrad.datasets import digits
from undergrad.engine import optim
from undergrad.supervised import language

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
TUNE, REPORT = range(5), range(5, 10)

C = np.array([-20.0, -10.0, 0.0, 10.0, 20.0, 30.0, 40.0])
F = 1.8 * C + 32


class Muon:
    """Your Muon for the matrices, and Adam with a rate of 0.01 for the biases."""

    def __init__(self, params, lr):
        matrices, vectors = ([w for w in params if w.ndim == n] for n in (2, 1))
        self.parts = SOLUTION["Muon"](matrices, lr), SOLUTION["Adam"](vectors, 0.01)

    def step(self, grads):
        for part, ndim in zip(self.parts, (2, 1), strict=True):
            part.step([g for g in grads if g.ndim == ndim])


def sgd(momentum):
    return lambda params, lr: SOLUTION["SGD"](params, lr, momentum)


SIDES = (
    # name, how to make it, rates for the thermometer, rates for the digits
    ("plain", sgd(0.0), (0.0005, 0.001, 0.0015, 0.0019, 0.00199), (0.1, 0.2, 0.4, 0.8, 1.6)),
    ("momentum 0.9", sgd(0.9), (0.001, 0.002, 0.0035, 0.005, 0.01), (0.03, 0.1, 0.2, 0.4, 0.8)),
    ("Adagrad", SOLUTION["Adagrad"], (2.0, 5.0, 15.0, 30.0, 60.0), (0.01, 0.03, 0.06, 0.1, 0.2)),
    ("RMSProp", SOLUTION["RMSProp"], (0.3, 1.0, 2.0, 4.0, 8.0), (0.001, 0.003, 0.006, 0.01, 0.03)),
    ("Adam", SOLUTION["Adam"], (0.5, 1.0, 2.0, 4.0, 8.0), (0.003, 0.006, 0.01, 0.03, 0.06)),
    ("Muon", Muon, (), (0.01, 0.02, 0.05, 0.1, 0.2)),
)


def thermometer(make, lr, seed, most=9000):
    """The steps until weight and bias are right, from a random start; `most` if they never are."""
    start = np.random.default_rng(seed).normal(size=2)
    w, b = start[:1].copy(), start[1:].copy()
    optimiser = make([w, b], lr)
    for step in range(most):
        if abs(w[0] - 1.8) < 0.05 and abs(b[0] - 32) < 0.05:
            return step
        error = w * C + b - F
        if not np.isfinite(error).all():
            return most
        optimiser.step([np.array([2 * np.mean(error * C)]), np.array([2 * np.mean(error)])])
    return most


def before(name):
    """The worked solution of an earlier unit."""
    unit = course.load().unit(name)
    return runpy.run_path(str(course.unit_folder(unit) / "solution.py"))


BACKPROP = before("backprop")
IMAGES, LABELS = digits()
X = IMAGES.reshape(len(LABELS), 64).astype(float)
VALIDATION = np.arange(len(LABELS)) % 5 == 0
ROWS = np.flatnonzero(~VALIDATION)


def handwriting(make, lr, seed, most=1500):
    """The steps until 95% of the validation set is classified correctly; `most` if never."""
    rng = np.random.default_rng(seed)
    params = BACKPROP["init_mlp"]((64, 32, 10), rng)
    optimiser = make([each for pair in params for each in pair], lr)
    for step in range(most):
        if step % 10 == 0:
            logits, _ = BACKPROP["mlp_forward"](X[VALIDATION], params)
            if np.mean(logits.argmax(axis=1) == LABELS[VALIDATION]) >= 0.95:
                return step
        rows = rng.choice(ROWS, size=64)
        _, cache = BACKPROP["mlp_forward"](X[rows], params)
        grads = BACKPROP["mlp_backward"](cache, LABELS[rows])
        optimiser.step([each for pair in grads for each in pair])
    return most


def batch_size(B, lr, seed, most):
    """The steps until the loss on all training digits is below 0.2; `most` if never."""
    rng = np.random.default_rng(seed)
    params = BACKPROP["init_mlp"]((64, 32, 10), rng)
    optimiser = SOLUTION["SGD"]([each for pair in params for each in pair], lr)
    for step in range(0, most, 5):
        logits, _ = BACKPROP["mlp_forward"](X[ROWS], params)
        if not BACKPROP["cross_entropy"](logits, LABELS[ROWS]) >= 0.2:  # nan ends it too
            return step if np.isfinite(logits).all() else most
        for _ in range(5):
            rows = rng.choice(ROWS, size=B)
            _, cache = BACKPROP["mlp_forward"](X[rows], params)
            grads = BACKPROP["mlp_backward"](cache, LABELS[rows])
            optimiser.step([each for pair in grads for each in pair])
    return most


BATCH_SIZES = (1, 4, 16, 64, 256, 1024)
BATCH_RATES = tuple(0.0125 * 2**k for k in range(9))  # 0.0125 to 3.2, for every batch size

TEXT = language.Settings(
    embedding_dim=32, sequence_length=32, epochs=1, batches_per_epoch=250, learning_rate=0.01
)
TEXT_RATES = {
    "AdamW": tuple(0.004 * 2**k for k in range(5)),  # 0.004 to 0.064
    "Muon": tuple(0.02 * 2**k for k in range(5)),  # 0.02 to 0.32
}


def text(corpus, rates, seed):
    """Bits per test character after 250 steps of one cycle; rates: of AdamW and, maybe, of Muon."""
    rng = np.random.default_rng(seed)
    batches = language.batches_of(corpus, TEXT, rng)
    model = language.GPT(len(corpus.vocabulary), 32, TEXT.sequence_length, 2, 4, 0.0, rng)
    inside = {id(w) for block in model.blocks for w in block.parameters() if w.ndim == 2}
    of_muon = [w for w in model.parameters() if id(w) in inside and len(rates) == 2]
    rest = [w for w in model.parameters() if not any(w is each for each in of_muon)]
    optimisers = [optim.AdamW(rest, betas=(0.9, 0.98), weight_decay=0.1)]
    optimisers += [optim.Muon(of_muon, weight_decay=0.1)] if of_muon else []
    schedules = [
        language.one_cycle(each, lr, TEXT) for each, lr in zip(optimisers, rates, strict=True)
    ]
    for characters, following in batches:
        for each in optimisers:
            each.zero_grad()
        language.next_character_loss(model(characters), following).backward()
        optim.clip_grad_norm_(list(model.parameters()), 1.0)
        for each in (*optimisers, *schedules):
            each.step()
    return language.bits_of({"": model}, corpus, TEXT.sequence_length)[""]


def best_of(rates, run, tune, report):
    """The rate with the lowest median over the seeds to tune, and the results of the others."""
    with np.errstate(all="ignore"):
        best = min(rates, key=lambda lr: median(run(lr, seed) for seed in tune))
        return best, sorted(run(best, seed) for seed in report)


def cells(rates, best, results, form="g"):
    """The rate, the median and the range, for a row of a table."""
    edge = " (edge of the grid)" if best in (rates[0], rates[-1]) else ""
    low, middle, high = (f"{each:{form}}" for each in (results[0], median(results), results[-1]))
    return [f"{best:g}{edge}", middle, f"{low} to {high}"]


def of_optimisers():
    """The table of the optimisers."""
    yield ["optimiser", "thermometer: learning rate", "steps (median)", "range",
           "digits: learning rate", "steps (median)", "range"]  # fmt: skip
    for name, make, *grids in SIDES:
        row = [name]
        for run, rates in zip((thermometer, handwriting), grids, strict=True):
            if rates:
                chosen = best_of(rates, partial(run, make), TUNE, REPORT)
                row += cells(rates, *chosen)
            else:  # two numbers are no matrix
                row += ["", "", ""]
        yield row


def of_batch_sizes():
    """The table of the batch sizes."""
    yield ["batch size", "learning rate", "steps (median)", "range", "examples (median)"]
    for B in BATCH_SIZES:
        run = partial(batch_size, B, most=2500 if B == 1 else 600)
        best, steps = best_of(BATCH_RATES, run, range(3), REPORT)
        examples = f"{B * median(steps):,.0f}"
        yield [f"{B:,}", *cells(BATCH_RATES, best, steps), examples]


def of_text():
    """The table of AdamW against Muon."""
    yield ["optimiser", "learning rate", "bits per character (median)", "range"]
    corpus, chosen = language.Corpus(TEXT.text), ()
    for name, rates in TEXT_RATES.items():
        best, bits = best_of(
            rates,
            lambda lr, seed, rest=chosen: text(corpus, (*rest, lr), seed),
            range(3),
            range(3, 6),
        )
        chosen = (best,)  # AdamW keeps its best rate for what Muon does not train
        yield [name, *cells(rates, best, bits, ".3f")]


def table(rows):
    """Rows of cells in Markdown, printed as they come."""
    lines = []
    for number, row in enumerate(rows):
        lines += ["| " + " | ".join(row) + " |"] + ["|---" * len(row) + "|"] * (number == 0)
        print(lines[-1 if number else 0], flush=True)
    return "\n".join(lines)


def main() -> None:
    tables = (table(rows) for rows in (of_optimisers(), of_batch_sizes(), of_text()))
    (HERE / "race.md").write_text("\n\n".join(tables) + "\n", "utf-8")


if __name__ == "__main__":
    main()
