"""Typical wrong solutions of `forward`, each with the sentence it deserves."""

import math

import numpy as np

from undergrad.checker import mistake


@mistake("linear", "W is not turned over. It has a row for each output, shape (M, D), so the "
         "product with x, (N, D), is x @ W.T.")  # fmt: skip
def not_transposed(x, W, b):
    return x @ W + b


@mistake("linear", "The result has outputs down and examples across. One row for each example: "
         "x @ W.T, and then b fits by itself.")  # fmt: skip
def result_transposed(x, W, b):
    return W @ x.T + b[:, None]


@mistake("linear", "The offset is missing: + b. Without it every layer maps 0 to 0.")
def no_offset(x, W, b):
    return x @ W.T


@mistake("linear", "b was spread down the examples. It has one number for each output: plain "
         "+ b repeats it in every row.")  # fmt: skip
def offset_by_example(x, W, b):
    return x @ W.T + b[:, None]


@mistake("relu", "This is the step from 0 to 1, which is ReLU's slope. ReLU itself gives x where "
         "x is positive.")  # fmt: skip
def step_function(x):
    return (x > 0).astype(float)


@mistake("relu", "Negative numbers lose their sign. ReLU turns them into 0.")
def absolute_value(x):
    return np.abs(x)


@mistake("relu", "The caller's array is changed: x[x < 0] = 0 works inside x itself. Make a new "
         "one with np.maximum(x, 0).")  # fmt: skip
def in_place(x):
    x[x < 0] = 0
    return x


@mistake("leaky_relu", "Below 0 the slope itself comes out. It has to be multiplied by x.")
def slope_not_times_x(x, slope=0.01):
    return np.where(x > 0, x, slope)


@mistake("leaky_relu", "The argument `slope` is not used: 0.01 is only its value when nobody gives "
         "another.")  # fmt: skip
def fixed_slope(x, slope=0.01):
    return np.where(x > 0, x, 0.01 * x)


@mistake("leaky_relu", "The negative side goes up again: the slope got a minus. Below 0 the result "
         "is slope * x, a small negative number.")  # fmt: skip
def folded_up(x, slope=0.01):
    return np.where(x > 0, x, -slope * x)


@mistake("sigmoid", "It falls where it should rise: exp(x) in the place of exp(-x).")
def falling(x):
    return 1 / (1 + np.exp(x))


@mistake("sigmoid", "exp(x) / (1 + exp(x)) is infinity divided by infinity at x = 1000, and that "
         "is nan. Write it with np.tanh.")  # fmt: skip
def sigmoid_overflows(x):
    return np.exp(x) / (1 + np.exp(x))


@mistake("tanh", "The quotient of exps is infinity divided by infinity at x = 1000, and that is "
         "nan. np.tanh is safe.")  # fmt: skip
def tanh_overflows(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@mistake("tanh", "2 * sigmoid(x) - 1 rises half as fast as tanh: the sigmoid needs 2 * x.")
def half_as_fast(x):
    return 2 * (0.5 * (1 + np.tanh(0.5 * x))) - 1


@mistake("gelu", "This is x * sigmoid(x), a function called SiLU. It looks alike; GELU takes the "
         "share of the normal distribution.")  # fmt: skip
def silu(x):
    return x * 0.5 * (1 + np.tanh(0.5 * x))


@mistake("gelu", "This is the approximation with tanh, right to three digits. The exact form uses "
         "erf, which is given.")  # fmt: skip
def with_tanh(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


@mistake("gelu", "The square root of 2 is missing inside erf: erf counts in another unit than the "
         "normal distribution.")  # fmt: skip
def no_root(x):
    return x * 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(x))


@mistake("gelu", "This is the share of the normal distribution below x. GELU is x times that.")
def share_alone(x):
    return 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(x / math.sqrt(2)))


def _errors(pred, target):
    if pred.shape != target.shape:
        raise ValueError("the shapes differ")
    return pred - target


@mistake("mse", "This is the sum of the squares. Divide by how many there are.")
def summed_squares(pred, target):
    return float(np.sum(_errors(pred, target) ** 2))


@mistake("mse", "The mean runs over the rows only, and the columns are added. Here it runs over "
         "every number.")  # fmt: skip
def mean_over_rows(pred, target):
    return float(np.sum(_errors(pred, target) ** 2) / len(pred))


@mistake("mse", "Half the mean square: the 1/2 belongs to Huber's loss, not to this one.")
def half_squares(pred, target):
    return float(np.mean(_errors(pred, target) ** 2) / 2)


@mistake("mse", "A column (N, 1) minus a row (N,) is a square (N, N): every prediction is compared "
         "with every target. Refuse shapes that differ.")  # fmt: skip
def column_minus_row(pred, target):
    return float(np.mean((pred - target) ** 2))


@mistake("mae", "The errors keep their signs, so those above and below cancel. Take np.abs first.")
def signs_kept(pred, target):
    return float(np.mean(_errors(pred, target)))


@mistake("mae", "np.abs stands around the mean. Take it of each error, before they can cancel.")
def abs_of_mean(pred, target):
    return float(abs(np.mean(_errors(pred, target))))


def _huber(size, delta, quadratic, straight):
    return float(np.mean(np.where(size <= delta, quadratic, straight)))


@mistake("huber", "The straight piece begins too high: delta * |e| jumps where the pieces meet. "
         "Subtract delta / 2 inside.")  # fmt: skip
def pieces_do_not_meet(pred, target, delta=1.0):
    size = np.abs(_errors(pred, target))
    return _huber(size, delta, size**2 / 2, delta * size)


@mistake("huber", "The 1/2 is missing in front of the square, so the pieces do not meet at delta.")
def no_half(pred, target, delta=1.0):
    size = np.abs(_errors(pred, target))
    return _huber(size, delta, size**2, delta * (size - delta / 2))


@mistake("huber", "The two pieces have changed places: the square belongs to errors up to delta.")
def pieces_swapped(pred, target, delta=1.0):
    size = np.abs(_errors(pred, target))
    return _huber(size, delta, delta * (size - delta / 2), size**2 / 2)


@mistake("huber", "delta is not used; 1 is only its value when nobody gives another.")
def fixed_delta(pred, target, delta=1.0):
    size = np.abs(_errors(pred, target))
    return _huber(size, 1.0, size**2 / 2, size - 0.5)


@mistake("huber", "The error is compared with delta without np.abs, so large negative errors are "
         "squared.")  # fmt: skip
def signed_comparison(pred, target, delta=1.0):
    e = _errors(pred, target)
    return _huber(e, delta, e**2 / 2, delta * (np.abs(e) - delta / 2))


def _alike(logits, y):
    if logits.shape != y.shape:
        raise ValueError("the shapes differ")


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


@mistake("bce_with_logits", "Only labels of 1 count. A label of 0 pays as well: -log(1 - p).")
def ones_only(logits, y):
    _alike(logits, y)
    return float(np.mean(y * np.logaddexp(0, -logits)))


@mistake("bce_with_logits", "The two labels have changed places: -log(p) belongs to y = 1.")
def labels_swapped(logits, y):
    _alike(logits, y)
    return float(np.mean(np.logaddexp(0, -logits) + y * logits))


@mistake("bce_with_logits", "This is the mean over the rows of the sum over the labels. Here the "
         "mean runs over every number.")  # fmt: skip
def summed_labels(logits, y):
    _alike(logits, y)
    return float(np.sum(np.logaddexp(0, -logits) + (1 - y) * logits) / len(y))


@mistake("bce_with_logits", "At scores of 1000 the probability rounds to 0 or 1 and log gives "
         "infinity. Do not go through p: log(1 + exp(-z)) is np.logaddexp(0, -z).")  # fmt: skip
def log_of_rounded(logits, y):
    _alike(logits, y)
    p = _sigmoid(logits)
    with np.errstate(all="ignore"):
        return float(-np.mean(np.where(y == 1, np.log(p), np.log(1 - p))))


@mistake("bce_with_logits", "p is held away from 0 and 1 to save the log, so a loss of 1000 is "
         "reported as less than 40. np.logaddexp keeps it exact.")  # fmt: skip
def held_away(logits, y):
    _alike(logits, y)
    p = np.clip(_sigmoid(logits), 1e-15, 1 - 1e-15)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


@mistake("bce_with_logits", "A column of scores against a row of labels compares every example "
         "with every label. Refuse shapes that differ.")  # fmt: skip
def labels_broadcast(logits, y):
    return float(np.mean(np.logaddexp(0, -logits) + (1 - y) * logits))


def _log_p(logits, axis=1):
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _in_range(logits, y):
    if np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("a label lies outside the classes")
    return np.arange(len(y)), y


@mistake("cross_entropy", "Softmax runs down the batch, axis 0. The classes of one example "
         "compete: axis 1.")  # fmt: skip
def down_the_batch(logits, y):
    return float(-_log_p(logits, axis=0)[_in_range(logits, y)].mean())


@mistake("cross_entropy", "The losses are summed. Take the mean, or twice as many examples would "
         "look twice as wrong.")  # fmt: skip
def summed_losses(logits, y):
    return float(-_log_p(logits)[_in_range(logits, y)].sum())


@mistake("cross_entropy", "The log is missing: this is 1 minus the probability of the right "
         "class.")  # fmt: skip
def without_log(logits, y):
    return float(1 - np.exp(_log_p(logits))[_in_range(logits, y)].mean())


@mistake("cross_entropy", "The -log of every class is averaged. Only that of the right class "
         "counts: log_p[np.arange(N), y].")  # fmt: skip
def every_class(logits, y):
    _in_range(logits, y)
    return float(-_log_p(logits).mean())


@mistake("cross_entropy", "Softmax is applied twice. The logits are scores; once makes them "
         "probabilities.")  # fmt: skip
def softmax_twice(logits, y):
    return float(-_log_p(np.exp(_log_p(logits)))[_in_range(logits, y)].mean())


@mistake("cross_entropy", "The sign is missing: log of a probability is negative, and a loss has "
         "to fall as the probability grows.")  # fmt: skip
def no_minus(logits, y):
    return float(_log_p(logits)[_in_range(logits, y)].mean())


@mistake("cross_entropy", "exp overflows at scores of 1000 and the result is nan. Subtract each "
         "row's maximum first; the probabilities stay the same.")  # fmt: skip
def no_maximum(logits, y):
    where = _in_range(logits, y)
    with np.errstate(all="ignore"):
        e = np.exp(logits)
        return float(-np.log(e / e.sum(axis=1, keepdims=True))[where].mean())


@mistake("cross_entropy", "The probability of a hopeless class rounds to 0, and its log is "
         "infinite. Take the log by formula: shifted - log(sum(exp(shifted))).")  # fmt: skip
def log_of_zero(logits, y):
    with np.errstate(all="ignore"):
        return float(-np.log(np.exp(_log_p(logits)))[_in_range(logits, y)].mean())


@mistake("cross_entropy", "A tiny number inside the log hides the infinity: a loss of 1000 is "
         "reported as less than 30. Take the log by formula instead.")  # fmt: skip
def tiny_number(logits, y):
    return float(-np.log(np.exp(_log_p(logits)) + 1e-12)[_in_range(logits, y)].mean())


@mistake("cross_entropy", "A label of -1 is taken for the last class, since NumPy counts negative "
         "places from the end. Raise ValueError for it.")  # fmt: skip
def negative_wraps(logits, y):
    if np.any(y >= logits.shape[1]):
        raise ValueError("a label is too high")
    return float(-_log_p(logits)[np.arange(len(y)), y].mean())


@mistake("cross_entropy", "A label of K ends in NumPy's IndexError. Look at the labels first, and "
         "raise ValueError with a sentence of your own.")  # fmt: skip
def too_high_unseen(logits, y):
    if np.any(y < 0):
        raise ValueError("a label is below 0")
    return float(-_log_p(logits)[np.arange(len(y)), y].mean())


def _layers(x, params, before, after):
    """Linear layers, with what happens to the input of layer i and to its output."""
    cache = []
    for i, (W, b) in enumerate(params):
        x = before(i, x)
        z = x @ W.T + b
        cache.append((x, z))
        x = after(i, z)
    return x, cache


@mistake("mlp_forward", "The last layer is bent too. Its scores may be any number; only what lies "
         "between two layers is bent.")  # fmt: skip
def last_is_bent(x, params, act):
    return _layers(x, params, lambda i, x: x, lambda i, z: act(z))


@mistake("mlp_forward", "The input is bent before it reaches the first layer. Bend between layers "
         "only.")  # fmt: skip
def input_is_bent(x, params, act):
    return _layers(x, params, lambda i, x: act(x), lambda i, z: z)


@mistake("mlp_forward", "`act` is not used. Without bends the layers collapse into one.")
def never_bent(x, params, act):
    return _layers(x, params, lambda i, x: x, lambda i, z: z)


@mistake("mlp_forward", "Each layer gets the network's input. Pass on what the layer before gave.")
def not_passed_on(x, params, act):
    first, cache = x, []
    for W, b in params:
        cache.append((x, np.resize(first, (len(x), W.shape[1])) @ W.T + b))
    return cache[-1][1], cache


@mistake("mlp_forward", "The cache keeps z after the bend. Keep what comes out of `linear` itself: "
         "the slopes of the next unit depend on it.")  # fmt: skip
def keeps_bent(x, params, act):
    out, cache = _layers(x, params, lambda i, x: x if i == 0 else act(x), lambda i, z: z)
    return out, [(x, act(z)) for x, z in cache[:-1]] + cache[-1:]


@mistake("mlp_forward", "The cache keeps the network's input for every layer. Keep what went into "
         "that layer.")  # fmt: skip
def keeps_first_input(x, params, act):
    out, cache = _layers(x, params, lambda i, x: x if i == 0 else act(x), lambda i, z: z)
    return out, [(x, z) for _, z in cache]


def _number(out, y):
    return float(np.mean(_errors(out, y) ** 2)), out


def _classes(out, y):
    return float(-_log_p(out)[_in_range(out, y)].mean()), out.argmax(axis=1)


def _labels(out, y):
    _alike(out, y)
    return float(np.mean(np.logaddexp(0, -out) + (1 - y) * out)), (out > 0).astype(int)


def _evaluate(out, y, kind, **other):
    kinds = {"number": _number, "many classes": _classes}
    kinds |= {"two classes": _labels, "several labels": _labels}
    kinds |= {name.replace("_", " "): answer for name, answer in other.items()}
    if kind not in kinds:
        raise ValueError("no such kind")
    return kinds[kind](out, y)


@mistake("evaluate", "The answer for many classes is taken along the wrong axis: each row, one "
         "example, has its own best class.")  # fmt: skip
def best_of_column(out, y, kind):
    return _evaluate(
        out, y, kind, many_classes=lambda out, y: (_classes(out, y)[0], out.argmax(axis=0))
    )


@mistake("evaluate", "The scores are compared with 0.5. A score is no probability yet: sigmoid is "
         "above a half where the score is above 0.")  # fmt: skip
def score_above_half(out, y, kind):
    def answer(out, y):
        return _labels(out, y)[0], (out > 0.5).astype(int)

    return _evaluate(out, y, kind, two_classes=answer, several_labels=answer)


@mistake("evaluate", "Softmax makes the labels compete, so at most one of them can pass a half. "
         "Several may be true at once: a sigmoid for each.")  # fmt: skip
def labels_compete(out, y, kind):
    def answer(out, y):
        log_p = _log_p(out)
        return float(-np.mean((y * log_p).sum(axis=1))), (np.exp(log_p) > 0.5).astype(int)

    return _evaluate(out, y, kind, several_labels=answer)


@mistake("evaluate", "Only the best label is answered with 1. Here each label is a question of its "
         "own, and several may be true, or none.")  # fmt: skip
def only_the_best(out, y, kind):
    def answer(out, y):
        best = np.eye(out.shape[1], dtype=int)[out.argmax(axis=1)]
        return _labels(out, y)[0], best

    return _evaluate(out, y, kind, several_labels=answer)


@mistake("evaluate", "Two classes are judged with a squared error between label and probability. "
         "Its slope fades where the answer is most wrong; use bce_with_logits.")  # fmt: skip
def squared_probability(out, y, kind):
    def answer(out, y):
        return float(np.mean((_sigmoid(out) - y) ** 2)), (out > 0).astype(int)

    return _evaluate(out, y, kind, two_classes=answer)


@mistake("evaluate", "An unknown kind is taken for numbers. Raise ValueError, or a typing mistake "
         "becomes a wrong loss.")  # fmt: skip
def anything_goes(out, y, kind):
    try:
        return _evaluate(out, y, kind)
    except ValueError:
        return _number(out, y)


@mistake("initial_loss", "This is the logarithm to base 2, which counts bits. The loss uses the "
         "natural one, math.log.")  # fmt: skip
def in_bits(K):
    return math.log2(K)


@mistake("initial_loss", "This is the share of wrong answers. The loss is -log of the probability "
         "of the right class.")  # fmt: skip
def share_wrong(K):
    return 1 - 1 / K


@mistake("initial_loss", "The sign is turned: log(1 / K) is negative, and the loss is minus that.")
def negative(K):
    return math.log(1 / K)


@mistake("initial_loss", "This is the probability of each class. The loss is -log of it.")
def probability(K):
    return 1 / K


def _share(x):
    return 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(x / math.sqrt(2)))


def _height(x):
    return np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


@mistake("gelu_slope", "Only x moves here, and the share stays. It grows too, by the height of the "
         "normal curve at x: add x times that.")  # fmt: skip
def share_held(x):
    return _share(x)


@mistake("gelu_slope", "Only the share moves here, and x stays. x grows too, by 1 for each step: "
         "add 1 times the share.")  # fmt: skip
def x_held(x):
    return x * _height(x)


@mistake("gelu_slope", "The height of the curve is added without its factor. What the share gains "
         "counts x times.")  # fmt: skip
def height_alone(x):
    return _share(x) + _height(x)


@mistake("gelu_slope", "exp(-x * x / 2) is 1 at 0. The normal curve is lower there, about 0.399: "
         "divide by sqrt(2 * pi).")  # fmt: skip
def curve_too_high(x):
    return _share(x) + x * np.exp(-0.5 * x * x)


@mistake("gelu_slope", "This is the slope of ReLU, 0 or 1. The corner of GELU is round, so its "
         "slope turns gradually.")  # fmt: skip
def slope_of_relu(x):
    return (x > 0).astype(float)
