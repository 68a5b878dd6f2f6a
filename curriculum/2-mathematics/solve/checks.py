"""What is asked of `solve`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

The matrices are built from their factors, so that rows must travel in a cycle, pivots are
negative, and a shortcut shows in the numbers. Accuracy is judged where a worse way loses digits.
"""

import numpy as np

from undergrad.checker import raises, task


def factors(rng, n=4):
    """(order, L, U): rows in a cycle, multipliers below 1, pivots of both signs, the first < 0."""
    L = np.eye(n) + np.tril(rng.uniform(0.2, 0.8, (n, n)) * rng.choice([-1, 1], (n, n)), -1)
    L[1, 0], L[3, 0] = -abs(L[1, 0]), abs(L[3, 0])  # so that neither sign nor place decides
    signs = np.append(-1, rng.choice([-1, 1], n - 1))
    U = np.diag(signs * rng.uniform(1, 2, n)) + np.triu(rng.normal(size=(n, n)), 1)
    return np.roll(np.arange(n), 1), L, U


def shuffled(rng):
    """A matrix (4, 4) whose rows elimination must bring into another order, in three swaps."""
    order, L, U = factors(rng)
    return (L @ U)[order]


@task(1, "finds P, L and U with P A = L U, the largest pivot first", hint=[
    "Write 2 x 2 down by hand: which multiple of the upper row do you subtract from the lower one, "
    "and where does this multiple stand in L?",
    "For each column: find the row, from j on, with the largest absolute entry; swap it with row j "
    "in U, in P, and in the part of L that is filled; then subtract multiples of row j below.",
    "U[[j, pivot]], P[[j, pivot]] = U[[pivot, j]], P[[pivot, j]]\n"
    "L[[j, pivot], :j] = L[[pivot, j], :j]\n"
    "L[j + 1 :, j] = U[j + 1 :, j] / U[j, j]\n"
    "U[j + 1 :] -= np.outer(L[j + 1 :, j], U[j])",
])  # fmt: skip
def three_factors(code, rng):
    return code.lu(shuffled(rng))


@task(1, "leaves the matrix as it was")
def matrix_kept(code, rng):
    A = shuffled(rng)
    before = A.copy()
    code.lu(A)
    return A - before


@task(1, "refuses a matrix with a row twice", judge=raises(ValueError))
def row_twice(code, rng):
    A = shuffled(rng)
    A[3] = A[1]
    return code.lu(A)


@task(1, "refuses a singular matrix whose last pivot is rounding", judge=raises(ValueError))
def hidden_by_rounding(code, rng):
    tenths = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]])
    return code.lu(2.0 ** int(rng.integers(-20, 20)) * tenths)


@task(2, "solves a system", needs=[1], hint=[
    "P A = L U turns A x = b into L U x = P b. Which unknown of L y = P b can you read off first?",
    "From the top: each row of L has one unknown that is not known yet. Then U x = y in the same "
    "way from the last row, and divide by the diagonal.",
    "for i in range(n): y[i] = Pb[i] - L[i, :i] @ y[:i]\n"
    "for i in reversed(range(n)): x[i] = (y[i] - U[i, i + 1 :] @ x[i + 1 :]) / U[i, i]",
])  # fmt: skip
def system(code, rng):
    return code.solve(shuffled(rng), rng.normal(size=4))


@task(2, "keeps its digits when the first entry is tiny", needs=[1])
def tiny_pivot(code, rng):
    return code.solve(np.array([[1e-20, 1.0], [1.0, 1.0]]), rng.uniform(1, 2, size=2))


@task(2, "refuses a system without one answer", needs=[1], judge=raises(ValueError))
def no_single_answer(code, rng):
    A = shuffled(rng)
    A[:, 2] = A[:, 0]
    return code.solve(A, rng.normal(size=4))


@task(3, "finds the triangle whose product with its transpose is A", hint=[
    "Multiply L = [[a, 0], [b, c]] with its transpose. Which entry of A gives you a, then b, c?",
    "Column j of A is a sum over columns of L. Take away what columns 0 to j - 1 give; what is "
    "left, divided by the root of its first number, is column j.",
    "left = A[j:, j] - L[j:, :j] @ L[j, :j]\n"
    "if not left[0] > 0: raise ValueError(...)\n"
    "L[j:, j] = left / np.sqrt(left[0])",
])  # fmt: skip
def triangle(code, rng):
    L = np.tril(rng.normal(size=(4, 4)), -1) + np.diag(rng.uniform(1, 2, size=4))
    return code.cholesky(L @ L.T)


@task(3, "refuses a matrix that bends down in some direction", judge=raises(ValueError))
def bends_down(code, rng):
    above = rng.uniform(1.5, 3)
    return code.cholesky(np.array([[1.0, above], [above, 1.0]]))


@task(3, "refuses one that is flat in some direction", judge=raises(ValueError))
def flat(code, rng):
    return code.cholesky(2.0 ** int(rng.integers(-3, 4)) * np.ones((3, 3)))


@task(4, "finds Q and R", hint=[
    "Two columns first: what is the shadow of the second on the first, once that has length 1?",
    "For column j: dot products with the columns of Q so far, into R; subtract these multiples of "
    "them; the length of what is left is R[j, j].",
    "R[:j, j] = Q[:, :j].T @ A[:, j]\n"
    "left = A[:, j] - Q[:, :j] @ R[:j, j]\n"
    "R[j, j] = np.linalg.norm(left)\n"
    "Q[:, j] = left / R[j, j]",
])  # fmt: skip
def shadows_gone(code, rng):
    return code.gram_schmidt(tall(rng))


def tall(rng):
    """Three columns in five dimensions, far from being at right angles."""
    return rng.normal(size=(5, 3)) + rng.uniform(1, 2, size=(5, 1))


@task(5, "finds the same Q and R with mirrors", hint=[
    "A mirror is x - 2 v (v . x) for a v of length 1. Which v sends a column onto the first axis?",
    "v = column + sign(column[0]) * length * axis, divided by its own length. Apply the mirror to "
    "all columns from row j on. For Q apply the mirrors, last one first, to np.eye(M, N).",
    "v = R[j:, j].copy()\n"
    "v[0] += np.copysign(np.linalg.norm(v), v[0])\n"
    "v /= np.linalg.norm(v)\n"
    "R[j:] -= 2 * np.outer(v, v @ R[j:])  # in the end, turn signs where R[j, j] < 0",
])  # fmt: skip
def mirrors(code, rng):
    return code.householder_qr(tall(rng))


@task(5, "gives A back when a column lies almost on its axis")
def almost_on_axis(code, rng):
    A = tall(rng)
    A[:, 0] = np.array([1.0, 0, 0, 0, 0]) + 1e-9 * rng.uniform(1, 2, size=5)
    A[0, 0] = 1.0
    Q, R = code.householder_qr(A)
    return {"digits of A": lost(Q @ R - A, 1e-12)}


@task(5, "stays at right angles for nearly dependent columns")
def right_angles(code, rng):
    n = int(rng.integers(9, 11))
    Q, _ = code.householder_qr(hilbert(n))
    return {"right angles": lost(Q.T @ Q - np.eye(n), 1e-12)}


def lost(errors, small):
    """How much is lost, in words: the last digits of an error depend on the machine."""
    worst = np.abs(errors).max()
    return "kept" if worst < small else "partly lost" if worst < 0.1 else "lost"


def hilbert(n):
    """The matrix of 1 / (1 + i + j), whose columns are nearly dependent. Shape (n, n)."""
    i = np.arange(n)
    return 1 / (1.0 + i[:, None] + i)


def readings(rng):
    """Celsius with a column of ones, (6, 2), and what a bad Fahrenheit thermometer shows, (6,)."""
    c = np.arange(6) * 8.0 + rng.uniform(-2, 2, size=6)
    return np.stack([c, np.ones(6)], axis=1), 1.8 * c + 32 + rng.normal(size=6)


@task(6, "fits a line to six readings", needs=[3], hint=[
    "What is left over, b - A x, must be at right angles to every column of A. Write that down.",
    "A.T @ (b - A x) = 0, so (A.T @ A) x = A.T @ b. That matrix is symmetric and positive.",
    "L = cholesky(A.T @ A)\n"
    "# L y = A.T @ b from the top, then L.T x = y from below",
])  # fmt: skip
def line(code, rng):
    return code.lstsq_normal(*readings(rng))


@task(7, "fits the same line with Q and R", needs=[5], hint=[
    "Put A = Q R into the normal equations. Q.T @ Q is the identity: what cancels?",
    "R x = Q.T @ b is left, a triangle, solved from below.",
    "Q, R = householder_qr(A)\n"
    "# R x = Q.T @ b: last row first",
])  # fmt: skip
def same_line(code, rng):
    return code.lstsq_qr(*readings(rng))


@task(7, "finds ten coefficients of a curve to six digits", needs=[5])
def curve(code, rng):
    t = np.linspace(0, 1, 20)
    A, x = t[:, None] ** np.arange(10), rng.choice([-1.0, 1.0], size=10)
    return {"six digits": lost(code.lstsq_qr(A, A @ x) - x, 1e-6)}
