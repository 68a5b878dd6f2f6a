"""A plan for a project of your own: baselines, the size of a test, a frozen split, and two cards.

Accuracies, powers and proportions are fractions from 0 to 1. A model is right or wrong on each
test item, so that its accuracy is a mean of ones and zeros. A test is two-sided: it asks whether
two models differ, in whichever direction.

The quantile of the normal distribution, the names that the parts of a card may have, and a finished
capstone to read are given. `undergrad check propose` runs your functions, and then looks at the
plan of your own capstone.

Letters: N test items or examples, M training examples, D features, K classes.
"""

import hashlib
import math
import re
from statistics import NormalDist

import numpy as np

# --- given --------------------------------------------------------------------------------------

quantile = NormalDist().inv_cdf  # quantile(0.975) is 1.96: 97.5% of a normal distribution is below

# The parts of a card, each with beginnings of words by which its heading can be recognised.
PLAN = {
    "Question": ("question", "problem", "frage"),
    "Metric": ("metric", "measure", "target", "metrik", "ziel"),
    "Baseline": ("baseline", "reference", "vergleich"),
    "Size": ("size", "how many", "items and seeds", "umfang"),
    "Stop": ("stop", "kill", "give up", "abbruch"),
}
DATA = {
    "Origin": ("origin", "source", "collect", "herkunft"),
    "Licence": ("licen", "rights", "lizenz"),
    "Consent": ("consent", "people", "einwilligung"),
    "Counts": ("count", "class", "anzahl"),
    "Split": ("split", "group", "aufteilung"),
    "Leaks": ("leak", "duplicate", "leck"),
}
NUMBERS = ("Metric", "Baseline", "Size", "Stop", "Counts", "Leaks")  # need a number with a unit

# A finished capstone of this course, as its plan, its settings and its results tell it.
FINISHED = """
# Plan: Digits that moved

Written on 2026-11-21, before the first training.

## Metric

Accuracy on the 360 test images, each moved by one pixel in all eight directions: 2,880 images.
The mean over three seeds. Target: 0.97.

## Baseline

Nearest neighbour, comparing with the training images and all their moved copies.

# capstone.toml

    target = 0.95

# results.json

    "value": 0.9782, "seeds": {"0": 0.9764, "1": 0.9778, "2": 0.9806}, "baseline": 0.9760
"""

# --- yours --------------------------------------------------------------------------------------


def majority_accuracy(y_train, y):
    """The accuracy on y of the answer that was most frequent in training, given to every item.

    y_train: labels of the training set.   y: labels of the test set; whole numbers from 0.
    Of several classes that are equally frequent, the smallest is the answer.
    Returns: accuracy, float
    """
    # TODO 1: count the training labels
    return float(np.mean(y == np.bincount(y_train).argmax()))


def balanced_accuracy(y, predicted):
    """The mean over the classes of the accuracy on the items of that class.

    y: true labels.   predicted: the labels that a model gave.
    A class without items in y is left out of the mean.
    Returns: accuracy, float
    """
    # TODO 1: one accuracy for each class, then their mean
    return float(np.mean([np.mean(predicted[y == k] == k) for k in np.unique(y)]))


def fit_softmax(X, y, classes, l2, lr, steps):
    """The training loop of the simple baseline: softmax regression with gradient descent.

    X: (N, D).   y: N labels, whole numbers from 0 to classes - 1.
    The loss is the mean cross-entropy plus l2 / 2 times the sum of the squares of W; the bias is
    not penalised. W and b begin at 0, and each of `steps` steps uses all examples.
    Returns: W (classes, D), b (classes,)
    """
    # TODO 2: probabilities, gradients, step; `steps` times
    W, b, truth = np.zeros((classes, X.shape[1])), np.zeros(classes), np.eye(classes)[y]
    for _ in range(steps):
        z = X @ W.T + b
        p = np.exp(z - z.max(axis=1, keepdims=True))
        g = (p / p.sum(axis=1, keepdims=True) - truth) / len(X)
        W -= lr * (g.T @ X + l2 * W)
        b -= lr * g.sum(axis=0)
    return W, b


def tuned_baseline(train, validation, classes, grid, lr, steps):
    """The baseline at its best: softmax regression with the penalty that suits validation best.

    train, validation: pairs (X, y), for `fit_softmax`.   grid: the values of l2 to try.
    best is the l2 with the highest accuracy on validation; of several, the largest.
    Returns: best, float, W (K, D), b (K,)
    """
    # TODO 2: fit once for each l2, and compare on validation
    found = []
    for l2 in grid:
        W, b = fit_softmax(*train, classes, l2, lr, steps)
        predicted = (validation[0] @ W.T + b).argmax(axis=1)
        found.append((np.mean(predicted == validation[1]), l2, W, b))
    _, best, W, b = max(found, key=lambda each: each[:2])
    return float(best), W, b


def bootstrap_interval(scores, rng, draws=2000, level=0.95):
    """The percentile bootstrap interval of a mean.

    scores: one number for each item; for an accuracy, ones and zeros.
    The rows of rng.integers(N, size=(draws, N)) say which items each resample holds.
    low and high cut off (1 - level) / 2 of the resampled means on each side, by `np.quantile`.
    Returns: low, float, high, float
    """
    # TODO 3: draw items with replacement, and look at the means of the resamples
    means = scores[rng.integers(len(scores), size=(draws, len(scores)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def difference_moments(p, q, both):
    """Mean, mean square and variance of the difference of two models on one test item.

    p, q: the accuracies of the first and of the second model.
    both: the proportion of items on which both are right.
    The difference is 1 where only the second is right, -1 where only the first is, otherwise 0.
    Returns: mean, float, square, float, variance, float
    """
    # TODO 4: which proportion of the items has each difference?
    mean, square = q - p, (p - both) + (q - both)
    return mean, square, square - mean**2


def items_needed(p, delta, power=0.8, alpha=0.05, paired_corr=0.0):
    """How many test items show that accuracies of p and p + delta differ.

    power: how often the test should find the difference.   alpha: how often it may find one
    between equal models.   paired_corr: the correlation of being right, between both models on
    the same item; 0 when each model has its own items.
    A delta of 0 raises ValueError: no number of items would do.
    Returns: items, int
    """
    # TODO 5: the proportion `both` from the correlation, then the formula; round up
    if delta == 0:
        raise ValueError("a difference of 0 cannot be shown with any number of items")
    q = p + delta
    both = p * q + paired_corr * math.sqrt(p * (1 - p) * q * (1 - q))
    _, square, variance = difference_moments(p, q, both)
    wide = quantile(1 - alpha / 2) * math.sqrt(square) + quantile(power) * math.sqrt(variance)
    return math.ceil((wide / delta) ** 2)


def simulated_power(p, q, both, n, runs, rng, alpha=0.05):
    """How often a test with n items finds the difference of two models, by simulation.

    The counts of a run are those of the items with both right, only the first, only the second,
    neither, drawn by rng.multinomial(n, proportions, size=runs).
    A run finds the difference when the counts of "only one right" differ by more than
    quantile(1 - alpha / 2) times the square root of their sum.
    Returns: power, float
    """
    # TODO 6: four proportions, then four counts for each run
    counts = rng.multinomial(n, [both, p - both, q - both, 1 - p - q + both], size=runs)
    first, second = counts[:, 1], counts[:, 2]
    found = abs(second - first) > quantile(1 - alpha / 2) * np.sqrt(first + second)
    return float(np.mean(found))


def mcnemar(a, b):
    """The exact two-sided p-value of McNemar's test.

    a, b: which items the first and the second model got right, N of True and False each.
    Items on which both are right, or both wrong, do not count. Of the n others, equal models would
    win each with probability 1/2. Twice the probability that the loser wins as few as it did, or
    fewer; at most 1, and 1 when n is 0.
    Returns: p_value, float
    """
    # TODO 7: count the items that only one model got right; `math.comb` counts the ways
    first, second = int(np.sum(a & ~b)), int(np.sum(b & ~a))
    n = first + second
    ways = sum(math.comb(n, k) for k in range(min(first, second) + 1))
    return min(1.0, 2 * ways / 2**n)


def false_alarms(looks, items, runs, rng, alpha=0.05):
    """The experiment: how often do equal models seem to differ, with and without peeking?

    Each run has looks * items test items on which only one of the models is right: 1 for the first
    and -1 for the second, drawn by rng.choice([-1, 1], size=(runs, looks * items)).
    After every `items` items there is a look. It sees a difference when the sum so far exceeds, in
    size, quantile(1 - alpha / 2) times the square root of the number of items so far.
    at_end: the fraction of runs whose last look sees one.   peeking: of those in which any does.
    Returns: at_end, float, peeking, float
    """
    # TODO 8: cumulative sums at the looks, each compared with its own bound
    steps = rng.choice([-1, 1], size=(runs, looks * items))
    sums = np.cumsum(steps, axis=1)[:, items - 1 :: items]
    so_far = items * np.arange(1, looks + 1)
    seen = abs(sums) > quantile(1 - alpha / 2) * np.sqrt(so_far)
    return float(np.mean(seen[:, -1])), float(np.mean(seen.any(axis=1)))


def seeds_needed(std, gap, power=0.8, alpha=0.05):
    """How many seeds each of two methods needs to show that their means differ by gap.

    std: the standard deviation over seeds, the same for both, measured in a pilot.
    The formula of the lesson, rounded up; never fewer than 3.
    Returns: seeds, int
    """
    # TODO 9: the formula with twice the variance, and its correction for few seeds
    tail, other = quantile(1 - alpha / 2), quantile(power)
    return max(3, math.ceil(2 * ((tail + other) * std / gap) ** 2 + tail**2 / 4))


def split_hash(ids):
    """A fingerprint of the items of a test set, which does not depend on their order.

    ids: names or whole numbers, with repetitions if there are any.
    Each id as text, sorted, each followed by a newline, in UTF-8: the first 16 hexadecimal digits
    of the SHA-256 of that.
    Returns: digest, str
    """
    # TODO 10: text, order, bytes, hashlib.sha256
    lines = "".join(f"{each}\n" for each in sorted(map(str, ids)))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def leaks(X_train, X_test, groups_train, groups_test, above=0.999):
    """Which test items a model may know from training: equal, nearly equal, or of a known group.

    X_train: (M, D).   X_test: (N, D); no row is all 0.   groups: such as the person, for each row.
    exact: rows that are also in X_train.   near: others whose cosine similarity with a row of
    X_train is at least `above`.   group: others whose group is also in groups_train. All are row
    numbers of X_test, in order.
    Returns: exact (...), near (...), group (...)
    """
    # TODO 11: three masks, of which each leaves out the rows of those before
    unit_train, unit_test = (
        X / np.linalg.norm(X, axis=1, keepdims=True) for X in (X_train, X_test)
    )
    exact = (X_test[:, None] == X_train).all(axis=2).any(axis=1)
    near = (unit_test @ unit_train.T >= above).any(axis=1) & ~exact
    group = np.isin(groups_test, groups_train) & ~exact & ~near
    return tuple(np.nonzero(rows)[0] for rows in (exact, near, group))


def sections(text, names):
    """The parts of a Markdown card by their meaning.

    names: PLAN, DATA or the like. A heading is a line that begins with one to six # and a space.
    It means the first name of which a word begins in it, in capitals or not: "## 2. Kill criterion"
    means Stop. What stands below it, up to the next heading with a meaning, is the part; headings
    without a meaning are left out and end nothing. Parts with the same meaning are joined.
    A part is its lines with a newline between each two, without whitespace at both ends; a name
    that no heading means is left out.
    Returns: parts, dict
    """
    # TODO 12: go through the lines, and remember which part you are in
    parts, current = {}, None
    for line in text.splitlines():
        heading = re.match(r"#{1,6} (.*)", line)
        if heading:
            found = (n for n in names if re.search(rf"\b({'|'.join(names[n])})", heading[1], re.I))
            current = next(found, current)
        elif current:
            parts.setdefault(current, []).append(line)
    return {name: "\n".join(lines).strip() for name, lines in parts.items()}


def plan_card(text, template="", names=PLAN):
    """What is missing on a card, in the order of its names.

    template: the card as it was handed out; text that still stands in it is not content.
    Complaints of a part, of which only the first that applies is made: "Stop: missing" without a
    heading, "Stop: template" when it equals the part of the template, "Stop: too short" with fewer
    than five words, and, for those of NUMBERS, "Stop: no number with a unit". A unit is a % sign or
    a word that follows the number, with a space between them or none.
    Returns: complaints, list
    """
    # TODO 13: compare, count words, look for a number with a unit
    parts, handed_out, complaints = sections(text, names), sections(template, names), []
    for name in names:
        part = parts.get(name)
        if part is None:
            complaints.append(f"{name}: missing")
        elif part == handed_out.get(name):
            complaints.append(f"{name}: template")
        elif len(part.split()) < 5:
            complaints.append(f"{name}: too short")
        elif name in NUMBERS and not re.search(r"\d ?(%|[^\W\d_])", part):
            complaints.append(f"{name}: no number with a unit")
    return complaints


def data_card(text, template=""):
    """What is missing on the card of a dataset: as `plan_card` with the names DATA, and two more.

    "Leaks: open findings" follows when the part Leaks has a number other than 0 before the word
    "open", as in "3 open findings". "Counts: total is wrong" follows unless the last number of the
    table in the part Counts is the sum of the others, of which there is at least one. The numbers
    of the table are the whole numbers in the last column of the lines that begin with |.
    Returns: complaints, list
    """
    # TODO 14: the complaints of the card, then those about open leaks and about the sum
    complaints, parts = plan_card(text, template, DATA), sections(text, DATA)
    if any(int(n) for n in re.findall(r"(\d+) open", parts.get("Leaks", ""))):
        complaints.append("Leaks: open findings")
    rows = re.findall(r"^\|.*\| *(\d+) *\|$", parts.get("Counts", ""), re.MULTILINE)
    *counts, total = map(int, rows or [0])
    if not counts or sum(counts) != total:
        complaints.append("Counts: total is wrong")
    return complaints


def reading():
    """The reading: what FINISHED promised, what it used, and what its test could show.

    planned: the target of the plan.   used: the target of the settings.
    gap: by how much the value of the results is above the baseline there.
    needed: how many items show that gap, from the accuracy of that baseline, by `items_needed` with
    a correlation of 0.5.
    Returns: planned, float, used, float, gap, float, needed, int
    """
    # TODO 15: read the plan, the settings and the results above
    gap = 0.9782 - 0.9760
    return 0.97, 0.95, gap, items_needed(0.9760, gap, paired_corr=0.5)
