"""The checks of `forward`.

Inputs are built so that each typical mistake gives other numbers: both signs, errors on both sides
of every threshold, shapes that differ where a wrong product should not fit and agree where it
should fit and be wrong.
"""

import math
from itertools import pairwise

import numpy as np

from undergrad.checker import raises, task, within


@task(1, "returns one weighted sum for each row of W, plus its bias", keeps_arguments=True)
def sums(code, rng):
    return code.linear(rng.normal(size=(5, 3)), rng.normal(size=(4, 3)), rng.normal(size=4))


@task(1, "multiplies in the right order where N, D and M are equal and any product fits")
def square_layer(code, rng):
    return code.linear(rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=3))


def inputs(rng):
    """Numbers of both signs, a zero among them, of absolute values up to about 3. (3, 4)."""
    x = rng.uniform(0.2, 1.5, size=(3, 4)) * rng.choice([-1, 1], size=(3, 4))
    x[0] = -2.5, -0.5, 0.0, 1.75
    return x


@task(2, "keeps positive numbers in relu", keeps_arguments=True)
def relu_values(code, rng):
    return code.relu(inputs(rng))


@task(2, "multiplies negative numbers by negative_slope in leaky_relu", keeps_arguments=True)
def leaky_values(code, rng):
    x = inputs(rng)
    return code.leaky_relu(x, rng.uniform(0.1, 0.4)), code.leaky_relu(x)


@task(2, "rises from 0 to 1 in sigmoid")
def sigmoid_values(code, rng):
    return code.sigmoid(inputs(rng))


@task(2, "stays finite even at inputs of 1000 in sigmoid and tanh")
def large_inputs(code, rng):
    x = np.array([-1000.0, -1.0, rng.normal(), 1000.0])
    with np.errstate(all="ignore"):
        return code.sigmoid(x), code.tanh(x)


@task(2, "rises from -1 to 1 in tanh")
def tanh_values(code, rng):
    return code.tanh(inputs(rng))


@task(2, "computes gelu exactly")
def gelu_values(code, rng):
    return code.gelu(inputs(rng))


def numbers(rng, delta):
    """Predictions and targets with errors well below, just below and far above delta. (3, 4)."""
    target = rng.normal(size=(3, 4))
    sizes = delta * np.array([[0.3, 0.5, 0.7, 0.9], [1.3, 2.0, 3.0, 0.4], [0.6, 1.7, 0.2, 2.4]])
    signs = np.array([[1, -1, 1, -1], [1, -1, -1, -1], [1, -1, 1, -1]])  # the mean is negative
    return target + sizes * signs * rng.uniform(0.95, 1.05, size=(3, 4)), target


@task(3, "returns the mean of the squares as mse", keeps_arguments=True)
def squares(code, rng):
    return float(code.mse(*numbers(rng, 2.0)))


@task(3, "returns the mean of the absolute values as mae")
def sizes(code, rng):
    return float(code.mae(*numbers(rng, 2.0)))


@task(3, "returns half the square up to delta, and a line beyond it, as huber")
def two_pieces(code, rng):
    delta = rng.uniform(1.6, 2.4)
    pred, target = numbers(rng, delta)
    return float(code.huber(pred, target, delta)), float(code.huber(pred, target))


@task(3, "raises an error in mse for a column against a row", judge=raises(ValueError))
def mse_shapes(code, rng):
    return float(code.mse(rng.normal(size=(5, 1)), rng.normal(size=5)))


def refusal(loss, *arguments):
    """The outcome of a loss for arguments that do not fit together."""
    try:
        return f"it gave {float(loss(*arguments)):.6g}"
    except ValueError:
        return "ValueError"


@task(3, "raises an error in mae and huber for a column against a row")
def other_shapes(code, rng):
    pair = rng.normal(size=(5, 1)), rng.normal(size=5)
    return refusal(code.mae, *pair), refusal(code.huber, *pair)


def several_labels(rng):
    """Logits and zeros and ones, (4, 3), with every combination of sign and label."""
    logits = rng.uniform(0.5, 3.0, size=(4, 3)) * np.array([1, -1, 1])
    return logits, np.array([[1, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 1]])


@task(4, "returns the mean of -log(probability of the true label)", keeps_arguments=True)
def label_loss(code, rng):
    return float(code.bce_with_logits(*several_labels(rng)))


@task(4, "stays exact at logits of 1000, right or wrong")
def label_loss_large(code, rng):
    logits = np.array([1000.0, 1000.0, -1000.0, -1000.0]) + rng.normal(size=4)
    with np.errstate(all="ignore"):
        return float(code.bce_with_logits(logits, np.array([1, 0, 0, 1])))


@task(4, "raises an error for a column of logits against a row of labels", judge=raises(ValueError))
def label_shapes(code, rng):
    return float(code.bce_with_logits(rng.normal(size=(5, 1)), rng.integers(2, size=5)))


@task(5, "returns the mean of -log(probability of the right class)")
def class_loss(code, rng):
    return [
        float(code.cross_entropy(2 * rng.normal(size=(N, K)), rng.integers(K, size=N)))
        for N, K in ((7, 3), (3, 7))
    ]


@task(5, "stays exact at logits of 1000, even where the right class is very unlikely",
      keeps_arguments=True)  # fmt: skip
def class_loss_large(code, rng):
    # The right class has the middle, the lowest and the highest logit.
    logits = np.array([[1e3, 0.0, -1e3], [-1e3, 0.0, 1e3], [0.0, 1e3, -1e3]])
    logits += rng.normal(size=(3, 3)) + np.array([[-2e3], [0.0], [3e3]])
    with np.errstate(all="ignore"):
        return float(code.cross_entropy(logits, np.array([1, 0, 1])))


@task(5, "raises an error for a label below 0", judge=raises(ValueError))
def label_too_low(code, rng):
    return float(code.cross_entropy(rng.normal(size=(3, 4)), np.array([0, -1, 2])))


@task(5, "raises an error for a label of K", judge=raises(ValueError))
def label_too_high(code, rng):
    return float(code.cross_entropy(rng.normal(size=(6, 4)), np.array([0, 4, 2, 1, 3, 0])))


def layers(rng, sizes=(3, 4, 5, 6)):
    """Random weights for layers of these sizes: a list of (W, b)."""
    return [(rng.normal(size=(m, d)), rng.normal(size=m)) for d, m in pairwise(sizes)]


@task(6, "applies the activation function between the layers, and not after the last", needs=[1],
      keeps_arguments=True)  # fmt: skip
def outputs(code, rng):
    return code.mlp_forward(rng.normal(size=(7, 3)), layers(rng), np.tanh)[0]


@task(6, "keeps the input of each layer and its output", needs=[1])
def cached(code, rng):
    cache = code.mlp_forward(rng.normal(size=(7, 3)), layers(rng), np.tanh)[1]
    return [(x, z) for x, z in cache]


@task(6, "applies a single layer without an activation function", needs=[1])
def one_layer(code, rng):
    return code.mlp_forward(rng.normal(size=(4, 3)), layers(rng, (3, 5)), np.tanh)[0]


@task(7, "compares numbers with mse", needs=[3, 4, 5])
def a_number(code, rng):
    loss, answers = code.evaluate(*numbers(rng, 2.0), "number")
    return float(loss), answers


@task(7, "predicts one class of many", needs=[3, 4, 5])
def many_classes(code, rng):
    logits = 2 * rng.normal(size=(6, 4))
    loss, answers = code.evaluate(logits, rng.integers(4, size=6), "many classes")
    return float(loss), answers


def near_half(rng, shape):
    """Logits whose probabilities are around a half: between 0 and 0.5, below 0, and a 0."""
    logits = rng.uniform(1.0, 2.0, size=shape) * rng.choice([-1, 1], size=shape)
    logits.flat[:4] = rng.uniform(0.1, 0.4), -rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.9), 0.0
    return logits


@task(7, "predicts 1 where the probability is above a half", needs=[3, 4, 5])
def two_classes(code, rng):
    loss, answers = code.evaluate(near_half(rng, (6,)), rng.integers(2, size=6), "two classes")
    return float(loss), answers


@task(7, "allows several labels to be true at once", needs=[3, 4, 5])
def labels(code, rng):
    logits, y = near_half(rng, (5, 3)), several_labels(rng)[1]
    loss, answers = code.evaluate(logits, np.vstack([y, [[0, 0, 0]]]), "several labels")
    return float(loss), answers


@task(7, "raises an error for an unknown kind", needs=[3, 4, 5], judge=raises(ValueError))
def unknown_kind(code, rng):
    return float(code.evaluate(rng.normal(size=(3, 4)), np.zeros((3, 4)), "a poem")[0])


@task(8, "returns -log(probability) when all classes are equally likely")
def knows_nothing(code, rng):
    return float(code.initial_loss(int(rng.integers(3, 1000))))


@task(8, "comes within 1% of the loss of an untrained network", needs=[1, 5, 6],
      judge=within(0.0, 0.01))  # fmt: skip
def untrained(code, rng):
    K = int(rng.integers(3, 12))
    on_paper = float(code.initial_loss(K))
    (W1, b1), (W2, b2) = layers(rng, (8, 16, K))
    small = [(W1 * math.sqrt(2 / 8), 0 * b1), (W2 * 0.01, 0 * b2)]
    logits, _ = code.mlp_forward(rng.normal(size=(200, 8)), small, lambda z: np.maximum(z, 0))
    measured = float(code.cross_entropy(logits, rng.integers(K, size=200)))
    return abs(on_paper - measured) / measured


@task(9, "returns the derivative of a product: the probability, and x times the normal density",
      keeps_arguments=True)  # fmt: skip
def product_rule(code, rng):
    return code.gelu_gradient(np.append(1.5 * rng.normal(size=9), [-30.0, 0.0, 30.0]))
