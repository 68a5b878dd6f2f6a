"""What is asked of `descent`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Bowls are turned away from the axes, so that the diagonal of their matrix never tells the truth.
"""

import numpy as np

from undergrad.checker import raises, task


def bowl(rng, curvatures):
    """The matrix of 0.5 x'Ax with these curvatures, turned at random. Shape (D, D)."""
    Q = np.linalg.qr(rng.normal(size=(len(curvatures),) * 2))[0]
    return Q @ np.diag(curvatures) @ Q.T


def valley(rng):
    """A bowl in three dimensions, at least three times as steep one way as another."""
    return bowl(rng, [rng.uniform(1, 3), rng.uniform(4, 9), rng.uniform(10, 30)])


def turned(steep, flat):
    """A bowl in two dimensions, turned by 45 degrees: both diagonal entries are the mean."""
    return np.array([[steep + flat, steep - flat], [steep - flat, steep + flat]]) / 2


@task(1, "takes each step against the slope", hint=[
    "Which way is downhill, if the slope is positive?",
    "The new place is the old one minus lr times the slope there. Make a new array for it.",
    "path = [np.asarray(x0, dtype=float)]\n"
    "for _ in range(steps):\n"
    "    slope = grad(path[-1])\n"
    "    if np.linalg.norm(slope) < tol: break\n"
    "    path.append(path[-1] - lr * slope)\n"
    "return np.stack(path)",
])  # fmt: skip
def one_number(code, rng):
    k, x0, lr = rng.uniform(0.5, 3), rng.uniform(1, 3), rng.uniform(0.05, 0.3)
    return code.descend(lambda x: k * x, x0, lr, 5)


@task(1, "works on a surface and does not change the start")
def surface(code, rng):
    A, x0 = valley(rng), rng.normal(size=3)
    before = x0.copy()
    path = code.descend(lambda x: A @ x, x0, 0.02, 20)
    return path, x0 - before


@task(1, "stops at the first place that is flat enough")
def stops(code, rng):
    A, x0 = valley(rng), rng.uniform(1, 2, size=3)
    return code.descend(lambda x: A @ x, x0, 0.04, 500, tol=0.01)


@task(2, "is 2 over the steepest curvature", hint=[
    "Along one direction a step multiplies the distance by 1 - lr * curvature. When does its size "
    "pass 1?",
    "All directions share one step size, so the largest eigenvalue of A decides.",
    "return float(2 / np.linalg.eigvalsh(A)[-1])",
])  # fmt: skip
def limit(code, rng):
    return float(code.max_stable_lr(valley(rng)))


@task(2, "settles a little below, and grows a little above")
def both_sides(code, rng):
    A, x0 = valley(rng), np.ones(3)
    lr, found = code.max_stable_lr(A), []
    for share in (0.95, 1.05):
        x = x0
        for _ in range(300):
            x = x - share * lr * (A @ x)
        found.append("settles" if np.linalg.norm(x) < 1e-3 else "does not settle")
    return found


@task(3, "knows the three fates of a turned valley", hint=[
    "Write down 1 - lr * curvature for each eigenvalue. What does a factor of -0.5 do? Of -1.5?",
    "First ask whether any factor is larger than 1 in size, then whether any is negative.",
    "factors = 1 - lr * np.linalg.eigvalsh(A)\n"
    "# any abs(factor) > 1: \"blows up\"; else any factor < 0: \"bounces\"; else \"walks\"",
])  # fmt: skip
def fates(code, rng):
    steep, flat = rng.uniform(10, 20), rng.uniform(0.5, 1)
    A = turned(steep, flat)
    return [code.forecast(A, share / steep) for share in (0.5, 1.4, 2.1)]


@task(3, "asks all directions, not only one")
def three_ways(code, rng):
    A = valley(rng)
    steepest = np.linalg.eigvalsh(A)[-1]
    return [code.forecast(A, share / steepest) for share in (0.2, 0.9, 1.1, 1.9, 2.1, 5.0)]


def round_bowl(k):
    """A bowl that bends by k in every direction: f and its gradient."""
    return lambda v: 0.5 * k * (v @ v), lambda v: k * v


@task(4, "takes 1 where that is good enough, and else shrinks until the drop is worth it", hint=[
    "Start with t = 1 and make it smaller until the condition in the docstring holds.",
    "Both sides use the same t. g @ d is the slope along d; it is negative.",
    "slope = g @ d\n"
    "if slope >= 0: raise ValueError(...)\n"
    "t = 1.0\n"
    "while f(x + t * d) > f(x) + c * t * slope: t *= shrink",
])  # fmt: skip
def worth_it(code, rng):
    # With curvature k the step t lowers f while t * k < 2, and by enough while t * k < 1.2.
    found, x = [], rng.uniform(1, 2, size=3)
    for low, high in ((0.4, 1.1), (1.3, 1.9), (2.1, 2.3), (20, 40)):
        k = rng.uniform(low, high)
        f, grad = round_bowl(k)
        found.append(float(code.line_search(f, grad(x), x, -grad(x), c=0.4)))
    return found


@task(4, "shrinks as it is told")
def other_shrink(code, rng):
    f, grad = round_bowl(rng.uniform(50, 90))
    x = rng.uniform(1, 2, size=3)
    return float(code.line_search(f, grad(x), x, -grad(x), shrink=0.7, c=0.1))


@task(4, "refuses a direction that goes uphill", judge=raises(ValueError))
def uphill(code, rng):
    f, grad = round_bowl(2.0)
    x = rng.uniform(1, 2, size=2)
    return code.line_search(f, grad(x), x, grad(x))


@task(4, "refuses a direction across the slope, along which nothing falls",
      judge=raises(ValueError))  # fmt: skip
def across(code, rng):
    f, _ = round_bowl(2.0)
    return code.line_search(f, np.array([2.0, 0.0]), np.array([1.0, 0.0]), np.array([0.0, 1.0]))


@task(5, "tells the three kinds apart", hint=[
    "What are the second derivatives of x**2, -x**2 and x**2 - y**2?",
    "Signs of the eigenvalues: all positive, all negative, mixed.",
    "bends = np.linalg.eigvalsh(H)      # smallest first\n"
    "# bends[0] > 0: \"min\"; bends[-1] < 0: \"max\"; else \"saddle\"",
])  # fmt: skip
def kinds(code, rng):
    A = valley(rng)
    saddle = np.diag([rng.uniform(1, 2), rng.uniform(1, 2), -rng.uniform(1, 2)])  # not turned
    return [code.kind(A), code.kind(-A), code.kind(saddle)]


@task(5, "is not deceived by a saddle that is turned")
def turned_saddle(code, rng):
    # Both entries on the diagonal are positive, and yet it falls away along one diagonal.
    H = turned(rng.uniform(3, 4), -rng.uniform(0.5, 1))
    return [code.kind(H), code.kind(-H)]
