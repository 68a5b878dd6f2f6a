# right: a loop that skips zeros
def entropy(p):
    h = 0.0
    for pi in p:
        if pi > 0:
            h -= pi * math.log(pi)
    return h


# right: where= in the logarithm
def cross_entropy(p, q):
    if np.any((q == 0) & (p > 0)):
        return float("inf")
    logs = np.log(q, out=np.zeros(len(q)), where=q > 0)
    return float(-(p * logs).sum())


# right: the sum over what occurs
def kl(p, q):
    total = 0.0
    for a, b in zip(p, q):
        if a == 0:
            continue
        if b == 0:
            return math.inf
        total += a * (math.log(a) - math.log(b))
    return total


# right: Bessel's correction taken back
def mle_gaussian(x):
    n = len(x)
    mu = sum(x) / n
    return mu, np.var(x, ddof=1) * (n - 1) / n


# right: divided by the total
def mle_categorical(counts):
    total = float(sum(counts))
    return np.array([c / total for c in counts])


# right: rows added for the penalty, then least squares
def map_ridge(X, y, lam):
    d = X.shape[1]
    stacked = np.concatenate([X, np.sqrt(lam) * np.eye(d)])
    target = np.concatenate([y, np.zeros(d)])
    return np.linalg.lstsq(stacked, target, rcond=None)[0]


# right: Newton's method
def logreg_fit(X, y):
    w = np.zeros(X.shape[1])
    for _ in range(100):
        p = 1 / (1 + np.exp(-(X @ w)))
        g = X.T @ (p - y)
        if np.abs(g).max() / len(y) < 1e-9:
            break
        H = X.T @ (X * (p * (1 - p))[:, None])
        w = w - np.linalg.solve(H, g)
    return w


# right: gradient descent until the gradient is small
def logreg_fit(X, y):
    w = np.zeros(X.shape[1])
    lr = 4 / np.linalg.norm(X, 2) ** 2 * len(y)
    while True:
        p = 0.5 * (1 + np.tanh(X @ w / 2))
        grad = X.T @ (p - y) / len(y)
        if np.max(np.abs(grad)) < 5e-7:
            return w
        w = w - lr * grad


# wrong: nan at a probability of 0
# named: entropy-5
def entropy(p):
    return -(p * np.log(p)).sum()


# wrong: in bits
# named: entropy-1
def entropy(p):
    p = p[p > 0]
    return -np.sum(p * np.log2(p))


# wrong: a tiny number against log 0
# named: entropy-6
def entropy(p):
    return -np.sum(p * np.log(p + 1e-9))


# wrong: the mean of the terms
# named: entropy-4
def entropy(p):
    p = p[p > 0]
    return -np.mean(p * np.log(p))


# wrong: without the minus
# named: entropy-2
def entropy(p):
    p = p[p > 0]
    return np.sum(p * np.log(p))


# wrong: p and q swapped
# named: cross_entropy-1
def cross_entropy(p, q):
    keep = q > 0
    if (p[keep] == 0).any():
        return np.inf
    return -(q[keep] * np.log(p[keep])).sum()


# wrong: finite, thanks to a tiny number
# named: cross_entropy-6
def cross_entropy(p, q):
    return float(-np.sum(p * np.log(q + 1e-12)))


# wrong: what q rules out is left out
# named: cross_entropy-7
def cross_entropy(p, q):
    keep = q > 0
    return -(p[keep] * np.log(q[keep])).sum()


# wrong: 0 times infinity
# named: cross_entropy-5
def cross_entropy(p, q):
    return -(p * np.log(q)).sum()


# wrong: q log(q / p)
# named: kl-1
def kl(p, q):
    return cross_entropy(q, p) - entropy(q)


# wrong: entropy minus cross-entropy
# named: kl-3
def kl(p, q):
    return entropy(p) - cross_entropy(p, q)


# wrong: cross-entropy minus the entropy of q
# named: kl-8
def kl(p, q):
    return cross_entropy(p, q) - entropy(q)


# wrong: symmetric
# named: kl-4
def kl(p, q):
    return 0.5 * (cross_entropy(p, q) - entropy(p)) + 0.5 * (cross_entropy(q, p) - entropy(q))


# wrong: the unbiased variance
# named: mle_gaussian-1
def mle_gaussian(x):
    return float(np.mean(x)), float(np.var(x, ddof=1))


# wrong: the standard deviation
# named: mle_gaussian-2
def mle_gaussian(x):
    return x.mean(), x.std()


# wrong: the mean of squares
# named: mle_gaussian-4
def mle_gaussian(x):
    return x.mean(), np.mean(x**2)


# wrong: variance first
# named: The first and the second value have changed
def mle_gaussian(x):
    return x.var(), x.mean()


# wrong: smoothed
# named: mle_categorical-1
def mle_categorical(counts):
    return (counts + 1) / (counts.sum() + len(counts))


# wrong: a softmax of counts
# named: mle_categorical-3
def mle_categorical(counts):
    e = np.exp(counts - counts.max())
    return e / e.sum()


# wrong: divided by the number of results
# named: mle_categorical-5
def mle_categorical(counts):
    return counts / len(counts)


# wrong: no penalty
# named: map_ridge-4
def map_ridge(X, y, lam):
    return np.linalg.pinv(X) @ y


# wrong: lam times N, as for the mean loss
# named: map_ridge-2
def map_ridge(X, y, lam):
    n, d = X.shape
    return np.linalg.solve(X.T @ X + n * lam * np.eye(d), X.T @ y)


# wrong: lam squared
# named: map_ridge-7
def map_ridge(X, y, lam):
    return np.linalg.solve(X.T @ X + lam**2 * np.eye(X.shape[1]), X.T @ y)


# wrong: lam on every entry
# named: map_ridge-1
def map_ridge(X, y, lam):
    return np.linalg.solve(X.T @ X + lam, X.T @ y)


# wrong: half the penalty
# named: map_ridge-5
def map_ridge(X, y, lam):
    return np.linalg.solve(X.T @ X + lam / 2 * np.eye(X.shape[1]), X.T @ y)


# wrong: too few steps
# named: logreg_fit-1
def logreg_fit(X, y):
    w = np.zeros(X.shape[1])
    for _ in range(100):
        p = 1 / (1 + np.exp(-X @ w))
        w -= 0.1 * X.T @ (p - y) / len(y)
    return w


# wrong: least squares on the labels
# named: logreg_fit-4
def logreg_fit(X, y):
    return np.linalg.lstsq(X, y, rcond=None)[0]


# wrong: uphill
def logreg_fit(X, y):
    w = np.zeros(X.shape[1])
    for _ in range(2000):
        p = 0.5 * (1 + np.tanh(X @ w / 2))
        w += 0.5 * X.T @ (p - y) / len(y)
    return w


# right: xlogy by where
def entropy(p):
    safe = np.where(p > 0, p, 1.0)
    return float(-(p * np.log(safe)).sum())


# right: the log of a ratio where p is above 0
def kl(p, q):
    some = p > 0
    if (q[some] == 0).any():
        return float("inf")
    return float(np.sum(p[some] * np.log(p[some] / q[some])))


# wrong: a guard in the logarithm
# named: entropy-6
def entropy(p):
    eps = 1e-8
    return float(np.sum(-p * np.log(p + eps)))


# wrong: guarded on both sides
# named: kl-9
def kl(p, q):
    eps = 1e-10
    total = 0.0
    for a, b in zip(p, q):
        total += a * np.log((a + eps) / (b + eps))
    return total
