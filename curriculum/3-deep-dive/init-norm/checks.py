"""What is asked of `init-norm`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Random weights are judged by how they are spread, since right code may draw in another order. The
ways back get caches made here, so that they are judged without the ways forward; slopes are also
measured by nudging.
"""

import numpy as np

from undergrad.checker import distribution, raises, task, within


@task(1, "counts inputs and outputs of a weight, with the window of a convolution", hint=[
    "A weight (M, D): how many numbers are added up for one output? And (M, C, 3, 3)?",
    "Axis 1 goes in, axis 0 comes out. Both are multiplied by the size of the window, the product "
    "of all further axes.",
    "window = math.prod(shape[2:])\nreturn shape[1] * window, shape[0] * window",
])  # fmt: skip
def counted(code, rng):
    m, d, h, w = (int(n) for n in rng.permutation(np.arange(2, 9))[:4])
    return [code.fans((m, d)), code.fans((m, d, h)), code.fans((m, d, h, w))]


@task(1, "refuses a shape with one axis", judge=raises(ValueError))
def one_axis(code, rng):
    return code.fans((int(rng.integers(2, 9)),))


@task(2, "draws Xavier's weights evenly, with variance 2 / (fan_in + fan_out)",
      judge=distribution(), hint=[
    "Which variance is asked for, and which one does rng.uniform(-b, b) have?",
    "Uniform: b**2 / 3 = 2 / (fan_in + fan_out), so b is the root of 6 / (fan_in + fan_out). "
    "Normal: a draw of spread 1 times the root of 2 / fan_in.",
    "bound = np.sqrt(6 / sum(fans(shape)))\n"
    "return rng.uniform(-bound, bound, size=shape)\n"
    "# and: rng.normal(size=shape) * np.sqrt(2 / fans(shape)[0])",
])  # fmt: skip
def xavier(code, rng):
    return code.xavier_uniform((60, 400), rng)


@task(2, "draws He's weights from the bell curve, with variance 2 / fan_in", judge=distribution())
def he(code, rng):
    return code.he_normal((60, 400), rng)


@task(2, "counts the window of a convolution", judge=distribution())
def convolution(code, rng):
    shape = (24, 8, 5, 5)
    return np.stack([code.he_normal(shape, rng), code.xavier_uniform(shape, rng)])


@task(3, "gives rows (or columns, if fewer) of length 1 at right angles", hint=[
    "Which factorisation turns any matrix into one with right angles and a rest?",
    "np.linalg.qr of a tall random matrix gives columns at right angles; transpose when rows are "
    "fewer. Each column times the sign of R's diagonal, or all signs lean one way.",
    "rows, columns = shape[0], math.prod(shape[1:])\n"
    "Q, R = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))\n"
    "Q = Q * np.sign(np.diag(R))\n"
    "return (Q if rows >= columns else Q.T).reshape(shape)",
])  # fmt: skip
def right_angles(code, rng):
    products = []
    for shape in ((4, 6), (6, 4), (4, 2, 2, 2)):
        W = code.orthogonal(shape, rng)
        if np.shape(W) != shape:
            return f"shape {np.shape(W)} came back where {shape} was asked for"
        W = np.asarray(W).reshape(shape[0], -1)
        # 1 is added so that a number that should be 0 is compared like the others.
        products.append(1 + (W @ W.T if len(W) <= W.shape[1] else W.T @ W))
    return products


@task(3, "makes all such matrices equally likely", judge=distribution(), seeds=1)
def no_leaning(code, rng):
    return np.array([np.asarray(code.orthogonal((3, 3), rng))[0, 0] for _ in range(400)])


def relu(z):
    return np.maximum(z, 0)


def bell(spread):
    """An init whose weights have variance spread**2 / D."""
    return lambda shape, rng: rng.normal(size=shape) * spread / np.sqrt(shape[1])


@task(4, "measures the mean square after each layer's activation", hint=[
    "One layer is x = act(x @ W.T). What is asked for after it?",
    "A fresh W = init((D, D), rng) in each layer; append np.mean(x**2) after the activation.",
    "for _ in range(depth):\n"
    "    x = act(x @ init((width, width), rng).T)\n"
    "    sizes.append(np.mean(x**2))\n"
    "return np.array(sizes)",
])  # fmt: skip
def sizes(code, rng):
    x = rng.normal(size=(6, 16)) + 0.5
    begun = int(rng.integers(1 << 30))
    return [
        code.forward_stats(x.copy(), 5, bell(np.sqrt(2)), act, np.random.default_rng(begun))
        for act in (relu, np.tanh)
    ]


@task(4, "finds that turning a signal leaves its size alone, fifty layers deep",
      judge=within(0.999999, 1.000001))  # fmt: skip
def fifty_turns(code, rng):
    x = rng.normal(size=(8, 12))

    def turn(shape, rng):
        return np.linalg.qr(rng.normal(size=shape))[0]

    return code.forward_stats(x, 50, turn, lambda z: z, rng) / np.mean(x**2)


def batch(rng, n=6, d=4):
    """Columns with their own mean and spread; the second hardly moves, the third not at all."""
    x = rng.normal(size=(n, d)) * rng.uniform(1.0, 3.0, size=d) + rng.uniform(2.0, 4.0, size=d)
    x[:, 1] = 1 + 0.01 * rng.normal(size=n)
    x[:, 2] = 7.0
    gamma, beta = rng.uniform(0.5, 2.0, size=d), rng.uniform(1.0, 2.0, size=d)
    running = rng.normal(size=d), rng.uniform(0.5, 2.0, size=d)
    return x, gamma, beta, running


@task(5, "gives each column mean 0 and variance 1, then gamma and beta", hint=[
    "One mean and one variance for each column: along which axis? Which ones count in training, "
    "which ones in use?",
    "Training: x.mean(axis=0) and x.var(axis=0). Running: (1 - momentum) * old + momentum * new, "
    "with the variance times N / (N - 1). In use: the running ones, unchanged.",
    "mean, var = (x.mean(axis=0), x.var(axis=0)) if training else running\n"
    "spread = np.sqrt(var + eps)\n"
    "normal = (x - mean) / spread\n"
    "# out = normal * gamma + beta, cache = (normal, spread, gamma)",
])  # fmt: skip
def in_training(code, rng):
    x, gamma, beta, running = batch(rng)
    out, (normal, spread, gamma), _ = code.batchnorm_forward(x, gamma, beta, running, True)
    return out, normal, spread, gamma


@task(5, "moves the running mean and variance by the share asked for")
def running_pair(code, rng):
    x, gamma, beta, running = batch(rng)
    _, _, (mean, var) = code.batchnorm_forward(x, gamma, beta, running, True, momentum=0.25)
    return mean, var


@task(5, "uses the running ones when not training, so batch mates make no difference")
def in_use(code, rng):
    x, gamma, beta, running = batch(rng)
    together, _, (mean, var) = code.batchnorm_forward(x, gamma, beta, running, False)
    alone = [code.batchnorm_forward(x[i : i + 1], gamma, beta, running, False)[0] for i in (0, 1)]
    return together, alone, mean, var


@task(5, "refuses to train on one example", judge=raises(ValueError))
def batch_of_one(code, rng):
    x, gamma, beta, running = batch(rng, n=1)
    return code.batchnorm_forward(x, gamma, beta, running, True)[0]


@task(5, "leaves its arguments as they were")
def batchnorm_unchanged(code, rng):
    x, gamma, beta, (mean, var) = batch(rng)
    before = [each.copy() for each in (x, gamma, beta, mean, var)]
    code.batchnorm_forward(x, gamma, beta, (mean, var), True)
    pairs = zip((x, gamma, beta, mean, var), before, strict=True)
    return [bool(np.array_equal(now, then)) for now, then in pairs]


def normalised(x, gamma, axis, centred=True):
    """The cache of a norm along `axis`, from the definition: (normal, spread, gamma)."""
    centre = x.mean(axis=axis, keepdims=True) if centred else 0.0
    spread = np.sqrt(((x - centre) ** 2).mean(axis=axis, keepdims=True) + 1e-5)
    return (x - centre) / spread, spread[0] if axis == 0 else spread, gamma


def slopes_from_above(rng, shape):
    """x, gamma of the last axis, and a slope g whose mean is not 0. x and g of that shape."""
    x = rng.normal(size=shape) * 1.5 + 0.8
    return x, rng.uniform(0.5, 2.0, size=shape[-1]), rng.normal(size=shape) + 0.5


def measured(x, gamma, g, axis, centred=True, h=1e-5):
    """The slope of sum(g * gamma * normal) for each number of x, by nudging it. Shape of x."""
    slopes = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        ends = []
        for step in (h, -h):
            moved = x.copy()
            moved[place] += step
            ends.append(np.sum(g * gamma * normalised(moved, gamma, axis, centred)[0]))
        slopes[place] = (ends[0] - ends[1]) / (2 * h)
    return slopes


def gap(given, right):
    """The largest difference, as a share of the largest slope; 1 when the shapes differ."""
    if np.shape(given) != right.shape:
        return 1.0
    return float(np.abs(given - right).max() / np.abs(right).max())


@task(6, "gives gx, ggamma and gbeta", hint=[
    "ggamma and gbeta are those of a linear layer with the input `normal`. For gx: which numbers "
    "of the column change when one x of it grows?",
    "With g' = g * gamma: gx = (g' - mean of g' - normal * mean of g' * normal) / spread, means "
    "down the column.",
    "h = g * gamma\n"
    "gx = (h - h.mean(axis=0) - normal * (h * normal).mean(axis=0)) / spread\n"
    "return gx, (g * normal).sum(axis=0), g.sum(axis=0)",
])  # fmt: skip
def batchnorm_slopes(code, rng):
    x, gamma, g = slopes_from_above(rng, (5, 3))
    return code.batchnorm_backward(g, normalised(x, gamma, axis=0))


@task(6, "agrees with slopes measured by nudging each x", judge=within(0.0, 1e-6))
def batchnorm_nudged(code, rng):
    x, gamma, g = slopes_from_above(rng, (5, 3))
    given = code.batchnorm_backward(g, normalised(x, gamma, axis=0))[0]
    return gap(given, measured(x, gamma, g, axis=0))


@task(7, "gives each example mean 0 and variance 1, then gamma and beta", hint=[
    "Batch norm looked down the columns. Which numbers belong together here?",
    "Everything along the last axis, with keepdims=True so that it can be subtracted. On the way "
    "back gamma comes first: h = g * gamma, then the same formula along axis -1.",
    "h = g * gamma\n"
    "pulls = h.mean(-1, keepdims=True) + normal * (h * normal).mean(-1, keepdims=True)\n"
    "gx = (h - pulls) / spread\n"
    "# ggamma and gbeta: sums over every axis but the last",
])  # fmt: skip
def layernorm_rows(code, rng):
    x, gamma, beta, _ = batch(rng, n=4, d=5)
    out, (normal, spread, gamma) = code.layernorm_forward(x, gamma, beta)
    return out, normal, spread, gamma


@task(7, "works on sequences (N, T, D)")
def layernorm_sequences(code, rng):
    x, gamma, _ = slopes_from_above(rng, (3, 4, 5))
    return code.layernorm_forward(x, gamma, gamma - 1)[0]


@task(7, "goes the way back, for rows and for sequences")
def layernorm_slopes(code, rng):
    found = []
    for shape in ((4, 5), (3, 4, 5)):
        x, gamma, g = slopes_from_above(rng, shape)
        found.append(code.layernorm_backward(g, normalised(x, gamma, axis=-1)))
    return found


@task(7, "agrees with slopes measured by nudging each x, for layer norm", judge=within(0.0, 1e-6))
def layernorm_nudged(code, rng):
    x, gamma, g = slopes_from_above(rng, (3, 4))
    given = code.layernorm_backward(g, normalised(x, gamma, axis=-1))[0]
    return gap(given, measured(x, gamma, g, axis=-1))


@task(8, "divides each example by its root mean square", hint=[
    "Layer norm takes the mean away and divides. Which of the two is left out here?",
    "spread = sqrt(mean(x**2) + eps) along the last axis. On the way back only the pull on the "
    "spread is left.",
    "h = g * gamma\n"
    "gx = (h - normal * (h * normal).mean(-1, keepdims=True)) / spread\n"
    "# ggamma as in layer norm",
])  # fmt: skip
def rms_rows(code, rng):
    x, gamma, _ = slopes_from_above(rng, (4, 5))
    x[0] *= 0.01  # here eps can be seen
    out, (normal, spread, gamma) = code.rmsnorm_forward(x, gamma)
    return out, normal, spread, gamma


@task(8, "goes the way back of RMS norm")
def rms_slopes(code, rng):
    x, gamma, g = slopes_from_above(rng, (3, 4, 5))
    return code.rmsnorm_backward(g, normalised(x, gamma, axis=-1, centred=False))


@task(8, "agrees with slopes measured by nudging each x, for RMS norm", judge=within(0.0, 1e-6))
def rms_nudged(code, rng):
    x, gamma, g = slopes_from_above(rng, (3, 4))
    given = code.rmsnorm_backward(g, normalised(x, gamma, axis=-1, centred=False))[0]
    return gap(given, measured(x, gamma, g, axis=-1, centred=False))
