"""What is checked in `vision`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

Images are higher than wide, and channels, classes and tokens differ in number, so that swapped
axes show.
"""

import numpy as np

from undergrad.checker import task, within


def whole(rng, low, high):
    """A random whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


def images(rng, n=3, c=2, height=8, width=4):
    return rng.normal(size=(n, c, height, width))


def net_for(code, rng, classes=3):
    """A small network whose norms have seen something, and eight labelled images."""
    net = code.Net(rng, channels=(3, 4), classes=classes)
    net.stats = [[rng.normal(size=c), rng.uniform(0.5, 2, size=c)] for c in (3, 4)]
    y = rng.permutation(np.arange(8) % classes)
    return net, rng.normal(size=(8, 1, 6, 4)), y


def state(net):
    return net.body, net.head, net.stats


# --- 1: the table -------------------------------------------------------------------------------


@task(1, "gives parameters, operations, size and receptive field of a single layer")
def one_layer(code, rng):
    c, o, k = whole(rng, 2, 5), whole(rng, 6, 9), 2 * whole(rng, 1, 3) + 1
    size = whole(rng, 20, 40)
    return [code.conv_cost([code.Layer(c, o, k)], size), code.conv_cost([], size)]


@task(1, "handles stride, padding, dilation, groups and pooling")
def settings(code, rng):
    s, p, d = whole(rng, 2, 3), whole(rng, 1, 2), whole(rng, 2, 3)
    Layer, size = code.Layer, whole(rng, 40, 60)
    tables = (
        [Layer(4, 8, 3, s=s, p=p)],
        [Layer(4, 8, 3, p=d, d=d)],
        [Layer(8, 8, 5, groups=8, extra=2), Layer(8, 12, 1, extra=0)],
        [Layer(6, 6, 2, s=2, pool=True, extra=0)],
    )
    return [code.conv_cost(table, size) for table in tables]


def lenet(code):
    """LeNet-5's convolutions, poolings and linear layers, as kernels over the whole map."""
    Layer = code.Layer
    return [
        Layer(1, 6, 5, p=2),
        Layer(6, 6, 2, s=2, pool=True),
        Layer(6, 16, 5),
        Layer(16, 16, 2, s=2, pool=True),
        Layer(16, 120, 5),
        Layer(120, 84, 1),
        Layer(84, 10, 1),
    ]


@task(1, "adds up a whole network, LeNet-5")
def whole_network(code, rng):
    return code.conv_cost(lenet(code), 28)


@task(1, "finds the receptive field behind strides and dilations")
def deep(code, rng):
    layers = [
        code.Layer(3, 3, whole(rng, 2, 4), s=whole(rng, 1, 2), d=whole(rng, 1, 2)) for _ in range(4)
    ]
    return code.conv_cost(layers, 90)


# --- 2: somebody else's network ------------------------------------------------------------------


def arrays_of(rng, first=3, blocks=12, groups=1):
    """The arrays of a made-up network, in random order, and its strides.

    groups: of the last layer of a block, where they divide its channels.
    """
    width = whole(rng, 4, 6)
    found = {"stem.weight": np.zeros((width, first, 3, 3)), "stem.bias": np.zeros(width)}
    strides = {"stem": 2}
    for number in range(blocks):
        name, inner, out = f"block.{number}.", width, whole(rng, 4, 9)
        if number:
            inner = width * whole(rng, 2, 3)
            found[name + "expand.weight"] = np.zeros((inner, width, 1, 1))
        k = (3, 5)[whole(rng, 0, 1)]
        found[name + "depthwise.weight"] = np.zeros((inner, 1, k, k))
        found[name + "depthwise.bias"] = np.zeros(inner)
        out, split = out // groups * groups, groups if inner % groups == 0 else 1
        found[name + "project.weight"] = np.zeros((out, inner // split, 1, 1))
        strides |= {name + "depthwise": 2} if whole(rng, 0, 2) == 0 else {}
        width = out
    names = list(found)
    return {names[i]: found[names[i]] for i in rng.permutation(len(names))}, strides


@task(2, "reads a network of two blocks", keeps_arguments=True)
def small_network(code, rng):
    return [tuple(each) for each in code.read_layers(*arrays_of(rng, blocks=2))]


@task(2, "brings more than ten blocks into order, with grey images and other groups")
def large_network(code, rng):
    arrays, strides = arrays_of(rng, first=1, groups=2)
    return [tuple(each) for each in code.read_layers(arrays, strides, 1)]


# --- 3 and 4: convolutions that do the same for less ---------------------------------------------


def normed(rng, o=4, c=2):
    W, b = rng.normal(size=(o, c, 3, 3)), rng.normal(size=o)
    gamma, beta, mean = rng.normal(size=(3, o))
    return W, b, gamma, beta, mean, rng.uniform(0.01, 2, size=o)


@task(3, "gives the kernel and the bias", keeps_arguments=True)
def folded(code, rng):
    eps = float(rng.choice([1e-5, 1e-3]))
    return [code.fold_bn(*normed(rng), eps), code.fold_bn(*normed(rng, 3, 3), 0.1)]


@task(3, "makes one convolution that equals convolution and norm",
      judge=within(0.0, 1e-10))  # fmt: skip
def one_for_two(code, rng):
    W, b, gamma, beta, mean, var = normed(rng)
    x = images(rng)
    two, _ = code.batchnorm(code.conv2d(x, W, b)[0], gamma, beta, (mean, var), 1e-3)
    folded = code.fold_bn(W, b, gamma, beta, mean, var, 1e-3)
    return float(np.abs(code.conv2d(x, *folded)[0] - two).max())


@task(4, "filters each channel by its own kernel and mixes them", keeps_arguments=True)
def separable(code, rng):
    c, o, k = whole(rng, 2, 3), whole(rng, 4, 5), whole(rng, 1, 2) * 2 + 1
    Wd, Wp = rng.normal(size=(c, k, k)), rng.normal(size=(o, c))
    return code.depthwise_separable(images(rng, c=c), Wd, Wp)


@task(4, "gives the dense kernel", keeps_arguments=True)
def composed(code, rng):
    return code.composed_kernel(rng.normal(size=(3, 5, 5)), rng.normal(size=(4, 3)))


@task(4, "does the same as a dense convolution with that kernel",
      judge=within(0.0, 1e-10))  # fmt: skip
def same_as_dense(code, rng):
    x, Wd, Wp = images(rng, c=3), rng.normal(size=(3, 3, 3)), rng.normal(size=(5, 3))
    dense, _ = code.conv2d(x, code.composed_kernel(Wd, Wp), 0, pad=1)
    return float(np.abs(code.depthwise_separable(x, Wd, Wp) - dense).max())


# --- 5: down -------------------------------------------------------------------------------------


def downs(rng, c=2, o=5):
    w1, w2 = rng.normal(size=(o, c, 3, 3)), rng.normal(size=(o, o, 3, 3))
    gamma1, beta1, gamma2, beta2 = rng.normal(size=(4, o))
    return w1, gamma1, beta1, w2, gamma2, beta2, rng.normal(size=(o, c, 1, 1))


@task(5, "returns the projection alone when the last gamma and beta are zero")
def projection(code, rng):
    *params, gamma2, beta2, wp = downs(rng)
    return code.residual_down(images(rng), (*params, 0 * gamma2, 0 * beta2, wp))


@task(5, "adds both paths, also for odd sizes", keeps_arguments=True)
def both_paths(code, rng):
    odd = images(rng, height=7, width=5)
    return [code.residual_down(x, downs(rng)) for x in (images(rng), odd)]


# --- 6: the loop ---------------------------------------------------------------------------------


@task(6, "takes the first step of the first epoch")
def first_step(code, rng):
    net, X, y = net_for(code, rng)
    losses = code.train(net, X, y, 0.3, 1, 8, rng)
    return losses, state(net)


@task(6, "goes through all minibatches in every epoch, with a falling learning rate")
def epochs(code, rng):
    net, X, y = net_for(code, rng)
    losses = code.train(net, X, y, 0.1, whole(rng, 3, 4), 3, rng)
    return losses, state(net), float(rng.random())


# --- 7: the probe --------------------------------------------------------------------------------


def labelled(rng, n, d=4, classes=3, gap=1.0):
    """Features whose classes have different means, far from zero."""
    y = rng.permutation(np.arange(n) % classes)
    means = 5 + gap * np.random.default_rng(whole(rng, 0, 9)).normal(size=(classes, d))
    return means[y] + rng.normal(size=(n, d)), y


@task(7, "finds weights and biases", keeps_arguments=True)
def probe(code, rng):
    features, y = labelled(rng, whole(rng, 9, 20))
    return [code.linear_probe(features, y, classes, 2.0) for classes in (3, 4)]


@task(7, "does so with fewer examples than features")
def few_examples(code, rng):
    features, y = labelled(rng, 4, 9)
    return code.linear_probe(features, y, 3, 0.5)


@task(7, "draws a few examples of each class and counts right answers")
def shots(code, rng):
    features, y = labelled(rng, 40)
    new, new_y = labelled(rng, 151)
    found = [code.few_labels(features, y, new, new_y, n, 5, 1.0, rng) for n in (1, 2, 4)]
    return found, float(rng.random())


# --- 8: two learning rates -----------------------------------------------------------------------


@task(8, "leaves the body alone when its learning rate is 0, statistics included")
def frozen(code, rng):
    net, X, y = net_for(code, rng)
    losses = code.finetune(net, X, y, 0.5, 0, 3)
    return state(net), losses


@task(8, "gives body and head their own learning rates")
def both_parts(code, rng):
    net, X, y = net_for(code, rng)
    losses = code.finetune(net, X, y, 0.3, 0.02, 3)
    return state(net), losses


# --- 9: U-Net ------------------------------------------------------------------------------------


def unet(code, rng, channels=1):
    params = code.init_unet(rng, channels, 2, 3)
    for pair in params:
        pair[1] = 0.1 * rng.normal(size=pair[1].shape)
    return params, images(rng, 3, channels, 12, 28)


@task(9, "gives the class scores of every pixel", keeps_arguments=True)
def scores(code, rng):
    params, x = unet(code, rng, whole(rng, 1, 2))
    return code.unet_forward(x, params)[0]


@task(9, "raises a ValueError with H and W when they cannot be halved twice")
def indivisible(code, rng):
    params, _ = unet(code, rng)
    sizes = (26, 32), (32, 26), (27, 32)
    return [said_in_error(code, params, images(rng, 1, 1, *size)) for size in sizes]


def said_in_error(code, params, x):
    """Whether the height and the width stand in the error."""
    try:
        code.unet_forward(x, params)
    except ValueError as error:
        return [str(length) in str(error) for length in x.shape[2:]]
    return "no error"


@task(9, "gives the gradient of every weight")
def unet_gradients(code, rng):
    params, x = unet(code, rng)
    logits, cache = code.unet_forward(x, params)
    return code.unet_backward(rng.normal(size=logits.shape), cache)


# --- 10: losses and scores of masks --------------------------------------------------------------


def masks(rng, classes, n=2):
    """Masks in which each class is about half as frequent as the one before."""
    p = 0.5 ** np.arange(classes)
    return rng.choice(classes, size=(n, 6, 5), p=p / p.sum())


@task(10, "weights the classes inversely to their pixels", keeps_arguments=True)
def weights(code, rng):
    found = masks(rng, 3)
    single = np.where(found == 1, 3, found)
    single[0, 0, :2] = 1, 0  # one pixel of class 1, and no other
    return [code.class_weights(found, 3), code.class_weights(single, 5)]


@task(10, "gives the Dice loss and its gradient", keeps_arguments=True)
def dice(code, rng):
    logits, truth = 2 * rng.normal(size=(2, 2, 6, 5)), masks(rng, 2)
    return [code.dice_loss(logits, truth), code.dice_loss(logits, 0 * truth)]


@task(10, "averages over the classes that occur, each over all images", keeps_arguments=True)
def ious(code, rng):
    truth, found = masks(rng, 3), masks(rng, 3)
    alike = np.where(rng.random(truth.shape) < 0.7, truth, found)
    absent = np.where(truth == 2, 0, truth)
    return [
        code.mean_iou(alike, truth, 3),
        code.mean_iou(alike, truth, 5),
        code.mean_iou(alike, absent, 3),
        code.mean_iou(absent, truth, 3),
    ]


# --- 11: patches as tokens -----------------------------------------------------------------------


@task(11, "cuts images into tokens", keeps_arguments=True)
def tokens(code, rng):
    return [code.patchify(images(rng, 2, c, 6, 12), p) for c, p in ((3, 2), (2, 3))]


@task(11, "puts tokens together again", keeps_arguments=True)
def together(code, rng):
    return code.unpatchify(rng.normal(size=(2, 8, 12)), 2, 8, 4)


@task(11, "is undone by its inverse", judge=within(0.0, 0.0))
def there_and_back(code, rng):
    x = images(rng, 2, 3, 6, 12)
    return float(np.abs(code.unpatchify(code.patchify(x, 3), 3, 6, 12) - x).max())


def vit(code, rng):
    params = code.init_vit(rng, 8, 2, 4, 6, heads=2, layers=2, classes=3)
    params["embed"][1], params["head"][1] = rng.normal(size=6), rng.normal(size=3)
    params["norm"] = list(rng.normal(size=(2, 6)))
    return params, images(rng, 3, 2, 8, 8)


@task(11, "classifies by the class token", keeps_arguments=True)
def vit_scores(code, rng):
    params, x = vit(code, rng)
    logits, attentions = code.vit_forward(x, params)
    return logits, list(attentions)


@task(11, "gives the same when patches and positions are permuted together",
      judge=within(0.0, 1e-9))  # fmt: skip
def permuted(code, rng):
    params, x = vit(code, rng)
    order = rng.permutation(4)
    before, _ = code.vit_forward(x, params)
    other = code.unpatchify(code.patchify(x, 4)[:, order], 4, 8, 8)
    positions = params["positions"]
    params["positions"] = np.concatenate([positions[:1], positions[1:][order]])
    return float(np.abs(code.vit_forward(other, params)[0] - before).max())


# --- 12: where did it look -----------------------------------------------------------------------


@task(12, "follows attention through the blocks", keeps_arguments=True)
def rolled(code, rng):
    scores = rng.normal(size=(3, 2, 3, 5, 5))  # blocks, images, heads, tokens, tokens
    attentions = list(np.exp(2 * scores) / np.exp(2 * scores).sum(axis=-1, keepdims=True))
    return [code.rollout(attentions), code.rollout(attentions[:1])]


@task(12, "gives the evidence at each position", keeps_arguments=True)
def evidence(code, rng):
    return code.class_activation(rng.normal(size=(2, 5, 4, 3)), rng.normal(size=(3, 5)), 2)
