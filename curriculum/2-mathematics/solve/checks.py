"""The checks of `solve`.

The matrices are built from their factors, so that rows must be permuted in a cycle, some pivots are
negative, and a shortcut shows in the numbers. Accuracy is judged where a worse method loses digits.
"""

import numpy as np

from undergrad.checker import raises, task


def factors(rng, n=4):
    """(order, L, U): rows in a cycle, multipliers below 1, pivots of both signs, the first < 0."""
    L = np.eye(n) + np.tril(rng.uniform(0.2, 0.8, (n, n)) * rng.choice([-1, 1], (n, n)), -1)
    L[1, 0], L[3, 0] = -abs(L[1, 0]), abs(L[3, 0])  # so that neither sign nor position decides
    signs = np.append(-1, rng.choice([-1, 1], n - 1))
    U = np.diag(signs * rng.uniform(1, 2, n)) + np.triu(rng.normal(size=(n, n)), 1)
    return np.roll(np.arange(n), 1), L, U


def shuffled(rng):
    """A matrix (4, 4) whose rows elimination must reorder, in three swaps."""
    order, L, U = factors(rng)
    return (L @ U)[order]


@task(1, "finds P, L and U with P A = L U, the largest pivot first", keeps_arguments=True)
def three_factors(code, rng):
    return code.lu(shuffled(rng))


@task(1, "copes with zeros in the place of the pivot")
def zeros_as_pivots(code, rng):
    A = np.diag(rng.uniform(1, 2, size=4) * rng.choice([-1, 1], size=4))
    A[3, 0] = rng.uniform(0.2, 0.5)
    return code.lu(np.roll(A, 1, axis=0))


@task(1, "refuses a matrix that has the same row twice", judge=raises(ValueError))
def row_twice(code, rng):
    A = shuffled(rng)
    A[3] = A[1]
    return code.lu(A)


@task(1, "refuses a singular matrix whose last pivot is rounding", judge=raises(ValueError))
def hidden_by_rounding(code, rng):
    tenths = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]])
    return code.lu(2.0 ** int(rng.integers(-20, 20)) * tenths)


@task(1, "measures what is left against the largest absolute entry, at any scale and sign")
def limit(code, rng):
    """Which matrices are refused: with a last pivot just below, at and just above the limit."""
    found = []
    for scale in (1.0, -(2.0**40), 2.0**-40):
        for factor in (0.75, 1.0, 1.5):
            A = np.diag([1.0, -0.5, 0.25, factor * 4 * 2.0**-52])
            found.append(refused(code.lu, scale * A))
    return found


def refused(function, A):
    try:
        function(A)
    except ValueError:
        return "refused"
    return "accepted"


@task(2, "solves a system", needs=[1], keeps_arguments=True)
def system(code, rng):
    return code.solve(shuffled(rng), rng.normal(size=4))


@task(2, "keeps its digits when the first entry is tiny", needs=[1])
def tiny_pivot(code, rng):
    return code.solve(np.array([[1e-20, 1.0], [1.0, 1.0]]), rng.uniform(1, 2, size=2))


@task(2, "refuses a system without a unique solution", needs=[1], judge=raises(ValueError))
def no_unique_solution(code, rng):
    A = shuffled(rng)
    A[:, 2] = A[:, 0]
    return code.solve(A, rng.normal(size=4))


@task(3, "finds the triangle whose product with its transpose is A", keeps_arguments=True)
def triangle(code, rng):
    return code.cholesky(positive_definite(rng))


@task(3, "works for small numbers as well")
def small_numbers(code, rng):
    return code.cholesky(0.01 * positive_definite(rng))


def positive_definite(rng):
    """L @ L.T for an L (4, 4) with such a strong diagonal that a wrong L can be completed too."""
    L = np.tril(rng.uniform(0.1, 0.4, (4, 4)) * rng.choice([-1, 1], (4, 4)), -1)
    L += np.diag(rng.uniform(1.2, 2, size=4))
    return L @ L.T


@task(3, "refuses a matrix with a negative eigenvalue", judge=raises(ValueError))
def negative_eigenvalue(code, rng):
    A = np.eye(3)
    A[0, 1] = A[1, 0] = rng.uniform(1.5, 3)
    return code.cholesky(A)


@task(3, "refuses a matrix with an eigenvalue of 0", judge=raises(ValueError))
def zero_eigenvalue(code, rng):
    # A power of 4, whose root is exact, so that no rounding hides the 0. Only the last column has
    # nothing left: a 0 before it would divide by 0, and nan in the next column stops any code.
    A = np.minimum([[1, 2, 2]], [[1], [2], [2]])
    return code.cholesky(4.0 ** int(rng.integers(-2, 3)) * A)


@task(4, "finds Q and R", keeps_arguments=True)
def projections(code, rng):
    return code.gram_schmidt(tall(rng))


def tall(rng):
    """Three columns in five dimensions, far from orthogonal, the last one short."""
    return (rng.normal(size=(5, 3)) + rng.uniform(1, 2, size=(5, 1))) * [2.0, 1.0, 0.1]


@task(5, "finds the same Q and R with reflections", keeps_arguments=True)
def reflections(code, rng):
    return code.householder_qr(tall(rng))


@task(5, "reproduces A when a column is almost on its axis")
def almost_on_axis(code, rng):
    kept = []
    for first, last in ((1, 1), (1, -1), (-1, 1)):  # signs of the column's first and last entry
        A = tall(rng)
        A[:, 0] = 1e-9 * rng.uniform(1, 2, size=5)
        A[0, 0], A[-1, 0] = first, last * A[-1, 0]
        Q, R = code.householder_qr(A)
        kept.append(lost(Q @ R - A, 1e-12))
    return {"digits of A": kept}


@task(5, "copes with zeros in the place of the pivot")
def zero_pivots(code, rng):
    A = tall(rng)
    A[0, 0], A[1:, 1], A[:2, 2] = 0.0, 0.0, 0.0
    with np.errstate(all="ignore"):
        pairs = [code.householder_qr(each) for each in (np.array([[0.0, 1], [1, 1], [1, 0]]), A)]
    return [pair if np.isfinite(np.sum(pair[0])) else "not a number" for pair in pairs]


@task(5, "stays orthogonal for nearly dependent columns")
def orthogonal(code, rng):
    n = int(rng.integers(9, 11))
    Q, _ = code.householder_qr(hilbert(n))
    return {"orthogonality": lost(Q.T @ Q - np.eye(n), 1e-12)}


def lost(errors, small):
    """How much is lost, in words, because the last digits of an error depend on the machine."""
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


@task(6, "fits a line to six readings", needs=[3], keeps_arguments=True)
def line(code, rng):
    return code.lstsq_normal(*readings(rng))


@task(7, "fits the same line with Q and R", needs=[5], keeps_arguments=True)
def same_line(code, rng):
    return code.lstsq_qr(*readings(rng))


@task(7, "finds ten coefficients of a polynomial to six digits", needs=[5])
def curve(code, rng):
    t = np.linspace(0, 1, 20)
    A, x = t[:, None] ** np.arange(10), rng.choice([-1.0, 1.0], size=10)
    return {"six digits": lost(code.lstsq_qr(A, A @ x) - x, 1e-6)}
