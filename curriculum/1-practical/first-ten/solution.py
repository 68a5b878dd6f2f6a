"""Fahrenheit from Celsius: four functions that find a rule from readings alone.

The rule is a straight line, f = w * c + b. Nothing in the program says what the weight w and the
bias b are; it finds them. Use only NumPy, without `numpy.linalg`, `numpy.polyfit` and
`numpy.polynomial`, and write one task after the other; `undergrad check first-ten` runs them.

Letters: N readings.
"""

import numpy as np


def predict(w, b, c):
    """The Fahrenheit that the line with weight `w` and bias `b` gives for each reading.

    w, b: floats.   c: Celsius readings (N,).
    Returns: pred (N,)
    """
    # TODO 1: what the line predicts for each reading
    return w * c + b


def mse(pred, target):
    """The mean squared error: how wrong the predictions are, as one number.

    It is 0 when every prediction is right, and larger the further they are off.
    pred, target: (N,).
    Returns: loss, float
    """
    # TODO 2: one number: 0 for perfect predictions, larger the further they are off
    return float(np.mean((pred - target) ** 2))


def step(w, b, c, f, lr):
    """One step of gradient descent: move `w` and `b` a little, so that the loss falls.

    The gradient says how fast the loss grows with w and with b. Compute both derivatives at the
    old w and b.
    w, b: floats.   c, f: Celsius and Fahrenheit readings (N,).   lr: the learning rate.
    Returns: w, float, b, float
    """
    # TODO 3: both derivatives at the old w and b, then the update of both
    error = predict(w, b, c) - f  # (N,), positive where the line is too high
    # Both come from the same error. Moving w first would change the error that b uses.
    gradient_w = 2 * np.mean(error * c)
    gradient_b = 2 * np.mean(error)
    return float(w - lr * gradient_w), float(b - lr * gradient_b)


def fit(c, f, lr=0.001, steps=5000):
    """Learn the line: start at w = 0 and b = 0 and take `steps` steps.

    c, f: Celsius and Fahrenheit readings (N,).   lr: the learning rate.
    `losses` is a list of `steps` floats: the loss before each step.
    Raises ValueError as soon as a loss is infinite or not a number.
    Returns: w, float, b, float, losses, list of float
    """
    # TODO 4: record the loss, raise ValueError if it is not finite, take a step
    w, b, losses = 0.0, 0.0, []
    # NumPy would warn of an overflow; the ValueError below says more.
    with np.errstate(over="ignore", invalid="ignore"):
        for done in range(steps):
            loss = mse(predict(w, b, c), f)
            if not np.isfinite(loss):
                raise ValueError(f"the loss is {loss} after {done} steps; try an lr below {lr}")
            losses.append(loss)
            w, b = step(w, b, c, f, lr)
    return w, b, losses
