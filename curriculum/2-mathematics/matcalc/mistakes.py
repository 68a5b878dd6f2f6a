"""Typical wrong solutions of `matcalc`, each with the sentence it deserves."""

import numpy as np

from undergrad.checker import mistake


def _columns(f, x, slope):
    x = np.asarray(x, dtype=float)
    return np.stack([slope(x, unit) for unit in np.eye(len(x))], axis=1)


@mistake("jacobian", "The table is transposed: one row for each output, one column for each input. "
         "Stack the columns along axis 1.")  # fmt: skip
def turned(f, x, h=1e-5):
    return _columns(f, x, lambda x, e: (f(x + h * e) - f(x - h * e)) / (2 * h)).T


@mistake("jacobian", "You nudge to one side only. To both sides the bend cancels, as in "
         "`derivatives`.")  # fmt: skip
def one_sided(f, x, h=1e-5):
    return _columns(f, x, lambda x, e: (f(x + h * e) - f(x)) / h)


@mistake("jacobian", "The two places are 2h apart, and you divide by h.")
def divided_by_h(f, x, h=1e-5):
    return _columns(f, x, lambda x, e: (f(x + h * e) - f(x - h * e)) / h)


@mistake("jacobian", "All inputs are nudged together, so every column holds the sum of all slopes. "
         "Nudge one at a time.")  # fmt: skip
def all_nudged(f, x, h=1e-5):
    return _columns(f, x, lambda x, e: (f(x + h) - f(x - h)) / (2 * h))


@mistake("jacobian", "The nudges pile up: an input that was nudged is not put back before the next "
         "one. Nudge a fresh copy each time.")  # fmt: skip
def piled_up(f, x, h=1e-5):
    x, columns = np.array(x, dtype=float), []
    for j in range(len(x)):
        below = f(x - h * np.eye(len(x))[j])
        x[j] += h
        columns.append((f(x) - below) / (2 * h))
    return np.stack(columns, axis=1)


@mistake("jacobian", "A nudge on whole numbers is cut off to 0, so every slope is 0. Make x an "
         "array of floats first.")  # fmt: skip
def cut_off(f, x, h=1e-5):
    columns = []
    for j in range(len(x)):
        above, below = x.copy(), x.copy()
        above[j], below[j] = x[j] + h, x[j] - h
        columns.append((f(above) - f(below)) / (2 * h))
    return np.stack(columns, axis=1)


@mistake("linear_vjp", "gx uses W transposed. The layer multiplied by W.T on the way forward, so g "
         "(N, M) meets W (M, D) as it stands.")  # fmt: skip
def gx_with_transpose(x, W, b, g):
    return g @ W.T, g.T @ x, g.sum(axis=0)


@mistake("linear_vjp", "gW is transposed: W is (M, D), so its slope is (M, N) @ (N, D), which is "
         "g.T @ x.")  # fmt: skip
def gw_other_way(x, W, b, g):
    return g @ W, x.T @ g, g.sum(axis=0)


@mistake("linear_vjp", "gb is averaged over the batch. One bias serves every row, so its effects "
         "add; a mean in the loss has put its 1/N into g already.")  # fmt: skip
def gb_averaged(x, W, b, g):
    return g @ W, g.T @ x, g.mean(axis=0)


@mistake("linear_vjp", "gb is summed over the outputs. b has one number for each output; the axis "
         "over which it was stretched is the batch, axis 0.")  # fmt: skip
def gb_over_outputs(x, W, b, g):
    return g @ W, g.T @ x, g.sum(axis=1)


@mistake("linear_vjp", "gb has a row for each example. A slope has the shape of the thing it "
         "belongs to, and b is (M,): sum over the batch.")  # fmt: skip
def gb_unsummed(x, W, b, g):
    return g @ W, g.T @ x, g


@mistake("mse_grad", "The factor 2 is missing: the slope of error ** 2 is 2 * error.")
def without_two(pred, target):
    return (pred - target) / pred.size


@mistake("mse_grad", "You divide by the number of rows. The mean runs over all entries, N times M "
         "of them.")  # fmt: skip
def over_rows(pred, target):
    return 2 * (pred - target) / len(pred)


@mistake("mse_grad", "This is the slope of the sum of squares. The mean divides it by the number "
         "of entries.")  # fmt: skip
def of_the_sum(pred, target):
    return 2 * (pred - target)


@mistake("mse_grad", "The sign is turned: where a prediction is too high, the loss grows with it. "
         "Prediction minus target.")  # fmt: skip
def target_minus_pred(pred, target):
    return 2 * (target - pred) / pred.size


@mistake("mse_grad", "This is the loss, one number. Its slope has a number for each entry of pred.")
def the_loss(pred, target):
    return float(np.mean((pred - target) ** 2))


def _softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


@mistake("softmax_jacobian", "Only the diagonal is filled. All classes share one sum of 1: if one "
         "gains, each of the others loses p[i] * p[j].")  # fmt: skip
def diagonal_only(z):
    p = _softmax(z)
    return np.diag(p * (1 - p))


@mistake("softmax_jacobian", "The diagonal of p is missing: -p[i] * p[j] alone would let every "
         "class lose.")  # fmt: skip
def product_only(z):
    p = _softmax(z)
    return -p[:, None] * p


@mistake(
    "softmax_jacobian", "A plus where a minus belongs: when another score grows, p[i] shrinks."
)
def plus_product(z):
    p = _softmax(z)
    return np.diag(p) + p[:, None] * p


@mistake("softmax_jacobian", "The scores stand where the probabilities belong. Take softmax first; "
         "the table is made of p alone.")  # fmt: skip
def of_scores(z):
    return np.diag(z) - z[:, None] * z


@mistake("softmax_jacobian", "exp(1000) is infinite, and the table is full of nan. Subtract the "
         "largest score first; the probabilities stay the same.")  # fmt: skip
def overflows(z):
    e = np.exp(z)
    p = e / e.sum()
    return np.diag(p) - p[:, None] * p


def _dot(p, g, axis=1):
    return (g * p).sum(axis=axis, keepdims=True)


@mistake("softmax_vjp", "This is the rule for the sigmoid, p * (1 - p), each class for itself. In "
         "softmax the classes share one sum: p * (g - sum of g * p).")  # fmt: skip
def as_sigmoid(p, g):
    return g * p * (1 - p)


@mistake("softmax_vjp", "Only half of the table is used: g * p is g @ diag(p). The other half "
         "subtracts p times the dot product of g and p.")  # fmt: skip
def half_the_table(p, g):
    return g * p


@mistake("softmax_vjp", "The plain mean of g is subtracted. Classes count by their probability: "
         "subtract the sum of g * p.")  # fmt: skip
def plain_mean(p, g):
    return p * (g - g.mean(axis=1, keepdims=True))


@mistake("softmax_vjp", "The dot product runs down the batch, axis 0. Each row is a softmax of its "
         "own: axis 1.")  # fmt: skip
def down_the_batch(p, g):
    return p * (g - _dot(p, g, axis=0))


@mistake("softmax_vjp", "The factor p in front is missing.")
def factor_missing(p, g):
    return g - _dot(p, g)


@mistake("softmax_vjp", "The numbers are right, but a whole table is made for each row. Multiply "
         "out on paper: one dot product for each row is enough.")  # fmt: skip
def table_made(p, g):
    return np.stack([row @ (np.diag(q) - q[:, None] * q) for q, row in zip(p, g, strict=True)])


def _front(g, shape):
    return tuple(range(g.ndim - len(shape)))


def _ones(shape):
    return tuple(axis for axis, size in enumerate(shape) if size == 1)


@mistake("unbroadcast", "The copies are averaged. Each copy has an effect of its own, and effects "
         "add up: sum.")  # fmt: skip
def averaged(g, shape):
    g = g.mean(axis=_front(g, shape))
    return g.mean(axis=_ones(shape), keepdims=True)


@mistake("unbroadcast", "Only the axes in front are summed. An axis of length 1 was stretched as "
         "well: sum it, with keepdims.")  # fmt: skip
def front_only(g, shape):
    return g.sum(axis=_front(g, shape))


@mistake("unbroadcast", "The axes of length 1 are gone. Sum them with keepdims=True, so that the "
         "shape is the old one.")  # fmt: skip
def ones_lost(g, shape):
    return g.sum(axis=_front(g, shape)).sum(axis=_ones(shape))


@mistake("unbroadcast", "One copy is picked and the others are dropped. All of them came from the "
         "same numbers: sum.")  # fmt: skip
def one_copy(g, shape):
    for _ in _front(g, shape):
        g = g[0]
    for axis in _ones(shape):
        g = np.take(g, [0], axis=axis)
    return g


@mistake("unbroadcast", "Extra axes are summed at the end. Broadcasting aligns shapes at the "
         "right, so the axes that were added stand in front.")  # fmt: skip
def summed_at_the_end(g, shape):
    g = g.sum(axis=tuple(range(len(shape), g.ndim)))
    return g.sum(axis=_ones(shape), keepdims=True)
