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
# named: You went one halving too far: this
def machine_eps(dtype):
    eps = dtype(1)
    while dtype(1) + eps > dtype(1):
        eps = eps / dtype(2)
    return float(eps)


# wrong: in float64 whatever the type is
# named: The same gap comes out for every
def machine_eps(dtype):
    eps = 1.0
    while 1.0 + eps / 2 > 1.0:
        eps /= 2
    return eps


# wrong: the number is compared with 0
# named: This halves until nothing is left, which
def machine_eps(dtype):
    eps = dtype(1)
    while eps / dtype(2) > 0:
        eps = eps / dtype(2)
    return float(eps)


# wrong: divided by 10
# named: The number is divided by 10, so the
def machine_eps(dtype):
    eps = dtype(1)
    while dtype(1) + eps / dtype(10) > dtype(1):
        eps = eps / dtype(10)
    return float(eps)


# wrong: np.sum
# named: np.sum adds in blocks and loses less than
def kahan_sum(x):
    return float(np.sum(x))


# wrong: a plain loop
# named: This is the plain loop. Each addition
def kahan_sum(x):
    s = 0.0
    for v in x:
        s += v
    return s


# wrong: the compensation has the wrong sign
# named: The correction has the wrong sign, so
def kahan_sum(x):
    s = c = 0.0
    for v in x:
        y = v + c
        t = s + y
        c = (t - s) - y
        s = t
    return s


# wrong: the compensation is simplified away
# named: What was added is compared with the term
def kahan_sum(x):
    s = c = 0.0
    for v in x:
        y = v - c
        t = s + y
        c = t - s - v
        s = t
    return s


# wrong: a sorted sum
# named: Sorting makes the loss smaller here, but does
def kahan_sum(x):
    return float(np.sort(x).sum())


# wrong: no shift
# named: exp overflows above 709 and is 0
def logsumexp(x, axis):
    return np.log(np.exp(x).sum(axis=axis))


# wrong: the shift is not added back
# named: The largest entry was subtracted and not
def logsumexp(x, axis):
    m = x.max(axis=axis, keepdims=True)
    return np.log(np.exp(x - m).sum(axis=axis))


# wrong: nan where all entries are -inf
# named: Where all entries are -inf, you subtract
def logsumexp(x, axis):
    m = x.max(axis=axis, keepdims=True)
    return (m + np.log(np.exp(x - m).sum(axis=axis, keepdims=True))).squeeze(axis)


# wrong: one maximum for everything
# named: The largest entry of the whole array
def logsumexp(x, axis):
    m = x.max()
    return m + np.log(np.exp(x - m).sum(axis=axis))


# wrong: a tiny number against log 0
# named: A tiny number in the logarithm makes the
def logsumexp(x, axis):
    m = x.max(axis=axis, keepdims=True)
    m = np.where(np.isinf(m), 0, m)
    return np.log(np.exp(x - m).sum(axis=axis) + 1e-12) + m.squeeze(axis)


# wrong: the formula as it stands
# named: Near 0 the difference 1 - exp(x)
def log1mexp(x):
    return np.log(1 - np.exp(x))


# wrong: log1p only
# named: Far from 0 this is right. Near
def log1mexp(x):
    return np.log1p(-np.exp(x))


# wrong: expm1 only
# named: Near 0 this is right. Far from
def log1mexp(x):
    return np.log(-np.expm1(x))


# wrong: the branches swapped
# named: Near 0 the difference 1 - exp(x)
def log1mexp(x):
    return np.where(x < -np.log(2), np.log(-np.expm1(x)), np.log1p(-np.exp(x)))


# wrong: the probability is clipped
# named: A tiny number keeps the probability away from
def stable_bce(z, y):
    p = np.clip(1 / (1 + np.exp(-z)), 1e-12, 1 - 1e-12)
    return -y * np.log(p) - (1 - y) * np.log(1 - p)


# wrong: log(p + eps)
# named: A tiny number keeps the probability away from
def stable_bce(z, y):
    p = 0.5 * (1 + np.tanh(z / 2))
    return -(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7))


# wrong: averaged
# named: This is the mean. Return one loss
def stable_bce(z, y):
    return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))


# wrong: exp of a large positive number
# named: One side is safe and the other is
def stable_bce(z, y):
    return np.log1p(np.exp(z)) - y * z


# wrong: the absolute value is missing
# named: The absolute value is missing in the exponent:
def stable_bce(z, y):
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-z))


# wrong: smallest over largest
# named: The fraction is upside down: the largest
def cond2(A):
    s = np.linalg.svd(A, compute_uv=False)
    return s[-1] / s[0]


# wrong: eigenvalues of A.T A without the root
# named: The singular values of A.T @ A
def cond2(A):
    w = np.linalg.eigvalsh(A.T @ A)
    return float(w[-1] / w[0])


# wrong: the root of the eigenvalues of A.T A
# named: On paper the roots of the eigenvalues of
def cond2(A):
    w = np.linalg.eigvalsh(A.T @ A)
    return float(np.sqrt(w[-1] / w[0]))


# wrong: rounding for 0
# named: A small singular value is taken for 0.
def cond2(A):
    s = np.linalg.svd(A, compute_uv=False)
    return np.inf if s[-1] < 1e-10 else s[0] / s[-1]
