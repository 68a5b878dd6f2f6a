"""Typical wrong solutions of `likelihood`, each with the sentence it deserves."""

import math

import numpy as np

from undergrad.checker import mistake


@mistake("entropy", "The logarithm is to base 2, which counts in bits. Here all logarithms are "
         "natural: np.log.")  # fmt: skip
def in_bits(p):
    some = p[p > 0]
    return -np.sum(some * np.log2(some))


@mistake("entropy", "The sign is missing. Logarithms of shares are negative, and surprise is "
         "minus the logarithm.")  # fmt: skip
def negative_entropy(p):
    some = p[p > 0]
    return np.sum(some * np.log(some))


@mistake("entropy", "The surprises are added up without their weights. A rare result surprises "
         "much, but seldom: multiply by p.")  # fmt: skip
def not_weighted(p):
    return -np.sum(np.log(p[p > 0]))


@mistake("entropy", "You divide by the number of results. The probabilities are the weights of "
         "this average already: add up.")  # fmt: skip
def mean_of_terms(p):
    some = p[p > 0]
    return -np.sum(some * np.log(some)) / len(p)


@mistake("entropy", "0 times log 0 is nan in code. What never happens surprises nobody: leave out "
         "the places where p is 0.")  # fmt: skip
def entropy_nan(p):
    return -np.sum(p * np.log(p))


@mistake("cross_entropy", "p and q are swapped. The draws come from p, so p is the weight; the "
         "surprise comes from the belief q.")  # fmt: skip
def believed_draws(p, q):
    return cross(q, p)


@mistake("cross_entropy", "q does not come in: this is the entropy of p. The surprise of someone "
         "who believes q is -log q.")  # fmt: skip
def own_entropy(p, q):
    return cross(p, p)


@mistake("cross_entropy", "The sign is missing: surprise is minus the logarithm.")
def negative_cross(p, q):
    return -cross(p, q)


@mistake("cross_entropy", "This is only what q costs beyond the entropy of p, which is kl. Here "
         "the whole surprise is asked for.")  # fmt: skip
def cross_is_kl(p, q):
    return cross(p, q) - cross(p, p)


@mistake("cross_entropy", "Where p and q are both 0, 0 times log 0 is nan. Look only at the "
         "places where p is above 0.")  # fmt: skip
def cross_nan(p, q):
    return -np.sum(p * np.log(q))


@mistake("cross_entropy", "q is kept away from 0 by a tiny number, so the answer is large but "
         "finite. What happens and was held impossible costs an infinite surprise.")  # fmt: skip
def tiny_number(p, q):
    happens = p > 0
    return -np.sum(p[happens] * np.log(q[happens] + 1e-12))


@mistake("cross_entropy", "Places with q = 0 are left out, as if they cost nothing. If such a "
         "result can happen, they cost everything: infinite.")  # fmt: skip
def impossible_for_free(p, q):
    both = (p > 0) & (q > 0)
    return -np.sum(p[both] * np.log(q[both]))


def cross(p, q):
    """The cross-entropy, as it should be."""
    happens = p > 0
    if np.any(q[happens] == 0):
        return math.inf
    return -np.sum(p[happens] * np.log(q[happens]))


@mistake("kl", "p and q are swapped, and the order matters: the draws come from p, so p is the "
         "weight.")  # fmt: skip
def kl_swapped(p, q):
    return cross(q, p) - cross(q, q)


@mistake("kl", "This is the whole cross-entropy. Subtract the entropy of p, which nobody can "
         "avoid; what is left is 0 if q is right.")  # fmt: skip
def kl_is_cross(p, q):
    return cross(p, q)


@mistake("kl", "The sign is turned: log(q / p) instead of log(p / q). The cost of a wrong belief "
         "is never negative.")  # fmt: skip
def kl_negative(p, q):
    return cross(p, p) - cross(p, q)


@mistake("kl", "Both directions are averaged. That is symmetric, and no longer the cost of "
         "believing q.")  # fmt: skip
def kl_both_ways(p, q):
    return 0.5 * (cross(p, q) - cross(p, p) + cross(q, p) - cross(q, q))


@mistake("kl", "These are squared differences. They stay small where q is nearly 0 and p is not, "
         "which is where a wrong belief costs most.")  # fmt: skip
def kl_squares(p, q):
    return np.sum((p - q) ** 2)


@mistake("kl", "Where p is 0, 0 times log 0 is nan. What never happens adds nothing: leave those "
         "places out.")  # fmt: skip
def kl_nan(p, q):
    return np.sum(p * np.log(p / q))


@mistake("kl", "Places with q = 0 are left out even where p is above 0. There the answer is "
         "infinite.")  # fmt: skip
def kl_finite(p, q):
    both = (p > 0) & (q > 0)
    return np.sum(p[both] * np.log(p[both] / q[both]))


@mistake("mle_gaussian", "The variance divides by N - 1. That is fair on average, but the most "
         "probable bell is a little narrower: divide by N.")  # fmt: skip
def one_less(x):
    return x.mean(), x.var(ddof=1)


@mistake("mle_gaussian", "The second number is the standard deviation. The variance is asked for, "
         "its square.")  # fmt: skip
def root_taken(x):
    return x.mean(), x.std()


@mistake("mle_gaussian", "The first number is the median. It is most probable under another "
         "noise; under a bell the mean is.")  # fmt: skip
def middle_number(x):
    return np.median(x), np.mean((x - np.median(x)) ** 2)


@mistake("mle_gaussian", "The squares are taken without subtracting the mean first, so the "
         "distance from 0 is in the variance too.")  # fmt: skip
def around_zero(x):
    return x.mean(), np.mean(x**2)


@mistake("mle_categorical", "One is added to each count. That is a belief from before the data; "
         "the data alone give each result its share.")  # fmt: skip
def added_one(counts):
    return (counts + 1) / (counts + 1).sum()


@mistake("mle_categorical", "All goes to the commonest result. Then the others, which did come, "
         "would have been impossible.")  # fmt: skip
def winner_takes_all(counts):
    return np.eye(len(counts))[np.argmax(counts)]


@mistake("mle_categorical", "This is the softmax of the counts. Counts are no scores: divide each "
         "by their sum.")  # fmt: skip
def softmax_of_counts(counts):
    e = np.exp(counts - counts.max())
    return e / e.sum()


@mistake("mle_categorical", "Each count is divided by the largest one, so the shares do not add "
         "up to 1. Divide by the sum.")  # fmt: skip
def over_the_largest(counts):
    return counts / counts.max()


def _ridge(X, y, price):
    """Least squares with this price, a number or (D, D), added to X.T @ X."""
    return np.linalg.solve(X.T @ X + price, X.T @ y)


@mistake("map_ridge", "X.T @ X + lam adds lam to every entry. Only a weight's own square has a "
         "price, so lam belongs on the diagonal: lam * np.eye(D).")  # fmt: skip
def on_every_entry(X, y, lam):
    return _ridge(X, y, lam)


@mistake("map_ridge", "lam is multiplied by the number of examples. The loss is a sum here, so "
         "lam stands as it is.")  # fmt: skip
def lam_times_n(X, y, lam):
    return _ridge(X, y, lam * len(y) * np.eye(X.shape[1]))


@mistake("map_ridge", "lam is divided by the number of examples. The loss is a sum here, so lam "
         "stands as it is.")  # fmt: skip
def lam_over_n(X, y, lam):
    return _ridge(X, y, lam / len(y) * np.eye(X.shape[1]))


@mistake("map_ridge", "lam does not come in: this is plain least squares, the most probable "
         "weights if all were equally probable before.")  # fmt: skip
def no_prior(X, y, lam):
    return np.linalg.lstsq(X, y, rcond=None)[0]


@mistake("map_ridge", "Only half of lam arrives. Both parts of the loss are squares, so both "
         "slopes have the factor 2, and it cancels.")  # fmt: skip
def half_lam(X, y, lam):
    return _ridge(X, y, 0.5 * lam * np.eye(X.shape[1]))


@mistake("map_ridge", "lam is subtracted, as if large weights were cheaper. The price is added.")
def lam_subtracted(X, y, lam):
    return _ridge(X, y, -lam * np.eye(X.shape[1]))


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def _walk(X, y, pull, steps, lr=1.0, tolerance=0.0):
    """Steps against X.T @ pull(p, y) / N, from zeros."""
    w = np.zeros(X.shape[1])
    for _ in range(steps):
        slope = X.T @ pull(_sigmoid(X @ w), y) / len(y)
        if np.max(np.abs(slope)) < tolerance:
            break
        w = w - lr * slope
    return w


@mistake("logreg_fit", "It stops after a fixed number of steps, still on the slope. Go on until "
         "the largest slope is below 1e-6, whatever number of steps that takes.")  # fmt: skip
def stops_early(X, y):
    return _walk(X, y, lambda p, y: p - y, steps=100, lr=0.1)


@mistake("logreg_fit", "It stops where the slope is below 1e-3, which is early. Go on to 1e-6.")
def content_early(X, y):
    return _walk(X, y, lambda p, y: p - y, steps=1000, tolerance=1e-3)


@mistake("logreg_fit", "The steps go uphill: true minus predicted points away from the labels. It "
         "is p - y, and a step against it.")  # fmt: skip
def uphill(X, y):
    return _walk(X, y, lambda p, y: y - p, steps=50)


@mistake("logreg_fit", "A straight line is fitted to the labels. That is the most probable w "
         "under Gaussian noise, but a label is a choice of two: p is the sigmoid of X @ "
         "w.")  # fmt: skip
def line_through_labels(X, y):
    return np.linalg.lstsq(X, y, rcond=None)[0]


@mistake("logreg_fit", "p is rounded to 0 or 1 before it is compared, so right guesses pull no "
         "more, however unsure they are. Keep p as it is.")  # fmt: skip
def rounded(X, y):
    return _walk(X, y, lambda p, y: (p > 0.5) - y, steps=50)


@mistake("logreg_fit", "The slope is that of a squared error, (p - y) p (1 - p). With -log p the "
         "factor p (1 - p) cancels: p - y is left.")  # fmt: skip
def squared_error(X, y):
    return _walk(X, y, lambda p, y: (p - y) * p * (1 - p), steps=200)


@mistake("logreg_fit", "The labels are read as -1 and 1. Here they are 0 and 1, to be compared "
         "with a probability.")  # fmt: skip
def labels_as_signs(X, y):
    return _walk(X, y, lambda p, y: p - (2 * y - 1), steps=50)
