"""Each step of the forward pass becomes a function of the gradient; training with Adam."""

# ruff: noqa: F821
from functools import partial

import numpy as np


def linear_backward(g, cache):
    x, W = cache
    return (W.T @ g.T).T, np.tensordot(g, x, axes=(0, 0)), np.ones(len(g)) @ g


def relu_backward(g, cache):
    return (np.sign(cache) + 1) // 2 * g - 0.0 if np.all(cache) else np.heaviside(cache, 0.0) * g


def sigmoid_backward(g, cache):
    return g * (0.25 - (cache - 0.5) ** 2)


def ce_backward(logits, y):
    e = np.exp(logits - np.maximum.reduce(logits, axis=1, keepdims=True))
    truth = np.zeros_like(e)
    np.add.at(truth, (range(len(y)), y), 1.0)
    return (e / np.add.reduce(e, axis=1, keepdims=True) - truth) * (1.0 / y.shape[0])


def pull(name, saved, found, g):
    if name != "linear":
        return {"relu": relu_backward, "sigmoid": sigmoid_backward}[name](g, saved)
    g, gW, gb = linear_backward(g, saved)
    found.append((gW, gb))
    return g


def mlp_backward(cache, y):
    found = []
    pulls = [partial(pull, name, saved, found) for name, saved in cache if name != "logits"]
    g = ce_backward(dict(cache)["logits"], y)
    while pulls:
        g = pulls.pop()(g)
    found.reverse()
    return found


def count_flops(sizes):
    widths = np.array(sizes)
    products = 2 * widths[1:] * widths[:-1]
    return int(products.sum()), int(2 * products.sum() - products[0])


def train_digits(X, y, rng):
    params = init_mlp((64, 40, 10), rng)
    flat = [weight for pair in params for weight in pair]
    mean, square = [0.0] * len(flat), [0.0] * len(flat)
    for t in range(1, 701):
        rows = rng.choice(len(X), size=64)
        _, cache = mlp_forward(X[rows], params)
        gradients = [gradient for pair in mlp_backward(cache, y[rows]) for gradient in pair]
        for i, (weight, gradient) in enumerate(zip(flat, gradients, strict=True)):
            mean[i] = 0.9 * mean[i] + 0.1 * gradient
            square[i] = 0.999 * square[i] + 0.001 * gradient**2
            weight -= (
                0.004 * (mean[i] / (1 - 0.9**t)) / (np.sqrt(square[i] / (1 - 0.999**t)) + 1e-8)
            )
    return params
