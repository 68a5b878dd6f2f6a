"""A worked solution of `spectra`."""

import numpy as np


def power_method(A, rng, steps=1000):
    v = rng.normal(size=len(A))  # a random start has a part in every direction
    for _ in range(steps):
        v = A @ v
        v /= np.linalg.norm(v)
    return float(v @ A @ v), v


def qr_algorithm(A, iters):
    vectors = np.eye(len(A))
    for _ in range(iters):
        Q, R = np.linalg.qr(A)
        A = R @ Q  # which is Q.T @ A @ Q: seen from turned axes, with the same values
        vectors = vectors @ Q
    return np.diag(A).copy(), vectors


def low_rank(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k], float(np.sqrt(np.sum(s[k:] ** 2)))


def randomized_svd(A, k, rng, extra=8, rounds=2):
    Q, _ = np.linalg.qr(A @ rng.normal(size=(A.shape[1], k + extra)))
    for _ in range(rounds):
        # Right angles in between: products alone would all turn into the first direction.
        Q, _ = np.linalg.qr(A.T @ Q)
        Q, _ = np.linalg.qr(A @ Q)
    U, s, Vt = np.linalg.svd((A.T @ Q).T, full_matrices=False)
    return Q @ U[:, :k], s[:k], Vt[:k]


def pca(X, k):
    mean = X.mean(axis=0)
    _, _, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return (X - mean) @ Vt[:k].T, Vt[:k], mean


def pagerank(links, damping=0.85):
    n = len(links)
    rank, change = np.full(n, 1 / n), 1.0
    while change > 1e-13:
        arriving = np.zeros(n)
        for page, targets in enumerate(links):
            arriving[targets or slice(None)] += rank[page] / (len(targets) or n)
        new = damping * arriving + (1 - damping) / n
        rank, change = new, np.abs(new - rank).sum()
    return rank
