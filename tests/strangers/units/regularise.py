# right: the gradient with where
def l1_penalty(w, lam):
    penalty = 0.0
    for value in np.ravel(w):
        penalty += abs(value)
    grad = np.where(w > 0, 1.0, np.where(w < 0, -1.0, 0.0))
    return float(lam * penalty), lam * grad


# right: the squared norm
def l2_penalty(w, lam):
    return 0.5 * lam * float(np.linalg.norm(w) ** 2), lam * w


# right: inverted dropout as in cs231n, with the same draw
def dropout(x, p, training, rng):
    if p < 0 or p > 1:
        raise ValueError("dropout probability must be between 0 and 1")
    if not training:
        return x, np.ones(x.shape)
    if p == 1.0:
        nothing = np.zeros(x.shape)
        return nothing, nothing.copy()
    keep = 1 - p
    mask = np.where(rng.random(x.shape) < p, 0.0, 1.0) / keep
    return mask * x, mask


# right: a counter that counts down
class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience = patience
        self.min_delta = min_delta
        self.left = patience
        self.best = float("inf")
        self.best_weights = None

    def update(self, loss, weights):
        if self.best - loss > self.min_delta:
            self.best = loss
            self.best_weights = [np.array(w) for w in weights]
            self.left = self.patience
            return False
        self.left -= 1
        return self.left <= 0


# right: np.roll, and zeros where something came in
def augment_shift(img, dx, dy):
    height, width = img.shape[-2:]
    out = np.roll(img, (dy, dx), axis=(-2, -1))
    rows = np.arange(height)
    columns = np.arange(width)
    seen = ((rows - dy >= 0) & (rows - dy < height))[:, None]
    seen = seen & ((columns - dx >= 0) & (columns - dx < width))[None, :]
    return np.where(seen, out, 0).astype(img.dtype)


# right: pixel by pixel
def augment_shift(img, dx, dy):
    H, W = img.shape[-2], img.shape[-1]
    moved = np.zeros_like(img)
    for i in range(H):
        for j in range(W):
            if 0 <= i - dy < H and 0 <= j - dx < W:
                moved[..., i, j] = img[..., i - dy, j - dx]
    return moved


# right: the partners in variables of their own
def mixup(x, y, alpha, rng):
    lam = rng.beta(alpha, alpha)
    idx = rng.permutation(x.shape[0])
    x2, y2 = x[idx, :], y[idx, :]
    return x2 + lam * (x - x2), y2 + lam * (y - y2)


# right: a loop with <
def generalisation_gap(history):
    best, where = float("inf"), 0
    for i, v in enumerate(history["val"]):
        if v < best:
            best, where = v, i
    return float(best - history["train"][where]), where


# right: the four arrays by name
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    W1, b1, W2, b2 = [w.copy() for w in params]
    hist = {"train": [], "val": []}
    stopper = EarlyStopping(patience) if patience is not None else None
    for _ in range(steps):
        Xb = augment(X, rng) if augment is not None else X
        g1, h1, g2, h2 = gradients([W1, b1, W2, b2], Xb, y, p, rng)
        W1 = W1 - lr * (g1 + lam * W1)
        b1 = b1 - lr * h1
        W2 = W2 - lr * (g2 + lam * W2)
        b2 = b2 - lr * h2
        now = [W1, b1, W2, b2]
        hist["train"].append(data_loss(now, X, y))
        hist["val"].append(data_loss(now, X_val, y_val))
        if stopper is not None and stopper.update(hist["val"][-1], now):
            break
    if stopper is not None:
        return stopper.best_weights, hist
    return [W1, b1, W2, b2], hist


# wrong: half the sum, as in L2
# named: l1_penalty-5
def l1_penalty(w, lam):
    return float(lam / 2 * np.abs(w).sum()), lam * np.sign(w)


# wrong: no absolute value
# named: l1_penalty-4
def l1_penalty(w, lam):
    return float(lam * np.sum(w)), lam * np.sign(w)


# wrong: the gradient of L2
# named: l1_penalty-1
def l1_penalty(w, lam):
    return float(lam * np.sum(np.abs(w))), lam * w


# wrong: -1 at exactly 0
# named: l1_penalty-3
def l1_penalty(w, lam):
    return float(lam * np.sum(np.abs(w))), lam * np.where(w > 0, 1.0, -1.0)


# wrong: w over its absolute value, which is nan at 0
# named: l1_penalty-6
def l1_penalty(w, lam):
    return float(lam * np.sum(np.abs(w))), lam * w / np.abs(w)


# wrong: lam is missing in the gradient
# named: l1_penalty-7
def l1_penalty(w, lam):
    return float(lam * np.sum(np.abs(w))), np.sign(w)


# wrong: the gradient of the sum of squares without the half
# named: l2_penalty-1
def l2_penalty(w, lam):
    return float(lam / 2 * np.sum(w**2)), 2 * lam * w


# wrong: the half is missing in the penalty
# named: l2_penalty-4
def l2_penalty(w, lam):
    return float(lam * np.sum(w**2)), lam * w


# wrong: both without the half, as in cs231n's first assignment
# named: l2_penalty-4
def l2_penalty(w, lam):
    return float(lam * np.sum(w * w)), 2 * lam * w


# wrong: the length, not its square
# named: l2_penalty-2
def l2_penalty(w, lam):
    return float(lam / 2 * np.sqrt(np.sum(w**2))), lam * w


# wrong: the mean of the squares
# named: l2_penalty-3
def l2_penalty(w, lam):
    return float(lam / 2 * np.mean(w**2)), lam * w


# wrong: p is the probability to keep, as in the paper
# named: dropout-10
def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p")
    if not training:
        return x, np.ones_like(x)
    if p == 0:
        return np.zeros_like(x), np.zeros_like(x)
    mask = (rng.random(x.shape) < p) / p
    return x * mask, mask


# wrong: not scaled
# named: dropout-1
def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p")
    if not training:
        return x, np.ones_like(x)
    mask = (rng.random(x.shape) >= p).astype(float)
    return x * mask, mask


# wrong: scaled at inference, as in the first paper
# named: dropout-1
def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p")
    if not training:
        return x * (1 - p), np.ones_like(x) * (1 - p)
    mask = (rng.random(x.shape) >= p).astype(float)
    return x * mask, mask


# wrong: scaled by 1 / p
# named: dropout-2
def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p")
    if not training or p == 0:
        return x, np.ones_like(x)
    mask = (rng.random(x.shape) >= p) / p
    return x * mask, mask


# wrong: p = 1 divides by zero
# named: dropout-8
def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p")
    if not training:
        return x, np.ones_like(x)
    mask = (rng.random(x.shape) >= p) / (1 - p)
    return x * mask, mask


# wrong: p is not looked at
# named: dropout-9
def dropout(x, p, training, rng):
    if not training:
        return x, np.ones_like(x)
    if p == 1:
        return np.zeros_like(x), np.zeros_like(x)
    mask = (rng.random(x.shape) >= p) / (1 - p)
    return x * mask, mask


# wrong: p = 1 is refused too
# named: ValueError: p must be in [0, 1)
def dropout(x, p, training, rng):
    if p < 0 or p >= 1:
        raise ValueError("p must be in [0, 1)")
    if not training:
        return x, np.ones_like(x)
    mask = (rng.random(x.shape) >= p) / (1 - p)
    return x * mask, mask


# wrong: whole rows are dropped
# named: dropout-6
def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p")
    if not training:
        return x, np.ones_like(x)
    if p == 1:
        return np.zeros_like(x), np.zeros_like(x)
    mask = (rng.random(len(x)) >= p) / (1 - p)
    mask = mask.reshape(-1, *[1] * (x.ndim - 1)) * np.ones_like(x)
    return x * mask, mask


# wrong: the global generator
# named: Not deterministic
def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p")
    if not training:
        return x, np.ones_like(x)
    if p == 1:
        return np.zeros_like(x), np.zeros_like(x)
    mask = (np.random.rand(*x.shape) >= p) / (1 - p)
    return x * mask, mask


# wrong: nothing is dropped in training, everything at inference
# named: dropout-11
def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p")
    if training:
        return x, np.ones_like(x)
    if p == 1:
        return np.zeros_like(x), np.zeros_like(x)
    mask = (rng.random(x.shape) >= p) / (1 - p)
    return x * mask, mask


# wrong: the mask holds the places that are dropped
# named: dropout-4
def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p")
    if not training:
        return x, np.ones_like(x)
    if p == 1:
        return np.zeros_like(x), np.zeros_like(x)
    mask = (rng.random(x.shape) < p) / (1 - p)
    return x * mask, mask


# wrong: the gradient goes through everywhere
# named: dropout_backward-2
def dropout_backward(g, mask):
    return g


# wrong: the mask as yes or no, so that the scale is lost
# named: dropout_backward-3
def dropout_backward(g, mask):
    return g * (mask > 0)


# wrong: divided by the mask
# named: dropout_backward-4
def dropout_backward(g, mask):
    return np.where(mask > 0, g / np.maximum(mask, 1e-12), 0.0)


# wrong: the weights themselves are kept, which go on changing
# named: EarlyStopping-4
class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        if loss < self.best - self.min_delta:
            self.best, self.waited, self.best_weights = loss, 0, weights
        else:
            self.waited += 1
        return self.waited >= self.patience


# wrong: a copy of the list, not of the arrays
# named: EarlyStopping-4
class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        if loss < self.best - self.min_delta:
            self.best, self.waited, self.best_weights = loss, 0, list(weights)
        else:
            self.waited += 1
        return self.waited >= self.patience


# wrong: the count goes on after an improvement
# named: EarlyStopping-1
class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        if loss < self.best - self.min_delta:
            self.best = loss
            self.best_weights = [w.copy() for w in weights]
        else:
            self.waited += 1
        return self.waited >= self.patience


# wrong: one update too late
# named: EarlyStopping-3
class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        if loss < self.best - self.min_delta:
            self.best, self.waited = loss, 0
            self.best_weights = [w.copy() for w in weights]
        else:
            self.waited += 1
        return self.waited > self.patience


# wrong: an equal loss is an improvement
# named: EarlyStopping-7
class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        if loss <= self.best - self.min_delta:
            self.best, self.waited = loss, 0
            self.best_weights = [w.copy() for w in weights]
        else:
            self.waited += 1
        return self.waited >= self.patience


# wrong: min_delta has the wrong sign
# named: EarlyStopping-10
class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        if loss < self.best + self.min_delta:
            self.best, self.waited = loss, 0
            self.best_weights = [w.copy() for w in weights]
        else:
            self.waited += 1
        return self.waited >= self.patience


# wrong: min_delta is not used
# named: EarlyStopping-6
class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        if loss < self.best:
            self.best, self.waited = loss, 0
            self.best_weights = [w.copy() for w in weights]
        else:
            self.waited += 1
        return self.waited >= self.patience


# wrong: nan counts as an improvement
# named: EarlyStopping-9
class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        if loss >= self.best - self.min_delta:
            self.waited += 1
        else:
            self.best, self.waited = loss, 0
            self.best_weights = [w.copy() for w in weights]
        return self.waited >= self.patience


# wrong: compared with the loss before, not with the best
# named: EarlyStopping-2
class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        previous = getattr(self, "previous", np.inf)
        self.previous = loss
        if loss < self.best - self.min_delta:
            self.best = loss
            self.best_weights = [w.copy() for w in weights]
        if loss < previous - self.min_delta:
            self.waited = 0
        else:
            self.waited += 1
        return self.waited >= self.patience


# wrong: roll brings the other side in
# named: augment_shift-1
def augment_shift(img, dx, dy):
    return np.roll(np.roll(img, dx, axis=-1), dy, axis=-2)


# wrong: dx and dy are swapped
# named: augment_shift-2
def augment_shift(img, dx, dy):
    H, W = img.shape[-2:]
    out = np.zeros_like(img)
    for i in range(H):
        for j in range(W):
            if 0 <= i - dx < H and 0 <= j - dy < W:
                out[..., i, j] = img[..., i - dx, j - dy]
    return out


# wrong: left and up
# named: augment_shift-3
def augment_shift(img, dx, dy):
    H, W = img.shape[-2:]
    out = np.zeros_like(img)
    for i in range(H):
        for j in range(W):
            if 0 <= i + dy < H and 0 <= j + dx < W:
                out[..., i, j] = img[..., i + dy, j + dx]
    return out


# wrong: slices that work for positive shifts only
# named: augment_shift-6
def augment_shift(img, dx, dy):
    H, W = img.shape[-2:]
    out = np.zeros_like(img)
    if dx < W and dy < H:
        out[..., dy:, dx:] = img[..., : H - dy, : W - dx]
    return out


# wrong: padded and cut, with -0 as the end of a slice
# named: augment_shift-7
def augment_shift(img, dx, dy):
    out = np.zeros_like(img)
    a, b = max(dy, 0), min(dy, 0)
    c, d = max(dx, 0), min(dx, 0)
    out[..., a : img.shape[-2] + b, c : img.shape[-1] + d] = img[..., -b:-a, -d:-c]
    return out


# wrong: larger shifts than the image fail
def augment_shift(img, dx, dy):
    H, W = img.shape[-2:]
    padded = np.zeros((*img.shape[:-2], 3 * H, 3 * W), dtype=img.dtype)
    padded[..., H : 2 * H, W : 2 * W] = img
    return padded[..., H - dy : 2 * H - dy, W - dx : 2 * W - dx]


# wrong: the caller's image is changed
# named: augment_shift-5
def augment_shift(img, dx, dy):
    H, W = img.shape[-2:]
    old = img.copy()
    img[...] = 0
    for i in range(H):
        for j in range(W):
            if 0 <= i - dy < H and 0 <= j - dx < W:
                img[..., i, j] = old[..., i - dy, j - dx]
    return img


# wrong: a weight for each example
# named: mixup-7
def mixup(x, y, alpha, rng):
    lam = rng.beta(alpha, alpha, size=(len(x), 1))
    idx = rng.permutation(len(x))
    return lam * x + (1 - lam) * x[idx], lam * y + (1 - lam) * y[idx]


# wrong: other partners for y
# named: mixup-2
def mixup(x, y, alpha, rng):
    lam = rng.beta(alpha, alpha)
    mx = lam * x + (1 - lam) * x[rng.permutation(len(x))]
    my = lam * y + (1 - lam) * y[rng.permutation(len(y))]
    return mx, my


# wrong: the targets are not mixed
# named: mixup-1
def mixup(x, y, alpha, rng):
    lam = rng.beta(alpha, alpha)
    idx = rng.permutation(len(x))
    return lam * x + (1 - lam) * x[idx], y


# wrong: the weights of both are lam
# named: mixup-4
def mixup(x, y, alpha, rng):
    lam = rng.beta(alpha, alpha)
    idx = rng.permutation(len(x))
    return lam * x + lam * x[idx], lam * y + lam * y[idx]


# wrong: a uniform weight
# named: mixup-6
def mixup(x, y, alpha, rng):
    lam = rng.random()
    idx = rng.permutation(len(x))
    return lam * x + (1 - lam) * x[idx], lam * y + (1 - lam) * y[idx]


# wrong: partners drawn with replacement
# named: mixup-8
def mixup(x, y, alpha, rng):
    lam = rng.beta(alpha, alpha)
    idx = rng.integers(len(x), size=len(x))
    return lam * x + (1 - lam) * x[idx], lam * y + (1 - lam) * y[idx]


# wrong: the weights are swapped for y
# named: mixup-9
def mixup(x, y, alpha, rng):
    lam = rng.beta(alpha, alpha)
    idx = rng.permutation(len(x))
    return lam * x + (1 - lam) * x[idx], (1 - lam) * y + lam * y[idx]


# wrong: the last step
# named: generalisation_gap-1
def generalisation_gap(history):
    return float(history["val"][-1] - history["train"][-1]), len(history["val"]) - 1


# wrong: the step that is best in training
# named: generalisation_gap-2
def generalisation_gap(history):
    step = int(np.argmin(history["train"]))
    return float(history["val"][step] - history["train"][step]), step


# wrong: the sign
# named: generalisation_gap-3
def generalisation_gap(history):
    step = int(np.argmin(history["val"]))
    return float(history["train"][step] - history["val"][step]), step


# wrong: the two minima, at different steps
# named: generalisation_gap-4
def generalisation_gap(history):
    step = int(np.argmin(history["val"]))
    return float(min(history["val"]) - min(history["train"])), step


# wrong: the last of equally good steps
# named: generalisation_gap-5
def generalisation_gap(history):
    best, where = np.inf, 0
    for i, v in enumerate(history["val"]):
        if v <= best:
            best, where = v, i
    return float(best - history["train"][where]), where


# wrong: the step with the largest gap
# named: generalisation_gap-6
def generalisation_gap(history):
    gaps = np.array(history["val"]) - np.array(history["train"])
    step = int(np.argmax(gaps))
    return float(gaps[step]), step


# wrong: steps counted from 1
# named: generalisation_gap-7
def generalisation_gap(history):
    step = int(np.argmin(history["val"]))
    return float(history["val"][step] - history["train"][step]), step + 1


# wrong: the biases decay too
# named: fit-1
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    params = [w.copy() for w in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(patience if patience else steps + 1)
    for _ in range(steps):
        batch = augment(X, rng) if augment else X
        for w, g in zip(params, gradients(params, batch, y, p, rng)):
            w -= lr * (g + lam * w)
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return (stopping.best_weights if patience else params), history


# wrong: the caller's params are trained
# named: fit-5
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    history = {"train": [], "val": []}
    stopping = EarlyStopping(patience if patience else steps + 1)
    for _ in range(steps):
        batch = augment(X, rng) if augment else X
        for w, g in zip(params, gradients(params, batch, y, p, rng)):
            w -= lr * (g + (lam * w if w.ndim == 2 else 0))
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return (stopping.best_weights if patience else params), history


# wrong: the last weights with patience too
# named: fit-10
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    params = [w.copy() for w in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(patience if patience else steps + 1)
    for _ in range(steps):
        batch = augment(X, rng) if augment else X
        for w, g in zip(params, gradients(params, batch, y, p, rng)):
            w -= lr * (g + (lam * w if w.ndim == 2 else 0))
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return params, history


# wrong: the best weights without patience too
# named: fit-12
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    params = [w.copy() for w in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(patience if patience else steps + 1)
    for _ in range(steps):
        batch = augment(X, rng) if augment else X
        for w, g in zip(params, gradients(params, batch, y, p, rng)):
            w -= lr * (g + (lam * w if w.ndim == 2 else 0))
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return stopping.best_weights, history


# wrong: the penalty is in the losses
# named: fit-3
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    params = [w.copy() for w in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(patience if patience else steps + 1)
    for _ in range(steps):
        batch = augment(X, rng) if augment else X
        for w, g in zip(params, gradients(params, batch, y, p, rng)):
            w -= lr * (g + (lam * w if w.ndim == 2 else 0))
        penalty = l2_penalty(params[0], lam)[0] + l2_penalty(params[2], lam)[0]
        history["train"].append(data_loss(params, X, y) + penalty)
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return (stopping.best_weights if patience else params), history


# wrong: the loss on the augmented batch
# named: fit-7
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    params = [w.copy() for w in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(patience if patience else steps + 1)
    for _ in range(steps):
        batch = augment(X, rng) if augment else X
        for w, g in zip(params, gradients(params, batch, y, p, rng)):
            w -= lr * (g + (lam * w if w.ndim == 2 else 0))
        history["train"].append(data_loss(params, batch, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return (stopping.best_weights if patience else params), history


# wrong: augmented once, before the loop
# named: fit-15
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    params = [w.copy() for w in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(patience if patience else steps + 1)
    batch = augment(X, rng) if augment else X
    for _ in range(steps):
        for w, g in zip(params, gradients(params, batch, y, p, rng)):
            w -= lr * (g + (lam * w if w.ndim == 2 else 0))
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return (stopping.best_weights if patience else params), history


# wrong: each augmented X is made of the one before
# named: fit-6
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    params = [w.copy() for w in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(patience if patience else steps + 1)
    for _ in range(steps):
        if augment:
            X = augment(X, rng)
        for w, g in zip(params, gradients(params, X, y, p, rng)):
            w -= lr * (g + (lam * w if w.ndim == 2 else 0))
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return (stopping.best_weights if patience else params), history


# wrong: stops by the training loss
# named: fit-13
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    params = [w.copy() for w in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(patience if patience else steps + 1)
    for _ in range(steps):
        batch = augment(X, rng) if augment else X
        for w, g in zip(params, gradients(params, batch, y, p, rng)):
            w -= lr * (g + (lam * w if w.ndim == 2 else 0))
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["train"][-1], params):
            break
    return (stopping.best_weights if patience else params), history


# wrong: w = w - ... in the loop changes nothing in the list
# named: fit-14
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    params = [w.copy() for w in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(patience if patience else steps + 1)
    for _ in range(steps):
        batch = augment(X, rng) if augment else X
        for w, g in zip(params, gradients(params, batch, y, p, rng)):
            w = w - lr * (g + (lam * w if w.ndim == 2 else 0))
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return (stopping.best_weights if patience else params), history


# wrong: return inside the loop
# named: The loop of `fit` ends in its
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    params = [w.copy() for w in params]
    history = {"train": [], "val": []}
    for _ in range(steps):
        batch = augment(X, rng) if augment else X
        for w, g in zip(params, gradients(params, batch, y, p, rng)):
            w -= lr * (g + (lam * w if w.ndim == 2 else 0))
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        return params, history


# wrong: the penalty is forgotten
# named: fit-2
def fit(
    params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None, augment=None
):
    params = [w.copy() for w in params]
    history = {"train": [], "val": []}
    stopping = EarlyStopping(patience if patience else steps + 1)
    for _ in range(steps):
        batch = augment(X, rng) if augment else X
        for w, g in zip(params, gradients(params, batch, y, p, rng)):
            w -= lr * g
        history["train"].append(data_loss(params, X, y))
        history["val"].append(data_loss(params, X_val, y_val))
        if stopping.update(history["val"][-1], params):
            break
    return (stopping.best_weights if patience else params), history


# right: log-uniform draws, then a shrinking box around the best
def tune(train, budget, rng):
    best_loss, best = np.inf, (1e-2, 1e-3)
    width = 1.5
    for i in range(budget):
        if i < budget // 2:
            lr, lam = np.exp(rng.uniform(np.log([1e-6, 1e-6]), np.log([1e3, 1e2])))
        else:
            lr, lam = np.array(best) * 10 ** rng.uniform(-width, width, size=2)
            width *= 0.85
        loss = train(lr, lam)
        if loss < best_loss:
            best_loss, best = loss, (lr, lam)
    return best


# right: one number after the other, and no chance at all
def tune(train, budget, rng):
    results = {}

    def run(lr, lam):
        if len(results) < budget:
            loss = train(lr, lam)
            results[lr, lam] = loss if loss == loss else 1e9

    for k in range(-6, 4):
        run(10.0**k, 1e-4)
    lr = min(results, key=results.get)[0]
    for f in (0.25, 0.5, 2, 4):
        run(lr * f, 1e-4)
    lr = min(results, key=results.get)[0]
    for lam in (1e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0):
        run(lr, lam)
    lr, lam = min(results, key=results.get)
    for f in (0.6, 1.5, 0.8, 1.25):
        run(lr * f, lam)
    return min(results, key=results.get)


# right: plain floats in a list, sorted at the end
def tune(train, budget, rng):
    log = []
    first = (budget + 1) // 2
    for lr in np.logspace(-6, 3, first):
        log.append([train(lr, 0.01), lr, 0.01])
    log = [each if np.isfinite(each[0]) else [1e12, *each[1:]] for each in log]
    while len(log) < budget:
        log.sort()
        lr, lam = log[0][1] * np.exp(rng.normal()), log[0][2] * np.exp(rng.normal())
        loss = train(lr, lam)
        log.append([loss if np.isfinite(loss) else 1e12, lr, lam])
    return tuple(sorted(log)[0][1:])


# wrong: random search with half of the budget
# named: tune-1
def tune(train, budget, rng):
    best, pair = float("inf"), None
    for _ in range(budget // 2):
        lr = 10 ** rng.uniform(-6, 3)
        lam = 10 ** rng.uniform(-6, 2)
        loss = train(lr, lam)
        if loss < best:
            best, pair = loss, (lr, lam)
    return pair


# wrong: uniform draws over the whole range
# named: tune-2
def tune(train, budget, rng):
    best, pair = float("inf"), (1e-6, 1e-6)
    for _ in range(budget):
        lr, lam = rng.uniform(1e-6, 1e3), rng.uniform(1e-6, 1e2)
        loss = train(lr, lam)
        if pair == (1e-6, 1e-6) or loss < best:
            best, pair = (loss if loss == loss else best), (lr, lam)
    return pair


# wrong: the winner is trained once more, and that run is charged too
# named: tune-3
def tune(train, budget, rng):
    tried = []
    for lr in np.geomspace(1e-6, 1e3, budget // 2):
        loss = train(lr, 1e-3)
        tried.append((loss if np.isfinite(loss) else np.inf, lr, 1e-3))
    while len(tried) < budget:
        _, lr, lam = min(tried)
        lr, lam = lr * 10 ** rng.uniform(-1, 1), lam * 10 ** rng.uniform(-1, 1)
        loss = train(lr, lam)
        tried.append((loss if np.isfinite(loss) else np.inf, lr, lam))
    best = min(tried)
    train(*best[1:])
    return best[1:]


# wrong: argmin with nan
# named: tune-4
def tune(train, budget, rng):
    pairs = [(lr, 1e-3) for lr in np.geomspace(1e-6, 1e3, budget)]
    losses = [train(*pair) for pair in pairs]
    return pairs[int(np.argmin(losses))]


# wrong: the last pair
# named: tune-5
def tune(train, budget, rng):
    best = np.inf, 1.0, 1e-3
    for lr in np.geomspace(1e-6, 1e3, budget // 2):
        loss = train(lr, 1e-3)
        if loss < best[0]:
            best = loss, lr, 1e-3
    for _ in range(budget - budget // 2):
        lr, lam = best[1] * 10 ** rng.uniform(-1, 1), best[2] * 10 ** rng.uniform(-1, 1)
        loss = train(lr, lam)
        if loss < best[0]:
            best = loss, lr, lam
    return lr, lam
