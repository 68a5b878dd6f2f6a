"""Debugging a network, and choosing its data: tools for both, and six broken networks.

Tasks 1 to 7 are tools: they find out whether gradients, training or data are at fault. Tasks 8 to
13 are the bug hunt: six functions that run without an error and are wrong. In each of them delete
the line with `raise`, and then change exactly one other line.

A weight matrix has one row per output. Write plain NumPy; `undergrad check debug-data` runs it.

Letters: N examples, D inputs, H hidden units, K classes.
"""

import numpy as np

# --- given --------------------------------------------------------------------------------------


def softmax(z):
    """Logits to probabilities, row by row.

    z: (N, K).
    Returns: p (N, K)
    """
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(logits, y):
    """The mean loss of logits (N, K), before softmax, for labels y (N,).

    Returns: loss, float
    """
    return float(-np.log(softmax(logits)[np.arange(len(y)), y]).mean())


def ce_gradient(logits, y):
    """The gradient of `cross_entropy` with respect to the logits: predicted minus true, over N.

    Returns: g (N, K)
    """
    g = softmax(logits)
    g[np.arange(len(y)), y] -= 1
    return g / len(y)


def dropout(x, p, training, rng):
    """Numbers of x set to 0 with probability p, the others over 1 - p; x itself at inference.

    Returns: out (like x)
    """
    return x * (rng.random(x.shape) >= p) / (1 - p) if training else x


# --- tools --------------------------------------------------------------------------------------


def gradcheck(loss, params, grads, h=1e-5):
    """Compare computed gradients with numeric ones, by central differences.

    Each numeric derivative is (loss above - loss below) / (2 * h). Afterwards `params` holds what
    it held before.
    loss: a function of the list `params` that returns a float.   params: a list of float arrays.
    grads: the computed gradients, a list of arrays of the same shapes.
    Returns: errors, list; one relative error per array, from 0 to 1, made of lengths (square roots
    of sums of squares); 0.0 when both gradients are 0
    """
    # TODO 1: how do you measure one derivative, and what must `params` hold afterwards?
    errors = []
    for weights, given in zip(params, grads, strict=True):
        numeric = np.zeros_like(weights)
        for index in np.ndindex(weights.shape):
            old = weights[index]
            weights[index] = old + h
            above = loss(params)
            weights[index] = old - h
            below = loss(params)
            weights[index] = old
            numeric[index] = (above - below) / (2 * h)
        difference = np.linalg.norm(given - numeric)
        size = np.linalg.norm(given) + np.linalg.norm(numeric)
        errors.append(float(difference / size) if size else 0.0)
    return errors


def overfit_one_batch(step, loss, steps=200, below=0.01):
    """Can this network memorise one small batch?

    step: a function without arguments that takes one training step, always on the same batch.
    loss: a function without arguments that returns the loss on that batch.
    Returns: answer, bool: True as soon as the loss is lower than `below`, before or after any of
    the steps; False after `steps` steps, or as soon as the loss is nan or infinite. No step is
    taken once the answer is known
    """
    # TODO 2: when is the answer known, and when is another step needed?
    for _ in range(steps):
        now = loss()
        if now < below or not np.isfinite(now):
            break
        step()
    return bool(loss() < below)


def diagnose(history):
    """What two loss curves show. history: {"train": losses, "val": losses, "classes": K}.

    The first of these that holds, where first and last are the ends of the training losses:
    "not finite"    a training loss is nan or infinite
    "step too large" the last is higher than the first
    "bad start"     the first is higher than twice log K, the loss of random guessing
    "not learning"  the last is above 0.95 times the first
    "leak"          the last validation loss is below half the last training loss
    "overfits"      the last validation loss is above 1.2 times the lowest validation loss
    "unfinished"    the last is below 0.9 times the one at three quarters, index 3 * n // 4
    "fine"          otherwise
    Returns: verdict, str
    """
    # TODO 3: which of the eight cases is the first that holds?
    train, val = np.array(history["train"]), np.array(history["val"])
    first, last = train[0], train[-1]
    if not np.isfinite(train).all():
        return "not finite"
    if last > first:
        return "step too large"
    if first > 2 * np.log(history["classes"]):
        return "bad start"
    if last > 0.95 * first:
        return "not learning"
    if val[-1] < 0.5 * last:
        return "leak"
    if val[-1] > 1.2 * val.min():
        return "overfits"
    return "unfinished" if last < 0.9 * train[3 * len(train) // 4] else "fine"


def find_duplicates(X):
    """Which rows of X (N, D) equal an earlier row.

    Returns: rows (M,), ints; ascending
    """
    # TODO 4: which rows are the first of their kind?
    _, first = np.unique(X, axis=0, return_index=True)
    return np.setdiff1d(np.arange(len(X)), first)


def find_leaks(X_train, X_test):
    """The rows of X_test (M, D) that also occur somewhere in X_train (N, D).

    Returns: rows (k,), ints; ascending
    """
    # TODO 4: which rows of X_test are of a kind that X_train contains?
    both = np.concatenate([np.unique(X_train, axis=0), X_test])
    _, kind = np.unique(both, axis=0, return_inverse=True)
    n = len(both) - len(X_test)
    return np.flatnonzero(np.isin(kind.ravel()[n:], kind.ravel()[:n]))


def suspect_labels(probs, y, k):
    """The k labels that are most likely wrong: those with the lowest predicted probability.

    probs: (N, K), from a network that has *not* seen these examples.   y: labels (N,).
    Returns: rows (k,), ints; the lowest probability first
    """
    # TODO 5: which probability matters in each row, and in which order do the rows come?
    own = probs[np.arange(len(y)), y]
    return np.argsort(own, kind="stable")[:k]


def class_weights(y, classes):
    """A weight for each class that makes rare classes count as much as common ones.

    y: labels (N,).
    Returns: weights (classes,), floats: the same total for each class that occurs, and 1 for each
    where all classes are equally frequent; 0 for a class without examples
    """
    # TODO 6: how many examples does each class have, and what if there are none?
    counts = np.bincount(y, minlength=classes)
    return np.where(counts > 0, len(y) / (classes * np.maximum(counts, 1)), 0.0)


def group_split(groups, frac, rng):
    """Which rows go into the test set, so that no group is on both sides.

    Whole groups, in random order, join the test set until it holds at least frac of the rows.
    groups: where each row comes from, (N,), such as the writer of a digit.   frac: the fraction of
    the rows for the test set.
    Returns: test (N,), bool
    """
    # TODO 6: what is shuffled, and when is the test set large enough?
    test = np.zeros(len(groups), dtype=bool)
    for group in rng.permutation(np.unique(groups)):
        if test.mean() >= frac:
            break
        test |= groups == group
    return test


def learning_curve(fit, X, y, X_val, y_val, sizes):
    """How the errors change with the number of training examples.

    fit: a function (X, y) that trains and returns a function from X to predicted labels.
    sizes: how many of the first rows of X to train on, such as (50, 100, 200).
    Returns: train (len(sizes),), val (len(sizes),): the fraction of wrong answers on the rows that
    were trained on, and on X_val
    """
    # TODO 7: which rows are used for training, and on which are the two errors measured?
    train, val = [], []
    for n in sizes:
        predict = fit(X[:n], y[:n])
        train.append(np.mean(predict(X[:n]) != y[:n]))
        val.append(np.mean(predict(X_val) != y_val))
    return np.array(train), np.array(val)


def next_move(train_error, val_error, wanted):
    """What to do next, given the last two errors and the error you want to reach.

    "done" when the validation error is at most `wanted`; otherwise "bigger model" when even the
    training error is above `wanted`; otherwise "more data".
    Returns: move, str
    """
    # TODO 7: is it the gap that is too large, or the training error itself?
    if val_error <= wanted:
        return "done"
    return "bigger model" if train_error > wanted else "more data"


# --- the bug hunt: one wrong line in each ------------------------------------------------------


def hunt_line(c, f, lr=0.1, steps=60):
    """Fahrenheit from Celsius (in tens of degrees), by gradient descent.

    Symptom: the loss falls and rises, falls and rises, and never settles.
    c, f: (N,).
    Returns: weights (2,), losses (steps,); weight and bias, and the losses before each step
    """
    # TODO 8: delete this line and repair one other
    weights, grad, losses = np.zeros(2), np.zeros(2), []
    for _ in range(steps):
        error = weights[0] * c + weights[1] - f
        losses.append(np.mean(error**2))
        gradient = np.array([np.mean(error * c), np.mean(error)])
        grad = 2 * gradient  # was: grad += 2 * gradient
        weights -= lr * grad
    return weights, np.array(losses)


def hunt_axis(X, y, K, lr=0.5, steps=60):
    """A layer and a softmax, written out.

    Symptom: most answers are right, yet the probabilities of an example do not sum to 1.
    X: (N, D).   y: (N,).   K: classes.
    Returns: W (K, D), P (N, K); the probabilities
    """
    # TODO 9: delete this line and repair one other
    W, one_hot = np.zeros((K, X.shape[1])), np.eye(K)[y]
    for _ in range(steps):
        e = np.exp(X @ W.T)
        P = e / e.sum(axis=1, keepdims=True)  # was: P = e / e.sum(axis=0, keepdims=True)
        W -= lr * (P - one_hot).T @ X / len(X)
    return W, P


def hunt_twice(X, y, K, lr=0.5, steps=60):
    """The same layer with the given `cross_entropy` and `ce_gradient`.

    Symptom: with three classes the loss never falls below 0.55, however easy the examples are.
    X: (N, D).   y: (N,).   K: classes.
    Returns: W (K, D), losses (steps,); before each step
    """
    # TODO 10: delete this line and repair one other
    W, losses = np.zeros((K, X.shape[1])), []
    for _ in range(steps):
        logits = X @ W.T  # was: logits = softmax(X @ W.T)
        losses.append(cross_entropy(logits, y))
        W -= lr * ce_gradient(logits, y).T @ X
    return W, np.array(losses)


def hunt_mode(params, X, rng):
    """The answers of a trained network at inference: one class for each row of X (N, D).

    Symptom: two calls with the same rows give different answers.
    params: W1 (H, D), W2 (K, H).
    Returns: labels (N,)
    """
    # TODO 11: delete this line and repair one other
    W1, W2 = params
    h = np.maximum(X @ W1.T, 0)
    h = dropout(h, 0.5, False, rng)  # was: h = dropout(h, 0.5, True, rng)
    return (h @ W2.T).argmax(axis=1)


def hunt_target(ids, K, lr=5.0, steps=60):
    """Which symbol comes next? A table of logits, one row per symbol.

    Symptom: the loss falls to almost 0 on any text, and the "next" symbol is the same one again.
    ids: the text as numbers (N,).   K: symbols.
    Returns: table (K, K), loss, float
    """
    # TODO 12: delete this line and repair one other
    table = np.zeros((K, K))
    now, after = ids[:-1], ids[1:]  # was: now, after = ids[:-1], ids[:-1]
    for _ in range(steps):
        g = np.zeros((K, K))
        np.add.at(g, now, ce_gradient(table[now], after))
        table -= lr * g
    return table, cross_entropy(table[now], after)


def hunt_shuffle(X, y, K, rng, lr=0.2, rounds=10):
    """Minibatches, in a new order in each epoch.

    Symptom: the loss stays near log K, and the network guesses.
    X: (N, D).   y: (N,).
    Returns: W (K, D)
    """
    # TODO 13: delete this line and repair one other
    W = np.zeros((K, X.shape[1]))
    for _ in range(rounds):
        order = rng.permutation(len(X))
        X, y = X[order], y[order]  # was: X, y = X[order], y[rng.permutation(len(y))]
        for first in range(0, len(X), 10):
            rows = slice(first, first + 10)
            W -= lr * ce_gradient(X[rows] @ W.T, y[rows]).T @ X[rows]
    return W
