"""Debugging a network, and choosing its data: tools for both, and six broken networks.

Tasks 1 to 7 are tools: they find out whether slopes, training or data are at fault. Tasks 8 to 13
are the bug hunt: six functions that run without an error and are wrong. In each of them delete
the line with `raise`, and then change exactly one other line.

Letters: N examples, D inputs, H hidden numbers, K classes; weights have a row for each output.
Write plain NumPy; `undergrad check debug-data` runs it.
"""

import numpy as np

# --- given --------------------------------------------------------------------------------------


def softmax(z):
    """Scores (N, K) to probabilities (N, K), row by row."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(scores, y):
    """The mean loss of scores (N, K), before softmax, for labels y (N,). A float."""
    return float(-np.log(softmax(scores)[np.arange(len(y)), y]).mean())


def ce_slope(scores, y):
    """The slope of `cross_entropy` for the scores: predicted minus true, over N. (N, K)."""
    g = softmax(scores)
    g[np.arange(len(y)), y] -= 1
    return g / len(y)


def dropout(x, p, training, rng):
    """Numbers of x set to 0 with probability p, the others over 1 - p; x itself in use."""
    return x * (rng.random(x.shape) >= p) / (1 - p) if training else x


# --- tools --------------------------------------------------------------------------------------


def gradcheck(loss, params, grads, h=1e-5):
    """Compare slopes that somebody computed with slopes measured by nudging every weight.

    loss: function of the list `params` that gives a float.   params: a list of float arrays.
    grads: the computed slopes, a list of arrays of the same shapes.   h: the nudge.
    Each slope is measured as (loss above - loss below) / (2 * h).
    Returns a list with one relative error for each array, |given - measured| over |given| +
    |measured|, where |...| is the length (the root of the sum of squares); 0.0 when both are 0.
    Afterwards `params` holds what it held before.
    """
    raise NotImplementedError("TODO 1: nudge each entry up and down, and put it back")


def overfit_one_batch(step, loss, steps=200, below=0.01):
    """Can this network learn one small batch by heart?

    step: function without arguments that takes one training step, always on the same batch.
    loss: function without arguments that gives the loss on that batch.
    Returns True as soon as the loss is lower than `below`, before or after any of the steps, and
    False after `steps` steps, or as soon as the loss is nan or infinite. No step is taken after
    the answer is known.
    """
    raise NotImplementedError(
        "TODO 2: look at the loss, answer if it is known, otherwise take a step"
    )


def diagnose(history):
    """What two loss curves say. history: {"train": losses, "val": losses, "classes": K}.

    The first of these that holds, with first and last meaning the ends of the training losses:
    "not finite"    a training loss is nan or infinite
    "step too large" the last is higher than the first
    "bad start"     the first is higher than twice log K, the loss of knowing nothing
    "not learning"  the last is above 0.95 times the first
    "leak"          the last val loss is below half the last training loss
    "overfits"      the last val loss is above 1.2 times the lowest val loss
    "unfinished"    the last is below 0.9 times the one at three quarters, index 3 * n // 4
    "fine"          otherwise
    """
    raise NotImplementedError("TODO 3: eight questions, in this order")


def find_duplicates(X):
    """Which rows of X (N, D) are equal to an earlier row: their numbers, rising, ints (M,)."""
    raise NotImplementedError(
        "TODO 4: np.unique(X, axis=0, return_index=True) names the first of each kind"
    )


def find_leaks(X_train, X_test):
    """The rows of X_test (M, D) that also occur somewhere in X_train (N, D): rising ints."""
    raise NotImplementedError("TODO 4: duplicates again, with the training rows in front")


def suspect_labels(probs, y, k):
    """The k labels that are most likely wrong.

    probs: what a network that has *not* seen these examples says, (N, K).   y: labels (N,).
    Returns k row numbers: those whose own label got the lowest probability, the lowest first.
    """
    raise NotImplementedError("TODO 5: the probability of each row's own label, sorted")


def class_weights(y, classes):
    """A weight for each class that makes rare classes count as much as common ones.

    y: labels (N,).   Returns (classes,) floats: N / (classes * count); 0 for a class without
    examples.
    """
    raise NotImplementedError("TODO 6: np.bincount(y, minlength=classes)")


def group_split(groups, frac, rng):
    """Which rows are for the test, so that no group is on both sides.

    groups: who each row comes from, (N,), such as the writer of a digit.   frac: the share of the
    rows that should be for the test.
    Whole groups, in random order, join the test until it holds at least frac of the rows.
    Returns a boolean array (N,), True for test.
    """
    raise NotImplementedError("TODO 6: shuffle the groups, not the rows")


def learning_curve(fit, X, y, X_val, y_val, sizes):
    """How the errors change with the number of training examples.

    fit: function (X, y) that trains and returns a function from X to predicted labels.
    sizes: how many of the first rows of X to train on, such as (50, 100, 200).
    Returns (train, val), two arrays (len(sizes),): the share of wrong answers on the rows that
    were trained on, and on X_val.
    """
    raise NotImplementedError("TODO 7: train on the first n rows, measure on these and on X_val")


def next_move(train_error, val_error, wanted):
    """What to do next, from the last two errors and the one you want to reach.

    "done" when the val error is at most `wanted`; otherwise "bigger model" when even the train
    error is above `wanted`; otherwise "more data".
    """
    raise NotImplementedError(
        "TODO 7: is it the gap that is too large, or the training error itself?"
    )


# --- the bug hunt: one wrong line in each ------------------------------------------------------


def hunt_line(c, f, lr=0.1, steps=60):
    """Fahrenheit from Celsius (in tens of degrees), once more.

    Symptom: the loss falls and rises, falls and rises, and never settles.
    c, f: (N,).   Returns (weights, losses): slope and offset (2,), and the loss before each step.
    """
    raise NotImplementedError("TODO 8: delete this line and mend one other")
    weights, grad, losses = np.zeros(2), np.zeros(2), []
    for _ in range(steps):
        error = weights[0] * c + weights[1] - f
        losses.append(np.mean(error**2))
        grad += 2 * np.array([np.mean(error * c), np.mean(error)])
        weights -= lr * grad
    return weights, np.array(losses)


def hunt_axis(X, y, K, lr=0.5, steps=60):
    """A layer and a softmax, written out.

    Symptom: most answers are right, yet the probabilities of an example do not add up to 1.
    X: (N, D).   y: (N,).   K: classes.   Returns (W, P): weights (K, D), probabilities (N, K).
    """
    raise NotImplementedError("TODO 9: delete this line and mend one other")
    W, true = np.zeros((K, X.shape[1])), np.eye(K)[y]
    for _ in range(steps):
        e = np.exp(X @ W.T)
        P = e / e.sum(axis=0, keepdims=True)
        W -= lr * (P - true).T @ X / len(X)
    return W, P


def hunt_twice(X, y, K, lr=0.5, steps=60):
    """The same layer with the given `cross_entropy` and `ce_slope`.

    Symptom: with three classes the loss never comes below 0.55, however easy the examples are.
    Returns (W, losses): weights (K, D), and the loss before each step (steps,).
    """
    raise NotImplementedError("TODO 10: delete this line and mend one other")
    W, losses = np.zeros((K, X.shape[1])), []
    for _ in range(steps):
        scores = softmax(X @ W.T)
        losses.append(cross_entropy(scores, y))
        W -= lr * ce_slope(scores, y).T @ X
    return W, np.array(losses)


def hunt_mode(params, X, rng):
    """The answers of a trained network in use: one class for each row of X (N, D).

    Symptom: ask twice, and some answers differ.
    params: W1 (H, D), W2 (K, H).   Returns labels (N,).
    """
    raise NotImplementedError("TODO 11: delete this line and mend one other")
    W1, W2 = params
    h = np.maximum(X @ W1.T, 0)
    h = dropout(h, 0.5, True, rng)
    return (h @ W2.T).argmax(axis=1)


def hunt_target(ids, K, lr=5.0, steps=60):
    """Which symbol comes next? A table of scores, one row for each symbol.

    Symptom: the loss falls to almost 0 on any text, and the "next" symbol is the same again.
    ids: the text as numbers (N,).   K: symbols.   Returns (table, loss): (K, K) and a float.
    """
    raise NotImplementedError("TODO 12: delete this line and mend one other")
    table = np.zeros((K, K))
    now, after = ids[:-1], ids[:-1]
    for _ in range(steps):
        g = np.zeros((K, K))
        np.add.at(g, now, ce_slope(table[now], after))
        table -= lr * g
    return table, cross_entropy(table[now], after)


def hunt_shuffle(X, y, K, rng, lr=0.2, rounds=10):
    """Small batches, in a new order in each round.

    Symptom: the loss stays near log K, and the network guesses.
    X: (N, D).   y: (N,).   Returns W (K, D).
    """
    raise NotImplementedError("TODO 13: delete this line and mend one other")
    W = np.zeros((K, X.shape[1]))
    for _ in range(rounds):
        order = rng.permutation(len(X))
        X, y = X[order], y[rng.permutation(len(y))]
        for first in range(0, len(X), 10):
            rows = slice(first, first + 10)
            W -= lr * ce_slope(X[rows] @ W.T, y[rows]).T @ X[rows]
    return W
