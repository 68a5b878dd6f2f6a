"""Regularisation and generalisation: a network that does well on examples it has not seen.

A small network with a few examples, some of them labelled wrongly, memorises everything. You write
what helps against that, and a training loop that uses it.

Letters: N examples, D inputs, H hidden units, K classes.

`params` is a list of four arrays, W1 (H, D), b1 (H,), W2 (K, H), b2 (K,). The network and its
gradients are given. Write plain NumPy; `undergrad check regularise` runs it.
"""

import numpy as np

# --- given: a network with one hidden layer, and its gradients ----------------------------------


def init(sizes, rng):
    """The first weights of a network of `sizes` (D, H, K), with He's variance.

    Returns: W1 (H, D), b1 (H,), W2 (K, H), b2 (K,)
    """
    d, h, k = sizes
    W1, W2 = rng.normal(size=(h, d)) * np.sqrt(2 / d), rng.normal(size=(k, h)) * np.sqrt(2 / h)
    return [W1, np.zeros(h), W2, np.zeros(k)]


def logits(params, X):
    """X (N, D) through the network, without dropout and before softmax.

    Returns: z (N, K)
    """
    W1, b1, W2, b2 = params
    return np.maximum(X @ W1.T + b1, 0) @ W2.T + b2


def data_loss(params, X, y):
    """The mean cross-entropy on X (N, D) with labels y (N,), without any penalty.

    Returns: loss, float
    """
    z = logits(params, X)
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].mean())


def gradients(params, X, y, p, rng):
    """The gradient of the data loss for all of params, with your dropout on the hidden layer.

    p: the probability that a hidden unit is dropped; 0 does not call dropout at all.
    Returns: gW1 (H, D), gb1 (H,), gW2 (K, H), gb2 (K,)
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
    """The penalty lam * sum(|w|) on large weights, and its gradient, which is 0 at exactly 0.

    w: any shape.   lam: the strength of the penalty.
    Returns: penalty, float, g (like w)
    """
    # TODO 1: how fast does the penalty change with one weight, on either side of 0?
    return float(lam * np.abs(w).sum()), lam * np.sign(w)


def l2_penalty(w, lam):
    """The penalty lam / 2 * sum(w**2) on large weights, and its gradient.

    w: any shape.   lam: the strength of the penalty.
    Returns: penalty, float, g (like w)
    """
    # TODO 1: how fast does this penalty change with one weight?
    return float(lam / 2 * np.sum(w**2)), lam * w


def dropout(x, p, training, rng):
    """In training each number of x is dropped with probability p; the others are scaled up.

    y = x * mask, and the mask holds 0 or 1 / (1 - p). At inference the mask is all ones; for p = 1
    all zeros. Raises ValueError for a p below 0 or above 1.
    x: any shape.   p: from 0 to 1.   training: False at inference, where nothing is dropped.
    Returns: y (like x), mask (like x)
    """
    # TODO 2: check p; then which entries are kept, and what factor keeps the mean?
    if not 0 <= p <= 1:
        raise ValueError(f"p must lie between 0 and 1, not {p}")
    if not training:
        return x, np.ones_like(x)
    if p == 1:
        return np.zeros_like(x), np.zeros_like(x)
    mask = (rng.random(x.shape) >= p) / (1 - p)
    return x * mask, mask


def dropout_backward(g, mask):
    """The gradient of `dropout` with respect to x. g, mask: one shape.

    Returns: gx (like g)
    """
    # TODO 2: how does y change with x, for a fixed mask?
    return g * mask


class EarlyStopping:
    """Keeps the best loss on a validation set and its weights, and tells when to stop.

    patience: after how many updates in a row without improvement to stop.
    min_delta: a loss is an improvement when it is lower than `best` by more than this.
    After each update: `best` is the best loss so far (infinity before the first), and
    `best_weights` a copy of the weights that had it (None before the first).
    """

    def __init__(self, patience, min_delta=0.0):
        # TODO 3: best, best_weights, and a count of the updates without improvement
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_weights, self.waited = np.inf, None, 0

    def update(self, loss, weights):
        """loss: a float, maybe nan, which is no improvement.   weights: a list of arrays.

        True means that it is time to stop. The caller goes on changing the weights in place.
        Returns: stop, bool
        """
        # TODO 3: is this loss an improvement? What is remembered if so, and what counted if not?
        if loss < self.best - self.min_delta:  # False for nan
            self.best, self.waited = loss, 0
            self.best_weights = [each.copy() for each in weights]
        else:
            self.waited += 1
        return self.waited >= self.patience


def _spans(shift, length):  # solution only
    """Where a shifted axis lands, and which part of it does."""
    shift = max(-length, min(shift, length))
    start, end = max(shift, 0), length + min(shift, 0)
    return slice(start, end), slice(start - shift, end - shift)


def augment_shift(img, dx, dy):
    """The image moved dx pixels to the right and dy down; what comes in from outside is 0.

    img: (..., height, width).   dx, dy: ints, also negative, also larger than the image.
    Returns: moved (like img)
    """
    # TODO 4: copy a part of img into an image of zeros
    rows, from_rows = _spans(dy, img.shape[-2])
    columns, from_columns = _spans(dx, img.shape[-1])
    out = np.zeros_like(img)
    out[..., rows, columns] = img[..., from_rows, from_columns]
    return out


def mixup(x, y, alpha, rng):
    """Mixes each example with another one, and its target in the same proportion.

    One weight lam for the whole batch, drawn with rng.beta, then one random order of the partners.
    lam is the weight of the example itself, for x and for y alike.
    x: (N, D).   y: targets (N, K), such as one-hot rows.   alpha: of the Beta distribution.
    Returns: mixed_x (N, D), mixed_y (N, K)
    """
    # TODO 5: draw what x and y have in common, and blend both
    lam = rng.beta(alpha, alpha)
    partners = rng.permutation(len(x))
    return lam * x + (1 - lam) * x[partners], lam * y + (1 - lam) * y[partners]


def generalisation_gap(history):
    """How much higher the loss is on the validation set, at the step where that loss is lowest.

    history: {"train": losses, "val": losses}, two lists of one length. If several steps are equally
    good, the first one counts.
    Returns: gap, float, step, int
    """
    # TODO 6: at which step, and which of the two losses is subtracted?
    step = int(np.argmin(history["val"]))
    gap = history["val"][step] - history["train"][step]
    return float(gap), step


def fit(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None,
        augment=None):  # fmt: skip
    """Train on all of X at once for `steps` steps, with what helps against memorising.

    params: a list of four arrays, left as they are.   X, y: (N, D), (N,).   X_val, y_val: the
    validation set.   lam: of the L2 penalty on W1 and W2, not on b1 and b2.   p: of dropout.
    patience: of EarlyStopping on the loss on X_val; None takes all steps.   augment: function
    (X, rng) that gives a changed X for this step.
    The new params are the best ones with `patience`, otherwise the last ones. The history is
    {"train": [...], "val": [...]}: the data losses on X and X_val after each step, without dropout,
    penalty or augmentation.
    Returns: params, list, history, dict
    """
    # TODO 7: what happens in one step, what is recorded after it, and what is returned?
    params = [each.copy() for each in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(steps + 1 if patience is None else patience)
    for _ in range(steps):
        batch = X if augment is None else augment(X, rng)
        grads = gradients(params, batch, y, p, rng)
        for w, g in zip(params, grads, strict=True):
            decay = l2_penalty(w, lam)[1] if w.ndim == 2 else 0.0
            w -= lr * (g + decay)
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return (params if patience is None else stopping.best_weights), history


def tune(train, budget, rng):
    """Find a learning rate and a penalty with at most `budget` training runs.

    train: function (lr, lam) that trains once and returns the validation loss, which is nan where
    training diverged. Each call costs one run.   budget: at least 4.   rng: a NumPy Generator.
    The best lr lies somewhere between 1e-6 and 1e3, and the best lam between 1e-6 and 1e2.
    Returns: lr, float, lam, float; of all pairs that were tried, the one with the lowest loss
    """
    # TODO 8: on which scale do you explore, and where are the last runs best spent?
    tried, rates = [], np.geomspace(1e-6, 1e3, budget // 2)
    for run in range(budget):
        if run < len(rates):
            lr, lam = rates[run], 1e-3
        else:
            _, lr, lam = min(tried)
            lr, lam = lr * 10 ** rng.uniform(-1, 1), lam * 10 ** rng.uniform(-1, 1)
        loss = train(lr, lam)
        tried.append((loss if np.isfinite(loss) else np.inf, lr, lam))
    _, lr, lam = min(tried)
    return float(lr), float(lam)
