"""Variational autoencoder, diffusion and flow matching, with NumPy.

A network is a function that is passed in: `encode(x)`, `decode(z)` or `model(x, t, c)`. Random
numbers are passed in too, as `eps`, `z` or ready batches, so that each function has one right
answer. No function changes its arguments. A small network with its backward pass and the Adam step
are given. `undergrad check generative` checks the functions.

Letters: N examples, D numbers of an example, Z numbers of a code, K draws of a code, T noise
levels.
"""

from itertools import pairwise

import numpy as np

# --- given --------------------------------------------------------------------------------------

SIGMA = 0.1  # standard deviation of a pixel around what the decoder says


def init_net(rng, d, classes=0, hidden=64):
    """Weights for `net_forward`: d numbers in and out, two hidden layers.

    Returns: params, list; the arrays [W1, b1, W2, b2, W3, b3]
    """
    sizes = [d + 8 + classes, hidden, hidden, d]
    params = []
    for before, after in pairwise(sizes):
        params += [rng.normal(size=(after, before)) / np.sqrt(before), np.zeros(after)]
    return params


def net_forward(params, x, t, c=None):
    """A prediction for each noisy example.

    x: (N, D).   t: (N,), between 0 and 1.   c: (N,), labels; -1, or None, for no label.
    Returns: out (N, D), cache
    """
    W1, b1, W2, b2, W3, b3 = params
    angles = np.pi * t[:, None] * 2.0 ** np.arange(4)
    classes = W1.shape[1] - x.shape[1] - 8
    labels = np.full(len(x), -1) if c is None else np.asarray(c)
    one_hot = (labels[:, None] == np.arange(classes)).astype(float)
    inputs = np.concatenate([x, np.sin(angles), np.cos(angles), one_hot], axis=1)
    h1 = np.tanh(inputs @ W1.T + b1)
    h2 = np.tanh(h1 @ W2.T + b2)
    return h2 @ W3.T + b3, (inputs, h1, h2, params)


def net_backward(g, cache):
    """The gradients of the weights of `net_forward`.

    g: (N, D).   cache: as `net_forward` returns it.
    Returns: grads, list; shaped like `params`
    """
    inputs, h1, h2, (_, _, W2, _, W3, _) = cache
    g2 = (g @ W3) * (1 - h2**2)
    g1 = (g2 @ W2) * (1 - h1**2)
    return [g1.T @ inputs, g1.sum(0), g2.T @ h1, g2.sum(0), g.T @ h2, g.sum(0)]


def adam_step(params, grads, state, lr):
    """One step of Adam; `state` is None before the first step.

    Returns: params, list; the new arrays; state, tuple
    """
    step, means, squares = state or (0, [0.0] * len(params), [0.0] * len(params))
    step += 1
    means = [0.9 * m + 0.1 * g for m, g in zip(means, grads, strict=True)]
    squares = [0.999 * s + 0.001 * g**2 for s, g in zip(squares, grads, strict=True)]
    size = lr * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
    new = [
        w - size * m / (np.sqrt(s) + 1e-8) for w, m, s in zip(params, means, squares, strict=True)
    ]
    return new, (step, means, squares)


# --- yours --------------------------------------------------------------------------------------


def gaussian_kl(mu, logvar):
    """The KL divergence of each Gaussian, with independent components, from the standard one.

    mu: (N, Z).   logvar: (N, Z), the logarithms of the variances.
    Returns: kl (N,)
    """
    # TODO 1: one term per component, from a mean and a variance
    return 0.5 * (mu**2 + np.exp(logvar) - 1 - logvar).sum(axis=1)


def reparameterise(mu, logvar, eps):
    """A draw from each Gaussian, made of standard normal numbers.

    mu, logvar, eps: (N, Z).
    Returns: z (N, Z)
    """
    # TODO 1: shift and stretch eps
    return mu + np.exp(0.5 * logvar) * eps


def reparameterise_backward(g, logvar, eps):
    """The gradients of `reparameterise`; eps is an input and needs none.

    g, logvar, eps: (N, Z).
    Returns: gmu (N, Z), glogvar (N, Z)
    """
    # TODO 1: differentiate mu + exp(logvar / 2) eps
    return g.copy(), g * 0.5 * np.exp(0.5 * logvar) * eps


def log_normal(x, mean, sigma):
    """The log-density of each row under a Gaussian with independent components.

    x, mean: (..., D).   sigma: one standard deviation for all components.
    Returns: logp (...)
    """
    # TODO 2: sum the log-density over the last axis, constant included
    d = x.shape[-1]
    square = (((x - mean) / sigma) ** 2).sum(axis=-1)
    return -0.5 * square - d * np.log(sigma) - 0.5 * d * np.log(2 * np.pi)


def elbo(x, encode, decode, eps):
    """The evidence lower bound of each example, from one draw of its code.

    The decoder says the mean of x; the standard deviation is SIGMA.
    x: (N, D).   encode(x): mu, logvar, both (N, Z).   decode(z): (N, D).   eps: (N, Z).
    Returns: bound (N,)
    """
    # TODO 2: how well the code explains x, minus what the code costs
    mu, logvar = encode(x)
    z = reparameterise(mu, logvar, eps)
    return log_normal(x, decode(z), SIGMA) - gaussian_kl(mu, logvar)


def log_mean_exp(a):
    """The logarithm of the mean of exp(a) over the first axis, for a of any size.

    a: (K, N).
    Returns: out (N,)
    """
    # TODO 3: subtract the largest first
    top = a.max(axis=0)
    return top + np.log(np.exp(a - top).mean(axis=0))


def iwae(x, encode, decode, eps):
    """The importance-weighted bound of each example, from K draws of its code.

    x: (N, D).   encode, decode: as in `elbo`.   eps: (K, N, Z).
    Returns: bound (N,)
    """
    # TODO 3: the log-weight of each draw, then log_mean_exp
    mu, logvar = encode(x)
    weights = []
    for each in eps:
        z = reparameterise(mu, logvar, each)
        prior = log_normal(z, np.zeros_like(z), 1.0)
        # (z - mu) / sigma is eps, so that its density under q is that of eps, divided by sigma.
        proposal = log_normal(each, np.zeros_like(z), 1.0) - 0.5 * logvar.sum(axis=1)
        weights.append(log_normal(x, decode(z), SIGMA) + prior - proposal)
    return log_mean_exp(np.array(weights))


def cosine_schedule(T):
    """How much of the data's variance is left at each noise level.

    Returns: abar (T + 1,); abar[0] = 1, then falling, all greater than 0
    """
    # TODO 4: the cosine with s = 0.008, as ratios of at least 0.001, multiplied up
    f = np.cos((np.arange(T + 1) / T + 0.008) / 1.008 * np.pi / 2) ** 2
    alpha = np.maximum(f[1:] / f[:-1], 0.001)
    return np.concatenate([[1.0], np.cumprod(alpha)])


def q_sample(x0, t, eps, abar):
    """Each example at its noise level, in one step.

    x0, eps: (N, D).   t: (N,), integers from 0 to T.   abar: (T + 1,).
    Returns: xt (N, D)
    """
    # TODO 5: square roots, because variances add up to 1
    a = abar[t][:, None]
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * eps


def ddpm_loss(model, x0, t, eps, abar):
    """The mean squared error of the predicted noise, over all examples and components.

    model(xt, time): the predicted noise, (N, D); time is (N,), scaled to between 0 and 1.
    x0, eps: (N, D).   t: (N,), integers from 1 to T.   abar: (T + 1,).
    Returns: loss, float
    """
    # TODO 6: add noise, predict it, compare
    T = len(abar) - 1
    return float(((model(q_sample(x0, t, eps, abar), t / T) - eps) ** 2).mean())


def posterior(x0, xt, t, abar):
    """The Gaussian of the next cleaner level, t - 1, given the clean and the noisy example.

    x0, xt: (N, D).   t: an integer from 1 to T.   abar: (T + 1,).
    Returns: mean (N, D), var, float
    """
    # TODO 7: multiply the two Gaussians: precisions add up
    alpha, before = abar[t] / abar[t - 1], abar[t - 1]
    if t == 1:
        return x0.copy(), 0.0
    precision = alpha / (1 - alpha) + 1 / (1 - before)
    weighted = np.sqrt(alpha) / (1 - alpha) * xt + np.sqrt(before) / (1 - before) * x0
    return weighted / precision, float(1 / precision)


def ddpm_step(xt, noise, t, abar, z):
    """One step of sampling, from level t to t - 1.

    xt, noise, z: (N, D); noise is predicted, z is standard normal.   t: an integer from 1 to T.
    Returns: x (N, D)
    """
    # TODO 8: estimate the clean example, then draw from the posterior
    x0 = (xt - np.sqrt(1 - abar[t]) * noise) / np.sqrt(abar[t])
    mean, var = posterior(x0, xt, t, abar)
    return mean + np.sqrt(var) * z


def ddim_step(xt, noise, t, s, abar, eta, z):
    """One step from level t to any other level s, with eta of the noise of `ddpm_step`.

    xt, noise, z: (N, D).   t, s: integers from 0 to T, s < t if eta > 0.   eta: from 0 to 1.
    Returns: x (N, D)
    """
    # TODO 8: the same estimate, mixed for level s; part of its noise is fresh
    x0 = (xt - np.sqrt(1 - abar[t]) * noise) / np.sqrt(abar[t])
    std = 0.0
    if eta > 0:
        std = eta * np.sqrt((1 - abar[s]) / (1 - abar[t]) * (1 - abar[t] / abar[s]))
    return np.sqrt(abar[s]) * x0 + np.sqrt(1 - abar[s] - std**2) * noise + std * z


def flow_pair(noise, data, t):
    """A point on the straight line from noise (t = 0) to data (t = 1), and the velocity there.

    noise, data: (N, D).   t: (N,), between 0 and 1.
    Returns: xt (N, D), v (N, D)
    """
    # TODO 9: a weighted mean, and its derivative with respect to t
    return (1 - t[:, None]) * noise + t[:, None] * data, data - noise


def euler(v, x, steps):
    """Follow the velocity from time 0 to time 1 in equal steps.

    v(x, t): (N, D), with t of shape (N,).   x: (N, D).
    Returns: x (N, D)
    """
    # TODO 9: the velocity at the beginning of each step
    for i in range(steps):
        x = x + v(x, np.full(len(x), i / steps)) / steps
    return x


def heun(v, x, steps):
    """The same with the mean of two velocities: at the beginning, and where Euler's step ends.

    v(x, t): (N, D), with t of shape (N,).   x: (N, D).
    Returns: x (N, D)
    """
    # TODO 9: an Euler step to see where it leads, then the mean
    for i in range(steps):
        first = v(x, np.full(len(x), i / steps))
        second = v(x + first / steps, np.full(len(x), (i + 1) / steps))
        x = x + (first + second) / (2 * steps)
    return x


def drop_labels(c, u, p):
    """Labels for training with guidance: -1, which means no label, wherever u < p.

    c: (N,), integers.   u: (N,), uniform random numbers.   p: a probability.
    Returns: kept (N,)
    """
    # TODO 10: np.where
    return np.where(u < p, -1, c)


def guided(model, x, t, c, w):
    """The prediction with classifier-free guidance; w = 0 is the plain one with labels.

    model(x, t, c): (N, D).   x: (N, D).   t: (N,).   c: (N,), labels.   w: a number.
    Returns: out (N, D)
    """
    # TODO 10: with labels and with -1; go further in the direction that the label points to
    with_label = model(x, t, c)
    without = model(x, t, np.full(len(x), -1))
    return with_label + w * (with_label - without)


def frechet(a, b):
    """The squared Frechet distance between two Gaussians, fitted to the rows of a and of b.

    a: (N, D).   b: (M, D).
    Returns: distance, float
    """
    # TODO 11: means and covariances; the square root of a matrix by its eigenvalues
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    values, vectors = np.linalg.eigh(A)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    mixed = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ B @ root), 0)).sum()
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A) + np.trace(B) - 2 * mixed)


def train_flow(params, batches, lr, decay):
    """Train `net_forward` to predict velocities, and average its weights on the way.

    After each step, ema = decay * ema + (1 - decay) * params; ema begins as the first weights.
    batches: a list of (noise, data, t, c).   lr: of `adam_step`.   decay: between 0 and 1.
    Returns: params, list; ema, list; losses, list
    """
    # TODO 12: pair, forward, mean squared error, backward, Adam, average
    ema, state, losses = list(params), None, []
    for noise, data, t, c in batches:
        xt, v = flow_pair(noise, data, t)
        out, cache = net_forward(params, xt, t, c)
        losses.append(float(((out - v) ** 2).mean()))
        grads = net_backward(2 * (out - v) / v.size, cache)
        params, state = adam_step(params, grads, state, lr)
        ema = [decay * old + (1 - decay) * new for old, new in zip(ema, params, strict=True)]
    return params, ema, losses


def mixture_score(x, means, var):
    """The gradient of log p with respect to x, for a mixture of equally probable Gaussians.

    x: (N, 2).   means: (K, 2).   var: the variance of each component.
    Returns: score (N, 2)
    """
    # TODO 13: the pull of each mean, weighted by how probable it is at x
    pull = (means - x[:, None]) / var  # (N, K, 2)
    logits = -0.5 * var * (pull**2).sum(axis=2)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return (weights[:, :, None] * pull).sum(axis=1)
