"""A worked solution of `vectors`."""

import numpy as np


def matmul_loops(A, B):
    (n, inner), (inner_too, m) = A.shape, B.shape
    if inner != inner_too:
        raise ValueError(f"inner sizes differ: {A.shape} times {B.shape}")
    out = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            for k in range(inner):
                out[i, j] += A[i, k] * B[k, j]
    return out


def rank_one_parts(A, B):
    # (K, N, 1) times (K, 1, M) stretches to (K, N, M).
    return A.T[:, :, None] * B[:, None, :]


def broadcast_shape(a, b):
    width = max(len(a), len(b))
    a, b = (1,) * (width - len(a)) + tuple(a), (1,) * (width - len(b)) + tuple(b)
    if any(m != n and 1 not in (m, n) for m, n in zip(a, b, strict=True)):
        raise ValueError(f"shapes {a} and {b} do not fit together")
    # Not max(m, n): a 1 stretches to 0 as well.
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))


def cosine(u, v):
    lengths = np.sqrt(u @ u) * np.sqrt(v @ v)
    if lengths == 0:
        raise ValueError("a vector of length 0 has no direction")
    # Rounding can give 1.0000000000000002, whose arccos is not a number.
    return float(np.clip(u @ v / lengths, -1.0, 1.0))


def project(v, U):
    share = np.linalg.solve(U.T @ U, U.T @ v)  # (K,): how much of each column
    return U @ share


def batched_pairwise_sqdist(X, Y):
    gap = X[:, :, None, :] - Y[:, None, :, :]  # (B, N, M, D)
    return (gap**2).sum(axis=3)
