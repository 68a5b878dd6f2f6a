# right: row operations with index loops
def lu(A):
    n = A.shape[0]
    U = A.astype(float).copy()
    L = np.eye(n)
    P = np.eye(n)
    tiny = n * 2.0**-52 * np.max(np.abs(A))
    for k in range(n):
        pivot = k + int(np.argmax(np.abs(U[k:, k])))
        if not abs(U[pivot, k]) > tiny:
            raise ValueError("singular")
        if pivot != k:
            U[[k, pivot]] = U[[pivot, k]]
            P[[k, pivot]] = P[[pivot, k]]
            L[[k, pivot], :k] = L[[pivot, k], :k]
        for i in range(k + 1, n):
            L[i, k] = U[i, k] / U[k, k]
            U[i] = U[i] - L[i, k] * U[k]
            U[i, k] = 0.0
    return P, L, U


# right: forward and back substitution with sums
def solve(A, b):
    P, L, U = lu(A)
    n = len(b)
    pb = P @ b
    y = np.zeros(n)
    for i in range(n):
        y[i] = pb[i] - sum(L[i, j] * y[j] for j in range(i))
    x = np.zeros(n)
    for i in reversed(range(n)):
        x[i] = (y[i] - sum(U[i, j] * x[j] for j in range(i + 1, n))) / U[i, i]
    return x


# right: row by row, Cholesky-Banachiewicz
def cholesky(A):
    n = len(A)
    L = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j] - np.dot(L[i, :j], L[j, :j])
            if i == j:
                if not s > 0:
                    raise ValueError("not positive definite")
                L[i, i] = np.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    return L


# right: modified Gram-Schmidt, column oriented
def gram_schmidt(A):
    V = np.array(A, dtype=float)
    m, n = V.shape
    Q, R = np.zeros((m, n)), np.zeros((n, n))
    for i in range(n):
        R[i, i] = np.sqrt(V[:, i] @ V[:, i])
        Q[:, i] = V[:, i] / R[i, i]
        for j in range(i + 1, n):
            R[i, j] = Q[:, i] @ V[:, j]
            V[:, j] -= R[i, j] * Q[:, i]
    return Q, R


# right: full reflections, then cut and signs
def householder_qr(A):
    m, n = A.shape
    R = A.astype(float)
    Q = np.eye(m)
    for k in range(n):
        x = R[k:, k]
        v = x.copy()
        v[0] += np.linalg.norm(x) if x[0] >= 0 else -np.linalg.norm(x)
        length = np.linalg.norm(v)
        if length == 0:
            continue
        v = v / length
        R[k:] -= 2 * np.outer(v, v @ R[k:])
        Q[:, k:] -= 2 * np.outer(Q[:, k:] @ v, v)
    signs = np.where(np.diag(R) < 0, -1.0, 1.0)
    return Q[:, :n] * signs, np.triu(R[:n]) * signs[:, None]


# right: two substitutions written out
def lstsq_normal(A, b):
    L = cholesky(A.T @ A)
    rhs = A.T @ b
    n = len(rhs)
    y, x = np.zeros(n), np.zeros(n)
    for i in range(n):
        y[i] = (rhs[i] - L[i, :i] @ y[:i]) / L[i, i]
    for i in range(n - 1, -1, -1):
        x[i] = (y[i] - L[i + 1 :, i] @ x[i + 1 :]) / L[i, i]
    return x


# wrong: no pivoting
# named: lu-1
def lu(A):
    n = len(A)
    U, L = A.astype(float), np.eye(n)
    for k in range(n):
        if abs(U[k, k]) <= n * 2.0**-52 * np.abs(A).max():
            raise ValueError("singular")
        for i in range(k + 1, n):
            L[i, k] = U[i, k] / U[k, k]
            U[i] -= L[i, k] * U[k]
    return np.eye(n), L, np.triu(U)


# wrong: the pivot without absolute value
# named: lu-2
def lu(A):
    n = len(A)
    P, L, U = np.eye(n), np.zeros((n, n)), A.astype(float)
    for k in range(n):
        p = k + U[k:, k].argmax()
        if abs(U[p, k]) <= n * 2.0**-52 * np.abs(A).max():
            raise ValueError("singular")
        for M in (P, L, U):
            M[[k, p]] = M[[p, k]]
        L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
        U[k + 1 :] -= np.outer(L[k + 1 :, k], U[k])
    return P, L + np.eye(n), np.triu(U)


# wrong: the multiples in L are not swapped
# named: lu-3
def lu(A):
    n = len(A)
    P, L, U = np.eye(n), np.eye(n), A.astype(float)
    for k in range(n):
        p = k + np.abs(U[k:, k]).argmax()
        if abs(U[p, k]) <= n * 2.0**-52 * np.abs(A).max():
            raise ValueError("singular")
        for M in (P, U):
            M[[k, p]] = M[[p, k]]
        L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
        U[k + 1 :] -= np.outer(L[k + 1 :, k], U[k])
    return P, L, np.triu(U)


# wrong: the inverse permutation
# named: lu-5
def lu(A):
    n = len(A)
    P, L, U = np.eye(n), np.zeros((n, n)), A.astype(float)
    for k in range(n):
        p = k + np.abs(U[k:, k]).argmax()
        if abs(U[p, k]) <= n * 2.0**-52 * np.abs(A).max():
            raise ValueError("singular")
        for M in (P, L, U):
            M[[k, p]] = M[[p, k]]
        L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
        U[k + 1 :] -= np.outer(L[k + 1 :, k], U[k])
    return P.T, L + np.eye(n), np.triu(U)


# wrong: singular only when exactly 0
# named: lu-7
def lu(A):
    n = len(A)
    P, L, U = np.eye(n), np.zeros((n, n)), A.astype(float)
    for k in range(n):
        p = k + np.abs(U[k:, k]).argmax()
        if U[p, k] == 0:
            raise ValueError("singular")
        for M in (P, L, U):
            M[[k, p]] = M[[p, k]]
        L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
        U[k + 1 :] -= np.outer(L[k + 1 :, k], U[k])
    return P, L + np.eye(n), np.triu(U)


# wrong: the scale is the largest entry, with its sign
# named: lu-9
def lu(A):
    n = len(A)
    P, L, U = np.eye(n), np.zeros((n, n)), A.astype(float)
    for k in range(n):
        p = k + np.abs(U[k:, k]).argmax()
        if abs(U[p, k]) <= n * 2.0**-52 * A.max():
            raise ValueError("singular")
        for M in (P, L, U):
            M[[k, p]] = M[[p, k]]
        L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
        U[k + 1 :] -= np.outer(L[k + 1 :, k], U[k])
    return P, L + np.eye(n), np.triu(U)


# wrong: b is not reordered
# named: solve-1
def solve(A, b):
    P, L, U = lu(A)
    y = np.zeros(len(b))
    for i in range(len(b)):
        y[i] = b[i] - L[i, :i] @ y[:i]
    x = np.zeros(len(b))
    for i in range(len(b) - 1, -1, -1):
        x[i] = (y[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]
    return x


# wrong: not divided by the diagonal of U
# named: solve-5
def solve(A, b):
    P, L, U = lu(A)
    b = P @ b
    y, x = np.zeros(len(b)), np.zeros(len(b))
    for i in range(len(b)):
        y[i] = b[i] - L[i, :i] @ y[:i]
    for i in range(len(b) - 1, -1, -1):
        x[i] = y[i] - U[i, i + 1 :] @ x[i + 1 :]
    return x


# wrong: U from the top
# named: solve-4
def solve(A, b):
    P, L, U = lu(A)
    b = P @ b
    y, x = np.zeros(len(b)), np.zeros(len(b))
    for i in range(len(b)):
        y[i] = b[i] - L[i, :i] @ y[:i]
    for i in range(len(b)):
        x[i] = (y[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]
    return x


# wrong: b is overwritten
# named: `solve` changes its argument `b` in place. The
def solve(A, b):
    P, L, U = lu(A)
    n = len(b)
    b[:] = P @ b
    for i in range(n):
        b[i] -= L[i, :i] @ b[:i]
    for i in range(n - 1, -1, -1):
        b[i] = (b[i] - U[i, i + 1 :] @ b[i + 1 :]) / U[i, i]
    return b


# wrong: the root is forgotten
# named: cholesky-6
def cholesky(A):
    n = len(A)
    L = np.zeros((n, n))
    for j in range(n):
        d = A[j, j] - L[j, :j] @ L[j, :j]
        if d <= 0:
            raise ValueError("not positive definite")
        L[j, j] = d
        for i in range(j + 1, n):
            L[i, j] = (A[i, j] - L[i, :j] @ L[j, :j]) / L[j, j]
    return L


# wrong: the earlier columns are not subtracted below the diagonal
# named: cholesky-7
def cholesky(A):
    n = len(A)
    L = np.zeros((n, n))
    for j in range(n):
        d = A[j, j] - np.sum(L[j, :j] ** 2)
        if d <= 0:
            raise ValueError("not positive definite")
        L[j, j] = np.sqrt(d)
        L[j + 1 :, j] = A[j + 1 :, j] / L[j, j]
    return L


# wrong: the upper factor
# named: cholesky-1
def cholesky(A):
    n = len(A)
    L = np.zeros((n, n))
    for j in range(n):
        d = A[j, j] - L[j, :j] @ L[j, :j]
        if d <= 0:
            raise ValueError("not positive definite")
        L[j, j] = np.sqrt(d)
        for i in range(j + 1, n):
            L[i, j] = (A[i, j] - L[i, :j] @ L[j, :j]) / L[j, j]
    return L.T


# wrong: nan, no refusal
# named: cholesky-5
def cholesky(A):
    n = len(A)
    L = np.zeros((n, n))
    for j in range(n):
        L[j, j] = np.sqrt(A[j, j] - L[j, :j] @ L[j, :j])
        for i in range(j + 1, n):
            L[i, j] = (A[i, j] - L[i, :j] @ L[j, :j]) / L[j, j]
    return L


# wrong: 0 is let through
# named: cholesky-4
def cholesky(A):
    n = len(A)
    L = np.zeros((n, n))
    for j in range(n):
        d = A[j, j] - L[j, :j] @ L[j, :j]
        if d < 0:
            raise ValueError("not positive definite")
        L[j, j] = np.sqrt(d)
        for i in range(j + 1, n):
            L[i, j] = (A[i, j] - L[i, :j] @ L[j, :j]) / max(L[j, j], 1e-300)
    return L


# wrong: not normalised
# named: gram_schmidt-5
def gram_schmidt(A):
    m, n = A.shape
    Q, R = np.zeros((m, n)), np.eye(n)
    for j in range(n):
        v = A[:, j].astype(float)
        for i in range(j):
            R[i, j] = Q[:, i] @ A[:, j] / (Q[:, i] @ Q[:, i])
            v = v - R[i, j] * Q[:, i]
        Q[:, j] = v
    return Q, R


# wrong: the factors are stored below the diagonal
# named: gram_schmidt-3
def gram_schmidt(A):
    m, n = A.shape
    Q, R = np.zeros((m, n)), np.zeros((n, n))
    for j in range(n):
        v = A[:, j].astype(float)
        for i in range(j):
            R[j, i] = Q[:, i] @ A[:, j]
            v = v - R[j, i] * Q[:, i]
        R[j, j] = np.linalg.norm(v)
        Q[:, j] = v / R[j, j]
    return Q, R


# wrong: the length of the original column on the diagonal
# named: gram_schmidt-6
def gram_schmidt(A):
    m, n = A.shape
    Q, R = np.zeros((m, n)), np.zeros((n, n))
    for j in range(n):
        v = A[:, j].astype(float)
        for i in range(j):
            R[i, j] = Q[:, i] @ v
            v = v - R[i, j] * Q[:, i]
        R[j, j] = np.linalg.norm(A[:, j])
        Q[:, j] = v / np.linalg.norm(v)
    return Q, R


# wrong: Gram-Schmidt under another name
# named: householder_qr-1
def householder_qr(A):
    return gram_schmidt(A)


# wrong: the signs are left as they come
# named: householder_qr-3
def householder_qr(A):
    m, n = A.shape
    R, Q = A.astype(float), np.eye(m)
    for k in range(n):
        v = R[k:, k].copy()
        v[0] += np.copysign(np.linalg.norm(v), v[0])
        v /= np.linalg.norm(v)
        R[k:] -= 2 * np.outer(v, v @ R[k:])
        Q[:, k:] -= 2 * np.outer(Q[:, k:] @ v, v)
    return Q[:, :n], np.triu(R[:n])


# wrong: np.sign is 0 at 0
# named: householder_qr-6
def householder_qr(A):
    m, n = A.shape
    R, Q = A.astype(float), np.eye(m)
    for k in range(n):
        v = R[k:, k].copy()
        v[0] += np.sign(v[0]) * np.linalg.norm(v)
        v /= np.linalg.norm(v)
        R[k:] -= 2 * np.outer(v, v @ R[k:])
        Q[:, k:] -= 2 * np.outer(Q[:, k:] @ v, v)
    s = np.where(np.diag(R) < 0, -1.0, 1.0)
    return Q[:, :n] * s, np.triu(R[:n]) * s[:, None]


# wrong: the whole square Q
# named: householder_qr-8
def householder_qr(A):
    m, n = A.shape
    R, Q = A.astype(float), np.eye(m)
    for k in range(n):
        v = R[k:, k].copy()
        v[0] += np.copysign(np.linalg.norm(v), v[0])
        v /= np.linalg.norm(v)
        R[k:] -= 2 * np.outer(v, v @ R[k:])
        Q[:, k:] -= 2 * np.outer(Q[:, k:] @ v, v)
    s = np.where(np.diag(R) < 0, -1.0, 1.0)
    Q[:, :n] *= s
    R[:n] *= s[:, None]
    return Q, R


# wrong: L twice, once not transposed
# named: lstsq_normal-3
def lstsq_normal(A, b):
    L = cholesky(A.T @ A)
    y = solve(L, A.T @ b)
    return solve(L, y)


# wrong: b in place of A.T b
def lstsq_normal(A, b):
    return solve(A.T @ A, (A.T @ A) @ b[: A.shape[1]])


# wrong: Q in place of its transpose is hidden by the normal equations
# named: lstsq_qr-1
def lstsq_qr(A, b):
    Q, R = householder_qr(A)
    return solve(R.T @ R, A.T @ b)


# right: outer products removed from a copy
def cholesky(A):
    left, n = np.array(A, dtype=float), len(A)
    L = np.zeros((n, n))
    for j in range(n):
        if not left[j, j] > 0:
            raise ValueError("not positive definite")
        L[j:, j] = left[j:, j] / np.sqrt(left[j, j])
        left[j:, j:] -= np.outer(L[j:, j], L[j:, j])
    return L


# right: QR by Gram-Schmidt in two passes of subtraction
def gram_schmidt(A):
    Q, R = np.zeros(A.shape), np.zeros((A.shape[1],) * 2)
    for j, a in enumerate(A.T):
        v = a.astype(float)
        for i in range(j):
            R[i, j] = Q[:, i] @ a
        v -= Q[:, :j] @ R[:j, j]
        R[j, j] = (v @ v) ** 0.5
        Q[:, j] = v / R[j, j]
    return Q, R


# wrong: returns too early
# named: The loop of `cholesky` ends in its first
def cholesky(A):
    n = A.shape[0]
    L = np.zeros((n, n))
    for k in range(n):
        pivot = A[k, k] - np.dot(L[k, :k], L[k, :k])
        if pivot <= 0:
            raise ValueError("A is not positive definite")
        L[k, k] = pivot**0.5
        for i in range(k + 1, n):
            L[i, k] = (A[i, k] - np.dot(L[i, :k], L[k, :k])) / L[k, k]
        return L


# wrong: sign of zero
# named: householder_qr-6
def householder_qr(A):
    m, n = A.shape
    Q, R = np.eye(m), A.astype(float)
    for k in range(n):
        x = R[k:, k]
        e = np.zeros(len(x))
        e[0] = np.sign(x[0]) * np.linalg.norm(x)
        v = x + e
        v = v / np.linalg.norm(v)
        H = np.eye(m)
        H[k:, k:] -= 2 * np.outer(v, v)
        R, Q = H @ R, Q @ H
    s = np.where(np.diag(R) < 0, -1.0, 1.0)
    return Q[:, :n] * s, np.triu(R[:n]) * s[:, None]
