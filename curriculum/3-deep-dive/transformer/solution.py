"""The Transformer: a model that generates text, from parts of your own, with NumPy.

Letters: N sequences, T positions, D numbers at a position, V tokens of the vocabulary, S keys.

Arrays are (N, T, D), weights (out, in). `g` is always the upstream gradient: the gradient of the
loss with respect to a function's output, of the same shape as that output. No function changes its
arguments.

Attention is imported from your exercise `attention`; the check takes it from the worked solution
as long as yours does not pass. Small parts of other units are given once more at the top.
`undergrad check transformer` checks yours.
"""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
from exercises.attention import attention, causal_mask, multi_head, multi_head_backward

# --- given: from earlier units ------------------------------------------------------------------


def erf(x):
    """The error function of every number of x, right to 13 digits.

    A table of math.erf at steps of 1/1024, and from the nearest entry three terms of its series.
    Returns: y (like x)
    """
    size = np.minimum(np.abs(x), 6.0)  # erf(6) is 1 to the last digit
    index = (size * 1024 + 0.5).astype(int)
    near = index * (1 / 1024)
    d = size - near
    series = d * _DERIVATIVE[index] * (1 - d * (near - d * (2 * near * near - 1) / 3))
    return np.copysign(_ERF[index] + series, x).astype(x.dtype)


_STEPS = np.arange(6 * 1024 + 1) / 1024
_ERF = np.array([math.erf(step) for step in _STEPS])
_DERIVATIVE = 2 / math.sqrt(math.pi) * np.exp(-(_STEPS**2))


def linear(x, W, b):
    """x: (..., D).   W: (M, D).   b: (M,).

    Returns: y (..., M), cache (x, W)
    """
    return x @ W.T + b, (x, W)


def linear_backward(g, cache):
    """g: (..., M).   cache: (x, W).

    Returns: gx (..., D), gW (M, D), gb (M,)
    """
    x, W = cache
    rows = g.reshape(-1, len(W))
    return g @ W, rows.T @ x.reshape(len(rows), -1), rows.sum(axis=0)


def layernorm(x, gamma, beta, eps=1e-5):
    """x: (..., D).   gamma, beta: (D,).

    Returns: y (..., D), cache (normal, std, gamma)
    """
    std = np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    normal = (x - x.mean(axis=-1, keepdims=True)) / std
    return normal * gamma + beta, (normal, std, gamma)


def layernorm_backward(g, cache):
    """g: (..., D).   cache: as layernorm returns it.

    Returns: gx (..., D), ggamma (D,), gbeta (D,)
    """
    normal, std, gamma = cache
    leading, gn = tuple(range(g.ndim - 1)), g * gamma
    common = gn.mean(axis=-1, keepdims=True) + normal * (gn * normal).mean(axis=-1, keepdims=True)
    return (gn - common) / std, (g * normal).sum(axis=leading), g.sum(axis=leading)


def split(x, heads):
    """(N, T, D) -> (N, heads, T, D / heads)"""
    n, t, d = x.shape
    return x.reshape(n, t, heads, d // heads).swapaxes(1, 2)


def merge(x):
    """(N, heads, T, D / heads) -> (N, T, D)"""
    n, heads, t, d = x.shape
    return x.swapaxes(1, 2).reshape(n, t, heads * d)


def next_loss(logits, y):
    """Mean cross-entropy of logits (N, T, V) for the next ids y (N, T), and its gradient.

    Returns: loss, float, g (N, T, V)
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    truth = y[..., None] == np.arange(logits.shape[-1])
    return float(-log_p[truth].mean()), (np.exp(log_p) - truth) / y.size


# --- yours --------------------------------------------------------------------------------------


def sinusoidal(T, D):
    """What is added to tell positions apart: sines and cosines of growing wavelength.

    Column 2i is a sine and column 2i + 1 the cosine of the same angle. Positions count from 0, and
    D is even.
    Returns: encoding (T, D)
    """
    # TODO 1: which angle belongs to each position and each pair of columns?
    angles = np.arange(T)[:, None] / 10_000 ** (np.arange(0, D, 2) / D)  # (T, D / 2)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(T, D)


def gelu(x):
    """x times the fraction of a standard normal distribution that lies below x.

    x: any shape.   cache: what `gelu_backward` needs.
    Returns: y (like x), cache
    """
    # TODO 2: which fraction lies below x?
    cdf = 0.5 * (1 + erf(x / math.sqrt(2)))
    return x * cdf, (x, cdf)


def gelu_backward(g, cache):
    """The gradient of `gelu`. Two factors depend on x: x itself, and the fraction below it.

    g: the shape of x.   cache: as gelu returns it.
    Returns: gx (like g)
    """
    # TODO 2: two factors depend on x, so which two terms does the derivative have?
    x, cdf = cache
    density = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return g * (cdf + x * density)


class Block:
    """Attention, then an MLP at each position; each has a norm and a residual connection.

    params: [gamma1, beta1, Win, b_in, Wout, b_out, gamma2, beta2, W1, b1, W2, b2], with
    W1 (4D, D) and W2 (D, 4D).   grads: their gradients in the same order, set by `backward`.
    """

    def __init__(self, D, heads, rng):
        self.heads, self.grads = heads, None
        std = 1 / math.sqrt(D)
        weights = [std * rng.normal(size=shape) for shape in ((3 * D, D), (D, D), (4 * D, D))]
        Win, Wout, W1 = weights
        W2 = 0.5 * std * rng.normal(size=(D, 4 * D))
        one, zero = np.ones(D), np.zeros(D)
        self.params = [one, zero, Win, np.zeros(3 * D), Wout, zero.copy(), one.copy(), zero.copy()]
        self.params += [W1, np.zeros(4 * D), W2, zero.copy()]

    def forward(self, x):
        """Keeps what `backward` needs in self. x: (N, T, D).

        Two branches, each with a norm of its own, and each added to x: first attention, in which
        no position sees a later one, then the feed-forward network with gelu between its layers.
        Returns: x (N, T, D)
        """
        # TODO 3: which two branches are there, and to what is each added?
        gamma1, beta1, *attend, gamma2, beta2, W1, b1, W2, b2 = self.params
        normal, self.norm1 = layernorm(x, gamma1, beta1)
        found, self.attended = multi_head(normal, attend, self.heads, causal_mask(x.shape[1]))
        x = x + found
        normal, self.norm2 = layernorm(x, gamma2, beta2)
        hidden, self.layer1 = linear(normal, W1, b1)
        active, self.activation = gelu(hidden)
        found, self.layer2 = linear(active, W2, b2)
        return x + found

    def backward(self, g):
        """Sets self.grads. g: (N, T, D).

        Returns: gx (N, T, D)
        """
        # TODO 4: on which two paths does g reach x in each branch?
        through, gW2, gb2 = linear_backward(g, self.layer2)
        through, gW1, gb1 = linear_backward(gelu_backward(through, self.activation), self.layer1)
        through, ggamma2, gbeta2 = layernorm_backward(through, self.norm2)
        g = g + through
        through, attend = multi_head_backward(g, self.attended)
        through, ggamma1, gbeta1 = layernorm_backward(through, self.norm1)
        self.grads = [ggamma1, gbeta1, *attend, ggamma2, gbeta2, gW1, gb1, gW2, gb2]
        return g + through


class GPT:
    """A model that predicts the next id at every position, and sees only what came before.

    E: (V, D), the embedding table, used twice: to embed ids, and to compute logits.
    blocks: a list of Block.   gamma, beta: (D,), of the last norm.   T: the longest sequence.
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
        """The logits of the next id at each position. Keeps what `backward` needs in self.

        Embeddings, scaled up by the square root of D, and positions; the blocks; a last norm; and a
        score for each row of E.
        ids: (N, t), t at most T.
        Returns: logits (N, t, V)
        """
        # TODO 5: what enters the first block, and what becomes of the output of the last?
        x = math.sqrt(self.D) * self.E[ids] + sinusoidal(ids.shape[1], self.D)
        for block in self.blocks:
            x = block.forward(x)
        self.ids = ids
        self.top, self.norm = layernorm(x, self.gamma, self.beta)
        return self.top @ self.E.T

    def backward(self, g):
        """The gradients in the order of `params`. g: (N, t, V).

        Returns: grads, list
        """
        # TODO 6: where was E used, and which gradient does each use give?
        # First as the matrix that gives the logits ...
        gE = np.einsum("ntv,ntd->vd", g, self.top, optimize=True)
        g, ggamma, gbeta = layernorm_backward(g @ self.E, self.norm)
        for block in reversed(self.blocks):
            g = block.backward(g)
        # ... and then as the embedding, where an id may occur several times.
        np.add.at(gE, self.ids, math.sqrt(self.D) * g)
        inside = [each for block in self.blocks for each in block.grads]
        return [gE, *inside, ggamma, gbeta]


def param_count(V, D, layers):
    """How many parameters a `GPT` has, without making one.

    Returns: count, int
    """
    # TODO 7: which arrays are there, and how large is each?
    attend = 3 * D * D + 3 * D + D * D + D
    network = 4 * D * D + 4 * D + 4 * D * D + D
    norms = 4 * D
    return V * D + layers * (attend + network + norms) + 2 * D


def flop_count(V, T, D, layers):
    """Operations of all matrix products in the forward pass, for one sequence of T positions.

    A product of (n, m) and (m, k) costs 2 n m k. Count every score, hidden ones too; norms, gelu
    and softmax do not count.
    Returns: count, int
    """
    # TODO 7: which matrix products are there, and what does each cost?
    weights = 3 * D * D + D * D + 4 * D * D + 4 * D * D
    pairs = T * T * D + T * T * D  # the scores, and the mean of the values
    return 2 * (layers * (T * weights + pairs) + T * D * V)


def train(model, optimizer, batch, steps, lr=0.01, warmup=20):
    """The training loop. Each step takes a fresh batch; the model's arrays change in place.

    model: a `GPT`.   optimizer: has an attribute `lr` and a method step(grads), which changes the
    arrays of model.params.   batch: a function without arguments that returns x and y, both (N, T).
    The learning rate rises linearly during the first `warmup` steps, from lr / warmup to lr, and
    stays there. The gradients of a step are clipped together to a norm of at most 1 before they are
    used. losses holds the loss of each step, before it is taken.
    Returns: losses, list of float
    """
    # TODO 8: what happens in one step, and in which order?
    losses = []
    for step in range(steps):
        x, y = batch()
        loss, g = next_loss(model.forward(x), y)
        grads = model.backward(g)
        norm = math.sqrt(sum(float(np.sum(each * each)) for each in grads))
        factor = 1 / norm if norm > 1 else 1.0
        optimizer.lr = lr * min((step + 1) / warmup, 1)
        optimizer.step([factor * each for each in grads])
        losses.append(loss)
    return losses


def _joined(ids, pair, new):  # solution only
    """ids with each `pair` replaced by `new`, from left to right."""
    out, at = [], 0
    while at < len(ids):
        found = tuple(ids[at : at + 2]) == pair
        out.append(new if found else ids[at])
        at += 2 if found else 1
    return out


def bpe_train(data, merges):
    """Find frequent pieces of text (byte pair encoding).

    Begin with one id for each byte, 0 to 255. Then repeat: count all neighbouring pairs of ids,
    take the most frequent one, among equally frequent ones the smallest pair, and give it the next
    new id, from 256 on; merge it everywhere, from left to right. Stop when no pair occurs twice.
    data: bytes.   merges: the largest number of pairs to merge.
    Returns: pairs, list in order: pair number i made id 256 + i
    """
    # TODO 9: which pair comes next, and when is there none?
    ids, pairs = list(data), []
    while len(pairs) < merges:
        counts = Counter(pairwise(ids))
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        ids = _joined(ids, best, 256 + len(pairs))
        pairs.append(best)
    return pairs


def bpe_encode(data, pairs):
    """The pairs are merged in the order in which they were found.

    data: bytes, any.   pairs: as `bpe_train` returns them.
    Returns: ids, list of int
    """
    # TODO 9: in which order are the pairs merged?
    ids = list(data)
    for number, pair in enumerate(pairs):
        ids = _joined(ids, pair, 256 + number)
    return ids


def bpe_decode(ids, pairs):
    """The bytes that these ids stand for.

    Returns: data, bytes
    """
    # TODO 9: which bytes does each id stand for?
    pieces = [bytes([byte]) for byte in range(256)]
    for left, right in pairs:
        pieces.append(pieces[left] + pieces[right])
    return b"".join(pieces[each] for each in ids)


def generate(model, ids, n, temperature, top_k, rng):
    """Continue a sequence by n ids.

    Each draw takes one number rng.random(): the id whose interval of 0..1 it falls into, when the
    probabilities lie end to end, id 0 first.
    model: anything with T and forward, as `GPT`; its context is the last T ids at most.
    ids: a list of ids to begin with, at least one.   temperature: divides the logits.
    top_k: only the top_k largest logits stay in the draw; all with None, or if there are fewer.
    Returns: new, list of n ids
    """
    # TODO 10: which logits count, which stay in the draw, and where does the number fall?
    generated = list(ids)
    for _ in range(n):
        logits = model.forward(np.array([generated[-model.T :]]))[0, -1] / temperature
        if top_k is not None and top_k < len(logits):
            logits = np.where(logits >= np.sort(logits)[-top_k], logits, -np.inf)
        ends = np.exp(logits - logits.max()).cumsum()
        generated.append(int(np.searchsorted(ends, rng.random() * ends[-1], "right")))
    return generated[len(ids) :]


def _block_step(block, x, cache):  # solution only
    """A block for one position x (N, 1, D), which sees the positions in the cache and itself."""
    gamma1, beta1, Win, b_in, Wout, b_out, gamma2, beta2, W1, b1, W2, b2 = block.params
    normal = layernorm(x, gamma1, beta1)[0]
    q, k, v = (split(each, block.heads) for each in np.split(normal @ Win.T + b_in, 3, axis=-1))
    if cache is not None:
        k, v = (np.concatenate(both, axis=2) for both in zip(cache, (k, v), strict=True))
    x = x + merge(attention(q, k, v)[0]) @ Wout.T + b_out
    hidden = layernorm(x, gamma2, beta2)[0] @ W1.T + b1
    return x + gelu(hidden)[0] @ W2.T + b2, (k, v)


def kv_cache_step(model, ids, caches=None):
    """One more position, without computing the earlier ones again.

    The logits are those of the last position of `model.forward` of all ids so far. The new caches
    are a list of (keys, values) for each block, both (N, heads, positions so far, D / heads).
    model: a `GPT`.   ids: (N,), the ids at this position.   caches: what the call for the position
    before returned, or None at the first position.
    Returns: logits (N, V), caches, list
    """
    # TODO 11: what of earlier positions is still needed, and what is new?
    caches = [None] * len(model.blocks) if caches is None else caches
    position = 0 if caches[0] is None else caches[0][0].shape[2]
    encoding = sinusoidal(position + 1, model.D)[position]
    x = math.sqrt(model.D) * model.E[ids][:, None] + encoding
    longer = []
    for block, cache in zip(model.blocks, caches, strict=True):
        x, cache = _block_step(block, x, cache)
        longer.append(cache)
    return layernorm(x, model.gamma, model.beta)[0][:, 0] @ model.E.T, longer
