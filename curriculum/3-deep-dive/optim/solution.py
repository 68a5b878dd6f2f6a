"""Optimisers: from the gradients of the loss to the next weights.

All of them fit one template. `params` is a list of arrays, the weights of a network; `step` takes
the list of their gradients and changes the arrays in place, because the network holds them too.
What an optimiser keeps for a weight between two steps is a dict, its state. You write the rules in
which the optimisers differ. Write plain NumPy and `math`; `undergrad check optim` runs it.
"""

import math

import numpy as np


class Optimizer:
    """The template.

    params: the weights, a list of float64 arrays.   lr: the learning rate; may be changed between
    two steps.   t: the number of the step, 1 during the first.
    state: for each array of params a dict with one array of its shape for each of `state_names`,
    all zeros at the beginning.
    """

    state_names = ()

    def __init__(self, params, lr):
        self.params, self.lr, self.t = params, lr, 0
        self.state = [{name: np.zeros_like(w) for name in self.state_names} for w in params]

    def step(self, grads):
        """Change each array of params once.   grads: a list of arrays, shaped like params."""
        self.t += 1
        for w, g, state in zip(self.params, grads, self.state, strict=True):
            self.update(w, g, state)

    def update(self, w, g, state):
        """The rule: change w, and the arrays in state, in place. g is left unchanged."""
        raise NotImplementedError("each optimiser below has a rule of its own")


class SGD(Optimizer):
    """Stochastic gradient descent, plain or with momentum.

    g <- g + weight_decay * w,  b <- momentum * b + g,  w <- w - lr * b.
    With nesterov the step is w <- w - lr * (g + momentum * b), with the new b.
    """

    state_names = ("b",)

    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, lr)
        self.momentum, self.nesterov, self.weight_decay = momentum, nesterov, weight_decay

    def update(self, w, g, state):
        """The rule above."""
        # TODO 1: how do g, b and w change, and in which order?
        g = g + self.weight_decay * w
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * (g + self.momentum * b if self.nesterov else b)


class Adagrad(Optimizer):
    """Each weight's step is divided by the square root of the sum of its squared gradients.

    s <- s + g ** 2,  w <- w - lr * g / (sqrt(s) + eps).
    """

    state_names = ("s",)

    def __init__(self, params, lr, eps=1e-10):
        super().__init__(params, lr)
        self.eps = eps

    def update(self, w, g, state):
        """The rule above."""
        # TODO 2: what is recorded, and what is the gradient divided by?
        state["s"] += g**2
        w -= self.lr * g / (np.sqrt(state["s"]) + self.eps)


class RMSProp(Optimizer):
    """Like Adagrad, with an exponential moving average instead of the sum.

    v <- alpha * v + (1 - alpha) * g ** 2,  w <- w - lr * g / (sqrt(v) + eps).
    """

    state_names = ("v",)

    def __init__(self, params, lr, alpha=0.99, eps=1e-8):
        super().__init__(params, lr)
        self.alpha, self.eps = alpha, eps

    def update(self, w, g, state):
        """The rule above."""
        # TODO 2: which fraction of the old average is kept?
        v = state["v"]
        v *= self.alpha
        v += (1 - self.alpha) * g**2
        w -= self.lr * g / (np.sqrt(v) + self.eps)


class Adam(Optimizer):
    """An average direction divided by an average size, both with bias correction.

    g <- g + weight_decay * w,
    m <- beta1 * m + (1 - beta1) * g,  v <- beta2 * v + (1 - beta2) * g ** 2,
    w <- w - lr * m' / (sqrt(v') + eps)  with  m' = m / (1 - beta1 ** t), v' = v / (1 - beta2 ** t).
    """

    state_names = ("m", "v")

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

    def adam_step(self, w, g, state):  # solution only
        """The rule without weight decay, which AdamW uses too."""
        (beta1, beta2), m, v = self.betas, state["m"], state["v"]
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * g**2
        m_hat = m / (1 - beta1**self.t)
        v_hat = v / (1 - beta2**self.t)
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)

    def update(self, w, g, state):
        """The rule above. self.t is 1 in the first step."""
        # TODO 3: which two averages are kept, and how are they corrected?
        self.adam_step(w, g + self.weight_decay * w, state)


class AdamW(Adam):
    """Adam with decoupled weight decay.

    w <- w - lr * weight_decay * w comes first, and then Adam's step with the gradient alone.
    """

    def update(self, w, g, state):
        """The rule above."""
        # TODO 4: what happens to w before Adam's step?
        w -= self.lr * self.weight_decay * w
        self.adam_step(w, g, state)


def _copies(state):  # solution only
    return [{name: each.copy() for name, each in of_weight.items()} for of_weight in state]


def state_dict(optimiser):
    """All that an optimiser needs to resume later: a dict with "t", "lr" and "state", as copies.

    What the optimiser does afterwards must not change the dict.
    Returns: saved, dict
    """
    # TODO 5: what would a later step change?
    return {"t": optimiser.t, "lr": optimiser.lr, "state": _copies(optimiser.state)}


def load_state(optimiser, saved):
    """Resume from what `state_dict` returned: restore t, lr and copies of the state.

    What the optimiser does afterwards must not change `saved`.
    """
    # TODO 5: how can `saved` be used a second time?
    optimiser.t = saved["t"]
    optimiser.lr = saved["lr"]
    optimiser.state = _copies(saved["state"])


def warmup_cosine(step, total, warmup, peak, floor=0.0):
    """A learning rate with a linear warm-up and a cosine decay.

    step: counts from 0.   In the first `warmup` steps it is peak * (step + 1) / warmup. After
    them it falls along half a cosine from peak, at step = warmup, to floor, at step = total, and
    stays at floor.
    Returns: lr, float
    """
    # TODO 6: which fraction of the decay is done, from 0 to 1?
    if step < warmup:
        return peak * (step + 1) / warmup
    done = min((step - warmup) / (total - warmup), 1.0)
    return floor + (peak - floor) * (1 + math.cos(math.pi * done)) / 2


def one_cycle(step, total, peak, start=0.04, rise=0.3):
    """A learning rate that rises once and falls once.

    For the first rise * total steps it goes in a straight line from start * peak, at step 0, up
    to peak; then it falls along half a cosine to 0, at step = total, and stays 0.
    Returns: lr, float
    """
    # TODO 6: at which step does the rate stop rising?
    top = rise * total
    if step < top:
        return peak * (start + (1 - start) * step / top)
    done = min((step - top) / (total - top), 1.0)
    return peak * (1 + math.cos(math.pi * done)) / 2


def step_decay(step, lr, every, factor=0.1):
    """lr, multiplied by `factor` once after every `every` steps.   step: counts from 0.

    Returns: lr, float
    """
    # TODO 6: how often has it been multiplied by now?
    return lr * factor ** (step // every)


def clip_global_norm(grads, max_norm):
    """Scale all gradients down together when their global norm is above max_norm.

    grads: a list of arrays, left unchanged. The global norm is the square root of the sum of the
    squares of all their numbers; the one before clipping is returned. The direction stays the same.
    Returns: grads, list, norm, float
    """
    # TODO 7: which factor belongs to all arrays, and when is it 1?
    norm = math.sqrt(sum(float((g**2).sum()) for g in grads))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


def lr_range_test(make_step, lo, hi, n):
    """One short run in which the learning rate grows until the loss diverges.

    make_step: called once, without arguments, it returns a function step(lr) that takes one
    training step and returns the loss before it.   lo, hi, n: n learning rates from lo to hi, each
    larger than the one before by the same factor.
    Stops after a loss that is not finite, or more than 4 times the smallest so far. The lists have
    equal lengths; the loss that made it stop is the last.
    Returns: lrs, list, losses, list
    """
    # TODO 8: how often is make_step called, and when does the run end?
    step, lrs, losses = make_step(), [], []
    for lr in np.geomspace(lo, hi, n):
        lrs.append(float(lr))
        losses.append(float(step(float(lr))))
        if not losses[-1] <= 4 * min(losses) or math.isinf(losses[-1]):  # also when it is nan
            break
    return lrs, losses


def minibatch_grad_var(grads, B, rng, draws, replace=True):
    """How far the gradient of a minibatch is from the gradient of all examples, by drawing batches.

    Either gradient is the mean of the gradients of its examples. The distance is squared, and its
    mean over all draws is the variance of the minibatch gradient.
    grads: the gradient of each example (N, D).   B: how many examples a batch has.
    rng: a NumPy Generator.   draws: how many batches to draw.
    replace: whether the same example may be in a batch several times.
    Returns: variance, float
    """
    # TODO 9: which rows make a batch, and what is averaged over the draws?
    full, total = grads.mean(axis=0), 0.0
    for _ in range(draws):
        rows = rng.choice(len(grads), size=B, replace=replace)
        total += float(((grads[rows].mean(axis=0) - full) ** 2).sum())
    return total / draws


def sgd_noise(h, sigma, lr, B):
    """The variance that w keeps under SGD near a minimum, where the loss is h / 2 * w ** 2.

    h: the curvature, above 0.   sigma: the standard deviation of one example's gradient around
    h * w.   lr: the learning rate.   B: the batch size.
    Raises ValueError where the variance would grow without end, when lr * h is 2 or more.
    Returns: variance, float
    """
    # TODO 10: when is there no such variance, and which one does a step leave unchanged?
    if lr * h >= 2:
        raise ValueError(f"with lr * h = {lr * h:g} the steps diverge; it has to be below 2")
    return lr * sigma**2 / (B * h * (2 - lr * h))


NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)  # the coefficients a, b and c of Muon


def newton_schulz(G, steps=5):
    """Nearly the orthogonal matrix U V^T of a matrix G = U S V^T, without computing U and V.

    G is divided by its norm plus 1e-7, so that no singular value exceeds 1. Each step then turns
    every singular value s into a * s + b * s ** 3 + c * s ** 5, with the numbers NEWTON_SCHULZ.
    G: (m, n), left unchanged. All zeros stay zeros.
    Returns: X (m, n)
    """
    # TODO 11: with which matrix do you multiply X to get s ** 3 and s ** 5?
    a, b, c = NEWTON_SCHULZ
    X = G / (np.linalg.norm(G) + 1e-7)
    for _ in range(steps):
        A = X @ X.T
        X = a * X + (b * A + c * A @ A) @ X
    return X


class Muon(Optimizer):
    """Momentum for whole matrices, made orthogonal by your `newton_schulz`.

    b <- momentum * b + g,  X is the orthogonal matrix of g + momentum * b, with the new b,
    w <- w - lr * weight_decay * w, and then w <- w - lr * scale * X, where the scale of a matrix
    with m rows and n columns is sqrt(m / n), but at least 1.
    """

    state_names = ("b",)

    def __init__(self, params, lr, momentum=0.95, weight_decay=0.0):
        """Raises ValueError when one of params is not a matrix: it needs another optimiser."""
        super().__init__(params, lr)
        self.momentum, self.weight_decay = momentum, weight_decay
        # TODO 12: which arrays have no singular values?
        for w in params:
            if w.ndim != 2:
                raise ValueError(f"{w.shape} is not a matrix; embeddings, head, vectors: AdamW")

    def update(self, w, g, state):
        """The rule above."""
        # TODO 12: what is made orthogonal, and how far does w move along it?
        b = state["b"]
        b *= self.momentum
        b += g
        X = newton_schulz(g + self.momentum * b)
        rows, columns = w.shape
        w -= self.lr * self.weight_decay * w
        w -= self.lr * math.sqrt(max(1.0, rows / columns)) * X
