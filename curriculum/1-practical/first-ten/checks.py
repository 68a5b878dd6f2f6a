"""What is asked of `first-ten`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Readings are made so that no two mistakes can give the same numbers: never centred at zero, so that
the gradients for weight and bias are not alike, and with errors far from 1, so that squaring shows.
"""

import numpy as np

from undergrad.checker import raises, task, within


def readings(rng, n=7):
    """Celsius in tens of degrees, clearly on the warm side, and the true Fahrenheit. Both (n,).

    Tens of degrees keep weight (18) and bias (32) alike in size, so 100 steps settle both.
    """
    c = np.linspace(-2.0, 4.0, n) + rng.uniform(-0.3, 0.3, size=n)
    return c, 18 * c + 32


def start(rng):
    """A line to start from: weight and bias clearly too small."""
    return rng.uniform(1.0, 5.0), rng.uniform(5.0, 15.0)


@task(1, "returns weight times Celsius plus bias for one reading")
def one_reading(code, rng):
    (w, b), c = start(rng), np.array([rng.uniform(10.0, 30.0)])
    return code.predict(w, b, c)


@task(1, "returns the predictions for all readings at once", keeps_arguments=True)
def many_readings(code, rng):
    (w, b), (c, _) = start(rng), readings(rng)
    return code.predict(w, b, c)


@task(2, "returns the mean of the squared errors", keeps_arguments=True)
def hand_case(code, rng):
    target = rng.uniform(20.0, 90.0, size=5)
    error = rng.uniform(2.0, 6.0, size=5) * np.array([1, -1, 1, 1, -1])
    return float(code.mse(target + error, target))


@task(2, "returns 0 when every prediction is right")
def no_error(code, rng):
    target = rng.uniform(20.0, 90.0, size=5)
    return float(code.mse(target.copy(), target))


@task(3, "moves w and b against the gradient", needs=[1], keeps_arguments=True)
def one_step(code, rng):
    (w, b), (c, f) = start(rng), readings(rng)
    new_w, new_b = code.step(w, b, c, f, rng.uniform(0.03, 0.06))
    return float(new_w), float(new_b)


@task(3, "agrees with the numeric gradient", needs=[1], judge=within(0.0, 1e-6))
def numeric(code, rng):
    """How far w and b are from a step with the gradient by central differences."""
    (w, b), (c, f), lr = start(rng), readings(rng), 0.05
    new_w, new_b = code.step(w, b, c, f, lr)

    def loss(w, b):
        return np.mean((w * c + b - f) ** 2)

    h = 1e-4
    gradient_w = (loss(w + h, b) - loss(w - h, b)) / (2 * h)
    gradient_b = (loss(w, b + h) - loss(w, b - h)) / (2 * h)
    return float(max(abs(w - lr * gradient_w - new_w), abs(b - lr * gradient_b - new_b)))


@task(
    4,
    "takes the given number of steps and records the loss before each",
    needs=[1, 2, 3],
    keeps_arguments=True,
)
def few_steps(code, rng):
    c, f = readings(rng)
    found = [code.fit(c, f, lr=0.05, steps=6), code.fit(c, f, steps=3)]
    return [(float(w), float(b), [float(loss) for loss in losses]) for w, b, losses in found]


@task(4, "finds weight 1.8 and bias 32 within 0.05", needs=[1, 2, 3], judge=within(0.0, 0.05))
def recovers(code, rng):
    c, f = readings(rng)
    w, b, _ = code.fit(c, f, lr=0.13, steps=100)
    return float(max(abs(w / 10 - 1.8), abs(b - 32)))


@task(4, "never lets the loss rise while the learning rate is small enough", needs=[1, 2, 3])
def falls(code, rng):
    c, f = readings(rng)
    losses = np.array(code.fit(c, f, lr=0.1, steps=60)[2], dtype=float)
    return "it falls" if np.all(np.diff(losses) <= 1e-9) else "it rises"


@task(
    4,
    "raises ValueError when the loss becomes infinite",
    needs=[1, 2, 3],
    judge=raises(ValueError),
)
def too_large(code, rng):
    c, f = readings(rng)
    # Each step multiplies the error by about 10: 200 steps pass 1e154, whose square is infinite,
    # while w and b themselves are still finite.
    with np.errstate(all="ignore"):
        losses = np.array(code.fit(c, f, lr=1.0, steps=200)[2], dtype=float)
    if np.all(np.isfinite(losses)):
        return "no ValueError: the loss stayed finite although the learning rate is far too large"
    return "no ValueError, although the loss became infinite"


@task(
    4, "raises ValueError as soon as a loss is infinite", needs=[1, 2, 3], judge=raises(ValueError)
)
def at_once(code, rng):
    c, f = readings(rng)
    with np.errstate(all="ignore"):
        code.fit(c, 1e200 * f, steps=1)
    return "no ValueError, although the first loss is infinite"


@task(4, "raises ValueError when a loss is not a number", needs=[1, 2, 3], judge=raises(ValueError))
def not_a_number(code, rng):
    c, f = readings(rng)
    f[rng.integers(len(f))] = np.nan  # a reading is missing
    code.fit(c, f, steps=1)
    return "no ValueError, although the first loss is nan"
