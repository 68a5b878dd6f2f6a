"""Typical wrong solutions of `spectra`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


def _multiplied(A, v, steps, scale=True):
    with np.errstate(all="ignore"):
        for _ in range(steps):
            v = A @ v
            v = v / np.linalg.norm(v) if scale else v
        return v


@mistake("power_method", "v is only brought back to length 1 at the end. By then it has grown out "
         "of the range of floats, or shrunk to 0: divide in each round.")  # fmt: skip
def scaled_at_the_end(A, rng, steps=1000):
    v = _multiplied(A, rng.normal(size=len(A)), steps, scale=False)
    with np.errstate(all="ignore"):
        v = v / np.linalg.norm(v)
        return float(v @ A @ v), v


@mistake("power_method", "The value is the length of A @ v, which is never below 0. Take v @ A @ "
         "v: it knows when v is turned round.")  # fmt: skip
def value_as_length(A, rng, steps=1000):
    v = _multiplied(A, rng.normal(size=len(A)), steps)
    return float(np.linalg.norm(A @ v)), v


@mistake("power_method", "The start is (1, 1, ..., 1). A direction at right angles to it is never "
         "found: start with random numbers.")  # fmt: skip
def starts_with_ones(A, rng, steps=1000):
    v = _multiplied(A, np.ones(len(A)), steps)
    return float(v @ A @ v), v


@mistake("power_method", "The start is the first axis. Where it has no part in the strongest "
         "direction, you find another: start with random numbers.")  # fmt: skip
def starts_with_an_axis(A, rng, steps=1000):
    v = _multiplied(A, np.eye(len(A))[0], steps)
    return float(v @ A @ v), v


@mistake("power_method", "The returned vector is A @ v, which is `value` times too long. Divide by "
         "its length after the last product as well.")  # fmt: skip
def one_product_more(A, rng, steps=1000):
    v = _multiplied(A, rng.normal(size=len(A)), steps)
    return float(v @ A @ v), A @ v


def _qr_rounds(A, iters, following, collect):
    vectors = np.eye(len(A))
    for _ in range(iters):
        Q, R = np.linalg.qr(A)
        A, vectors = following(Q, R), collect(vectors, Q)
    return A, vectors


@mistake("qr_algorithm", "Q @ R is the matrix you had, so nothing ever changes. Go on with R @ Q.")
def nothing_changes(A, iters):
    last, vectors = _qr_rounds(A, iters, lambda Q, R: Q @ R, lambda V, Q: V @ Q)
    return np.diag(last).copy(), vectors


@mistake("qr_algorithm", "The values are the diagonal of R, which has lost their signs. They stand "
         "on the diagonal of R @ Q.")  # fmt: skip
def diagonal_of_r(A, iters):
    last, vectors = _qr_rounds(A, iters, lambda Q, R: R @ Q, lambda V, Q: V @ Q)
    return np.abs(np.diag(last)), vectors


@mistake("qr_algorithm", "The vectors are the last Q alone, which is nearly the identity. All "
         "turns count: multiply the Qs.")  # fmt: skip
def last_q(A, iters):
    last, vectors = _qr_rounds(A, iters, lambda Q, R: R @ Q, lambda V, Q: Q)
    return np.diag(last).copy(), vectors


@mistake("qr_algorithm", "The Qs are multiplied in the wrong order. Each new turn happens within "
         "the turned axes: vectors @ Q.")  # fmt: skip
def turns_in_wrong_order(A, iters):
    last, vectors = _qr_rounds(A, iters, lambda Q, R: R @ Q, lambda V, Q: Q @ V)
    return np.diag(last).copy(), vectors


@mistake("qr_algorithm", "The directions stand in the rows. The one of values[i] belongs into "
         "column i: do not transpose.")  # fmt: skip
def directions_in_rows(A, iters):
    last, vectors = _qr_rounds(A, iters, lambda Q, R: R @ Q, lambda V, Q: V @ Q)
    return np.diag(last).copy(), vectors.T


@mistake("low_rank", "The error adds the singular values themselves. The parts are at right "
         "angles, so squares add up: root of the sum of squares.")  # fmt: skip
def values_added(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k], float(s[k:].sum())


@mistake("low_rank", "The error is the first value left out. That is the worst direction alone; "
         "the others left out add their squares.")  # fmt: skip
def first_left_out(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k], float(s[k])


@mistake("low_rank", "The smallest parts are kept. NumPy puts the largest singular value first: "
         "keep [:k].")  # fmt: skip
def smallest_kept(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return (U[:, -k:] * s[-k:]) @ Vt[-k:], float(np.sqrt(np.sum(s[:-k] ** 2)))


@mistake("low_rank", "The parts are not weighted: multiply each column of U with its singular "
         "value.")  # fmt: skip
def not_weighted(A, k):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U[:, :k] @ Vt[:k], float(np.sqrt(np.sum(s[k:] ** 2)))


def _sketch(A, k, rng, extra, rounds, between=lambda Y: np.linalg.qr(Y)[0]):
    Q = np.linalg.qr(A @ rng.normal(size=(A.shape[1], k + extra)))[0]
    for _ in range(rounds):
        Q = between(A @ between(A.T @ Q))
    Q = np.linalg.qr(Q)[0]
    return Q, np.linalg.svd((A.T @ Q).T, full_matrices=False)


@mistake("randomized_svd", "`rounds` has no effect. Where values fall slowly, random mixtures hold "
         "too much of the weak directions: multiply with A.T and A again.")  # fmt: skip
def no_rounds(A, k, rng, extra=8, rounds=2):
    Q, (U, s, Vt) = _sketch(A, k, rng, extra, 0)
    return Q @ U[:, :k], s[:k], Vt[:k]


@mistake("randomized_svd", "The products are not brought back to right angles in between. All of "
         "them turn towards the first direction, and small ones drown: qr after each "
         "product.")  # fmt: skip
def drowned(A, k, rng, extra=8, rounds=2):
    Q, (U, s, Vt) = _sketch(A, k, rng, extra, rounds, between=lambda Y: Y)
    return Q @ U[:, :k], s[:k], Vt[:k]


@mistake("randomized_svd", "U belongs to the small matrix, with k + extra rows. Q leads back to "
         "the rows of A: Q @ U.")  # fmt: skip
def not_led_back(A, k, rng, extra=8, rounds=2):
    _, (U, s, Vt) = _sketch(A, k, rng, extra, rounds)
    return U[:, :k], s[:k], Vt[:k]


@mistake("randomized_svd", "All k + extra values are returned. The extra ones only help on the way "
         "and are the least exact: cut to k.")  # fmt: skip
def extra_returned(A, k, rng, extra=8, rounds=2):
    Q, (U, s, Vt) = _sketch(A, k, rng, extra, rounds)
    return Q @ U, s, Vt


@mistake("randomized_svd", "This is the svd of A itself. A may be far too large for it, or no "
         "array at all: touch it only with A @ X and A.T @ X.")  # fmt: skip
def full_svd(A, k, rng, extra=8, rounds=2):
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return U[:, :k], s[:k], Vt[:k]


def _directions(X, k):
    return np.linalg.svd(X, full_matrices=False)[2][:k]


@mistake("pca", "The mean is not subtracted before the svd, so the first direction mostly points "
         "at it. Centre first.")  # fmt: skip
def not_centred(X, k):
    components, mean = _directions(X, k), X.mean(axis=0)
    return (X - mean) @ components.T, components, mean


@mistake("pca", "The columns are divided by their spread. Then each counts the same, and the "
         "directions are those of other data: subtract the mean only.")  # fmt: skip
def standardised(X, k):
    mean = X.mean(axis=0)
    components = _directions((X - mean) / X.std(axis=0), k)
    return (X - mean) @ components.T, components, mean


@mistake("pca", "The directions with the least variance are returned. Take the first rows of Vt.")
def least_first(X, k):
    mean = X.mean(axis=0)
    components = _directions(X - mean, X.shape[1])[::-1][:k]
    return (X - mean) @ components.T, components, mean


@mistake("pca", "Z has the coordinates of the rows as they came. Subtract the mean here too, or "
         "adding it on the way back counts it twice.")  # fmt: skip
def coordinates_of_x(X, k):
    mean = X.mean(axis=0)
    components = _directions(X - mean, k)
    return X @ components.T, components, mean


@mistake("pca", "Z is U, whose columns all have length 1. Multiply with the singular values, or "
         "with the components themselves: (X - mean) @ components.T.")  # fmt: skip
def u_alone(X, k):
    mean = X.mean(axis=0)
    U, _, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return U[:, :k], Vt[:k], mean


@mistake("pca", "The mean is one number over everything. Each column has its own: axis=0.")
def one_mean(X, k):
    components, mean = _directions(X - X.mean(), k), X.mean()
    return (X - mean) @ components.T, components, mean


def _surf(links, damping, dead="anywhere", jump=True, most=10**6):
    n = len(links)
    rank, change = np.full(n, 1 / n), 1.0
    while change > 1e-13 and most:
        arriving = np.zeros(n)
        for page, targets in enumerate(links):
            if targets or dead == "anywhere":
                arriving[targets or slice(None)] += rank[page] / (len(targets) or n)
            elif dead == "stays":
                arriving[page] += rank[page]
        new = damping * arriving + (1 - damping) / n if jump else arriving
        rank, change, most = new, np.abs(new - rank).sum(), most - 1
    return rank


@mistake("pagerank", "The damping has no effect. With probability 1 - damping the surfer jumps to "
         "any page: add (1 - damping) / N.")  # fmt: skip
def no_jumps(links, damping=0.85):
    return _surf(links, damping, jump=False, most=10_000)


@mistake("pagerank", "Links and jumps are swapped: `damping` is the probability of following a "
         "link.")  # fmt: skip
def swapped(links, damping=0.85):
    return _surf(links, 1 - damping)


@mistake("pagerank", "Visits flow against the links. A page is important when others link to it, "
         "not when it links to many.")  # fmt: skip
def against_the_links(links, damping=0.85):
    n = len(links)
    return _surf([[j for j in range(n) if i in links[j]] for i in range(n)], damping)


@mistake("pagerank", "Visits on a page without links vanish, and the shares no longer add up to 1. "
         "From such a page the surfer jumps anywhere.")  # fmt: skip
def dead_ends_swallow(links, damping=0.85):
    return _surf(links, damping, dead="swallows")


@mistake("pagerank", "The surfer waits on a page without links. The exercise has him jump to any "
         "page at once.")  # fmt: skip
def waits(links, damping=0.85):
    return _surf(links, damping, dead="stays")


@mistake("pagerank", "You stop before the shares stay. Go on while a round changes anything in the "
         "thirteenth digit.")  # fmt: skip
def stops_early(links, damping=0.85):
    return _surf(links, damping, most=50)
