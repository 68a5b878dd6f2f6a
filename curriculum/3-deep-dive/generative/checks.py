"""What is asked of `generative`. Each function runs on the learner's code, on the solution and on
the mistakes, with one seed.

Networks are small random functions, made here, so that no task needs another's. The numbers of
examples, of components and of draws differ, so that a swapped axis shows.
"""

import numpy as np

from undergrad.checker import task, within

N, D, Z, K = 5, 4, 3, 6


def draws(rng, *shape):
    return rng.normal(size=shape)


def networks(rng):
    """A random encoder and a random decoder."""
    A, B, C = draws(rng, Z, D), 0.5 * draws(rng, Z, D), draws(rng, D, Z)
    return lambda x: (np.tanh(x @ A.T), np.tanh(x @ B.T) - 1), lambda z: np.tanh(z @ C.T)


def denoiser(rng):
    """A random model of x, a time and, if there are any, labels; None is the same as -1."""
    A, b = draws(rng, D, D), draws(rng, D)

    def model(x, t, c=None):
        label = -0.3 if c is None else 0.3 * np.asarray(c)[:, None]
        return np.tanh(x @ A.T + np.asarray(t)[:, None] * b + label)

    return model


def levels(rng, T):
    """Any falling alpha-bar from 1, (T + 1,)."""
    return np.concatenate([[1.0], np.cumprod(rng.uniform(0.6, 0.98, size=T))])


@task(1, "gives the KL divergence of each example, 0 for the standard normal", keeps_arguments=True)
def kl(code, rng):
    zero = np.zeros((N, Z))
    return code.gaussian_kl(draws(rng, N, Z), draws(rng, N, Z)), code.gaussian_kl(zero, zero)


@task(1, "shifts and stretches the noise", keeps_arguments=True)
def shifted(code, rng):
    return code.reparameterise(draws(rng, N, Z), 2 * draws(rng, N, Z), draws(rng, N, Z))


@task(1, "gives the gradients of mean and log-variance", keeps_arguments=True)
def through_the_draw(code, rng):
    return code.reparameterise_backward(draws(rng, N, Z), 2 * draws(rng, N, Z), draws(rng, N, Z))


@task(2, "gives the log-density of each row", keeps_arguments=True)
def density(code, rng):
    x, mean = draws(rng, 2, K, N, D)
    return code.log_normal(x, mean, 0.7), code.log_normal(x[0], mean[0], 1.3)


@task(2, "gives the bound of each example", keeps_arguments=True)
def bound(code, rng):
    encode, decode = networks(rng)
    return code.elbo(draws(rng, N, D), encode, decode, draws(rng, N, Z))


@task(3, "averages exponentials of any size", keeps_arguments=True)
def stable(code, rng):
    a = draws(rng, K, N)
    wide = 1e3 * draws(rng, K, N) + 1e4 * np.arange(N)
    return [code.log_mean_exp(each) for each in (a, a - 1e4, a + 1e4, wide)]


@task(3, "gives the bound of several draws", needs=[2], keeps_arguments=True)
def several(code, rng):
    encode, decode = networks(rng)
    return code.iwae(draws(rng, N, D), encode, decode, draws(rng, K, N, Z))


@task(4, "falls from 1 along the cosine and stays above 0")
def schedule(code, rng):
    return [code.cosine_schedule(T) for T in (1, int(rng.integers(5, 40)), 200)]


@task(5, "mixes example and noise for each level", keeps_arguments=True)
def noisy(code, rng):
    t = np.array([0, 1, 7, 3, 7])
    return code.q_sample(draws(rng, N, D), t, draws(rng, N, D), levels(rng, 7))


@task(6, "averages over examples and components", keeps_arguments=True)
def loss(code, rng):
    x0, eps, model = draws(rng, N, D), draws(rng, N, D), denoiser(rng)
    return code.ddpm_loss(model, x0, rng.integers(1, 10, size=N), eps, levels(rng, 9))


@task(7, "gives mean and variance given both examples", keeps_arguments=True)
def bayes(code, rng):
    x0, xt, abar = draws(rng, N, D), draws(rng, N, D), levels(rng, 8)
    return [code.posterior(x0, xt, int(t), abar) for t in (2, rng.integers(3, 8), 8)]


@task(7, "is certain at the first level", keeps_arguments=True)
def certain(code, rng):
    return code.posterior(draws(rng, N, D), draws(rng, N, D), 1, levels(rng, 8))


@task(8, "draws the next cleaner level", keeps_arguments=True)
def cleaner(code, rng):
    xt, noise, z = draws(rng, 3, N, D)
    abar = levels(rng, 8)
    return [code.ddpm_step(xt, noise, int(t), abar, z) for t in (1, 2, rng.integers(3, 9))]


@task(8, "jumps between levels, with part of the noise or none", keeps_arguments=True)
def jumps(code, rng):
    xt, noise, z = draws(rng, 3, N, D)
    abar, found = levels(rng, 9), []
    for t, s, eta in ((9, 4, 0.0), (4, 9, 0.0), (7, 2, 0.5), (5, 4, 1.0), (3, 0, 1.0)):
        found.append(code.ddim_step(xt, noise, t, s, abar, eta, z))
    return found


@task(9, "gives the point on the line and the velocity", keeps_arguments=True)
def line(code, rng):
    return code.flow_pair(draws(rng, N, D), draws(rng, N, D), rng.random(N))


@task(9, "follows a velocity that changes with place and time", keeps_arguments=True)
def followed(code, rng):
    v, x = denoiser(rng), draws(rng, N, D)
    return [solve(v, x, n) for solve in (code.euler, code.heun) for n in (1, 3)]


@task(9, "leaves errors of order 1 and 2 on a rotation", judge=within(0.9, 1.1))
def orders(code, rng):
    x = draws(rng, N, 2)
    turn = np.array([[0.0, -1], [1, 0]])
    exact = np.cos(1) * x + np.sin(1) * x @ turn.T

    def error(solve, steps):
        return np.abs(solve(lambda x, t: x @ turn.T, x, steps) - exact).max()

    return [error(f, 64) / error(f, 128) / r for f, r in ((code.euler, 2), (code.heun, 4))]


@task(10, "drops labels with the given probability", keeps_arguments=True)
def dropped(code, rng):
    u = np.append(rng.random(20), 0.25)
    return code.drop_labels(rng.integers(10, size=21), u, 0.25), code.drop_labels(
        np.arange(3), np.zeros(3), 0.0
    )


@task(10, "goes further in the direction of the label", keeps_arguments=True)
def further(code, rng):
    model, x, t, c = denoiser(rng), draws(rng, N, D), rng.random(N), rng.integers(5, size=N)
    return [code.guided(model, x, t, c, w) for w in (0.0, 1.0, 2.5)]


@task(11, "gives the distance of two sets", keeps_arguments=True)
def distance(code, rng):
    mixing = draws(rng, D, D)
    return code.frechet(draws(rng, 30, D) @ mixing, draws(rng, 20, D) + 0.5)


@task(11, "is 0 for equal sets, also if a component is constant", judge=within(-1e-6, 1e-6))
def equal_sets(code, rng):
    a = draws(rng, 30, D)
    flat = np.column_stack([a, np.full(30, 2.0), a[:, 0]])
    return [code.frechet(a, a), code.frechet(flat, flat)]


def lesson_batches(rng, count):
    return [
        (draws(rng, N, D), draws(rng, N, D), rng.random(N), rng.integers(-1, 2, size=N))
        for _ in range(count)
    ]


@task(12, "takes the steps of Adam and averages the weights", needs=[9])
def loop(code, rng):
    params = code.init_net(rng, D, classes=2, hidden=7)
    before = [each.copy() for each in params]
    found = code.train_flow(params, lesson_batches(rng, 6), 0.01, 0.6)
    kept = [bool((old == new).all()) for old, new in zip(before, params, strict=True)]
    return [*found, kept]


@task(13, "gives the score of a mixture, also far from all means", keeps_arguments=True)
def score(code, rng):
    means, x = draws(rng, 3, 2), draws(rng, N, 2)
    return [code.mixture_score(each, means, var) for each in (x, 1e3 * x) for var in (0.3, 1.7)]
