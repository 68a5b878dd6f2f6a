"""Initialisation and normalisation: numbers that keep their size through fifty layers.

First you draw weights whose spread suits their layer, and watch what a deep network makes of them.
Then you write the layers that measure the spread and set it right: batch, layer and RMS norm, each
with its way back.

Letters: N examples, D numbers of one example, M outputs of a layer, T steps of a sequence. A
weight has one row for each output, (M, D), or for convolutions (M, C, height, width), as in
PyTorch. `g` is the slope of the loss for a function's output, and has its shape. Write plain
NumPy; `undergrad check init-norm` runs it.
"""

import numpy as np

# --- how weights begin --------------------------------------------------------------------------


def fans(shape):
    """How many numbers one output adds up (fan in), and how many outputs one input goes to.

    shape: (M, D), or (M, C, height, width) for a convolution, whose every output sees C channels
    in a window of height * width.
    Returns (fan_in, fan_out), two ints. Raises ValueError for a shape with fewer than 2 axes.
    """
    raise NotImplementedError("TODO 1: axis 1 goes in, axis 0 comes out, both count the window")


def xavier_uniform(shape, rng):
    """Weights of that shape, spread evenly around 0 with variance 2 / (fan_in + fan_out).

    rng: a NumPy Generator.   A uniform draw between -b and b has variance b**2 / 3.
    """
    raise NotImplementedError("TODO 2: find b from the variance, then rng.uniform")


def he_normal(shape, rng):
    """Weights of that shape from the bell curve around 0 with variance 2 / fan_in."""
    raise NotImplementedError("TODO 2: rng.normal has spread 1; the spread is a square root")


def orthogonal(shape, rng):
    """Weights whose rows (or columns, if those are fewer) have length 1 and right angles.

    shape: (M, D), or (M, C, height, width), which is treated as (M, C * height * width).
    All such matrices are equally likely.
    """
    raise NotImplementedError("TODO 3: QR of a random matrix, with the signs of R's diagonal")


def forward_stats(x, depth, init, act, rng):
    """What becomes of the size of a signal in a deep network that is not trained yet.

    x: (N, D).   depth: how many layers, D to D, without offsets.   init: function (shape, rng)
    that gives weights, asked once for each layer.   act: function applied after each layer.
    Returns an array (depth,): the mean square of the numbers after each layer's `act`.
    """
    raise NotImplementedError("TODO 4: x = act(x @ W.T) with a new W each time; note mean(x**2)")


# --- normalisation ------------------------------------------------------------------------------


def batchnorm_forward(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    """Each column to mean 0 and variance 1, then times gamma plus beta.

    x: (N, D).   gamma, beta: (D,).   running: (mean, var), each (D,).
    In training: with the batch's own mean and variance (divided by N). The running ones move to
    those of the batch by the share `momentum`; for the running variance the batch's is divided by
    N - 1. Not in training: with the running ones, which then stay as they are.
    Returns (out, cache, running): out (N, D); cache (normal, spread, gamma), where normal (N, D)
    is what gamma is multiplied by and spread (D,) is sqrt(variance + eps); a new running pair.
    Raises ValueError for a training batch of one example. Changes none of its arguments.
    """
    raise NotImplementedError("TODO 5: statistics down the rows, axis 0; two cases")


def batchnorm_backward(g, cache):
    """The way back of `batchnorm_forward` in training.

    g: (N, D).   cache: (normal, spread, gamma).
    Returns (gx, ggamma, gbeta) with shapes (N, D), (D,), (D,).
    """
    raise NotImplementedError("TODO 6: x pulls on its own mean and on its own spread")


def layernorm_forward(x, gamma, beta, eps=1e-5):
    """The numbers of each example to mean 0 and variance 1, then times gamma plus beta.

    x: (..., D), such as (N, D) or (N, T, D).   gamma, beta: (D,).
    Returns (out, cache): out like x; cache (normal, spread, gamma) with spread (..., 1).
    """
    raise NotImplementedError("TODO 7: statistics along the last axis, keepdims=True")


def layernorm_backward(g, cache):
    """The way back of `layernorm_forward`.

    g: (..., D).   cache: (normal, spread, gamma).
    Returns (gx, ggamma, gbeta) with shapes (..., D), (D,), (D,).
    """
    raise NotImplementedError("TODO 7: gamma differs within a row here, so it goes in first")


def rmsnorm_forward(x, gamma, eps=1e-5):
    """Each example divided by its root mean square, sqrt(mean(x**2) + eps), then times gamma.

    x: (..., D).   gamma: (D,).   No mean is taken away, and there is no beta.
    Returns (out, cache): out like x; cache (normal, spread, gamma) with spread (..., 1).
    """
    raise NotImplementedError("TODO 8: layer norm without the mean")


def rmsnorm_backward(g, cache):
    """The way back of `rmsnorm_forward`.

    g: (..., D).   cache: (normal, spread, gamma).
    Returns (gx, ggamma) with shapes (..., D) and (D,).
    """
    raise NotImplementedError("TODO 8: x pulls on its spread only")
