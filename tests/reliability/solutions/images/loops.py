"""Python lists and loops; NumPy only holds the result."""

import numpy as np


def split(X, y, frac, rng):
    train, test = [], []
    for label in sorted(set(y.tolist())):
        rows = [row for row in range(len(y)) if y[row] == label]
        rng.shuffle(rows)
        kept = round(frac * len(rows))
        test.extend(rows[:kept])
        train.extend(rows[kept:])
    return X[train], y[train], X[test], y[test]


def normalise(X, stats=None):
    columns = [X[:, j] for j in range(X.shape[1])]
    if stats is None:
        means = [sum(column) / len(column) for column in columns]
        stds = []
        for column, mean in zip(columns, means, strict=True):
            variance = sum((x - mean) ** 2 for x in column) / len(column)
            stds.append(variance**0.5 or 1.0)
        stats = np.array(means), np.array(stds)
    Z = np.empty(X.shape)
    for j, column in enumerate(columns):
        Z[:, j] = [(x - stats[0][j]) / stats[1][j] for x in column]
    return Z, stats


def one_hot(y, k):
    table = []
    for label in y:
        if label < 0 or label >= k:
            raise ValueError(f"no class {label}")
        table.append([1.0 if j == label else 0.0 for j in range(k)])
    return np.array(table)


def confusion(y, p, k):
    counts = [[0] * k for _ in range(k)]
    for true, called in zip(y, p, strict=True):
        counts[true][called] += 1
    return np.array(counts)


def worst_pair(C):
    pairs = [(i, j) for j in range(len(C)) for i in range(j)]
    return max(pairs, key=lambda pair: C[pair] + C[pair[::-1]])
