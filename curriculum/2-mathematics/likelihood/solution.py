"""Likelihood: how well a model explains data, and the losses that follow from it.

p and q are distributions over K results: shape (K,), no entry below 0, with sum 1. Logarithms are
natural, so surprise (also called information content) is measured in nats. Write plain NumPy;
`undergrad check likelihood` runs it.

Letters: K results, N examples, D inputs.
"""

import math

import numpy as np


def entropy(p):
    """The mean surprise at draws from p, for someone who knows p.

    p: (K,); a probability of exactly 0 adds nothing.
    Returns: entropy, float
    """
    # TODO 1: how surprising is each result, and how often does it occur?
    some = p[p > 0]
    return float(-np.sum(some * np.log(some)))


def cross_entropy(p, q):
    """The mean surprise at draws from p, for someone who believes q.

    p, q: (K,). A result that never occurs (p = 0) adds nothing, whatever q is. A result that occurs
    and that q rules out (q = 0) makes it infinite.
    Returns: cross_entropy, float
    """
    # TODO 2: which distribution is the weight, and which is inside the logarithm?
    occurs = p > 0
    if np.any(q[occurs] == 0):
        return math.inf
    return float(-np.sum(p[occurs] * np.log(q[occurs])))


def kl(p, q):
    """The KL divergence: how much surprise it costs to believe q when the draws come from p.

    p, q: (K,). It is 0 if both are equal, else above 0, and infinite where a result occurs that q
    rules out.
    Returns: kl, float
    """
    # TODO 3: how much of the surprise could have been avoided?
    return max(0.0, cross_entropy(p, q) - entropy(p))  # rounding may give a little less than 0


def mle_gaussian(x):
    """The maximum-likelihood Gaussian: the one under which the data x are most probable.

    x: (N,).
    Returns: mean, float, variance, float
    """
    # TODO 4: where are both derivatives of the log-likelihood 0?
    mean = x.mean()
    variance = np.mean((x - mean) ** 2)
    return float(mean), float(variance)


def mle_categorical(counts):
    """The maximum-likelihood distribution over K results.

    counts: (K,), how often each result occurred; at least one is above 0.
    Returns: p (K,)
    """
    # TODO 4: which distribution has KL divergence 0 from the observed one?
    return counts / counts.sum()


def map_ridge(X, y, lam):
    """The most probable weights under a prior that favours small weights (ridge regression).

    X: (N, D), also with N < D.   y: (N,).   lam: weight of the penalty, above 0.
    These weights minimise |X w - y|^2 + lam |w|^2 (sums, not means).
    Returns: w (D,)
    """
    # TODO 5: at which w is the gradient of this sum 0?
    A = X.T @ X + lam * np.eye(X.shape[1])
    return np.linalg.solve(A, X.T @ y)


def logreg_fit(X, y):
    """Logistic regression: the weights under which the labels are most probable.

    X: (N, D), with a column of ones where a bias is wanted.   y: (N,), each 0 or 1.
    The model is p = sigmoid(X @ w). The classes overlap, so a best w exists. Start at zeros. At the
    result each entry of the gradient of the mean loss is below 1e-6 in absolute value.
    Returns: w (D,)
    """
    # TODO 6: which step lowers the loss, and when should the steps stop?
    w = np.zeros(X.shape[1])
    for _ in range(100):
        p = 0.5 * (1 + np.tanh(0.5 * (X @ w)))  # the sigmoid, without overflow
        gradient = X.T @ (p - y) / len(y)
        if np.max(np.abs(gradient)) < 1e-8:
            break
        hessian = (X * (p * (1 - p))[:, None]).T @ X / len(y)  # the curvature, (D, D)
        w = w - np.linalg.solve(hessian, gradient)
    return w
