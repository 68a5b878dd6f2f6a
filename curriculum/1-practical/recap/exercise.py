"""The workflow, rebuilt from memory: one training loop for pictures, text and films.

The models, losses and the update are given, since you have written each of them once. The loop
that joins them is yours, and so are the report, the questions and the goal. Try every function
from memory first. Write plain NumPy; `undergrad check recap` runs it.
"""

from datetime import date

import numpy as np

# --- given: models, losses and an update, to be combined freely ----------------------------------
# A model has forward(x), backward(slope), params and grads. backward adds to grads.


class Linear:
    """x (B, D) -> x @ W.T + b, (B, M): the line of `first-ten`, and a plain reader of digits."""

    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]

    def forward(self, x):
        self.x = x
        return x @ self.params[0].T + self.params[1]

    def backward(self, slope):
        self.grads[0] += slope.T @ self.x
        self.grads[1] += slope.sum(axis=0)


class Table:
    """ids (B,) -> their rows of scores, (B, V): the letter pairs of `text`."""

    def __init__(self, scores):
        self.params, self.grads = [scores], [np.zeros_like(scores)]

    def forward(self, ids):
        self.ids = ids
        return self.params[0][ids]

    def backward(self, slope):
        np.add.at(self.grads[0], self.ids, slope)


class Factors:
    """pairs (B, 2) of user and film -> dot products of their rows, (B,): films of `recommend`."""

    def __init__(self, P, Q):
        self.params = [P, Q]
        self.grads = [np.zeros_like(P), np.zeros_like(Q)]

    def forward(self, pairs):
        self.u, self.i = pairs.T
        return (self.params[0][self.u] * self.params[1][self.i]).sum(axis=1)

    def backward(self, slope):
        P, Q = self.params
        np.add.at(self.grads[0], self.u, slope[:, None] * Q[self.i])
        np.add.at(self.grads[1], self.i, slope[:, None] * P[self.u])


def squared_error(pred, target):
    """pred and target of one shape. Returns the mean squared error and its slope for pred."""
    error = pred - target
    return float(np.mean(error**2)), 2 * error / error.size


def cross_entropy(scores, labels):
    """scores (B, K), labels (B,). Returns the mean of -log(softmax) and its slope."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    value = float(-np.log(p[rows, labels]).mean())
    p[rows, labels] -= 1
    return value, p / len(labels)


class SGD:
    """The update of `first-ten` for any model: every number moves against its slope."""

    def __init__(self, model, lr):
        self.model, self.lr = model, lr

    def zero(self):
        for grad in self.model.grads:
            grad[...] = 0

    def step(self):
        for param, grad in zip(self.model.params, self.model.grads, strict=True):
            param -= self.lr * grad


# --- yours ---------------------------------------------------------------------------------------


def batches(n, size, rng):
    """Cut the rows 0..n-1, in a random order, into batches.

    rng: a numpy.random.Generator; it alone decides the order.
    Returns a list of arrays of row numbers. All have length `size`, except that the last one is
    shorter when n is no multiple of it. Every row is in exactly one batch.
    """
    raise NotImplementedError("TODO 1: a random order of the rows, cut every `size` places")


def train(model, data, loss, opt, epochs, rng, size=32):
    """Train any model on any data: the one loop of this stage.

    model: has forward(x), and backward(slope), which adds to the slopes that are there.
    data: a pair (training, held_out), each of them a pair of arrays (x, y) with as many rows.
    loss: loss(pred, y) returns (value, slope for pred).   opt: has zero() and step().
    An epoch is one pass through new batches of all training rows, with a step for each batch.
    After each epoch the loss of the held-out part is measured, in one forward, without a step.
    Returns the history, a list with one dict for each epoch: {"epoch": 1, 2, ..., "train": the
    mean loss of all training rows as they came by, "held_out": the held-out loss}.
    """
    raise NotImplementedError("TODO 2: forward, loss, zero, backward, step, for every batch")


def history_to_md(history, baseline):
    """A small report in Markdown.

    history: as `train` returns it.   baseline: the held-out loss of a simple guess.
    Returns this text, with all losses to three decimals, and a line break at its very end:

    | epoch | train | held out |
    |---|---|---|
    | 1 | 2.051 | 1.900 |
    | 2 | 1.544 | 1.633 |

    Best: epoch 2 with 1.633 held out, below the baseline of 2.303.

    The best epoch has the lowest held-out loss, the first of them if several have. When its loss
    is as large as the baseline or larger, the last line says "not below".
    """
    raise NotImplementedError("TODO 3: a row for each epoch, then the best one and the baseline")


def fahrenheit(c, f, rng):
    """The first script of this course again, from memory: find the line behind the readings.

    c: Celsius, f: Fahrenheit, both (N,), between -20 and 40 degrees Celsius.
    Use `train`, with Linear, squared_error and SGD; the readings may be held out from nobody, so
    give them as both parts of the data.
    Returns (w, b), two floats with f = w * c + b, for c in plain degrees, within 0.05 of the truth.
    """
    raise NotImplementedError("TODO 4: data, model, loss, update; train; read w and b off")


def my_questions():
    """What you want to know: your questions about what happened inside, in your own words.

    Returns a list of at least ten different texts of three words or more, each ending in "?".
    """
    raise NotImplementedError("TODO 5: ten questions of your own, for stage 3 to answer")


def goal_to_md(why, what, by_when, today):
    """The text of goal.md: why you learn this, what you will be able to show, and by when.

    why, what: texts; spaces round them are taken off.
    by_when, today: dates as texts, such as "2027-03-01".
    Returns this text, with a line break at its very end:

    # My goal

    **Why:** I want to understand what my photo app does.

    **What:** A notebook that sorts my own pictures.

    **By when:** 2027-03-01, 100 days from 2026-11-21

    Raises ValueError when why or what is empty, or when by_when does not lie after today.
    """
    raise NotImplementedError("TODO 6: refuse what is empty or past, count the days, fill it in")
