"""A worked solution of `images`."""

import numpy as np


def split(X, y, frac, rng):
    held_out = np.zeros(len(y), dtype=bool)  # a mask keeps pictures and labels together
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        held_out[rows[: round(frac * len(rows))]] = True
    return X[~held_out], y[~held_out], X[held_out], y[held_out]


def normalise(X, stats=None):
    if stats is None:
        std = X.std(axis=0)
        stats = X.mean(axis=0), np.where(std > 0, std, 1.0)
    mean, std = stats
    return (X - mean) / std, stats


def one_hot(y, k):
    y = np.asarray(y)
    if np.any((y < 0) | (y >= k)):  # NumPy would take -1 for the last class
        raise ValueError(f"labels must lie in 0..{k - 1}, found {y.min()}..{y.max()}")
    return np.eye(k)[y]


def confusion(y, p, k):
    # Each pair (y, p) gets a number of its own, so one count of numbers is a count of pairs.
    return np.bincount(np.asarray(y) * k + p, minlength=k * k).reshape(k, k)


def worst_pair(C):
    both = np.triu(C + C.T, k=1)  # above the diagonal: each pair once, correct answers left out
    i, j = np.unravel_index(np.argmax(both), both.shape)
    return int(i), int(j)
