"""A worked solution of `descent`."""

import numpy as np


def descend(grad, x0, lr, steps, tol=0.0):
    path = [np.asarray(x0, dtype=float)]
    for _ in range(steps):
        slope = grad(path[-1])
        if np.linalg.norm(slope) < tol:
            break
        path.append(path[-1] - lr * slope)
    return np.stack(path)


def max_stable_lr(A):
    steepest = np.linalg.eigvalsh(A)[-1]
    return float(2 / steepest)


def forecast(A, lr):
    factors = 1 - lr * np.linalg.eigvalsh(A)  # (D,), one for each direction
    if np.any(np.abs(factors) > 1):
        return "blows up"
    return "bounces" if np.any(factors < 0) else "walks"


def line_search(f, g, x, d, shrink=0.5, c=1e-4):
    slope = g @ d
    if slope >= 0:
        raise ValueError("d does not point downhill: g @ d must be negative")
    t = 1.0
    while f(x + t * d) > f(x) + c * t * slope:
        t *= shrink
    return t


def kind(H):
    bends = np.linalg.eigvalsh(H)
    if bends[0] > 0:
        return "min"
    return "max" if bends[-1] < 0 else "saddle"
