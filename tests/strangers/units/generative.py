# right: the standard deviation first, and a loop over the components
def gaussian_kl(mu, logvar):
    std = np.sqrt(np.exp(logvar))
    kl = np.zeros(mu.shape[0])
    for j in range(mu.shape[1]):
        kl += -np.log(std[:, j]) + (std[:, j] ** 2 + mu[:, j] ** 2) / 2 - 0.5
    return kl


# right: the variance to the power of one half
def reparameterise(mu, logvar, eps):
    return eps * np.exp(logvar) ** 0.5 + mu


# right: by way of the gradient of the standard deviation, and g itself
def reparameterise_backward(g, logvar, eps):
    std = np.exp(logvar / 2)
    dstd = g * eps
    return g, dstd * std / 2


# right: the logarithm of the density of each component, summed
def log_normal(x, mean, sigma):
    var = sigma**2
    return np.sum(-((x - mean) ** 2) / (2 * var) - 0.5 * np.log(2 * np.pi * var), -1)


# right: the standard deviation by hand, and the bound in two parts
def elbo(x, encode, decode, eps):
    m, lv = encode(x)
    out = decode(m + np.exp(lv / 2) * eps)
    recon = -0.5 * np.sum((x - out) ** 2, axis=1) / SIGMA**2
    recon = recon - x.shape[1] * np.log(SIGMA * np.sqrt(2 * np.pi))
    kl = 0.5 * np.sum(np.exp(lv) + m**2 - 1 - lv, axis=1)
    return recon - kl


# right: a log-sum-exp minus log K
def log_mean_exp(a):
    m = np.max(a, axis=0, keepdims=True)
    lse = np.log(np.sum(np.exp(a - m), axis=0)) + m[0]
    return lse - np.log(a.shape[0])


# right: NumPy's own logaddexp
def log_mean_exp(a):
    return np.logaddexp.reduce(a, axis=0) - np.log(len(a))


# right: all draws at once, with the density under q written out
def iwae(x, encode, decode, eps):
    mu, logvar = encode(x)
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    Kn, Nn, Zn = z.shape
    recon = decode(z.reshape(-1, Zn)).reshape(Kn, Nn, -1)
    log_px = log_normal(x, recon, SIGMA)
    log_pz = -0.5 * np.sum(z**2, axis=2)
    log_q = np.sum(-0.5 * ((z - mu) / std) ** 2 - np.log(std), axis=2)
    return log_mean_exp(log_px + log_pz - log_q)


# right: level by level
def cosine_schedule(T):
    def f(t):
        return np.cos(np.pi / 2 * (t / T + 0.008) / (1 + 0.008)) ** 2

    abar = [1.0]
    for t in range(1, T + 1):
        beta = min(1 - f(t) / f(t - 1), 0.999)
        abar.append(abar[-1] * (1 - beta))
    return np.array(abar)


# right: example by example
def q_sample(x0, t, eps, abar):
    out = np.empty_like(x0)
    for i in range(len(x0)):
        out[i] = abar[t[i]] ** 0.5 * x0[i] + (1 - abar[t[i]]) ** 0.5 * eps[i]
    return out


# right: the residual first
def ddpm_loss(model, x0, t, eps, abar):
    xt = q_sample(x0, t, eps, abar)
    residual = eps - model(xt, t / (abar.size - 1))
    return np.mean(np.square(residual))


# right: the two coefficients of the paper, which also hold at the first level
def posterior(x0, xt, t, abar):
    alpha, prev = abar[t] / abar[t - 1], abar[t - 1]
    beta = 1 - alpha
    c0 = np.sqrt(prev) * beta / (1 - abar[t])
    ct = np.sqrt(alpha) * (1 - prev) / (1 - abar[t])
    return c0 * x0 + ct * xt, beta * (1 - prev) / (1 - abar[t])


# right: algorithm 2 of the paper, with the variance of the posterior
def ddpm_step(xt, noise, t, abar, z):
    alpha = abar[t] / abar[t - 1]
    mean = (xt - (1 - alpha) / np.sqrt(1 - abar[t]) * noise) / np.sqrt(alpha)
    sigma = np.sqrt((1 - alpha) * (1 - abar[t - 1]) / (1 - abar[t]))
    return mean + sigma * z if t > 1 else mean


# right: the variance, and never below 0
def ddim_step(xt, noise, t, s, abar, eta, z):
    at, a_s = abar[t], abar[s]
    pred = (xt - (1 - at) ** 0.5 * noise) / at**0.5
    var = eta**2 * (1 - a_s) / (1 - at) * max(1 - at / a_s, 0)
    return a_s**0.5 * pred + (1 - a_s - var) ** 0.5 * noise + var**0.5 * z


# right: from the noise along the velocity
def flow_pair(noise, data, t):
    v = data - noise
    return noise + t.reshape(-1, 1) * v, v


# right: a time that is added up
def euler(v, x, steps):
    h, t = 1.0 / steps, 0.0
    y = x.copy()
    for _ in range(steps):
        y += h * v(y, t * np.ones(len(y)))
        t += h
    return y


# right: a list of times, two at a time
def heun(v, x, steps):
    times = np.linspace(0, 1, steps + 1)
    for t0, t1 in zip(times[:-1], times[1:]):
        dt = t1 - t0
        k1 = v(x, np.full(x.shape[0], t0))
        k2 = v(x + dt * k1, np.full(x.shape[0], t1))
        x = x + dt * 0.5 * (k1 + k2)
    return x


# right: a copy and a mask
def drop_labels(c, u, p):
    kept = np.array(c)
    kept[u < p] = -1
    return kept


# right: the weights of both predictions, and None for no label
def guided(model, x, t, c, w):
    return (1 + w) * model(x, t, c) - w * model(x, t, None)


# right: eigenvalues of the product, which are real up to rounding
def frechet(a, b):
    mu1, mu2 = np.mean(a, axis=0), np.mean(b, axis=0)
    S1, S2 = np.cov(a.T), np.cov(b.T)
    lam = np.linalg.eigvals(S1 @ S2).real
    diff = mu1 - mu2
    root_trace = np.sum(np.sqrt(np.clip(lam, 0, None)))
    return diff.dot(diff) + np.trace(S1 + S2) - 2 * root_trace


# right: covariances by hand
def frechet(a, b):
    ca, cb = a - a.mean(0), b - b.mean(0)
    A = ca.T @ ca / (len(a) - 1)
    B = cb.T @ cb / (len(b) - 1)
    w, V = np.linalg.eigh(A)
    R = V @ np.diag(np.sqrt(w.clip(0))) @ V.T
    w2, _ = np.linalg.eigh(R @ B @ R)
    gap = np.linalg.norm(a.mean(0) - b.mean(0)) ** 2
    return gap + np.trace(A) + np.trace(B) - 2 * np.sqrt(w2.clip(0)).sum()


# right: an average that moves by a difference
def train_flow(params, batches, lr, decay):
    ema = [p.copy() for p in params]
    losses, state = [], None
    for batch in batches:
        noise, x, t, c = batch
        xt, target = flow_pair(noise, x, t)
        pred, cache = net_forward(params, xt, t, c)
        error = pred - target
        losses.append(np.mean(error**2))
        params, state = adam_step(params, net_backward(error * 2 / error.size, cache), state, lr)
        for i in range(len(ema)):
            ema[i] = ema[i] + (1 - decay) * (params[i] - ema[i])
    return params, ema, losses


# right: example by example
def mixture_score(x, means, var):
    score = np.zeros_like(x)
    for i, point in enumerate(x):
        d2 = ((point - means) ** 2).sum(1)
        p = np.exp(-(d2 - d2.min()) / (2 * var))
        p /= p.sum()
        score[i] = (p @ means - point) / var
    return score


# wrong: the log-variance is doubled
# named: gaussian_kl-1
def gaussian_kl(mu, logvar):
    std = np.exp(logvar)
    return 0.5 * np.sum(mu**2 + std**2 - 1 - logvar, axis=1)


# wrong: torch's mean of the components
# named: gaussian_kl-2
def gaussian_kl(mu, logvar):
    return -0.5 * np.mean(1 + logvar - mu**2 - np.exp(logvar), axis=1)


# wrong: one half is forgotten
# named: gaussian_kl-4
def gaussian_kl(mu, logvar):
    return np.sum(mu**2 + np.exp(logvar) - logvar - 1, axis=-1)


# wrong: the opposite sign
# named: gaussian_kl-6
def gaussian_kl(mu, logvar):
    return 0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar), axis=1)


# wrong: a single number
# named: `gaussian_kl` should return
def gaussian_kl(mu, logvar):
    return -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar))


# wrong: the variance as the standard deviation
# named: reparameterise-1
def reparameterise(mu, logvar, eps):
    std = np.exp(logvar)
    return mu + std * eps


# wrong: its own noise
def reparameterise(mu, logvar, eps):
    return mu + np.exp(0.5 * logvar) * np.random.default_rng(0).normal(size=mu.shape)


# wrong: the gradient of the standard deviation
# named: reparameterise_backward-4
def reparameterise_backward(g, logvar, eps):
    return g, g * eps


# wrong: the half is forgotten
# named: reparameterise_backward-1
def reparameterise_backward(g, logvar, eps):
    std = np.exp(logvar / 2)
    return g, g * eps * std


# wrong: the variance for the standard deviation
# named: reparameterise_backward-2
def reparameterise_backward(g, logvar, eps):
    return g, 0.5 * g * eps * np.exp(logvar)


# wrong: without the noise
# named: reparameterise_backward-3
def reparameterise_backward(g, logvar, eps):
    return g, g * np.exp(logvar / 2) / 2


# wrong: without the constant
# named: log_normal-1
def log_normal(x, mean, sigma):
    return (-((x - mean) ** 2) / (2 * sigma**2) - np.log(sigma)).sum(-1)


# wrong: sigma taken for a variance in the exponent
# named: log_normal-4
def log_normal(x, mean, sigma):
    D = x.shape[-1]
    quad = np.sum((x - mean) ** 2, axis=-1) / (2 * sigma)
    return -quad - D * np.log(sigma) - D / 2 * np.log(2 * np.pi)


# wrong: one normalising factor for all components
# named: log_normal-2
def log_normal(x, mean, sigma):
    D = x.shape[-1]
    quad = np.sum((x - mean) ** 2, axis=-1) / (2 * sigma**2)
    return -quad - np.log(sigma) - D / 2 * np.log(2 * np.pi)


# wrong: the KL divergence is added
# named: elbo-1
def elbo(x, encode, decode, eps):
    mu, logvar = encode(x)
    recon = log_normal(x, decode(reparameterise(mu, logvar, eps)), SIGMA)
    return recon + gaussian_kl(mu, logvar)


# wrong: the mean is decoded
# named: elbo-3
def elbo(x, encode, decode, eps):
    mu, logvar = encode(x)
    return log_normal(x, decode(mu), SIGMA) - gaussian_kl(mu, logvar)


# wrong: the negative bound, as a loss
# named: elbo-4
def elbo(x, encode, decode, eps):
    mu, logvar = encode(x)
    z = reparameterise(mu, logvar, eps)
    return gaussian_kl(mu, logvar) - log_normal(x, decode(z), SIGMA)


# wrong: as the name says it
# named: log_mean_exp-1
def log_mean_exp(a):
    return np.log(np.mean(np.exp(a), axis=0))


# wrong: log-sum-exp
# named: log_mean_exp-2
def log_mean_exp(a):
    m = a.max(0)
    return m + np.log(np.exp(a - m).sum(0))


# wrong: one maximum of all columns
# named: log_mean_exp-3
def log_mean_exp(a):
    m = np.max(a)
    return m + np.log(np.mean(np.exp(a - m), axis=0))


# wrong: the mean of the logarithms
# named: iwae-1
def iwae(x, encode, decode, eps):
    mu, logvar = encode(x)
    std = np.exp(0.5 * logvar)
    out = []
    for e in eps:
        z = mu + std * e
        q = log_normal(e, 0 * e, 1.0) - np.log(std).sum(1)
        out.append(log_normal(x, decode(z), SIGMA) + log_normal(z, 0 * z, 1.0) - q)
    return np.mean(np.array(out), axis=0)


# wrong: the mean of several ELBOs, with the closed form
# named: iwae-5
def iwae(x, encode, decode, eps):
    mu, logvar = encode(x)
    out = []
    for e in eps:
        z = reparameterise(mu, logvar, e)
        out.append(log_normal(x, decode(z), SIGMA) - gaussian_kl(mu, logvar))
    return log_mean_exp(np.stack(out))


# wrong: without the prior
# named: iwae-3
def iwae(x, encode, decode, eps):
    mu, logvar = encode(x)
    out = []
    for e in eps:
        z = reparameterise(mu, logvar, e)
        q = log_normal(e, 0 * e, 1.0) - 0.5 * logvar.sum(axis=1)
        out.append(log_normal(x, decode(z), SIGMA) - q)
    return log_mean_exp(np.stack(out))


# wrong: the density of eps under q
# named: iwae-2
def iwae(x, encode, decode, eps):
    mu, logvar = encode(x)
    out = []
    for e in eps:
        z = reparameterise(mu, logvar, e)
        w = log_normal(x, decode(z), SIGMA) + log_normal(z, 0 * z, 1.0) - log_normal(e, 0 * e, 1.0)
        out.append(w)
    return log_mean_exp(np.stack(out))


# wrong: f(t) / f(0), without a limit
# named: cosine_schedule-3
def cosine_schedule(T):
    t = np.arange(T + 1) / T
    f = np.cos((t + 0.008) / 1.008 * np.pi / 2) ** 2
    return f / f[0]


# wrong: the cosine itself
# named: cosine_schedule-2
def cosine_schedule(T):
    t = np.linspace(0, 1, T + 1)
    f = np.cos((t + 0.008) / 1.008 * np.pi / 2)
    alphas = np.clip(f[1:] / f[:-1], 0.001, None)
    return np.append(1.0, np.cumprod(alphas))


# wrong: without the 1 in front
# named: One too few
def cosine_schedule(T):
    f = np.cos((np.arange(T + 1) / T + 0.008) / 1.008 * np.pi / 2) ** 2
    return np.cumprod(np.maximum(f[1:] / f[:-1], 0.001))


# wrong: a variance for the noise
# named: q_sample-1
def q_sample(x0, t, eps, abar):
    ab = abar[t].reshape(-1, 1)
    return ab**0.5 * x0 + (1 - ab) * eps


# wrong: one level too early
# named: q_sample-3
def q_sample(x0, t, eps, abar):
    ab = abar[t - 1].reshape(-1, 1)
    return ab**0.5 * x0 + (1 - ab) ** 0.5 * eps


# wrong: the level along the components
def q_sample(x0, t, eps, abar):
    return np.sqrt(abar[t]) * x0 + np.sqrt(1 - abar[t]) * eps


# wrong: the level as a whole number
# named: ddpm_loss-1
def ddpm_loss(model, x0, t, eps, abar):
    pred = model(q_sample(x0, t, eps, abar), t)
    return np.mean((pred - eps) ** 2)


# wrong: divided by the length of the schedule
# named: ddpm_loss-6
def ddpm_loss(model, x0, t, eps, abar):
    pred = model(q_sample(x0, t, eps, abar), t / len(abar))
    return np.mean((pred - eps) ** 2)


# wrong: the clean example is the target
# named: ddpm_loss-2
def ddpm_loss(model, x0, t, eps, abar):
    T = len(abar) - 1
    return np.mean((model(q_sample(x0, t, eps, abar), t / T) - x0) ** 2)


# wrong: a standard deviation
# named: posterior-3
def posterior(x0, xt, t, abar):
    alpha, prev = abar[t] / abar[t - 1], abar[t - 1]
    c0 = np.sqrt(prev) * (1 - alpha) / (1 - abar[t])
    ct = np.sqrt(alpha) * (1 - prev) / (1 - abar[t])
    return c0 * x0 + ct * xt, np.sqrt((1 - alpha) * (1 - prev) / (1 - abar[t]))


# wrong: the variance of the forward step, the other choice of the paper
# named: posterior-6
def posterior(x0, xt, t, abar):
    alpha, prev = abar[t] / abar[t - 1], abar[t - 1]
    c0 = np.sqrt(prev) * (1 - alpha) / (1 - abar[t])
    ct = np.sqrt(alpha) * (1 - prev) / (1 - abar[t])
    return c0 * x0 + ct * xt, 1 - alpha


# wrong: no case for the first level
# named: posterior-4
def posterior(x0, xt, t, abar):
    alpha, prev = abar[t] / abar[t - 1], abar[t - 1]
    p1, p2 = alpha / (1 - alpha), 1 / (1 - prev)
    mean = (p1 * xt / np.sqrt(alpha) + p2 * np.sqrt(prev) * x0) / (p1 + p2)
    return mean, 1 / (p1 + p2)


# wrong: the noise of the forward step
# named: ddpm_step-1
def ddpm_step(xt, noise, t, abar, z):
    alpha = abar[t] / abar[t - 1]
    mean = (xt - (1 - alpha) / np.sqrt(1 - abar[t]) * noise) / np.sqrt(alpha)
    return mean + np.sqrt(1 - alpha) * z


# wrong: only the mean
# named: ddpm_step-4
def ddpm_step(xt, noise, t, abar, z):
    x0 = (xt - np.sqrt(1 - abar[t]) * noise) / np.sqrt(abar[t])
    return posterior(x0, xt, t, abar)[0]


# wrong: deterministic whatever eta is
# named: ddim_step-5
def ddim_step(xt, noise, t, s, abar, eta, z):
    x0 = (xt - np.sqrt(1 - abar[t]) * noise) / np.sqrt(abar[t])
    return np.sqrt(abar[s]) * x0 + np.sqrt(1 - abar[s]) * noise


# wrong: the predicted noise keeps its size
# named: ddim_step-1
def ddim_step(xt, noise, t, s, abar, eta, z):
    x0 = (xt - np.sqrt(1 - abar[t]) * noise) / np.sqrt(abar[t])
    var = eta**2 * (1 - abar[s]) / (1 - abar[t]) * max(0, 1 - abar[t] / abar[s])
    return np.sqrt(abar[s]) * x0 + np.sqrt(1 - abar[s]) * noise + np.sqrt(var) * z


# wrong: eta times the variance
# named: ddim_step-6
def ddim_step(xt, noise, t, s, abar, eta, z):
    x0 = (xt - np.sqrt(1 - abar[t]) * noise) / np.sqrt(abar[t])
    var = eta * (1 - abar[s]) / (1 - abar[t]) * max(0, 1 - abar[t] / abar[s])
    return np.sqrt(abar[s]) * x0 + np.sqrt(1 - abar[s] - var) * noise + np.sqrt(var) * z


# wrong: time from data to noise, as in diffusion
# named: flow_pair-3
def flow_pair(noise, data, t):
    t = t[:, None]
    return (1 - t) * data + t * noise, noise - data


# wrong: only the velocity the wrong way
# named: flow_pair-1
def flow_pair(noise, data, t):
    t = t[:, None]
    return (1 - t) * noise + t * data, noise - data


# wrong: the end of each step
# named: euler-2
def euler(v, x, steps):
    for i in range(1, steps + 1):
        x = x + v(x, np.full(len(x), i / steps)) * (1 / steps)
    return x


# wrong: changes x in place
# named: `euler` changes its argument
def euler(v, x, steps):
    for i in range(steps):
        x += v(x, np.full(len(x), i / steps)) / steps
    return x


# wrong: times that reach 1 one step early
# named: euler-4
def euler(v, x, steps):
    for t in np.linspace(0, 1, steps):
        x = x + v(x, np.full(len(x), t)) / steps
    return x


# wrong: the midpoint method
# named: heun-4
def heun(v, x, steps):
    h = 1 / steps
    for i in range(steps):
        k1 = v(x, np.full(len(x), i * h))
        x = x + h * v(x + 0.5 * h * k1, np.full(len(x), (i + 0.5) * h))
    return x


# wrong: the same time twice
# named: heun-3
def heun(v, x, steps):
    h = 1 / steps
    for i in range(steps):
        t = np.full(len(x), i * h)
        k1 = v(x, t)
        k2 = v(x + h * k1, t)
        x = x + h * (k1 + k2) / 2
    return x


# wrong: kept with probability p
# named: drop_labels-1
def drop_labels(c, u, p):
    return np.where(u >= p, -1, c)


# wrong: 0 for no label
# named: drop_labels-2
def drop_labels(c, u, p):
    return c * (u >= p)


# wrong: changes the labels in place
# named: `drop_labels` changes its argument
def drop_labels(c, u, p):
    c[u < p] = -1
    return c


# wrong: the convention of the libraries
# named: guided-1
def guided(model, x, t, c, w):
    cond, uncond = model(x, t, c), model(x, t, np.full(len(x), -1))
    return uncond + w * (cond - uncond)


# wrong: class 0 for no label
# named: guided-4
def guided(model, x, t, c, w):
    cond, uncond = model(x, t, c), model(x, t, np.zeros_like(c))
    return (1 + w) * cond - w * uncond


# wrong: the norm is not squared
# named: frechet-5
def frechet(a, b):
    A, B = np.cov(a.T), np.cov(b.T)
    lam = np.linalg.eigvals(A @ B).real
    gap = np.linalg.norm(a.mean(0) - b.mean(0))
    return gap + np.trace(A) + np.trace(B) - 2 * np.sqrt(lam.clip(0)).sum()


# wrong: the variances alone
# named: frechet-3
def frechet(a, b):
    s1, s2 = a.std(0, ddof=1), b.std(0, ddof=1)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + ((s1 - s2) ** 2).sum()


# wrong: divided by the number of rows
# named: frechet-4
def frechet(a, b):
    ca, cb = a - a.mean(0), b - b.mean(0)
    A, B = ca.T @ ca / len(a), cb.T @ cb / len(b)
    lam = np.linalg.eigvals(A @ B).real
    gap = ((a.mean(0) - b.mean(0)) ** 2).sum()
    return gap + np.trace(A) + np.trace(B) - 2 * np.sqrt(lam.clip(0)).sum()


# wrong: the square root of a negative rounding error
# named: frechet-7
def frechet(a, b):
    A, B = np.cov(a.T), np.cov(b.T)
    w, V = np.linalg.eigh(A)
    R = V @ np.diag(np.sqrt(w)) @ V.T
    mixed = np.sqrt(np.linalg.eigvalsh(R @ B @ R)).sum()
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A) + np.trace(B) - 2 * mixed


# wrong: a sum over the components in the gradient
# named: train_flow-1
def train_flow(params, batches, lr, decay):
    ema, state, losses = [p.copy() for p in params], None, []
    for noise, x, t, c in batches:
        xt, v = flow_pair(noise, x, t)
        out, cache = net_forward(params, xt, t, c)
        losses.append(np.mean((out - v) ** 2))
        grads = net_backward(2 * (out - v) / len(x), cache)
        params, state = adam_step(params, grads, state, lr)
        ema = [decay * e + (1 - decay) * p for e, p in zip(ema, params)]
    return params, ema, losses


# wrong: Adam begins afresh in every step
# named: train_flow-5
def train_flow(params, batches, lr, decay):
    ema, losses = [p.copy() for p in params], []
    for noise, x, t, c in batches:
        state = None
        xt, v = flow_pair(noise, x, t)
        out, cache = net_forward(params, xt, t, c)
        losses.append(np.mean((out - v) ** 2))
        params, state = adam_step(params, net_backward(2 * (out - v) / v.size, cache), state, lr)
        ema = [decay * e + (1 - decay) * p for e, p in zip(ema, params)]
    return params, ema, losses


# wrong: the average of the weights before the step
# named: train_flow-8
def train_flow(params, batches, lr, decay):
    ema, state, losses = [p.copy() for p in params], None, []
    for noise, x, t, c in batches:
        ema = [decay * e + (1 - decay) * p for e, p in zip(ema, params)]
        xt, v = flow_pair(noise, x, t)
        out, cache = net_forward(params, xt, t, c)
        losses.append(np.mean((out - v) ** 2))
        params, state = adam_step(params, net_backward(2 * (out - v) / v.size, cache), state, lr)
    return params, ema, losses


# wrong: the labels are forgotten
# named: train_flow-6
def train_flow(params, batches, lr, decay):
    ema, state, losses = [p.copy() for p in params], None, []
    for noise, x, t, _ in batches:
        xt, v = flow_pair(noise, x, t)
        out, cache = net_forward(params, xt, t)
        losses.append(np.mean((out - v) ** 2))
        params, state = adam_step(params, net_backward(2 * (out - v) / v.size, cache), state, lr)
        ema = [decay * e + (1 - decay) * p for e, p in zip(ema, params)]
    return params, ema, losses


# wrong: away from the means
# named: mixture_score-1
def mixture_score(x, means, var):
    diff = x[:, None, :] - means[None]
    logits = -(diff**2).sum(-1) / (2 * var)
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return (p[..., None] * diff).sum(1) / var


# wrong: densities without the largest logit subtracted
# named: mixture_score-3
def mixture_score(x, means, var):
    diff = means[None] - x[:, None, :]
    p = np.exp(-(diff**2).sum(-1) / (2 * var))
    return (p[..., None] * diff).sum(1) / p.sum(1, keepdims=True) / var


# wrong: the variance is left out of the weights
# named: mixture_score-4
def mixture_score(x, means, var):
    diff = means[None] - x[:, None, :]
    logits = -(diff**2).sum(-1) / 2
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return (p[..., None] * diff).sum(1) / var


# wrong: the nearest mean only
# named: mixture_score-6
def mixture_score(x, means, var):
    diff = means[None] - x[:, None, :]
    nearest = (diff**2).sum(-1).argmin(1)
    return diff[np.arange(len(x)), nearest] / var
