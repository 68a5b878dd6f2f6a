"""Fahrenheit from Celsius: four functions that find a rule from readings alone.

The rule is a straight line, f = w * c + b. Nobody tells the program what w and b are; it finds
them. Write plain NumPy, one task after the other; `undergrad check first-ten` runs them.
"""

import numpy as np


def predict(w, b, c):
    """The Fahrenheit that the line with slope `w` and offset `b` gives for each reading.

    w, b: floats.   c: Celsius readings, shape (N,).
    Returns an array of shape (N,).
    """
    raise NotImplementedError("TODO 1: slope times Celsius, plus offset")


def mse(pred, target):
    """The mean squared error: how wrong the predictions are, as one number.

    pred, target: arrays of shape (N,).
    Returns a float: 0 when every prediction is right, larger the further they are off.
    """
    raise NotImplementedError("TODO 2: the mean of (pred - target) ** 2")


def step(w, b, c, f, lr):
    """One gradient step: turn `w` and `b` a little, in the direction that lowers the loss.

    w, b: floats.   c, f: Celsius and Fahrenheit readings, shape (N,).   lr: the step size.
    Both slopes are measured at the old w and b. Returns the new (w, b), two floats.
    """
    raise NotImplementedError("TODO 3: new value = old value - lr * slope, for w and for b")


def fit(c, f, lr=0.001, steps=5000):
    """Learn the line: start at w = 0 and b = 0 and take `steps` steps.

    c, f: Celsius and Fahrenheit readings, shape (N,).   lr: the step size.
    Returns (w, b, losses). `losses` is a list of `steps` floats: the loss before each step.
    Raises ValueError as soon as a loss is infinite or not a number.
    """
    raise NotImplementedError("TODO 4: note the loss, refuse it if it is not finite, take a step")
