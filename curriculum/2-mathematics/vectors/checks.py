"""What is asked of `vectors`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Sizes differ where a wrong order of letters should not fit, and agree where it should fit and give
wrong numbers. Two kinds of arrays watch how an answer is made: one refuses `@`, one refuses loops.
"""

import numpy as np

from undergrad.checker import raises, task, within


class NoMatmul(np.ndarray):
    """An array that can do everything but `@`."""

    def __matmul__(self, other):
        raise TypeError("here `@` itself is to be built: multiply and add single numbers")

    __rmatmul__ = dot = __matmul__


class NoLoops(np.ndarray):
    """An array that hands out neither its rows one by one nor single numbers."""

    def __iter__(self):
        raise TypeError("no loop over rows here: stretch the arrays with None instead")

    def __getitem__(self, key):
        if any(isinstance(each, int) for each in (key if isinstance(key, tuple) else (key,))):
            raise TypeError("no single rows here: stretch the arrays with None instead")
        return super().__getitem__(key)

    def __repr__(self):
        return repr(self.view(np.ndarray))  # printing goes through rows, and should work

    __str__ = __repr__


def factors(rng, square=False):
    """A (n, k) and B (k, m): three different sizes, or all three equal."""
    n, k, m = (3, 3, 3) if square else (int(size) for size in rng.permutation([2, 3, 4]))
    return rng.normal(size=(n, k)), rng.normal(size=(k, m))


@task(1, "adds up row times column for every entry", hint=[
    "Take rows (1, 2) and (3, 4), and a single column (5, 6). Which two numbers come out?",
    "Three loops: i over the rows of A, j over the columns of B, k over what they share. The "
    "innermost line adds one product to entry [i, j].",
    "out = np.zeros((n, m))\n"
    "for i in range(n):\n"
    "    for j in range(m):\n"
    "        for k in range(inner): out[i, j] += A[i, k] * B[k, j]",
])  # fmt: skip
def three_sizes(code, rng):
    return code.matmul_loops(*factors(rng))


@task(1, "is right where every order of the letters fits")
def equal_sizes(code, rng):
    return code.matmul_loops(*factors(rng, square=True))


@task(1, "refuses inner sizes that differ", judge=raises(ValueError))
def inner_sizes(code, rng):
    return code.matmul_loops(rng.normal(size=(2, 3)), rng.normal(size=(4, 2)))


@task(1, "does it without `@`")
def by_hand(code, rng):
    A, B = factors(rng)
    return code.matmul_loops(A.view(NoMatmul), B.view(NoMatmul))


@task(2, "gives one table for each inner index, first axis first", hint=[
    "How many tables are there? One for each number that a row of A and a column of B share.",
    "A column of shape (N, 1) times a row of shape (1, M) is a table of shape (N, M). Make it for "
    "every k and stack the tables.",
    "return np.stack([A[:, [k]] * B[[k], :] for k in range(A.shape[1])])",
])  # fmt: skip
def parts(code, rng):
    return code.rank_one_parts(*factors(rng))


@task(2, "is right where every order of the letters fits")
def parts_equal_sizes(code, rng):
    return code.rank_one_parts(*factors(rng, square=True))


def some_sizes(rng):
    """Three sizes, all different and above 1."""
    return tuple(int(size) for size in rng.permutation(np.arange(2, 8))[:3])


@task(3, "aligns at the right and stretches every 1", hint=[
    "Write both shapes below each other, right ends aligned, as you would to add two numbers.",
    "Fill the shorter one with 1 on its left. Then, place by place: equal, or one of them is 1, or "
    "a ValueError.",
    "width = max(len(a), len(b))\n"
    "a = (1,) * (width - len(a)) + a      # the same for b\n"
    "for m, n in zip(a, b):\n"
    "    if m != n and 1 not in (m, n): raise ValueError(...)\n"
    "    # n when m is 1, otherwise m",
])  # fmt: skip
def stretched(code, rng):
    p, q, r = some_sizes(rng)
    pairs = [((p, q), (q,)), ((p, 1), (q,)), ((r,), (p, q, 1)), ((), (p, q)), ((1, q), (p, 1))]
    return [code.broadcast_shape(a, b) for a, b in pairs]


@task(3, "refuses two sizes that differ when neither is 1", judge=raises(ValueError))
def refused(code, rng):
    p, q, r = some_sizes(rng)
    return code.broadcast_shape((r, p), (q,))


@task(3, "stretches a 1 to 0 as well")
def empty(code, rng):
    p, q, _ = some_sizes(rng)
    pairs = [((p, 0), (1,)), ((1,), (q, 0)), ((p, q), (p, 0))]  # the last one does not fit
    return [_verdict(code.broadcast_shape, pair) for pair in pairs]


@task(3, "agrees with NumPy on 500 pairs of shapes", judge=within(0, 0))
def as_numpy(code, rng):
    return sum(_verdict(code.broadcast_shape, pair) != _verdict(np.broadcast_shapes, pair)
               for pair in map(_pair, [rng] * 500))  # fmt: skip


def _pair(rng):
    """Two shapes of up to four axes that often fit, and often do not."""
    return [tuple(int(n) for n in rng.choice([0, 1, 1, 2, 3], size=rng.integers(5)))
            for _ in range(2)]  # fmt: skip


def _verdict(function, pair):
    try:
        return tuple(function(*pair))
    except ValueError:
        return "refused"


def directions(rng):
    """Two vectors (4,) of lengths far from 1, neither at right angles nor alike."""
    u = rng.normal(size=4) + 2
    v = 3 * rng.uniform(1, 2, size=4) * np.array([1, 1, 1, -0.5])
    return u * 2, v


@task(4, "is the dot product over both lengths", hint=[
    "The dot product grows when a vector grows. An angle does not: what must be divided away?",
    "A length is the square root of a vector's dot product with itself. Divide u @ v by both.",
    "lengths = np.sqrt(u @ u) * np.sqrt(v @ v)\n"
    "if lengths == 0: raise ValueError(...)\n"
    "return float(np.clip(u @ v / lengths, -1.0, 1.0))",
])  # fmt: skip
def angle(code, rng):
    return float(code.cosine(*directions(rng)))


@task(4, "refuses a vector of length 0", judge=raises(ValueError))
def no_direction(code, rng):
    return code.cosine(rng.normal(size=3), np.zeros(3))


@task(4, "never leaves -1..1, not even by rounding")
def bounded(code, rng):
    # Of vectors and multiples of them about one in ten rounds to more than 1.
    pairs = [(u, u * rng.uniform(2, 9)) for u in rng.normal(size=(400, 3))]
    largest = max(abs(code.cosine(u, v)) for u, v in pairs)
    usual = float(code.cosine(*directions(rng)))
    return usual, "inside" if largest <= 1.0 else "outside, by rounding"


def ground(rng, k):
    """A vector (5,) and k independent columns (5, k), not of length 1 and at slanted angles."""
    U = rng.normal(size=(5, k)) + 2 * np.eye(5, k)
    U[:, -1] += U[:, 0]
    return rng.normal(size=5) + 1, 2 * U


@task(5, "drops a shadow on one line", hint=[
    "On a line: how many times does the line's vector u fit under v? That many times u is the "
    "shadow.",
    "The rest v - U @ a must be at right angles to each column: U.T @ (v - U @ a) = 0. That is a "
    "linear system for a.",
    "share = np.linalg.solve(U.T @ U, U.T @ v)\nreturn U @ share",
])  # fmt: skip
def line(code, rng):
    return code.project(*ground(rng, 1))


@task(5, "drops a shadow on columns at slanted angles")
def plane(code, rng):
    return code.project(*ground(rng, 3))


@task(5, "leaves a rest at right angles, and a shadow made of the columns", judge=within(0, 1e-10))
def right_angle(code, rng):
    """The rest's largest cosine with a column, and how far the shadow is from any mixture."""
    v, U = ground(rng, 2)
    shadow = code.project(v, U)
    mixture = U @ np.linalg.lstsq(U, shadow, rcond=None)[0]
    rest = np.abs(U.T @ (v - shadow)).max() / np.linalg.norm(U) / np.linalg.norm(v)
    return float(rest), float(np.abs(shadow - mixture).max())


def points(rng):
    """X (2, 3, 4) and Y (2, 5, 4)."""
    return rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 5, 4)) + 1


@task(6, "measures every row of X against every row of Y", hint=[
    "Which shape has a place for every batch, row of X, row of Y and coordinate?",
    "Put an axis of length 1 into X where Y has its rows, and into Y where X has its rows; the "
    "subtraction stretches both to (B, N, M, D).",
    "gap = X[:, :, None, :] - Y[:, None, :, :]\nreturn (gap**2).sum(axis=3)",
])  # fmt: skip
def distances(code, rng):
    return code.batched_pairwise_sqdist(*points(rng))


@task(6, "is never negative, far away from 0 too")
def far_away(code, rng):
    X = 1e6 + rng.normal(size=(2, 30, 4))
    lowest = np.min(code.batched_pairwise_sqdist(X, X.copy()))
    return "never negative" if lowest >= 0 else "negative somewhere"


@task(6, "does it without a loop")
def no_loop(code, rng):
    X, Y = points(rng)
    out = code.batched_pairwise_sqdist(X.view(NoLoops), Y.view(NoLoops))
    return out.view(np.ndarray) if isinstance(out, NoLoops) else out
