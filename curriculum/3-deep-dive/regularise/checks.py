"""What is asked of `regularise`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Draws may be made in any order, so random answers are judged by facts that do not depend on it.
`fit` is compared number by number where chance plays no part, and by what it gains elsewhere.
"""

import numpy as np

from undergrad.checker import distribution, improves_on, raises, task, within
from undergrad.datasets import digits


@task(1, "gives price and slope of the L1 and L2 penalties, 0 at 0", hint=[
    "Price first: all |w| added up, times lam. How does it follow one w that grows a little?",
    "The slope of |w| is the sign of w, and np.sign gives 0 at 0. The slope of w**2 / 2 is w.",
    "return float(lam * np.abs(w).sum()), lam * np.sign(w)\n"
    "# and: float(lam / 2 * np.sum(w**2)), lam * w",
])  # fmt: skip
def penalties(code, rng):
    w, lam = rng.normal(size=(3, 4)), float(rng.uniform(0.1, 0.9))
    w[1, 2] = 0.0
    return code.l1_penalty(w, lam), code.l2_penalty(w, lam)


@task(2, "holds 0 or 1 / (1 - p) in the mask, and multiplies with it", hint=[
    "If one number in five is left out, by what must the others grow so that the average stays?",
    "mask = (rng.random(x.shape) >= p) / (1 - p). Not training: a mask of ones. p = 1 would divide "
    "by 0, so it needs a line of its own.",
    "if not 0 <= p <= 1: raise ValueError(...)\n"
    "if not training: return x, np.ones_like(x)\n"
    "if p == 1: return np.zeros_like(x), np.zeros_like(x)\n"
    "mask = (rng.random(x.shape) >= p) / (1 - p)\n"
    "return x * mask, mask",
])  # fmt: skip
def mask_values(code, rng):
    x = rng.normal(size=(40, 30)) + 5
    y, mask = code.dropout(x, 0.2, True, rng)
    return np.unique(np.round(mask, 9)), np.unique(np.round(y / x, 9))


@task(2, "draws for each number by itself")
def by_itself(code, rng):
    _, mask = code.dropout(np.ones((30, 40)), 0.5, True, rng)
    return len(np.unique(mask, axis=0)), len(np.unique(mask, axis=1).T)


@task(2, "leaves out the share p", judge=within(0.17, 0.23))
def left_out(code, rng):
    y, _ = code.dropout(np.ones((200, 100)), 0.2, True, rng)
    return float(np.mean(np.asarray(y) == 0))


@task(2, "does nothing in use, and nothing with p = 0")
def in_use(code, rng):
    x = rng.normal(size=(4, 5))
    return code.dropout(x, 0.6, False, rng), code.dropout(x, 0.0, True, rng)


@task(2, "leaves out everything with p = 1, without nan")
def all_out(code, rng):
    return code.dropout(rng.normal(size=(4, 5)), 1.0, True, rng)


@task(2, "refuses a p that is no probability", judge=raises(ValueError))
def no_probability(code, rng):
    return code.dropout(rng.normal(size=3), 1.5, True, rng)


@task(2, "sends the slope back through the same mask")
def dropout_slope(code, rng):
    g = rng.normal(size=(4, 5))
    return code.dropout_backward(g, (rng.random((4, 5)) >= 0.4) / 0.6)


def told(code, losses, patience, min_delta=0.0):
    """What EarlyStopping says to these losses: after how many it stops, and what it remembers.

    The weights are changed in place between the updates and after the last, as training does it.
    """
    stopping, weights = code.EarlyStopping(patience, min_delta), [np.zeros(2), np.zeros((2, 2))]
    seen, stop = 0, False
    while seen < len(losses) and not stop:
        stop = stopping.update(losses[seen], weights)
        seen += 1
        for each in weights:
            each += 1.0
    return seen, stopping.best, stopping.best_weights


@task(3, "stops after `patience` updates in a row without improvement", hint=[
    "Which number must be compared: the loss before, or the best one so far?",
    "Lower than best - min_delta: remember the loss and a copy of each array, and set the count "
    "back to 0. Otherwise count one more. Stop when the count reaches patience.",
    "if loss < self.best - self.min_delta:\n"
    "    self.best, self.waited = loss, 0\n"
    "    self.best_weights = [each.copy() for each in weights]\n"
    "else:\n"
    "    self.waited += 1\n"
    "return self.waited >= self.patience",
])  # fmt: skip
def patience(code, rng):
    low = float(rng.uniform(1, 2))
    # One pause at the second loss, then after the fourth a slow fall that stays above it.
    losses = [low + more for more in (3, 3.5, 2, 0, 0.9, 0.8, 0.7, 0.6, 0.5)]
    return told(code, losses, patience=3)[:2]


@task(3, "keeps the best weights, not those of later steps")
def best_weights(code, rng):
    low = float(rng.uniform(1, 2))
    return told(code, [low + 1, low, low + 2, low + 3], patience=3)


@task(3, "counts only what is better by more than min_delta, and keeps best until then")
def small_gains(code, rng):
    top = float(rng.uniform(3, 4))
    creeping = [top - 0.06 * step for step in range(8)]  # 0.12 in two steps
    still = [top, top - 0.04, top - 0.08, top - 0.09]
    above = [top + more for more in (0, 1, 0.5, 0.45, 0.4, 0.35, 0.3)]
    return [told(code, losses, 3, 0.1) for losses in (creeping, still, above)]


@task(3, "takes nan for no improvement")
def not_a_number(code, rng):
    low = float(rng.uniform(1, 2))
    return told(code, [low, np.nan, np.nan], patience=2)


@task(4, "moves right and down, left and up, and fills with 0", hint=[
    "A picture of width 5 moves 2 to the right. Which columns of the old one can still be seen, "
    "and where are they now?",
    "Columns 0 to W - dx land on dx to W. For a negative dx it is the other way round; rows move "
    "by dy in the same way. What is further than the picture leaves only zeros.",
    "dx = max(-W, min(dx, W))\n"
    "start, end = max(dx, 0), W + min(dx, 0)\n"
    "# columns start:end of the new picture are start - dx:end - dx of the old one",
])  # fmt: skip
def shifted(code, rng):
    img = rng.uniform(1, 2, size=(5, 7))
    return [code.augment_shift(img.copy(), dx, dy) for dx, dy in ((2, 1), (-3, -2), (0, 1), (1, 0))]


@task(4, "works on many pictures, and when nothing of them is left in view")
def many(code, rng):
    imgs = rng.uniform(1, 2, size=(3, 2, 4, 5))
    return [code.augment_shift(imgs.copy(), dx, dy) for dx, dy in ((1, -1), (9, 0), (0, -7))]


@task(4, "leaves img as it was")
def img_unchanged(code, rng):
    img = rng.uniform(1, 2, size=(4, 5))
    before = img.copy()
    code.augment_shift(img, 1, 1)
    return img - before


@task(5, "blends the targets with the share and the partners of the examples", hint=[
    "Two random things are drawn here, once each. What must x and y have in common?",
    "share = rng.beta(alpha, alpha) and partners = rng.permutation(N). x[partners] and "
    "y[partners] are the other halves.",
    "return share * x + (1 - share) * x[partners], share * y + (1 - share) * y[partners]",
])  # fmt: skip
def together(code, rng):
    # Targets are a fixed table times the examples, and stay so when both are blended alike.
    table = rng.normal(size=(8, 3))
    mixed_x, mixed_y = code.mixup(np.eye(8), table, 1.0, rng)
    rows = np.asarray(mixed_x).sum(axis=1)
    return rows, np.asarray(mixed_y) - np.asarray(mixed_x) @ table, np.shape(mixed_y)


@task(5, "draws the share from the Beta distribution", judge=distribution(), seeds=1)
def shares(code, rng):
    # The smallest number on the diagonal is the share, whoever the partners are.
    drawn = (code.mixup(np.eye(5), np.eye(5), 0.1, rng)[0] for _ in range(400))
    return np.array([np.diag(np.asarray(mixed)).min() for mixed in drawn])


@task(6, "compares both losses where the held-out one is lowest", hint=[
    "Which of the two lists says when the network is at its best?",
    "step = argmin of val; the gap is val minus train at that step.",
    'step = int(np.argmin(history["val"]))\n'
    'return history["val"][step] - history["train"][step], step',
])  # fmt: skip
def gap(code, rng):
    n = int(rng.integers(8, 12))
    best = int(rng.integers(2, 5))
    train = np.sort(rng.uniform(0.1, 1.0, size=n))[::-1]
    train[-3] = 0.05
    val = 1.5 + 0.1 * np.abs(np.arange(n) - best)
    val[-2] = val[best]  # as good, but later
    value, step = code.generalisation_gap({"train": train.tolist(), "val": val.tolist()})
    return float(value), int(step)


def small(rng, n=7):
    """A network of sizes (5, 6, 3) with small weights, n examples, and labels."""
    params = [
        0.3 * rng.normal(size=shape) + 0.05 for shape in ((6, 5), (6,), (3, 6), (3,))
    ]  # offsets that are not 0, so that a penalty on them shows
    return params, rng.normal(size=(n, 5)), rng.integers(3, size=n)


@task(7, "takes plain steps, with the penalty's slope on W1 and W2", needs=[1, 2, 3], hint=[
    "One step is the loop of `backprop`. Where does the slope of the penalty come in, and which "
    "of the four arrays have to pay it?",
    "Copy params first. In each step: slopes(params, shown, y, p, rng), plus "
    "l2_penalty(W, lam)[1] for arrays with two axes; then note both data losses, and let "
    "EarlyStopping.update see the one on X_val.",
    "for _ in range(steps):\n"
    "    shown = X if augment is None else augment(X, rng)\n"
    "    for w, g in zip(params, slopes(params, shown, y, p, rng)):\n"
    "        w -= lr * (g + (l2_penalty(w, lam)[1] if w.ndim == 2 else 0.0))\n"
    "    # history, then: if patience is not None and stopping.update(val, params): break",
])  # fmt: skip
def plain_steps(code, rng):
    params, X, y = small(rng)
    X_val, y_val = rng.normal(size=(4, 5)), rng.integers(3, size=4)
    return code.fit(params, X, y, X_val, y_val, rng, lr=0.3, steps=9, lam=0.2)


@task(7, "leaves the params it was given as they were", needs=[1, 2, 3])
def params_unchanged(code, rng):
    params, X, y = small(rng)
    before = [each.copy() for each in params]
    code.fit(params, X, y, X, y, rng, steps=3)
    return [now - then for now, then in zip(params, before, strict=True)]


@task(7, "trains on what augment makes of X, anew in each step, and measures on X",
      needs=[1, 2, 3])  # fmt: skip
def augmented(code, rng):
    params, X, y = small(rng)
    return code.fit(
        params, X, y, X[:3], y[:3], rng, lr=0.3, steps=5, augment=lambda X, rng: 0.5 * X
    )


@task(7, "uses dropout in the slopes and not in the losses", needs=[1, 2, 3])
def with_dropout(code, rng):
    # With p = 1 nothing of the hidden layer is left, so only b2 can learn.
    params, X, y = small(rng)
    return code.fit(params, X, y, X, y, rng, lr=0.3, steps=5, p=1.0)


@task(7, "stops by patience and returns the best weights", needs=[1, 2, 3])
def stopped(code, rng):
    # The held-out labels are all wrong: what is learnt makes the loss there higher and higher.
    params, X, y = small(rng)
    return code.fit(params, X, y, X, (y + 1) % 3, rng, lr=0.3, steps=30, patience=4)


def few_digits(rng, n=80, held_out=200):
    """A few digits to learn from, three labels in ten drawn by lot, and others to test on."""
    pictures, labels = digits()
    rows = rng.permutation(len(labels))[: n + held_out]
    X, y = pictures[rows].reshape(-1, 64).astype(float), labels[rows].astype(int)
    wrong = np.arange(3 * n // 10)
    y[wrong] = (y[wrong] + rng.integers(1, 10, size=len(wrong))) % 10
    return X[:n], y[:n], X[n:], y[n:]


def gained(code, rng, **settings):
    """The loss on held-out digits, trained without and with these settings."""
    X, y, X_val, y_val = few_digits(rng)
    params = code.init((64, 32, 10), rng)
    without, _ = code.fit(params, X, y, X_val, y_val, rng, steps=400)
    helped, _ = code.fit(params, X, y, X_val, y_val, rng, steps=400, **settings)
    return code.data_loss(without, X_val, y_val), code.data_loss(helped, X_val, y_val)


@task(7, "does better on unseen digits with a penalty", needs=[1, 2, 3],
      judge=improves_on(0.02))  # fmt: skip
def penalty_helps(code, rng):
    return gained(code, rng, lam=0.02)


@task(7, "does better on unseen digits with dropout and patience",
      needs=[1, 2, 3], judge=improves_on(0.02))  # fmt: skip
def dropout_helps(code, rng):
    return gained(code, rng, p=0.5, patience=40)
