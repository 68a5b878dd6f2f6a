"""Optimisers: from the slopes of the loss to the next weights.

All of them fit one template. `params` is a list of arrays, the weights of a network; `step` takes
the list of their slopes and changes the arrays in place, since the network holds them too. What
an optimiser remembers of a weight between two steps lies in a dict, its memory. The rules that
tell the family members apart are yours. Write plain NumPy and `math`; `undergrad check optim`
runs it.
"""

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
        """The rule above."""
        raise NotImplementedError("TODO 1: decay into the slope, slope into b, b into w")


class Adagrad(Optimizer):
    """Each weight's step is divided by the size of all its slopes so far.

    s <- s + g ** 2,  w <- w - lr * g / (sqrt(s) + eps).
    """

    remembers = ("s",)

    def __init__(self, params, lr, eps=1e-10):
        super().__init__(params, lr)
        self.eps = eps

    def update(self, w, g, memory):
        """The rule above."""
        raise NotImplementedError("TODO 2: a sum of squares that only grows")


class RMSProp(Optimizer):
    """As Adagrad, with an average that forgets in the place of the sum.

    v <- alpha * v + (1 - alpha) * g ** 2,  w <- w - lr * g / (sqrt(v) + eps).
    """

    remembers = ("v",)

    def __init__(self, params, lr, alpha=0.99, eps=1e-8):
        super().__init__(params, lr)
        self.alpha, self.eps = alpha, eps

    def update(self, w, g, memory):
        """The rule above."""
        raise NotImplementedError("TODO 2: keep the share alpha of the old average")


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
        """The rule above. self.t is 1 in the first step."""
        raise NotImplementedError("TODO 3: two averages, two corrections, one step")


class AdamW(Adam):
    """Adam with the decay taken out of the slope: w <- w - lr * weight_decay * w comes first, and
    then Adam's step with the slope alone."""

    def update(self, w, g, memory):
        """The rule above."""
        raise NotImplementedError("TODO 4: shrink w, then step as Adam without decay")


def state_dict(optimiser):
    """All that an optimiser needs to go on later: a dict with "t", "lr" and "memory", as copies.

    What the optimiser does afterwards must not change the dict.
    """
    raise NotImplementedError("TODO 5: whatever a later step would change has to be copied")


def load_state(optimiser, state):
    """Let an optimiser go on from a state: it takes over t, lr and copies of the memory.

    What it does afterwards must not change `state`.
    """
    raise NotImplementedError("TODO 5: what was kept comes back, again as copies")


def warmup_cosine(step, total, warmup, peak, floor=0.0):
    """A step size that rises, and then falls like half a wave.

    step: counts from 0.   In the first `warmup` steps it is peak * (step + 1) / warmup. After
    them it falls along a cosine from peak, at step = warmup, to floor, at step = total, and stays
    at floor. Returns a float.
    """
    raise NotImplementedError("TODO 6: which share of the way down is done, from 0 to 1?")


def one_cycle(step, total, peak, start=0.04, rise=0.3):
    """One rise and one fall.

    For the first rise * total steps it goes in a straight line from start * peak, at step 0, up
    to peak; then it falls along a cosine to 0, at step = total, and stays 0. Returns a float.
    """
    raise NotImplementedError("TODO 6: a line up, half a wave down")


def step_decay(step, lr, every, factor=0.1):
    """lr, multiplied by `factor` once after every `every` steps. step counts from 0."""
    raise NotImplementedError("TODO 6: how often has it been multiplied by now?")


def clip_global_norm(grads, max_norm):
    """Shorten all slopes together when their joint length is above max_norm.

    grads: a list of arrays, which stay as they are. The joint length is the square root of the
    sum of the squares of all their numbers.
    Returns (new grads, the length before). Their direction is the old one.
    """
    raise NotImplementedError("TODO 7: one length and one factor for all arrays")


def lr_range_test(make_step, lo, hi, n):
    """One short run in which the step size grows until the loss gets out of hand.

    make_step: called once, without arguments, it returns a function step(lr) that takes one
    training step and returns the loss before it.   lo, hi, n: n rates from lo to hi, each the
    same factor above the one before.
    Stops after a loss that is not finite, or more than 4 times the smallest so far.
    Returns (lrs, losses), two lists of equal length; the loss that made it stop is the last.
    """
    raise NotImplementedError("TODO 8: np.geomspace, a loop, and a reason to break")
