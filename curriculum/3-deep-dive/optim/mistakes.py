"""Typical wrong solutions of `optim`, each with the sentence it deserves."""

import math

import numpy as np

from undergrad.checker import mistake


def _sgd(self, w, g, memory, sign=-1.0):
    g = g + self.weight_decay * w
    memory["b"] *= self.momentum
    memory["b"] += g
    w += sign * self.lr * (g + self.momentum * memory["b"] if self.nesterov else memory["b"])


@mistake("SGD.update", "You walk uphill: the step is added. The loss falls against the slope.")
def uphill(self, w, g, memory):
    _sgd(self, w, g, memory, sign=1.0)


@mistake("SGD.update", "w = w - ... makes a new array, and the network keeps the old one: no "
         "weight has moved. Change it in place, w -= ... .")  # fmt: skip
def new_array(self, w, g, memory):
    _sgd(self, w.copy(), g, memory)


@mistake("SGD.update", "The direction is not kept: b has to stay in memory from step to step, so "
         "change memory['b'] itself.")  # fmt: skip
def nothing_kept(self, w, g, memory):
    _sgd(self, w, g, {"b": np.zeros_like(w)})


@mistake("SGD.update", "The slope enters b with the factor 1 - momentum. Here b is no average: "
         "it is momentum * b + g, and a steady slope makes it grow.")  # fmt: skip
def averaged(self, w, g, memory):
    g = g + self.weight_decay * w
    memory["b"] *= self.momentum
    memory["b"] += (1 - self.momentum) * g
    w -= self.lr * (g + self.momentum * memory["b"] if self.nesterov else memory["b"])


@mistake("SGD.update", "lr went into b. When lr changes, the old steps keep their old rate; "
         "multiply at the end, w -= lr * b.")  # fmt: skip
def rate_in_memory(self, w, g, memory):
    g = self.lr * (g + self.weight_decay * w)
    memory["b"] *= self.momentum
    memory["b"] += g
    w -= g + self.momentum * memory["b"] if self.nesterov else memory["b"]


@mistake("SGD.update", "nesterov changes nothing. With it the step is along g + momentum * b, with "
         "the new b.")  # fmt: skip
def not_ahead(self, w, g, memory):
    g = g + self.weight_decay * w
    memory["b"] *= self.momentum
    memory["b"] += g
    w -= self.lr * memory["b"]


@mistake("SGD.update", "The decay is applied to w beside the momentum. Here it is part of the "
         "slope, g + weight_decay * w, and rolls on with it.")  # fmt: skip
def decay_beside(self, w, g, memory):
    w *= 1 - self.lr * self.weight_decay
    memory["b"] *= self.momentum
    memory["b"] += g
    w -= self.lr * (g + self.momentum * memory["b"] if self.nesterov else memory["b"])


@mistake("SGD.update", "g += ... changes the caller's slopes. Write g = g + ..., a new array.")
def slopes_changed(self, w, g, memory):
    g += self.weight_decay * w
    memory["b"] *= self.momentum
    memory["b"] += g
    w -= self.lr * (g + self.momentum * memory["b"] if self.nesterov else memory["b"])


@mistake("Adagrad.update", "The square root is missing. Without it a slope twice as large makes a "
         "step half as long.")  # fmt: skip
def adagrad_no_root(self, w, g, memory):
    memory["s"] += g**2
    w -= self.lr * g / (memory["s"] + self.eps)


@mistake("Adagrad.update", "Only the latest square is used. Adagrad adds them all up.")
def latest_square(self, w, g, memory):
    w -= self.lr * g / (np.abs(g) + self.eps)


@mistake("Adagrad.update", "eps stands under the root. It is added to the root.")
def adagrad_eps_inside(self, w, g, memory):
    memory["s"] += g**2
    w -= self.lr * g / np.sqrt(memory["s"] + self.eps)


def _rms(self, g, memory, keep, take):
    memory["v"] *= keep
    memory["v"] += take * g**2


@mistake("RMSProp.update", "The squares are summed, as in Adagrad. RMSProp forgets: keep the share "
         "alpha, add the share 1 - alpha.")  # fmt: skip
def never_forgets(self, w, g, memory):
    _rms(self, g, memory, 1.0, 1.0)
    w -= self.lr * g / (np.sqrt(memory["v"]) + self.eps)


@mistake("RMSProp.update", "alpha and 1 - alpha have changed places: alpha is the share that is "
         "kept.")  # fmt: skip
def forgets_fast(self, w, g, memory):
    _rms(self, g, memory, 1 - self.alpha, self.alpha)
    w -= self.lr * g / (np.sqrt(memory["v"]) + self.eps)


@mistake("RMSProp.update", "eps stands under the root. It is added to the root.")
def rmsprop_eps_inside(self, w, g, memory):
    _rms(self, g, memory, self.alpha, 1 - self.alpha)
    w -= self.lr * g / np.sqrt(memory["v"] + self.eps)


@mistake("RMSProp.update", "The square root is missing: v is an average of squares, so its root "
         "has the unit of a slope.")  # fmt: skip
def rmsprop_no_root(self, w, g, memory):
    _rms(self, g, memory, self.alpha, 1 - self.alpha)
    w -= self.lr * g / (memory["v"] + self.eps)


def _adam(self, w, g, memory, betas=None, correct=(True, True), size=None):
    """Adam's step, with a switch for each thing that is commonly done in another way."""
    (beta1, beta2), m, v = betas or self.betas, memory["m"], memory["v"]
    m *= beta1
    m += (1 - beta1) * g
    v *= beta2
    v += (1 - beta2) * g**2
    first = m / (1 - beta1**self.t) if correct[0] else m
    second = v / (1 - beta2**self.t) if correct[1] else v
    size = size or (lambda v: np.sqrt(v) + self.eps)
    w -= self.lr * first / size(second)


@mistake("Adam.update", "Neither average is corrected. Both begin at 0 and are too small at first; "
         "divide them by 1 - beta ** t.")  # fmt: skip
def not_corrected(self, w, g, memory):
    _adam(self, w, g + self.weight_decay * w, memory, correct=(False, False))


@mistake("Adam.update", "m is corrected and v is not, so the first steps are far too long. Divide "
         "v by 1 - beta2 ** t as well.")  # fmt: skip
def half_corrected(self, w, g, memory):
    _adam(self, w, g + self.weight_decay * w, memory, correct=(True, False))


@mistake("Adam.update", "The two betas have changed places: the first belongs to m, the average "
         "slope, the second to v.")  # fmt: skip
def betas_swapped(self, w, g, memory):
    _adam(self, w, g + self.weight_decay * w, memory, betas=self.betas[::-1])


@mistake("Adam.update", "eps stands under the root. It is added to the root.")
def adam_eps_inside(self, w, g, memory):
    g = g + self.weight_decay * w
    _adam(self, w, g, memory, size=lambda v: np.sqrt(v + self.eps))


@mistake("Adam.update", "The square root is missing: v is an average of squares, and the step is "
         "divided by its root.")  # fmt: skip
def adam_no_root(self, w, g, memory):
    g = g + self.weight_decay * w
    _adam(self, w, g, memory, size=lambda v: v + self.eps)


@mistake("Adam.update", "weight_decay is not used. In Adam it is added to the slope, before the "
         "averages.")  # fmt: skip
def no_decay(self, w, g, memory):
    _adam(self, w, g, memory)


@mistake("Adam.update", "The decay shrinks w directly. That is AdamW; in Adam it is part of the "
         "slope and goes through both averages.")  # fmt: skip
def decay_of_adamw(self, w, g, memory):
    w -= self.lr * self.weight_decay * w
    _adam(self, w, g, memory)


@mistake("AdamW.update", "The decay is part of the slope, as in Adam. There it is divided by the "
         "size of the slopes; AdamW shrinks w itself.")  # fmt: skip
def decay_of_adam(self, w, g, memory):
    _adam(self, w, g + self.weight_decay * w, memory)


@mistake("AdamW.update", "The decay does not know lr. w loses the share lr * weight_decay, so that "
         "a schedule calms the decay as well.")  # fmt: skip
def decay_without_rate(self, w, g, memory):
    w -= self.weight_decay * w
    _adam(self, w, g, memory)


@mistake("AdamW.update", "The decay comes after the step and shrinks the new weights. It comes "
         "first here, as in PyTorch.")  # fmt: skip
def decay_after(self, w, g, memory):
    _adam(self, w, g, memory)
    w -= self.lr * self.weight_decay * w


@mistake("AdamW.update", "There is no decay at all. Shrink w by the share lr * weight_decay, then "
         "step.")  # fmt: skip
def adamw_no_decay(self, w, g, memory):
    _adam(self, w, g, memory)


def _copies(memory):
    return [{name: each.copy() for name, each in m.items()} for m in memory]


@mistake("state_dict", "The memory is handed out without copies, so the next step "
         "changes the saved state too. list() is not enough: copy each array.")  # fmt: skip
def memory_shared(optimiser):
    return {"t": optimiser.t, "lr": optimiser.lr, "memory": optimiser.memory}


@mistake("load_state", "t begins again at 0, so Adam corrects its averages as if "
         "they were fresh. Take t over.")  # fmt: skip
def count_forgotten(optimiser, state):
    optimiser.lr, optimiser.memory = state["lr"], _copies(state["memory"])


@mistake("load_state", "lr is not taken over, so a schedule that had lowered it is "
         "lost.")  # fmt: skip
def rate_forgotten(optimiser, state):
    optimiser.t, optimiser.memory = state["t"], _copies(state["memory"])


@mistake("load_state", "The memory begins at zero again. What was learnt about each "
         "weight is in state['memory'].")  # fmt: skip
def memory_forgotten(optimiser, state):
    optimiser.t, optimiser.lr = state["t"], state["lr"]


@mistake("load_state", "The state's own arrays are used, so the first step changes "
         "the saved state and it serves only once. Copy them.")  # fmt: skip
def loaded_without_copy(optimiser, state):
    optimiser.t, optimiser.lr = state["t"], state["lr"]
    optimiser.memory = state["memory"]


def _wave(done):
    return (1 + math.cos(math.pi * done)) / 2


@mistake("warmup_cosine", "The first step has rate 0 and is lost: use step + 1 while it rises.")
def first_step_lost(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * step / warmup
    return floor + (peak - floor) * _wave(min((step - warmup) / (total - warmup), 1.0))


@mistake("warmup_cosine", "The way down is measured from step 0, so the rate jumps down after the "
         "rise. Measure it from warmup to total.")  # fmt: skip
def wave_from_zero(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    return floor + (peak - floor) * _wave(min(step / total, 1.0))


@mistake("warmup_cosine", "It ends at 0. The lowest rate is floor: floor + (peak - floor) * wave.")
def no_floor(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * _wave(min((step - warmup) / (total - warmup), 1.0))


@mistake("warmup_cosine", "After the end the rate climbs again, since a cosine is a wave. Hold the "
         "share of the way at 1.")  # fmt: skip
def climbs_again(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    return floor + (peak - floor) * _wave((step - warmup) / (total - warmup))


@mistake("one_cycle", "It begins at 0. The first rate is start * peak.")
def begins_at_zero(step, total, peak, start=0.04, rise=0.3):
    top = rise * total
    if step < top:
        return peak * step / top
    return peak * _wave(min((step - top) / (total - top), 1.0))


@mistake("one_cycle", "It falls in a straight line. Down it goes along half a wave.")
def straight_down(step, total, peak, start=0.04, rise=0.3):
    top = rise * total
    if step < top:
        return peak * (start + (1 - start) * step / top)
    return peak * (1 - min((step - top) / (total - top), 1.0))


@mistake("step_decay", "step / every falls a little at each step. Whole stairs need step // every.")
def slope_for_stairs(step, lr, every, factor=0.1):
    return lr * factor ** (step / every)


@mistake("step_decay", "factor is multiplied by the number of stairs. It acts once for each stair: "
         "factor ** stairs.")  # fmt: skip
def factor_times_stairs(step, lr, every, factor=0.1):
    return lr * (1 - factor * (step // every))


def _length(grads):
    return math.sqrt(sum(float((g**2).sum()) for g in grads))


@mistake("clip_global_norm", "Each array is shortened by itself, which turns the direction of the "
         "whole. One length and one factor for all.")  # fmt: skip
def one_by_one(grads, max_norm):
    lengths = [max(_length([g]), 1e-300) for g in grads]
    clipped = [g * min(1.0, max_norm / n) for g, n in zip(grads, lengths, strict=True)]
    return clipped, _length(grads)


@mistake("clip_global_norm", "Each number is held between -max_norm and max_norm. That turns the "
         "direction; multiply all numbers by one factor.")  # fmt: skip
def by_value(grads, max_norm):
    return [np.clip(g, -max_norm, max_norm) for g in grads], _length(grads)


@mistake("clip_global_norm", "Short slopes are made longer. The factor acts only when the length "
         "is above max_norm.")  # fmt: skip
def always_scaled(grads, max_norm):
    length = _length(grads)
    return [g * max_norm / max(length, 1e-300) for g in grads], length


@mistake("clip_global_norm", "The length is that of the shortened slopes. Return the one before: "
         "it tells how wild the step would have been.")  # fmt: skip
def length_after(grads, max_norm):
    length = _length(grads)
    return [g * min(1.0, max_norm / max(length, 1e-300)) for g in grads], min(length, max_norm)


@mistake("clip_global_norm", "The length is a sum of sizes. It is the square root of the sum of "
         "squares.")  # fmt: skip
def sum_of_sizes(grads, max_norm):
    length = float(sum(np.abs(g).sum() for g in grads))
    return [g * min(1.0, max_norm / max(length, 1e-300)) for g in grads], length


@mistake("clip_global_norm", "The caller's arrays are changed: g *= factor works inside them. Make "
         "new ones.")  # fmt: skip
def clipped_in_place(grads, max_norm):
    length = _length(grads)
    for g in grads:
        g *= min(1.0, max_norm / max(length, 1e-300))
    return grads, length


def _range(make_step, rates, stop, fresh=False):
    step, lrs, losses = make_step(), [], []
    for lr in rates:
        step = make_step() if fresh and lrs else step
        loss = float(step(float(lr)))
        lrs.append(float(lr))
        losses.append(loss)
        if stop(losses):
            break
    return lrs, losses


def _wild(losses):
    return not losses[-1] <= 4 * min(losses) or math.isinf(losses[-1])


@mistake("lr_range_test", "The rates grow by the same amount. They should grow by the same factor: "
         "np.geomspace, or the small ones are skipped.")  # fmt: skip
def even_rates(make_step, lo, hi, n):
    return _range(make_step, np.linspace(lo, hi, n), _wild)


@mistake("lr_range_test", "Training begins anew for each rate. Call make_step once: it is one run "
         "in which the rate grows.")  # fmt: skip
def anew_each_time(make_step, lo, hi, n):
    return _range(make_step, np.geomspace(lo, hi, n), _wild, fresh=True)


@mistake("lr_range_test", "It goes on after the loss has run away. Stop when it is more than 4 "
         "times the smallest so far, or not finite.")  # fmt: skip
def never_stops(make_step, lo, hi, n):
    return _range(make_step, np.geomspace(lo, hi, n), lambda losses: False)


@mistake("lr_range_test", "A nan slips through: every comparison with it is false, so ask "
         "`not loss <= ...`, or math.isfinite.")  # fmt: skip
def nan_slips_through(make_step, lo, hi, n):
    return _range(
        make_step, np.geomspace(lo, hi, n), lambda losses: losses[-1] > 4 * np.nanmin(losses)
    )


@mistake("lr_range_test", "The loss that made it stop is missing. Keep it: it shows where the edge "
         "is.")  # fmt: skip
def last_missing(make_step, lo, hi, n):
    lrs, losses = _range(make_step, np.geomspace(lo, hi, n), _wild)
    return (lrs[:-1], losses[:-1]) if _wild(losses) else (lrs, losses)
