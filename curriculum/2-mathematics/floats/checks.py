"""What is asked of `floats`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

Results that differ by factors of a million are compared through their logarithms, and lost digits
are counted in gaps between floats: an absolute tolerance would let a result of 0 pass for 1e-20.
"""

import math

import numpy as np

from undergrad.checker import task, within


@task(1, "finds the gap after 1 in half, single and double precision", hint=[
    "Print 1 + 1e-15 and 1 + 1e-16. Where between them does the 1 stop noticing?",
    "Begin with dtype(1) and halve it while dtype(1) plus half of it is above dtype(1). All "
    "numbers must be of that dtype.",
    "one, eps = dtype(1), dtype(1)\n"
    "while one + eps / dtype(2) > one:\n"
    "    eps = eps / dtype(2)\n"
    "return float(eps)",
])  # fmt: skip
def halvings(code, rng):
    """How often 1 was halved to get each gap."""
    kinds = rng.permutation([0, 1, 2])
    gaps = [code.machine_eps((np.float16, np.float32, np.float64)[kind]) for kind in kinds]
    return [-math.log2(gap) for gap in gaps]


@task(2, "loses hardly a gap where plain adding loses hundreds", hint=[
    "After grown = total + term: what does grown - total give, and what should it give?",
    "Keep the difference, and take it off the next term before you add that one.",
    "owed = term - excess\n"
    "grown = total + owed\n"
    "excess = (grown - total) - owed\n"
    "total = grown",
], judge=within(0.0, 2.0))  # fmt: skip
def beside_a_giant(code, rng):
    """The errors of two sums, in gaps, added up. The first term is 2**53, where the gap is 2.

    Terms that are all alike lose the same each time; mixed ones show a correction that is only
    right on average.
    """
    alike = np.full(200, rng.uniform(0.3, 0.7))
    mixed = rng.uniform(0.2, 3.0, size=3000)
    found = 0.0
    for terms in (alike, mixed):
        x = np.concatenate([[2.0**53], terms])
        true = math.fsum(x)
        found += abs(float(code.kahan_sum(x)) - true) / math.ulp(true)
    return found


@task(2, "is an ordinary sum for a few ordinary numbers")
def few_terms(code, rng):
    return float(code.kahan_sum(rng.normal(size=6)))


@task(3, "is the formula for small numbers, along either axis", hint=[
    "log(exp(1000) + exp(1000)) is 1000 + log 2. How did exp(1000) get out of the way?",
    "Subtract the largest entry along the axis (keepdims=True), and add it back after the "
    "logarithm. If that entry is -inf, subtract 0 instead.",
    "largest = x.max(axis=axis, keepdims=True)\n"
    "shift = np.where(np.isfinite(largest), largest, 0.0)\n"
    "out = shift + np.log(np.exp(x - shift).sum(axis=axis, keepdims=True))\n"
    "return out.squeeze(axis)",
])  # fmt: skip
def small_scores(code, rng):
    x = rng.normal(size=(3, 4))
    return code.logsumexp(x, 0), code.logsumexp(x, 1)


@task(3, "is right at 10000, at -10000, and for both in one array")
def large_scores(code, rng):
    x = rng.normal(size=(3, 4)) + np.array([[1e4], [0.0], [-1e4]])
    with np.errstate(all="ignore"):
        return code.logsumexp(x, 1)


@task(3, "takes -inf as a share of 0, alone and among others")
def no_share(code, rng):
    x = rng.normal(size=(3, 4))
    x[0, 1], x[2] = -np.inf, -np.inf
    with np.errstate(all="ignore"):
        return code.logsumexp(x, 1)


@task(3, "leaves x as it was")
def scores_kept(code, rng):
    x = rng.normal(size=(2, 3))
    before = x.copy()
    code.logsumexp(x, 1)
    return x - before


@task(4, "is the formula between -3 and -0.1", hint=[
    "At x = -1e-14, which digits does exp(x) still have? And 1 - exp(x)?",
    "np.expm1(x) is exp(x) - 1 and np.log1p(x) is log(1 + x), both exact for tiny x. Which one "
    "helps near 0, which one far from it?",
    "near = x > -np.log(2)\n"
    "a = np.log(-np.expm1(np.where(near, x, -1.0)))\n"
    "b = np.log1p(-np.exp(np.where(near, -1.0, x)))\n"
    "return np.where(near, a, b)",
])  # fmt: skip
def middle(code, rng):
    with np.errstate(all="ignore"):
        return code.log1mexp(rng.uniform(-3, -0.1, size=(2, 5)))


@task(4, "keeps its digits next to 0 and far from it")
def both_ends(code, rng):
    """Far out the result is about -exp(x), so its logarithm is compared."""
    x = np.concatenate([-rng.uniform(1e-15, 1e-14, size=4), rng.uniform(-400, -50, size=4)])
    with np.errstate(all="ignore"):
        loss = code.log1mexp(x)
        return loss[:4], np.log(-loss[4:])


@task(5, "is the loss for scores of ordinary size", hint=[
    "With y = 1 the loss is log(1 + exp(-z)), with y = 0 it is log(1 + exp(z)). When do they "
    "overflow?",
    "log(1 + exp(z)) is z + log(1 + exp(-z)). Use whichever has the negative exponent: "
    "max(z, 0) + log1p(exp(-|z|)).",
    "return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))",
])  # fmt: skip
def ordinary(code, rng):
    return code.stable_bce(3 * rng.normal(size=6), rng.uniform(0.1, 0.9, size=6))


@task(5, "is a number for scores of a thousand, right or wrong")
def thousands(code, rng):
    z = np.array([-1.0, -1.0, 1.0, 1.0]) * rng.uniform(800, 1200, size=4)
    with np.errstate(all="ignore"):
        return code.stable_bce(z, np.array([0.0, 1.0, 0.0, 1.0]))


@task(5, "still tells one sure right answer from a surer one")
def sure(code, rng):
    """The losses lie between 1e-30 and 1e-17; their logarithms are compared."""
    z = rng.uniform(40, 65, size=4)
    with np.errstate(all="ignore"):
        return np.log(code.stable_bce(z, np.ones(4)))


@task(6, "is the most that A stretches over the least", hint=[
    "diag(4, 0.5) stretches one direction by 4 and another by 0.5. Its condition number?",
    "np.linalg.svd(A, compute_uv=False) gives all stretches, the largest first.",
    "s = np.linalg.svd(A, compute_uv=False)\n"
    "return np.inf if s[-1] == 0 else float(s[0] / s[-1])",
])  # fmt: skip
def square(code, rng):
    A = rng.normal(size=(4, 4)) + np.diag([3.0, 2.0, 1.0, 1.0])
    A[0, 3] += 5.0  # far from symmetric: stretches and eigenvalues are different numbers
    return float(code.cond2(A))


@task(6, "takes more rows than columns")
def tall(code, rng):
    return float(code.cond2(rng.normal(size=(5, 3))))


@task(6, "finds what a small determinant does not show")
def small_but_harmless(code, rng):
    return float(code.cond2(rng.uniform(0.01, 0.02) * np.eye(6)))


@task(6, "is infinite when a direction is lost altogether")
def lost(code, rng):
    with np.errstate(all="ignore"):
        return float(code.cond2(np.diag([rng.uniform(1, 2), rng.uniform(3, 4), 0.0])))
