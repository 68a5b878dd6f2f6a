"""What is asked of `backprop`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Every slope that arrives from above is random: with all ones, a sum over the wrong axis or a
missing factor can hide. Sizes differ where a wrong product should not fit, and agree where it
should fit and give wrong numbers.
"""

import numpy as np

from undergrad.checker import at_least, gradients, numeric_gradient, task
from undergrad.datasets import digits


def layer(rng, n=5, d=3, m=4):
    """A slope g (n, m) and a linear layer's cache: x (n, d), W (m, d)."""
    return rng.normal(size=(n, m)), (rng.normal(size=(n, d)), rng.normal(size=(m, d)))


@task(1, "gives gx, gW and gb with the shapes of x, W and b", hint=[
    "Write the shapes down: g is (N, M), x is (N, D), W is (M, D). Which products give (N, D) "
    "and (M, D)?",
    "gx sums over the outputs: (N, M) @ (M, D). gW sums over the examples: (M, N) @ (N, D). "
    "gb sums over the examples too.",
    "return g @ W, g.T @ x, g.sum(axis=0)",
])  # fmt: skip
def linear_slopes(code, rng):
    g, cache = layer(rng)
    return code.linear_backward(g, cache)


@task(1, "is right where D and M are equal and a transposed product fits as well")
def square_layer(code, rng):
    g, cache = layer(rng, n=3, d=3, m=3)
    return code.linear_backward(g, cache)


def activations(rng, shape=(4, 6)):
    """A slope and an input of that shape. One input is 0, the largest slope meets a negative
    input, and a negative slope meets a positive input."""
    g, z = rng.normal(size=shape), rng.normal(size=shape)
    z[0, 0], z[1, :2], g[1, :2] = 0.0, (-1.5, 1.5), (2.0, -2.0)
    return g, z


@task(2, "lets the slope through where the input was positive, and nowhere else", hint=[
    "For one number: how much does max(z, 0) grow when z = 3 grows a little? When z = -3?",
    "The local slope is 1 or 0, by the sign of the input z, not by the sign of g.",
    "return g * (cache > 0)",
])  # fmt: skip
def relu_slope(code, rng):
    g, z = activations(rng)
    return code.relu_backward(g, z)


@task(2, "leaves g and the cache as they were")
def relu_unchanged(code, rng):
    g, z = activations(rng)
    g_before, z_before = g.copy(), z.copy()
    code.relu_backward(g, z)
    return g - g_before, z - z_before


@task(3, "multiplies by s * (1 - s)", hint=[
    "What does the cache hold here: the input z, or the output s? The docstring says it.",
    "The slope of the sigmoid is s * (1 - s), at most a quarter.",
    "return g * cache * (1 - cache)",
])  # fmt: skip
def sigmoid_slope(code, rng):
    g, z = activations(rng)
    return code.sigmoid_backward(g, code.sigmoid(z)[1])


@task(3, "is a number even at inputs of 800")
def sigmoid_far_out(code, rng):
    z = np.array([-800.0, 0.0, 800.0])
    with np.errstate(all="ignore"):
        return code.sigmoid_backward(rng.normal(size=3), code.sigmoid(z)[1])


@task(4, "gives probabilities minus the true ones, divided by N", hint=[
    "How much should each score move? Those of wrong classes down, by their probability; that of "
    "the label up, by what its probability lacks.",
    "Softmax along axis 1, minus 1 at [row, label], everything divided by the number of rows. "
    "Subtract each row's maximum before exp.",
    "e = np.exp(logits - logits.max(axis=1, keepdims=True))\n"
    "p = e / e.sum(axis=1, keepdims=True)\n"
    "p[np.arange(len(y)), y] -= 1\n"
    "return p / len(y)",
])  # fmt: skip
def scores(code, rng):
    return code.ce_backward(2 * rng.normal(size=(4, 3)), rng.integers(3, size=4))


@task(4, "stays finite when scores reach a thousand, and leaves them as they were")
def large_scores(code, rng):
    logits = rng.normal(size=(4, 3)) + rng.permutation([-1000.0, 0.0, 1000.0])
    before = logits.copy()
    with np.errstate(all="ignore"):
        g = code.ce_backward(logits, rng.integers(3, size=4))
    return g, logits - before


def network(code, rng, depth, act, order="C"):
    """A batch and a network of that depth: x (6, 5), y (6,), params.

    Drawn again while a ReLU stands within 0.002 of its corner, where a nudge would measure
    something between two slopes. Four draws in five are fine, so a hundred are plenty.
    """
    for _ in range(100):
        sizes = [5, *rng.integers(4, 7, size=depth - 1), 3]
        scale = 1.0 if act == "relu" else 3.0  # makes up for the sigmoid's small slopes
        params = [
            (np.asarray(scale * W, order=order), b + rng.uniform(0.1, 0.3, size=b.shape))
            for W, b in code.init_mlp(sizes, rng)
        ]
        x = np.asarray(rng.uniform(0.2, 1.0, size=(6, 5)), order=order)
        _, cache = code.mlp_forward(x, params, act)
        if all(np.abs(saved).min() > 0.002 for name, saved in cache if name == "relu"):
            break
    return x, rng.integers(3, size=6), params


@task(5, "gives each layer its slopes, in the order of params", needs=[1, 2, 3, 4], hint=[
    "Print [name for name, _ in cache]. The way back visits the same names in reverse.",
    "Begin with g = ce_backward(logits, y). Each step turns g into the slope of what came before "
    "it; a linear step also gives gW and gb to keep.",
    "*steps, (_, logits) = cache\n"
    "g, grads = ce_backward(logits, y), []\n"
    "for name, saved in reversed(steps):\n"
    "    # linear: g, gW, gb = linear_backward(g, saved), and keep (gW, gb)\n"
    "    # relu or sigmoid: g = its backward(g, saved)\n"
    "return grads[::-1]",
])  # fmt: skip
def three_layers(code, rng):
    found = []
    for act in ("relu", "sigmoid"):
        x, y, params = network(code, rng, 3, act)
        _, cache = code.mlp_forward(x, params, act)
        found += [(gW, gb) for gW, gb in code.mlp_backward(cache, y)]
    return found


@task(5, "agrees with slopes measured by nudging each weight, for one to five layers",
      needs=[1, 2, 3, 4], judge=gradients())  # fmt: skip
def nudged(code, rng):
    """Every weight's slope, given and measured, over depths, activations and memory orders."""
    found = {}
    for depth in range(1, 6):
        act, order = ("relu", "F") if depth % 2 else ("sigmoid", "C")
        x, y, params = network(code, rng, depth, act, order)
        _, cache = code.mlp_forward(x, params, act)
        grads = code.mlp_backward(cache, y)

        def loss(x=x, y=y, params=params, act=act):
            return code.cross_entropy(code.mlp_forward(x, params, act)[0], y)

        for layer, (weights, given) in enumerate(zip(params, grads, strict=True), 1):
            for letter, weight, slope in zip("Wb", weights, given, strict=True):
                name = f"{letter} of layer {layer} of {depth}"
                found[name] = np.array(slope), numeric_gradient(loss, weight)
    return found


@task(6, "counts the products of both ways", hint=[
    "One layer of 64 to 32: how many multiplications for one example? How many additions?",
    "Forward 2 * M * D for each layer. Backward twice that for each layer, once for the first.",
    "products = [2 * m * d for d, m in zip(sizes[:-1], sizes[1:])]\n"
    "return sum(products), 2 * sum(products) - products[0]",
])  # fmt: skip
def flops(code, rng):
    sizes = tuple(int(size) for size in rng.integers(3, 99, size=4))
    forward, backward = code.count_flops(sizes)
    return int(forward), int(backward)


@task(6, "finds that the way back costs nearly twice the way forward in a deep network")
def ratio(code, rng):
    width = int(rng.integers(20, 40))
    forward, backward = code.count_flops((width,) * 21)
    return float(backward / forward)


@task(7, "gets at least 95 % of unseen digits right", needs=[1, 2, 3, 4, 5],
      judge=at_least(0.95), seeds=1, hint=[
    "It is the loop of `first-ten`: loss, slopes, a small step against them. The slopes come from "
    "mlp_backward now.",
    "Shuffle the rows anew in each round, take 16 or 32 at a time, and write W - lr * gW back "
    "into params. Steps around 0.3 work.",
    "_, cache = mlp_forward(X[rows], params)\n"
    "grads = mlp_backward(cache, y[rows])\n"
    "params = [(W - lr * gW, b - lr * gb) for (W, b), (gW, gb) in zip(params, grads)]",
])  # fmt: skip
def unseen_digits(code, rng):
    X, y = digits()
    X = X.reshape(len(X), -1).astype(float)
    # Every fifth picture is kept back: the set is ordered by writer, so all writers are in both.
    test = np.arange(len(y)) % 5 == 0
    params = code.train_digits(X[~test], y[~test], rng)
    logits, _ = code.mlp_forward(X[test], params)
    return float(np.mean(logits.argmax(axis=1) == y[test]))
