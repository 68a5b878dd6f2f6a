"""The checks of `vectors`.

Sizes differ where a wrong order of the indices should not fit, and agree where it should fit and
give wrong numbers. Two kinds of arrays watch how a result is made: one refuses `@`, one refuses
loops.
"""

import numpy as np

from undergrad.checker import raises, task, within


class NoMatmul(np.ndarray):
    """An array that can do everything but `@`."""

    def __matmul__(self, other):
        raise TypeError("here you build `@` yourself: multiply and add single numbers")

    __rmatmul__ = dot = __matmul__


class NoLoops(np.ndarray):
    """An array that gives neither its rows one by one nor single numbers."""

    def __iter__(self):
        raise TypeError("no loop over rows here: insert axes with None instead")

    def __getitem__(self, key):
        if any(isinstance(each, int) for each in (key if isinstance(key, tuple) else (key,))):
            raise TypeError("no single rows here: insert axes with None instead")
        return super().__getitem__(key)

    def __repr__(self):
        return repr(self.view(np.ndarray))  # printing goes through rows, and should work

    __str__ = __repr__


def factors(rng, square=False):
    """A (n, k) and B (k, m): three different sizes, or all three equal."""
    n, k, m = (3, 3, 3) if square else (int(size) for size in rng.permutation([3, 4, 5]))
    return rng.normal(size=(n, k)), rng.normal(size=(k, m))


@task(1, "sums row times column for every entry")
def three_sizes(code, rng):
    return code.matmul_loops(*factors(rng))


@task(1, "keeps the indices in order where every order fits the shapes")
def equal_sizes(code, rng):
    return code.matmul_loops(*factors(rng, square=True))


@task(1, "raises an error for inner sizes that differ", judge=raises(ValueError))
def inner_sizes(code, rng):
    return code.matmul_loops(rng.normal(size=(3, 4)), rng.normal(size=(5, 3)))


@task(1, "works without `@`")
def by_hand(code, rng):
    A, B = factors(rng)
    return code.matmul_loops(A.view(NoMatmul), B.view(NoMatmul))


@task(2, "returns one matrix for each inner index, along the first axis")
def parts(code, rng):
    return code.rank_one_parts(*factors(rng))


@task(2, "keeps the indices in order where every order fits the shapes")
def parts_equal_sizes(code, rng):
    return code.rank_one_parts(*factors(rng, square=True))


def some_sizes(rng):
    """Three sizes, all different and above 2."""
    return tuple(int(size) for size in rng.permutation(np.arange(3, 9))[:3])


@task(3, "aligns at the right and stretches every 1")
def stretched(code, rng):
    p, q, r = some_sizes(rng)
    pairs = [((p, q), (q,)), ((p, 1), (q,)), ((r,), (p, q, 1)), ((), (p, q)), ((1, q), (p, 1))]
    return [_outcome(code.broadcast_shape, pair) for pair in pairs]


@task(3, "raises an error for two sizes that differ when neither is 1", judge=raises(ValueError))
def refused(code, rng):
    p, q, r = some_sizes(rng)
    return code.broadcast_shape((r, p), (q,))


@task(3, "stretches a size of 1 to 0 as well")
def empty(code, rng):
    p, q, _ = some_sizes(rng)
    pairs = [((p, 0), (1,)), ((1,), (q, 0)), ((p, q), (p, 0))]  # the last one does not fit
    return [_outcome(code.broadcast_shape, pair) for pair in pairs]


@task(3, "agrees with NumPy on 500 pairs of shapes", judge=within(0, 0))
def as_numpy(code, rng):
    return sum(_outcome(code.broadcast_shape, pair) != _outcome(np.broadcast_shapes, pair)
               for pair in map(_pair, [rng] * 500))  # fmt: skip


def _pair(rng):
    """Two shapes of up to four axes that often fit, and often do not."""
    return [tuple(int(n) for n in rng.choice([0, 1, 1, 2, 3], size=rng.integers(5)))
            for _ in range(2)]  # fmt: skip


def _outcome(function, pair):
    try:
        return function(*pair)
    except ValueError:
        return "refused"


def directions(rng):
    """Two vectors (4,) of lengths far from 1, neither orthogonal nor alike."""
    u = rng.normal(size=4) + 2
    v = 3 * rng.uniform(1, 2, size=4) * np.array([1, 1, 1, -0.5])
    return u * 2, v


@task(4, "returns the dot product divided by both lengths")
def angle(code, rng):
    return float(code.cosine(*directions(rng)))


@task(4, "raises an error for a vector of length 0", judge=raises(ValueError))
def no_direction(code, rng):
    return code.cosine(rng.normal(size=3), np.zeros(3))


@task(4, "never leaves -1..1, not even by rounding")
def bounded(code, rng):
    # For about one in ten vectors the cosine with a multiple of it rounds to more than 1.
    pairs = [(u, u * rng.uniform(2, 9)) for u in rng.normal(size=(400, 3))]
    pairs += [(u, -v) for u, v in pairs]
    largest = max(abs(code.cosine(u, v)) for u, v in pairs)
    usual = float(code.cosine(*directions(rng)))
    return usual, "inside" if largest <= 1.0 else "outside, by rounding"


def vector_and_columns(rng, k):
    """A vector (5,) and k independent columns (5, k), neither orthogonal nor of length 1."""
    U = rng.normal(size=(5, k)) + 2 * np.eye(5, k)
    U[:, -1] += U[:, 0]
    return rng.normal(size=5) + 1, 2 * U


@task(5, "projects onto one line", keeps_arguments=True)
def line(code, rng):
    return code.project(*vector_and_columns(rng, 1))


@task(5, "projects onto columns that are not orthogonal")
def plane(code, rng):
    return code.project(*vector_and_columns(rng, 3))


@task(
    5,
    "returns a combination of the columns, and leaves an orthogonal residual",
    judge=within(0, 1e-10),
)
def orthogonal(code, rng):
    """The residual's largest cosine with a column; the projection's distance from the columns."""
    v, U = vector_and_columns(rng, 3)
    projection = code.project(v, U)
    combination = U @ np.linalg.lstsq(U, projection, rcond=None)[0]
    residual = np.abs(U.T @ (v - projection)).max() / np.linalg.norm(U) / np.linalg.norm(v)
    return float(residual), float(np.abs(projection - combination).max())


def points(rng):
    """X (3, 4, 6) and Y (3, 5, 6)."""
    return rng.normal(size=(3, 4, 6)), rng.normal(size=(3, 5, 6)) + 1


@task(6, "compares every row of X with every row of Y", keeps_arguments=True)
def distances(code, rng):
    return code.batched_pairwise_sqdist(*points(rng))


@task(6, "returns no negative distance, even far away from 0")
def far_away(code, rng):
    X = 1e6 + rng.normal(size=(3, 30, 4))
    lowest = np.min(code.batched_pairwise_sqdist(X, X.copy()))
    return "never negative" if lowest >= 0 else "negative somewhere"


@task(6, "works without a loop")
def no_loop(code, rng):
    X, Y = points(rng)
    out = code.batched_pairwise_sqdist(X.view(NoLoops), Y.view(NoLoops))
    return out.view(np.ndarray) if isinstance(out, NoLoops) else out
