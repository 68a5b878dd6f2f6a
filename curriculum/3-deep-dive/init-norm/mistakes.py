"""Typical wrong solutions of `init-norm`, each with the sentence it deserves."""

import math

import numpy as np

from undergrad.checker import mistake


@mistake("fans", "Fan in and fan out are swapped. A weight is (outputs, inputs): axis 1 goes in.")
def fans_swapped(shape):
    _two_axes(shape)
    window = math.prod(shape[2:])
    return shape[0] * window, shape[1] * window


@mistake("fans", "The window is not counted. One output of a 3 x 3 convolution adds up nine "
         "numbers of each channel.")  # fmt: skip
def no_window(shape):
    _two_axes(shape)
    return shape[1], shape[0]


@mistake("fans", "The window is counted for the inputs only. One input also goes to every place "
         "of the window, so fan out has it too.")  # fmt: skip
def window_once(shape):
    _two_axes(shape)
    return math.prod(shape[1:]), shape[0]


def _two_axes(shape):
    if len(shape) < 2:
        raise ValueError("two axes are needed")


def _fans(shape):
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


@mistake("xavier_uniform", "The variance is used as the bound. A uniform draw between -b and b has "
         "variance b**2 / 3, so b is the root of 3 times the variance.")  # fmt: skip
def variance_as_bound(shape, rng):
    bound = 2 / sum(_fans(shape))
    return rng.uniform(-bound, bound, size=shape)


@mistake("xavier_uniform", "The spread is used as the bound. Between -b and b the spread of a "
         "uniform draw is b / sqrt(3); the factor 3 is missing under the root.")  # fmt: skip
def spread_as_bound(shape, rng):
    bound = np.sqrt(2 / sum(_fans(shape)))
    return rng.uniform(-bound, bound, size=shape)


@mistake("xavier_uniform", "Only the inputs are counted. Xavier's rule is a compromise between "
         "the way forward and the way back: fan_in + fan_out.")  # fmt: skip
def inputs_only(shape, rng):
    bound = np.sqrt(3 / _fans(shape)[0])
    return rng.uniform(-bound, bound, size=shape)


@mistake("xavier_uniform", "The weights lie between 0 and the bound, so their mean is not 0. Draw "
         "from -bound to bound.")  # fmt: skip
def only_positive(shape, rng):
    return rng.uniform(0, np.sqrt(6 / sum(_fans(shape))), size=shape)


@mistake("he_normal", "The variance 1 / fan_in is right without ReLU. ReLU cuts half of the "
         "signal away; 2 / fan_in makes up for it.")  # fmt: skip
def without_two(shape, rng):
    return rng.normal(size=shape) * np.sqrt(1 / _fans(shape)[0])


@mistake("he_normal", "The variance stands where the spread belongs: multiply a draw of spread 1 "
         "by the square root of 2 / fan_in.")  # fmt: skip
def variance_as_spread(shape, rng):
    return rng.normal(size=shape) * 2 / _fans(shape)[0]


@mistake("he_normal", "The variance is made from the number of outputs. An output adds up its "
         "inputs, so it is fan_in that counts on the way forward.")  # fmt: skip
def from_outputs(shape, rng):
    return rng.normal(size=shape) * np.sqrt(2 / _fans(shape)[1])


@mistake("orthogonal", "The rows have length 1, but not right angles: scaling a random row does "
         "not turn it. Use np.linalg.qr.")  # fmt: skip
def only_length(shape, rng):
    W = rng.normal(size=(shape[0], math.prod(shape[1:])))
    return (W / np.linalg.norm(W, axis=1, keepdims=True)).reshape(shape)


@mistake("orthogonal", "QR chooses the signs by its own rule, so the draw leans one way. Multiply "
         "the columns of Q by the signs of R's diagonal.")  # fmt: skip
def leaning(shape, rng):
    rows, columns = shape[0], math.prod(shape[1:])
    Q = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))[0]
    return (Q if rows >= columns else Q.T).reshape(shape)


@mistake("orthogonal", "QR of a wide matrix gives a small square one. Factor the tall form and "
         "transpose the result.")  # fmt: skip
def never_turned(shape, rng):
    Q, R = np.linalg.qr(rng.normal(size=(shape[0], math.prod(shape[1:]))))
    return Q * np.sign(np.diag(R))


@mistake("forward_stats", "Every layer has the same weights. Ask init for new ones inside the "
         "loop.")  # fmt: skip
def one_weight(x, depth, init, act, rng):
    W, sizes = init((x.shape[1], x.shape[1]), rng), []
    for _ in range(depth):
        x = act(x @ W.T)
        sizes.append(np.mean(x**2))
    return np.array(sizes)


@mistake("forward_stats", "The size is measured before the activation. The next layer receives "
         "what comes after it.")  # fmt: skip
def before_act(x, depth, init, act, rng):
    sizes = []
    for _ in range(depth):
        x = x @ init((x.shape[1], x.shape[1]), rng).T
        sizes.append(np.mean(x**2))
        x = act(x)
    return np.array(sizes)


@mistake("forward_stats", "This is the variance, with the mean taken away. After a ReLU the mean "
         "is not 0, and the next layer feels it: np.mean(x**2).")  # fmt: skip
def variance_not_square(x, depth, init, act, rng):
    sizes = []
    for _ in range(depth):
        x = act(x @ init((x.shape[1], x.shape[1]), rng).T)
        sizes.append(np.var(x))
    return np.array(sizes)


@mistake("forward_stats", "The weight is used without turning it: W has a row for each output, so "
         "the layer is x @ W.T.")  # fmt: skip
def weight_not_turned(x, depth, init, act, rng):
    sizes = []
    for _ in range(depth):
        x = act(x @ init((x.shape[1], x.shape[1]), rng))
        sizes.append(np.mean(x**2))
    return np.array(sizes)


def _batchnorm(x, gamma, beta, running, training, momentum, eps, *, axis=0, ddof=0, run_ddof=1):
    """Batch norm with dials for what people turn the wrong way."""
    mean, var = running
    if training:
        if len(x) < 2:
            raise ValueError("one example")
        mean, var = x.mean(axis=axis, keepdims=True), x.var(axis=axis, ddof=ddof, keepdims=True)
        to = x.mean(axis=0), x.var(axis=0, ddof=run_ddof)
        running = tuple((1 - momentum) * a + momentum * b for a, b in zip(running, to, strict=True))
        if axis == 0:
            mean, var = mean[0], var[0]
    spread = np.sqrt(var + eps)
    normal = (x - mean) / spread
    return normal * gamma + beta, (normal, spread, gamma), running


@mistake("batchnorm_forward", "The statistics run along axis 1, over the numbers of one example. "
         "That is layer norm; batch norm looks down each column, axis 0.")  # fmt: skip
def along_rows(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    return _batchnorm(x, gamma, beta, running, training, momentum, eps, axis=1)


@mistake("batchnorm_forward", "The batch is divided by its N - 1 variance. That one is for the "
         "running variance only; here divide by N.")  # fmt: skip
def unbiased_inside(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    return _batchnorm(x, gamma, beta, running, training, momentum, eps, ddof=1)


@mistake("batchnorm_forward", "The running variance takes the batch's variance over N. It stands "
         "for all data, so use N - 1: the batch's times N / (N - 1).")  # fmt: skip
def biased_running(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    return _batchnorm(x, gamma, beta, running, training, momentum, eps, run_ddof=0)


@mistake("batchnorm_forward", "Momentum is turned round: here it is the share of the new batch, "
         "(1 - momentum) * old + momentum * new, as in PyTorch.")  # fmt: skip
def momentum_turned(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    return _batchnorm(x, gamma, beta, running, training, 1 - momentum, eps)


@mistake("batchnorm_forward", "The running pair stays where it was. In training it has to move "
         "towards the batch's mean and variance.")  # fmt: skip
def never_moves(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    return (*_batchnorm(x, gamma, beta, running, training, momentum, eps)[:2], running)


@mistake("batchnorm_forward", "In use the batch's own statistics are taken, so an example's result "
         "depends on who else is in the batch. Take the running ones.")  # fmt: skip
def batch_in_use(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    if training and len(x) < 2:
        raise ValueError("one example")
    spread = np.sqrt(x.var(axis=0) + eps)
    normal = (x - x.mean(axis=0)) / spread
    moved = _batchnorm(x, gamma, beta, running, training, momentum, eps)[2]
    return normal * gamma + beta, (normal, spread, gamma), moved


@mistake("batchnorm_forward", "The running pair moves also when not training. Testing must leave "
         "the network as it is.")  # fmt: skip
def moves_in_use(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    out, cache, moved = _batchnorm(x, gamma, beta, running, training, momentum, eps)
    if not training:
        to = x.mean(axis=0), x.var(axis=0)
        moved = tuple((1 - momentum) * a + momentum * b for a, b in zip(running, to, strict=True))
    return out, cache, moved


@mistake("batchnorm_forward", "In training the running statistics are taken. They are for use; "
         "training measures each batch by itself.")  # fmt: skip
def running_in_training(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    moved = _batchnorm(x, gamma, beta, running, training, momentum, eps)[2]
    out, cache, _ = _batchnorm(x, gamma, beta, running, False, momentum, eps)
    return out, cache, moved


@mistake("batchnorm_forward", "eps stands outside the root. It is added to the variance: "
         "sqrt(var + eps).")  # fmt: skip
def eps_outside(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    mean, var = (x.mean(axis=0), x.var(axis=0)) if training else running
    moved = _batchnorm(x, gamma, beta, running, training, momentum, eps)[2]
    spread = np.sqrt(var) + eps
    normal = (x - mean) / spread
    return normal * gamma + beta, (normal, spread, gamma), moved


@mistake("batchnorm_forward", "The columns are divided by the variance. The spread is its square "
         "root.")  # fmt: skip
def by_variance(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    mean, var = (x.mean(axis=0), x.var(axis=0)) if training else running
    moved = _batchnorm(x, gamma, beta, running, training, momentum, eps)[2]
    normal = (x - mean) / (var + eps)
    return normal * gamma + beta, (normal, var + eps, gamma), moved


@mistake("batchnorm_forward", "A training batch of one example goes through. Its variance is 0 and "
         "every output becomes beta, so raise ValueError.")  # fmt: skip
def one_goes_through(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    if training and len(x) == 1:
        spread = np.sqrt(0 * x[0] + eps)
        return 0 * x + beta, (0 * x, spread, gamma), running
    return _batchnorm(x, gamma, beta, running, training, momentum, eps)


@mistake("batchnorm_forward", "The caller's running arrays are changed in place. Make new ones and "
         "return them.")  # fmt: skip
def running_in_place(x, gamma, beta, running, training, momentum=0.1, eps=1e-5):
    out, cache, moved = _batchnorm(x, gamma, beta, running, training, momentum, eps)
    for old, new in zip(running, moved, strict=True):
        old[...] = new
    return out, cache, running


@mistake("batchnorm_backward", "The mean and the spread are treated as constants. They are made of "
         "the same x, so each x pulls on both: subtract the two pulls.")  # fmt: skip
def as_constants(g, cache):
    normal, spread, gamma = cache
    return g * gamma / spread, (g * normal).sum(axis=0), g.sum(axis=0)


@mistake("batchnorm_backward", "The pull on the spread is missing: normal times the mean of "
         "g * gamma * normal.")  # fmt: skip
def no_spread_pull(g, cache):
    normal, spread, gamma = cache
    h = g * gamma
    return (h - h.mean(axis=0)) / spread, (g * normal).sum(axis=0), g.sum(axis=0)


@mistake("batchnorm_backward", "The pull on the mean is missing: when one x grows, the mean grows "
         "and all others come out smaller.")  # fmt: skip
def no_mean_pull(g, cache):
    normal, spread, gamma = cache
    h = g * gamma
    gx = (h - normal * (h * normal).mean(axis=0)) / spread
    return gx, (g * normal).sum(axis=0), g.sum(axis=0)


@mistake("batchnorm_backward", "gamma is missing in gx. The slope passes through the "
         "multiplication first: g * gamma.")  # fmt: skip
def gamma_left_out(g, cache):
    normal, spread, _ = cache
    gx = (g - g.mean(axis=0) - normal * (g * normal).mean(axis=0)) / spread
    return gx, (g * normal).sum(axis=0), g.sum(axis=0)


@mistake("batchnorm_backward", "ggamma and gbeta are means. Both serve every example, so their "
         "slopes add up.")  # fmt: skip
def means_not_sums(g, cache):
    normal, spread, gamma = cache
    h = g * gamma
    gx = (h - h.mean(axis=0) - normal * (h * normal).mean(axis=0)) / spread
    return gx, (g * normal).mean(axis=0), g.mean(axis=0)


@mistake("batchnorm_backward", "The pulls are sums over the batch. An x moves the mean by one N-th "
         "of itself, so they are means.")  # fmt: skip
def summed_pulls(g, cache):
    normal, spread, gamma = cache
    h = g * gamma
    gx = (h - h.sum(axis=0) - normal * (h * normal).sum(axis=0)) / spread
    return gx, (g * normal).sum(axis=0), g.sum(axis=0)


@mistake("layernorm_forward", "The statistics run over the batch. Layer norm looks at one example "
         "alone: axis=-1.")  # fmt: skip
def over_batch(x, gamma, beta, eps=1e-5):
    spread = np.sqrt(x.var(axis=0, keepdims=True) + eps)
    normal = (x - x.mean(axis=0, keepdims=True)) / spread
    return normal * gamma + beta, (normal, spread, gamma)


@mistake("layernorm_forward", "Right for (N, D) only: in a sequence, axis 1 is time. Take the last "
         "axis, -1, which holds the numbers of one step.")  # fmt: skip
def axis_one(x, gamma, beta, eps=1e-5):
    spread = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    normal = (x - x.mean(axis=1, keepdims=True)) / spread
    return normal * gamma + beta, (normal, spread, gamma)


@mistake("layernorm_backward", "gamma is multiplied in at the end. It differs within a row, so the "
         "two means must already see it: begin with h = g * gamma.")  # fmt: skip
def gamma_last(g, cache):
    normal, spread, gamma = cache
    pull = g.mean(axis=-1, keepdims=True) + normal * (g * normal).mean(axis=-1, keepdims=True)
    others = tuple(range(g.ndim - 1))
    return gamma * (g - pull) / spread, (g * normal).sum(axis=others), g.sum(axis=others)


@mistake("layernorm_backward", "ggamma and gbeta are summed over the first axis only. In a "
         "sequence every step uses them too: sum over all axes but the last.")  # fmt: skip
def first_axis_only(g, cache):
    normal, spread, gamma = cache
    h = g * gamma
    pull = h.mean(axis=-1, keepdims=True) + normal * (h * normal).mean(axis=-1, keepdims=True)
    return (h - pull) / spread, (g * normal).sum(axis=0), g.sum(axis=0)


@mistake("layernorm_backward", "The means run over the batch, as in batch norm. Here a number "
         "pulls on the other numbers of its own example: axis=-1.")  # fmt: skip
def pulls_over_batch(g, cache):
    normal, spread, gamma = cache
    h = g * gamma
    pull = h.mean(axis=0, keepdims=True) + normal * (h * normal).mean(axis=0, keepdims=True)
    others = tuple(range(g.ndim - 1))
    return (h - pull) / spread, (g * normal).sum(axis=others), g.sum(axis=others)


@mistake("rmsnorm_forward", "The mean is taken away. That is layer norm; RMS norm only divides.")
def centred(x, gamma, eps=1e-5):
    x = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + eps)
    return x / spread * gamma, (x / spread, spread, gamma)


@mistake("rmsnorm_forward", "This is the length of a row, a sum. The root *mean* square is asked "
         "for, so that wide rows do not come out small.")  # fmt: skip
def length(x, gamma, eps=1e-5):
    spread = np.sqrt(np.sum(x**2, axis=-1, keepdims=True) + eps)
    return x / spread * gamma, (x / spread, spread, gamma)


@mistake("rmsnorm_forward", "eps stands outside the root. It is added to the mean square.")
def rms_eps_outside(x, gamma, eps=1e-5):
    spread = np.sqrt(np.mean(x**2, axis=-1, keepdims=True)) + eps
    return x / spread * gamma, (x / spread, spread, gamma)


@mistake("rmsnorm_backward", "A pull on the mean is subtracted. No mean was taken away on the way "
         "forward, so only the pull on the spread is left.")  # fmt: skip
def mean_pull(g, cache):
    normal, spread, gamma = cache
    h = g * gamma
    pull = h.mean(axis=-1, keepdims=True) + normal * (h * normal).mean(axis=-1, keepdims=True)
    return (h - pull) / spread, (g * normal).sum(axis=tuple(range(g.ndim - 1)))


@mistake("rmsnorm_backward", "The root mean square is treated as a constant. It is made of the "
         "same x: subtract normal times the mean of g * gamma * normal.")  # fmt: skip
def rms_constant(g, cache):
    normal, spread, gamma = cache
    return g * gamma / spread, (g * normal).sum(axis=tuple(range(g.ndim - 1)))
