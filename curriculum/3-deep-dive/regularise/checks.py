"""What is asked of `regularise`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Draws may be made in any order, so random answers are judged by facts that do not depend on it.
`fit` is compared number by number where chance plays no part, and by what it gains elsewhere.
"""

import numpy as np

from undergrad.checker import decided_by, distribution, improves_on, raises, task, within
from undergrad.datasets import digits


@task(1, "gives the L1 and L2 penalties and their gradients, 0 at 0", keeps_arguments=True)
def penalties(code, rng):
    w, lam = rng.normal(size=(3, 4)), float(rng.uniform(0.1, 0.9))
    w[1, 2] = 0.0
    return code.l1_penalty(w, lam), code.l2_penalty(w, lam)


@task(2, "holds 0 or 1 / (1 - p) in the mask, and multiplies by it", keeps_arguments=True)
def mask_values(code, rng):
    x = rng.normal(size=(40, 30)) + 5
    y, mask = code.dropout(x, 0.2, True, rng)
    values = np.unique(np.round(mask, 9)), np.unique(np.round(y / x, 9))
    return *values, bool(np.mean(mask == 0) < 0.5)


@task(2, "draws for each number by itself")
def by_itself(code, rng):
    _, mask = code.dropout(np.ones((30, 40)), 0.5, True, rng)
    masks = np.broadcast_to(mask, (30, 40))
    return np.shape(mask), len(np.unique(masks, axis=0)), len(np.unique(masks, axis=1).T)


@task(2, "drops the fraction p", judge=within(0.17, 0.23))
def dropped(code, rng):
    y, _ = code.dropout(np.ones((200, 100)), 0.2, True, rng)
    return float(np.mean(np.asarray(y) == 0))


@task(2, "does nothing at inference, and nothing with p = 0")
def at_inference(code, rng):
    x = rng.normal(size=(4, 5))
    return code.dropout(x, 0.6, False, rng), code.dropout(x, 0.0, True, rng)


@task(2, "drops everything with p = 1, without nan")
def all_out(code, rng):
    return code.dropout(rng.normal(size=(4, 5)), 1.0, True, rng)


@task(2, "raises ValueError for a p that is not a probability", judge=raises(ValueError))
def not_a_probability(code, rng):
    return code.dropout(rng.normal(size=3), 1.5, True, rng)


@task(2, "raises ValueError for a p below 0", judge=raises(ValueError))
def below_zero(code, rng):
    return code.dropout(rng.normal(size=3), -rng.uniform(0.1, 0.9), True, rng)


@task(2, "leaves the draws to the generator")
def by_generator(code, rng):
    return decided_by(lambda rng: code.dropout(np.ones((6, 5)), 0.4, True, rng), rng)


@task(2, "sends the gradient back through the same mask", keeps_arguments=True)
def dropout_gradient(code, rng):
    g = rng.normal(size=(4, 5))
    return code.dropout_backward(g, (rng.random((4, 5)) >= 0.4) / 0.6)


def stopped_after(code, losses, patience, min_delta=0.0):
    """After how many of these losses EarlyStopping stops, and what it keeps.

    The weights are changed in place between the updates and after the last, as training does it.
    """
    stopping, weights = code.EarlyStopping(patience, min_delta), [np.zeros(3), np.zeros((4, 5))]
    seen, stop = 0, False
    while seen < len(losses) and not stop:
        stop = stopping.update(losses[seen], weights)
        seen += 1
        for each in weights:
            each += 1.0
    return seen, stopping.best, stopping.best_weights


@task(3, "stops after `patience` updates in a row without improvement")
def patience(code, rng):
    low = float(rng.uniform(1, 2))
    # One pause at the second loss, then after the fourth a slow fall that stays above it.
    losses = [low + more for more in (3, 3.5, 2, 0, 0.9, 0.8, 0.7, 0.6, 0.5)]
    return stopped_after(code, losses, patience=3)[:2]


@task(3, "keeps the best weights, not those of later steps")
def best_weights(code, rng):
    low = float(rng.uniform(1, 2))
    return stopped_after(code, [low + 1, low, low + 2, low + 3], patience=3)


@task(3, "counts only what is better by more than min_delta, and keeps best until then")
def small_gains(code, rng):
    top = float(rng.uniform(3, 4))
    creeping = [top - 0.06 * step for step in range(8)]  # 0.12 in two steps
    still = [top, top - 0.04, top - 0.08, top - 0.09]
    above = [top + more for more in (0, 1, 0.5, 0.45, 0.4, 0.35, 0.3)]
    rising = [top + 0.02 * step for step in range(7)]  # never better, and never worse by 0.1
    return [stopped_after(code, losses, 3, 0.1) for losses in (creeping, still, above, rising)]


@task(3, "stops when the loss stays the same")
def plateau(code, rng):
    return stopped_after(code, [float(rng.uniform(1, 2))] * 7, patience=3)[:2]


@task(3, "treats nan as no improvement")
def not_a_number(code, rng):
    low = float(rng.uniform(1, 2))
    scripts = [low, np.nan, np.nan], [np.nan, np.nan, low], [np.nan, low, np.nan, np.nan]
    return [stopped_after(code, losses, patience=2) for losses in scripts]


@task(4, "moves right and down, left and up, and fills with 0", keeps_arguments=True)
def shifted(code, rng):
    img = rng.uniform(1, 2, size=(5, 7))
    return [code.augment_shift(img.copy(), dx, dy) for dx, dy in ((2, 1), (-3, -2), (0, 1), (1, 0))]


@task(4, "works on many images, and when nothing of them is left in view")
def many(code, rng):
    imgs = rng.uniform(1, 2, size=(3, 2, 4, 5))
    return [code.augment_shift(imgs.copy(), dx, dy) for dx, dy in ((1, -1), (9, 0), (0, -7))]


@task(5, "mixes the targets with the lam and the partners of the examples", keeps_arguments=True)
def together(code, rng):
    # Targets are a fixed table times the examples, and stay so when both are mixed alike.
    table = rng.normal(size=(8, 3))
    mixed_x, mixed_y = code.mixup(np.eye(8), table, 1.0, rng)
    mixed = np.asarray(mixed_x)  # each example is taken once, and is partner once
    return mixed.sum(axis=1), mixed.sum(axis=0), np.asarray(mixed_y) - mixed @ table


@task(5, "leaves lam and the partners to the generator")
def mixed_by_generator(code, rng):
    def lam(mixed):  # or 1 - lam; the largest is 1 where a partner is the example itself
        found = np.asarray(mixed)
        return float(found[found > 0].min())

    def partners(mixed):
        return np.asarray(mixed) > 0

    return [
        decided_by(lambda rng, of=of: of(code.mixup(np.eye(9), np.eye(9), 1.0, rng)[0]), rng)
        for of in (lam, partners)
    ]


@task(5, "draws lam from the Beta distribution", judge=distribution(), seeds=1)
def lams(code, rng):
    # The smallest number on the diagonal is lam, for any order of the partners.
    drawn = (code.mixup(np.eye(5), np.eye(5), 0.1, rng)[0] for _ in range(400))
    return np.array([np.diag(np.asarray(mixed)).min() for mixed in drawn])


@task(6, "compares both losses where the validation loss is lowest")
def gap(code, rng):
    n = int(rng.integers(8, 12))
    best = int(rng.integers(2, 5))
    train = np.sort(rng.uniform(0.1, 1.0, size=n))[::-1]
    train[-3] = 0.05
    val = 1.5 + 0.1 * np.abs(np.arange(n) - best)
    val[-2] = val[best]  # as good, but later
    val[0] = 4.0  # the largest gap is at the beginning
    value, step = code.generalisation_gap({"train": train.tolist(), "val": val.tolist()})
    return float(value), int(step)


def small(rng, n=7):
    """A network of sizes (5, 6, 3) with small weights, n examples, and labels."""
    params = [
        0.3 * rng.normal(size=shape) + 0.05 for shape in ((6, 5), (6,), (3, 6), (3,))
    ]  # biases that are not 0, so that a penalty on them shows
    return params, rng.normal(size=(n, 5)), rng.integers(3, size=n)


@task(
    7,
    "takes plain steps, with the penalty's gradient on W1 and W2",
    needs=[1, 2, 3],
    keeps_arguments=True,
)
def plain_steps(code, rng):
    params, X, y = small(rng)
    X_val, y_val = rng.normal(size=(4, 5)), rng.integers(3, size=4)
    return code.fit(params, X, y, X_val, y_val, rng, lr=0.3, steps=9, lam=0.2)


@task(7, "takes 200 steps with a learning rate of 0.5 unless told otherwise", needs=[1, 2, 3])
def usual_settings(code, rng):
    params, X, y = small(rng)
    _, history = code.fit(params, X, y, X[:3], y[:3], rng)
    return history["train"][:5], len(history["train"])


@task(7, "leaves dropout and augmentation to the generator", needs=[1, 2, 3])
def trained_by_generator(code, rng):
    params, X, y = small(rng)
    kinds = {"p": 0.5}, {"augment": lambda X, rng: X + rng.normal(size=X.shape)}
    return [
        decided_by(lambda rng, kind=kind: code.fit(params, X, y, X, y, rng, steps=4, **kind), rng)
        for kind in kinds
    ]


@task(7, "trains on a new augmented X in each step, and measures on X", needs=[1, 2, 3])
def augmented(code, rng):
    params, X, y = small(rng)
    scales = iter(rng.permutation([0.4, 0.7, 1.2, 1.5, 1.8]))

    def augment(X, rng):
        return next(scales, 1.0) * X

    return code.fit(params, X, y, X[:3], y[:3], rng, lr=0.3, steps=5, augment=augment)


@task(7, "uses dropout in the gradients and not in the losses", needs=[1, 2, 3])
def with_dropout(code, rng):
    # With p = 1 nothing of the hidden layer is left, so only b2 can learn.
    params, X, y = small(rng)
    return code.fit(params, X, y, X, y, rng, lr=0.3, steps=5, p=1.0)


@task(7, "stops by patience and returns the best weights", needs=[1, 2, 3])
def stopped(code, rng):
    # The validation labels are all wrong: learning makes the loss there higher and higher.
    params, X, y = small(rng)
    return code.fit(params, X, y, X, (y + 1) % 3, rng, lr=0.3, steps=30, patience=4)


def few_digits(rng, n=80, n_val=200):
    """A few digits to learn from, three labels in ten random, and a validation set."""
    images, labels = digits()
    rows = rng.permutation(len(labels))[: n + n_val]
    X, y = images[rows].reshape(-1, 64).astype(float), labels[rows].astype(int)
    wrong = np.arange(3 * n // 10)
    y[wrong] = (y[wrong] + rng.integers(1, 10, size=len(wrong))) % 10
    return X[:n], y[:n], X[n:], y[n:]


def gained(code, rng, **settings):
    """The validation loss, trained without and with these settings."""
    X, y, X_val, y_val = few_digits(rng)
    params = code.init((64, 32, 10), rng)
    plain, _ = code.fit(params, X, y, X_val, y_val, rng, steps=400)
    regularised, _ = code.fit(params, X, y, X_val, y_val, rng, steps=400, **settings)
    return code.data_loss(plain, X_val, y_val), code.data_loss(regularised, X_val, y_val)


@task(
    7, "does better on the validation set with a penalty", needs=[1, 2, 3], judge=improves_on(0.02)
)
def penalty_helps(code, rng):
    return gained(code, rng, lam=0.02)


@task(
    7,
    "does better on the validation set with dropout and patience",
    needs=[1, 2, 3],
    judge=improves_on(0.02),
)
def dropout_helps(code, rng):
    return gained(code, rng, p=0.5, patience=40)


class Charged:
    """A training for `tune` that counts its runs and remembers what they gave."""

    def __init__(self, validation_loss):
        self.validation_loss, self.runs = validation_loss, []

    def __call__(self, lr, lam):
        loss = self.validation_loss(float(lr), float(lam))
        self.runs.append((loss if np.isfinite(loss) else np.inf, float(lr), float(lam)))
        return loss


def a_valley(rng):
    """A loss with its minimum at a random pair, and nan at rates far above it."""
    lr, lam = 10 ** rng.uniform(-4, 0), 10 ** rng.uniform(-4, 0)

    def loss(rate, penalty):
        off = np.log10(rate / lr) ** 2 + 0.1 * np.log10(penalty / lam) ** 2
        return float(off) if rate < 50 * lr else np.nan

    return loss


@task(8, "takes at most as many runs as the budget allows")
def within_budget(code, rng):
    charged = [(Charged(a_valley(rng)), budget) for budget in (5, 16)]
    for train, budget in charged:
        code.tune(train, budget, rng)
    return [len(train.runs) <= budget for train, budget in charged]


@task(8, "tries learning rates below 1 too, at least three of 24")
def explores(code, rng):
    train = Charged(a_valley(rng))
    code.tune(train, 24, rng)
    return sum(lr < 1 for _, lr, _ in train.runs) >= 3


@task(8, "returns the pair with the lowest loss of all its runs, and never one with nan")
def best_run(code, rng):
    train = Charged(a_valley(rng))
    found = tuple(float(each) for each in code.tune(train, 16, rng))
    if found == min(train.runs)[1:]:
        return "the one with the lowest loss"
    diverged = any(found == run[1:] for run in train.runs if run[0] == np.inf)
    return "one that diverged" if diverged else "another one"


RUNS, TRAININGS, WORST = 24, 30, float(np.log(10))  # the loss of guessing


def noisy_digits(rng):
    """80 digits of which 24 are labelled wrongly: (lr, lam) to the losses on 200 and 1,517 others.

    One layer with a softmax takes 20 steps with a momentum of 0.9.
    """
    images, labels = digits()
    rows = rng.permutation(len(labels))
    X, y = images[rows].reshape(-1, 64).astype(float), labels[rows].astype(int)
    wrong = np.eye(10)[(y[:80] + (np.arange(80) < 24)) % 10]

    def loss(W, part):
        z = X[part] @ W
        z = z - z.max(axis=1, keepdims=True)
        right = z[np.arange(len(z)), y[part]] - np.log(np.exp(z).sum(axis=1))
        return float(-right.mean())

    def losses(lr, lam, *parts):
        W, b = np.zeros((64, 10)), np.zeros((64, 10))
        with np.errstate(all="ignore"):
            for _ in range(20):
                z = X[:80] @ W
                p = np.exp(z - z.max(axis=1, keepdims=True))
                p /= p.sum(axis=1, keepdims=True)
                b = 0.9 * b + X[:80].T @ (p - wrong) / 80 + lam * W
                W -= lr * b
            return [loss(W, part) for part in parts]

    val, test = slice(80, 280), slice(280, None)
    return lambda lr, lam: losses(lr, lam, val)[0], lambda lr, lam: losses(lr, lam, test)[0]


@task(8, "reaches a mean test loss of 1.22 with 24 runs", judge=within(0, 1.22), seeds=1)
def tuned(code, rng):
    reached = []
    for _ in range(TRAININGS):
        validation_loss, test_loss = noisy_digits(rng)
        train = Charged(validation_loss)
        pair = code.tune(train, RUNS, rng)
        # Runs beyond the budget are not paid for; what is worse than guessing counts as guessing.
        test = test_loss(*pair) if len(train.runs) <= RUNS else WORST
        reached.append(min(test, WORST) if np.isfinite(test) else WORST)
    return float(np.mean(reached))
