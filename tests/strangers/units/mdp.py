# right: a list of the best positions for each row
def argmax_random(values, rng):
    return np.array([rng.choice(np.flatnonzero(row == row.max())) for row in values])


# right: shuffled by tiny keys, through lexsort
def argmax_random(values, rng):
    keys = rng.random(values.shape)
    return np.array([np.lexsort((k, v))[-1] for k, v in zip(keys, values)])


# right: a loop over the bandits
def epsilon_greedy(means, epsilon, rng):
    arms = []
    for row in means:
        if rng.random() < epsilon:
            arms.append(int(rng.integers(0, len(row))))
        else:
            arms.append(int(argmax_random(row[None], rng)[0]))
    return np.array(arms)


# right: binomial draws, and a running total
def run_bandit(player, means, T, rng):
    total, out = np.zeros(len(means)), []
    best = means.max(1)
    for _ in range(T):
        arm = player.choose(rng)
        p = np.take_along_axis(means, arm[:, None], axis=1)[:, 0]
        player.learn(arm, rng.binomial(1, p).astype(float))
        total = total + best - p
        out.append(total)
    return np.array(out)


# right: with errstate, and infinity where nothing is known
def ucb(counts, sums, c, rng):
    t = counts.sum(axis=1)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = sums / counts + c * (np.log(t) / counts) ** 0.5
    bound[counts == 0] = np.inf
    return argmax_random(bound, rng)


# right: the exponent written out
def ucb_constant(power):
    return (0.5 * power) ** 0.5


# right: Bayes by hand, in logarithms where that is possible
def posterior(ones, pulls, grid):
    p = np.array([g**ones * (1 - g) ** (pulls - ones) for g in grid])
    return p / p.sum()


# right: Beta from two gamma draws
def thompson(counts, sums, rng):
    a, b = rng.gamma(1 + sums), rng.gamma(1 + counts - sums)
    return np.argmax(a / (a + b), axis=1)


# right: the two cases of the book one after the other
def gradient_bandit(H, arm, reward, baseline, lr):
    out, pi = H.copy(), softmax(H)
    for i in range(len(H)):
        delta = lr * (reward[i] - baseline[i])
        for a in range(H.shape[1]):
            if a == arm[i]:
                out[i, a] += delta * (1 - pi[i, a])
            else:
                out[i, a] -= delta * pi[i, a]
    return out


# right: by the whole Jacobian of the softmax
def reward_gradient(H, q):
    pi = softmax(H)
    J = pi[:, :, None] * (np.eye(H.shape[1]) - pi[:, None, :])
    return np.einsum("nab,na->nb", J, q)


# right: the pulls of the second half, averaged
def late_regret(regret):
    per_pull = np.diff(regret, axis=0, prepend=0)
    return float(per_pull[len(regret) // 2 :].mean())


# right: Horner's rule
def discounted_return(rewards, gamma):
    G = 0.0
    for r in rewards[::-1]:
        G = r + gamma * G
    return float(G)


# right: split into episodes first
def returns_to_go(rewards, ended, gamma):
    G = np.array(rewards, dtype=float)
    for t in range(len(G) - 2, -1, -1):
        if not ended[t]:
            G[t] += gamma * G[t + 1]
    return G


# right: a mask for what follows
def bootstrapped_returns(rewards, terminated, truncated, next_v, gamma):
    T = len(rewards)
    G = np.zeros(T + 1)
    for t in range(T - 1, -1, -1):
        cut = truncated[t] or t == T - 1
        after = next_v[t] if cut else G[t + 1]
        G[t] = rewards[t] + gamma * after * (1 - terminated[t])
    return G[:T]


# right: divmod and a clip
def move(layout, s, a):
    rows, cols = len(layout), len(layout[0])
    r, c = divmod(s, cols)
    dr, dc = MOVES[a]
    r2, c2 = min(max(r + dr, 0), rows - 1), min(max(c + dc, 0), cols - 1)
    return s if layout[r2][c2] == "#" else r2 * cols + c2


# right: the mean reward from the table of probabilities
def grid_tables(layout, slip=0.0, step_reward=0.0):
    cells = "".join(layout)
    n = len(cells)
    P = np.zeros((n, 4, n))
    for s in range(n):
        for a in range(4):
            if cells[s] in "GH#":
                P[s, a, s] = 1.0
            else:
                P[s, a, move(layout, s, a)] += 1 - slip
                P[s, a, move(layout, s, (a + 1) % 4)] += slip / 2
                P[s, a, move(layout, s, (a + 3) % 4)] += slip / 2
    pay = np.array([EARNS.get(c, 0.0) for c in cells]) + step_reward
    going = np.array([c not in "GH#" for c in cells])
    return P, (P @ pay) * going[:, None]


# right: one uniform number decides about the turn
class GridEnv(GridEnv):
    def step(self, a):
        u = self.rng.random()
        if u < self.slip / 2:
            a = a - 1
        elif u < self.slip:
            a = a + 1
        self.s = move(self.layout, self.s, a % 4)
        self.steps += 1
        c = self.cells[self.s]
        done = c == "G" or c == "H"
        return (
            self.s,
            EARNS.get(c, 0.0) + self.step_reward,
            done,
            (not done) and self.steps == self.limit,
            {},
        )


# right: the inverse of the cumulative probabilities
def run_episode(env, pi, rng):
    s, info = env.reset()
    episode = []
    while True:
        a = int(np.searchsorted(np.cumsum(pi[s]), rng.random(), side="right"))
        a = min(a, pi.shape[1] - 1)
        s2, r, terminated, truncated, info = env.step(a)
        episode.append((s, a, r))
        s = s2
        if terminated or truncated:
            return episode, s, terminated


# right: the visits added up until nothing is left
def occupancy(P, pi, start, gamma):
    here, d, weight = start.copy(), np.zeros(pi.shape), 1.0
    for _ in range(3000):
        d += weight * here[:, None] * pi
        here = np.einsum("s,sa,sat->t", here, pi, P)
        weight *= gamma
    return d


# right: by the values of the states
def expected_return(P, R, pi, start, gamma):
    P_pi = (pi[:, :, None] * P).sum(1)
    v = np.linalg.inv(np.eye(len(P)) - gamma * P_pi) @ (pi * R).sum(1)
    return float(start @ v)


# right: the best by max with a key
def best_policy(P, R, start, gamma, looks):
    A, K = R.shape[1], looks.max() + 1
    every = (np.eye(A)[[acts[k] for k in looks]] for acts in product(range(A), repeat=K))
    pi = max(every, key=lambda pi: expected_return(P, R, pi, start, gamma))
    return pi, expected_return(P, R, pi, start, gamma)


# right: sometimes it waits, and still it earns more
def loophole():
    return np.array([[0.95, 0.05], [0.0, 1.0], [0.5, 0.5]])


# right: as a sum over the next states
def shaping(P, R, phi, gamma):
    return R + (P * (gamma * phi[None, None, :] - phi[:, None, None])).sum(axis=2)


# wrong: the first of equals
# named: argmax_random-1
def argmax_random(values, rng):
    return np.argmax(values, axis=1)


# wrong: noise that is too large
# named: argmax_random-4
def argmax_random(values, rng):
    return np.argmax(values + rng.uniform(size=values.shape), axis=1)


# wrong: one permutation for all rows
# named: argmax_random-3
def argmax_random(values, rng):
    order = rng.random(values.shape[1])
    return np.array(
        [max(np.flatnonzero(row == row.max()), key=lambda a: order[a]) for row in values]
    )


# wrong: a column comes back
def argmax_random(values, rng):
    return np.array([[rng.choice(np.flatnonzero(row == row.max()))] for row in values])


# wrong: one coin for all
# named: epsilon_greedy-1
def epsilon_greedy(means, epsilon, rng):
    if rng.random() < epsilon:
        return rng.integers(means.shape[1], size=len(means))
    return argmax_random(means, rng)


# wrong: greedy with probability epsilon
# named: epsilon_greedy-2
def epsilon_greedy(means, epsilon, rng):
    greedy = rng.random(len(means)) < epsilon
    return np.where(
        greedy, argmax_random(means, rng), rng.integers(means.shape[1], size=len(means))
    )


# wrong: argmax among equal means
# named: epsilon_greedy-6
def epsilon_greedy(means, epsilon, rng):
    arm = means.argmax(axis=1)
    explore = rng.random(len(arm)) < epsilon
    arm[explore] = rng.integers(0, means.shape[1], explore.sum())
    return arm


# wrong: rewards instead of means
# named: run_bandit-2
def run_bandit(player, means, T, rng):
    N = len(means)
    out = np.zeros((T, N))
    for t in range(T):
        arm = player.choose(rng)
        r = (rng.random(N) < means[range(N), arm]) * 1.0
        player.learn(arm, r)
        out[t] = means.max(axis=1) - r
    return np.cumsum(out, axis=0)


# wrong: not added up
# named: run_bandit-3
def run_bandit(player, means, T, rng):
    N, out = len(means), []
    for t in range(T):
        arm = player.choose(rng)
        q = means[np.arange(N), arm]
        player.learn(arm, (rng.random(N) < q).astype(float))
        out.append(means.max(axis=1) - q)
    return np.array(out)


# wrong: the average over time
def run_bandit(player, means, T, rng):
    N, out = len(means), []
    for t in range(T):
        arm = player.choose(rng)
        q = means[np.arange(N), arm]
        player.learn(arm, (rng.random(N) < q).astype(float))
        out.append(means.max(axis=1) - q)
    return np.cumsum(out, axis=0) / np.arange(1, T + 1)[:, None]


# wrong: the player sees the mean
# named: run_bandit-6
def run_bandit(player, means, T, rng):
    N, out = len(means), []
    for t in range(T):
        arm = player.choose(rng)
        q = means[np.arange(N), arm]
        player.learn(arm, q)
        out.append(means.max(axis=1) - q)
    return np.cumsum(out, axis=0)


# wrong: untried arms count as one pull
# named: ucb-1
def ucb(counts, sums, c, rng):
    n = np.maximum(counts, 1)
    t = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return argmax_random(sums / n + c * np.sqrt(np.log(t) / n), rng)


# wrong: log n over n
# named: ucb-2
def ucb(counts, sums, c, rng):
    n = np.maximum(counts, 1)
    bound = sums / n + c * np.sqrt(np.log(n) / n)
    return argmax_random(np.where(counts == 0, np.inf, bound), rng)


# wrong: without the square root
# named: ucb-5
def ucb(counts, sums, c, rng):
    n = np.maximum(counts, 1)
    t = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return argmax_random(np.where(counts == 0, np.inf, sums / n + c * np.log(t) / n), rng)


# wrong: the pessimist
# named: ucb-7
def ucb(counts, sums, c, rng):
    n = np.maximum(counts, 1)
    t = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return argmax_random(np.where(counts == 0, np.inf, sums / n - c * np.sqrt(np.log(t) / n)), rng)


# wrong: 2 on the wrong side
# named: ucb_constant-1
def ucb_constant(power):
    return float((2 * power) ** 0.5)


# wrong: not normalised
# named: posterior-1
def posterior(ones, pulls, grid):
    return grid**ones * (1 - grid) ** (pulls - ones)


# wrong: zeros counted as all pulls
# named: posterior-2
def posterior(ones, pulls, grid):
    p = grid**ones * (1 - grid) ** pulls
    return p / p.sum()


# wrong: all pulls as the second number
# named: thompson-1
def thompson(counts, sums, rng):
    return np.argmax(rng.beta(sums + 1, counts + 1), axis=1)


# wrong: the mean of the posterior
# named: thompson-3
def thompson(counts, sums, rng):
    return np.argmax((sums + 1) / (counts + 2), axis=1)


# wrong: zeros first
# named: thompson-2
def thompson(counts, sums, rng):
    zeros = counts - sums
    return np.argmax(rng.beta(zeros + 1, sums + 1), axis=1)


# wrong: only the pulled arm moves
# named: gradient_bandit-1
def gradient_bandit(H, arm, reward, baseline, lr):
    out = H.copy()
    out[np.arange(len(H)), arm] += lr * (reward - baseline)
    return out


# wrong: without the baseline
# named: gradient_bandit-3
def gradient_bandit(H, arm, reward, baseline, lr):
    g = -softmax(H)
    g[np.arange(len(H)), arm] += 1
    return H + lr * reward[:, None] * g


# wrong: in place
# named: gradient_bandit-4
def gradient_bandit(H, arm, reward, baseline, lr):
    g = -softmax(H)
    g[np.arange(len(H)), arm] += 1
    H += lr * (reward - baseline)[:, None] * g
    return H


# wrong: pi times q
# named: reward_gradient-1
def reward_gradient(H, q):
    return q * softmax(H)


# wrong: the plain mean of q
# named: reward_gradient-2
def reward_gradient(H, q):
    return softmax(H) * (q - np.mean(q, axis=1, keepdims=True))


# wrong: everything, over the second half
# named: late_regret-1
def late_regret(regret):
    return float(np.mean(regret[-1]) / (len(regret) / 2))


# wrong: the mean of sums
# named: late_regret-2
def late_regret(regret):
    return float(np.mean(regret[len(regret) // 2 :]) / (len(regret) // 2))


# wrong: discounted from the first reward on
# named: discounted_return-1
def discounted_return(rewards, gamma):
    G = 0.0
    for r in rewards[::-1]:
        G = gamma * (r + G)
    return float(G)


# wrong: forwards, so the last reward counts most
# named: discounted_return-2
def discounted_return(rewards, gamma):
    G = 0.0
    for r in rewards:
        G = r + gamma * G
    return float(G)


# wrong: into the next episode
# named: returns_to_go-1
def returns_to_go(rewards, ended, gamma):
    G = np.array(rewards, float)
    for t in range(len(G) - 2, -1, -1):
        G[t] += gamma * G[t + 1]
    return G


# wrong: whole numbers stay whole
# named: returns_to_go-2
def returns_to_go(rewards, ended, gamma):
    G = np.copy(rewards)
    after = 0
    for t in range(len(G) - 1, -1, -1):
        after = rewards[t] + gamma * after * (not ended[t])
        G[t] = after
    return G


# wrong: the clock is an end
# named: bootstrapped_returns-1
def bootstrapped_returns(rewards, terminated, truncated, next_v, gamma):
    after, G = next_v[-1], []
    for r, term, trunc in zip(rewards[::-1], terminated[::-1], truncated[::-1]):
        after = r + gamma * (0 if term or trunc else after)
        G.insert(0, after)
    return np.array(G)


# wrong: the value after an end
# named: bootstrapped_returns-3
def bootstrapped_returns(rewards, terminated, truncated, next_v, gamma):
    G, after = np.zeros(len(rewards)), next_v[-1]
    for t in range(len(rewards) - 1, -1, -1):
        if terminated[t] or truncated[t]:
            after = next_v[t]
        after = rewards[t] + gamma * after
        G[t] = after
    return G


# wrong: nothing after the last step
# named: bootstrapped_returns-4
def bootstrapped_returns(rewards, terminated, truncated, next_v, gamma):
    G, after = np.zeros(len(rewards)), 0.0
    for t in range(len(rewards) - 1, -1, -1):
        if truncated[t]:
            after = next_v[t]
        if terminated[t]:
            after = 0.0
        after = rewards[t] + gamma * after
        G[t] = after
    return G


# wrong: around the edge
# named: move-3
def move(layout, s, a):
    width = len(layout[0])
    cells = "".join(layout)
    after = s + MOVES[a][0] * width + MOVES[a][1]
    if after < 0 or after >= len(cells) or cells[after] == "#":
        return s
    return after


# wrong: through walls
# named: move-4
def move(layout, s, a):
    width = len(layout[0])
    r, c = s // width + MOVES[a][0], s % width + MOVES[a][1]
    return r * width + c if 0 <= r < len(layout) and 0 <= c < width else s


# wrong: the number of rows instead of the width
# named: move-1
def move(layout, s, a):
    h, w = len(layout), len(layout[0])
    r, c = divmod(s, h)
    r, c = r + MOVES[a][0], c + MOVES[a][1]
    if r < 0 or r >= h or c < 0 or c >= w or layout[r][c] == "#":
        return s
    return r * w + c


# wrong: overwritten probabilities
# named: grid_tables-1
def grid_tables(layout, slip=0.0, step_reward=0.0):
    cells = "".join(layout)
    P, R = np.zeros((len(cells), 4, len(cells))), np.zeros((len(cells), 4))
    for s in range(len(cells)):
        for a in range(4):
            if cells[s] in "GH#":
                P[s, a, s] = 1
                continue
            for b, p in (((a - 1) % 4, slip / 2), ((a + 1) % 4, slip / 2), (a, 1 - slip)):
                s2 = move(layout, s, b)
                P[s, a, s2] = p
                R[s, a] += p * (step_reward + EARNS.get(cells[s2], 0))
    return P, R


# wrong: the whole slip to each side
# named: grid_tables-3
def grid_tables(layout, slip=0.0, step_reward=0.0):
    cells = "".join(layout)
    P, R = np.zeros((len(cells), 4, len(cells))), np.zeros((len(cells), 4))
    for s in range(len(cells)):
        for a in range(4):
            if cells[s] in "GH#":
                P[s, a, s] = 1
                continue
            for b, p in (((a - 1) % 4, slip), ((a + 1) % 4, slip), (a, 1 - 2 * slip)):
                s2 = move(layout, s, b)
                P[s, a, s2] += p
                R[s, a] += p * (step_reward + EARNS.get(cells[s2], 0))
    return P, R


# wrong: ends go on
# named: grid_tables-6
def grid_tables(layout, slip=0.0, step_reward=0.0):
    cells = "".join(layout)
    P, R = np.zeros((len(cells), 4, len(cells))), np.zeros((len(cells), 4))
    for s in range(len(cells)):
        for a in range(4):
            for b, p in (((a - 1) % 4, slip / 2), ((a + 1) % 4, slip / 2), (a, 1 - slip)):
                s2 = move(layout, s, b)
                P[s, a, s2] += p
                R[s, a] += p * (step_reward + EARNS.get(cells[s2], 0))
    return P, R


# wrong: the clock of the old episode
# named: GridEnv.reset-4
class GridEnv(GridEnv):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.steps = 0

    def reset(self, seed=None):
        if seed is not None:
            self.rng = np.random.default_rng(seed)
        self.s = self.cells.index("S")
        return self.s, {}


# wrong: always the same seed
# named: GridEnv.reset-2
class GridEnv(GridEnv):
    def reset(self, seed=0):
        self.rng = np.random.default_rng(seed)
        self.s, self.steps = self.cells.index("S"), 0
        return self.s, {}


# wrong: done, as in old Gym
# named: GridEnv.step-1
class GridEnv(GridEnv):
    def step(self, a):
        turn = self.rng.choice([0, 1, -1], p=[1 - self.slip, self.slip / 2, self.slip / 2])
        self.s = move(self.layout, self.s, (a + turn) % 4)
        self.steps += 1
        c = self.cells[self.s]
        done = c in "GH" or self.steps >= self.limit
        return self.s, self.step_reward + EARNS.get(c, 0.0), done, False, {}


# wrong: four values, as in old Gym
class GridEnv(GridEnv):
    def step(self, a):
        turn = self.rng.choice([0, 1, -1], p=[1 - self.slip, self.slip / 2, self.slip / 2])
        self.s = move(self.layout, self.s, (a + turn) % 4)
        self.steps += 1
        c = self.cells[self.s]
        return (
            self.s,
            self.step_reward + EARNS.get(c, 0.0),
            c in "GH" or self.steps >= self.limit,
            {},
        )


# wrong: one step too many
# named: GridEnv.step-3
class GridEnv(GridEnv):
    def step(self, a):
        turn = self.rng.choice([0, 1, -1], p=[1 - self.slip, self.slip / 2, self.slip / 2])
        self.s = move(self.layout, self.s, (a + turn) % 4)
        c = self.cells[self.s]
        over = c in "GH"
        late = self.steps >= self.limit and not over
        self.steps += 1
        return self.s, self.step_reward + EARNS.get(c, 0.0), over, late, {}


# wrong: the next state beside its reward
# named: run_episode-1
def run_episode(env, pi, rng):
    s, _ = env.reset()
    out, terminated, truncated = [], False, False
    while not terminated and not truncated:
        a = int(rng.choice(len(pi[s]), p=pi[s]))
        s, r, terminated, truncated, _ = env.step(a)
        out.append((s, a, r))
    return out, s, terminated


# wrong: over for either reason
# named: run_episode-6
def run_episode(env, pi, rng):
    s, _ = env.reset()
    out, done = [], False
    while not done:
        a = int(rng.choice(len(pi[s]), p=pi[s]))
        s2, r, terminated, truncated, _ = env.step(a)
        out.append((s, a, r))
        s, done = s2, terminated or truncated
    return out, s, done


# wrong: greedy actions
# named: run_episode-3
def run_episode(env, pi, rng):
    s, _ = env.reset()
    out = []
    while True:
        a = int(np.argmax(pi[s]))
        s2, r, terminated, truncated, _ = env.step(a)
        out.append((s, a, r))
        s = s2
        if terminated or truncated:
            return out, s, terminated


# wrong: the system is not transposed
# named: occupancy-1
def occupancy(P, pi, start, gamma):
    P_pi = (pi[..., None] * P).sum(axis=1)
    d = np.linalg.inv(np.eye(len(P)) - gamma * P_pi) @ start
    return d[:, None] * pi


# wrong: as probabilities
# named: occupancy-5
def occupancy(P, pi, start, gamma):
    P_pi = (pi[..., None] * P).sum(axis=1)
    d = start @ np.linalg.inv(np.eye(len(P)) - gamma * P_pi)
    return (1 - gamma) * d[:, None] * pi


# wrong: visits of states alone
def occupancy(P, pi, start, gamma):
    P_pi = (pi[..., None] * P).sum(axis=1)
    return start @ np.linalg.inv(np.eye(len(P)) - gamma * P_pi)


# wrong: one step
# named: expected_return-3
def expected_return(P, R, pi, start, gamma):
    return float(start @ (pi * R).sum(axis=1))


# wrong: zero as the first best
# named: best_policy-1
def best_policy(P, R, start, gamma, looks):
    S, A = R.shape
    best, top = np.zeros((S, A)), 0.0
    for acts in product(range(A), repeat=int(max(looks)) + 1):
        pi = np.eye(A)[[acts[k] for k in looks]]
        G = expected_return(P, R, pi, start, gamma)
        if G > top:
            best, top = pi, G
    return best, top


# wrong: sees what it cannot see
# named: best_policy-5
def best_policy(P, R, start, gamma, looks):
    S, A = R.shape
    best, top = None, -np.inf
    for acts in product(range(A), repeat=S):
        pi = np.eye(A)[list(acts)]
        G = expected_return(P, R, pi, start, gamma)
        if G > top:
            best, top = pi, G
    return best, top


# wrong: the honest courier
# named: loophole-1
def loophole():
    return np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])


# wrong: without gamma
# named: shaping-1
def shaping(P, R, phi, gamma):
    return R + np.einsum("sat,t->sa", P, phi) - phi[:, None]


# wrong: the old potential stays
# named: shaping-2
def shaping(P, R, phi, gamma):
    return R + gamma * np.einsum("sat,t->sa", P, phi)
