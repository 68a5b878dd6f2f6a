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
# named: gradcheck-7
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
# named: gradcheck-1
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
# named: gradcheck-3
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
# named: gradcheck-6
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
# named: gradcheck-4
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
# named: gradcheck-8
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
# named: gradcheck-9
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
# named: overfit_one_batch-3
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
# named: overfit_one_batch-4
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
# named: overfit_one_batch-2
def overfit_one_batch(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        step()
    return bool(loss() < below)


# wrong: nan goes on
# named: overfit_one_batch-5
def overfit_one_batch(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        if loss() < below:
            return True
        step()
    return bool(loss() < below)


# wrong: equal counts as lower
# named: overfit_one_batch-6
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
# named: diagnose-11
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
# named: diagnose-8
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
# named: diagnose-1
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
# named: diagnose-2
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
# named: diagnose-9
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


# wrong: a validation loss below three quarters of the training loss counts as a leak
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
    if val[-1] < 0.75 * train[-1]:
        return "leak"
    if val[-1] > 1.2 * val.min():
        return "overfits"
    return "unfinished" if train[-1] < 0.9 * train[3 * len(train) // 4] else "fine"


# wrong: the middle, not three quarters
# named: diagnose-10
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
# named: find_duplicates-1
def find_duplicates(X):
    found = []
    for i in range(len(X)):
        for j in range(len(X)):
            if i != j and np.array_equal(X[i], X[j]):
                found.append(i)
                break
    return np.array(found, dtype=int)


# wrong: the earlier row of a pair
# named: find_duplicates-6
def find_duplicates(X):
    found = []
    for i in range(len(X)):
        for j in range(i + 1, len(X)):
            if np.array_equal(X[i], X[j]):
                found.append(i)
                break
    return np.array(found, dtype=int)


# wrong: a row that occurs three times is listed twice
# named: find_duplicates-7
def find_duplicates(X):
    found = []
    for i in range(len(X)):
        for j in range(i):
            if np.array_equal(X[i], X[j]):
                found.append(i)
    return np.array(found, dtype=int)


# wrong: only neighbours are compared
# named: find_duplicates-2
def find_duplicates(X):
    return np.array([i for i in range(1, len(X)) if (X[i] == X[i - 1]).all()], dtype=int)


# wrong: rows that share one number
# named: find_duplicates-5
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
# named: find_leaks-2
def find_leaks(X_train, X_test):
    n = min(len(X_train), len(X_test))
    return np.flatnonzero((X_train[:n] == X_test[:n]).all(axis=1))


# wrong: the training rows
# named: find_leaks-1
def find_leaks(X_train, X_test):
    return np.flatnonzero((X_train[:, None] == X_test[None]).all(axis=2).any(axis=1))


# wrong: rows that share one number
# named: find_leaks-4
def find_leaks(X_train, X_test):
    return np.flatnonzero((X_test[:, None] == X_train[None]).any(axis=2).any(axis=1))


# wrong: all duplicates of both together, also those inside the test set
# named: find_leaks-3
def find_leaks(X_train, X_test):
    seen = {tuple(row) for row in X_train}
    found = []
    for i, row in enumerate(X_test):
        if tuple(row) in seen:
            found.append(i)
        seen.add(tuple(row))
    return np.array(found, dtype=int)


# wrong: the numbers of both sets together
# named: find_leaks-6
def find_leaks(X_train, X_test):
    seen = {tuple(row) for row in X_train}
    hits = [len(X_train) + i for i, row in enumerate(X_test) if tuple(row) in seen]
    return np.array(hits, dtype=int)


# wrong: a mask, not the row numbers
# named: find_leaks-5
def find_leaks(X_train, X_test):
    return (X_test[:, None] == X_train[None]).all(axis=2).any(axis=1)


# wrong: the highest probabilities
# named: suspect_labels-1
def suspect_labels(probs, y, k):
    own = probs[np.arange(len(y)), y]
    return np.argsort(-own)[:k]


# wrong: the lowest of the k come last
# named: suspect_labels-4
def suspect_labels(probs, y, k):
    own = probs[np.arange(len(y)), y]
    return np.argsort(own)[::-1][-k:]


# wrong: the least certain predictions, whatever the label is
# named: suspect_labels-2
def suspect_labels(probs, y, k):
    return np.argsort(probs.max(axis=1), kind="stable")[:k]


# wrong: the probabilities, not the rows
# named: suspect_labels-5
def suspect_labels(probs, y, k):
    return np.sort(probs[np.arange(len(y)), y])[:k]


# wrong: only rows whose label is not the predicted class
# named: suspect_labels-6
def suspect_labels(probs, y, k):
    wrong = np.flatnonzero(probs.argmax(axis=1) != y)
    own = probs[wrong, y[wrong]]
    return wrong[np.argsort(own, kind="stable")][:k]


# wrong: a class without examples gets infinity
# named: class_weights-3
def class_weights(y, classes):
    with np.errstate(divide="ignore"):
        return len(y) / (classes * np.bincount(y, minlength=classes))


# wrong: the division by the number of classes is missing
# named: class_weights-2
def class_weights(y, classes):
    counts = np.bincount(y, minlength=classes)
    return np.where(counts > 0, len(y) / np.maximum(counts, 1), 0.0)


# wrong: the fractions themselves
# named: class_weights-1
def class_weights(y, classes):
    return np.bincount(y, minlength=classes) / len(y)


# wrong: a class without examples gets the weight of one example
# named: class_weights-5
def class_weights(y, classes):
    counts = np.maximum(np.bincount(y, minlength=classes), 1)
    return len(y) / (classes * counts)


# wrong: only the classes that occur
# named: class_weights-4
def class_weights(y, classes):
    counts = np.bincount(y)
    return np.where(counts > 0, len(y) / (classes * np.maximum(counts, 1)), 0.0)


# wrong: divided by how many classes occur
# named: class_weights-6
def class_weights(y, classes):
    counts = np.bincount(y, minlength=classes)
    used = np.sum(counts > 0)
    return np.where(counts > 0, len(y) / (used * np.maximum(counts, 1)), 0.0)


# wrong: the rows are shuffled
# named: group_split-1
def group_split(groups, frac, rng):
    n = len(groups)
    test = np.zeros(n, dtype=bool)
    test[rng.permutation(n)[: int(np.ceil(frac * n))]] = True
    return test


# wrong: a fraction of the groups, not of the rows
# named: group_split-5
def group_split(groups, frac, rng):
    names = rng.permutation(np.unique(groups))
    return np.isin(groups, names[: int(np.ceil(frac * len(names)))])


# wrong: the groups in their own order
# named: group_split-4
def group_split(groups, frac, rng):
    test = np.zeros(len(groups), dtype=bool)
    for g in np.unique(groups):
        if test.mean() >= frac:
            break
        test |= groups == g
    return test


# wrong: one group too many
# named: group_split-6
def group_split(groups, frac, rng):
    test = np.zeros(len(groups), dtype=bool)
    for g in rng.permutation(np.unique(groups)):
        if test.mean() > frac:
            break
        test |= groups == g
    return test


# wrong: stops before it holds enough
# named: group_split-7
def group_split(groups, frac, rng):
    test = np.zeros(len(groups), dtype=bool)
    for g in rng.permutation(np.unique(groups)):
        more = test | (groups == g)
        if more.mean() > frac:
            break
        test = more
    return test


# wrong: the training set
# named: group_split-3
def group_split(groups, frac, rng):
    train = np.ones(len(groups), dtype=bool)
    for g in rng.permutation(np.unique(groups)):
        if (~train).mean() >= frac:
            break
        train &= groups != g
    return train


# wrong: the training error is measured on all rows
# named: learning_curve-1
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, val = [], []
    for n in sizes:
        predict = fit(X[:n], y[:n])
        train.append(np.mean(predict(X) != y))
        val.append(np.mean(predict(X_val) != y_val))
    return np.array(train), np.array(val)


# wrong: the fraction of right answers
# named: learning_curve-3
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, val = [], []
    for n in sizes:
        predict = fit(X[:n], y[:n])
        train.append(np.mean(predict(X[:n]) == y[:n]))
        val.append(np.mean(predict(X_val) == y_val))
    return np.array(train), np.array(val)


# wrong: trains on everything each time
# named: learning_curve-2
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, val = [], []
    for n in sizes:
        predict = fit(X, y)
        train.append(np.mean(predict(X[:n]) != y[:n]))
        val.append(np.mean(predict(X_val) != y_val))
    return np.array(train), np.array(val)


# wrong: how many, not which fraction
# named: learning_curve-5
def learning_curve(fit, X, y, X_val, y_val, sizes):
    train, val = [], []
    for n in sizes:
        predict = fit(X[:n], y[:n])
        train.append(np.sum(predict(X[:n]) != y[:n]))
        val.append(np.sum(predict(X_val) != y_val))
    return np.array(train), np.array(val)


# wrong: only the first n rows of the validation set
# named: learning_curve-4
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
# named: next_move-4
def next_move(train_error, val_error, wanted):
    if val_error < wanted:
        return "done"
    if train_error > wanted:
        return "bigger model"
    return "more data"


# wrong: the two cures are swapped
# named: next_move-1
def next_move(train_error, val_error, wanted):
    if val_error <= wanted:
        return "done"
    if train_error > wanted:
        return "more data"
    return "bigger model"


# wrong: done when the training error is small
# named: next_move-2
def next_move(train_error, val_error, wanted):
    if train_error <= wanted:
        return "done"
    return "bigger model" if val_error > wanted else "more data"


# wrong: a gap between the errors always asks for data
# named: next_move-3
def next_move(train_error, val_error, wanted):
    if val_error <= wanted:
        return "done"
    if val_error > train_error:
        return "more data"
    return "bigger model"


# wrong: the learning rate is made smaller, and the sum stays
# named: hunt_line-2
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
# named: hunt_axis-2
def hunt_axis(X, y, K, lr=0.5, steps=60):
    W, one_hot = np.zeros((K, X.shape[1])), np.eye(K)[y]
    for _ in range(steps):
        e = np.exp(X @ W.T)
        P = e / e.sum()
        W -= lr * (P - one_hot).T @ X / len(X)
    return W, P


# wrong: the softmax stays in the loss
# named: hunt_twice-3
def hunt_twice(X, y, K, lr=0.5, steps=60):
    W, losses = np.zeros((K, X.shape[1])), []
    for _ in range(steps):
        logits = X @ W.T
        losses.append(cross_entropy(softmax(logits), y))
        W -= lr * ce_gradient(logits, y).T @ X
    return W, np.array(losses)


# wrong: p is 0, but the mode is still training
# named: hunt_mode-2
def hunt_mode(params, X, rng):
    W1, W2 = params
    h = np.maximum(X @ W1.T, 0)
    h = dropout(h, 0.5, True, np.random.default_rng(0))
    return (h @ W2.T).argmax(axis=1)


# wrong: the symbol before, not the one after
# named: hunt_target-3
def hunt_target(ids, K, lr=5.0, steps=60):
    table = np.zeros((K, K))
    now, after = ids[1:], ids[:-1]
    for _ in range(steps):
        g = np.zeros((K, K))
        np.add.at(g, now, ce_gradient(table[now], after))
        table -= lr * g
    return table, cross_entropy(table[now], after)


# wrong: the rows stay in order
# named: hunt_shuffle-2
def hunt_shuffle(X, y, K, rng, lr=0.2, rounds=10):
    W = np.zeros((K, X.shape[1]))
    for _ in range(rounds):
        for first in range(0, len(X), 10):
            rows = slice(first, first + 10)
            W -= lr * ce_gradient(X[rows] @ W.T, y[rows]).T @ X[rows]
    return W
