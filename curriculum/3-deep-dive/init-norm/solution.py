"""A worked solution of `init-norm`."""

import math

import numpy as np

# --- how weights begin --------------------------------------------------------------------------


def fans(shape):
    if len(shape) < 2:
        raise ValueError(f"fan in and fan out need a shape of 2 or more axes, not {shape}")
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


def xavier_uniform(shape, rng):
    bound = np.sqrt(3 * 2 / sum(fans(shape)))
    return rng.uniform(-bound, bound, size=shape)


def he_normal(shape, rng):
    return rng.normal(size=shape) * np.sqrt(2 / fans(shape)[0])


def orthogonal(shape, rng):
    rows, columns = shape[0], math.prod(shape[1:])
    Q, R = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    # QR leaves each column's sign to the algorithm; with that of R it is as random as the draw.
    Q = Q * np.sign(np.diag(R))
    return (Q if rows >= columns else Q.T).reshape(shape)


def forward_stats(x, depth, init, act, rng):
    width, sizes = x.shape[1], []
    for _ in range(depth):
        x = act(x @ init((width, width), rng).T)
        sizes.append(np.mean(x**2))
    return np.array(sizes)


# --- normalisation ------------------------------------------------------------------------------


def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    mean, var = running
    if training:
        if len(x) < 2:
            raise ValueError("batch norm cannot train on one example: its variance is 0")
        mean, var = x.mean(axis=0), x.var(axis=0)
        unbiased = var * len(x) / (len(x) - 1)
        running = (_moved(running[0], mean, momentum), _moved(running[1], unbiased, momentum))
    spread = np.sqrt(var + eps)
    normal = (x - mean) / spread
    return normal * gamma + beta, (normal, spread, gamma), running


def _moved(old, new, share):
    return (1 - share) * old + share * new


def batchnorm_backward(g, cache):
    normal, spread, gamma = cache
    g_normal = g * gamma
    gx = _back(g_normal, normal, axis=0) / spread
    return gx, (g * normal).sum(axis=0), g.sum(axis=0)


def _back(g, normal, axis):
    """g without the two pulls: x moves the mean it is measured from, and its own spread."""
    by_mean = g.mean(axis=axis, keepdims=True)
    by_spread = normal * (g * normal).mean(axis=axis, keepdims=True)
    return g - by_mean - by_spread


def layernorm_forward(x, gamma, beta, eps=1e-5):
    spread = np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    normal = (x - x.mean(axis=-1, keepdims=True)) / spread
    return normal * gamma + beta, (normal, spread, gamma)


def layernorm_backward(g, cache):
    normal, spread, gamma = cache
    gx = _back(g * gamma, normal, axis=-1) / spread
    others = tuple(range(g.ndim - 1))
    return gx, (g * normal).sum(axis=others), g.sum(axis=others)


def rmsnorm_forward(x, gamma, eps=1e-5):
    spread = np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + eps)
    normal = x / spread
    return normal * gamma, (normal, spread, gamma)


def rmsnorm_backward(g, cache):
    normal, spread, gamma = cache
    g_normal = g * gamma
    gx = (g_normal - normal * np.mean(g_normal * normal, axis=-1, keepdims=True)) / spread
    return gx, (g * normal).sum(axis=tuple(range(g.ndim - 1)))
