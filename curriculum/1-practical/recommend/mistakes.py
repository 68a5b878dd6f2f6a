"""Typical wrong solutions of `recommend`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


def _parts(n_users, n_items, k, rng):
    genre = rng.permutation(np.arange(n_items) % k)
    habits = 3.3 + rng.normal(0, 0.5, (n_users, 1)) + rng.normal(0, 0.5, n_items)
    return genre, habits, rng.normal(0, 1, (n_users, k)), rng.normal(0, 0.3, (n_users, n_items))


def _seen(n_users, n_items, rng):
    seen = rng.random((n_users, n_items)).argsort(axis=1)[:, : round(0.4 * n_items)]
    return np.repeat(np.arange(n_users), seen.shape[1]), seen.ravel()


def _log(exact, u, i):
    stars = np.clip(np.round(exact), 1, 5).astype(int)
    return np.stack([u, i, stars[u, i]], axis=1)


@mistake("make_ratings", "Some stars are 0 or 6. Cut what is rounded to 1..5, with np.clip.")
def not_cut(n_users, n_items, k, rng):
    genre, habits, taste, noise = _parts(n_users, n_items, k, rng)
    stars = np.round(habits + taste[:, genre] + noise).astype(int)
    u, i = _seen(n_users, n_items, rng)
    return rng.permutation(np.stack([u, i, stars[u, i]], axis=1)), genre


@mistake("make_ratings", "A user rates the same film more than once: films are drawn with "
         "putting back. Use rng.permutation, or choice with replace=False.")  # fmt: skip
def drawn_twice(n_users, n_items, k, rng):
    genre, habits, taste, noise = _parts(n_users, n_items, k, rng)
    u, _ = _seen(n_users, n_items, rng)
    i = rng.integers(n_items, size=len(u))
    return rng.permutation(_log(habits + taste[:, genre] + noise, u, i)), genre


@mistake("make_ratings", "There is no taste in these stars: users do not rate one genre higher "
         "than another. Add taste[u, genre of i], drawn for each user.")  # fmt: skip
def no_taste(n_users, n_items, k, rng):
    genre, habits, _, noise = _parts(n_users, n_items, k, rng)
    wider = habits + 2 * noise + rng.normal(0, 0.8, noise.shape)
    return rng.permutation(_log(wider, *_seen(n_users, n_items, rng))), genre


@mistake("make_ratings", "The log holds one user after the other, so its end is the last users "
         "and not the latest ratings. Shuffle its rows.")  # fmt: skip
def not_mixed(n_users, n_items, k, rng):
    genre, habits, taste, noise = _parts(n_users, n_items, k, rng)
    return _log(habits + taste[:, genre] + noise, *_seen(n_users, n_items, rng)), genre


@mistake("make_ratings", "Other ratings each time, whatever the seed: np.random has a generator "
         "of its own. Use the one you are given.")  # fmt: skip
def own_generator(n_users, n_items, k, rng):
    rng = np.random.default_rng()
    genre, habits, taste, noise = _parts(n_users, n_items, k, rng)
    log = _log(habits + taste[:, genre] + noise, *_seen(n_users, n_items, rng))
    return rng.permutation(log), genre


def _mean_by(who, values, n):
    return np.bincount(who, values, n) / np.maximum(np.bincount(who, minlength=n), 1)


@mistake("bias_model", "bi is the film's own mean, with the users' habits still in it. Take bu[u] "
         "off before averaging: a film seen by mild judges is not better.")  # fmt: skip
def apart(log, n_users, n_items, rounds=50):
    u, i, stars = log.T
    mu = stars.mean()
    return mu, _mean_by(u, stars - mu, n_users), _mean_by(i, stars - mu, n_items)


@mistake("bias_model", "Both biases of a round are computed from the old ones. The films' turn "
         "comes second and sees the new bu.")  # fmt: skip
def both_from_old(log, n_users, n_items, rounds=50):
    u, i, stars = log.T
    mu, bu, bi = stars.mean(), np.zeros(n_users), np.zeros(n_items)
    for _ in range(rounds):
        left = stars - mu
        bu, bi = _mean_by(u, left - bi[i], n_users), _mean_by(i, left - bu[u], n_items)
    return mu, bu, bi


@mistake("bias_model", "There is one round only. Users and films explain part of each other, so "
         "they have to take turns `rounds` times.")  # fmt: skip
def once(log, n_users, n_items, rounds=50):
    u, i, stars = log.T
    mu = stars.mean()
    bu = _mean_by(u, stars - mu, n_users)
    return mu, bu, _mean_by(i, stars - mu - bu[u], n_items)


@mistake("bias_model", "Whoever has no ratings gets NaN, from 0 / 0. Divide by at least 1, and "
         "their bias is 0.")  # fmt: skip
def nothing_by_nothing(log, n_users, n_items, rounds=50):
    u, i, stars = log.T
    mu, bu, bi = stars.mean(), np.zeros(n_users), np.zeros(n_items)
    for _ in range(rounds):
        bu = np.bincount(u, stars - mu - bi[i], n_users) / np.bincount(u, minlength=n_users)
        bi = np.bincount(i, stars - mu - bu[u], n_items) / np.bincount(i, minlength=n_items)
    return mu, bu, bi


@mistake("dot_predict", "Every user meets every film, a table (B, B). u[b] and i[b] belong "
         "together: multiply row by row and sum.")  # fmt: skip
def all_with_all(P, Q, bu, bi, mu, u, i):
    return mu + bu[u] + bi[i] + P[u] @ Q[i].T


@mistake("dot_predict", "The sum runs over the pairs, axis 0. Each pair has its own dot product: "
         "sum over the numbers of a row, axis 1.")  # fmt: skip
def summed_over_pairs(P, Q, bu, bi, mu, u, i):
    return mu + bu[u] + bi[i] + (P[u] * Q[i]).sum(axis=0)


@mistake("dot_predict", "The habits are missing: mu + bu[u] + bi[i] is added to the product.")
def no_habits(P, Q, bu, bi, mu, u, i):
    return (P[u] * Q[i]).sum(axis=1)


def _error(P, Q, batch):
    u, i, rest = batch
    return (P[u] * Q[i]).sum(axis=1, keepdims=True) - rest[:, None]


def _gathered(P, Q, batch, gu, gi):
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(gP, batch[0], gu)
    np.add.at(gQ, batch[1], gi)
    return gP, gQ


@mistake("mf_grads", "Who occurs twice in the batch is counted once: gP[u] += ... writes each row "
         "a single time. Use np.add.at or a loop.")  # fmt: skip
def repeats_lost(P, Q, batch, lam):
    (u, i, _), error = batch, _error(P, Q, batch)
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    gP[u] += 2 * (error * Q[i] + lam * P[u]) / len(u)
    gQ[i] += 2 * (error * P[u] + lam * Q[i]) / len(u)
    return gP, gQ


@mistake("mf_grads", "The factor 2 of the squares is missing. A square x * x has the slope 2 * x.")
def half(P, Q, batch, lam):
    (u, i, _), error = batch, _error(P, Q, batch)
    gu, gi = error * Q[i] + lam * P[u], error * P[u] + lam * Q[i]
    return _gathered(P, Q, batch, gu / len(u), gi / len(u))


@mistake("mf_grads", "lam is not used. Its term pulls every row of the batch towards zero.")
def no_pull(P, Q, batch, lam):
    (u, i, _), error = batch, _error(P, Q, batch)
    return _gathered(P, Q, batch, 2 * error * Q[i] / len(u), 2 * error * P[u] / len(u))


@mistake("mf_grads", "All rows are pulled towards zero, also those of nobody in the batch. The "
         "loss holds one term of size for each rating.")  # fmt: skip
def pulls_everybody(P, Q, batch, lam):
    (u, i, _), error = batch, _error(P, Q, batch)
    gu, gi = 2 * error * Q[i] / len(u), 2 * error * P[u] / len(u)
    gP, gQ = _gathered(P, Q, batch, gu, gi)
    return gP + 2 * lam * P, gQ + 2 * lam * Q


@mistake("mf_grads", "The slopes are sums over the batch. The loss is a mean: divide by the number "
         "of ratings.")  # fmt: skip
def summed(P, Q, batch, lam):
    (u, i, _), error = batch, _error(P, Q, batch)
    return _gathered(P, Q, batch, 2 * (error * Q[i] + lam * P[u]), 2 * (error * P[u] + lam * Q[i]))


@mistake("mf_grads", "P gets its own rows as slope. The product P[u] . Q[i] follows P[u] by Q[i], "
         "and Q[i] by P[u].")  # fmt: skip
def own_rows(P, Q, batch, lam):
    (u, i, _), error = batch, _error(P, Q, batch)
    gu, gi = error * P[u] + lam * P[u], error * Q[i] + lam * Q[i]
    return _gathered(P, Q, batch, 2 * gu / len(u), 2 * gi / len(u))


def _habits(log, n_users, n_items):
    u, i, stars = log.T
    mu, bu, bi = stars.mean(), np.zeros(n_users), np.zeros(n_items)
    for _ in range(50):
        bu = _mean_by(u, stars - mu - bi[i], n_users)
        bi = _mean_by(i, stars - mu - bu[u], n_items)
    return float(mu), bu, bi


def _descend(P, Q, log, target, rng):
    u, i, _ = log.T
    for _ in range(60):
        for rows in np.array_split(rng.permutation(len(log)), max(len(log) // 32, 1)):
            batch = u[rows], i[rows], target[rows]
            error = _error(P, Q, batch)
            gu, gi = error * Q[i[rows]] + 0.05 * P[u[rows]], error * P[u[rows]]
            gP, gQ = _gathered(P, Q, batch, gu, gi + 0.05 * Q[i[rows]])
            P, Q = P - 2 * gP / len(rows), Q - 2 * gQ / len(rows)
    return P, Q


@mistake("fit_factors", "The rows begin at zero and stay there: the slope of a user's row is made "
         "of films' rows, and those are zero too. Begin with small random numbers.")  # fmt: skip
def from_zero(log, n_users, n_items, k, rng):
    return *_habits(log, n_users, n_items), np.zeros((n_users, k)), np.zeros((n_items, k))


@mistake("fit_factors", "The rows are trained on the stars, and the habits are added on top, so "
         "they count twice. Train on rest = stars - mu - bu[u] - bi[i].")  # fmt: skip
def trained_on_stars(log, n_users, n_items, k, rng):
    P, Q = rng.normal(0, 0.3, (n_users, k)), rng.normal(0, 0.3, (n_items, k))
    P, Q = _descend(P, Q, log, log[:, 2].astype(float), rng)
    return *_habits(log, n_users, n_items), P, Q


@mistake("fit_factors", "The rows of users and of films have changed places: P is (n_users, k), "
         "Q is (n_items, k).")  # fmt: skip
def changed_places(log, n_users, n_items, k, rng):
    return *_habits(log, n_users, n_items), np.zeros((n_items, k)), np.zeros((n_users, k))


def _ranked(closeness, i, n):
    order = np.argsort(-closeness)
    return order[order != i][:n]


@mistake("nearest", "The plain dot product prefers long rows. Divide by the lengths, so that only "
         "the direction counts.")  # fmt: skip
def long_rows_win(Q, i, n=5):
    return _ranked(Q @ Q[i], i, n)


@mistake("nearest", "This is the distance between the ends of the rows. A well-known film has a "
         "long row and yet the same direction: compare by cosine.")  # fmt: skip
def by_distance(Q, i, n=5):
    return _ranked(-np.linalg.norm(Q - Q[i], axis=1), i, n)


@mistake("nearest", "The film itself comes first. It is always nearest to itself: leave it out.")
def itself(Q, i, n=5):
    D = Q / np.linalg.norm(Q, axis=1, keepdims=True)
    return np.argsort(-(D @ D[i]))[:n]


@mistake("nearest", "The farthest films come first: argsort begins with the smallest. Sort minus "
         "the cosines.")  # fmt: skip
def farthest(Q, i, n=5):
    D = Q / np.linalg.norm(Q, axis=1, keepdims=True)
    return _ranked(-(D @ D[i]), i, n)


@mistake("nearest", "The sign of the cosine is lost, so the exact opposite counts as near.")
def opposite(Q, i, n=5):
    D = Q / np.linalg.norm(Q, axis=1, keepdims=True)
    return _ranked(np.abs(D @ D[i]), i, n)


@mistake("recommend", "Films that the user has seen are recommended.")
def seen_as_well(scores, seen, n):
    return np.argsort(-scores)[:n]


@mistake("recommend", "The worst films come first: argsort begins with the smallest. Sort minus "
         "the scores.")  # fmt: skip
def worst_first(scores, seen, n):
    order = np.argsort(scores)
    return order[~np.isin(order, np.asarray(seen, dtype=int))][:n]


@mistake("recommend", "These are places in the shortened list, not films. Sort all films first and "
         "drop the seen ones afterwards.")  # fmt: skip
def places(scores, seen, n):
    return np.argsort(-np.delete(scores, np.asarray(seen, dtype=int)))[:n]


@mistake("recommend", "Seen films get the score 0, which is a good score where all others are "
         "below 0. Drop them, or use minus infinity.")  # fmt: skip
def zeroed(scores, seen, n):
    scores = scores.copy()
    scores[np.asarray(seen, dtype=int)] = 0
    return np.argsort(-scores)[: min(n, len(scores) - len(seen))]


@mistake("recommend", "When too few unseen films are left, seen ones fill the list. A shorter list "
         "is right.")  # fmt: skip
def filled_up(scores, seen, n):
    scores = scores.copy()
    scores[np.asarray(seen, dtype=int)] = -np.inf
    return np.argsort(-scores)[:n]


@mistake("recommend", "The caller's scores are changed: writing into scores[seen] changes them for "
         "everybody. Work on a copy.")  # fmt: skip
def scores_in_place(scores, seen, n):
    scores[np.asarray(seen, dtype=int)] = -np.inf
    return np.argsort(-scores)[: min(n, len(scores) - len(seen))]
