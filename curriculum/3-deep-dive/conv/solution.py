"""Convolution, pooling and residual blocks, forward and backward, with NumPy.

A kernel is a small square of weights that is moved over the image; the k x k pixels under it are a
patch. `g` is the upstream gradient: the gradient of the loss with respect to a function's output,
with the shape of that output. No function changes its arguments.

A small network is given; it runs when your functions do. `undergrad check conv` checks them.

Letters: N images, C channels in, O channels out, H rows of pixels (H' of the output), W columns of
pixels (W' of the output), k side of the kernel, s stride, p padding.
"""

import numpy as np

# --- given --------------------------------------------------------------------------------------


def relu(z):
    """max(z, 0).

    z: any shape.
    Returns: h (like z)
    """
    return np.maximum(z, 0)


def init_cnn(rng, channels=(8, 16), classes=10):
    """Weights for `cnn_forward`.

    Returns: params, list; the arrays [w1, b1, w2, b2, w3, b3]
    """
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
    """Convolution, ReLU and pooling, twice, the second pooling over the whole image; then linear.

    x: (N, 1, H, H), H even.
    Returns: logits (N, 10), cache
    """
    w1, b1, w2, b2, w3, b3 = params
    z1, conv1 = conv2d(x, w1, b1, pad=1)
    half, pool1 = maxpool2d(relu(z1), 2)
    z2, conv2 = conv2d(half, w2, b2, pad=1)
    top, pool2 = maxpool2d(relu(z2), z2.shape[2])
    features = top[:, :, 0, 0]
    return features @ w3.T + b3, (conv1, z1, pool1, conv2, z2, pool2, features, w3)


def cnn_backward(g, cache):
    """The gradients of the weights of `cnn_forward`.

    g: (N, 10).   cache: as `cnn_forward` returns it.
    Returns: grads, list; [gw1, gb1, gw2, gb2, gw3, gb3], shaped like `params`
    """
    conv1, z1, pool1, conv2, z2, pool2, features, w3 = cache
    gw3, gb3 = g.T @ features, g.sum(axis=0)
    g = maxpool2d_backward((g @ w3)[:, :, None, None], pool2) * (z2 > 0)
    g, gw2, gb2 = conv2d_backward(g, conv2)
    g = maxpool2d_backward(g, pool1) * (z1 > 0)
    _, gw1, gb1 = conv2d_backward(g, conv1)
    return [gw1, gb1, gw2, gb2, gw3, gb3]


def cross_entropy_gradient(logits, y):
    """The gradient of the mean cross-entropy, as in `backprop`.

    logits: (N, 10).   y: (N,), the right classes.
    Returns: g (N, 10)
    """
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return (p - np.eye(logits.shape[1])[y]) / len(y)


# --- yours --------------------------------------------------------------------------------------


def out_size(n, k, s=1, p=0):
    """The number of positions of a kernel of k on a row of n pixels, with stride s and padding p.

    p zeros are put at both ends first. Only positions at which the whole kernel fits count.
    Returns: n_out, int
    """
    # TODO 1: where can the kernel begin first, and where last?
    return (n + 2 * p - k) // s + 1


def receptive_field(layers):
    """The number of pixels of a row that one output number depends on.

    layers: a list of (k, s), kernel and stride, first layer first; pooling counts as a layer too.
    Returns: size, int; 1 for no layers at all
    """
    # TODO 1: each layer adds k - 1 steps; how long is a step by then?
    size, step = 1, 1
    for k, s in layers:
        size += (k - 1) * step
        step *= s  # neighbours behind this layer are this many pixels apart
    return size


def conv2d_loops(x, w, b, stride=1, pad=0):
    """A convolution, one output position at a time.

    out[n, o, i, j] is w[o] times the patch at that position, summed over channels and pixels, plus
    b[o]. The kernel is not flipped.
    x: (N, C, H, W).   w: (O, C, k, k).   b: (O,).
    Returns: out (N, O, H', W')
    """
    # TODO 2: at each position, cut out the patch, multiply, sum
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    k = w.shape[2]
    rows, columns = (out_size(n, k, stride) for n in x.shape[2:])
    out = np.zeros((len(x), len(w), rows, columns))
    for n, o, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        patch = x[n, :, top : top + k, left : left + k]
        out[n, o, i, j] = (patch * w[o]).sum() + b[o]
    return out


def conv2d(x, w, b, stride=1, pad=0):
    """The same numbers from one matrix product, at least ten times as fast (im2col).

    The rows of X, (N H' W', C k k), are the patches: image by image, position by position in
    reading order; within a row channel by channel. np.lib.stride_tricks.sliding_window_view cuts
    out all patches at once.
    x: (N, C, H, W).   w: (O, C, k, k).   b: (O,).
    Returns: out (N, O, H', W'), cache (X, x.shape, w, stride, pad)
    """
    # TODO 3: one row per patch, then one product with the weights
    o, _, k, _ = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    patches = np.lib.stride_tricks.sliding_window_view(padded, (k, k), axis=(2, 3))
    patches = patches[:, :, ::stride, ::stride]  # (N, C, H', W', k, k)
    n, _, rows, columns, _, _ = patches.shape
    # First the position, then what lies in the patch there.
    X = patches.transpose(0, 2, 3, 1, 4, 5).reshape(n * rows * columns, -1)
    out = X @ w.reshape(o, -1).T + b  # (N H' W', O)
    out = out.reshape(n, rows, columns, o).transpose(0, 3, 1, 2)
    return out, (X, x.shape, w, stride, pad)


def transpose_conv2d(g, w, stride, pad, size):
    """The gradient with respect to the image: each number of g adds its kernel where the patch was.

    Where patches overlap the contributions add up; what falls on the padding is dropped.
    g: (N, O, H', W').   w: (O, C, k, k).   size: (H, W) of the image without padding.
    Returns: gx (N, C, H, W)
    """
    # TODO 4: for each of the k * k weights, add to a strided slice
    k, (rows, columns) = w.shape[2], g.shape[2:]
    height, width = size
    out = np.zeros((len(g), w.shape[1], height + 2 * pad, width + 2 * pad))
    for i, j in np.ndindex(k, k):
        down = slice(i, i + stride * rows, stride)
        across = slice(j, j + stride * columns, stride)
        out[:, :, down, across] += np.einsum("nohw,oc->nchw", g, w[:, :, i, j], optimize=True)
    return out[:, :, pad : pad + height, pad : pad + width]


def conv2d_backward(g, cache):
    """The gradients of `conv2d`.

    g: (N, O, H', W').   cache: (X, x.shape, w, stride, pad), as `conv2d` returns it.
    Returns: gx (N, C, H, W), gw (O, C, k, k), gb (O,)
    """
    # TODO 4: with patches as rows, which layer is this?
    X, shape, w, stride, pad = cache
    rows = g.transpose(0, 2, 3, 1).reshape(-1, len(w))  # (N H' W', O), in the order of X
    gw = (rows.T @ X).reshape(w.shape)
    gb = rows.sum(axis=0)
    return transpose_conv2d(g, w, stride, pad, shape[2:]), gw, gb


def _blocks(x, k):  # solution only
    """(N, C, H, W) -> (N, C, H / k, W / k, k * k), a copy."""
    n, c, height, width = x.shape
    blocks = x.reshape(n, c, height // k, k, width // k, k).swapaxes(3, 4)
    return blocks.reshape(n, c, height // k, width // k, k * k)


def maxpool2d(x, k):
    """The largest number of each k x k block; the blocks lie side by side.

    x: (N, C, H, W), H and W multiples of k.
    Returns: out (N, C, H / k, W / k), cache; what `maxpool2d_backward` needs
    """
    # TODO 5: split H into (H / k, k), and W too; keep what tells the maximum's position
    return _blocks(x, k).max(axis=-1), (x, k)


def maxpool2d_backward(g, cache):
    """The gradient goes to the largest number of each block and is 0 for the others.

    Of several that are equally large the first in reading order takes all of it.
    g: (N, C, H / k, W / k).   cache: as `maxpool2d` returns it.
    Returns: gx (N, C, H, W)
    """
    # TODO 5: zeros, and g at the position of the maximum
    x, k = cache
    blocks = _blocks(x, k)
    argmax = blocks.argmax(axis=-1)[..., None]  # of equals the first
    gx = np.zeros_like(blocks)
    np.put_along_axis(gx, argmax, g[..., None], -1)
    return gx.reshape(*g.shape, k, k).swapaxes(3, 4).reshape(x.shape)


def avgpool2d(x, k):
    """The mean of each k x k block.

    x: (N, C, H, W), H and W multiples of k.
    Returns: out (N, C, H / k, W / k)
    """
    # TODO 5: split both axes, take the mean over the inner ones
    n, c, height, width = x.shape
    return x.reshape(n, c, height // k, k, width // k, k).mean(axis=(3, 5))


def avgpool2d_backward(g, k):
    """Each pixel of a block contributed one k * k-th to the mean.

    g: (N, C, H / k, W / k).
    Returns: gx (N, C, H, W)
    """
    # TODO 5: repeat along both axes, divided by the number of pixels
    return g.repeat(k, axis=2).repeat(k, axis=3) / k**2


def train(params, x, y, epochs, rng, lr=0.3, batch=32):
    """Train `cnn_forward` by stochastic gradient descent on the cross-entropy.

    params: as `init_cnn` makes them; its arrays stay as they are.   x: (N, 1, H, H).   y: (N,).
    Each epoch takes all images once, in the order rng.permutation(N), `batch` at a time; the last
    batch may be smaller. The learning rate is lr in the first epoch and falls by the same amount
    from epoch to epoch, so that it would reach 0 in the epoch after the last.
    Returns: params, list
    """
    # TODO 6: what happens in each epoch, and what with each batch?
    for epoch in range(epochs):
        order, rate = rng.permutation(len(y)), lr * (1 - epoch / epochs)
        for first in range(0, len(y), batch):
            rows = order[first : first + batch]
            logits, cache = cnn_forward(x[rows], params)
            grads = cnn_backward(cross_entropy_gradient(logits, y[rows]), cache)
            params = [w - rate * g for w, g in zip(params, grads, strict=True)]
    return params


class ResidualBlock:
    """x plus a correction: x + conv2(relu(conv1(x))), both 3 x 3 with padding 1, C to C channels.

    There is no ReLU after the sum.
    """

    def __init__(self, channels, rng):
        shape, std = (channels, channels, 3, 3), np.sqrt(2 / (9 * channels))
        self.w1, self.b1 = std * rng.normal(size=shape), np.zeros(channels)
        self.w2, self.b2 = std * rng.normal(size=shape), np.zeros(channels)

    def forward(self, x):
        """The output of the block; keeps what `backward` needs in self.

        x: (N, C, H, W).
        Returns: out (like x)
        """
        # TODO 7: two convolutions, a ReLU between them, and x
        self.z, self.cache1 = conv2d(x, self.w1, self.b1, pad=1)
        out, self.cache2 = conv2d(relu(self.z), self.w2, self.b2, pad=1)
        return x + out

    def backward(self, g):
        """The gradient with respect to x; sets self.grads to those of [w1, b1, w2, b2].

        g: (N, C, H, W).
        Returns: gx (like g)
        """
        # TODO 7: x is used twice, so two gradients add up
        gx, gw2, gb2 = conv2d_backward(g, self.cache2)
        gx, gw1, gb1 = conv2d_backward(gx * (self.z > 0), self.cache1)
        self.grads = [gw1, gb1, gw2, gb2]
        return g + gx
