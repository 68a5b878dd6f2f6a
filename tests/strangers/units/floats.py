# right: a loop that counts bits
def machine_eps(dtype):
    one, eps = dtype(1), dtype(1)
    while one + eps / dtype(2) > one:
        eps = eps / dtype(2)
    return float(eps)


# right: Neumaier's names, Kahan's sum
def kahan_sum(x):
    total = comp = 0.0
    for value in x:
        y = float(value) - comp
        t = total + y
        comp = (t - total) - y
        total = t
    return total


# right: the maximum with a guard for -inf
def logsumexp(x, axis):
    m = np.max(x, axis=axis, keepdims=True)
    m = np.where(np.isfinite(m), m, 0.0)
    with np.errstate(divide="ignore"):
        out = np.log(np.sum(np.exp(x - m), axis=axis, keepdims=True)) + m
    return np.squeeze(out, axis=axis)


# right: both branches on their own part
def log1mexp(x):
    x = np.asarray(x, dtype=float)
    near = x > -np.log(2)
    out = np.empty(x.shape)
    out[near] = np.log(-np.expm1(x[near]))
    out[~near] = np.log1p(-np.exp(x[~near]))
    return out


# right: TensorFlow's form
def stable_bce(z, y):
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))


# right: softplus by logaddexp, for each half -- numpy.logaddexp is not allowed, so by hand
def stable_bce(z, y):
    def softplus(t):
        return np.where(t > 0, t, 0) + np.log1p(np.exp(-abs(t)))

    return y * softplus(-z) + (1 - y) * softplus(z)


# right: svd
def cond2(A):
    s = np.linalg.svd(A, compute_uv=False)
    return float("inf") if s[-1] == 0 else float(s[0] / s[-1])


# wrong: one halving too many
# named: machine_eps-2
def machine_eps(dtype):
    eps = dtype(1)
    while dtype(1) + eps > dtype(1):
        eps = eps / dtype(2)
    return float(eps)


# wrong: in float64 whatever the type is
# named: machine_eps-3
def machine_eps(dtype):
    eps = 1.0
    while 1.0 + eps / 2 > 1.0:
        eps /= 2
    return eps


# wrong: the number is compared with 0
# named: machine_eps-1
def machine_eps(dtype):
    eps = dtype(1)
    while eps / dtype(2) > 0:
        eps = eps / dtype(2)
    return float(eps)


# wrong: divided by 10
# named: machine_eps-5
def machine_eps(dtype):
    eps = dtype(1)
    while dtype(1) + eps / dtype(10) > dtype(1):
        eps = eps / dtype(10)
    return float(eps)


# wrong: np.sum
# named: kahan_sum-4
def kahan_sum(x):
    return float(np.sum(x))


# wrong: a plain loop
# named: kahan_sum-1
def kahan_sum(x):
    s = 0.0
    for v in x:
        s += v
    return s


# wrong: the compensation has the wrong sign
# named: kahan_sum-2
def kahan_sum(x):
    s = c = 0.0
    for v in x:
        y = v + c
        t = s + y
        c = (t - s) - y
        s = t
    return s


# wrong: the compensation is simplified away
# named: kahan_sum-3
def kahan_sum(x):
    s = c = 0.0
    for v in x:
        y = v - c
        t = s + y
        c = t - s - v
        s = t
    return s


# wrong: a sorted sum
# named: kahan_sum-5
def kahan_sum(x):
    return float(np.sort(x).sum())


# wrong: no shift
# named: logsumexp-1
def logsumexp(x, axis):
    return np.log(np.exp(x).sum(axis=axis))


# wrong: the shift is not added back
# named: logsumexp-2
def logsumexp(x, axis):
    m = x.max(axis=axis, keepdims=True)
    return np.log(np.exp(x - m).sum(axis=axis))


# wrong: nan where all entries are -inf
# named: logsumexp-4
def logsumexp(x, axis):
    m = x.max(axis=axis, keepdims=True)
    return (m + np.log(np.exp(x - m).sum(axis=axis, keepdims=True))).squeeze(axis)


# wrong: one maximum for everything
# named: logsumexp-3
def logsumexp(x, axis):
    m = x.max()
    return m + np.log(np.exp(x - m).sum(axis=axis))


# wrong: a tiny number against log 0
# named: logsumexp-7
def logsumexp(x, axis):
    m = x.max(axis=axis, keepdims=True)
    m = np.where(np.isinf(m), 0, m)
    return np.log(np.exp(x - m).sum(axis=axis) + 1e-12) + m.squeeze(axis)


# wrong: the formula as it stands
# named: log1mexp-1
def log1mexp(x):
    return np.log(1 - np.exp(x))


# wrong: log1p only
# named: log1mexp-3
def log1mexp(x):
    return np.log1p(-np.exp(x))


# wrong: expm1 only
# named: log1mexp-2
def log1mexp(x):
    return np.log(-np.expm1(x))


# wrong: the branches swapped
# named: log1mexp-1
def log1mexp(x):
    return np.where(x < -np.log(2), np.log(-np.expm1(x)), np.log1p(-np.exp(x)))


# wrong: the probability is clipped
# named: stable_bce-2
def stable_bce(z, y):
    p = np.clip(1 / (1 + np.exp(-z)), 1e-12, 1 - 1e-12)
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


# wrong: log(p + eps)
# named: stable_bce-2
def stable_bce(z, y):
    p = 0.5 * (1 + np.tanh(z / 2))
    return -(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7))


# wrong: averaged
# named: stable_bce-6
def stable_bce(z, y):
    return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))


# wrong: exp of a large positive number
# named: stable_bce-3
def stable_bce(z, y):
    return np.log1p(np.exp(z)) - y * z


# wrong: the absolute value is missing
# named: stable_bce-7
def stable_bce(z, y):
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-z))


# wrong: smallest over largest
# named: cond2-1
def cond2(A):
    s = np.linalg.svd(A, compute_uv=False)
    return s[-1] / s[0]


# wrong: eigenvalues of A.T A without the root
# named: cond2-3
def cond2(A):
    w = np.linalg.eigvalsh(A.T @ A)
    return float(w[-1] / w[0])


# wrong: the root of the eigenvalues of A.T A
# named: cond2-5
def cond2(A):
    w = np.linalg.eigvalsh(A.T @ A)
    return float(np.sqrt(w[-1] / w[0]))


# wrong: rounding for 0
# named: cond2-6
def cond2(A):
    s = np.linalg.svd(A, compute_uv=False)
    return np.inf if s[-1] < 1e-10 else s[0] / s[-1]


# right: two masks by hand
def stable_bce(z, y):
    out = np.empty(len(z))
    for i, (a, t) in enumerate(zip(z, y)):
        out[i] = (a if a > 0 else 0.0) - a * t + np.log1p(np.exp(-abs(a)))
    return out


# right: a shift by the maximum, moved to the front
def logsumexp(x, axis):
    y = np.moveaxis(x, axis, 0)
    top = y.max(axis=0)
    shift = np.where(top == -np.inf, 0.0, top)
    with np.errstate(divide="ignore"):
        return shift + np.log(np.exp(y - shift).sum(axis=0))


# wrong: a threshold for singular
# named: cond2-6
def cond2(A):
    values = np.linalg.svd(A)[1]
    if values.min() < 1e-12:
        return float("inf")
    return float(values.max() / values.min())


# wrong: clipped by another tiny number
# named: stable_bce-2
def stable_bce(z, y):
    p = 0.5 * (1 + np.tanh(0.5 * z))
    p = np.minimum(np.maximum(p, 1e-15), 1 - 1e-15)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))
