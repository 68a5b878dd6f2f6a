"""A worked solution of `solve`."""

import numpy as np


def lu(A):
    n = len(A)
    U, L, P = A.astype(float), np.eye(n), np.eye(n)
    smallest = n * 2.0**-52 * np.abs(A).max()  # below it, what is left is rounding
    for j in range(n):
        pivot = j + int(np.argmax(np.abs(U[j:, j])))
        if not abs(U[pivot, j]) > smallest:  # `not >` also turns nan away
            raise ValueError(f"lu: the matrix is singular; nothing is left in column {j}")
        U[[j, pivot]], P[[j, pivot]] = U[[pivot, j]], P[[pivot, j]]
        L[[j, pivot], :j] = L[[pivot, j], :j]  # multiples noted so far move with their rows
        L[j + 1 :, j] = U[j + 1 :, j] / U[j, j]
        U[j + 1 :] -= np.outer(L[j + 1 :, j], U[j])
        U[j + 1 :, j] = 0.0
    return P, L, U


def lower(L, b):
    """The y with L y = b, first row first."""
    y = np.zeros(len(b))
    for i in range(len(b)):
        y[i] = (b[i] - L[i, :i] @ y[:i]) / L[i, i]
    return y


def upper(U, b):
    """The x with U x = b, last row first."""
    x = np.zeros(len(b))
    for i in reversed(range(len(b))):
        x[i] = (b[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]
    return x


def solve(A, b):
    P, L, U = lu(A)
    return upper(U, lower(L, P @ b))


def cholesky(A):
    L = np.zeros(A.shape)
    for j in range(len(A)):
        left = A[j:, j] - L[j:, :j] @ L[j, :j]
        if not left[0] > 0:
            raise ValueError(f"cholesky: the matrix is not positive; column {j} needs a root")
        L[j:, j] = left / np.sqrt(left[0])
    return L


def gram_schmidt(A):
    m, n = A.shape
    Q, R = np.zeros((m, n)), np.zeros((n, n))
    for j in range(n):
        R[:j, j] = Q[:, :j].T @ A[:, j]
        left = A[:, j] - Q[:, :j] @ R[:j, j]
        R[j, j] = np.linalg.norm(left)
        Q[:, j] = left / R[j, j]
    return Q, R


def householder_qr(A):
    m, n = A.shape
    R, mirrors = A.astype(float), []
    for j in range(n):
        v = R[j:, j].copy()
        # Away from the axis: a sum of two numbers of one sign, so nothing cancels.
        v[0] += np.copysign(np.linalg.norm(v), v[0])
        v /= np.linalg.norm(v)
        R[j:] -= 2 * np.outer(v, v @ R[j:])
        mirrors.append(v)
    Q = np.eye(m, n)
    for j, v in reversed(list(enumerate(mirrors))):
        Q[j:] -= 2 * np.outer(v, v @ Q[j:])
    signs = np.where(np.diag(R) < 0, -1.0, 1.0)
    return Q * signs, np.triu(R[:n]) * signs[:, None]


def lstsq_normal(A, b):
    L = cholesky(A.T @ A)
    return upper(L.T, lower(L, A.T @ b))


def lstsq_qr(A, b):
    Q, R = householder_qr(A)
    return upper(R, Q.T @ b)
