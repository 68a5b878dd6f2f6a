"""What is asked of `forward`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

Inputs are built so that each typical slip gives other numbers: signs on both sides, errors on both
sides of every threshold, shapes that differ where a wrong product should not fit and agree where
it should fit and be wrong.
"""

import math
from itertools import pairwise

import numpy as np

from undergrad.checker import raises, task, within


@task(1, "makes one weighted sum for each row of W, and adds its offset", hint=[
    "Write the shapes down: x is (N, D), W is (M, D), and the result is (N, M).",
    "The D of both must meet in the product, so W has to be turned over. b has the shape of one "
    "row of the result, and NumPy repeats it.",
    "return x @ W.T + b",
])  # fmt: skip
def sums(code, rng):
    return code.linear(rng.normal(size=(5, 3)), rng.normal(size=(4, 3)), rng.normal(size=4))


@task(1, "is right where N, D and M are equal and any product fits")
def square_layer(code, rng):
    return code.linear(rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=3))


def inputs(rng):
    """Numbers of both signs, a zero among them, and sizes from 0 to about 3. Shape (3, 4)."""
    x = rng.uniform(0.2, 1.5, size=(3, 4)) * rng.choice([-1, 1], size=(3, 4))
    x[0] = -2.5, -0.5, 0.0, 1.75
    return x


@task(2, "relu keeps what is positive", hint=[
    "Work out each function for x = 2 and x = -2 on paper. Which numbers should come out?",
    "np.maximum(x, 0) compares number by number; np.where(condition, a, b) chooses number by "
    "number. For the sigmoid use np.tanh: it never overflows.",
    "np.maximum(x, 0)\n"
    "np.where(x > 0, x, slope * x)\n"
    "0.5 * (1 + np.tanh(0.5 * x))\n"
    "np.tanh(x)\n"
    "x * 0.5 * (1 + erf(x / math.sqrt(2)))",
])  # fmt: skip
def relu_values(code, rng):
    x = inputs(rng)
    before = x.copy()
    return code.relu(x), x - before


@task(2, "leaky_relu lets a share of the negative side through")
def leaky_values(code, rng):
    x, slope = inputs(rng), rng.uniform(0.1, 0.4)
    return code.leaky_relu(x, slope), code.leaky_relu(x)


@task(2, "sigmoid rises from 0 to 1")
def sigmoid_values(code, rng):
    return code.sigmoid(inputs(rng))


@task(2, "sigmoid and tanh are numbers even at inputs of 1000")
def far_out(code, rng):
    x = np.array([-1000.0, -1.0, rng.normal(), 1000.0])
    with np.errstate(all="ignore"):
        return code.sigmoid(x), code.tanh(x)


@task(2, "tanh rises from -1 to 1")
def tanh_values(code, rng):
    return code.tanh(inputs(rng))


@task(2, "gelu is exact")
def gelu_values(code, rng):
    return code.gelu(inputs(rng))


def numbers(rng, delta):
    """Targets and predictions with errors well below, just below and far above delta. (2, 4)."""
    target = rng.normal(size=(2, 4))
    sizes = delta * np.array([[0.3, 0.5, 0.7, 0.9], [1.3, 2.0, 3.0, 0.4]])
    signs = np.array([[1, -1, 1, -1], [1, -1, -1, -1]])  # the mean is negative
    return target + sizes * signs * rng.uniform(0.95, 1.05, size=(2, 4)), target


@task(3, "mse is the mean of the squares", hint=[
    "Take the errors once, pred - target. The three losses differ in what they do with an error.",
    "Squares; sizes; and for Huber half the square up to delta, a straight line beyond. All end "
    "in a mean over every number. Compare pred.shape with target.shape before.",
    "if pred.shape != target.shape: raise ValueError(...)\n"
    "size = np.abs(pred - target)\n"
    "float(np.mean(np.where(size <= delta, size ** 2 / 2, delta * (size - delta / 2))))",
])  # fmt: skip
def squares(code, rng):
    return float(code.mse(*numbers(rng, 2.0)))


@task(3, "mae is the mean of the sizes")
def sizes(code, rng):
    return float(code.mae(*numbers(rng, 2.0)))


@task(3, "huber is half the square up to delta, and a line beyond")
def two_pieces(code, rng):
    delta = rng.uniform(1.6, 2.4)
    pred, target = numbers(rng, delta)
    return float(code.huber(pred, target, delta)), float(code.huber(pred, target))


@task(3, "mse refuses a column against a row", judge=raises(ValueError))
def mse_shapes(code, rng):
    return float(code.mse(rng.normal(size=(5, 1)), rng.normal(size=5)))


def refusal(loss, *arguments):
    """What a loss does with arguments that do not belong together."""
    try:
        return f"it gave {float(loss(*arguments)):.6g}"
    except ValueError:
        return "ValueError"


@task(3, "mae and huber refuse a column against a row")
def other_shapes(code, rng):
    pair = rng.normal(size=(5, 1)), rng.normal(size=5)
    return refusal(code.mae, *pair), refusal(code.huber, *pair)


def several_labels(rng):
    """Scores and zeros and ones, (4, 3), with every pairing of sign and label."""
    logits = rng.uniform(0.5, 3.0, size=(4, 3)) * np.array([1, -1, 1])
    return logits, np.array([[1, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 1]])


@task(4, "averages -log of the probability of what is true", hint=[
    "What is the loss of one score z when y is 1? And when y is 0? Write both with exp and log.",
    "-log(sigmoid(z)) is log(1 + exp(-z)); for y = 0 it is log(1 + exp(z)), which is the first "
    "plus z. np.logaddexp(0, a) is log(1 + exp(a)), safely.",
    "return float(np.mean(np.logaddexp(0, -logits) + (1 - y) * logits))",
])  # fmt: skip
def label_loss(code, rng):
    return float(code.bce_with_logits(*several_labels(rng)))


@task(4, "is exact at scores of 1000, right or wrong")
def label_loss_far_out(code, rng):
    logits = np.array([1000.0, 1000.0, -1000.0, -1000.0]) + rng.normal(size=4)
    with np.errstate(all="ignore"):
        return float(code.bce_with_logits(logits, np.array([1, 0, 0, 1])))


@task(4, "refuses a column of scores against a row of labels", judge=raises(ValueError))
def label_shapes(code, rng):
    return float(code.bce_with_logits(rng.normal(size=(5, 1)), rng.integers(2, size=5)))


@task(5, "averages -log of the probability of the right class", hint=[
    "Two steps: log-probabilities for all classes, then pick one in each row.",
    "log p = z - log(sum of exp z), row by row. Subtract the row's maximum first; it changes "
    "nothing and exp stays small. log_p[np.arange(N), y] picks.",
    "shifted = logits - logits.max(axis=1, keepdims=True)\n"
    "log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))\n"
    "return float(-log_p[np.arange(len(y)), y].mean())",
])  # fmt: skip
def class_loss(code, rng):
    return float(code.cross_entropy(2 * rng.normal(size=(5, 3)), rng.integers(3, size=5)))


@task(5, "is exact at scores of 1000, also where the right class is hopeless")
def class_loss_far_out(code, rng):
    # The right class has the middle, the lowest and the highest score.
    logits = np.array([[1e3, 0.0, -1e3], [-1e3, 0.0, 1e3], [0.0, 1e3, -1e3]])
    logits += rng.normal(size=(3, 3))
    before = logits.copy()
    with np.errstate(all="ignore"):
        loss = float(code.cross_entropy(logits, np.array([1, 0, 1])))
    return loss, logits - before


@task(5, "refuses a label below 0", judge=raises(ValueError))
def label_too_low(code, rng):
    return float(code.cross_entropy(rng.normal(size=(3, 4)), np.array([0, -1, 2])))


@task(5, "refuses a label of K", judge=raises(ValueError))
def label_too_high(code, rng):
    return float(code.cross_entropy(rng.normal(size=(3, 4)), np.array([0, 4, 2])))


def layers(rng, sizes=(3, 4, 5, 2)):
    """Random weights for layers of these sizes: a list of (W, b)."""
    return [(rng.normal(size=(m, d)), rng.normal(size=m)) for d, m in pairwise(sizes)]


@task(6, "bends between the layers, and not after the last", needs=[1], hint=[
    "How many bends does a network of three layers have? Where do they stand?",
    "The output of one layer, bent, is the input of the next. Bend before each layer except the "
    "first; then the last is left alone by itself.",
    "cache = []\n"
    "for W, b in params:\n"
    "    if cache: x = act(x)\n"
    "    z = linear(x, W, b)\n"
    "    cache.append((x, z))\n"
    "    x = z\n"
    "return x, cache",
])  # fmt: skip
def outputs(code, rng):
    return code.mlp_forward(rng.normal(size=(4, 3)), layers(rng), np.tanh)[0]


@task(6, "keeps what went into each layer and what came out of it", needs=[1])
def kept(code, rng):
    cache = code.mlp_forward(rng.normal(size=(4, 3)), layers(rng), np.tanh)[1]
    return [(x, z) for x, z in cache]


@task(6, "with one layer is that layer", needs=[1])
def one_layer(code, rng):
    return code.mlp_forward(rng.normal(size=(4, 3)), layers(rng, (3, 2)), np.tanh)[0]


@task(7, "compares numbers with mse", needs=[3, 4, 5], hint=[
    "Can two of the answers be right at the same time? Then they must not compete: no softmax.",
    "number: mse and out. many classes: cross_entropy and argmax along axis 1. The two others: "
    "bce_with_logits, and 1 where the score is above 0, since sigmoid(0) is a half.",
    "if kind == 'many classes': return cross_entropy(out, y), out.argmax(axis=1)\n"
    "if kind in ('two classes', 'several labels'):\n"
    "    return bce_with_logits(out, y), (out > 0).astype(int)",
])  # fmt: skip
def a_number(code, rng):
    loss, answers = code.evaluate(*numbers(rng, 2.0), "number")
    return float(loss), answers


@task(7, "chooses one class of many", needs=[3, 4, 5])
def many_classes(code, rng):
    logits = 2 * rng.normal(size=(6, 4))
    loss, answers = code.evaluate(logits, rng.integers(4, size=6), "many classes")
    return float(loss), answers


def near_half(rng, shape):
    """Scores whose probabilities lie around a half: some between 0 and 0.5, some below 0."""
    logits = rng.uniform(1.0, 2.0, size=shape) * rng.choice([-1, 1], size=shape)
    logits.flat[:3] = rng.uniform(0.1, 0.4), -rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.9)
    return logits


@task(7, "says 1 where the probability is above a half", needs=[3, 4, 5])
def two_classes(code, rng):
    loss, answers = code.evaluate(near_half(rng, (6,)), rng.integers(2, size=6), "two classes")
    return float(loss), answers


@task(7, "lets several labels be true at once", needs=[3, 4, 5])
def labels(code, rng):
    logits, y = near_half(rng, (5, 3)), several_labels(rng)[1]
    loss, answers = code.evaluate(logits, np.vstack([y, [[0, 0, 0]]]), "several labels")
    return float(loss), answers


@task(7, "refuses a kind it does not know", needs=[3, 4, 5], judge=raises(ValueError))
def unknown_kind(code, rng):
    return float(code.evaluate(rng.normal(size=(3, 2)), np.zeros((3, 2)), "a poem")[0])


@task(8, "is -log of an equal share", hint=[
    "A classifier without knowledge cannot prefer any class.",
    "So each of the K classes gets probability 1 / K, and the loss is -log of that.",
    "return math.log(K)",
])  # fmt: skip
def knows_nothing(code, rng):
    return float(code.initial_loss(int(rng.integers(3, 1000))))


@task(8, "is within 1 % of what an untrained network scores", needs=[1, 5, 6],
      judge=within(0.0, 0.01))  # fmt: skip
def untrained(code, rng):
    K = int(rng.integers(3, 12))
    on_paper = float(code.initial_loss(K))
    (W1, b1), (W2, b2) = layers(rng, (8, 16, K))
    small = [(W1 * math.sqrt(2 / 8), 0 * b1), (W2 * 0.01, 0 * b2)]
    logits, _ = code.mlp_forward(rng.normal(size=(200, 8)), small, lambda z: np.maximum(z, 0))
    measured = float(code.cross_entropy(logits, rng.integers(K, size=200)))
    return abs(on_paper - measured) / measured


@task(9, "is the slope of a product: the share, and x times the height of the curve", hint=[
    "Measure it first: (gelu(x + h) - gelu(x - h)) / (2 * h) with h = 0.001, at -2, 0 and 2.",
    "Move x and hold the share still: that gives the share. Hold x and move the share: that gives "
    "x times the height of the curve. Add the two.",
    "share = 0.5 * (1 + erf(x / math.sqrt(2)))\n"
    "return share + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)",
])  # fmt: skip
def soft_slope(code, rng):
    return code.gelu_slope(np.append(1.5 * rng.normal(size=9), [-30.0, 0.0, 30.0]))
