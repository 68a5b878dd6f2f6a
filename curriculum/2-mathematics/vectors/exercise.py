"""Vectors, matrices and shapes: six functions that every later unit leans on.

A vector is an array of shape (D,), a matrix one of shape (N, D). `@` multiplies matrices; in the
first two tasks you build what it does, from the fourth on you may use it. Write plain NumPy;
`undergrad check vectors` runs it.
"""

import numpy as np


def matmul_loops(A, B):
    """The matrix product with nothing but `+` and `*` on single numbers.

    A: (N, K).   B: (K, M).
    Returns an array of floats, shape (N, M). Raises ValueError when the inner sizes differ.
    """
    raise NotImplementedError("TODO 1: entry [i, j] adds up A[i, k] * B[k, j] over k")


def rank_one_parts(A, B):
    """The tables that add up to A @ B, one for each inner index.

    A: (N, K).   B: (K, M).
    Returns an array of shape (K, N, M). Table k is column k of A times row k of B: entry [i, j]
    is A[i, k] * B[k, j]. Summed over axis 0 they are the product.
    """
    raise NotImplementedError("TODO 2: column k as (N, 1) times row k as (1, M)")


def broadcast_shape(a, b):
    """The shape that two arrays of shapes `a` and `b` have together, by NumPy's rule.

    a, b: tuples of whole numbers, such as (3, 1) and (4,); sizes may be 0, and () is one number.
    Align both at their right ends and fill the shorter one with 1 on its left. Equal sizes stay,
    and a 1 stretches to the other size, whatever that is.
    Returns a tuple. Raises ValueError when two sizes differ and neither is 1.
    """
    raise NotImplementedError("TODO 3: compare the two shapes from the right, size by size")


def cosine(u, v):
    """The cosine of the angle between two vectors: 1 same way, 0 right angle, -1 opposite.

    u, v: (D,).
    Returns a float, never outside -1..1. Raises ValueError when u or v has length 0, since then
    there is no angle.
    """
    raise NotImplementedError("TODO 4: dot product over both lengths; mind the rounding")


def project(v, U):
    """The shadow of v: the point nearest to it among all mixtures of the columns of U.

    v: (D,).   U: (D, K), columns independent, of any length and at any angle to each other.
    Returns the shadow, shape (D,). What is left, v minus shadow, is at right angles to every
    column of U. `np.linalg.solve` is allowed.
    """
    raise NotImplementedError("TODO 5: solve (U.T @ U) a = U.T @ v, then mix the columns")


def batched_pairwise_sqdist(X, Y):
    """Squared distances between all rows of X and all rows of Y, within each batch.

    X: (B, N, D).   Y: (B, M, D).
    Returns an array of shape (B, N, M), never negative: entry [b, i, j] is the squared distance
    between X[b, i] and Y[b, j]. No loop: shapes do the work.
    """
    raise NotImplementedError("TODO 6: stretch X and Y against each other, subtract, square, sum")
