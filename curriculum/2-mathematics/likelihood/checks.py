"""The checks of `likelihood`.

There are zeros in p and in q in turn, because they lead to different results. The last fit is
judged by its gradient, so that any method passes.
"""

import math

import numpy as np

from undergrad.checker import task, within


def probabilities(rng, k):
    """k probabilities, all well above 0, no two alike."""
    weights = rng.permutation(np.arange(1, k + 1)) + rng.uniform(0, 0.5, size=k)
    return weights / weights.sum()


@task(1, "is the mean of -log p, weighted with p", keeps_arguments=True)
def mean_surprise(code, rng):
    return float(code.entropy(probabilities(rng, 5)))


@task(1, "is log K for a uniform p, and 0 for a certain result")
def extremes(code, rng):
    k = int(rng.integers(3, 9))
    uniform, certain = np.full(k, 1 / k), np.eye(k)[int(rng.integers(k))]
    left = round(abs(float(code.entropy(certain))), 9)
    return float(code.entropy(uniform)), "nearly 0" if 0 < left < 1e-3 else left


@task(2, "weights with p and takes the logarithm of q", keeps_arguments=True)
def other_beliefs(code, rng):
    return float(code.cross_entropy(probabilities(rng, 4), probabilities(rng, 4)))


@task(2, "is one logarithm, if p is a one-hot label")
def one_hot(code, rng):
    q = probabilities(rng, 4)
    q[0], q[1] = 0.0, q[0] + q[1]  # a class of probability 0 in both
    label = np.array([0.0, 0.0, 1.0, 0.0])
    certain = float(code.cross_entropy(label, label.copy()))
    return float(code.cross_entropy(label, q)), round(certain, 9)


@task(2, "is infinite where a result occurs that q rules out")
def ruled_out(code, rng):
    p = probabilities(rng, 3)
    q = np.array([0.0, p[0], 1 - p[0]])
    return float(code.cross_entropy(p, q))


@task(3, "is what q costs beyond the entropy of p")
def extra_cost(code, rng):
    p, q = probabilities(rng, 4), probabilities(rng, 4)[::-1].copy()
    q = 0.5 * q + 0.5 * np.roll(p, 1)
    return float(code.kl(p, q))


@task(3, "is 0 for equal distributions, above 0 for others, and infinite where it must be")
def special_cases(code, rng):
    found = []
    for k in (3, 4, 7):
        p = probabilities(rng, k)
        found.append(round(float(code.kl(p, p.copy())), 9) == 0)
        found.append(all(float(code.kl(p, rng.dirichlet(np.ones(k)))) > 0 for _ in range(20)))
    some = np.array([0.5, 0.5, 0.0])
    every = probabilities(rng, 3)
    return found, float(code.kl(some, every)), float(code.kl(every, some))


def gaussian_log_likelihood(x, mean, var):
    return float(-0.5 * np.sum(np.log(2 * np.pi * var) + (x - mean) ** 2 / var))


@task(4, "fits a Gaussian to five numbers", keeps_arguments=True)
def five_numbers(code, rng):
    x = rng.uniform(1.5, 3) + rng.uniform(1.5, 3) * rng.permutation([-1.0, -0.4, 0.1, 0.2, 1.7])
    mean, var = code.mle_gaussian(x)
    return float(mean), float(var)


@task(4, "gives a higher likelihood than 200 similar Gaussians")
def best_gaussian(code, rng):
    x = rng.normal(2.0, 3.0, size=8)
    mean, var = code.mle_gaussian(x)
    best = gaussian_log_likelihood(x, mean, var)
    others = np.array([mean, var]) * np.exp(rng.normal(0, 0.2, size=(200, 2)))
    return all(gaussian_log_likelihood(x, *other) < best for other in others)


@task(4, "gives each result its fraction of the counts", keeps_arguments=True)
def counted(code, rng):
    counts = rng.permutation(np.array([0, 1, 3, 8])) * int(rng.integers(1, 4))
    return code.mle_categorical(counts)


def noisy_data(rng, n, d):
    """Inputs of different scales and a noisy target, none of it around 0. Shapes (n, d), (n,)."""
    X = rng.normal(size=(n, d)) * rng.uniform(0.8, 2, size=d) + 0.5
    return X, X @ rng.normal(size=d) + rng.normal(size=n) + 1.0


@task(5, "minimises the squared errors plus the penalty", keeps_arguments=True)
def ridge(code, rng):
    X, y = noisy_data(rng, 12, 3)
    return code.map_ridge(X, y, rng.uniform(2, 5))


@task(5, "works with fewer examples than weights")
def few_examples(code, rng):
    X, y = noisy_data(rng, 3, 6)
    return code.map_ridge(X, y, rng.uniform(0.2, 0.5))


def overlapping(rng):
    """Two classes that certainly overlap: a third of each point's labels are flipped."""
    X = np.stack([np.ones(20), *rng.normal(size=(2, 20))], axis=1)
    y = (X @ np.array([0.3, 1.0, -1.0]) + 0.3 * rng.normal(size=20) > 0).astype(float)
    return np.concatenate([X, X, X]), np.concatenate([y, y, 1 - y])


@task(6, "stops where the gradient of the mean loss is below 1e-6", judge=within(0, 1e-6),
      keeps_arguments=True)  # fmt: skip
def converged(code, rng):
    """The largest entry of the gradient where the fit has stopped, in absolute value."""
    X, y = overlapping(rng)
    return _largest_gradient(code.logreg_fit(X, y), X, y)


def _largest_gradient(w, X, y):
    p = 0.5 * (1 + np.tanh(0.5 * (X @ np.asarray(w, dtype=float))))
    return float(np.max(np.abs(X.T @ (p - y) / len(y))))


@task(6, "finds the log-odds, if there is only a bias", judge=within(0, 1e-4))
def log_odds(code, rng):
    """With k ones among n labels, the best p is k / n; how far is the bias from its log-odds?"""
    n, k = 30, int(rng.integers(4, 12))
    y = rng.permutation(np.arange(n) < k).astype(float)
    w = code.logreg_fit(np.ones((n, 1)), y)
    return abs(float(w[0]) - math.log(k / (n - k)))
