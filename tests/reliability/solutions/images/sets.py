"""Picked rows and their complement, counts by product, the pair from a sorted list."""

import numpy as np


def split(X, y, frac, rng):
    rows = np.arange(len(y))
    picked = [
        rng.choice(rows[y == label], size=round(frac * np.sum(y == label)), replace=False)
        for label in set(y)
    ]
    test = np.concatenate(picked).astype(int)
    train = np.setdiff1d(rows, test)
    rng.shuffle(train)
    return X[train].copy(), y[train].copy(), X[test].copy(), y[test].copy()


def normalise(X, stats=None):
    mean, std = (X.mean(0), X.std(0)) if stats is None else stats
    std = np.array(std)
    std[~(std > 0)] = 1.0
    return (X - mean[np.newaxis]) * (1 / std), (mean, std)


def one_hot(y, k):
    y = np.array(y)
    for label in y:
        if label not in range(k):
            raise ValueError(label)
    table = np.zeros((y.size, k))
    np.put_along_axis(table, y[:, None], 1, axis=1)
    return table


def confusion(y, p, k):
    return np.rint(one_hot(y, k).T @ one_hot(p, k)).astype(int)


def worst_pair(C):
    found = sorted((-C[i, j] - C[j, i], i, j) for i, j in zip(*np.triu_indices(len(C), 1)))  # noqa: B905
    return found[0][1:]
