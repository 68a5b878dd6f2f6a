# right: take_along_axis for both forms
def double_choice(q, out):
    best = np.argmax(q, axis=-1)
    if out.ndim == 2:
        return np.take_along_axis(out, best[:, None], axis=1)[:, 0]
    return np.take_along_axis(out, best[:, None, None], axis=1)[:, 0]


# right: a comprehension over the rows
def double_choice(q, out):
    return np.array([values[row.argmax()] for row, values in zip(q, out)])


# right: the mask as a factor
def double_target(reward, online_q, target_q, terminated, gamma):
    a = online_q.argmax(1)
    v = target_q[range(len(a)), a]
    return reward + gamma * (1.0 - terminated) * v


# right: the advantages are centred first
def dueling(v, a):
    centred = a - a.sum(1).reshape(-1, 1) / a.shape[1]
    return (v + centred.T).T


# right: the Jacobian of the mean as a matrix
def dueling_backward(g):
    n = g.shape[1]
    return g @ np.ones(n), g @ (np.eye(n) - np.full((n, n), 1 / n))


# right: from the last reward to the first
def n_step_transition(steps, n, gamma):
    taken = []
    for each in steps[:n]:
        taken.append(each)
        if each.terminated or each.truncated:
            break
    total = 0.0
    for each in reversed(taken):
        total = each.reward + gamma * total
    last = taken[-1]
    return (
        taken[0].observation, taken[0].action, total, last.next_observation, last.terminated,
        gamma ** len(taken),
    )


# right: one leaf after the other, by differences
class SumTree(SumTree):
    def update(self, index, weight):
        for i, w in zip(index, np.broadcast_to(weight, np.shape(index))):
            node = self.leaves + int(i)
            change = w - self.nodes[node]
            while node >= 1:
                self.nodes[node] += change
                node //= 2


# right: recursion, as in many repositories
class SumTree(SumTree):
    def _retrieve(self, node, s):
        left = 2 * node
        if left >= len(self.nodes):
            return node
        if s < self.nodes[left]:
            return self._retrieve(left, s)
        return self._retrieve(left + 1, s - self.nodes[left])

    def find(self, position):
        return np.array([self._retrieve(1, s) - self.leaves for s in position])


# right: free draws instead of equal parts
class PER(PER):
    def sample(self, batch_size, beta, rng):
        leaves = self.tree.nodes[self.tree.leaves :]
        index = self.tree.find(rng.uniform(0, self.tree.nodes[1], batch_size))
        w = (leaves[index] / leaves.sum() * len(self)) ** (-beta)
        return index, w / np.max(w)


# right: drawn by choice, without the tree
class PER(PER):
    def sample(self, batch_size, beta, rng):
        count = len(self)
        p = self.tree.nodes[self.tree.leaves : self.tree.leaves + count]
        p = p / p.sum()
        index = rng.choice(count, size=batch_size, p=p)
        weights = np.power(count * p[index], -beta)
        return index, weights / weights.max()


# right: the kernel of all pairs of atoms, as in Dopamine
def c51_project(p, reward, terminated, gamma, atoms):
    step = atoms[1] - atoms[0]
    discount = (gamma * (1 - terminated))[:, None]
    moved = np.clip(reward[:, None] + discount * atoms[None], atoms[0], atoms[-1])
    near = np.clip(1 - np.abs(moved[:, None, :] - atoms[None, :, None]) / step, 0, 1)
    return (near * p[:, None, :]).sum(-1)


# right: floor and ceil, with the case of equality, as in CleanRL
def c51_project(p, reward, terminated, gamma, atoms):
    B, Z = p.shape
    dz = (atoms[-1] - atoms[0]) / (Z - 1)
    gammas = np.broadcast_to(gamma, (B,))
    m = np.zeros((B, Z))
    for i in range(B):
        for j in range(Z):
            z = reward[i] + (0 if terminated[i] else gammas[i] * atoms[j])
            b = (min(max(z, atoms[0]), atoms[-1]) - atoms[0]) / dz
            l, u = int(np.floor(b)), int(np.ceil(b))
            if l == u:
                m[i, l] += p[i, j]
            else:
                m[i, l] += p[i, j] * (u - b)
                m[i, u] += p[i, j] * (b - l)
    return m


# right: |tau - [u < 0]|, as in the paper
def quantile_huber(quantiles, target, delta=1.0):
    Z = quantiles.shape[1]
    tau = (2 * np.arange(Z) + 1) / (2 * Z)
    u = target[:, None, :] - quantiles[..., None]
    a = np.abs(u)
    h = np.where(a <= delta, 0.5 * u * u, delta * (a - 0.5 * delta)) / delta
    return (np.abs(tau[None, :, None] - (u < 0)) * h).sum(1).mean(-1)


# right: over single targets
def quantile_huber_backward(g, quantiles, target, delta=1.0):
    Z, M = quantiles.shape[1], target.shape[1]
    tau = (np.arange(Z) + 0.5) / Z
    out = np.zeros_like(quantiles)
    for m in range(M):
        d = quantiles - target[:, m : m + 1]
        w = np.where(d > 0, 1 - tau, tau)
        out += w * np.minimum(np.maximum(d, -delta), delta) / delta / M
    return out * g.reshape(-1, 1)


# right: sqrt of the size, copysign
def noise(size, rng):
    e = rng.normal(0.0, 1.0, size)
    return np.copysign(np.abs(e) ** 0.5, e)


# right: noise applied to input and output, as in the engine
def noisy_linear(x, params, e_in, e_out):
    W, b, sW, sb = params
    return x @ W.T + b + ((x * e_in) @ sW.T + sb) * e_out


# right: einsum
def noisy_linear_backward(g, x, e_in, e_out):
    gW = np.einsum("bk,bd->kd", g, x)
    gb = np.einsum("bk->k", g)
    return gW, gb, gW * e_out[:, None] * e_in[None, :], gb * e_out


# right: a power of a clipped count
def count_bonus(n, beta):
    return beta * np.clip(n, 1, None) ** -0.5


# right: if and else
def learn_both(q, q_int, s, a, reward, bonus, s2, terminated, lr, gamma):
    best = 0.0 if terminated else np.max(q[s2])
    q[s, a] = (1 - lr) * q[s, a] + lr * (reward + gamma * best)
    q_int[s, a] = (1 - lr) * q_int[s, a] + lr * (bonus + gamma * np.max(q_int[s2]))


# right: explores or exploits, with a permutation against ties
def explore(chain, steps, rng, epsilon=0.0, beta=0.0, lr=0.5, gamma=0.95):
    S, A = chain.length, chain.actions
    q = np.zeros((S, A))
    q_int = np.zeros((S, A)) + beta / (1 - gamma)
    n = np.zeros((S, A), dtype=int)
    s = 0
    for t in range(1, steps + 1):
        if rng.random() < epsilon:
            a = int(rng.integers(A))
        else:
            order = rng.permutation(A)
            a = int(order[np.argmax((q[s] + q_int[s])[order])])
        s2, r, done = chain.step(a)
        n[s, a] += 1
        learn_both(q, q_int, s, a, r, count_bonus(n[s, a], beta), s2, done, lr, gamma)
        if r > 0:
            return t, n
        s = s2
    return None, n


# right: a helper for the difference
class RND(RND):
    def apart(self, x):
        return x @ self.weights.T - np.tanh(x @ self.fixed.T)

    def error(self, x):
        return np.square(self.apart(x)).sum(1) / len(self.fixed)

    def bonus(self, x):
        e = self.error(x)
        self.count += e.size
        self.total += e.sum()
        return e / (self.total / self.count)

    def update(self, x):
        gradient = np.mean([np.outer(d, row) for d, row in zip(self.apart(x), x)], axis=0)
        self.weights -= self.lr * gradient


# right: the number is drawn in every step
class EzGreedy(EzGreedy):
    def choose(self, q, epsilon, rng):
        u = rng.random()
        if self.left > 0:
            self.left -= 1
            return self.action
        if u < epsilon:
            self.action = int(rng.integers(self.actions))
            self.left = int(rng.geometric(1.0 / self.duration)) - 1
            return self.action
        return int(q.argmax())


# wrong: the target of plain DQN
# named: double_choice-1
def double_choice(q, out):
    rows = np.arange(out.shape[0])
    best = np.argmax(out, axis=1)
    return out[rows, best]


# wrong: the target network is not used
# named: double_choice-2
def double_choice(q, out):
    return np.amax(q, axis=1)


# wrong: the columns of all rows
# named: double_choice-3
def double_choice(q, out):
    return out[:, np.argmax(q, axis=1)]


# wrong: the networks exchanged
# named: double_target-1
def double_target(reward, online_q, target_q, terminated, gamma):
    best = np.argmax(target_q, axis=1)
    return reward + gamma * (1 - terminated) * online_q[np.arange(len(best)), best]


# wrong: no mask
# named: double_target-2
def double_target(reward, online_q, target_q, terminated, gamma):
    best = online_q.argmax(axis=1)
    return reward + gamma * target_q[np.arange(len(best)), best]


# wrong: not inverted
# named: double_target-5
def double_target(reward, online_q, target_q, terminated, gamma):
    return reward + gamma * terminated * double_choice(online_q, target_q)


# wrong: the mean of the batch
# named: dueling-1
def dueling(v, a):
    return v.reshape(-1, 1) + (a - np.mean(a, axis=0, keepdims=True))


# wrong: one mean, as in x.mean() of many notebooks
# named: dueling-2
def dueling(v, a):
    return v[:, None] + a - np.mean(a)


# wrong: naive sum
# named: dueling-4
def dueling(v, a):
    return np.expand_dims(v, 1) + a


# wrong: the mean is forgotten on the way back
# named: dueling_backward-1
def dueling_backward(g):
    return np.sum(g, axis=1), g.copy()


# wrong: only done counts
# named: n_step_transition-1
def n_step_transition(steps, n, gamma):
    R, k = 0.0, 0
    for step in steps[:n]:
        R += gamma**k * step.reward
        k += 1
        if step.terminated:
            break
    return steps[0].observation, steps[0].action, R, step.next_observation, step.terminated, gamma**k


# wrong: done is either end
# named: n_step_transition-4
def n_step_transition(steps, n, gamma):
    R, k = 0.0, 0
    for step in steps[:n]:
        R += gamma**k * step.reward
        k += 1
        done = step.terminated or step.truncated
        if done:
            break
    return steps[0].observation, steps[0].action, R, step.next_observation, done, gamma**k


# wrong: gamma to the power n
# named: n_step_transition-5
def n_step_transition(steps, n, gamma):
    R = 0.0
    for k in range(min(n, len(steps))):
        step = steps[k]
        R += gamma**k * step.reward
        if step.terminated or step.truncated:
            break
    return steps[0].observation, steps[0].action, R, step.next_observation, step.terminated, gamma**n


# wrong: the border belongs to the left
# named: SumTree-1
class SumTree(SumTree):
    def find(self, position):
        found = []
        for s in position:
            node = 1
            while node < self.leaves:
                if s <= self.nodes[2 * node]:
                    node = 2 * node
                else:
                    s = s - self.nodes[2 * node]
                    node = 2 * node + 1
            found.append(node - self.leaves)
        return np.array(found)


# wrong: the position is not shortened
# named: SumTree-2
class SumTree(SumTree):
    def find(self, position):
        node = np.ones(len(position), int)
        while node[0] < self.leaves:
            left = 2 * node
            node = np.where(position < self.nodes[left], left, left + 1)
        return node - self.leaves


# wrong: all sums are made again
# named: SumTree-7
class SumTree(SumTree):
    def update(self, index, weight):
        self.nodes[self.leaves + index] = weight
        for i in reversed(range(1, self.leaves)):
            self.nodes[i] = self.nodes[2 * i] + self.nodes[2 * i + 1]


# wrong: new transitions get 1
# named: PER-1
class PER(PER):
    def add(self):
        i = self.added % self.capacity
        self.tree.update(np.array([i]), np.array([1.0]))
        self.added = self.added + 1
        return i


# wrong: weights as they are
# named: PER-7
class PER(PER):
    def sample(self, batch_size, beta, rng):
        index = self.tree.find(rng.random(batch_size) * self.tree.nodes[1])
        p = self.tree.nodes[self.tree.leaves + index] / self.tree.nodes[1]
        return index, (1 / (len(self) * p)) ** beta


# wrong: no epsilon
# named: PER-4
class PER(PER):
    def update(self, index, td_error):
        p = np.abs(td_error) ** self.alpha
        self.tree.update(index, p)
        self.largest = max(self.largest, p.max())


# wrong: the exact atoms are lost
# named: c51_project-5
def c51_project(p, reward, terminated, gamma, atoms):
    B, Z = p.shape
    g = np.broadcast_to(gamma, (B,)) * (1 - terminated)
    tz = np.clip(reward[:, None] + g[:, None] * atoms, atoms[0], atoms[-1])
    b = (tz - atoms[0]) / (atoms[1] - atoms[0])
    l, u = np.floor(b).astype(int), np.ceil(b).astype(int)
    m = np.zeros((B, Z))
    for i in range(B):
        np.add.at(m[i], l[i], p[i] * (u[i] - b[i]))
        np.add.at(m[i], u[i], p[i] * (b[i] - l[i]))
    return m


# wrong: several atoms in one place
# named: c51_project-6
def c51_project(p, reward, terminated, gamma, atoms):
    B, Z = p.shape
    g = np.broadcast_to(gamma, (B,)) * (1 - terminated)
    tz = np.clip(reward[:, None] + g[:, None] * atoms, atoms[0], atoms[-1])
    b = (tz - atoms[0]) / (atoms[1] - atoms[0])
    low = np.clip(np.floor(b).astype(int), 0, Z - 2)
    m = np.zeros((B, Z))
    for i in range(B):
        m[i, low[i]] += p[i] * (low[i] + 1 - b[i])
        m[i, low[i] + 1] += p[i] * (b[i] - low[i])
    return m


# wrong: nothing ends
# named: c51_project-2
def c51_project(p, reward, terminated, gamma, atoms):
    step = atoms[1] - atoms[0]
    discount = np.broadcast_to(gamma, reward.shape)[:, None]
    moved = np.clip(reward[:, None] + discount * atoms, atoms[0], atoms[-1])
    near = np.clip(1 - np.abs(moved[:, None, :] - atoms[None, :, None]) / step, 0, 1)
    return (near * p[:, None, :]).sum(-1)


# wrong: the weights exchanged
# named: quantile_huber-4
def quantile_huber(quantiles, target, delta=1.0):
    Z = quantiles.shape[1]
    tau = ((np.arange(Z) + 0.5) / Z)[None, :, None]
    u = quantiles[:, :, None] - target[:, None, :]
    h = np.where(np.abs(u) <= delta, u**2 / 2, delta * (np.abs(u) - delta / 2))
    return (np.abs(tau - (u < 0)) * h / delta).sum(1).mean(1)


# wrong: a mean over both axes
# named: quantile_huber-5
def quantile_huber(quantiles, target, delta=1.0):
    Z = quantiles.shape[1]
    tau = ((np.arange(Z) + 0.5) / Z)[None, :, None]
    u = target[:, None, :] - quantiles[:, :, None]
    h = np.where(np.abs(u) <= delta, u**2 / 2, delta * (np.abs(u) - delta / 2))
    return (np.abs(tau - (u < 0)) * h / delta).mean(axis=(1, 2))


# wrong: uphill
# named: quantile_huber_backward-2
def quantile_huber_backward(g, quantiles, target, delta=1.0):
    Z = quantiles.shape[1]
    tau = ((np.arange(Z) + 0.5) / Z)[None, :, None]
    u = target[:, None, :] - quantiles[:, :, None]
    w = np.abs(tau - (u < 0))
    return g[:, None] * (w * np.clip(u, -delta, delta)).mean(2) / delta


# wrong: plain normal noise
# named: noise-2
def noise(size, rng):
    return rng.normal(size=size)


# wrong: no sign
# named: noise-1
def noise(size, rng):
    return np.abs(rng.standard_normal(size)) ** 0.5


# wrong: the bias without noise
# named: noisy_linear-3
def noisy_linear(x, params, e_in, e_out):
    W, b, sW, sb = params
    return x @ (W + sW * e_out[:, None] * e_in).T + b


# wrong: sigma as one with the weight
# named: noisy_linear_backward-1
def noisy_linear_backward(g, x, e_in, e_out):
    gW = np.dot(g.T, x)
    gb = g.sum(0)
    return gW, gb, gW, gb * e_out


# wrong: 1 / n
# named: count_bonus-1
def count_bonus(n, beta):
    return beta / np.clip(n, 1, None)


# wrong: bonuses with a mask
# named: learn_both-2
def learn_both(q, q_int, s, a, reward, bonus, s2, terminated, lr, gamma):
    go = 0.0 if terminated else 1.0
    q[s, a] += lr * (reward + gamma * go * q[s2].max() - q[s, a])
    q_int[s, a] += lr * (bonus + gamma * go * q_int[s2].max() - q_int[s, a])


# wrong: bonuses begin at 0
# named: explore-3
def explore(chain, steps, rng, epsilon=0.0, beta=0.0, lr=0.5, gamma=0.95):
    q, q_int, n = (np.zeros((chain.length, chain.actions)) for _ in range(3))
    n, s = n.astype(int), 0
    for t in range(steps):
        total = q[s] + q_int[s]
        a = rng.choice(np.where(total == np.max(total))[0])
        if rng.random() < epsilon:
            a = rng.integers(0, chain.actions)
        s2, r, done = chain.step(a)
        n[s, a] += 1
        learn_both(q, q_int, s, a, r, count_bonus(n[s, a], beta), s2, done, lr, gamma)
        if r:
            return t + 1, n
        s = s2
    return None, n


# wrong: the target is trained
# named: RND-7
class RND(RND):
    def update(self, x):
        d = np.tanh(x @ self.fixed.T) - x @ self.weights.T
        self.fixed -= self.lr * d.T @ x / len(x)


# wrong: raw errors
# named: RND-3
class RND(RND):
    def bonus(self, x):
        e = self.error(x)
        self.total += e.sum()
        self.count += len(e)
        return e


# wrong: cut short
# named: EzGreedy-1
class EzGreedy(EzGreedy):
    def choose(self, q, epsilon, rng):
        if rng.uniform() < epsilon:
            self.action = int(rng.integers(self.actions))
            self.left = int(rng.geometric(1 / self.duration))
        if self.left > 0:
            self.left -= 1
            return self.action
        return int(np.argmax(q))


# wrong: plain epsilon-greedy
# named: EzGreedy-3
class EzGreedy(EzGreedy):
    def choose(self, q, epsilon, rng):
        if rng.random() < epsilon:
            return int(rng.integers(self.actions))
        return int(np.argmax(q))
