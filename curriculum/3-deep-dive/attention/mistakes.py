"""Typical wrong solutions of `attention`, each with the sentence it deserves."""

import math

import numpy as np

from undergrad.checker import mistake


def _softmax(scores, axis=-1):
    top = scores.max(axis=axis, keepdims=True)
    e = np.exp(scores - np.where(np.isneginf(top), 0, top))
    total = e.sum(axis=axis, keepdims=True)
    return e / np.where(total == 0, 1, total)


def _scores(q, k):
    return q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])


def _seen(scores, mask):
    return scores if mask is None else np.where(mask, scores, -np.inf)


@mistake("attention", "The scores are not divided. Without sqrt(D) they grow with the width, and "
         "softmax takes one key only.")  # fmt: skip
def no_scale(q, k, v, mask=None):
    weights = _softmax(_seen(q @ k.swapaxes(-1, -2), mask))
    return weights @ v, weights


@mistake("attention", "The scores are divided by D. Their spread grows with the root of D, so it "
         "is the root that they are divided by.")  # fmt: skip
def by_the_width(q, k, v, mask=None):
    weights = _softmax(_seen(q @ k.swapaxes(-1, -2) / q.shape[-1], mask))
    return weights @ v, weights


@mistake("attention", "Softmax runs over the queries. Each query shares its one look among the "
         "keys, so every *row* adds up to 1: the last axis.")  # fmt: skip
def over_queries(q, k, v, mask=None):
    weights = _softmax(_seen(_scores(q, k), mask), axis=-2)
    return weights @ v, weights


@mistake("attention", "e to the power of a huge score overflows. Subtract the largest score of "
         "each row first; softmax does not notice.")  # fmt: skip
def overflows(q, k, v, mask=None):
    e = np.exp(_seen(_scores(q, k), mask))
    total = e.sum(axis=-1, keepdims=True)
    weights = e / np.where(total == 0, 1, total)
    return weights @ v, weights


@mistake("attention", "The mask is taken the other way round. True is where a query may look.")
def turned_round(q, k, v, mask=None):
    weights = _softmax(_seen(_scores(q, k), None if mask is None else ~mask))
    return weights @ v, weights


@mistake("attention", "Hidden scores become 0. A score of 0 still gets weight: e to the power of 0 "
         "is 1. They must become -inf, before softmax.")  # fmt: skip
def hidden_as_zero(q, k, v, mask=None):
    scores = _scores(q, k)
    weights = _softmax(scores if mask is None else scores * mask)
    return weights @ v, weights


@mistake("attention", "The mask comes after softmax, so the weights of a row do not add up to 1. "
         "Hide the scores, then share.")  # fmt: skip
def masked_too_late(q, k, v, mask=None):
    weights = _softmax(_scores(q, k))
    weights = weights if mask is None else weights * mask
    return weights @ v, weights


@mistake("attention", "A query that may look at nothing answers nan: its row is -inf minus -inf, "
         "and then 0 / 0. Its weights and its answer are 0.")  # fmt: skip
def nothing_is_nan(q, k, v, mask=None):
    scores = _seen(_scores(q, k), mask)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = e / e.sum(axis=-1, keepdims=True)
    return weights @ v, weights


@mistake("causal_mask", "The place itself is hidden, so the first one may look at nothing. The "
         "diagonal is True.")  # fmt: skip
def not_itself(T):
    return np.tri(T, k=-1, dtype=bool)


@mistake("causal_mask", "This is the upper triangle: it shows the future and hides the past. Row t "
         "is True up to column t.")  # fmt: skip
def only_the_future(T):
    return np.tri(T, dtype=bool).T


def _back(g, cache, mean=True, scale=True, softmax=True):
    """The solution's way back, with switches for what goes wrong."""
    q, k, v, weights = cache
    gw = g @ v.swapaxes(-1, -2)
    if softmax:
        gw = weights * (gw - (gw * weights).sum(axis=-1, keepdims=True) * mean)
    gs = gw / math.sqrt(q.shape[-1]) if scale else gw
    return gs @ k, gs.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ g


@mistake("attention_backward", "The way back has no softmax in it: the slope of the weights is "
         "used as that of the scores.")  # fmt: skip
def no_softmax(g, cache):
    return _back(g, cache, softmax=False)


@mistake("attention_backward", "The slope of softmax is only half there. A weight that grows takes "
         "its share from the others: subtract sum(gw * w) of the row first.")  # fmt: skip
def no_sharing(g, cache):
    return _back(g, cache, mean=False)


@mistake("attention_backward", "The scale is forgotten on the way back. The scores were divided by "
         "sqrt(D), so their slopes are too.")  # fmt: skip
def scale_forgotten(g, cache):
    return _back(g, cache, scale=False)


def _additive(q, k, W, bend=np.tanh, scale=1.0):
    Wq, Wk, u = W
    pairs = bend((q @ Wq.T)[..., :, None, :] + (k @ Wk.T)[..., None, :, :])
    weights = _softmax(pairs @ u * scale)
    return weights @ k, weights


@mistake("additive_attention", "Nothing is bent. Without the tanh the query adds the same number "
         "to all its scores, and softmax does not notice.")  # fmt: skip
def without_tanh(q, k, W):
    return _additive(q, k, W, bend=lambda z: z)


@mistake("additive_attention", "The scores are divided by sqrt(D). That belongs to the product of "
         "query and key; here u sets the scale.")  # fmt: skip
def scaled(q, k, W):
    return _additive(q, k, W, scale=1 / math.sqrt(q.shape[-1]))


@mistake("additive_attention", "The projections are swapped: Wq belongs to the query, Wk to the "
         "keys.")  # fmt: skip
def swapped(q, k, W):
    return _additive(q, k, (W[1], W[0], W[2]))


def _split(x, heads):
    n, t, d = x.shape
    return x.reshape(n, t, heads, d // heads).swapaxes(1, 2)


def _torn(x, heads):
    n, t, d = x.shape
    return x.reshape(n, heads, t, d // heads)


def _merge(x):
    n, heads, t, d = x.shape
    return x.swapaxes(1, 2).reshape(n, t, heads * d)


def _pasted(x):
    n, heads, t, d = x.shape
    return x.reshape(n, t, heads * d)


def _heads(x, W, heads, mask, split=_split, merge=_merge, full=False, order=(0, 1, 2)):
    """The solution's heads, with switches; the cache is that of the solution."""
    Win, into, Wout, out = W
    parts = np.split(x @ Win.T + into, 3, axis=-1)
    q, k, v = (split(parts[place], heads) for place in order)
    scores = _scores(q, k) / (math.sqrt(heads) if full else 1)
    weights = _softmax(_seen(scores, mask))
    merged = merge(weights @ v)
    return merged @ Wout.T + out, (x, W, (q, k, v, weights), merged)


@mistake("multi_head", "The projection is cut into keys, queries and values. The queries come "
         "first, then the keys.")  # fmt: skip
def keys_first(x, W, heads, mask=None):
    return _heads(x, W, heads, mask, order=(1, 0, 2))


@mistake("multi_head", "(N, T, D) is reshaped to (N, heads, T, D / heads) at once, which tears "
         "places apart. Reshape to (N, T, heads, D / heads), then swap.")  # fmt: skip
def torn_apart(x, W, heads, mask=None):
    return _heads(x, W, heads, mask, split=_torn)


@mistake("multi_head", "The heads are merged without bringing them back beside each other: swap "
         "to (N, T, heads, D / heads) before the reshape.")  # fmt: skip
def pasted(x, W, heads, mask=None):
    return _heads(x, W, heads, mask, merge=_pasted)


@mistake("multi_head", "The scores are divided by the root of the whole width. A head's queries "
         "are D / heads wide.")  # fmt: skip
def full_scale(x, W, heads, mask=None):
    return _heads(x, W, heads, mask, full=True)


def _heads_back(g, cache, paths=(1, 1, 1), mean=False):
    x, (Win, _, Wout, _), attended, merged = cache
    heads = attended[0].shape[1]
    gWout, gout = np.einsum("nto,nti->oi", g, merged), g.sum(axis=(0, 1))
    slopes = _back(_split(g @ Wout, heads), attended)
    g = np.concatenate([on * _merge(each) for on, each in zip(paths, slopes, strict=True)], axis=-1)
    gWin, ginto = np.einsum("nto,nti->oi", g, x), g.sum(axis=(0, 1))
    count = g.shape[0] * g.shape[1] if mean else 1
    return g @ Win, (gWin, ginto / count, gWout, gout / count)


@mistake("multi_head_backward", "Only the values' path is followed. x became queries and keys as "
         "well, and all three send slopes back.")  # fmt: skip
def values_only(g, cache):
    return _heads_back(g, cache, paths=(0, 0, 1))


@mistake("multi_head_backward", "The slopes of the offsets are means. An offset is added at every "
         "place, so its slopes add up.")  # fmt: skip
def offsets_averaged(g, cache):
    return _heads_back(g, cache, mean=True)


@mistake("entropy_of_heads", "A weight of 0 makes nan: 0 times log 0. It counts nothing; take the "
         "log of 1 there.")  # fmt: skip
def zero_times_infinity(weights):
    return -(weights * np.log(weights)).sum(axis=-1).mean(axis=(0, 2))


@mistake("entropy_of_heads", "This is in bits. Nats are wanted: the natural logarithm.")
def in_bits(weights):
    logs = np.log2(np.where(weights > 0, weights, 1))
    return -(weights * logs).sum(axis=-1).mean(axis=(0, 2))


@mistake("entropy_of_heads", "The weights are averaged first, and then the entropy taken. A head "
         "that looks at one place, but each time at another, then seems to look everywhere. Take "
         "the entropy of each row, then the mean.")  # fmt: skip
def averaged_first(weights):
    mean = weights.mean(axis=(0, 2))
    return -(mean * np.log(np.where(mean > 0, mean, 1))).sum(axis=-1)
