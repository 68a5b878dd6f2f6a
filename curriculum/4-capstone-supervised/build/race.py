"""The comparison of the lesson: two losses, with and without flipped images, each at its best.

    python race.py           trains the whole grid (a minute) and writes race.md
    python race.py failed    prints the numbers of the project that failed

For each of the four, learning rate and number of steps are those of the grid with the best mean
accuracy on the validation images over three seeds; the table reports ten other seeds on the test
images, which are scored only then.
"""

import runpy
import sys
from itertools import product
from pathlib import Path

import numpy as np

from undergrad.datasets import fashion

HERE = Path(__file__).resolve().parent
SOLUTION = runpy.run_path(str(HERE / "solution.py"))

RATES, STEPS = (0.001, 0.003, 0.01, 0.03), (600, 1200, 2400)
TO_CHOOSE, TO_REPORT = range(10, 13), range(10)


def loss(q):
    return lambda z, y: SOLUTION["robust_loss"](z, y, q)


def halved(images):
    """Means of 2 by 2 pixels, as rows."""
    return images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(-1, 196)


def data():
    """Training images with labels of which 40% are wrong, and two sets with right ones."""
    (images, labels), (test, test_y) = fashion(), fashion(training=False)
    order = np.random.default_rng(0).permutation(5000)
    X, y = halved(images)[order], labels[order]
    rng = np.random.default_rng(1)
    wrong = rng.random(4000) < 0.4
    noisy = np.where(wrong, (y[:4000] + rng.integers(1, 10, 4000)) % 10, y[:4000])
    return (X[:4000], noisy), (X[4000:], y[4000:]), (halved(test), test_y)


def score(params, part):
    X, y = part
    return float(np.mean(SOLUTION["scores_of"](params, X).argmax(axis=1) == y))


def main():
    train, validation, test = data()

    def run(q, flip, lr, steps, seed):
        return SOLUTION["train"](*train, seed, loss(q), flip=flip, lr=lr, steps=steps)

    head = "| loss | flipped | learning rate | steps | test | interval |"
    lines = [head, "|---|---|---|---|---|---|"]
    found = {}
    for q, flip in product((0.0, 0.7), (True, False)):
        grid = {
            (lr, steps): np.mean(
                [score(run(q, flip, lr, steps, seed), validation) for seed in TO_CHOOSE]
            )
            for lr, steps in product(RATES, STEPS)
        }
        lr, steps = max(grid, key=grid.get)
        found[q, flip] = {s: score(run(q, flip, lr, steps, s), test) for s in TO_REPORT}
        mean, low, high = SOLUTION["seed_interval"](list(found[q, flip].values()))
        name, yes = "robust" if q else "cross-entropy", "yes" if flip else "no"
        ends = f"{low:.3f} to {high:.3f}"
        lines.append(f"| {name} | {yes} | {lr} | {steps:,} | {mean:.3f} | {ends} |")
    lines += ["", "| robust loss minus cross-entropy | gain | interval |", "|---|---|---|"]
    for flip in (True, False):
        gain, low, high = SOLUTION["paired_gain"](found[0.7, flip], found[0.0, flip])
        name = "flipped" if flip else "not flipped"
        lines.append(f"| {name} | {gain:+.3f} | {low:+.3f} to {high:+.3f} |")
    (HERE / "race.md").write_text("\n".join(lines) + "\n", "utf-8")


def failed():
    """What FAILED in the exercise tells: each seed draws a split, and epochs are chosen on test."""
    (X, _), (more, _), (test, test_y) = data()
    _, labels = fashion()
    images = np.concatenate([X, more, test])
    y = np.concatenate([labels[np.random.default_rng(0).permutation(5000)], test_y])
    rng = np.random.default_rng(1)
    noisy = np.where(rng.random(6000) < 0.4, (y + rng.integers(1, 10, 6000)) % 10, y)
    splits = [np.split(np.random.default_rng(s).permutation(6000), [4000, 5000]) for s in range(3)]

    def epochs(seed, q, decay):
        """The scores on validation and on test after every epoch."""
        part, *held = splits[seed]
        curve = []

        def watch(net):
            curve.append([score(net, (images[rows], y[rows])) for rows in held])

        SOLUTION["train"](images[part], noisy[part], seed, loss(q), decay=decay, watch=watch)
        return curve

    def neighbours(k, part, _, test):
        distances = (images[part] ** 2).sum(axis=1) - 2 * images[test] @ images[part].T
        near = distances.argsort(axis=1)[:, :k]
        votes = np.eye(10)[noisy[part][near]].sum(axis=1).argmax(axis=1)
        return np.mean(votes == y[test])

    for name, q, decay in (("with everything", 0.7, True), ("plain", 0.0, False)):
        for seed in range(3):
            curve = epochs(seed, q, decay)
            best, fair = max(score for _, score in curve), max(curve, key=lambda each: each[0])[1]
            print(f"{name}, seed {seed}: {best:.3f}, chosen on validation {fair:.3f}")
    for k in (1, 15):
        print(f"{k} neighbours: {np.mean([neighbours(k, *each) for each in splits]):.3f}")


if __name__ == "__main__":
    failed() if "failed" in sys.argv else main()
