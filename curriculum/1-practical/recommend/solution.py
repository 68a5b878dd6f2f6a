"""Recommending films: an embedding for each user and each film, learned from past ratings.

A rating log is an array `log` of whole numbers, shape (M, 3), one rating per row, in the order of
time: which user, which film, how many stars (1 to 5). Users and films are counted from 0. Use only
NumPy; `undergrad check recommend` runs it.

Letters: M ratings, B ratings of a batch, K numbers in the embedding of a user or a film.
"""

import numpy as np


def make_ratings(n_users, n_items, k, rng):
    """Invent users and films, and the ratings they give.

    Each film has one of k genres; all genres have equally many films (one more or less). The stars
    of user u for film i are 3.3 + habit[u] + quality[i] + taste[u, genre of i] + noise, rounded to
    whole stars and clipped to 1..5. Draw all four from normal distributions with mean 0 and
    standard deviations 0.5 (habit), 0.5 (quality), 1.0 (taste) and 0.3 (noise).
    Each user rates 40% of the films, chosen at random, each at most once (round to whole films);
    the ratings of all users come in one random order.
    rng: a numpy.random.Generator, the only source of randomness.
    log is as described above; genre holds whole numbers in 0..k-1.
    Returns: log (M, 3), genre (n_items,)
    """
    # TODO 1: genres, habits, tastes; then the stars; then shuffle the rows
    genre = rng.permutation(np.arange(n_items) % k)
    habit = rng.normal(0.0, 0.5, size=(n_users, 1))
    quality = rng.normal(0.0, 0.5, size=n_items)
    taste = rng.normal(0.0, 1.0, size=(n_users, k))
    noise = rng.normal(0.0, 0.3, size=(n_users, n_items))
    exact = 3.3 + habit + quality + taste[:, genre] + noise  # (n_users, n_items)
    stars = np.clip(np.round(exact), 1, 5).astype(int)
    # Random numbers, sorted along each row: the first 40 % of the positions are a random choice.
    seen = rng.random((n_users, n_items)).argsort(axis=1)[:, : round(0.4 * n_items)]
    u, i = np.repeat(np.arange(n_users), seen.shape[1]), seen.ravel()
    return rng.permutation(np.stack([u, i, stars[u, i]], axis=1)), genre


def mean_by(group, values, n):  # solution only
    """The mean of `values` in each of the groups 0..n-1; 0 for an empty group. (n,)."""
    return np.bincount(group, values, n) / np.maximum(np.bincount(group, minlength=n), 1)


def bias_model(log, n_users, n_items, rounds=50):
    """Predict ratings from biases alone: mu + bu[u] + bi[i].

    mu is the mean of all stars. Both biases begin at 0. In each round, first bu[u] becomes the mean
    of (stars - mu - bi) over the ratings of user u, then bi[i] the mean of (stars - mu - bu) over
    the ratings of film i. A user or film without ratings in the log keeps a bias of 0.
    Returns: mu, float, bu (n_users,), bi (n_items,)
    """
    # TODO 2: mu, then the biases of users and films, in turn
    u, i, stars = log.T
    mu, bu, bi = stars.mean(), np.zeros(n_users), np.zeros(n_items)
    for _ in range(rounds):
        bu = mean_by(u, stars - mu - bi[i], n_users)
        bi = mean_by(i, stars - mu - bu[u], n_items)
    return float(mu), bu, bi


def dot_predict(P, Q, bu, bi, mu, u, i):
    """Predict ratings from biases and embeddings: mu + bu + bi + the dot product of two rows.

    P: embeddings of the users, (n_users, K).   Q: embeddings of the films, (n_items, K).
    bu: (n_users,).   bi: (n_items,).   mu: a number.
    u, i: users and films, both (B,): u[b] and i[b] belong together.
    Returns: stars (B,)
    """
    # TODO 3: the biases and the dot product of each pair
    return mu + bu[u] + bi[i] + (P[u] * Q[i]).sum(axis=1)


def mf_grads(P, Q, batch, lam):
    """The gradients of the loss of a batch with respect to P and Q.

    batch: (u, i, residual), each of shape (B,); the residual is what the biases leave of the stars.
    A user or a film may occur several times.
    The loss is the mean over the batch of (P[u] . Q[i] - residual)^2 + lam * (|P[u]|^2 + |Q[i]|^2),
    where |.|^2 is the sum of squares of a row. Rows that do not occur in the batch have gradient 0.
    Returns: gP (like P), gQ (like Q)
    """
    # TODO 4: the gradient of each rating, added up for each user and each film
    u, i, residual = batch
    error = (P[u] * Q[i]).sum(axis=1, keepdims=True) - residual[:, None]  # (B, 1)
    gu = 2 * (error * Q[i] + lam * P[u]) / len(u)  # (B, K), one row for each rating
    gi = 2 * (error * P[u] + lam * Q[i]) / len(u)
    # A user may occur twice in a batch: add.at adds every time, gP[u] += ... only once.
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(gP, u, gu)
    np.add.at(gQ, i, gi)
    return gP, gQ


def fit_factors(log, n_users, n_items, k, rng):
    """Train the embeddings of users and films on a rating log, with the functions above.

    k: how many numbers an embedding has.   rng: a Generator, for initialisation and batches.
    Learning rate, lam, batches and epochs are yours to choose: on later ratings of 60 users and 40
    films the error should be at least 10% below that of the biases, after less than 3 seconds.
    The results are the arguments of `dot_predict`.
    Returns: mu, float, bu (n_users,), bi (n_items,), P (n_users, k), Q (n_items, k)
    """
    # TODO 5: the biases, then the embeddings, trained on what the biases leave
    mu, bu, bi = bias_model(log, n_users, n_items)
    u, i, stars = log.T
    residual = stars - mu - bu[u] - bi[i]
    # Small and random: from all zeros every gradient would be zero, and nothing would ever change.
    P, Q = (rng.normal(0.0, 0.3, size=(n, k)) for n in (n_users, n_items))
    for _ in range(60):
        order = rng.permutation(len(log))
        for rows in np.array_split(order, max(len(log) // 32, 1)):
            gP, gQ = mf_grads(P, Q, (u[rows], i[rows], residual[rows]), lam=0.05)
            P, Q = P - 1.0 * gP, Q - 1.0 * gQ
    return mu, bu, bi, P, Q


def nearest(Q, i, n=5):
    """The n films whose embeddings are most similar to that of film i.

    Similarity is the cosine: the dot product of two rows, divided by both their lengths.
    Q: (n_items, K), no row is all zeros.   i: a film; it is not its own neighbour.
    The films are whole numbers, the nearest first.
    Returns: films (n,)
    """
    # TODO 6: cosines with film i, sorted, without i itself
    directions = Q / np.linalg.norm(Q, axis=1, keepdims=True)
    cosines = directions @ directions[i]
    order = np.argsort(-cosines)
    return order[order != i][:n]


def recommend(scores, seen, n):
    """The n films to show to a user.

    scores: predicted stars of all films for this user, (n_items,), left unchanged.
    seen: the films that the user has seen, in any order; none of them is recommended.
    The films are whole numbers: the best unseen films, best first, n of them or as many as are
    left.
    Returns: films (M,)
    """
    # TODO 7: sort by score, drop the seen films, keep n
    order = np.argsort(-scores)
    unseen = order[~np.isin(order, np.asarray(seen, dtype=int))]
    return unseen[:n]
