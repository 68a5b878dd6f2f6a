# right: np.where
def td_target(r, v_next, terminated, gamma):
    return np.where(terminated, r, r + gamma * v_next)


# right: the mask as a number
def td_target(r, v_next, terminated, gamma):
    going_on = 1.0 - np.asarray(terminated, dtype=float)
    return np.asarray(r) + gamma * going_on * np.asarray(v_next)


# right: zip over states and next states
def td0(v, episode, lr, gamma):
    v = np.array(v, dtype=float)
    n = len(episode.rewards)
    pairs = zip(episode.states, episode.states[1:], episode.rewards)
    for i, (s, s_next, r) in enumerate(pairs):
        done = i == n - 1 and episode.terminated
        delta = r - v[s] if done else r + gamma * v[s_next] - v[s]
        v[s] += lr * delta
    return v


# right: as a convex combination
def td0(v, episode, lr, gamma):
    new = v.copy()
    for t, r in enumerate(episode.rewards):
        s = episode.states[t]
        after = new[episode.states[t + 1]]
        if episode.terminated and t + 1 == len(episode.rewards):
            after = 0.0
        new[s] = (1 - lr) * new[s] + lr * (r + gamma * after)
    return new


# right: loops over episodes and steps, with an array of increments
def batch_td(episodes, S, gamma, lr, sweeps):
    v = np.zeros(S)
    for _ in range(sweeps):
        inc = np.zeros(S)
        for ep in episodes:
            T = len(ep.rewards)
            for t in range(T):
                nxt = 0.0 if ep.terminated and t == T - 1 else v[ep.states[t + 1]]
                inc[ep.states[t]] += ep.rewards[t] + gamma * nxt - v[ep.states[t]]
        v = v + lr * inc
    return v


# right: by bincount
def batch_td(episodes, S, gamma, lr, sweeps):
    s, r, s2, end = transitions(episodes)
    v = np.zeros(S)
    for _ in range(sweeps):
        delta = r + gamma * np.where(end, 0, v[s2]) - v[s]
        v = v + lr * np.bincount(s, weights=delta, minlength=S)
    return v


# right: counts in loops, and a state without steps by its own equation
def certainty_equivalence(episodes, S, gamma):
    counts, sums, n = np.zeros((S, S)), np.zeros(S), np.zeros(S)
    for s, r, s2, end in zip(*transitions(episodes)):
        n[s] += 1
        sums[s] += r
        if not end:
            counts[s, s2] += 1
    A, b = np.eye(S), np.zeros(S)
    for s in range(S):
        if n[s]:
            A[s] -= gamma * counts[s] / n[s]
            b[s] = sums[s] / n[s]
    return np.linalg.solve(A, b)


# right: without dividing, by the normal equations of LSTD
def certainty_equivalence(episodes, S, gamma):
    s, r, s2, end = transitions(episodes)
    X, X2 = np.eye(S)[s], np.eye(S)[s2] * (1 - end)[:, None]
    return np.linalg.lstsq(X.T @ (X - gamma * X2), X.T @ r, rcond=None)[0]


# right: nested loops
def n_step_returns(rewards, values, n, gamma):
    out = []
    for t in range(len(rewards)):
        total, k = 0.0, 0
        while k < n and t + k < len(rewards):
            total += gamma**k * rewards[t + k]
            k += 1
        out.append(total + gamma**k * values[t + k])
    return np.array(out)


# right: one more reward at a time, backwards
def n_step_returns(rewards, values, n, gamma):
    T = len(rewards)
    G = values[1:].copy()
    G = np.array(rewards) + gamma * G
    for _ in range(min(n, T) - 1):
        G = np.array(
            [rewards[t] + gamma * (G[t + 1] if t + 1 < T else values[T]) for t in range(T)]
        )
    return G


# right: the weighted sum, as it is defined
def lambda_returns(rewards, values, lam, gamma):
    T = len(rewards)
    G = np.zeros(T)
    for t in range(T):
        left = T - t
        for n in range(1, left):
            G[t] += (1 - lam) * lam ** (n - 1) * n_step_returns(rewards, values, n, gamma)[t]
        G[t] += lam ** (left - 1) * n_step_returns(rewards, values, left, gamma)[t]
    return G


# right: by discounted sums of TD errors, as in advantage estimation
def lambda_returns(rewards, values, lam, gamma):
    delta = rewards + gamma * values[1:] - values[:-1]
    gae, out = 0.0, np.zeros(len(rewards))
    for t in range(len(rewards) - 1, -1, -1):
        gae = delta[t] + gamma * lam * gae
        out[t] = gae + values[t]
    return out


# right: a loop over visits
def forward_view(v, episode, lr, lam, gamma):
    new = v.copy()
    targets = lambda_returns(episode.rewards, values_seen(v, episode), lam, gamma)
    for s, G in zip(episode.states, targets):
        new[s] = new[s] + lr * (G - v[s])
    return new


# right: traces in one expression
def td_lambda(v, episode, lr, lam, gamma, online=True, replacing=False):
    w, e = v.copy(), np.zeros_like(v)
    last = len(episode.rewards) - 1
    for t, r in enumerate(episode.rewards):
        s, nxt = episode.states[t], episode.states[t + 1]
        base = w.copy() if online else v
        delta = r - base[s]
        if not (t == last and episode.terminated):
            delta += gamma * base[nxt]
        e = gamma * lam * e
        if replacing:
            e[s] = 1.0
        else:
            e[s] += 1.0
        w = w + lr * delta * e
    return w


# right: in place, as a blend
def update(q, s, a, target, lr):
    q[s, a] = (1 - lr) * q[s, a] + lr * target


# right: written out, without the helpers
def sarsa(q, step, lr, gamma):
    s, a, r, s2, a2, done = step
    target = r if done else r + gamma * q[s2, a2]
    q[s, a] += lr * (target - q[s, a])


# right: written out with np.max
def q_learning(q, step, lr, gamma):
    s, a, r, s2, _, done = step
    q[s, a] = q[s, a] + lr * (r + gamma * np.max(q[s2]) * (not done) - q[s, a])


# right: a vector of probabilities
def expected_value(next_q, epsilon):
    best = next_q == np.max(next_q)
    p = np.full(len(next_q), epsilon / len(next_q)) + (1 - epsilon) * best / np.sum(best)
    return float(np.dot(p, next_q))


# right: the first best action only
def expected_value(next_q, epsilon):
    p = np.ones_like(next_q) * epsilon / next_q.size
    p[np.argmax(next_q)] += 1 - epsilon
    return float((p * next_q).sum())


# right: written out
def expected_sarsa(q, step, lr, gamma, epsilon):
    v = 0.0
    if not step.terminated:
        v = (1 - epsilon) * max(q[step.s2]) + epsilon * np.average(q[step.s2])
    delta = step.r + gamma * v - q[step.s, step.a]
    q[step.s, step.a] += lr * delta


# right: while True with a break
def control(world, learn, q, episodes, epsilon, rng):
    history = []
    for _ in range(episodes):
        G = 0.0
        s = world.reset()
        a = choose(q, s, epsilon, rng)
        while True:
            s_next, r, done, cut = world.step(a)
            G += r
            a_next = choose(q, s_next, epsilon, rng)
            learn(q, Step(s=s, a=a, r=r, s2=s_next, a2=a_next, terminated=done))
            if done or cut:
                break
            s, a = s_next, a_next
        history.append(G)
    return history


# right: a while loop with a counter
def greedy_return(world, q, limit):
    s, total, steps, over = world.reset(), 0.0, 0, False
    while steps < limit and not over:
        a = int(np.argmax(q[s]))
        s, r, done, cut = world.step(a)
        total, steps, over = total + r, steps + 1, done or cut
    return total


# right: the factors one by one
def maximum_bias(sigma, n):
    deviation = np.sqrt(2) * sigma / np.sqrt(n)
    return 0.5 * np.sqrt(2 / np.pi) * deviation


# right: by np.take
def double_value(choosing, evaluating):
    return float(np.take(evaluating, np.argmax(choosing)))


# right: two branches
def double_q(q, step, lr, gamma, rng):
    s, a, r, s2, _, done = step
    if rng.random() < 0.5:
        nxt = q[1, s2, np.argmax(q[0, s2])]
        q[0, s, a] += lr * (r + gamma * (0 if done else nxt) - q[0, s, a])
    else:
        nxt = q[0, s2, np.argmax(q[1, s2])]
        q[1, s, a] += lr * (r + gamma * (0 if done else nxt) - q[1, s, a])


# right: a loop over tilings and numbers
def tiles(x, tilings, bins, low, high):
    ids = []
    for i in range(tilings):
        number = 0
        for k in range(len(x)):
            unit = (min(max(x[k], low[k]), high[k]) - low[k]) / (high[k] - low[k]) * bins
            shift = (i * (2 * k + 1) / tilings) % 1
            number = number * (bins + 1) + int(np.floor(unit + shift))
        ids.append(i * (bins + 1) ** len(x) + number)
    return np.array(ids)


# right: np.ravel_multi_index
def tiles(x, tilings, bins, low, high):
    unit = (np.clip(x, low, high) - low) / (high - low) * bins
    shape = (tilings,) + (bins + 1,) * len(x)
    ids = []
    for i in range(tilings):
        odd = np.arange(1, 2 * len(x), 2)
        cell = (unit + i * odd / tilings % 1).astype(int)
        ids.append(np.ravel_multi_index((i, *cell), shape))
    return np.array(ids)


# right: a loop over the active tiles
def semi_gradient_sarsa(w, step, lr, gamma):
    q = sum(w[i, step.a] for i in step.s)
    q_next = 0.0 if step.terminated else sum(w[i, step.a2] for i in step.s2)
    delta = step.r + gamma * q_next - q
    for i in step.s:
        w[i, step.a] += lr * delta / len(step.s)


# right: state by state
def sweep(w, X, P, R, d, lr, gamma, rule):
    true = np.linalg.inv(np.eye(len(R)) - gamma * P) @ R
    change = np.zeros(len(w))
    for s in range(len(R)):
        next_x = P[s] @ X
        if rule == "monte_carlo":
            change += d[s] * (true[s] - X[s] @ w) * X[s]
        else:
            delta = R[s] + gamma * next_x @ w - X[s] @ w
            step = X[s] if rule == "td" else X[s] - gamma * next_x
            change += d[s] * delta * step
    return w + lr * change


# right: with a diagonal matrix
def sweep(w, X, P, R, d, lr, gamma, rule):
    D = np.diag(d)
    if rule == "monte_carlo":
        goal = np.linalg.solve(np.eye(X.shape[0]) - gamma * P, R)
        return w + lr * X.T @ D @ (goal - X @ w)
    M = (np.eye(X.shape[0]) - gamma * P) @ X
    left = X if rule == "td" else M
    return w - lr * left.T @ D @ (M @ w - R)


# wrong: no mask
# named: td_target-1
def td_target(r, v_next, terminated, gamma):
    return r + gamma * v_next


# wrong: the reward disappears at the end
# named: td_target-4
def td_target(r, v_next, terminated, gamma):
    return np.where(terminated, 0.0, r + gamma * v_next)


# wrong: everything is discounted
# named: td_target-5
def td_target(r, v_next, terminated, gamma):
    return gamma * (r + v_next * (1 - terminated))


# wrong: errors of a copy that never changes
# named: td0-9
def td0(v, episode, lr, gamma):
    new = v.copy()
    for t, r in enumerate(episode.rewards):
        s, s2 = episode.states[t], episode.states[t + 1]
        done = episode.terminated and t == len(episode.rewards) - 1
        new[s] += lr * (r + gamma * v[s2] * (not done) - v[s])
    return new


# wrong: the caller's values move
# named: td0-1
def td0(v, episode, lr, gamma):
    for t in range(len(episode.rewards)):
        end = episode.terminated and t == len(episode.rewards) - 1
        delta = td_target(episode.rewards[t], v[episode.states[t + 1]], end, gamma)
        v[episode.states[t]] += lr * (delta - v[episode.states[t]])
    return v


# wrong: a truncated episode ends
# named: td0-3
def td0(v, episode, lr, gamma):
    v = v.copy()
    n = len(episode.rewards)
    for t in range(n):
        s = episode.states[t]
        nxt = v[episode.states[t + 1]] if t < n - 1 else 0
        v[s] += lr * (episode.rewards[t] + gamma * nxt - v[s])
    return v


# wrong: repeated indices
# named: batch_td-1
def batch_td(episodes, S, gamma, lr, sweeps):
    v = np.zeros(S)
    s, r, s2, end = transitions(episodes)
    for _ in range(sweeps):
        v[s] = v[s] + lr * (r + gamma * v[s2] * ~end - v[s])
    return v


# wrong: values move at once
# named: batch_td-2
def batch_td(episodes, S, gamma, lr, sweeps):
    v = np.zeros(S)
    for _ in range(sweeps):
        for episode in episodes:
            v = td0(v, episode, lr, gamma)
    return v


# wrong: rewards summed, not averaged
# named: certainty_equivalence-5
def certainty_equivalence(episodes, S, gamma):
    P, R, n = np.zeros((S, S)), np.zeros(S), np.zeros(S)
    for s, r, s2, end in zip(*transitions(episodes)):
        n[s] += 1
        R[s] += r
        P[s, s2] += not end
    P /= np.maximum(n, 1)[:, None]
    return np.linalg.solve(np.eye(S) - gamma * P, R)


# wrong: rows normalised over the steps that went on
# named: certainty_equivalence-4
def certainty_equivalence(episodes, S, gamma):
    s, r, s2, end = transitions(episodes)
    P, R, n = np.zeros((S, S)), np.zeros(S), np.zeros(S)
    np.add.at(P, (s, s2), ~end)
    np.add.at(R, s, r)
    n = np.maximum(P.sum(axis=1), 1)
    return np.linalg.solve(np.eye(S) - gamma * P / n[:, None], R / n)


# wrong: the wrong power near the end
# named: n_step_returns-2
def n_step_returns(rewards, values, n, gamma):
    G = []
    for t in range(len(rewards)):
        part = rewards[t : t + n]
        G.append(
            sum(gamma**k * r for k, r in enumerate(part))
            + gamma**n * values[min(t + n, len(rewards))]
        )
    return np.array(G)


# wrong: no value where fewer than n rewards are left
# named: n_step_returns-8
def n_step_returns(rewards, values, n, gamma):
    T, G = len(rewards), []
    for t in range(T):
        total = sum(gamma**k * rewards[t + k] for k in range(n) if t + k < T)
        if t + n <= T:
            total += gamma**n * values[t + n]
        G.append(total)
    return np.array(G)


# wrong: weights swapped
# named: lambda_returns-1
def lambda_returns(rewards, values, lam, gamma):
    G = np.zeros(len(rewards) + 1)
    G[-1] = values[-1]
    for t in reversed(range(len(rewards))):
        G[t] = rewards[t] + gamma * (lam * values[t + 1] + (1 - lam) * G[t + 1])
    return G[:-1]


# wrong: nothing behind the last step
# named: lambda_returns-5
def lambda_returns(rewards, values, lam, gamma):
    G, g = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        g = rewards[t] + gamma * ((1 - lam) * values[t + 1] + lam * g)
        G[t] = g
    return G


# wrong: one visit counts
# named: forward_view-1
def forward_view(v, episode, lr, lam, gamma):
    out = v.copy()
    s = episode.states[:-1]
    G = lambda_returns(episode.rewards, values_seen(v, episode), lam, gamma)
    out[s] = v[s] + lr * (G - v[s])
    return out


# wrong: faded before use
# named: td_lambda-3
def td_lambda(v, episode, lr, lam, gamma, online=True, replacing=False):
    v, old, e = v.copy(), v.copy(), np.zeros(len(v))
    for t, r in enumerate(episode.rewards):
        s, s2 = episode.states[t], episode.states[t + 1]
        now = v if online else old
        done = episode.terminated and t == len(episode.rewards) - 1
        delta = r + gamma * now[s2] * (1 - done) - now[s]
        e[s] = 1 if replacing else e[s] + 1
        e *= gamma * lam
        v += lr * delta * e
    return v


# wrong: faded by lambda alone
# named: td_lambda-1
def td_lambda(v, episode, lr, lam, gamma, online=True, replacing=False):
    v, old, e = v.copy(), v.copy(), np.zeros(len(v))
    for t, r in enumerate(episode.rewards):
        s, s2 = episode.states[t], episode.states[t + 1]
        now = v if online else old
        done = episode.terminated and t == len(episode.rewards) - 1
        delta = r + gamma * now[s2] * (1 - done) - now[s]
        e = lam * e
        e[s] = 1 if replacing else e[s] + 1
        v += lr * delta * e
    return v


# wrong: always accumulating
# named: td_lambda-5
def td_lambda(v, episode, lr, lam, gamma, online=True, replacing=False):
    v, old, e = v.copy(), v.copy(), np.zeros(len(v))
    for t, r in enumerate(episode.rewards):
        s, s2 = episode.states[t], episode.states[t + 1]
        now = v if online else old
        done = episode.terminated and t == len(episode.rewards) - 1
        delta = r + gamma * now[s2] * (1 - done) - now[s]
        e *= gamma * lam
        e[s] += 1
        v += lr * delta * e
    return v


# wrong: a new table
# named: update-5
def update(q, s, a, target, lr):
    q = np.array(q)
    q[s, a] = q[s, a] + lr * (target - q[s, a])


# wrong: the other sign
# named: update-4
def update(q, s, a, target, lr):
    q[s, a] -= lr * (target - q[s, a])


# wrong: the maximum in SARSA
# named: sarsa-1
def sarsa(q, step, lr, gamma):
    s, a, r, s2, a2, done = step
    q[s, a] += lr * (r + gamma * (1 - done) * max(q[s2]) - q[s, a])


# wrong: the action of s
# named: sarsa-2
def sarsa(q, step, lr, gamma):
    s, a, r, s2, a2, done = step
    q[s, a] += lr * (r + gamma * (1 - done) * q[s2, a] - q[s, a])


# wrong: SARSA's target
# named: q_learning-1
def q_learning(q, step, lr, gamma):
    target = step.r + (0 if step.terminated else gamma * q[step.s2][step.a2])
    q[step.s, step.a] += lr * (target - q[step.s, step.a])


# wrong: no end
# named: q_learning-5
def q_learning(q, step, lr, gamma):
    q[step.s, step.a] += lr * (step.r + gamma * np.amax(q[step.s2]) - q[step.s, step.a])


# wrong: the plain mean
# named: expected_value-1
def expected_value(next_q, epsilon):
    return float(np.sum(next_q) / len(next_q))


# wrong: the ties do not share
# named: expected_value-4
def expected_value(next_q, epsilon):
    p = np.full(len(next_q), epsilon / len(next_q))
    p[next_q == next_q.max()] += 1 - epsilon
    return float(p @ next_q)


# wrong: the other actions only
# named: expected_value-5
def expected_value(next_q, epsilon):
    best = next_q.argmax()
    p = np.full(len(next_q), epsilon / (len(next_q) - 1))
    p[best] = 1 - epsilon
    return float(p @ next_q)


# wrong: exploration forgotten
# named: expected_sarsa-2
def expected_sarsa(q, step, lr, gamma, epsilon):
    after = q[step.s2].max()
    update(q, step.s, step.a, td_target(step.r, after, step.terminated, gamma), lr)


# wrong: done is over
# named: control-1
def control(world, learn, q, episodes, epsilon, rng):
    out = []
    for _ in range(episodes):
        s, G, done = world.reset(), 0.0, False
        a = choose(q, s, epsilon, rng)
        while not done:
            s2, r, terminated, truncated = world.step(a)
            done = terminated or truncated
            a2 = choose(q, s2, epsilon, rng)
            learn(q, Step(s, a, r, s2, a2, done))
            s, a, G = s2, a2, G + r
        out.append(G)
    return out


# wrong: the loop of Q-learning, which chooses again
# named: control-3
def control(world, learn, q, episodes, epsilon, rng):
    out = []
    for _ in range(episodes):
        s, G, done = world.reset(), 0.0, False
        while not done:
            a = choose(q, s, epsilon, rng)
            s2, r, terminated, truncated = world.step(a)
            learn(q, Step(s, a, r, s2, choose(q, s2, epsilon, rng), terminated))
            s, G, done = s2, G + r, terminated or truncated
        out.append(G)
    return out


# wrong: after learning
def control(world, learn, q, episodes, epsilon, rng):
    out = []
    for _ in range(episodes):
        s, G, done = world.reset(), 0.0, False
        a = choose(q, s, epsilon, rng)
        while not done:
            s2, r, terminated, truncated = world.step(a)
            learn(q, Step(s, a, r, s2, None, terminated))
            a2 = choose(q, s2, epsilon, rng)
            s, a, G, done = s2, a2, G + r, terminated or truncated
        out.append(G)
    return out


# wrong: it never stops at a time limit
# named: greedy_return-2
def greedy_return(world, q, limit):
    s, total = world.reset(), 0.0
    for _ in range(limit):
        s, r, done, _ = world.step(int(np.argmax(q[s])))
        total += r
        if done:
            return total
    return total


# wrong: the last reward is lost
# named: greedy_return-5
def greedy_return(world, q, limit):
    s, total = world.reset(), 0.0
    for _ in range(limit):
        s, r, done, cut = world.step(int(np.argmax(q[s])))
        if done or cut:
            return total
        total += r
    return total


# wrong: the expectation of |x|
# named: maximum_bias-3
def maximum_bias(sigma, n):
    return np.sqrt(2 / np.pi) * sigma / np.sqrt(n)


# wrong: divided by n
# named: maximum_bias-5
def maximum_bias(sigma, n):
    return sigma / (n * np.sqrt(np.pi))


# wrong: plain maximum
# named: double_value-3
def double_value(choosing, evaluating):
    return float(max(choosing))


# wrong: swapped
# named: double_value-2
def double_value(choosing, evaluating):
    return float(choosing[np.argmax(evaluating)])


# wrong: the table judges itself
# named: double_q-2
def double_q(q, step, lr, gamma, rng):
    i = rng.integers(2)
    target = td_target(step.r, q[i, step.s2].max(), step.terminated, gamma)
    q[i, step.s, step.a] += lr * (target - q[i, step.s, step.a])


# wrong: as in double DQN, always the same table
# named: double_q-1
def double_q(q, step, lr, gamma, rng):
    best = q[0, step.s2].argmax()
    target = td_target(step.r, q[1, step.s2, best], step.terminated, gamma)
    q[0, step.s, step.a] += lr * (target - q[0, step.s, step.a])


# wrong: no shift
# named: tiles-1
def tiles(x, tilings, bins, low, high):
    unit = np.clip((x - low) / (high - low) * bins, 0, bins)
    cell = unit.astype(int)
    index = int(sum(c * (bins + 1) ** k for k, c in enumerate(cell)))
    return np.array([i * (bins + 1) ** len(x) + index for i in range(tilings)])


# wrong: along the diagonal
# named: tiles-2
def tiles(x, tilings, bins, low, high):
    unit = np.clip((x - low) / (high - low) * bins, 0, bins)
    ids = []
    for i in range(tilings):
        cell = np.floor(unit + i / tilings).astype(int)
        ids.append(i * (bins + 1) ** len(x) + int(cell @ (bins + 1) ** np.arange(len(x))))
    return np.array(ids)


# wrong: ids are shared
# named: tiles-4
def tiles(x, tilings, bins, low, high):
    unit = np.clip((x - low) / (high - low) * bins, 0, bins)
    odd = 2 * np.arange(len(x)) + 1
    cells = [np.floor(unit + i * odd / tilings % 1).astype(int) for i in range(tilings)]
    return np.array([int(cell @ (bins + 1) ** np.arange(len(x))) for cell in cells])


# wrong: the learning rate is not divided
# named: semi_gradient_sarsa-1
def semi_gradient_sarsa(w, step, lr, gamma):
    delta = td_target(step.r, w[step.s2, step.a2].sum(), step.terminated, gamma)
    w[step.s, step.a] += lr * (delta - w[step.s, step.a].sum())


# wrong: the residual gradient
# named: semi_gradient_sarsa-6
def semi_gradient_sarsa(w, step, lr, gamma):
    going_on = 1 - step.terminated
    delta = step.r + gamma * going_on * w[step.s2, step.a2].sum() - w[step.s, step.a].sum()
    n = len(step.s)
    w[step.s, step.a] += lr / n * delta
    w[step.s2, step.a2] -= lr / n * gamma * going_on * delta


# wrong: not weighted
# named: sweep-1
def sweep(w, X, P, R, d, lr, gamma, rule):
    v = X @ w
    goal = (
        np.linalg.solve(np.eye(len(P)) - gamma * P, R)
        if rule == "monte_carlo"
        else R + gamma * P @ v
    )
    left = X - gamma * P @ X if rule == "residual" else X
    return w + lr * left.T @ (goal - v)


# wrong: climbs the residual
# named: sweep-5
def sweep(w, X, P, R, d, lr, gamma, rule):
    v = X @ w
    if rule == "monte_carlo":
        return w + lr * X.T @ (d * (np.linalg.solve(np.eye(len(P)) - gamma * P, R) - v))
    delta = R + gamma * P @ v - v
    left = X if rule == "td" else gamma * P @ X - X
    return w + lr * left.T @ (d * delta)


# wrong: in place
# named: sweep-11
def sweep(w, X, P, R, d, lr, gamma, rule):
    v = X @ w
    if rule == "monte_carlo":
        goal = np.linalg.solve(np.eye(len(P)) - gamma * P, R)
    else:
        goal = R + gamma * P @ v
    left = X - gamma * P @ X if rule == "residual" else X
    w += lr * left.T @ (d * (goal - v))
    return w
