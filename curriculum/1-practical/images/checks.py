"""The checks of `images`.

A split may use its generator in any order, so its checks return facts about the sets, not the sets.
Everything else has one right answer and is compared number by number.
"""

import numpy as np

from undergrad.checker import decided_by, raises, task

CLASSES = 20


def images(rng, per_class):
    """Rows whose first number is their own row number, in random order. X (N, 3), y (N,)."""
    y = rng.permutation(np.repeat(np.arange(CLASSES), per_class))
    X = rng.normal(size=(len(y), 3))
    X[:, 0] = np.arange(len(y))
    return X, y


def rows(part):
    """The row numbers written into a set."""
    return np.asarray(part)[:, 0].astype(int)


@task(1, "puts every image into exactly one set, with its own label")
def each_once(code, rng):
    X, y = images(rng, 8)
    Xtr, ytr, Xte, yte = code.split(X.copy(), y.copy(), 0.25, rng)
    if np.ndim(ytr) != 1 or np.ndim(Xte) != 2:
        return "the second value is not the labels of the first"
    used = np.concatenate([rows(Xtr), rows(Xte)])
    if sorted(used) != list(range(len(y))):
        return "some images are in both sets, or in none"
    if np.any(y[rows(Xtr)] != ytr) or np.any(y[rows(Xte)] != yte):
        return "some images have another image's label"
    return "every image once, with its own label"


@task(1, "puts the requested fraction into the test set", keeps_arguments=True)
def sizes(code, rng):
    # 7 images of each class: a quarter of them is 1.75, and 0.6 of them 4.2.
    X, y = images(rng, 7)
    return [tuple(len(part) for part in code.split(X, y, frac, rng)) for frac in (0.25, 0.6)]


@task(1, "takes the same fraction of every class, within one image")
def stratified(code, rng):
    # Twenty classes of forty: a split that ignores the classes is right in all of them about once
    # in a thousand million runs.
    X, y = images(rng, 40)
    counts = np.bincount(np.ravel(code.split(X, y, 0.25, rng)[-1]).astype(int), minlength=CLASSES)
    if np.ptp(counts) > 1:
        return "more of some classes than of others"
    return "the same fraction of every class"


@task(1, "repeats its split with the same generator, and draws another with a different one")
def by_generator(code, rng):
    X, y = images(rng, 8)
    return decided_by(lambda rng: sorted(rows(code.split(X, y, 0.25, rng)[2]).tolist()), rng)


def grey(rng, n=12, d=5):
    """Images whose columns differ in mean and standard deviation. (n, d).

    Column 1 is constant, and column 2 nearly so.
    """
    X = rng.normal(size=(n, d)) * rng.uniform(2.0, 4.0, size=d) + rng.uniform(5.0, 9.0, size=d)
    X[:, 1] = 16.0
    X[:, 2] /= 50
    return X


@task(2, "shifts and scales each column by its own mean and standard deviation",
      keeps_arguments=True)  # fmt: skip
def from_training(code, rng):
    with np.errstate(all="ignore"):
        Z, (mean, std) = code.normalise(grey(rng))
    return Z, mean, std


@task(2, "uses only the statistics that it is given")
def from_stats(code, rng):
    train, test = grey(rng), grey(rng) + 3.0
    test[:, 1] += rng.normal(size=len(test))  # this pixel changes for the first time
    with np.errstate(all="ignore"):
        _, stats = code.normalise(train)
        Z, (mean, std) = code.normalise(test, stats)
    return Z, mean, std


@task(3, "writes a single 1 in each row, in the column of the label", keeps_arguments=True)
def rows_with_a_one(code, rng):
    # The last class does not occur: the width must come from k.
    k = int(rng.integers(4, 7))
    return code.one_hot(rng.permutation(np.repeat(np.arange(k - 1), 3)), k)


@task(3, "raises an error for a label below 0", judge=raises(ValueError))
def below_zero(code, rng):
    code.one_hot(np.array([0, -1, 2]), 4)
    return "label -1 was taken for a class"


@task(3, "raises an error for a label of k or more", judge=raises(ValueError))
def too_high(code, rng):
    code.one_hot(np.array([0, 4, 2]), 4)
    return "label 4 was taken for one of 4 classes"


def predictions(rng, k=5, n=60):
    """True and predicted labels with many repeats; the last class occurs in neither."""
    y = rng.integers(k - 1, size=n)
    p = np.where(rng.random(n) < 0.6, y, (y + 1) % (k - 1))
    y[:4], p[:4] = 0, 1  # 0 is predicted as 1 at least four times, and 1 never as 0:
    p[(y == 1) & (p == 0)] = 1  # so the matrix and its transpose always differ
    return y, p


@task(4, "counts true labels by row and predicted labels by column", keeps_arguments=True)
def counts(code, rng):
    y, p = predictions(rng)
    return code.confusion(y, p, 5)


@task(4, "returns rows that sum to the number of images of each class")
def row_sums(code, rng):
    y, p = predictions(rng)
    return np.asarray(code.confusion(y, p, 5)).sum(axis=1)


def confused(rng, k=6):
    """A confusion matrix in which three rules name three different pairs. (k, k) whole numbers.

    The largest entry is on the diagonal, the largest off it is (a, b), but the pair that is
    confused most often in both directions together is (c, d).
    """
    C = rng.integers(0, 4, size=(k, k))
    a, b, c, d = rng.permutation(k)[:4]
    C[a, b], C[b, a] = 30, 0
    C[c, d], C[d, c] = 21, 22
    C[np.arange(k), np.arange(k)] = rng.permutation(np.arange(100, 100 + 10 * k, 10))
    return C


@task(
    5,
    "returns the pair that is confused most often, counting both directions",
    keeps_arguments=True,
)
def pair(code, rng):
    i, j = code.worst_pair(confused(rng))
    return int(i), int(j)
