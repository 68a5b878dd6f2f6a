"""What is asked of `conv`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

Images are higher than wide, channels differ in and out, and strides leave a rest, so that swapped
axes and forgotten settings show.
"""

import time

import numpy as np

from undergrad.checker import task, within


def layer(rng, n=5, c=3, o=4, k=3, size=(7, 6)):
    """A batch of images (n, c, *size), weights (o, c, k, k) and biases (o,)."""
    return rng.normal(size=(n, c, *size)), rng.normal(size=(o, c, k, k)), rng.normal(size=o)


def setting(rng):
    """A random small layer with its stride and padding; any kernel fits."""
    n, c, o, k, stride = (int(each) for each in rng.integers(1, 4, size=5))
    size = tuple(int(each) for each in rng.integers(4, 8, size=2))
    return *layer(rng, n, c, o, k, size), stride, int(rng.integers(0, 3))


@task(1, "counts the positions of a kernel, also with stride and padding")
def positions(code, rng):
    drawn = [(6, 3, 2, 1), (5, 3, 1, 0), (8, 3, 1, 1)]
    for _ in range(5):
        n, k, s, p = rng.integers((6, 1, 1, 0), (30, 6, 4, 3))
        drawn.append((int(n), int(k), int(s), int(p)))
    return [code.out_size(*each) for each in drawn] + [code.out_size(9, 4)]


@task(1, "gives the receptive field of several layers")
def field(code, rng):
    stacks = [[], [(3, 1), (3, 1)], [(3, 1), (2, 2), (3, 1)]]
    stacks.append([(int(k), int(s)) for k, s in rng.integers((2, 2), (6, 4), size=(4, 2))])
    return [code.receptive_field(stack) for stack in stacks]


@task(2, "is right for one channel and one image", keeps_arguments=True)
def one_channel(code, rng):
    return code.conv2d_loops(*layer(rng, 1, 1, 1, 2, (4, 3)))


@task(2, "sums over the channels, with stride and padding")
def all_channels(code, rng):
    x, w, b = layer(rng)
    return [code.conv2d_loops(x, w, b, stride, pad) for stride, pad in ((1, 0), (2, 0), (2, 1))]


@task(3, "gives the numbers of the loops", needs=[2], keeps_arguments=True)
def as_product(code, rng):
    x, w, b = layer(rng)
    found = [code.conv2d(x, w, b, stride, pad)[0] for stride, pad in ((1, 0), (2, 1))]
    return [*found, code.conv2d(x, w, b)[0]]


@task(3, "does so for all kinds of sizes, strides and paddings", needs=[2])
def seventeen_settings(code, rng):
    return [code.conv2d(*setting(rng))[0] for _ in range(17)]


@task(3, "is at least ten times as fast as the loops", needs=[2])
def fast(code, rng):
    x, w, b = layer(rng, 4, 4, 6, 3, (12, 12))
    slow = seconds(lambda: looped(x, w, b), 1)
    return bool(slow > 10 * seconds(lambda: code.conv2d(x, w, b, 1, 0), 5))


@task(3, "keeps the patches, and all that the backward pass needs", needs=[2])
def patches_kept(code, rng):
    X, shape, w, stride, pad = code.conv2d(*layer(rng), 2, 1)[1]
    return X, tuple(shape), w, stride, pad


def seconds(work, times):
    """The shortest of several runs: what else the computer does only ever makes one longer."""
    taken = []
    for _ in range(times):
        started = time.process_time_ns()
        work()
        taken.append(time.process_time_ns() - started)
    return min(taken)


def looped(x, w, b):
    """What `conv2d_loops` does, to be measured against."""
    k = w.shape[2]
    out = np.zeros((len(x), len(w), x.shape[2] - k + 1, x.shape[3] - k + 1))
    for n, o, i, j in np.ndindex(out.shape):
        out[n, o, i, j] = (x[n, :, i : i + k, j : j + k] * w[o]).sum() + b[o]
    return out


@task(4, "adds the kernel of each number where its patch was", keeps_arguments=True)
def transposed(code, rng):
    found = []
    for stride, pad in ((1, 0), (2, 1), (1, 2)):
        rows, columns = ((n + 2 * pad - 3) // stride + 1 for n in (8, 7))
        g, w = rng.normal(size=(2, 4, rows, columns)), rng.normal(size=(4, 3, 3, 3))
        found.append(code.transpose_conv2d(g, w, stride, pad, (8, 7)))
    return found


@task(4, "is the transpose of the convolution: (A x) . y equals x . (A' y)", needs=[3],
      judge=within(0.0, 1e-10))  # fmt: skip
def adjoint(code, rng):
    gaps = []
    for _ in range(5):
        x, w, _, stride, pad = setting(rng)
        rows, columns = ((n + 2 * pad - w.shape[2]) // stride + 1 for n in x.shape[2:])
        y = rng.normal(size=(len(x), len(w), rows, columns))
        back = code.transpose_conv2d(y, w, stride, pad, x.shape[2:])
        out, _ = code.conv2d(x, w, np.zeros(len(w)), stride, pad)
        gaps.append(abs((out * y).sum() - (x * back).sum()))
    return float(max(gaps))


@task(4, "gives gx, gw and gb", keeps_arguments=True)
def layer_gradients(code, rng):
    found = []
    for stride, pad in ((1, 1), (2, 0)):
        x, w, _ = layer(rng)
        rows, columns = ((n + 2 * pad - 3) // stride + 1 for n in x.shape[2:])
        X = rng.normal(size=(len(x) * rows * columns, w[0].size))  # any rows will do
        g = rng.normal(size=(len(x), len(w), rows, columns))
        found += code.conv2d_backward(g, (X, x.shape, w, stride, pad))
    return found


def blocks(rng, k=2):
    """Images whose blocks hold several equally large numbers, also a block of nothing but 0."""
    x = rng.integers(-2, 3, size=(2, 3, 3 * k, 2 * k)).astype(float)
    x[0, 0, :k, :k], x[1, 1, :k, :k] = 0.0, -1.0
    return x


@task(5, "takes the largest of each block, also among negative numbers", keeps_arguments=True)
def largest(code, rng):
    negative = -1.0 - rng.uniform(size=(1, 2, 6, 9))
    return code.maxpool2d(blocks(rng), 2)[0], code.maxpool2d(negative, 3)[0]


@task(5, "sends each gradient to one pixel, the first of those that are equally large")
def ties(code, rng):
    found = []
    for k in (2, 3):
        out, cache = code.maxpool2d(blocks(rng, k), k)
        found.append(code.maxpool2d_backward(rng.normal(size=out.shape), cache))
    return found


@task(5, "takes the mean of each block")
def mean(code, rng):
    return code.avgpool2d(rng.normal(size=(2, 3, 6, 4)), 2)


@task(5, "distributes a gradient evenly over its block")
def mean_gradient(code, rng):
    return code.avgpool2d_backward(rng.normal(size=(2, 3, 2, 3)), 3)


def images(rng, n=7):
    """Small images and their classes; n is no multiple of the batch sizes below."""
    return rng.normal(size=(n, 1, 6, 6)), rng.integers(10, size=n)


@task(6, "takes one step for each batch, also for a smaller last one", needs=[3, 4, 5],
      keeps_arguments=True)  # fmt: skip
def one_epoch(code, rng):
    x, y = images(rng)
    found = code.train(code.init_cnn(rng, (2, 3)), x, y, 1, rng, lr=0.2, batch=3)
    return [np.asarray(each) for each in found]


@task(6, "shuffles in each epoch, and lets the learning rate fall", needs=[3, 4, 5])
def several_epochs(code, rng):
    x, y = images(rng, 9)
    start = code.init_cnn(rng, (2, 3))
    found = [code.train(start, x, y, 3, rng, lr=0.1, batch=4)]
    found.append(code.train(start, *images(rng, 66), 1, rng))  # as large a batch as by default
    return [[np.asarray(each) for each in params] for params in found]


def block(code, rng):
    """A residual block with biases other than 0, and images for it."""
    found = code.ResidualBlock(3, rng)
    found.b1[:], found.b2[:] = rng.normal(size=(2, 3))
    return found, rng.normal(size=(2, 3, 5, 4))


@task(7, "returns x itself when the last weights are zero", needs=[3])
def identity(code, rng):
    found, x = block(code, rng)
    found.w2, found.b2 = 0 * found.w2, 0 * found.b2
    return found.forward(x)


@task(7, "adds what the two convolutions give to x", needs=[3])
def corrected(code, rng):
    found, x = block(code, rng)
    return found.forward(x)


@task(7, "sends the gradient along the shortcut and through the block", needs=[3, 4])
def both_ways(code, rng):
    found, x = block(code, rng)
    found.forward(x)
    return found.backward(rng.normal(size=x.shape)), found.grads
