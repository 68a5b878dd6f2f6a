"""Gradient descent on surfaces you can see.

A surface is given by functions: f(x) is the height and grad(x) the gradient there. The simplest
surface is the bowl 0.5 * x @ A @ x with a symmetric matrix A. Its gradient is A @ x, and the
eigenvalues of A are its curvatures, one for each direction. `np.linalg.eigvalsh` returns them in
increasing order. Use only NumPy; `undergrad check descent` runs your functions.

Letters: D directions, T steps.
"""

import numpy as np


def descend(grad, x0, lr, steps, tol=0.0):
    """Descend from `x0` and return every point visited.

    grad: a function of x that returns the gradient there, which has the shape of x.
    x0: a number or an array of shape (D,), left unchanged.   lr: learning rate.
    steps: the largest number of steps.
    tol: stop at the first point where the gradient is shorter than this.
    The first row of the path is x0.
    Returns: path (T + 1, ...)
    """
    # TODO 1: step against the gradient, and stop where it is flat
    path = [np.asarray(x0, dtype=float)]
    for _ in range(steps):
        g = grad(path[-1])
        if np.linalg.norm(g) < tol:
            break
        path.append(path[-1] - lr * g)
    return np.stack(path)


def max_stable_lr(A):
    """The learning rate at which descent on 0.5 * x @ A @ x stops converging.

    A: symmetric with positive eigenvalues, shape (D, D).
    With a smaller learning rate descent converges, with a larger one it diverges.
    Returns: lr, float
    """
    # TODO 2: the steepest direction sets the limit
    steepest = np.linalg.eigvalsh(A)[-1]
    return float(2 / steepest)


def forecast(A, lr):
    """Predict what descent on 0.5 * x @ A @ x will do.

    A: as above, shape (D, D).   lr: learning rate, never exactly at a limit.
    The answer is "blows up" if the distance grows along some direction, otherwise "bounces" if it
    changes sign in each step along some direction, and otherwise "walks".
    Returns: answer, str
    """
    # TODO 3: what does one step do to the distance along each direction?
    factors = 1 - lr * np.linalg.eigvalsh(A)  # (D,), one for each direction
    if np.any(np.abs(factors) > 1):
        return "blows up"
    return "bounces" if np.any(factors < 0) else "walks"


def line_search(f, g, x, d, shrink=0.5, c=1e-4):
    """A step length t that satisfies the Armijo condition: try 1, then shrink it until it does.

    f: a function of x that returns a float.   g: gradient at x, (D,).   x: (D,).
    d: direction, (D,).   shrink: the factor between one t and the next, below 1.
    c: the fraction of the promised decrease that is required.
    Raises ValueError if d does not point downhill.
    Returns: t, float
    """
    # TODO 4: shrink until f has fallen far enough
    slope = g @ d
    if slope >= 0:
        raise ValueError("d does not point downhill: g @ d must be negative")
    t = 1.0
    while f(x + t * d) > f(x) + c * t * slope:
        t *= shrink
    return t


def kind(H):
    """The kind of a stationary point, where the gradient is 0: "min", "max" or "saddle".

    H: the Hessian there, (D, D), symmetric, without an eigenvalue of 0.
    Returns: kind, str
    """
    # TODO 5: in which directions does the surface curve upwards?
    curvatures = np.linalg.eigvalsh(H)
    if curvatures[0] > 0:
        return "min"
    return "max" if curvatures[-1] < 0 else "saddle"
