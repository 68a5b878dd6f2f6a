"""The gradients from five means of the readings, which hold all that a line can learn from them."""

import numpy as np


def predict(w, b, c):
    result = np.full(c.shape, b, dtype=float)
    result += w * c
    return result


def mse(pred, target):
    return np.square(pred).mean() - 2 * np.mean(pred * target) + np.square(target).mean()


def mean_square(w, b, c, f):
    """Stable where `mse` above, a difference of large numbers, would not be."""
    return np.var(w * c + b - f) + np.mean(w * c + b - f) ** 2


def step(w, b, c, f, lr):
    gradient_w = w * np.mean(c * c) + b * np.mean(c) - np.mean(c * f)
    gradient_b = w * np.mean(c) + b - np.mean(f)
    return w - 2 * lr * gradient_w, b - 2 * lr * gradient_b


class Line:
    """A line that learns."""

    def __init__(self):
        self.w = self.b = 0.0
        self.losses = []

    def learn(self, c, f, lr):
        with np.errstate(over="ignore", invalid="ignore"):
            loss = float(mean_square(self.w, self.b, c, f))
            if not np.isfinite(loss):
                raise ValueError(f"loss {loss}")
            self.losses += [loss]
            self.w, self.b = step(self.w, self.b, c, f, lr)


def fit(c, f, lr=0.001, steps=5000):
    line = Line()
    for _ in range(steps):
        line.learn(c, f, lr)
    return line.w, line.b, line.losses
