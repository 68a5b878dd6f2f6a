"""Typical wrong solutions of `vectors`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


def _refuse(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")


def _product(A, B, term, keep=1.0, dtype=float):
    """The three loops, with a choice of what is added and of how much of the sum is kept."""
    out = np.zeros((A.shape[0], B.shape[1]), dtype=dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                out[i, j] = keep * out[i, j] + term(i, j, k)
    return out


@mistake("matmul_loops", "B is read along its rows. Row i of A meets column j of B, so the inner "
         "index comes first in B: B[k, j].")  # fmt: skip
def rows_with_rows(A, B):
    _refuse(A, B)
    return _product(A, B, lambda i, j, k: A[i, k] * B[j, k])


@mistake("matmul_loops", "Only the last product survives: the entry is set anew for each k. Add to "
         "it with += .")  # fmt: skip
def last_product(A, B):
    _refuse(A, B)
    return _product(A, B, lambda i, j, k: A[i, k] * B[k, j], keep=0.0)


@mistake("matmul_loops", "`*` multiplies entry by entry. A matrix product adds up a whole row "
         "times a whole column for each entry.")  # fmt: skip
def entry_by_entry(A, B):
    _refuse(A, B)
    return A * B


@mistake("matmul_loops", "The result is stored as whole numbers, so fractions are cut off. Begin "
         "with np.zeros, which holds floats.")  # fmt: skip
def whole_numbers(A, B):
    _refuse(A, B)
    return _product(A, B, lambda i, j, k: A[i, k] * B[k, j], dtype=int)


@mistake("matmul_loops", "Inner sizes that differ pass in silence, and a part of B is never read. "
         "Compare A.shape[1] with B.shape[0] first.")  # fmt: skip
def silent(A, B):
    return _product(A, B, lambda i, j, k: A[i, k] * B[k, j])


@mistake("matmul_loops", "The numbers are right, but `@` did the work. Write the three loops once; "
         "afterwards `@` is yours for good.")  # fmt: skip
def with_at(A, B):
    return A @ B


@mistake("rank_one_parts", "This is the sum already. Keep the tables apart, one for each inner "
         "index.")  # fmt: skip
def already_summed(A, B):
    return A @ B


@mistake("rank_one_parts", "Each table is transposed: the column of A gives the rows, the row of B "
         "gives the columns.")  # fmt: skip
def tables_turned(A, B):
    return (A.T[:, :, None] * B[:, None, :]).swapaxes(1, 2)


@mistake("rank_one_parts", "The tables lie along the last axis. Put the inner index first: shape "
         "(K, N, M).")  # fmt: skip
def inner_index_last(A, B):
    return A[:, None, :] * B.T[None, :, :]


@mistake("rank_one_parts", "Rows of A are paired with rows of B. Table k takes column k of A, "
         "A[:, k], and row k of B.")  # fmt: skip
def rows_of_both(A, B):
    return np.stack([A[k][:, None] * B[k] for k in range(A.shape[1])])


def _filled(a, b):
    width = max(len(a), len(b))
    left, right = (1,) * (width - len(a)) + tuple(a), (1,) * (width - len(b)) + tuple(b)
    return list(zip(left, right, strict=True))


def _stretch(pairs, pick):
    if any(m != n and 1 not in (m, n) for m, n in pairs):
        raise ValueError("the shapes do not fit together")
    return tuple(pick(m, n) for m, n in pairs)


def _other(m, n):
    return n if m == 1 else m


@mistake("broadcast_shape", "The shapes are aligned at their left ends. Align the right ends: the "
         "last axes belong together.")  # fmt: skip
def aligned_left(a, b):
    width = max(len(a), len(b))
    a, b = tuple(a) + (1,) * (width - len(a)), tuple(b) + (1,) * (width - len(b))
    return _stretch(list(zip(a, b, strict=True)), _other)


@mistake("broadcast_shape", "The axes that only the longer shape has are lost. Fill the shorter "
         "one with 1 on its left, then compare.")  # fmt: skip
def shorter_decides(a, b):
    pairs = list(zip(reversed(a), reversed(b), strict=False))
    return _stretch(pairs, _other)[::-1]


@mistake("broadcast_shape", "Shapes of different lengths are refused. They may well fit: the "
         "shorter one is filled with 1 on its left.")  # fmt: skip
def same_length_only(a, b):
    if len(a) != len(b):
        raise ValueError("the shapes have different lengths")
    return _stretch(_filled(a, b), _other)


@mistake("broadcast_shape", "The larger size always wins. Where two sizes differ and neither is 1, "
         "nothing can be stretched: raise ValueError.")  # fmt: skip
def larger_wins(a, b):
    return tuple(max(m, n) for m, n in _filled(a, b))


@mistake("broadcast_shape", "A 1 against a 0 gives 0, not 1: the stretched axis takes the other's "
         "size. Ask which one is 1 instead of taking the larger.")  # fmt: skip
def never_empty(a, b):
    return _stretch(_filled(a, b), max)


def _lengths(u, v):
    lengths = np.sqrt(u @ u) * np.sqrt(v @ v)
    if lengths == 0:
        raise ValueError("a vector of length 0 has no direction")
    return lengths


@mistake("cosine", "This is the plain dot product. It grows with the vectors; divide by both "
         "lengths.")  # fmt: skip
def dot_only(u, v):
    _lengths(u, v)
    return float(u @ v)


@mistake("cosine", "You divide by the squared lengths. The length is the square root of u @ u.")
def squared_lengths(u, v):
    _lengths(u, v)
    return float(np.clip(u @ v / ((u @ u) * (v @ v)), -1.0, 1.0))


@mistake("cosine", "This is the angle itself. Its cosine is asked for, so leave out arccos.")
def the_angle(u, v):
    return float(np.arccos(np.clip(u @ v / _lengths(u, v), -1.0, 1.0)))


@mistake("cosine", "With a vector of length 0 you divide 0 by 0, and nan comes back in silence. "
         "Look at the lengths first and raise ValueError.")  # fmt: skip
def silent_nan(u, v):
    lengths = np.sqrt(u @ u) * np.sqrt(v @ v)
    with np.errstate(all="ignore"):
        return float(np.clip(u @ v / lengths, -1.0, 1.0))


@mistake("cosine", "Rounding makes it a little more than 1 for some vectors that point the same "
         "way, and arccos of that is nan. Clip it to -1..1.")  # fmt: skip
def not_clipped(u, v):
    return float(u @ v / _lengths(u, v))


@mistake("project", "U @ (U.T @ v) is right only for columns of length 1 at right angles. Others "
         "need U.T @ U on the other side: solve for the shares.")  # fmt: skip
def orthonormal_assumed(v, U):
    return U @ (U.T @ v)


@mistake("project", "These are the shares, one for each column. The shadow is the mixture they "
         "make: U @ share.")  # fmt: skip
def shares_only(v, U):
    return np.linalg.solve(U.T @ U, U.T @ v)


@mistake("project", "This is the rest, v minus its shadow. The shadow itself is asked for.")
def the_rest(v, U):
    return v - U @ np.linalg.solve(U.T @ U, U.T @ v)


@mistake("project", "You add up the shadows on single columns. Columns at a slanted angle share a "
         "direction, which is then counted twice; solve for all shares at once.")  # fmt: skip
def one_by_one(v, U):
    return sum((u @ v) / (u @ u) * u for u in U.T)


def _gap(X, Y):
    return X[:, :, None, :] - Y[:, None, :, :]


@mistake("batched_pairwise_sqdist", "These are distances. Squared ones are asked for: leave out "
         "the square root.")  # fmt: skip
def rooted(X, Y):
    return np.sqrt((_gap(X, Y) ** 2).sum(axis=3))


@mistake("batched_pairwise_sqdist", "The absolute gaps are added up. Square them before the sum.")
def absolute(X, Y):
    return np.abs(_gap(X, Y)).sum(axis=3)


@mistake("batched_pairwise_sqdist", "Rows and columns are swapped: rows of X run along axis 1, "
         "rows of Y along axis 2.")  # fmt: skip
def swapped(X, Y):
    return (_gap(X, Y) ** 2).sum(axis=3).swapaxes(1, 2)


@mistake("batched_pairwise_sqdist", "Row i of X meets every row of Y, not just row i. Each needs "
         "an axis of length 1 where the other has its rows.")  # fmt: skip
def row_with_row(X, Y):
    rows = min(X.shape[1], Y.shape[1])
    return ((X[:, :rows] - Y[:, :rows]) ** 2).sum(axis=2)


def _expanded(X, Y, sign):
    squares = (X**2).sum(axis=2)[:, :, None] + (Y**2).sum(axis=2)[:, None, :]
    return squares + sign * 2 * X @ Y.swapaxes(1, 2)


@mistake("batched_pairwise_sqdist", "The middle term has the wrong sign: |x - y|**2 is |x|**2 - "
         "2 x.y + |y|**2.")  # fmt: skip
def plus_in_the_middle(X, Y):
    return np.maximum(_expanded(X, Y, 1), 0)


@mistake("batched_pairwise_sqdist", "Two large, nearly equal numbers are subtracted, and rounding "
         "makes some results negative. Subtract the points first, or cut off at 0.")  # fmt: skip
def cut_nowhere(X, Y):
    return _expanded(X, Y, -1)


@mistake("batched_pairwise_sqdist", "The numbers are right, made row by row in a loop. Insert axes "
         "with None and let one subtraction do all pairs.")  # fmt: skip
def row_by_row(X, Y):
    return np.array([[((y - x) ** 2).sum(axis=1) for x in xs] for xs, y in zip(X, Y, strict=True)])
