"""The two comparisons of the lesson: optimisers on the thermometer, and on the digits.

    python race.py        trains the whole grid (about three minutes) and writes race.md

Every optimiser has the best learning rate of its grid, by the median over five starting points or
seeds. The steps are then counted again from five others, with that rate. On the thermometer the
line has to come within 0.05 of weight and bias. On the digits a network of 64, 32 and 10 units,
with batches of 64, has to classify 95% of a validation set correctly, measured every ten steps.
"""

import runpy
from pathlib import Path
from statistics import median

import numpy as np

from undergrad import course
from undergrad.datasets import digits

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))
TUNE, REPORT = range(5), range(5, 10)

C = np.array([-20.0, -10.0, 0.0, 10.0, 20.0, 30.0, 40.0])
F = 1.8 * C + 32


class Muon(SOLUTION["Adam"]):
    """Momentum, made orthogonal, for weight matrices; Adam with a rate of 0.01 for biases.

    The orthogonal matrix nearest to B = U S V^T is U V^T. Large models approximate it by products
    of matrices (Newton-Schulz), which is faster than a singular value decomposition.
    """

    def update(self, w, g, state):
        if w.ndim == 1:
            SOLUTION["Adam"].update(self.at(0.01), w, g, state)
            return
        state["m"] *= 0.95
        state["m"] += g
        u, _, vt = np.linalg.svd(0.95 * state["m"] + g, full_matrices=False)
        w -= self.lr * np.sqrt(max(1.0, w.shape[0] / w.shape[1])) * (u @ vt)

    def at(self, lr):
        """Adam at the same step, with another rate."""
        adam = SOLUTION["Adam"]([], lr)
        adam.t = self.t
        return adam


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


def tuned(run, make, rates):
    """The best rate of a grid and, from other seeds, the steps it takes."""
    with np.errstate(all="ignore"):
        best = min(rates, key=lambda lr: median(run(make, lr, seed) for seed in TUNE))
        return best, sorted(run(make, best, seed) for seed in REPORT)


def main() -> None:
    lines = [
        "| optimiser | thermometer: learning rate | steps (median) | range "
        "| digits: learning rate | steps (median) | range |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, make, *grids in SIDES:
        cells = [name]
        for run, rates in zip((thermometer, handwriting), grids, strict=True):
            if not rates:  # two numbers are no matrix
                cells += ["", "", ""]
                continue
            rate, steps = tuned(run, make, rates)
            print(name, run.__name__, rate, steps, flush=True)
            edge = " (edge of the grid)" if rate in (rates[0], rates[-1]) else ""
            cells += [f"{rate:g}{edge}", f"{median(steps):g}", f"{steps[0]} to {steps[-1]}"]
        lines.append("| " + " | ".join(cells) + " |")
    (HERE / "race.md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
