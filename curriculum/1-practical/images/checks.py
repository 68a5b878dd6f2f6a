"""What is asked of `images`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

A split may use its generator in any order, so its checks return facts about the parts, not the
parts. Everything else has one right answer and is compared number by number.
"""

import numpy as np

from undergrad.checker import raises, task

CLASSES = 20


def pictures(rng, per_class):
    """Rows whose first number is their own row number, in random order. X (N, 3), y (N,)."""
    y = rng.permutation(np.repeat(np.arange(CLASSES), per_class))
    X = rng.normal(size=(len(y), 3))
    X[:, 0] = np.arange(len(y))
    return X, y


def rows(part):
    """The row numbers written into a part."""
    return np.asarray(part)[:, 0].astype(int)


@task(1, "puts every picture into exactly one part, with its own label", hint=[
    "Which rows belong to class 0? np.flatnonzero(y == 0) lists them. Do the same for each class.",
    "Shuffle the rows of one class with rng.permutation and keep the first round(frac * n) back. "
    "One list of rows cuts both X and y.",
    "held_out = np.zeros(len(y), dtype=bool)\n"
    "for label in np.unique(y):\n"
    "    rows = rng.permutation(np.flatnonzero(y == label))\n"
    "    held_out[rows[:round(frac * len(rows))]] = True\n"
    "return X[~held_out], y[~held_out], X[held_out], y[held_out]",
])  # fmt: skip
def each_once(code, rng):
    X, y = pictures(rng, 8)
    Xtr, ytr, Xte, yte = code.split(X.copy(), y.copy(), 0.25, rng)
    if np.ndim(ytr) != 1 or np.ndim(Xte) != 2:
        return "the second value is not the labels of the first"
    used = np.concatenate([rows(Xtr), rows(Xte)])
    if sorted(used) != list(range(len(y))):
        return "some pictures are in both parts, or in none"
    if np.any(y[rows(Xtr)] != ytr) or np.any(y[rows(Xte)] != yte):
        return "some pictures carry another picture's label"
    return "every picture once, with its own label"


@task(1, "gives the asked share to the test")
def sizes(code, rng):
    X, y = pictures(rng, 8)
    parts = code.split(X, y, 0.25, rng)
    return tuple(len(part) for part in parts)


@task(1, "takes the same share of every class, within one picture")
def stratified(code, rng):
    # Twenty classes of forty: a cut that ignores the classes is right in all of them about once
    # in a thousand million runs.
    X, y = pictures(rng, 40)
    counts = np.bincount(np.ravel(code.split(X, y, 0.25, rng)[-1]).astype(int), minlength=CLASSES)
    if np.ptp(counts) > 1:
        return "more of some classes than of others"
    return "the same share of every class"


@task(1, "is repeatable with the same generator, and chosen anew with another")
def by_generator(code, rng):
    X, y = pictures(rng, 8)
    first = int(rng.integers(1000))
    tests = [
        set(rows(code.split(X, y, 0.25, np.random.default_rng(seed))[2]))
        for seed in (first, first, first + 1)
    ]
    if tests[0] != tests[1]:
        return "another split although the generator began in the same state"
    if tests[0] == tests[2]:
        return "the same split although the generator began in another state"
    return "the generator decides"


@task(1, "leaves X and y as they were")
def split_unchanged(code, rng):
    X, y = pictures(rng, 8)
    X_before, y_before = X.copy(), y.copy()
    code.split(X, y, 0.25, rng)
    return bool(np.array_equal(X, X_before)), bool(np.array_equal(y, y_before))


def grey(rng, n=12, d=5):
    """Pictures with a different mean and spread in each column; column 1 never changes. (n, d)."""
    X = rng.normal(size=(n, d)) * rng.uniform(2.0, 4.0, size=d) + rng.uniform(5.0, 9.0, size=d)
    X[:, 1] = 16.0
    return X


@task(2, "shifts and scales each column by its own mean and standard deviation", hint=[
    "There is one mean and one standard deviation for each column: along which axis are they?",
    "axis=0 runs down the rows and leaves shape (D,). Where the standard deviation is 0, use 1.",
    "std = X.std(axis=0)\n"
    "stats = X.mean(axis=0), np.where(std > 0, std, 1.0)\n"
    "return (X - stats[0]) / stats[1], stats",
])  # fmt: skip
def from_training(code, rng):
    with np.errstate(all="ignore"):
        Z, (mean, std) = code.normalise(grey(rng))
    return Z, mean, std


@task(2, "uses the statistics it is given, and no others")
def from_stats(code, rng):
    train, test = grey(rng), grey(rng) + 3.0
    test[:, 1] += rng.normal(size=len(test))  # this pixel changes for the first time
    with np.errstate(all="ignore"):
        _, stats = code.normalise(train)
        Z, (mean, std) = code.normalise(test, stats)
    return Z, mean, std


@task(2, "leaves X as it was")
def normalise_unchanged(code, rng):
    X = grey(rng)
    before = X.copy()
    with np.errstate(all="ignore"):
        code.normalise(X)
    return X - before


@task(3, "writes a single 1 in each row, at the label's place", hint=[
    "How many rows, how many columns? One row for each label, one column for each class.",
    "Row i of the identity matrix np.eye(k) is exactly the row for label i.",
    "return np.eye(k)[y], after a ValueError for labels below 0 or from k on",
])  # fmt: skip
def rows_with_a_one(code, rng):
    # The last class does not occur: the width must come from k.
    k = int(rng.integers(4, 7))
    return code.one_hot(rng.permutation(np.repeat(np.arange(k - 1), 3)), k)


@task(3, "refuses a label below 0", judge=raises(ValueError))
def below_zero(code, rng):
    code.one_hot(np.array([0, -1, 2]), 4)
    return "label -1 was taken for a class"


@task(3, "refuses a label from k on", judge=raises(ValueError))
def too_high(code, rng):
    code.one_hot(np.array([0, 4, 2]), 4)
    return "label 4 was taken for one of 4 classes"


def answers(rng, k=5, n=60):
    """True and predicted labels with many repeats; the last class occurs in neither."""
    y = rng.integers(k - 1, size=n)
    p = np.where(rng.random(n) < 0.6, y, (y + 1) % (k - 1))
    y[:4], p[:4] = 0, 1  # 0 is called 1 at least four times, and never the other way round:
    p[(y == 1) & (p == 0)] = 1  # so the matrix and its transpose always differ
    return y, p


@task(4, "counts true labels by row and predicted labels by column", hint=[
    "Take one picture: a 3 that was called 8. Which single cell grows by 1?",
    "Row 3, column 8. Go through all pictures; a cell that comes twice must grow twice.",
    "C = np.zeros((k, k), dtype=int)\nnp.add.at(C, (y, p), 1)\nreturn C",
])  # fmt: skip
def counts(code, rng):
    y, p = answers(rng)
    return code.confusion(y, p, 5)


@task(4, "has row sums equal to the number of pictures of each class")
def row_sums(code, rng):
    y, p = answers(rng)
    return np.asarray(code.confusion(y, p, 5)).sum(axis=1)


def mixed_up(rng, k=6):
    """A confusion matrix in which three rules name three different pairs. (k, k) whole numbers.

    The largest cell is on the diagonal, the largest cell off it is (a, b), but the pair that is
    confused most often in both directions together is (c, d).
    """
    C = rng.integers(0, 4, size=(k, k))
    a, b, c, d = rng.permutation(k)[:4]
    C[a, b], C[b, a] = 30, 0
    C[c, d], C[d, c] = 21, 22
    C[np.arange(k), np.arange(k)] = rng.permutation(np.arange(100, 100 + 10 * k, 10))
    return C


@task(5, "names the pair confused most often in both directions together", hint=[
    "A 3 called 8 and an 8 called 3 are the same confusion. Which sum counts both?",
    "C + C.T holds both directions. The diagonal is not a confusion: leave it out, on a copy.",
    "both = np.triu(C + C.T, k=1)\n"
    "i, j = np.unravel_index(np.argmax(both), both.shape)\n"
    "return int(i), int(j)",
])  # fmt: skip
def pair(code, rng):
    i, j = code.worst_pair(mixed_up(rng))
    return int(i), int(j)


@task(5, "leaves the matrix as it was")
def matrix_unchanged(code, rng):
    C = mixed_up(rng)
    before = C.copy()
    code.worst_pair(C)
    return C - before
