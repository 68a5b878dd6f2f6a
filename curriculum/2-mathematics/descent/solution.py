"""Gradient descent on surfaces you can see.

A surface is given by functions: f(x) is the height and grad(x) the gradient there. The simplest
surface is the bowl 0.5 * x @ A @ x with a symmetric matrix A. Its gradient is A @ x, and the
eigenvalues of A are its curvatures, one for each direction. `np.linalg.eigvalsh` returns them in
increasing order. Write plain NumPy; `undergrad check descent` runs it.

Letters: D directions, T steps.
"""

import numpy as np


def descend(grad, x0, lr, steps, tol=0.0):
    """Descend from `x0` and return every point visited.

    grad: a function of x that gives the gradient there, the same shape as x.
    x0: a number or an array of shape (D,), left unchanged.   lr: learning rate.
    steps: how many at most.   tol: stop at the first point where the gradient is shorter than this.
    The first row of the path is x0.
    Returns: path (T + 1, ...)
    """
    # TODO 1: one step is x - lr * grad(x); stop where it is flat
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
    """What descent on 0.5 * x @ A @ x will do, said before the first step.

    A: as above, shape (D, D).   lr: learning rate, never exactly at a limit.
    Each step multiplies the distance along a direction by the factor 1 - lr * curvature. The answer
    is "blows up" when some direction grows, else "bounces" when some direction changes sign in each
    step, else "walks".
    Returns: answer, str
    """
    # TODO 3: the factor of each direction, then the worst of them
    factors = 1 - lr * np.linalg.eigvalsh(A)  # (D,), one for each direction
    if np.any(np.abs(factors) > 1):
        return "blows up"
    return "bounces" if np.any(factors < 0) else "walks"


def line_search(f, g, x, d, shrink=0.5, c=1e-4):
    """A step length t > 0 that is known to help: try 1, then shrink it until f falls far enough,
    f(x + t * d) <= f(x) + c * t * (g @ d).

    f: a function of x that gives a float.   g: gradient at x, (D,).   x: (D,).
    d: direction, (D,).   Raises ValueError when d does not point downhill.
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
    """What kind of stationary point it is, where the gradient is 0: "min", "max" or "saddle".

    H: the matrix of second derivatives there, (D, D), symmetric, without an eigenvalue of 0.
    Returns: kind, str
    """
    # TODO 5: look at the signs of the eigenvalues
    curvatures = np.linalg.eigvalsh(H)
    if curvatures[0] > 0:
        return "min"
    return "max" if curvatures[-1] < 0 else "saddle"
