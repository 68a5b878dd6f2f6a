# right: logsumexp over the row, and take_along_axis
def log_prob(logits, action):
    top = logits.max(1)
    lse = top + np.log(np.exp(logits - top[:, None]).sum(1))
    return np.take_along_axis(logits, action[:, None], 1)[:, 0] - lse


# right: in place on a copy of the probabilities
def score(logits, action):
    g = -softmax(logits)
    g[np.arange(len(action)), action] += 1
    return g


# right: cross-entropy as in a classifier
def surrogate(logits, action, weight):
    N = len(action)
    p = softmax(logits)
    p[np.arange(N), action] -= 1
    loss = np.average(-log_prob(logits, action) * weight)
    return float(loss), p * (weight / N)[:, None]


# right: a loop over the rows
def clone(s, action, shape, steps=200, lr=40.0):
    logits = np.zeros(shape)
    for _ in range(steps):
        total = np.zeros(shape)
        grad = surrogate(logits[s], action, np.ones(s.size))[1]
        for state, row in zip(s, grad):
            total[state] += row
        logits -= lr * total
    return logits


# right: counts of the labels, since all rows of a state have one gradient
def clone(s, action, shape, steps=200, lr=40.0):
    counts = np.zeros(shape)
    np.add.at(counts, (s, action), 1)
    theta = np.zeros(shape)
    for _ in range(steps):
        push = counts - counts.sum(axis=1, keepdims=True) * softmax(theta)
        theta += lr * push / len(s)
    return theta


# right: a list of all states
def dagger(world, teacher, T, rounds, rng):
    P, R, start = world
    S, A, _ = P.shape
    policy = np.zeros((S, A))
    policy[np.arange(S), teacher(np.arange(S))] = 1.0
    data = []
    for k in range(rounds):
        states = play(P, R, policy, start, T, 1, rng)[0].ravel()
        data.extend(states.tolist())
        x = np.array(data)
        theta = clone(x, teacher(x), (S, A))
        policy = softmax(theta)
    return theta


# right: recursion
def all_episodes(P, pi, start, T):
    found = []

    def go(p, s, a):
        for action in np.nonzero(pi[s[-1]])[0]:
            q = p * pi[s[-1], action]
            if len(a) + 1 == T:
                found.append((q, s, [*a, action]))
                continue
            for after in np.nonzero(P[s[-1], action])[0]:
                go(q * P[s[-1], action, after], [*s, after], [*a, action])

    for s in np.nonzero(start)[0]:
        go(start[s], [s], [])
    return tuple(np.array(each) for each in zip(*found))


# right: a reversed cumulative sum where nothing is discounted, and a matrix otherwise
def reward_to_go(r, gamma=1.0):
    if gamma == 1.0:
        return np.cumsum(r[:, ::-1], axis=1)[:, ::-1] * 1.0
    t = np.arange(r.shape[1])
    power = np.where(t >= t[:, None], float(gamma) ** np.maximum(t - t[:, None], 0), 0.0)
    return r @ power.T


# right: np.add.at over all steps at once
def gradients(theta, s, a, weight):
    N, T = s.shape
    g = np.zeros((N,) + theta.shape)
    scores = score(theta[s.ravel()], a.ravel()).reshape(N, T, -1)
    np.add.at(g, (np.arange(N)[:, None], s), scores * weight[..., None])
    return g


# right: a sum over the episodes, by einsum
def exact_gradient(theta, P, R, start, T):
    p, s, a = all_episodes(P, softmax(theta), start, T)
    return np.einsum("e,esa->sa", p, gradients(theta, s, a, reward_to_go(R[s, a])))


# right: state by state
def value_baseline(p, s, G, S):
    w, b = np.broadcast_to(p[:, None], s.shape), np.zeros(S)
    for state in range(S):
        here = s == state
        if here.any():
            b[state] = np.average(G[here], weights=w[here])
    return b


# right: the squared length from 1 - 2 pi(a) + sum of pi^2
def optimal_baseline(theta, p, s, a, G):
    pi = softmax(theta)
    u = 1 - 2 * pi[s, a] + (pi**2).sum(axis=1)[s]
    return weighted_mean(u * p[:, None], s, G, len(theta))


# right: the mean of the squares minus the square of the mean
def variance(p, g):
    flat = g.reshape(len(g), -1)
    return float((p @ flat**2 - (p @ flat) ** 2).sum())


# right: an early return
def normalise(advantage):
    if np.ptp(advantage) < 1e-9:
        return np.zeros_like(advantage)
    return (advantage - np.mean(advantage)) / np.std(advantage)


# right: through the derivative with respect to p
def entropy(logits):
    z = logits - logits.max(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    p = np.exp(logp)
    d = -(logp + 1)
    return -np.sum(p * logp, 1), p * (d - np.sum(p * d, 1, keepdims=True))


# right: step by step, with the loss's sign
def reinforce(world, theta, T, N, updates, rng, lr=0.2, baseline=True, ent_coef=0.0):
    P, R, start = world
    history = []
    for _ in range(updates):
        s, a, r = play(P, R, softmax(theta), start, T, N, rng)
        adv = reward_to_go(r)
        if baseline:
            b = value_baseline(np.full(N, 1 / N), s, adv, theta.shape[0])
            adv = adv - b[s]
        loss_grad = -gradients(theta, s, a, adv).sum(0) / N
        loss_grad -= ent_coef * entropy(theta)[1]
        theta -= lr * loss_grad
        history.append(float(np.mean(r.sum(1))))
    return history


# right: by variances
def gaussian_log_prob(mu, log_std, a):
    var = np.exp(2 * log_std)
    return np.sum(-((a - mu) ** 2) / (2 * var) - 0.5 * np.log(2 * np.pi * var), axis=-1)


# right: by variances too
def gaussian_score(mu, log_std, a):
    var = np.exp(2 * log_std)
    return (a - mu) / var, (a - mu) ** 2 / var - 1


# right: einsum
def fisher(p, scores):
    return np.einsum("n,ni,nj->ij", p, scores, scores)


# right: an inverse
def natural_gradient(F, g, damping=1e-8):
    return np.linalg.inv(F + np.diag(np.full(len(g), damping))) @ g


# wrong: no shift
# named: log_prob-2
def log_prob(logits, action):
    return logits[np.arange(len(logits)), action] - np.log(np.exp(logits).sum(axis=1))


# wrong: the probability
# named: log_prob-5
def log_prob(logits, action):
    return softmax(logits)[np.arange(len(logits)), action]


# wrong: the gradient of the cross-entropy
# named: score-1
def score(logits, action):
    p = softmax(logits)
    p[np.arange(len(p)), action] -= 1
    return p


# wrong: nothing for the other actions
# named: score-3
def score(logits, action):
    g = np.zeros(logits.shape)
    rows = np.arange(len(logits))
    g[rows, action] = 1 - softmax(logits)[rows, action]
    return g


# wrong: divided by the batch already
# named: score-4
def score(logits, action):
    g = -softmax(logits)
    g[np.arange(len(action)), action] += 1
    return g / len(action)


# wrong: a sum in the loss
# named: surrogate-2
def surrogate(logits, action, weight):
    loss = -np.sum(weight * log_prob(logits, action))
    return float(loss), -weight[:, None] * score(logits, action) / len(action)


# wrong: not divided
# named: surrogate-3
def surrogate(logits, action, weight):
    loss = np.mean(-weight * log_prob(logits, action))
    return float(loss), -weight[:, None] * score(logits, action)


# wrong: no minus in the gradient
# named: surrogate-5
def surrogate(logits, action, weight):
    loss = np.mean(-weight * log_prob(logits, action))
    return float(loss), score(logits, action) * weight[:, None] / len(action)


# wrong: weights lost in the gradient
# named: surrogate-4
def surrogate(logits, action, weight):
    loss = np.mean(-weight * log_prob(logits, action))
    return float(loss), -score(logits, action) / len(action)


# wrong: fancy indexing with -=
# named: clone-1
def clone(s, action, shape, steps=200, lr=40.0):
    theta = np.zeros(shape)
    for i in range(steps):
        loss, g = surrogate(theta[s], action, np.ones(len(s)))
        theta[s] = theta[s] - lr * g
    return theta


# wrong: uphill
# named: clone-2
def clone(s, action, shape, steps=200, lr=40.0):
    theta = np.zeros(shape)
    for i in range(steps):
        loss, g = surrogate(theta[s], action, np.ones(len(s)))
        np.add.at(theta, s, lr * g)
    return theta


# wrong: only the newest drive
# named: dagger-1
def dagger(world, teacher, T, rounds, rng):
    P, R, start = world
    pi = np.eye(P.shape[1])[teacher(np.arange(len(P)))]
    for k in range(rounds):
        s = play(P, R, pi, start, T, 1, rng)[0][0]
        theta = clone(s, teacher(s), R.shape)
        pi = softmax(theta)
    return theta


# wrong: the teacher drives every time
# named: dagger-2
def dagger(world, teacher, T, rounds, rng):
    P, R, start = world
    pi = np.eye(P.shape[1])[teacher(np.arange(len(P)))]
    seen = []
    for k in range(rounds):
        seen += list(play(P, R, pi, start, T, 1, rng)[0][0])
        theta = clone(np.array(seen), teacher(np.array(seen)), R.shape)
    return theta


# wrong: greedy drives
# named: dagger-4
def dagger(world, teacher, T, rounds, rng):
    P, R, start = world
    pi = np.eye(P.shape[1])[teacher(np.arange(len(P)))]
    seen = []
    for k in range(rounds):
        seen += list(play(P, R, pi, start, T, 1, rng)[0][0])
        theta = clone(np.array(seen), teacher(np.array(seen)), R.shape)
        pi = np.eye(P.shape[1])[np.argmax(theta, axis=1)]
    return theta


# wrong: more of the same
# named: helps_more-1
def helps_more():
    return "more drives of the expert"


# wrong: only the policy counts
# named: all_episodes-1
def all_episodes(P, pi, start, T):
    grown = [(start[s], [s], []) for s in np.nonzero(start)[0]]
    for t in range(T):
        new = []
        for p, s, a in grown:
            for action in np.nonzero(pi[s[-1]])[0]:
                if t == T - 1:
                    new.append((p * pi[s[-1], action], s, [*a, action]))
                else:
                    for after in np.nonzero(P[s[-1], action])[0]:
                        new.append((p * pi[s[-1], action], [*s, after], [*a, action]))
        grown = new
    p, s, a = zip(*grown)
    return np.array(p), np.array(s), np.array(a)


# wrong: first states are certain
# named: all_episodes-3
def all_episodes(P, pi, start, T):
    grown = [(1.0, [s], []) for s in np.nonzero(start)[0]]
    for t in range(T):
        new = []
        for p, s, a in grown:
            for action in np.nonzero(pi[s[-1]])[0]:
                q = p * pi[s[-1], action]
                if t == T - 1:
                    new.append((q, s, [*a, action]))
                else:
                    for after in np.nonzero(P[s[-1], action])[0]:
                        new.append((q * P[s[-1], action, after], [*s, after], [*a, action]))
        grown = new
    p, s, a = zip(*grown)
    return np.array(p), np.array(s), np.array(a)


# wrong: the past
# named: reward_to_go-1
def reward_to_go(r, gamma=1.0):
    return np.cumsum(gamma ** np.arange(r.shape[1]) * r, axis=1)


# wrong: the whole return
# named: reward_to_go-2
def reward_to_go(r, gamma=1.0):
    total = (r * gamma ** np.arange(r.shape[1])).sum(axis=1)
    return np.tile(total[:, None], (1, r.shape[1]))


# wrong: no discount
# named: reward_to_go-3
def reward_to_go(r, gamma=1.0):
    return np.cumsum(r[:, ::-1], axis=1)[:, ::-1].astype(float)


# wrong: ints
# named: reward_to_go-6
def reward_to_go(r, gamma=1.0):
    G = np.zeros_like(r)
    later = 0
    for t in reversed(range(r.shape[1])):
        later = r[:, t] + gamma * G[:, t + 1] if t + 1 < r.shape[1] else r[:, t]
        G[:, t] = later
    return G


# wrong: assigned
# named: gradients-3
def gradients(theta, s, a, weight):
    g = np.zeros((len(s), *theta.shape))
    for n in range(len(s)):
        for t in range(s.shape[1]):
            one = score(theta[s[n, t]][None], a[n, t][None])[0]
            g[n, s[n, t]] = weight[n, t] * one
    return g


# wrong: the mean over the steps
# named: gradients-4
def gradients(theta, s, a, weight):
    N, T = s.shape
    g = np.zeros((N, *theta.shape))
    for t in range(T):
        g[np.arange(N), s[:, t]] += weight[:, [t]] * score(theta[s[:, t]], a[:, t])
    return g / T


# wrong: the plain mean
# named: exact_gradient-1
def exact_gradient(theta, P, R, start, T):
    p, s, a = all_episodes(P, softmax(theta), start, T)
    return np.mean(gradients(theta, s, a, reward_to_go(R[s, a])), axis=0)


# wrong: the rewards themselves
# named: exact_gradient-3
def exact_gradient(theta, P, R, start, T):
    p, s, a = all_episodes(P, softmax(theta), start, T)
    return (p[:, None, None] * gradients(theta, s, a, R[s, a])).sum(axis=0)


# wrong: unweighted
# named: value_baseline-1
def value_baseline(p, s, G, S):
    return np.array([G[s == each].mean() if (s == each).any() else 0.0 for each in range(S)])


# wrong: the length, not squared
# named: optimal_baseline-2
def optimal_baseline(theta, p, s, a, G):
    length = np.linalg.norm(score(theta[s.ravel()], a.ravel()), axis=1).reshape(s.shape)
    return weighted_mean(p[:, None] * length, s, G, len(theta))


# wrong: the value baseline again
# named: optimal_baseline-3
def optimal_baseline(theta, p, s, a, G):
    return value_baseline(p, s, G, len(theta))


# wrong: NaN where nobody was
# named: weighted_mean-2
def weighted_mean(weight, s, G, S):
    up = np.bincount(s.ravel(), (weight * G).ravel(), minlength=S)
    return up / np.bincount(s.ravel(), weight.ravel(), minlength=S)


# wrong: the mean square
# named: variance-1
def variance(p, g):
    return float(np.sum(p[:, None, None] * g**2))


# wrong: np.var
# named: variance-3
def variance(p, g):
    mean = np.tensordot(p, g, 1)
    return float(np.mean(((g - mean) ** 2).sum(axis=(1, 2))))


# wrong: NaN for equal numbers
# named: normalise-1
def normalise(advantage):
    return (advantage - advantage.mean()) / advantage.std()


# wrong: column by column
# named: normalise-4
def normalise(advantage):
    centred = advantage - advantage.mean(axis=0)
    std = centred.std()
    return centred / std if std > 0 else np.zeros(advantage.shape)


# wrong: without the minus
# named: entropy-1
def entropy(logits):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    p = np.exp(logp)
    H = (p * logp).sum(axis=1)
    return H, -p * (logp - H[:, None])


# wrong: the derivative of p log p, times p
# named: entropy-2
def entropy(logits):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    p = np.exp(logp)
    return -(p * logp).sum(axis=1), -p * (1 + logp)


# wrong: downhill
# named: reinforce-3
def reinforce(world, theta, T, N, updates, rng, lr=0.2, baseline=True, ent_coef=0.0):
    P, R, start = world
    out = []
    for _ in range(updates):
        s, a, r = play(P, R, softmax(theta), start, T, N, rng)
        G = reward_to_go(r)
        if baseline:
            G = G - value_baseline(np.ones(N), s, G, len(theta))[s]
        theta -= lr * (gradients(theta, s, a, G).mean(axis=0) + ent_coef * entropy(theta)[1])
        out.append(float(r.sum(axis=1).mean()))
    return out


# wrong: a new array
# named: reinforce-4
def reinforce(world, theta, T, N, updates, rng, lr=0.2, baseline=True, ent_coef=0.0):
    P, R, start = world
    out = []
    for _ in range(updates):
        s, a, r = play(P, R, softmax(theta), start, T, N, rng)
        G = reward_to_go(r)
        if baseline:
            G = G - value_baseline(np.ones(N), s, G, len(theta))[s]
        grad = gradients(theta, s, a, G).mean(axis=0)
        theta = theta + lr * (grad + ent_coef * entropy(theta)[1])
        out.append(float(r.sum(axis=1).mean()))
    return out


# wrong: the total return for every step
# named: reinforce-1
def reinforce(world, theta, T, N, updates, rng, lr=0.2, baseline=True, ent_coef=0.0):
    P, R, start = world
    out = []
    for _ in range(updates):
        s, a, r = play(P, R, softmax(theta), start, T, N, rng)
        G = np.tile(r.sum(axis=1)[:, None], (1, T))
        if baseline:
            G = G - value_baseline(np.ones(N), s, G, len(theta))[s]
        theta += lr * (gradients(theta, s, a, G).mean(axis=0) + ent_coef * entropy(theta)[1])
        out.append(float(r.sum(axis=1).mean()))
    return out


# wrong: without the width
# named: gaussian_log_prob-1
def gaussian_log_prob(mu, log_std, a):
    z = (a - mu) / np.exp(log_std)
    return np.sum(-0.5 * z**2 - 0.5 * np.log(2 * np.pi), axis=1)


# wrong: one constant for all
# named: gaussian_log_prob-4
def gaussian_log_prob(mu, log_std, a):
    z = (a - mu) / np.exp(log_std)
    return -0.5 * (z**2).sum(axis=1) - log_std.sum() - 0.5 * np.log(2 * np.pi)


# wrong: only z
# named: gaussian_score-1
def gaussian_score(mu, log_std, a):
    z = (a - mu) / np.exp(log_std)
    return z, z * z - 1


# wrong: with respect to the standard deviation
# named: gaussian_score-4
def gaussian_score(mu, log_std, a):
    std = np.exp(log_std)
    return (a - mu) / std**2, (a - mu) ** 2 / std**3 - 1 / std


# wrong: the mean over equal outcomes
# named: fisher-2
def fisher(p, scores):
    return scores.T @ scores / len(scores)


# wrong: the product instead of the solution
# named: natural_gradient-1
def natural_gradient(F, g, damping=1e-8):
    return F.dot(g)
