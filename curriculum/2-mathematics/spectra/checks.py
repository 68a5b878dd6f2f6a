"""The checks of `spectra`.

Matrices are built from chosen eigenvectors and eigenvalues. Directions are compared without their
sign, as the matrix of all products of two entries.
"""

import numpy as np

from undergrad.checker import decided_by, task


def orthonormal(rng, m, n):
    """n random orthonormal columns, (m, n)."""
    return np.linalg.qr(rng.normal(size=(m, n)))[0]


def symmetric(rng, values):
    """A symmetric matrix with these eigenvalues and random eigenvectors."""
    Q = orthonormal(rng, len(values), len(values))
    return (Q * values) @ Q.T


def no_sign(directions):
    """Directions in columns (N, K) without their signs: the K matrices v v^T, (K, N, N)."""
    columns = np.asarray(directions).T
    return columns[:, :, None] * columns[:, None, :]


@task(1, "finds the largest eigenvalue and its eigenvector", keeps_arguments=True)
def strongest(code, rng):
    A = 1e8 * symmetric(rng, np.array([rng.uniform(8, 9), 4.0, -3.0, 1.0]))  # soon out of range
    value, v = code.power_method(A, rng, 60)
    return float(value), no_sign(v[:, None])[0]


@task(1, "keeps the sign of a negative eigenvalue")
def negative(code, rng):
    value, v = code.power_method(symmetric(rng, np.array([-6.0, 3.0, 2.0, 1.0])), rng, 60)
    return float(value), no_sign(v[:, None])[0]


@task(1, "finds an eigenvector orthogonal to (1, 1, 1, 1)")
def orthogonal_to_ones(code, rng):
    three = np.array([[1.0, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]])
    frame = np.concatenate([rng.permutation(three), np.ones((1, 4))]) / 2  # directions in rows
    return float(code.power_method((frame.T * [5.0, 2.0, 1.0, 0.5]) @ frame, rng, 40)[0])


@task(1, "finds an eigenvector orthogonal to the first axis")
def orthogonal_to_first_axis(code, rng):
    A = np.diag([2.0, 0, 0, 0])
    A[1:, 1:] = symmetric(rng, np.array([5.0, 1.0, 0.5]))
    return float(code.power_method(A, rng, 60)[0])


@task(1, "leaves the start to the generator")
def few_steps(code, rng):
    A = symmetric(rng, np.array([3.0, 2.5, -2.0, 1.0]))
    return decided_by(lambda rng: code.power_method(A, rng, 1)[1], rng)


@task(2, "finds all eigenvalues with their signs", keeps_arguments=True)
def all_values(code, rng):
    values, _ = code.qr_algorithm(symmetric(rng, separated_values(rng)), 120)
    return np.asarray(values)


def separated_values(rng):
    """Five values of both signs, each at most 0.7 times the one before in absolute value."""
    sizes = np.array([9.0, 6.0, 3.5, 1.8, 0.9]) * rng.uniform(0.97, 1.0, size=5)
    return sizes * rng.permutation([1, 1, 1, -1, -1])


@task(2, "gives the eigenvector of each value in its column")
def all_vectors(code, rng):
    _, vectors = code.qr_algorithm(symmetric(rng, separated_values(rng)), 120)
    return no_sign(vectors)


def with_values(rng, m, n, values):
    """A matrix (m, n) with these singular values, len(values) = n, in random directions."""
    return (orthonormal(rng, m, n) * values) @ orthonormal(rng, n, n).T


def decaying(rng, m, n, power):
    """A matrix (m, n) whose singular values decay like 1, 2^-power, 3^-power, ..."""
    return with_values(rng, m, n, (np.arange(n) + 1.0) ** -power)


@task(3, "keeps the k largest terms, and returns the error of leaving out the others",
      keeps_arguments=True)  # fmt: skip
def nearest(code, rng):
    B, error = code.low_rank(rng.uniform(2, 3) * decaying(rng, 7, 5, 0.7), 3)
    return B, float(error)


@task(4, "comes within 5% of the best error, where singular values decay slowly",
      keeps_arguments=True)  # fmt: skip
def nearly_best(code, rng):
    A = decaying(rng, 120, 100, 0.4)
    return off_by(A, code.randomized_svd(A, 5, rng, extra=3))


def off_by(A, factors):
    """Shapes, and how the error of U s Vt compares with the best error at that rank."""
    U, s, Vt = factors
    best = np.sqrt(np.sum(np.linalg.svd(A)[1][len(s) :] ** 2))
    ratio = np.linalg.norm(A - (U * s) @ Vt) / best
    return {"shapes": (U.shape, s.shape, Vt.shape), "within 5%": bool(ratio < 1.05)}


@task(4, "finds small singular values next to huge ones")
def huge_and_small(code, rng):
    values = 10.0 ** -np.arange(0, 15)
    _, s, _ = code.randomized_svd(with_values(rng, 40, 15, values), 8, rng, extra=4)
    return {"within 5%": bool(np.all(np.abs(s / values[:8] - 1) < 0.05))}


class OnlyProducts:
    """A matrix that can be multiplied and transposed, and nothing else. It counts its products."""

    def __init__(self, A, products=None):
        self._A, self.shape = A, A.shape
        self.products = [] if products is None else products

    def __matmul__(self, X):
        self.products.append(X.shape)
        return self._A @ X

    @property
    def T(self):
        return OnlyProducts(self._A.T, self.products)


@task(4, "multiplies by A.T and by A in each round")
def two_more(code, rng):
    A = OnlyProducts(decaying(rng, 30, 20, 1.5))
    taken = []
    for rounds in (0, 1, 4):
        code.randomized_svd(A, 4, rng, extra=3, rounds=rounds)
        taken.append(len(A.products))
        A.products.clear()
    return [more - taken[0] for more in taken]


@task(4, "leaves the noise to the generator")
def noise(code, rng):
    A = decaying(rng, 30, 20, 0.4)
    return decided_by(lambda rng: code.randomized_svd(A, 4, rng, extra=3, rounds=0)[1], rng)


@task(4, "needs nothing but products with A and A.T")
def products_only(code, rng):
    A = decaying(rng, 60, 50, 1.5)
    U, s, Vt = code.randomized_svd(OnlyProducts(A), 4, rng)
    return off_by(A, (U, s, Vt))


def correlated(rng):
    """30 rows of four correlated numbers, far from 0."""
    mix = rng.normal(size=(4, 4)) * np.array([3.0, 1.5, 0.8, 0.4])
    return rng.normal(size=(30, 4)) @ mix.T + rng.uniform(5, 9, size=4)


@task(5, "finds mean and directions, the largest variance first", keeps_arguments=True)
def directions(code, rng):
    _, components, mean = code.pca(correlated(rng), 3)
    return mean, no_sign(np.asarray(components).T)


@task(5, "gives coordinates that reconstruct the rows")
def coordinates(code, rng):
    Z, components, mean = code.pca(correlated(rng), 3)
    return np.abs(Z), Z @ components + mean


@task(6, "distributes visits along links and jumps", keeps_arguments=True)
def small_web(code, rng):
    return np.round(code.pagerank(web(rng), rng.uniform(0.6, 0.9)), 2)


def web(rng, n=7):
    """Each page links to one, two or three others; page 0 is popular."""
    counts = rng.permutation([1, 1, 2, 2, 3, 3, 3])
    pages = [rng.permutation(np.delete(np.arange(n), i)).tolist() for i in range(n)]
    links = [sorted(page[:count]) for page, count in zip(pages, counts, strict=True)]
    return [sorted({*each, 0}) if i in (1, 2, 3) else each for i, each in enumerate(links)]


@task(6, "continues until a further round changes nothing")
def settled(code, rng):
    """How much one more round changes, in words."""
    links, damping = web(rng), rng.uniform(0.93, 0.97)
    rank = np.asarray(code.pagerank(links, damping))
    after = np.full(len(links), (1 - damping) / len(links))
    for page, targets in enumerate(links):
        after[targets] += damping * rank[page] / len(targets)
    change = np.abs(after - rank).sum()
    if change < 1e-11:
        return "nothing changes"
    return "a little changes" if change < 0.02 else "it is another distribution"


@task(6, "jumps to a random page from a page without links")
def dead_end(code, rng):
    links = web(rng)
    links[int(rng.integers(7))] = []
    return np.round(code.pagerank(links), 2)


@task(6, "is accurate where it converges slowly")
def accurate(code, rng):
    """Beside the exact solution, of a ring in which one page has a second link."""
    links, damping = [[i + 1] for i in range(19)] + [[0, 5]], rng.uniform(0.97, 0.98)
    arriving = np.zeros((20, 20))
    for page, targets in enumerate(links):
        arriving[targets, page] = 1 / len(targets)
    exact = np.linalg.solve(np.eye(20) - damping * arriving, np.full(20, (1 - damping) / 20))
    error = np.abs(code.pagerank(links, damping) - exact).max()
    return "accurate" if error < 1e-7 else "not accurate"
