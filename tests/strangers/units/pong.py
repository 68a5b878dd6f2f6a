# right: step by step, on a copy, as the essay does it
def prepro(I):
    I = I.copy()[35:195]
    I = I[::2, ::2, 0]
    I[I == 144] = 0
    I[I == 109] = 0
    I[I != 0] = 1
    return I.astype(np.float64)


# right: np.isin
def prepro(screen):
    field = screen[35:195, :, 0][::2, ::2]
    return 1.0 - np.isin(field, [109, 144])


# right: np.where
def prepro(screen):
    red = screen[:, :, 0][35:195][0::2, 0::2].astype(int)
    background = (red == 144) | (red == 109)
    return np.where(background, 0.0, 1.0)


# right: both scaled first
def frame_diff(now, before):
    N = now.shape[0]
    return now.reshape(N, -1) / 255.0 - before.reshape(N, -1) / 255.0


# right: in whole numbers with a sign
def frame_diff(now, before):
    d = now.astype(np.int16) - before.astype(np.int16)
    return d.reshape(d.shape[0], -1) / 255


# right: np.subtract with a type
def frame_diff(now, before):
    x = np.subtract(now, before, dtype=np.float64)
    return (x / 255).reshape((len(x), -1))


# right: game by game with a running sum, as in the essay
def discount_points(r, gamma, reset=True):
    G = np.zeros(r.shape, dtype=float)
    for n in range(r.shape[1]):
        running_add = 0.0
        for t in reversed(range(r.shape[0])):
            if reset and r[t, n] != 0:
                running_add = 0.0
            running_add = running_add * gamma + r[t, n]
            G[t, n] = running_add
    return G


# right: with a mask
def discount_points(r, gamma, reset=True):
    r = np.asarray(r, dtype=float)
    keep = (r == 0) | (not reset)
    G = np.zeros_like(r)
    total = np.zeros(r.shape[1])
    for t in reversed(range(r.shape[0])):
        total = r[t] + gamma * total * keep[t]
        G[t] = total
    return G


# right: einsum, and h changed in place
def policy_forward(params, x):
    h = np.einsum("bd,hd->bh", x, params["W1"])
    h[h < 0] = 0
    return sigmoid(h.dot(params["W2"])), h


# right: the sigmoid by tanh
def policy_forward(params, x):
    z = (params["W1"] @ x.T).T
    h = z * (z > 0)
    return 0.5 * (1 + np.tanh(0.5 * (h @ params["W2"]))), h


# right: in the letters of the essay
def policy_backward(params, x, h, p, a, weight):
    dlogp = (a - p) * weight
    dW2 = np.dot(h.T, dlogp)
    dh = np.outer(dlogp, params["W2"])
    dh[h <= 0] = 0
    dW1 = np.dot(dh.T, x)
    return {"W1": -dW1 / len(x), "W2": -dW2 / len(x)}


# right: with the two cases written out, and a loop over the rows
def policy_backward(params, x, h, p, a, weight):
    B = x.shape[0]
    gW1, gW2 = np.zeros_like(params["W1"]), np.zeros_like(params["W2"])
    for i in range(B):
        d = 1 - p[i] if a[i] == 1 else -p[i]
        d *= -weight[i] / B
        gW2 += d * h[i]
        on = (h[i] > 0).astype(float)
        gW1 += d * (params["W2"] * on)[:, None] * x[i][None, :]
    return {"W2": gW2, "W1": gW1}


# right: arrays made beforehand, and np.where for the action
def rollout(params, game, T, rng, see=frame_diff):
    now = game.reset()
    prev = now.copy()
    xs, acts, rs = [], [], []
    for t in range(T):
        x = see(now, prev)
        xs.append(x)
        prob = policy_forward(params, x)[0]
        act = np.where(rng.random(prob.shape) < prob, 1, 0)
        acts.append(act)
        prev = now
        now, reward = game.step(act)
        rs.append(reward)
    return np.stack(xs), np.stack(acts), np.stack(rs)


# right: the frame before is None at first
def rollout(params, game, T, rng, see=frame_diff):
    frame, last, log = game.reset(), None, []
    while len(log) < T:
        x = see(frame, frame if last is None else last)
        p, _ = policy_forward(params, x)
        a = 1 * (rng.random(x.shape[0]) < p)
        following, r = game.step(a)
        log.append((x, a, r))
        last, frame = frame, following
    return tuple(np.array([row[i] for row in log]) for i in range(3))


# right: the state replaced in the dict
def rmsprop_step(params, grads, state, lr, decay=0.99, eps=1e-8):
    for k in params:
        state[k] = decay * state[k] + (1 - decay) * grads[k] ** 2
        params[k] -= lr * grads[k] / (state[k] ** 0.5 + eps)


# right: the parameters replaced in the dict
def rmsprop_step(params, grads, state, lr, decay=0.99, eps=1e-8):
    for name in sorted(params):
        g = grads[name]
        state[name][...] = decay * state[name] + (1.0 - decay) * np.square(g)
        params[name] = params[name] - lr * g / (np.sqrt(state[name]) + eps)


# right: rows by reshape with sizes, and the margin from two counts
def learn(params, game, updates, T, rng, lr, gamma=0.97, reset=True, baseline=True, see=frame_diff):
    cache = {k: np.zeros(v.shape) for k, v in params.items()}
    history = []
    for _ in range(updates):
        xs, acts, rs = rollout(params, game, T, rng, see=see)
        G = discount_points(rs, gamma, reset=reset)
        adv = normalise(G) if baseline else G
        T_, N, D = xs.shape
        rows = xs.reshape(T_ * N, D)
        p, h = policy_forward(params, rows)
        grads = policy_backward(params, rows, h, p, acts.reshape(-1), adv.reshape(-1))
        rmsprop_step(params, grads, cache, lr)
        won, lost = (rs > 0).sum(), (rs < 0).sum()
        history.append(float(won - lost) / (won + lost) if won + lost else 0.0)
    return history


# right: the advantage by hand
def learn(params, game, updates, T, rng, lr, gamma=0.97, reset=True, baseline=True, see=frame_diff):
    s, out = {k: 0 * params[k] for k in params}, []
    for i in range(updates):
        x, a, r = rollout(params, game, T, rng, see)
        w = discount_points(r, gamma, reset)
        if baseline:
            std = w.std()
            w = (w - w.mean()) / std if std > 1e-8 else 0 * w
        x = np.concatenate(list(x))
        a, w = np.concatenate(list(a)), np.concatenate(list(w))
        p, h = policy_forward(params, x)
        g = policy_backward(params, x, h, p, a, w)
        rmsprop_step(params, g, s, lr)
        n = np.count_nonzero(r)
        out.append(0.0 if n == 0 else float(r.sum()) / n)
    return out


# right: game by game
def steps_to_point(r):
    T, N = r.shape
    k = np.full((T, N), -1)
    for n in range(N):
        at = None
        for t in range(T - 1, -1, -1):
            if r[t, n]:
                at = t
            if at is not None:
                k[t, n] = at - t
    return k


# right: the times of the points, and searchsorted
def steps_to_point(r):
    T, N = np.shape(r)
    out = -np.ones((T, N), dtype=int)
    for n in range(N):
        when = np.flatnonzero(r[:, n])
        if len(when):
            i = np.searchsorted(when, np.arange(T))
            known = i < len(when)
            out[known, n] = when[i[known]] - np.arange(T)[known]
    return out


# right: everything in one long vector
def credit(part, whole, other):
    def flat(g):
        return np.concatenate([g[k].ravel() for k in sorted(g)])

    o = flat(other)
    return float(flat(part) @ o / (flat(whole) @ o))


# right: np.vdot
def credit(part, whole, other):
    top = bottom = 0.0
    for k in part:
        top += np.vdot(part[k], other[k])
        bottom += np.vdot(whole[k], other[k])
    return float(top / bottom)


# right: the backward pass of a single number, row by row
def saliency(params, x):
    p, h = policy_forward(params, x)
    rows = []
    for i in range(len(x)):
        on = h[i] > 0
        rows.append(p[i] * (1 - p[i]) * (params["W2"][on] @ params["W1"][on]))
    return np.array(rows)


# right: einsum
def saliency(params, x):
    p, h = policy_forward(params, x)
    logit = np.einsum("bh,h,hd->bd", h > 0, params["W2"], params["W1"])
    return (p - p**2)[:, None] * logit


# right: names in place of numbers
def faults():
    a = FAULTS.index("the frame before is never updated")
    b = FAULTS.index("returns are normalised within each rally")
    c = FAULTS.index("the action is not sampled")
    return a, b, c


# wrong: the caller's screen is changed, as in the essay
# named: prepro-1
def prepro(I):
    I = I[35:195]
    I = I[::2, ::2, 0]
    I[I == 144] = 0
    I[I == 109] = 0
    I[I != 0] = 1
    return I.astype(float)


# wrong: the second background is forgotten
# named: prepro-7
def prepro(screen):
    red = screen[35:195, :, 0][::2, ::2]
    return np.where(red == 144, 0.0, 1.0)


# wrong: green
# named: prepro-4
def prepro(screen):
    part = screen[35:195][::2, ::2]
    return 1.0 - np.isin(part[..., 1], [144, 109])


# wrong: background and the rest the other way round
# named: prepro-9
def prepro(screen):
    red = screen[35:195:2, ::2, 0]
    return np.isin(red, (144, 109)).astype(float)


# wrong: bytes are subtracted
# named: frame_diff-1
def frame_diff(now, before):
    N = len(now)
    return (now.reshape(N, -1) - before.reshape(N, -1)) / 255.0


# wrong: converted when it is too late
# named: frame_diff-1
def frame_diff(now, before):
    d = now - before
    d = d.astype(np.float64) / 255
    return d.reshape(d.shape[0], -1)


# wrong: old minus new
# named: frame_diff-2
def frame_diff(now, before):
    return (before / 255 - now / 255).reshape(len(now), -1)


# wrong: not scaled
# named: frame_diff-3
def frame_diff(now, before):
    return np.subtract(now, before, dtype=float).reshape(len(now), -1)


# wrong: the absolute difference, as OpenCV computes it
# named: frame_diff-4
def frame_diff(now, before):
    return np.abs(now / 255 - before / 255).reshape(len(now), -1)


# wrong: the images stay images
# named: frame_diff-7
def frame_diff(now, before):
    return now / 255 - before / 255


# wrong: the usual discounted return
# named: discount_points-1
def discount_points(r, gamma, reset=True):
    G, running = np.zeros(r.shape), 0
    for t in reversed(range(len(r))):
        running = r[t] + gamma * running
        G[t] = running
    return G


# wrong: reset always
# named: discount_points-2
def discount_points(r, gamma, reset=True):
    G, running = np.zeros(r.shape), np.zeros(r.shape[1])
    for t in reversed(range(len(r))):
        running = running * (r[t] == 0) * gamma + r[t]
        G[t] = running
    return G


# wrong: one game's point ends all sums
# named: discount_points-4
def discount_points(r, gamma, reset=True):
    G, running = np.zeros(r.shape), np.zeros(r.shape[1])
    for t in reversed(range(len(r))):
        if reset and np.any(r[t] != 0):
            running = np.zeros(r.shape[1])
        running = running * gamma + r[t]
        G[t] = running
    return G


# wrong: cut off to whole numbers where the rewards are
# named: discount_points-9
def discount_points(r, gamma, reset=True):
    G = np.zeros_like(r)
    for n in range(r.shape[1]):
        running = 0
        for t in reversed(range(r.shape[0])):
            if reset and r[t, n] != 0:
                running = 0
            running = running * gamma + r[t, n]
            G[t, n] = running
    return G


# wrong: the logit
# named: policy_forward-3
def policy_forward(params, x):
    h = x @ params["W1"].T
    h[h < 0] = 0
    logit = h @ params["W2"]
    return logit, h


# wrong: no ReLU
# named: policy_forward-1
def policy_forward(params, x):
    h = np.dot(x, params["W1"].T)
    return sigmoid(np.dot(h, params["W2"])), h


# wrong: a column
# named: policy_forward-6
def policy_forward(params, x):
    h = np.maximum(0, x @ params["W1"].T)
    return sigmoid(h @ params["W2"].reshape(-1, 1)), h


# wrong: uphill
# named: policy_backward-1
def policy_backward(params, x, h, p, a, weight):
    d = weight * (a - p) / len(a)
    dh = d[:, None] * params["W2"]
    dh[h <= 0] = 0
    return {"W1": dh.T @ x, "W2": d @ h}


# wrong: a sum
# named: policy_backward-2
def policy_backward(params, x, h, p, a, weight):
    d = (p - a) * weight
    dh = np.outer(d, params["W2"])
    dh[h == 0] = 0
    return {"W1": np.dot(dh.T, x), "W2": np.dot(h.T, d)}


# wrong: always as if up
# named: policy_backward-3
def policy_backward(params, x, h, p, a, weight):
    d = weight * (p - 1) / len(x)
    dh = np.outer(d, params["W2"]) * (h > 0)
    return {"W1": dh.T @ x, "W2": h.T @ d}


# wrong: through the ReLU as if it were not there
# named: policy_backward-6
def policy_backward(params, x, h, p, a, weight):
    d = weight * (p - a) / len(x)
    return {"W1": np.outer(d, params["W2"]).T @ x, "W2": h.T @ d}


# wrong: the gradient of the probability
# named: policy_backward-5
def policy_backward(params, x, h, p, a, weight):
    d = -weight * (a - p) * (1 - p) * p / len(x)
    dh = np.outer(d, params["W2"]) * (h > 0)
    return {"W1": dh.T @ x, "W2": h.T @ d}


# wrong: always the first frame
# named: rollout-1
def rollout(params, game, T, rng, see=frame_diff):
    now = game.reset()
    prev, log = now, []
    for _ in range(T):
        x = see(now, prev)
        a = (rng.random(game.N) < policy_forward(params, x)[0]) * 1
        now, r = game.step(a)
        log.append((x, a, r))
    return tuple(np.array(each) for each in zip(*log))


# wrong: remembered after the step
# named: rollout-2
def rollout(params, game, T, rng, see=frame_diff):
    now = game.reset()
    prev, xs, acts, rs = now, [], [], []
    for _ in range(T):
        x = see(now, prev)
        a = (rng.random(game.N) < policy_forward(params, x)[0]).astype(int)
        now, r = game.step(a)
        prev = now
        xs.append(x)
        acts.append(a)
        rs.append(r)
    return np.array(xs), np.array(acts), np.array(rs)


# wrong: greedy
# named: rollout-6
def rollout(params, game, T, rng, see=frame_diff):
    now = game.reset()
    prev, log = now, []
    for _ in range(T):
        x = see(now, prev)
        a = np.where(policy_forward(params, x)[0] > 0.5, 1, 0)
        prev = now
        now, r = game.step(a)
        log.append((x, a, r))
    return tuple(np.array(each) for each in zip(*log))


# wrong: differences, whatever is asked for
# named: rollout-5
def rollout(params, game, T, rng, see=frame_diff):
    now = game.reset()
    prev, log = now, []
    for _ in range(T):
        x = frame_diff(now, prev)
        a = (rng.random(len(x)) < policy_forward(params, x)[0]).astype(int)
        prev = now
        now, r = game.step(a)
        log.append((x, a, r))
    return tuple(np.array(each) for each in zip(*log))


# wrong: the means of the gradients
# named: rmsprop_step-1
def rmsprop_step(params, grads, state, lr, decay=0.99, eps=1e-8):
    for k in params:
        state[k] = decay * state[k] + (1 - decay) * grads[k]
        with np.errstate(all="ignore"):
            params[k] -= lr * grads[k] / (np.sqrt(state[k]) + eps)


# wrong: no root
# named: rmsprop_step-2
def rmsprop_step(params, grads, state, lr, decay=0.99, eps=1e-8):
    for k in params:
        state[k] = decay * state[k] + (1 - decay) * grads[k] ** 2
        params[k] -= lr * grads[k] / (state[k] + eps)


# wrong: eps inside of the root, as in TensorFlow
# named: rmsprop_step-3
def rmsprop_step(params, grads, state, lr, decay=0.99, eps=1e-8):
    for k in params:
        state[k] = decay * state[k] + (1 - decay) * grads[k] ** 2
        params[k] -= lr * grads[k] / np.sqrt(state[k] + eps)


# wrong: uphill, as in the essay, whose gradients are those of the return
# named: rmsprop_step-4
def rmsprop_step(params, grads, state, lr, decay=0.99, eps=1e-8):
    for k in params:
        state[k] = decay * state[k] + (1 - decay) * grads[k] ** 2
        params[k] += lr * grads[k] / (np.sqrt(state[k]) + eps)


# wrong: Adagrad
def rmsprop_step(params, grads, state, lr, decay=0.99, eps=1e-8):
    for k in params:
        state[k] += grads[k] ** 2
        params[k] -= lr * grads[k] / (np.sqrt(state[k]) + eps)


# wrong: each game normalised
# named: learn-7
def learn(params, game, updates, T, rng, lr, gamma=0.97, reset=True, baseline=True, see=frame_diff):
    cache, history = {k: np.zeros_like(v) for k, v in params.items()}, []
    for _ in range(updates):
        x, a, r = rollout(params, game, T, rng, see)
        G = discount_points(r, gamma, reset)
        if baseline:
            for n in range(G.shape[1]):
                G[:, n] = normalise(G[:, n])
        x = x.reshape(-1, x.shape[2])
        p, h = policy_forward(params, x)
        rmsprop_step(params, policy_backward(params, x, h, p, a.ravel(), G.ravel()), cache, lr)
        history.append(float(r.sum() / max(1, np.abs(r).sum())))
    return history


# wrong: the switch of the reset is lost
# named: learn-3
def learn(params, game, updates, T, rng, lr, gamma=0.97, reset=True, baseline=True, see=frame_diff):
    cache, history = {k: np.zeros_like(v) for k, v in params.items()}, []
    for _ in range(updates):
        x, a, r = rollout(params, game, T, rng, see)
        G = discount_points(r, gamma)
        if baseline:
            G = normalise(G)
        x = x.reshape(-1, x.shape[2])
        p, h = policy_forward(params, x)
        rmsprop_step(params, policy_backward(params, x, h, p, a.ravel(), G.ravel()), cache, lr)
        history.append(float(r.sum() / max(1, np.abs(r).sum())))
    return history


# wrong: a new state in each update
# named: learn-12
def learn(params, game, updates, T, rng, lr, gamma=0.97, reset=True, baseline=True, see=frame_diff):
    history = []
    for _ in range(updates):
        x, a, r = rollout(params, game, T, rng, see)
        G = discount_points(r, gamma, reset)
        G = normalise(G) if baseline else G
        x = x.reshape(-1, x.shape[2])
        p, h = policy_forward(params, x)
        cache = {k: np.zeros_like(v) for k, v in params.items()}
        rmsprop_step(params, policy_backward(params, x, h, p, a.ravel(), G.ravel()), cache, lr)
        history.append(float(r.sum() / max(1, np.abs(r).sum())))
    return history


# wrong: the points of a game
# named: learn-9
def learn(params, game, updates, T, rng, lr, gamma=0.97, reset=True, baseline=True, see=frame_diff):
    cache, history = {k: np.zeros_like(v) for k, v in params.items()}, []
    for _ in range(updates):
        x, a, r = rollout(params, game, T, rng, see)
        G = discount_points(r, gamma, reset)
        G = normalise(G) if baseline else G
        x = x.reshape(-1, x.shape[2])
        p, h = policy_forward(params, x)
        rmsprop_step(params, policy_backward(params, x, h, p, a.ravel(), G.ravel()), cache, lr)
        history.append(float(np.sum(r)))
    return history


# wrong: the end of the recording counts
# named: steps_to_point-2
def steps_to_point(r):
    k, later = np.zeros(r.shape, int), np.zeros(r.shape[1], int)
    for t in reversed(range(len(r))):
        later = np.where(r[t] != 0, 0, later + 1)
        k[t] = later
    return k


# wrong: only points that are won
# named: steps_to_point-4
def steps_to_point(r):
    k, later = np.zeros(r.shape, int), np.full(r.shape[1], -1)
    for t in reversed(range(len(r))):
        later = np.where(r[t] == 1, 0, np.where(later == -1, -1, later + 1))
        k[t] = later
    return k


# wrong: counted from 1
# named: steps_to_point-3
def steps_to_point(r):
    k, later = np.zeros(r.shape, int), np.full(r.shape[1], -1)
    for t in reversed(range(len(r))):
        later = np.where(later >= 0, later + 1, -1)
        later[r[t] != 0] = 1
        k[t] = later
    return k


# wrong: lengths
def credit(part, whole, other):
    a = sum(np.sum(part[k] ** 2) for k in part)
    b = sum(np.sum(whole[k] ** 2) for k in whole)
    return float(np.sqrt(a) / np.sqrt(b))


# wrong: against itself
# named: credit-3
def credit(part, whole, other):
    a = sum(np.sum(part[k] * whole[k]) for k in part)
    b = sum(np.sum(whole[k] * whole[k]) for k in whole)
    return float(a / b)


# wrong: not divided
# named: credit-1
def credit(part, whole, other):
    return float(sum(np.vdot(part[k], other[k]) for k in part))


# wrong: of the logit
# named: saliency-1
def saliency(params, x):
    _, h = policy_forward(params, x)
    return np.where(h > 0, params["W2"], 0) @ params["W1"]


# wrong: no ReLU
# named: saliency-2
def saliency(params, x):
    p, _ = policy_forward(params, x)
    return np.outer(p * (1 - p), params["W1"].T @ params["W2"])


# wrong: of log p
# named: saliency-4
def saliency(params, x):
    p, h = policy_forward(params, x)
    g = np.where(h > 0, params["W2"], 0) @ params["W1"]
    return g * (1 - p)[:, None]


# wrong: gradient times input
# named: saliency-6
def saliency(params, x):
    p, h = policy_forward(params, x)
    g = np.where(h > 0, params["W2"], 0) @ params["W1"]
    return x * g * (p * (1 - p))[:, None]


# wrong: absolute values, for a picture
# named: saliency-5
def saliency(params, x):
    p, h = policy_forward(params, x)
    g = np.where(h > 0, params["W2"], 0) @ params["W1"]
    return np.abs(g) * (p * (1 - p))[:, None]


# wrong: bytes suspected in program a
# named: faults-1
def faults():
    return FAULTS.index("a difference of bytes wraps round"), 2, 3
