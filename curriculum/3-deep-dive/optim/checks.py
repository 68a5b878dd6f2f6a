"""What is asked of `optim`. Each function runs on the learner's code, on the solution and on the
mistakes, with one seed.

Every rule walks five steps with a matrix and a vector, on random slopes, and lr changes in
between, since a rule may look right as long as it does not. eps is large, so that its place shows.
"""

import math

import numpy as np

from undergrad.checker import task, within


def walk(rng, make, steps=5):
    """The weights after each step of an optimiser, and what became of the slopes."""
    params = [rng.normal(size=(2, 3)), rng.normal(size=3)]
    optimiser = make(params)
    places, changed = [], 0.0
    for t in range(steps):
        grads = [rng.normal(size=w.shape) * (1 + t) for w in params]
        before = [g.copy() for g in grads]
        optimiser.lr = 0.05 * (1 + t % 2)
        optimiser.step(grads)
        places.append([w.copy() for w in params])
        changed += sum(float(np.abs(g - b).sum()) for g, b in zip(grads, before, strict=True))
    return places, changed


@task(1, "without momentum, steps against the slope and changes the weights in place", hint=[
    "Three lines: what becomes of g, what becomes of b, what becomes of w.",
    "b = memory['b'] is an array that must live on: change it with *= and +=. So must w; a plain "
    "w = ... makes a new array that nobody sees.",
    "g = g + self.weight_decay * w\n"
    "b *= self.momentum; b += g\n"
    "w -= self.lr * (g + self.momentum * b if self.nesterov else b)",
])  # fmt: skip
def plain(code, rng):
    return walk(rng, lambda params: code.SGD(params, 0.1))


@task(1, "with momentum, keeps rolling")
def rolling(code, rng):
    return walk(rng, lambda params: code.SGD(params, 0.1, momentum=0.8))


@task(1, "with nesterov, looks ahead")
def ahead(code, rng):
    return walk(rng, lambda params: code.SGD(params, 0.1, momentum=0.8, nesterov=True))


@task(1, "decay goes into the slope, and the slopes stay as they were")
def decay(code, rng):
    return walk(rng, lambda params: code.SGD(params, 0.1, momentum=0.8, weight_decay=0.3))


@task(2, "Adagrad divides by the root of all squares so far", hint=[
    "Which number tells a weight how large its slopes usually are? Where is it kept?",
    "Adagrad adds g ** 2 to s; RMSProp keeps the share alpha of v and adds the share 1 - alpha of "
    "g ** 2. Both divide by the square root, plus eps outside of it.",
    "v = memory['v']\n"
    "v *= self.alpha; v += (1 - self.alpha) * g ** 2\n"
    "w -= self.lr * g / (np.sqrt(v) + self.eps)",
])  # fmt: skip
def sum_of_squares(code, rng):
    return walk(rng, lambda params: code.Adagrad(params, 0.1, eps=0.2))


@task(2, "RMSProp divides by the root of an average that forgets")
def average_of_squares(code, rng):
    return walk(rng, lambda params: code.RMSProp(params, 0.1, alpha=0.7, eps=0.2))


def adam(rng, kind, **settings):
    return walk(rng, lambda params: kind(params, 0.1, betas=(0.8, 0.6), eps=0.2, **settings))


@task(3, "two corrected averages make the step", hint=[
    "m is the average slope, v the average square. What are they after one step from zero?",
    "After one step m is (1 - beta1) * g, too small. Dividing by 1 - beta1 ** t mends exactly "
    "that; v likewise. eps is added to the root.",
    "m *= beta1; m += (1 - beta1) * g\n"
    "v *= beta2; v += (1 - beta2) * g ** 2\n"
    "w -= self.lr * (m / (1 - beta1 ** self.t)) / "
    "(np.sqrt(v / (1 - beta2 ** self.t)) + self.eps)",
])  # fmt: skip
def averages(code, rng):
    return adam(rng, code.Adam)


@task(3, "decay goes into the slope, and the slopes stay as they were")
def adam_decay(code, rng):
    return adam(rng, code.Adam, weight_decay=0.3)


@task(3, "the first step has the size lr, however large the slope is", judge=within(0, 1e-4))
def first_step(code, rng):
    w = np.zeros(4)
    code.Adam([w], 0.1).step([rng.choice([-1, 1], size=4) * np.array([1e-3, 1.0, 30.0, 1e4])])
    return float(np.abs(np.abs(w) / 0.1 - 1).max())


@task(4, "shrinks every weight by the same share, then steps as Adam", hint=[
    "In Adam the decay goes through the division, so a weight with large slopes hardly decays.",
    "Two moves: first w loses the share lr * weight_decay of itself; then Adam's step with g "
    "alone, without any decay in it.",
    "w -= self.lr * self.weight_decay * w\n"
    "# then m, v and the step as in Adam, with the g that came in",
])  # fmt: skip
def decoupled(code, rng):
    return adam(rng, code.AdamW, weight_decay=0.3)


def resumed(code, rng, kind, **settings):
    """Weights after 3 + 3 steps in one go, and with a state carried over after 3, twice."""
    grads = rng.normal(size=(6, 3))
    w = rng.normal(size=3)
    first = kind([w], 0.1, **settings)
    code.state_dict(first)  # at the very beginning nothing may be missing either
    for g in grads[:3]:
        first.step([g])
    first.lr = 0.02
    saved, place = code.state_dict(first), w.copy()
    for g in grads[3:]:
        first.step([g])
    again = []
    for _ in range(2):
        w2 = place.copy()
        second = kind([w2], 0.1, **settings)
        code.load_state(second, saved)
        for g in grads[3:]:
            second.step([g])
        again.append(w2)
    return w, again


@task(5, "an optimiser that was put back goes on as if nothing had been", hint=[
    "Which numbers does the fourth step need from the first three?",
    "t, lr and the memory. Arrays must be copied both times: the running optimiser goes on "
    "changing its own.",
    "copies = [{name: each.copy() for name, each in m.items()} for m in optimiser.memory]\n"
    "return {'t': optimiser.t, 'lr': optimiser.lr, 'memory': copies}",
])  # fmt: skip
def goes_on(code, rng):
    return resumed(code, rng, code.SGD, momentum=0.9)


@task(5, "to the last bit, with Adam", needs=[3], judge=within(0, 0))
def bit_equal(code, rng):
    w, again = resumed(code, rng, code.Adam, betas=(0.8, 0.6))
    return [float(np.abs(w - each).max()) for each in again]


@task(6, "warmup_cosine rises, falls and stays", hint=[
    "Draw it: which value at step 0, at the top, half way down, at the end, and after it?",
    "The share of the way down is (step - warmup) / (total - warmup), at most 1. "
    "(1 + cos(pi * share)) / 2 goes from 1 to 0.",
    "done = min((step - warmup) / (total - warmup), 1.0)\n"
    "return floor + (peak - floor) * (1 + math.cos(math.pi * done)) / 2",
])  # fmt: skip
def half_wave(code, rng):
    total, warmup = int(rng.integers(20, 40)), int(rng.integers(4, 8))
    peak, floor = rng.uniform(0.5, 1.0), rng.uniform(0.01, 0.1)
    return [float(code.warmup_cosine(s, total, warmup, peak, floor)) for s in range(total + 5)]


@task(6, "one_cycle goes up in a line and down in half a wave")
def cycle(code, rng):
    total, peak = int(rng.integers(20, 40)), rng.uniform(0.5, 1.0)
    rows = [(s, total, peak) for s in range(total + 5)]
    return [float(code.one_cycle(*row)) for row in rows], float(
        code.one_cycle(5, 40, peak, start=0.2, rise=0.5)
    )


@task(6, "step_decay falls in steps")
def stairs(code, rng):
    lr, every = rng.uniform(0.5, 1.0), int(rng.integers(3, 6))
    return [float(code.step_decay(s, lr, every, 0.5)) for s in range(16)]


def slopes(rng, size):
    return [rng.normal(size=(2, 3)) * size, rng.normal(size=4) * size]


@task(7, "shortens all slopes by one factor", hint=[
    "Imagine all numbers of all arrays in one long row. How long is it?",
    "length = sqrt of the sum over all arrays of the sum of squares. Only if it is above max_norm, "
    "multiply everything by max_norm / length.",
    "length = math.sqrt(sum(float((g ** 2).sum()) for g in grads))\n"
    "factor = max_norm / length if length > max_norm else 1.0",
])  # fmt: skip
def shortened(code, rng):
    clipped, length = code.clip_global_norm(slopes(rng, 5.0), 1.5)
    return [np.asarray(g) for g in clipped], float(length)


@task(7, "leaves short ones alone, and none at all too")
def short(code, rng):
    found = []
    for size in (0.01, 0.0):
        with np.errstate(all="ignore"):
            clipped, length = code.clip_global_norm(slopes(rng, size), 1.5)
        found.append(([np.asarray(g) for g in clipped], float(length)))
    return found


@task(7, "does not change the arrays it was given")
def kept(code, rng):
    grads = slopes(rng, 5.0)
    before = [g.copy() for g in grads]
    code.clip_global_norm(grads, 1.5)
    return [g - b for g, b in zip(grads, before, strict=True)]


def bowl(rng, made):
    """make_step for the loss w ** 2 * k / 2 from w = 3; `made` counts how often it is called."""
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


@task(8, "raises the rate by one factor, step after step", hint=[
    "How many training runs is this: one, or n?",
    "make_step() once, before the loop. np.geomspace(lo, hi, n) gives the rates; after each loss "
    "ask whether it is finite and at most 4 times the smallest.",
    "step = make_step()\n"
    "for lr in np.geomspace(lo, hi, n):\n"
    "    lrs.append(float(lr)); losses.append(float(step(float(lr))))\n"
    "    if not losses[-1] <= 4 * min(losses): break",
])  # fmt: skip
def calm(code, rng):
    made = []
    lrs, losses = code.lr_range_test(bowl(rng, made), 1e-3, 0.2, 12)
    return [float(lr) for lr in lrs], [float(loss) for loss in losses], len(made)


@task(8, "stops when the loss gets out of hand, and keeps that last one")
def out_of_hand(code, rng):
    lrs, losses = code.lr_range_test(bowl(rng, []), 1e-2, 1e3, 60)
    return [float(lr) for lr in lrs], [float(loss) for loss in losses]


@task(8, "stops at a loss that is no number")
def no_number(code, rng):
    script = [*rng.uniform(2.0, 3.0, size=4), math.nan, 2.0, 50.0, 2.0]
    given = iter(script)
    lrs, losses = code.lr_range_test(lambda: lambda lr: next(given), 0.1, 1.0, len(script))
    return [float(lr) for lr in lrs], [float(loss) for loss in losses]
