"""The checks of `probability`.

Draws are judged by their distribution, so that any correct way to make them passes. Sizes are small
where n and n - 1 must be told apart, and means are far from 0 where squares must be centred.
"""

import math

import numpy as np

from undergrad.checker import decided_by, distribution, raises, task, within


def probabilities(rng, k):
    """k probabilities, all well above 0, no two alike."""
    weights = rng.permutation(np.arange(1, k + 1)) + rng.uniform(0, 0.5, size=k)
    return weights / weights.sum()


@task(1, "weights each cause by its likelihood, and normalises", keeps_arguments=True)
def causes(code, rng):
    return code.bayes(probabilities(rng, 4), rng.uniform(0.1, 0.9, size=4))


@task(1, "updates a posterior with a second test")
def two_tests(code, rng):
    ill = rng.uniform(0.001, 0.01)
    positive = np.array([rng.uniform(0.9, 0.99), rng.uniform(0.01, 0.1)])
    return code.bayes(code.bayes(np.array([ill, 1 - ill]), positive), positive)


@task(1, "raises ValueError if no cause allows the observation", judge=raises(ValueError))
def impossible(code, rng):
    return code.bayes(np.array([0.4, 0.6, 0.0]), np.array([0.0, 0.0, rng.uniform(0.1, 0.9)]))


@task(2, "returns the weighted mean and the covariance around it", keeps_arguments=True)
def table(code, rng):
    values = rng.normal(size=(5, 3)) + rng.uniform(2, 4, size=3)
    mean, cov = code.mean_cov(values, probabilities(rng, 5))
    return mean, cov


@task(2, "finds the variance in Fahrenheit, and the covariance with Celsius")
def thermometer(code, rng):
    c = np.array([0.0, 10.0, 20.0]) + rng.uniform(-5, 5)
    mean, cov = code.mean_cov(np.stack([c, 1.8 * c + 32], axis=1), probabilities(rng, 3))
    return mean, cov


@task(3, "draws from the distribution that cdf_inv describes", judge=distribution())
def waiting_times(code, rng):
    rate = rng.uniform(0.3, 0.6)
    return code.inverse_sample(lambda u: -np.log1p(-u) / rate, 3000, rng)


@task(3, "gives different draws each time, in random order")
def independent_draws(code, rng):
    first = code.inverse_sample(lambda u: 2 * u, 50, rng)
    second = code.inverse_sample(lambda u: 2 * u, 50, rng)
    return {
        "shape": first.shape,
        "the same again": bool(np.array_equal(first, second)),
        "in order": bool(np.all(np.diff(first) >= 0)),
    }


@task(3, "takes all its randomness from the given generator")
def by_generator(code, rng):
    return decided_by(lambda rng: code.inverse_sample(lambda u: 2 * u, 5, rng), rng)


def gaussian(n, rng):
    return rng.normal(1.0, 2.0, size=n)


@task(4, "returns the mean of f and its standard error")
def few_draws(code, rng):
    mean, stderr = code.monte_carlo(lambda x: x**2, gaussian, int(rng.integers(5, 9)), rng)
    return float(mean), float(stderr)


@task(4, "accepts draws with two coordinates as well")
def quarter_circle(code, rng):
    mean, stderr = code.monte_carlo(
        lambda points: 4.0 * (np.sum(points**2, axis=1) < 1), lambda n, rng: rng.random((n, 2)),
        200, rng,
    )  # fmt: skip
    return float(mean), float(stderr)


@task(
    4,
    "is within 1.96 standard errors of the truth in 19 of 20 experiments",
    judge=within(0.93, 0.97),
)
def covers(code, rng):
    """The fraction of 2000 runs whose interval contains the true mean of 3x - 1, which is 2."""
    hits = 0
    for _ in range(2000):
        mean, stderr = code.monte_carlo(lambda x: 3 * x - 1, gaussian, 120, rng)
        hits += abs(mean - 2.0) < 1.96 * stderr
    return hits / 2000


@task(5, "returns four times the draws for half of the error, and rounds up")
def plan(code, rng):
    n, stderr = int(rng.integers(101, 199)), rng.uniform(0.4, 0.6)
    return [int(code.draws_needed(stderr, n, stderr / factor)) for factor in (2.0, 3.3, 10.7)]


@task(6, "agrees with the mean and the variance computed in two passes")
def small_stream(code, rng):
    mean, var = code.running_mean_var(float(x) for x in rng.normal(2.0, 1.5, size=6))
    return float(mean), float(var)


@task(6, "keeps its digits if all numbers are near 1e9")
def large_mean(code, rng):
    mean, var = code.running_mean_var(1e9 + float(x) for x in rng.normal(size=300))
    return float(mean), float(var)


@task(6, "works for two numbers")
def two_numbers(code, rng):
    mean, var = code.running_mean_var(iter(rng.normal(3.0, 2.0, size=2).tolist()))
    return float(mean), float(var)


@task(6, "raises ValueError for a single number", judge=raises(ValueError))
def one_number(code, rng):
    return code.running_mean_var(iter([float(rng.normal())]))


@task(6, "raises ValueError for an empty stream", judge=raises(ValueError))
def no_numbers(code, rng):
    return code.running_mean_var(iter([]))


def covariance(rng, d, low, high):
    """A covariance with axes at random angles and variances from low to high. Shape (d, d)."""
    Q = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return (Q * rng.uniform(low, high, size=d)) @ Q.T


@task(7, "returns the log-density in three dimensions", keeps_arguments=True)
def three_dimensions(code, rng):
    mu = rng.normal(size=3)
    return code.gaussian_logpdf(mu + rng.normal(size=(5, 3)), mu, covariance(rng, 3, 1.5, 4))


@task(7, "returns the logarithm of a density whose area is 1", judge=within(0.9999, 1.0001))
def area(code, rng):
    """The area under the density in one dimension, by narrow strips."""
    mu, sigma = rng.normal(), rng.uniform(0.5, 2)
    x = np.linspace(mu - 8 * sigma, mu + 8 * sigma, 2001)
    log = code.gaussian_logpdf(x[:, None], np.array([mu]), np.array([[sigma**2]]))
    return math.fsum(np.exp(log)) * float(x[1] - x[0])


@task(7, "stays finite in 200 dimensions, where the determinant underflows")
def many_dimensions(code, rng):
    S = covariance(rng, 200, 0.001, 0.01)
    return code.gaussian_logpdf(0.1 * rng.normal(size=(3, 200)), np.zeros(200), S)
