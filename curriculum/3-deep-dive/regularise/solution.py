"""A worked solution of `regularise`."""

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
    return float(lam * np.abs(w).sum()), lam * np.sign(w)


def l2_penalty(w, lam):
    return float(lam / 2 * np.sum(w**2)), lam * w


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError(f"p must lie between 0 and 1, not {p}")
    if not training:
        return x, np.ones_like(x)
    if p == 1:
        return np.zeros_like(x), np.zeros_like(x)
    mask = (rng.random(x.shape) >= p) / (1 - p)
    return x * mask, mask


def dropout_backward(g, mask):
    return g * mask


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_weights, self.waited = np.inf, None, 0

    def update(self, loss, weights):
        if loss < self.best - self.min_delta:  # False for nan
            self.best, self.waited = loss, 0
            self.best_weights = [each.copy() for each in weights]
        else:
            self.waited += 1
        return self.waited >= self.patience


def augment_shift(img, dx, dy):
    rows, from_rows = _windows(dy, img.shape[-2])
    columns, from_columns = _windows(dx, img.shape[-1])
    out = np.zeros_like(img)
    out[..., rows, columns] = img[..., from_rows, from_columns]
    return out


def _windows(shift, length):
    """Where a shifted axis lands, and which part of it does."""
    shift = max(-length, min(shift, length))
    start, end = max(shift, 0), length + min(shift, 0)
    return slice(start, end), slice(start - shift, end - shift)


def mixup(x, y, alpha, rng):
    share, partners = rng.beta(alpha, alpha), rng.permutation(len(x))
    return share * x + (1 - share) * x[partners], share * y + (1 - share) * y[partners]


def generalisation_gap(history):
    step = int(np.argmin(history["val"]))
    return float(history["val"][step] - history["train"][step]), step


def fit(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None,
        augment=None):  # fmt: skip
    params = [each.copy() for each in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(steps + 1 if patience is None else patience)
    for _ in range(steps):
        shown = X if augment is None else augment(X, rng)
        for weights, g in zip(params, slopes(params, shown, y, p, rng), strict=True):
            decay = l2_penalty(weights, lam)[1] if weights.ndim == 2 else 0.0
            weights -= lr * (g + decay)
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return (params if patience is None else stopping.best_weights), history
