# right: a shuffle of the indices of each class
def split(X, y, frac, rng):
    train_idx, test_idx = [], []
    for label in np.unique(y):
        idx = np.where(y == label)[0]
        idx = rng.permutation(idx)
        n_test = int(round(frac * len(idx)))
        test_idx.extend(idx[:n_test])
        train_idx.extend(idx[n_test:])
    train_idx = np.array(train_idx, dtype=int)
    test_idx = np.array(test_idx, dtype=int)
    return X[train_idx], y[train_idx], X[test_idx], y[test_idx]


# right: a boolean mask and rng.choice
def split(X, y, frac, rng):
    is_test = np.zeros(len(y), dtype=bool)
    for c in set(y.tolist()):
        rows = np.flatnonzero(y == c)
        is_test[rng.choice(rows, size=round(frac * rows.size), replace=False)] = True
    return X[~is_test], y[~is_test], X[is_test], y[is_test]


# right: the moments by hand, and where() for the constant columns
def normalise(X, stats=None):
    if stats is None:
        mu = X.sum(axis=0) / X.shape[0]
        sigma = np.sqrt(((X - mu) ** 2).sum(axis=0) / X.shape[0])
        sigma = np.where(X.max(axis=0) == X.min(axis=0), 1.0, sigma)
    else:
        mu, sigma = stats
    return (X - mu) / sigma, (mu, sigma)


# right: rows of the identity
def one_hot(y, k):
    if np.any(y < 0) or np.any(y >= k):
        raise ValueError("label out of range")
    return np.eye(k)[y]


# right: bincount on the pair as one number
def confusion(y, p, k):
    return np.bincount(y * k + p, minlength=k * k).reshape(k, k)


# right: two loops over the pairs
def worst_pair(C):
    best, pair = -1, (0, 1)
    k = len(C)
    for i in range(k):
        for j in range(i + 1, k):
            both = C[i, j] + C[j, i]
            if both > best:
                best, pair = both, (i, j)
    return pair


# wrong: one shuffle of all rows, not class by class
# named: split-1
def split(X, y, frac, rng):
    perm = rng.permutation(len(X))
    n = int(round(frac * len(X)))
    test, train = perm[:n], perm[n:]
    return X[train], y[train], X[test], y[test]


# wrong: the first rows of each class are the test set
# named: split-2
def split(X, y, frac, rng):
    test = []
    for c in np.unique(y):
        rows = np.where(y == c)[0]
        test += list(rows[: round(frac * len(rows))])
    mask = np.zeros(len(y), bool)
    mask[test] = True
    return X[~mask], y[~mask], X[mask], y[mask]


# wrong: images and labels shuffled by two different orders
# named: split-7
def split(X, y, frac, rng):
    keep = np.ones(len(y), bool)
    for c in np.unique(y):
        rows = rng.permutation(np.where(y == c)[0])
        keep[rows[: round(frac * len(rows))]] = False
    return X[keep], rng.permutation(y[keep]), X[~keep], rng.permutation(y[~keep])


# wrong: train and test come back the wrong way round
# named: split-4
def split(X, y, frac, rng):
    test = np.zeros(len(y), bool)
    for c in np.unique(y):
        rows = rng.permutation(np.where(y == c)[0])
        test[rows[: round(frac * len(rows))]] = True
    return X[test], y[test], X[~test], y[~test]


# wrong: the fraction is cut off, not rounded
# named: split-8
def split(X, y, frac, rng):
    test = np.zeros(len(y), bool)
    for c in np.unique(y):
        rows = rng.permutation(np.where(y == c)[0])
        test[rows[: int(frac * len(rows))]] = True
    return X[~test], y[~test], X[test], y[test]


# wrong: draws with replacement, so that the test set is too small
# named: split-9
def split(X, y, frac, rng):
    test = np.zeros(len(y), bool)
    for c in np.unique(y):
        rows = np.where(y == c)[0]
        test[rng.choice(rows, round(frac * len(rows)))] = True
    return X[~test], y[~test], X[test], y[test]


# wrong: one mean and one standard deviation for the whole table
# named: normalise-5
def normalise(X, stats=None):
    if stats is None:
        stats = X.mean(), X.std()
    m, s = stats
    return (X - m) / s, (m, s)


# wrong: an epsilon in place of the exception for constant columns
# named: normalise-3
def normalise(X, stats=None):
    mean, std = (X.mean(0), X.std(0)) if stats is None else stats
    return (X - mean) / (std + 1e-8), (mean, std)


# wrong: the given statistics are ignored
# named: normalise-1
def normalise(X, stats=None):
    mean = X.mean(axis=0)
    std = X.std(axis=0)
    std[std == 0] = 1
    return (X - mean) / std, (mean, std)


# wrong: the sample standard deviation
# named: normalise-9
def normalise(X, stats=None):
    if stats is None:
        std = X.std(axis=0, ddof=1)
        stats = (X.mean(axis=0), np.where(std == 0, 1, std))
    return (X - stats[0]) / stats[1], stats


# wrong: the rows of the image are normalised
# named: normalise-4
def normalise(X, stats=None):
    if stats is None:
        mean, std = X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
        std[std == 0] = 1.0
        stats = (mean, std)
    return (X - stats[0]) / stats[1], stats


# wrong: labels counted from 1
# named: one_hot-3
def one_hot(y, k):
    if y.min() < 0 or y.max() >= k:
        raise ValueError("bad label")
    H = np.zeros((len(y), k))
    for n, label in enumerate(y):
        H[n, label - 1] = 1
    return H


# wrong: whole numbers, no floats
# named: The numbers are stored as int64, which cannot
def one_hot(y, k):
    if (y < 0).any() or (y >= k).any():
        raise ValueError
    return (y[:, None] == np.arange(k)).astype(int)


# wrong: the upper bound is let through
# named: one_hot-5
def one_hot(y, k):
    if (y < 0).any() or (y > k).any():
        raise ValueError("outside")
    out = np.zeros((y.size, k))
    out[np.arange(y.size), np.minimum(y, k - 1)] = 1
    return out


# wrong: fancy indexing counts a pair only once
# named: confusion-2
def confusion(y, p, k):
    C = np.zeros((k, k), dtype=int)
    C[y, p] += 1
    return C


# wrong: predicted classes in the rows
# named: confusion-1
def confusion(y, p, k):
    C = np.zeros((k, k), dtype=np.int64)
    for truth, guess in zip(y, p):
        C[guess, truth] += 1
    return C


# wrong: fractions of each row
# named: confusion-4
def confusion(y, p, k):
    C = np.zeros((k, k))
    np.add.at(C, (y, p), 1)
    return C / np.maximum(C.sum(axis=1, keepdims=True), 1)


# wrong: only one direction is counted
# named: worst_pair-2
def worst_pair(C):
    off = C - np.diag(np.diag(C))
    i, j = divmod(int(off.argmax()), len(C))
    return min(i, j), max(i, j)


# wrong: the diagonal takes part
# named: worst_pair-1
def worst_pair(C):
    S = np.triu(C + C.T)
    i, j = np.unravel_index(S.argmax(), S.shape)
    return int(i), int(j)


# right: sorting by class, then counting within each
def split(X, y, frac, rng):
    order = rng.permutation(len(y))
    taken, test = {}, []
    want = {c: round(frac * np.sum(y == c)) for c in np.unique(y)}
    for row in order:
        c = y[row]
        if taken.get(c, 0) < want[c]:
            taken[c] = taken.get(c, 0) + 1
            test.append(row)
    train = np.array(sorted(set(range(len(y))) - set(test)), dtype=int)
    test = np.array(test, dtype=int)
    return X[train], y[train], X[test], y[test]


# right: a loop over the columns
def normalise(X, stats=None):
    if stats is None:
        mean, std = np.empty(X.shape[1]), np.empty(X.shape[1])
        for j in range(X.shape[1]):
            mean[j], std[j] = np.mean(X[:, j]), np.std(X[:, j])
            if std[j] == 0:
                std[j] = 1.0
        stats = (mean, std)
    return (X - stats[0]) / stats[1], stats


# wrong: an epsilon under the line
# named: normalise-3
def normalise(X, stats=None):
    eps = 1e-6
    if stats is None:
        mu = np.mean(X, axis=0)
        stats = mu, np.sqrt(np.mean((X - mu) ** 2, axis=0)) + eps
    mu, sigma = stats
    return (X - mu) / sigma, stats


# wrong: floor of the fraction
# named: split-8
def split(X, y, frac, rng):
    train, test = [], []
    for c in np.unique(y):
        members = rng.permutation(np.nonzero(y == c)[0])
        cut = int(np.floor(len(members) * frac))
        test.append(members[:cut])
        train.append(members[cut:])
    train, test = np.concatenate(train), np.concatenate(test)
    return X[train], y[train], X[test], y[test]
