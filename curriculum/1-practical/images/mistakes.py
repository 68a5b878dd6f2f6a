"""Typical wrong solutions of `images`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


def _by_class(y, frac, choose):
    """A mask of the test rows, where `choose` orders the rows of one class."""
    held_out = np.zeros(len(y), dtype=bool)
    for label in np.unique(y):
        rows = choose(np.flatnonzero(y == label))
        held_out[rows[: round(frac * len(rows))]] = True
    return held_out


@mistake("split", "The classes are not shared out evenly: a plain shuffle gives one class more "
         "test pictures than another. Cut each class by itself.")  # fmt: skip
def not_stratified(X, y, frac, rng):
    order, n = rng.permutation(len(y)), round(frac * len(y))
    return X[order[n:]], y[order[n:]], X[order[:n]], y[order[:n]]


@mistake("split", "Always the same pictures are kept back, the first of each class. Let rng "
         "shuffle the rows of a class before you cut.")  # fmt: skip
def first_of_each(X, y, frac, rng):
    held_out = _by_class(y, frac, lambda rows: rows)
    return X[~held_out], y[~held_out], X[held_out], y[held_out]


@mistake("split", "Another split each time, whatever the seed: np.random has a generator of its "
         "own. Use the one you are given.")  # fmt: skip
def own_generator(X, y, frac, rng):
    held_out = _by_class(y, frac, np.random.default_rng().permutation)
    return X[~held_out], y[~held_out], X[held_out], y[held_out]


@mistake("split", "frac is the share of the test, and you gave it to training.")
def share_to_training(X, y, frac, rng):
    train = _by_class(y, frac, rng.permutation)
    return X[train], y[train], X[~train], y[~train]


@mistake("split", "The order of the four results is Xtr, ytr, Xte, yte: each part's pictures and "
         "then its labels.")  # fmt: skip
def other_order(X, y, frac, rng):
    held_out = _by_class(y, frac, rng.permutation)
    return X[~held_out], X[held_out], y[~held_out], y[held_out]


@mistake("split", "The test pictures are still in the training part, so the test asks what was "
         "already learnt. Take them out of training.")  # fmt: skip
def overlapping(X, y, frac, rng):
    held_out = _by_class(y, frac, rng.permutation)
    return X, y, X[held_out], y[held_out]


@mistake("split", "Pictures and labels were shuffled one after the other and no longer belong "
         "together. Shuffle row numbers once, and cut both with them.")  # fmt: skip
def shuffled_apart(X, y, frac, rng):
    held_out = _by_class(y, frac, rng.permutation)
    ytr, yte = rng.permutation(y[~held_out]), rng.permutation(y[held_out])
    return X[~held_out], ytr, X[held_out], yte


def _safe(std):
    return np.where(std > 0, std, 1.0)


@mistake("normalise", "The statistics you were given are not used: the test is measured by its "
         "own mean. When stats is not None, take mean and std from it.")  # fmt: skip
def own_stats(X, stats=None):
    stats = X.mean(axis=0), _safe(X.std(axis=0))
    return (X - stats[0]) / stats[1], stats


@mistake("normalise", "A column that never changes has standard deviation 0, and dividing by it "
         "gives nan. Use 1 there.")  # fmt: skip
def divided_by_zero(X, stats=None):
    mean, std = stats or (X.mean(axis=0), X.std(axis=0))
    with np.errstate(all="ignore"):
        return (X - mean) / std, (mean, std)


@mistake("normalise", "A tiny number added to std hides the division by zero and makes it worse: "
         "a pixel that changes for the first time in the test is multiplied by a hundred million. "
         "Use 1 where std is 0.")  # fmt: skip
def tiny_number(X, stats=None):
    mean, std = stats or (X.mean(axis=0), X.std(axis=0) + 1e-8)
    return (X - mean) / std, (mean, std)


@mistake("normalise", "The statistics are taken along the rows, one for each picture. Each pixel "
         "needs its own: axis=0.")  # fmt: skip
def by_picture(X, stats=None):
    mean = X.mean(axis=1, keepdims=True)
    std = _safe(X.std(axis=1, keepdims=True))
    return (X - mean) / std, (mean, std)


@mistake("normalise", "One mean and one standard deviation for all pixels together. Take them "
         "for each column: axis=0.")  # fmt: skip
def all_together(X, stats=None):
    mean, std = stats or (X.mean(), X.std())
    return (X - mean) / std, (mean, std)


@mistake("normalise", "The mean is not subtracted, so the columns do not lie around 0.")
def not_centred(X, stats=None):
    mean, std = stats or (X.mean(axis=0), _safe(X.std(axis=0)))
    return X / std, (mean, std)


@mistake("normalise", "You divide by the variance. Its square root, the standard deviation, has "
         "the unit of the pixels.")  # fmt: skip
def by_variance(X, stats=None):
    mean, var = stats or (X.mean(axis=0), _safe(X.var(axis=0)))
    return (X - mean) / var, (mean, var)


@mistake("normalise", "The caller's array is changed: X -= mean works inside X itself. Write the "
         "result into a new array.")  # fmt: skip
def in_place(X, stats=None):
    mean, std = stats or (X.mean(axis=0), _safe(X.std(axis=0)))
    X -= mean
    X /= std
    return X, (mean, std)


@mistake("one_hot", "Rows and columns are swapped: one row for each label, one column for each "
         "class.")  # fmt: skip
def one_column_each(y, k):
    return np.eye(k)[_checked(y, k)].T


@mistake("one_hot", "The width comes from the labels that occur. Use k, or two batches get two "
         "different shapes.")  # fmt: skip
def width_of_labels(y, k):
    return np.eye(np.max(_checked(y, k)) + 1)[y]


@mistake("one_hot", "Every 1 stands one place too far to the left: labels count from 0.")
def counted_from_one(y, k):
    return np.eye(k)[_checked(y, k) - 1]


@mistake("one_hot", "A label of -1 is taken for the last class, since NumPy counts negative "
         "places from the end. Raise ValueError for it.")  # fmt: skip
def negative_wraps(y, k):
    if np.max(y) >= k:
        raise ValueError("a label is too high")
    return np.eye(k)[y]


@mistake("one_hot", "A label of k or more gets a row without a 1. Raise ValueError for it.")
def too_high_vanishes(y, k):
    if np.min(y) < 0:
        raise ValueError("a label is below 0")
    return (np.asarray(y)[:, None] == np.arange(k)).astype(float)


def _checked(y, k):
    y = np.asarray(y)
    if np.any((y < 0) | (y >= k)):
        raise ValueError("a label lies outside the classes")
    return y


@mistake("confusion", "Rows and columns are swapped: the true label chooses the row, the "
         "predicted one the column.")  # fmt: skip
def swapped(y, p, k):
    C = np.zeros((k, k), dtype=int)
    np.add.at(C, (p, y), 1)
    return C


@mistake("confusion", "Each cell is at most 1: C[y, p] += 1 counts a pair that comes many times "
         "only once. Use np.add.at(C, (y, p), 1) or a loop.")  # fmt: skip
def counted_once(y, p, k):
    C = np.zeros((k, k), dtype=int)
    C[y, p] += 1
    return C


@mistake("confusion", "The correct answers are missing. They belong on the diagonal, so that a "
         "row adds up to the pictures of its class.")  # fmt: skip
def only_errors(y, p, k):
    C = np.zeros((k, k), dtype=int)
    np.add.at(C, (y[y != p], p[y != p]), 1)
    return C


@mistake("confusion", "These are shares. Counts are asked for: whole numbers, not divided by the "
         "row's sum.")  # fmt: skip
def shares(y, p, k):
    C = np.zeros((k, k))
    np.add.at(C, (y, p), 1)
    return C / np.maximum(C.sum(axis=1, keepdims=True), 1)


@mistake("confusion", "The matrix is as large as the labels that occur. A class without pictures "
         "still has its row and column: use k.")  # fmt: skip
def as_large_as_labels(y, p, k):
    k = max(np.max(y), np.max(p)) + 1
    C = np.zeros((k, k), dtype=int)
    np.add.at(C, (y, p), 1)
    return C


@mistake("worst_pair", "The diagonal is not left out: the class that is recognised most often is "
         "no confusion.")  # fmt: skip
def diagonal(C):
    i, j = np.unravel_index(np.argmax(C), C.shape)
    return int(i), int(j)


@mistake("worst_pair", "Only one direction is counted. A 3 called 8 and an 8 called 3 are the "
         "same pair: look at C + C.T.")  # fmt: skip
def one_direction(C):
    off = C - np.diag(np.diag(C))
    i, j = np.unravel_index(np.argmax(off), C.shape)
    return int(min(i, j)), int(max(i, j))


@mistake("worst_pair", "The right two classes, with the larger one first. Return i < j.")
def larger_first(C):
    both = np.triu(C + C.T, k=1)
    i, j = np.unravel_index(np.argmax(both), C.shape)
    return int(j), int(i)


@mistake("worst_pair", "The caller's matrix lost its diagonal: np.fill_diagonal works in place. "
         "Work on a copy.")  # fmt: skip
def emptied_diagonal(C):
    np.fill_diagonal(C, 0)
    both = np.triu(C + C.T, k=1)
    i, j = np.unravel_index(np.argmax(both), C.shape)
    return int(i), int(j)
