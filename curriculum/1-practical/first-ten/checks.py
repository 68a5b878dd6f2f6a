"""What is asked of `first-ten`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Readings are made so that no two mistakes can give the same numbers: never centred at zero, so
that slope and offset pull at each other, and with errors far from 1, so that squaring shows.
"""

import numpy as np

from undergrad.checker import raises, task, within


def readings(rng, n=7):
    """Celsius in tens of degrees, clearly on the warm side, and the true Fahrenheit. Both (n,).

    Tens of degrees keep slope (18) and offset (32) alike in size, so 100 steps settle both.
    """
    c = np.linspace(-2.0, 4.0, n) + rng.uniform(-0.3, 0.3, size=n)
    return c, 18 * c + 32


def start(rng):
    """A line to start from: slope and offset clearly too small."""
    return rng.uniform(1.0, 5.0), rng.uniform(5.0, 15.0)


@task(1, "gives slope times Celsius plus offset, for one reading", hint=[
    "What is the Fahrenheit of 10 degrees Celsius when the slope is 1.8 and the offset 32?",
    "Multiply the reading by the slope first, then add the offset. NumPy does it for a whole "
    "array at once.",
    "return w * c + b",
])  # fmt: skip
def one_reading(code, rng):
    (w, b), c = start(rng), np.array([rng.uniform(10.0, 30.0)])
    return code.predict(w, b, c)


@task(1, "answers for all readings at once and leaves them as they were")
def many_readings(code, rng):
    (w, b), (c, _) = start(rng), readings(rng)
    before = c.copy()
    return code.predict(w, b, c), c - before


@task(2, "is the mean of the squared errors", hint=[
    "Three steps: the errors, their squares, the mean of those.",
    "Errors of -2 and 4 have squares 4 and 16, and the mean of these is 10.",
    "return float(np.mean((pred - target) ** 2))",
])  # fmt: skip
def hand_case(code, rng):
    target = rng.uniform(20.0, 90.0, size=5)
    error = rng.uniform(2.0, 6.0, size=5) * np.array([1, -1, 1, 1, -1])
    return float(code.mse(target + error, target))


@task(2, "is 0 when every prediction is right")
def no_error(code, rng):
    target = rng.uniform(20.0, 90.0, size=5)
    return float(code.mse(target.copy(), target))


@task(3, "moves w and b against their slopes", needs=[1], hint=[
    "The loss has two slopes: one says how it changes with w, the other how it changes with b.",
    "With error = prediction - f, the slopes are 2 * mean(error * c) for w and 2 * mean(error) "
    "for b. Downhill is against the slope.",
    "error = predict(w, b, c) - f\n"
    "return w - lr * 2 * np.mean(error * c), b - lr * 2 * np.mean(error)",
])  # fmt: skip
def one_step(code, rng):
    (w, b), (c, f) = start(rng), readings(rng)
    new_w, new_b = code.step(w, b, c, f, rng.uniform(0.03, 0.06))
    return float(new_w), float(new_b)


@task(3, "agrees with slopes that are measured by nudging w and b", needs=[1],
      judge=within(0.0, 1e-6))  # fmt: skip
def nudged(code, rng):
    (w, b), (c, f), lr = start(rng), readings(rng), 0.05
    new_w, new_b = code.step(w, b, c, f, lr)

    def loss(w, b):
        return np.mean((w * c + b - f) ** 2)

    h = 1e-4
    slope_w = (loss(w + h, b) - loss(w - h, b)) / (2 * h)
    slope_b = (loss(w, b + h) - loss(w, b - h)) / (2 * h)
    return float(max(abs(w - lr * slope_w - new_w), abs(b - lr * slope_b - new_b)))


@task(4, "takes the steps and notes the loss before each", needs=[1, 2, 3], hint=[
    "It is a loop around what you have: predict, mse, step.",
    "In each round: compute the loss, stop with a ValueError if np.isfinite says no, append it, "
    "then replace w and b by what step returns.",
    "for _ in range(steps):\n"
    "    loss = mse(predict(w, b, c), f)\n"
    "    if not np.isfinite(loss): raise ValueError(...)\n"
    "    losses.append(loss)\n"
    "    w, b = step(w, b, c, f, lr)",
])  # fmt: skip
def few_steps(code, rng):
    c, f = readings(rng)
    w, b, losses = code.fit(c, f, lr=0.05, steps=6)
    return float(w), float(b), [float(loss) for loss in losses]


@task(4, "finds slope 1.8 and offset 32 within 0.05", needs=[1, 2, 3], judge=within(0.0, 0.05))
def recovers(code, rng):
    c, f = readings(rng)
    w, b, _ = code.fit(c, f, lr=0.13, steps=100)
    return float(max(abs(w / 10 - 1.8), abs(b - 32)))


@task(4, "never lets the loss rise while the step size is small enough", needs=[1, 2, 3])
def falls(code, rng):
    c, f = readings(rng)
    losses = np.array(code.fit(c, f, lr=0.1, steps=60)[2], dtype=float)
    return "it falls" if np.all(np.diff(losses) <= 1e-9) else "it rises"


@task(4, "raises ValueError when the loss becomes infinite", needs=[1, 2, 3],
      judge=raises(ValueError))  # fmt: skip
def too_large(code, rng):
    c, f = readings(rng)
    # Each step multiplies the error by about 10: 200 steps pass 1e154, whose square is infinite,
    # while w and b themselves are still finite.
    with np.errstate(all="ignore"):
        losses = np.array(code.fit(c, f, lr=1.0, steps=200)[2], dtype=float)
    if np.all(np.isfinite(losses)):
        return "no ValueError: the loss stayed finite although the step size is far too large"
    return "no ValueError, although the loss became infinite"
