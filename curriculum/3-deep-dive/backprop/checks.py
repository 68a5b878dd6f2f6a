"""What is asked of `backprop`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Upstream gradients are random: with all ones, a sum over the wrong axis or a missing factor can
hide. Sizes differ where a wrong product should not fit, and agree where it should fit and give
wrong numbers.
"""

import numpy as np

from undergrad.checker import at_least, gradients, numeric_gradient, task
from undergrad.datasets import digits


def layer(rng, n=5, d=3, m=4):
    """An upstream gradient g (n, m) and a linear layer's cache: x (n, d), W (m, d)."""
    return rng.normal(size=(n, m)), (rng.normal(size=(n, d)), rng.normal(size=(m, d)))


@task(1, "gives gx, gW and gb with the shapes of x, W and b", keeps_arguments=True)
def linear_gradients(code, rng):
    g, cache = layer(rng)
    return code.linear_backward(g, cache)


@task(1, "is right where D and M are equal and a transposed product fits as well")
def square_layer(code, rng):
    g, cache = layer(rng, n=5, d=3, m=3)
    return code.linear_backward(g, cache)


def activations(rng, shape=(4, 6)):
    """An upstream gradient and an input of that shape. One input is 0, the largest gradient meets
    a negative input, and a negative gradient meets a positive input."""
    g, z = rng.normal(size=shape), rng.normal(size=shape)
    z[0, 0], z[1, :2], g[1, :2] = 0.0, (-1.5, 1.5), (2.0, -2.0)
    return g, z


@task(
    2,
    "lets the gradient through where the input was positive, and nowhere else",
    keeps_arguments=True,
)
def relu_gradient(code, rng):
    g, z = activations(rng)
    return code.relu_backward(g, z)


@task(3, "multiplies by s * (1 - s)", keeps_arguments=True)
def sigmoid_gradient(code, rng):
    g, z = activations(rng)
    return code.sigmoid_backward(g, code.sigmoid(z)[1])


@task(3, "stays finite even at inputs of 800")
def sigmoid_far_out(code, rng):
    z = np.array([-800.0, 0.0, 800.0])
    with np.errstate(all="ignore"):
        return code.sigmoid_backward(rng.normal(size=3), code.sigmoid(z)[1])


@task(4, "gives probabilities minus one-hot labels, divided by N", keeps_arguments=True)
def logits_gradient(code, rng):
    return code.ce_backward(3 * rng.normal(size=(5, 4)), rng.integers(4, size=5))


@task(4, "stays finite where rows and logits differ by thousands")
def rows_of_different_scale(code, rng):
    logits = rng.normal(size=(5, 3)) + rng.permutation([-1000.0, 0.0, 1000.0])
    logits += 3000.0 * np.arange(5)[:, None]
    with np.errstate(all="ignore"):
        return code.ce_backward(logits, rng.integers(3, size=5))


def network(code, rng, depth, act, order="C"):
    """A batch and a network of that depth: x (6, 5), y (6,), params.

    Drawn again while a ReLU is within 0.002 of its corner, where the numeric gradient would lie
    between two derivatives. Four draws in five are fine, so a hundred are plenty.
    """
    for _ in range(100):
        sizes = [5, *rng.integers(4, 7, size=depth - 1), 3]
        scale = 1.0 if act == "relu" else 3.0  # makes up for the sigmoid's small derivatives
        params = [
            (np.asarray(scale * W, order=order), b + rng.uniform(0.1, 0.3, size=b.shape))
            for W, b in code.init_mlp(sizes, rng)
        ]
        x = np.asarray(rng.uniform(0.2, 1.0, size=(6, 5)), order=order)
        _, cache = code.mlp_forward(x, params, act)
        if all(np.abs(saved).min() > 0.002 for name, saved in cache if name == "relu"):
            break
    return x, rng.integers(3, size=6), params


@task(5, "gives each layer its gradients, in the order of params", needs=[1, 2, 3, 4])
def three_layers(code, rng):
    found = []
    for act in ("relu", "sigmoid"):
        x, y, params = network(code, rng, 3, act)
        _, cache = code.mlp_forward(x, params, act)
        found += [(gW, gb) for gW, gb in code.mlp_backward(cache, y)]
    return found


@task(
    5,
    "agrees with the numeric gradient of every weight, for one to five layers",
    needs=[1, 2, 3, 4],
    judge=gradients(),
    seeds=1,
)
def numeric(code, rng):
    """Gradients by mlp_backward and by differences, over depths, activations, memory orders.

    Five networks are enough for one check, since `three_layers` is asked on every seed.
    """
    found = {}
    for depth in range(1, 6):
        act, order = ("relu", "F") if depth % 2 else ("sigmoid", "C")
        x, y, params = network(code, rng, depth, act, order)
        _, cache = code.mlp_forward(x, params, act)
        grads = code.mlp_backward(cache, y)

        def loss(x=x, y=y, params=params, act=act):
            return code.cross_entropy(code.mlp_forward(x, params, act)[0], y)

        for layer, (weights, given) in enumerate(zip(params, grads, strict=True), 1):
            for letter, weight, gradient in zip("Wb", weights, given, strict=True):
                name = f"{letter} of layer {layer} of {depth}"
                found[name] = np.array(gradient), numeric_gradient(loss, weight)
    return found


@task(6, "counts the products of both passes")
def flops(code, rng):
    sizes = tuple(int(size) for size in rng.integers(3, 99, size=4))
    forward, backward = code.count_flops(sizes)
    return int(forward), int(backward)


@task(6, "finds that in a deep network the backward pass costs nearly twice the forward pass")
def ratio(code, rng):
    width = int(rng.integers(20, 40))
    forward, backward = code.count_flops((width,) * 21)
    return float(backward / forward)


@task(
    7,
    "gets at least 95 % of a test set of digits right",
    needs=[1, 2, 3, 4, 5],
    judge=at_least(0.95),
    seeds=1,
)
def unseen_digits(code, rng):
    X, y = digits()
    X = X.reshape(len(X), -1).astype(float)
    # Every fifth image is kept back: the set is ordered by writer, so all writers are in both.
    test = np.arange(len(y)) % 5 == 0
    params = code.train_digits(X[~test], y[~test], rng)
    logits, _ = code.mlp_forward(X[test], params)
    return float(np.mean(logits.argmax(axis=1) == y[test]))
