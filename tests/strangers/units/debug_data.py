# right: the loop over a flat view
def gradcheck(loss, params, grads, h=1e-5):
    result = []
    for p, g in zip(params, grads):
        num = np.empty(p.shape)
        it = np.nditer(p, flags=["multi_index"])
        while not it.finished:
            ix = it.multi_index
            saved = p[ix].copy()
            p[ix] = saved + h
            fplus = loss(params)
            p[ix] = saved - h
            fminus = loss(params)
            p[ix] = saved
            num[ix] = (fplus - fminus) / (2 * h)
            it.iternext()
        top = np.sqrt(np.sum((g - num) ** 2))
        bottom = np.sqrt(np.sum(g**2)) + np.sqrt(np.sum(num**2))
        result.append(float(top / bottom) if bottom > 0 else 0.0)
    return result


# right: asks before each step and after the last one
def overfit_one_batch(step, loss, steps=200, below=0.01):
    current = loss()
    taken = 0
    while taken < steps:
        if not np.isfinite(current):
            return False
        if current < below:
            return True
        step()
        taken += 1
        current = loss()
    return bool(current < below)


# right: lists and math only
def diagnose(history):
    tr, va, k = list(history["train"]), list(history["val"]), history["classes"]
    if any(np.isnan(v) or np.isinf(v) for v in tr):
        return "not finite"
    start, end = tr[0], tr[-1]
    if end > start:
        return "step too large"
    if start > 2.0 * np.log(k):
        return "bad start"
    if end > 0.95 * start:
        return "not learning"
    if va[-1] < end / 2:
        return "leak"
    if va[-1] > 1.2 * min(va):
        return "overfits"
    if end < 0.9 * tr[(3 * len(tr)) // 4]:
        return "unfinished"
    return "fine"


# right: a set of the rows that were seen
def find_duplicates(X):
    seen, again = set(), []
    for i, row in enumerate(X):
        key = tuple(row)
        if key in seen:
            again.append(i)
        seen.add(key)
    return np.array(again, dtype=int)


# right: every pair of rows is compared
def find_leaks(X_train, X_test):
    same = (X_test[:, None, :] == X_train[None, :, :]).all(axis=2).any(axis=1)
    return np.nonzero(same)[0]


# right: take_along_axis and a slice
def suspect_labels(probs, y, k):
    p = np.take_along_axis(probs, y[:, None], axis=1).ravel()
    order = np.argsort(p, kind="stable")
    return order[0:k]


# right: class by class
def class_weights(y, classes):
    out = np.zeros(classes)
    for c in range(classes):
        n = np.sum(y == c)
        if n:
            out[c] = len(y) / (classes * n)
    return out


# right: counts rows
def group_split(groups, frac, rng):
    names = rng.permutation(np.unique(groups))
    chosen, count = [], 0
    for name in names:
        if count >= frac * len(groups):
            break
        chosen.append(name)
        count += np.sum(groups == name)
    return np.isin(groups, chosen)


# right: two lists by comprehension
def learning_curve(fit, X, y, X_val, y_val, sizes):
    models = [fit(X[:n], y[:n]) for n in sizes]
    tr = [(m(X[:n]) != y[:n]).mean() for m, n in zip(models, sizes)]
    va = [1 - (m(X_val) == y_val).mean() for m in models]
    return np.array(tr), np.array(va)


# right: nested ifs
def next_move(train_error, val_error, wanted):
    if val_error > wanted:
        if train_error > wanted:
            return "bigger model"
        return "more data"
    return "done"


# wrong: / 2 * h
# named: `/ 2 * h` divides by 2 and
def gradcheck(loss, params, grads, h=1e-5):
    errors = []
    for p, g in zip(params, grads):
        num = np.zeros_like(p)
        for i in np.ndindex(p.shape):
            old = p[i]
            p[i] = old + h
            up = loss(params)
            p[i] = old - h
            down = loss(params)
            p[i] = old
            num[i] = (up - down) / 2 * h
        size = np.linalg.norm(g) + np.linalg.norm(num)
        errors.append(float(np.linalg.norm(g - num) / size) if size else 0.0)
    return errors


# wrong: one-sided
# named: The weight is moved to one side only,
def gradcheck(loss, params, grads, h=1e-5):
    errors = []
    for p, g in zip(params, grads):
        num = np.zeros_like(p)
        base = loss(params)
        for i in np.ndindex(p.shape):
            old = p[i]
            p[i] = old + h
            num[i] = (loss(params) - base) / h
            p[i] = old
        size = np.linalg.norm(g) + np.linalg.norm(num)
        errors.append(float(np.linalg.norm(g - num) / size) if size else 0.0)
    return errors


# wrong: the entry is not put back
# named: The weights are not put back, so each
def gradcheck(loss, params, grads, h=1e-5):
    errors = []
    for p, g in zip(params, grads):
        num = np.zeros_like(p)
        for i in np.ndindex(p.shape):
            p[i] += h
            up = loss(params)
            p[i] -= 2 * h
            down = loss(params)
            num[i] = (up - down) / (2 * h)
        size = np.linalg.norm(g) + np.linalg.norm(num)
        errors.append(float(np.linalg.norm(g - num) / size) if size else 0.0)
    return errors


# wrong: 0 over 0
# named: 0 over 0 gives nan. When both gradients
def gradcheck(loss, params, grads, h=1e-5):
    errors = []
    for p, g in zip(params, grads):
        num = np.zeros_like(p)
        for i in np.ndindex(p.shape):
            old = p[i]
            p[i] = old + h
            up = loss(params)
            p[i] = old - h
            down = loss(params)
            p[i] = old
            num[i] = (up - down) / (2 * h)
        errors.append(float(np.linalg.norm(g - num) / (np.linalg.norm(g) + np.linalg.norm(num))))
    return errors


# wrong: the absolute error
# named: The error is not relative. A difference of
def gradcheck(loss, params, grads, h=1e-5):
    errors = []
    for p, g in zip(params, grads):
        num = np.zeros_like(p)
        for i in np.ndindex(p.shape):
            old = p[i]
            p[i] = old + h
            up = loss(params)
            p[i] = old - h
            down = loss(params)
            p[i] = old
            num[i] = (up - down) / (2 * h)
        errors.append(float(np.linalg.norm(g - num)))
    return errors


# wrong: the largest relative error of one entry, as in cs231n
# named: The error is relative number by number. Here
def gradcheck(loss, params, grads, h=1e-5):
    errors = []
    for p, g in zip(params, grads):
        num = np.zeros_like(p)
        for i in np.ndindex(p.shape):
            old = p[i]
            p[i] = old + h
            up = loss(params)
            p[i] = old - h
            down = loss(params)
            p[i] = old
            num[i] = (up - down) / (2 * h)
        rel = np.abs(g - num) / np.maximum(1e-8, np.abs(g) + np.abs(num))
        errors.append(float(np.max(rel)))
    return errors


# wrong: the length of the sum
# named: The length of the sum is not the
def gradcheck(loss, params, grads, h=1e-5):
    errors = []
    for p, g in zip(params, grads):
        num = np.zeros_like(p)
        for i in np.ndindex(p.shape):
            old = p[i]
            p[i] = old + h
            up = loss(params)
            p[i] = old - h
            down = loss(params)
            p[i] = old
            num[i] = (up - down) / (2 * h)
        size = np.linalg.norm(g + num)
        errors.append(float(np.linalg.norm(g - num) / size) if size else 0.0)
    return errors


# wrong: return inside the loop
# named: The loop of `gradcheck` ends in its
def gradcheck(loss, params, grads, h=1e-5):
    errors = []
    for p, g in zip(params, grads):
        num = np.zeros_like(p)
        for i in np.ndindex(p.shape):
            old = p[i]
            p[i] = old + h
            up = loss(params)
            p[i] = old - h
            down = loss(params)
            p[i] = old
            num[i] = (up - down) / (2 * h)
        size = np.linalg.norm(g) + np.linalg.norm(num)
        errors.append(float(np.linalg.norm(g - num) / size) if size else 0.0)
        return errors


# wrong: the loss after the last step is not looked at
# named: The loss after the last step is not
def overfit_one_batch(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        now = loss()
        if now < below:
            return True
        if not np.isfinite(now):
            return False
        step()
    return False


# wrong: a step is taken before the first look
# named: A step is taken before the first check.
def overfit_one_batch(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        step()
        now = loss()
        if not np.isfinite(now):
            return False
        if now < below:
            return True
    return False


# wrong: always takes all steps
# named: All steps are taken although the answer is
def overfit_one_batch(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        step()
    return bool(loss() < below)


# wrong: nan goes on
# named: It goes on although the loss is nan
def overfit_one_batch(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        if loss() < below:
            return True
        step()
    return bool(loss() < below)


# wrong: equal counts as lower
# named: A loss equal to the bound counts as
def overfit_one_batch(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        now = loss()
        if now <= below:
            return True
        if not np.isfinite(now):
            return False
        step()
    return bool(loss() <= below)


# wrong: returns the loss
# named: `overfit_one_batch` should return True or False; yours returned
def overfit_one_batch(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        now = loss()
        if now < below or not np.isfinite(now):
            break
        step()
    return loss()


# wrong: else: return False inside the loop
# named: The loop of `overfit_one_batch` ends in its
def overfit_one_batch(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        step()
        if loss() < below:
            return True
        return False


# wrong: "leak" before "not learning"
# named: Two questions have changed places. More than one
def diagnose(history):
    train, val = np.array(history["train"]), np.array(history["val"])
    if not np.isfinite(train).all():
        return "not finite"
    if train[-1] > train[0]:
        return "step too large"
    if train[0] > 2 * np.log(history["classes"]):
        return "bad start"
    if val[-1] < 0.5 * train[-1]:
        return "leak"
    if train[-1] > 0.95 * train[0]:
        return "not learning"
    if val[-1] > 1.2 * val.min():
        return "overfits"
    return "unfinished" if train[-1] < 0.9 * train[3 * len(train) // 4] else "fine"


# wrong: nan only
# named: Only nan is looked for. A loss may
def diagnose(history):
    train, val = np.array(history["train"]), np.array(history["val"])
    if np.isnan(train).any():
        return "not finite"
    if train[-1] > train[0]:
        return "step too large"
    if train[0] > 2 * np.log(history["classes"]):
        return "bad start"
    if train[-1] > 0.95 * train[0]:
        return "not learning"
    if val[-1] < 0.5 * train[-1]:
        return "leak"
    if val[-1] > 1.2 * val.min():
        return "overfits"
    return "unfinished" if train[-1] < 0.9 * train[3 * len(train) // 4] else "fine"


# wrong: the last loss alone is looked at for nan
# named: A nan in the middle is missed. Every
def diagnose(history):
    train, val = np.array(history["train"]), np.array(history["val"])
    if not np.isfinite(train[-1]):
        return "not finite"
    if train[-1] > train[0]:
        return "step too large"
    if train[0] > 2 * np.log(history["classes"]):
        return "bad start"
    if train[-1] > 0.95 * train[0]:
        return "not learning"
    if val[-1] < 0.5 * train[-1]:
        return "leak"
    if val[-1] > 1.2 * val.min():
        return "overfits"
    return "unfinished" if train[-1] < 0.9 * train[3 * len(train) // 4] else "fine"


# wrong: overfitting is measured against the training loss
# named: Overfitting is read from the gap between validation
def diagnose(history):
    train, val = np.array(history["train"]), np.array(history["val"])
    if not np.isfinite(train).all():
        return "not finite"
    if train[-1] > train[0]:
        return "step too large"
    if train[0] > 2 * np.log(history["classes"]):
        return "bad start"
    if train[-1] > 0.95 * train[0]:
        return "not learning"
    if val[-1] < 0.5 * train[-1]:
        return "leak"
    if val[-1] > 1.2 * train[-1]:
        return "overfits"
    return "unfinished" if train[-1] < 0.9 * train[3 * len(train) // 4] else "fine"


# wrong: log2
# named: The bound for the start uses the logarithm
def diagnose(history):
    train, val = np.array(history["train"]), np.array(history["val"])
    if not np.isfinite(train).all():
        return "not finite"
    if train[-1] > train[0]:
        return "step too large"
    if train[0] > 2 * np.log2(history["classes"]):
        return "bad start"
    if train[-1] > 0.95 * train[0]:
        return "not learning"
    if val[-1] < 0.5 * train[-1]:
        return "leak"
    if val[-1] > 1.2 * val.min():
        return "overfits"
    return "unfinished" if train[-1] < 0.9 * train[3 * len(train) // 4] else "fine"


# wrong: the middle, not three quarters
# named: The last loss is compared with the one
def diagnose(history):
    train, val = np.array(history["train"]), np.array(history["val"])
    if not np.isfinite(train).all():
        return "not finite"
    if train[-1] > train[0]:
        return "step too large"
    if train[0] > 2 * np.log(history["classes"]):
        return "bad start"
    if train[-1] > 0.95 * train[0]:
        return "not learning"
    if val[-1] < 0.5 * train[-1]:
        return "leak"
    if val[-1] > 1.2 * val.min():
        return "overfits"
    return "unfinished" if train[-1] < 0.9 * train[len(train) // 2] else "fine"


# wrong: the first of two equal rows counts too
# named: The first of each kind is listed as
def find_duplicates(X):
    found = []
    for i in range(len(X)):
        for j in range(len(X)):
            if i != j and np.array_equal(X[i], X[j]):
                found.append(i)
                break
    return np.array(found, dtype=int)


# wrong: the earlier row of a pair
# named: These are the rows that are repeated later.
def find_duplicates(X):
    found = []
    for i in range(len(X)):
        for j in range(i + 1, len(X)):
            if np.array_equal(X[i], X[j]):
                found.append(i)
                break
    return np.array(found, dtype=int)


# wrong: a row that occurs three times is listed twice
# named: A row that equals two earlier ones is
def find_duplicates(X):
    found = []
    for i in range(len(X)):
        for j in range(i):
            if np.array_equal(X[i], X[j]):
                found.append(i)
    return np.array(found, dtype=int)


# wrong: only neighbours are compared
# named: Only neighbours are compared. A copy can be
def find_duplicates(X):
    return np.array([i for i in range(1, len(X)) if (X[i] == X[i - 1]).all()], dtype=int)


# wrong: rows that share one number
# named: Rows that share one number are treated as
def find_duplicates(X):
    found = []
    for i in range(len(X)):
        if any(np.any(X[i] == X[j]) for j in range(i)):
            found.append(i)
    return np.array(found, dtype=int)


# wrong: return inside the loop
# named: The loop of `find_duplicates` ends in its
def find_duplicates(X):
    seen, again = set(), []
    for i, row in enumerate(X):
        if tuple(row) in seen:
            again.append(i)
        seen.add(tuple(row))
        return np.array(again, dtype=int)


# wrong: the row at the same place only
# named: Row 0 is compared with row 0, row
def find_leaks(X_train, X_test):
    n = min(len(X_train), len(X_test))
    return np.flatnonzero((X_train[:n] == X_test[:n]).all(axis=1))


# wrong: the training rows
# named: These are row numbers of the training data.
def find_leaks(X_train, X_test):
    return np.flatnonzero((X_train[:, None] == X_test[None]).all(axis=2).any(axis=1))


# wrong: rows that share one number
# named: Rows that share one number are treated as
def find_leaks(X_train, X_test):
    return np.flatnonzero((X_test[:, None] == X_train[None]).any(axis=2).any(axis=1))


# wrong: all duplicates of both together, also those inside the test set
# named: A row that occurs twice in the test
def find_leaks(X_train, X_test):
    seen = {tuple(row) for row in X_train}
    found = []
    for i, row in enumerate(X_test):
        if tuple(row) in seen:
            found.append(i)
        seen.add(tuple(row))
    return np.array(found, dtype=int)


# wrong: the numbers of both sets together
# named: The rows are counted from the first training
def find_leaks(X_train, X_test):
    seen = {tuple(row) for row in X_train}
    hits = [len(X_train) + i for i, row in enumerate(X_test) if tuple(row) in seen]
    return np.array(hits, dtype=int)


# wrong: a mask, not the row numbers
# named: This is True or False for each row.
def find_leaks(X_train, X_test):
    return (X_test[:, None] == X_train[None]).all(axis=2).any(axis=1)


# wrong: the highest probabilities
# named: The rows that the network agrees with most
def suspect_labels(probs, y, k):
    own = probs[np.arange(len(y)), y]
    return np.argsort(-own)[:k]


# wrong: the lowest of the k come last
# named: The order is reversed: the lowest probability comes
def suspect_labels(probs, y, k):
    own = probs[np.arange(len(y)), y]
    return np.argsort(own)[::-1][-k:]


# wrong: the least certain predictions, whatever the label is
# named: The rows are those for which the network
def suspect_labels(probs, y, k):
    return np.argsort(probs.max(axis=1), kind="stable")[:k]


# wrong: the probabilities, not the rows
# named: These are the probabilities. Return the numbers of
def suspect_labels(probs, y, k):
    return np.sort(probs[np.arange(len(y)), y])[:k]


# wrong: only rows whose label is not the predicted class
# named: Rows whose label the network agrees with are
def suspect_labels(probs, y, k):
    wrong = np.flatnonzero(probs.argmax(axis=1) != y)
    own = probs[wrong, y[wrong]]
    return wrong[np.argsort(own, kind="stable")][:k]


# wrong: a class without examples gets infinity
# named: A class without examples gets an infinite weight.
def class_weights(y, classes):
    with np.errstate(divide="ignore"):
        return len(y) / (classes * np.bincount(y, minlength=classes))


# wrong: the division by the number of classes is missing
# named: The number of classes is missing: with equal
def class_weights(y, classes):
    counts = np.bincount(y, minlength=classes)
    return np.where(counts > 0, len(y) / np.maximum(counts, 1), 0.0)


# wrong: the fractions themselves
# named: Common classes get the large weights. The rare
def class_weights(y, classes):
    return np.bincount(y, minlength=classes) / len(y)


# wrong: a class without examples gets the weight of one example
# named: A class without examples is counted as if
def class_weights(y, classes):
    counts = np.maximum(np.bincount(y, minlength=classes), 1)
    return len(y) / (classes * counts)


# wrong: only the classes that occur
# named: The result is as long as the highest
def class_weights(y, classes):
    counts = np.bincount(y)
    return np.where(counts > 0, len(y) / (classes * np.maximum(counts, 1)), 0.0)


# wrong: divided by how many classes occur
# named: The number of classes that occur is used.
def class_weights(y, classes):
    counts = np.bincount(y, minlength=classes)
    used = np.sum(counts > 0)
    return np.where(counts > 0, len(y) / (used * np.maximum(counts, 1)), 0.0)


# wrong: the rows are shuffled
# named: Rows are drawn one by one, so most
def group_split(groups, frac, rng):
    n = len(groups)
    test = np.zeros(n, dtype=bool)
    test[rng.permutation(n)[: int(np.ceil(frac * n))]] = True
    return test


# wrong: a fraction of the groups, not of the rows
# named: It is a fraction of the groups. Groups
def group_split(groups, frac, rng):
    names = rng.permutation(np.unique(groups))
    return np.isin(groups, names[: int(np.ceil(frac * len(names)))])


# wrong: the groups in their own order
# named: The first groups always go to the test
def group_split(groups, frac, rng):
    test = np.zeros(len(groups), dtype=bool)
    for g in np.unique(groups):
        if test.mean() >= frac:
            break
        test |= groups == g
    return test


# wrong: one group too many
# named: One group too many joins when the fraction
def group_split(groups, frac, rng):
    test = np.zeros(len(groups), dtype=bool)
    for g in rng.permutation(np.unique(groups)):
        if test.mean() > frac:
            break
        test |= groups == g
    return test


# wrong: stops before it holds enough
# named: It stops before the fraction is reached. Groups
def group_split(groups, frac, rng):
    test = np.zeros(len(groups), dtype=bool)
    for g in rng.permutation(np.unique(groups)):
        more = test | (groups == g)
        if more.mean() > frac:
            break
        test = more
    return test


# wrong: the training set
# named: Training and test set are swapped: True is
def group_split(groups, frac, rng):
    train = np.ones(len(groups), dtype=bool)
    for g in rng.permutation(np.unique(groups)):
        if (~train).mean() >= frac:
            break
        train &= groups != g
    return train


# wrong: the training error is measured on all rows
# named: The training error is measured on all of
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, val = [], []
    for n in sizes:
        predict = fit(X[:n], y[:n])
        train.append(np.mean(predict(X) != y))
        val.append(np.mean(predict(X_val) != y_val))
    return np.array(train), np.array(val)


# wrong: the fraction of right answers
# named: These are accuracies. Return errors: the fraction that
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, val = [], []
    for n in sizes:
        predict = fit(X[:n], y[:n])
        train.append(np.mean(predict(X[:n]) == y[:n]))
        val.append(np.mean(predict(X_val) == y_val))
    return np.array(train), np.array(val)


# wrong: trains on everything each time
# named: It trains on all of X for every
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, val = [], []
    for n in sizes:
        predict = fit(X, y)
        train.append(np.mean(predict(X[:n]) != y[:n]))
        val.append(np.mean(predict(X_val) != y_val))
    return np.array(train), np.array(val)


# wrong: how many, not which fraction
# named: These are numbers of wrong answers. Return fractions,
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, val = [], []
    for n in sizes:
        predict = fit(X[:n], y[:n])
        train.append(np.sum(predict(X[:n]) != y[:n]))
        val.append(np.sum(predict(X_val) != y_val))
    return np.array(train), np.array(val)


# wrong: only the first n rows of the validation set
# named: The validation set is cut to the size
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, val = [], []
    for n in sizes:
        predict = fit(X[:n], y[:n])
        train.append(np.mean(predict(X[:n]) != y[:n]))
        val.append(np.mean(predict(X_val[:n]) != y_val[:n]))
    return np.array(train), np.array(val)


# wrong: return inside the loop
# named: The loop of `learning_curve` ends in its
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, val = [], []
    for n in sizes:
        predict = fit(X[:n], y[:n])
        train.append(np.mean(predict(X[:n]) != y[:n]))
        val.append(np.mean(predict(X_val) != y_val))
        return np.array(train), np.array(val)


# wrong: exactly the wanted error is not done
# named: Exactly the wanted error is not enough here.
def next_move(train_error, val_error, wanted):
    if val_error < wanted:
        return "done"
    if train_error > wanted:
        return "bigger model"
    return "more data"


# wrong: the two cures are swapped
# named: The two are swapped. A high training error
def next_move(train_error, val_error, wanted):
    if val_error <= wanted:
        return "done"
    if train_error > wanted:
        return "more data"
    return "bigger model"


# wrong: done when the training error is small
# named: It is done when the *training* error is
def next_move(train_error, val_error, wanted):
    if train_error <= wanted:
        return "done"
    return "bigger model" if val_error > wanted else "more data"


# wrong: a gap between the errors always asks for data
# named: The answer is "more data" whenever the validation
def next_move(train_error, val_error, wanted):
    if val_error <= wanted:
        return "done"
    if val_error > train_error:
        return "more data"
    return "bigger model"


# wrong: the learning rate is made smaller, and the sum stays
# named: A smaller learning rate hides it: old gradients
def hunt_line(c, f, lr=0.1, steps=60):
    weights, grad, losses = np.zeros(2), np.zeros(2), []
    for _ in range(steps):
        error = weights[0] * c + weights[1] - f
        losses.append(np.mean(error**2))
        gradient = np.array([np.mean(error * c), np.mean(error)])
        grad += 2 * gradient
        weights -= 0.1 * lr * grad
    return weights, np.array(losses)


# wrong: the total, without keepdims
# named: Without an axis the sum runs over everything,
def hunt_axis(X, y, K, lr=0.5, steps=60):
    W, one_hot = np.zeros((K, X.shape[1])), np.eye(K)[y]
    for _ in range(steps):
        e = np.exp(X @ W.T)
        P = e / e.sum()
        W -= lr * (P - one_hot).T @ X / len(X)
    return W, P


# wrong: the softmax stays in the loss
# named: Softmax is still applied twice in one of
def hunt_twice(X, y, K, lr=0.5, steps=60):
    W, losses = np.zeros((K, X.shape[1])), []
    for _ in range(steps):
        logits = X @ W.T
        losses.append(cross_entropy(softmax(logits), y))
        W -= lr * ce_gradient(logits, y).T @ X
    return W, np.array(losses)


# wrong: p is 0, but the mode is still training
# named: A fixed seed makes the answers repeat, and
def hunt_mode(params, X, rng):
    W1, W2 = params
    h = np.maximum(X @ W1.T, 0)
    h = dropout(h, 0.5, True, np.random.default_rng(0))
    return (h @ W2.T).argmax(axis=1)


# wrong: the symbol before, not the one after
# named: The pairs go backward: this learns which symbol
def hunt_target(ids, K, lr=5.0, steps=60):
    table = np.zeros((K, K))
    now, after = ids[1:], ids[:-1]
    for _ in range(steps):
        g = np.zeros((K, K))
        np.add.at(g, now, ce_gradient(table[now], after))
        table -= lr * g
    return table, cross_entropy(table[now], after)


# wrong: the rows stay in order
# named: The rows stay in the same order in
def hunt_shuffle(X, y, K, rng, lr=0.2, rounds=10):
    W = np.zeros((K, X.shape[1]))
    for _ in range(rounds):
        for first in range(0, len(X), 10):
            rows = slice(first, first + 10)
            W -= lr * ce_gradient(X[rows] @ W.T, y[rows]).T @ X[rows]
    return W
