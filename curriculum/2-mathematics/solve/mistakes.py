"""Typical wrong solutions of `solve`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


def _largest(column):
    return int(np.argmax(np.abs(column)))


def _lu(A, choose=_largest, move=True, sign=1.0, floor=2.0**-52):
    """Elimination with what can go wrong as switches."""
    n = len(A)
    U, L, P = A.astype(float), np.eye(n), np.eye(n)
    for j in range(n):
        pivot = j + choose(U[j:, j])
        if floor is not None and not abs(U[pivot, j]) > floor * n * np.abs(A).max():
            raise ValueError("singular")
        U[[j, pivot]], P[[j, pivot]] = U[[pivot, j]], P[[pivot, j]]
        if move:
            L[[j, pivot], :j] = L[[pivot, j], :j]
        with np.errstate(all="ignore"):
            L[j + 1 :, j] = U[j + 1 :, j] / U[j, j]
            U[j + 1 :] -= np.outer(L[j + 1 :, j], U[j])
        U[j + 1 :, j] = 0.0
    return P, np.eye(n) + sign * np.tril(L, -1), U


def _lower(L, b):
    y = np.zeros(len(b))
    for i in range(len(b)):
        y[i] = (b[i] - L[i, :i] @ y[:i]) / L[i, i]
    return y


def _upper(U, b):
    x = np.zeros(len(b))
    for i in reversed(range(len(b))):
        x[i] = (b[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]
    return x


@mistake("lu", "No rows are swapped. A pivot of 0 stops you then, and a small one blows rounding "
         "up: bring the row with the largest absolute entry to the top.")  # fmt: skip
def no_swaps(A):
    return _lu(A, choose=lambda column: 0)


@mistake("lu", "The pivot is the largest number, not the largest absolute one. -5 is a better "
         "pivot than 0.1: use np.abs.")  # fmt: skip
def largest_signed(A):
    return _lu(A, choose=lambda column: int(np.argmax(column)))


@mistake("lu", "Rows of U and P are swapped, but the multiples noted in L so far stay behind. "
         "They belong to the rows: swap L[:, :j] as well.")  # fmt: skip
def multiples_left_behind(A):
    return _lu(A, move=False)


@mistake("lu", "L holds the multiples with a minus. You subtract them on the way down, so putting "
         "A together again adds them.")  # fmt: skip
def minus_in_l(A):
    return _lu(A, sign=-1.0)


@mistake("lu", "This P turns the order back: A = P L U holds, and P A = L U is asked for. Return "
         "its transpose.")  # fmt: skip
def turned_back(A):
    P, L, U = _lu(A)
    return P.T, L, U


@mistake("lu", "A is eliminated in place, so the caller's matrix is gone. Work on a copy: "
         "A.astype(float) makes one.")  # fmt: skip
def in_place(A):
    P, L, U = _lu(A)
    A[:] = U
    return P, L, U


@mistake("lu", "Only a pivot of exactly 0 is refused. Rounding leaves 1e-17 where 0 belongs: "
         "compare with N * 2**-52 times the largest entry.")  # fmt: skip
def exactly_zero_only(A):
    return _lu(A, floor=0.0)


@mistake("lu", "No pivot is refused. Where nothing is left in a column you divide by 0, and nan "
         "travels on: raise a ValueError.")  # fmt: skip
def no_refusal(A):
    return _lu(A, floor=None)


@mistake("solve", "b is not put in the order of the swapped rows. The system is L U x = P b.")
def b_in_old_order(A, b):
    _, L, U = _lu(A)
    return _upper(U, _lower(L, b))


@mistake("solve", "b is ordered with the transpose of P. P A = L U turns A x = b into L U x = P b.")
def b_turned_back(A, b):
    P, L, U = _lu(A)
    return _upper(U, _lower(L, P.T @ b))


@mistake("solve", "Only U is solved with. Solve L y = P b first, then U x = y.")
def upper_only(A, b):
    P, _, U = _lu(A)
    return _upper(U, P @ b)


@mistake("solve", "On the way up nothing is divided by the diagonal of U. In L it is 1, in U it is "
         "not.")  # fmt: skip
def not_divided(A, b):
    P, L, U = _lu(A)
    y = _lower(L, P @ b)
    for i in reversed(range(len(y))):
        y[i] -= U[i, i + 1 :] @ y[i + 1 :]
    return y


def _cholesky(A, explained=True, refuse=lambda d: not d > 0, root=np.sqrt):
    L = np.zeros(A.shape)
    for j in range(len(A)):
        left = A[j:, j] - (L[j:, :j] @ L[j, :j] if explained else 0.0)
        if refuse(left[0]):
            raise ValueError("not positive")
        with np.errstate(all="ignore"):
            L[j:, j] = left / root(left[0])
    return L


@mistake("cholesky", "This is the upper triangle. L has its zeros above the diagonal: transpose "
         "it.")  # fmt: skip
def upper_triangle(A):
    return _cholesky(A).T


@mistake("cholesky", "Each column is taken from A as it is. Subtract first what the earlier "
         "columns of L give there.")  # fmt: skip
def nothing_subtracted(A):
    return _cholesky(A, explained=False)


@mistake("cholesky", "The columns are divided by the diagonal number and not by its root, so "
         "ones stand on the diagonal. L[j, j] times itself must give the number.")  # fmt: skip
def no_root(A):
    return _cholesky(A, root=lambda d: d)


@mistake("cholesky", "A diagonal number of 0 passes, and the column is divided by it. Only "
         "numbers above 0 will do.")  # fmt: skip
def zero_passes(A):
    return _cholesky(A, refuse=lambda d: d < 0)


@mistake("cholesky", "The root of a number below 0 is nan, and it spreads. Raise a ValueError "
         "before the root is taken.")  # fmt: skip
def root_of_negative(A):
    return _cholesky(A, refuse=lambda d: False)


def _gram_schmidt(A, one_by_one=False):
    """Classical, or with each shadow subtracted before the next is taken."""
    m, n = A.shape
    Q, R = np.zeros((m, n)), np.zeros((n, n))
    for j in range(n):
        left = A[:, j].copy()
        for i in range(j):
            R[i, j] = Q[:, i] @ (left if one_by_one else A[:, j])
            left -= R[i, j] * Q[:, i]
        R[j, j] = np.linalg.norm(left)
        Q[:, j] = left / R[j, j]
    return Q, R


@mistake("gram_schmidt", "The columns are at right angles but keep their lengths. Divide each by "
         "its length, which is R[j, j].")  # fmt: skip
def lengths_kept(A):
    Q, R = _gram_schmidt(A)
    lengths = np.diag(R)
    return Q * lengths, R / lengths[:, None]


@mistake("gram_schmidt", "Shadows are taken on the columns of A. They fall askew there: use the "
         "columns of Q, which are at right angles.")  # fmt: skip
def shadows_on_a(A):
    m, n = A.shape
    Q, R = np.zeros((m, n)), np.zeros((n, n))
    U = A / np.linalg.norm(A, axis=0)
    for j in range(n):
        R[:j, j] = U[:, :j].T @ A[:, j]
        left = A[:, j] - U[:, :j] @ R[:j, j]
        R[j, j] = np.linalg.norm(left)
        Q[:, j] = left / R[j, j]
    return Q, R


@mistake("gram_schmidt", "R stands on its side: R[i, j] belongs to column i of Q and column j of "
         "A, so the numbers are above the diagonal.")  # fmt: skip
def r_on_its_side(A):
    Q, R = _gram_schmidt(A)
    return Q, R.T


@mistake("gram_schmidt", "R holds only the lengths. The dot products that you subtracted belong "
         "into it as well, or Q @ R is not A.")  # fmt: skip
def lengths_only(A):
    Q, R = _gram_schmidt(A)
    return Q, np.diag(np.diag(R))


def _householder(A, sign=1.0, mend=True, step=-1):
    m, n = A.shape
    R, mirrors = A.astype(float), []
    for j in range(n):
        v = R[j:, j].copy()
        v[0] += sign * np.copysign(np.linalg.norm(v), v[0])
        with np.errstate(all="ignore"):
            v /= np.linalg.norm(v)
        R[j:] -= 2 * np.outer(v, v @ R[j:])
        mirrors.append((j, v))
    Q = np.eye(m, n)
    for j, v in mirrors[::step]:
        Q[j:] -= 2 * np.outer(v, v @ Q[j:])
    signs = np.where(np.diag(R) < 0, -1.0, 1.0) if mend else np.ones(n)
    return Q * signs, np.triu(R[:n]) * signs[:, None]


@mistake("householder_qr", "These are shadows again. They lose the right angles as soon as columns "
         "are nearly dependent: use mirrors, whose product stays orthogonal.")  # fmt: skip
def shadows_again(A):
    return _gram_schmidt(A)


@mistake("householder_qr", "The column is sent to the axis with its own sign, so column[0] minus "
         "length cancels when the column lies near the axis. Add with the same sign "
         "instead.")  # fmt: skip
def cancels(A):
    return _householder(A, sign=-1.0)


@mistake("householder_qr", "Some numbers on the diagonal of R are below 0. Turn the sign of such "
         "a row of R, and of the same column of Q.")  # fmt: skip
def signs_left(A):
    return _householder(A, mend=False)


@mistake("householder_qr", "The mirrors are applied to the identity in the order in which they "
         "were made, which gives a part of the transpose. Go from the last to the "
         "first.")  # fmt: skip
def first_mirror_first(A):
    return _householder(A, step=1)


@mistake("householder_qr", "Shadows that are subtracted one by one drift less, and still drift. "
         "Use mirrors, whose product stays orthogonal.")  # fmt: skip
def shadows_one_by_one(A):
    return _gram_schmidt(A, one_by_one=True)


@mistake("lstsq_normal", "Only as many equations as unknowns are used. The others are data as "
         "well: multiply by A.T, which takes all of them in.")  # fmt: skip
def first_equations(A, b):
    P, L, U = _lu(A[: A.shape[1]])
    return _upper(U, _lower(L, P @ b[: A.shape[1]]))


@mistake("lstsq_normal", "One triangle is missing. L y = A.T @ b gives y; then L.T x = y gives x.")
def one_triangle(A, b):
    return _lower(_cholesky(A.T @ A), A.T @ b)


@mistake("lstsq_qr", "These are the normal equations. A.T @ A squares the condition number, and "
         "half of the digits are gone: use Q and R.")  # fmt: skip
def normal_again(A, b):
    L = _cholesky(A.T @ A)
    return _upper(L.T, _lower(L, A.T @ b))


@mistake("lstsq_qr", "Q comes from shadows, and is not at right angles for columns this close to "
         "each other. Use householder_qr.")  # fmt: skip
def with_gram_schmidt(A, b):
    Q, R = _gram_schmidt(A)
    return _upper(R, Q.T @ b)


@mistake("lstsq_qr", "R is solved from the top, as if it were R.T. Its last row has one unknown: "
         "begin there.")  # fmt: skip
def r_from_the_top(A, b):
    Q, R = _gram_schmidt(A)
    return _lower(R.T, Q.T @ b)
