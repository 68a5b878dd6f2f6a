"""The Transformer: a model that writes, from parts of your own, with NumPy.

Letters: N sequences, T places, D numbers at a place, V ids, heads that share D. Arrays are
(N, T, D), weights (out, in). `g` is always the slope of the loss with respect to a function's
output, and has that output's shape. No function changes what it is given.

What earlier units built is given once more at the top. `undergrad check transformer` checks yours.
"""

import math

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
    """What is added to tell places apart: waves of growing length. (T, D), D even.

    Column 2i is sin(t / 10000 ** (2i / D)), column 2i + 1 the cosine of the same, t from 0.
    """
    raise NotImplementedError("TODO 1: angles (T, D / 2), then sines and cosines in turn")


def gelu(x):
    """x times the share of a normal curve that lies below x: x * (1 + erf(x / sqrt(2))) / 2.

    x of any shape. Returns (out, cache), with what `gelu_backward` needs.
    """
    raise NotImplementedError("TODO 2: erf is given")


def gelu_backward(g, cache):
    """g: the shape of x. Two things grow with x: x itself, and the share below it."""
    raise NotImplementedError("TODO 2: the share, and x times the height of the curve at x")


class Block:
    """Attention, then a small network at each place; each normalises first and is added.

    params: [gamma1, beta1, Win, bin, Wout, bout, gamma2, beta2, W1, b1, W2, b2], with W1 (4D, D)
    and W2 (D, 4D). grads: their slopes in the same order, set by `backward`.
    """

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
        """x: (N, T, D). Keeps what `backward` needs in self. Returns (N, T, D).

        x <- x + multi_head(layernorm(x)), where no place sees a later one, and then
        x <- x + linear(gelu(linear(layernorm(x)))).
        """
        raise NotImplementedError("TODO 3: norm, attend, add; norm, two layers, add")

    def backward(self, g):
        """g: (N, T, D). Sets self.grads; returns gx."""
        raise NotImplementedError("TODO 3: each part has two ways back: through it, and round it")


class GPT:
    """A model that foretells the next id at every place, and sees only what came before.

    E: (V, D), the table of ids, used twice: to look up, and to score.   blocks: a list of Block.
    gamma, beta: (D,), of the last norm.   T: the longest sequence it can read.
    """

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
        """ids: (N, t), t at most T. Returns scores for the next id at each place, (N, t, V).

        sqrt(D) times the rows of E, plus sinusoidal; the blocks; layernorm with gamma and beta;
        then the product with each row of E. Keeps what `backward` needs in self.
        """
        raise NotImplementedError("TODO 4: look up, add places, blocks, norm, score")

    def backward(self, g):
        """g: (N, t, V). Returns the slopes in the order of `params`."""
        raise NotImplementedError("TODO 4: E was used twice, so two slopes add up")


def param_count(V, D, layers):
    """How many numbers a `GPT` learns. A whole number, without making one."""
    raise NotImplementedError("TODO 5: the table, each block's twelve arrays, the last norm")


def flop_count(V, T, D, layers):
    """Multiplications and additions of all matrix products, forward, for one sequence of T places.

    A product of (n, m) and (m, k) costs 2 n m k. Count every score, hidden ones too; norms, gelu
    and softmax do not count.
    """
    raise NotImplementedError("TODO 5: per block 24 T D D, and the two products of attention")


def bpe_train(data, merges):
    """Find pieces of text that come often (byte pair encoding).

    data: bytes.   merges: how many pairs to join at most.
    Begin with one id for each byte, 0 to 255. Then, again and again: count all neighbouring pairs
    of ids, take the commonest, of equally common ones the smallest pair, and give it the next new
    id, from 256 on; join it everywhere, from left to right. Stop when no pair comes twice.
    Returns the list of joined pairs, in order: pair number i made id 256 + i.
    """
    raise NotImplementedError("TODO 6: count pairs, join the commonest, repeat")


def bpe_encode(data, pairs):
    """data: bytes, any.   pairs: as `bpe_train` returns them.   Returns a list of ids.

    The pairs are joined in the order in which they were learnt.
    """
    raise NotImplementedError("TODO 6: bytes as ids, then each pair in turn")


def bpe_decode(ids, pairs):
    """The bytes that these ids stand for."""
    raise NotImplementedError("TODO 6: what each id stands for, from 0 up; then join")


def generate(model, ids, n, temperature, top_k, rng):
    """Write on: n further ids.

    model: anything with T and forward, as `GPT`; it is shown the last T ids at most.
    ids: a list of ids to begin with, at least one.   temperature: divides the scores.
    top_k: only the top_k largest scores stay in the draw, or all with None.
    Each draw takes one number rng.random(): the id whose stretch of 0..1 it falls into, when the
    probabilities lie end to end, id 0 first. Returns the list of n new ids.
    """
    raise NotImplementedError("TODO 7: scores of the last place, cut, soften, draw, append")


def kv_cache_step(model, ids, caches=None):
    """One more place, without computing the earlier ones again.

    model: a `GPT`.   ids: (N,), the ids at this place.   caches: what the call for the place before
    returned, or None at the first place.
    Returns (scores, caches): (N, V), as the last place of `model.forward` of all ids so far; and a
    list with (keys, values) for each block, both (N, heads, places so far, D / heads).
    """
    raise NotImplementedError("TODO 8: one query, and the keys and values of all places so far")
