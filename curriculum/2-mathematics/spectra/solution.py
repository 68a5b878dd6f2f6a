"""Spectra: eigenvectors and singular vectors, and how well a few of them approximate a matrix.

A direction is a vector of length 1. A direction and its opposite are equivalent, so signs are free
unless stated otherwise. You may use `numpy.linalg.qr`, which you built in `solve`, and
`numpy.linalg.svd` and `norm`; the rest of `numpy.linalg` is not allowed, nor are `numpy.cov` and
`numpy.matrix`. `undergrad check spectra` runs your functions.

Letters: M rows, N columns or pages or examples, D numbers of one example, k directions kept.
"""

import numpy as np


def power_method(A, rng, steps=1000):
    """The eigenvector whose eigenvalue has the largest absolute value, by repeated multiplication.

    A: (N, N), symmetric.   rng: a NumPy generator, for the start.   steps: how often to multiply.
    v has length 1, and A @ v is value * v. The value may be below 0.
    Returns: value, float, v (N,)
    """
    # TODO 1: which two steps, repeated, turn a random vector towards v? Then measure its stretch
    v = rng.normal(size=len(A))  # a random start has a component in every direction
    for _ in range(steps):
        v = A @ v
        v /= np.linalg.norm(v)
    value = v @ A @ v
    return float(value), v


def qr_algorithm(A, iters):
    """All eigenvalues and eigenvectors of a symmetric matrix at once.

    A: (N, N), symmetric, with eigenvalues of different absolute values.   iters: how many rounds.
    Each round factors the matrix into Q @ R and builds the next matrix from the two factors. At the
    end the eigenvalues are on the diagonal; column i of vectors is the eigenvector of values[i].
    Returns: values (N,), vectors (N, N)
    """
    # TODO 2: what replaces A in each round, and what collects the eigenvectors?
    vectors = np.eye(len(A))
    for _ in range(iters):
        Q, R = np.linalg.qr(A)
        A = R @ Q  # which is Q.T @ A @ Q: in rotated coordinates, with the same eigenvalues
        vectors = vectors @ Q
    return np.diag(A).copy(), vectors


def low_rank(A, k):
    """The best approximation of A by a matrix of rank k, and its error.

    A: (M, N).   k: from 1 to min(M, N).
    B is made from the k largest singular values. The error is the square root of the sum of squares
    of A - B, computed from the singular values left out, without B.
    Returns: B (M, N), error, float
    """
    # TODO 3: which terms of the SVD do you keep, and what do the others say about the error?
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    B = (U[:, :k] * s[:k]) @ Vt[:k]
    error = np.sqrt(np.sum(s[k:] ** 2))
    return B, float(error)


def randomized_svd(A, k, rng, extra=8, rounds=2):
    """The k largest singular values and their vectors, when A is too large for `svd`.

    A: any object of shape (M, N) that supports `A @ X` and `A.T @ X`, not necessarily an array.
    Start with k + extra random combinations of the columns of A. Each of the `rounds` multiplies by
    A.T and by A, which amplifies the directions of large singular values; keep the columns
    orthonormal after every product. The largest singular value comes first.
    Returns: U (M, k), s (k,), Vt (k, N)
    """
    # TODO 4: find columns that span the strong directions; then decompose a small matrix
    Q, _ = np.linalg.qr(A @ rng.normal(size=(A.shape[1], k + extra)))
    # Orthonormal in between: by products alone all columns would approach the first direction.
    for _ in range(rounds):
        Q, _ = np.linalg.qr(A.T @ Q)
        Q, _ = np.linalg.qr(A @ Q)
    U, s, Vt = np.linalg.svd((A.T @ Q).T, full_matrices=False)
    return Q @ U[:, :k], s[:k], Vt[:k]


def pca(X, k):
    """Principal component analysis: the k directions in which the rows of X vary most.

    X: (N, D), one row for each example.
    components holds the directions in its rows, the one with the largest variance first. Z holds
    the examples in these new coordinates: Z @ components + mean is the best approximation of X with
    k numbers for each row.
    Returns: Z (N, k), components (k, D), mean (D,)
    """
    # TODO 5: what comes before the SVD, and which of its factors holds the directions?
    mean = X.mean(axis=0)
    centred = X - mean
    _, _, Vt = np.linalg.svd(centred, full_matrices=False)
    components = Vt[:k]
    return centred @ components.T, components, mean


def pagerank(links, damping=0.85):
    """The long-run fraction of visits that each page gets from a random surfer.

    links: a list; links[i] lists the pages that page i links to, each once, perhaps none.
    In each step the surfer follows a random link of the page with probability `damping`, and
    otherwise jumps to a random page. From a page without links it always jumps. The fractions sum
    to 1 and are accurate to twelve digits.
    Returns: rank (N,)
    """
    # TODO 6: where do the visits of each page go in one step? Repeat it until they settle
    n = len(links)
    rank = np.full(n, 1 / n)
    for _ in range(10_000):
        arriving = np.zeros(n)
        for page, targets in enumerate(links):
            if targets:
                arriving[targets] += rank[page] / len(targets)
            else:
                arriving += rank[page] / n
        before, rank = rank, damping * arriving + (1 - damping) / n
        if np.abs(rank - before).sum() < 1e-13:
            break
    return rank
