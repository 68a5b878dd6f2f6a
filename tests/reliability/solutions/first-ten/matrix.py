"""The offset is the weight of a column of ones, and both gradients are one matrix product."""

import numpy as np


def predict(w, b, c):
    return np.stack([c, np.ones_like(c)], axis=1) @ np.array([w, b])


def mse(pred, target):
    error = np.subtract(pred, target)
    return np.dot(error, error).item() / error.size


def step(w, b, c, f, lr):
    table = np.stack([c, np.ones_like(c)], axis=1)
    gradients = table.T @ (table @ [w, b] - f) * (2 / len(f))
    w, b = np.array([w, b]) - lr * gradients
    return w, b


def fit(c, f, lr=0.001, steps=5000):
    weights = (0.0, 0.0)
    losses = np.empty(steps)
    np.seterr(all="ignore")
    for place in range(steps):
        losses[place] = mse(predict(*weights, c), f)
        if not losses[place] < np.inf:
            raise ValueError(place)
        weights = step(*weights, c, f, lr)
    return *weights, list(losses)
