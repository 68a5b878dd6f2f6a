# right: the mask as a factor, as in CleanRL
def dqn_target(reward, next_q, terminated, gamma):
    return reward + (1 - terminated.astype(float)) * gamma * np.max(next_q, 1)


# right: a loop over the batch
def dqn_target(reward, next_q, terminated, gamma):
    gammas = np.broadcast_to(gamma, reward.shape)
    out = []
    for r, row, end, g in zip(reward, next_q, terminated, gammas):
        out.append(r if end else r + g * max(row))
    return np.array(out)


# right: one-hot
def gather_q(q, action):
    return (np.eye(q.shape[1])[action] * q).sum(axis=1)


# right: take_along_axis, and back
def gather_q_backward(g, q, action):
    out = np.zeros_like(q)
    np.put_along_axis(out, action[:, None], g[:, None], axis=1)
    return out


# right: the two parts split at delta
def huber(prediction, target, delta=1.0):
    u = np.abs(target - prediction)
    inner = np.minimum(u, delta)
    return float(np.mean(0.5 * inner**2 + delta * (u - inner)))


# right: where instead of clip
def huber_backward(prediction, target, delta=1.0):
    u = prediction - target
    g = np.where(np.abs(u) <= delta, u, delta * np.sign(u))
    return g / u.size


# right: the error the other way round
def residual_gradient(w, x, reward, next_x, gamma):
    d = x - gamma * next_x
    return (w @ d - reward) * d


# right: indices from the oldest on
class Replay(Replay):
    def sample(self, batch_size, rng):
        ages = rng.choice(len(self), batch_size)
        slots = (self.added - 1 - ages) % self.capacity
        return {k: np.take(v, slots, axis=0) for k, v in self.fields.items()}


# right: written slot by slot
class Replay(Replay):
    def sequences(self, batch_size, length, rng):
        first = max(0, self.added - self.capacity)
        out = np.empty((batch_size, length), dtype=int)
        for row in range(batch_size):
            begin = first + rng.integers(0, len(self) - length, endpoint=True)
            out[row] = [(begin + i) % self.capacity for i in range(length)]
        return out


# right: multiplied, then added
def polyak_update(target, online, tau):
    for t, o in zip(target, online):
        t *= 1 - tau
        t += tau * o


# right: assigned through a slice
def polyak_update(target, online, tau):
    for i in range(len(target)):
        target[i][...] = (1 - tau) * target[i] + tau * online[i]


# right: as in CleanRL, for both directions
def linear_schedule(start, end, duration, step):
    if step >= duration:
        return end
    return start + step * (end - start) / duration


# right: a loop over the rows
def epsilon_greedy(q, epsilon, rng):
    actions = []
    for row in q:
        if rng.random() < epsilon:
            actions.append(int(rng.integers(0, len(row))))
        else:
            actions.append(int(np.argmax(row)))
    return np.array(actions)


# right: greedy first, then some are replaced
def epsilon_greedy(q, epsilon, rng):
    action = np.argmax(q, axis=-1)
    explore = rng.uniform(size=len(q)) < epsilon
    action[explore] = rng.choice(q.shape[1], size=explore.sum())
    return action


# right: the loss first, and the target written out
def learn(online, target, optimiser, batch, gamma):
    q, caches = forward(online, batch["observation"])
    rows = np.arange(len(q))
    best = forward(target, batch["next_observation"])[0].max(axis=1)
    y = batch["reward"] + gamma * best * ~batch["terminated"]
    loss = huber(q[rows, batch["action"]], y)
    g = np.zeros_like(q)
    g[rows, batch["action"]] = huber_backward(q[rows, batch["action"]], y)
    optimiser.step(backward(caches, g))
    return loss


# right: backwards through time
def n_step_returns(rewards, ended, n, gamma):
    T = len(rewards)
    sums, steps = np.zeros(T), np.zeros(T, dtype=int)
    for t in range(T):
        last = t
        while last - t < n - 1 and last < T - 1 and not ended[last]:
            last += 1
        powers = gamma ** np.arange(last - t + 1)
        sums[t] = powers @ rewards[t : last + 1]
        steps[t] = last - t + 1
    return sums, steps


# right: pixel by pixel
def area_weights(size, smaller):
    out, width = np.zeros((smaller, size)), size / smaller
    for i in range(smaller):
        for j in range(size):
            overlap = min((i + 1) * width, j + 1) - max(i * width, j)
            out[i, j] = max(0.0, overlap) / width
    return out


# right: a queue of frames, as in Gymnasium
def frame_stack(frames, starts, k):
    from collections import deque

    out = []
    for frame, start in zip(frames, starts):
        if start:
            queue = deque([frame] * k, maxlen=k)
        else:
            queue.append(frame)
        out.append(np.stack(queue))
    return np.stack(out)


# right: a trimmed mean with a mask
def iqm(scores):
    flat = sorted(np.asarray(scores).flatten().tolist())
    n = len(flat)
    kept = flat[n // 4 : n - n // 4]
    return sum(kept) / len(kept)


# right: column by column
def stratified_bootstrap(scores, rng, draws=1000, level=0.95):
    n, tasks = scores.shape
    found = []
    for _ in range(draws):
        columns = [rng.choice(scores[:, j], size=n) for j in range(tasks)]
        found.append(iqm(np.stack(columns, axis=1)))
    tail = 100 * (1 - level) / 2
    return tuple(np.percentile(found, [tail, 100 - tail]))


# right: all draws in one call
def stratified_bootstrap(scores, rng, draws=1000, level=0.95):
    n, tasks = scores.shape
    rows = rng.integers(0, n, size=(draws, n, tasks))
    found = [iqm(scores[each, np.arange(tasks)]) for each in rows]
    return tuple(np.quantile(found, [0.5 - level / 2, 0.5 + level / 2]))


# right: the transition as a dict, and the return as a list of rewards
def train(
    env, online, rng, steps, gamma=0.9, capacity=1000, batch_size=32, tau=0.05, epsilon=0.1, lr=0.01
):
    target, adam = [np.array(w) for w in online], Adam(online, lr)
    state = env.reset()
    memory, losses, returns, rewards = Replay(capacity, state.shape), [], [], []
    for t in range(steps):
        eps = linear_schedule(1.0, epsilon, 0.5 * steps, t)
        if rng.random() < eps:
            action = int(rng.integers(env.actions))
        else:
            action = int(np.argmax(forward(online, state[np.newaxis])[0][0]))
        next_state, r, done, timeout = env.step(action)
        memory.add(
            {
                "observation": state,
                "action": action,
                "reward": r,
                "next_observation": next_state,
                "terminated": done,
            }
        )
        rewards.append(r)
        losses.append(learn(online, target, adam, memory.sample(batch_size, rng), gamma))
        polyak_update(target, online, tau)
        state = next_state
        if done or timeout:
            returns.append(sum(rewards))
            rewards, state = [], env.reset()
    return losses, returns


# right: counted up
def seeds_needed(rate, level=0.95):
    n = 1
    while rate**n > 1 - level:
        n += 1
    return n


# wrong: the mask is forgotten
# named: dqn_target-1
def dqn_target(reward, next_q, terminated, gamma):
    best = np.amax(next_q, axis=1)
    return reward + gamma * best


# wrong: not inverted
# named: dqn_target-2
def dqn_target(reward, next_q, terminated, gamma):
    return reward + gamma * terminated * np.max(next_q, axis=1)


# wrong: one maximum for the batch
# named: dqn_target-3
def dqn_target(reward, next_q, terminated, gamma):
    return reward + gamma * (1 - terminated) * np.max(next_q)


# wrong: the expected value of a random policy
# named: dqn_target-4
def dqn_target(reward, next_q, terminated, gamma):
    v = next_q.sum(axis=1) / next_q.shape[1]
    return reward + gamma * v * (terminated == 0)


# wrong: nothing is earned in the last step
# named: dqn_target-6
def dqn_target(reward, next_q, terminated, gamma):
    y = reward + gamma * next_q.max(axis=1)
    y[terminated] = 0
    return y


# wrong: the sum over the actions
# named: dqn_target-5
def dqn_target(reward, next_q, terminated, gamma):
    return reward + gamma * (1 - terminated) * next_q.sum(axis=1)


# wrong: all pairs
# named: gather_q-1
def gather_q(q, action):
    return q[:, action]


# wrong: greedy
# named: gather_q-2
def gather_q(q, action):
    return np.amax(q, axis=1)


# wrong: every row gets all of it
# named: gather_q_backward-5
def gather_q_backward(g, q, action):
    return g[:, None] * np.ones_like(q)


# wrong: the mask itself
# named: gather_q_backward-3
def gather_q_backward(g, q, action):
    return np.eye(q.shape[1])[action]


# wrong: the half is missing
# named: huber-1
def huber(prediction, target, delta=1.0):
    u = np.abs(prediction - target)
    return float(np.mean(np.where(u < delta, u**2, delta * (u - 0.5 * delta))))


# wrong: the line begins too high
# named: huber-2
def huber(prediction, target, delta=1.0):
    u = np.abs(prediction - target)
    return float(np.where(u <= delta, 0.5 * u * u, u * delta).mean())


# wrong: summed
# named: huber-3
def huber(prediction, target, delta=1.0):
    u = abs(prediction - target)
    return float(np.sum(np.where(u <= delta, 0.5 * u**2, delta * (u - 0.5 * delta))))


# wrong: not averaged
# named: huber_backward-2
def huber_backward(prediction, target, delta=1.0):
    return np.maximum(-delta, np.minimum(delta, prediction - target))


# wrong: target minus prediction
# named: huber_backward-1
def huber_backward(prediction, target, delta=1.0):
    u = target - prediction
    return np.clip(u, -delta, delta) / len(u)


# wrong: like a squared error
# named: huber_backward-3
def huber_backward(prediction, target, delta=1.0):
    return (prediction - target) / prediction.size


# wrong: the update instead of the gradient
# named: semi_gradient-2
def semi_gradient(w, x, reward, next_x, gamma):
    return (reward + gamma * np.dot(w, next_x) - np.dot(w, x)) * x


# wrong: the full gradient
# named: semi_gradient-1
def semi_gradient(w, x, reward, next_x, gamma):
    d = x - gamma * next_x
    return (w @ d - reward) * d


# wrong: half of the full gradient
# named: residual_gradient-1
def residual_gradient(w, x, reward, next_x, gamma):
    return (w @ x - reward - gamma * w @ next_x) * x


# wrong: without the 1
# named: growth-1
def growth(gamma, lr):
    return 2 * lr * gamma - lr


# wrong: the residual gradient
# named: growth-4
def growth(gamma, lr):
    return 1 - lr * (1 - 2 * gamma) ** 2


# wrong: counts on
# named: Replay.__len__-1
class Replay(Replay):
    def __len__(self):
        return int(self.added)


# wrong: only until it is full
# named: Replay.add-6
class Replay(Replay):
    def add(self, transition):
        if self.added < self.capacity:
            for name in self.fields:
                self.fields[name][self.added] = transition[name]
            self.added += 1


# wrong: all slots
# named: Replay.sample-1
class Replay(Replay):
    def sample(self, batch_size, rng):
        i = rng.integers(0, self.capacity, batch_size)
        return {k: v[i] for k, v in self.fields.items()}


# wrong: the newest are returned
# named: Replay.sample-3
class Replay(Replay):
    def sample(self, batch_size, rng):
        i = np.arange(max(0, len(self) - batch_size), len(self))
        return {k: v[i] for k, v in self.fields.items()}


# wrong: off by one at the end
# named: Replay.sample-2
class Replay(Replay):
    def sample(self, batch_size, rng):
        i = rng.integers(0, len(self) - 1, batch_size)
        return {k: v[i] for k, v in self.fields.items()}


# wrong: over the seam
# named: Replay.sequences-1
class Replay(Replay):
    def sequences(self, batch_size, length, rng):
        start = rng.integers(0, len(self), batch_size)
        oldest = self.added - len(self)
        return (oldest + start[:, None] + np.arange(length)[None]) % self.capacity


# wrong: counted from slot 0
# named: Replay.sequences-3
class Replay(Replay):
    def sequences(self, batch_size, length, rng):
        start = rng.integers(0, len(self) - length + 1, batch_size)
        return (start[:, None] + np.arange(length)) % self.capacity


# wrong: a new list entry
# named: polyak_update-4
def polyak_update(target, online, tau):
    for i in range(len(target)):
        target[i] = tau * online[i] + (1 - tau) * target[i]


# wrong: keeps tau
# named: polyak_update-1
def polyak_update(target, online, tau):
    for t, o in zip(target, online):
        t[...] = tau * t + (1 - tau) * o


# wrong: a new name
# named: polyak_update-2
def polyak_update(target, online, tau):
    for t, o in zip(target, online):
        t = tau * o + (1 - tau) * t


# wrong: unlimited
# named: linear_schedule-1
def linear_schedule(start, end, duration, step):
    return start - (start - end) * step / duration


# wrong: as in CleanRL, for falling schedules only
# named: linear_schedule-4
def linear_schedule(start, end, duration, step):
    return max(start + (end - start) * step / duration, end)


# wrong: exponential
# named: linear_schedule-3
def linear_schedule(start, end, duration, step):
    if step > duration:
        return end
    return start * (end / start) ** (step / duration)


# wrong: all or none
# named: epsilon_greedy-1
def epsilon_greedy(q, epsilon, rng):
    if rng.random() < epsilon:
        return rng.integers(q.shape[1], size=q.shape[0])
    return q.argmax(axis=1)


# wrong: explores when it should not
# named: epsilon_greedy-2
def epsilon_greedy(q, epsilon, rng):
    random = rng.integers(q.shape[1], size=len(q))
    return np.where(rng.random(len(q)) > epsilon, random, q.argmax(axis=1))


# wrong: bootstraps from the online network
# named: learn-1
def learn(online, target, optimiser, batch, gamma):
    q, caches = forward(online, batch["observation"])
    next_q, _ = forward(online, batch["next_observation"])
    y = dqn_target(batch["reward"], next_q, batch["terminated"], gamma)
    taken = gather_q(q, batch["action"])
    g = gather_q_backward(huber_backward(taken, y), q, batch["action"])
    optimiser.step(backward(caches, g))
    return huber(taken, y)


# wrong: a squared error, as in CleanRL
# named: learn-5
def learn(online, target, optimiser, batch, gamma):
    next_q, _ = forward(target, batch["next_observation"])
    y = dqn_target(batch["reward"], next_q, batch["terminated"], gamma)
    q, caches = forward(online, batch["observation"])
    taken = gather_q(q, batch["action"])
    g = gather_q_backward(taken - y, q, batch["action"])
    optimiser.step(backward(caches, g))
    return huber(taken, y)


# wrong: over the end
# named: n_step_returns-1
def n_step_returns(rewards, ended, n, gamma):
    T = len(rewards)
    steps = np.minimum(n, T - np.arange(T))
    sums = [sum(gamma**k * rewards[t + k] for k in range(steps[t])) for t in range(T)]
    return np.array(sums), steps


# wrong: the last reward is lost
# named: n_step_returns-2
def n_step_returns(rewards, ended, n, gamma):
    sums, steps = np.zeros(len(rewards)), np.zeros(len(rewards), int)
    for t in range(len(rewards)):
        for k in range(n):
            if t + k >= len(rewards) or ended[t + k]:
                break
            sums[t] += gamma**k * rewards[t + k]
            steps[t] += 1
    return sums, steps


# wrong: sums instead of means
# named: area_weights-1
def area_weights(size, smaller):
    edges, pixel = np.linspace(0, size, smaller + 1), np.arange(size)
    inside = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    return inside.clip(0)


# wrong: cut off
# named: preprocess-3
def preprocess(first, second, size=84):
    screen = np.maximum(first, second)
    H, W = screen.shape
    return (area_weights(H, size) @ screen @ area_weights(W, size).T).astype(np.uint8)


# wrong: reaches back
# named: frame_stack-1
def frame_stack(frames, starts, k):
    padded = np.concatenate([np.repeat(frames[:1], k - 1, axis=0), frames])
    return np.stack([padded[t : t + k] for t in range(len(frames))])


# wrong: the plain mean
# named: iqm-2
def iqm(scores):
    return float(np.mean(scores))


# wrong: the tasks are mixed
# named: stratified_bootstrap-1
def stratified_bootstrap(scores, rng, draws=1000, level=0.95):
    flat, found = scores.ravel(), []
    for _ in range(draws):
        found.append(iqm(rng.choice(flat, size=flat.size)))
    low, high = np.quantile(found, [(1 - level) / 2, 1 - (1 - level) / 2])
    return float(low), float(high)


# wrong: rounded to the nearest
# named: seeds_needed-2
def seeds_needed(rate, level=0.95):
    return int(np.round(np.log(1 - level) / np.log(rate)))


# wrong: a tail of 1 - level at each end
# named: stratified_bootstrap-2
def stratified_bootstrap(scores, rng, draws=1000, level=0.95):
    found = []
    for _ in range(draws):
        rows = rng.integers(len(scores), size=scores.shape)
        found.append(iqm(np.take_along_axis(scores, rows, axis=0)))
    return float(np.quantile(found, 1 - level)), float(np.quantile(found, level))


# wrong: the same seed twice
# named: ablation-2
def ablation(variants, seeds, steps=1000):
    errors = {}
    for name in variants:
        errors[name] = []
        for seed in seeds:
            online = init_network((5, 16, 2), np.random.default_rng(seed))
            train(Corridor(), online, np.random.default_rng(seed), steps, **variants[name])
            q = forward(online, np.eye(5))[0]
            errors[name].append(float(np.max(np.abs(q - corridor_values(5, 0.9)))))
    return errors
