"""Initialisation and normalisation: signals that keep their size through fifty layers.

First you draw weights whose standard deviation suits their layer, and measure what happens to a
signal in a deep network. Then you write the layers that measure a mean and a standard deviation and
correct them: batch norm, layer norm and RMS norm, each with its backward pass.

A weight has one row per output, (M, D), or for convolutions (M, C, height, width), as in PyTorch.
`g` is the upstream gradient: that of the loss with respect to a function's output, with its shape.
Write plain NumPy; `undergrad check init-norm` runs it.

Letters: N examples, D numbers of one example (features), M outputs, C channels, T steps of a
sequence.
"""

import math

import numpy as np

# --- initialisation -----------------------------------------------------------------------------


def fans(shape):
    """How many numbers one output adds up (fan in), and how many outputs one input feeds (fan out).

    shape: (M, D), or (M, C, height, width) for a convolution, each of whose outputs depends on C
    channels of a kernel of height * width.
    Raises ValueError for a shape with fewer than 2 axes.
    Returns: fan_in, int, fan_out, int
    """
    # TODO 1: which axis counts the inputs, which the outputs, and what does the kernel add?
    if len(shape) < 2:
        raise ValueError(f"fan in and fan out need a shape of 2 or more axes, not {shape}")
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def xavier_uniform(shape, rng):
    """Uniform weights around 0 with variance 2 / (fan_in + fan_out).

    A uniform draw between -b and b has variance b**2 / 3.
    rng: a NumPy Generator.
    Returns: W (...); of that shape
    """
    # TODO 2: which b gives the required variance?
    bound = np.sqrt(3 * 2 / sum(fans(shape)))
    return rng.uniform(-bound, bound, size=shape)


def he_normal(shape, rng):
    """Weights from the normal distribution with mean 0 and variance 2 / fan_in.

    Returns: W (...); of that shape
    """
    # TODO 2: rng.normal has standard deviation 1; what must it be multiplied by?
    return rng.normal(size=shape) * np.sqrt(2 / fans(shape)[0])


def orthogonal(shape, rng):
    """Weights whose rows (or columns, if those are fewer) have length 1 and are orthogonal.

    All such matrices are equally likely.
    shape: (M, D), or (M, C, height, width), which is treated as (M, C * height * width).
    Returns: W (...); of that shape
    """
    # TODO 3: which factorisation gives orthogonal columns, and which signs does it leave open?
    rows, columns = shape[0], math.prod(shape[1:])
    draw = rng.normal(size=(max(rows, columns), min(rows, columns)))  # the tall form
    Q, R = np.linalg.qr(draw)
    # QR leaves each column's sign to the algorithm; with that of R it is as random as the draw.
    Q = Q * np.sign(np.diag(R))
    return (Q if rows >= columns else Q.T).reshape(shape)


def forward_stats(x, depth, init, act, rng):
    """What becomes of the size of a signal in a deep network that is not trained yet.

    x: (N, D).   depth: how many layers, D to D, without biases.   init: a function (shape, rng)
    that gives weights, called once per layer.   act: the function applied after each layer.
    Returns: mean_squares (depth,): the mean square of the numbers after each layer's `act`
    """
    # TODO 4: what does one layer do, and what is measured after it?
    width, sizes = x.shape[1], []
    for _ in range(depth):
        W = init((width, width), rng)
        x = act(x @ W.T)
        sizes.append(np.mean(x**2))
    return np.array(sizes)


# --- normalisation ------------------------------------------------------------------------------


def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    """Each column to mean 0 and variance 1, then scaled by gamma and shifted by beta.

    In training: with the batch's own mean and variance (divided by N). The running ones become
    (1 - momentum) * running + momentum * batch; for the running variance the batch's is divided by
    N - 1. At inference: with the running ones, which are then unchanged. Changes none of its
    arguments. Raises ValueError for a training batch of one example.
    x: (N, D).   gamma, beta: (D,).   running: (mean, var), each (D,).
    Returns: out (N, D), cache (x_hat, std, gamma), running, tuple; (mean, var), where x_hat (N, D)
    is what gamma multiplies and std (D,) is sqrt(variance + eps)
    """
    # TODO 5: which statistics normalise x in each of the two cases?
    mean, var = running
    if training:
        if len(x) < 2:
            raise ValueError("batch norm cannot train on one example: its variance is 0")
        mean, var = x.mean(axis=0), x.var(axis=0)
        unbiased = x.var(axis=0, ddof=1)
        old_mean, old_var = running
        new_mean = (1 - momentum) * old_mean + momentum * mean
        new_var = (1 - momentum) * old_var + momentum * unbiased
        running = new_mean, new_var
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return x_hat * gamma + beta, (x_hat, std, gamma), running


def batchnorm_backward(g, cache):
    """The gradients of `batchnorm_forward` in training.

    g: (N, D).   cache: (x_hat, std, gamma).
    Returns: gx (N, D), ggamma (D,), gbeta (D,)
    """
    # TODO 6: which two statistics change with x, and what does each contribute?
    x_hat, std, gamma = cache
    h = g * gamma  # the gradient with respect to x_hat
    through_mean = h.mean(axis=0)
    through_std = x_hat * (h * x_hat).mean(axis=0)
    gx = (h - through_mean - through_std) / std
    return gx, (g * x_hat).sum(axis=0), g.sum(axis=0)


def layernorm_forward(x, gamma, beta, eps=1e-5):
    """The features of each example to mean 0 and variance 1, then scaled and shifted.

    x: (..., D), such as (N, D) or (N, T, D).   gamma, beta: (D,).
    Returns: out (like x), cache (x_hat, std, gamma); with std (..., 1)
    """
    # TODO 7: which values are normalised together?
    mean, var = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    return x_hat * gamma + beta, (x_hat, std, gamma)


def layernorm_backward(g, cache):
    """The gradients of `layernorm_forward`.

    g: (..., D).   cache: (x_hat, std, gamma).
    Returns: gx (..., D), ggamma (D,), gbeta (D,)
    """
    # TODO 7: what has to be multiplied by gamma before the means are taken?
    x_hat, std, gamma = cache
    h = g * gamma
    through_mean = h.mean(axis=-1, keepdims=True)
    through_std = x_hat * (h * x_hat).mean(axis=-1, keepdims=True)
    gx = (h - through_mean - through_std) / std
    others = tuple(range(g.ndim - 1))
    return gx, (g * x_hat).sum(axis=others), g.sum(axis=others)


def rmsnorm_forward(x, gamma, eps=1e-5):
    """Each example divided by its root mean square, sqrt(mean(x**2) + eps), then scaled by gamma.

    No mean is subtracted, and there is no beta.
    x: (..., D).   gamma: (D,).
    Returns: out (like x), cache (x_hat, rms, gamma); with rms (..., 1)
    """
    # TODO 8: which of the two statistics is left?
    rms = np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + eps)
    x_hat = x / rms
    return x_hat * gamma, (x_hat, rms, gamma)


def rmsnorm_backward(g, cache):
    """The gradients of `rmsnorm_forward`.

    g: (..., D).   cache: (x_hat, rms, gamma).
    Returns: gx (..., D), ggamma (D,)
    """
    # TODO 8: which of the two correction terms is left?
    x_hat, rms, gamma = cache
    h = g * gamma
    through_rms = x_hat * (h * x_hat).mean(axis=-1, keepdims=True)
    gx = (h - through_rms) / rms
    return gx, (g * x_hat).sum(axis=tuple(range(g.ndim - 1)))
