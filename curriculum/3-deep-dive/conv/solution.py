"""Convolution, pooling and residual blocks, forward and back: the worked solution."""

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
    return (n + 2 * p - k) // s + 1


def receptive_field(layers):
    seen, jump = 1, 1
    for k, s in layers:
        seen += (k - 1) * jump
        jump *= s  # neighbours behind this layer stand this many pixels apart
    return seen


def conv2d_loops(x, w, b, stride=1, pad=0):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    k = w.shape[2]
    rows, columns = (out_size(n, k, stride) for n in x.shape[2:])
    out = np.zeros((len(x), len(w), rows, columns))
    for n, o, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        out[n, o, i, j] = (x[n, :, top : top + k, left : left + k] * w[o]).sum() + b[o]
    return out


def conv2d(x, w, b, stride=1, pad=0):
    o, _, k, _ = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, (k, k), axis=(2, 3))
    seen = seen[:, :, ::stride, ::stride]  # (N, C, H', W', k, k)
    n, _, rows, columns, _, _ = seen.shape
    # All places of all pictures first, then what the window sees there: one row a place.
    X = seen.transpose(0, 2, 3, 1, 4, 5).reshape(n * rows * columns, -1)
    out = (X @ w.reshape(o, -1).T + b).reshape(n, rows, columns, o)
    return out.transpose(0, 3, 1, 2), (X, x.shape, w, stride, pad)


def transpose_conv2d(g, w, stride, pad, size):
    k, (rows, columns) = w.shape[2], g.shape[2:]
    height, width = size
    out = np.zeros((len(g), w.shape[1], height + 2 * pad, width + 2 * pad))
    for i, j in np.ndindex(k, k):
        down = slice(i, i + stride * rows, stride)
        across = slice(j, j + stride * columns, stride)
        out[:, :, down, across] += np.einsum("nohw,oc->nchw", g, w[:, :, i, j], optimize=True)
    return out[:, :, pad : pad + height, pad : pad + width]


def conv2d_backward(g, cache):
    X, shape, w, stride, pad = cache
    rows = g.transpose(0, 2, 3, 1).reshape(-1, len(w))  # (N H' W', O), in the order of X
    gw = (rows.T @ X).reshape(w.shape)
    return transpose_conv2d(g, w, stride, pad, shape[2:]), gw, rows.sum(axis=0)


def maxpool2d(x, k):
    return _blocks(x, k).max(axis=-1), (x, k)


def maxpool2d_backward(g, cache):
    x, k = cache
    blocks = _blocks(x, k)
    winner = blocks.argmax(axis=-1)[..., None]  # of equals the first
    slopes = np.zeros_like(blocks)
    np.put_along_axis(slopes, winner, g[..., None], -1)
    return slopes.reshape(*g.shape, k, k).swapaxes(3, 4).reshape(x.shape)


def _blocks(x, k):
    """(N, C, H, W) -> (N, C, H / k, W / k, k * k), a copy."""
    n, c, height, width = x.shape
    cut = x.reshape(n, c, height // k, k, width // k, k).swapaxes(3, 4)
    return cut.reshape(n, c, height // k, width // k, k * k)


def avgpool2d(x, k):
    n, c, height, width = x.shape
    return x.reshape(n, c, height // k, k, width // k, k).mean(axis=(3, 5))


def avgpool2d_backward(g, k):
    return g.repeat(k, axis=2).repeat(k, axis=3) / k**2


class ResidualBlock:
    def __init__(self, channels, rng):
        shape, spread = (channels, channels, 3, 3), np.sqrt(2 / (9 * channels))
        self.w1, self.b1 = spread * rng.normal(size=shape), np.zeros(channels)
        self.w2, self.b2 = spread * rng.normal(size=shape), np.zeros(channels)

    def forward(self, x):
        self.z, self.first = conv2d(x, self.w1, self.b1, pad=1)
        out, self.second = conv2d(relu(self.z), self.w2, self.b2, pad=1)
        return x + out

    def backward(self, g):
        through, gw2, gb2 = conv2d_backward(g, self.second)
        through, gw1, gb1 = conv2d_backward(through * (self.z > 0), self.first)
        self.grads = [gw1, gb1, gw2, gb2]
        return g + through
