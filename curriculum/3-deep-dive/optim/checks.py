"""The checks of `optim`.

Every rule takes five steps with a few arrays, on random gradients. lr changes in between,
because a wrong rule may look right as long as it does not. eps is large, so that it shows where it
is added.
"""

import math

import numpy as np

from undergrad.checker import decided_by, raises, task, within


def weights_after(rng, make, shapes=((4, 3), (5,))):
    """The weights after each step of an optimiser, and how much it changed the gradients."""
    params = [rng.normal(size=shape) for shape in shapes]
    optimiser = make(params)
    weights, changed = [], 0.0
    for t in range(5):
        grads = [rng.normal(size=w.shape) * (1 + t) for w in params]
        before = [g.copy() for g in grads]
        optimiser.lr = 0.05 * (1 + t % 2)
        optimiser.step(grads)
        weights.append([w.copy() for w in params])
        changed += sum(float(np.abs(g - b).sum()) for g, b in zip(grads, before, strict=True))
    return weights, changed


@task(1, "steps against the gradient without momentum, and changes the weights in place")
def plain(code, rng):
    return weights_after(rng, lambda params: code.SGD(params, 0.1))


@task(1, "accumulates the gradients with momentum")
def momentum(code, rng):
    return weights_after(rng, lambda params: code.SGD(params, 0.1, momentum=0.8))


@task(1, "uses the gradient and the new momentum with nesterov")
def nesterov(code, rng):
    return weights_after(rng, lambda params: code.SGD(params, 0.1, momentum=0.8, nesterov=True))


@task(1, "adds weight decay to the gradient, and leaves the caller's gradients unchanged")
def weight_decay(code, rng):
    return weights_after(rng, lambda params: code.SGD(params, 0.1, momentum=0.8, weight_decay=0.3))


@task(2, "divides by the square root of the sum of all squares in Adagrad")
def sum_of_squares(code, rng):
    return weights_after(rng, lambda params: code.Adagrad(params, 0.1, eps=0.2))


@task(2, "divides by the square root of a moving average of squares in RMSProp")
def average_of_squares(code, rng):
    return weights_after(rng, lambda params: code.RMSProp(params, 0.1, alpha=0.7, eps=0.2))


def adam(rng, kind, **settings):
    settings = {"betas": (0.8, 0.6), "eps": 0.2, **settings}
    return weights_after(rng, lambda params: kind(params, 0.1, **settings))


@task(3, "makes the step from two corrected averages")
def averages(code, rng):
    return adam(rng, code.Adam)


@task(3, "adds weight decay to the gradient, and leaves the caller's gradients unchanged")
def adam_weight_decay(code, rng):
    return adam(rng, code.Adam, weight_decay=0.3)


@task(3, "takes a first step of size lr, however large the gradient is", judge=within(0, 1e-4))
def first_step(code, rng):
    w = np.zeros(4)
    code.Adam([w], 0.1).step([rng.choice([-1, 1], size=4) * np.array([1e-3, 1.0, 30.0, 1e4])])
    return float(np.abs(np.abs(w) / 0.1 - 1).max())


@task(4, "shrinks every weight by the same fraction, then steps as Adam")
def decoupled(code, rng):
    return adam(rng, code.AdamW, weight_decay=0.3)


def resumed(code, rng, kind, **settings):
    """Weights after 3 + 3 steps in one go, and resumed from a saved state after 3, twice."""
    grads = rng.normal(size=(6, 3))
    w = rng.normal(size=3)
    first = kind([w], 0.1, **settings)
    code.state_dict(first)  # at the very beginning nothing may be missing either
    for g in grads[:3]:
        first.step([g])
    first.lr = 0.02
    saved, weights = code.state_dict(first), w.copy()
    for g in grads[3:]:
        first.step([g])
    again = []
    for _ in range(2):
        w2 = weights.copy()
        second = kind([w2], 0.1, **settings)
        code.load_state(second, saved)
        for g in grads[3:]:
            second.step([g])
        again.append(w2)
    return w, again


@task(5, "continues a restored optimiser as if it had not been interrupted")
def continues(code, rng):
    return resumed(code, rng, code.SGD, momentum=0.9)


@task(5, "continues to the last bit with Adam", needs=[3], judge=within(0, 0))
def bit_equal(code, rng):
    w, again = resumed(code, rng, code.Adam, betas=(0.8, 0.6))
    return [float(np.abs(w - each).max()) for each in again]


@task(6, "rises, falls and then stays in warmup_cosine")
def warmup(code, rng):
    total, steps = int(rng.integers(20, 40)), int(rng.integers(4, 8))
    peak, floor = rng.uniform(0.5, 1.0), rng.uniform(0.01, 0.1)
    settings = (total, steps, peak, floor), (total, steps, peak)
    return [[float(code.warmup_cosine(s, *each)) for s in range(total + 5)] for each in settings]


@task(6, "rises along a line and falls along half a cosine in one_cycle")
def cycle(code, rng):
    total, peak = int(rng.integers(20, 40)), rng.uniform(0.5, 1.0)
    rows = [(s, total, peak) for s in range(total + 5)]
    return [float(code.one_cycle(*row)) for row in rows], float(
        code.one_cycle(5, 40, peak, start=0.2, rise=0.5)
    )


@task(6, "falls in steps in step_decay")
def stairs(code, rng):
    lr, every = rng.uniform(0.5, 1.0), int(rng.integers(3, 6))
    factors = (0.5,), ()
    return [[float(code.step_decay(s, lr, every, *f)) for s in range(16)] for f in factors]


def random_gradients(rng, size):
    return [rng.normal(size=(3, 5)) * size, rng.normal(size=4) * size]


@task(7, "scales all gradients by one factor", keeps_arguments=True)
def clipped(code, rng):
    grads, norm = code.clip_global_norm(random_gradients(rng, 5.0), 1.5)
    return [np.asarray(g) for g in grads], float(norm)


@task(7, "leaves small gradients unchanged, as well as zeros")
def not_clipped(code, rng):
    found = []
    for size in (0.01, 0.0):
        with np.errstate(all="ignore"):
            grads, norm = code.clip_global_norm(random_gradients(rng, size), 1.5)
        found.append(([np.asarray(g) for g in grads], float(norm)))
    return found


def bowl(rng, made):
    """make_step for the loss w ** 2 * k / 2 from w = 3; `made` gets an entry for each call."""
    k = rng.uniform(1.0, 3.0)

    def make_step():
        made.append(1)
        w = [3.0]

        def step(lr):
            loss = k * w[0] ** 2 / 2
            w[0] -= lr * k * w[0]
            return loss

        return step

    return make_step


@task(8, "increases the learning rate by one factor, step by step")
def stable(code, rng):
    made = []
    lrs, losses = code.lr_range_test(bowl(rng, made), 1e-3, 0.2, 12)
    return [float(lr) for lr in lrs], [float(loss) for loss in losses], len(made)


@task(8, "stops when the loss diverges, and keeps that last loss")
def diverging(code, rng):
    lrs, losses = code.lr_range_test(bowl(rng, []), 1e-2, 1e3, 60)
    return [float(lr) for lr in lrs], [float(loss) for loss in losses]


@task(8, "stops at the first loss above four times the smallest, and not before")
def four_times(code, rng):
    found = []
    for last in (3.9, 4.0, 4.1, math.inf):
        given = iter([2.0, 1.0, 3.0, last, 1.5])
        losses = code.lr_range_test(lambda given=given: lambda lr: next(given), 0.1, 1.0, 5)[1]
        found.append([float(loss) for loss in losses])
    given = iter([math.inf, 1.0, 2.0])
    at_once = code.lr_range_test(lambda: lambda lr: next(given), 0.1, 1.0, 3)[1]
    return [*found, [float(loss) for loss in at_once]]


@task(8, "stops at a loss that is NaN")
def nan_loss(code, rng):
    script = [*rng.uniform(2.0, 3.0, size=4), math.nan, 2.0, 50.0, 2.0]
    given = iter(script)
    lrs, losses = code.lr_range_test(lambda: lambda lr: next(given), 0.1, 1.0, len(script))
    return [float(lr) for lr in lrs], [float(loss) for loss in losses]


@task(9, "averages the squared distance over all draws", keeps_arguments=True)
def always_as_far(code, rng):
    # With two examples and batches of one, every batch is equally far from the full gradient.
    grads = rng.normal(size=(2, 5))
    return [code.minibatch_grad_var(grads, 1, rng, draws, replace=False) for draws in (1, 3)]


def in_fifths(code, rng, B, **replace):
    """The measured variance over that of a mean of B independent draws, to the next fifth."""
    grads = rng.normal(size=(6, 20)) + 3
    independent = grads.var(axis=0).sum() / B
    return (
        round(5 * float(code.minibatch_grad_var(grads, B, rng, 2000, **replace)) / independent) / 5
    )


@task(9, "finds the variance of one example over B, and less without replacement")
def replaced_or_not(code, rng):
    # Without replacement it is (N - B) / (N - 1) of that, which is three fifths here.
    choices = {}, {"replace": True}, {"replace": False}
    return [in_fifths(code, rng, 3, **each) for each in choices]


@task(9, "divides by B, and finds 0 for a batch of all without replacement")
def sizes(code, rng):
    whole = code.minibatch_grad_var(rng.normal(size=(6, 4)), 6, rng, 5, replace=False)
    return [in_fifths(code, rng, B) for B in (1, 5)], float(whole)


@task(9, "leaves the choice of the examples to the generator")
def batches_by_generator(code, rng):
    grads = rng.normal(size=(30, 2))
    return decided_by(lambda rng: code.minibatch_grad_var(grads, 4, rng, 5), rng)


@task(10, "finds the variance that a step leaves unchanged")
def settled(code, rng):
    h, sigma, B = rng.uniform(0.5, 3.0), rng.uniform(0.5, 2.0), int(rng.integers(2, 9))
    return [float(code.sgd_noise(h, sigma, part / h, B)) for part in (0.01, 0.5, 1.0, 1.9)]


@task(10, "raises ValueError beyond the largest learning rate", judge=raises(ValueError))
def never_settles(code, rng):
    return code.sgd_noise(2.0, 1.0, 1.0 + rng.uniform(0.1, 1.0), 4)


@task(10, "raises ValueError at the largest learning rate itself", judge=raises(ValueError))
def just_diverges(code, rng):
    return code.sgd_noise(0.5, rng.uniform(1.0, 2.0), 4.0, 4)


@task(11, "brings singular values near 1, in wide and in tall matrices", keeps_arguments=True)
def orthogonal(code, rng):
    matrices = rng.normal(size=(4, 7)), 30 * rng.normal(size=(6, 3)), rng.normal(size=(1, 1))
    return [code.newton_schulz(G) for G in matrices]


@task(11, "takes as many steps as it is asked for")
def some_steps(code, rng):
    G = rng.normal(size=(3, 5))
    return [code.newton_schulz(G, steps) for steps in (0, 1, 3)]


@task(11, "leaves a matrix of zeros at zero")
def no_direction(code, rng):
    with np.errstate(all="ignore"):
        return code.newton_schulz(np.zeros((3, 4)))


MATRICES = ((3, 5), (7, 2), (3, 3))  # wide, tall and square


@task(12, "steps along an orthogonal matrix, and changes the weights in place", needs=[11])
def muon(code, rng):
    return weights_after(rng, lambda params: code.Muon(params, 0.1, momentum=0.8), MATRICES)


@task(12, "shrinks the weights by the same fraction before the step", needs=[11])
def muon_weight_decay(code, rng):
    return weights_after(rng, lambda params: code.Muon(params, 0.1, weight_decay=0.3), MATRICES)


@task(12, "raises ValueError for a vector", judge=raises(ValueError))
def refuses_vectors(code, rng):
    return code.Muon([rng.normal(size=(3, 4)), rng.normal(size=4)], 0.1).lr


@task(12, "raises ValueError for the kernels of a convolution", judge=raises(ValueError))
def refuses_kernels(code, rng):
    return code.Muon([rng.normal(size=(3, 2, 2, 2))], 0.1).lr
