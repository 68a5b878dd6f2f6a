"""Networks for images: what they cost, how they are reused, and what else they can return.

Letters: N images, C channels in, O channels out, H rows of pixels, W columns of pixels, k side of
a kernel, s stride, p padding, d dilation, K classes, D features, T tokens.

`g` is the upstream gradient: the gradient of the loss with respect to a function's output, with the
shape of that output. No function changes its arguments, except where its docstring says so.

What earlier units built is given at the top. `undergrad check vision` checks yours.
"""

from typing import NamedTuple

import numpy as np

# --- given: from earlier units ------------------------------------------------------------------


def relu(z):
    """max(z, 0).

    z: any shape.
    Returns: h (like z)
    """
    return np.maximum(z, 0)


def windows(x, k, stride=1, pad=0):
    """All patches of k x k pixels, without copying them.

    x: (N, C, H, W).
    Returns: patches (N, C, H', W', k, k)
    """
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    found = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))
    return found[:, :, ::stride, ::stride]


def conv2d(x, w, b, stride=1, pad=0):
    """A convolution, as in `conv`.

    x: (N, C, H, W).   w: (O, C, k, k).   b: (O,), or 0 for none.
    Returns: out (N, O, H', W'), cache
    """
    patches = windows(x, w.shape[2], stride, pad)
    n, _, rows, columns, _, _ = patches.shape
    X = patches.transpose(0, 2, 3, 1, 4, 5).reshape(n * rows * columns, -1)
    out = (X @ w.reshape(len(w), -1).T + b).reshape(n, rows, columns, len(w))
    return out.transpose(0, 3, 1, 2), (X, x.shape, w, stride, pad)


def conv2d_backward(g, cache):
    """The gradients of `conv2d`.

    g: (N, O, H', W').
    Returns: gx (N, C, H, W), gw (O, C, k, k), gb (O,)
    """
    X, (n, c, height, width), w, stride, pad = cache
    k, (rows, columns) = w.shape[2], g.shape[2:]
    flat = g.transpose(0, 2, 3, 1).reshape(-1, len(w))
    each = (flat @ w.reshape(len(w), -1)).reshape(n, rows, columns, c, k, k)
    gx = np.zeros((n, c, height + 2 * pad, width + 2 * pad), g.dtype)
    for i, j in np.ndindex(k, k):
        down = slice(i, i + stride * rows, stride)
        across = slice(j, j + stride * columns, stride)
        gx[:, :, down, across] += each[..., i, j].transpose(0, 3, 1, 2)
    gx = gx[:, :, pad : pad + height, pad : pad + width]
    return gx, (flat.T @ X).reshape(w.shape), flat.sum(axis=0)


def block(x, w, b):
    """A convolution that keeps the size, then ReLU.

    x: (N, C, H, W).   w: (O, C, k, k), k odd.   b: (O,).
    Returns: h (N, O, H, W), cache
    """
    z, cache = conv2d(x, w, b, pad=w.shape[2] // 2)
    return relu(z), (z, cache)


def block_backward(g, cache):
    """The gradients of `block`.

    g: (N, O, H, W).
    Returns: gx (N, C, H, W), gw (O, C, k, k), gb (O,)
    """
    z, conv = cache
    return conv2d_backward(g * (z > 0), conv)


def maxpool(x):
    """The largest number of each 2 x 2 block.

    x: (N, C, H, W), H and W even.
    Returns: out (N, C, H / 2, W / 2), cache
    """
    n, c, height, width = x.shape
    blocks = x.reshape(n, c, height // 2, 2, width // 2, 2).swapaxes(3, 4)
    blocks = blocks.reshape(n, c, height // 2, width // 2, 4)
    return blocks.max(axis=-1), blocks.argmax(axis=-1)


def maxpool_backward(g, cache):
    """The gradient goes to the largest number of each block.

    g: (N, C, H / 2, W / 2).
    Returns: gx (N, C, H, W)
    """
    n, c, height, width = g.shape
    blocks = (cache[..., None] == np.arange(4)) * g[..., None]
    blocks = blocks.reshape(n, c, height, width, 2, 2).swapaxes(3, 4)
    return blocks.reshape(n, c, 2 * height, 2 * width)


def enlarge(x):
    """Each pixel becomes 2 x 2 equal ones.

    x: (N, C, H, W).
    Returns: out (N, C, 2 H, 2 W)
    """
    return x.repeat(2, axis=2).repeat(2, axis=3)


def enlarge_backward(g):
    """Each pixel was used four times, so four gradients add up.

    g: (N, C, 2 H, 2 W).
    Returns: gx (N, C, H, W)
    """
    return g[:, :, ::2, ::2] + g[:, :, 1::2, ::2] + g[:, :, ::2, 1::2] + g[:, :, 1::2, 1::2]


def batchnorm(x, gamma, beta, stats=None, eps=1e-5):
    """Each channel normalised: with `stats`, or with the mean and variance of this batch.

    x: (N, C, H, W).   gamma, beta: (C,).   stats: a pair (mean, var), or None.
    Returns: y (N, C, H, W), cache; its last entry is the pair (mean, var) that was used
    """
    mean, var = stats if stats is not None else (x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3)))
    std = np.sqrt(var + eps)
    normal = (x - mean[:, None, None]) / std[:, None, None]
    y = gamma[:, None, None] * normal + beta[:, None, None]
    return y, (normal, std, gamma, stats is None, (mean, var))


def batchnorm_backward(g, cache):
    """The gradients of `batchnorm`.

    g: (N, C, H, W).
    Returns: gx (N, C, H, W), ggamma (C,), gbeta (C,)
    """
    normal, std, gamma, of_batch, _ = cache
    axes = (0, 2, 3)
    ggamma, gbeta = (g * normal).sum(axis=axes), g.sum(axis=axes)
    gn = g * gamma[:, None, None]
    if of_batch:  # mean and variance depend on x too
        common = gn.mean(axis=axes, keepdims=True)
        gn = gn - common - normal * (gn * normal).mean(axis=axes, keepdims=True)
    return gn / std[:, None, None], ggamma, gbeta


def softmax(z, axis=-1):
    """Probabilities along one axis.

    z: any shape.
    Returns: p (like z)
    """
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def cross_entropy(logits, y):
    """The mean cross-entropy and its gradient with respect to the logits.

    logits: (N, K).   y: (N,), whole numbers.
    Returns: loss, float, g (N, K)
    """
    p, rows = softmax(logits), np.arange(len(y))
    g = p.copy()
    g[rows, y] -= 1
    return float(-np.log(p[rows, y] + 1e-12).mean()), g / len(y)


class Net:
    """A small network for images: a body of two convolutions with batch norm, and a linear head.

    body: [w1, gamma1, beta1, w2, gamma2, beta2].   head: [W (K, D), b (K,)].
    stats: two pairs [mean, var], running averages, one for each batch norm.
    """

    def __init__(self, rng, channels=(16, 32), classes=10):
        c1, c2 = channels
        w1 = rng.normal(size=(c1, 1, 3, 3)) * np.sqrt(2 / 9)
        w2 = rng.normal(size=(c2, c1, 3, 3)) * np.sqrt(2 / (9 * c1))
        self.body = [w1, np.ones(c1), np.zeros(c1), w2, np.ones(c2), np.zeros(c2)]
        self.head = [rng.normal(size=(classes, c2)) * np.sqrt(1 / c2), np.zeros(classes)]
        self.stats = [[np.zeros(c), np.ones(c)] for c in channels]

    def maps(self, x, training=False):
        """The last feature maps: convolution, norm, ReLU, pooling, then convolution, norm, ReLU.

        training: normalise with the statistics of this batch, and update the running averages.
        x: (N, 1, H, W), H and W even.
        Returns: maps (N, D, H / 2, W / 2)
        """
        w1, gamma1, beta1, w2, gamma2, beta2 = self.body
        z, conv1 = conv2d(x, w1, 0, pad=1)
        n1, norm1 = batchnorm(z, gamma1, beta1, None if training else self.stats[0])
        half, pool = maxpool(relu(n1))
        z, conv2 = conv2d(half, w2, 0, pad=1)
        n2, norm2 = batchnorm(z, gamma2, beta2, None if training else self.stats[1])
        if training:
            for stats, norm in zip(self.stats, (norm1, norm2), strict=True):
                stats[:] = [0.9 * old + 0.1 * new for old, new in zip(stats, norm[-1], strict=True)]
        self._cache = conv1, norm1, n1, pool, conv2, norm2, n2
        return relu(n2)

    def features(self, x, training=False):
        """The mean of each feature map. x: (N, 1, H, W).

        Returns: features (N, D)
        """
        return self.maps(x, training).mean(axis=(2, 3))

    def forward(self, x, training=False):
        """Keeps what `backward` needs. x: (N, 1, H, W).

        Returns: logits (N, K)
        """
        self._top = self.features(x, training)
        return self._top @ self.head[0].T + self.head[1]

    def backward(self, g):
        """The gradients of the last `forward`. g: (N, K).

        Returns: body, list, head, list; the gradients of self.body and of self.head
        """
        head = [g.T @ self._top, g.sum(axis=0)]
        conv1, norm1, n1, pool, conv2, norm2, n2 = self._cache
        size = n2.shape[2] * n2.shape[3]
        g = (g @ self.head[0])[:, :, None, None] / size * (n2 > 0)
        g, ggamma2, gbeta2 = batchnorm_backward(g, norm2)
        g, gw2, _ = conv2d_backward(g, conv2)
        g = maxpool_backward(g, pool) * (n1 > 0)
        g, ggamma1, gbeta1 = batchnorm_backward(g, norm1)
        gw1 = conv2d_backward(g, conv1)[1]
        return [gw1, ggamma1, gbeta1, gw2, ggamma2, gbeta2], head


def layernorm(x, gamma, beta):
    """x: (..., D).   gamma, beta: (D,).

    Returns: y (..., D)
    """
    normal = (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    return normal * gamma + beta


def encoder_block(x, params):
    """A Transformer block without a mask: every token attends to every token.

    x: (N, T, D).   params: a dictionary, as `init_vit` makes it.
    Returns: x (N, T, D), weights (N, heads, T, T)
    """
    n, t, width = x.shape
    heads = params["heads"]
    normal = layernorm(x, *params["norm1"]) @ params["Win"].T
    q, k, v = normal.reshape(n, t, 3, heads, width // heads).transpose(2, 0, 3, 1, 4)
    weights = softmax(q @ k.swapaxes(-1, -2) / np.sqrt(width // heads))
    x = x + (weights @ v).swapaxes(1, 2).reshape(n, t, width) @ params["Wout"].T
    hidden = relu(layernorm(x, *params["norm2"]) @ params["W1"].T)
    return x + hidden @ params["W2"].T, weights


def init_vit(rng, side, channels, patch, width, heads=2, layers=2, classes=10):
    """Random weights for `vit_forward`, for images of `side` x `side` pixels.

    Returns: params, dict
    """

    def matrix(rows, columns):
        return rng.normal(size=(rows, columns)) / np.sqrt(columns)

    def norm():
        return [np.ones(width), np.zeros(width)]

    blocks = [
        {
            "heads": heads,
            "norm1": norm(),
            "Win": matrix(3 * width, width),
            "Wout": matrix(width, width),
            "norm2": norm(),
            "W1": matrix(4 * width, width),
            "W2": matrix(width, 4 * width),
        }
        for _ in range(layers)
    ]
    return {
        "patch": patch,
        "embed": [matrix(width, patch * patch * channels), np.zeros(width)],
        "class": rng.normal(size=width),
        "positions": 0.5 * rng.normal(size=((side // patch) ** 2 + 1, width)),
        "blocks": blocks,
        "norm": norm(),
        "head": [matrix(classes, width), np.zeros(classes)],
    }


def init_unet(rng, channels, c, classes):
    """Random weights for `unet_forward`: six pairs [w, b].

    The widths are c and 2c on the way down, 4c at the bottom, 2c and c on the way up.
    Returns: params, list
    """
    shapes = [(c, channels), (2 * c, c), (4 * c, 2 * c), (2 * c, 6 * c), (c, 3 * c)]
    params = [
        [rng.normal(size=(o, i, 3, 3)) * np.sqrt(2 / (9 * i)), np.zeros(o)] for o, i in shapes
    ]
    return [*params, [rng.normal(size=(classes, c, 1, 1)) * np.sqrt(1 / c), np.zeros(classes)]]


class Layer(NamedTuple):
    """A row of an architecture table: a convolution, or a pooling.

    extra: numbers for each output channel beside the kernel. It is 1 for a bias, 2 for the gamma
    and beta of a batch norm, and 0 for neither.
    """

    C: int
    O: int  # noqa: E741
    k: int
    s: int = 1
    p: int = 0
    d: int = 1
    groups: int = 1
    extra: int = 1
    pool: bool = False


# --- yours --------------------------------------------------------------------------------------


def conv_cost(layers, size):
    """Parameters, operations, output size and receptive field of layers in a row.

    A pooling has no parameters, and its operations are not counted. A multiplication and an
    addition are two operations; biases and norms are not counted.
    layers: a list of Layer, the first one first.   size: rows, and columns, of the input.
    Returns: params, int, flops, int, size, int, field, int
    """
    # TODO 1: for each layer, first its output size, then what that many positions cost
    params = flops = 0
    field = step = 1
    for each in layers:
        reach = each.d * (each.k - 1) + 1  # pixels from the first weight to the last
        size = (size + 2 * each.p - reach) // each.s + 1
        field += (reach - 1) * step
        step *= each.s
        if not each.pool:
            weights = each.O * (each.C // each.groups) * each.k**2
            params += weights + each.extra * each.O
            flops += 2 * weights * size**2
    return params, flops, size, field


def _place(name):  # solution only
    """Sorts "stem" first, then block by block: expand, depthwise, project."""
    parts = name.split(".")
    if parts[0] == "stem":
        return -1, 0
    return int(parts[1]), ("expand", "depthwise", "project").index(parts[2])


def read_layers(arrays, strides, channels=3):
    """The table of somebody else's network, read from its arrays alone.

    Names are "stem", "block.3.expand", "block.3.depthwise" and "block.3.project", each followed by
    ".weight" or ".bias"; the dictionary is in no particular order. Data flows from the stem through
    the blocks by number, and in each block through expand (if there is one), depthwise, project.
    A weight is (O, C / groups, k, k). The padding is k // 2, the dilation is 1.
    arrays: a dictionary of arrays.   strides: {"stem": 2, ...}, where the stride is not 1.
    Returns: layers, list of Layer
    """
    # TODO 2: bring the names into order; which number of channels arrives at each?
    names = {name.removesuffix(".weight") for name in arrays if name.endswith(".weight")}
    layers = []
    for name in sorted(names, key=_place):
        out, per_group, k, _ = arrays[f"{name}.weight"].shape
        s, extra = strides.get(name, 1), int(f"{name}.bias" in arrays)
        groups = channels // per_group
        layers.append(Layer(channels, out, k, s, k // 2, groups=groups, extra=extra))
        channels = out
    return layers


def fold_bn(W, b, gamma, beta, mean, var, eps):
    """The one convolution that does what a convolution and a batch norm at inference do.

    W: (O, C, k, k).   b, gamma, beta, mean, var: (O,).
    Returns: W (O, C, k, k), b (O,)
    """
    # TODO 3: write the norm of W x + b out, and collect what multiplies x
    scale = gamma / np.sqrt(var + eps)
    return W * scale[:, None, None, None], (b - mean) * scale + beta


def depthwise_separable(x, Wd, Wp):
    """Each channel by a kernel of its own, then all channels mixed at each pixel.

    The size is kept. No dense kernel is made.
    x: (N, C, H, W).   Wd: (C, k, k), k odd.   Wp: (O, C).
    Returns: out (N, O, H, W)
    """
    # TODO 4: `windows`, a product for each channel, a product over the channels
    k = Wd.shape[1]
    each = np.einsum("nchwij,cij->nchw", windows(x, k, pad=k // 2), Wd, optimize=True)
    return np.einsum("nchw,oc->nohw", each, Wp, optimize=True)


def composed_kernel(Wd, Wp):
    """The dense kernel that gives the same as `depthwise_separable`.

    Wd: (C, k, k).   Wp: (O, C).
    Returns: W (O, C, k, k)
    """
    # TODO 4: which number multiplies pixel (i, j) of channel c in output channel o?
    return Wp[:, :, None, None] * Wd


def residual_down(x, params):
    """A residual block that halves the image; the projection makes the shapes equal.

    One path: 3 x 3 with stride 2, norm, ReLU, 3 x 3, norm. The other: 1 x 1 with stride 2. Their
    sum is returned, without a ReLU. The norms use the batch; no convolution has a bias.
    x: (N, C, H, W).   params: (w1, gamma1, beta1, w2, gamma2, beta2, wp), with w1 (O, C, 3, 3),
    w2 (O, O, 3, 3) and wp (O, C, 1, 1).
    Returns: out (N, O, H', W')
    """
    # TODO 5: two paths, and their sum
    w1, gamma1, beta1, w2, gamma2, beta2, wp = params
    z, _ = conv2d(x, w1, 0, stride=2, pad=1)
    h = relu(batchnorm(z, gamma1, beta1)[0])
    z, _ = conv2d(h, w2, 0, pad=1)
    return batchnorm(z, gamma2, beta2)[0] + conv2d(x, wp, 0, stride=2)[0]


def train(net, X, y, lr, epochs, batch, rng):
    """Train `net` by SGD on minibatches, in place.

    Each epoch uses one new rng.permutation(len(y)); the last minibatch may be smaller. The learning
    rate falls linearly: epoch e uses lr * (1 - e / epochs).
    net: a Net.   X: (N, 1, H, W).   y: (N,).   batch: images in a minibatch.
    Returns: losses, list of float; the mean loss of the minibatches of each epoch
    """
    # TODO 6: permute; for each minibatch forward in training mode, loss, backward, step
    losses = []
    for epoch in range(epochs):
        order, rate, each = rng.permutation(len(y)), lr * (1 - epoch / epochs), []
        for first in range(0, len(y), batch):
            rows = order[first : first + batch]
            loss, g = cross_entropy(net.forward(X[rows], training=True), y[rows])
            body, head = net.backward(g)
            net.body = [w - rate * gw for w, gw in zip(net.body, body, strict=True)]
            net.head = [w - rate * gw for w, gw in zip(net.head, head, strict=True)]
            each.append(loss)
        losses.append(float(np.mean(each)))
    return losses


def linear_probe(features, y, classes, l2):
    """A linear classifier on features that stay as they are, in closed form.

    Minimises the summed squared error to one-hot labels plus l2 times the sum of squares of W. The
    biases are not in the penalty: centre the features and the labels, solve, and get b from the
    means.
    features: (N, D).   y: (N,), whole numbers below `classes`.   l2: above 0.
    Returns: W (classes, D), b (classes,)
    """
    # TODO 7: centre, solve (F'F + l2 I) W' = F'Y, then the biases
    F, Y = features - features.mean(axis=0), np.eye(classes)[y]
    mean = Y.mean(axis=0)
    W = np.linalg.solve(F.T @ F + l2 * np.eye(F.shape[1]), F.T @ (Y - mean)).T
    return W, mean - W @ features.mean(axis=0)


def few_labels(features, y, test_features, test_y, shots, draws, l2, rng):
    """The experiment: how well does a linear probe do with a few examples of each class?

    Each draw takes one rng.permutation(len(y)), and of each class the first `shots` examples in
    that order; a probe is fitted to them alone.
    features: (N, D).   y: (N,).   test_features: (M, D).   test_y: (M,).
    Returns: accuracies (draws,); on the test examples
    """
    # TODO 7: draw, choose, fit, count
    classes, accuracies = int(y.max()) + 1, []
    for _ in range(draws):
        order = rng.permutation(len(y))
        rows = np.concatenate([order[y[order] == each][:shots] for each in range(classes)])
        W, b = linear_probe(features[rows], y[rows], classes, l2)
        accuracies.append(((test_features @ W.T + b).argmax(axis=1) == test_y).mean())
    return np.array(accuracies)


def finetune(net, X, y, lr_head, lr_body, steps):
    """Train a copied network further, in place, with one learning rate for each part.

    Each step uses all of X. With lr_body = 0 the body is frozen: its weights and its running
    statistics stay as they are, bit for bit, and the statistics are used to normalise. Otherwise
    the network is in training mode.
    net: a Net.   X: (N, 1, H, W).   y: (N,).
    Returns: losses, list of float; before each step
    """
    # TODO 8: like `train`, but which mode, and which parts get a step?
    losses = []
    for _ in range(steps):
        loss, g = cross_entropy(net.forward(X, training=lr_body > 0), y)
        body, head = net.backward(g)
        net.head = [w - lr_head * gw for w, gw in zip(net.head, head, strict=True)]
        if lr_body > 0:
            net.body = [w - lr_body * gw for w, gw in zip(net.body, body, strict=True)]
        losses.append(loss)
    return losses


def unet_forward(x, params):
    """A U-Net: twice down, twice up, with skip connections by concatenation.

    block, pool, block, pool, block; enlarge, concatenate [enlarged, skip], block, and the same
    again; then a 1 x 1 convolution. Each skip is the output of a block before its pooling.
    x: (N, C, H, W). A ValueError names H and W if one of them is not a multiple of 4.
    params: six pairs [w, b], as `init_unet` makes them.
    Returns: logits (N, K, H, W), cache; what `unet_backward` needs
    """
    # TODO 9: keep both skips; axis 1 holds the channels
    if x.shape[2] % 4 or x.shape[3] % 4:
        raise ValueError(f"H and W must be multiples of 4, not {x.shape[2]} and {x.shape[3]}")
    down1, down2, bottom, up2, up1, head = params
    skip1, c1 = block(x, *down1)
    h, p1 = maxpool(skip1)
    skip2, c2 = block(h, *down2)
    h, p2 = maxpool(skip2)
    h, c3 = block(h, *bottom)
    h, c4 = block(np.concatenate([enlarge(h), skip2], axis=1), *up2)
    h, c5 = block(np.concatenate([enlarge(h), skip1], axis=1), *up1)
    logits, c6 = conv2d(h, *head)
    return logits, (c1, p1, c2, p2, c3, c4, c5, c6, skip1.shape[1], skip2.shape[1])


def unet_backward(g, cache):
    """The gradients of the weights of `unet_forward`.

    g: (N, K, H, W).   cache: as `unet_forward` returns it.
    Returns: grads, list; six pairs [gw, gb], shaped like `params`
    """
    # TODO 9: split where you concatenated; a skip's block gets two gradients
    c1, p1, c2, p2, c3, c4, c5, c6, n1, n2 = cache
    g, *head = conv2d_backward(g, c6)
    g, *up1 = block_backward(g, c5)
    g, skip1 = enlarge_backward(g[:, :-n1]), g[:, -n1:]
    g, *up2 = block_backward(g, c4)
    g, skip2 = enlarge_backward(g[:, :-n2]), g[:, -n2:]
    g, *bottom = block_backward(g, c3)
    g, *down2 = block_backward(maxpool_backward(g, p2) + skip2, c2)
    _, *down1 = block_backward(maxpool_backward(g, p1) + skip1, c1)
    return [down1, down2, bottom, up2, up1, head]


def class_weights(masks, classes):
    """Weights for the pixel loss, inverse to how frequent each class is; their mean is 1.

    A class without any pixel gets the weight 0, and the mean is that of the others.
    masks: (N, H, W), whole numbers below `classes`.
    Returns: weights (classes,)
    """
    # TODO 10: np.bincount
    counts = np.bincount(masks.ravel(), minlength=classes)
    weights = np.where(counts > 0, 1 / np.maximum(counts, 1), 0)
    return weights / weights[counts > 0].mean()


def dice_loss(logits, masks):
    """1 minus the Dice coefficient of the foreground, and its gradient.

    With p the softmax probability of class 1 and m the mask, the coefficient is
    (2 sum(p m) + 1) / (sum(p) + sum(m) + 1), with sums over all pixels of all images.
    logits: (N, 2, H, W).   masks: (N, H, W), 0 or 1.
    Returns: loss, float, g (N, 2, H, W)
    """
    # TODO 10: derive dL/dp by the quotient rule, then go through the softmax of two classes
    p = softmax(logits, axis=1)[:, 1]
    top, bottom = 2 * (p * masks).sum() + 1, p.sum() + masks.sum() + 1
    gp = -(2 * masks * bottom - top) / bottom**2
    gz = gp * p * (1 - p)  # of the logit of class 1; of the other one, its negative
    return float(1 - top / bottom), np.stack([-gz, gz], axis=1)


def mean_iou(pred, masks, classes):
    """The intersection over union of each class over all images, and then the mean.

    A class that occurs neither in `pred` nor in `masks` is left out of the mean.
    pred, masks: (N, H, W), whole numbers below `classes`.
    Returns: iou, float
    """
    # TODO 10: count both, and either, for each class
    found = []
    for each in range(classes):
        either = ((pred == each) | (masks == each)).sum()
        if either:
            found.append(((pred == each) & (masks == each)).sum() / either)
    return float(np.mean(found))


def patchify(x, p):
    """The image as tokens: its p x p patches side by side, in reading order.

    Within a token the order is row, column, channel.
    x: (N, C, H, W), H and W multiples of p.
    Returns: tokens (N, T, D); T = H W / p^2, D = p p C
    """
    # TODO 11: split H and W, then bring the two axes that say which patch to the front
    n, c, height, width = x.shape
    blocks = x.reshape(n, c, height // p, p, width // p, p).transpose(0, 2, 4, 3, 5, 1)
    return blocks.reshape(n, (height // p) * (width // p), p * p * c)


def unpatchify(tokens, p, height, width):
    """The inverse of `patchify`.

    tokens: (N, T, D).   height, width: of the image.
    Returns: x (N, C, H, W)
    """
    # TODO 11: the same steps in the opposite order
    rows, columns = height // p, width // p
    blocks = tokens.reshape(len(tokens), rows, columns, p, p, -1)
    return blocks.transpose(0, 5, 1, 3, 2, 4).reshape(len(tokens), -1, height, width)


def vit_forward(x, params):
    """A Vision Transformer: patches, a class token, positions, blocks; the class token decides.

    Embed the patches by the linear layer "embed", put the class token in front, add the positions,
    go through the blocks, take the first token, normalise it with "norm", apply "head".
    x: (N, C, H, W).   params: a dictionary, as `init_vit` makes it.
    Returns: logits (N, K), attentions, list; the weights (N, heads, T, T) of each block
    """
    # TODO 11: `encoder_block` returns the attention weights, too
    W, b = params["embed"]
    tokens = patchify(x, params["patch"]) @ W.T + b
    first = np.broadcast_to(params["class"], (len(x), 1, len(b)))
    h, attentions = np.concatenate([first, tokens], axis=1) + params["positions"], []
    for each in params["blocks"]:
        h, weights = encoder_block(h, each)
        attentions.append(weights)
    W, b = params["head"]
    return layernorm(h[:, 0], *params["norm"]) @ W.T + b, attentions


def rollout(attentions):
    """How much of each token arrives at the class token, through all blocks.

    For each block: the mean over its heads, averaged with the identity for the residual
    connection. The product of these matrices, the last block on the left; its first row.
    attentions: a list of arrays (N, heads, T, T), the first block first.
    Returns: weights (N, T)
    """
    # TODO 12: start with the identity, and multiply each block's matrix from the left
    product = np.eye(attentions[0].shape[-1])
    for each in attentions:
        product = 0.5 * (each.mean(axis=1) + np.eye(each.shape[-1])) @ product
    return product[:, 0]


def class_activation(maps, W, label):
    """Where in the image the evidence for a class is: feature maps weighted by the head.

    maps: (N, D, H, W), before the mean.   W: (K, D), of the head.   label: a class.
    Returns: evidence (N, H, W)
    """
    # TODO 12: the mean of the result, plus the bias, is the logit
    return np.einsum("ndhw,d->nhw", maps, W[label])
