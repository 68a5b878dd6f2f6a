# right: the states one after the other
def gain(world, old, new, gamma):
    _, advantage, _ = evaluate(world, old, gamma)
    _, _, visits = evaluate(world, new, gamma)
    total = 0.0
    for s in range(len(visits)):
        total += visits[s] * np.dot(new[s], advantage[s])
    return float(total)


# right: the difference of two returns, which is what the lemma says
def gain(world, old, new, gamma):
    return evaluate(world, new, gamma)[0] - evaluate(world, old, gamma)[0]


# right: as a mean over actions of the old policy, weighted by ratios
def promised_gain(world, old, new, gamma):
    _, advantage, visits = evaluate(world, old, gamma)
    ratio = new / old
    return float((visits[:, None] * old * ratio * advantage).sum())


# right: einsum
def promised_gain(world, old, new, gamma):
    _, A, d = evaluate(world, old, gamma)
    return float(np.einsum("s,sa,sa->", d, new - old, A))


# right: a mask
def kl(p, q):
    out = np.zeros(len(p))
    for i in range(len(p)):
        used = p[i] > 0
        out[i] = np.sum(p[i][used] * (np.log(p[i][used]) - np.log(q[i][used])))
    return out


# right: log p where p is positive, by np.log(..., where=...)
def kl(p, q):
    log_p = np.log(p, out=np.zeros(p.shape), where=p > 0)
    return np.sum(p * (log_p - np.log(q)), axis=-1)


# right: half of the 1-norm by a loop
def least_gain(world, old, new, gamma):
    _, A, _ = evaluate(world, old, gamma)
    alpha = max(0.5 * np.sum(np.abs(new[s] - old[s])) for s in range(len(old)))
    C = 4 * np.max(np.abs(A)) * gamma / (1 - gamma) ** 2
    return float(promised_gain(world, old, new, gamma) - C * alpha**2)


# right: with the matrix of each state
def fisher_product(x, pi, weight, direction):
    out = np.zeros(direction.shape)
    for s in range(len(x)):
        F = np.diag(pi[s]) - np.outer(pi[s], pi[s])
        out += weight[s] * np.outer(x[s], F @ (x[s] @ direction))
    return out


# right: as in the appendix of many implementations, with rdotr
def conjugate_gradient(product, b, steps=50, tol=1e-20):
    x = np.zeros_like(b, dtype=float)
    r, p = b.copy().astype(float), b.copy().astype(float)
    rdotr = np.sum(r * r)
    for i in range(steps):
        if rdotr <= tol:
            break
        z = product(p)
        alpha = rdotr / np.sum(p * z)
        x = x + alpha * p
        r = r - alpha * z
        new_rdotr = np.sum(r * r)
        p = r + (new_rdotr / rdotr) * p
        rdotr = new_rdotr
    return x


# right: the length by bisection
def trpo_step(world, x, theta, gamma, max_kl):
    pi = softmax(x @ theta)
    _, A, visits = evaluate(world, pi, gamma)
    w = visits / visits.sum()
    g = x.T @ (w[:, None] * pi * A)
    n = conjugate_gradient(lambda v: fisher_product(x, pi, w, v), g, steps=60)
    low, high = 0.0, 1.0
    while w @ kl(pi, softmax(x @ (theta + high * n))) < max_kl:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        if w @ kl(pi, softmax(x @ (theta + middle * n))) < max_kl:
            low = middle
        else:
            high = middle
    return theta + low * n


# right: unnormalised visits, and a length that shrinks in small steps until it fits
def trpo_step(world, x, theta, gamma, max_kl):
    pi = softmax(x @ theta)
    _, A, d = evaluate(world, pi, gamma)
    g = x.T @ (d[:, None] * pi * A)
    n = conjugate_gradient(lambda v: fisher_product(x, pi, d, v), g)
    limit, length = max_kl * d.sum(), np.sqrt(2 * max_kl * d.sum() / np.sum(n * g))
    while d @ kl(pi, softmax(x @ (theta + length * n))) < limit:
        length *= 1.5
    while d @ kl(pi, softmax(x @ (theta + length * n))) > limit:
        length *= 0.999
    return theta + length * n


# right: the cases spelled out
def clipped_surrogate(ratio, advantage, clip_range):
    obj, g = np.zeros(len(ratio)), np.zeros(len(ratio))
    for i, (r, a) in enumerate(zip(ratio, advantage)):
        if a > 0 and r > 1 + clip_range:
            obj[i] = (1 + clip_range) * a
        elif a < 0 and r < 1 - clip_range:
            obj[i] = (1 - clip_range) * a
        else:
            obj[i], g[i] = r * a, a
    return obj, g


# right: the form of Spinning Up, with g(eps, A)
def clipped_surrogate(ratio, advantage, clip_range):
    bound = np.where(advantage >= 0, (1 + clip_range) * advantage, (1 - clip_range) * advantage)
    free = ratio * advantage
    return np.minimum(free, bound), np.where(free < bound, advantage, 0.0)


# right: by trying the function
def six_cases():
    found = []
    for A in (1.0, -1.0):
        _, g = clipped_surrogate(np.array([0.5, 1.0, 1.5]), np.full(3, A), 0.2)
        found.append(g != 0)
    return np.array(found)


# right: nearly all of the rare one goes to the others in proportion
def far_within(old, clip_range, distance):
    i = int(np.argmin(old))
    tiny = old[i] * np.exp(-2 * (distance + 1) / old[i])
    new = old * (1 - tiny) / (1 - old[i])
    new[i] = tiny
    return new


# right: with the ratio
def kl_estimates(log_ratio):
    r = np.exp(log_ratio)
    return -np.log(r), 0.5 * np.square(np.log(r)), (r - 1) - np.log(r)


# right: E of squares minus square of E
def bias_and_std(old, new):
    truth = np.sum(old * (np.log(old) - np.log(new)))
    bias, std = [], []
    for k in kl_estimates(np.log(new) - np.log(old)):
        m = np.sum(old * k)
        bias.append(m - truth)
        std.append(np.sqrt(np.sum(old * k**2) - m**2))
    return np.array(bias), np.array(std)


# right: shuffled in place, as in CleanRL
def minibatches(count, n_epochs, size, rng):
    inds, out = np.arange(count), []
    for _ in range(n_epochs):
        rng.shuffle(inds)
        for start in range(0, count, size):
            out.append(inds[start : start + size].copy())
    return out


# right: the gradient through log-softmax written out
def ppo_loss(logits, value, batch, clip_range=0.2, vf_coef=0.5, ent_coef=0.0):
    n, a, adv = len(logits), batch["action"], batch["advantage"]
    z = logits - logits.max(1, keepdims=True)
    logp_all = z - np.log(np.exp(z).sum(1, keepdims=True))
    p = np.exp(logp_all)
    rho = np.exp(logp_all[np.arange(n), a] - batch["log_prob"])
    free = rho * adv
    cut = np.clip(rho, 1 - clip_range, 1 + clip_range) * adv
    H = -(p * logp_all).sum(1)
    err = batch["returns"] - value
    loss = -np.minimum(free, cut).mean() + vf_coef * (err**2).mean() - ent_coef * H.mean()
    w = np.where(free <= cut, free, 0.0)
    onehot = np.eye(logits.shape[1])[a]
    gl = -w[:, None] * (onehot - p) + ent_coef * p * (logp_all + H[:, None])
    return float(loss), gl / n, -2 * vf_coef * err / n


# right: one loop over the columns
def prepare(rollout, net, gamma=0.99, gae_lambda=0.95):
    T, N, D = rollout["observation"].shape
    obs = rollout["observation"].reshape(T * N, D)
    v = forward(net["critic"], obs)[0].reshape(T, N)
    v2 = forward(net["critic"], rollout["after"].reshape(T * N, D))[0].reshape(T, N)
    adv = gae(
        rollout["reward"], rollout["terminated"], rollout["truncated"], v, v2, gamma, gae_lambda
    )
    logits, _ = forward(net["actor"], obs)
    act = rollout["action"].reshape(-1)
    return dict(
        observation=obs,
        action=act,
        log_prob=log_prob(logits, act),
        advantage=adv.reshape(-1),
        returns=adv.reshape(-1) + v.reshape(-1),
        value=v.reshape(-1),
    )


# right: sums instead of one concatenation
def learn(net, optimiser, batch, rng, n_epochs=10, size=256, max_grad_norm=0.5, **coefficients):
    eps, kls, outside, n = coefficients.get("clip_range", 0.2), 0.0, 0, 0
    for index in minibatches(len(batch["returns"]), n_epochs, size, rng):
        mb = {k: v[index] for k, v in batch.items()}
        mb["advantage"] = normalise(mb["advantage"])
        z, cache_a = forward(net["actor"], mb["observation"])
        v, cache_c = forward(net["critic"], mb["observation"])
        logr = log_prob(z, mb["action"]) - mb["log_prob"]
        kls += np.sum(np.exp(logr) - 1 - logr)
        outside += np.sum((np.exp(logr) > 1 + eps) | (np.exp(logr) < 1 - eps))
        n += len(index)
        loss, gz, gv = ppo_loss(z, v.ravel(), mb, **coefficients)
        grads = backward(net["actor"], cache_a, gz) + backward(
            net["critic"], cache_c, gv.reshape(-1, 1)
        )
        grads, norm = clip_global_norm(grads, max_grad_norm)
        optimiser.step(grads)
    return dict(
        approx_kl=float(kls / n),
        clip_fraction=float(outside / n),
        explained_variance=explained_variance(batch["value"], batch["returns"]),
    )


# right: the rate as in CleanRL, with frac
def train(world, net, rng, steps, T=32, lr=0.003, gamma=0.99, gae_lambda=0.95, **settings):
    opt, out = Adam([*net["actor"], *net["critic"]], lr=lr, eps=1e-5), []
    num_updates = max(1, steps // (T * world.state.shape[0]))
    for update in range(1, num_updates + 1):
        frac = 1.0 - (update - 1.0) / num_updates
        opt.lr = frac * lr
        rollout = collect(world, net, T, rng)
        out.append(learn(net, opt, prepare(rollout, net, gamma, gae_lambda), rng, **settings))
    return out


# right: softplus from log1p for both signs
def tanh_log_prob(u, mu, log_std):
    softplus = np.maximum(-2 * u, 0) + np.log1p(np.exp(-np.abs(2 * u)))
    return gaussian_log_prob(mu, log_std, u) - 2 * np.sum(np.log(2) - u - softplus, axis=1)


# right: with |u|, since the derivative is even
def tanh_log_prob(u, mu, log_std):
    a = np.abs(u)
    log_slope = np.log(4) - 2 * a - 2 * np.log1p(np.exp(-2 * a))
    return gaussian_log_prob(mu, log_std, u) - log_slope.sum(axis=-1)


# right: as RunningMeanStd of Stable-Baselines3, with variances inside
class Normaliser:
    def __init__(self, D):
        self.count, self.mean, self.squares = 0, np.zeros(D), np.zeros(D)

    def update(self, rows):
        m, v, n = np.mean(rows, axis=0), np.var(rows, axis=0), rows.shape[0]
        delta, tot = m - self.mean, self.count + n
        M2 = self.squares + v * n + np.square(delta) * self.count * n / tot
        self.mean, self.squares, self.count = self.mean + delta * n / tot, M2, tot

    def __call__(self, rows):
        std = np.sqrt(self.squares / self.count)
        out = np.zeros(rows.shape)
        used = std >= 1e-8
        out[:, used] = (rows[:, used] - self.mean[used]) / std[used]
        return np.clip(out, -10, 10)

    def state(self):
        return dict(count=self.count, mean=self.mean.copy(), squares=self.squares.copy())

    def load(self, state):
        for name, value in state.items():
            setattr(self, name, np.copy(value) if name != "count" else value)


# right: Welford, row by row
class Normaliser(Normaliser):
    def update(self, rows):
        for row in rows:
            self.count += 1
            delta = row - self.mean
            self.mean = self.mean + delta / self.count
            self.squares = self.squares + delta * (row - self.mean)


# wrong: visits of the old policy
# named: gain-1
def gain(world, old, new, gamma):
    _, A, d = evaluate(world, old, gamma)
    return float(np.sum(d[:, None] * new * A))


# wrong: the new policy's own advantages
# named: gain-2
def gain(world, old, new, gamma):
    _, A, d = evaluate(world, new, gamma)
    return float(np.sum(d[:, None] * new * A))


# wrong: a distribution instead of visits
# named: gain-4
def gain(world, old, new, gamma):
    A, d = evaluate(world, old, gamma)[1], evaluate(world, new, gamma)[2]
    return float((1 - gamma) * d @ (new * A).sum(1))


# wrong: the choices of the old policy
# named: promised_gain-1
def promised_gain(world, old, new, gamma):
    _, A, d = evaluate(world, old, gamma)
    return float(d @ np.sum(old * A, axis=1))


# wrong: L as the paper writes it, with J
# named: promised_gain-4
def promised_gain(world, old, new, gamma):
    eta, A, d = evaluate(world, old, gamma)
    return eta + float(np.sum(d * np.sum(new * A, axis=1)))


# wrong: 0 log 0
# named: kl-1
def kl(p, q):
    with np.errstate(all="ignore"):
        return np.sum(p * (np.log(p) - np.log(q)), axis=1)


# wrong: the other direction
# named: kl-7
def kl(p, q):
    return np.sum(q * np.log(q / np.where(p == 0, 1, p)), axis=1)


# wrong: cross-entropy's sign
# named: kl-3
def kl(p, q):
    return np.sum(p * np.log(q / np.where(p == 0, 1, p)), axis=1)


# wrong: one number for all states
# named: kl-5
def kl(p, q):
    return np.sum(p * np.log(np.where(p == 0, 1, p) / q))


# wrong: the whole 1-norm
# named: least_gain-1
def least_gain(world, old, new, gamma):
    m = np.abs(evaluate(world, old, gamma)[1]).max()
    alpha = np.linalg.norm(new - old, ord=1, axis=1).max()
    return float(
        promised_gain(world, old, new, gamma) - 4 * m * gamma / (1 - gamma) ** 2 * alpha**2
    )


# wrong: the mean distance
# named: least_gain-2
def least_gain(world, old, new, gamma):
    m = np.abs(evaluate(world, old, gamma)[1]).max()
    alpha = (np.abs(new - old).sum(1) / 2).mean()
    return float(
        promised_gain(world, old, new, gamma) - 4 * m * gamma / (1 - gamma) ** 2 * alpha**2
    )


# wrong: not centred
# named: fisher_product-1
def fisher_product(x, pi, weight, direction):
    return x.T @ (weight[:, None] * pi * (x @ direction))


# wrong: a mean over the states
# named: fisher_product-6
def fisher_product(x, pi, weight, direction):
    c = x @ direction
    c = c - np.sum(pi * c, axis=1)[:, None]
    return np.einsum("sd,sa->da", x, weight[:, None] * pi * c) / x.shape[0]


# wrong: steepest descent
# named: conjugate_gradient-1
def conjugate_gradient(product, b, steps=50, tol=1e-20):
    x, r = np.zeros(b.shape), b.astype(float)
    for _ in range(steps):
        if (r * r).sum() <= tol:
            break
        z = product(r)
        alpha = (r * r).sum() / (r * z).sum()
        x, r = x + alpha * r, r - alpha * z
    return x


# wrong: beta upside down
# named: conjugate_gradient-2
def conjugate_gradient(product, b, steps=50, tol=1e-20):
    x, r, p = np.zeros(b.shape), b.astype(float), b.astype(float)
    for _ in range(steps):
        rr = (r * r).sum()
        if rr <= tol:
            break
        z = product(p)
        alpha = rr / (p * z).sum()
        x, r = x + alpha * p, r - alpha * z
        p = r + rr / (r * r).sum() * p
    return x


# wrong: no correction of the length
# named: trpo_step-1
def trpo_step(world, x, theta, gamma, max_kl):
    pi = softmax(x @ theta)
    _, A, d = evaluate(world, pi, gamma)
    w = d / d.sum()
    g = x.T @ (w[:, None] * pi * A)
    n = conjugate_gradient(lambda v: fisher_product(x, pi, w, v), g)
    return theta + np.sqrt(2 * max_kl / (g * n).sum()) * n


# wrong: halved until it fits, as in the paper, so that the limit is not reached
def trpo_step(world, x, theta, gamma, max_kl):
    pi = softmax(x @ theta)
    _, A, d = evaluate(world, pi, gamma)
    w = d / d.sum()
    g = x.T @ (w[:, None] * pi * A)
    n = conjugate_gradient(lambda v: fisher_product(x, pi, w, v), g)
    step = 1.1 * np.sqrt(2 * max_kl / (g * n).sum()) * n
    while w @ kl(pi, softmax(x @ (theta + step))) > max_kl:
        step = step / 2
    return theta + step


# wrong: the maximum, as CleanRL has it for the loss
# named: clipped_surrogate-1
def clipped_surrogate(ratio, advantage, clip_range):
    a, b = ratio * advantage, np.clip(ratio, 1 - clip_range, 1 + clip_range) * advantage
    return np.maximum(a, b), np.where(a <= b, advantage, 0.0)


# wrong: no minimum
# named: clipped_surrogate-2
def clipped_surrogate(ratio, advantage, clip_range):
    a, b = ratio * advantage, np.clip(ratio, 1 - clip_range, 1 + clip_range) * advantage
    return b, np.where(a <= b, advantage, 0.0)


# wrong: the gradient stops on both sides
# named: clipped_surrogate-3
def clipped_surrogate(ratio, advantage, clip_range):
    a, b = ratio * advantage, np.clip(ratio, 1 - clip_range, 1 + clip_range) * advantage
    within = (ratio > 1 - clip_range) & (ratio < 1 + clip_range)
    return np.minimum(a, b), within * advantage


# wrong: only inside
# named: six_cases-1
def six_cases():
    return np.array([[False, True, False]] * 2)


# wrong: below is never clipped
# named: six_cases-2
def six_cases():
    return np.array([[True, True, False], [True, True, False]])


# wrong: nothing is far
# named: far_within-1
def far_within(old, clip_range, distance):
    new = old.copy()
    i = old.argmin()
    new[i] *= 1 - clip_range
    new /= new.sum()
    return new


# wrong: not a distribution
# named: far_within-3
def far_within(old, clip_range, distance):
    new = old.copy()
    new[old.argmin()] = 1e-300
    return new


# wrong: the sign of k1
# named: kl_estimates-1
def kl_estimates(log_ratio):
    return log_ratio, log_ratio**2 / 2, np.exp(log_ratio) - 1 - log_ratio


# wrong: a square without its half
# named: kl_estimates-2
def kl_estimates(log_ratio):
    return -log_ratio, log_ratio**2, np.exp(log_ratio) - 1 - log_ratio


# wrong: means
# named: kl_estimates-6
def kl_estimates(log_ratio):
    r = np.exp(log_ratio)
    return np.mean(-log_ratio), np.mean(log_ratio**2 / 2), np.mean(r - 1 - log_ratio)


# wrong: the variance
# named: bias_and_std-5
def bias_and_std(old, new):
    k = np.array(kl_estimates(np.log(new / old)))
    mean = (k * old).sum(1)
    truth = (old * np.log(old / new)).sum()
    return mean - truth, (k**2 * old).sum(1) - mean**2


# wrong: one permutation for all epochs
# named: minibatches-1
def minibatches(count, n_epochs, size, rng):
    order = rng.permutation(count)
    return [order[i : i + size] for i in range(0, count, size)] * n_epochs


# wrong: the last ones are dropped
# named: minibatches-4
def minibatches(count, n_epochs, size, rng):
    out = []
    for _ in range(n_epochs):
        p = rng.permutation(count)
        for k in range(count // size):
            out.append(p[k * size : (k + 1) * size])
    return out


# wrong: drawn with replacement
# named: minibatches-3
def minibatches(count, n_epochs, size, rng):
    out = []
    for _ in range(n_epochs):
        rows = rng.choice(count, count)
        out += [rows[i : i + size] for i in range(0, count, size)]
    return out


# wrong: the ratio of old to new
# named: ppo_loss-1
def ppo_loss(logits, value, batch, clip_range=0.2, vf_coef=0.5, ent_coef=0.0):
    n, a = len(value), batch["action"]
    rho = np.exp(batch["log_prob"] - log_prob(logits, a))
    obj, g = clipped_surrogate(rho, batch["advantage"], clip_range)
    H, gH = entropy(logits)
    e = value - batch["returns"]
    gl = -((g * rho)[:, None] * score(logits, a) + ent_coef * gH) / n
    return float((-obj + vf_coef * e**2 - ent_coef * H).mean()), gl, 2 * vf_coef * e / n


# wrong: the gradient of log pi in place of that of the ratio
# named: ppo_loss-3
def ppo_loss(logits, value, batch, clip_range=0.2, vf_coef=0.5, ent_coef=0.0):
    n, a = len(value), batch["action"]
    rho = np.exp(log_prob(logits, a) - batch["log_prob"])
    obj, g = clipped_surrogate(rho, batch["advantage"], clip_range)
    H, gH = entropy(logits)
    e = value - batch["returns"]
    gl = -(g[:, None] * score(logits, a) + ent_coef * gH) / n
    return float((-obj + vf_coef * e**2 - ent_coef * H).mean()), gl, 2 * vf_coef * e / n


# wrong: a half in the gradient of the critic, as in CleanRL
# named: ppo_loss-7
def ppo_loss(logits, value, batch, clip_range=0.2, vf_coef=0.5, ent_coef=0.0):
    n, a = len(value), batch["action"]
    rho = np.exp(log_prob(logits, a) - batch["log_prob"])
    obj, g = clipped_surrogate(rho, batch["advantage"], clip_range)
    H, gH = entropy(logits)
    e = value - batch["returns"]
    gl = -((g * rho)[:, None] * score(logits, a) + ent_coef * gH) / n
    return float((-obj + vf_coef * e**2 - ent_coef * H).mean()), gl, vf_coef * e / n


# wrong: returns of normalised advantages
# named: prepare-1
def prepare(rollout, net, gamma=0.99, gae_lambda=0.95):
    v, v2 = values(net, rollout["observation"]), values(net, rollout["after"])
    adv = gae(
        rollout["reward"], rollout["terminated"], rollout["truncated"], v, v2, gamma, gae_lambda
    )
    obs, act = rollout["observation"].reshape(v.size, -1), rollout["action"].ravel()
    lp = log_prob(forward(net["actor"], obs)[0], act)
    returns = ((adv - adv.mean()) / adv.std() + v).ravel()
    return dict(
        observation=obs,
        action=act,
        log_prob=lp,
        advantage=adv.ravel(),
        returns=returns,
        value=v.ravel(),
    )


# wrong: done for terminated
# named: prepare-6
def prepare(rollout, net, gamma=0.99, gae_lambda=0.95):
    v, v2 = values(net, rollout["observation"]), values(net, rollout["after"])
    done = rollout["terminated"] | rollout["truncated"]
    adv = gae(rollout["reward"], done, done, v, v2, gamma, gae_lambda)
    obs, act = rollout["observation"].reshape(v.size, -1), rollout["action"].ravel()
    lp = log_prob(forward(net["actor"], obs)[0], act)
    return dict(
        observation=obs,
        action=act,
        log_prob=lp,
        advantage=adv.ravel(),
        returns=(adv + v).ravel(),
        value=v.ravel(),
    )


# wrong: not normalised
# named: learn-1
def learn(net, optimiser, batch, rng, n_epochs=10, size=256, max_grad_norm=0.5, **coefficients):
    seen = []
    for rows in minibatches(len(batch["action"]), n_epochs, size, rng):
        mb = {k: v[rows] for k, v in batch.items()}
        z, a = forward(net["actor"], mb["observation"])
        v, c = forward(net["critic"], mb["observation"])
        _, gz, gv = ppo_loss(z, v[:, 0], mb, **coefficients)
        grads = backward(net["actor"], a, gz) + backward(net["critic"], c, gv[:, None])
        optimiser.step(clip_global_norm(grads, max_grad_norm)[0])
        seen.append(log_prob(z, mb["action"]) - mb["log_prob"])
    r = np.concatenate(seen)
    return dict(
        approx_kl=float(kl_estimates(r)[2].mean()),
        clip_fraction=float(np.mean(np.abs(np.exp(r) - 1) > coefficients.get("clip_range", 0.2))),
        explained_variance=explained_variance(batch["value"], batch["returns"]),
    )


# wrong: the rate falls from the second round on to 0 in the last
# named: train-2
def train(world, net, rng, steps, T=32, lr=0.003, gamma=0.99, gae_lambda=0.95, **settings):
    opt, logs = Adam(net["actor"] + net["critic"], lr, eps=1e-5), []
    n = max(steps // (T * len(world.state)), 1)
    for i in range(1, n + 1):
        opt.lr = lr * (1 - i / n)
        batch = prepare(collect(world, net, T, rng), net, gamma, gae_lambda)
        logs.append(learn(net, opt, batch, rng, **settings))
    return logs


# wrong: no annealing
# named: train-1
def train(world, net, rng, steps, T=32, lr=0.003, gamma=0.99, gae_lambda=0.95, **settings):
    opt = Adam(net["actor"] + net["critic"], lr, eps=1e-5)
    n = max(steps // (T * len(world.state)), 1)
    return [
        learn(
            net, opt, prepare(collect(world, net, T, rng), net, gamma, gae_lambda), rng, **settings
        )
        for _ in range(n)
    ]


# wrong: the correction is added
# named: tanh_log_prob-1
def tanh_log_prob(u, mu, log_std):
    s = 2 * (np.log(2) - u - np.logaddexp(0, -2 * u))
    return gaussian_log_prob(mu, log_std, u) + s.sum(1)


# wrong: 1e-6, as in many implementations of SAC
# named: tanh_log_prob-3
def tanh_log_prob(u, mu, log_std):
    a = np.tanh(u)
    return gaussian_log_prob(mu, log_std, u) - np.log(1 - a**2 + 1e-6).sum(axis=1)


# wrong: the square of tanh directly
# named: tanh_log_prob-2
def tanh_log_prob(u, mu, log_std):
    with np.errstate(all="ignore"):
        return gaussian_log_prob(mu, log_std, u) - np.sum(np.log(1 - np.tanh(u) ** 2), axis=1)


# wrong: within the batches only
# named: Normaliser.update-1
class Normaliser(Normaliser):
    def update(self, rows):
        n = len(rows)
        self.squares = self.squares + n * rows.var(axis=0)
        self.mean = (self.count * self.mean + n * rows.mean(axis=0)) / (self.count + n)
        self.count += n


# wrong: the usual eps
# named: Normaliser.__call__-3
class Normaliser(Normaliser):
    def __call__(self, rows):
        return np.clip((rows - self.mean) / np.sqrt(self.squares / self.count + 1e-8), -10, 10)


# wrong: no copies
class Normaliser(Normaliser):
    def load(self, state):
        self.count, self.mean, self.squares = 1, state["mean"], state["squares"]
