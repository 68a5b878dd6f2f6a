# right: three loops with lists
def matmul_loops(A, B):
    n, k = A.shape
    k2, m = B.shape
    if k != k2:
        raise ValueError(f"inner sizes {k} and {k2} differ")
    C = [[0.0] * m for _ in range(n)]
    for i in range(n):
        for j in range(m):
            for t in range(k):
                C[i][j] += A[i][t] * B[t][j]
    return np.array(C).reshape(n, m)


# right: an array of zeros, filled
def rank_one_parts(A, B):
    n, K = A.shape
    m = B.shape[1]
    parts = np.zeros((K, n, m))
    for k in range(K):
        for i in range(n):
            parts[k, i] = A[i, k] * B[k]
    return parts


# right: zip_longest from the right
def broadcast_shape(a, b):
    from itertools import zip_longest

    out = []
    for p, q in zip_longest(reversed(a), reversed(b), fillvalue=1):
        if p != q and 1 not in (p, q):
            raise ValueError(f"{a} and {b} do not fit")
        out.append(q if p == 1 else p)
    return tuple(reversed(out))


# right: clip at the end
def cosine(u, v):
    nu, nv = np.sqrt(u @ u), np.sqrt(v @ v)
    if nu == 0 or nv == 0:
        raise ValueError("no angle")
    return float(np.clip((u @ v) / (nu * nv), -1, 1))


# right: the Gram matrix on two lines
def project(v, U):
    gram = U.T @ U
    coefficients = np.linalg.solve(gram, U.T @ v)
    return U @ coefficients


# right: None for new axes
def batched_pairwise_sqdist(X, Y):
    diff = X[:, :, None, :] - Y[:, None, :, :]
    return (diff * diff).sum(-1)


# right: the binomial formula, cut at 0
def batched_pairwise_sqdist(X, Y):
    m = X[:, :1]
    X, Y = X - m, Y - m
    sq = (X**2).sum(-1)[:, :, None] + (Y**2).sum(-1)[:, None] - 2 * X @ Y.transpose(0, 2, 1)
    return np.maximum(sq, 0)


# wrong: = for +=
# named: matmul_loops-2
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("sizes")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                C[i, j] = A[i, k] * B[k, j]
    return C


# wrong: no refusal
# named: matmul_loops-5
def matmul_loops(A, B):
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(min(A.shape[1], B.shape[0])):
                C[i, j] += A[i, k] * B[k, j]
    return C


# wrong: B transposed
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("sizes")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(C.shape[0]):
        for j in range(C.shape[1]):
            for k in range(A.shape[1]):
                C[i, j] += A[i, k] * B[j % B.shape[0], k % B.shape[1]]
    return C


# wrong: the return stands inside the loop
# named: The loop of `matmul_loops` ends in its first
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("sizes")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                C[i, j] += A[i, k] * B[k, j]
        return C


# wrong: the result has the dtype of A, cut off
# named: matmul_loops-4
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("sizes")
    C = np.zeros((A.shape[0], B.shape[1]), dtype=int)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                C[i, j] += A[i, k] * B[k, j]
    return C


# wrong: the product itself
# named: rank_one_parts-1
def rank_one_parts(A, B):
    return A @ B


# wrong: the last axis is k
# named: rank_one_parts-3
def rank_one_parts(A, B):
    return A[:, None, :] * B.T[None, :, :]


# wrong: rows of A with columns of B
def rank_one_parts(A, B):
    return np.array([A[k % len(A)][:, None] * B[:, k % B.shape[1]] for k in range(A.shape[1])])


# wrong: aligned on the left
# named: broadcast_shape-1
def broadcast_shape(a, b):
    n = max(len(a), len(b))
    a, b = a + (1,) * (n - len(a)), b + (1,) * (n - len(b))
    for p, q in zip(a, b):
        if p != q and p != 1 and q != 1:
            raise ValueError("no fit")
    return tuple(q if p == 1 else p for p, q in zip(a, b))


# wrong: the larger size, also beside 0
# named: broadcast_shape-5
def broadcast_shape(a, b):
    n = max(len(a), len(b))
    a, b = (1,) * (n - len(a)) + tuple(a), (1,) * (n - len(b)) + tuple(b)
    for p, q in zip(a, b):
        if p != q and 1 not in (p, q):
            raise ValueError("no fit")
    return tuple(max(p, q) for p, q in zip(a, b))


# wrong: everything fits
# named: broadcast_shape-6
def broadcast_shape(a, b):
    n = max(len(a), len(b))
    a, b = (1,) * (n - len(a)) + tuple(a), (1,) * (n - len(b)) + tuple(b)
    return tuple(q if p == 1 else p for p, q in zip(a, b))


# wrong: a list
# named: Expected a tuple of 2, got a list
def broadcast_shape(a, b):
    n = max(len(a), len(b))
    a, b = (1,) * (n - len(a)) + tuple(a), (1,) * (n - len(b)) + tuple(b)
    if any(p != q and 1 not in (p, q) for p, q in zip(a, b)):
        raise ValueError("no fit")
    return [q if p == 1 else p for p, q in zip(a, b)]


# wrong: the result is back to front
# named: broadcast_shape-7
def broadcast_shape(a, b):
    a, b, out = list(a)[::-1], list(b)[::-1], []
    for i in range(max(len(a), len(b))):
        p = a[i] if i < len(a) else 1
        q = b[i] if i < len(b) else 1
        if p != q and p != 1 and q != 1:
            raise ValueError("no fit")
        out.append(q if p == 1 else p)
    return tuple(out)


# wrong: only the longer one's missing sizes are cut off by zip
# named: broadcast_shape-2
def broadcast_shape(a, b):
    out = []
    for p, q in zip(a[::-1], b[::-1]):
        if p != q and p != 1 and q != 1:
            raise ValueError("no fit")
        out.append(q if p == 1 else p)
    return tuple(out[::-1])


# wrong: 1 - cosine, a distance
# named: cosine-6
def cosine(u, v):
    if not u.any() or not v.any():
        raise ValueError("zero")
    return float(np.clip(1 - (u @ v) / np.sqrt((u @ u) * (v @ v)), -1, 1))


# wrong: the lengths are not rooted
# named: cosine-2
def cosine(u, v):
    if not u.any() or not v.any():
        raise ValueError("zero")
    return float(np.clip((u @ v) / ((u @ u) * (v @ v)), -1, 1))


# wrong: an epsilon in place of the refusal
# named: cosine-7
def cosine(u, v):
    c = (u @ v) / (np.sqrt(u @ u) * np.sqrt(v @ v) + 1e-8)
    return float(np.clip(c, -1, 1))


# wrong: not clipped
# named: cosine-5
def cosine(u, v):
    lu, lv = (u @ u) ** 0.5, (v @ v) ** 0.5
    if lu * lv == 0:
        raise ValueError("zero")
    return float(u @ v / (lu * lv))


# wrong: the angle
# named: cosine-3
def cosine(u, v):
    if not u.any() or not v.any():
        raise ValueError("zero")
    return float(np.arccos(np.clip((u @ v) / np.sqrt((u @ u) * (v @ v)), -1, 1)))


# wrong: columns are taken for orthonormal
# named: project-1
def project(v, U):
    return U @ (U.T @ v)


# wrong: orthogonal, of any length
# named: project-4
def project(v, U):
    out = np.zeros(len(v))
    for u in U.T:
        out += (u @ v) / (u @ u) * u
    return out


# wrong: the residual
# named: project-3
def project(v, U):
    return v - U @ np.linalg.solve(U.T @ U, U.T @ v)


# wrong: the coefficients
# named: project-2
def project(v, U):
    return np.linalg.solve(U.T @ U, U.T @ v)


# wrong: the root is taken
# named: batched_pairwise_sqdist-1
def batched_pairwise_sqdist(X, Y):
    return np.sqrt(((X[:, :, None] - Y[:, None]) ** 2).sum(axis=-1))


# wrong: mean over the numbers
# named: batched_pairwise_sqdist-8
def batched_pairwise_sqdist(X, Y):
    return ((X[:, :, None] - Y[:, None]) ** 2).mean(axis=-1)


# wrong: Y before X
# named: batched_pairwise_sqdist-3
def batched_pairwise_sqdist(X, Y):
    return ((X[:, None] - Y[:, :, None]) ** 2).sum(axis=-1)


# wrong: the binomial formula, which can fall below 0
# named: batched_pairwise_sqdist-6
def batched_pairwise_sqdist(X, Y):
    xx = (X**2).sum(-1)[:, :, None]
    yy = (Y**2).sum(-1)[:, None, :]
    return xx + yy - 2 * (X @ Y.swapaxes(1, 2))


# wrong: absolute differences
# named: batched_pairwise_sqdist-2
def batched_pairwise_sqdist(X, Y):
    return np.abs(X[:, :, None] - Y[:, None]).sum(axis=-1)


# right: a comprehension of sums
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("the inner sizes differ")
    rows, cols = range(A.shape[0]), range(B.shape[1])
    return np.array(
        [[sum(A[i, k] * B[k, j] for k in range(A.shape[1])) for j in cols] for i in rows]
    )


# right: the normal equations, with the inverse of a small matrix by solve
def project(v, U):
    inverse = np.linalg.solve(U.T @ U, np.eye(U.shape[1]))
    return U @ inverse @ U.T @ v


# wrong: the sum stops one too early
# named: matmul_loops-7
def matmul_loops(A, B):
    n, inner = A.shape
    if inner != B.shape[0]:
        raise ValueError("inner sizes")
    C = np.zeros((n, B.shape[1]))
    for i in range(n):
        for j in range(B.shape[1]):
            total = 0.0
            k = 0
            while k < inner - 1:
                total += A[i, k] * B[k, j]
                k += 1
            C[i, j] = total
    return C


# wrong: a guard in the denominator
# named: cosine-7
def cosine(u, v, eps=1e-10):
    norm_u, norm_v = np.sqrt(np.sum(u**2)), np.sqrt(np.sum(v**2))
    return float(np.clip(np.sum(u * v) / (norm_u * norm_v + eps), -1, 1))
