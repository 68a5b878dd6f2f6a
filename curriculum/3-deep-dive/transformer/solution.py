"""The Transformer, from parts of one's own: the worked solution."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np

# --- given: from the units before ---------------------------------------------------------------


def erf(x):
    """The error function of every number of x, right to 13 digits.

    A table of math.erf at steps of 1/1024, and from the nearest entry three terms of its series.
    """
    size = np.minimum(np.abs(x), 6.0)  # erf(6) is 1 to the last digit
    place = (size * 1024 + 0.5).astype(int)
    near = place * (1 / 1024)
    d = size - near
    series = d * _SLOPE[place] * (1 - d * (near - d * (2 * near * near - 1) / 3))
    return np.copysign(_ERF[place] + series, x).astype(x.dtype)


_STEPS = np.arange(6 * 1024 + 1) / 1024
_ERF = np.array([math.erf(step) for step in _STEPS])
_SLOPE = 2 / math.sqrt(math.pi) * np.exp(-(_STEPS**2))


def linear(x, W, b):
    """x (..., D), W (M, D), b (M,). Returns x @ W.T + b and the cache."""
    return x @ W.T + b, (x, W)


def linear_backward(g, cache):
    """g (..., M). Returns (gx, gW, gb)."""
    x, W = cache
    rows = g.reshape(-1, len(W))
    return g @ W, rows.T @ x.reshape(len(rows), -1), rows.sum(axis=0)


def layernorm(x, gamma, beta, eps=1e-5):
    """x (..., D), gamma and beta (D,). Returns the normalised x and the cache."""
    spread = np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    normal = (x - x.mean(axis=-1, keepdims=True)) / spread
    return normal * gamma + beta, (normal, spread, gamma)


def layernorm_backward(g, cache):
    """g (..., D). Returns (gx, ggamma, gbeta)."""
    normal, spread, gamma = cache
    others, gn = tuple(range(g.ndim - 1)), g * gamma
    pull = gn.mean(axis=-1, keepdims=True) + normal * (gn * normal).mean(axis=-1, keepdims=True)
    return (gn - pull) / spread, (g * normal).sum(axis=others), g.sum(axis=others)


def attention(q, k, v, mask=None):
    """q (..., T, d), k and v (..., S, d). Returns the answers and the weights (..., T, S)."""
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    scores = scores if mask is None else np.where(mask, scores, -np.inf)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = e / e.sum(axis=-1, keepdims=True)
    return weights @ v, weights


def attention_backward(g, cache):
    """cache: (q, k, v, weights). Returns (gq, gk, gv)."""
    q, k, v, weights = cache
    gw = g @ v.swapaxes(-1, -2)
    gs = weights * (gw - (gw * weights).sum(axis=-1, keepdims=True)) / math.sqrt(q.shape[-1])
    return gs @ k, gs.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ g


def split(x, heads):
    """(N, T, D) -> (N, heads, T, D / heads)"""
    n, t, d = x.shape
    return x.reshape(n, t, heads, d // heads).swapaxes(1, 2)


def merge(x):
    """(N, heads, T, D / heads) -> (N, T, D)"""
    n, heads, t, d = x.shape
    return x.swapaxes(1, 2).reshape(n, t, heads * d)


def multi_head(x, W, heads, mask=None):
    """x (N, T, D), W (Win, bin, Wout, bout). Returns the answers (N, T, D) and the cache."""
    Win, into, Wout, out = W
    projected, first = linear(x, Win, into)
    q, k, v = (split(each, heads) for each in np.split(projected, 3, axis=-1))
    mixed, weights = attention(q, k, v, mask)
    answers, last = linear(merge(mixed), Wout, out)
    return answers, (first, (q, k, v, weights), last)


def multi_head_backward(g, cache):
    """g (N, T, D). Returns (gx, (gWin, gbin, gWout, gbout))."""
    first, attended, last = cache
    g, gWout, gout = linear_backward(g, last)
    slopes = attention_backward(split(g, attended[0].shape[1]), attended)
    gx, gWin, ginto = linear_backward(np.concatenate([merge(s) for s in slopes], -1), first)
    return gx, (gWin, ginto, gWout, gout)


def next_loss(logits, y):
    """Mean cross-entropy of logits (N, T, V) for the ids y (N, T), and its slope for the logits."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    truth = y[..., None] == np.arange(logits.shape[-1])
    return float(-log_p[truth].mean()), (np.exp(log_p) - truth) / y.size


# --- yours --------------------------------------------------------------------------------------


def sinusoidal(T, D):
    angles = np.arange(T)[:, None] / 10_000 ** (np.arange(0, D, 2) / D)  # (T, D / 2)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(T, D)


def gelu(x):
    share = 0.5 * (1 + erf(x / math.sqrt(2)))
    return x * share, (x, share)


def gelu_backward(g, cache):
    x, share = cache
    height = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return g * (share + x * height)


class Block:
    def __init__(self, D, heads, rng):
        self.heads, self.grads = heads, None
        spread = 1 / math.sqrt(D)
        weights = [spread * rng.normal(size=shape) for shape in ((3 * D, D), (D, D), (4 * D, D))]
        Win, Wout, W1 = weights
        W2 = 0.5 * spread * rng.normal(size=(D, 4 * D))
        one, zero = np.ones(D), np.zeros(D)
        self.params = [one, zero, Win, np.zeros(3 * D), Wout, zero.copy(), one.copy(), zero.copy()]
        self.params += [W1, np.zeros(4 * D), W2, zero.copy()]

    def forward(self, x):
        gamma1, beta1, *attend, gamma2, beta2, W1, b1, W2, b2 = self.params
        normal, self.norm1 = layernorm(x, gamma1, beta1)
        mask = np.tri(x.shape[1], dtype=bool)
        found, self.attended = multi_head(normal, attend, self.heads, mask)
        x = x + found
        normal, self.norm2 = layernorm(x, gamma2, beta2)
        wide, self.layer1 = linear(normal, W1, b1)
        bent, self.bend = gelu(wide)
        found, self.layer2 = linear(bent, W2, b2)
        return x + found

    def backward(self, g):
        through, gW2, gb2 = linear_backward(g, self.layer2)
        through, gW1, gb1 = linear_backward(gelu_backward(through, self.bend), self.layer1)
        through, ggamma2, gbeta2 = layernorm_backward(through, self.norm2)
        g = g + through
        through, attend = multi_head_backward(g, self.attended)
        through, ggamma1, gbeta1 = layernorm_backward(through, self.norm1)
        self.grads = [ggamma1, gbeta1, *attend, ggamma2, gbeta2, gW1, gb1, gW2, gb2]
        return g + through


class GPT:
    def __init__(self, V, T, D, layers, heads, rng):
        self.T, self.D = T, D
        self.E = rng.normal(size=(V, D)) / math.sqrt(D)
        self.blocks = [Block(D, heads, rng) for _ in range(layers)]
        self.gamma, self.beta = np.ones(D), np.zeros(D)

    @property
    def params(self):
        """All weights in one list: E, those of the blocks, gamma, beta."""
        inside = [each for block in self.blocks for each in block.params]
        return [self.E, *inside, self.gamma, self.beta]

    def forward(self, ids):
        x = math.sqrt(self.D) * self.E[ids] + sinusoidal(ids.shape[1], self.D)
        for block in self.blocks:
            x = block.forward(x)
        self.ids = ids
        self.top, self.norm = layernorm(x, self.gamma, self.beta)
        return self.top @ self.E.T

    def backward(self, g):
        gE = np.einsum("ntv,ntd->vd", g, self.top, optimize=True)  # as the table of scores
        g, ggamma, gbeta = layernorm_backward(g @ self.E, self.norm)
        for block in reversed(self.blocks):
            g = block.backward(g)
        np.add.at(gE, self.ids, math.sqrt(self.D) * g)  # and as the table to look up
        inside = [each for block in self.blocks for each in block.grads]
        return [gE, *inside, ggamma, gbeta]


def param_count(V, D, layers):
    attend, small = 3 * D * D + 3 * D + D * D + D, 4 * D * D + 4 * D + 4 * D * D + D
    return V * D + layers * (attend + small + 4 * D) + 2 * D


def flop_count(V, T, D, layers):
    weights = 3 * D * D + D * D + 4 * D * D + 4 * D * D
    pairs = T * T * D + T * T * D  # the scores, and the mean of the values
    return 2 * (layers * (T * weights + pairs) + T * D * V)


def bpe_train(data, merges):
    ids, pairs = list(data), []
    while len(pairs) < merges:
        counts = Counter(pairwise(ids))
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        ids = _joined(ids, best, 256 + len(pairs))
        pairs.append(best)
    return pairs


def _joined(ids, pair, new):
    """ids with each `pair` replaced by `new`, from left to right."""
    out, at = [], 0
    while at < len(ids):
        found = tuple(ids[at : at + 2]) == pair
        out.append(new if found else ids[at])
        at += 2 if found else 1
    return out


def bpe_encode(data, pairs):
    ids = list(data)
    for number, pair in enumerate(pairs):
        ids = _joined(ids, pair, 256 + number)
    return ids


def bpe_decode(ids, pairs):
    pieces = [bytes([byte]) for byte in range(256)]
    for left, right in pairs:
        pieces.append(pieces[left] + pieces[right])
    return b"".join(pieces[each] for each in ids)


def generate(model, ids, n, temperature, top_k, rng):
    written = list(ids)
    for _ in range(n):
        scores = model.forward(np.array([written[-model.T :]]))[0, -1] / temperature
        if top_k is not None and top_k < len(scores):
            scores = np.where(scores >= np.sort(scores)[-top_k], scores, -np.inf)
        ends = np.exp(scores - scores.max()).cumsum()
        written.append(int(np.searchsorted(ends, rng.random() * ends[-1], "right")))
    return written[len(ids) :]


def kv_cache_step(model, ids, caches=None):
    caches = [None] * len(model.blocks) if caches is None else caches
    place = 0 if caches[0] is None else caches[0][0].shape[2]
    x = math.sqrt(model.D) * model.E[ids][:, None] + sinusoidal(place + 1, model.D)[place]
    longer = []
    for block, cache in zip(model.blocks, caches, strict=True):
        x, cache = _block_step(block, x, cache)
        longer.append(cache)
    return layernorm(x, model.gamma, model.beta)[0][:, 0] @ model.E.T, longer


def _block_step(block, x, cache):
    """A block for one place x (N, 1, D), which sees the places in the cache and itself."""
    gamma1, beta1, Win, into, Wout, out, gamma2, beta2, W1, b1, W2, b2 = block.params
    projected = layernorm(x, gamma1, beta1)[0] @ Win.T + into
    q, k, v = (split(each, block.heads) for each in np.split(projected, 3, axis=-1))
    if cache is not None:
        k, v = (np.concatenate(both, axis=2) for both in zip(cache, (k, v), strict=True))
    x = x + merge(attention(q, k, v)[0]) @ Wout.T + out
    wide = layernorm(x, gamma2, beta2)[0] @ W1.T + b1
    return x + gelu(wide)[0] @ W2.T + b2, (k, v)
