"""What is asked of `likelihood`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Zeros stand in p and in q by turns, since each deserves another answer. The last fit is judged by
its slope, so that any way there is welcome.
"""

import math

import numpy as np

from undergrad.checker import task, within


def shares(rng, k):
    """k probabilities, all well above 0, no two alike."""
    weights = rng.permutation(np.arange(1, k + 1)) + rng.uniform(0, 0.5, size=k)
    return weights / weights.sum()


@task(1, "is the average of -log p, weighted with p", hint=[
    "A result of probability p surprises by -log p. How often does that surprise come?",
    "Weigh each surprise with its probability and add up. Leave out the places where p is 0.",
    "some = p[p > 0]\nreturn float(-np.sum(some * np.log(some)))",
])  # fmt: skip
def average_surprise(code, rng):
    return float(code.entropy(shares(rng, 5)))


@task(1, "is log K at most, and 0 for what is certain")
def extremes(code, rng):
    k = int(rng.integers(3, 9))
    even, sure = np.full(k, 1 / k), np.eye(k)[int(rng.integers(k))]
    return float(code.entropy(even)), round(float(code.entropy(sure)), 9)


@task(2, "weighs with p and takes the logarithm of q", hint=[
    "Two distributions: which one decides how often, and which one how surprised?",
    "p is the weight, q stands in the logarithm. Look only at places with p > 0; if q is 0 at one "
    "of them, the answer is infinite.",
    "happens = p > 0\n"
    "if np.any(q[happens] == 0): return math.inf\n"
    "return float(-np.sum(p[happens] * np.log(q[happens])))",
])  # fmt: skip
def other_beliefs(code, rng):
    return float(code.cross_entropy(shares(rng, 4), shares(rng, 4)))


@task(2, "looks up one logarithm, if p is a label")
def label(code, rng):
    q = shares(rng, 4)
    q[0], q[1] = 0.0, q[0] + q[1]  # a class that is neither believed in nor there
    return float(code.cross_entropy(np.array([0.0, 0.0, 1.0, 0.0]), q))


@task(2, "is infinite where something happens that was held impossible")
def held_impossible(code, rng):
    p = shares(rng, 3)
    q = np.array([0.0, p[0], 1 - p[0]])
    return float(code.cross_entropy(p, q))


@task(3, "is what q costs beyond the entropy of p", hint=[
    "Someone who knows p is surprised as well. How much less than someone who believes q?",
    "Cross-entropy of p and q, minus the entropy of p. You have built both.",
    "return max(0.0, cross_entropy(p, q) - entropy(p))",
])  # fmt: skip
def extra_cost(code, rng):
    p, q = shares(rng, 4), shares(rng, 4)[::-1].copy()
    q = 0.5 * q + 0.5 * np.roll(p, 1)
    return float(code.kl(p, q))


@task(3, "is 0 for equal ones, above 0 for others, and infinite where it must be")
def corners(code, rng):
    found = []
    for k in (2, 3, 7):
        p = shares(rng, k)
        found.append(round(float(code.kl(p, p.copy())), 9) == 0)
        found.append(all(float(code.kl(p, rng.dirichlet(np.ones(k)))) > 0 for _ in range(20)))
    some = np.array([0.5, 0.5, 0.0])
    part = shares(rng, 3)
    return found, float(code.kl(some, part)), float(code.kl(part, some))


def gaussian_log_likelihood(x, mean, var):
    return float(-0.5 * np.sum(np.log(2 * np.pi * var) + (x - mean) ** 2 / var))


@task(4, "finds the bell of a handful of numbers", hint=[
    "Write the logarithm of the likelihood as a sum, and set its slope to 0.",
    "For the bell: the mean, and the plain average of squared distances. For counts: each one's "
    "share of all.",
    "mean = x.mean()\n"
    "return float(mean), float(np.mean((x - mean) ** 2))\n"
    "# and: counts / counts.sum()",
])  # fmt: skip
def handful(code, rng):
    x = rng.uniform(1.5, 3) + rng.uniform(1.5, 3) * rng.permutation([-1.0, -0.4, 0.1, 0.2, 1.7])
    mean, var = code.mle_gaussian(x)
    return float(mean), float(var)


@task(4, "is more probable than 200 bells nearby")
def best_bell(code, rng):
    x = rng.normal(2.0, 3.0, size=8)
    mean, var = code.mle_gaussian(x)
    best = gaussian_log_likelihood(x, mean, var)
    others = np.array([mean, var]) * np.exp(rng.normal(0, 0.2, size=(200, 2)))
    return all(gaussian_log_likelihood(x, *other) < best for other in others)


@task(4, "gives each result its share of the counts")
def counted(code, rng):
    counts = rng.permutation(np.array([0, 1, 3, 8])) * int(rng.integers(1, 4))
    return code.mle_categorical(counts)


def wide_table(rng, n, d):
    """Inputs of different sizes and a noisy target, none of it around 0. Shapes (n, d), (n,)."""
    X = rng.normal(size=(n, d)) * rng.uniform(0.8, 2, size=d) + 0.5
    return X, X @ rng.normal(size=d) + rng.normal(size=n) + 1.0


@task(5, "is the lowest point of squared errors and the price of weights", hint=[
    "What is the slope of |X w - y|^2 + lam |w|^2 with respect to w?",
    "2 X.T @ (X w - y) + 2 lam w = 0. Collect what is multiplied by w: lam stands on the diagonal.",
    "A = X.T @ X + lam * np.eye(X.shape[1])\nreturn np.linalg.solve(A, X.T @ y)",
])  # fmt: skip
def ridge(code, rng):
    X, y = wide_table(rng, 12, 3)
    return code.map_ridge(X, y, rng.uniform(2, 5))


@task(5, "has an answer for fewer examples than weights")
def few_examples(code, rng):
    X, y = wide_table(rng, 3, 6)
    return code.map_ridge(X, y, rng.uniform(0.2, 0.5))


def overlapping(rng):
    """Two classes that overlap for certain: a third of each point's labels are turned."""
    X = np.stack([np.ones(20), *rng.normal(size=(2, 20))], axis=1)
    y = (X @ np.array([0.3, 1.0, -1.0]) + 0.3 * rng.normal(size=20) > 0).astype(float)
    return np.concatenate([X, X, X]), np.concatenate([y, y, 1 - y])


@task(6, "arrives where the slope of the mean loss is below 1e-6", judge=within(0, 1e-6), hint=[
    "Predicted minus true, p - y, tells for each example which way its score should move.",
    "Repeat: p, slope, a step against it. Plain steps of size 1 take some hundred rounds. Dividing "
    "by the curvature X.T @ diag(p (1 - p)) @ X / N takes about six.",
    "w = np.zeros(X.shape[1])\n"
    "for _ in range(20000):\n"
    "    p = 0.5 * (1 + np.tanh(0.5 * (X @ w)))      # the sigmoid\n"
    "    slope = X.T @ (p - y) / len(y)\n"
    "    if np.max(np.abs(slope)) < 1e-7: break\n"
    "    w = w - slope\n"
    "return w",
])  # fmt: skip
def flat(code, rng):
    """The size of the largest slope where the fit has stopped."""
    X, y = overlapping(rng)
    return _slope(code.logreg_fit(X, y), X, y)


def _slope(w, X, y):
    p = 0.5 * (1 + np.tanh(0.5 * (X @ np.asarray(w, dtype=float))))
    return float(np.max(np.abs(X.T @ (p - y) / len(y))))


@task(6, "finds the log-odds, if there is nothing but an offset", judge=within(0, 1e-4))
def log_odds(code, rng):
    """With k ones among n labels, the best p is k / n; how far is the offset from its log-odds?"""
    n, k = 30, int(rng.integers(4, 12))
    y = rng.permutation(np.arange(n) < k).astype(float)
    w = code.logreg_fit(np.ones((n, 1)), y)
    return abs(float(w[0]) - math.log(k / (n - k)))
