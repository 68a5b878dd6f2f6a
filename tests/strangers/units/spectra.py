# right: the Rayleigh quotient at the end
def power_method(A, rng, steps=1000):
    v = rng.standard_normal(A.shape[0])
    v = v / np.sqrt(np.sum(v * v))
    for _ in range(steps):
        w = A @ v
        v = w / np.sqrt(np.sum(w * w))
    return float(v @ (A @ v)), v


# right: a copy and an accumulated product
def qr_algorithm(A, iters):
    Ak = np.array(A, dtype=float)
    V = np.identity(len(A))
    for _ in range(iters):
        Q, R = np.linalg.qr(Ak)
        Ak = R @ Q
        V = V @ Q
    return np.diagonal(Ak).copy(), V


# right: a sum of rank-1 matrices
def low_rank(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    B = np.zeros(A.shape)
    for i in range(k):
        B += s[i] * np.outer(U[:, i], Vt[i])
    return B, float(np.sqrt(np.sum(s[k:] ** 2)))


# right: subspace iteration as in the paper
def randomized_svd(A, k, rng, extra=8, rounds=2):
    omega = rng.standard_normal((A.shape[1], k + extra))
    Q, _ = np.linalg.qr(A @ omega)
    for _ in range(rounds):
        W, _ = np.linalg.qr(A.T @ Q)
        Q, _ = np.linalg.qr(A @ W)
    B = (A.T @ Q).T
    Uhat, s, Vt = np.linalg.svd(B, full_matrices=False)
    U = Q @ Uhat
    return U[:, :k], s[:k], Vt[:k]


# right: svd of the centred table
def pca(X, k):
    mu = np.mean(X, axis=0)
    _, _, Vt = np.linalg.svd(X - mu, full_matrices=False)
    W = Vt[:k]
    return (X - mu) @ W.T, W, mu


# right: a dense transition matrix
def pagerank(links, damping=0.85):
    n = len(links)
    M = np.zeros((n, n))
    for i, out in enumerate(links):
        if out:
            for j in out:
                M[j, i] = 1 / len(out)
        else:
            M[:, i] = 1 / n
    G = damping * M + (1 - damping) / n
    r = np.full(n, 1 / n)
    for _ in range(500):
        r = G @ r
    return r


# wrong: the length as the eigenvalue, always positive
# named: power_method-2
def power_method(A, rng, steps=1000):
    v = rng.normal(size=len(A))
    value = 0.0
    for _ in range(steps):
        v = A @ v
        value = np.linalg.norm(v)
        v = v / value
    return value, v


# wrong: not normalised at the end
# named: power_method-6
def power_method(A, rng, steps=1000):
    v = rng.normal(size=len(A))
    for _ in range(steps):
        v = A @ (v / np.linalg.norm(v))
    return float(v @ A @ v / (v @ v)), v


# wrong: starts at ones
# named: power_method-3
def power_method(A, rng, steps=1000):
    v = np.ones(len(A))
    for _ in range(steps):
        v = A @ v
        v = v / np.linalg.norm(v)
    return v @ A @ v, v


# wrong: too few steps
# named: power_method-7
def power_method(A, rng, steps=1000):
    v = rng.normal(size=len(A))
    for _ in range(5):
        v = A @ v
        v /= np.linalg.norm(v)
    return v @ A @ v, v


# wrong: Q R, which changes nothing
# named: qr_algorithm-1
def qr_algorithm(A, iters):
    V = np.eye(len(A))
    for _ in range(iters):
        Q, R = np.linalg.qr(A)
        A = Q @ R
        V = V @ Q
    return np.diag(A), V


# wrong: the last Q in place of the product
# named: qr_algorithm-3
def qr_algorithm(A, iters):
    for _ in range(iters):
        Q, R = np.linalg.qr(A)
        A = R @ Q
    return np.diag(A), Q


# wrong: the product from the left
# named: qr_algorithm-4
def qr_algorithm(A, iters):
    V = np.eye(len(A))
    for _ in range(iters):
        Q, R = np.linalg.qr(A)
        A = R @ Q
        V = Q @ V
    return np.diag(A), V


# wrong: eigenvectors in rows
# named: qr_algorithm-5
def qr_algorithm(A, iters):
    V = np.eye(len(A))
    for _ in range(iters):
        Q, R = np.linalg.qr(A)
        A = R @ Q
        V = V @ Q
    return np.diag(A), V.T


# wrong: the whole matrix as values
# named: qr_algorithm-6
def qr_algorithm(A, iters):
    V = np.eye(len(A))
    for _ in range(iters):
        Q, R = np.linalg.qr(A)
        A = R @ Q
        V = V @ Q
    return A, V


# wrong: the error is the first left-out singular value
# named: low_rank-2
def low_rank(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U[:, :k] * s[:k] @ Vt[:k], s[k] if k < len(s) else 0.0


# wrong: no root
# named: low_rank-5
def low_rank(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U[:, :k] @ np.diag(s[:k]) @ Vt[:k], np.sum(s[k:] ** 2)


# wrong: the columns of Vt
# named: low_rank-6
def low_rank(A, k):
    U, s, V = np.linalg.svd(A, full_matrices=False)
    return U[:, :k] * s[:k] @ V[:, :k].T, np.sqrt((s[k:] ** 2).sum())


# wrong: the error of what is kept
# named: low_rank-7
def low_rank(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U[:, :k] * s[:k] @ Vt[:k], np.sqrt((s[:k] ** 2).sum())


# wrong: the singular values are left out
# named: low_rank-4
def low_rank(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U[:, :k] @ Vt[:k], np.sqrt((s[k:] ** 2).sum())


# wrong: U is not brought back by Q
# named: randomized_svd-3
def randomized_svd(A, k, rng, extra=8, rounds=2):
    Q = np.linalg.qr(A @ rng.normal(size=(A.shape[1], k + extra)))[0]
    for _ in range(rounds):
        Q = np.linalg.qr(A.T @ Q)[0]
        Q = np.linalg.qr(A @ Q)[0]
    U, s, Vt = np.linalg.svd((A.T @ Q).T, full_matrices=False)
    return U[:, :k], s[:k], Vt[:k]


# wrong: no extra columns and no rounds
# named: randomized_svd-1
def randomized_svd(A, k, rng, extra=8, rounds=2):
    Q = np.linalg.qr(A @ rng.normal(size=(A.shape[1], k)))[0]
    U, s, Vt = np.linalg.svd((A.T @ Q).T, full_matrices=False)
    return Q @ U, s, Vt


# wrong: all k + extra come back
# named: randomized_svd-4
def randomized_svd(A, k, rng, extra=8, rounds=2):
    Q = np.linalg.qr(A @ rng.normal(size=(A.shape[1], k + extra)))[0]
    for _ in range(rounds):
        Q = np.linalg.qr(A @ np.linalg.qr(A.T @ Q)[0])[0]
    U, s, Vt = np.linalg.svd((A.T @ Q).T, full_matrices=False)
    return Q @ U, s, Vt


# wrong: the mean is not subtracted
# named: pca-1
def pca(X, k):
    mean = X.mean(axis=0)
    Vt = np.linalg.svd(X, full_matrices=False)[2]
    return X @ Vt[:k].T, Vt[:k], mean


# wrong: Z without the mean subtracted
# named: pca-4
def pca(X, k):
    mean = X.mean(axis=0)
    Vt = np.linalg.svd(X - mean, full_matrices=False)[2]
    return X @ Vt[:k].T, Vt[:k], mean


# wrong: standardised columns
# named: pca-2
def pca(X, k):
    mean, std = X.mean(axis=0), X.std(axis=0)
    Xs = (X - mean) / std
    Vt = np.linalg.svd(Xs, full_matrices=False)[2]
    return Xs @ Vt[:k].T, Vt[:k], mean


# wrong: the directions in the columns
# named: pca-7
def pca(X, k):
    mean = X.mean(axis=0)
    Vt = np.linalg.svd(X - mean, full_matrices=False)[2]
    V = Vt.T[:, :k]
    return (X - mean) @ V, V, mean


# wrong: the mean of each row
# named: pca-8
def pca(X, k):
    mean = X.mean(axis=1, keepdims=True)
    Vt = np.linalg.svd(X - mean, full_matrices=False)[2]
    return (X - mean) @ Vt[:k].T, Vt[:k], X.mean(axis=0)


# wrong: visits vanish at pages without links
# named: pagerank-4
def pagerank(links, damping=0.85):
    n = len(links)
    r = np.ones(n) / n
    for _ in range(300):
        new = np.full(n, (1 - damping) / n)
        for i, out in enumerate(links):
            for j in out:
                new[j] += damping * r[i] / len(out)
        r = new
    return r


# wrong: the other way round, links that leave
# named: pagerank-3
def pagerank(links, damping=0.85):
    n = len(links)
    M = np.zeros((n, n))
    for i, out in enumerate(links):
        M[i, out if out else slice(None)] = 1 / (len(out) or n)
    r = np.ones(n) / n
    for _ in range(300):
        r = damping * M @ r + (1 - damping) / n
    return r


# wrong: jumps are not divided among the pages
# named: pagerank-7
def pagerank(links, damping=0.85):
    n = len(links)
    r = np.ones(n) / n
    for _ in range(300):
        new = np.full(n, 1 - damping)
        for i, out in enumerate(links):
            for j in out or range(n):
                new[j] += damping * r[i] / (len(out) or n)
        r = new
    return r


# right: what pages without links lose is put back by the division at the end
def pagerank(links, damping=0.85):
    n = len(links)
    r = np.ones(n) / n
    for _ in range(300):
        new = np.full(n, (1 - damping) / n)
        for i, out in enumerate(links):
            for j in out:
                new[j] += damping * r[i] / len(out)
        r = new
    return r / r.sum()


# wrong: stops too early
# named: pagerank-6
def pagerank(links, damping=0.85):
    n = len(links)
    r = np.ones(n) / n
    while True:
        new = np.full(n, (1 - damping) / n)
        for i, out in enumerate(links):
            for j in out or range(n):
                new[j] += damping * r[i] / (len(out) or n)
        if np.abs(new - r).max() < 1e-4:
            return new
        r = new


# wrong: 1 - damping and damping swapped
# named: pagerank-2
def pagerank(links, damping=0.85):
    n = len(links)
    r = np.ones(n) / n
    for _ in range(300):
        new = np.full(n, damping / n)
        for i, out in enumerate(links):
            for j in out or range(n):
                new[j] += (1 - damping) * r[i] / (len(out) or n)
        r = new
    return r


# right: the error from all parts but the first k
def low_rank(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    kept = s.copy()
    kept[k:] = 0
    return U @ np.diag(kept) @ Vt, float(np.linalg.norm(s[k:]))


# right: pages as rows of a table, until nothing changes
def pagerank(links, damping=0.85):
    N = len(links)
    table = np.zeros((N, N))
    for page, targets in enumerate(links):
        table[page, targets if targets else range(N)] = 1.0
    table /= table.sum(axis=1, keepdims=True)
    r, last = np.ones(N) / N, np.zeros(N)
    while np.abs(r - last).max() > 1e-15:
        last, r = r, (1 - damping) / N + damping * r @ table
        if np.allclose(r, last, rtol=0, atol=1e-15):
            break
    return r


# wrong: an early stop
# named: pagerank-6
def pagerank(links, damping=0.85):
    N = len(links)
    old = np.full(N, 1.0 / N)
    for _ in range(25):
        new = np.full(N, (1 - damping) / N)
        for i in range(N):
            share = old[i] / (len(links[i]) or N)
            for j in links[i] or range(N):
                new[j] += damping * share
        old = new
    return old


# wrong: the sum of squares
# named: low_rank-5
def low_rank(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    B = np.zeros_like(A)
    for n in range(k):
        B = B + s[n] * np.outer(U[:, n], Vt[n, :])
    return B, float(sum(x * x for x in s[k:]))
