"""Gradient descent on surfaces you can see.

A surface is given by functions: f of x gives the height, grad of x gives the slope there. The
simplest surface is the bowl 0.5 * x @ A @ x with a symmetric matrix A; its gradient is A @ x, and
the eigenvalues of A are its curvatures, one for each direction. `np.linalg.eigvalsh` returns them
in increasing order. Write plain NumPy; `undergrad check descent` runs it.
"""

import numpy as np


def descend(grad, x0, lr, steps, tol=0.0):
    """Walk downhill from `x0` and return every place visited.

    grad: function of x giving the slope there, same shape as x.
    x0: a number or an array of shape (D,); it stays as it is.   lr: step size.
    steps: how many at most.   tol: stop at the first place where the slope is shorter than this.
    Returns an array of shape (T + 1,) or (T + 1, D) after T steps; the first row is x0.
    """
    raise NotImplementedError("TODO 1: one step is x - lr * grad(x); stop where it is flat")


def max_stable_lr(A):
    """The step size at which descent on 0.5 * x @ A @ x stops converging.

    A: symmetric with positive eigenvalues, shape (D, D).
    Returns a float: below it descent settles, above it grows without end.
    """
    raise NotImplementedError("TODO 2: the steepest direction sets the limit")


def forecast(A, lr):
    """What descent on 0.5 * x @ A @ x will do, said before the first step.

    A: as above, shape (D, D).   lr: step size, never exactly at a border.
    Each direction is multiplied by 1 - lr * curvature in every step. Returns "blows up" when some
    direction grows, else "bounces" when some direction changes sign in each step, else "walks".
    """
    raise NotImplementedError("TODO 3: the factor of each direction, then the worst of them")


def line_search(f, g, x, d, shrink=0.5, c=1e-4):
    """A step size that is known to help: try 1, and shrink it until the drop is worth the way,
    f(x + t * d) <= f(x) + c * t * (g @ d).

    f: function of x giving a float.   g: gradient at x, (D,).   x: (D,).   d: direction, (D,).
    Returns t > 0. Raises ValueError when d does not point downhill.
    """
    raise NotImplementedError("TODO 4: shrink until the drop is large enough")


def kind(H):
    """What a place without slope is: "min", "max" or "saddle".

    H: the matrix of second derivatives there, (D, D), symmetric, without an eigenvalue of 0.
    """
    raise NotImplementedError("TODO 5: look at the signs of the eigenvalues")
