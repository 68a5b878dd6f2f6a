"""A worked solution of `forward`."""

import math

import numpy as np

# --- given --------------------------------------------------------------------------------------


def erf(x):
    """math.erf of every number of an array, right to 13 digits and fast enough for a training.

    Looked up in a table with 1024 steps from one whole number to the next; three terms of a series
    lead from the nearest step to x.
    """
    size = np.minimum(np.abs(x), 6.0)  # beyond 6 it is 1 to the last digit
    place = (size * 1024 + 0.5).astype(int)
    near = place * (1 / 1024)
    d = size - near
    series = d * _SLOPE[place] * (1 - d * (near - d * (2 * near * near - 1) / 3))
    return np.copysign(_ERF[place] + series, x)


_STEPS = np.arange(6 * 1024 + 1) / 1024
_ERF = np.array([math.erf(step) for step in _STEPS])
_SLOPE = 2 / math.sqrt(math.pi) * np.exp(-(_STEPS**2))

# --- a layer ------------------------------------------------------------------------------------


def linear(x, W, b):
    return x @ W.T + b  # (N, D) @ (D, M), and b is repeated for each row


# --- bends --------------------------------------------------------------------------------------


def relu(x):
    return np.maximum(x, 0)


def leaky_relu(x, slope=0.01):
    return np.where(x > 0, x, slope * x)


def sigmoid(x):
    return 0.5 * (1 + np.tanh(0.5 * x))  # the same function, and it cannot overflow


def tanh(x):
    return np.tanh(x)


def _share_below(x):
    """The share of a standard normal distribution that lies below x."""
    return 0.5 * (1 + erf(x / math.sqrt(2)))


def gelu(x):
    return x * _share_below(x)


# --- losses -------------------------------------------------------------------------------------


def _errors(pred, target):
    """pred - target. Two shapes are refused: (N, 1) minus (N,) would quietly be (N, N)."""
    if pred.shape != target.shape:
        raise ValueError(f"shapes {pred.shape} and {target.shape} differ")
    return pred - target


def mse(pred, target):
    return float(np.mean(_errors(pred, target) ** 2))


def mae(pred, target):
    return float(np.mean(np.abs(_errors(pred, target))))


def huber(pred, target, delta=1.0):
    size = np.abs(_errors(pred, target))
    return float(np.mean(np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))))


def bce_with_logits(logits, y):
    if logits.shape != y.shape:
        raise ValueError(f"shapes {logits.shape} and {y.shape} differ")
    # -log(sigmoid(z)) is log(1 + exp(-z)), and -log(1 - sigmoid(z)) is that plus z.
    return float(np.mean(np.logaddexp(0, -logits) + (1 - y) * logits))


def cross_entropy(logits, y):
    if np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError(f"labels must lie in 0..{logits.shape[1] - 1}")
    # Softmax does not change when a row is shifted; with 0 as the largest, exp cannot overflow.
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (N, K)
    return float(-log_p[np.arange(len(y)), y].mean())


# --- a network ----------------------------------------------------------------------------------


def mlp_forward(x, params, act):
    cache = []
    for W, b in params:
        if cache:
            x = act(x)
        cache.append((x, linear(x, W, b)))
        x = cache[-1][1]
    return x, cache


def evaluate(out, y, kind):
    if kind == "number":
        return mse(out, y), out
    if kind == "many classes":
        return cross_entropy(out, y), out.argmax(axis=1)
    if kind in ("two classes", "several labels"):
        return bce_with_logits(out, y), (out > 0).astype(int)  # sigmoid(0) is a half
    raise ValueError(f"no kind {kind!r}")


def initial_loss(K):
    return math.log(K)  # each class gets 1 / K, and -log(1 / K) is log K


# --- a first slope ------------------------------------------------------------------------------


def gelu_slope(x):
    height = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return _share_below(x) + x * height  # first only x moves, then only the share
