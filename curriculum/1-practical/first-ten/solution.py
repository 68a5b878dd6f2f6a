"""A worked solution of `first-ten`."""

import numpy as np


def predict(w, b, c):
    return w * c + b


def mse(pred, target):
    return float(np.mean((pred - target) ** 2))


def step(w, b, c, f, lr):
    error = predict(w, b, c) - f  # (N,), positive where the line lies too high
    # Both slopes come from the same error. Moving w first would change the error that b sees.
    slope_w = 2 * np.mean(error * c)
    slope_b = 2 * np.mean(error)
    return float(w - lr * slope_w), float(b - lr * slope_b)


def fit(c, f, lr=0.001, steps=5000):
    w, b, losses = 0.0, 0.0, []
    # NumPy would warn when a number grows too large; the ValueError below says it better.
    with np.errstate(over="ignore", invalid="ignore"):
        for done in range(steps):
            loss = mse(predict(w, b, c), f)
            if not np.isfinite(loss):
                raise ValueError(f"the loss is {loss} after {done} steps; try an lr below {lr}")
            losses.append(loss)
            w, b = step(w, b, c, f, lr)
    return w, b, losses
