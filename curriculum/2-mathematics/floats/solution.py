"""Floats: numbers with gaps between them, and formulas that stay accurate in spite of them.

Six functions. Each has a one-line formula that is right on paper and wrong on a computer for some
input. Yours must be right for that input too. All arrays are float64 unless stated otherwise.
Write plain NumPy; `undergrad check floats` runs it. What would do the work for you is not allowed:
`math.fsum`, `sys.float_info` and `numpy.finfo`, `numpy.spacing`, `numpy.nextafter`,
`numpy.logaddexp`, `numpy.linalg.cond`.

Letters: N numbers or columns, M rows.
"""

import numpy as np


def machine_eps(dtype):
    """Machine epsilon: the gap between 1 and the next larger float.

    dtype: np.float16, np.float32 or np.float64; dtype(1) makes a number of that kind.
    Returns: eps, float
    """
    # TODO 1: up to which number does 1 plus half of it still differ from 1?
    one, two = dtype(1), dtype(2)
    eps = one
    while one + eps / two > one:
        eps = eps / two
    return float(eps)


def kahan_sum(x):
    """The sum of the numbers in x, from first to last, nearly as if nothing were rounded.

    x: (N,).   The result is about one gap from the true sum when all terms are positive.
    Returns: total, float
    """
    # TODO 2: how much did the last addition really add, and how much should it have added?
    total, excess = 0.0, 0.0
    for term in x:
        owed = term - excess
        grown = total + owed
        excess = (grown - total) - owed  # what was really added, minus what should have been
        total = grown
    return float(total)


def logsumexp(x, axis):
    """log(sum(exp(x))) along one axis, for numbers of any size.

    x: an array, perhaps with entries of 10000, or of -inf (a probability of exactly 0). Where all
    entries along the axis are -inf, the result is -inf. x is left unchanged.
    axis: a whole number.
    The result has the shape of x without that axis.
    Returns: out (...)
    """
    # TODO 3: which number can be taken out of all exponents, and where does it come back?
    largest = x.max(axis=axis, keepdims=True)
    # Nothing but -inf: shift by 0 instead, since -inf minus -inf is not a number.
    shift = np.where(np.isfinite(largest), largest, 0.0)
    with np.errstate(divide="ignore"):
        out = shift + np.log(np.exp(x - shift).sum(axis=axis, keepdims=True))
    return out.squeeze(axis)


def log1mexp(x):
    """log(1 - exp(x)): from the log-probability of an event to that of its complement.

    x: an array of numbers below 0, perhaps -1e-14, perhaps -500.
    Returns: out (like x)
    """
    # TODO 4: which formula is accurate near 0, which far from it, and where do they meet?
    # Each formula is used only where it is accurate, and gets a harmless number elsewhere.
    near = x > -np.log(2)
    near_zero = np.log(-np.expm1(np.where(near, x, -1.0)))
    far_out = np.log1p(-np.exp(np.where(near, -1.0, x)))
    return np.where(near, near_zero, far_out)


def stable_bce(z, y):
    """The binary cross-entropy of each example: -y log(p) - (1 - y) log(1 - p).

    z: logits, (N,), perhaps as large as 1000; the probability of class 1 is p = 1 / (1 + exp(-z)).
    y: labels, (N,), numbers from 0 to 1. The losses are not averaged.
    Returns: losses (N,)
    """
    # TODO 5: how can the loss be computed from z so that exp never overflows?
    loss = np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
    return loss


def cond2(A):
    """The condition number: how much a relative error can grow on the way from b to x.

    A: (M, N) with M >= N, the matrix of A x = b.
    np.inf if A maps some direction to 0.
    Returns: kappa, float
    """
    # TODO 6: how much does A stretch, at most and at least?
    s = np.linalg.svd(A, compute_uv=False)  # largest first
    if s[-1] == 0:
        return np.inf
    return float(s[0] / s[-1])
