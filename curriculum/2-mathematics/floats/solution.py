"""A worked solution of `floats`."""

import numpy as np


def machine_eps(dtype):
    one, two = dtype(1), dtype(2)
    eps = one
    while one + eps / two > one:
        eps = eps / two
    return float(eps)


def kahan_sum(x):
    total, excess = 0.0, 0.0
    for term in x:
        owed = term - excess
        grown = total + owed
        excess = (grown - total) - owed  # what was added in truth, minus what should have been
        total = grown
    return float(total)


def logsumexp(x, axis):
    largest = x.max(axis=axis, keepdims=True)
    # Nothing but -inf: shift by 0 instead, since -inf minus -inf is not a number.
    shift = np.where(np.isfinite(largest), largest, 0.0)
    with np.errstate(divide="ignore"):
        out = shift + np.log(np.exp(x - shift).sum(axis=axis, keepdims=True))
    return out.squeeze(axis)


def log1mexp(x):
    # Each formula is only used where it is exact; the other one is fed a harmless number.
    near = x > -np.log(2)
    return np.where(
        near,
        np.log(-np.expm1(np.where(near, x, -1.0))),
        np.log1p(-np.exp(np.where(near, -1.0, x))),
    )


def stable_bce(z, y):
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))


def cond2(A):
    stretches = np.linalg.svd(A, compute_uv=False)
    if stretches[-1] == 0:
        return np.inf
    return float(stretches[0] / stretches[-1])
