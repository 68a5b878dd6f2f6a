"""Vectors, matrices and shapes: six functions that every later unit builds on.

A vector is an array of shape (D,), a matrix one of shape (N, D). `@` multiplies matrices; in the
first two tasks you build what it does, and from the fourth on you may use it, `numpy.dot` or
`numpy.matmul`. Not allowed are `numpy.linalg`, except for `numpy.linalg.solve`, and `numpy.inner`,
`numpy.outer`, `numpy.einsum`, `numpy.tensordot`, `numpy.broadcast`, `numpy.broadcast_shapes` and
`numpy.broadcast_arrays`. `undergrad check vectors` runs it.

Letters: N rows of a result, M columns of a result, K inner size of a product or columns of a basis,
D numbers of one vector, B batches.
"""

import numpy as np


def matmul_loops(A, B):
    """The matrix product with nothing but `+` and `*` on single numbers.

    A: (N, K).   B: (K, M).   Raises ValueError when the inner sizes differ.
    Returns: product (N, M)
    """
    # TODO 1: three loops; which entries of A and B belong to entry [i, j]?
    (n, inner), (inner_b, m) = A.shape, B.shape
    if inner != inner_b:
        raise ValueError(f"inner sizes differ: {A.shape} times {B.shape}")
    out = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            for k in range(inner):
                out[i, j] += A[i, k] * B[k, j]
    return out


def rank_one_parts(A, B):
    """The rank-1 matrices whose sum is A @ B, one for each inner index.

    A: (N, K).   B: (K, M).
    Summed over axis 0 they are the product.
    Returns: parts (K, N, M)
    """
    # TODO 2: which column of A and which row of B make matrix k?
    return A.T[:, :, None] * B[:, None, :]  # (K, N, 1) times (K, 1, M) broadcasts to (K, N, M)


def broadcast_shape(a, b):
    """The shape that two arrays of shapes `a` and `b` have together, by NumPy's rule.

    a, b: tuples of whole numbers, such as (3, 1) and (4,). Sizes may be 0, and () is one number.
    Shapes are aligned at their right ends, and a 1 is stretched to the size that it meets, be it 0.
    Raises ValueError when two sizes differ and neither is 1.
    Returns: shape, tuple
    """
    # TODO 3: compare the two shapes from the right, size by size
    width = max(len(a), len(b))
    a = (1,) * (width - len(a)) + tuple(a)
    b = (1,) * (width - len(b)) + tuple(b)
    if any(m != n and 1 not in (m, n) for m, n in zip(a, b, strict=True)):
        raise ValueError(f"shapes {a} and {b} do not fit together")
    # Not max(m, n), because a 1 is stretched to 0 as well.
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))


def cosine(u, v):
    """The cosine of the angle between two vectors: 1 for the same direction, -1 for opposite ones.

    u, v: (D,).   Raises ValueError when u or v has length 0, because then there is no angle.
    The result is never outside -1..1.
    Returns: cosine, float
    """
    # TODO 4: what is left of the dot product once the lengths are taken out?
    lengths = np.sqrt(u @ u) * np.sqrt(v @ v)
    if lengths == 0:
        raise ValueError("a vector of length 0 has no direction")
    # Rounding can give 1.0000000000000002, whose arccos is not a number.
    return float(np.clip(u @ v / lengths, -1.0, 1.0))


def project(v, U):
    """The projection of v: the point nearest to v among all combinations of the columns of U.

    v: (D,).   U: (D, K), columns independent, of any length and at any angle to each other.
    The residual, v minus its projection, is orthogonal to every column of U.
    `np.linalg.solve` is allowed.
    Returns: projection (D,)
    """
    # TODO 5: which combination leaves a residual that is orthogonal to every column?
    coefficients = np.linalg.solve(U.T @ U, U.T @ v)  # (K,): how much of each column
    return U @ coefficients


def batched_pairwise_sqdist(X, Y):
    """Squared distances between all rows of X and all rows of Y, within each batch.

    X: (B, N, D).   Y: (B, M, D).
    Entry [b, i, j] is the squared distance between X[b, i] and Y[b, j], and never negative. Use
    broadcasting instead of loops.
    Returns: distances (B, N, M)
    """
    # TODO 6: which axes does the array of all differences have?
    gap = X[:, :, None, :] - Y[:, None, :, :]  # (B, N, M, D)
    return (gap**2).sum(axis=3)
