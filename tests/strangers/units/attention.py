# right: einsum, and -inf added where the mask hides
def attention(q, k, v, mask=None):
    scores = np.einsum("...td,...sd->...ts", q, k) / np.sqrt(k.shape[-1])
    if mask is not None:
        scores = scores + np.where(mask, 0.0, -np.inf)
    peak = scores.max(-1, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0.0)
    exps = np.exp(scores - peak)
    total = exps.sum(-1, keepdims=True)
    weights = np.divide(exps, total, out=np.zeros_like(exps), where=total > 0)
    return np.einsum("...ts,...sm->...tm", weights, v), weights


# right: two loops over the positions
def causal_mask(T):
    mask = np.zeros((T, T), dtype=bool)
    for t in range(T):
        for s in range(t + 1):
            mask[t, s] = True
    return mask


# right: the lower triangle of ones
def causal_mask(T):
    return np.tril(np.ones((T, T))) == 1


# right: the gradient of softmax as two terms
def attention_backward(g, cache):
    q, k, v, att = cache
    d = q.shape[-1]
    datt = g @ np.swapaxes(v, -1, -2)
    dv = np.swapaxes(att, -1, -2) @ g
    inner = np.sum(datt * att, axis=-1, keepdims=True)
    dscores = (att * datt - att * inner) * d**-0.5
    return dscores @ k, np.swapaxes(dscores, -1, -2) @ q, dv


# right: the entropy with a loop over the heads
def entropy_of_heads(weights):
    result = []
    for head in range(weights.shape[1]):
        p = weights[:, head]
        safe = np.where(p == 0, 1.0, p)
        result.append((-p * np.log(safe)).sum(-1).mean())
    return np.array(result)


# wrong: -1e9 in place of -inf, so that a query that may see nothing attends to everything
# named: attention-8
def attention(q, k, v, mask=None):
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -1e9)
    scores = scores - scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    return weights @ v, weights


# wrong: the scores are not divided by the root of D
# named: attention-1
def attention(q, k, v, mask=None):
    scores = q @ np.swapaxes(k, -1, -2)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(np.isinf(top), 0, top))
    z = e.sum(axis=-1, keepdims=True)
    w = e / np.where(z == 0, 1, z)
    return w @ v, w


# wrong: divided by D, not by its root
# named: attention-2
def attention(q, k, v, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / q.shape[-1]
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(np.isinf(top), 0, top))
    z = e.sum(axis=-1, keepdims=True)
    w = e / np.where(z == 0, 1, z)
    return w @ v, w


# wrong: no maximum is subtracted
# named: attention-4
def attention(q, k, v, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    e = np.exp(scores)
    z = e.sum(axis=-1, keepdims=True)
    w = e / np.where(z == 0, 1, z)
    return w @ v, w


# wrong: softmax over the queries
# named: attention-3
def attention(q, k, v, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-2, keepdims=True)
    e = np.exp(scores - np.where(np.isinf(top), 0, top))
    z = e.sum(axis=-2, keepdims=True)
    w = e / np.where(z == 0, 1, z)
    return w @ v, w


# wrong: a row of nothing but -inf becomes NaN
# named: attention-9
def attention(q, k, v, mask=None):
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    w = e / e.sum(axis=-1, keepdims=True)
    return w @ v, w


# wrong: the upper triangle
# named: causal_mask-2
def causal_mask(T):
    return np.triu(np.ones((T, T), dtype=bool))


# wrong: a position may not see itself
# named: causal_mask-1
def causal_mask(T):
    return np.tril(np.ones((T, T), dtype=bool), k=-1)


# wrong: the sum inside the gradient of softmax is missing
# named: attention_backward-4
def attention_backward(g, cache):
    q, k, v, w = cache
    gw = g @ v.swapaxes(-1, -2)
    gs = w * (1 - w) * gw / np.sqrt(q.shape[-1])
    return gs @ k, gs.swapaxes(-1, -2) @ q, w.swapaxes(-1, -2) @ g


# wrong: the scale is forgotten on the way to q and k
# named: attention_backward-3
def attention_backward(g, cache):
    q, k, v, w = cache
    gw = g @ v.swapaxes(-1, -2)
    gs = w * (gw - np.sum(gw * w, axis=-1, keepdims=True))
    return gs @ k, gs.swapaxes(-1, -2) @ q, w.swapaxes(-1, -2) @ g


# wrong: the scores' gradient is not transposed for the keys
# named: attention_backward-5
def attention_backward(g, cache):
    q, k, v, w = cache
    gw = g @ v.swapaxes(-1, -2)
    gs = w * (gw - np.sum(gw * w, axis=-1, keepdims=True)) / np.sqrt(q.shape[-1])
    return gs @ k, gs @ q, w.swapaxes(-1, -2) @ g


# wrong: a logarithm of 0 plus something tiny
# named: entropy_of_heads-5
def entropy_of_heads(weights):
    return -(weights * np.log(weights + 1e-3)).sum(-1).mean(axis=(0, 2))


# wrong: 0 times log 0 is NaN
# named: entropy_of_heads-1
def entropy_of_heads(weights):
    return -(weights * np.log(weights)).sum(axis=-1).mean(axis=(0, 2))


# wrong: bits, not nats
# named: entropy_of_heads-2
def entropy_of_heads(weights):
    logs = np.log2(np.where(weights > 0, weights, 1))
    return -(weights * logs).sum(axis=-1).mean(axis=(0, 2))


# wrong: the minus sign is missing
# named: entropy_of_heads-4
def entropy_of_heads(weights):
    logs = np.log(np.where(weights > 0, weights, 1))
    return (weights * logs).sum(axis=-1).mean(axis=(0, 2))
