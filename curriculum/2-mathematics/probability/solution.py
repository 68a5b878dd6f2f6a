"""A worked solution of `probability`."""

import math

import numpy as np


def bayes(prior, likelihood):
    both = prior * likelihood
    total = both.sum()
    if total == 0:
        raise ValueError("bayes: what was seen is impossible under every cause that has a chance")
    return both / total


def mean_cov(values, p):
    mean = p @ values
    centred = values - mean
    return mean, (centred * p[:, None]).T @ centred


def inverse_sample(cdf_inv, n, rng):
    return cdf_inv(rng.random(n))


def monte_carlo(f, sampler, n, rng):
    values = f(sampler(n, rng))
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(n))


def draws_needed(stderr, n, target):
    return math.ceil(n * (stderr / target) ** 2)


def running_mean_var(stream):
    count, mean, squares = 0, 0.0, 0.0
    for x in stream:
        count += 1
        before = x - mean
        mean += before / count
        squares += before * (x - mean)  # one distance to the old mean, one to the new: exact
    if count < 2:
        raise ValueError("running_mean_var: a variance needs at least two numbers")
    return mean, squares / (count - 1)


def gaussian_logpdf(x, mu, S):
    away = x - mu
    distance = np.sum(away * np.linalg.solve(S, away.T).T, axis=1)
    # The determinant of a large matrix leaves the range of floats; its logarithm does not.
    _, logdet = np.linalg.slogdet(S)
    return -0.5 * (len(mu) * math.log(2 * math.pi) + logdet + distance)
