"""A worked solution of `recommend`."""

import numpy as np


def make_ratings(n_users, n_items, k, rng):
    genre = rng.permutation(np.arange(n_items) % k)
    habit = rng.normal(0.0, 0.5, size=(n_users, 1))
    quality = rng.normal(0.0, 0.5, size=n_items)
    taste = rng.normal(0.0, 1.0, size=(n_users, k))
    noise = rng.normal(0.0, 0.3, size=(n_users, n_items))
    exact = 3.3 + habit + quality + taste[:, genre] + noise  # (n_users, n_items)
    stars = np.clip(np.round(exact), 1, 5).astype(int)
    # Random numbers, sorted along each row: the first 40 % of the places are a random choice.
    seen = rng.random((n_users, n_items)).argsort(axis=1)[:, : round(0.4 * n_items)]
    u, i = np.repeat(np.arange(n_users), seen.shape[1]), seen.ravel()
    return rng.permutation(np.stack([u, i, stars[u, i]], axis=1)), genre


def mean_by(who, values, n):
    """The mean of `values` for each of 0..n-1 in `who`; 0 for those who do not occur. (n,)."""
    return np.bincount(who, values, n) / np.maximum(np.bincount(who, minlength=n), 1)


def bias_model(log, n_users, n_items, rounds=50):
    u, i, stars = log.T
    mu, bu, bi = stars.mean(), np.zeros(n_users), np.zeros(n_items)
    for _ in range(rounds):
        bu = mean_by(u, stars - mu - bi[i], n_users)
        bi = mean_by(i, stars - mu - bu[u], n_items)
    return float(mu), bu, bi


def dot_predict(P, Q, bu, bi, mu, u, i):
    return mu + bu[u] + bi[i] + (P[u] * Q[i]).sum(axis=1)


def mf_grads(P, Q, batch, lam):
    u, i, rest = batch
    error = (P[u] * Q[i]).sum(axis=1, keepdims=True) - rest[:, None]  # (B, 1)
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    # A user may occur twice in a batch: add.at adds every time, gP[u] += ... only once.
    np.add.at(gP, u, 2 * (error * Q[i] + lam * P[u]) / len(u))
    np.add.at(gQ, i, 2 * (error * P[u] + lam * Q[i]) / len(u))
    return gP, gQ


def fit_factors(log, n_users, n_items, k, rng):
    mu, bu, bi = bias_model(log, n_users, n_items)
    u, i, stars = log.T
    rest = stars - mu - bu[u] - bi[i]
    # Small and random: from all zeros every slope would be zero, and nothing would ever move.
    P, Q = (rng.normal(0.0, 0.3, size=(n, k)) for n in (n_users, n_items))
    for _ in range(60):
        order = rng.permutation(len(log))
        for rows in np.array_split(order, max(len(log) // 32, 1)):
            gP, gQ = mf_grads(P, Q, (u[rows], i[rows], rest[rows]), lam=0.05)
            P, Q = P - 1.0 * gP, Q - 1.0 * gQ
    return mu, bu, bi, P, Q


def nearest(Q, i, n=5):
    directions = Q / np.linalg.norm(Q, axis=1, keepdims=True)
    order = np.argsort(-(directions @ directions[i]))
    return order[order != i][:n]


def recommend(scores, seen, n):
    order = np.argsort(-scores)
    return order[~np.isin(order, np.asarray(seen, dtype=int))][:n]
