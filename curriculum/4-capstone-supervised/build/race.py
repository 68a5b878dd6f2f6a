"""The comparison of the lesson: two losses, with and without flipped images, each at its best.

    python race.py        trains the whole grid (a minute) and writes race.md

For each of the four, learning rate and number of steps are those of the grid with the best mean
accuracy on the validation images over three seeds; the table reports ten other seeds on the test
images, which are scored only then.
"""

import runpy
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


if __name__ == "__main__":
    main()
