# right: with softplus written out, stable by the absolute value
def reward_loss(r_w, r_l):
    m = r_w - r_l
    softplus = np.maximum(-m, 0) + np.log1p(np.exp(-np.abs(m)))
    sigmoid = 0.5 * (1 + np.tanh(-m / 2))
    g = -sigmoid / m.size
    return float(softplus.mean()), g, -g


# right: a loop over the pairs
def reward_loss(r_w, r_l):
    total, g_w, g_l = 0.0, np.zeros(len(r_w)), np.zeros(len(r_w))
    for i in range(len(r_w)):
        m = r_w[i] - r_l[i]
        total += np.logaddexp(0.0, -m)
        p = 1 / (1 + np.exp(min(m, 700.0)))
        g_w[i], g_l[i] = -p / len(r_w), p / len(r_w)
    return total / len(r_w), g_w, g_l


# right: Newton's method until the step is small
def bradley_terry(x_w, x_l, l2):
    d = x_w - x_l
    theta = np.zeros(d.shape[1])
    while True:
        p = 1 / (1 + np.exp(-d @ theta))
        grad = d.T @ (p - 1) + l2 * theta
        H = (d * (p * (1 - p))[:, None]).T @ d + l2 * np.identity(len(theta))
        step = np.linalg.inv(H) @ grad
        theta = theta - step
        if np.max(np.abs(step)) < 1e-12:
            return theta


# right: damped Newton with a line search on the loss
def bradley_terry(x_w, x_l, l2):
    def loss(w):
        return np.logaddexp(0, -(x_w - x_l) @ w).sum() + l2 / 2 * w @ w

    x = x_w - x_l
    w = np.zeros(x.shape[1])
    for _ in range(100):
        q = np.exp(-np.logaddexp(0, x @ w))
        g = l2 * w - x.T @ q
        H = l2 * np.eye(len(w)) + (x.T * (q * (1 - q))) @ x
        step, size = np.linalg.solve(H, g), 1.0
        while loss(w - size * step) > loss(w) and size > 1e-9:
            size /= 2
        w = w - size * step
    return w


# right: in logarithms
def tilted(ref, r, beta):
    with np.errstate(divide="ignore"):
        log_w = np.log(ref) + r / beta
    log_w = log_w - np.max(log_w)
    w = np.exp(log_w)
    return w / np.sum(w)


# right: only the possible answers
def tilted(ref, r, beta):
    possible = ref > 0
    z = r[possible] / beta
    e = ref[possible] * np.exp(z - z.max())
    pi = np.zeros(len(ref))
    pi[possible] = e / e.sum()
    return pi


# right: the objective at the optimum
def best_value(ref, r, beta):
    pi = tilted(ref, r, beta)
    used = pi > 0
    divergence = np.sum(pi[used] * np.log(pi[used] / ref[used]))
    return float(pi @ r - beta * divergence)


# right: sorted, with cumulative sums, group by group
def best_of_n(ref, r, n):
    pi, below = np.zeros(len(ref)), 0.0
    for value in np.unique(r):
        group = r == value
        mass = ref[group].sum()
        if mass > 0:
            pi[group] = ref[group] / mass * ((below + mass) ** n - below**n)
        below += mass
    return pi


# right: the geometric sum
def best_of_n(ref, r, n):
    low = np.array([ref[r < each].sum() for each in r])
    high = np.array([ref[r <= each].sum() for each in r])
    return ref * sum(high**i * low ** (n - 1 - i) for i in range(n))


# right: another form of the bound
def best_of_n_bound(n):
    return 1 / n - 1 + np.log(n)


# right: the ratio first, as in most libraries
def k3(logp, ref):
    ratio = np.exp(ref - logp)
    return ratio - (ref - logp) - 1, 1 - ratio


# right: row by row
def token_rewards(score, logp, ref, beta, mask):
    out = np.zeros(logp.shape)
    for i in range(len(score)):
        where = np.flatnonzero(mask[i])
        out[i, where] = -beta * (logp[i, where] - ref[i, where])
        out[i, where[-1]] += score[i]
    return out


# right: the last token as a mask
def token_rewards(score, logp, ref, beta, mask):
    followed = np.concatenate([mask[:, 1:], np.zeros((len(mask), 1), bool)], axis=1)
    last = mask & ~followed
    return np.where(mask, beta * (ref - logp), 0.0) + last * score[:, None]


# right: from the numbers
def verify(prompt, text):
    a, b = prompt.rstrip("=").split("+")
    expected = "".join(reversed(str(int(a) + int(b))))
    return 1.0 if text == expected else 0.0


# right: True and False are numbers too
def verify(prompt, text):
    return answer(prompt) == text


# right: counting numbers with zeros in front
def false_accepts(judge, prompt, longest=3):
    found = []
    for n in range(longest + 1):
        for i in range(10**n):
            text = str(i).zfill(n) if n else ""
            if judge(prompt, text) == 1 and verify(prompt, text) == 0:
                found.append(text)
    return found


# right: a loop over the groups
def group_advantage(reward, scale_std=True):
    out = np.zeros(reward.shape)
    for p, group in enumerate(reward):
        if np.ptp(group) == 0:
            continue
        out[p] = group - group.mean()
        if scale_std:
            out[p] /= group.std()
    return out


# right: a tolerance for the standard deviation
def group_advantage(reward, scale_std=True):
    mean = reward.mean(axis=-1, keepdims=True)
    std = reward.std(axis=-1, keepdims=True)
    A = reward - mean
    if scale_std:
        A = A / np.where(std > 1e-10, std, 1.0)
    return np.where(std > 1e-10, A, 0.0)


# right: on whole arrays, with sums over the mask
def grpo_loss(logp, old, ref, advantage, mask, clip_range=0.2, beta=0.0, by_length=True):
    A = advantage[:, None]
    ratio = np.exp(np.where(mask, logp - old, 0.0))
    log_ratio = np.where(mask, ref - logp, 0.0)
    clipped = np.clip(ratio, 1 - clip_range, 1 + clip_range)
    objective = np.minimum(ratio * A, clipped * A)
    active = ratio * A <= clipped * A
    per_token = -objective + beta * (np.exp(log_ratio) - log_ratio - 1)
    g = -(active * A) * ratio + beta * (1 - np.exp(log_ratio))
    weight = mask / mask.sum(axis=1, keepdims=True) if by_length else mask.astype(float)
    return float((weight * per_token).sum(axis=1).mean()), weight * g / len(mask)


# right: answer by answer
def grpo_loss(logp, old, ref, advantage, mask, clip_range=0.2, beta=0.0, by_length=True):
    N = len(logp)
    loss, g = 0.0, np.zeros(logp.shape)
    for i in range(N):
        t = np.flatnonzero(mask[i])
        w = 1 / (N * len(t)) if by_length else 1 / N
        rho = np.exp(logp[i, t] - old[i, t])
        gain, slope = clipped_surrogate(rho, np.full(len(t), advantage[i]), clip_range)
        pen, g_pen = k3(logp[i, t], ref[i, t])
        loss += w * np.sum(beta * pen - gain)
        g[i, t] = w * (beta * g_pen - slope * rho)
    return float(loss), g


# right: np.repeat of the prompts
def rollout(model, ref, prompts, G, judge, rng):
    asked = [str(each) for each in np.repeat(prompts, G)]
    ids, mask = sample(model, asked, rng)
    answers = texts(ids, mask)
    reward = np.zeros((len(prompts), G))
    for n, (prompt, text) in enumerate(zip(asked, answers)):
        reward[n // G, n % G] = judge(prompt, text)
    return {
        "ids": ids, "mask": mask, "reward": reward,
        "old": token_logp(model.forward(ids), ids)[0],
        "ref": token_logp(ref.forward(ids), ids)[0],
    }


# right: an inner function, and the log first
def improve(model, optimiser, batch, epochs=1, scale_std=True, **settings):
    A = group_advantage(batch["reward"], scale_std=scale_std)
    written = batch["mask"]
    estimate, _ = k3(batch["old"], batch["ref"])
    log = {
        "reward": np.mean(batch["reward"]),
        "silent": np.mean([not row.any() for row in A]),
        "kl": estimate[written].mean(),
    }

    def loss_of(logp):
        return grpo_loss(
            logp, batch["old"], batch["ref"], A.reshape(-1), batch["mask"], **settings
        )

    for _ in range(epochs):
        descend(model, optimiser, batch["ids"], loss_of)
    return log


# right: a comprehension
def train(model, ref, optimiser, rounds, judge, rng, G=8, **settings):
    return [
        improve(model, optimiser, rollout(model, ref, each, G, judge, rng), **settings)
        for each in rounds
    ]


# right: with lists
def pairs_of(reward):
    w, l = [], []
    P, G = reward.shape
    for p in range(P):
        group = list(reward[p])
        if max(group) == min(group):
            continue
        w.append(p * G + group.index(max(group)))
        l.append(p * G + group.index(min(group)))
    return w, l


# right: a loop over the pairs
def preference_loss(logp, ref, mask, w, l, beta):
    gain = ((logp - ref) * mask).sum(axis=1)
    loss, g = 0.0, np.zeros(logp.shape)
    for better, worse in zip(w, l):
        m = beta * (gain[better] - gain[worse])
        loss += np.logaddexp(0, -m) / len(w)
        slope = beta / (1 + np.exp(m)) / len(w)
        g[better] -= slope * mask[better]
        g[worse] += slope * mask[worse]
    return float(loss), g


# wrong: the margin the other way round
# named: reward_loss-1
def reward_loss(r_w, r_l):
    m = r_l - r_w
    g = -np.exp(-np.logaddexp(0, m)) / len(m)
    return float(np.mean(np.logaddexp(0, -m))), g, -g


# wrong: a sum
# named: reward_loss-2
def reward_loss(r_w, r_l):
    m = r_w - r_l
    g = -np.exp(-np.logaddexp(0, m)) / len(m)
    return float(np.sum(np.logaddexp(0, -m))), g, -g


# wrong: gradients of the sum
# named: reward_loss-3
def reward_loss(r_w, r_l):
    m = r_w - r_l
    g = -np.exp(-np.logaddexp(0, m))
    return float(np.mean(np.logaddexp(0, -m))), g, -g


# wrong: the signs of the gradients
# named: reward_loss-4
def reward_loss(r_w, r_l):
    m = r_w - r_l
    p = np.exp(-np.logaddexp(0, m)) / m.size
    return float(np.mean(np.logaddexp(0, -m))), p, -p


# wrong: sigmoid of m in the gradient
# named: reward_loss-5
def reward_loss(r_w, r_l):
    m = r_w - r_l
    p = np.exp(-np.logaddexp(0, -m)) / m.size
    return float(np.mean(np.logaddexp(0, -m))), -p, p


# wrong: log of a sigmoid
# named: reward_loss-6
def reward_loss(r_w, r_l):
    m = r_w - r_l
    with np.errstate(all="ignore"):
        loss = -np.log(1 / (1 + np.exp(-m))).mean()
    g = -np.exp(-np.logaddexp(0, m)) / len(m)
    return float(loss), g, -g


# wrong: the gradients in one array
def reward_loss(r_w, r_l):
    m = r_w - r_l
    g = -np.exp(-np.logaddexp(0, m)) / len(m)
    return float(np.logaddexp(0, -m).mean()), np.stack([g, -g])


# wrong: no penalty in the gradient
# named: bradley_terry-2
def bradley_terry(x_w, x_l, l2):
    x = x_w - x_l
    w = np.zeros(x.shape[1])
    for _ in range(50):
        q = np.exp(-np.logaddexp(0, x @ w))
        H = l2 * np.eye(len(w)) + (x.T * (q * (1 - q))) @ x
        w = w + np.linalg.solve(H, x.T @ q)
    return w


# wrong: losers before winners
# named: bradley_terry-1
def bradley_terry(x_w, x_l, l2):
    x = x_l - x_w
    w = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        g = x.T @ (p - 1) + l2 * w
        H = (x.T * (p * (1 - p))) @ x + l2 * np.eye(len(w))
        w = w - np.linalg.solve(H, g)
    return w


# wrong: gradient descent that has not arrived
def bradley_terry(x_w, x_l, l2):
    x = x_w - x_l
    w = np.zeros(x.shape[1])
    for _ in range(100):
        w = w + 0.001 * (x.T @ np.exp(-np.logaddexp(0, x @ w)) - l2 * w)
    return w


# wrong: times beta
# named: tilted-1
def tilted(ref, r, beta):
    z = np.where(ref > 0, r, -np.inf) * beta
    e = ref * np.exp(z - z.max())
    return e / e.sum()


# wrong: softmax of the rewards
# named: tilted-2
def tilted(ref, r, beta):
    z = np.where(ref > 0, r, -np.inf) / beta
    e = np.exp(z - z.max())
    return e / e.sum()


# wrong: overflow
# named: tilted-4
def tilted(ref, r, beta):
    with np.errstate(all="ignore"):
        e = ref * np.exp(r / beta)
        return e / e.sum()


# wrong: the largest of all rewards
# named: tilted-5
def tilted(ref, r, beta):
    with np.errstate(all="ignore"):
        e = ref * np.exp((r - r.max()) / beta)
        return e / e.sum()


# wrong: without beta
# named: best_value-1
def best_value(ref, r, beta):
    z = np.where(ref > 0, r, -np.inf) / beta
    return float(z.max() + np.log(np.sum(ref * np.exp(z - z.max()))))


# wrong: the reward alone
# named: best_value-5
def best_value(ref, r, beta):
    return float(np.sum(tilted(ref, r, beta) * r))


# wrong: no sample is better
# named: best_of_n-2
def best_of_n(ref, r, n):
    tied = np.array([ref[r == each].sum() for each in r])
    high = np.array([ref[r <= each].sum() for each in r])
    return ref * high**n / np.where(tied > 0, tied, 1)


# wrong: ties counted for each
# named: best_of_n-4
def best_of_n(ref, r, n):
    low = np.array([ref[r < each].sum() for each in r])
    high = np.array([ref[r <= each].sum() for each in r])
    return high**n - low**n


# wrong: at least one sample
def best_of_n(ref, r, n):
    p = 1 - (1 - ref) ** n
    return p / p.sum()


# wrong: log n alone
# named: best_of_n_bound-2
def best_of_n_bound(n):
    return float(np.log(n))


# wrong: n - 1 over n with the wrong sign
# named: best_of_n_bound-4
def best_of_n_bound(n):
    return np.log(n) + 1 - 1 / n


# wrong: the ratio of PPO
# named: k3-1
def k3(logp, ref):
    d = logp - ref
    return np.exp(d) - 1 - d, -np.expm1(d)


# wrong: k1
# named: k3-2
def k3(logp, ref):
    return logp - ref, 1 - np.exp(ref - logp)


# wrong: the derivative without the second term
def k3(logp, ref):
    rho = np.exp(ref - logp)
    return rho - 1 - (ref - logp), -rho


# wrong: a bonus for distance
# named: token_rewards-1
def token_rewards(score, logp, ref, beta, mask):
    out = np.where(mask, beta * (logp - ref), 0.0)
    for i in range(len(score)):
        out[i, np.flatnonzero(mask[i])[-1]] += score[i]
    return out


# wrong: the last column
# named: token_rewards-3
def token_rewards(score, logp, ref, beta, mask):
    out = np.where(mask, beta * (ref - logp), 0.0)
    out[:, -1] += score
    return out


# wrong: every token has the score
# named: token_rewards-4
def token_rewards(score, logp, ref, beta, mask):
    return np.where(mask, beta * (ref - logp) + score[:, None], 0.0)


# wrong: the first written token
# named: token_rewards-7
def token_rewards(score, logp, ref, beta, mask):
    out = np.where(mask, beta * (ref - logp), 0.0)
    out[np.arange(len(score)), np.argmax(mask, axis=1)] += score
    return out


# wrong: strips
# named: verify-1
def verify(prompt, text):
    return float(text.strip() == answer(prompt).strip())


# wrong: finds the answer in the text
# named: verify-2
def verify(prompt, text):
    return 1.0 if text.find(answer(prompt)) >= 0 else 0.0


# wrong: numbers instead of texts
# named: verify-7
def verify(prompt, text):
    try:
        number = int(text)
    except ValueError:
        return 0.0
    return 1.0 if number == int(answer(prompt)) else 0.0


# wrong: the digits as we write them
# named: verify-6
def verify(prompt, text):
    return float(str(int(prompt[:2]) + int(prompt[3:5])) == text)


# wrong: the right answer too
# named: false_accepts-1
def false_accepts(judge, prompt, longest=3):
    found = [""] if judge(prompt, "") else []
    for n in range(1, longest + 1):
        for i in range(10**n):
            if judge(prompt, str(i).zfill(n)):
                found.append(str(i).zfill(n))
    return found


# wrong: without the empty text
# named: false_accepts-2
def false_accepts(judge, prompt, longest=3):
    texts = [str(i).zfill(n) for n in range(1, longest + 1) for i in range(10**n)]
    return [t for t in texts if judge(prompt, t) and not verify(prompt, t)]


# wrong: one mean for all
# named: group_advantage-1
def group_advantage(reward, scale_std=True):
    A = reward - np.mean(reward)
    std = reward.std(axis=1, keepdims=True)
    equal = np.ptp(reward, axis=1, keepdims=True) == 0
    return np.where(equal, 0, A / np.where(equal, 1, std) if scale_std else A)


# wrong: torch's standard deviation
# named: group_advantage-5
def group_advantage(reward, scale_std=True):
    A = reward - reward.mean(1, keepdims=True)
    equal = np.ptp(reward, axis=1, keepdims=True) == 0
    if scale_std:
        A = A / np.where(equal, 1, reward.std(1, ddof=1, keepdims=True))
    return np.where(equal, 0, A)


# wrong: eps, as in TRL
# named: group_advantage-8
def group_advantage(reward, scale_std=True):
    A = reward - reward.mean(axis=1, keepdims=True)
    return A / (reward.std(axis=1, keepdims=True) + 1e-4) if scale_std else A


# wrong: the ratio to the reference
# named: grpo_loss-1
def grpo_loss(logp, old, ref, advantage, mask, clip_range=0.2, beta=0.0, by_length=True):
    A = np.broadcast_to(advantage[:, None], mask.shape)[mask]
    ratio = np.exp(logp - ref)[mask]
    gain, slope = clipped_surrogate(ratio, A, clip_range)
    pen, g_pen = k3(logp[mask], ref[mask])
    count = mask.sum(1, keepdims=True) if by_length else 1
    weight = (mask / count / len(mask))[mask]
    g = np.zeros(mask.shape)
    g[mask] = weight * (beta * g_pen - slope * ratio)
    return float(np.sum(weight * (beta * pen - gain))), g


# wrong: the derivative by the ratio
# named: grpo_loss-3
def grpo_loss(logp, old, ref, advantage, mask, clip_range=0.2, beta=0.0, by_length=True):
    A = np.broadcast_to(advantage[:, None], mask.shape)[mask]
    ratio = np.exp(logp[mask] - old[mask])
    gain, slope = clipped_surrogate(ratio, A, clip_range)
    pen, g_pen = k3(logp[mask], ref[mask])
    count = mask.sum(1, keepdims=True) if by_length else 1
    weight = (mask / count / len(mask))[mask]
    g = np.zeros(mask.shape)
    g[mask] = weight * (beta * g_pen - slope)
    return float(np.sum(weight * (beta * pen - gain))), g


# wrong: every round of answers to all prompts
# named: rollout-1
def rollout(model, ref, prompts, G, judge, rng):
    asked = list(prompts) * G
    ids, mask = sample(model, asked, rng)
    reward = [judge(p, t) for p, t in zip(asked, texts(ids, mask))]
    return {
        "ids": ids, "mask": mask, "reward": np.array(reward, float).reshape(-1, G),
        "old": token_logp(model.forward(ids), ids)[0],
        "ref": token_logp(ref.forward(ids), ids)[0],
    }


# wrong: the old policy moves along
# named: improve-4
def improve(model, optimiser, batch, epochs=1, scale_std=True, **settings):
    A = group_advantage(batch["reward"], scale_std)
    written = batch["mask"]
    for _ in range(epochs):
        descend(
            model, optimiser, batch["ids"],
            lambda now: grpo_loss(now, now, batch["ref"], A.ravel(), written, **settings),
        )
    return {
        "reward": batch["reward"].mean(), "silent": (A == 0).all(axis=1).mean(),
        "kl": k3(batch["old"][written], batch["ref"][written])[0].mean(),
    }


# wrong: one rollout for all rounds
# named: train-1
def train(model, ref, optimiser, rounds, judge, rng, G=8, **settings):
    batch = rollout(model, ref, rounds[0], G, judge, rng)
    return [improve(model, optimiser, batch, **settings) for _ in rounds]


# wrong: the last of several best
# named: pairs_of-4
def pairs_of(reward):
    w, l = [], []
    G = reward.shape[1]
    for p, each in enumerate(reward):
        if each.max() > each.min():
            w.append(p * G + int(np.flatnonzero(each == each.max())[-1]))
            l.append(p * G + int(each.argmin()))
    return w, l


# wrong: the mean over the tokens
# named: preference_loss-2
def preference_loss(logp, ref, mask, w, l, beta):
    total = (logp * mask).sum(1) / mask.sum(1)
    of_ref = (ref * mask).sum(1) / mask.sum(1)
    loss, g_w, g_l = dpo_loss(total[w], total[l], of_ref[w], of_ref[l], beta)
    g = np.zeros(len(mask))
    np.add.at(g, w, g_w)
    np.add.at(g, l, g_l)
    return loss, g[:, None] * mask


# wrong: += with repeated numbers
# named: preference_loss-5
def preference_loss(logp, ref, mask, w, l, beta):
    a, b = (logp * mask).sum(1), (ref * mask).sum(1)
    loss, g_w, g_l = dpo_loss(a[w], a[l], b[w], b[l], beta)
    g = np.zeros(len(mask))
    g[w] += g_w
    g[l] += g_l
    return loss, g[:, None] * mask
