"""What is asked of `attention`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

There are always more keys than queries, values of a width of their own and several leading axes,
so that a swapped axis shows; and scores are large enough for softmax to be far from uniform.
"""

import math

import numpy as np

from undergrad.checker import task, within

N, HEADS, T, S, D, M = 3, 4, 5, 7, 6, 8


def inputs(rng, leading=(N, HEADS)):
    """Queries (..., T, D), keys (..., S, D) and values (..., S, M)."""
    shapes = ((*leading, T, D), (*leading, S, D), (*leading, S, M))
    return [1.5 * rng.normal(size=shape) for shape in shapes]


@task(1, "gives each query a weighted mean of the values", keeps_arguments=True)
def weighted_means(code, rng):
    return [np.asarray(each) for each in code.attention(*inputs(rng, leading=()))]


@task(1, "for many sequences and heads at once, and with huge scores")
def many(code, rng):
    q, k, v = inputs(rng)
    return [np.asarray(each) for scale in (1, 1000) for each in code.attention(scale * q, k, v)]


@task(1, "does not depend on the order of the keys", judge=within(0, 1e-9))
def order(code, rng):
    q, k, v = inputs(rng)
    new = rng.permutation(S)
    other = code.attention(q, k[..., new, :], v[..., new, :])[0]
    return float(np.abs(code.attention(q, k, v)[0] - other).max())


@task(2, "lets a position attend to itself and to what came before")
def triangle(code, rng):
    return np.asarray(code.causal_mask(int(rng.integers(3, 7))))


@task(2, "gives no weight to what is hidden, and all of it to the rest", needs=[1])
def hidden(code, rng):
    q, k, v = inputs(rng)
    mask = np.hstack([code.causal_mask(T), rng.random((T, S - T)) < 0.5])
    return [np.asarray(each) for each in code.attention(q, k, v, mask)]


@task(2, "gives 0 where a query may attend to nothing", needs=[1], keeps_arguments=True)
def nothing(code, rng):
    q, k, v = inputs(rng)
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


@task(3, "gives the gradients of queries, keys and values", keeps_arguments=True)
def gradients(code, rng):
    q, k, v = inputs(rng)
    return code.attention_backward(rng.normal(size=(N, HEADS, T, M)), (q, k, v, weights_of(q, k)))


@task(3, "does so for one sequence, and for several without heads")
def fewer_axes(code, rng):
    found = []
    for leading in ((), (N,)):
        q, k, v = inputs(rng, leading)
        g = rng.normal(size=(*leading, T, M))
        found.append(code.attention_backward(g, (q, k, v, weights_of(q, k))))
    return found


@task(3, "gives nothing to what was hidden")
def hidden_gradients(code, rng):
    q, k, v = inputs(rng)
    mask = np.tri(T, S, dtype=bool)
    cache = q, k, v, weights_of(q, k, mask)
    return code.attention_backward(rng.normal(size=(N, HEADS, T, M)), cache)


@task(4, "scores each pair with a small network", keeps_arguments=True)
def pairs(code, rng):
    q, k, _ = inputs(rng, leading=(N,))
    W = (*rng.normal(size=(2, 7, D)), 2 * rng.normal(size=7))
    return [np.asarray(each) for each in code.additive_attention(q, k, W)]


def heads_input(rng):
    """x (N, T, D * HEADS) and weights with biases other than 0."""
    width = D * HEADS
    shapes = ((3 * width, width), (3 * width,), (width, width), (width,))
    return rng.normal(size=(N, T, width)), tuple(rng.normal(size=shape) for shape in shapes)


@task(5, "with one head, is attention between two projections", needs=[1, 2])
def single(code, rng):
    x, W = heads_input(rng)
    return code.multi_head(x, W, 1)[0]


@task(
    5,
    "splits the width among the heads, with and without a mask",
    needs=[1, 2],
    keeps_arguments=True,
)
def several(code, rng):
    x, W = heads_input(rng)
    mask = np.tri(T, dtype=bool)
    return code.multi_head(x, W, HEADS)[0], code.multi_head(x, W, HEADS, mask)[0]


@task(5, "gives the gradients of x and of four weights", needs=[1, 2, 3], keeps_arguments=True)
def all_gradients(code, rng):
    x, W = heads_input(rng)
    _, cache = code.multi_head(x, W, HEADS, np.tri(T, dtype=bool))
    return code.multi_head_backward(rng.normal(size=x.shape), cache)


@task(6, "is 0 for a head that attends to one position and log S for one that attends to all")
def extremes(code, rng):
    one = np.eye(S)[rng.integers(S, size=(N, T))]
    uniform = np.full((N, T, S), 1 / S)
    return code.entropy_of_heads(np.stack([one, uniform], axis=1))


@task(6, "is a mean over sequences and queries, for each head", keeps_arguments=True)
def widths(code, rng):
    weights = rng.gamma(0.5, size=(N, HEADS, T, S))
    weights[:, :, 0, 1] = 0
    return code.entropy_of_heads(weights / weights.sum(axis=-1, keepdims=True))
