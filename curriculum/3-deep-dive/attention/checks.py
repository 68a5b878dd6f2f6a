"""What is asked of `attention`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

There are always more keys than queries, values of a width of their own and several axes in front,
so that a turned axis shows; and scores are large enough for softmax to be far from even.
"""

import math

import numpy as np

from undergrad.checker import task, within

N, HEADS, T, S, D, M = 2, 3, 4, 5, 4, 6


def asked(rng, front=(N, HEADS)):
    """Queries (..., T, D), keys (..., S, D) and values (..., S, M)."""
    shapes = ((*front, T, D), (*front, S, D), (*front, S, M))
    return [1.5 * rng.normal(size=shape) for shape in shapes]


@task(1, "answers each query with a weighted mean of the values", hint=[
    "One query first: what is its score with each key? What must the five scores become before "
    "they can weigh values?",
    "All scores at once are one product, q times the keys turned over in their last two axes, by "
    "sqrt(D). Softmax over the last axis. Weights times values is one product again.",
    "scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])\n"
    "e = np.exp(scores - scores.max(axis=-1, keepdims=True))\n"
    "weights = e / e.sum(axis=-1, keepdims=True); out = weights @ v",
])  # fmt: skip
def answers(code, rng):
    return [np.asarray(each) for each in code.attention(*asked(rng, front=()))]


@task(1, "for many sequences and heads at once, and with huge scores")
def many(code, rng):
    q, k, v = asked(rng)
    return [np.asarray(each) for scale in (1, 1000) for each in code.attention(scale * q, k, v)]


@task(1, "does not care in which order the keys stand", judge=within(0, 1e-9))
def order(code, rng):
    q, k, v = asked(rng)
    turned = rng.permutation(S)
    other = code.attention(q, k[..., turned, :], v[..., turned, :])[0]
    return float(np.abs(code.attention(q, k, v)[0] - other).max())


@task(2, "lets a place look at itself and at what came before", hint=[
    "Draw causal_mask(3): three rows, three columns. Which of the nine may be seen?",
    "np.tri or np.tril make a lower triangle. In `attention`, a hidden score must become -inf "
    "*before* softmax, so that e to its power is 0. A row of nothing but -inf has no largest "
    "score: take 0 in its place, and 1 for the sum of 0.",
    "scores = np.where(mask, scores, -np.inf)\n"
    "top = scores.max(axis=-1, keepdims=True)\n"
    "e = np.exp(scores - np.where(np.isneginf(top), 0, top))\n"
    "weights = e / np.where(total == 0, 1, total)",
])  # fmt: skip
def triangle(code, rng):
    return np.asarray(code.causal_mask(int(rng.integers(3, 7))))


@task(2, "gives no weight to what is hidden, and all of it to the rest", needs=[1])
def hidden(code, rng):
    q, k, v = asked(rng)
    mask = np.hstack([code.causal_mask(T), rng.random((T, S - T)) < 0.5])
    return [np.asarray(each) for each in code.attention(q, k, v, mask)]


@task(2, "answers 0 where a query may look at nothing", needs=[1])
def nothing(code, rng):
    q, k, v = asked(rng)
    mask = np.tile(np.hstack([code.causal_mask(T), np.ones((T, S - T), bool)]), (N, 1, 1, 1))
    mask[0, 0, 1], mask[1, 0, 2] = False, False
    return [np.asarray(each) for each in code.attention(q, k, v, mask)]


@task(2, "keeps the past as it was when the future changes", needs=[1], judge=within(0, 1e-9))
def future(code, rng):
    x, now = rng.normal(size=(N, T, D)), int(rng.integers(1, T))
    mask = code.causal_mask(T)
    before = code.attention(x, x, x, mask)[0]
    x[:, now:] += 10 * rng.normal(size=x[:, now:].shape)
    return float(np.abs(code.attention(x, x, x, mask)[0] - before)[:, :now].max())


def weights_of(q, k, mask=None):
    """The weights that a right `attention` gives."""
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(D)
    scores = scores if mask is None else np.where(mask, scores, -np.inf)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@task(3, "sends the slopes back to queries, keys and values", hint=[
    "Three steps forward: product, softmax, product. The way back has the same three.",
    "The last product gives the slope of v, weights turned over times g, and of the weights, g "
    "times v turned over. Softmax: w * (gw - sum of gw * w over the keys). Then the scale, and "
    "the first product.",
    "gw = g @ v.swapaxes(-1, -2)\n"
    "gs = weights * (gw - (gw * weights).sum(axis=-1, keepdims=True)) / math.sqrt(D)\n"
    "return gs @ k, gs.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ g",
])  # fmt: skip
def slopes(code, rng):
    q, k, v = asked(rng)
    return code.attention_backward(rng.normal(size=(N, HEADS, T, M)), (q, k, v, weights_of(q, k)))


@task(3, "gives nothing to what was hidden")
def hidden_slopes(code, rng):
    q, k, v = asked(rng)
    mask = np.tri(T, S, dtype=bool)
    cache = q, k, v, weights_of(q, k, mask)
    return code.attention_backward(rng.normal(size=(N, HEADS, T, M)), cache)


@task(4, "scores each pair with a small network", hint=[
    "How many scores are there, and how many numbers go into the tanh for each?",
    "Project queries and keys apart. An axis of length 1 in each, at different places, lets "
    "NumPy add every query to every key: (..., T, 1, A) and (..., 1, S, A).",
    "pairs = np.tanh((q @ Wq.T)[..., :, None, :] + (k @ Wk.T)[..., None, :, :])\n"
    "scores = pairs @ u  # (..., T, S), then softmax",
])  # fmt: skip
def pairs(code, rng):
    q, k, _ = asked(rng, front=(N,))
    W = (*rng.normal(size=(2, 7, D)), 2 * rng.normal(size=7))
    return [np.asarray(each) for each in code.additive_attention(q, k, W)]


def heads_input(rng):
    """x (N, T, 2 * HEADS) and weights with offsets other than 0."""
    width = 2 * HEADS
    shapes = ((3 * width, width), (3 * width,), (width, width), (width,))
    return rng.normal(size=(N, T, width)), tuple(rng.normal(size=shape) for shape in shapes)


@task(5, "with one head, is attention between two projections", needs=[1, 2], hint=[
    "With one head there is nothing to split: project, np.split(..., 3, axis=-1), attention, "
    "project. Write that first.",
    "For several heads, (N, T, D) becomes (N, T, heads, D / heads), and then the heads go "
    "forward: (N, heads, T, D / heads). Merging is the same in the other order. Back: through a "
    "merge goes a split, and the slopes of queries, keys and values stand side by side again.",
    "x.reshape(n, t, heads, d // heads).swapaxes(1, 2)  # split\n"
    "x.swapaxes(1, 2).reshape(n, t, d)  # merge\n"
    "g = np.concatenate([_merge(each) for each in slopes], axis=-1); gx = g @ Win",
])  # fmt: skip
def single(code, rng):
    x, W = heads_input(rng)
    return code.multi_head(x, W, 1)[0]


@task(5, "splits the width among the heads, with and without a mask", needs=[1, 2])
def several(code, rng):
    x, W = heads_input(rng)
    mask = np.tri(T, dtype=bool)
    return code.multi_head(x, W, HEADS)[0], code.multi_head(x, W, HEADS, mask)[0]


@task(5, "goes all the way back, to x and to four weights", needs=[1, 2, 3])
def all_back(code, rng):
    x, W = heads_input(rng)
    _, cache = code.multi_head(x, W, HEADS, np.tri(T, dtype=bool))
    return code.multi_head_backward(rng.normal(size=x.shape), cache)


@task(6, "is 0 for a head that looks at one place and log S for one that looks at all", hint=[
    "Compute by hand: weights 1/2, 1/2, 0. What is the entropy, and what does NumPy make of the "
    "third?",
    "0 times log 0 shall count nothing. Take the log of 1 where the weight is 0. Sum over the "
    "keys, mean over sequences and queries; the axis of the heads stays.",
    "logs = np.log(np.where(weights > 0, weights, 1))\n"
    "return -(weights * logs).sum(axis=-1).mean(axis=(0, 2))",
])  # fmt: skip
def extremes(code, rng):
    one = np.eye(S)[rng.integers(S, size=(N, T))]
    even = np.full((N, T, S), 1 / S)
    return code.entropy_of_heads(np.stack([one, even], axis=1))


@task(6, "is a mean over sequences and queries, for each head")
def widths(code, rng):
    weights = rng.gamma(0.5, size=(N, HEADS, T, S))
    weights[:, :, 0, 1] = 0
    return code.entropy_of_heads(weights / weights.sum(axis=-1, keepdims=True))
