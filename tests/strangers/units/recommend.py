# right: masks and means
def bias_model(log, n_users, n_items, rounds=50):
    users, items, stars = log[:, 0], log[:, 1], log[:, 2]
    mu = stars.mean()
    bu = np.zeros(n_users)
    bi = np.zeros(n_items)
    for _ in range(rounds):
        for u in range(n_users):
            mine = users == u
            if mine.any():
                bu[u] = np.mean(stars[mine] - mu - bi[items[mine]])
        for i in range(n_items):
            its = items == i
            if its.any():
                bi[i] = np.mean(stars[its] - mu - bu[users[its]])
    return mu, bu, bi


# right: einsum
def dot_predict(P, Q, bu, bi, mu, u, i):
    return mu + bu[u] + bi[i] + np.einsum("bk,bk->b", P[u], Q[i])


# right: a loop over the batch
def mf_grads(P, Q, batch, lam):
    gP, gQ = np.zeros(P.shape), np.zeros(Q.shape)
    users, items, residuals = batch
    n = len(users)
    for u, i, r in zip(users, items, residuals):
        e = P[u] @ Q[i] - r
        gP[u] += 2 * (e * Q[i] + lam * P[u]) / n
        gQ[i] += 2 * (e * P[u] + lam * Q[i]) / n
    return gP, gQ


# right: normalised rows, argsort downwards
def nearest(Q, i, n=5):
    unit = Q / np.linalg.norm(Q, axis=1, keepdims=True)
    sims = unit @ unit[i]
    sims[i] = -np.inf
    return np.argsort(-sims)[:n]


# right: a filter on a sorted list
def recommend(scores, seen, n):
    gone = set(int(s) for s in seen)
    order = sorted(range(len(scores)), key=lambda f: scores[f], reverse=True)
    return np.array([f for f in order if f not in gone][:n], dtype=int)


# wrong: films are rated by all users alike, with replacement
# named: make_ratings-2
def make_ratings(n_users, n_items, k, rng):
    genre = rng.permutation(np.arange(n_items) % k)
    habit = rng.normal(0, 0.5, n_users)
    quality = rng.normal(0, 0.5, n_items)
    taste = rng.normal(0, 1.0, (n_users, k))
    rows = []
    for u in range(n_users):
        for i in rng.choice(n_items, round(0.4 * n_items)):
            s = 3.3 + habit[u] + quality[i] + taste[u, genre[i]] + rng.normal(0, 0.3)
            rows.append((u, i, int(np.clip(np.rint(s), 1, 5))))
    return rng.permutation(np.array(rows)), genre


# wrong: the ratings come user by user
# named: make_ratings-4
def make_ratings(n_users, n_items, k, rng):
    genre = rng.permutation(np.arange(n_items) % k)
    habit = rng.normal(0, 0.5, n_users)
    quality = rng.normal(0, 0.5, n_items)
    taste = rng.normal(0, 1.0, (n_users, k))
    rows = []
    for u in range(n_users):
        for i in rng.choice(n_items, round(0.4 * n_items), replace=False):
            s = 3.3 + habit[u] + quality[i] + taste[u, genre[i]] + rng.normal(0, 0.3)
            rows.append((u, i, int(np.clip(np.rint(s), 1, 5))))
    return np.array(rows), genre


# wrong: films get their biases from the old ones of the users
# named: bias_model-2
def bias_model(log, n_users, n_items, rounds=50):
    u, i, s = log.T
    mu = s.mean()
    bu, bi = np.zeros(n_users), np.zeros(n_items)
    cu = np.maximum(np.bincount(u, minlength=n_users), 1)
    ci = np.maximum(np.bincount(i, minlength=n_items), 1)
    for _ in range(rounds):
        new_u = np.bincount(u, s - mu - bi[i], n_users) / cu
        new_i = np.bincount(i, s - mu - bu[u], n_items) / ci
        bu, bi = new_u, new_i
    return mu, bu, bi


# wrong: one round only
# named: bias_model-3
def bias_model(log, n_users, n_items, rounds=50):
    u, i, s = log.T
    mu = s.mean()
    cu = np.maximum(np.bincount(u, minlength=n_users), 1)
    ci = np.maximum(np.bincount(i, minlength=n_items), 1)
    bu = np.bincount(u, s - mu, n_users) / cu
    bi = np.bincount(i, s - mu - bu[u], n_items) / ci
    return mu, bu, bi


# wrong: the mean of an empty group is nan
# named: bias_model-5
def bias_model(log, n_users, n_items, rounds=50):
    users, items, stars = log.T
    mu = stars.mean()
    bu, bi = np.zeros(n_users), np.zeros(n_items)
    for _ in range(rounds):
        for u in range(n_users):
            bu[u] = (stars - mu - bi[items])[users == u].mean()
        for i in range(n_items):
            bi[i] = (stars - mu - bu[users])[items == i].mean()
    return mu, bu, bi


# wrong: all users with all films
# named: dot_predict-1
def dot_predict(P, Q, bu, bi, mu, u, i):
    return mu + bu[u] + bi[i] + (P[u] @ Q[i].T).sum(axis=1)


# wrong: the mean is forgotten
# named: dot_predict-4
def dot_predict(P, Q, bu, bi, mu, u, i):
    return bu[u] + bi[i] + (P[u] * Q[i]).sum(1)


# wrong: the bias of the film is looked up by user
# named: dot_predict-5
def dot_predict(P, Q, bu, bi, mu, u, i):
    return mu + bu[u] + bi[u] + np.sum(P[u] * Q[i], axis=-1)


# wrong: repeated users lose all but one of their gradients
# named: mf_grads-1
def mf_grads(P, Q, batch, lam):
    u, i, r = batch
    e = (P[u] * Q[i]).sum(1) - r
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    gP[u] += 2 * (e[:, None] * Q[i] + lam * P[u]) / len(u)
    gQ[i] += 2 * (e[:, None] * P[u] + lam * Q[i]) / len(u)
    return gP, gQ


# wrong: without the 2
# named: mf_grads-2
def mf_grads(P, Q, batch, lam):
    u, i, r = batch
    e = ((P[u] * Q[i]).sum(1) - r)[:, None]
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(gP, u, (e * Q[i] + lam * P[u]) / len(u))
    np.add.at(gQ, i, (e * P[u] + lam * Q[i]) / len(u))
    return gP, gQ


# wrong: the penalty is not divided by the batch
# named: mf_grads-7
def mf_grads(P, Q, batch, lam):
    u, i, r = batch
    B = len(u)
    e = ((P[u] * Q[i]).sum(1) - r)[:, None]
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(gP, u, 2 * e * Q[i] / B + 2 * lam * P[u])
    np.add.at(gQ, i, 2 * e * P[u] / B + 2 * lam * Q[i])
    return gP, gQ


# wrong: the penalty pulls at all rows once
# named: mf_grads-4
def mf_grads(P, Q, batch, lam):
    u, i, r = batch
    e = ((P[u] * Q[i]).sum(1) - r)[:, None]
    gP, gQ = 2 * lam * P, 2 * lam * Q
    np.add.at(gP, u, 2 * e * Q[i] / len(u))
    np.add.at(gQ, i, 2 * e * P[u] / len(u))
    return gP, gQ


# wrong: residual minus prediction
# named: mf_grads-9
def mf_grads(P, Q, batch, lam):
    u, i, r = batch
    e = (r - (P[u] * Q[i]).sum(1))[:, None]
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(gP, u, 2 * (e * Q[i] + lam * P[u]) / len(u))
    np.add.at(gQ, i, 2 * (e * P[u] + lam * Q[i]) / len(u))
    return gP, gQ


# wrong: dot products without the lengths
# named: nearest-1
def nearest(Q, i, n=5):
    s = Q @ Q[i]
    s[i] = -np.inf
    return np.argsort(s)[::-1][:n]


# wrong: the film itself comes first
# named: nearest-3
def nearest(Q, i, n=5):
    norms = np.sqrt((Q**2).sum(1))
    return np.argsort(-(Q @ Q[i]) / (norms * norms[i]))[:n]


# wrong: the first one is dropped, as if it were always the film itself, of n
# named: nearest-6
def nearest(Q, i, n=5):
    norms = np.sqrt((Q**2).sum(1))
    return np.argsort(-(Q @ Q[i]) / (norms * norms[i]))[1:n]


# wrong: the furthest first
# named: nearest-4
def nearest(Q, i, n=5):
    L = np.linalg.norm(Q, axis=1)
    cos = Q @ Q[i] / L / L[i]
    cos[i] = np.inf
    return np.argsort(cos)[:n]


# wrong: n first, then the seen ones go
# named: recommend-7
def recommend(scores, seen, n):
    order = np.argsort(scores)[::-1][:n]
    return np.array([f for f in order if f not in seen], dtype=int)


# wrong: the worst first
# named: recommend-2
def recommend(scores, seen, n):
    left = np.setdiff1d(np.arange(len(scores)), seen)
    return left[np.argsort(scores[left])][:n]


# wrong: seen films are set to 0 in the caller's array
# named: recommend-6
def recommend(scores, seen, n):
    scores[seen] = -np.inf
    return np.argsort(-scores)[: min(n, len(scores) - len(set(seen)))]


# right: sorted with a key, the film left out before
def nearest(Q, i, n=5):
    def cos(j):
        return Q[i] @ Q[j] / (np.linalg.norm(Q[i]) * np.linalg.norm(Q[j]))

    others = [j for j in range(len(Q)) if j != i]
    return np.array(sorted(others, key=cos, reverse=True)[:n])


# right: minus infinity in a copy, then only what is finite
def recommend(scores, seen, n):
    s = np.array(scores, dtype=float)
    s[list(seen)] = -np.inf
    best = np.argsort(s)[::-1]
    return best[np.isfinite(s[best])][:n]


# wrong: the mean of the stars is left out
# named: dot_predict-4
def dot_predict(P, Q, bu, bi, mu, u, i):
    out = []
    for a, b in zip(u, i):
        out.append(bu[a] + bi[b] + P[a].dot(Q[b]))
    return np.array(out)


# wrong: the penalty is not averaged
# named: mf_grads-7
def mf_grads(P, Q, batch, lam):
    gP, gQ = np.zeros(P.shape), np.zeros(Q.shape)
    n = len(batch[0])
    for u, i, r in zip(*batch):
        diff = P[u] @ Q[i] - r
        gP[u] += 2 / n * diff * Q[i] + 2 * lam * P[u]
        gQ[i] += 2 / n * diff * P[u] + 2 * lam * Q[i]
    return gP, gQ
