# right: a list of copies
def descend(grad, x0, lr, steps, tol=0.0):
    x = np.array(x0, dtype=float)
    trajectory = [x.copy()]
    for _ in range(steps):
        g = grad(x)
        if np.linalg.norm(g) < tol:
            break
        x = x - lr * g
        trajectory.append(x.copy())
    return np.array(trajectory)


# right: eigenvalues by eigh, their maximum
def max_stable_lr(A):
    w, _ = np.linalg.eigh(A)
    return 2.0 / max(w)


# right: any and all
def forecast(A, lr):
    factors = [1 - lr * lam for lam in np.linalg.eigvalsh(A)]
    if any(abs(f) > 1 for f in factors):
        return "blows up"
    return "bounces" if min(factors) < 0 else "walks"


# right: recursion-free Armijo with the slope computed once
def line_search(f, g, x, d, shrink=0.5, c=1e-4):
    slope = float(np.dot(g, d))
    if slope >= 0:
        raise ValueError("d must point downhill")
    fx, t = f(x), 1.0
    while f(x + t * d) > fx + c * t * slope:
        t *= shrink
    return t


# right: counting signs
def kind(H):
    positive = int((np.linalg.eigvalsh(H) > 0).sum())
    if positive == len(H):
        return "min"
    return "max" if positive == 0 else "saddle"


# wrong: x is changed in place, so all rows are the last one
# named: descend-4
def descend(grad, x0, lr, steps, tol=0.0):
    x = np.array(x0, dtype=float)
    path = [x]
    for _ in range(steps):
        g = grad(x)
        if np.linalg.norm(g) < tol:
            break
        x -= lr * g
        path.append(x)
    return np.array(path)


# wrong: uphill
# named: descend-1
def descend(grad, x0, lr, steps, tol=0.0):
    x = np.asarray(x0, dtype=float)
    path = [x]
    for _ in range(steps):
        g = grad(x)
        if np.linalg.norm(g) < tol:
            break
        x = x + lr * g
        path.append(x)
    return np.stack(path)


# wrong: the start is not in the path
# named: descend-3
def descend(grad, x0, lr, steps, tol=0.0):
    x, path = np.asarray(x0, dtype=float), []
    for _ in range(steps):
        g = grad(x)
        if np.linalg.norm(g) < tol:
            break
        x = x - lr * g
        path.append(x)
    return np.stack(path)


# wrong: the step is taken before the test
# named: descend-8
def descend(grad, x0, lr, steps, tol=0.0):
    x = np.asarray(x0, dtype=float)
    path = [x]
    for _ in range(steps):
        g = grad(x)
        x = x - lr * g
        path.append(x)
        if np.linalg.norm(g) < tol:
            break
    return np.stack(path)


# wrong: tol is compared with the move, not with the gradient
# named: descend-7
def descend(grad, x0, lr, steps, tol=0.0):
    x = np.asarray(x0, dtype=float)
    path = [x]
    for _ in range(steps):
        move = lr * grad(x)
        if np.linalg.norm(move) < tol:
            break
        x = x - move
        path.append(x)
    return np.stack(path)


# wrong: tol is ignored
# named: descend-6
def descend(grad, x0, lr, steps, tol=0.0):
    x = np.asarray(x0, dtype=float)
    path = [x]
    for _ in range(steps):
        x = x - lr * grad(x)
        path.append(x)
    return np.stack(path)


# wrong: one over the largest
# named: max_stable_lr-2
def max_stable_lr(A):
    return 1 / np.linalg.eigvalsh(A)[-1]


# wrong: the flattest direction
# named: max_stable_lr-1
def max_stable_lr(A):
    return 2 / np.linalg.eigvalsh(A)[0]


# wrong: the trace in place of the largest eigenvalue
# named: max_stable_lr-4
def max_stable_lr(A):
    return 2 / np.trace(A)


# wrong: no absolute value, so that a factor below -1 is not seen
# named: forecast-4
def forecast(A, lr):
    factor = 1 - lr * np.linalg.eigvalsh(A)
    if (factor > 1).any():
        return "blows up"
    if (factor < 0).any():
        return "bounces"
    return "walks"


# wrong: only if all directions bounce
# named: forecast-5
def forecast(A, lr):
    factor = 1 - lr * np.linalg.eigvalsh(A)
    if (abs(factor) > 1).any():
        return "blows up"
    return "bounces" if (factor < 0).all() else "walks"


# wrong: the flattest direction decides
# named: forecast-1
def forecast(A, lr):
    factor = 1 - lr * np.linalg.eigvalsh(A)[0]
    if abs(factor) > 1:
        return "blows up"
    return "bounces" if factor < 0 else "walks"


# wrong: bounces is asked first
# named: forecast-4
def forecast(A, lr):
    factor = 1 - lr * np.linalg.eigvalsh(A)
    if factor.min() < 0:
        return "bounces"
    if np.abs(factor).max() > 1:
        return "blows up"
    return "walks"


# wrong: any decrease will do
# named: line_search-1
def line_search(f, g, x, d, shrink=0.5, c=1e-4):
    if g @ d >= 0:
        raise ValueError("not downhill")
    t = 1.0
    while f(x + t * d) >= f(x):
        t = t * shrink
    return t


# wrong: the direction is minus the gradient, whatever d is
# named: line_search-8
def line_search(f, g, x, d, shrink=0.5, c=1e-4):
    if g @ d >= 0:
        raise ValueError("not downhill")
    t = 1.0
    while f(x - t * g) > f(x) - c * t * (g @ g):
        t = t * shrink
    return t


# wrong: an uphill direction is not refused
# named: line_search-6
def line_search(f, g, x, d, shrink=0.5, c=1e-4):
    t = 1.0
    for _ in range(100):
        if f(x + t * d) <= f(x) + c * t * (g @ d):
            return t
        t *= shrink
    return t


# wrong: one shrinking too many
# named: line_search-7
def line_search(f, g, x, d, shrink=0.5, c=1e-4):
    if g @ d >= 0:
        raise ValueError("not downhill")
    t = 1.0
    while f(x + t * d) > f(x) + c * t * (g @ d):
        t *= shrink
    return t * shrink


# wrong: min and max swapped
# named: kind-4
def kind(H):
    lam = np.linalg.eigvalsh(H)
    if np.all(lam < 0):
        return "min"
    if np.all(lam > 0):
        return "max"
    return "saddle"


# wrong: the determinant test of two dimensions
# named: kind-2
def kind(H):
    if np.linalg.det(H) < 0:
        return "saddle"
    return "min" if H[0, 0] > 0 else "max"


# wrong: the diagonal in place of the eigenvalues
# named: kind-1
def kind(H):
    d = np.diag(H)
    if (d > 0).all():
        return "min"
    return "max" if (d < 0).all() else "saddle"


# right: rows of an array, cut at the end
def descend(grad, x0, lr, steps, tol=0.0):
    x0 = np.asarray(x0, dtype=float)
    rows = np.empty((steps + 1, *x0.shape))
    rows[0], taken = x0, 0
    while taken < steps and not np.linalg.norm(grad(rows[taken])) < tol:
        rows[taken + 1] = rows[taken] - lr * grad(rows[taken])
        taken += 1
    return rows[: taken + 1]


# right: a product of signs avoided, by counting
def kind(H):
    lowest, *_, highest = sorted(np.linalg.eigvalsh(H))
    if lowest > 0:
        return "min"
    return "max" if highest < 0 else "saddle"


# wrong: the slope is that of steepest descent
# named: line_search-8
def line_search(f, g, x, d, shrink=0.5, c=1e-4):
    if np.dot(g, d) >= 0:
        raise ValueError("uphill")
    t, start = 1.0, f(x)
    while True:
        if f(x + t * d) <= start - c * t * np.sum(g**2):
            return t
        t = shrink * t


# wrong: all directions have to bounce
# named: forecast-5
def forecast(A, lr):
    w = np.linalg.eigh(A)[0]
    if max(abs(1 - lr * w)) > 1:
        return "blows up"
    return "bounces" if max(1 - lr * w) < 0 else "walks"
