"""Attention: queries that take weighted means of values, masks, several heads, and their gradients.

Letters: N sequences, h heads, T queries, S keys with one value each, D numbers in a query or key,
M numbers in a value, A numbers inside the network of additive attention, K kinds of letters.

Leading axes, written ..., such as (N, h), are carried along. `g` is always the upstream gradient:
the gradient of the loss with respect to a function's output, of the same shape as that output. No
function changes its arguments. `undergrad check attention` checks them.
"""

import math

import numpy as np

# --- given --------------------------------------------------------------------------------------


def init_heads(rng, D):
    """Weights for `multi_head`.

    Returns: Win (3D, D), b_in (3D,), Wout (D, D), b_out (D,)
    """
    Win = rng.normal(size=(3 * D, D)) / math.sqrt(D)
    return Win, np.zeros(3 * D), rng.normal(size=(D, D)) / math.sqrt(D), np.zeros(D)


def reversal_batch(rng, N, T, K):
    """Random letters to be written in reverse: one-hot letters beside one-hot positions.

    Returns: x (N, T, K + T), target (N, T)
    """
    letters = rng.integers(K, size=(N, T))
    positions = np.broadcast_to(np.eye(T), (N, T, T))
    return np.concatenate([np.eye(K)[letters], positions], axis=2), letters[:, ::-1]


def init_output(rng, look_back, T, K, D):
    """Weights of the layer that writes T letters from states of width D.

    The layer that looks back has queries (T, D), one head (K, D) and a bias (K,). The other one has
    a head for each output position, (T, K, D), and a bias (T, K).
    Returns: weights, list
    """
    if look_back:
        return [rng.normal(size=(T, D)), rng.normal(size=(K, D)) / 4, np.zeros(K)]
    return [rng.normal(size=(T, K, D)) / 4, np.zeros((T, K))]


def output_layer(states, weights):
    """Logits of T letters, from attention over all states or from the last state.

    states: (N, S, D).   weights: as `init_output` makes them.
    Returns: logits (N, T, K), cache
    """
    if len(weights) == 2:
        head, bias = weights
        return np.einsum("nd,tkd->ntk", states[:, -1], head) + bias, (states, weights)
    queries, head, bias = weights
    q = np.broadcast_to(queries, (len(states), *queries.shape))
    found, attended = attention(q, states, states)
    return found @ head.T + bias, (states, weights, q, found, attended)


def output_backward(g, cache):
    """The gradients of `output_layer`.   g: (N, T, K).

    Returns: g_states (N, S, D), g_weights, list
    """
    states, (first, *others), *kept = cache
    if not kept:
        g_states = np.zeros_like(states)
        g_states[:, -1] = np.einsum("ntk,tkd->nd", g, first)
        return g_states, [np.einsum("ntk,nd->tkd", g, states[:, -1]), g.sum(axis=0)]
    q, found, attended = kept
    gq, gk, gv = attention_backward(g @ others[0], (q, states, states, attended))
    g_head = np.einsum("ntk,ntd->kd", g, found)
    return gk + gv, [gq.sum(axis=0), g_head, g.sum(axis=(0, 1))]


# --- yours --------------------------------------------------------------------------------------


def _softmax(scores):  # solution only
    """Over the last axis; a row of nothing but -inf becomes 0."""
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(np.isneginf(top), 0, top))
    total = e.sum(axis=-1, keepdims=True)
    return e / np.where(total == 0, 1, total)


def attention(q, k, v, mask=None):
    """For each query, a mean of the values, weighted by how well the keys match it.

    A softmax over the keys turns scaled dot products into weights. Huge scores must not overflow.
    q: (..., T, D).   k: (..., S, D).   v: (..., S, M).
    mask: None, or booleans that fit (..., T, S): True where a query may attend. A query that may
    attend to nothing has weights 0 and output 0.
    Returns: out (..., T, M), weights (..., T, S)
    """
    # TODO 1: scores, softmax, one product (the mask is task 2)
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = _softmax(scores)
    return weights @ v, weights


def causal_mask(T):
    """Which position may attend to which when none may see the future.

    Row t is True up to column t, the position itself included.
    Returns: mask (T, T), bool
    """
    # TODO 2: which of the T x T pairs may be seen?
    return np.tri(T, dtype=bool)


def attention_backward(g, cache):
    """The gradients of `attention`. No mask is needed here: a hidden position already has weight 0.

    g: (..., T, M).   cache: (q, k, v, weights), with the weights that `attention` returned.
    Returns: gq (..., T, D), gk (..., S, D), gv (..., S, M)
    """
    # TODO 3: two products, the gradient of softmax, two products
    q, k, v, weights = cache
    gv = weights.swapaxes(-1, -2) @ g
    gw = g @ v.swapaxes(-1, -2)
    # Softmax: the weights of a row sum to 1, so one can only grow at the expense of the others.
    gs = weights * (gw - (gw * weights).sum(axis=-1, keepdims=True))
    gs = gs / math.sqrt(q.shape[-1])
    return gs @ k, gs.swapaxes(-1, -2) @ q, gv


def additive_attention(q, k, W):
    """The older form (2014): a small network scores how well a query and a key match.

    A pair's score is a tanh layer of width A and a product with u; there is no scale.
    q: (..., T, D).   k: (..., S, D), used as both keys and values.
    W: (Wq, Wk, u) of shapes (A, D), (A, D), (A,).
    Returns: out (..., T, D), weights (..., T, S)
    """
    # TODO 4: a score for every pair of a query and a key at once
    Wq, Wk, u = W
    pairs = (q @ Wq.T)[..., :, None, :] + (k @ Wk.T)[..., None, :, :]  # (..., T, S, A)
    scores = np.tanh(pairs) @ u
    weights = _softmax(scores)
    return weights @ k, weights


def _split(x, heads):  # solution only
    """(N, T, D) -> (N, heads, T, D / heads)"""
    n, t, d = x.shape
    return x.reshape(n, t, heads, d // heads).swapaxes(1, 2)


def _merge(x):  # solution only
    """(N, heads, T, D / heads) -> (N, T, D)"""
    n, heads, t, d = x.shape
    return x.swapaxes(1, 2).reshape(n, t, heads * d)


def multi_head(x, W, heads, mask=None):
    """Self-attention by several heads, each on its own part of the width.

    x @ Win.T + b_in is cut into queries, keys and values, D each; each of these into `heads` pieces
    of D / heads, the first piece for the first head. The heads' outputs, side by side again, go
    through Wout and b_out.
    x: (N, T, D).   W: (Win, b_in, Wout, b_out), as `init_heads` makes them.   mask: fits (T, T).
    Returns: out (N, T, D), cache; what `multi_head_backward` needs
    """
    # TODO 5: project, split, attend, merge, project
    Win, b_in, Wout, b_out = W
    q, k, v = (_split(each, heads) for each in np.split(x @ Win.T + b_in, 3, axis=-1))
    mixed, weights = attention(q, k, v, mask)
    merged = _merge(mixed)
    return merged @ Wout.T + b_out, (x, W, (q, k, v, weights), merged)


def multi_head_backward(g, cache):
    """The gradients of `multi_head`, for x and for the four weights.

    g: (N, T, D).   cache: as `multi_head` returns it.
    Returns: gx (N, T, D), gW, tuple (gWin, gb_in, gWout, gb_out)
    """
    # TODO 5: the same steps from the last to the first
    x, (Win, _, Wout, _), attended, merged = cache
    heads = attended[0].shape[1]
    gWout = np.einsum("nto,nti->oi", g, merged, optimize=True)
    gb_out = g.sum(axis=(0, 1))
    gq, gk, gv = attention_backward(_split(g @ Wout, heads), attended)
    g = np.concatenate([_merge(gq), _merge(gk), _merge(gv)], axis=-1)  # (N, T, 3D)
    gWin = np.einsum("nto,nti->oi", g, x, optimize=True)
    gb_in = g.sum(axis=(0, 1))
    return g @ Win, (gWin, gb_in, gWout, gb_out)


def entropy_of_heads(weights):
    """How broadly each head attends: the mean entropy of its weights, in nats.

    The mean is over all sequences and queries. A weight of 0 contributes 0.
    weights: (N, h, T, S), each row a distribution over the keys.
    Returns: entropy (h,)
    """
    # TODO 6: the entropy of each row, then its mean; weights of 0 need care
    logs = np.log(np.where(weights > 0, weights, 1))
    return -(weights * logs).sum(axis=-1).mean(axis=(0, 2))
