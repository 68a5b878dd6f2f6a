"""The checks of `floats`.

Results that differ by factors of a million are compared through their logarithms, and lost digits
are counted in gaps between floats: an absolute tolerance would accept a result of 0 for 1e-20.
"""

import math

import numpy as np

from undergrad.checker import task, within


@task(1, "finds the gap after 1 in half, single and double precision")
def halvings(code, rng):
    """How often 1 was halved to get each gap."""
    kinds = rng.permutation([0, 1, 2])
    gaps = [code.machine_eps((np.float16, np.float32, np.float64)[kind]) for kind in kinds]
    return [-math.log2(gap) for gap in gaps]


@task(2, "is off by at most two gaps where a plain sum is off by hundreds",
      judge=within(0.0, 2.0), keeps_arguments=True)  # fmt: skip
def large_first_term(code, rng):
    """The errors of two sums, in gaps, added up. The first term is 2**53, where the gap is 2.

    Equal terms lose the same amount each time; mixed ones show a correction that is right only on
    average.
    """
    equal = np.full(200, rng.uniform(0.3, 0.7))
    mixed = rng.uniform(0.2, 3.0, size=3000)
    error = 0.0
    for terms in (equal, mixed):
        x = np.concatenate([[2.0**53], terms])
        true = math.fsum(x)
        error += abs(float(code.kahan_sum(x)) - true) / math.ulp(true)
    return error


class OneByOne(np.ndarray):
    """An array whose numbers can be taken one after the other, and not sorted or summed."""

    def __array_function__(self, function, types, args, kwargs):
        raise TypeError(f"no np.{function.__name__} here: add the terms one by one")

    def sum(self, *args, **kwargs):
        raise TypeError("no sum() here: add the terms one by one")


@task(2, "adds the terms one by one, in their order")
def one_by_one(code, rng):
    return float(code.kahan_sum(rng.uniform(1, 2, size=9).view(OneByOne)))


@task(2, "is an ordinary sum for a few ordinary numbers")
def few_terms(code, rng):
    return float(code.kahan_sum(rng.normal(size=6)))


@task(3, "is the formula for small numbers, along either axis", keeps_arguments=True)
def small_logits(code, rng):
    x = rng.normal(size=(3, 4))
    return code.logsumexp(x, 0), code.logsumexp(x, 1)


@task(3, "is right at 10000, at -10000, and for both in one array")
def large_logits(code, rng):
    x = rng.normal(size=(3, 4)) + np.array([[1e4], [0.0], [-1e4]])
    with np.errstate(all="ignore"):
        return code.logsumexp(x, 1), code.logsumexp(x, 0)


@task(3, "works along each axis of three")
def three_axes(code, rng):
    x = rng.normal(size=(3, 5, 4)) + 1000 * rng.permutation([-1, 0, 1])[:, None, None]
    with np.errstate(all="ignore"):
        return [code.logsumexp(x, axis) for axis in (0, 1, 2, -1)]


@task(3, "treats -inf as a probability of 0, alone and among others")
def zero_probability(code, rng):
    x = rng.normal(size=(3, 4))
    x[0, 1], x[2] = -np.inf, -np.inf
    with np.errstate(all="ignore"):
        *some, nothing = code.logsumexp(x, 1)
    return [float(each) for each in some], size(nothing)


def size(number):
    """What matters about a number that should be infinite, or should not."""
    if np.isnan(number):
        return "not a number"
    return "finite" if np.isfinite(number) else str(float(number))


@task(4, "is the formula between -3 and -0.1", keeps_arguments=True)
def middle(code, rng):
    with np.errstate(all="ignore"):
        return code.log1mexp(rng.uniform(-3, -0.1, size=(3, 5)))


@task(4, "keeps its digits near 0 and far from it")
def both_ends(code, rng):
    """Far out the result is about -exp(x), so its logarithm is compared."""
    x = np.concatenate([-rng.uniform(1e-15, 1e-14, size=4), rng.uniform(-400, -50, size=4)])
    with np.errstate(all="ignore"):
        loss = code.log1mexp(x)
        return loss[:4], np.log(-loss[4:])


@task(5, "is the loss for logits of ordinary size", keeps_arguments=True)
def ordinary(code, rng):
    return code.stable_bce(3 * rng.normal(size=6), rng.uniform(0.1, 0.9, size=6))


@task(5, "is finite for logits of a thousand, right or wrong")
def thousands(code, rng):
    z = np.array([-1.0, -1.0, 1.0, 1.0]) * rng.uniform(800, 1200, size=4)
    with np.errstate(all="ignore"):
        loss = code.stable_bce(z, np.array([0.0, 1.0, 0.0, 1.0]))
    return list(map(beside, loss, np.array([0.0, 1.0, 1.0, 0.0]) * np.abs(z)))


def beside(loss, right):
    if np.isclose(loss, right, atol=1e-6):
        return "right"
    if not np.isfinite(loss):
        return size(loss)
    return "too small" if loss < right else "too large"


@task(5, "distinguishes a confident prediction from a more confident one")
def confident(code, rng):
    """The losses are between 1e-30 and 1e-17. They are nearly exp(-z), so their logarithm is -z."""
    z = rng.uniform(40, 65, size=4)
    with np.errstate(all="ignore"):
        return list(map(beside, np.log(code.stable_bce(z, np.ones(4))), -z))


@task(6, "is the largest singular value over the smallest")
def square(code, rng):
    A = rng.normal(size=(4, 4)) + np.diag([3.0, 2.0, 1.0, 1.0])
    A[0, 3] += 5.0  # far from symmetric: singular values and eigenvalues differ
    return float(code.cond2(A))


@task(6, "accepts more rows than columns")
def tall(code, rng):
    return float(code.cond2(rng.normal(size=(5, 3))))


@task(6, "is 1 for a matrix that stretches nothing")
def identity(code, rng):
    return float(code.cond2(np.eye(int(rng.integers(3, 7)))))


@task(6, "is small for a matrix with a tiny determinant that loses no digits")
def small_but_harmless(code, rng):
    scales = rng.uniform(0.01, 0.02), 1e-30
    return [float(code.cond2(scale * np.eye(6))) for scale in scales]


@task(6, "keeps its digits for a matrix that is nearly singular")
def nearly_singular(code, rng):
    Q, P = (np.linalg.qr(rng.normal(size=(4, 4)))[0] for _ in range(2))
    smallest = rng.uniform(1e-9, 4e-9)
    with np.errstate(all="ignore"):
        kappa = float(code.cond2(Q @ np.diag([2.0, 1.0, 0.5, smallest]) @ P))
    # Seven digits are left at best.
    return "right" if math.isclose(kappa, 2 / smallest, rel_tol=1e-4) else "its digits are lost"


@task(6, "is infinite for a singular matrix")
def singular(code, rng):
    with np.errstate(all="ignore"):
        return float(code.cond2(np.diag([rng.uniform(1, 2), rng.uniform(3, 4), 0.0])))
