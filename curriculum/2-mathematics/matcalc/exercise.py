"""Matrix calculus for layers: slopes of many numbers with respect to many numbers.

Letters: N examples, D inputs of a layer, M outputs, K classes. A weight matrix has one row for
each output, shape (M, D). `g` is always the slope of the loss with respect to a function's output,
and has that output's shape. A function whose name ends in `vjp` takes g and returns the slope of
the loss with respect to what went in. Write plain NumPy; `undergrad check matcalc` runs it.
"""

import numpy as np


def jacobian(f, x, h=1e-5):
    """The whole table of slopes of f at x, measured by nudging one input at a time.

    f: takes (D,), gives (M,).   x: (D,), whole numbers or floats; it stays as it is.
    h: how far to nudge, to both sides.
    Returns floats of shape (M, D): entry [i, j] is how fast output i follows input j.
    """
    raise NotImplementedError("TODO 1: column j is the central difference for input j")


def linear_vjp(x, W, b, g):
    """The slopes of the layer y = x @ W.T + b.

    x: (N, D).   W: (M, D).   b: (M,).   g: (N, M).
    Returns (gx, gW, gb) with the shapes of x, W and b.
    """
    raise NotImplementedError("TODO 2: let the shapes choose the products")


def mse_grad(pred, target):
    """The slope of the mean of (pred - target) ** 2, the mean over all entries, for each of pred.

    pred, target: the same shape.   Returns an array of that shape.
    """
    raise NotImplementedError("TODO 3: the slope of a square, and what the mean divides by")


def softmax_jacobian(z):
    """The table of slopes of p = softmax(z).

    z: scores, (K,), as large as 1000.
    Returns (K, K): entry [i, j] is how fast p[i] follows z[j].
    """
    raise NotImplementedError("TODO 4: p[i] * (1 - p[i]) on the diagonal, what elsewhere?")


def softmax_vjp(p, g):
    """The slope of the loss for the scores, when p = softmax(z) for each row.

    p: probabilities, (N, K).   g: (N, K).
    Returns (N, K): row n is g[n] @ J[n], where J[n] is the table of row n, without ever making
    a table.
    """
    raise NotImplementedError("TODO 5: multiply g @ (diag(p) - outer(p, p)) out on paper first")


def unbroadcast(g, shape):
    """Undo broadcasting: sum g over all copies, so that it has the shape it came from.

    g: the slope for an array after it was stretched.   shape: the array's shape before that, a
    tuple; it fits g by the rule of broadcasting, and may be ().
    Returns an array of that shape.
    """
    raise NotImplementedError("TODO 6: sum the axes added in front, then those that were 1")
