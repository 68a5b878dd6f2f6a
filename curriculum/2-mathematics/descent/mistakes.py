"""Typical wrong solutions of `descent`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


def _walk(grad, x0, steps, move, flat=lambda slope: False):
    """The walk with a choice of the move and of when to stop."""
    path = [np.asarray(x0, dtype=float)]
    for _ in range(steps):
        slope = grad(path[-1])
        if flat(slope):
            break
        path.append(move(path[-1], slope))
    return np.stack(path)


@mistake("descend", "You walk uphill: the step is added. Downhill is against the slope, so "
         "subtract it.")  # fmt: skip
def uphill(grad, x0, lr, steps, tol=0.0):
    return _walk(grad, x0, steps, lambda x, g: x + lr * g, lambda g: np.linalg.norm(g) < tol)


@mistake("descend", "You take the slope at the start every time. Feel it again at each new place.")
def stale_slope(grad, x0, lr, steps, tol=0.0):
    x0 = np.asarray(x0, dtype=float)
    slope = grad(x0)
    return np.stack([x0 - t * lr * slope for t in range(steps + 1)])


@mistake("descend", "The start is missing from the path: the first row should be x0.")
def forgets_start(grad, x0, lr, steps, tol=0.0):
    path = _walk(grad, x0, steps, lambda x, g: x - lr * g, lambda g: np.linalg.norm(g) < tol)
    return path[1:]


@mistake("descend", "All rows are the last place: x -= ... moves the one array that every row "
         "points to. Make a new array for each step, x - lr * slope.")  # fmt: skip
def one_array(grad, x0, lr, steps, tol=0.0):
    x = np.array(x0, dtype=float)
    path = [x]
    for _ in range(steps):
        slope = grad(x)
        if np.linalg.norm(slope) < tol:
            break
        x -= lr * slope
        path.append(x)
    return np.stack(path)


@mistake("descend", "The step has lost its length: you divide by the slope. Far away a step should "
         "be long, near the bottom short.")  # fmt: skip
def always_the_same_length(grad, x0, lr, steps, tol=0.0):
    return _walk(grad, x0, steps, lambda x, g: x - lr * g / np.linalg.norm(g),
                 lambda g: np.linalg.norm(g) < tol)  # fmt: skip


@mistake("descend", "It never stops early. Where the slope is shorter than tol, the place is flat "
         "enough: leave the loop.")  # fmt: skip
def never_stops(grad, x0, lr, steps, tol=0.0):
    return _walk(grad, x0, steps, lambda x, g: x - lr * g)


@mistake("descend", "It stops when the step is short. A small lr makes every step short; it is the "
         "slope that says how flat the place is.")  # fmt: skip
def short_step(grad, x0, lr, steps, tol=0.0):
    return _walk(grad, x0, steps, lambda x, g: x - lr * g, lambda g: np.linalg.norm(lr * g) < tol)


@mistake("max_stable_lr", "You used the flattest direction. The steepest one diverges first, so it "
         "sets the limit.")  # fmt: skip
def flattest(A):
    return float(2 / np.linalg.eigvalsh(A)[0])


@mistake("max_stable_lr", "That step lands at the bottom in one go along the steepest direction. "
         "The limit is twice as far.")  # fmt: skip
def one_go(A):
    return float(1 / np.linalg.eigvalsh(A)[-1])


@mistake("max_stable_lr", "Diagonal entries are the bends along the axes only. Turn the valley and "
         "they deceive; use the eigenvalues.")  # fmt: skip
def steepest_axis(A):
    return float(2 / np.max(np.diag(A)))


@mistake("max_stable_lr", "You added up all curvatures. Directions do not push each other; the "
         "steepest alone sets the limit.")  # fmt: skip
def all_together(A):
    return float(2 / np.trace(A))


def _fate(factors):
    if np.any(np.abs(factors) > 1):
        return "blows up"
    return "bounces" if np.any(factors < 0) else "walks"


@mistake("forecast", "Only the flattest direction is asked. The steepest one bounces and blows up "
         "first.")  # fmt: skip
def flattest_asked(A, lr):
    return _fate(1 - lr * np.linalg.eigvalsh(A)[:1])


@mistake("forecast", "The diagonal of A is not its curvatures, unless the valley lies along the "
         "axes. Take the eigenvalues.")  # fmt: skip
def diagonal_asked(A, lr):
    return _fate(1 - lr * np.diag(A))


@mistake("forecast", "A step across the valley need not blow up. Between 1 and 2 over the "
         "curvature it lands nearer on the other side: it bounces.")  # fmt: skip
def across_blows_up(A, lr):
    return "blows up" if np.any(1 - lr * np.linalg.eigvalsh(A) < 0) else "walks"


@mistake("forecast", "A factor below -1 changes sign too, but it also grows. Ask for growth "
         "first.")  # fmt: skip
def bounce_first(A, lr):
    factors = 1 - lr * np.linalg.eigvalsh(A)
    if np.any(factors < 0):
        return "bounces"
    return "blows up" if np.any(np.abs(factors) > 1) else "walks"


def _refuse(slope):
    if slope >= 0:
        raise ValueError("d does not point downhill")


def _shrunk(f, x, d, shrink, allowed, t=1.0):
    while f(x + t * d) > allowed(t):
        t *= shrink
    return t


@mistake("line_search", "Any drop at all is accepted. Ask for at least c times what the slope "
         "promises: f(x) + c * t * (g @ d).")  # fmt: skip
def any_drop(f, g, x, d, shrink=0.5, c=1e-4):
    _refuse(g @ d)
    return _shrunk(f, x, d, shrink, lambda t: f(x))


@mistake("line_search", "The sign of the promise is turned: g @ d is negative, so adding it asks "
         "for a drop, and subtracting it allows a rise.")  # fmt: skip
def rise_allowed(f, g, x, d, shrink=0.5, c=1e-4):
    _refuse(g @ d)
    return _shrunk(f, x, d, shrink, lambda t: f(x) - c * t * (g @ d))


@mistake("line_search", "The step 1 is never tried. It may be good enough: shrink only after a "
         "step has failed.")  # fmt: skip
def one_not_tried(f, g, x, d, shrink=0.5, c=1e-4):
    _refuse(g @ d)
    return _shrunk(f, x, d, shrink, lambda t: f(x) + c * t * (g @ d), t=shrink)


@mistake("line_search", "It always halves. Multiply by shrink, which the caller chooses.")
def always_halves(f, g, x, d, shrink=0.5, c=1e-4):
    _refuse(g @ d)
    return _shrunk(f, x, d, 0.5, lambda t: f(x) + c * t * (g @ d))


@mistake("line_search", "g @ d = 0 is not downhill either: across the slope nothing falls. Refuse "
         "it too.")  # fmt: skip
def across_accepted(f, g, x, d, shrink=0.5, c=1e-4):
    if g @ d > 0:
        raise ValueError("d points uphill")
    return _shrunk(f, x, d, shrink, lambda t: f(x) + c * t * (g @ d))


@mistake("line_search", "A direction that goes uphill is searched all the same, until the step "
         "drowns in rounding. Look at g @ d first and raise ValueError.")  # fmt: skip
def uphill_searched(f, g, x, d, shrink=0.5, c=1e-4):
    return _shrunk(f, x, d, shrink, lambda t: f(x) + c * t * (g @ d))


@mistake("kind", "Diagonal entries are the bends along the axes only. Turn the saddle and they "
         "deceive; use the eigenvalues.")  # fmt: skip
def diagonal_only(H):
    bends = np.sort(np.diag(H))
    if bends[0] > 0:
        return "min"
    return "max" if bends[-1] < 0 else "saddle"


@mistake("kind", "The determinant is the product of the bends: two negative ones look like two "
         "positive ones. Look at each sign.")  # fmt: skip
def by_determinant(H):
    return "min" if np.linalg.det(H) > 0 else "saddle"


@mistake("kind", "The sum of the bends hides a negative one among larger positive ones. Look at "
         "each sign.")  # fmt: skip
def by_sum(H):
    return "min" if np.trace(H) > 0 else "max"


@mistake("kind", "Bends that point up on all sides hold you at the bottom: positive eigenvalues "
         "mean a minimum.")  # fmt: skip
def upside_down(H):
    bends = np.linalg.eigvalsh(H)
    if bends[0] > 0:
        return "max"
    return "min" if bends[-1] < 0 else "saddle"
