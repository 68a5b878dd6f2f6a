"""The checks of `descent`.

Bowls are rotated away from the axes, so that the diagonal of A never holds the curvatures.
"""

import numpy as np

from undergrad.checker import raises, task


def bowl(rng, curvatures):
    """The matrix of 0.5 x'Ax with these curvatures, rotated at random. Shape (D, D)."""
    Q = np.linalg.qr(rng.normal(size=(len(curvatures),) * 2))[0]
    return Q @ np.diag(curvatures) @ Q.T


def valley(rng):
    """A bowl in three dimensions whose curvatures differ by a factor of three at least."""
    return bowl(rng, [rng.uniform(1, 3), rng.uniform(4, 9), rng.uniform(10, 30)])


def rotated(steep, flat):
    """A bowl in two dimensions, rotated by 45 degrees: both diagonal entries are the mean."""
    return np.array([[steep + flat, steep - flat], [steep - flat, steep + flat]]) / 2


@task(1, "takes each step against the gradient")
def one_number(code, rng):
    k, x0, lr = rng.uniform(0.5, 3), rng.uniform(1, 3), rng.uniform(0.05, 0.3)
    return code.descend(lambda x: k * x, x0, lr, 5)


@task(1, "works on a surface, and leaves x0 unchanged", keeps_arguments=True)
def surface(code, rng):
    A, x0 = valley(rng), rng.normal(size=3)
    return code.descend(lambda x: A @ x, x0, 0.02, 20)


@task(1, "stops at the first point that is flat enough")
def stops(code, rng):
    A, x0 = valley(rng), rng.uniform(1, 2, size=3)
    return code.descend(lambda x: A @ x, x0, 0.04, 500, tol=0.01)


@task(1, "takes every step if no tolerance is given, even at the minimum")
def no_tolerance(code, rng):
    A = valley(rng)
    return code.descend(lambda x: A @ x, np.zeros(3), 0.02, 4)


@task(2, "returns the limit that the steepest direction sets")
def limit(code, rng):
    return float(code.max_stable_lr(valley(rng)))


@task(2, "returns a rate just below which descent converges and just above which it diverges")
def both_sides(code, rng):
    A, x0 = valley(rng), np.ones(3)
    lr, found = code.max_stable_lr(A), []
    for factor in (0.95, 1.05):
        x = x0
        for _ in range(300):
            x = x - factor * lr * (A @ x)
        found.append("converges" if np.linalg.norm(x) < 1e-3 else "does not converge")
    return found


@task(3, "distinguishes the three cases in a rotated valley")
def three_cases(code, rng):
    steep, flat = rng.uniform(10, 20), rng.uniform(0.5, 1)
    A = rotated(steep, flat)
    return [code.forecast(A, factor / steep) for factor in (0.5, 1.4, 2.1)]


@task(3, "considers all directions, not only one")
def all_directions(code, rng):
    A = valley(rng)
    flattest, _, steepest = np.linalg.eigvalsh(A)
    rates = [factor / steepest for factor in (0.2, 0.9, 1.1, 1.9, 2.1, 5.0)]
    return [code.forecast(A, lr) for lr in (*rates, 2.2 / flattest)]  # with the last one all grow


def round_bowl(k):
    """A bowl of curvature k in every direction: f and its gradient."""
    return lambda v: 0.5 * k * (v @ v), lambda v: k * v


@task(4, "returns 1 if that is good enough, and otherwise shrinks t until f falls far enough")
def far_enough(code, rng):
    # With curvature k the step t decreases f while t * k < 2, and far enough while t * k < 1.2.
    found, x = [], rng.uniform(0.1, 0.2, size=3)
    for low, high in ((0.4, 1.1), (1.3, 1.9), (2.1, 2.3), (20, 40)):
        k = rng.uniform(low, high)
        f, grad = round_bowl(k)
        found.append(float(code.line_search(f, grad(x), x, -grad(x), c=0.4)))
    return found


@task(4, "requires the fraction c of the promised decrease, by default 1e-4")
def just_enough(code, rng):
    x, found = rng.uniform(1, 2, size=3), []
    for k, settings in ((1.9999, {}), (1.9997, {}), (2.0, {"c": 0.0})):
        f, grad = round_bowl(k)
        found.append(float(code.line_search(f, grad(x), x, -grad(x), **settings)))
    return found


@task(4, "shrinks t by the given factor")
def other_shrink(code, rng):
    f, grad = round_bowl(rng.uniform(50, 90))
    x = rng.uniform(1, 2, size=3)
    return float(code.line_search(f, grad(x), x, -grad(x), shrink=0.7, c=0.1))


@task(4, "works for any downhill direction, not only for minus the gradient")
def other_directions(code, rng):
    f, grad = round_bowl(rng.uniform(20, 40))
    x, found = rng.uniform(0.1, 0.2, size=3), []
    for length in (0.5, 4.0):
        d = -length * grad(x) * rng.uniform(0.8, 1.2, size=3)
        found.append(float(code.line_search(f, grad(x), x, d, c=0.4)))
    return found


@task(4, "raises ValueError for a direction that points uphill", judge=raises(ValueError))
def uphill(code, rng):
    f, grad = round_bowl(2.0)
    x = rng.uniform(1, 2, size=3)
    return code.line_search(f, grad(x), x, grad(x))


@task(
    4, "raises ValueError for a direction at right angles to the gradient", judge=raises(ValueError)
)
def right_angle(code, rng):
    f, grad = round_bowl(2.0)
    x, d = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    return code.line_search(f, grad(x), x, d)


@task(5, "distinguishes minimum, maximum and saddle")
def kinds(code, rng):
    A = valley(rng) / 10
    saddle = np.diag([rng.uniform(1, 2), rng.uniform(1, 2), -rng.uniform(1, 2)])  # not rotated
    return [code.kind(A), code.kind(-A), code.kind(saddle), code.kind(-saddle)]


@task(5, "recognises a rotated saddle")
def rotated_saddle(code, rng):
    # Both entries on the diagonal are positive, and yet it falls along one diagonal.
    H = rotated(rng.uniform(3, 4), -rng.uniform(0.5, 1))
    return [code.kind(H), code.kind(-H)]
