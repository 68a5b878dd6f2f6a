"""Typical wrong solutions of `debug-data`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake

# --- what the wrong versions share --------------------------------------------------------------


def _softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


softmax = _softmax


def cross_entropy(scores, y):
    return float(-np.log(_softmax(scores)[np.arange(len(y)), y]).mean())


def ce_slope(scores, y):
    return (_softmax(scores) - np.eye(scores.shape[1])[y]) / len(y)


def dropout(x, p, training, rng):
    return x * (rng.random(x.shape) >= p) / (1 - p) if training else x


def _measured(loss, params, weights, h, *, sides=2, over=2.0, back=True):
    slopes = np.zeros_like(weights)
    for place in np.ndindex(weights.shape):
        old = weights[place]
        weights[place] = old + h
        above = loss(params)
        weights[place] = old - h if sides == 2 else old
        below = loss(params)
        weights[place] = old if back else weights[place]
        slopes[place] = (above - below) / (over * h)
    return slopes


def _relative(given, measured):
    size = np.linalg.norm(given) + np.linalg.norm(measured)
    return float(np.linalg.norm(given - measured) / size) if size else 0.0


# --- tools --------------------------------------------------------------------------------------


@mistake("gradcheck", "The nudge goes to one side only, which errs by as much as h. Nudge up and "
         "down: (above - below) / (2 * h) errs by h squared.")  # fmt: skip
def one_side(loss, params, grads, h=1e-5):
    return [_relative(g, _measured(loss, params, w, h, sides=1, over=1.0))
            for w, g in zip(params, grads, strict=True)]  # fmt: skip


@mistake("gradcheck", "From old - h to old + h the way is 2 * h long. Divide by that.")
def half_the_way(loss, params, grads, h=1e-5):
    return [_relative(g, _measured(loss, params, w, h, over=1.0))
            for w, g in zip(params, grads, strict=True)]  # fmt: skip


@mistake("gradcheck", "The weights are not put back after the nudge, so each slope is measured at "
         "another place. Keep the old value and restore it.")  # fmt: skip
def not_put_back(loss, params, grads, h=1e-5):
    return [_relative(g, _measured(loss, params, w, h, back=False))
            for w, g in zip(params, grads, strict=True)]  # fmt: skip


@mistake("gradcheck", "The error is not relative. A difference of 0.01 is much for slopes of 0.02 "
         "and nothing for slopes of 1000: divide by both lengths.")  # fmt: skip
def absolute(loss, params, grads, h=1e-5):
    return [float(np.linalg.norm(g - _measured(loss, params, w, h)))
            for w, g in zip(params, grads, strict=True)]  # fmt: skip


@mistake("gradcheck", "The difference is divided by the measured length alone. With the sum of "
         "both lengths the error always lies between 0 and 1.")  # fmt: skip
def over_measured(loss, params, grads, h=1e-5):
    errors = []
    for w, g in zip(params, grads, strict=True):
        right = _measured(loss, params, w, h)
        size = np.linalg.norm(right)
        errors.append(float(np.linalg.norm(g - right) / size) if size else 0.0)
    return errors


@mistake("gradcheck", "0 over 0 gives nan. When both slopes are 0 they agree, and the error is "
         "0.")  # fmt: skip
def zero_over_zero(loss, params, grads, h=1e-5):
    errors = []
    for w, g in zip(params, grads, strict=True):
        right = _measured(loss, params, w, h)
        with np.errstate(all="ignore"):
            size = np.linalg.norm(g) + np.linalg.norm(right)
            errors.append(float(np.linalg.norm(g - right) / size))
    return errors


@mistake("overfit_one_batch", "Any fall counts as success. A network that can learn one batch gets "
         "close to 0: compare with `below`.")  # fmt: skip
def any_fall(step, loss, steps=200, below=0.01):
    first = loss()
    for _ in range(steps):
        step()
    return bool(loss() < first)


@mistake("overfit_one_batch", "All steps are taken although the answer is known. Stop once the "
         "loss is below the bound.")  # fmt: skip
def to_the_end(step, loss, steps=200, below=0.01):
    found = False
    for _ in range(steps):
        found = found or loss() < below
        step()
    return bool(found or loss() < below)


@mistake("overfit_one_batch", "The loss after the last step is not looked at. Look once more "
         "behind the loop.")  # fmt: skip
def last_unseen(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        now = loss()
        if now < below or not np.isfinite(now):
            return bool(now < below)
        step()
    return False


@mistake("overfit_one_batch", "A step is taken before the first look. A loss that is low already "
         "needs none.")  # fmt: skip
def step_first(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        step()
        now = loss()
        if now < below or not np.isfinite(now):
            break
    return bool(loss() < below)


@mistake("overfit_one_batch", "It goes on after a loss of nan or infinity. From there nothing is "
         "learnt: return False at once.")  # fmt: skip
def through_nan(step, loss, steps=200, below=0.01):
    for _ in range(steps):
        if loss() < below:
            break
        step()
    return bool(loss() < below)


def _diagnose(history, *, finite=True, log=True, over="val", stuck="train", leak=True, end=True,
              both=False):  # fmt: skip
    """`diagnose` with dials for what people turn the wrong way."""
    train, val = np.array(history["train"]), np.array(history["val"])
    first, last = train[0], train[-1]
    if finite and not (np.isfinite(train).all() and (not both or np.isfinite(val).all())):
        return "not finite"
    if last > first:
        return "step too large"
    if first > 2 * (np.log(history["classes"]) if log else np.log(10)):
        return "bad start"
    if history[stuck][-1] > 0.95 * history[stuck][0]:
        return "not learning"
    if leak and val[-1] < 0.5 * last:
        return "leak"
    if val[-1] > 1.2 * {"val": val.min(), "train": last}[over]:
        return "overfits"
    return "unfinished" if end and last < 0.9 * train[3 * len(train) // 4] else "fine"


@mistake("diagnose", "A nan in the middle is missed. Every comparison with nan is False, so ask "
         "np.isfinite of all training losses, first of all.")  # fmt: skip
def misses_nan(history):
    return _diagnose(history, finite=False)


@mistake("diagnose", "Overfitting is read from the gap between val and train. A gap may stand "
         "still; what counts is that val rises from its own lowest point.")  # fmt: skip
def by_gap(history):
    return _diagnose(history, over="train")


@mistake("diagnose", "Whether it learns is read from val. A network that learns by heart moves its "
         "training loss while val stands still: look at train.")  # fmt: skip
def learning_by_val(history):
    return _diagnose(history, stuck="val")


@mistake("diagnose", "The bound for the start does not depend on the number of classes. Knowing "
         "nothing costs log K.")  # fmt: skip
def fixed_start(history):
    return _diagnose(history, log=False)


@mistake("diagnose", "A val loss far below the training loss is taken for luck. It is the mark of "
         "a leak: val should be the harder exam.")  # fmt: skip
def trusts_luck(history):
    return _diagnose(history, leak=False)


@mistake("diagnose", "A curve that is still falling is taken for finished. Compare the last loss "
         "with the one at three quarters.")  # fmt: skip
def never_unfinished(history):
    return _diagnose(history, end=False)


@mistake("diagnose", "nan in val is taken for a training that broke. The first question is about "
         "the training losses only.")  # fmt: skip
def val_finite_too(history):
    return _diagnose(history, both=True)


@mistake("find_duplicates", "The first of each kind is named as well. It may stay; name only those "
         "that repeat an earlier row.")  # fmt: skip
def with_first(X):
    _, kind, count = np.unique(X, axis=0, return_inverse=True, return_counts=True)
    return np.flatnonzero(count[kind.ravel()] > 1)


@mistake("find_duplicates", "Only neighbours are compared. A copy can stand anywhere in the data.")
def neighbours(X):
    return 1 + np.flatnonzero((X[1:] == X[:-1]).all(axis=1))


@mistake("find_duplicates", "Rows with the same sum are taken for equal. The same numbers in "
         "another order make another example.")  # fmt: skip
def by_sum(X):
    _, first = np.unique(X.sum(axis=1), return_index=True)
    return np.setdiff1d(np.arange(len(X)), first)


@mistake("find_duplicates", "Rows are compared byte by byte, and 0.0 and -0.0 have different "
         "bytes although they are equal. Compare numbers.")  # fmt: skip
def by_bytes(X):
    seen, again = set(), []
    for row, values in enumerate(X):
        if values.tobytes() in seen:
            again.append(row)
        seen.add(values.tobytes())
    return np.array(again, dtype=int)


@mistake("find_leaks", "These are row numbers of the training data. Name the rows of the test, "
         "which are the ones to take out.")  # fmt: skip
def rows_of_training(X_train, X_test):
    return np.flatnonzero((X_train[:, None] == X_test).all(axis=2).any(axis=1))


@mistake("find_leaks", "Row 0 is compared with row 0, row 1 with row 1. A leaked example can "
         "stand anywhere in training.")  # fmt: skip
def same_place(X_train, X_test):
    n = min(len(X_train), len(X_test))
    return np.flatnonzero((X_train[:n] == X_test[:n]).all(axis=1))


@mistake("find_leaks", "A row that is twice in the test is taken for a leak. Only rows that are in "
         "training too have leaked.")  # fmt: skip
def repeats_count(X_train, X_test):
    both = np.concatenate([X_train, X_test])
    _, first = np.unique(both, axis=0, return_index=True)
    again = np.setdiff1d(np.arange(len(both)), first)
    return again[again >= len(X_train)] - len(X_train)


@mistake("suspect_labels", "The rows that the network agrees with most are named. Sort from the "
         "lowest probability.")  # fmt: skip
def most_agreed(probs, y, k):
    return np.argsort(-probs[np.arange(len(y)), y], kind="stable")[:k]


@mistake("suspect_labels", "The rows are those where the network is unsure. A wrong label is one "
         "that it is sure *against*: look at the probability of the label itself.")  # fmt: skip
def least_sure(probs, y, k):
    return np.argsort(probs.max(axis=1), kind="stable")[:k]


@mistake("suspect_labels", "The right rows in the order of the data. The most suspicious one comes "
         "first, since somebody will look at them one by one.")  # fmt: skip
def in_data_order(probs, y, k):
    return np.sort(np.argsort(probs[np.arange(len(y)), y], kind="stable")[:k])


@mistake("class_weights", "Common classes get the large weights. It is the rare ones that need "
         "help: divide by the count.")  # fmt: skip
def common_heavy(y, classes):
    return np.bincount(y, minlength=classes) / len(y)


@mistake("class_weights", "The number of classes is missing: with equal classes every weight "
         "should be 1, so N / (classes * count).")  # fmt: skip
def without_classes(y, classes):
    counts = np.bincount(y, minlength=classes)
    return np.where(counts > 0, len(y) / np.maximum(counts, 1), 0.0)


@mistake("class_weights", "A class without examples gets an infinite weight. Give it 0.")
def infinite(y, classes):
    with np.errstate(divide="ignore"):
        return len(y) / (classes * np.bincount(y, minlength=classes))


@mistake("class_weights", "The list is as long as the highest label that occurs. Use classes, or "
         "a class that is missing at the end has no weight.")  # fmt: skip
def by_highest(y, classes):
    counts = np.bincount(y)
    return np.where(counts > 0, len(y) / (classes * np.maximum(counts, 1)), 0.0)


@mistake("group_split", "Rows are drawn one by one, so most groups stand on both sides and the "
         "test knows their writers. Draw groups.")  # fmt: skip
def by_rows(groups, frac, rng):
    test = np.zeros(len(groups), dtype=bool)
    test[rng.permutation(len(groups))[: round(frac * len(groups))]] = True
    return test


@mistake("group_split", "Row numbers come back. Return a boolean array, True for the rows of the "
         "test.")  # fmt: skip
def row_numbers(groups, frac, rng):
    chosen = rng.permutation(np.unique(groups))[: round(frac * len(np.unique(groups)))]
    return np.flatnonzero(np.isin(groups, chosen))


@mistake("group_split", "Training and test are swapped: True is for the test, the smaller part.")
def other_side(groups, frac, rng):
    test = np.zeros(len(groups), dtype=bool)
    for group in rng.permutation(np.unique(groups)):
        if test.mean() >= frac:
            break
        test |= groups == group
    return ~test


@mistake("group_split", "The first groups always go to the test. Shuffle the groups with rng.")
def first_groups(groups, frac, rng):
    test = np.zeros(len(groups), dtype=bool)
    for group in np.unique(groups):
        if test.mean() >= frac:
            break
        test |= groups == group
    return test


@mistake("learning_curve", "The training error is measured on all of X. A network trained on 50 "
         "examples has seen these 50 only: X[:n].")  # fmt: skip
def train_on_all(fit, X, y, X_val, y_val, sizes):
    models = [fit(X[:n], y[:n]) for n in sizes]
    train = [np.mean(model(X) != y) for model in models]
    return np.array(train), np.array([np.mean(model(X_val) != y_val) for model in models])


@mistake("learning_curve", "It trains on all of X for every size, so both curves are flat.")
def always_all(fit, X, y, X_val, y_val, sizes):
    predict = fit(X, y)
    train = [np.mean(predict(X[:n]) != y[:n]) for n in sizes]
    return np.array(train), np.array([np.mean(predict(X_val) != y_val) for _ in sizes])


@mistake("learning_curve", "These are shares of right answers. Errors are asked for: the share "
         "that is wrong.")  # fmt: skip
def shares_right(fit, X, y, X_val, y_val, sizes):
    models = [(fit(X[:n], y[:n]), n) for n in sizes]
    train = [np.mean(model(X[:n]) == y[:n]) for model, n in models]
    return np.array(train), np.array([np.mean(model(X_val) == y_val) for model, _ in models])


@mistake("learning_curve", "The validation error is cut to the size as well. The exam stays the "
         "same for every size: all of X_val.")  # fmt: skip
def cut_exam(fit, X, y, X_val, y_val, sizes):
    models = [(fit(X[:n], y[:n]), n) for n in sizes]
    train = [np.mean(model(X[:n]) != y[:n]) for model, n in models]
    val = [np.mean(model(X_val[:n]) != y_val[:n]) for model, n in models]
    return np.array(train), np.array(val)


@mistake("next_move", "The two are swapped. A high training error says that the model cannot even "
         "fit what it has seen; a wide gap says that it has seen too little.")  # fmt: skip
def moves_swapped(train_error, val_error, wanted):
    if val_error <= wanted:
        return "done"
    return "more data" if train_error > wanted else "bigger model"


@mistake("next_move", "It is done when the *training* error is low. The one that counts is on "
         "examples that were not trained on.")  # fmt: skip
def done_by_train(train_error, val_error, wanted):
    if train_error <= wanted:
        return "done"
    return "bigger model" if val_error > wanted else "more data"


@mistake("next_move", "More data is asked for whenever val is too high. If the training error is "
         "too high as well, more data cannot help: ask for a bigger model.")  # fmt: skip
def always_more(train_error, val_error, wanted):
    return "done" if val_error <= wanted else "more data"


# --- the hunt: left as they were, or mended in the wrong place ----------------------------------


def _piled_up(c, f, lr, steps):
    weights, grad, losses = np.zeros(2), np.zeros(2), []
    for _ in range(steps):
        error = weights[0] * c + weights[1] - f
        losses.append(np.mean(error**2))
        grad += 2 * np.array([np.mean(error * c), np.mean(error)])
        weights -= lr * grad
    return weights, np.array(losses)


def _squashed(X, y, K, lr, steps):
    W, losses = np.zeros((K, X.shape[1])), []
    for _ in range(steps):
        scores = softmax(X @ W.T)
        losses.append(cross_entropy(scores, y))
        W -= lr * ce_slope(scores, y).T @ X
    return W, np.array(losses)


def _left_out(params, X, rng):
    W1, W2 = params
    h = np.maximum(X @ W1.T, 0)
    h = dropout(h, 0.5, True, rng)
    return (h @ W2.T).argmax(axis=1)


@mistake("hunt_line",
         "The slopes of all earlier steps are still in grad, so each step follows an"
         " old direction. Begin every step with a fresh one: =, not +=.")  # fmt: skip
def line_broken(c, f, lr=0.1, steps=60):
    return _piled_up(c, f, lr, steps)


@mistake("hunt_axis",
         "The sum runs down the batch, axis 0. The classes of one example compete "
         "with each other: axis=1, so that each row adds up to 1.")  # fmt: skip
def axis_broken(X, y, K, lr=0.5, steps=60):
    W, true = np.zeros((K, X.shape[1])), np.eye(K)[y]
    for _ in range(steps):
        e = np.exp(X @ W.T)
        P = e / e.sum(axis=0, keepdims=True)
        W -= lr * (P - true).T @ X / len(X)
    return W, P


@mistake("hunt_twice",
         "The scores go through softmax here and once more inside cross_entropy. "
         "Probabilities lie between 0 and 1, and as scores they cannot say much: "
         "hand on X @ W.T.")  # fmt: skip
def twice_broken(X, y, K, lr=0.5, steps=60):
    return _squashed(X, y, K, lr, steps)


@mistake("hunt_mode",
         "Dropout is still in training mode. In use nothing is left out: "
         "training=False.")  # fmt: skip
def mode_broken(params, X, rng):
    return _left_out(params, X, rng)


@mistake("hunt_target",
         "The target is the symbol itself. What comes next begins one place later: "
         "ids[1:].")  # fmt: skip
def target_broken(ids, K, lr=5.0, steps=60):
    table = np.zeros((K, K))
    now, after = ids[:-1], ids[:-1]
    for _ in range(steps):
        g = np.zeros((K, K))
        np.add.at(g, now, ce_slope(table[now], after))
        table -= lr * g
    return table, cross_entropy(table[now], after)


@mistake("hunt_shuffle",
         "X and y are shuffled by two different draws, so each picture carries "
         "another one's label. One order for both: y[order].")  # fmt: skip
def shuffle_broken(X, y, K, rng, lr=0.2, rounds=10):
    W = np.zeros((K, X.shape[1]))
    for _ in range(rounds):
        order = rng.permutation(len(X))
        X, y = X[order], y[rng.permutation(len(y))]
        for first in range(0, len(X), 10):
            rows = slice(first, first + 10)
            W -= lr * ce_slope(X[rows] @ W.T, y[rows]).T @ X[rows]
    return W


@mistake("hunt_line", "A smaller step hides it: old slopes are still added up, and the line comes "
         "out wrong. Mend the line with `grad`.")  # fmt: skip
def smaller_step(c, f, lr=0.1, steps=60):
    return _piled_up(c, f, lr / 10, steps)


@mistake("hunt_axis", "Without an axis the sum runs over everything, so all probabilities of the "
         "batch add up to 1. Each row has to.")  # fmt: skip
def no_axis(X, y, K, lr=0.5, steps=60):
    W, true = np.zeros((K, X.shape[1])), np.eye(K)[y]
    for _ in range(steps):
        e = np.exp(X @ W.T)
        P = e / e.sum()
        W -= lr * (P - true).T @ X / len(X)
    return W, P


@mistake("hunt_twice", "A larger step makes up for slopes that are too flat, and the floor of 0.55 "
         "stays. Hand on the scores themselves.")  # fmt: skip
def larger_step(X, y, K, lr=0.5, steps=60):
    return _squashed(X, y, K, 10 * lr, steps)


@mistake("hunt_mode", "A fixed seed makes the answers repeat, and half of the network is still "
         "left out. In use nothing is: training=False.")  # fmt: skip
def fixed_seed(params, X, rng):
    return _left_out(params, X, np.random.default_rng(0))


@mistake("hunt_target", "np.roll pairs the last symbol with the first one, which never follows it. "
         "Leave the last one without a target: ids[:-1] and ids[1:].")  # fmt: skip
def rolled(ids, K, lr=5.0, steps=60):
    table, now, after = np.zeros((K, K)), ids, np.roll(ids, -1)
    for _ in range(steps):
        g = np.zeros((K, K))
        np.add.at(g, now, ce_slope(table[now], after))
        table -= lr * g
    return table, cross_entropy(table[now], after)


@mistake("hunt_target", "The pairs go backwards: this learns which symbol came before. Now is "
         "ids[:-1], after is ids[1:].")  # fmt: skip
def backwards(ids, K, lr=5.0, steps=60):
    table, now, after = np.zeros((K, K)), ids[1:], ids[:-1]
    for _ in range(steps):
        g = np.zeros((K, K))
        np.add.at(g, now, ce_slope(table[now], after))
        table -= lr * g
    return table, cross_entropy(table[now], after)
