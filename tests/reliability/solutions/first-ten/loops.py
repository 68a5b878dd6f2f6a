"""Plain Python: one reading at a time, sums by hand."""

import math

import numpy as np


def predict(w, b, c):
    return np.array([w * each + b for each in c])


def mse(pred, target):
    total = 0.0
    for guess, truth in zip(pred, target, strict=True):
        total += (guess - truth) ** 2
    return total / len(pred)


def step(w, b, c, f, lr):
    gradient_w = gradient_b = 0.0
    for celsius, fahrenheit in zip(c, f, strict=True):
        error = w * celsius + b - fahrenheit
        gradient_w += 2 * error * celsius / len(c)
        gradient_b += 2 * error / len(c)
    return w - lr * gradient_w, b - lr * gradient_b


def fit(c, f, lr=0.001, steps=5000):
    w = b = 0.0
    losses = []
    while len(losses) < steps:
        try:
            loss = mse([w * each + b for each in c.tolist()], f.tolist())
        except OverflowError:
            loss = math.inf
        if math.isinf(loss) or math.isnan(loss):
            raise ValueError("the loss has left the numbers")
        losses.append(loss)
        w, b = step(w, b, c.tolist(), f.tolist(), lr)
    return w, b, losses
