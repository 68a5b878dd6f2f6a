# right: element by element, a list first
def bayes(prior, likelihood):
    joint = [p * l for p, l in zip(prior, likelihood)]
    evidence = sum(joint)
    if evidence == 0:
        raise ValueError("impossible observation")
    return np.array([j / evidence for j in joint])


# right: E[xy] - E[x]E[y] around the mean, with a loop over the rows
def mean_cov(values, p):
    mu = (values * p[:, None]).sum(axis=0)
    D = values.shape[1]
    cov = np.zeros((D, D))
    for row, weight in zip(values, p):
        d = row - mu
        cov += weight * np.outer(d, d)
    return mu, cov


# right: rng.uniform
def inverse_sample(cdf_inv, n, rng):
    return cdf_inv(rng.uniform(0, 1, size=n))


# right: ddof, math.sqrt
def monte_carlo(f, sampler, n, rng):
    vals = f(sampler(n, rng))
    return float(vals.mean()), float(vals.std(ddof=1) / math.sqrt(n))


# right: the quotient squared
def draws_needed(stderr, n, target):
    ratio = stderr / target
    return int(np.ceil(n * ratio * ratio))


# right: Welford with other names
def running_mean_var(stream):
    count, mean, M2 = 0, 0.0, 0.0
    for value in stream:
        count += 1
        delta = value - mean
        mean += delta / count
        M2 += delta * (value - mean)
    if count < 2:
        raise ValueError("two numbers at least")
    return mean, M2 / (count - 1)


# right: by Cholesky
def gaussian_logpdf(x, mu, S):
    L = np.linalg.cholesky(S)
    z = np.linalg.solve(L, (x - mu).T)
    quad = np.sum(z**2, axis=0)
    logdet = 2 * np.sum(np.log(np.diag(L)))
    return -0.5 * (len(mu) * np.log(2 * np.pi) + logdet + quad)


# wrong: not normalised
# named: bayes-1
def bayes(prior, likelihood):
    post = prior * likelihood
    if post.sum() == 0:
        raise ValueError
    return post


# wrong: normalised by the likelihoods
# named: bayes-3
def bayes(prior, likelihood):
    if (prior * likelihood).sum() == 0:
        raise ValueError("impossible")
    return prior * likelihood / likelihood.sum()


# wrong: the prior is forgotten
# named: bayes-2
def bayes(prior, likelihood):
    if likelihood.sum() == 0:
        raise ValueError("impossible")
    return likelihood / likelihood.sum()


# wrong: an impossible observation gives zeros
# named: bayes-6
def bayes(prior, likelihood):
    joint = prior * likelihood
    return joint / (joint.sum() + 1e-12)


# wrong: refused only if all likelihoods are 0
# named: bayes-4
def bayes(prior, likelihood):
    if not likelihood.any():
        raise ValueError("impossible")
    joint = prior * likelihood
    return joint / joint.sum()


# wrong: the plain mean of the rows
# named: mean_cov-6
def mean_cov(values, p):
    m = values.mean(axis=0)
    d = values - m
    return m, (p[:, None] * d).T @ d


# wrong: the covariance without weights
# named: mean_cov-2
def mean_cov(values, p):
    m = p @ values
    d = values - m
    return m, d.T @ d / len(p)


# wrong: second moments, no mean subtracted
# named: mean_cov-3
def mean_cov(values, p):
    m = p @ values
    return m, values.T @ (p[:, None] * values)


# wrong: the correction of a sample
# named: mean_cov-7
def mean_cov(values, p):
    m = p @ values
    d = values - m
    cov = (d * p[:, None]).T @ d
    return m, cov * len(p) / (len(p) - 1)


# wrong: the variances only
# named: mean_cov-4
def mean_cov(values, p):
    m = p @ values
    return m, p @ (values - m) ** 2


# wrong: np.random
# named: Not deterministic: two runs with seed 11 gave
def inverse_sample(cdf_inv, n, rng):
    return cdf_inv(np.random.rand(n))


# wrong: normal numbers
def inverse_sample(cdf_inv, n, rng):
    return cdf_inv(np.clip(rng.normal(0.5, 0.2, n), 0, 1))


# wrong: an even grid
# named: inverse_sample-5
def inverse_sample(cdf_inv, n, rng):
    return cdf_inv((np.arange(n) + 0.5) / n)


# wrong: one uniform number for all
# named: inverse_sample-3
def inverse_sample(cdf_inv, n, rng):
    return cdf_inv(np.full(n, rng.random()))


# wrong: the standard deviation of the values
# named: monte_carlo-1
def monte_carlo(f, sampler, n, rng):
    y = f(sampler(n, rng))
    return y.mean(), y.std(ddof=1)


# wrong: n in the denominator
# named: monte_carlo-4
def monte_carlo(f, sampler, n, rng):
    y = f(sampler(n, rng))
    return y.mean(), y.std() / np.sqrt(n)


# wrong: divided by n, not by its root
# named: monte_carlo-2
def monte_carlo(f, sampler, n, rng):
    y = f(sampler(n, rng))
    return y.mean(), y.std(ddof=1) / n


# wrong: f of the mean
# named: monte_carlo-5
def monte_carlo(f, sampler, n, rng):
    draws = sampler(n, rng)
    y = f(draws)
    return f(draws.mean(axis=0, keepdims=True))[0], y.std(ddof=1) / np.sqrt(n)


# wrong: the sampler is called twice
# named: monte_carlo-6
def monte_carlo(f, sampler, n, rng):
    return f(sampler(n, rng)).mean(), f(sampler(n, rng)).std(ddof=1) / np.sqrt(n)


# wrong: no square
# named: draws_needed-1
def draws_needed(stderr, n, target):
    return int(np.ceil(n * stderr / target))


# wrong: rounded down
# named: draws_needed-4
def draws_needed(stderr, n, target):
    return int(n * (stderr / target) ** 2)


# wrong: only those still missing
# named: draws_needed-5
def draws_needed(stderr, n, target):
    return int(np.ceil(n * (stderr / target) ** 2)) - n


# wrong: n is left out
# named: draws_needed-3
def draws_needed(stderr, n, target):
    return math.ceil((stderr / target) ** 2)


# wrong: E[x^2] - E[x]^2
# named: running_mean_var-4
def running_mean_var(stream):
    n = s = q = 0
    for x in stream:
        n, s, q = n + 1, s + x, q + x * x
    if n < 2:
        raise ValueError("too few")
    return s / n, (q - s * s / n) / (n - 1)


# wrong: divided by n
# named: running_mean_var-1
def running_mean_var(stream):
    n, mean, m2 = 0, 0.0, 0.0
    for x in stream:
        n += 1
        d = x - mean
        mean += d / n
        m2 += d * (x - mean)
    if n < 2:
        raise ValueError("too few")
    return mean, m2 / n


# wrong: the old difference squared
# named: running_mean_var-2
def running_mean_var(stream):
    n, mean, m2 = 0, 0.0, 0.0
    for x in stream:
        n += 1
        d = x - mean
        mean += d / n
        m2 += d * d
    if n < 2:
        raise ValueError("too few")
    return mean, m2 / (n - 1)


# wrong: one number is enough
# named: running_mean_var-6
def running_mean_var(stream):
    n, mean, m2 = 0, 0.0, 0.0
    for x in stream:
        n += 1
        d = x - mean
        mean += d / n
        m2 += d * (x - mean)
    if n == 0:
        raise ValueError("no number")
    return mean, m2 / max(n - 1, 1)


# wrong: the determinant under- or overflows
# named: gaussian_logpdf-2
def gaussian_logpdf(x, mu, S):
    d = x - mu
    quad = (d @ np.linalg.inv(S) * d).sum(1)
    return -0.5 * (len(mu) * np.log(2 * np.pi) + np.log(np.linalg.det(S)) + quad)


# wrong: D is forgotten
# named: gaussian_logpdf-5
def gaussian_logpdf(x, mu, S):
    d = x - mu
    quad = (d * np.linalg.solve(S, d.T).T).sum(1)
    return -0.5 * (np.log(2 * np.pi) + np.linalg.slogdet(S)[1] + quad)


# wrong: S in place of its inverse
# named: gaussian_logpdf-7
def gaussian_logpdf(x, mu, S):
    d = x - mu
    quad = np.einsum("nd,de,ne->n", d, S, d)
    return -0.5 * (len(mu) * np.log(2 * np.pi) + np.linalg.slogdet(S)[1] + quad)


# wrong: the half is on the last term only
# named: gaussian_logpdf-9
def gaussian_logpdf(x, mu, S):
    d = x - mu
    quad = (d * np.linalg.solve(S, d.T).T).sum(1)
    return -len(mu) * np.log(2 * np.pi) - np.linalg.slogdet(S)[1] - 0.5 * quad


# wrong: the sign of the determinant
# named: gaussian_logpdf-10
def gaussian_logpdf(x, mu, S):
    d = x - mu
    quad = (d * np.linalg.solve(S, d.T).T).sum(1)
    return -0.5 * (len(mu) * np.log(2 * np.pi) - np.linalg.slogdet(S)[1] + quad)


# right: np.var from deviations
def mean_cov(values, p):
    mu = np.einsum("k,kd->d", p, values)
    d = values - mu
    return mu, np.einsum("k,ki,kj->ij", p, d, d)


# right: a list of values first
def running_mean_var(stream):
    n, mean, ssd = 0, 0.0, 0.0
    for v in stream:
        n += 1
        new = mean + (v - mean) / n
        ssd += (v - mean) * (v - new)
        mean = new
    if n <= 1:
        raise ValueError("at least two")
    return float(mean), float(ssd / (n - 1))


# wrong: Bessel's correction on exact probabilities
# named: mean_cov-7
def mean_cov(values, p):
    k = len(p)
    mu = np.sum(p[:, None] * values, axis=0)
    cov = np.zeros((values.shape[1],) * 2)
    for row, weight in zip(values, p):
        cov += weight * np.outer(row - mu, row - mu)
    return mu, cov * k / (k - 1)


# wrong: the log determinant is not halved, nor the constant
# named: gaussian_logpdf-9
def gaussian_logpdf(x, mu, S):
    D = len(mu)
    diff = (x - mu).T
    maha = np.sum(diff * np.linalg.solve(S, diff), axis=0)
    return -(D * np.log(2 * np.pi) + np.linalg.slogdet(S)[1]) - maha / 2
