"""The forward pass: from a table of inputs to one number that says how wrong the network is.

A weight matrix has one row for each output, shape (M, D), as in PyTorch. `out` is the output of the
last layer, without an activation function; for classes these numbers are called logits. Write plain
NumPy and `math`; `undergrad check forward` runs it.

Letters: N examples, D inputs of a layer, M outputs of a layer, K classes, L labels.
"""

import math

import numpy as np

# --- given --------------------------------------------------------------------------------------


def erf(x):
    """math.erf of every number of an array, right to 13 digits and fast enough for training.

    Looked up in a table with 1024 steps per whole number; three terms of a series lead from the
    nearest step to x.
    Returns: erf (like x)
    """
    size = np.minimum(np.abs(x), 6.0)  # beyond 6 it is 1 to the last digit
    index = (size * 1024 + 0.5).astype(int)
    near = index * (1 / 1024)
    d = size - near
    series = d * _DERIVATIVE[index] * (1 - d * (near - d * (2 * near * near - 1) / 3))
    return np.copysign(_ERF[index] + series, x)


_STEPS = np.arange(6 * 1024 + 1) / 1024
_ERF = np.array([math.erf(step) for step in _STEPS])
_DERIVATIVE = 2 / math.sqrt(math.pi) * np.exp(-(_STEPS**2))

# --- a layer ------------------------------------------------------------------------------------


def linear(x, W, b):
    """A linear layer: weighted sums of the inputs, plus a bias for each output.

    x: (N, D).   W: (M, D).   b: (M,).
    Returns: out (N, M)
    """
    # TODO 1: which product of x and W has the shape (N, M)?
    return x @ W.T + b  # (N, D) @ (D, M), and b is broadcast over the rows


# --- activation functions: elementwise, a new array each time ------- ----------------------------


def relu(x):
    """x where it is positive, 0 elsewhere.

    Returns: out (like x)
    """
    # TODO 2: the larger of x and 0
    return np.maximum(x, 0)


def leaky_relu(x, negative_slope=0.01):
    """x where it is positive, negative_slope * x elsewhere.

    Returns: out (like x)
    """
    # TODO 2: where is x positive?
    return np.where(x > 0, x, negative_slope * x)


def sigmoid(x):
    """1 / (1 + exp(-x)), between 0 and 1. Finite also at x = 1000 and x = -1000.

    Returns: out (like x)
    """
    # TODO 2: which form of this function never overflows?
    return 0.5 * (1 + np.tanh(0.5 * x))  # the same function, and it cannot overflow


def tanh(x):
    """(exp(x) - exp(-x)) / (exp(x) + exp(-x)), between -1 and 1. Finite also at x = 1000.

    Returns: out (like x)
    """
    # TODO 2: which NumPy function is it?
    return np.tanh(x)


def _normal_cdf(x):  # solution only
    """The probability that a standard normal variable is below x."""
    return 0.5 * (1 + erf(x / math.sqrt(2)))


def gelu(x):
    """x times the probability that a standard normal variable is below x.

    That probability is 0.5 * (1 + erf(x / sqrt(2))). Use the exact form; `erf` is given above.
    Returns: out (like x)
    """
    # TODO 2: how do you compute the probability with erf?
    return x * _normal_cdf(x)


# --- losses: each returns one float, a mean -----------------------------------------------------


def _errors(pred, target):  # solution only
    """pred - target. Raises ValueError for different shapes: (N, 1) - (N,) would be (N, N)."""
    if pred.shape != target.shape:
        raise ValueError(f"shapes {pred.shape} and {target.shape} differ")
    return pred - target


def mse(pred, target):
    """The mean of the squared errors.

    pred, target: arrays of the same shape. Raises ValueError when the shapes differ.
    Returns: loss, float
    """
    # TODO 3: which shapes must not be subtracted? Then average over every error
    return float(np.mean(_errors(pred, target) ** 2))


def mae(pred, target):
    """The mean of the absolute errors. Raises ValueError when the shapes differ.

    Returns: loss, float
    """
    # TODO 3: what happens to the sign of each error?
    return float(np.mean(np.abs(_errors(pred, target))))


def huber(pred, target, delta=1.0):
    """The mean of e ** 2 / 2 for errors up to delta, and of delta * (|e| - delta / 2) beyond.

    Raises ValueError when the shapes differ.
    Returns: loss, float
    """
    # TODO 3: which piece does each error belong to?
    size = np.abs(_errors(pred, target))
    losses = np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))
    return float(np.mean(losses))


def bce_with_logits(logits, y):
    """The mean of -log(p) where y is 1 and of -log(1 - p) where y is 0, with p = sigmoid(logits).

    logits: any shape, as large as 1000 or as small as -1000.   y: zeros and ones, of the same
    shape. Raises ValueError when the shapes differ.
    Returns: loss, float
    """
    # TODO 4: what is the loss of one logit when y is 1, and when y is 0?
    if logits.shape != y.shape:
        raise ValueError(f"shapes {logits.shape} and {y.shape} differ")
    # -log(sigmoid(z)) is log(1 + exp(-z)), and -log(1 - sigmoid(z)) is that plus z.
    losses = np.logaddexp(0, -logits) + (1 - y) * logits
    return float(np.mean(losses))


def cross_entropy(logits, y):
    """The mean of -log of the probability that softmax gives to the correct class.

    logits: (N, K), as large as 1000.   y: labels, (N,), whole numbers in 0..K-1.
    Raises ValueError when a label is below 0, or K or more.
    Returns: loss, float
    """
    # TODO 5: how do you get log p without computing p?
    if np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError(f"labels must be in 0..{logits.shape[1] - 1}")
    # Softmax does not change when a row is shifted; with 0 as the largest, exp cannot overflow.
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (N, K)
    return float(-log_p[np.arange(len(y)), y].mean())


# --- a network ----------------------------------------------------------------------------------


def mlp_forward(x, params, act):
    """Linear layers with an activation function between them, and none after the last.

    x: (N, D).   params: a list of (W, b), first layer first.   act: a function such as relu.
    The cache is a list with one pair (x, z) for each layer: the input of its `linear`, and the
    output of it, before any activation function.
    Returns: out (N, M), cache, list
    """
    # TODO 6: where do the activation functions go, and what does the cache keep?
    cache = []
    for W, b in params:
        if cache:
            x = act(x)
        z = linear(x, W, b)
        cache.append((x, z))
        x = z
    return x, cache


def evaluate(out, y, kind):
    """The loss that fits a kind of problem, and what the network predicts.

    kind: "number": out and y of the same shape; the prediction is out itself.
          "two classes": out (N,), y zeros and ones (N,); the prediction is 0 or 1, an int, (N,).
          "many classes": out (N, K), y labels (N,); the prediction is a label, (N,).
          "several labels": out (N, L), y zeros and ones (N, L); the prediction is 0 or 1, (N, L).
    A class or label is predicted when its probability is above a half.
    Raises ValueError for another kind.
    Returns: loss, float, pred (...)
    """
    # TODO 7: which problem needs which loss, and which prediction?
    if kind == "number":
        return mse(out, y), out
    if kind == "many classes":
        return cross_entropy(out, y), out.argmax(axis=1)
    if kind in ("two classes", "several labels"):
        return bce_with_logits(out, y), (out > 0).astype(int)  # sigmoid(0) is a half
    raise ValueError(f"no kind {kind!r}")


def initial_loss(K):
    """The cross-entropy of a classifier that has no preference among its K classes.

    K: how many classes, 2 or more.
    Returns: loss, float
    """
    # TODO 8: which probability does each class get?
    return math.log(K)  # each class gets 1 / K, and -log(1 / K) is log K


# --- a first gradient ---------------------------------------------------------------------------


def gelu_gradient(x):
    """The derivative of gelu at x, elementwise.

    Returns: derivative (like x)
    """
    # TODO 9: what does each factor of the product contribute?
    density = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return _normal_cdf(x) + x * density
