"""Randomness: Bayes' rule, expectations, and how far to trust an average.

A distribution over K results is an array of probabilities of shape (K,), which sum to 1. All
randomness comes from the generator `rng` you are given. Use only NumPy and `math`, without
`numpy.cov` and `numpy.average`; `undergrad check probability` runs your functions.

Letters: K causes or results, D dimensions, N points, n draws.
"""

import math

import numpy as np


def bayes(prior, likelihood):
    """The posterior probability of each cause after an observation (Bayes' rule).

    prior: (K,), the probability of each cause before.
    likelihood: (K,), how probable the observation is under each cause. It need not sum to 1.
    Both are left unchanged. Raises ValueError if the observation is impossible under every cause
    that has a prior above 0.
    Returns: posterior (K,)
    """
    # TODO 1: Bayes' rule, and the case in which it cannot be applied
    joint = prior * likelihood
    total = joint.sum()
    if total == 0:
        raise ValueError("bayes: the observation is impossible under every cause with a prior")
    return joint / total


def mean_cov(values, p):
    """The exact mean and covariance of a distribution that is given as a table.

    values: (K, D), each possible result in a row.   p: (K,), the probability of each row.
    Entry [i, j] of cov is the mean of (column i minus its mean) times (column j minus its mean);
    the diagonal holds the variances.
    Returns: mean (D,), cov (D, D)
    """
    # TODO 2: first the mean, then the covariance around it
    mean = p @ values
    centred = values - mean
    cov = (centred * p[:, None]).T @ centred  # (D, K) @ (K, D)
    return mean, cov


def inverse_sample(cdf_inv, n, rng):
    """n independent draws from the distribution whose inverse cumulative function is given.

    cdf_inv: returns, for u between 0 and 1, the value that has the fraction u of the distribution
    below it; works elementwise.   n: how many draws.   rng: a NumPy generator.
    Returns: draws (n,)
    """
    # TODO 3: inverse transform sampling
    return cdf_inv(rng.random(n))


def monte_carlo(f, sampler, n, rng):
    """An estimate of the mean of f over random inputs, and its standard error.

    f: takes draws of shape (n,) or (n, D), returns numbers of shape (n,).
    sampler: sampler(n, rng) returns n draws; call it once.   n: how many, at least 2.
    The variance of the values has n - 1 in its denominator.
    Returns: mean, float, stderr, float
    """
    # TODO 4: the average of f over n draws, and its standard error
    values = f(sampler(n, rng))
    stderr = values.std(ddof=1) / math.sqrt(n)
    return float(values.mean()), float(stderr)


def draws_needed(stderr, n, target):
    """The number of draws that brings the standard error down to `target`.

    stderr: the standard error of a first run with n draws.   n: its size.   target: above 0.
    The draws of the first run count, and the number is rounded up.
    Returns: draws, int
    """
    # TODO 5: how does the error fall with the number of draws?
    return math.ceil(n * (stderr / target) ** 2)


def running_mean_var(stream):
    """The mean and the variance of numbers that arrive one by one and are not kept.

    stream: an iterable of numbers, perhaps a generator, perhaps very many, perhaps all close to
    1e9. The variance divides by one less than the count.
    Raises ValueError for fewer than two numbers.
    Returns: mean, float, variance, float
    """
    # TODO 6: what does each new number change?
    count, mean, squares = 0, 0.0, 0.0
    for x in stream:
        count += 1
        deviation = x - mean
        mean += deviation / count
        squares += deviation * (x - mean)  # from the old mean times from the new one: exact
    if count < 2:
        raise ValueError("running_mean_var: a variance needs at least two numbers")
    return mean, squares / (count - 1)


def gaussian_logpdf(x, mu, S):
    """The log-density of a Gaussian in D dimensions.

    x: (N, D), the points.   mu: (D,), the mean.   S: (D, D), the covariance, not singular.
    D may be in the hundreds.
    Returns: logpdf (N,)
    """
    # TODO 7: the logarithm of the density, without a determinant that underflows
    centred = x - mu
    distance = np.sum(centred * np.linalg.solve(S, centred.T).T, axis=1)
    # The determinant of a large matrix leaves the range of floats; its logarithm does not.
    _, logdet = np.linalg.slogdet(S)
    constant = len(mu) * math.log(2 * math.pi)
    return -0.5 * (constant + logdet + distance)
