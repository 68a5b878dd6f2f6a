"""The workflow, rebuilt from memory: one training loop for images, text and films.

The models, losses and the optimiser are given, since you have written each of them once. The loop
that joins them is yours, and so are the report, the questions and the goal. Try every function
from memory first. Use only NumPy; `undergrad check recap` runs it.

Letters: N rows of data, B rows of a batch, D inputs, M outputs, K classes, V characters.
"""

from datetime import date

import numpy as np

# --- given: models, losses and an optimiser, to be combined freely --------------------------------
# A model has forward(x), backward(g), params and grads. g is the gradient of the loss with respect
# to what forward returned; backward adds the gradients with respect to params to grads.


class Linear:
    """x (B, D) -> x @ W.T + b, (B, M): the line of `first-ten`, and a classifier of digits."""

    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]

    def forward(self, x):
        self.x = x
        return x @ self.params[0].T + self.params[1]

    def backward(self, g):
        self.grads[0] += g.T @ self.x
        self.grads[1] += g.sum(axis=0)


class Table:
    """ids (B,) -> their rows of logits, (B, V): the character pairs of `text`."""

    def __init__(self, logits):
        self.params, self.grads = [logits], [np.zeros_like(logits)]

    def forward(self, ids):
        self.ids = ids
        return self.params[0][ids]

    def backward(self, g):
        np.add.at(self.grads[0], self.ids, g)


class Factors:
    """pairs (B, 2) of user and film -> dot products of their rows, (B,): films of `recommend`."""

    def __init__(self, P, Q):
        self.params = [P, Q]
        self.grads = [np.zeros_like(P), np.zeros_like(Q)]

    def forward(self, pairs):
        self.u, self.i = pairs.T
        return (self.params[0][self.u] * self.params[1][self.i]).sum(axis=1)

    def backward(self, g):
        P, Q = self.params
        np.add.at(self.grads[0], self.u, g[:, None] * Q[self.i])
        np.add.at(self.grads[1], self.i, g[:, None] * P[self.u])


def squared_error(pred, target):
    """The mean squared error, and its gradient with respect to pred.

    pred, target: arrays of the same shape.
    Returns: value, float, g (like pred)
    """
    error = pred - target
    return float(np.mean(error**2)), 2 * error / error.size


def cross_entropy(logits, labels):
    """The mean of -log(softmax) at the labels, and its gradient with respect to the logits.

    logits: (B, K).   labels: (B,), whole numbers from 0.
    Returns: value, float, g (B, K)
    """
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    value = float(-np.log(p[rows, labels]).mean())
    p[rows, labels] -= 1
    return value, p / len(labels)


class SGD:
    """The update of `first-ten` for any model: each parameter moves against its gradient."""

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
    """Split the rows 0..n-1, in a random order, into batches.

    rng: a numpy.random.Generator; it alone decides the order.
    The result is a list of arrays of row numbers. All have length `size`, except that the last one
    is shorter when n is not a multiple of it. Every row is in exactly one batch.
    Returns: batches, list
    """
    # TODO 1: a random order of the rows, split after every `size` of them
    order = rng.permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]


def train(model, data, loss, opt, epochs, rng, size=32):
    """Train any model on any data: the one loop of this stage.

    model: has forward(x), and backward(g), which adds to the gradients that are there.
    data: a pair (training, held_out), each of them a pair of arrays (x, y) with equally many rows.
    loss: loss(pred, y) gives (value, gradient with respect to pred).
    opt: has zero(), which sets all gradients to 0, and step().
    An epoch is one pass through new batches of all training rows, with a step for each batch.
    After each epoch the loss on the held-out data is measured, with one forward and no step.
    The history is a list with one dict for each epoch: {"epoch": 1, 2, ..., "train": the mean loss
    over all training rows during the epoch, "held_out": the held-out loss}.
    Returns: history, list
    """
    # TODO 2: what happens for every batch, and what after every epoch?
    (x, y), (held_x, held_y) = data
    history = []
    for epoch in range(1, epochs + 1):
        total = 0.0
        for rows in batches(len(x), size, rng):
            value, g = loss(model.forward(x[rows]), y[rows])
            opt.zero()
            model.backward(g)
            opt.step()
            total += value * len(rows)  # the last batch may be shorter and then counts for less
        held_out, _ = loss(model.forward(held_x), held_y)
        history.append({"epoch": epoch, "train": total / len(x), "held_out": held_out})
    return history


def history_to_md(history, baseline):
    """A small report in Markdown.

    history: as `train` returns it.   baseline: the held-out loss of a simple guess.
    The report is this text, with all losses to three decimals, and a newline at its very end:

    | epoch | train | held out |
    |---|---|---|
    | 1 | 2.051 | 1.900 |
    | 2 | 1.544 | 1.633 |

    Best: epoch 2 with 1.633 held out, below the baseline of 2.303.

    The best epoch has the lowest held-out loss; if there are several, it is the first of them. When
    its loss is equal to the baseline or larger, the last line says "not below".
    Returns: report, str
    """
    # TODO 3: a row for each epoch, then the best one and the baseline
    rows = [f"| {h['epoch']} | {h['train']:.3f} | {h['held_out']:.3f} |" for h in history]
    best = min(history, key=lambda h: h["held_out"])
    below = "below" if best["held_out"] < baseline else "not below"
    return "\n".join(
        [
            "| epoch | train | held out |",
            "|---|---|---|",
            *rows,
            "",
            f"Best: epoch {best['epoch']} with {best['held_out']:.3f} held out, "
            f"{below} the baseline of {baseline:.3f}.",
            "",
        ]
    )


def fahrenheit(c, f, rng):
    """The first script of this course again, from memory: find the line behind the readings.

    c: Celsius, f: Fahrenheit, both (N,), between -20 and 40 degrees Celsius.
    Use `train`, with Linear, squared_error and SGD. No validation set is needed, so pass the
    readings as both parts of the data. In f = w * c + b, with c in plain degrees, both numbers
    must be within 0.05 of the truth.
    Returns: w, float, b, float
    """
    # TODO 4: data, model, loss, optimiser; train; read off w and b
    # In tens of degrees both gradients are of similar size, and one learning rate suits both.
    readings = c[:, None] / 10, f[:, None]
    line = Linear(np.zeros((1, 1)), np.zeros(1))
    train(line, (readings, readings), squared_error, SGD(line, 0.05), 400, rng, size=len(c))
    W, b = line.params
    return float(W[0, 0]) / 10, float(b[0])


def my_questions():
    """What you want to know: your questions about what happened inside, in your own words.

    At least ten different texts of three words or more, each ending in "?".
    Returns: questions, list
    """
    # TODO 5: ten questions of your own, for stage 3 to answer
    return [
        "Why does a step against the gradient make the loss smaller?",
        "How does the network find the gradient of every weight at once?",
        "What do the numbers in the middle of a network represent?",
        "Why is a layer followed by an activation function such as ReLU?",
        "How large should the first random weights be?",
        "Why does one learning rate not suit all weights?",
        "When should training be stopped?",
        "How can a network know which pixels are neighbours?",
        "How would a program remember more than one character?",
        "What makes a network fail on images it has never seen?",
    ]


def goal_to_md(why, what, by_when, today):
    """The text of goal.md: why you learn this, what you will be able to show, and by when.

    why, what: texts; spaces around them are removed.
    by_when, today: dates as texts, such as "2027-03-01".
    The page is this text, with a newline at its very end:

    # My goal

    **Why:** I want to understand what my photo app does.

    **What:** A notebook that sorts my own photos.

    **By when:** 2027-03-01, 100 days from 2026-11-21

    Raises ValueError when why or what is empty, or when by_when is not after today.
    Returns: page, str
    """
    # TODO 6: raise ValueError for what is empty or past, count the days, fill in the page
    why, what = why.strip(), what.strip()
    if not why or not what:
        raise ValueError("say why you learn this, and what you want to be able to show")
    days = (date.fromisoformat(by_when) - date.fromisoformat(today)).days
    if days <= 0:
        raise ValueError(f"{by_when} is not after {today}; choose a later day")
    return (
        f"# My goal\n\n**Why:** {why}\n\n**What:** {what}\n\n"
        f"**By when:** {by_when}, {days} days from {today}\n"
    )
