"""Convolution, pooling and residual blocks, forward and back, with NumPy.

Letters: N pictures, C channels in, O channels out, H x W pixels, H' x W' places where the window
stops, k its side, s the stride, p the padding. Pictures have shape (N, C, H, W), weights
(O, C, k, k), as in PyTorch. `g` is always the slope of the loss with respect to a function's
output, and has that output's shape. No function changes what it is given.

A small network is given; it runs when your functions do. `undergrad check conv` checks them.
"""

import numpy as np

# --- given --------------------------------------------------------------------------------------


def relu(z):
    """z of any shape. Returns max(z, 0)."""
    return np.maximum(z, 0)


def init_cnn(rng, channels=(8, 16), classes=10):
    """Weights for `cnn_forward`, a list [w1, b1, w2, b2, w3, b3]."""
    c1, c2 = channels
    return [
        rng.normal(size=(c1, 1, 3, 3)) * np.sqrt(2 / 9),
        np.zeros(c1),
        rng.normal(size=(c2, c1, 3, 3)) * np.sqrt(2 / (9 * c1)),
        np.zeros(c2),
        rng.normal(size=(classes, c2)) * np.sqrt(1 / c2),
        np.zeros(classes),
    ]


def cnn_forward(x, params):
    """Convolution, ReLU, pooling by 2, again the first two, the largest of all places, linear.

    x: (N, 1, H, H), H even.   Returns scores (N, 10), and the cache.
    """
    w1, b1, w2, b2, w3, b3 = params
    z1, conv1 = conv2d(x, w1, b1, pad=1)
    half, pool1 = maxpool2d(relu(z1), 2)
    z2, conv2 = conv2d(half, w2, b2, pad=1)
    top, pool2 = maxpool2d(relu(z2), z2.shape[2])
    found = top[:, :, 0, 0]
    return found @ w3.T + b3, (conv1, z1, pool1, conv2, z2, pool2, found, w3)


def cnn_backward(g, cache):
    """g: the slope of the loss for the scores, (N, 10).   Returns slopes as `params`."""
    conv1, z1, pool1, conv2, z2, pool2, found, w3 = cache
    gw3, gb3 = g.T @ found, g.sum(axis=0)
    g = maxpool2d_backward((g @ w3)[:, :, None, None], pool2) * (z2 > 0)
    g, gw2, gb2 = conv2d_backward(g, conv2)
    g = maxpool2d_backward(g, pool1) * (z1 > 0)
    _, gw1, gb1 = conv2d_backward(g, conv1)
    return [gw1, gb1, gw2, gb2, gw3, gb3]


# --- yours --------------------------------------------------------------------------------------


def out_size(n, k, s=1, p=0):
    """At how many places a window of k stops on a row of n pixels, with stride s and padding p.

    p zeros are put at both ends first. Only windows that fit whole count. Returns an int.
    """
    raise NotImplementedError("TODO 1: where can the first window begin, and where the last?")


def receptive_field(layers):
    """How many pixels of a row one number behind all layers depends on.

    layers: a list of (k, s), window and stride, first layer first; a pooling is one as well.
    Returns an int; 1 for no layers at all.
    """
    raise NotImplementedError("TODO 1: each layer adds k - 1 steps; how long is a step by then?")


def conv2d_loops(x, w, b, stride=1, pad=0):
    """A convolution, place by place.

    x: (N, C, H, W).   w: (O, C, k, k).   b: (O,).
    out[n, o, i, j] is w[o] times what the window sees there, summed over channels and window,
    plus b[o]. The window is not turned round. Returns (N, O, H', W').
    """
    raise NotImplementedError("TODO 2: for each place, cut the window out, multiply, sum")


def conv2d(x, w, b, stride=1, pad=0):
    """The same numbers from one matrix product, at least ten times as fast.

    x, w, b as above. Returns (out, cache): out (N, O, H', W'), and (X, x.shape, w, stride, pad)
    for the way back. The rows of X, (N H' W', C k k), are what the window sees at each place:
    picture by picture, place by place in reading order; in a row channel by channel.
    np.lib.stride_tricks.sliding_window_view cuts out all windows at once.
    """
    raise NotImplementedError("TODO 3: a row for each place, then one product with the weights")


def transpose_conv2d(g, w, stride, pad, size):
    """The way back to the picture: each number of g stamps its pattern where its window was.

    g: (N, O, H', W').   w: (O, C, k, k).   size: (H, W) of the picture without padding.
    Patterns that overlap add up; what falls on the padding is dropped. Returns (N, C, H, W).
    """
    raise NotImplementedError("TODO 4: for each of the k * k weights, add to a strided slice")


def conv2d_backward(g, cache):
    """The slopes of `conv2d`.

    g: (N, O, H', W').   cache: (X, x.shape, w, stride, pad), as conv2d returns it.
    Returns (gx, gw, gb) with the shapes of x, w and b.
    """
    raise NotImplementedError("TODO 4: the three products of a linear layer, with windows as rows")


def maxpool2d(x, k):
    """The largest number of each k x k block; the blocks lie side by side.

    x: (N, C, H, W), H and W multiples of k.
    Returns (out, cache): out (N, C, H / k, W / k), and what maxpool2d_backward needs.
    """
    raise NotImplementedError("TODO 5: split H into (H / k, k), W as well; remember who won")


def maxpool2d_backward(g, cache):
    """g: (N, C, H / k, W / k). The slope goes to the largest of each block, 0 to the others.

    Of several that are equally large the first in reading order takes all. Returns (N, C, H, W).
    """
    raise NotImplementedError("TODO 5: zeros, and g where the largest was")


def avgpool2d(x, k):
    """The mean of each k x k block. x: (N, C, H, W). Returns (N, C, H / k, W / k)."""
    raise NotImplementedError("TODO 5: split both axes, take the mean over the inner ones")


def avgpool2d_backward(g, k):
    """g: (N, C, H / k, W / k). Each pixel of a block had one share. Returns (N, C, H, W)."""
    raise NotImplementedError("TODO 5: repeat along both axes, divided by the number of pixels")


class ResidualBlock:
    """x plus a correction: x + conv2(relu(conv1(x))), both 3 x 3 with padding 1, C to C channels.

    No ReLU comes after the sum.
    """

    def __init__(self, channels, rng):
        shape, spread = (channels, channels, 3, 3), np.sqrt(2 / (9 * channels))
        self.w1, self.b1 = spread * rng.normal(size=shape), np.zeros(channels)
        self.w2, self.b2 = spread * rng.normal(size=shape), np.zeros(channels)

    def forward(self, x):
        """x: (N, C, H, W). Keeps what `backward` needs in self; returns the block's output."""
        raise NotImplementedError("TODO 6: two convolutions, a ReLU between them, and x")

    def backward(self, g):
        """g: (N, C, H, W). Sets self.grads to the slopes of [w1, b1, w2, b2]; returns gx."""
        raise NotImplementedError("TODO 6: x is used twice, so two slopes add up")
