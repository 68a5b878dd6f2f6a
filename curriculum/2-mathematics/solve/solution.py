"""Solving systems: elimination, the Cholesky factor, and two ways to orthonormal columns.

A system is A x = b with A of shape (N, N); with more equations than unknowns A is (M, N), M > N. No
function changes its arguments. `numpy.linalg` is not allowed, except for `numpy.linalg.norm`: you
write the part behind it. Nor are `numpy.polyfit`, `numpy.polynomial` and `numpy.matrix`. `undergrad
check solve` runs your functions.

Letters: N unknowns, M equations.
"""

import numpy as np


def lu(A):
    """Elimination with row swaps (partial pivoting), written down as a product.

    A: (N, N).
    P @ A equals L @ U: P holds the rows of the identity in another order, L has ones on its
    diagonal and zeros above, U has zeros below. The pivot of each column is its largest absolute
    entry among the rows not used yet (the first, if there are several); that row is swapped up.
    Raises ValueError for a singular A: a pivot is not above N * 2**-52 times the largest absolute
    entry of A.
    Returns: P (N, N), L (N, N), U (N, N)
    """
    # TODO 1: which row is the pivot row, which multiples are subtracted, and where are they kept?
    n = len(A)
    U, L, P = A.astype(float), np.eye(n), np.eye(n)
    smallest = n * 2.0**-52 * np.abs(A).max()  # below it, what is left is rounding
    for j in range(n):
        pivot = j + int(np.argmax(np.abs(U[j:, j])))
        if not abs(U[pivot, j]) > smallest:
            raise ValueError(f"lu: the matrix is singular; nothing is left in column {j}")
        U[[j, pivot]], P[[j, pivot]] = U[[pivot, j]], P[[pivot, j]]
        L[[j, pivot], :j] = L[[pivot, j], :j]
        L[j + 1 :, j] = U[j + 1 :, j] / U[j, j]
        U[j + 1 :] -= np.outer(L[j + 1 :, j], U[j])
        U[j + 1 :, j] = 0.0
    return P, L, U


def forward_substitution(L, b):  # solution only
    """The y with L y = b for a lower triangle L, first row first."""
    y = np.zeros(len(b))
    for i in range(len(b)):
        y[i] = (b[i] - L[i, :i] @ y[:i]) / L[i, i]
    return y


def back_substitution(U, b):  # solution only
    """The x with U x = b for an upper triangle U, last row first."""
    x = np.zeros(len(b))
    for i in reversed(range(len(b))):
        x[i] = (b[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]
    return x


def solve(A, b):
    """The x with A x = b, by means of `lu`.

    A: (N, N).   b: (N,).   Raises ValueError for a singular A, as `lu` does.
    Returns: x (N,)
    """
    # TODO 2: which two triangular systems are left, and where does each of them begin?
    P, L, U = lu(A)
    y = forward_substitution(L, P @ b)
    return back_substitution(U, y)


def cholesky(A):
    """The Cholesky factor of a positive definite matrix: the L with L @ L.T equal to A.

    A: (N, N), symmetric.
    L has zeros above its diagonal and positive numbers on it. Raises ValueError when there is no
    such L, because a number whose square root is needed is not above 0.
    Returns: L (N, N)
    """
    # TODO 3: what is left of column j without the contributions of the earlier columns?
    L = np.zeros(A.shape)
    for j in range(len(A)):
        left = A[j:, j] - L[j:, :j] @ L[j, :j]
        if not left[0] > 0:
            raise ValueError(f"cholesky: the matrix is not positive definite, see column {j}")
        L[j:, j] = left / np.sqrt(left[0])
    return L


def gram_schmidt(A):
    """The QR decomposition by subtracting projections.

    A: (M, N), columns independent.
    A equals Q @ R: the columns of Q are orthonormal (of length 1, at right angles to each other), R
    has zeros below its diagonal and positive numbers on it. R[i, j] is the dot product of column i
    of Q with column j of A.
    Returns: Q (M, N), R (N, N)
    """
    # TODO 4: what is left of each column when its projections are gone?
    m, n = A.shape
    Q, R = np.zeros((m, n)), np.zeros((n, n))
    for j in range(n):
        R[:j, j] = Q[:, :j].T @ A[:, j]
        left = A[:, j] - Q[:, :j] @ R[:j, j]
        R[j, j] = np.linalg.norm(left)
        Q[:, j] = left / R[j, j]
    return Q, R


def householder_qr(A):
    """The same Q and R, by Householder reflections.

    A: (M, N) with M >= N, columns independent, perhaps nearly dependent.
    The diagonal of R is positive, as in `gram_schmidt`. The columns of Q are orthonormal to the
    last digit, whatever A is.
    Returns: Q (M, N), R (N, N)
    """
    # TODO 5: which reflection maps column j onto its axis, and how do they make up Q?
    m, n = A.shape
    R, normals = A.astype(float), []
    for j in range(n):
        v = R[j:, j].copy()
        # Away from the axis: a sum of two numbers of the same sign, so nothing cancels.
        v[0] += np.copysign(np.linalg.norm(v), v[0])
        v /= np.linalg.norm(v)
        R[j:] -= 2 * np.outer(v, v @ R[j:])
        normals.append(v)
    Q = np.eye(m, n)
    for j, v in reversed(list(enumerate(normals))):
        Q[j:] -= 2 * np.outer(v, v @ Q[j:])
    signs = np.where(np.diag(R) < 0, -1.0, 1.0)
    return Q * signs, np.triu(R[:n]) * signs[:, None]


def lstsq_normal(A, b):
    """The x that minimises the length of A x - b, from the normal equations.

    A: (M, N), columns independent.   b: (M,).   Uses `cholesky`.
    Returns: x (N,)
    """
    # TODO 6: which square system holds at the best fit, and what are its triangular factors?
    L = cholesky(A.T @ A)
    y = forward_substitution(L, A.T @ b)
    return back_substitution(L.T, y)


def lstsq_qr(A, b):
    """The same x, without ever forming A.T @ A.

    A: (M, N), columns independent.   b: (M,).   Uses `householder_qr`.
    Returns: x (N,)
    """
    # TODO 7: which triangular system is left of the normal equations?
    Q, R = householder_qr(A)
    return back_substitution(R, Q.T @ b)
