"""Matrix calculus for layers: derivatives of many numbers with respect to many numbers.

A weight matrix has one row for each output, shape (M, D). `g` is always the upstream gradient: the
gradient of the loss with respect to a function's output, of that output's shape. A function whose
name ends in `vjp` (vector-Jacobian product) takes g and returns the gradient of the loss with
respect to its input. Use only NumPy; `undergrad check matcalc` runs your functions.

Letters: N examples, D inputs of a layer, M outputs, K classes.
"""

import numpy as np


def jacobian(f, x, h=1e-5):
    """The Jacobian of f at x, estimated by nudging one input at a time.

    f: a function from (D,) to (M,).   x: (D,), whole numbers or floats, left unchanged.
    h: the distance by which one input is changed, to both sides.
    Entry [i, j] is the derivative of output i with respect to input j, a float.
    Returns: J (M, D)
    """
    # TODO 1: one column for each input
    x = np.asarray(x, dtype=float)
    nudges = h * np.eye(len(x))  # one row for each input
    return np.stack([(f(x + nudge) - f(x - nudge)) / (2 * h) for nudge in nudges], axis=1)


def linear_vjp(x, W, b, g):
    """The gradients of the layer y = x @ W.T + b.

    x: (N, D).   W: (M, D).   b: (M,).   g: upstream gradient, (N, M).
    Returns: gx (N, D), gW (M, D), gb (M,)
    """
    # TODO 2: which products have the shapes of x, W and b?
    gx = g @ W  # (N, M) @ (M, D)
    gW = g.T @ x  # (M, N) @ (N, D): sums over the examples
    gb = g.sum(axis=0)  # one bias is added to every row, so its gradients add up
    return gx, gW, gb


def mse_grad(pred, target):
    """The gradient of the mean of (pred - target) ** 2 over all entries, with respect to pred.

    pred, target: arrays of the same shape.
    Returns: g (like pred)
    """
    # TODO 3: the derivative of one square, and how many squares are averaged
    return 2 * (pred - target) / pred.size


def _softmax(z):  # solution only
    e = np.exp(z - z.max())  # the same probabilities, and exp cannot overflow
    return e / e.sum()


def softmax_jacobian(z):
    """The Jacobian of p = softmax(z).

    z: logits, (K,), as large as 1000.
    Entry [i, j] is the derivative of p[i] with respect to z[j].
    Returns: J (K, K)
    """
    # TODO 4: what does a logit do to its own probability, and what to the others?
    p = _softmax(z)
    return np.diag(p) - np.outer(p, p)


def softmax_vjp(p, g):
    """The gradient with respect to the logits, when p = softmax(z) for each row.

    p: probabilities, (N, K).   g: upstream gradient, (N, K).
    Row n is g[n] @ J[n], where J[n] is the Jacobian of row n. No Jacobian is ever formed.
    Returns: gz (N, K)
    """
    # TODO 5: the product g @ J, multiplied out on paper first
    mean = (g * p).sum(axis=1, keepdims=True)  # (N, 1): the mean of g, weighted by p
    return p * (g - mean)


def unbroadcast(g, shape):
    """The backward pass of broadcasting: sum g over all copies of each entry.

    g: the gradient of the loss with respect to an array after broadcasting.
    shape: the array's shape before that, a tuple that broadcasts to the shape of g; may be ().
    The result has that shape.
    Returns: g (...)
    """
    # TODO 6: two kinds of axes are summed, and one of them is kept
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))  # axes that broadcasting added in front
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return g.sum(axis=stretched, keepdims=True)
