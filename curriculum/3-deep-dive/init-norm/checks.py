"""What is asked of `init-norm`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Random weights are judged by their distribution, since right code may draw in another order. The
backward passes get caches made here, so that they are judged without the forward passes; gradients
are also compared with numeric ones.
"""

import numpy as np

from undergrad.checker import decided_by, distribution, raises, task, within


@task(1, "counts inputs and outputs of a weight, with the kernel of a convolution")
def counted(code, rng):
    m, d, h, w = (int(n) for n in rng.permutation(np.arange(2, 9))[:4])
    return [code.fans((m, d)), code.fans((m, d, h)), code.fans((m, d, h, w))]


@task(1, "raises an error for a shape with one axis", judge=raises(ValueError))
def one_axis(code, rng):
    return code.fans((int(rng.integers(2, 9)),))


@task(
    2, "draws Xavier's uniform weights, with variance 2 / (fan_in + fan_out)", judge=distribution()
)
def xavier(code, rng):
    return code.xavier_uniform((60, 400), rng)


@task(
    2,
    "draws He's weights from the normal distribution, with variance 2 / fan_in",
    judge=distribution(),
)
def he(code, rng):
    return code.he_normal((60, 400), rng)


@task(2, "counts the kernel of a convolution", judge=distribution())
def convolution(code, rng):
    shape = (24, 8, 5, 5)
    return np.stack([code.he_normal(shape, rng), code.xavier_uniform(shape, rng)])


@task(2, "draws only from the generator")
def by_generator(code, rng):
    kinds = code.he_normal, code.xavier_uniform
    return [decided_by(lambda rng, draw=draw: draw((5, 3), rng), rng) for draw in kinds]


@task(3, "returns orthogonal rows (or columns, if there are fewer) of length 1")
def orthogonal_rows(code, rng):
    products = []
    for shape in ((4, 6), (6, 4), (4, 2, 2, 2)):
        W = code.orthogonal(shape, rng)
        if np.shape(W) != shape:
            return f"returned the shape {np.shape(W)} for {shape}"
        W = np.asarray(W).reshape(shape[0], -1)
        # 1 is added so that a number that should be 0 is compared like the others.
        products.append(1 + (W @ W.T if len(W) <= W.shape[1] else W.T @ W))
    return products


@task(3, "draws all such matrices with equal probability", judge=distribution(), seeds=1)
def equally_likely(code, rng):
    return np.array([np.asarray(code.orthogonal((3, 3), rng))[0, 0] for _ in range(400)])


@task(3, "draws only from the generator")
def turned_by_generator(code, rng):
    return decided_by(lambda rng: code.orthogonal((5, 3), rng), rng)


def relu(z):
    return np.maximum(z, 0)


def normal(std):
    """An init whose weights have variance std**2 / D."""
    return lambda shape, rng: rng.normal(size=shape) * std / np.sqrt(shape[1])


@task(4, "measures the mean square after each layer's activation")
def sizes(code, rng):
    x = rng.normal(size=(6, 16)) + 0.5
    seed = int(rng.integers(1 << 30))
    return [
        code.forward_stats(x.copy(), 5, normal(np.sqrt(2)), act, np.random.default_rng(seed))
        for act in (relu, np.tanh)
    ]


@task(4, "finds that orthogonal weights preserve the size of a signal, fifty layers deep",
      judge=within(0.999999, 1.000001))  # fmt: skip
def fifty_rotations(code, rng):
    x = rng.normal(size=(8, 12))

    def rotation(shape, rng):
        return np.linalg.qr(rng.normal(size=shape))[0]

    return code.forward_stats(x, 50, rotation, lambda z: z, rng) / np.mean(x**2)


def batch(rng, n=6, d=4):
    """Columns with their own mean and scale; the second hardly varies, the third not at all."""
    x = rng.normal(size=(n, d)) * rng.uniform(1.0, 3.0, size=d) + rng.uniform(2.0, 4.0, size=d)
    x[:, 1] = 1 + 0.01 * rng.normal(size=n)
    x[:, 2] = 7.0
    gamma, beta = rng.uniform(0.5, 2.0, size=d), rng.uniform(1.0, 2.0, size=d)
    running = rng.normal(size=d), rng.uniform(0.5, 2.0, size=d)
    return x, gamma, beta, running


@task(5, "gives each column mean 0 and variance 1, then gamma and beta", keeps_arguments=True)
def in_training(code, rng):
    x, gamma, beta, running = batch(rng)
    out, (x_hat, std, gamma), _ = code.batchnorm_forward(x, gamma, beta, running, True)
    return out, x_hat, std, gamma


@task(5, "moves the running mean and variance by the momentum")
def running_pair(code, rng):
    x, gamma, beta, running = batch(rng)
    found = [
        code.batchnorm_forward(x, gamma, beta, running, True, **momentum)[2]
        for momentum in ({"momentum": 0.25}, {})
    ]
    return [(mean, var) for mean, var in found]


@task(5, "trains on two examples")
def batch_of_two(code, rng):
    x, gamma, beta, running = batch(rng, n=2)
    out, _, (mean, var) = code.batchnorm_forward(x, gamma, beta, running, True)
    return out, mean, var


@task(5, "uses the running statistics at inference, where other examples make no difference")
def at_inference(code, rng):
    x, gamma, beta, running = batch(rng)
    together, _, (mean, var) = code.batchnorm_forward(x, gamma, beta, running, False)
    alone = [code.batchnorm_forward(x[i : i + 1], gamma, beta, running, False)[0] for i in (0, 1)]
    return together, alone, mean, var


@task(5, "raises an error when it trains on one example", judge=raises(ValueError))
def batch_of_one(code, rng):
    x, gamma, beta, running = batch(rng, n=1)
    return code.batchnorm_forward(x, gamma, beta, running, True)[0]


SHAPES = ((4, 5), (3, 4, 5), (3, 4, 6, 5))  # two axes to four, all of them different


def normalised(x, gamma, axis, centred=True):
    """The cache of a norm along `axis`, from the definition: (x_hat, std, gamma)."""
    centre = x.mean(axis=axis, keepdims=True) if centred else 0.0
    std = np.sqrt(((x - centre) ** 2).mean(axis=axis, keepdims=True) + 1e-5)
    return (x - centre) / std, std[0] if axis == 0 else std, gamma


def upstream(rng, shape):
    """x, gamma of the last axis, and an upstream gradient g whose mean is not 0; x and g alike."""
    x = rng.normal(size=shape) * 1.5 + 0.8
    return x, rng.uniform(0.5, 2.0, size=shape[-1]), rng.normal(size=shape) + 0.5


def numeric(x, gamma, g, axis, centred=True, h=1e-5):
    """The gradient of sum(g * gamma * x_hat) with respect to x by central differences."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        ends = []
        for step in (h, -h):
            moved = x.copy()
            moved[index] += step
            ends.append(np.sum(g * gamma * normalised(moved, gamma, axis, centred)[0]))
        gradient[index] = (ends[0] - ends[1]) / (2 * h)
    return gradient


def gap(given, right):
    """The largest difference over the largest gradient; 1 when the shapes differ."""
    if np.shape(given) != right.shape:
        return 1.0
    return float(np.abs(given - right).max() / np.abs(right).max())


@task(6, "returns gx, ggamma and gbeta", keeps_arguments=True)
def batchnorm_gradients(code, rng):
    x, gamma, g = upstream(rng, (5, 3))
    return code.batchnorm_backward(g, normalised(x, gamma, axis=0))


@task(6, "agrees with the numeric gradient", judge=within(0.0, 1e-6))
def batchnorm_numeric(code, rng):
    x, gamma, g = upstream(rng, (5, 3))
    given = code.batchnorm_backward(g, normalised(x, gamma, axis=0))[0]
    return gap(given, numeric(x, gamma, g, axis=0))


@task(7, "gives each example mean 0 and variance 1, then gamma and beta", keeps_arguments=True)
def layernorm_rows(code, rng):
    x, gamma, beta, _ = batch(rng, n=4, d=5)
    out, (x_hat, std, gamma) = code.layernorm_forward(x, gamma, beta)
    return out, x_hat, std, gamma


@task(7, "works on sequences (N, T, D), and with one axis more or fewer")
def layernorm_sequences(code, rng):
    found = []
    for shape in SHAPES:
        x, gamma, _ = upstream(rng, shape)
        found.append(code.layernorm_forward(x, gamma, gamma - 1)[0])
    return found


@task(7, "returns the right gradients, for rows and for sequences", keeps_arguments=True)
def layernorm_gradients(code, rng):
    found = []
    for shape in SHAPES:
        x, gamma, g = upstream(rng, shape)
        found.append(code.layernorm_backward(g, normalised(x, gamma, axis=-1)))
    return found


@task(7, "agrees with the numeric gradient of layer norm", judge=within(0.0, 1e-6))
def layernorm_numeric(code, rng):
    x, gamma, g = upstream(rng, (3, 4))
    given = code.layernorm_backward(g, normalised(x, gamma, axis=-1))[0]
    return gap(given, numeric(x, gamma, g, axis=-1))


@task(8, "divides each example by its root mean square", keeps_arguments=True)
def rms_rows(code, rng):
    x, gamma, _ = upstream(rng, (4, 5))
    x[0] *= 0.01  # here eps can be seen
    out, (x_hat, std, gamma) = code.rmsnorm_forward(x, gamma)
    return out, x_hat, std, gamma


@task(8, "works on sequences (N, T, D), and with one axis more or fewer")
def rms_sequences(code, rng):
    return [code.rmsnorm_forward(*upstream(rng, shape)[:2])[0] for shape in SHAPES]


@task(8, "returns the gradients of RMS norm", keeps_arguments=True)
def rms_gradients(code, rng):
    found = []
    for shape in SHAPES:
        x, gamma, g = upstream(rng, shape)
        found.append(code.rmsnorm_backward(g, normalised(x, gamma, axis=-1, centred=False)))
    return found


@task(8, "agrees with the numeric gradient of RMS norm", judge=within(0.0, 1e-6))
def rms_numeric(code, rng):
    x, gamma, g = upstream(rng, (3, 4))
    given = code.rmsnorm_backward(g, normalised(x, gamma, axis=-1, centred=False))[0]
    return gap(given, numeric(x, gamma, g, axis=-1, centred=False))
