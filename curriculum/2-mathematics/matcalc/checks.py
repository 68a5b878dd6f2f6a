"""The checks of `matcalc`.

Every upstream gradient is random: with all ones, the gradient of softmax is 0 whatever the formula,
and a mean can pass as a sum. Sizes differ where a wrong product should not fit, and agree where it
should fit and give wrong numbers.
"""

import tracemalloc

import numpy as np

from undergrad.checker import task, within


def curved(rng, outputs, inputs):
    """A function from (inputs,) to (outputs,) with curvature, so that a one-sided nudge shows."""
    W = rng.uniform(0.5, 1.5, size=(outputs, inputs))
    return lambda x: np.exp(0.5 * W @ x)


@task(1, "returns one row for each output and one column for each input")
def wide_nudges(code, rng):
    return code.jacobian(curved(rng, 4, 3), rng.uniform(0.2, 1, size=3), h=0.3)


@task(1, "is right if there are as many outputs as inputs")
def as_many(code, rng):
    return code.jacobian(curved(rng, 3, 3), rng.uniform(0.2, 1, size=3))


@task(1, "accepts whole numbers", keeps_arguments=True)
def whole_numbers(code, rng):
    return code.jacobian(curved(rng, 4, 3), rng.integers(-2, 3, size=3))


@task(2, "gives gradients with the shapes of x, W and b", keeps_arguments=True)
def layer(code, rng):
    x, W, b, g = (rng.normal(size=size) for size in ((5, 3), (4, 3), 4, (5, 4)))
    return code.linear_vjp(x, W, b, g)


@task(2, "is right even if N, D and M are equal and every product fits")
def square_layer(code, rng):
    x, W, b, g = (rng.normal(size=size) for size in ((3, 3), (3, 3), 3, (3, 3)))
    return code.linear_vjp(x, W, b, g)


@task(2, "agrees with numeric gradients", judge=within(0, 1e-6))
def numeric_layer(code, rng):
    """The largest difference from the numeric gradient of sum(c * y), over x, W and b."""
    parts = [rng.normal(size=size) for size in ((4, 5), (3, 5), 3)]
    c = rng.normal(size=(4, 3))
    given = code.linear_vjp(*parts, c)

    def total():
        x, W, b = parts
        return float((c * (x @ W.T + b)).sum())

    return float(max(np.abs(g - _numeric_gradient(part, total)).max()
                     for part, g in zip(parts, given, strict=True)))  # fmt: skip


def _numeric_gradient(part, total, h=1e-5):
    gradient = np.zeros_like(part)
    for index in np.ndindex(part.shape):
        old = part[index]
        part[index] = old + h
        above = total()
        part[index] = old - h
        gradient[index] = (above - total()) / (2 * h)
        part[index] = old
    return gradient


@task(3, "returns the gradient of the mean over all entries", keeps_arguments=True)
def squared_error(code, rng):
    pred, target = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    return code.mse_grad(pred, target)


@task(3, "gives, together with the layer, the gradients of the thermometer", needs=[2])
def thermometer(code, rng):
    c = rng.uniform(-2, 4, size=(5, 1))
    w, b = rng.normal(size=(1, 1)), rng.normal(size=1)
    return code.linear_vjp(c, w, b, code.mse_grad(c @ w.T + b, 18 * c + 32))[1:]


@task(
    4, "returns the derivative of each probability with respect to each logit", keeps_arguments=True
)
def softmax_table(code, rng):
    return code.softmax_jacobian(rng.normal(size=4))


@task(4, "returns rows and columns that sum to 0", judge=within(-1e-12, 1e-12))
def sums_to_zero(code, rng):
    J = code.softmax_jacobian(2 * rng.normal(size=5))
    return J.sum(axis=0), J.sum(axis=1)


@task(4, "stays finite at logits of 1000")
def large_logits(code, rng):
    with np.errstate(all="ignore"):
        return code.softmax_jacobian(
            np.array([1000.0, 999.0, -1e3, -1e3, -1e3]) + rng.normal(size=5)
        )


def rows(rng, n=3, k=4):
    """Probabilities and an upstream gradient, both (n, k)."""
    e = np.exp(rng.normal(size=(n, k)))
    return e / e.sum(axis=1, keepdims=True), rng.normal(size=(n, k))


@task(5, "returns g @ J for every row", keeps_arguments=True)
def softmax_rows(code, rng):
    return code.softmax_vjp(*rows(rng))


@task(5, "is right even if there are as many rows as classes")
def square_rows(code, rng):
    return code.softmax_vjp(*rows(rng, 4, 4))


@task(5, "agrees with the Jacobian of task 4", needs=[4], judge=within(0, 1e-10))
def as_jacobian(code, rng):
    z, g = rng.normal(size=(1, 6)), rng.normal(size=(1, 6))
    e = np.exp(z)
    found = code.softmax_vjp(e / e.sum(), g)
    return float(np.abs(found - g @ code.softmax_jacobian(z[0])).max())


@task(5, "never forms a Jacobian")
def without_jacobian(code, rng):
    p, g = rows(rng, 3, 400)  # 10 kB each; one Jacobian would be 1.3 MB
    tracemalloc.start()
    try:
        found = code.softmax_vjp(p, g)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return found, "rows only" if peak < 5e5 else "a Jacobian was formed"


# The shape before broadcasting, and after it.
BROADCASTS = (((4,), (5, 4)), ((3, 1), (3, 6)), ((1, 4), (3, 4)), ((6, 1, 3), (4, 6, 5, 3)))


@task(6, "sums over axes that were added and axes that had length 1", keeps_arguments=True)
def original_shapes(code, rng):
    return [code.unbroadcast(rng.normal(size=after), before) for before, after in BROADCASTS]


@task(6, "changes nothing if nothing was broadcast, and sums everything for a single number")
def extremes(code, rng):
    same = code.unbroadcast(rng.normal(size=(4, 3)), (4, 3))
    return same, float(code.unbroadcast(rng.normal(size=(4, 3)), ()))


@task(6, "agrees with the sum over all copies, for 200 random shapes", judge=within(0, 1e-9))
def copies(code, rng):
    """The largest difference over 200 shapes; infinite where the shape is another."""
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
