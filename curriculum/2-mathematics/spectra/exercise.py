"""Spectra: the directions that a matrix only stretches, and what can be left out without them.

A direction is a vector of length 1; it and its opposite are the same direction, so signs are free
where nothing else is said. You may use `numpy.linalg.qr`, which you built in `solve`, and
`numpy.linalg.svd` and `norm`; the rest of `numpy.linalg` is closed. `undergrad check spectra` runs
your functions.
"""

import numpy as np


def power_method(A, rng, steps=1000):
    """The direction that A stretches most, found by multiplying.

    A: (N, N), symmetric.   rng: a NumPy generator, for the start.   steps: how often to multiply.
    Returns (value, v): v has length 1, shape (N,), and A @ v is value * v. Of all such directions
    it is the one with the largest absolute value; the value itself may be below 0.
    """
    raise NotImplementedError("TODO 1: a random start; multiply, bring back to length 1, repeat")


def qr_algorithm(A, iters):
    """All directions of a symmetric matrix at once.

    A: (N, N), symmetric, its values of different sizes.   iters: how many rounds.
    Each round splits the matrix into Q @ R and goes on with R @ Q.
    Returns (values, vectors): values (N,), as they stand on the diagonal in the end, and vectors
    (N, N) with the direction of values[i] in column i.
    """
    raise NotImplementedError("TODO 2: A becomes R @ Q; the product of all Qs holds the vectors")


def low_rank(A, k):
    """The nearest matrix to A that k columns times k rows can make.

    A: (M, N).   k: from 1 to min(M, N).
    Returns (B, error): B (M, N), from the k largest singular values; error is the root of the sum
    of squares of A - B, computed from the singular values that were left out, without B.
    """
    raise NotImplementedError("TODO 3: U, s, Vt from np.linalg.svd; keep k of each")


def randomized_svd(A, k, rng, extra=8, rounds=2):
    """The k largest singular values and their directions, when A is too large for `svd`.

    A: anything of shape (M, N) that knows `A @ X` and `A.T @ X`; perhaps no array at all.
    k + extra random mixtures of the columns of A are made, and turned by `rounds` further products
    with A.T and A towards the directions that A stretches most. Keep them at right angles.
    Returns (U, s, Vt), shapes (M, k), (k,) and (k, N), the largest value first.
    """
    raise NotImplementedError(
        "TODO 4: Q from A @ noise, rounds of A.T and A, svd of the small Q.T A"
    )


def pca(X, k):
    """The k directions in which the rows of X differ most.

    X: (N, D), a row for each example.
    Returns (Z, components, mean): mean (D,); components (k, D), directions in rows, the one with
    the largest variance first; Z (N, k), the examples in these new coordinates, so that
    Z @ components + mean is the best approximation of X with k numbers a row.
    """
    raise NotImplementedError("TODO 5: subtract the mean, then the svd")


def pagerank(links, damping=0.85):
    """How often a patient surfer visits each page.

    links: a list; links[i] lists the pages that page i links to, each once, perhaps none.
    At each step the surfer follows a random link of the page with probability `damping`, and
    otherwise jumps to any page. A page without links is always left by a jump.
    Returns the shares of visits in the long run, (N,), which add up to 1, to twelve digits.
    """
    raise NotImplementedError("TODO 6: share out each page's visits, add the jumps, repeat")
