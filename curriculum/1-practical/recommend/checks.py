"""The checks of `recommend`.

Invented ratings may be drawn in any order, so the checks of `make_ratings` return facts about them.
Training is judged by its error on later ratings; everything else has one right answer.
"""

import numpy as np

from undergrad.checker import decided_by, improves_on, task, within

USERS, FILMS, GENRES = 30, 40, 4


def invented(code, rng):
    log, genre = code.make_ratings(USERS, FILMS, GENRES, rng)
    return np.asarray(log), np.asarray(genre)


@task(1, "returns whole stars from 1 to 5, with each pair of user and film at most once")
def rating_log(code, rng):
    log, _ = invented(code, rng)
    if log.ndim != 2 or log.shape[1] != 3:
        return "the log is not an array of three columns"
    if log.dtype.kind not in "iu":
        return "the log does not contain whole numbers"
    if len(np.unique(log[:, :2], axis=0)) < len(log):
        return "a user rated the same film twice"
    stars = set(log[:, 2].tolist())
    if stars != {1, 2, 3, 4, 5}:
        return "stars below 1 or above 5" if stars - {1, 2, 3, 4, 5} else "not all five stars occur"
    return "whole stars from 1 to 5, each pair once"


@task(1, "lets every user rate 40% of the films, in random order, with equally frequent genres")
def fractions(code, rng):
    log, genre = invented(code, rng)
    rated = np.bincount(log[:, 0].astype(int), minlength=USERS)
    same = np.mean(log[1:, 0] == log[:-1, 0])  # by chance 1 in 30
    order = "one user after the other" if same > 0.5 else "shuffled"
    return rated, np.bincount(genre.astype(int), minlength=GENRES), order


@task(1, "rounds to whole stars, which average 3.3 or a little less")
def rounded(code, rng):
    # With so many users and films the mean has a standard deviation of 0.04.
    stars = np.asarray(code.make_ratings(600, 400, GENRES, rng)[0])[:, 2].mean()
    return "about 3.3" if 3.05 < stars < 3.55 else "not about 3.3"


@task(1, "makes the stars depend on each user's taste in genres")
def tastes(code, rng):
    """How much of what the biases leave does the mean of each user and genre explain?

    Right code has about 0.8. Without tastes it is a quarter: the mean of four explains as much.
    """
    log, genre = code.make_ratings(60, FILMS, GENRES, rng)
    u, i, residual = np.asarray(log).astype(float).T
    u, i = u.astype(int), i.astype(int)
    for each in (u, i) * 10:  # subtract the biases of users and of films in turn
        residual = residual - (np.bincount(each, residual) / np.maximum(np.bincount(each), 1))[each]
    group = u * GENRES + np.asarray(genre).astype(int)[i]
    count = np.maximum(np.bincount(group), 1)
    unexplained = residual - (np.bincount(group, residual) / count)[group]
    explained = 1 - np.var(unexplained) / np.var(residual)
    return "tastes are there" if explained > 0.55 else "stars do not depend on a taste"


def left_by_biases(u, i, stars, n_users, n_items):
    """stars - mu - bu - bi at the least-squares optimum. Shape (M,)."""
    A = np.zeros((len(u), n_users + n_items))
    A[np.arange(len(u)), u] = 1
    A[np.arange(len(u)), n_users + i] = 1
    return stars - A @ np.linalg.lstsq(A, stars.astype(float), rcond=None)[0]


@task(1, "repeats its ratings with the same generator")
def by_generator(code, rng):
    return [decided_by(lambda rng, i=i: code.make_ratings(9, 40, 4, rng)[i], rng) for i in (0, 1)]


def ratings(rng, n_users=12, n_items=9, fraction=0.6):
    """A log in which active users rate the better films, so that biases hide each other. (M, 3)."""
    seen = rng.random((n_users, n_items)) < fraction
    seen[: n_users // 3, : n_items // 2] = True
    seen[n_users // 2 :, 0] = False
    seen[np.arange(n_users), np.arange(n_users) % n_items] = True
    seen[0], seen[:, -1] = True, True
    u, i = np.nonzero(seen)
    exact = 3.0 + rng.normal(size=n_users)[u] - np.linspace(-1, 1, n_items)[i]
    stars = np.clip(np.round(exact + rng.normal(scale=0.4, size=len(u))), 1, 5).astype(int)
    return rng.permutation(np.stack([u, i, stars], axis=1))


@task(2, "takes the mean of what is left, for users and films in turn", keeps_arguments=True)
def two_rounds(code, rng):
    mu, bu, bi = code.bias_model(ratings(rng), 12, 9, rounds=2)
    return float(mu), bu, bi


@task(2, "leaves the bias of users and films without ratings at 0")
def without_ratings(code, rng):
    log = ratings(rng)
    once = np.array([[12, 9, 4]])  # a user and a film with a single rating
    mu, bu, bi = code.bias_model(np.concatenate([log, once]), 15, 11, rounds=3)
    return float(mu), bu[12:], bi[9:]


@task(2, "converges to the least-squares optimum", judge=within(0.0, 1e-6))
def optimum(code, rng):
    log = ratings(rng)
    mu, bu, bi = code.bias_model(log, 12, 9, rounds=300)
    u, i, stars = log.T
    best = stars - left_by_biases(u, i, stars, 12, 9)
    return float(np.abs(mu + np.asarray(bu)[u] + np.asarray(bi)[i] - best).max())


def rows(rng, n_users=6, n_items=6, k=3):
    """P, Q, bu, bi, mu: embeddings and biases of as many users as films."""
    P, Q = rng.normal(size=(n_users, k)), rng.normal(size=(n_items, k))
    return P, Q, rng.normal(size=n_users), rng.normal(size=n_items), float(rng.uniform(2.0, 4.0))


@task(3, "agrees with a loop over the pairs", keeps_arguments=True)
def pair_by_pair(code, rng):
    # With B = K = 3 a sum over the wrong axis fits as well, and gives wrong results.
    return [code.dot_predict(*rows(rng), *rng.integers(6, size=(2, B))) for B in (3, 8)]


def a_batch(rng):
    """P (7, 3), Q (8, 3) and 9 ratings: user 0 three times, film 1 twice, some not at all."""
    P, Q = rng.normal(size=(7, 3)), rng.normal(size=(8, 3))
    u, i = rng.integers(1, 5, size=9), rng.integers(2, 6, size=9)
    u[:3], i[2:4] = 0, 1
    return P, Q, (u, i, rng.normal(size=9))


@task(4, "adds up the gradients of all ratings of a user and of a film", keeps_arguments=True)
def gradients(code, rng):
    P, Q, batch = a_batch(rng)
    return code.mf_grads(P, Q, batch, float(rng.uniform(0.1, 0.5)))


@task(4, "agrees with numeric gradients", judge=within(0.0, 1e-6))
def numeric_gradients(code, rng):
    P, Q, (u, i, residual) = a_batch(rng)
    lam, h = 0.3, 1e-4
    given = np.concatenate([np.ravel(g) for g in code.mf_grads(P, Q, (u, i, residual), lam)])

    def loss():
        sizes = (P[u] ** 2).sum(axis=1) + (Q[i] ** 2).sum(axis=1)
        return np.mean(((P[u] * Q[i]).sum(axis=1) - residual) ** 2 + lam * sizes)

    numeric = []
    for array in (P, Q):
        for index in np.ndindex(array.shape):
            old = array[index]
            array[index] = old + h
            above = loss()
            array[index] = old - h
            numeric.append((above - loss()) / (2 * h))
            array[index] = old
    return float(np.abs(given - numeric).max())


def viewers(rng, n_users=60, n_items=40, k=3):
    """A rating log with tastes, split in two: (earlier, later), both in the order of time."""
    genre = rng.permutation(np.arange(n_items) % k)
    exact = 3.2 + rng.normal(scale=0.5, size=(n_users, 1)) + rng.normal(scale=0.4, size=n_items)
    exact = exact + rng.normal(size=(n_users, k))[:, genre]
    exact += rng.normal(scale=0.2, size=exact.shape)
    u, i = np.nonzero(rng.random(exact.shape) < 0.45)
    stars = np.clip(np.round(exact[u, i]), 1, 5).astype(int)
    log = rng.permutation(np.stack([u, i, stars], axis=1))
    return np.split(log, [round(0.8 * len(log))])


@task(5, "returns mu, bu, bi, P and Q in their shapes", needs=[2, 3, 4], seeds=1)
def shapes(code, rng):
    earlier, _ = viewers(rng)
    mu, bu, bi, P, Q = code.fit_factors(earlier[:200], 60, 40, 2, rng)
    return [np.shape(each) for each in (mu, bu, bi, P, Q)]


@task(
    5, "draws the initial embeddings and the batches from the generator", needs=[2, 3, 4], seeds=1
)
def trained_by_generator(code, rng):
    earlier, _ = viewers(rng)
    return decided_by(lambda rng: code.fit_factors(earlier[:90], 60, 40, 2, rng)[-2:], rng)


@task(5, "trains the embeddings on what the biases leave, and not on the stars", needs=[2, 3, 4],
      seeds=1)  # fmt: skip
def residuals(code, rng):
    earlier, _ = viewers(rng)
    *_, P, Q = code.fit_factors(earlier, 60, 40, 2, rng)
    u, i, _ = earlier.T
    mean = abs(np.mean((P[u] * Q[i]).sum(axis=1)))
    return "around 0 on average" if mean < 1 else "as large as stars"


@task(5, "reaches an error on later ratings at least 10% below that of the biases alone",
      needs=[2, 3, 4], judge=improves_on(0.10), seeds=1)  # fmt: skip
def later_ratings(code, rng):
    """Root mean squared errors on later ratings: of biases alone, and with the embeddings."""
    earlier, later = viewers(rng)
    u, i, stars = later.T
    mu, bu, bi, P, Q = code.fit_factors(earlier, 60, 40, 2, rng)
    both = code.dot_predict(P, Q, bu, bi, mu, u, i)
    mu, bu, bi = code.bias_model(earlier, 60, 40)
    biases = mu + bu[u] + bi[i]
    return tuple(float(np.sqrt(np.mean((guess - stars) ** 2))) for guess in (biases, both))


def film_rows(rng, n=16, k=4):
    """Embeddings of films and one film i, with a trap for each wrong idea of similarity.

    Nearly i's direction but short; another direction but long; near, but at an angle; the opposite.
    """
    Q = rng.normal(size=(n, k)) * rng.uniform(0.3, 3.0, size=(n, 1))
    i, short, long, aside, opposite = (int(each) for each in rng.permutation(n)[:5])
    axis, across = np.linalg.qr(rng.normal(size=(k, 2)))[0].T
    Q[i], Q[short], Q[long] = 3 * axis, 0.2 * axis + 0.001 * across, 20 * (axis + 0.8 * across)
    Q[aside], Q[opposite] = 3 * axis + 0.5 * across, -2 * axis + 0.01 * across
    return Q, i


@task(6, "sorts the other films by their cosine with film i, and returns the first n",
      keeps_arguments=True)  # fmt: skip
def neighbours(code, rng):
    Q, i = film_rows(rng)
    return np.asarray(code.nearest(Q, i)), np.asarray(code.nearest(Q, i, n=3))


def predicted(rng, n=12):
    """Scores that are all different, and four seen films, the two best among them."""
    scores = rng.permutation(np.linspace(1.0, 5.0, n)) + rng.uniform(0.0, 0.1, size=n)
    order = np.argsort(-scores)
    return scores, rng.permutation([*order[:2], *rng.permutation(order[2:])[:2]])


@task(7, "returns the best unseen films, best first", keeps_arguments=True)
def best_unseen(code, rng):
    scores, seen = predicted(rng)
    return np.asarray(code.recommend(scores, seen, 4))


@task(7, "never returns a film that was seen, even when all scores are below 0")
def below_zero(code, rng):
    scores, seen = predicted(rng)
    return np.asarray(code.recommend(scores - 9.0, seen, 4))


@task(7, "returns fewer films when fewer are left, and works when nothing has been seen yet")
def few_left(code, rng):
    scores, _ = predicted(rng)
    nearly_all = rng.permutation(len(scores))[:9]
    return [np.asarray(code.recommend(scores, seen, 5)) for seen in (nearly_all, [])]
