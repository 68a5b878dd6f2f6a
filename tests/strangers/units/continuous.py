# right: the Jacobian of tanh first, and the critics joined by hstack
def dpg_grad(actor, critics, batch):
    s = batch["observation"]
    z, cache = forward(actor, s)
    mu = np.tanh(z)
    q, qcache = forward(critics, np.hstack([s, mu]))
    upstream = np.zeros_like(q)
    upstream[0, :, 0] = 1.0 / s.shape[0]
    _, gin = backward(critics, qcache, upstream)
    dq_da = gin[0, :, -mu.shape[1] :]
    grads, _ = backward(actor, cache, dq_da / np.cosh(z) ** 2)
    return grads


# right: only the first critic is computed
def dpg_grad(actor, critics, batch):
    first = [w[0] for w in critics]
    obs = batch["observation"]
    pre, inner = forward(actor, obs)
    a = np.tanh(pre)
    q, inputs = forward(first, np.concatenate([obs, a], axis=1))
    _, gx = backward(first, inputs, np.ones_like(q) / len(obs))
    return backward(actor, inner, gx[:, obs.shape[1] :] * (1 - a * a))[0]


# right: as the noise processes of libraries are written, with a drift
def ou_noise(normal, theta, sigma):
    x, out = np.zeros_like(normal[0]), []
    for n in normal:
        x = x + theta * (0 - x) + sigma * n
        out.append(x)
    return np.array(out)


# right: a geometric series
def ou_std(theta, sigma):
    k = 1 - theta
    return (sigma**2 / (1 - k**2)) ** 0.5


# right: np.minimum.reduce, and a mask of what continues
def td3_target(reward, next_q, terminated, gamma):
    not_done = 1.0 - terminated.astype(float)
    return reward + not_done * gamma * np.minimum.reduce(list(next_q))


# right: the loss critic by critic
def critic_grads(critics, observation, action, td_target):
    x = np.hstack((observation, action))
    q, cache = forward(critics, x)
    loss, g = 0.0, np.zeros_like(q)
    for i in range(len(q)):
        diff = q[i, :, 0] - td_target
        loss += np.mean(diff**2)
        g[i, :, 0] = 2 * diff / diff.size
    return float(loss), backward(critics, cache, g)[0]


# right: what critics and truth say, both written out
def critic_bias(errors, curvature):
    a = errors[0] / curvature
    said = errors * a - 0.5 * curvature * a**2
    truth = -0.5 * curvature * a**2
    return said.min(axis=0) - truth


# right: np.clip twice
def smoothed_action(action, noise, clip):
    eps = np.clip(noise, -clip, clip)
    return np.clip(action + eps, -1.0, 1.0)


# right: minimum and maximum
def smoothed_action(action, noise, clip):
    bounded = np.maximum(np.minimum(noise, clip), -clip)
    return np.maximum(np.minimum(action + bounded, 1), -1)


# right: in the order of the authors' program
def td3_step(
    agent, optimisers, batch, noise, number,
    gamma=0.98, tau=0.005, clip=0.5, delay=2, actor_grad=dpg_grad,
):  # fmt: skip
    s, a, s2 = batch["observation"], batch["action"], batch["next_observation"]
    a2 = smoothed_action(act(agent["target_actor"], s2), noise, clip)
    y = td3_target(batch["reward"], q_values(agent["target_critics"], s2, a2), batch["terminated"], gamma)
    critic_loss, g = critic_grads(agent["critics"], s, a, y)
    optimisers["critics"].step(g)
    if number % delay != 0:
        return critic_loss
    ascent = actor_grad(agent["actor"], agent["critics"], batch)
    optimisers["actor"].step([np.negative(w) for w in ascent])
    polyak_update(agent["target_critics"], agent["critics"], tau)
    polyak_update(agent["target_actor"], agent["actor"], tau)
    return critic_loss


# right: a while loop, and random actions by the same line
def train(
    world, agent, rng, steps, start=500, action_noise=0.1, target_noise=0.2, batch_size=64,
    lr=0.001, reward_scale=0.1, capacity=100_000, **settings,
):  # fmt: skip
    obs_dim, act_dim = world.shape
    buffer = Replay(capacity, obs_dim, act_dim)
    opts = {"actor": Adam(agent["actor"], lr=lr), "critics": Adam(agent["critics"], lr=lr)}
    n = world.observation.shape[0]
    episode, finished, updates, t = np.zeros(n), [], 0, 0
    while t + n <= steps:
        t += n
        obs = world.observation
        if t <= start:
            a = 2 * rng.random((n, act_dim)) - 1
        else:
            a = np.clip(act(agent["actor"], obs) + rng.normal(0, action_noise, (n, act_dim)), -1, 1)
        nxt, r, term, trunc = world.step(a)
        buffer.add(obs, a, reward_scale * r, nxt, term)
        episode = episode + r
        for i in range(n):
            if term[i] or trunc[i]:
                finished.append(float(episode[i]))
                episode[i] = 0
        if t > start:
            for _ in range(n):
                updates += 1
                minibatch = buffer.sample(batch_size, rng)
                eps = rng.normal(0, target_noise, (batch_size, act_dim))
                td3_step(agent, opts, minibatch, eps, updates, **settings)
    return finished


# right: np.logaddexp over the columns
def soft_value(q, alpha):
    return alpha * np.logaddexp.reduce(q / alpha, axis=1)


# right: einsum
def soft_iteration(P, R, gamma, alpha, sweeps):
    q = 0.0 * R
    for k in range(sweeps):
        v = soft_value(q, alpha)
        q = R + gamma * np.einsum("sat,t->sa", P, v)
    return q


# right: with |u|, since the derivative is even
def tanh_gaussian(mu, log_std, noise):
    std = np.exp(log_std)
    u = mu + std * noise
    gauss = -0.5 * ((u - mu) / std) ** 2 - log_std - 0.5 * np.log(2 * np.pi)
    size = np.abs(u)
    correction = np.log(4) - 2 * size - 2 * np.log1p(np.exp(-2 * size))
    return np.tanh(u), np.sum(gauss - correction, axis=-1)


# right: everything by u, and the direct term afterwards
def tanh_gaussian_backward(gaction, glogp, mu, log_std, noise):
    std = np.exp(log_std)
    a = np.tanh(mu + std * noise)
    dlogp_du = 2 * a
    du = gaction * (1 - a**2) + glogp.reshape(-1, 1) * dlogp_du
    return du, du * std * noise + glogp.reshape(-1, 1) * -1


# right: as in CleanRL
def sac_target(reward, next_q, next_logp, terminated, alpha, gamma):
    min_qf_next = np.min(next_q, axis=0) - alpha * next_logp
    return reward + (1 - terminated) * gamma * min_qf_next


# right: row by row
def sac_actor_loss(logp, q, alpha):
    n, gq, loss = len(logp), np.zeros(q.shape), 0.0
    for i in range(n):
        k = int(np.argmin(q[:, i]))
        loss += (alpha * logp[i] - q[k, i]) / n
        gq[k, i] = -1.0 / n
    return loss, alpha * np.ones(n) / n, gq


# right: as Stable-Baselines3 writes it
def alpha_loss(log_alpha, logp, target_entropy):
    g = -np.mean(logp + target_entropy)
    return float(log_alpha * g), float(g)


# right: with lmbda, as in the authors' program
def td3_bc_loss(q, pi, action, alpha):
    lmbda = alpha / np.mean(np.abs(q))
    diff = pi - action
    loss = -lmbda * np.mean(q) + np.mean(diff**2)
    return float(loss), -lmbda * np.ones_like(q) / q.size, 2.0 * diff / diff.size


# right: each plan by itself
def plan_returns(model, state, plans):
    returns = []
    for plan in plans:
        s, R = state[None].copy(), 0.0
        for a in plan:
            s, r = model(s, a[None])
            R += float(r[0])
        returns.append(R)
    return np.array(returns)


# right: argpartition, since the order within the elite does not matter
def cem_plan(model, state, noise, n_elite=10):
    mu, sigma = np.zeros(noise.shape[2:]), np.ones(noise.shape[2:])
    for eps in noise:
        samples = np.clip(mu[None] + sigma[None] * eps, -1, 1)
        scores = plan_returns(model, state, samples)
        top = np.argpartition(scores, -n_elite)[-n_elite:]
        mu, sigma = np.mean(samples[top], axis=0), np.std(samples[top], axis=0)
    return mu


# wrong: no derivative of tanh
# named: dpg_grad-1
def dpg_grad(actor, critics, batch):
    obs = batch["observation"]
    out, cache = forward(actor, obs)
    a = np.tanh(out)
    q, inputs = forward(critics, np.hstack([obs, a]))
    g = np.zeros(q.shape)
    g[0] = 1 / len(obs)
    gx = backward(critics, inputs, g)[1][0]
    return backward(actor, cache, gx[:, obs.shape[1] :])[0]


# wrong: descends, as the loss of a library would
# named: dpg_grad-7
def dpg_grad(actor, critics, batch):
    obs = batch["observation"]
    out, cache = forward(actor, obs)
    a = np.tanh(out)
    q, inputs = forward(critics, np.hstack([obs, a]))
    g = np.zeros(q.shape)
    g[0] = -1 / len(obs)
    gx = backward(critics, inputs, g)[1][0]
    return backward(actor, cache, gx[:, obs.shape[1] :] * (1 - a**2))[0]


# wrong: all critics are summed
def dpg_grad(actor, critics, batch):
    obs = batch["observation"]
    out, cache = forward(actor, obs)
    a = np.tanh(out)
    q, inputs = forward(critics, np.hstack([obs, a]))
    gx = backward(critics, inputs, np.ones(q.shape) / len(obs))[1].sum(axis=0)
    return backward(actor, cache, gx[:, obs.shape[1] :] * (1 - a**2))[0]


# wrong: keeps theta instead of losing it
# named: ou_noise-1
def ou_noise(normal, theta, sigma):
    out = sigma * normal
    for t in range(1, len(out)):
        out[t] += theta * out[t - 1]
    return out


# wrong: the time step of the usual code
def ou_noise(normal, theta, sigma):
    x, out, dt = np.zeros(normal.shape[1]), [], 0.01
    for n in normal:
        x = x - theta * x * dt + sigma * np.sqrt(dt) * n
        out.append(x)
    return np.stack(out)


# wrong: the formula of continuous time
# named: ou_std-2
def ou_std(theta, sigma):
    return float(np.sqrt(sigma**2 / (2 * theta)))


# wrong: the mean of the twins
# named: td3_target-1
def td3_target(reward, next_q, terminated, gamma):
    return reward + gamma * (~terminated) * np.mean(next_q, axis=0)


# wrong: the end ignored
# named: td3_target-5
def td3_target(reward, next_q, terminated, gamma):
    return reward + gamma * np.min(next_q, axis=0)


# wrong: half of the squared error
def critic_grads(critics, observation, action, td_target):
    q, cache = forward(critics, np.hstack([observation, action]))
    delta = q[:, :, 0] - td_target
    grads, _ = backward(critics, cache, delta[:, :, None] / len(td_target))
    return float(0.5 * (delta**2).mean(axis=1).sum()), grads


# wrong: the loss averaged over the critics
# named: critic_grads-2
def critic_grads(critics, observation, action, td_target):
    q, cache = forward(critics, np.hstack([observation, action]))
    delta = q[:, :, 0] - td_target
    grads, _ = backward(critics, cache, 2 * delta[:, :, None] / len(td_target))
    return float(np.mean(delta**2)), grads


# wrong: what is said, not how much too much
# named: critic_bias-5
def critic_bias(errors, curvature):
    a = errors[0] / curvature
    return np.min(errors * a - curvature * a**2 / 2, axis=0)


# wrong: each critic at its own top
# named: critic_bias-7
def critic_bias(errors, curvature):
    return (errors * (errors / curvature)).min(0)


# wrong: the noise is not clipped
# named: smoothed_action-1
def smoothed_action(action, noise, clip):
    return np.clip(action + noise, -1, 1)


# wrong: one clip for the sum
# named: smoothed_action-3
def smoothed_action(action, noise, clip):
    return np.clip(action + noise, -clip, clip)


# wrong: targets in every update
# named: td3_step-10
def td3_step(
    agent, optimisers, batch, noise, number,
    gamma=0.98, tau=0.005, clip=0.5, delay=2, actor_grad=dpg_grad,
):  # fmt: skip
    s2 = batch["next_observation"]
    a2 = smoothed_action(act(agent["target_actor"], s2), noise, clip)
    y = td3_target(batch["reward"], q_values(agent["target_critics"], s2, a2), batch["terminated"], gamma)
    loss, g = critic_grads(agent["critics"], batch["observation"], batch["action"], y)
    optimisers["critics"].step(g)
    if number % delay == 0:
        up = actor_grad(agent["actor"], agent["critics"], batch)
        optimisers["actor"].step([-w for w in up])
    polyak_update(agent["target_critics"], agent["critics"], tau)
    polyak_update(agent["target_actor"], agent["actor"], tau)
    return loss


# wrong: done means terminated or truncated
# named: train-1
def train(
    world, agent, rng, steps, start=500, action_noise=0.1, target_noise=0.2, batch_size=64,
    lr=0.001, reward_scale=0.1, capacity=100_000, **settings,
):  # fmt: skip
    (D, K), n = world.shape, len(world.observation)
    memory, count = Replay(capacity, D, K), 0
    opts = {name: Adam(agent[name], lr) for name in ("actor", "critics")}
    score, scores = np.zeros(n), []
    for step in range(1, steps // n + 1):
        obs, learns = world.observation, step * n > start
        a = rng.uniform(-1, 1, (n, K))
        if learns:
            a = np.clip(act(agent["actor"], obs) + action_noise * rng.normal(size=(n, K)), -1, 1)
        obs2, r, term, trunc = world.step(a)
        done = term | trunc
        memory.add(obs, a, r * reward_scale, obs2, done)
        for _ in range(n * learns):
            count += 1
            noise = target_noise * rng.normal(size=(batch_size, K))
            td3_step(agent, opts, memory.sample(batch_size, rng), noise, count, **settings)
        score += r
        scores.extend(score[done].tolist())
        score[done] = 0
    return scores


# wrong: overflows
# named: soft_value-2
def soft_value(q, alpha):
    return alpha * np.log(np.sum(np.exp(q / alpha), axis=1))


# wrong: the expected value under the softmax
# named: soft_value-7
def soft_value(q, alpha):
    z = q / alpha
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return np.sum(p * q, axis=1)


# wrong: hard value iteration
# named: soft_iteration-1
def soft_iteration(P, R, gamma, alpha, sweeps):
    q = np.zeros_like(R)
    for _ in range(sweeps):
        q = R + gamma * np.einsum("sat,t->sa", P, np.max(q, axis=1))
    return q


# wrong: the small number of many programs
# named: tanh_gaussian-2
def tanh_gaussian(mu, log_std, noise):
    u = mu + np.exp(log_std) * noise
    a = np.tanh(u)
    logp = -0.5 * noise**2 - log_std - 0.5 * np.log(2 * np.pi)
    logp -= np.log(1 - a**2 + 1e-6)
    return a, logp.sum(axis=1)


# wrong: no correction
# named: tanh_gaussian-3
def tanh_gaussian(mu, log_std, noise):
    logp = -0.5 * noise**2 - log_std - 0.5 * np.log(2 * np.pi)
    return np.tanh(mu + np.exp(log_std) * noise), logp.sum(axis=1)


# wrong: the gradient stops at the sample
def tanh_gaussian_backward(gaction, glogp, mu, log_std, noise):
    g = glogp[:, None]
    return g * noise / np.exp(log_std), g * (noise**2 - 1)


# wrong: nothing through the log-density
# named: tanh_gaussian_backward-1
def tanh_gaussian_backward(gaction, glogp, mu, log_std, noise):
    a = np.tanh(mu + np.exp(log_std) * noise)
    gu = gaction * (1 - a**2)
    return gu, gu * np.exp(log_std) * noise - glogp[:, None]


# wrong: the sign of the entropy
# named: sac_target-1
def sac_target(reward, next_q, next_logp, terminated, alpha, gamma):
    return reward + gamma * (1 - terminated) * (next_q.min(0) + alpha * next_logp)


# wrong: entropy after the end
# named: sac_target-6
def sac_target(reward, next_q, next_logp, terminated, alpha, gamma):
    return reward + gamma * ((1 - terminated) * next_q.min(0) - alpha * next_logp)


# wrong: the first critic, as in TD3
# named: sac_actor_loss-4
def sac_actor_loss(logp, q, alpha):
    n = logp.size
    gq = np.zeros_like(q)
    gq[0, :] = -1 / n
    return float(np.mean(alpha * logp - np.min(q, axis=0))), np.full(n, alpha / n), gq


# wrong: ties counted twice
# named: sac_actor_loss-6
def sac_actor_loss(logp, q, alpha):
    low = np.min(q, axis=0)
    gq = np.where(q == low, -1 / len(logp), 0.0)
    return float(np.mean(alpha * logp - low)), np.full(len(logp), alpha / len(logp)), gq


# wrong: alpha in the place of its logarithm
# named: alpha_loss-5
def alpha_loss(log_alpha, logp, target_entropy):
    g = -np.exp(log_alpha) * np.mean(logp + target_entropy)
    return float(g), float(g)


# wrong: the sign
# named: alpha_loss-2
def alpha_loss(log_alpha, logp, target_entropy):
    g = np.mean(logp + target_entropy)
    return float(log_alpha * g), float(g)


# wrong: not scaled
# named: td3_bc_loss-1
def td3_bc_loss(q, pi, action, alpha):
    loss = -alpha * q.mean() + np.mean((pi - action) ** 2)
    return float(loss), -alpha * np.ones(len(q)) / len(q), 2 * (pi - action) / pi.size


# wrong: summed over the numbers of an action
def td3_bc_loss(q, pi, action, alpha):
    lam = alpha / np.abs(q).mean()
    loss = -lam * q.mean() + ((pi - action) ** 2).sum(axis=1).mean()
    return float(loss), np.full(len(q), -lam / len(q)), 2 * (pi - action) / len(pi)


# wrong: the model never moves on
# named: plan_returns-2
def plan_returns(model, state, plans):
    s = np.repeat(state[None], len(plans), axis=0)
    return sum(model(s, plans[:, t])[1] for t in range(plans.shape[1]))


# wrong: the last reward only
# named: plan_returns-1
def plan_returns(model, state, plans):
    s = np.repeat(state[None], len(plans), axis=0)
    for t in range(plans.shape[1]):
        s, r = model(s, plans[:, t])
    return r


# wrong: the worst plans
# named: cem_plan-1
def cem_plan(model, state, noise, n_elite=10):
    mu, sigma = np.zeros(noise.shape[2:]), np.ones(noise.shape[2:])
    for eps in noise:
        samples = np.clip(mu + sigma * eps, -1, 1)
        order = np.argsort(plan_returns(model, state, samples))
        elite = samples[order[:n_elite]]
        mu, sigma = elite.mean(0), elite.std(0)
    return mu


# wrong: the best plan
# named: cem_plan-5
def cem_plan(model, state, noise, n_elite=10):
    mu, sigma = np.zeros(noise.shape[2:]), np.ones(noise.shape[2:])
    for eps in noise:
        samples = np.clip(mu + sigma * eps, -1, 1)
        order = np.argsort(-plan_returns(model, state, samples))
        elite = samples[order[:n_elite]]
        mu, sigma = elite.mean(0), elite.std(0)
    return elite[0]
