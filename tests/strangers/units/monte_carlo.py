# right: a dict of lists, and the mean at the end
def first_visit(episodes, S, gamma):
    found = {s: [] for s in range(S)}
    for episode in episodes:
        states = [s for s, a, r in episode]
        G = returns(episode, gamma)
        for s in set(states):
            found[s].append(G[states.index(s)])
    v = np.array([np.mean(x) if x else 0.0 for x in found.values()])
    return v, np.array([len(x) for x in found.values()])


# right: backwards, and only where the state does not occur earlier
def first_visit(episodes, S, gamma):
    v, n = np.zeros(S), np.zeros(S, dtype=int)
    for ep in episodes:
        G = 0.0
        for t in range(len(ep) - 1, -1, -1):
            s, a, r = ep[t]
            G = gamma * G + r
            if s not in [x[0] for x in ep[:t]]:
                n[s] += 1
                v[s] += (G - v[s]) / n[s]
    return v, n


# right: with np.add.at
def every_visit(episodes, S, gamma):
    total, n = np.zeros(S), np.zeros(S, dtype=np.int64)
    for ep in episodes:
        s = np.array([x[0] for x in ep])
        np.add.at(total, s, np.array(returns(ep, gamma)))
        np.add.at(n, s, 1)
    return np.divide(total, n, out=np.zeros(S), where=n > 0), n


# right: the discounted sum written out for each step
def every_visit(episodes, S, gamma):
    sums, n = np.zeros(S), np.zeros(S, dtype=int)
    for ep in episodes:
        for t in range(len(ep)):
            sums[ep[t][0]] += sum(gamma**k * ep[t + k][2] for k in range(len(ep) - t))
            n[ep[t][0]] += 1
    n_safe = np.where(n == 0, 1, n)
    return sums / n_safe, n


# right: simplified
def every_visit_mean(stay):
    return (2 - stay) / (2 * (1 - stay))


# right: from the old sum
def running_mean(mean, total, x, w=1.0):
    if total + w == 0:
        return mean, total
    return (mean * total + w * x) / (total + w), total + w


# right: a variance by a matrix of terms
def standard_error(sums, counts):
    v = np.sum(sums) / np.sum(counts)
    d = sums - counts * v
    var = d @ d * len(d) / (len(d) - 1)
    return float(v), float(var**0.5 / np.sum(counts))


# right: scaled by the mean count
def standard_error(sums, counts):
    v = sums.mean() / counts.mean()
    d = (sums - v * counts) / counts.mean()
    return float(v), float(np.std(d, ddof=1) / np.sqrt(len(d)))


# right: row by row
def epsilon_soft(q, epsilon):
    pi = np.zeros(q.shape)
    for s in range(len(q)):
        best = np.flatnonzero(q[s] == max(q[s]))
        pi[s] = epsilon / len(q[s])
        pi[s, best] += (1 - epsilon) / len(best)
    return pi


# right: the first step before the loop
def play(world, pi, rng, start=None):
    if start is None:
        s = world.reset()
        a = draw(pi[s], rng)
    else:
        s, a = start
        world.reset(s)
    episode = []
    while True:
        s2, r, done = world.step(a)
        episode.append((s, a, r))
        if done:
            return episode
        s = s2
        a = draw(pi[s], rng)


# right: with rng.choice
def play(world, pi, rng, start=None):
    s = world.reset() if start is None else world.reset(start[0])
    episode, done = [], False
    while not done:
        if not episode and start is not None:
            a = start[1]
        else:
            a = int(rng.choice(len(pi[s]), p=pi[s]))
        nxt, r, done = world.step(a)
        episode += [(s, a, r)]
        s = nxt
    return episode


# right: sums and counts, the policy computed from q each time
def mc_control(world, episodes, rng, epsilon, exploring_starts=False):
    sums, n = np.zeros((world.S, world.A)), np.zeros((world.S, world.A))
    for _ in range(episodes):
        q = sums / np.maximum(n, 1)
        start = None
        if exploring_starts:
            start = int(rng.integers(0, world.S)), int(rng.integers(0, world.A))
        pi = epsilon_soft(q, epsilon)
        pi[n.sum(axis=1) == 0] = 1 / world.A
        episode = play(world, pi, rng, start)
        G = 0
        for s, a, r in episode[::-1]:
            G += r
            sums[s, a] += G
            n[s, a] += 1
    return sums / np.maximum(n, 1), n


# right: a running product in a loop
def ratios(pi, b, episode):
    rho, out = 1.0, []
    for s, a, _ in episode:
        rho = rho * pi[s, a] / b[s, a]
        out.append(rho)
    return np.array(out)


# right: by indexing with arrays
def ratios(pi, b, episode):
    s, a = np.array([(x[0], x[1]) for x in episode]).T
    return (pi[s, a] / b[s, a]).cumprod()


# right: a dot product
def ordinary_is(w, G):
    return float(np.dot(w, G) / len(G))


# right: np.average
def weighted_is(w, G):
    return 0.0 if w.sum() == 0 else float(np.average(G, weights=w))


# right: the other order of the condition
def second_moment(stay, b):
    if b <= stay:
        return float("inf")
    return ((1 - stay) / b) / (1 - stay / b)


# right: nested loops
def per_decision_is(episodes, pi, b, gamma):
    total = 0.0
    for ep in episodes:
        rho, discount = 1.0, 1.0
        for s, a, r in ep:
            rho *= pi[s, a] / b[s, a]
            total += discount * rho * r
            discount *= gamma
    return total / len(episodes)


# right: normalised weights
def effective_sample_size(w):
    if not w.sum():
        return 0.0
    p = w / w.sum()
    return float(1 / np.sum(p**2))


# right: forwards, with the product of what follows
def off_policy_q(episodes, pi, b, gamma):
    top, bottom = np.zeros_like(pi), np.zeros_like(pi)
    for ep in episodes:
        G = returns(ep, gamma)
        for t, (s, a, _) in enumerate(ep):
            w = np.prod([pi[x, y] / b[x, y] for x, y, _ in ep[t + 1 :]])
            top[s, a] += w * G[t]
            bottom[s, a] += w
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


# right: stops when nothing counts any more
def off_policy_q(episodes, pi, b, gamma):
    q, C = np.zeros(pi.shape), np.zeros(pi.shape)
    for ep in episodes:
        G, W = 0.0, 1.0
        for s, a, r in ep[::-1]:
            if W == 0:
                break
            G = gamma * G + r
            C[s, a] += W
            q[s, a] += W / C[s, a] * (G - q[s, a])
            W = W * pi[s, a] / b[s, a]
    return q


# right: two lists
def squared_errors(log, truth, n, runs, rng):
    first, second = [], []
    for _ in range(runs):
        w, G = log(n, rng)
        first.append(ordinary_is(w, G))
        second.append(weighted_is(w, G))
    return tuple(float(np.mean((np.array(x) - truth) ** 2)) for x in (first, second))


# wrong: the last visit, by a dict that is overwritten
# named: first_visit-1
def first_visit(episodes, S, gamma):
    sums, n = np.zeros(S), np.zeros(S, dtype=int)
    for ep in episodes:
        where = {s: t for t, (s, _, _) in enumerate(ep)}
        G = returns(ep, gamma)
        for s, t in where.items():
            sums[s] += G[t]
            n[s] += 1
    return sums / np.maximum(n, 1), n


# wrong: every visit under the name of the first
# named: first_visit-2
def first_visit(episodes, S, gamma):
    return every_visit(episodes, S, gamma)


# wrong: the seen states of all episodes together
# named: first_visit-3
def first_visit(episodes, S, gamma):
    v, n = np.zeros(S), np.zeros(S, dtype=int)
    seen = []
    for ep in episodes:
        G = returns(ep, gamma)
        for t, (s, a, r) in enumerate(ep):
            if s in seen:
                continue
            seen.append(s)
            v[s] += G[t]
            n[s] += 1
    return v / np.maximum(n, 1), n


# wrong: rewards instead of returns
# named: first_visit-4
def first_visit(episodes, S, gamma):
    found = [[] for _ in range(S)]
    for ep in episodes:
        seen = set()
        for s, _, r in ep:
            if s not in seen:
                found[s].append(r)
            seen.add(s)
    return np.array([np.mean(f) if f else 0.0 for f in found]), np.array([len(f) for f in found])


# wrong: gamma forgotten, with sums of rewards
# named: every_visit-4
def every_visit(episodes, S, gamma):
    sums, n = np.zeros(S), np.zeros(S, dtype=int)
    for ep in episodes:
        for t in range(len(ep)):
            sums[ep[t][0]] += sum(r for _, _, r in ep[t:])
            n[ep[t][0]] += 1
    return sums / np.maximum(n, 1), n


# wrong: divided by the episodes
# named: every_visit-3
def every_visit(episodes, S, gamma):
    sums, n = np.zeros(S), np.zeros(S, dtype=int)
    for ep in episodes:
        for t, (s, _, _) in enumerate(ep):
            sums[s] += returns(ep, gamma)[t]
            n[s] += 1
    return sums / (len(episodes) or 1), n


# wrong: the whole return for every step
# named: every_visit-2
def every_visit(episodes, S, gamma):
    sums, n = np.zeros(S), np.zeros(S, dtype=int)
    for ep in episodes:
        G = sum(gamma**k * r for k, (_, _, r) in enumerate(ep))
        for s, _, _ in ep:
            sums[s] += G
            n[s] += 1
    return sums / np.maximum(n, 1), n


# wrong: the true value
# named: every_visit_mean-1
def every_visit_mean(stay):
    return (1 - stay) ** -1.0


# wrong: half of the length
# named: every_visit_mean-2
def every_visit_mean(stay):
    return 0.5 / (1 - stay)


# wrong: divided by the old total
# named: running_mean-2
def running_mean(mean, total, x, w=1.0):
    if total == 0:
        return (x if w else mean), total + w
    return mean + w * (x - mean) / total, total + w


# wrong: a plain step of 1 / total
# named: running_mean-1
def running_mean(mean, total, x, w=1.0):
    if w == 0:
        return mean, total
    new = total + w
    return mean + (x - mean) / new, new


# wrong: counts instead of weights
# named: running_mean-3
def running_mean(mean, total, x, w=1.0):
    total = total + 1
    return mean + w / total * (x - mean), total


# wrong: mean of the episode means
# named: standard_error-1
def standard_error(sums, counts):
    means = sums / counts
    v = float(np.mean(means))
    N = len(sums)
    d = sums - v * counts
    return v, float(np.sqrt(N / (N - 1) * np.sum(d**2)) / np.sum(counts))


# wrong: population formula
# named: standard_error-5
def standard_error(sums, counts):
    v = sums.sum() / counts.sum()
    return float(v), float(np.linalg.norm(sums - v * counts) / counts.sum())


# wrong: divided by N
# named: standard_error-2
def standard_error(sums, counts):
    v = sums.sum() / counts.sum()
    d = sums - v * counts
    return float(v), float(np.sqrt(np.sum(d**2) * len(d) / (len(d) - 1)) / len(d))


# wrong: argmax alone
# named: epsilon_soft-2
def epsilon_soft(q, epsilon):
    pi = np.full(q.shape, epsilon / q.shape[1])
    pi[np.arange(len(q)), np.argmax(q, axis=1)] += 1 - epsilon
    return pi


# wrong: only the others are explored
# named: epsilon_soft-1
def epsilon_soft(q, epsilon):
    best = q == q.max(axis=1, keepdims=True)
    pi = np.where(best, 0.0, epsilon / (q.shape[1] - 1))
    return pi + (1 - epsilon) * best / best.sum(axis=1, keepdims=True)


# wrong: every best action gets the whole
# named: epsilon_soft-3
def epsilon_soft(q, epsilon):
    pi = np.ones_like(q) * epsilon / q.shape[1]
    pi[q == np.max(q, axis=1)[:, None]] += 1 - epsilon
    return pi


# wrong: the state after the step
# named: play-1
def play(world, pi, rng, start=None):
    s, a = (world.reset(), None) if start is None else (world.reset(start[0]), start[1])
    episode, done = [], False
    while not done:
        if a is None:
            a = draw(pi[s], rng)
        s, r, done = world.step(a)
        episode.append((s, a, r))
        a = None
    return episode


# wrong: the starting action is taken again and again
# named: play-2
def play(world, pi, rng, start=None):
    s = world.reset() if start is None else world.reset(start[0])
    episode, done = [], False
    a = draw(pi[s], rng) if start is None else start[1]
    while not done:
        after, r, done = world.step(a)
        episode.append((s, a, r))
        s = after
    return episode


# wrong: greedy
# named: play-4
def play(world, pi, rng, start=None):
    s = world.reset() if start is None else world.reset(start[0])
    first = None if start is None else start[1]
    episode, done = [], False
    while not done:
        a = int(np.argmax(pi[s])) if first is None else first
        first = None
        after, r, done = world.step(a)
        episode.append((s, a, r))
        s = after
    return episode


# wrong: the action of the start is ignored
# named: play-3
def play(world, pi, rng, start=None):
    s = world.reset() if start is None else world.reset(start[0])
    episode, done = [], False
    while not done:
        a = draw(pi[s], rng)
        after, r, done = world.step(a)
        episode.append((s, a, r))
        s = after
    return episode


# wrong: the whole return for each action
# named: mc_control-1
def mc_control(world, episodes, rng, epsilon, exploring_starts=False):
    q, n = np.zeros((world.S, world.A)), np.zeros((world.S, world.A))
    pi = np.full((world.S, world.A), 1 / world.A)
    for _ in range(episodes):
        start = (rng.integers(world.S), rng.integers(world.A)) if exploring_starts else None
        ep = play(world, pi, rng, start)
        G = sum(r for _, _, r in ep)
        for s, a, _ in ep:
            n[s, a] += 1
            q[s, a] += (G - q[s, a]) / n[s, a]
        for s, _, _ in ep:
            pi[s] = epsilon_soft(q[s][None], epsilon)[0]
    return q, n


# wrong: evaluates, and never improves
# named: mc_control-2
def mc_control(world, episodes, rng, epsilon, exploring_starts=False):
    q, n = np.zeros((world.S, world.A)), np.zeros((world.S, world.A))
    pi = np.ones((world.S, world.A)) / world.A
    for _ in range(episodes):
        start = None
        if exploring_starts:
            start = rng.integers(world.S), rng.integers(world.A)
        ep = play(world, pi, rng, start)
        for (s, a, _), G in zip(ep, returns(ep, 1.0)):
            n[s, a] += 1
            q[s, a] += (G - q[s, a]) / n[s, a]
    return q, n


# wrong: a greedy policy whatever epsilon is
# named: mc_control-7
def mc_control(world, episodes, rng, epsilon, exploring_starts=False):
    q, n = np.zeros((world.S, world.A)), np.zeros((world.S, world.A))
    pi = np.ones((world.S, world.A)) / world.A
    for _ in range(episodes):
        start = (rng.integers(world.S), rng.integers(world.A)) if exploring_starts else None
        ep = play(world, pi, rng, start)
        for (s, a, _), G in zip(ep, returns(ep, 1.0)):
            n[s, a] += 1
            q[s, a] += (G - q[s, a]) / n[s, a]
        pi = epsilon_soft(q, 0)
    return q, n


# wrong: a constant step
# named: mc_control-6
def mc_control(world, episodes, rng, epsilon, exploring_starts=False):
    q, n = np.zeros((world.S, world.A)), np.zeros((world.S, world.A))
    pi = np.ones((world.S, world.A)) / world.A
    for _ in range(episodes):
        start = (rng.integers(world.S), rng.integers(world.A)) if exploring_starts else None
        ep = play(world, pi, rng, start)
        for (s, a, _), G in zip(ep, returns(ep, 1.0)):
            n[s, a] += 1
            q[s, a] += 0.1 * (G - q[s, a])
        pi = epsilon_soft(q, epsilon)
    return q, n


# wrong: upside down
# named: ratios-1
def ratios(pi, b, episode):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.cumprod(np.array([b[s, a] / pi[s, a] for s, a, _ in episode]))


# wrong: each step alone
# named: ratios-2
def ratios(pi, b, episode):
    return np.array([pi[s][a] / b[s][a] for s, a, r in episode])


# wrong: the final ratio for all
# named: ratios-6
def ratios(pi, b, episode):
    rho = 1.0
    for s, a, _ in episode:
        rho *= pi[s, a] / b[s, a]
    return np.ones(len(episode)) * rho


# wrong: before the step's own action
# named: ratios-3
def ratios(pi, b, episode):
    rho, out = 1.0, []
    for s, a, _ in episode:
        out.append(rho)
        rho *= pi[s, a] / b[s, a]
    return np.array(out)


# wrong: mean of the weights times mean of the returns
# named: ordinary_is-3
def ordinary_is(w, G):
    return float(np.mean(w) * np.mean(G))


# wrong: a sum
# named: ordinary_is-2
def ordinary_is(w, G):
    return float(w @ G)


# wrong: divided by the number of those that count
# named: weighted_is-3
def weighted_is(w, G):
    count = np.count_nonzero(w)
    return float(w @ G / count) if count else 0.0


# wrong: no guard
# named: weighted_is-2
def weighted_is(w, G):
    with np.errstate(invalid="ignore"):
        return float(np.sum(w * G) / np.sum(w))


# wrong: no condition
# named: second_moment-2
def second_moment(stay, b):
    try:
        return (1 - stay) / (b - stay)
    except ZeroDivisionError:
        return np.inf


# wrong: a variance
# named: second_moment-3
def second_moment(stay, b):
    return (1 - stay) / (b - stay) - 1 if stay < b else np.inf


# wrong: all rewards with the final ratio
# named: per_decision_is-1
def per_decision_is(episodes, pi, b, gamma):
    out = []
    for ep in episodes:
        out.append(ratios(pi, b, ep)[-1] * returns(ep, gamma)[0])
    return float(np.mean(out))


# wrong: no discount
# named: per_decision_is-2
def per_decision_is(episodes, pi, b, gamma):
    return float(
        np.mean([sum(w * r for w, (_, _, r) in zip(ratios(pi, b, e), e)) for e in episodes])
    )


# wrong: the sum is not squared
# named: effective_sample_size-1
def effective_sample_size(w):
    return float(np.sum(w) / np.sum(w * w)) if np.any(w) else 0.0


# wrong: counts what is not 0
# named: effective_sample_size-4
def effective_sample_size(w):
    return float(np.count_nonzero(w))


# wrong: the ratio with the action itself
# named: off_policy_q-1
def off_policy_q(episodes, pi, b, gamma):
    q, C = np.zeros(pi.shape), np.zeros(pi.shape)
    for ep in episodes:
        G, W = 0.0, 1.0
        for s, a, r in reversed(ep):
            G = gamma * G + r
            W *= pi[s, a] / b[s, a]
            if W == 0:
                break
            C[s, a] += W
            q[s, a] += W / C[s, a] * (G - q[s, a])
    return q


# wrong: the weights are never reset
# named: off_policy_q-2
def off_policy_q(episodes, pi, b, gamma):
    q, C, W = np.zeros(pi.shape), np.zeros(pi.shape), 1.0
    for ep in episodes:
        G = 0.0
        for s, a, r in reversed(ep):
            G = gamma * G + r
            if W:
                C[s, a] += W
                q[s, a] += W / C[s, a] * (G - q[s, a])
            W *= pi[s, a] / b[s, a]
    return q


# wrong: no ratios at all
# named: off_policy_q-3
def off_policy_q(episodes, pi, b, gamma):
    sums, n = np.zeros(pi.shape), np.zeros(pi.shape)
    for ep in episodes:
        for (s, a, _), G in zip(ep, returns(ep, gamma)):
            sums[s, a] += G
            n[s, a] += 1
    return sums / np.maximum(n, 1)


# wrong: two logs
# named: squared_errors-1
def squared_errors(log, truth, n, runs, rng):
    a = np.array([ordinary_is(*log(n, rng)) for _ in range(runs)])
    b = np.array([weighted_is(*log(n, rng)) for _ in range(runs)])
    return float(np.mean((a - truth) ** 2)), float(np.mean((b - truth) ** 2))


# wrong: absolute errors
# named: squared_errors-3
def squared_errors(log, truth, n, runs, rng):
    total = np.zeros(2)
    for _ in range(runs):
        w, G = log(n, rng)
        total += abs(ordinary_is(w, G) - truth), abs(weighted_is(w, G) - truth)
    return float(total[0] / runs), float(total[1] / runs)


# wrong: one log for all runs
# named: squared_errors-2
def squared_errors(log, truth, n, runs, rng):
    w, G = log(n, rng)
    return (ordinary_is(w, G) - truth) ** 2, (weighted_is(w, G) - truth) ** 2
