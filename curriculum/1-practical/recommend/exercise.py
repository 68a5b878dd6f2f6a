"""Recommending films: people and films as rows of numbers, learnt from who liked what.

A history is an array `log` of whole numbers, shape (M, 3), one rating a row, in the order of time:
which user, which film, how many stars (1 to 5). Users and films are counted from 0. Letters:
M ratings, B ratings of a batch, K numbers in the row of a user or a film. Write plain NumPy;
`undergrad check recommend` runs it.
"""

import numpy as np


def make_ratings(n_users, n_items, k, rng):
    """Invent users and films, and note what they rate.

    Each film has one of k genres, each genre equally many films (one more or less). The stars of
    user u for film i are 3.3 + habit[u] + quality[i] + taste[u, genre of i] + noise, rounded to
    whole stars and cut to 1..5. Draw all four from normal distributions with mean 0 and standard
    deviations 0.5 (habit), 0.5 (quality), 1.0 (taste) and 0.3 (noise).
    Each user rates 40 % of the films, chosen at random, each at most once (round to whole films);
    the ratings of all users come in one random order.
    rng: a numpy.random.Generator; all chance comes from it.
    Returns (log, genre): log (M, 3) as above, genre (n_items,), whole numbers in 0..k-1.
    """
    raise NotImplementedError("TODO 1: genres, habits, tastes; then stars, and mix the order")


def bias_model(log, n_users, n_items, rounds=50):
    """Guess ratings from habits alone: mu + bu[u] + bi[i].

    mu: the mean of all stars. Both biases begin at 0. In each round, first bu[u] becomes the mean
    of (stars - mu - bi) over the ratings of user u, then bi[i] the mean of (stars - mu - bu) over
    the ratings of film i. Whoever has no rating in the log keeps a bias of 0.
    Returns (mu, bu, bi): a float, (n_users,), (n_items,).
    """
    raise NotImplementedError("TODO 2: means of what is left, users and films in turn")


def dot_predict(P, Q, bu, bi, mu, u, i):
    """Predict ratings from habits and rows: mu + bu + bi + the dot product of two rows.

    P: rows of the users, (n_users, K).   Q: rows of the films, (n_items, K).
    bu: (n_users,).   bi: (n_items,).   mu: a number.
    u, i: users and films, both (B,): u[b] and i[b] belong together.
    Returns floats of shape (B,).
    """
    raise NotImplementedError("TODO 3: look up the rows, multiply, add up along K, add habits")


def mf_grads(P, Q, batch, lam):
    """The slopes of the loss of a batch for P and Q.

    batch: (u, i, rest), each of shape (B,); rest is what habits leave unexplained of the stars.
    A user or a film may occur several times.
    The loss is the mean over the batch of (P[u] . Q[i] - rest)^2 + lam * (|P[u]|^2 + |Q[i]|^2),
    where |.|^2 is the sum of squares of a row.
    Returns (gP, gQ) with the shapes of P and Q; rows of nobody in the batch get slope 0.
    """
    raise NotImplementedError("TODO 4: the slope of each rating, added up for each user and film")


def fit_factors(log, n_users, n_items, k, rng):
    """Train the rows of users and films on a history, with the functions above.

    k: how many numbers a row has.   rng: a Generator, for the first rows and for the batches.
    Step size, lam, batches and rounds are yours to choose: on later ratings of 60 users and 40
    films the error should be at least 10 % below that of the habits, after less than 3 seconds.
    Returns (mu, bu, bi, P, Q) as `dot_predict` wants them.
    """
    raise NotImplementedError("TODO 5: habits first, small random rows, then many small steps")


def nearest(Q, i, n=5):
    """The n films whose rows point most nearly in the direction of film i's row.

    Nearness is the cosine: the dot product of two rows, divided by both their lengths.
    Q: (n_items, K), no row is all zeros.   i: a film; it is no neighbour of its own.
    Returns whole numbers of shape (n,), the nearest first.
    """
    raise NotImplementedError("TODO 6: cosines with film i, sorted, without i itself")


def recommend(scores, seen, n):
    """The n films to show to a user.

    scores: predicted stars of all films for this user, (n_items,); it stays as it is.
    seen: the films that the user knows, in any order; none of them is recommended.
    Returns whole numbers: the best unseen films, best first, n of them or as many as are left.
    """
    raise NotImplementedError("TODO 7: sort by score, drop what was seen, keep n")
