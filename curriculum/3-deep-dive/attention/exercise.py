"""Attention: weighted looks into all of a sequence, masks, several heads, and the ways back.

Letters: N sequences, H heads, T queries, S keys with one value each, D numbers in a query or key.
Axes in front, written ..., such as (N, H), are carried along. `g` is always the slope of the loss
with respect to a function's output, and has that output's shape. No function changes what it is
given. `undergrad check attention` checks them.
"""

import math

import numpy as np

# --- given --------------------------------------------------------------------------------------


def init_heads(rng, D):
    """Weights for `multi_head`: (Win, bin, Wout, bout) of shapes (3D, D), (3D,), (D, D), (D,)."""
    Win = rng.normal(size=(3 * D, D)) / math.sqrt(D)
    return Win, np.zeros(3 * D), rng.normal(size=(D, D)) / math.sqrt(D), np.zeros(D)


# --- yours --------------------------------------------------------------------------------------


def attention(q, k, v, mask=None):
    """Each query takes a mean of the values, weighted by how well the keys fit.

    q: (..., T, D).   k: (..., S, D).   v: (..., S, M).
    The scores are q . k / sqrt(D), and softmax over the keys makes weights of them.
    mask: None, or booleans that fit (..., T, S): True where a query may look. A query that may
    look at nothing has weights 0 and the answer 0.
    Returns (out, weights): (..., T, M) and (..., T, S). Huge scores are no trouble.
    """
    raise NotImplementedError("TODO 1: scores, weights, one product (the mask is task 2)")


def causal_mask(T):
    """Who may look at whom when nobody may see the future. Booleans, (T, T).

    Row t is True up to column t, the place itself included.
    """
    raise NotImplementedError("TODO 2: a lower triangle")


def attention_backward(g, cache):
    """The slopes of `attention`.

    g: (..., T, M).   cache: (q, k, v, weights), with the weights that `attention` returned.
    Returns (gq, gk, gv). A mask is not needed: where it hid something the weight is 0.
    """
    raise NotImplementedError("TODO 3: two products, a softmax, two products")


def additive_attention(q, k, W):
    """The older form (2014): a small network says how well a query and a key fit.

    q: (..., T, D).   k: (..., S, D), keys and values at once.   W: (Wq, Wk, u), shapes (A, D),
    (A, D), (A,).   The score of a pair is u . tanh(Wq q + Wk k); there is no scale.
    Returns (out, weights): (..., T, D) and (..., T, S).
    """
    raise NotImplementedError("TODO 4: (..., T, 1, A) plus (..., 1, S, A), bent, times u")


def multi_head(x, W, heads, mask=None):
    """Self-attention by several heads, each on its own share of the width.

    x: (N, T, D).   W: (Win, bin, Wout, bout), as `init_heads` makes them.   mask: fits (T, T).
    Win x + bin is cut into queries, keys and values, D each; each of these into `heads` pieces of
    D / heads, first piece for the first head. The heads' answers, side by side again, go through
    Wout and bout.
    Returns (out, cache): out (N, T, D), and what `multi_head_backward` needs.
    """
    raise NotImplementedError("TODO 5: project, split, attend, merge, project")


def multi_head_backward(g, cache):
    """g: (N, T, D).   Returns (gx, (gWin, gbin, gWout, gbout))."""
    raise NotImplementedError("TODO 5: the same steps from the last to the first")


def entropy_of_heads(weights):
    """How widely each head looks: the entropy of its weights, in nats, as a mean.

    weights: (N, H, T, S), each row a distribution; a weight may be 0, and counts nothing then.
    Returns (H,): the mean of -sum(w log w) over all sequences and queries.
    """
    raise NotImplementedError("TODO 6: w log w with 0 log 0 = 0, summed over keys")
