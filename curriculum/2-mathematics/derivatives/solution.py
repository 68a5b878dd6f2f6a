"""Derivatives: measured, computed by rules, and multiplied along a chain.

Functions work elementwise: `x` has shape (N,), and so has every derivative; a single number works
too. Use only NumPy, without `numpy.gradient`; `undergrad check derivatives` runs it.

Letters: N points at which a derivative is computed.
"""

import numpy as np


def central_diff(f, x, h=1e-5):
    """The derivative of f at x, measured by a central difference.

    f: a function that works elementwise.   x: (N,), left unchanged.   h: the distance to each side.
    Returns: slope (N,)
    """
    # TODO 1: by how much does f rise, and over which distance?
    return (f(x + h) - f(x - h)) / (2 * h)


def best_h(f, df, x):
    """The h at which the central difference is most accurate: try 0.1, 0.01, ... down to 1e-12.

    f: a function.   df: its exact derivative.   x: the points to try, shape (N,).
    The error of an h is the largest |central_diff(f, x, h) - df(x)| over all points.
    Returns: h, float
    """
    # TODO 2: which h has the smallest error?
    nudges = [10.0**-k for k in range(1, 13)]
    errors = [np.max(np.abs(central_diff(f, x, h) - df(x))) for h in nudges]
    return nudges[int(np.argmin(errors))]


def _sigmoid(z):  # solution only
    return 0.5 * (1 + np.tanh(0.5 * z))  # the same function, and tanh cannot overflow


def dsigmoid(z):
    """The derivative of the sigmoid, sigmoid(z) = 1 / (1 + exp(-z)).

    z: (N,), from -800 to 800. Every result is finite.
    Returns: slope (N,)
    """
    # TODO 3: can it be written with the output alone, so that it is never nan?
    s = _sigmoid(z)
    return s * (1 - s)


def dtanh(z):
    """The derivative of tanh.

    z: (N,), from -800 to 800. Every result is finite.
    Returns: slope (N,)
    """
    # TODO 4: which formula needs only the output of np.tanh?
    t = np.tanh(z)
    return 1 - t**2


def dsoftplus(z):
    """The derivative of softplus(z) = log(1 + exp(z)).

    z: (N,), from -800 to 800. Every result is finite.
    Returns: slope (N,)
    """
    # TODO 5: which function is its derivative, and how do you compute it safely?
    return _sigmoid(z)  # exp(z) / (1 + exp(z)), in a form that does not overflow


def chain(fs, dfs, x):
    """The derivative of a composed function: fs[0] is applied to x, then fs[1] to the result, ...

    fs: a list of functions.   dfs: their derivatives, in the same order.   x: (N,).
    It is the derivative of the last result with respect to x; without any function it is 1.
    Returns: slope (N,)
    """
    # TODO 6: at which number is each local derivative taken?
    slope = np.ones_like(x)
    for f, df in zip(fs, dfs, strict=True):
        slope = slope * df(x)  # at the input of f, so before x changes
        x = f(x)
    return slope


# In task 7 a pair (value, slope) stands for a number that depends on some x: the slope is its
# derivative with respect to x. The pair of x itself is (x, 1.0), that of a constant c is (c, 0.0).


def add(a, b):
    """The sum of two pairs (value, slope).

    Returns: value, float, slope, float
    """
    # TODO 7: the value and the slope of a sum
    return a[0] + b[0], a[1] + b[1]


def mul(a, b):
    """The product of two pairs (value, slope).

    Returns: value, float, slope, float
    """
    # TODO 7: the two strips of the rectangle
    return a[0] * b[0], a[1] * b[0] + a[0] * b[1]


def power(a, n):
    """The pair of a ** n.   a: a pair (value, slope) whose value is above 0.   n: a number.

    Returns: value, float, slope, float
    """
    # TODO 7: the rule for powers, and the factor from the inside
    return a[0] ** n, n * a[0] ** (n - 1) * a[1]


def exp(a):
    """The pair of e ** a.   a: a pair (value, slope).

    Returns: value, float, slope, float
    """
    # TODO 7: the rule for exp, and the factor from the inside
    return np.exp(a[0]), np.exp(a[0]) * a[1]


def log(a):
    """The pair of the natural logarithm of a.   a: a pair (value, slope) whose value is above 0.

    Returns: value, float, slope, float
    """
    # TODO 7: the rule for log, and the factor from the inside
    return np.log(a[0]), a[1] / a[0]
