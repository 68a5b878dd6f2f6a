"""Attention, masks, several heads, and the ways back: the worked solution."""

import math

import numpy as np

# --- given --------------------------------------------------------------------------------------


def init_heads(rng, D):
    """Weights for `multi_head`: (Win, bin, Wout, bout) of shapes (3D, D), (3D,), (D, D), (D,)."""
    Win = rng.normal(size=(3 * D, D)) / math.sqrt(D)
    return Win, np.zeros(3 * D), rng.normal(size=(D, D)) / math.sqrt(D), np.zeros(D)


# --- yours --------------------------------------------------------------------------------------


def attention(q, k, v, mask=None):
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    weights = _softmax(scores if mask is None else np.where(mask, scores, -np.inf))
    return weights @ v, weights


def _softmax(scores):
    """Over the last axis; a row of nothing but -inf becomes 0."""
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(np.isneginf(top), 0, top))
    total = e.sum(axis=-1, keepdims=True)
    return e / np.where(total == 0, 1, total)


def causal_mask(T):
    return np.tri(T, dtype=bool)


def attention_backward(g, cache):
    q, k, v, weights = cache
    gw = g @ v.swapaxes(-1, -2)
    # Softmax: a weight that grows takes its share from all weights of its row.
    gs = weights * (gw - (gw * weights).sum(axis=-1, keepdims=True)) / math.sqrt(q.shape[-1])
    return gs @ k, gs.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ g


def additive_attention(q, k, W):
    Wq, Wk, u = W
    pairs = np.tanh((q @ Wq.T)[..., :, None, :] + (k @ Wk.T)[..., None, :, :])  # (..., T, S, A)
    weights = _softmax(pairs @ u)
    return weights @ k, weights


def multi_head(x, W, heads, mask=None):
    Win, into, Wout, out = W
    q, k, v = (_split(each, heads) for each in np.split(x @ Win.T + into, 3, axis=-1))
    mixed, weights = attention(q, k, v, mask)
    merged = _merge(mixed)
    return merged @ Wout.T + out, (x, W, (q, k, v, weights), merged)


def _split(x, heads):
    """(N, T, D) -> (N, heads, T, D / heads)"""
    n, t, d = x.shape
    return x.reshape(n, t, heads, d // heads).swapaxes(1, 2)


def _merge(x):
    """(N, heads, T, D / heads) -> (N, T, D)"""
    n, heads, t, d = x.shape
    return x.swapaxes(1, 2).reshape(n, t, heads * d)


def multi_head_backward(g, cache):
    x, (Win, _, Wout, _), attended, merged = cache
    heads = attended[0].shape[1]
    gWout, gout = np.einsum("nto,nti->oi", g, merged, optimize=True), g.sum(axis=(0, 1))
    slopes = attention_backward(_split(g @ Wout, heads), attended)
    g = np.concatenate([_merge(each) for each in slopes], axis=-1)  # (N, T, 3D)
    gWin, ginto = np.einsum("nto,nti->oi", g, x, optimize=True), g.sum(axis=(0, 1))
    return g @ Win, (gWin, ginto, gWout, gout)


def entropy_of_heads(weights):
    logs = np.log(np.where(weights > 0, weights, 1))
    return -(weights * logs).sum(axis=-1).mean(axis=(0, 2))
