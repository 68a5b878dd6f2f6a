"""Floats: numbers with gaps between them, and formulas that live with the gaps.

Six functions. Each has a one-line formula that is right on paper and wrong on a computer for some
input. Yours must be right for that input too. All arrays are float64 where nothing else is said.
Write plain NumPy; `undergrad check floats` runs it.
"""

import numpy as np


def machine_eps(dtype):
    """The gap between 1 and the next larger float.

    dtype: np.float16, np.float32 or np.float64; dtype(1) makes a number of that kind.
    Returns a float.
    """
    raise NotImplementedError("TODO 1: halve a number while 1 plus half of it is still above 1")


def kahan_sum(x):
    """The sum of the numbers in x, from the first to the last, nearly as if nothing were rounded.

    x: (N,).   Returns a float, about one gap from the true sum when all terms are positive.
    """
    raise NotImplementedError("TODO 2: remember what the last addition lost, and pay it back")


def logsumexp(x, axis):
    """log(sum(exp(x))) along one axis, for numbers of any size.

    x: an array, perhaps with entries of 10000, or of -inf (a share of exactly 0). Where all
    entries along the axis are -inf, the result is -inf. x stays as it is.
    axis: a whole number.   Returns an array with the shape of x without that axis.
    """
    raise NotImplementedError("TODO 3: take the largest entry out, and add it back at the end")


def log1mexp(x):
    """log(1 - exp(x)): from the logarithm of a probability to that of its opposite.

    x: an array of numbers below 0, perhaps -1e-14, perhaps -500.   Returns the shape of x.
    """
    raise NotImplementedError("TODO 4: np.expm1 near 0, np.log1p far from it; change at -log 2")


def stable_bce(z, y):
    """The loss of each yes-or-no question: minus the logarithm of the answer's probability.

    z: (N,), scores; the probability of yes is p = 1 / (1 + exp(-z)). Perhaps as large as 1000.
    y: (N,), numbers from 0 (no) to 1 (yes).
    Returns -y log(p) - (1 - y) log(1 - p), shape (N,), not averaged.
    """
    raise NotImplementedError("TODO 5: write it with z alone, so that exp sees no large number")


def cond2(A):
    """The condition number: how much larger a relative error can get on the way from b to x.

    A: (M, N) with M >= N, the matrix of A x = b.
    Returns its largest singular value over its smallest, a float; np.inf if that one is 0.
    """
    raise NotImplementedError("TODO 6: the most A stretches any direction over the least")
