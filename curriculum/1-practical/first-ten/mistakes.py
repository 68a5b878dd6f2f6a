"""Typical wrong solutions of `first-ten`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


@mistake("predict", "The offset is multiplied by the slope too. Only Celsius is: w * c, then + b.")
def offset_inside(w, b, c):
    return w * (c + b)


@mistake("predict", "Slope and offset have changed places: w belongs to c, and b is added.")
def places_changed(w, b, c):
    return b * c + w


@mistake("predict", "The offset is missing: at 0 degrees Celsius the answer should be b.")
def no_offset(w, b, c):
    return w * c


@mistake("mse", "This is the sum of the squares. Divide by how many there are, or twice as many "
         "readings would look twice as wrong.")  # fmt: skip
def summed(pred, target):
    return float(np.sum((pred - target) ** 2))


@mistake("mse", "The errors are not squared, so those above and below cancel each other.")
def not_squared(pred, target):
    return float(np.mean(pred - target))


@mistake("mse", "This is the mean of the absolute errors. Square them: large errors then count "
         "for more, and the slope shrinks as the error does.")  # fmt: skip
def absolute(pred, target):
    return float(np.mean(np.abs(pred - target)))


@mistake("mse", "There is a square root too many at the end. Here the plain mean of the squares "
         "is asked for.")  # fmt: skip
def rooted(pred, target):
    return float(np.sqrt(np.mean((pred - target) ** 2)))


@mistake("step", "You walk uphill: the slope is added. The loss falls against the slope, so "
         "subtract it.")  # fmt: skip
def uphill(w, b, c, f, lr):
    error = w * c + b - f
    return w + lr * 2 * np.mean(error * c), b + lr * 2 * np.mean(error)


@mistake("step", "The factor 2 is missing: the slope of error ** 2 is 2 * error.")
def half_slope(w, b, c, f, lr):
    error = w * c + b - f
    return w - lr * np.mean(error * c), b - lr * np.mean(error)


@mistake("step", "The slopes are summed over the readings. The loss is a mean, so its slopes are "
         "means too.")  # fmt: skip
def summed_slopes(w, b, c, f, lr):
    error = w * c + b - f
    return w - lr * 2 * np.sum(error * c), b - lr * 2 * np.sum(error)


@mistake("step", "w gets the slope that belongs to b. Turning w matters more at large c, so its "
         "slope is 2 * mean(error * c).")  # fmt: skip
def forgot_celsius(w, b, c, f, lr):
    error = w * c + b - f
    return w - lr * 2 * np.mean(error), b - lr * 2 * np.mean(error)


@mistake("step", "b sees the new w. Compute both slopes from the old w and b, and only then move.")
def one_after_the_other(w, b, c, f, lr):
    w = w - lr * 2 * np.mean((w * c + b - f) * c)
    return w, b - lr * 2 * np.mean(w * c + b - f)


@mistake("step", "Only w moves. The offset has a slope of its own: 2 * mean(error).")
def offset_stays(w, b, c, f, lr):
    return w - lr * 2 * np.mean((w * c + b - f) * c), b


def _walk(w, b, c, f, lr):
    error = w * c + b - f
    return w - lr * 2 * np.mean(error * c), b - lr * 2 * np.mean(error)


def _loss(w, b, c, f):
    return float(np.mean((w * c + b - f) ** 2))


def _refuse(loss):
    if not np.isfinite(loss):
        raise ValueError("the loss is not finite")


@mistake("fit", "The result of step is not kept: write w, b = step(...), or every round begins at "
         "the same place.")  # fmt: skip
def not_kept(c, f, lr=0.001, steps=5000):
    losses = [_loss(0.0, 0.0, c, f) for _ in range(steps)]
    return 0.0, 0.0, losses


@mistake("fit", "The loss is noted after each step. Note it before, so that losses[0] tells how "
         "wrong the start is.")  # fmt: skip
def noted_after(c, f, lr=0.001, steps=5000):
    w, b, losses = 0.0, 0.0, []
    for _ in range(steps):
        w, b = _walk(w, b, c, f, lr)
        losses.append(_loss(w, b, c, f))
        _refuse(losses[-1])
    return w, b, losses


@mistake("fit", "An infinite loss passes in silence. Look at each loss with np.isfinite and raise "
         "ValueError when it says no.")  # fmt: skip
def never_looks(c, f, lr=0.001, steps=5000):
    w, b, losses = 0.0, 0.0, []
    for _ in range(steps):
        losses.append(_loss(w, b, c, f))
        w, b = _walk(w, b, c, f, lr)
    return w, b, losses
