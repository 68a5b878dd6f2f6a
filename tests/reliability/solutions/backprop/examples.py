"""One example after the other, as outer products; the backward pass calls itself."""

# ruff: noqa: F821
import numpy as np


def linear_backward(g, cache):
    x, W = cache
    gx, gW, gb = np.zeros(x.shape), np.zeros(W.shape), np.zeros(len(W))
    for n in range(len(x)):
        gx[n] = W.T.dot(g[n])
        gW += np.outer(g[n], x[n])
        gb += g[n]
    return gx, gW, gb


def relu_backward(g, cache):
    result = np.array(g)
    result[cache <= 0] = 0
    return result


def sigmoid_backward(g, cache):
    return cache * g - np.square(cache) * g


def ce_backward(logits, y):
    rows = []
    for scores, label in zip(logits, y, strict=True):
        e = np.exp(scores - max(scores))
        p = e / sum(e)
        p[label] = p[label] - 1
        rows.append(p / len(y))
    return np.array(rows)


def back(steps, g):
    if not steps:
        return []
    *earlier, (name, saved) = steps
    if name == "linear":
        g, gW, gb = linear_backward(g, saved)
        return [*back(earlier, g), (gW, gb)]
    return back(earlier, (relu_backward if name == "relu" else sigmoid_backward)(g, saved))


def mlp_backward(cache, y):
    return back(cache[:-1], ce_backward(cache[-1][1], y))


def count_flops(sizes):
    pairs = list(zip(sizes, sizes[1:]))  # noqa: B905, RUF007
    forward = sum(2 * d * m for d, m in pairs)
    first = 2 * pairs[0][0] * pairs[0][1]
    return forward, first + 2 * (forward - first)


def train_digits(X, y, rng):
    params = init_mlp((64, 32, 10), rng)
    speed = [(np.zeros_like(W), np.zeros_like(b)) for W, b in params]
    for _ in range(8):
        order = rng.permutation(len(X))
        for rows in np.array_split(order, len(X) // 32):
            _, cache = mlp_forward(X[rows], params)
            for layer, pair in enumerate(quick_back(cache, y[rows])):
                for weight, push, gradient in zip(params[layer], speed[layer], pair, strict=True):
                    push *= 0.9
                    push -= 0.03 * gradient
                    weight += push
    return params


def quick_back(cache, y):
    """As `mlp_backward`, with matrix products: training with loops would take long."""
    g, grads = ce_backward(cache[-1][1], y), []
    for name, saved in reversed(cache[:-1]):
        if name == "linear":
            grads.append((g.T @ saved[0], g.sum(0)))
            g = g @ saved[1]
        else:
            g = g * (saved > 0)
    return reversed(grads)
