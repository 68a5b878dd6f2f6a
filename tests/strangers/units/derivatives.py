# right: numerator and denominator on lines of their own
def central_diff(f, x, h=1e-5):
    up = f(x + h)
    down = f(x - h)
    return (up - down) / (2 * h)


# right: divided by h first, then halved
def central_diff(f, x, h=1e-5):
    return 0.5 * ((f(x + h) - f(x - h)) / h)


# right: a dict from error to h
def best_h(f, df, x):
    errors = {}
    for e in range(1, 13):
        h = 10.0 ** (-e)
        errors[h] = np.max(np.abs(central_diff(f, x, h) - df(x)))
    return min(errors, key=errors.get)


# right: a stable sigmoid with two branches
def dsigmoid(z):
    z = np.asarray(z, dtype=float)
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2


# right: clipping, since beyond 709 nothing is left
def dtanh(z):
    return 1.0 / np.cosh(np.clip(z, -350, 350)) ** 2


# right: the sigmoid, by tanh
def dsoftplus(z):
    return (1 + np.tanh(np.asarray(z) / 2)) / 2


# right: from the last function to the first
def chain(fs, dfs, x):
    inputs = [x]
    for f in fs:
        inputs.append(f(inputs[-1]))
    grad = np.ones_like(x, dtype=float)
    for df, inp in reversed(list(zip(dfs, inputs))):
        grad = grad * df(inp)
    return grad


# right: tuples unpacked, as in a dual number
def mul(a, b):
    (u, du), (v, dv) = a, b
    return u * v, du * v + u * dv


# right: the power by logarithms
def power(a, n):
    v, dv = a
    out = np.exp(n * np.log(v))
    return out, n * out / v * dv


# wrong: precedence, "/ 2 * h"
# named: / 2 * h divides by 2
def central_diff(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / 2 * h


# wrong: divided by h alone
# named: The two points are 2h apart, and
def central_diff(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / h


# wrong: a forward difference
# named: This is the forward difference: one of
def central_diff(f, x, h=1e-5):
    return (f(x + h) - f(x)) / h


# wrong: below minus above
# named: The two sides are swapped, so every
def central_diff(f, x, h=1e-5):
    return (f(x - h) - f(x + h)) / (2 * h)


# wrong: moves the caller's array
# named: The caller's x is changed: x += h
def central_diff(f, x, h=1e-5):
    x += h
    above = f(x)
    x -= 2 * h
    below = f(x)
    x += h
    return (above - below) / (2 * h)


# wrong: the smallest h
# named: The smallest nudge is not the best:
def best_h(f, df, x):
    hs = [10.0**-k for k in range(1, 13)]
    return min(hs)


# wrong: the mean error
# named: This is the mean error over all points.
def best_h(f, df, x):
    hs = [10.0**-k for k in range(1, 13)]
    errors = [np.mean(np.abs(central_diff(f, x, h) - df(x))) for h in hs]
    return hs[int(np.argmin(errors))]


# wrong: without the absolute value
# named: The sign of the error is kept,
def best_h(f, df, x):
    hs = [10.0**-k for k in range(1, 13)]
    errors = [np.max(central_diff(f, x, h) - df(x)) for h in hs]
    return hs[int(np.argmin(errors))]


# wrong: the error in place of the h
# named: This is the smallest error. Return the
def best_h(f, df, x):
    return min(np.max(np.abs(central_diff(f, x, 10.0**-k) - df(x))) for k in range(1, 13))


# wrong: stops at 1e-11
# named: The list of nudges begins or ends at
def best_h(f, df, x):
    best, least = None, np.inf
    for k in range(1, 12):
        e = np.abs(central_diff(f, x, 10.0**-k) - df(x)).max()
        if e < least:
            best, least = 10.0**-k, e
    return best


# wrong: overflows at -800
# named: exp(800) is infinite, and infinity divided by
def dsigmoid(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


# wrong: s where s (1 - s) belongs
# named: This is the sigmoid itself. Its slope
def dsigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


# wrong: z is taken for the output
# named: The rule is applied to the input:
def dsigmoid(z):
    return z * (1 - z)


# wrong: z is taken for the output of tanh
# named: The rule is applied to the input:
def dtanh(z):
    return 1 - z**2


# wrong: the square is missing
# named: The square is missing: the slope is
def dtanh(z):
    return 1 - np.tanh(z)


# wrong: the square on the wrong side
# named: The whole difference is squared. Only tanh(z) is:
def dtanh(z):
    return (1 - np.tanh(z)) ** 2


# wrong: exp overflows
# named: exp(800) is infinite, and infinity divided by
def dsoftplus(z):
    return np.exp(z) / (1 + np.exp(z))


# wrong: the derivative of ReLU
# named: The corner is sharp: 0 below 0
def dsoftplus(z):
    return np.where(z > 0, 1.0, 0.0)


# wrong: all slopes at x
# named: All local slopes are taken at the
def chain(fs, dfs, x):
    slope = np.ones_like(x)
    for df in dfs:
        slope = slope * df(x)
    return slope


# wrong: the slope at the output of each function
# named: Each slope is taken at the output
def chain(fs, dfs, x):
    slope = 1.0
    for f, df in zip(fs, dfs):
        x = f(x)
        slope = slope * df(x)
    return slope


# wrong: slopes are added
# named: The local slopes are added. Along a chain
def chain(fs, dfs, x):
    slope = np.zeros_like(x)
    for f, df in zip(fs, dfs):
        slope += df(x)
        x = f(x)
    return slope


# wrong: functions from last to first
# named: The chain runs backwards: the last function
def chain(fs, dfs, x):
    slope = np.ones_like(x)
    for f, df in zip(fs[::-1], dfs[::-1]):
        slope = slope * df(x)
        x = f(x)
    return slope


# wrong: slopes multiply
# named: The slopes are multiplied with each other.
def mul(a, b):
    return a[0] * b[0], a[1] * b[1]


# wrong: each slope with its own value
# named: Each slope is multiplied by its own
def mul(a, b):
    return a[0] * b[0], a[0] * a[1] + b[0] * b[1]


# wrong: the slope of a is forgotten
# named: The inner slope is missing: n *
def power(a, n):
    return a[0] ** n, n * a[0] ** (n - 1)


# wrong: the power is not lowered
# named: The exponent is still n. One factor
def power(a, n):
    return a[0] ** n, n * a[0] ** n * a[1]


# wrong: the slope of a is forgotten
# named: The inner slope is missing: exp is
def exp(a):
    e = np.exp(a[0])
    return e, e


# wrong: the slope inside the exponential
# named: The slope stands in the exponent. The slope
def exp(a):
    return np.exp(a[0]), np.exp(a[1])


# wrong: the derivative of log with respect to its slope
# named: You divide by the slope. The slope of
def log(a):
    return np.log(a[0]), 1 / a[1]


# wrong: log to base 10
# named: This is a logarithm to another base. Use
def log(a):
    return np.log10(a[0]), a[1] / a[0]
