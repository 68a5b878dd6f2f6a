"""Solving systems: elimination, a root of a matrix, and two ways to make right angles.

A system is A x = b with A of shape (N, N); more equations than unknowns make A (M, N) with M > N.
No function changes what it is given. `numpy.linalg` is closed here, but for `numpy.linalg.norm`:
you write the part that is behind it. `undergrad check solve` runs your functions.
"""

import numpy as np


def lu(A):
    """Elimination with row swaps, written down as a product.

    A: (N, N).
    Returns (P, L, U), each (N, N), with P @ A equal to L @ U: P the rows of the identity in
    another order, L with ones on its diagonal and zeros above, U with zeros below. In each column
    the row with the largest absolute entry, among those not used yet, is swapped up (of several
    the first). Raises ValueError for a singular A, which is: that entry is not above
    N * 2**-52 times the largest absolute entry of A.
    """
    raise NotImplementedError("TODO 1: swap the largest up, subtract multiples, note the multiples")


def solve(A, b):
    """The x with A x = b, through `lu`.

    A: (N, N).   b: (N,).   Returns x, (N,). Raises ValueError for a singular A, as `lu` does.
    """
    raise NotImplementedError("TODO 2: put b in order, L y = P b from the top, U x = y from below")


def cholesky(A):
    """The root of a matrix that is symmetric and positive: the L with L @ L.T equal to A.

    A: (N, N), symmetric.
    Returns L, (N, N): zeros above the diagonal, positive numbers on it. Raises ValueError when
    there is none, since a number of which you need the root is not above 0.
    """
    raise NotImplementedError("TODO 3: column by column; take away what earlier columns explain")


def gram_schmidt(A):
    """Columns at right angles, by subtracting shadows.

    A: (M, N), columns independent.
    Returns (Q, R) with A = Q @ R: Q is (M, N) with columns of length 1 at right angles to each
    other, R is (N, N) with zeros below and positive numbers on the diagonal. R[i, j] is the dot
    product of column i of Q with column j of A.
    """
    raise NotImplementedError("TODO 4: subtract the shadows from each column, divide by length")


def householder_qr(A):
    """The same Q and R, by mirrors.

    A: (M, N) with M >= N, columns independent, perhaps nearly dependent.
    Returns (Q, R), shapes and signs as in `gram_schmidt`: the diagonal of R is positive. The
    columns of Q are at right angles to the last digit, whatever A is.
    """
    raise NotImplementedError("TODO 5: for each column a mirror that sends it onto an axis")


def lstsq_normal(A, b):
    """The x that makes the length of A x - b smallest, from the normal equations.

    A: (M, N), columns independent.   b: (M,).   Returns x, (N,). Uses `cholesky`.
    """
    raise NotImplementedError("TODO 6: A.T @ A x = A.T @ b, two triangles")


def lstsq_qr(A, b):
    """The same x, without ever forming A.T @ A.

    A: (M, N), columns independent.   b: (M,).   Returns x, (N,). Uses `householder_qr`.
    """
    raise NotImplementedError("TODO 7: R x = Q.T @ b, one triangle")
