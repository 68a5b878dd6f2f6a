"""Backpropagation by hand: the slope of the loss for every weight of a network, in one sweep.

The forward pass is given below, since you wrote one in `forward`. Each of its functions also
returns a cache: what its own slope will need later. Your seven functions go the way back.

Letters: N examples, D inputs of a layer, M outputs of a layer, K classes. A weight matrix has one
row for each output, shape (M, D), as in PyTorch. `g` is always the slope of the loss with respect
to a function's output, and has that output's shape. Write plain NumPy; `undergrad check backprop`
runs it.
"""

from itertools import pairwise

import numpy as np

# --- given: the way forward ---------------------------------------------------------------------


def linear(x, W, b):
    """x (N, D), W (M, D), b (M,). Returns x @ W.T + b, shape (N, M), and the cache (x, W)."""
    return x @ W.T + b, (x, W)


def relu(z):
    """z of any shape. Returns max(z, 0) and the cache z, the input."""
    return np.maximum(z, 0), z


def sigmoid(z):
    """z of any shape. Returns 1 / (1 + exp(-z)) and the cache s, the output itself."""
    s = 0.5 * (1 + np.tanh(0.5 * z))  # the same function, and it cannot overflow
    return s, s


def cross_entropy(logits, y):
    """The mean loss of scores `logits` (N, K) for the labels y (N,). Returns a float."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].mean())


def init_mlp(sizes, rng):
    """Small random weights for layers of the given sizes, such as (64, 32, 10).

    Returns a list with one (W, b) for each layer.
    """
    return [(rng.normal(size=(m, d)) * np.sqrt(2 / d), np.zeros(m)) for d, m in pairwise(sizes)]


def mlp_forward(x, params, act="relu"):
    """Linear layers with an activation between them, and none after the last.

    x: (N, D).   params: a list of (W, b).   act: "relu" or "sigmoid".
    Returns (logits, cache). The cache is a list of pairs (name, cache of that step) in the order
    in which the steps ran, with names "linear", "relu", "sigmoid"; the last pair is
    ("logits", logits).
    """
    activation = {"relu": relu, "sigmoid": sigmoid}[act]
    cache = []
    for layer, (W, b) in enumerate(params):
        if layer > 0:
            x, saved = activation(x)
            cache.append((act, saved))
        x, saved = linear(x, W, b)
        cache.append(("linear", saved))
    cache.append(("logits", x))
    return x, cache


# --- yours: the way back ------------------------------------------------------------------------


def linear_backward(g, cache):
    """The slopes of `linear`.

    g: (N, M).   cache: (x, W) with shapes (N, D) and (M, D).
    Returns (gx, gW, gb) with the shapes of x, W and b: (N, D), (M, D), (M,).
    """
    raise NotImplementedError("TODO 1: three products whose shapes can only fit in one way")


def relu_backward(g, cache):
    """The slope of `relu`: 1 where its input was positive, else 0 (also at exactly 0).

    g and cache (the input z): the same shape. Returns an array of that shape; g stays as it is.
    """
    raise NotImplementedError("TODO 2: let g through where z was positive")


def sigmoid_backward(g, cache):
    """The slope of `sigmoid`, written with its output: s * (1 - s).

    g and cache (the output s): the same shape. Returns an array of that shape.
    """
    raise NotImplementedError("TODO 3: g times the local slope")


def ce_backward(logits, y):
    """The slope of `cross_entropy`, the mean loss, with respect to the logits.

    logits: (N, K), as large as 1000.   y: labels, (N,), whole numbers in 0..K-1.
    Returns (p - onehot) / N, shape (N, K), where p is the softmax of each row.
    """
    raise NotImplementedError("TODO 4: a safe softmax, minus 1 at the label, divided by N")


def mlp_backward(cache, y):
    """The slopes of the mean loss for all weights of the network that `mlp_forward` ran.

    cache: as mlp_forward returns it.   y: labels, (N,).
    Returns a list with one (gW, gb) for each layer, in the order of params.
    """
    raise NotImplementedError("TODO 5: walk through the cache from its end to its beginning")


def count_flops(sizes):
    """What one example costs in a network with these layer sizes, such as (64, 32, 10).

    Count matrix products only: an (M, D) matrix times one example takes M * D multiplications
    and as many additions, 2 * M * D operations. On the way back each layer makes two such
    products, gW and gx; the first layer needs no gx, since nobody asks for the data's slope.
    Returns (forward, backward), two ints.
    """
    raise NotImplementedError("TODO 6: one product a layer forward, two back, one saved")


def train_digits(X, y, rng):
    """Train a network on 8 by 8 digits, with the functions above and nothing else.

    X: pictures, (N, 64), numbers in 0..1.   y: their digits, (N,).   rng: a Generator.
    Sizes, step size and number of rounds are yours to choose: at least 95 % of pictures that it
    has not seen should be right, after less than 10 seconds.
    Returns params, a list of (W, b) for `mlp_forward(x, params)` with ReLU.
    """
    raise NotImplementedError("TODO 7: shuffle, take batches, forward, backward, step; repeat")
