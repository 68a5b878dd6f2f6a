"""Randomness: beliefs that change with evidence, averages, and how far to trust them.

A distribution over K results is an array of probabilities of shape (K,), which add up to 1. All
randomness comes from the generator `rng` you are given. Write plain NumPy; `undergrad check
probability` runs it.
"""

import numpy as np


def bayes(prior, likelihood):
    """How strongly to believe in each cause, after something was seen.

    prior: (K,), the probability of each cause before.
    likelihood: (K,), how probable it is to see this if the cause holds. They need not add up to 1.
    Both stay as they are. Returns the probability of each cause after, shape (K,). Raises
    ValueError when no cause with a chance could have made this: then there is nothing to share.
    """
    raise NotImplementedError("TODO 1: prior times likelihood, shared out so that it adds up to 1")


def mean_cov(values, p):
    """The exact average and covariance of a distribution that is given as a table.

    values: (K, D), each possible result in a row.   p: (K,), the probability of each row.
    Returns (mean, cov), shapes (D,) and (D, D). Entry [i, j] of cov is the average of
    (column i minus its mean) times (column j minus its mean); on the diagonal stand variances.
    """
    raise NotImplementedError("TODO 2: averages weighted with p; first the mean, then around it")


def inverse_sample(cdf_inv, n, rng):
    """n independent draws from the distribution whose inverse cumulative function is given.

    cdf_inv: from a share u in 0..1 to the value that has the share u below it; place by place.
    n: how many.   rng: a NumPy generator.   Returns the draws, shape (n,).
    """
    raise NotImplementedError("TODO 3: even numbers in 0..1 from rng, through cdf_inv")


def monte_carlo(f, sampler, n, rng):
    """The average of f over random inputs, estimated, and how far off the estimate may be.

    f: from draws to numbers, shape (n,) or (n, D) in, (n,) out.
    sampler: sampler(n, rng) gives n draws.   n: how many, at least 2.   Call sampler once.
    Returns (mean, stderr), two floats. stderr is the standard deviation of the values (with n - 1
    below) over the root of n.
    """
    raise NotImplementedError("TODO 4: draw, apply f, average; the spread over the root of n")


def draws_needed(stderr, n, target):
    """How many draws bring the standard error down to `target`.

    stderr: what a first run with n draws has shown.   n: its size.   target: above 0.
    Returns a whole number of draws in all, rounded up.
    """
    raise NotImplementedError("TODO 5: the error falls with the root of the number of draws")


def running_mean_var(stream):
    """The mean and the variance of numbers that come one by one and are not kept.

    stream: an iterable of numbers, perhaps a generator, perhaps very many, perhaps all close to
    1e9. Returns (mean, variance), two floats; the variance divides by one less than the count.
    Raises ValueError for fewer than two numbers.
    """
    raise NotImplementedError("TODO 6: keep count, mean and sum of squared distances up to date")


def gaussian_logpdf(x, mu, S):
    """The logarithm of the density of a bell in D dimensions.

    x: (N, D), the places.   mu: (D,), the middle.   S: (D, D), the covariance, not singular.
    D may be in the hundreds. Returns (N,).
    """
    raise NotImplementedError("TODO 7: minus half of three things: D log 2 pi, log det S, distance")
