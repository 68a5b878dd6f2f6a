"""The forward pass: from a table of inputs to one number that says how wrong the network is.

Letters: N examples, D inputs of a layer, M outputs of a layer, K classes, L labels. A weight
matrix has one row for each output, shape (M, D), as in PyTorch. `out` is what the last layer
gives, before anything squashes it; where it stands for classes, these numbers are called scores
or logits. Write plain NumPy and `math`; `undergrad check forward` runs it.
"""

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
    """Weighted sums of the inputs, plus an offset for each output.

    x: (N, D).   W: (M, D).   b: (M,).   Returns an array of shape (N, M).
    """
    raise NotImplementedError("TODO 1: each row of W makes one output; look at the shapes")


# --- bends: each works on every number alone and returns a new array of the shape of x ----------


def relu(x):
    """x where it is positive, 0 elsewhere."""
    raise NotImplementedError("TODO 2: the larger of x and 0")


def leaky_relu(x, slope=0.01):
    """x where it is positive, slope * x elsewhere."""
    raise NotImplementedError("TODO 2: np.where chooses number by number")


def sigmoid(x):
    """1 / (1 + exp(-x)), between 0 and 1. A number also at x = 1000 and x = -1000."""
    raise NotImplementedError("TODO 2: the same function is 0.5 * (1 + tanh(x / 2))")


def tanh(x):
    """(exp(x) - exp(-x)) / (exp(x) + exp(-x)), between -1 and 1. A number also at x = 1000."""
    raise NotImplementedError("TODO 2: NumPy has it")


def gelu(x):
    """x times the share of a standard normal distribution that lies below x.

    That share is 0.5 * (1 + erf(x / sqrt(2))). The exact form is asked for; `erf` is given above.
    """
    raise NotImplementedError("TODO 2: x times the share")


# --- losses: each returns one float, a mean -----------------------------------------------------


def mse(pred, target):
    """The mean of the squared errors.

    pred, target: arrays of one shape. Raises ValueError when the shapes differ.
    """
    raise NotImplementedError("TODO 3: refuse two shapes; then square and average")


def mae(pred, target):
    """The mean of the absolute errors. Raises ValueError when the shapes differ."""
    raise NotImplementedError("TODO 3: as mse, with the size of each error")


def huber(pred, target, delta=1.0):
    """The mean of e ** 2 / 2 for errors up to delta, and of delta * (|e| - delta / 2) beyond.

    Raises ValueError when the shapes differ.
    """
    raise NotImplementedError("TODO 3: np.where chooses between the two pieces")


def bce_with_logits(logits, y):
    """The mean of -log(p) where y is 1 and of -log(1 - p) where y is 0, with p = sigmoid(logits).

    logits: scores of any shape, as large as 1000 or as small as -1000.   y: zeros and ones, of
    the same shape. Raises ValueError when the shapes differ.
    """
    raise NotImplementedError("TODO 4: np.logaddexp(0, z) is log(1 + exp(z)) and cannot overflow")


def cross_entropy(logits, y):
    """The mean of -log of the probability that softmax gives to the right class.

    logits: scores, (N, K), as large as 1000.   y: labels, (N,), whole numbers in 0..K-1.
    Raises ValueError when a label is below 0, or K or more.
    """
    raise NotImplementedError("TODO 5: subtract each row's maximum first, and take log by formula")


# --- a network ----------------------------------------------------------------------------------


def mlp_forward(x, params, act):
    """Linear layers with a bend between them, and none after the last.

    x: (N, D).   params: a list of (W, b), first layer first.   act: a function such as relu.
    Returns (out, cache). The cache is a list with one pair (x, z) for each layer: what went into
    its `linear`, and what came out of it before any bend.
    """
    raise NotImplementedError("TODO 6: linear, bend, linear, bend, linear")


def evaluate(out, y, kind):
    """The loss that fits a kind of question, and what the network answers.

    kind: "number": out and y of one shape; the answer is out itself.
          "two classes": out (N,), y zeros and ones (N,); the answer is 0 or 1, an int, (N,).
          "many classes": out (N, K), y labels (N,); the answer is a label, (N,).
          "several labels": out (N, L), y zeros and ones (N, L); the answer is 0 or 1 each, (N, L).
    A class or label is answered with 1 when its probability is above a half.
    Returns (loss, answers). Raises ValueError for another kind.
    """
    raise NotImplementedError("TODO 7: which question needs which loss, and which answer?")


def initial_loss(K):
    """What cross_entropy gives for a classifier that knows nothing about its K classes.

    K: how many classes, 2 or more. Returns a float.
    """
    raise NotImplementedError("TODO 8: which probability does it give to each class?")


# --- a first slope ------------------------------------------------------------------------------


def gelu_slope(x):
    """How steep gelu is at x: by how much it grows for each small step to the right.

    gelu is the product of x and the share below x, and both grow. The slope of the share is the
    height of the normal curve, exp(-x * x / 2) / sqrt(2 * pi). Returns an array of the shape of x.
    """
    raise NotImplementedError("TODO 9: the slope of a product has two terms")
