"""What is asked of `probability`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Draws are judged by their spread, so that any honest way to make them passes. Sizes are small where
n and n - 1 must be told apart, and averages lie far from 0 where squares must be centred.
"""

import math

import numpy as np

from undergrad.checker import distribution, raises, task, within


def shares(rng, k):
    """k probabilities, all well above 0, no two alike."""
    weights = rng.permutation(np.arange(1, k + 1)) + rng.uniform(0, 0.5, size=k)
    return weights / weights.sum()


@task(1, "weighs each cause with what it makes probable, and shares out 1", hint=[
    "Of 100,000 people, how many are ill and positive, how many healthy and positive?",
    "Multiply prior and likelihood place by place. What is their sum, and what must it become?",
    "both = prior * likelihood\n"
    "total = both.sum()\n"
    "if total == 0: raise ValueError(...)\n"
    "return both / total",
])  # fmt: skip
def causes(code, rng):
    return code.bayes(shares(rng, 4), rng.uniform(0.1, 0.9, size=4))


@task(1, "takes a second test on top of the first")
def two_tests(code, rng):
    ill = rng.uniform(0.001, 0.01)
    positive = np.array([rng.uniform(0.9, 0.99), rng.uniform(0.01, 0.1)])
    return code.bayes(code.bayes(np.array([ill, 1 - ill]), positive), positive)


@task(1, "leaves the prior as it was")
def prior_kept(code, rng):
    prior = shares(rng, 3)
    before = prior.copy()
    code.bayes(prior, rng.uniform(0.1, 0.9, size=3))
    return prior - before


@task(1, "refuses what no cause could have made", judge=raises(ValueError))
def impossible(code, rng):
    return code.bayes(np.array([0.4, 0.6, 0.0]), np.array([0.0, 0.0, rng.uniform(0.1, 0.9)]))


@task(2, "averages with the probabilities, and spreads around that average", hint=[
    "What is the average of a die that shows 6 half of the time?",
    "p @ values is the average of each column. Subtract it, then average products of two columns "
    "in the same way.",
    "mean = p @ values\n"
    "centred = values - mean\n"
    "return mean, (centred * p[:, None]).T @ centred",
])  # fmt: skip
def table(code, rng):
    mean, cov = code.mean_cov(rng.normal(size=(5, 3)) + rng.uniform(2, 4, size=3), shares(rng, 5))
    return mean, cov


@task(2, "knows that Fahrenheit varies 1.8 times as much as Celsius, and with it")
def thermometer(code, rng):
    c = np.array([0.0, 10.0, 20.0]) + rng.uniform(-5, 5)
    mean, cov = code.mean_cov(np.stack([c, 1.8 * c + 32], axis=1), shares(rng, 3))
    return mean, cov


@task(3, "gives draws of the distribution that belongs to cdf_inv", judge=distribution(), hint=[
    "cdf_inv turns a share into a value. Which shares between 0 and 1 should come up how often?",
    "Every share is equally likely. The generator has a method for such numbers.",
    "return cdf_inv(rng.random(n))",
])  # fmt: skip
def waiting_times(code, rng):
    rate = rng.uniform(0.3, 0.6)
    return code.inverse_sample(lambda u: -np.log1p(-u) / rate, 3000, rng)


@task(3, "draws anew each time, in no order")
def anew(code, rng):
    first = code.inverse_sample(lambda u: 2 * u, 50, rng)
    second = code.inverse_sample(lambda u: 2 * u, 50, rng)
    return {
        "shape": first.shape,
        "the same again": bool(np.array_equal(first, second)),
        "in order": bool(np.all(np.diff(first) >= 0)),
    }


def bell(n, rng):
    return rng.normal(1.0, 2.0, size=n)


@task(4, "averages f, and says how far off that may be", hint=[
    "Which numbers are averaged: the draws, or f of the draws?",
    "The values spread by some standard deviation. An average of n of them spreads less, by the "
    "root of n.",
    "values = f(sampler(n, rng))\n"
    "return values.mean(), values.std(ddof=1) / np.sqrt(n)",
])  # fmt: skip
def five_draws(code, rng):
    mean, stderr = code.monte_carlo(lambda x: x**2, bell, int(rng.integers(5, 9)), rng)
    return float(mean), float(stderr)


@task(4, "takes points with two coordinates as well")
def quarter_circle(code, rng):
    mean, stderr = code.monte_carlo(
        lambda points: 4.0 * (np.sum(points**2, axis=1) < 1), lambda n, rng: rng.random((n, 2)),
        200, rng,
    )  # fmt: skip
    return float(mean), float(stderr)


@task(4, "has the truth within 1.96 standard errors in 19 of 20 runs", judge=within(0.93, 0.97))
def covers(code, rng):
    """The share of 2000 runs whose interval holds the true average of 3x - 1, which is 2."""
    hits = 0
    for _ in range(2000):
        mean, stderr = code.monte_carlo(lambda x: 3 * x - 1, bell, 120, rng)
        hits += abs(mean - 2.0) < 1.96 * stderr
    return hits / 2000


@task(5, "needs four times the draws for half of the error, and rounds up", hint=[
    "The error falls like 1 over the root of n. What must n become for a tenth of the error?",
    "n times the square of (error now over error wanted), rounded up.",
    "return math.ceil(n * (stderr / target) ** 2)",
])  # fmt: skip
def plan(code, rng):
    n, stderr = int(rng.integers(101, 199)), rng.uniform(0.4, 0.6)
    return [int(code.draws_needed(stderr, n, stderr / factor)) for factor in (2.0, 3.3, 10.7)]


@task(6, "agrees with mean and variance in two passes, from a generator", hint=[
    "Write the mean of n + 1 numbers with the mean of the first n. What is added?",
    "Each x adds (x - mean before) times (x - mean after) to the sum of squared distances.",
    "before = x - mean\n"
    "mean += before / count\n"
    "squares += before * (x - mean)\n"
    "# at the end: squares / (count - 1)",
])  # fmt: skip
def small_stream(code, rng):
    mean, var = code.running_mean_var(float(x) for x in rng.normal(2.0, 1.5, size=6))
    return float(mean), float(var)


@task(6, "keeps its digits when all numbers are near 1e9")
def offset(code, rng):
    mean, var = code.running_mean_var(1e9 + float(x) for x in rng.normal(size=300))
    return float(mean), float(var)


@task(6, "refuses a single number", judge=raises(ValueError))
def alone(code, rng):
    return code.running_mean_var(iter([float(rng.normal())]))


@task(6, "refuses a stream without any number", judge=raises(ValueError))
def nothing(code, rng):
    return code.running_mean_var(iter([]))


def covariance(rng, d, low, high):
    """A covariance with axes at random angles and variances from low to high. Shape (d, d)."""
    Q = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return (Q * rng.uniform(low, high, size=d)) @ Q.T


@task(7, "is the formula of the bell in three dimensions", hint=[
    "Three parts, and the half stands before all of them: D log 2 pi, log det S, and a distance.",
    "The distance is (x - mu) S^-1 (x - mu). np.linalg.solve(S, away.T).T gives S^-1 (x - mu) for "
    "all rows at once.",
    "away = x - mu\n"
    "distance = np.sum(away * np.linalg.solve(S, away.T).T, axis=1)\n"
    "logdet = np.linalg.slogdet(S)[1]\n"
    "return -0.5 * (len(mu) * math.log(2 * math.pi) + logdet + distance)",
])  # fmt: skip
def three_dimensions(code, rng):
    mu = rng.normal(size=3)
    return code.gaussian_logpdf(mu + rng.normal(size=(5, 3)), mu, covariance(rng, 3, 1.5, 4))


@task(7, "adds up to 1 over the line", judge=within(0.9999, 1.0001))
def adds_up(code, rng):
    """The area under the density of one dimension, by narrow strips."""
    mu, sigma = rng.normal(), rng.uniform(0.5, 2)
    x = np.linspace(mu - 8 * sigma, mu + 8 * sigma, 2001)
    log = code.gaussian_logpdf(x[:, None], np.array([mu]), np.array([[sigma**2]]))
    return math.fsum(np.exp(log)) * float(x[1] - x[0])


@task(7, "is a number in 200 dimensions, where the determinant underflows")
def many_dimensions(code, rng):
    S = covariance(rng, 200, 0.001, 0.01)
    return code.gaussian_logpdf(0.1 * rng.normal(size=(3, 200)), np.zeros(200), S)
