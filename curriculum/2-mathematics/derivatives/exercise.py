"""Derivatives: measured by nudging, computed by rules, multiplied along a chain.

Functions work on arrays place by place: `x` has shape (N,) and so has every slope. A single
number will do as well. Write plain NumPy; `undergrad check derivatives` runs it.
"""

import numpy as np


def central_diff(f, x, h=1e-5):
    """The slope of f at x, measured from one value on each side.

    f: function of an array, place by place.   x: (N,), stays as it is.   h: how far to nudge.
    Returns (f(x + h) - f(x - h)) / 2h, shape (N,).
    """
    raise NotImplementedError("TODO 1: the rise between x - h and x + h, over their distance")


def best_h(f, df, x):
    """The nudge that measures best: try h = 0.1, 0.01, ... down to 1e-12.

    f: a function.   df: its true derivative.   x: places to try, shape (N,).
    The error of a nudge is its worst one: the largest |central_diff(f, x, h) - df(x)| over all
    places. Returns the h with the smallest error, a float.
    """
    raise NotImplementedError("TODO 2: measure with each h, compare with df, keep the best h")


def dsigmoid(z):
    """The derivative of sigmoid(z) = 1 / (1 + exp(-z)).

    z: (N,), as large as 800 and as small as -800.   Returns (N,), all numbers finite.
    """
    raise NotImplementedError("TODO 3: s * (1 - s), with an s that is never nan")


def dtanh(z):
    """The derivative of tanh.   z: (N,), as far out as 800.   Returns (N,), all finite."""
    raise NotImplementedError("TODO 4: from the output of np.tanh")


def dsoftplus(z):
    """The derivative of softplus(z) = log(1 + exp(z)), a ReLU with a rounded corner.

    z: (N,), as far out as 800.   Returns (N,), all numbers finite.
    """
    raise NotImplementedError("TODO 5: work it out on paper; you have met the result before")


def chain(fs, dfs, x):
    """The slope of a chain of functions: first fs[0] is applied to x, then fs[1] to that, ...

    fs: a list of functions.   dfs: their derivatives, in the same order.   x: (N,).
    Returns the slope of the last result with respect to x, shape (N,). Without any function it
    is 1 everywhere.
    """
    raise NotImplementedError("TODO 6: walk along the chain and multiply by each local slope")


# In task 7 a pair (value, slope) stands for a number that depends on some x, together with how
# fast it follows x. x itself is (x, 1.0), and a constant c is (c, 0.0).


def add(a, b):
    """a, b: pairs (value, slope). Returns the pair of their sum."""
    raise NotImplementedError("TODO 7: values add, slopes add")


def mul(a, b):
    """a, b: pairs (value, slope). Returns the pair of their product."""
    raise NotImplementedError("TODO 7: each slope times the other's value")


def power(a, n):
    """a: a pair whose value is above 0.   n: a number. Returns the pair of a ** n."""
    raise NotImplementedError("TODO 7: n times one power less, times the slope of a")


def exp(a):
    """a: a pair (value, slope). Returns the pair of e ** a."""
    raise NotImplementedError("TODO 7: exp is its own derivative")


def log(a):
    """a: a pair whose value is above 0. Returns the pair of the natural logarithm of a."""
    raise NotImplementedError("TODO 7: 1 over the value, times the slope of a")
