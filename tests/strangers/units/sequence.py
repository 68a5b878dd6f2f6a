# right: np.take
def embedding_forward(E, ids):
    return np.take(E, ids, axis=0)


# right: a loop over the ids
def embedding_backward(g, ids, V):
    D = g.shape[-1]
    dE = np.zeros((V, D))
    flat_ids = np.asarray(ids).reshape(-1)
    flat_g = g.reshape(-1, D)
    for i in range(len(flat_ids)):
        dE[flat_ids[i]] += flat_g[i]
    return dE


# right: a product with one-hot rows
def embedding_backward(g, ids, V):
    onehot = np.eye(V)[np.ravel(ids)]
    return onehot.T @ g.reshape(-1, g.shape[-1])


# right: pair by pair, as word2vec was written in C
def sgns_step(Ein, Eout, centre, ctx, negs, lr):
    gin, gout = np.zeros_like(Ein), np.zeros_like(Eout)
    n, loss = len(centre), 0.0
    for i in range(n):
        v = Ein[centre[i]]
        for word, label in [(ctx[i], 1.0)] + [(w, 0.0) for w in negs[i]]:
            u = Eout[word]
            score = u @ v
            loss += np.logaddexp(0, -score) if label else np.logaddexp(0, score)
            error = sigmoid(score) - label
            gin[centre[i]] += error * u / n
            gout[word] += error * v / n
    return Ein - lr * gin, Eout - lr * gout, float(loss / n)


# right: an array that is filled
def rnn_forward(x, h0, W):
    Wx, Wh, b = W
    N, T, D = x.shape
    states = np.zeros((N, T, h0.shape[1]))
    prev = h0
    for t in range(T):
        states[:, t, :] = np.tanh(x[:, t, :].dot(Wx.T) + prev.dot(Wh.T) + b)
        prev = states[:, t, :]
    return states, (x, h0, W, states)


# right: all states with h0 in front
def rnn_backward(g, cache):
    x, h0, W, states = cache
    Wx, Wh, b = W
    hs = np.concatenate([h0[:, None], states], axis=1)
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(b.shape)
    dx = np.zeros(x.shape)
    dh_next = np.zeros(h0.shape)
    for t in range(x.shape[1] - 1, -1, -1):
        dh = g[:, t] + dh_next
        dz = dh * (1 - hs[:, t + 1] * hs[:, t + 1])
        dWx += dz.T.dot(x[:, t])
        dWh += dz.T.dot(hs[:, t])
        db += dz.sum(0)
        dx[:, t] = dz.dot(Wx)
        dh_next = dz.dot(Wh)
    return dx, dh_next, (dWx, dWh, db)


# right: a while loop
def tbptt(x, h0, W, g, k):
    T = x.shape[1]
    grads = None
    start, h = 0, h0
    while start < T:
        end = min(start + k, T)
        states, cache = rnn_forward(x[:, start:end], h, W)
        _, _, part = rnn_backward(g[:, start:end], cache)
        grads = part if grads is None else tuple(a + b for a, b in zip(grads, part))
        h = states[:, -1]
        start = end
    return tuple(grads), h


# right: slices by H
def gru_cell(x, h, W):
    Wx, Wh, bx, bh = W
    H = h.shape[1]
    gi, gh = np.dot(x, Wx.T) + bx, np.dot(h, Wh.T) + bh
    reset = sigmoid(gi[:, :H] + gh[:, :H])
    update = sigmoid(gi[:, H : 2 * H] + gh[:, H : 2 * H])
    new = np.tanh(gi[:, 2 * H :] + reset * gh[:, 2 * H :])
    return new + update * (h - new)


# right: slices, and a cache of its own form
def lstm_cell(x, h, c, W):
    Wx, Wh, b = W
    H = h.shape[1]
    a = x @ Wx.T + h @ Wh.T + b
    i = sigmoid(a[:, :H])
    f = sigmoid(a[:, H : 2 * H])
    g = np.tanh(a[:, 2 * H : 3 * H])
    o = sigmoid(a[:, 3 * H :])
    next_c = f * c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, h, c, W, (i, f, g, o), np.tanh(next_c))


# right: the gates' gradients in one array
def lstm_cell_backward(gh, gc, cache):
    x, h, c, W, (i, f, cand, o), t = cache
    Wx, Wh, b = W
    H = h.shape[1]
    dc = gc + gh * o * (1 - t * t)
    da = np.empty((len(x), 4 * H))
    da[:, :H] = dc * cand * i * (1 - i)
    da[:, H : 2 * H] = dc * c * f * (1 - f)
    da[:, 2 * H : 3 * H] = dc * i * (1 - cand * cand)
    da[:, 3 * H :] = gh * t * o * (1 - o)
    return da.dot(Wx), da.dot(Wh), dc * f, (da.T.dot(x), da.T.dot(h), da.sum(axis=0))


# right: an array that is filled
def lstm_forward(x, h0, c0, W):
    N, T, _ = x.shape
    out = np.empty((N, T, h0.shape[1]))
    h, c, cache = h0, c0, []
    for t in range(T):
        h, c, step = lstm_cell(x[:, t], h, c, W)
        out[:, t] = h
        cache.append(step)
    return out, c, cache


# right: gradients are added by index
def lstm_backward(g, gc, cache):
    N, T, H = g.shape
    gx, gh, sums = [], np.zeros((N, H)), [0.0, 0.0, 0.0]
    for t in range(T - 1, -1, -1):
        dx, gh, gc, parts = lstm_cell_backward(gh + g[:, t], gc, cache[t])
        gx.append(dx)
        for k in range(3):
            sums[k] = sums[k] + parts[k]
    return np.stack(gx[::-1], axis=1), gh, gc, tuple(sums)


# right: each list is filled up with zeros
def pack_lengths(sequences):
    T = max(map(len, sequences))
    ids = np.array([list(s) + [0] * (T - len(s)) for s in sequences])
    mask = np.array([[1.0] * len(s) + [0.0] * (T - len(s)) for s in sequences])
    return ids, mask


# right: a gather with np.arange, rows laid flat
def masked_loss(logits, y, mask):
    N, T, V = logits.shape
    flat = logits.reshape(N * T, V)
    flat = flat - flat.max(axis=1, keepdims=True)
    p = np.exp(flat)
    total = p.sum(axis=1, keepdims=True)
    log_p = flat - np.log(total)
    m = mask.reshape(-1)
    count = m.sum()
    picked = log_p[np.arange(N * T), y.reshape(-1)]
    loss = -(picked * m).sum() / count
    grad = p / total
    grad[np.arange(N * T), y.reshape(-1)] -= 1
    grad *= m[:, None] / count
    return float(loss), grad.reshape(N, T, V)


# wrong: columns of the table
# named: embedding_forward-1
def embedding_forward(E, ids):
    return E[:, ids]


# wrong: ids from 1
# named: embedding_forward-2
def embedding_forward(E, ids):
    return E[np.asarray(ids) - 1]


# wrong: += with repeated ids counts once
# named: embedding_backward-1
def embedding_backward(g, ids, V):
    out = np.zeros((V, g.shape[-1]))
    out[ids] += g
    return out


# wrong: assigned, so the last one wins
# named: embedding_backward-1
def embedding_backward(g, ids, V):
    out = np.zeros((V, g.shape[-1]))
    out[ids] = g
    return out


# wrong: the mean of a word's gradients
# named: embedding_backward-2
def embedding_backward(g, ids, V):
    out = np.zeros((V, g.shape[-1]))
    np.add.at(out, ids, g)
    counts = np.bincount(np.ravel(ids), minlength=V)
    return out / np.maximum(counts, 1)[:, None]


# wrong: ids flattened, g not
# named: embedding_backward-3
def embedding_backward(g, ids, V):
    rows = np.max(ids) + 1
    out = np.zeros((rows, g.shape[-1]))
    np.add.at(out, ids, g)
    return out


# wrong: the second table sees the first one changed
# named: sgns_step-4
def sgns_step(Ein, Eout, centre, ctx, negs, lr):
    words = np.concatenate([ctx[:, None], negs], axis=1)
    target = np.zeros(words.shape)
    target[:, 0] = 1
    v, u = Ein[centre], Eout[words]
    s = np.einsum("nd,nkd->nk", v, u)
    loss = float((np.logaddexp(0, s) - target * s).sum() / len(centre))
    e = (sigmoid(s) - target) / len(centre)
    gin = embedding_backward(np.einsum("nk,nkd->nd", e, u), centre, len(Ein))
    new_in = Ein - lr * gin
    gout = embedding_backward(e[:, :, None] * new_in[centre][:, None], words, len(Eout))
    return new_in, Eout - lr * gout, loss


# wrong: the tables of the caller change
# named: `sgns_step` changes its argument `Ein` in place. The
def sgns_step(Ein, Eout, centre, ctx, negs, lr):
    words = np.concatenate([ctx[:, None], negs], axis=1)
    target = np.zeros(words.shape)
    target[:, 0] = 1
    v, u = Ein[centre], Eout[words]
    s = np.einsum("nd,nkd->nk", v, u)
    loss = float((np.logaddexp(0, s) - target * s).sum() / len(centre))
    e = (sigmoid(s) - target) / len(centre)
    np.subtract.at(Ein, centre, lr * np.einsum("nk,nkd->nd", e, u))
    np.subtract.at(Eout, words, lr * e[:, :, None] * v[:, None])
    return Ein, Eout, loss


# wrong: the negative samples are treated as true
# named: sgns_step-1
def sgns_step(Ein, Eout, centre, ctx, negs, lr):
    words = np.concatenate([ctx[:, None], negs], axis=1)
    v, u = Ein[centre], Eout[words]
    s = np.einsum("nd,nkd->nk", v, u)
    loss = float(np.logaddexp(0, -s).sum() / len(centre))
    e = (sigmoid(s) - 1) / len(centre)
    gin = embedding_backward(np.einsum("nk,nkd->nd", e, u), centre, len(Ein))
    gout = embedding_backward(e[:, :, None] * v[:, None], words, len(Eout))
    return Ein - lr * gin, Eout - lr * gout, loss


# wrong: the loss also over the negative samples' number
# named: sgns_step-5
def sgns_step(Ein, Eout, centre, ctx, negs, lr):
    words = np.concatenate([ctx[:, None], negs], axis=1)
    target = np.zeros(words.shape)
    target[:, 0] = 1
    v, u = Ein[centre], Eout[words]
    s = np.einsum("nd,nkd->nk", v, u)
    loss = float((np.logaddexp(0, s) - target * s).mean())
    e = (sigmoid(s) - target) / s.size
    gin = embedding_backward(np.einsum("nk,nkd->nd", e, u), centre, len(Ein))
    gout = embedding_backward(e[:, :, None] * v[:, None], words, len(Eout))
    return Ein - lr * gin, Eout - lr * gout, loss


# wrong: not averaged over the pairs
# named: sgns_step-2
def sgns_step(Ein, Eout, centre, ctx, negs, lr):
    words = np.concatenate([ctx[:, None], negs], axis=1)
    target = np.zeros(words.shape)
    target[:, 0] = 1
    v, u = Ein[centre], Eout[words]
    s = np.einsum("nd,nkd->nk", v, u)
    loss = float((np.logaddexp(0, s) - target * s).sum())
    e = sigmoid(s) - target
    gin = embedding_backward(np.einsum("nk,nkd->nd", e, u), centre, len(Ein))
    gout = embedding_backward(e[:, :, None] * v[:, None], words, len(Eout))
    return Ein - lr * gin, Eout - lr * gout, loss


# wrong: a word that occurs twice is moved once
# named: sgns_step-6
def sgns_step(Ein, Eout, centre, ctx, negs, lr):
    words = np.concatenate([ctx[:, None], negs], axis=1)
    target = np.zeros(words.shape)
    target[:, 0] = 1
    v, u = Ein[centre], Eout[words]
    s = np.einsum("nd,nkd->nk", v, u)
    loss = float((np.logaddexp(0, s) - target * s).sum() / len(centre))
    e = (sigmoid(s) - target) / len(centre)
    Ein, Eout = Ein.copy(), Eout.copy()
    Ein[centre] -= lr * np.einsum("nk,nkd->nd", e, u)
    Eout[words] -= lr * e[:, :, None] * v[:, None]
    return Ein, Eout, loss


# wrong: uphill
# named: sgns_step-7
def sgns_step(Ein, Eout, centre, ctx, negs, lr):
    words = np.concatenate([ctx[:, None], negs], axis=1)
    target = np.zeros(words.shape)
    target[:, 0] = 1
    v, u = Ein[centre], Eout[words]
    s = np.einsum("nd,nkd->nk", v, u)
    loss = float((np.logaddexp(0, s) - target * s).sum() / len(centre))
    e = (sigmoid(s) - target) / len(centre)
    gin = embedding_backward(np.einsum("nk,nkd->nd", e, u), centre, len(Ein))
    gout = embedding_backward(e[:, :, None] * v[:, None], words, len(Eout))
    return Ein + lr * gin, Eout + lr * gout, loss


# wrong: every step starts from h0
# named: rnn_forward-1
def rnn_forward(x, h0, W):
    Wx, Wh, b = W
    states = []
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ Wx.T + h0 @ Wh.T + b))
    states = np.stack(states, axis=1)
    return states, (x, h0, W, states)


# wrong: time and batch are swapped
# named: rnn_forward-5
def rnn_forward(x, h0, W):
    Wx, Wh, b = W
    h, states = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ Wx.T + h @ Wh.T + b)
        states.append(h)
    states = np.array(states)
    return states, (x, h0, W, states)


# wrong: without tanh
# named: rnn_forward-2
def rnn_forward(x, h0, W):
    Wx, Wh, b = W
    h, states = h0, []
    for t in range(x.shape[1]):
        h = x[:, t] @ Wx.T + h @ Wh.T + b
        states.append(h)
    states = np.stack(states, axis=1)
    return states, (x, h0, W, states)


# wrong: the recurrent weights are not transposed
# named: rnn_forward-3
def rnn_forward(x, h0, W):
    Wx, Wh, b = W
    h, states = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ Wx.T + h @ Wh + b)
        states.append(h)
    states = np.stack(states, axis=1)
    return states, (x, h0, W, states)


# wrong: the state before, in states[:, t - 1], which is the last one at t = 0
# named: rnn_forward-6
def rnn_forward(x, h0, W):
    Wx, Wh, b = W
    states = np.zeros((x.shape[0], x.shape[1], len(b)))
    for t in range(x.shape[1]):
        states[:, t] = np.tanh(x[:, t] @ Wx.T + states[:, t - 1] @ Wh.T + b)
    return states, (x, h0, W, states)


# wrong: return inside the loop
# named: The loop of `rnn_forward` ends in its
def rnn_forward(x, h0, W):
    Wx, Wh, b = W
    states = np.zeros((x.shape[0], x.shape[1], len(b)))
    h = h0
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ Wx.T + h @ Wh.T + b)
        states[:, t] = h
        return states, (x, h0, W, states)


# wrong: h[:, t - 1] at t = 0
# named: rnn_backward-6
def rnn_backward(g, cache):
    x, h0, (Wx, Wh, b), h = cache
    gx, gWx, gWh, gb = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    gh = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        gz = (g[:, t] + gh) * (1 - h[:, t] ** 2)
        gx[:, t], gh = gz @ Wx, gz @ Wh
        gWx += gz.T @ x[:, t]
        gWh += gz.T @ h[:, t - 1]
        gb += gz.sum(axis=0)
    return gx, gh, (gWx, gWh, gb)


# wrong: the gradient of the next step is left out
# named: rnn_backward-4
def rnn_backward(g, cache):
    x, h0, (Wx, Wh, b), h = cache
    gx, gWx, gWh, gb = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        before = h[:, t - 1] if t > 0 else h0
        gz = g[:, t] * (1 - h[:, t] ** 2)
        gx[:, t], gh = gz @ Wx, gz @ Wh
        gWx += gz.T @ x[:, t]
        gWh += gz.T @ before
        gb += gz.sum(axis=0)
    return gx, gh, (gWx, gWh, gb)


# wrong: from the first step to the last
# named: rnn_backward-7
def rnn_backward(g, cache):
    x, h0, (Wx, Wh, b), h = cache
    gx, gWx, gWh, gb = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    gh = np.zeros_like(h0)
    for t in range(x.shape[1]):
        before = h[:, t - 1] if t > 0 else h0
        gz = (g[:, t] + gh) * (1 - h[:, t] ** 2)
        gx[:, t], gh = gz @ Wx, gz @ Wh
        gWx += gz.T @ x[:, t]
        gWh += gz.T @ before
        gb += gz.sum(axis=0)
    return gx, gh, (gWx, gWh, gb)


# wrong: = for += in the weights' gradients
# named: rnn_backward-5
def rnn_backward(g, cache):
    x, h0, (Wx, Wh, b), h = cache
    gx = np.zeros_like(x)
    gh = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = h[:, t - 1] if t > 0 else h0
        gz = (g[:, t] + gh) * (1 - h[:, t] ** 2)
        gx[:, t], gh = gz @ Wx, gz @ Wh
        gWx = gz.T @ x[:, t]
        gWh = gz.T @ before
        gb = gz.sum(axis=0)
    return gx, gh, (gWx, gWh, gb)


# wrong: the derivative of tanh without the square
# named: rnn_backward-8
def rnn_backward(g, cache):
    x, h0, (Wx, Wh, b), h = cache
    gx, gWx, gWh, gb = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    gh = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        before = h[:, t - 1] if t > 0 else h0
        gz = (g[:, t] + gh) * (1 - h[:, t])
        gx[:, t], gh = gz @ Wx, gz @ Wh
        gWx += gz.T @ x[:, t]
        gWh += gz.T @ before
        gb += gz.sum(axis=0)
    return gx, gh, (gWx, gWh, gb)


# wrong: the state of the same step for the recurrent weights
# named: rnn_backward-3
def rnn_backward(g, cache):
    x, h0, (Wx, Wh, b), h = cache
    gx, gWx, gWh, gb = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    gh = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        gz = (g[:, t] + gh) * (1 - h[:, t] ** 2)
        gx[:, t], gh = gz @ Wx, gz @ Wh
        gWx += gz.T @ x[:, t]
        gWh += gz.T @ h[:, t]
        gb += gz.sum(axis=0)
    return gx, gh, (gWx, gWh, gb)


# wrong: each piece starts from h0
# named: tbptt-1
def tbptt(x, h0, W, g, k):
    total = [np.zeros_like(w) for w in W]
    for i in range(0, x.shape[1], k):
        states, cache = rnn_forward(x[:, i : i + k], h0, W)
        parts = rnn_backward(g[:, i : i + k], cache)[2]
        total = [a + b for a, b in zip(total, parts)]
    return tuple(total), states[:, -1]


# wrong: the shorter piece at the end is left out
# named: tbptt-3
def tbptt(x, h0, W, g, k):
    total, h = [np.zeros_like(w) for w in W], h0
    for n in range(x.shape[1] // k):
        i = n * k
        states, cache = rnn_forward(x[:, i : i + k], h, W)
        parts = rnn_backward(g[:, i : i + k], cache)[2]
        total = [a + b for a, b in zip(total, parts)]
        h = states[:, -1]
    return tuple(total), h


# wrong: the gradients of the last piece only
# named: tbptt-4
def tbptt(x, h0, W, g, k):
    h = h0
    for i in range(0, x.shape[1], k):
        states, cache = rnn_forward(x[:, i : i + k], h, W)
        gW = rnn_backward(g[:, i : i + k], cache)[2]
        h = states[:, -1]
    return gW, h


# wrong: the whole sequence at once, not truncated
# named: tbptt-5
def tbptt(x, h0, W, g, k):
    states, cache = rnn_forward(x, h0, W)
    return rnn_backward(g, cache)[2], states[:, -1]


# wrong: the mean of the pieces
# named: tbptt-2
def tbptt(x, h0, W, g, k):
    total, h, n = [np.zeros_like(w) for w in W], h0, 0
    for i in range(0, x.shape[1], k):
        states, cache = rnn_forward(x[:, i : i + k], h, W)
        parts = rnn_backward(g[:, i : i + k], cache)[2]
        total = [a + b for a, b in zip(total, parts)]
        h = states[:, -1]
        n += 1
    return tuple(a / n for a in total), h


# wrong: return inside the loop
# named: The loop of `tbptt` ends in its
def tbptt(x, h0, W, g, k):
    total, h = [np.zeros_like(w) for w in W], h0
    for i in range(0, x.shape[1], k):
        states, cache = rnn_forward(x[:, i : i + k], h, W)
        parts = rnn_backward(g[:, i : i + k], cache)[2]
        total = [a + b for a, b in zip(total, parts)]
        h = states[:, -1]
        return tuple(total), h


# wrong: z and 1 - z are swapped, as in the first paper
# named: gru_cell-1
def gru_cell(x, h, W):
    Wx, Wh, bx, bh = W
    ar, az, an = np.split(x @ Wx.T + bx, 3, axis=1)
    cr, cz, cn = np.split(h @ Wh.T + bh, 3, axis=1)
    r, z = sigmoid(ar + cr), sigmoid(az + cz)
    n = np.tanh(an + r * cn)
    return z * n + (1 - z) * h


# wrong: the reset gate is applied before the product
# named: gru_cell-2
def gru_cell(x, h, W):
    Wx, Wh, bx, bh = W
    H = h.shape[1]
    ar, az, an = np.split(x @ Wx.T + bx, 3, axis=1)
    cr, cz, _ = np.split(h @ Wh.T + bh, 3, axis=1)
    r, z = sigmoid(ar + cr), sigmoid(az + cz)
    n = np.tanh(an + (r * h) @ Wh[2 * H :].T + bh[2 * H :])
    return (1 - z) * n + z * h


# wrong: the order z, r, n
# named: gru_cell-3
def gru_cell(x, h, W):
    Wx, Wh, bx, bh = W
    az, ar, an = np.split(x @ Wx.T + bx, 3, axis=1)
    cz, cr, cn = np.split(h @ Wh.T + bh, 3, axis=1)
    r, z = sigmoid(ar + cr), sigmoid(az + cz)
    n = np.tanh(an + r * cn)
    return (1 - z) * n + z * h


# wrong: a sigmoid for n
# named: gru_cell-4
def gru_cell(x, h, W):
    Wx, Wh, bx, bh = W
    ar, az, an = np.split(x @ Wx.T + bx, 3, axis=1)
    cr, cz, cn = np.split(h @ Wh.T + bh, 3, axis=1)
    r, z = sigmoid(ar + cr), sigmoid(az + cz)
    n = sigmoid(an + r * cn)
    return (1 - z) * n + z * h


# wrong: the reset gate also scales the input's part
# named: gru_cell-5
def gru_cell(x, h, W):
    Wx, Wh, bx, bh = W
    ar, az, an = np.split(x @ Wx.T + bx, 3, axis=1)
    cr, cz, cn = np.split(h @ Wh.T + bh, 3, axis=1)
    r, z = sigmoid(ar + cr), sigmoid(az + cz)
    n = np.tanh(r * (an + cn))
    return (1 - z) * n + z * h


# wrong: the reset gate is not used
# named: gru_cell-6
def gru_cell(x, h, W):
    Wx, Wh, bx, bh = W
    ar, az, an = np.split(x @ Wx.T + bx, 3, axis=1)
    cr, cz, cn = np.split(h @ Wh.T + bh, 3, axis=1)
    z = sigmoid(az + cz)
    n = np.tanh(an + cn)
    return (1 - z) * n + z * h


# wrong: the gates in the order i, f, o, g, as in cs231n
# named: lstm_cell-1
def lstm_cell(x, h, c, W):
    Wx, Wh, b = W
    ai, af, ao, ag = np.split(x @ Wx.T + h @ Wh.T + b, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    new_c = f * c + i * g
    t = np.tanh(new_c)
    return o * t, new_c, (x, h, c, W, (i, f, g, o), t)


# wrong: f and i are swapped
# named: lstm_cell-4
def lstm_cell(x, h, c, W):
    Wx, Wh, b = W
    f, i, g, o = np.split(x @ Wx.T + h @ Wh.T + b, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    new_c = f * c + i * g
    t = np.tanh(new_c)
    return o * t, new_c, (x, h, c, W, (i, f, g, o), t)


# wrong: a sigmoid for all four
# named: lstm_cell-5
def lstm_cell(x, h, c, W):
    Wx, Wh, b = W
    i, f, g, o = sigmoid(np.array(np.split(x @ Wx.T + h @ Wh.T + b, 4, axis=1)))
    new_c = f * c + i * g
    t = np.tanh(new_c)
    return o * t, new_c, (x, h, c, W, (i, f, g, o), t)


# wrong: h without tanh of c
# named: lstm_cell-2
def lstm_cell(x, h, c, W):
    Wx, Wh, b = W
    i, f, g, o = np.split(x @ Wx.T + h @ Wh.T + b, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    new_c = f * c + i * g
    return o * new_c, new_c, (x, h, c, W, (i, f, g, o), new_c)


# wrong: the old c in the output
# named: lstm_cell-3
def lstm_cell(x, h, c, W):
    Wx, Wh, b = W
    i, f, g, o = np.split(x @ Wx.T + h @ Wh.T + b, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    new_c = f * c + i * g
    t = np.tanh(c)
    return o * t, new_c, (x, h, c, W, (i, f, g, o), t)


# wrong: 1 - f for the input gate, as in coupled gates
# named: lstm_cell-6
def lstm_cell(x, h, c, W):
    Wx, Wh, b = W
    i, f, g, o = np.split(x @ Wx.T + h @ Wh.T + b, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    new_c = f * c + (1 - f) * g
    t = np.tanh(new_c)
    return o * t, new_c, (x, h, c, W, (i, f, g, o), t)


# wrong: the gradient that comes through h does not reach c
# named: lstm_cell_backward-1
def lstm_cell_backward(gh, gc, cache):
    x, h, c, (Wx, Wh, _), (i, f, g, o), t = cache
    gz = np.concatenate(
        [gc * g * i * (1 - i), gc * c * f * (1 - f), gc * i * (1 - g**2), gh * t * o * (1 - o)], 1
    )
    return gz @ Wx, gz @ Wh, gc * f, (gz.T @ x, gz.T @ h, gz.sum(axis=0))


# wrong: gc itself is not added
# named: lstm_cell_backward-2
def lstm_cell_backward(gh, gc, cache):
    x, h, c, (Wx, Wh, _), (i, f, g, o), t = cache
    gc = gh * o * (1 - t**2)
    gz = np.concatenate(
        [gc * g * i * (1 - i), gc * c * f * (1 - f), gc * i * (1 - g**2), gh * t * o * (1 - o)], 1
    )
    return gz @ Wx, gz @ Wh, gc * f, (gz.T @ x, gz.T @ h, gz.sum(axis=0))


# wrong: gc is changed by +=
# named: `lstm_cell_backward` changes its argument `gc` in place. The
def lstm_cell_backward(gh, gc, cache):
    x, h, c, (Wx, Wh, _), (i, f, g, o), t = cache
    gc += gh * o * (1 - t**2)
    gz = np.concatenate(
        [gc * g * i * (1 - i), gc * c * f * (1 - f), gc * i * (1 - g**2), gh * t * o * (1 - o)], 1
    )
    return gz @ Wx, gz @ Wh, gc * f, (gz.T @ x, gz.T @ h, gz.sum(axis=0))


# wrong: the derivative of tanh is missing on the way to c
# named: lstm_cell_backward-4
def lstm_cell_backward(gh, gc, cache):
    x, h, c, (Wx, Wh, _), (i, f, g, o), t = cache
    gc = gc + gh * o
    gz = np.concatenate(
        [gc * g * i * (1 - i), gc * c * f * (1 - f), gc * i * (1 - g**2), gh * t * o * (1 - o)], 1
    )
    return gz @ Wx, gz @ Wh, gc * f, (gz.T @ x, gz.T @ h, gz.sum(axis=0))


# wrong: c's gradient without the forget gate
# named: lstm_cell_backward-3
def lstm_cell_backward(gh, gc, cache):
    x, h, c, (Wx, Wh, _), (i, f, g, o), t = cache
    gc = gc + gh * o * (1 - t**2)
    gz = np.concatenate(
        [gc * g * i * (1 - i), gc * c * f * (1 - f), gc * i * (1 - g**2), gh * t * o * (1 - o)], 1
    )
    return gz @ Wx, gz @ Wh, gc, (gz.T @ x, gz.T @ h, gz.sum(axis=0))


# wrong: the sigmoid's derivative for g too
# named: lstm_cell_backward-5
def lstm_cell_backward(gh, gc, cache):
    x, h, c, (Wx, Wh, _), (i, f, g, o), t = cache
    gc = gc + gh * o * (1 - t**2)
    gz = np.concatenate(
        [gc * g * i * (1 - i), gc * c * f * (1 - f), gc * i * g * (1 - g), gh * t * o * (1 - o)], 1
    )
    return gz @ Wx, gz @ Wh, gc * f, (gz.T @ x, gz.T @ h, gz.sum(axis=0))


# wrong: the gates' gradients in another order
# named: lstm_cell_backward-6
def lstm_cell_backward(gh, gc, cache):
    x, h, c, (Wx, Wh, _), (i, f, g, o), t = cache
    gc = gc + gh * o * (1 - t**2)
    gz = np.concatenate(
        [gc * g * i * (1 - i), gc * c * f * (1 - f), gh * t * o * (1 - o), gc * i * (1 - g**2)], 1
    )
    return gz @ Wx, gz @ Wh, gc * f, (gz.T @ x, gz.T @ h, gz.sum(axis=0))


# wrong: c starts at c0 in each step
# named: lstm_forward-1
def lstm_forward(x, h0, c0, W):
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_cell(x[:, t], h, c0, W)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), c, caches


# wrong: return inside the loop
# named: The loop of `lstm_forward` ends in its
def lstm_forward(x, h0, c0, W):
    h, c, states, caches = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_cell(x[:, t], h, c, W)
        states.append(h)
        caches.append(cache)
        return np.stack(states, axis=1), c, caches


# wrong: time stands first
# named: lstm_forward-2
def lstm_forward(x, h0, c0, W):
    h, c, states, caches = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_cell(x[:, t], h, c, W)
        states.append(h)
        caches.append(cache)
    return np.stack(states), c, caches


# wrong: the last h in place of the last c
# named: lstm_forward-3
def lstm_forward(x, h0, c0, W):
    h, c, states, caches = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_cell(x[:, t], h, c, W)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), h, caches


# wrong: the gradient of the next step is not added to g
# named: lstm_backward-3
def lstm_backward(g, gc, cache):
    W = cache[0][3]
    gx = np.zeros((*g.shape[:2], W[0].shape[1]))
    total = [np.zeros_like(w) for w in W]
    for t in reversed(range(len(cache))):
        gx[:, t], gh, gc, gW = lstm_cell_backward(g[:, t], gc, cache[t])
        total = [a + b for a, b in zip(total, gW)]
    return gx, gh, gc, tuple(total)


# wrong: the cell's gradient is not passed on
# named: lstm_backward-4
def lstm_backward(g, gc, cache):
    W = cache[0][3]
    gx = np.zeros((*g.shape[:2], W[0].shape[1]))
    gh, total = np.zeros_like(gc), [np.zeros_like(w) for w in W]
    for t in reversed(range(len(cache))):
        gx[:, t], gh, gc0, gW = lstm_cell_backward(g[:, t] + gh, gc, cache[t])
        total = [a + b for a, b in zip(total, gW)]
    return gx, gh, gc0, tuple(total)


# wrong: the weights' gradients of the first step only
# named: lstm_backward-5
def lstm_backward(g, gc, cache):
    W = cache[0][3]
    gx = np.zeros((*g.shape[:2], W[0].shape[1]))
    gh = np.zeros_like(gc)
    for t in reversed(range(len(cache))):
        gx[:, t], gh, gc, gW = lstm_cell_backward(g[:, t] + gh, gc, cache[t])
    return gx, gh, gc, gW


# wrong: padded at the front
# named: pack_lengths-1
def pack_lengths(sequences):
    T = max(len(s) for s in sequences)
    ids, mask = np.zeros((len(sequences), T), int), np.zeros((len(sequences), T))
    for i, s in enumerate(sequences):
        ids[i, T - len(s) :] = s
        mask[i, T - len(s) :] = 1
    return ids, mask


# wrong: the mask is made of the ids, though 0 is an id too
# named: pack_lengths-3
def pack_lengths(sequences):
    T = max(len(s) for s in sequences)
    ids = np.zeros((len(sequences), T), int)
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
    return ids, (ids > 0).astype(float)


# wrong: cut to the shortest
# named: pack_lengths-5
def pack_lengths(sequences):
    T = min(len(s) for s in sequences)
    ids = np.array([s[:T] for s in sequences])
    return ids, np.ones(ids.shape)


# wrong: the mask marks the padding
# named: pack_lengths-2
def pack_lengths(sequences):
    T = max(len(s) for s in sequences)
    ids, mask = np.zeros((len(sequences), T), int), np.ones((len(sequences), T))
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
        mask[i, : len(s)] = 0
    return ids, mask


# wrong: ids are floats
# named: pack_lengths-4
def pack_lengths(sequences):
    T = max(len(s) for s in sequences)
    ids, mask = np.zeros((len(sequences), T)), np.zeros((len(sequences), T))
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = s
        mask[i, : len(s)] = 1
    return ids, mask


# wrong: the mean over all positions, padding too
# named: masked_loss-1
def masked_loss(logits, y, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, y[..., None], -1)[..., 0]
    onehot = np.eye(logits.shape[-1])[y]
    g = (np.exp(log_p) - onehot) * mask[..., None] / mask.size
    return float((losses * mask).mean()), g


# wrong: the mean of each sequence's own mean
# named: masked_loss-2
def masked_loss(logits, y, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, y[..., None], -1)[..., 0]
    w = mask / mask.sum(axis=1, keepdims=True) / len(mask)
    onehot = np.eye(logits.shape[-1])[y]
    return float((losses * w).sum()), (np.exp(log_p) - onehot) * w[..., None]


# wrong: the gradient is not masked
# named: masked_loss-3
def masked_loss(logits, y, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, y[..., None], -1)[..., 0]
    onehot = np.eye(logits.shape[-1])[y]
    return float((losses * mask).sum() / mask.sum()), (np.exp(log_p) - onehot) / mask.sum()


# wrong: the mask is ignored
# named: masked_loss-4
def masked_loss(logits, y, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, y[..., None], -1)[..., 0]
    onehot = np.eye(logits.shape[-1])[y]
    return float(losses.mean()), (np.exp(log_p) - onehot) / y.size


# wrong: the sum
# named: masked_loss-5
def masked_loss(logits, y, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, y[..., None], -1)[..., 0]
    onehot = np.eye(logits.shape[-1])[y]
    return float((losses * mask).sum()), (np.exp(log_p) - onehot) * mask[..., None]


# wrong: the logits are masked, not the losses
# named: masked_loss-6
def masked_loss(logits, y, mask):
    logits = logits * mask[..., None]
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, y[..., None], -1)[..., 0]
    onehot = np.eye(logits.shape[-1])[y]
    return float(losses.sum() / mask.sum()), (np.exp(log_p) - onehot) * mask[..., None] / mask.sum()


# wrong: no maximum is subtracted
# named: masked_loss-7
def masked_loss(logits, y, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[..., None], -1)[..., 0])
    onehot = np.eye(logits.shape[-1])[y]
    w = mask / mask.sum()
    return float((losses * w).sum()), (p - onehot) * w[..., None]


# wrong: log(p + 1e-9)
# named: masked_loss-10
def masked_loss(logits, y, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[..., None], -1)[..., 0] + 1e-9)
    onehot = np.eye(logits.shape[-1])[y]
    w = mask / mask.sum()
    return float((losses * w).sum()), (p - onehot) * w[..., None]
