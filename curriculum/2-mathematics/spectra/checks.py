"""What is asked of `spectra`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

Matrices are built from the directions and values they shall have. Directions are compared without
their sign, as the table of all products of two entries.
"""

import numpy as np

from undergrad.checker import task


def right_angled(rng, m, n):
    """n random columns of length 1 at right angles, (m, n)."""
    return np.linalg.qr(rng.normal(size=(m, n)))[0]


def turned(rng, values):
    """A symmetric matrix with these values and random directions."""
    Q = right_angled(rng, len(values), len(values))
    return (Q * values) @ Q.T


def no_sign(directions):
    """Directions in columns (N, K) without their signs: the K tables v v^T, (K, N, N)."""
    columns = np.asarray(directions).T
    return columns[:, :, None] * columns[:, None, :]


@task(1, "finds the value and the direction that is stretched most", hint=[
    "Multiply (1, 0) three times with [[2, 1], [1, 2]]. Which direction does it turn to?",
    "Start with random numbers. In a loop: v = A @ v, divided by its length. What A does to the "
    "last v, v @ A @ v, is the value.",
    "v = rng.normal(size=len(A))\n"
    "for _ in range(steps):\n"
    "    v = A @ v\n"
    "    v /= np.linalg.norm(v)\n"
    "return v @ A @ v, v",
])  # fmt: skip
def strongest(code, rng):
    A = 1e8 * turned(rng, np.array([rng.uniform(8, 9), 4.0, -3.0, 1.0]))  # soon out of range
    value, v = code.power_method(A, rng, 60)
    return float(value), no_sign(v[:, None])[0]


@task(1, "keeps the sign of a value below 0")
def negative(code, rng):
    value, v = code.power_method(turned(rng, np.array([-6.0, 3.0, 2.0, 1.0])), rng, 60)
    return float(value), no_sign(v[:, None])[0]


@task(1, "finds a direction at right angles to (1, 1, 1, 1)")
def away_from_ones(code, rng):
    three = np.array([[1.0, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]])
    frame = np.concatenate([rng.permutation(three), np.ones((1, 4))]) / 2  # directions in rows
    return float(code.power_method((frame.T * [5.0, 2.0, 1.0, 0.5]) @ frame, rng, 40)[0])


@task(1, "finds a direction in which the first axis has no part")
def away_from_first_axis(code, rng):
    A = np.diag([2.0, 0, 0])
    A[1:, 1:] = turned(rng, np.array([5.0, 1.0]))
    return float(code.power_method(A, rng, 60)[0])


@task(2, "finds all values with their signs", hint=[
    "With A = Q R, write R Q with A and Q alone. What does it do to a direction v of A?",
    "R @ Q is Q.T @ A @ Q: the same matrix seen from turned axes. All turns together, the product "
    "of the Qs from left to right, hold the directions in their columns.",
    "Q, R = np.linalg.qr(A)\n"
    "A = R @ Q\n"
    "vectors = vectors @ Q  # from np.eye(N)",
])  # fmt: skip
def all_values(code, rng):
    values, _ = code.qr_algorithm(turned(rng, spread_values(rng)), 120)
    return np.asarray(values)


def spread_values(rng):
    """Five values, each at most 0.7 times the one before in size, both signs among them."""
    sizes = np.array([9.0, 6.0, 3.5, 1.8, 0.9]) * rng.uniform(0.97, 1.0, size=5)
    return sizes * rng.permutation([1, 1, 1, -1, -1])


@task(2, "puts the direction of each value into its column")
def all_directions(code, rng):
    _, vectors = code.qr_algorithm(turned(rng, spread_values(rng)), 120)
    return no_sign(vectors)


def with_values(rng, m, n, values):
    """A matrix (m, n) with these singular values, len(values) = n, in random directions."""
    return (right_angled(rng, m, n) * values) @ right_angled(rng, n, n).T


def falling(rng, m, n, power):
    """A matrix (m, n) whose singular values fall like 1, 2^-power, 3^-power, ..."""
    return with_values(rng, m, n, (np.arange(n) + 1.0) ** -power)


@task(3, "keeps the k largest parts, and knows what the others weigh", hint=[
    "A is a sum of columns times rows, weighted with the singular values. Which do you leave out?",
    "U[:, :k], s[:k] and Vt[:k] multiplied together. The parts are at right angles, so the squares "
    "of the singular values left out add up to the square of the error.",
    "U, s, Vt = np.linalg.svd(A, full_matrices=False)\n"
    "B = (U[:, :k] * s[:k]) @ Vt[:k]\n"
    "error = np.sqrt(np.sum(s[k:] ** 2))",
])  # fmt: skip
def nearest(code, rng):
    B, error = code.low_rank(rng.uniform(2, 3) * falling(rng, 6, 4, 0.7), 2)
    return B, float(error)


@task(4, "comes within 5 % of the best error, where values fall slowly", hint=[
    "How is Q from qr(A @ noise) related to A: which columns can it mix, and how well?",
    "Q spans k + extra mixtures of A's columns. Each round qr(A.T @ Q), qr(A @ Q) turns it towards "
    "the strong directions. Then Q.T A is small: (k + extra, N).",
    "Q, _ = np.linalg.qr(A @ rng.normal(size=(A.shape[1], k + extra)))\n"
    "# rounds times: Q, _ = np.linalg.qr(A.T @ Q), then Q, _ = np.linalg.qr(A @ Q)\n"
    "U, s, Vt = np.linalg.svd((A.T @ Q).T, full_matrices=False)\n"
    "return Q @ U[:, :k], s[:k], Vt[:k]",
])  # fmt: skip
def nearly_best(code, rng):
    A = falling(rng, 120, 100, 0.4)
    return off_by(A, code.randomized_svd(A, 5, rng, extra=3))


def off_by(A, factors):
    """Shapes, and how the error of U s Vt compares with the best error for as many parts."""
    U, s, Vt = factors
    best = np.sqrt(np.sum(np.linalg.svd(A)[1][len(s) :] ** 2))
    ratio = np.linalg.norm(A - (U * s) @ Vt) / best
    return {"shapes": (U.shape, s.shape, Vt.shape), "within 5 %": bool(ratio < 1.05)}


@task(4, "finds small values beside huge ones")
def huge_and_small(code, rng):
    values = 10.0 ** -np.arange(0, 15)
    _, s, _ = code.randomized_svd(with_values(rng, 40, 15, values), 8, rng, extra=4)
    return {"within 5 %": bool(np.all(np.abs(s / values[:8] - 1) < 0.05))}


class OnlyProducts:
    """A matrix that can be multiplied and turned round, and nothing else."""

    def __init__(self, A):
        self._A, self.shape = A, A.shape

    def __matmul__(self, X):
        return self._A @ X

    @property
    def T(self):
        return OnlyProducts(self._A.T)


@task(4, "needs nothing but products with A and A.T")
def products_only(code, rng):
    A = falling(rng, 60, 50, 1.5)
    U, s, Vt = code.randomized_svd(OnlyProducts(A), 4, rng)
    return off_by(A, (U, s, Vt))


def slanted(rng):
    """30 rows of four numbers, mixed, far from 0."""
    mix = rng.normal(size=(4, 4)) * np.array([3.0, 1.5, 0.8, 0.4])
    return rng.normal(size=(30, 4)) @ mix.T + rng.uniform(5, 9, size=4)


@task(5, "finds mean and directions, the largest variance first", hint=[
    "Rows around their mean: which direction shall have the longest shadows, in sum of squares?",
    "Subtract the mean of each column. The rows of Vt are the directions, strongest first.",
    "mean = X.mean(axis=0)\n"
    "_, _, Vt = np.linalg.svd(X - mean, full_matrices=False)\n"
    "return (X - mean) @ Vt[:k].T, Vt[:k], mean",
])  # fmt: skip
def directions(code, rng):
    _, components, mean = code.pca(slanted(rng), 2)
    return mean, no_sign(np.asarray(components).T)


@task(5, "gives coordinates that lead back to the rows")
def coordinates(code, rng):
    Z, components, mean = code.pca(slanted(rng), 2)
    return np.abs(Z), Z @ components + mean


@task(6, "shares visits out along links and jumps", hint=[
    "Three pages: A links to B and C, B to C, C to A. If each is visited a third of the time now, "
    "how often a step later?",
    "Each page gives rank / number of links to each of its targets; the surfer does this with "
    "probability damping. The rest, (1 - damping) / N, comes to every page. Repeat until it stays.",
    "arriving = np.zeros(n)\n"
    "for page, targets in enumerate(links):\n"
    "    arriving[targets] += rank[page] / len(targets)  # none: rank / n to every page\n"
    "rank = damping * arriving + (1 - damping) / n",
])  # fmt: skip
def small_web(code, rng):
    return code.pagerank(web(rng), rng.uniform(0.6, 0.9))


def web(rng, n=7):
    """Each page links to one, two or three others; page 0 is popular."""
    counts = rng.permutation([1, 1, 2, 2, 3, 3, 3])
    pages = [rng.permutation(np.delete(np.arange(n), i)).tolist() for i in range(n)]
    links = [sorted(page[:count]) for page, count in zip(pages, counts, strict=True)]
    return [sorted({*each, 0}) if i in (1, 2, 3) else each for i, each in enumerate(links)]


@task(6, "lets the surfer jump from a page without links")
def dead_end(code, rng):
    links = web(rng)
    links[int(rng.integers(7))] = []
    return code.pagerank(links)


@task(6, "goes on until the shares stay")
def settled(code, rng):
    ring = [[i + 1] for i in range(19)] + [[0, 5]]
    return code.pagerank(ring, rng.uniform(0.97, 0.98))
