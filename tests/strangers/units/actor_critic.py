# right: where instead of a factor
def td_error(r, terminated, value, next_value, gamma):
    target = np.where(terminated, r, r + gamma * next_value)
    return target - value


# right: a mask of floats, as in Stable-Baselines3
def td_error(r, terminated, value, next_value, gamma):
    next_non_terminal = 1.0 - terminated.astype(np.float64)
    return r + gamma * next_value * next_non_terminal - value


# right: by sweeps until nothing changes
def true_advantage(P, R, pi, gamma):
    v = np.zeros(len(R))
    for _ in range(2000):
        v = (pi * (R + gamma * P @ v)).sum(axis=1)
    q = R + gamma * np.einsum("sat,t->sa", P, v)
    return v, q - np.sum(pi * q, axis=1, keepdims=True)


# right: the inverse of the matrix
def true_advantage(P, R, pi, gamma):
    S, A = R.shape
    P_pi, r_pi = np.zeros((S, S)), np.zeros(S)
    for a in range(A):
        P_pi += pi[:, a, None] * P[:, a]
        r_pi += pi[:, a] * R[:, a]
    v = np.linalg.inv(np.eye(S) - gamma * P_pi) @ r_pi
    return v, R + gamma * (P @ v) - v.reshape(-1, 1)


# right: a sum of TD errors for each step
def n_step_advantage(r, terminated, truncated, value, next_value, gamma, n):
    delta = td_error(r, terminated, value, next_value, gamma)
    T, N = r.shape
    out = np.zeros((T, N))
    for t in range(T):
        for j in range(N):
            for k in range(n):
                if t + k == T:
                    break
                out[t, j] += gamma**k * delta[t + k, j]
                if terminated[t + k, j] or truncated[t + k, j]:
                    break
    return out


# right: rewards one by one, and the critic at the end
def n_step_advantage(r, terminated, truncated, value, next_value, gamma, n):
    out = np.empty(r.shape)
    T, N = r.shape
    for j in range(N):
        for t in range(T):
            G, discount = 0.0, 1.0
            for k in range(t, min(t + n, T)):
                G += discount * r[k, j]
                discount *= gamma
                if terminated[k, j]:
                    discount = 0.0
                if terminated[k, j] or truncated[k, j]:
                    break
            out[t, j] = G + discount * next_value[k, j] - value[t, j]
    return out


# right: the last weight is what is missing
def lambda_weights(gae_lambda, T):
    w = [(1 - gae_lambda) * gae_lambda**n for n in range(T - 1)]
    return np.array([*w, 1 - sum(w)])


# right: one array of floats
def lambda_weights(gae_lambda, T):
    w = np.power(float(gae_lambda), np.arange(T))
    w[:-1] *= 1 - gae_lambda
    return w


# right: the loop of CleanRL, with a mask of its own for each purpose
def gae(r, terminated, truncated, value, next_value, gamma, gae_lambda):
    advantages = np.zeros_like(value)
    lastgaelam = 0
    for t in reversed(range(r.shape[0])):
        nonterminal = 1.0 - terminated[t]
        unbroken = 1.0 - np.logical_or(terminated[t], truncated[t])
        delta = r[t] + gamma * next_value[t] * nonterminal - value[t]
        advantages[t] = lastgaelam = delta + gamma * gae_lambda * unbroken * lastgaelam
    return advantages


# right: the mean of all n-step advantages
def gae(r, terminated, truncated, value, next_value, gamma, gae_lambda):
    T = len(r)
    delta = td_error(r, terminated, value, next_value, gamma)
    over = terminated | truncated
    out = np.zeros(delta.shape)
    for t in range(T):
        factor = np.ones(delta.shape[1])
        for k in range(t, T):
            out[t] += factor * delta[k]
            factor = factor * gamma * gae_lambda * ~over[k]
    return out


# right: world by world
def gae(r, terminated, truncated, value, next_value, gamma, gae_lambda):
    T, N = value.shape
    adv = np.empty((T, N))
    for n in range(N):
        running = 0.0
        for t in range(T - 1, -1, -1):
            if terminated[t, n]:
                running = r[t, n] - value[t, n]
            else:
                one = r[t, n] + gamma * next_value[t, n] - value[t, n]
                running = one if truncated[t, n] else one + gamma * gae_lambda * running
            adv[t, n] = running
    return adv


# right: the series, term by term
def advantage_bias(P, pi, error, gamma, gae_lambda):
    S, A, _ = P.shape
    P_pi = (pi[:, :, None] * P).sum(axis=1)
    total, e = np.zeros(S), error.astype(float)
    for k in range(3000):
        total += e
        e = gamma * gae_lambda * P_pi @ e
    return gamma * (1 - gae_lambda) * (P @ total) - error.reshape(S, 1)


# right: the expected TD error of each pair, and the sums of those to come
def advantage_bias(P, pi, error, gamma, gae_lambda):
    first = gamma * P @ error - error[:, None]
    P_pi = np.einsum("sa,sap->sp", pi, P)
    later = np.linalg.solve(np.eye(len(pi)) - gamma * gae_lambda * P_pi, (pi * first).sum(1))
    return first + gamma * gae_lambda * P @ later


# right: repeated targets
def cut_value(gamma, limit):
    v = 0.0
    for _ in range(100_000):
        v = ((limit - 1) * (1 + gamma * v) + 1) / limit
    return v


# right: arrays that are filled in place, and copies on the way out
class VecEnv:
    def __init__(self, worlds):
        self.worlds = list(worlds)
        self.num_envs = len(self.worlds)
        self.s = np.stack([w.reset() for w in self.worlds])

    def step(self, a):
        final, rewards, terms, truncs = [], [], [], []
        for i, w in enumerate(self.worlds):
            s, r, term, trunc = w.step(a[i])
            final.append(s)
            rewards.append(r)
            terms.append(term)
            truncs.append(trunc)
            self.s[i] = w.reset() if term or trunc else s
        return np.array(final), np.array(rewards), np.array(terms), np.array(truncs)


# right: the states of the resets in a second list
class VecEnv:
    def __init__(self, worlds):
        self.worlds = worlds
        self.s = np.asarray([w.reset() for w in worlds])

    def step(self, a):
        out = [w.step(x) for w, x in zip(self.worlds, a)]
        s2, r, d, u = map(np.array, zip(*out))
        self.s = np.array([w.reset() if o[2] or o[3] else o[0] for w, o in zip(self.worlds, out)])
        return s2, r, d, u


# right: one list for each column, with copies
def collect(env, act, T):
    S, A, S2, R, D, U = [], [], [], [], [], []
    for t in range(T):
        S.append(env.s.copy())
        A.append(act(S[-1]))
        s2, r, d, u = env.step(A[-1])
        S2.append(s2)
        R.append(r)
        D.append(d)
        U.append(u)
    return np.stack(S), np.stack(A), np.stack(S2), np.stack(R), np.stack(D), np.stack(U)


# right: every term written out
def a2c_loss(logits, values, action, advantage, returns, vf_coef, ent_coef):
    B = len(action)
    p = softmax(logits)
    z = logits - logits.max(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    H = -(p * logp).sum(1)
    pg = -(logp[np.arange(B), action] * advantage).mean()
    vl = np.square(returns - values).mean()
    ent = H.mean()
    onehot = np.zeros_like(p)
    onehot[np.arange(B), action] = 1
    g_logits = advantage[:, None] * (p - onehot) / B + ent_coef / B * p * (logp + H[:, None])
    g_values = -2 * vf_coef * (returns - values) / B
    return float(pg + vf_coef * vl - ent_coef * ent), np.array([pg, vl, ent]), g_logits, g_values


# right: without a branch for each case
def explained_variance(value, returns):
    spread = np.var(returns)
    return float(0.0 if np.isclose(spread, 0) else 1 - np.var(returns - value) / spread)


# right: as in OpenAI's baselines, with 0 for nan
def explained_variance(value, returns):
    y, p = returns.ravel(), value.ravel()
    if np.ptp(y) == 0:
        return 0.0
    return float(1 - np.var(y - p) / np.var(y))


# right: a loop over the batch
def a2c_gradients(env, theta, v, T, rng, gamma=0.99, gae_lambda=0.95, vf_coef=0.5, ent_coef=0.0):
    pi = softmax(theta)
    s, a, s2, r, term, trunc = collect(env, lambda obs: sample(pi[obs], rng), T)
    adv = gae(r, term, trunc, v[s], v[s2], gamma, gae_lambda)
    ret = adv + v[s]
    flat_s = s.reshape(-1)
    _, _, gl, gv = a2c_loss(
        theta[flat_s],
        v[flat_s],
        a.reshape(-1),
        normalise(adv.reshape(-1)),
        ret.reshape(-1),
        vf_coef,
        ent_coef,
    )
    g_theta, g_v = np.zeros_like(theta), np.zeros_like(v)
    for i, state in enumerate(flat_s):
        g_theta[state] += gl[i]
        g_v[state] += gv[i]
    return g_theta, g_v


# right: slices, in place
def a2c(env, theta, v, T, updates, rng, lr=20.0, **settings):
    for update in range(updates):
        gt, gv = a2c_gradients(env, theta, v, T, rng, **settings)
        theta[:] = theta - lr * gt
        v[:] = v - lr * gv


# right: copies in two lists
def a3c(envs, theta, v, T, updates, rng, lr=20.0, **settings):
    W = len(envs)
    local_theta = [np.array(theta) for _ in range(W)]
    local_v = [np.array(v) for _ in range(W)]
    for u in range(updates):
        w = u % W
        gt, gv = a2c_gradients(envs[w], local_theta[w], local_v[w], T, rng, **settings)
        theta -= lr * gt
        v -= lr * gv
        local_theta[w][:] = theta
        local_v[w][:] = v


# wrong: bootstraps after a fall
# named: td_error-1
def td_error(r, terminated, value, next_value, gamma):
    target = r + gamma * next_value
    return target - value


# wrong: the mask of a done flag, upside down
# named: td_error-2
def td_error(r, terminated, value, next_value, gamma):
    return r + gamma * np.where(terminated, next_value, 0) - value


# wrong: value minus target, as in a loss
# named: td_error-3
def td_error(r, terminated, value, next_value, gamma):
    target = r + gamma * next_value * (1 - terminated)
    return value - target


# wrong: the target alone
# named: td_error-6
def td_error(r, terminated, value, next_value, gamma):
    return np.where(terminated, r, r + gamma * next_value)


# wrong: action values
# named: true_advantage-2
def true_advantage(P, R, pi, gamma):
    P_pi = np.einsum("sa,sat->st", pi, P)
    v = np.linalg.solve(np.eye(len(P)) - gamma * P_pi, np.sum(pi * R, axis=1))
    return v, R + gamma * np.einsum("sat,t->sa", P, v)


# wrong: the plain mean over the actions
# named: true_advantage-4
def true_advantage(P, R, pi, gamma):
    P_pi = np.einsum("sa,sat->st", pi, P)
    v = np.linalg.solve(np.eye(len(P)) - gamma * P_pi, np.sum(pi * R, axis=1))
    q = R + gamma * P @ v
    return v, q - np.mean(q, axis=1)[:, None]


# wrong: the best action as the baseline
# named: true_advantage-5
def true_advantage(P, R, pi, gamma):
    P_pi = np.einsum("sa,sat->st", pi, P)
    v = np.linalg.solve(np.eye(len(P)) - gamma * P_pi, np.sum(pi * R, axis=1))
    q = R + gamma * P @ v
    return v, q - np.max(q, axis=1)[:, None]


# wrong: across the ends
# named: n_step_advantage-1
def n_step_advantage(r, terminated, truncated, value, next_value, gamma, n):
    T = len(r)
    delta = td_error(r, terminated, value, next_value, gamma)
    out = np.zeros(r.shape)
    after = next_value * ~terminated
    target = r + gamma * after
    for _ in range(n - 1):
        target = r + gamma * np.vstack([target[1:], after[-1:]])
    return target - value


# wrong: time limits are ends
# named: n_step_advantage-4
def n_step_advantage(r, terminated, truncated, value, next_value, gamma, n):
    done = np.logical_or(terminated, truncated)
    target = r + gamma * next_value * (1 - done)
    tail = next_value[-1:] * (1 - done[-1:])
    for _ in range(n - 1):
        longer = np.vstack([target[1:], tail])
        target = r + gamma * longer * (1 - done)
    return target - value


# wrong: the return
# named: n_step_advantage-7
def n_step_advantage(r, terminated, truncated, value, next_value, gamma, n):
    out = np.empty(r.shape)
    T, N = r.shape
    for j in range(N):
        for t in range(T):
            G, discount = 0.0, 1.0
            for k in range(t, min(t + n, T)):
                G += discount * r[k, j]
                discount *= gamma
                if terminated[k, j]:
                    discount = 0.0
                if terminated[k, j] or truncated[k, j]:
                    break
            out[t, j] = G + discount * next_value[k, j]
    return out


# wrong: the tail forgotten
# named: lambda_weights-1
def lambda_weights(gae_lambda, T):
    return np.array([(1 - gae_lambda) * gae_lambda**n for n in range(T)])


# wrong: divided by the sum
# named: lambda_weights-3
def lambda_weights(gae_lambda, T):
    if gae_lambda == 1:
        w = np.zeros(T)
        w[-1] = 1
        return w
    w = (1 - gae_lambda) * gae_lambda ** np.arange(T)
    return w / np.sum(w)


# wrong: no mask in the sum
# named: gae-1
def gae(r, terminated, truncated, value, next_value, gamma, gae_lambda):
    adv = np.zeros_like(value)
    last = 0
    for t in reversed(range(len(r))):
        delta = r[t] + gamma * next_value[t] * (1 - terminated[t]) - value[t]
        last = delta + gamma * gae_lambda * last
        adv[t] = last
    return adv


# wrong: one mask for both, the true end's
# named: gae-2
def gae(r, terminated, truncated, value, next_value, gamma, gae_lambda):
    adv = np.zeros_like(value)
    last = 0
    for t in reversed(range(len(r))):
        mask = 1 - terminated[t]
        last = r[t] + gamma * next_value[t] * mask - value[t] + gamma * gae_lambda * mask * last
        adv[t] = last
    return adv


# wrong: one mask for both, that of any end
# named: gae-6
def gae(r, terminated, truncated, value, next_value, gamma, gae_lambda):
    done = terminated | truncated
    adv = np.zeros_like(value)
    last = 0
    for t in reversed(range(len(r))):
        mask = 1.0 - done[t]
        last = r[t] + gamma * next_value[t] * mask - value[t] + gamma * gae_lambda * mask * last
        adv[t] = last
    return adv


# wrong: values shifted by a row
# named: gae-7
def gae(r, terminated, truncated, value, next_value, gamma, gae_lambda):
    adv = np.zeros_like(value)
    last = 0
    for t in reversed(range(len(r))):
        v2 = next_value[t] if t == len(r) - 1 else value[t + 1]
        delta = r[t] + gamma * v2 * (1 - terminated[t]) - value[t]
        last = delta + gamma * gae_lambda * (1 - (terminated | truncated)[t]) * last
        adv[t] = last
    return adv


# wrong: returns instead of advantages
# named: gae-8
def gae(r, terminated, truncated, value, next_value, gamma, gae_lambda):
    adv = np.zeros_like(value)
    last = 0
    for t in reversed(range(len(r))):
        delta = r[t] + gamma * next_value[t] * ~terminated[t] - value[t]
        last = delta + gamma * gae_lambda * ~(terminated | truncated)[t] * last
        adv[t] = last + value[t]
    return adv


# wrong: no baseline term
# named: advantage_bias-2
def advantage_bias(P, pi, error, gamma, gae_lambda):
    P_pi = np.einsum("sa,sat->st", pi, P)
    x = np.linalg.solve(np.eye(len(pi)) - gamma * gae_lambda * P_pi, error)
    return (1 - gae_lambda) * gamma * np.einsum("sat,t->sa", P, x)


# wrong: only one step of lambda
# named: advantage_bias-7
def advantage_bias(P, pi, error, gamma, gae_lambda):
    return gamma * (1 - gae_lambda) * np.einsum("sat,t->sa", P, error) - error[:, None]


# wrong: what a long episode earns
# named: cut_value-1
def cut_value(gamma, limit):
    return 1 / (1 - gamma) if gamma < 1 else np.inf


# wrong: what one episode earns
# named: cut_value-2
def cut_value(gamma, limit):
    return float(sum(gamma**k for k in range(limit)))


# wrong: returns the reset
# named: VecEnv-1
class VecEnv:
    def __init__(self, worlds):
        self.worlds = worlds
        self.s = np.array([w.reset() for w in worlds])

    def step(self, a):
        out = []
        for w, x in zip(self.worlds, a):
            s, r, term, trunc = w.step(x)
            if term or trunc:
                s = w.reset()
            out.append((s, r, term, trunc))
        s, r, term, trunc = (np.array(each) for each in zip(*out))
        self.s = s.copy()
        return s, r, term, trunc


# wrong: resets only after a fall
# named: VecEnv-2
class VecEnv:
    def __init__(self, worlds):
        self.worlds = worlds
        self.s = np.array([w.reset() for w in worlds])

    def step(self, a):
        out = [w.step(x) for w, x in zip(self.worlds, a)]
        s2, r, d, u = map(np.array, zip(*out))
        self.s = np.array([w.reset() if o[2] else o[0] for w, o in zip(self.worlds, out)])
        return s2, r, d, u


# wrong: one done flag
# named: VecEnv-5
class VecEnv:
    def __init__(self, worlds):
        self.worlds = worlds
        self.s = np.array([w.reset() for w in worlds])

    def step(self, a):
        out = [w.step(x) for w, x in zip(self.worlds, a)]
        s2, r, d, u = map(np.array, zip(*out))
        self.s = np.array([w.reset() if o[2] or o[3] else o[0] for w, o in zip(self.worlds, out)])
        return s2, r, d | u, u


# wrong: the state after the step
# named: collect-2
def collect(env, act, T):
    S, A, S2, R, D, U = [], [], [], [], [], []
    for t in range(T):
        a = act(env.s)
        s2, r, d, u = env.step(a)
        S.append(env.s.copy())
        A.append(a)
        S2.append(s2)
        R.append(r)
        D.append(d)
        U.append(u)
    return tuple(np.array(each) for each in (S, A, S2, R, D, U))


# wrong: worlds as rows
# named: collect-5
def collect(env, act, T):
    rows = []
    for _ in range(T):
        s = env.s.copy()
        a = act(s)
        rows.append((s, a) + env.step(a))
    return tuple(np.stack(column, axis=1) for column in zip(*rows))


# wrong: a bonus that is a penalty
# named: a2c_loss-10
def a2c_loss(logits, values, action, advantage, returns, vf_coef, ent_coef):
    pg, g = surrogate(logits, action, advantage)
    H, gH = entropy(logits)
    d = values - returns
    total = pg + vf_coef * np.mean(d**2) + ent_coef * np.mean(H)
    terms = np.array([pg, np.mean(d**2), np.mean(H)])
    return float(total), terms, g - ent_coef * gH / len(d), 2 * vf_coef * d / len(d)


# wrong: half the square, as in CleanRL
# named: a2c_loss-7
def a2c_loss(logits, values, action, advantage, returns, vf_coef, ent_coef):
    pg, g = surrogate(logits, action, advantage)
    H, gH = entropy(logits)
    d = values - returns
    vl = 0.5 * np.mean(d**2)
    total = pg + vf_coef * vl - ent_coef * np.mean(H)
    terms = np.array([pg, vl, np.mean(H)])
    return float(total), terms, g - ent_coef * gH / len(d), vf_coef * d / len(d)


# wrong: vf_coef only in the loss
# named: a2c_loss-5
def a2c_loss(logits, values, action, advantage, returns, vf_coef, ent_coef):
    pg, g = surrogate(logits, action, advantage)
    H, gH = entropy(logits)
    d = values - returns
    total = pg + vf_coef * np.mean(d**2) - ent_coef * np.mean(H)
    terms = np.array([pg, np.mean(d**2), np.mean(H)])
    return float(total), terms, g - ent_coef * gH / len(d), 2 * d / len(d)


# wrong: the mean square in place of the variance
# named: explained_variance-1
def explained_variance(value, returns):
    if np.std(returns) < 1e-8:
        return 0.0
    return float(1 - np.mean((returns - value) ** 2) / np.var(returns))


# wrong: what is left
# named: explained_variance-3
def explained_variance(value, returns):
    if np.allclose(returns, returns.mean()):
        return 0.0
    return float(np.var(returns - value) / np.var(returns))


# wrong: divides by 0
# named: explained_variance-2
def explained_variance(value, returns):
    with np.errstate(all="ignore"):
        return float(1 - np.var(returns - value) / np.var(returns))


# wrong: normalised targets for the critic
# named: a2c_gradients-2
def a2c_gradients(env, theta, v, T, rng, gamma=0.99, gae_lambda=0.95, vf_coef=0.5, ent_coef=0.0):
    s, a, s2, r, d, u = collect(env, lambda x: sample(softmax(theta[x]), rng), T)
    adv = normalise(gae(r, d, u, v[s], v[s2], gamma, gae_lambda))
    ret, s, a = (adv + v[s]).ravel(), s.ravel(), a.ravel()
    gl, gv = a2c_loss(theta[s], v[s], a, adv.ravel(), ret, vf_coef, ent_coef)[2:]
    gt, gw = np.zeros_like(theta), np.zeros_like(v)
    np.add.at(gt, s, gl)
    np.add.at(gw, s, gv)
    return gt, gw


# wrong: fancy indexing with +=
# named: a2c_gradients-4
def a2c_gradients(env, theta, v, T, rng, gamma=0.99, gae_lambda=0.95, vf_coef=0.5, ent_coef=0.0):
    s, a, s2, r, d, u = collect(env, lambda x: sample(softmax(theta[x]), rng), T)
    adv = gae(r, d, u, v[s], v[s2], gamma, gae_lambda)
    ret, s, a = (adv + v[s]).ravel(), s.ravel(), a.ravel()
    w = normalise(adv).ravel()
    gl, gv = a2c_loss(theta[s], v[s], a, w, ret, vf_coef, ent_coef)[2:]
    gt, gw = np.zeros_like(theta), np.zeros_like(v)
    gt[s] += gl
    np.add.at(gw, s, gv)
    return gt, gw


# wrong: greedy actions
# named: a2c_gradients-6
def a2c_gradients(env, theta, v, T, rng, gamma=0.99, gae_lambda=0.95, vf_coef=0.5, ent_coef=0.0):
    s, a, s2, r, d, u = collect(env, lambda x: np.argmax(theta[x], axis=1), T)
    adv = gae(r, d, u, v[s], v[s2], gamma, gae_lambda)
    ret, s, a = (adv + v[s]).ravel(), s.ravel(), a.ravel()
    w = normalise(adv).ravel()
    gl, gv = a2c_loss(theta[s], v[s], a, w, ret, vf_coef, ent_coef)[2:]
    gt, gw = np.zeros_like(theta), np.zeros_like(v)
    np.add.at(gt, s, gl)
    np.add.at(gw, s, gv)
    return gt, gw


# wrong: uphill
# named: a2c-1
def a2c(env, theta, v, T, updates, rng, lr=20.0, **settings):
    for _ in range(updates):
        gt, gv = a2c_gradients(env, theta, v, T, rng, **settings)
        theta += lr * gt
        v -= lr * gv


# wrong: the critic stays
# named: a2c-3
def a2c(env, theta, v, T, updates, rng, lr=20.0, **settings):
    for _ in range(updates):
        gt, _ = a2c_gradients(env, theta, v, T, rng, **settings)
        theta -= lr * gt


# wrong: never fetches the weights again
# named: a3c-2
def a3c(envs, theta, v, T, updates, rng, lr=20.0, **settings):
    local = [(theta.copy(), v.copy()) for _ in envs]
    for u in range(updates):
        w = u % len(envs)
        gt, gv = a2c_gradients(envs[w], *local[w], T, rng, **settings)
        theta -= lr * gt
        v -= lr * gv


# wrong: always the newest weights, which is A2C
# named: a3c-1
def a3c(envs, theta, v, T, updates, rng, lr=20.0, **settings):
    for u in range(updates):
        env = envs[u % len(envs)]
        gt, gv = a2c_gradients(env, theta, v, T, rng, **settings)
        theta -= lr * gt
        v -= lr * gv


# wrong: the other conclusion
# named: helps_more-1
def helps_more():
    return "a smaller lambda"
