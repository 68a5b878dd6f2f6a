"""What is asked of `debug-data`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

A tool is judged by its answers on cases made for it. A repaired network is compared with the
worked one number by number; where the order of the draws is free, by how often it is right.
"""

import numpy as np

from undergrad.checker import at_least, decided_by, task


def cubes(params):
    """A loss with the gradient 3 * w**2, so that a central difference of any h is known by hand."""
    return float(sum(np.sum(w**3) for w in params))


def cubic(rng):
    """Two arrays of weights between 0.5 and 1.5, and their gradients."""
    params = [rng.uniform(0.5, 1.5, size=shape) for shape in ((2, 3), (4,))]
    return params, [3 * w**2 for w in params]


@task(1, "finds the relative error of each gradient", keeps_arguments=True)
def relative_errors(code, rng):
    params, grads = cubic(rng)
    grads[1] = grads[1] * rng.permutation([-1.5, 0.2, 1.9, 2.5])
    # An h this large shows which formula is used: its error is h**2 and nothing else.
    return code.gradcheck(cubes, params, grads, h=0.1)


@task(1, "takes a small h unless told otherwise")
def usual_h(code, rng):
    params, grads = cubic(rng)
    return [round(error, 6) for error in code.gradcheck(cubes, params, grads)]


@task(1, "returns 0 where both gradients are 0")
def nothing_there(code, rng):
    params, grads = cubic(rng)
    before = [w.copy() for w in params]
    errors = code.gradcheck(lambda params: 1.0, params, [0 * g for g in grads])
    code.gradcheck(cubes, params, grads, h=0.1)
    return errors, [now - then for now, then in zip(params, before, strict=True)]


class Scripted:
    """A training that gives these losses one after the other, and counts its steps."""

    def __init__(self, losses):
        self.losses, self.taken = losses, 0

    def step(self):
        self.taken += 1

    def loss(self):
        return float(self.losses[min(self.taken, len(self.losses) - 1)])


def tried(code, losses, **settings):
    script = Scripted(losses)
    return code.overfit_one_batch(script.step, script.loss, **settings), script.taken


@task(2, "returns True once the loss is below the bound, and False when it never is")
def memorised(code, rng):
    falling = 2.0 * 0.5 ** np.arange(30)
    stuck = 2.0 - 0.01 * np.arange(30)
    more = int(rng.integers(10, 20))
    return tried(code, falling, below=0.1), tried(code, stuck, steps=more), more


@task(2, "takes 200 steps, with a bound of 0.01, unless told otherwise")
def usual_bounds(code, rng):
    scripts = [0.01] * 500, [2.0, 0.015, 0.0095]
    return [tried(code, losses) for losses in scripts]


@task(2, "checks once more after the last step, and not only after a step")
def at_the_ends(code, rng):
    return tried(code, [2.0, 1.0, 0.001], steps=2), tried(code, [0.001, 2, 0.0005, 3], steps=3)


@task(2, "gives up when the loss is not finite")
def not_finite(code, rng):
    return tried(code, [2.0, np.nan, 0.001]), tried(code, [2.0, 9.0, np.inf, 0.001])


def verdict(code, train, val, classes=10):
    return code.diagnose({"train": list(train), "val": list(val), "classes": classes})


@task(3, "distinguishes eight kinds of curves")
def eight_curves(code, rng):
    n = int(rng.integers(16, 24))
    t = np.linspace(0, 1, n)
    settled = 0.3 + 2 * np.exp(-12 * t)
    blip = settled.copy()
    blip[n // 2] = np.nan
    return [
        verdict(code, blip, settled),
        verdict(code, 2.3 * np.exp(t), 2.3 * np.exp(t)),
        verdict(code, 4 * settled, 4 * settled),
        verdict(code, 2.3 - 0.05 * t, 2.3 + 0 * t),
        verdict(code, settled, 0.4 * settled),
        verdict(code, 2.3 * np.exp(-5 * t), 2.3 - 3 * t * (1 - 0.8 * t)),
        verdict(code, 2.3 * np.exp(-t), 2.4 * np.exp(-t)),
        verdict(code, settled, settled + 0.2),
    ]


@task(3, "uses the right curve for each question")
def close_calls(code, rng):
    n = int(rng.integers(16, 24))
    t = np.linspace(0, 1, n)
    settled = 0.3 + 2 * np.exp(-12 * t)
    return [
        verdict(code, settled, settled + 1.5),  # a wide gap alone is not a val loss that rises
        verdict(code, settled, 2.3 + 0 * t),  # val does not move; training did learn
        verdict(code, settled, settled, classes=3),  # 2.3 is too high a start for three classes
        verdict(code, 2.2 * settled, settled),  # and 5.1 for ten
        verdict(
            code, 1.1 * settled, np.where(t > 0.4, np.nan, settled)
        ),  # only train must be finite
    ]


# (training losses, validation losses) on either side of each bound, with 16 steps and ten classes.
STEPS = np.arange(16)
BOUNDS = (
    # The last against the first: equal, and higher only in the last step.
    ([2.0, *[1.0] * 14, 2.0], [1.0] * 16),
    ([2.0, *[1.0] * 14, 2.1], [1.0] * 16),
    # The first against twice log 10, which is 4.61.
    ([4.5, *[1.0] * 15], [1.0] * 16),
    ([4.7, *[1.0] * 15], [1.0] * 16),
    # The last against 0.95 times the first, and not against 0.95.
    ([1.0, *[0.95] * 15], [1.0] * 16),
    ([1.0, *[0.96] * 15], [1.0] * 16),
    ([2.0, *[1.5] * 15], [1.5] * 16),
    # The last validation loss against half of the last training loss, and not against a half.
    ([2.0, *[1.0] * 15], [0.5] * 16),
    ([2.0, *[1.0] * 15], [1.0, *[0.6] * 14, 0.45]),
    ([2.0, *[0.3] * 15], [0.2] * 16),
    # The last validation loss against 1.2 times the lowest.
    ([2.0, *[1.0] * 15], [1.0] * 15 + [1.2]),
    ([2.0, *[1.0] * 15], [1.0] * 15 + [1.3]),
    # The last training loss against 0.9 times the one at three quarters, step 12.
    ([2.0, *[1.0] * 14, 0.9], [1.0] * 16),
    ([2.0, *[1.0] * 14, 0.89], [1.0] * 16),
    (np.where(STEPS < 12, 2.0, 1.0), [1.0] * 16),
    (np.where(STEPS < 13, 2.0, 1.0), [1.0] * 16),
    # Two at once, one pair after the other: the earlier one counts.
    ([2.0, *[1.0] * 14, np.inf], [1.0] * 16),
    ([5.0, *[1.0] * 14, 6.0], [1.0] * 16),
    ([6.0, *[5.9] * 15], [5.0] * 16),
    ([2.0, *[1.95] * 15], [0.5] * 16),
    ([2.0, *[1.0] * 15], [0.1] * 15 + [0.4]),
    (np.linspace(2.0, 1.0, 16), [1.0] * 15 + [1.3]),
)


@task(3, "applies each bound exactly, and in the given order")
def bounds(code, rng):
    return [verdict(code, *curves) for curves in BOUNDS]


def pool(rng, n=10, d=4):
    """Rows of small whole numbers, with the same one in the last column. Row 5 repeats row 1, rows
    4 and 7 repeat row 2; row 8 has the numbers of row 0 in another order, and row 9 repeats it; row
    6 is row 3 with -0.0 for 0.0."""
    X = rng.permutation(np.arange(1.0, n * d + 1)).reshape(n, d)
    X[:, -1] = X[0, -1]
    X[3, 0] = 0.0
    X[5], X[4], X[7], X[8], X[6] = X[1], X[2], X[2], X[0, ::-1], X[3]
    X[6, 0], X[9] = -0.0, X[8]
    return X


@task(4, "lists the rows that repeat an earlier one", keeps_arguments=True)
def repeated(code, rng):
    return code.find_duplicates(pool(rng))


@task(4, "lists the test rows that are in the training data too, in any row")
def leaked(code, rng):
    X = pool(rng)
    fresh = 100 + rng.random((2, 4))
    fresh[:, -1] = X[0, -1]
    # The same new row twice in the test is not a leak.
    test = np.stack([fresh[0], X[7], fresh[1], X[3], fresh[0], X[0]])
    return code.find_leaks(X, test)


@task(5, "returns the labels with the lowest probability, the lowest first", keeps_arguments=True)
def suspects(code, rng):
    y = rng.integers(4, size=12)
    probs = rng.dirichlet(np.ones(4), size=12)
    # Row 2 is unsure and right; row 9 is sure of another class than its label.
    probs[2] = 0.25
    probs[2, y[2]] += 0.003
    probs[9] = 0.01
    probs[9, (y[9] + 1) % 4] = 0.97
    return code.suspect_labels(probs / probs.sum(axis=1, keepdims=True), y, 4)


@task(5, "returns k rows, even when the network agrees with some of them")
def mostly_right(code, rng):
    y = rng.integers(3, size=9)
    sure = rng.permutation(np.linspace(0.55, 0.95, 9))  # of each row's own label
    sure[4] = 0.2
    probs = np.repeat((1 - sure)[:, None] / 2, 3, axis=1)
    probs[np.arange(9), y] = sure
    return code.suspect_labels(probs, y, 5)


@task(5, "finds at least 80% of the labels that were made wrong", judge=at_least(0.8))
def planted(code, rng):
    truth = rng.integers(3, size=200)
    X = rng.normal(size=(200, 2)) + 5 * np.eye(3, 2)[truth]
    wrong = rng.permutation(200)[:20]
    y = truth.copy()
    y[wrong] = (y[wrong] + 1) % 3
    distance = ((X[:, None] - 5 * np.eye(3, 2)) ** 2).sum(axis=2)  # (N, K)
    found = code.suspect_labels(code.softmax(-distance / 2), y, 20)
    return float(len(set(np.asarray(found).tolist()) & set(wrong.tolist())) / 20)


@task(6, "weights each class so that all count alike, and an empty one with 0")
def weights(code, rng):
    counts = rng.permutation([1, 5, 9])
    y = rng.permutation(np.repeat([0, 1, 3], counts))
    return code.class_weights(y, 5)


def sides(code, rng, n=60, frac=0.25):
    """A split of rows from many groups of three or so, as facts that any order must satisfy."""
    groups = 7 * rng.permutation(np.arange(n) // 3)
    test = np.asarray(code.group_split(groups.copy(), frac, rng))
    return groups, test


@task(6, "puts every group on one side")
def no_crossing(code, rng):
    groups, test = sides(code, rng)
    return str(test.dtype), len(set(groups[test]) & set(groups[~test]))


@task(6, "gives the test set its fraction, and hardly more")
def fraction(code, rng):
    _, test = sides(code, rng)
    return int(test.sum())


@task(6, "counts rows and not groups, whose sizes may differ much")
def unequal_groups(code, rng):
    # The others together are less than half, so the large group is always needed.
    groups = rng.permutation(np.repeat(np.arange(10), [13, *[1] * 9]))
    tests = [np.asarray(code.group_split(groups, 0.5, rng)) for _ in range(12)]
    return [bool(test[groups == 0].all()) for test in tests]


@task(6, "chooses the groups at random")
def by_chance(code, rng):
    groups = np.repeat(np.arange(40), 3)
    return decided_by(lambda rng: code.group_split(groups, 0.5, rng), rng)


def nearest_mean(X, y):
    """A classifier without any training: the class whose mean is nearest."""
    kinds = np.unique(y)
    means = np.stack([X[y == kind].mean(axis=0) for kind in kinds])
    return lambda Z: kinds[((Z[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)]


@task(7, "measures both errors for each size")
def errors_by_size(code, rng):
    y = np.concatenate([np.arange(3), rng.integers(3, size=117)])
    X = rng.normal(size=(120, 3)) + np.eye(3)[y]
    sizes = (6, 15, 40, 80)
    return code.learning_curve(nearest_mean, X[:80], y[:80], X[80:], y[80:], sizes)


@task(7, "returns what to do next")
def moves(code, rng):
    low, high = float(rng.uniform(0.01, 0.05)), float(rng.uniform(0.2, 0.3))
    pairs = ((low, low), (high, high + 0.02), (low, high), (0.1, 0.1), (high, low), (0.1, high))
    return [code.next_move(train, val, 0.1) for train, val in pairs]


@task(8, "begins every step with a new gradient")
def line(code, rng):
    c = rng.permutation(np.arange(-2.0, 5.0))
    return code.hunt_line(c, 18 * c + 32)


def blobs(rng, n=90, k=3):
    """k clouds that can be told apart, with a column of ones for the bias. X (n, 3), y (n,)."""
    y = rng.permutation(np.arange(n) % k)
    centres = 4 * np.array([[1.0, 0.0], [-0.5, 0.9], [-0.5, -0.9]])[:k]
    X = np.column_stack([centres[y] + rng.normal(size=(n, 2)), np.ones(n)])
    return X, y


@task(9, "returns probabilities that sum to 1 for each example")
def axis(code, rng):
    X, y = blobs(rng)
    return code.hunt_axis(X / 4, y, 3)


@task(10, "applies softmax once")
def twice(code, rng):
    X, y = blobs(rng)
    return code.hunt_twice(X / 4, y, 3)


@task(11, "returns the same answers for the same rows at inference")
def mode(code, rng):
    params = rng.normal(size=(8, 5)), rng.normal(size=(6, 8))
    return code.hunt_mode(params, rng.normal(size=(60, 5)), rng)


@task(12, "predicts the symbol one position later")
def target(code, rng):
    return code.hunt_target(np.append(rng.integers(4, size=60), [0, 1]), 4)


@task(13, "keeps the label of every example when it shuffles", judge=at_least(0.9))
def shuffle(code, rng):
    right = []
    # Weights from random labels are right by luck about once in six: eight times never.
    for _ in range(8):
        X, y = blobs(rng)
        W = np.asarray(code.hunt_shuffle(X.copy(), y.copy(), 3, rng))
        right.append(float(np.mean((X @ W.T).argmax(axis=1) == y)))
    return right


@task(13, "shuffles into a new order, and leaves it to the generator")
def new_order(code, rng):
    X, y = blobs(rng)
    return decided_by(lambda rng: code.hunt_shuffle(X.copy(), y.copy(), 3, rng), rng)
