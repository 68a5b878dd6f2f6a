"""Typical wrong solutions of `derivatives`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


@mistake("central_diff", "This is the forward difference: one side is x itself. Step to both "
         "sides, and the error shrinks with h squared.")  # fmt: skip
def forward(f, x, h=1e-5):
    return (f(x + h) - f(x)) / h


@mistake("central_diff", "The two places are 2h apart, and you divide by h. Every slope comes out "
         "twice too large.")  # fmt: skip
def divided_by_h(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / h


@mistake("central_diff", "The sides are swapped, so every slope has the wrong sign: right minus "
         "left.")  # fmt: skip
def left_minus_right(f, x, h=1e-5):
    return (f(x - h) - f(x + h)) / (2 * h)


@mistake("central_diff", "The distance is missing: this is the rise alone. Divide it by 2h.")
def rise_only(f, x, h=1e-5):
    return f(x + h) - f(x - h)


@mistake("central_diff", "The caller's x is moved: x += h works inside the array itself. Write "
         "x + h, which makes a new one.")  # fmt: skip
def x_moved(f, x, h=1e-5):
    x += h
    above = f(x)
    x -= 2 * h
    return (above - f(x)) / (2 * h)


NUDGES = [10.0**-power for power in range(1, 13)]


def _errors(f, df, x):
    return [(f(x + h) - f(x - h)) / (2 * h) - df(x) for h in NUDGES]


@mistake("best_h", "The smallest nudge is not the best: f(x + h) and f(x - h) are then nearly "
         "equal, and their difference is mostly rounding. Measure the error of each.")  # fmt: skip
def tiniest(f, df, x):
    return NUDGES[-1]


@mistake("best_h", "This is the nudge with the largest error. Take argmin, not argmax.")
def worst_nudge(f, df, x):
    return NUDGES[int(np.argmax([np.max(np.abs(error)) for error in _errors(f, df, x)]))]


@mistake("best_h", "The sign of the error is kept, so a large negative error counts as small. Take "
         "absolute values first.")  # fmt: skip
def signed(f, df, x):
    return NUDGES[int(np.argmin([np.max(error) for error in _errors(f, df, x)]))]


@mistake("best_h", "This is the smallest error. The nudge that made it is asked for.")
def the_error(f, df, x):
    return float(min(np.max(np.abs(error)) for error in _errors(f, df, x)))


@mistake("best_h", "This is the best nudge of the forward difference. Measure with central_diff; "
         "it bears a larger one.")  # fmt: skip
def of_forward(f, df, x):
    errors = [np.max(np.abs((f(x + h) - f(x)) / h - df(x))) for h in NUDGES]
    return NUDGES[int(np.argmin(errors))]


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


@mistake("dsigmoid", "This is the sigmoid itself. Its slope is s * (1 - s).")
def sigmoid_itself(z):
    return _sigmoid(z)


@mistake("dsigmoid", "1 - s**2 is the rule for tanh. The sigmoid's slope is s - s**2, at most a "
         "quarter.")  # fmt: skip
def rule_of_tanh(z):
    return 1 - _sigmoid(z) ** 2


@mistake("dsigmoid", "The rule is applied to the input: z * (1 - z). It takes the output s.")
def sigmoid_of_input(z):
    return z * (1 - z)


@mistake("dsigmoid", "exp(800) is infinite, and infinite over infinite is nan. Write the slope "
         "with s alone, and s with tanh.")  # fmt: skip
def sigmoid_overflows(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


@mistake("dtanh", "The rule is applied to the input: 1 - z**2. It takes the output, tanh(z).")
def tanh_of_input(z):
    return 1 - z**2


@mistake("dtanh", "The square is missing: the slope is 1 - tanh(z)**2, the same on both sides of "
         "0.")  # fmt: skip
def tanh_not_squared(z):
    return 1 - np.tanh(z)


@mistake("dtanh", "exp(800) is infinite, and infinite over infinite is nan. np.tanh is safe "
         "everywhere; use it.")  # fmt: skip
def tanh_overflows(z):
    up, down = np.exp(z), np.exp(-z)
    return 1 - ((up - down) / (up + down)) ** 2


@mistake(
    "dsoftplus", "This is softplus itself. Its slope is asked for, which stays between 0 and 1."
)
def softplus_itself(z):
    return np.logaddexp(0, z)


@mistake("dsoftplus", "The inner slope exp(z) is missing: 1 / (1 + exp(z)) falls from 1 to 0, and "
         "softplus gets steeper, not flatter.")  # fmt: skip
def inner_slope_missing(z):
    return _sigmoid(-z)


@mistake("dsoftplus", "The corner is gone: 0 below 0 and 1 above is the slope of ReLU. Softplus is "
         "round there.")  # fmt: skip
def slope_of_relu(z):
    return (z > 0).astype(float)


@mistake("dsoftplus", "exp(800) is infinite, and infinite over infinite is nan. Divide by exp(z) "
         "on paper: what is left is the sigmoid.")  # fmt: skip
def softplus_overflows(z):
    return np.exp(z) / (1 + np.exp(z))


@mistake("chain", "All local slopes are taken at the first x. Each function has its slope where it "
         "is entered: apply the earlier ones first.")  # fmt: skip
def all_at_the_start(fs, dfs, x):
    slope = np.ones_like(x)
    for df in dfs:
        slope = slope * df(x)
    return slope


@mistake("chain", "Each slope is taken behind its function, at the output. Multiply first, then "
         "apply the function.")  # fmt: skip
def behind_each(fs, dfs, x):
    slope = np.ones_like(x)
    for f, df in zip(fs, dfs, strict=True):
        x = f(x)
        slope = slope * df(x)
    return slope


@mistake("chain", "The chain runs backwards: the last function is applied first. fs[0] meets x.")
def last_first(fs, dfs, x):
    slope = np.ones_like(x)
    for f, df in zip(reversed(fs), reversed(dfs), strict=True):
        slope, x = slope * df(x), f(x)
    return slope


@mistake("chain", "The local slopes are added. Along a chain they multiply; sums come where two "
         "ways meet.")  # fmt: skip
def slopes_added(fs, dfs, x):
    slope = np.zeros_like(x)
    for f, df in zip(fs, dfs, strict=True):
        slope, x = slope + df(x), f(x)
    return slope if fs else np.ones_like(x)


@mistake("chain", "Only the last local slope is left: the product is set anew in each round. "
         "Multiply it into what you have.")  # fmt: skip
def last_slope_only(fs, dfs, x):
    slope = np.ones_like(x)
    for f, df in zip(fs, dfs, strict=True):
        slope, x = df(x), f(x)
    return slope


@mistake("chain", "Without a link a plain 1.0 comes back, where a slope for each place of x is "
         "asked for. Begin with np.ones_like(x).")  # fmt: skip
def begins_with_a_number(fs, dfs, x):
    slope = 1.0
    for f, df in zip(fs, dfs, strict=True):
        slope, x = slope * df(x), f(x)
    return slope


@mistake("add", "The slopes are multiplied. When two numbers are added, their slopes add too.")
def sum_multiplies_slopes(a, b):
    return a[0] + b[0], a[1] * b[1]


@mistake("mul", "The slopes are multiplied with each other. Each slope goes with the other's "
         "value: a' b + a b'.")  # fmt: skip
def slopes_of_both(a, b):
    return a[0] * b[0], a[1] * b[1]


@mistake("mul", "Each slope is multiplied by its own value. It is the other side of the rectangle "
         "that counts: a' b + a b'.")  # fmt: skip
def own_value(a, b):
    return a[0] * b[0], a[0] * a[1] + b[0] * b[1]


@mistake("power", "The inner slope is missing: n * a**(n - 1) says how the power follows a. Times "
         "the slope of a it says how it follows x.")  # fmt: skip
def power_without_inner(a, n):
    return a[0] ** n, n * a[0] ** (n - 1)


@mistake("power", "The exponent stays as it was. One factor has gone to the front as n, so n - 1 "
         "are left.")  # fmt: skip
def exponent_stays(a, n):
    return a[0] ** n, n * a[0] ** n * a[1]


@mistake("power", "The factor n is missing: the slope of a**3 is 3 * a**2.")
def no_factor(a, n):
    return a[0] ** n, a[0] ** (n - 1) * a[1]


@mistake("exp", "The inner slope is missing: exp is its own derivative only for x itself. "
         "Multiply by the slope of a.")  # fmt: skip
def exp_without_inner(a):
    return np.exp(a[0]), np.exp(a[0])


@mistake("exp", "This is the rule for powers of x. In e**a the exponent moves, and the slope is "
         "the value itself times the slope of a.")  # fmt: skip
def exp_as_power(a):
    return np.exp(a[0]), a[0] * np.exp(a[0] - 1) * a[1]


@mistake("log", "The inner slope is missing: 1 / a says how log follows a. Multiply by the slope "
         "of a.")  # fmt: skip
def log_without_inner(a):
    return np.log(a[0]), 1 / a[0]


@mistake("log", "You divide by the logarithm. Divide the slope of a by a itself.")
def over_the_log(a):
    return np.log(a[0]), a[1] / np.log(a[0])
