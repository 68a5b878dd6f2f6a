"""Regularisation and generalisation: a network that does well on examples it has not seen.

A small network with a few examples, some of them labelled wrongly, learns everything by heart.
You write what is used against that, and a training loop that uses it.

Letters: N examples, D inputs, H hidden numbers, K classes. `params` is a list of four arrays, W1
(H, D), b1 (H,), W2 (K, H), b2 (K,). The network and its slopes are given. Write plain NumPy;
`undergrad check regularise` runs it.
"""

import numpy as np

# --- given: a network with one hidden layer, and its slopes -------------------------------------


def init(sizes, rng):
    """The first weights of a network of `sizes` (D, H, K), with He's variance; a list of four."""
    d, h, k = sizes
    W1, W2 = rng.normal(size=(h, d)) * np.sqrt(2 / d), rng.normal(size=(k, h)) * np.sqrt(2 / h)
    return [W1, np.zeros(h), W2, np.zeros(k)]


def scores(params, X):
    """X (N, D) through the network, without dropout. Returns scores before softmax, (N, K)."""
    W1, b1, W2, b2 = params
    return np.maximum(X @ W1.T + b1, 0) @ W2.T + b2


def data_loss(params, X, y):
    """The mean cross-entropy on X (N, D) with labels y (N,). A float, without any penalty."""
    z = scores(params, X)
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].mean())


def slopes(params, X, y, p, rng):
    """The slope of the data loss for each array of params, with your dropout on the hidden layer.

    p: the share of hidden numbers that is left out; 0 does not call dropout at all.
    """
    W1, b1, W2, b2 = params
    z = X @ W1.T + b1
    h, mask = dropout(np.maximum(z, 0), p, True, rng) if p else (np.maximum(z, 0), None)
    s = h @ W2.T + b2
    e = np.exp(s - s.max(axis=1, keepdims=True))
    g = e / e.sum(axis=1, keepdims=True)
    g[np.arange(len(y)), y] -= 1
    g /= len(y)
    gh = dropout_backward(g @ W2, mask) if p else g @ W2
    gz = gh * (z > 0)
    return [gz.T @ X, gz.sum(axis=0), g.T @ h, g.sum(axis=0)]


# --- yours --------------------------------------------------------------------------------------


def l1_penalty(w, lam):
    """The price lam * sum(|w|) of large weights, and its slope.

    w: any shape.   lam: how dear they are.
    Returns (price, slope): a float and an array like w. The slope at exactly 0 is 0.
    """
    raise NotImplementedError("TODO 1: the slope of |w| is 1 or -1")


def l2_penalty(w, lam):
    """The price lam / 2 * sum(w**2) of large weights, and its slope. Returns like `l1_penalty`."""
    raise NotImplementedError("TODO 1: the slope of w**2 / 2 is w")


def dropout(x, p, training, rng):
    """In training each number of x is left out with probability p; the others grow to make up.

    x: any shape.   p: from 0 to 1.   training: in use (False) nothing happens.
    Returns (y, mask), both like x: y = x * mask, and the mask holds 0 or 1 / (1 - p). In use the
    mask is all ones; for p = 1 all zeros. Raises ValueError for a p below 0 or above 1.
    """
    raise NotImplementedError("TODO 2: rng.random(x.shape) >= p says who stays")


def dropout_backward(g, mask):
    """The slope for x, from the slope g for y. g, mask: one shape."""
    raise NotImplementedError("TODO 2: y = x * mask")


class EarlyStopping:
    """Remembers the best loss on held-out data and its weights, and says when to stop.

    patience: after how many updates in a row without improvement to stop.
    min_delta: a loss is an improvement when it is lower than `best` by more than this.
    After each update: `best` is the best loss so far (infinity before the first), and
    `best_weights` a copy of the weights that had it (None before the first).
    """

    def __init__(self, patience, min_delta=0.0):
        raise NotImplementedError("TODO 3: best, best_weights, and a count of the waiting")

    def update(self, loss, weights):
        """loss: a float, maybe nan, which is no improvement.   weights: a list of arrays.

        Returns True when it is time to stop. The caller goes on changing the weights in place.
        """
        raise NotImplementedError("TODO 3: better: remember a copy; otherwise: count")


def augment_shift(img, dx, dy):
    """The picture moved dx pixels to the right and dy down; what comes in from outside is 0.

    img: (..., height, width).   dx, dy: ints, also negative, also larger than the picture.
    Returns a new array like img.
    """
    raise NotImplementedError("TODO 4: copy a window of img into a picture of zeros")


def mixup(x, y, alpha, rng):
    """Blends each example with another one, and its target in the same proportion.

    x: (N, D).   y: targets, (N, K), such as one-hot rows.   alpha: of the Beta distribution.
    One share for the whole batch, from rng.beta(alpha, alpha), and one random order of the
    partners. Returns (share * x + (1 - share) * partners, and the same for y).
    """
    raise NotImplementedError("TODO 5: one share, one permutation, both for x and for y")


def generalisation_gap(history):
    """How much worse a network is on held-out data, at the moment when it is best there.

    history: {"train": losses, "val": losses}, two lists of one length.
    Returns (gap, step): loss on val minus loss on train, at the step with the lowest val loss
    (the first one, if several are equal).
    """
    raise NotImplementedError("TODO 6: find the step by val, then subtract")


def fit(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None,
        augment=None):  # fmt: skip
    """Train on all of X at once for `steps` steps, with what helps against learning by heart.

    params: a list of four arrays, left as they are.   X, y: (N, D), (N,).   X_val, y_val: held
    out.   lam: of the L2 penalty on W1 and W2, not on b1 and b2.   p: of dropout.   patience:
    of EarlyStopping on the loss on X_val; None goes through all steps.   augment: function
    (X, rng) that gives a changed X for this step.
    Returns (params, history): with `patience` the best weights, otherwise the last ones; and
    {"train": [...], "val": [...]}, the data losses on X and X_val after each step, without
    dropout, penalty or augmentation.
    """
    raise NotImplementedError("TODO 7: slopes, plus the penalty's, a step, two losses, stop?")
