"""A worked solution of `optim`."""

import math

import numpy as np


class Optimizer:
    """The template.

    params: the weights, a list of float64 arrays.   lr: the step size; may be changed between
    two steps.   t: how many steps were begun, 1 during the first.
    memory: for each array of params a dict with one array of its shape for each name in
    `remembers`, all zeros at the beginning.
    """

    remembers = ()

    def __init__(self, params, lr):
        self.params, self.lr, self.t = params, lr, 0
        self.memory = [{name: np.zeros_like(w) for name in self.remembers} for w in params]

    def step(self, grads):
        """Change each array of params once. grads: a list of arrays, shaped like params."""
        self.t += 1
        for w, g, memory in zip(self.params, grads, self.memory, strict=True):
            self.update(w, g, memory)

    def update(self, w, g, memory):
        """The rule: change w, and the arrays in memory, in place. g stays as it is."""
        raise NotImplementedError("each optimiser below has a rule of its own")


class SGD(Optimizer):
    """Plain steps, or with momentum a direction that keeps rolling.

    g <- g + weight_decay * w,  b <- momentum * b + g,  w <- w - lr * b.
    With nesterov the step is w <- w - lr * (g + momentum * b), with the new b.
    """

    remembers = ("b",)

    def __init__(self, params, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
        super().__init__(params, lr)
        self.momentum, self.nesterov, self.weight_decay = momentum, nesterov, weight_decay

    def update(self, w, g, memory):
        g = g + self.weight_decay * w
        b = memory["b"]
        b *= self.momentum
        b += g
        w -= self.lr * (g + self.momentum * b if self.nesterov else b)


class Adagrad(Optimizer):
    """Each weight's step is divided by the size of all its slopes so far.

    s <- s + g ** 2,  w <- w - lr * g / (sqrt(s) + eps).
    """

    remembers = ("s",)

    def __init__(self, params, lr, eps=1e-10):
        super().__init__(params, lr)
        self.eps = eps

    def update(self, w, g, memory):
        memory["s"] += g**2
        w -= self.lr * g / (np.sqrt(memory["s"]) + self.eps)


class RMSProp(Optimizer):
    """As Adagrad, with an average that forgets in the place of the sum.

    v <- alpha * v + (1 - alpha) * g ** 2,  w <- w - lr * g / (sqrt(v) + eps).
    """

    remembers = ("v",)

    def __init__(self, params, lr, alpha=0.99, eps=1e-8):
        super().__init__(params, lr)
        self.alpha, self.eps = alpha, eps

    def update(self, w, g, memory):
        v = memory["v"]
        v *= self.alpha
        v += (1 - self.alpha) * g**2
        w -= self.lr * g / (np.sqrt(v) + self.eps)


class Adam(Optimizer):
    """Momentum and a step of its own for each weight, both as averages that are corrected.

    g <- g + weight_decay * w,
    m <- beta1 * m + (1 - beta1) * g,  v <- beta2 * v + (1 - beta2) * g ** 2,
    w <- w - lr * m' / (sqrt(v') + eps)  with  m' = m / (1 - beta1 ** t), v' = v / (1 - beta2 ** t).
    """

    remembers = ("m", "v")

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay

    def update(self, w, g, memory):
        self.move(w, g + self.weight_decay * w, memory)

    def move(self, w, g, memory):
        """Adam's step for a slope that is complete."""
        (beta1, beta2), m, v = self.betas, memory["m"], memory["v"]
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * g**2
        # Both averages began at 0: after t steps they hold the share 1 - beta ** t of the truth.
        size = np.sqrt(v / (1 - beta2**self.t)) + self.eps
        w -= self.lr * (m / (1 - beta1**self.t)) / size


class AdamW(Adam):
    """Adam with the decay taken out of the slope: w <- w - lr * weight_decay * w comes first, and
    then Adam's step with the slope alone."""

    def update(self, w, g, memory):
        w -= self.lr * self.weight_decay * w  # the same share for every weight, whatever its slope
        self.move(w, g, memory)


def _copies(memory):
    return [{name: each.copy() for name, each in m.items()} for m in memory]


def state_dict(optimiser):
    return {"t": optimiser.t, "lr": optimiser.lr, "memory": _copies(optimiser.memory)}


def load_state(optimiser, state):
    optimiser.t, optimiser.lr = state["t"], state["lr"]
    optimiser.memory = _copies(state["memory"])


def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    done = min((step - warmup) / (total - warmup), 1.0)
    return floor + (peak - floor) * (1 + math.cos(math.pi * done)) / 2


def one_cycle(step, total, peak, start=0.04, rise=0.3):
    top = rise * total
    if step < top:
        return peak * (start + (1 - start) * step / top)
    done = min((step - top) / (total - top), 1.0)
    return peak * (1 + math.cos(math.pi * done)) / 2


def step_decay(step, lr, every, factor=0.1):
    return lr * factor ** (step // every)


def clip_global_norm(grads, max_norm):
    length = math.sqrt(sum(float((g**2).sum()) for g in grads))
    factor = max_norm / length if length > max_norm else 1.0
    return [g * factor for g in grads], length


def lr_range_test(make_step, lo, hi, n):
    step, lrs, losses = make_step(), [], []
    for lr in np.geomspace(lo, hi, n):
        lrs.append(float(lr))
        losses.append(float(step(float(lr))))
        if not losses[-1] <= 4 * min(losses) or math.isinf(losses[-1]):  # also when it is nan
            break
    return lrs, losses
