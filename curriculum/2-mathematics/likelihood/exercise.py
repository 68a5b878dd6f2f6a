"""Likelihood: how well a model explains data, and the losses that follow from it.

p and q are distributions over K results: shape (K,), not below 0, with sum 1. Logarithms are
natural, so surprise is counted in nats. Write plain NumPy; `undergrad check likelihood` runs it.
"""

import numpy as np


def entropy(p):
    """The average surprise at draws from p, for someone who knows p.

    p: (K,); a probability of exactly 0 adds nothing. Returns minus the sum of p log p, a float.
    """
    raise NotImplementedError("TODO 1: p times -log p, added up over the places where p > 0")


def cross_entropy(p, q):
    """The average surprise at draws from p, for someone who believes q.

    p, q: (K,). Returns minus the sum of p log q, a float. What never happens (p = 0) adds nothing,
    whatever q says; what happens and was held impossible (q = 0) makes it infinite.
    """
    raise NotImplementedError("TODO 2: draws come from p, surprise comes from q")


def kl(p, q):
    """How much surprise it costs to believe q when the draws come from p.

    p, q: (K,). Returns the sum of p log(p / q), a float: 0 if both are equal, else above 0, and
    infinite where something that happens was held impossible.
    """
    raise NotImplementedError("TODO 3: what q costs, minus what nobody could avoid")


def mle_gaussian(x):
    """The bell under which the data x, shape (N,), are most probable.

    Returns (mean, variance), two floats.
    """
    raise NotImplementedError("TODO 4: the mean, and the average squared distance from it")


def mle_categorical(counts):
    """The distribution under which these counts are most probable.

    counts: (K,), how often each result came; at least one is above 0. Returns floats, shape (K,).
    """
    raise NotImplementedError("TODO 4: which share of all came out as each result?")


def map_ridge(X, y, lam):
    """The most probable weights, if small weights were more probable before the data came.

    X: (N, D), also with N < D.   y: (N,).   lam: above 0.
    Returns the weights w, shape (D,), that minimise |X w - y|^2 + lam |w|^2 (sums, not means).
    """
    raise NotImplementedError("TODO 5: set the slope to 0: (X.T @ X + lam I) w = X.T @ y")


def logreg_fit(X, y):
    """The weights under which the labels are most probable, if p = sigmoid(X @ w).

    X: (N, D), with a column of ones where an offset is wanted.   y: (N,), each 0 or 1; the classes
    overlap, so that a best w exists. Begin at zeros.
    Returns w, shape (D,), at which each slope of the mean loss, X.T @ (p - y) / N, is smaller in
    size than 1e-6.
    """
    raise NotImplementedError("TODO 6: step against the slope until it is nearly 0")
