"""Typical wrong solutions of `backprop`, each with the sentence it deserves."""

from itertools import pairwise

import numpy as np

from undergrad.checker import mistake


@mistake("linear_backward", "gx is made with W transposed. It fits only where D and M are equal, "
         "and is wrong there too: g is (N, M) and W is (M, D), so g @ W.")  # fmt: skip
def gx_transposed(g, cache):
    x, W = cache
    return g @ W.T, g.T @ x, g.sum(axis=0)


@mistake("linear_backward", "gW is transposed. W has a row for each output, so its slope is "
         "g.T @ x, shape (M, D).")  # fmt: skip
def gw_transposed(g, cache):
    x, W = cache
    return g @ W, x.T @ g, g.sum(axis=0)


@mistake("linear_backward", "gb is a mean. The 1/N is in g already, from the loss; the bias is "
         "used once for each example, so its slopes add up.")  # fmt: skip
def gb_mean(g, cache):
    x, W = cache
    return g @ W, g.T @ x, g.mean(axis=0)


@mistake("linear_backward", "gb is summed over the outputs, axis 1. There is one bias for each "
         "output, so sum over the examples, axis 0.")  # fmt: skip
def gb_wrong_axis(g, cache):
    x, W = cache
    return g @ W, g.T @ x, g.sum(axis=1)


@mistake("linear_backward", "gb still has a row for each example. The bias was broadcast over "
         "the batch on the way forward, so the way back sums over it.")  # fmt: skip
def gb_not_summed(g, cache):
    x, W = cache
    return g @ W, g.T @ x, g


@mistake("linear_backward", "gW is divided by the number of examples once more. The loss is the "
         "mean, and its 1/N came in with g.")  # fmt: skip
def divided_twice(g, cache):
    x, W = cache
    return g @ W, g.T @ x / len(x), g.sum(axis=0)


@mistake("relu_backward", "The mask looks at g. It is the input z that decides whether the door "
         "was open; a negative slope may well pass.")  # fmt: skip
def mask_from_g(g, cache):
    return g * (g > 0)


@mistake("relu_backward", "g is multiplied by the value of ReLU. Its slope is asked for: 1 or 0.")
def value_not_slope(g, cache):
    return g * np.maximum(cache, 0)


@mistake("relu_backward", "g is not used. The local slope alone says how the output follows the "
         "input; times g it says how the loss does.")  # fmt: skip
def relu_without_g(g, cache):
    return (cache > 0).astype(float)


@mistake("relu_backward", "The slope at exactly 0 is taken as 1. Here it is 0: compare with > .")
def open_at_zero(g, cache):
    return g * (cache >= 0)


@mistake("relu_backward", "The caller's g is changed in place. It may be needed elsewhere: "
         "multiply into a new array.")  # fmt: skip
def relu_in_place(g, cache):
    g[cache <= 0] = 0
    return g


@mistake("sigmoid_backward", "The sigmoid is applied again to what is already its output. The "
         "cache is s; use s * (1 - s) as it stands.")  # fmt: skip
def squashed_twice(g, cache):
    s = 1 / (1 + np.exp(-cache))
    return g * s * (1 - s)


@mistake("sigmoid_backward", "The factor 1 - s is missing: near 1 the curve is flat as well.")
def half_the_slope(g, cache):
    return g * cache


@mistake("sigmoid_backward", "g is not used. Multiply the local slope s * (1 - s) by it.")
def sigmoid_without_g(g, cache):
    return cache * (1 - cache)


def _softmax(logits, axis=1):
    e = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _true(logits, y):
    return np.eye(logits.shape[1])[y]


@mistake("ce_backward", "The division by N is missing. The loss is the mean over the batch, so "
         "each example moves it by one N-th.")  # fmt: skip
def not_divided(logits, y):
    return _softmax(logits) - _true(logits, y)


@mistake("ce_backward", "The sign is turned: true minus predicted points uphill. It is predicted "
         "minus true.")  # fmt: skip
def true_minus_predicted(logits, y):
    return (_true(logits, y) - _softmax(logits)) / len(y)


@mistake("ce_backward", "Softmax is applied twice. The logits are scores; once makes them "
         "probabilities.")  # fmt: skip
def softmax_twice(logits, y):
    return (_softmax(_softmax(logits)) - _true(logits, y)) / len(y)


@mistake("ce_backward", "Softmax runs down the batch, axis 0. The classes of one example compete "
         "with each other: axis 1.")  # fmt: skip
def softmax_over_batch(logits, y):
    return (_softmax(logits, axis=0) - _true(logits, y)) / len(y)


@mistake("ce_backward", "exp overflows at large scores and the result is nan. Subtract each row's "
         "maximum first; the probabilities stay the same.")  # fmt: skip
def no_maximum(logits, y):
    with np.errstate(all="ignore"):
        e = np.exp(logits)
        return (e / e.sum(axis=1, keepdims=True) - _true(logits, y)) / len(y)


@mistake("ce_backward", "There is no softmax: scores minus the true probabilities is the slope of "
         "a squared error, not of cross-entropy.")  # fmt: skip
def no_softmax(logits, y):
    return (logits - _true(logits, y)) / len(y)


@mistake("ce_backward", "The result is divided by N times K. The mean runs over the examples "
         "only.")  # fmt: skip
def divided_by_all(logits, y):
    return (_softmax(logits) - _true(logits, y)) / logits.size


def _sweep(cache, y, activation=True, factor=1.0):
    """The way back, with a switch for each thing that is commonly left out."""
    *steps, (_, logits) = cache
    g, grads = (_softmax(logits) - _true(logits, y)) / len(y) * factor, []
    for name, saved in reversed(steps):
        if name == "linear":
            x, W = saved
            grads.append((g.T @ x, g.sum(axis=0)))
            g = g @ W
        elif activation:
            g = g * (saved > 0) if name == "relu" else g * saved * (1 - saved)
    return grads[::-1]


@mistake("mlp_backward", "The list begins with the last layer. The way back meets it first; turn "
         "the list around before you return it.")  # fmt: skip
def last_layer_first(cache, y):
    return _sweep(cache, y)[::-1]


@mistake("mlp_backward", "The activations are skipped on the way back. Each step of the way "
         "forward has its own slope, and all of them are multiplied.")  # fmt: skip
def activations_skipped(cache, y):
    return _sweep(cache, y, activation=False)


@mistake("mlp_backward", "Everything is divided by N once more. ce_backward has done it; the other "
         "steps pass it on.")  # fmt: skip
def batch_twice(cache, y):
    return _sweep(cache, y, factor=1 / len(y))


@mistake("mlp_backward", "Each layer uses the slope of the loss itself. Pass on gx: the g of one "
         "step is the gx of the step after it.")  # fmt: skip
def not_passed_on(cache, y):
    *steps, (_, logits) = cache
    g = (_softmax(logits) - _true(logits, y)) / len(y)
    layers = [saved for name, saved in steps if name == "linear"]
    return [(np.resize(g, (len(x), len(W))).T @ x, np.resize(g.sum(axis=0), len(W)))
            for x, W in layers]  # fmt: skip


@mistake("count_flops", "gx of the first layer is counted. It would be the data's slope, which "
         "nobody asks for, so the way back saves that product.")  # fmt: skip
def data_slope_counted(sizes):
    forward = sum(2 * m * d for d, m in pairwise(sizes))
    return forward, 2 * forward


@mistake("count_flops", "The way back makes two products a layer, one for gW and one for gx. Only "
         "one of them is counted.")  # fmt: skip
def one_product_back(sizes):
    forward = sum(2 * m * d for d, m in pairwise(sizes))
    return forward, forward


@mistake("count_flops", "Only the multiplications are counted. Each product is also added to a "
         "sum: two operations.")  # fmt: skip
def additions_left_out(sizes):
    products = [m * d for d, m in pairwise(sizes)]
    return sum(products), 2 * sum(products) - products[0]


@mistake("count_flops", "The biases are counted as well. Here only matrix products count.")
def biases_counted(sizes):
    products = [2 * m * d + m for d, m in pairwise(sizes)]
    return sum(products), 2 * sum(products) - products[0]


@mistake("train_digits", "The weights begin at zero. Then every hidden number is 0, no slope gets "
         "through, and only the last bias learns. Begin with small random weights.")  # fmt: skip
def zero_start(X, y, rng):
    share = np.bincount(y, minlength=10) / len(y)
    return [(np.zeros((32, 64)), np.zeros(32)), (np.zeros((10, 32)), np.log(share))]
