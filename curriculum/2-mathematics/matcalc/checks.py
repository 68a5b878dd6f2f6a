"""What is asked of `matcalc`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Every slope that arrives from above is random: with all ones, the slopes of softmax are 0 whatever
the formula, and a mean hides as a sum. Sizes differ where a wrong product should not fit, and agree
where it should fit and give wrong numbers.
"""

import tracemalloc

import numpy as np

from undergrad.checker import task, within


def curved(rng, outputs, inputs):
    """A function from (inputs,) to (outputs,) that bends, so that a one-sided nudge shows."""
    W = rng.uniform(0.5, 1.5, size=(outputs, inputs))
    return lambda x: np.exp(0.5 * W @ x)


@task(1, "has a row for each output and a column for each input", hint=[
    "How many outputs are there, how many inputs? Which of them can you nudge?",
    "Nudge input j alone, to both sides. The difference of the two outputs, over 2h, is column j.",
    "columns = []\n"
    "for j in range(len(x)):\n"
    "    nudge = np.zeros(len(x)); nudge[j] = h\n"
    "    columns.append((f(x + nudge) - f(x - nudge)) / (2 * h))\n"
    "return np.stack(columns, axis=1)",
])  # fmt: skip
def wide_nudges(code, rng):
    return code.jacobian(curved(rng, 4, 3), rng.uniform(0.2, 1, size=3), h=0.3)


@task(1, "is right where there are as many outputs as inputs")
def as_many(code, rng):
    return code.jacobian(curved(rng, 3, 3), rng.uniform(0.2, 1, size=3))


@task(1, "takes whole numbers, and leaves x as it was")
def whole_numbers(code, rng):
    x = rng.integers(-2, 3, size=3)
    before = x.copy()
    return code.jacobian(curved(rng, 2, 3), x), x - before


@task(2, "gives slopes with the shapes of x, W and b", hint=[
    "Write down the shapes of g, x and W. Which products have the shape of x, of W?",
    "gx sums over outputs, (N, M) @ (M, D). gW sums over examples, (M, N) @ (N, D). b was "
    "stretched over the examples.",
    "return g @ W, g.T @ x, g.sum(axis=0)",
])  # fmt: skip
def layer(code, rng):
    x, W, b, g = (rng.normal(size=size) for size in ((5, 3), (4, 3), 4, (5, 4)))
    return code.linear_vjp(x, W, b, g)


@task(2, "is right where N, D and M are equal and every product fits")
def square_layer(code, rng):
    x, W, b, g = (rng.normal(size=size) for size in ((3, 3), (3, 3), 3, (3, 3)))
    return code.linear_vjp(x, W, b, g)


@task(2, "agrees with slopes measured by nudging", judge=within(0, 1e-6))
def layer_measured(code, rng):
    """The largest gap to the measured slope of sum(c * y), over x, W and b."""
    parts = [rng.normal(size=size) for size in ((4, 2), (3, 2), 3)]
    c = rng.normal(size=(4, 3))
    given = code.linear_vjp(*parts, c)

    def total():
        x, W, b = parts
        return float((c * (x @ W.T + b)).sum())

    return float(max(np.abs(g - _measured(part, total)).max()
                     for part, g in zip(parts, given, strict=True)))  # fmt: skip


def _measured(part, total, h=1e-5):
    slopes = np.zeros_like(part)
    for place in np.ndindex(part.shape):
        old = part[place]
        part[place] = old + h
        above = total()
        part[place] = old - h
        slopes[place] = (above - total()) / (2 * h)
        part[place] = old
    return slopes


@task(3, "is twice the error over the number of entries", hint=[
    "What is the slope of one square, (pred - target) ** 2? How many squares does the mean run "
    "over?",
    "Each entry of pred is in one square only. Its slope is 2 * error, and the mean divides by "
    "N * M.",
    "return 2 * (pred - target) / pred.size",
])  # fmt: skip
def squared_error(code, rng):
    pred, target = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    return code.mse_grad(pred, target)


@task(3, "gives the slopes of Fahrenheit from Celsius, together with the layer", needs=[2])
def thermometer(code, rng):
    c = rng.uniform(-2, 4, size=(5, 1))
    w, b = rng.normal(size=(1, 1)), rng.normal(size=1)
    return code.linear_vjp(c, w, b, code.mse_grad(c @ w.T + b, 18 * c + 32))[1:]


@task(4, "is p[i] * ([i = j] - p[j])", hint=[
    "All p add up to 1. If one score grows, what happens to its own p, and what to all others?",
    "On the diagonal p[i] * (1 - p[i]); elsewhere -p[i] * p[j]. A diagonal matrix minus a column "
    "times a row.",
    "e = np.exp(z - z.max())\np = e / e.sum()\nreturn np.diag(p) - p[:, None] * p[None, :]",
])  # fmt: skip
def table(code, rng):
    return code.softmax_jacobian(rng.normal(size=4))


@task(4, "has rows and columns that add up to 0", judge=within(-1e-12, 1e-12))
def nothing_lost(code, rng):
    J = code.softmax_jacobian(2 * rng.normal(size=5))
    return J.sum(axis=0), J.sum(axis=1)


@task(4, "is finite at scores of a thousand")
def large_scores(code, rng):
    with np.errstate(all="ignore"):
        return code.softmax_jacobian(np.array([1000.0, 999.0, -1000.0]) + rng.normal(size=3))


def rows(rng, n=3, k=4):
    """Probabilities and slopes, both (n, k)."""
    e = np.exp(rng.normal(size=(n, k)))
    return e / e.sum(axis=1, keepdims=True), rng.normal(size=(n, k))


@task(5, "is g @ J for every row", hint=[
    "Multiply g @ (diag(p) - outer(p, p)) out for one row. Two terms: which of them is a number "
    "times p?",
    "g * p minus p times the dot product of g and p. The dot product is one number for each row: "
    "keepdims.",
    "return p * (g - (g * p).sum(axis=1, keepdims=True))",
])  # fmt: skip
def softmax_rows(code, rng):
    return code.softmax_vjp(*rows(rng))


@task(5, "is right where there are as many rows as classes")
def square_rows(code, rng):
    return code.softmax_vjp(*rows(rng, 4, 4))


@task(5, "agrees with the table of task 4", needs=[4], judge=within(0, 1e-10))
def as_table(code, rng):
    z, g = rng.normal(size=(1, 6)), rng.normal(size=(1, 6))
    e = np.exp(z)
    found = code.softmax_vjp(e / e.sum(), g)
    return float(np.abs(found - g @ code.softmax_jacobian(z[0])).max())


@task(5, "never makes a table")
def without_table(code, rng):
    p, g = rows(rng, 3, 400)  # 10 kB each; one table would be 1.3 MB
    tracemalloc.start()
    try:
        found = code.softmax_vjp(p, g)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return found, "rows only" if peak < 5e5 else "a table was made"


# The shape before stretching, and after it.
STRETCHES = (((4,), (5, 4)), ((3, 1), (3, 6)), ((1, 4), (3, 4)), ((2, 1, 3), (4, 2, 5, 3)))


@task(6, "sums over axes that were added and axes that were 1", hint=[
    "Which entries of g belong to one and the same entry before stretching? All its copies.",
    "First sum over the axes that g has more, in front. Then sum every axis that was 1, and keep "
    "it as 1.",
    "g = g.sum(axis=tuple(range(g.ndim - len(shape))))\n"
    "ones = tuple(axis for axis, size in enumerate(shape) if size == 1)\n"
    "return g.sum(axis=ones, keepdims=True)",
])  # fmt: skip
def back(code, rng):
    return [code.unbroadcast(rng.normal(size=after), before) for before, after in STRETCHES]


@task(6, "leaves alone what was not stretched, and goes down to a single number")
def ends(code, rng):
    same = code.unbroadcast(rng.normal(size=(2, 3)), (2, 3))
    return same, float(code.unbroadcast(rng.normal(size=(2, 3)), ()))


@task(6, "agrees with adding up all copies, for 200 random shapes", judge=within(0, 1e-9))
def copies(code, rng):
    """The largest gap over 200 shapes; infinite where the shape is another."""
    gaps = []
    for _ in range(200):
        after = tuple(int(size) for size in rng.integers(1, 4, size=rng.integers(1, 5)))
        kept = after[rng.integers(len(after) + 1) :]
        before = tuple(1 if rng.random() < 0.4 else size for size in kept)
        g = rng.normal(size=after)
        found = np.asarray(code.unbroadcast(g.copy(), before), dtype=float)
        origin = np.broadcast_to(np.arange(int(np.prod(before))).reshape(before), after)
        right = np.bincount(origin.ravel(), weights=g.ravel())
        gaps.append(np.abs(found.ravel() - right).max() if found.shape == before else np.inf)
    return float(max(gaps))
