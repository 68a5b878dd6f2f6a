"""A worked solution of `recap`. The questions are one person's; yours will differ."""

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
    order = rng.permutation(n)
    return [order[start : start + size] for start in range(0, n, size)]


def train(model, data, loss, opt, epochs, rng, size=32):
    (x, y), (held_x, held_y) = data
    history = []
    for epoch in range(1, epochs + 1):
        total = 0.0
        for rows in batches(len(x), size, rng):
            value, slope = loss(model.forward(x[rows]), y[rows])
            opt.zero()
            model.backward(slope)
            opt.step()
            total += value * len(rows)  # the last batch may be shorter and then counts for less
        held_out, _ = loss(model.forward(held_x), held_y)
        history.append({"epoch": epoch, "train": total / len(x), "held_out": held_out})
    return history


def history_to_md(history, baseline):
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
    # In tens of degrees both slopes are of similar size, and one step size suits both.
    readings = c[:, None] / 10, f[:, None]
    line = Linear(np.zeros((1, 1)), np.zeros(1))
    train(line, (readings, readings), squared_error, SGD(line, 0.05), 400, rng, size=len(c))
    W, b = line.params
    return float(W[0, 0]) / 10, float(b[0])


def my_questions():
    return [
        "Why does a step against the slope make the loss smaller?",
        "How does the network find the slope of every weight at once?",
        "What do the numbers in the middle of a network stand for?",
        "Why is a layer followed by a bend such as ReLU?",
        "How large should the first random weights be?",
        "Why does one step size not suit all weights?",
        "When should a training be stopped?",
        "How can a network know which pixels are neighbours?",
        "How would a program remember more than one letter?",
        "What makes a network fail on pictures it has never seen?",
    ]


def goal_to_md(why, what, by_when, today):
    why, what = why.strip(), what.strip()
    if not why or not what:
        raise ValueError("say why you learn this, and what you want to be able to show")
    days = (date.fromisoformat(by_when) - date.fromisoformat(today)).days
    if days <= 0:
        raise ValueError(f"{by_when} does not lie after {today}; choose a later day")
    return (
        f"# My goal\n\n**Why:** {why}\n\n**What:** {what}\n\n"
        f"**By when:** {by_when}, {days} days from {today}\n"
    )
