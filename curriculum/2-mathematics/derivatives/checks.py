"""The checks of `derivatives`.

Nudges are large where a wrong difference should show. The error of a nudge is the largest over
many points, because rounding may be lucky at a single one.
"""

import numpy as np

from undergrad.checker import task, within

# Functions with small slopes, so that a chain of six of them can still be estimated well.
GENTLE = (
    (np.sin, np.cos),
    (lambda x: x + 0.1 * x**2, lambda x: 1 + 0.2 * x),
    (lambda x: np.exp(-0.5 * x), lambda x: -0.5 * np.exp(-0.5 * x)),
    (np.arctan, lambda x: 1 / (1 + x**2)),
    (lambda x: 1 - 0.8 * x, lambda x: np.full_like(x, -0.8)),
    (lambda x: np.log(3 + x**2), lambda x: 2 * x / (3 + x**2)),
)


@task(1, "returns the rise from x - h to x + h, divided by 2h", keeps_arguments=True)
def wide_nudge(code, rng):
    return code.central_diff(np.exp, rng.uniform(0, 1, size=4), h=rng.uniform(0.2, 0.4))


@task(1, "leaves x as it is, to the last bit", keeps_arguments=True)
def to_the_last_bit(code, rng):
    # Adding h and subtracting it again rounds some of these numbers.
    return code.central_diff(np.exp, rng.uniform(0.001, 0.1, size=200), h=0.3)


@task(1, "returns seven correct digits with the usual nudge", judge=within(0, 1e-7))
def usual_nudge(code, rng):
    x = rng.normal(size=20)
    return float(np.max(np.abs(code.central_diff(np.sin, x) - np.cos(x))))


@task(2, "finds the h with the smallest error, for two curves of opposite curvature", needs=[1])
def bottom(code, rng):
    x = rng.uniform(0.2, 1.2, size=100)
    return float(code.best_h(np.sin, np.cos, x)), float(code.best_h(np.exp, np.exp, x))


@task(2, "finds a smaller h for a curve that oscillates faster", needs=[1])
def fast_oscillation(code, rng):
    x = rng.uniform(0.2, 1.2, size=100)
    k = rng.uniform(270, 330)
    return float(code.best_h(lambda x: np.sin(k * x), lambda x: k * np.cos(k * x), x))


@task(2, "tries every h from 0.1 down to 1e-12", needs=[1])
def both_ends(code, rng):
    """A parabola has no error but rounding, which a large h keeps small; a wave as short as 1e-7
    needs the smallest h."""
    x, k = rng.uniform(0.2, 1.2, size=100), rng.uniform(0.8e8, 1.2e8)
    best = (
        code.best_h(lambda x: x**2, lambda x: 2 * x, x),
        code.best_h(lambda x: np.sin(k * x), lambda x: k * np.cos(k * x), x * 1e-8),
    )
    return [float(np.log10(h)) for h in best]


@task(2, "judges an h by the point at which it is worst", needs=[1])
def worst_point(code, rng):
    """At 99 points rounding decides; at the last one a fast oscillation needs a smaller h."""
    k = rng.uniform(270, 330)
    x = np.append(rng.uniform(0.2, 1.2, size=99), 2 * np.pi * 100 / k)
    return float(
        code.best_h(
            lambda x: np.where(x < 1.5, 1000 + np.sin(x), np.sin(k * x)),
            lambda x: np.where(x < 1.5, np.cos(x), k * np.cos(k * x)),
            x,
        )
    )


def near(rng):
    """Points on both sides of 0, shape (6,)."""
    return rng.uniform(0.3, 2.5, size=6) * np.array([1, -1, 1, -1, 1, -1])


FAR = np.array([-800.0, -40.0, 0.0, 40.0, 800.0])


@task(3, "returns s * (1 - s)")
def sigmoid_slope(code, rng):
    return code.dsigmoid(near(rng))


@task(3, "stays finite at inputs of 800")
def sigmoid_far(code, rng):
    with np.errstate(all="ignore"):
        return code.dsigmoid(FAR)


@task(4, "returns 1 minus the square of the output")
def tanh_slope(code, rng):
    return code.dtanh(near(rng))


@task(4, "stays finite at inputs of 800")
def tanh_far(code, rng):
    with np.errstate(all="ignore"):
        return code.dtanh(FAR)


@task(5, "rises from 0 to 1")
def softplus_slope(code, rng):
    return code.dsoftplus(near(rng))


@task(5, "stays finite where exp would overflow")
def softplus_far(code, rng):
    with np.errstate(all="ignore"):
        return code.dsoftplus(FAR)


@task(6, "multiplies the local slopes, each taken at the input of its function")
def three_functions(code, rng):
    fs = [lambda x: x**2, np.sin, lambda x: np.exp(0.5 * x)]
    dfs = [lambda x: 2 * x, np.cos, lambda x: 0.5 * np.exp(0.5 * x)]
    return code.chain(fs, dfs, rng.uniform(0.5, 1.1, size=4))


@task(6, "returns 1 for an empty chain")
def empty_chain(code, rng):
    return code.chain([], [], rng.normal(size=3))


@task(6, "agrees with the numeric slope of random chains of one to six functions",
      judge=within(0, 1e-7))  # fmt: skip
def random_chains(code, rng):
    """The largest error of the chain's slope, over six chains."""
    errors, h = [], 1e-5
    for length in range(1, 7):
        links = [GENTLE[index] for index in rng.integers(len(GENTLE), size=length)]
        fs, dfs = [f for f, _ in links], [df for _, df in links]
        x = rng.uniform(0.2, 1.5, size=5)
        rise = _through(fs, x + h) - _through(fs, x - h)
        errors.append(np.max(np.abs(code.chain(fs, dfs, x) - rise / (2 * h))))
    return float(max(errors))


def _through(fs, x):
    for f in fs:
        x = f(x)
    return x


def pair(rng):
    """A value well above 1 and a slope that is neither 0 nor 1."""
    return float(rng.uniform(1.5, 3.0)), float(rng.uniform(0.3, 0.8))


def numbers(pair):
    value, slope = pair
    return float(value), float(slope)


@task(7, "adds and multiplies pairs")
def sums_and_products(code, rng):
    a, b = pair(rng), pair(rng)
    return numbers(code.add(a, b)), numbers(code.mul(a, b))


@task(7, "raises a pair to whole, negative and fractional powers")
def powers(code, rng):
    a = pair(rng)
    return [numbers(code.power(a, n)) for n in (3, -1, 0.5)]


@task(7, "computes exp and log of a pair")
def exp_and_log(code, rng):
    a, b = pair(rng), pair(rng)
    return numbers(code.exp(a)), numbers(code.log(b))


@task(7, "differentiates an expression made of all five", judge=within(0, 1e-7))
def composed(code, rng):
    """How far the slope of x**2 * exp(1 / x) + log(1 + x * sqrt(x)) is from the numeric one."""
    at, h = float(rng.uniform(1, 2)), 1e-5

    def f(x):
        return x**2 * np.exp(1 / x) + np.log(1 + x * np.sqrt(x))

    x = (at, 1.0)
    first = code.mul(code.power(x, 2), code.exp(code.power(x, -1)))
    second = code.log(code.add((1.0, 0.0), code.mul(x, code.power(x, 0.5))))
    return float(abs(code.add(first, second)[1] - (f(at + h) - f(at - h)) / (2 * h)))
