"""What is asked of `derivatives`. Each function runs on the learner's code, on the solution and
on the mistakes, with one seed.

Nudges are large where a wrong difference should show, and the error of a nudge is the worst one of
many places, since at a single place rounding may be lucky.
"""

import numpy as np

from undergrad.checker import task, within

# Functions with gentle slopes, so that a chain of six of them is still measured well.
GENTLE = (
    (np.sin, np.cos),
    (lambda x: x + 0.3 * x**2, lambda x: 1 + 0.6 * x),
    (lambda x: np.exp(-0.5 * x), lambda x: -0.5 * np.exp(-0.5 * x)),
    (np.arctan, lambda x: 1 / (1 + x**2)),
    (lambda x: 2 - 1.5 * x, lambda x: np.full_like(x, -1.5)),
    (lambda x: np.log(3 + x**2), lambda x: 2 * x / (3 + x**2)),
)


@task(1, "is the rise between two sides over their distance", hint=[
    "How far apart are x - h and x + h?",
    "The function's value on the right minus the one on the left, divided by twice the nudge.",
    "return (f(x + h) - f(x - h)) / (2 * h)",
])  # fmt: skip
def wide_nudge(code, rng):
    return code.central_diff(np.exp, rng.uniform(0, 1, size=4), h=rng.uniform(0.2, 0.4))


@task(1, "is right to seven digits with the usual nudge", judge=within(0, 1e-7))
def usual_nudge(code, rng):
    x = rng.normal(size=20)
    return float(np.max(np.abs(code.central_diff(np.sin, x) - np.cos(x))))


@task(1, "leaves x as it was")
def x_unchanged(code, rng):
    x = rng.normal(size=5)
    before = x.copy()
    code.central_diff(np.sin, x, h=0.1)
    return x - before


@task(2, "finds the bottom of the error, for two curves that bend in opposite ways", needs=[1],
      hint=[
    "Print the error for each of the twelve nudges. Where does it stop falling, and what then?",
    "Make a list of nudges and a list of errors of the same length; the place of the smallest "
    "error is the place of the best nudge.",
    "nudges = [10.0**-k for k in range(1, 13)]\n"
    "errors = [np.max(np.abs(central_diff(f, x, h) - df(x))) for h in nudges]\n"
    "return nudges[int(np.argmin(errors))]",
])  # fmt: skip
def bottom(code, rng):
    x = rng.uniform(0.2, 1.2, size=100)
    return float(code.best_h(np.sin, np.cos, x)), float(code.best_h(np.exp, np.exp, x))


@task(2, "needs a smaller nudge where the curve wiggles faster", needs=[1])
def wiggles(code, rng):
    x = rng.uniform(0.2, 1.2, size=100)
    k = rng.uniform(270, 330)
    return float(code.best_h(lambda x: np.sin(k * x), lambda x: k * np.cos(k * x), x))


def near(rng):
    """Places on both sides of 0, shape (6,)."""
    return rng.uniform(0.3, 2.5, size=6) * np.array([1, -1, 1, -1, 1, -1])


FAR = np.array([-800.0, -40.0, 0.0, 40.0, 800.0])


@task(3, "is s * (1 - s)", hint=[
    "Where is the curve flat, where is it steepest? Its slope there is a quarter.",
    "Compute s first. The slope is written with s alone.",
    "s = 0.5 * (1 + np.tanh(0.5 * z))      # the sigmoid, without overflow\nreturn s * (1 - s)",
])  # fmt: skip
def sigmoid_slope(code, rng):
    return code.dsigmoid(near(rng))


@task(3, "is a number at inputs of 800")
def sigmoid_far(code, rng):
    with np.errstate(all="ignore"):
        return code.dsigmoid(FAR)


@task(4, "is 1 minus the square of the output", hint=[
    "At 0 the curve rises with slope 1, and far out it is flat at 1 and at -1.",
    "Like the sigmoid's, this slope is written with the output t = tanh(z) alone.",
    "return 1 - np.tanh(z) ** 2",
])  # fmt: skip
def tanh_slope(code, rng):
    return code.dtanh(near(rng))


@task(4, "is a number far out")
def tanh_far(code, rng):
    with np.errstate(all="ignore"):
        return code.dtanh(FAR)


@task(5, "climbs from 0 to 1", hint=[
    "The outer function is log, the inner one is 1 + exp(z). What are their slopes?",
    "1 / (1 + exp(z)) times exp(z). Divide both sides of the fraction by exp(z): what is it?",
    "return 0.5 * (1 + np.tanh(0.5 * z))",
])  # fmt: skip
def softplus_slope(code, rng):
    return code.dsoftplus(near(rng))


@task(5, "is a number where exp would overflow")
def softplus_far(code, rng):
    with np.errstate(all="ignore"):
        return code.dsoftplus(FAR)


@task(6, "multiplies the local slopes, each at the place where its function is entered", hint=[
    "Take x = 2, square it, then multiply by 3. At which number is the second slope needed?",
    "Keep two things while you walk: where you are, and the product so far. Multiply first, then "
    "move on.",
    "slope = np.ones_like(x)\n"
    "for f, df in zip(fs, dfs):\n"
    "    slope = slope * df(x)\n"
    "    x = f(x)\n"
    "return slope",
])  # fmt: skip
def three_links(code, rng):
    fs = [lambda x: x**2, np.sin, lambda x: np.exp(0.5 * x)]
    dfs = [lambda x: 2 * x, np.cos, lambda x: 0.5 * np.exp(0.5 * x)]
    return code.chain(fs, dfs, rng.uniform(0.5, 1.1, size=4))


@task(6, "is 1 for a chain without links")
def no_links(code, rng):
    return code.chain([], [], rng.normal(size=3))


@task(6, "agrees with the measured slope of random chains of one to six links",
      judge=within(0, 1e-7))  # fmt: skip
def measured(code, rng):
    """The largest error of the chain's slope, over six chains."""
    errors, h = [], 1e-5
    for length in range(1, 7):
        links = [GENTLE[place] for place in rng.integers(len(GENTLE), size=length)]
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


@task(7, "adds and multiplies pairs", hint=[
    "A rectangle with sides a and b grows on both sides. What is added to its area, in two strips?",
    "Product: slope of a times value of b, plus value of a times slope of b. The other rules end "
    "with the slope of what is inside.",
    "mul: (a[0] * b[0], a[1] * b[0] + a[0] * b[1])\n"
    "power: (a[0] ** n, n * a[0] ** (n - 1) * a[1])\n"
    "exp: value * a[1]      log: a[1] / a[0]",
])  # fmt: skip
def sums_and_products(code, rng):
    a, b = pair(rng), pair(rng)
    return numbers(code.add(a, b)), numbers(code.mul(a, b))


@task(7, "raises a pair to whole, negative and broken powers")
def powers(code, rng):
    a = pair(rng)
    return [numbers(code.power(a, n)) for n in (3, -1, 0.5)]


@task(7, "takes exp and log of a pair")
def exp_and_log(code, rng):
    a, b = pair(rng), pair(rng)
    return numbers(code.exp(a)), numbers(code.log(b))


@task(7, "differentiates whatever is built of these five", judge=within(0, 1e-7))
def built(code, rng):
    """How far the slope of x**2 * exp(1 / x) + log(1 + x * sqrt(x)) is from the measured one."""
    at, h = float(rng.uniform(1, 2)), 1e-5

    def f(x):
        return x**2 * np.exp(1 / x) + np.log(1 + x * np.sqrt(x))

    x = (at, 1.0)
    first = code.mul(code.power(x, 2), code.exp(code.power(x, -1)))
    second = code.log(code.add((1.0, 0.0), code.mul(x, code.power(x, 0.5))))
    return float(abs(code.add(first, second)[1] - (f(at + h) - f(at - h)) / (2 * h)))
