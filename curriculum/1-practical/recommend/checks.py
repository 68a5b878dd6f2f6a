"""What is asked of `recommend`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Invented histories may be drawn in any order, so the checks of `make_ratings` return facts about
them. Training is judged by its error on later ratings; everything else has one right answer.
"""

import numpy as np

from undergrad.checker import improves_on, task, within

USERS, FILMS, GENRES = 30, 40, 4


def invented(code, rng):
    log, genre = code.make_ratings(USERS, FILMS, GENRES, rng)
    return np.asarray(log), np.asarray(genre)


@task(1, "gives whole stars from 1 to 5, and each pair of user and film once", hint=[
    "Begin with one user and one film: which five numbers add up to the stars?",
    "A table (n_users, n_items) of exact stars comes from broadcasting: habit[:, None] + quality "
    "+ taste[:, genre] + noise. Round and np.clip it, then choose 40 % of each row.",
    "exact = 3.3 + habit[:, None] + quality + taste[:, genre] + noise\n"
    "stars = np.clip(np.round(exact), 1, 5).astype(int)\n"
    "for u in range(n_users):\n"
    "    for i in rng.permutation(n_items)[:round(0.4 * n_items)]:\n"
    "        rows.append((u, i, stars[u, i]))\n"
    "return rng.permutation(np.array(rows)), genre",
])  # fmt: skip
def a_log(code, rng):
    log, _ = invented(code, rng)
    if log.ndim != 2 or log.shape[1] != 3:
        return "the log is not an array of three columns"
    if log.dtype.kind not in "iu":
        return "the log does not hold whole numbers"
    if len(np.unique(log[:, :2], axis=0)) < len(log):
        return "someone rated the same film twice"
    stars = set(log[:, 2].tolist())
    if stars != {1, 2, 3, 4, 5}:
        return "stars below 1 or above 5" if stars - {1, 2, 3, 4, 5} else "not all five stars occur"
    return "whole stars from 1 to 5, each pair once"


@task(1, "lets every user rate 40 % of the films, mixed in time, with genres equally frequent")
def shares(code, rng):
    log, genre = invented(code, rng)
    rated = np.bincount(log[:, 0].astype(int), minlength=USERS)
    same = np.mean(log[1:, 0] == log[:-1, 0])  # by chance 1 in 30
    order = "one user after the other" if same > 0.5 else "mixed"
    return rated, np.bincount(genre.astype(int), minlength=GENRES), order


@task(1, "plants a taste: a user's stars follow the genre")
def tastes(code, rng):
    """How much of what habits leave does the mean of each user and genre explain?

    Right code has about 0.8. Without tastes it is a quarter: the mean of four explains as much.
    """
    log, genre = code.make_ratings(60, FILMS, GENRES, rng)
    u, i, rest = np.asarray(log).astype(float).T
    u, i = u.astype(int), i.astype(int)
    for who in (u, i) * 10:  # take off the habits of users and of films in turn
        rest = rest - (np.bincount(who, rest) / np.maximum(np.bincount(who), 1))[who]
    group = u * GENRES + np.asarray(genre).astype(int)[i]
    count = np.maximum(np.bincount(group), 1)
    explained = 1 - np.var(rest - (np.bincount(group, rest) / count)[group]) / np.var(rest)
    return "tastes are there" if explained > 0.55 else "stars do not follow a taste"


def left_by_habits(u, i, stars, n_users, n_items):
    """stars - mu - bu - bi at the least-squares optimum. Shape (M,)."""
    A = np.zeros((len(u), n_users + n_items))
    A[np.arange(len(u)), u] = 1
    A[np.arange(len(u)), n_users + i] = 1
    return stars - A @ np.linalg.lstsq(A, stars.astype(float), rcond=None)[0]


@task(1, "is repeatable with the same generator")
def by_generator(code, rng):
    first = int(rng.integers(1000))
    one, again, other = (
        np.asarray(code.make_ratings(9, 10, 3, np.random.default_rng(seed))[0]).tolist()
        for seed in (first, first, first + 1)
    )
    if one != again:
        return "another history although the generator began in the same state"
    return "the same history for another state" if one == other else "the generator decides"


def history(rng, n_users=12, n_items=9, share=0.6):
    """A log in which busy users rate the better films, so that habits hide each other. (M, 3)."""
    seen = rng.random((n_users, n_items)) < share
    seen[: n_users // 3, : n_items // 2] = True
    seen[n_users // 2 :, 0] = False
    seen[np.arange(n_users), np.arange(n_users) % n_items] = True
    seen[0], seen[:, -1] = True, True
    u, i = np.nonzero(seen)
    exact = 3.0 + rng.normal(size=n_users)[u] - np.linspace(-1, 1, n_items)[i]
    stars = np.clip(np.round(exact + rng.normal(scale=0.4, size=len(u))), 1, 5).astype(int)
    return rng.permutation(np.stack([u, i, stars], axis=1))


@task(2, "takes the mean of what is left, users and films in turn", hint=[
    "One user gave 5, 4 and 5 where the mean is 3.5. What is that user's habit, as long as the "
    "films' biases are 0? And what is then left of the ratings for the films?",
    "np.bincount(u, values, n_users) adds up the values of each user. Divide by how often the "
    "user occurs, and by 1 where that is 0.",
    "for _ in range(rounds):\n"
    "    bu = mean_by(u, stars - mu - bi[i], n_users)\n"
    "    bi = mean_by(i, stars - mu - bu[u], n_items)\n"
    "where mean_by(who, values, n) is\n"
    "    np.bincount(who, values, n) / np.maximum(np.bincount(who, minlength=n), 1)",
])  # fmt: skip
def two_rounds(code, rng):
    mu, bu, bi = code.bias_model(history(rng), 12, 9, rounds=2)
    return float(mu), bu, bi


@task(2, "leaves users and films without ratings at 0")
def nobody(code, rng):
    _, bu, bi = code.bias_model(history(rng), 14, 10, rounds=3)
    return bu[12:], bi[9:]


@task(2, "ends at the least-squares optimum", judge=within(0.0, 1e-6))
def optimum(code, rng):
    log = history(rng)
    mu, bu, bi = code.bias_model(log, 12, 9, rounds=300)
    u, i, stars = log.T
    best = stars - left_by_habits(u, i, stars, 12, 9)
    return float(np.abs(mu + np.asarray(bu)[u] + np.asarray(bi)[i] - best).max())


def rows(rng, n_users=6, n_items=6, k=3):
    """P, Q, bu, bi, mu: rows and habits of as many users as films."""
    P, Q = rng.normal(size=(n_users, k)), rng.normal(size=(n_items, k))
    return P, Q, rng.normal(size=n_users), rng.normal(size=n_items), float(rng.uniform(2.0, 4.0))


@task(3, "agrees with a loop over the pairs, as many as numbers in a row, or more", hint=[
    "Take a single pair, user 2 and film 5. Which two rows, and which three numbers?",
    "P[u] and Q[i] are both (B, K). Multiply them number by number; each row of the product adds "
    "up to one dot product.",
    "return mu + bu[u] + bi[i] + (P[u] * Q[i]).sum(axis=1)",
])  # fmt: skip
def pair_by_pair(code, rng):
    # With B = K = 3 a sum over the wrong axis fits as well, and gives wrong numbers.
    return [code.dot_predict(*rows(rng), *rng.integers(6, size=(2, B))) for B in (3, 8)]


def a_batch(rng):
    """P (7, 3), Q (8, 3) and 9 ratings: user 0 three times, film 1 twice, some not at all."""
    P, Q = rng.normal(size=(7, 3)), rng.normal(size=(8, 3))
    u, i = rng.integers(1, 5, size=9), rng.integers(2, 6, size=9)
    u[:3], i[2:4] = 0, 1
    return P, Q, (u, i, rng.normal(size=9))


@task(4, "adds up the slopes of all ratings of a user and of a film", hint=[
    "One rating: error = P[u] . Q[i] - rest. How does its square follow P[u], and how Q[i]?",
    "The slope for P[u] is 2 * error * Q[i] + 2 * lam * P[u], divided by B. Who occurs twice "
    "gets both: np.add.at(gP, u, ...), or a loop.",
    "error = (P[u] * Q[i]).sum(axis=1, keepdims=True) - rest[:, None]\n"
    "gP, gQ = np.zeros_like(P), np.zeros_like(Q)\n"
    "np.add.at(gP, u, 2 * (error * Q[i] + lam * P[u]) / len(u))\n"
    "np.add.at(gQ, i, 2 * (error * P[u] + lam * Q[i]) / len(u))\n"
    "return gP, gQ",
])  # fmt: skip
def slopes(code, rng):
    P, Q, batch = a_batch(rng)
    return code.mf_grads(P, Q, batch, float(rng.uniform(0.1, 0.5)))


@task(4, "agrees with slopes measured by nudging every number", judge=within(0.0, 1e-6))
def nudged(code, rng):
    P, Q, (u, i, rest) = a_batch(rng)
    lam, h = 0.3, 1e-4
    given = np.concatenate([np.ravel(g) for g in code.mf_grads(P, Q, (u, i, rest), lam)])

    def loss():
        sizes = (P[u] ** 2).sum(axis=1) + (Q[i] ** 2).sum(axis=1)
        return np.mean(((P[u] * Q[i]).sum(axis=1) - rest) ** 2 + lam * sizes)

    measured = []
    for array in (P, Q):
        for place in np.ndindex(array.shape):
            old = array[place]
            array[place] = old + h
            above = loss()
            array[place] = old - h
            measured.append((above - loss()) / (2 * h))
            array[place] = old
    return float(np.abs(given - measured).max())


def viewers(rng, n_users=60, n_items=40, k=3):
    """A history with planted tastes, cut in two: (earlier, later), both in the order of time."""
    genre = rng.permutation(np.arange(n_items) % k)
    exact = 3.2 + rng.normal(scale=0.5, size=(n_users, 1)) + rng.normal(scale=0.4, size=n_items)
    exact = exact + rng.normal(size=(n_users, k))[:, genre]
    exact += rng.normal(scale=0.2, size=exact.shape)
    u, i = np.nonzero(rng.random(exact.shape) < 0.45)
    stars = np.clip(np.round(exact[u, i]), 1, 5).astype(int)
    log = rng.permutation(np.stack([u, i, stars], axis=1))
    return np.split(log, [round(0.8 * len(log))])


@task(5, "returns mu, bu, bi, P and Q with their shapes", needs=[2, 3, 4], seeds=1, hint=[
    "What do the habits leave of each rating? That is what the rows are there to explain.",
    "rest = stars - mu - bu[u] - bi[i]. Begin with small random rows. Shuffle in each round, take "
    "32 ratings at a time, and step against both slopes; a step size around 1 and lam around 0.05 "
    "work.",
    "P, Q = (rng.normal(0, 0.3, size=(n, k)) for n in (n_users, n_items))\n"
    "for _ in range(60):\n"
    "    for rows in np.array_split(rng.permutation(len(log)), len(log) // 32):\n"
    "        gP, gQ = mf_grads(P, Q, (u[rows], i[rows], rest[rows]), 0.05)\n"
    "        P, Q = P - gP, Q - gQ",
])  # fmt: skip
def shapes(code, rng):
    earlier, _ = viewers(rng)
    mu, bu, bi, P, Q = code.fit_factors(earlier[:200], 60, 40, 2, rng)
    return [np.shape(each) for each in (mu, bu, bi, P, Q)]


@task(5, "lets the rows explain what habits leave, not the stars themselves", needs=[2, 3, 4],
      seeds=1)  # fmt: skip
def the_rest(code, rng):
    earlier, _ = viewers(rng)
    *_, P, Q = code.fit_factors(earlier, 60, 40, 2, rng)
    u, i, _ = earlier.T
    usual = abs(np.mean((P[u] * Q[i]).sum(axis=1)))
    return "0 on average, give or take" if usual < 1 else "as large as stars"


@task(5, "has an error on later ratings at least 10 % below that of the habits",
      needs=[2, 3, 4], judge=improves_on(0.10), seeds=1)  # fmt: skip
def later_ratings(code, rng):
    """Root mean squared errors on later ratings: of habits alone, and with the rows."""
    earlier, later = viewers(rng)
    u, i, stars = later.T
    mu, bu, bi, P, Q = code.fit_factors(earlier, 60, 40, 2, rng)
    both = code.dot_predict(P, Q, bu, bi, mu, u, i)
    mu, bu, bi = code.bias_model(earlier, 60, 40)
    habits = mu + bu[u] + bi[i]
    return tuple(float(np.sqrt(np.mean((guess - stars) ** 2))) for guess in (habits, both))


def film_rows(rng, n=16, k=4):
    """Rows of films and one film i, with a trap for each wrong idea of nearness.

    Nearly i's direction but short; aside but long; near in place, at an angle; the opposite.
    """
    Q = rng.normal(size=(n, k)) * rng.uniform(0.3, 3.0, size=(n, 1))
    i, short, long, aside, opposite = (int(each) for each in rng.permutation(n)[:5])
    axis, across = np.linalg.qr(rng.normal(size=(k, 2)))[0].T
    Q[i], Q[short], Q[long] = 3 * axis, 0.2 * axis + 0.001 * across, 20 * (axis + 0.8 * across)
    Q[aside], Q[opposite] = 3 * axis + 0.5 * across, -2 * axis + 0.01 * across
    return Q, i


@task(6, "sorts the other films by the cosine with film i, and gives as many as asked", hint=[
    "A long row has large dot products with everything. What should be divided out?",
    "Divide every row by its length; then one product with row i gives all cosines. argsort of "
    "minus them puts the nearest first.",
    "D = Q / np.linalg.norm(Q, axis=1, keepdims=True)\n"
    "order = np.argsort(-(D @ D[i]))\n"
    "return order[order != i][:n]",
])  # fmt: skip
def neighbours(code, rng):
    Q, i = film_rows(rng)
    return np.asarray(code.nearest(Q, i)), np.asarray(code.nearest(Q, i, n=3))


def predicted(rng, n=12):
    """Scores that are all different, and four seen films, the two best among them."""
    scores = rng.permutation(np.linspace(1.0, 5.0, n)) + rng.uniform(0.0, 0.1, size=n)
    order = np.argsort(-scores)
    return scores, rng.permutation([*order[:2], *rng.permutation(order[2:])[:2]])


@task(7, "gives the best unseen films, best first, and leaves the scores as they were", hint=[
    "Sort all films by score first, and only then think about what was seen.",
    "np.argsort(-scores) has the best first. np.isin(order, seen) says which of them are known.",
    "order = np.argsort(-scores)\n"
    "return order[~np.isin(order, np.asarray(seen, dtype=int))][:n]",
])  # fmt: skip
def best_unseen(code, rng):
    scores, seen = predicted(rng)
    before = scores.copy()
    return np.asarray(code.recommend(scores, seen, 4)), bool(np.array_equal(scores, before))


@task(7, "never gives a seen film, even when all scores are below 0")
def below_zero(code, rng):
    scores, seen = predicted(rng)
    return np.asarray(code.recommend(scores - 9.0, seen, 4))


@task(7, "gives fewer films when fewer are left, and works when nothing was seen yet")
def few_left(code, rng):
    scores, _ = predicted(rng)
    nearly_all = rng.permutation(len(scores))[:9]
    return [np.asarray(code.recommend(scores, seen, 5)) for seen in (nearly_all, [])]
