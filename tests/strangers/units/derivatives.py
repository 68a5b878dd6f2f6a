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
# named: central_diff-6
def central_diff(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / 2 * h


# wrong: divided by h alone
# named: central_diff-2
def central_diff(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / h


# wrong: a forward difference
# named: central_diff-1
def central_diff(f, x, h=1e-5):
    return (f(x + h) - f(x)) / h


# wrong: below minus above
# named: central_diff-3
def central_diff(f, x, h=1e-5):
    return (f(x - h) - f(x + h)) / (2 * h)


# wrong: moves the caller's array
# named: central_diff-5
def central_diff(f, x, h=1e-5):
    x += h
    above = f(x)
    x -= 2 * h
    below = f(x)
    x += h
    return (above - below) / (2 * h)


# wrong: the smallest h
# named: best_h-1
def best_h(f, df, x):
    hs = [10.0**-k for k in range(1, 13)]
    return min(hs)


# wrong: the mean error
# named: best_h-6
def best_h(f, df, x):
    hs = [10.0**-k for k in range(1, 13)]
    errors = [np.mean(np.abs(central_diff(f, x, h) - df(x))) for h in hs]
    return hs[int(np.argmin(errors))]


# wrong: without the absolute value
# named: best_h-3
def best_h(f, df, x):
    hs = [10.0**-k for k in range(1, 13)]
    errors = [np.max(central_diff(f, x, h) - df(x)) for h in hs]
    return hs[int(np.argmin(errors))]


# wrong: the error in place of the h
# named: best_h-4
def best_h(f, df, x):
    return min(np.max(np.abs(central_diff(f, x, 10.0**-k) - df(x))) for k in range(1, 13))


# wrong: stops at 1e-11
# named: best_h-7
def best_h(f, df, x):
    best, least = None, np.inf
    for k in range(1, 12):
        e = np.abs(central_diff(f, x, 10.0**-k) - df(x)).max()
        if e < least:
            best, least = 10.0**-k, e
    return best


# wrong: overflows at -800
# named: dsigmoid-4
def dsigmoid(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


# wrong: s where s (1 - s) belongs
# named: dsigmoid-1
def dsigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


# wrong: z is taken for the output
# named: dsigmoid-3
def dsigmoid(z):
    return z * (1 - z)


# wrong: z is taken for the output of tanh
# named: dtanh-1
def dtanh(z):
    return 1 - z**2


# wrong: the square is missing
# named: dtanh-2
def dtanh(z):
    return 1 - np.tanh(z)


# wrong: the square on the wrong side
# named: dtanh-4
def dtanh(z):
    return (1 - np.tanh(z)) ** 2


# wrong: exp overflows
# named: dsoftplus-4
def dsoftplus(z):
    return np.exp(z) / (1 + np.exp(z))


# wrong: the derivative of ReLU
# named: dsoftplus-3
def dsoftplus(z):
    return np.where(z > 0, 1.0, 0.0)


# wrong: all slopes at x
# named: chain-1
def chain(fs, dfs, x):
    slope = np.ones_like(x)
    for df in dfs:
        slope = slope * df(x)
    return slope


# wrong: the slope at the output of each function
# named: chain-2
def chain(fs, dfs, x):
    slope = 1.0
    for f, df in zip(fs, dfs):
        x = f(x)
        slope = slope * df(x)
    return slope


# wrong: slopes are added
# named: chain-7
def chain(fs, dfs, x):
    slope = np.zeros_like(x)
    for f, df in zip(fs, dfs):
        slope += df(x)
        x = f(x)
    return slope


# wrong: functions from last to first
# named: chain-3
def chain(fs, dfs, x):
    slope = np.ones_like(x)
    for f, df in zip(fs[::-1], dfs[::-1]):
        slope = slope * df(x)
        x = f(x)
    return slope


# wrong: slopes multiply
# named: mul-1
def mul(a, b):
    return a[0] * b[0], a[1] * b[1]


# wrong: each slope with its own value
# named: mul-2
def mul(a, b):
    return a[0] * b[0], a[0] * a[1] + b[0] * b[1]


# wrong: the slope of a is forgotten
# named: power-1
def power(a, n):
    return a[0] ** n, n * a[0] ** (n - 1)


# wrong: the power is not lowered
# named: power-2
def power(a, n):
    return a[0] ** n, n * a[0] ** n * a[1]


# wrong: the slope of a is forgotten
# named: exp-1
def exp(a):
    e = np.exp(a[0])
    return e, e


# wrong: the slope inside the exponential
# named: exp-3
def exp(a):
    return np.exp(a[0]), np.exp(a[1])


# wrong: the derivative of log with respect to its slope
# named: log-3
def log(a):
    return np.log(a[0]), 1 / a[1]


# wrong: log to base 10
# named: log-4
def log(a):
    return np.log10(a[0]), a[1] / a[0]


# right: the two halves apart
def central_diff(f, x, h=1e-5):
    forward = (f(x + h) - f(x)) / h
    backward = (f(x) - f(x - h)) / h
    return (forward + backward) / 2


# right: exp of a pair, the value once
def exp(a):
    value = float(np.exp(a[0]))
    return value, a[1] * value


# wrong: in bits
# named: log-4
def log(a):
    x, dx = a
    return np.log2(x), dx / x


# wrong: only the first link
# named: The loop of `chain` ends in its first
def chain(fs, dfs, x):
    out = np.ones(np.shape(x))
    y = x
    for k in range(len(fs)):
        out = out * dfs[k](y)
        y = fs[k](y)
        return out
    return out
