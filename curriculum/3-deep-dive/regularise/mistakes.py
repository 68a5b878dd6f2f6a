"""Typical wrong solutions of `regularise`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake

# --- what some of the wrong versions of `fit` need from the exercise ----------------------------


def _scores(params, X):
    W1, b1, W2, b2 = params
    return np.maximum(X @ W1.T + b1, 0) @ W2.T + b2


def _loss(params, X, y):
    z = _scores(params, X)
    z = z - z.max(axis=1, keepdims=True)
    return float(-(z - np.log(np.exp(z).sum(axis=1, keepdims=True)))[np.arange(len(y)), y].mean())


def _slopes(params, X, y, p, rng):
    W1, b1, W2, b2 = params
    z = X @ W1.T + b1
    mask = np.ones_like(z)
    if p:
        mask = 0 * z if p == 1 else (rng.random(z.shape) >= p) / (1 - p)
    h = np.maximum(z, 0) * mask
    s = h @ W2.T + b2
    e = np.exp(s - s.max(axis=1, keepdims=True))
    g = (e / e.sum(axis=1, keepdims=True) - np.eye(len(b2))[y]) / len(y)
    gz = g @ W2 * mask * (z > 0)
    return [gz.T @ X, gz.sum(axis=0), g.T @ h, g.sum(axis=0)]


def _fit(params, X, y, X_val, y_val, rng, lr, steps, lam, p, patience, augment, *, decay_all=False,
         last=False, measure_shown=False, pile_up=False, penalised=False, in_place=False,
         early_note=False):  # fmt: skip
    """`fit` with dials for what people turn the wrong way."""
    params = params if in_place else [each.copy() for each in params]
    train, val, best, best_at, kept = [], [], np.inf, -1, params
    original = X
    for step in range(steps):
        shown = X if augment is None else augment(X, rng)
        X = shown if pile_up else X
        noted = [each.copy() for each in params]
        for w, g in zip(params, _slopes(params, shown, y, p, rng), strict=True):
            w -= lr * (g + (lam * w if decay_all or w.ndim == 2 else 0.0))
        seen = noted if early_note else params
        price = lam / 2 * sum(np.sum(w**2) for w in params if w.ndim == 2) if penalised else 0.0
        train.append(_loss(seen, shown if measure_shown else original, y) + price)
        val.append(_loss(seen, X_val, y_val) + price)
        if val[-1] < best:
            best, best_at, kept = val[-1], step, [each.copy() for each in params]
        if patience is not None and step - best_at >= patience:
            break
    return (params if patience is None or last else kept), {"train": train, "val": val}


# --- the mistakes -------------------------------------------------------------------------------


@mistake("l1_penalty", "The slope is lam * w, the one of the L2 penalty. |w| rises at the same "
         "rate everywhere: lam * sign(w).")  # fmt: skip
def fading_pull(w, lam):
    return float(lam * np.abs(w).sum()), lam * w


@mistake("l1_penalty", "The slope is 1 also where w is negative. There |w| falls when w grows: "
         "use np.sign(w).")  # fmt: skip
def one_everywhere(w, lam):
    return float(lam * np.abs(w).sum()), lam * np.ones_like(w)


@mistake("l1_penalty", "The slope at exactly 0 is 1. A weight that is 0 should be left alone: "
         "np.sign gives 0 there.")  # fmt: skip
def pushed_off_zero(w, lam):
    return float(lam * np.abs(w).sum()), lam * np.where(w >= 0, 1.0, -1.0)


@mistake("l1_penalty", "The price adds up w with its sign, so weights above and below 0 cancel. "
         "Add up |w|.")  # fmt: skip
def cancelling(w, lam):
    return float(lam * w.sum()), lam * np.sign(w)


@mistake("l2_penalty", "The slope is 2 * lam * w. The price has a half in it, and the two cancel: "
         "lam * w.")  # fmt: skip
def no_half_in_slope(w, lam):
    return float(lam / 2 * np.sum(w**2)), 2 * lam * w


@mistake("l2_penalty", "The price is the length of w, with a root. The squares are added up and "
         "that is all.")  # fmt: skip
def length(w, lam):
    return float(lam / 2 * np.sqrt(np.sum(w**2))), lam * w


@mistake("l2_penalty", "The price is a mean over the weights. It is a sum, so that its slope for "
         "one weight does not depend on how many others there are.")  # fmt: skip
def mean_price(w, lam):
    return float(lam / 2 * np.mean(w**2)), lam * w


def _dropout(x, p, training, rng, *, keep=None, scale=None):
    if not 0 <= p <= 1:
        raise ValueError("no probability")
    if not training:
        return x, np.ones_like(x)
    if p == 1:
        return np.zeros_like(x), np.zeros_like(x)
    keep = rng.random(x.shape) >= p if keep is None else keep
    mask = keep * (1 / (1 - p) if scale is None else scale)
    return x * mask, mask


@mistake("dropout", "The others do not grow, so the sum of what comes next shrinks by 1 - p in "
         "training and not in use. Divide the mask by 1 - p.")  # fmt: skip
def not_scaled(x, p, training, rng):
    return _dropout(x, p, training, rng, scale=1.0)


@mistake("dropout", "The mask is divided by p. What is kept is the share 1 - p: divide by that.")
def scaled_by_p(x, p, training, rng):
    return _dropout(x, p, training, rng, scale=1 / p if p else 1.0)


@mistake("dropout", "y is scaled, the mask is not. The way back multiplies by the mask, so the "
         "factor 1 / (1 - p) belongs into it.")  # fmt: skip
def mask_not_scaled(x, p, training, rng):
    y, mask = _dropout(x, p, training, rng)
    return y, (mask > 0).astype(float)


@mistake("dropout", "The share p is kept and the rest left out. It is the other way round: p is "
         "the probability of being left out.")  # fmt: skip
def keeps_p(x, p, training, rng):
    return _dropout(x, p, training, rng, keep=rng.random(x.shape) < p)


@mistake("dropout", "One draw serves the whole batch: every example loses the same numbers. Draw "
         "with x.shape.")  # fmt: skip
def one_draw(x, p, training, rng):
    return _dropout(x, p, training, rng, keep=np.ones(x.shape) * (rng.random(x.shape[-1]) >= p))


@mistake("dropout", "Whole examples are left out. Draw for each number by itself, with x.shape.")
def whole_rows(x, p, training, rng):
    return _dropout(x, p, training, rng, keep=np.ones(x.shape) * (rng.random((len(x), 1)) >= p))


@mistake("dropout", "Numbers are left out in use as well. A prediction must not depend on chance: "
         "with training=False return x.")  # fmt: skip
def drops_in_use(x, p, training, rng):
    return _dropout(x, p, True, rng)


@mistake("dropout", "With p = 1 the mask divides 0 by 0 and gives nan. Nothing is kept there, so "
         "return zeros.")  # fmt: skip
def divides_by_zero(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("no probability")
    if not training:
        return x, np.ones_like(x)
    with np.errstate(all="ignore"):
        mask = (rng.random(x.shape) >= p) / np.float64(1 - p)
    return x * mask, mask


@mistake("dropout", "A p of 1.5 goes through. It is no probability: raise ValueError below 0 and "
         "above 1.")  # fmt: skip
def any_p(x, p, training, rng):
    return _dropout(x, min(max(p, 0), 1), training, rng)


@mistake("dropout_backward", "The slope is scaled once more. 1 / (1 - p) is in the mask already.")
def scaled_again(g, mask):
    return g * mask * mask


@mistake("dropout_backward", "The slope passes everywhere. Where a number was left out, x made no "
         "difference, so its slope is 0: multiply by the mask.")  # fmt: skip
def passes_everywhere(g, mask):
    return g


@mistake("dropout_backward", "The slope is stopped where it should, but it does not grow where x "
         "did. Multiply by the mask itself.")  # fmt: skip
def only_stopped(g, mask):
    return g * (mask > 0)


@mistake("EarlyStopping", "The count is never set back. Only updates without improvement in a row "
         "should count.")  # fmt: skip
class NeverBack:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_weights, self.waited = np.inf, None, 0

    def update(self, loss, weights):
        if loss < self.best - self.min_delta:
            self.best, self.best_weights = loss, [each.copy() for each in weights]
        else:
            self.waited += 1
        return self.waited >= self.patience


@mistake("EarlyStopping", "The loss is compared with the one before. A slow fall that never "
         "reaches the best would go on for ever: compare with best.")  # fmt: skip
class WithTheOneBefore:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_weights, self.waited, self.before = np.inf, None, 0, np.inf

    def update(self, loss, weights):
        if loss < self.best:
            self.best, self.best_weights = loss, [each.copy() for each in weights]
        self.waited = 0 if loss < self.before - self.min_delta else self.waited + 1
        self.before = loss
        return self.waited >= self.patience


@mistake("EarlyStopping", "It stops one update too late: the count has to reach patience, not "
         "pass it. Compare with >=.")  # fmt: skip
class OneTooLate:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_weights, self.waited = np.inf, None, 0

    def update(self, loss, weights):
        if loss < self.best - self.min_delta:
            self.best, self.waited = loss, 0
            self.best_weights = [each.copy() for each in weights]
        else:
            self.waited += 1
        return self.waited > self.patience


@mistake("EarlyStopping", "best_weights is the caller's list, which training goes on changing. "
         "Keep a copy of each array.")  # fmt: skip
class NoCopy:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_weights, self.waited = np.inf, None, 0

    def update(self, loss, weights):
        if loss < self.best - self.min_delta:
            self.best, self.waited, self.best_weights = loss, 0, weights
        else:
            self.waited += 1
        return self.waited >= self.patience


@mistake("EarlyStopping", "The last weights are kept. They had their `patience` of getting worse: "
         "keep those of the best loss.")  # fmt: skip
class LastWeights:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_weights, self.waited = np.inf, None, 0

    def update(self, loss, weights):
        self.best_weights = [each.copy() for each in weights]
        better = loss < self.best - self.min_delta
        self.best, self.waited = (loss, 0) if better else (self.best, self.waited + 1)
        return self.waited >= self.patience


@mistake("EarlyStopping", "min_delta is not used: any gain, however small, sets the count back. "
         "Compare with best - min_delta.")  # fmt: skip
class AnyGain:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_weights, self.waited = np.inf, None, 0

    def update(self, loss, weights):
        if loss < self.best:
            self.best, self.waited = loss, 0
            self.best_weights = [each.copy() for each in weights]
        else:
            self.waited += 1
        return self.waited >= self.patience


@mistake("EarlyStopping", "best creeps along with gains below min_delta, so slow progress is never "
         "seen. Leave best where it is until the gain is large enough.")  # fmt: skip
class CreepingBest:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_weights, self.waited = np.inf, None, 0

    def update(self, loss, weights):
        self.waited = 0 if loss < self.best - self.min_delta else self.waited + 1
        if loss < self.best:
            self.best, self.best_weights = loss, [each.copy() for each in weights]
        return self.waited >= self.patience


@mistake("EarlyStopping", "nan counts as an improvement, since every comparison with it is False. "
         "Ask whether the loss is lower, not whether it is higher.")  # fmt: skip
class NanIsBetter:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_weights, self.waited = np.inf, None, 0

    def update(self, loss, weights):
        if loss >= self.best - self.min_delta:
            self.waited += 1
        else:
            self.best, self.waited = loss, 0
            self.best_weights = [each.copy() for each in weights]
        return self.waited >= self.patience


def _shift(img, dx, dy):
    H, W = img.shape[-2:]
    room = [(0, 0)] * (img.ndim - 2) + [(H, H), (W, W)]
    top, left = H - max(-H, min(dy, H)), W - max(-W, min(dx, W))
    return np.pad(img, room)[..., top : top + H, left : left + W]


@mistake("augment_shift", "What leaves on one side comes back on the other: np.roll wraps round. "
         "What comes in from outside is 0.")  # fmt: skip
def wraps_round(img, dx, dy):
    return np.roll(img, (dy, dx), axis=(-2, -1))


@mistake("augment_shift", "dx and dy are swapped. The last axis is the width, and dx moves along "
         "it; rows come before it.")  # fmt: skip
def axes_swapped(img, dx, dy):
    return _shift(img, dy, dx)


@mistake("augment_shift", "The picture moves the other way. A positive dx goes right, to larger "
         "columns; a positive dy goes down, to larger rows.")  # fmt: skip
def other_way(img, dx, dy):
    return _shift(img, -dx, -dy)


@mistake("augment_shift", "A shift further than the picture goes wrong: slices that start beyond "
         "the edge count from the end. Limit dx and dy to the size of the picture.")  # fmt: skip
def beyond_the_edge(img, dx, dy):
    H, W = img.shape[-2:]
    if abs(dx) >= W or abs(dy) >= H:
        return img.copy()
    return _shift(img, dx, dy)


@mistake("augment_shift", "The caller's picture is changed. Write into np.zeros_like(img), and "
         "the same picture can be moved again in the next step.")  # fmt: skip
def img_in_place(img, dx, dy):
    img[...] = _shift(img, dx, dy)
    return img


@mistake("mixup", "The targets are not blended. An example that is part 3 and part 8 has to be "
         "called both, in the same proportion.")  # fmt: skip
def targets_left(x, y, alpha, rng):
    share, partners = rng.beta(alpha, alpha), rng.permutation(len(x))
    return share * x + (1 - share) * x[partners], y


@mistake("mixup", "The targets get partners of their own. Draw one permutation and use it for x "
         "and for y.")  # fmt: skip
def other_partners(x, y, alpha, rng):
    share, partners = rng.beta(alpha, alpha), rng.permutation(len(x))
    others = rng.permutation(len(x))
    return share * x + (1 - share) * x[partners], share * y + (1 - share) * y[others]


@mistake("mixup", "The targets get a share of their own. Draw it once and use it for x and for y.")
def other_share(x, y, alpha, rng):
    share, partners = rng.beta(alpha, alpha), rng.permutation(len(x))
    again = rng.beta(alpha, alpha)
    return share * x + (1 - share) * x[partners], again * y + (1 - again) * y[partners]


@mistake("mixup", "The shares do not add up to 1: the partner needs 1 - share.")
def too_much(x, y, alpha, rng):
    share, partners = rng.beta(alpha, alpha), rng.permutation(len(x))
    return share * x + share * x[partners], share * y + share * y[partners]


@mistake("mixup", "alpha is used as the share itself. It shapes the distribution of the share: "
         "rng.beta(alpha, alpha).")  # fmt: skip
def alpha_is_share(x, y, alpha, rng):
    partners = rng.permutation(len(x))
    return alpha * x + (1 - alpha) * x[partners], alpha * y + (1 - alpha) * y[partners]


@mistake("mixup", "The share is drawn evenly. Beta with a small alpha prefers shares near 0 and "
         "1, so that most examples change little: rng.beta(alpha, alpha).")  # fmt: skip
def evenly(x, y, alpha, rng):
    share, partners = rng.uniform(), rng.permutation(len(x))
    return share * x + (1 - share) * x[partners], share * y + (1 - share) * y[partners]


@mistake("generalisation_gap", "The gap is measured at the last step. The network that you would "
         "keep is the one that was best on val.")  # fmt: skip
def at_the_end(history):
    return history["val"][-1] - history["train"][-1], len(history["val"]) - 1


@mistake("generalisation_gap", "The step is chosen by the training loss. That one nearly always "
         "says: the last. Choose by val.")  # fmt: skip
def chosen_by_train(history):
    step = int(np.argmin(history["train"]))
    return history["val"][step] - history["train"][step], step


@mistake("generalisation_gap", "The sign is turned: the gap is how much *higher* the loss is on "
         "val, so val minus train.")  # fmt: skip
def turned_round(history):
    step = int(np.argmin(history["val"]))
    return history["train"][step] - history["val"][step], step


@mistake("generalisation_gap", "The two lowest losses are compared, and they belong to different "
         "steps. Take both at the step where val is lowest.")  # fmt: skip
def two_steps(history):
    return min(history["val"]) - min(history["train"]), int(np.argmin(history["val"]))


@mistake("fit", "The offsets pay the penalty too. They do not make the network bendier, only "
         "shift it: leave b1 and b2 out.")  # fmt: skip
def offsets_pay(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None,
                augment=None):  # fmt: skip
    return _fit(params, X, y, X_val, y_val, rng, lr, steps, lam, p, patience, augment,
                decay_all=True)  # fmt: skip


@mistake("fit", "lam is not used: the slope of the penalty has to be added to the slope of the "
         "data loss in each step.")  # fmt: skip
def lam_unused(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None,
               augment=None):  # fmt: skip
    return _fit(params, X, y, X_val, y_val, rng, lr, steps, 0.0, p, patience, augment)


@mistake("fit", "The penalty is part of the losses in history. It belongs into the step only; "
         "otherwise runs with another lam cannot be compared.")  # fmt: skip
def price_in_history(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0,
                     patience=None, augment=None):  # fmt: skip
    return _fit(params, X, y, X_val, y_val, rng, lr, steps, lam, p, patience, augment,
                penalised=True)  # fmt: skip


@mistake("fit", "The losses are noted before the step. After it is asked for, or the last step is "
         "never seen.")  # fmt: skip
def noted_before(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None,
                 augment=None):  # fmt: skip
    return _fit(params, X, y, X_val, y_val, rng, lr, steps, lam, p, patience, augment,
                early_note=True)  # fmt: skip


@mistake("fit", "The caller's params are changed. Two runs that should begin alike would not: "
         "copy the four arrays first.")  # fmt: skip
def trains_in_place(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0,
                    patience=None, augment=None):  # fmt: skip
    return _fit(params, X, y, X_val, y_val, rng, lr, steps, lam, p, patience, augment,
                in_place=True)  # fmt: skip


@mistake("fit", "Each step augments what the last one made. Begin from the original X every time, "
         "or pictures wander off.")  # fmt: skip
def piles_up(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None,
             augment=None):  # fmt: skip
    return _fit(params, X, y, X_val, y_val, rng, lr, steps, lam, p, patience, augment,
                pile_up=True)  # fmt: skip


@mistake("fit", "The training loss is measured on the augmented examples. Measure on X, as it "
         "was given.")  # fmt: skip
def measures_augmented(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0,
                       patience=None, augment=None):  # fmt: skip
    return _fit(params, X, y, X_val, y_val, rng, lr, steps, lam, p, patience, augment,
                measure_shown=True)  # fmt: skip


@mistake("fit", "augment is never called: train on augment(X, rng), anew in each step.")
def augment_unused(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0,
                   patience=None, augment=None):  # fmt: skip
    return _fit(params, X, y, X_val, y_val, rng, lr, steps, lam, p, patience, None)


@mistake("fit", "p is not handed on: give it to slopes, which calls your dropout.")
def p_unused(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None,
             augment=None):  # fmt: skip
    return _fit(params, X, y, X_val, y_val, rng, lr, steps, lam, 0.0, patience, augment)


@mistake("fit", "It stops in time but returns the last weights. With patience, return "
         "stopping.best_weights.")  # fmt: skip
def returns_last(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None,
                 augment=None):  # fmt: skip
    return _fit(params, X, y, X_val, y_val, rng, lr, steps, lam, p, patience, augment,
                last=True)  # fmt: skip


@mistake("fit", "patience is not used, and all steps are taken. Ask stopping.update after each "
         "step, and leave the loop when it says True.")  # fmt: skip
def never_stops(params, X, y, X_val, y_val, rng, lr=0.5, steps=200, lam=0.0, p=0.0, patience=None,
                augment=None):  # fmt: skip
    return _fit(params, X, y, X_val, y_val, rng, lr, steps, lam, p, None, augment)
