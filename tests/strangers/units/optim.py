# right: written out, with in-place NumPy functions
class SGD(SGD):
    def update(self, w, g, state):
        d = g + self.weight_decay * w
        state["b"][...] = self.momentum * state["b"] + d
        if self.nesterov:
            d = d + self.momentum * state["b"]
        else:
            d = state["b"]
        np.subtract(w, self.lr * d, out=w)


# right: the slices are assigned, as in cs231n with a config
class RMSProp(RMSProp):
    def update(self, w, dw, config):
        config["v"][:] = self.alpha * config["v"] + (1 - self.alpha) * dw * dw
        w[:] = w - self.lr * dw / (np.sqrt(config["v"]) + self.eps)


# right: the correction is put into the learning rate
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        if self.weight_decay:
            g = g + self.weight_decay * w
        state["m"] += (1 - b1) * (g - state["m"])
        state["v"] += (1 - b2) * (g * g - state["v"])
        root = np.sqrt(state["v"]) / math.sqrt(1 - b2**self.t)
        w -= self.lr / (1 - b1**self.t) * state["m"] / (root + self.eps)


# right: shrinks by a factor, then Adam written out once more
class AdamW(AdamW):
    def update(self, w, g, state):
        w *= 1 - self.lr * self.weight_decay
        b1, b2 = self.betas
        m, v = state["m"], state["v"]
        m[...] = b1 * m + (1 - b1) * g
        v[...] = b2 * v + (1 - b2) * np.square(g)
        mh = m / (1 - math.pow(b1, self.t))
        vh = v / (1 - math.pow(b2, self.t))
        w -= self.lr * mh / (vh**0.5 + self.eps)


# right: a deep copy of everything
def state_dict(optimiser):
    import copy

    return copy.deepcopy({"t": optimiser.t, "lr": optimiser.lr, "state": optimiser.state})


# right: copied into the arrays that are there already
def load_state(optimiser, saved):
    optimiser.t, optimiser.lr = saved["t"], saved["lr"]
    for mine, theirs in zip(optimiser.state, saved["state"]):
        for key, value in theirs.items():
            mine[key][...] = value


# right: early returns for the three phases
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak / warmup * (step + 1)
    if step >= total:
        return floor
    angle = math.pi * (step - warmup) / (total - warmup)
    return floor + 0.5 * (peak - floor) * (1.0 + math.cos(angle))


# right: interpolation for the rise
def one_cycle(step, total, peak, start=0.04, rise=0.3):
    up = rise * total
    if step <= up:
        return float(np.interp(step, [0, up], [start * peak, peak]))
    x = min(1.0, (step - up) / (total - up))
    return peak * math.cos(x * math.pi / 2) ** 2


# right: a loop that multiplies
def step_decay(step, lr, every, factor=0.1):
    for _ in range(every, step + 1, every):
        lr *= factor
    return lr


# right: one long vector and np.linalg.norm
def clip_global_norm(grads, max_norm):
    total = float(np.linalg.norm(np.concatenate([g.ravel() for g in grads])))
    if total <= max_norm:
        return [g.copy() for g in grads], total
    return [g / total * max_norm for g in grads], total


# right: the factor as a power
def lr_range_test(make_step, lo, hi, n):
    take = make_step()
    ratio = (hi / lo) ** (1 / max(n - 1, 1))
    rates, losses, best = [], [], float("inf")
    for i in range(n):
        rate = lo * ratio**i
        loss = float(take(rate))
        rates.append(rate)
        losses.append(loss)
        if not np.isfinite(loss) or loss > 4 * best:
            break
        best = min(best, loss)
    return rates, losses


# wrong: the weights are bound to a new array, so the network keeps the old one
# named: SGD.update-2
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        state["b"] = self.momentum * state["b"] + g
        step = g + self.momentum * state["b"] if self.nesterov else state["b"]
        w = w - self.lr * step


# wrong: b is computed in a variable and never kept
# named: SGD.update-3
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        b = self.momentum * state["b"] + g
        w -= self.lr * (g + self.momentum * b if self.nesterov else b)


# wrong: momentum as an average, with 1 - momentum
# named: SGD.update-4
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        b = state["b"]
        b[:] = self.momentum * b + (1 - self.momentum) * g
        w -= self.lr * (g + self.momentum * b if self.nesterov else b)


# wrong: uphill
# named: SGD.update-1
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        b = state["b"]
        b[:] = self.momentum * b + g
        w += self.lr * (g + self.momentum * b if self.nesterov else b)


# wrong: the gradient that was handed in is changed
# named: SGD.update-8
class SGD(SGD):
    def update(self, w, g, state):
        g += self.weight_decay * w
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * (g + self.momentum * b if self.nesterov else b)


# wrong: weight decay has the wrong sign
# named: SGD.update-9
class SGD(SGD):
    def update(self, w, g, state):
        g = g - self.weight_decay * w
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * (g + self.momentum * b if self.nesterov else b)


# wrong: nesterov looks ahead with the old velocity
# named: SGD.update-6
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        old = state["b"].copy()
        state["b"][:] = self.momentum * old + g
        w -= self.lr * (g + self.momentum * old if self.nesterov else state["b"])


# wrong: the learning rate goes into the velocity, as in cs231n
# named: SGD.update-5
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        b = state["b"]
        b[:] = self.momentum * b - self.lr * g
        w += -self.lr * g + self.momentum * b if self.nesterov else b


# wrong: nesterov is forgotten
# named: SGD.update-6
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * b


# wrong: Adagrad without the root
# named: Adagrad.update-1
class Adagrad(Adagrad):
    def update(self, w, g, state):
        state["s"] += g * g
        w -= self.lr * g / (state["s"] + self.eps)


# wrong: the sum of the gradients, not of their squares
# named: Adagrad.update-4
class Adagrad(Adagrad):
    def update(self, w, g, state):
        state["s"] += np.abs(g)
        w -= self.lr * g / (np.sqrt(state["s"]) + self.eps)


# wrong: eps under the root
# named: Adagrad.update-3
class Adagrad(Adagrad):
    def update(self, w, g, state):
        state["s"] += g**2
        w -= self.lr * g / np.sqrt(state["s"] + self.eps)


# wrong: this step's gradient alone
# named: Adagrad.update-2
class Adagrad(Adagrad):
    def update(self, w, g, state):
        state["s"][:] = g**2
        w -= self.lr * g / (np.sqrt(state["s"]) + self.eps)


# wrong: no eps: 0 / 0 for a gradient of 0
# named: Adagrad.update-5
class Adagrad(Adagrad):
    def update(self, w, g, state):
        state["s"] += g**2
        w -= self.lr * g / np.sqrt(state["s"])


# wrong: alpha and 1 - alpha are swapped
# named: RMSProp.update-2
class RMSProp(RMSProp):
    def update(self, w, g, state):
        v = state["v"]
        v[:] = (1 - self.alpha) * v + self.alpha * g**2
        w -= self.lr * g / (np.sqrt(v) + self.eps)


# wrong: the average is bound to a new array in a local name only
# named: RMSProp.update-5
class RMSProp(RMSProp):
    def update(self, w, g, state):
        v = state["v"]
        v = self.alpha * v + (1 - self.alpha) * g**2
        w -= self.lr * g / (np.sqrt(v) + self.eps)


# wrong: the sum of Adagrad with a fading past
# named: RMSProp.update-6
class RMSProp(RMSProp):
    def update(self, w, g, state):
        v = state["v"]
        v *= self.alpha
        v += g**2
        w -= self.lr * g / (np.sqrt(v) + self.eps)


# wrong: the root over both
# named: RMSProp.update-3
class RMSProp(RMSProp):
    def update(self, w, g, state):
        v = state["v"]
        v[:] = self.alpha * v + (1 - self.alpha) * g * g
        w -= self.lr * g / np.sqrt(v + self.eps)


# wrong: no bias correction
# named: Adam.update-1
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        w -= self.lr * m / (np.sqrt(v) + self.eps)


# wrong: t + 1, as if it counted from 0
# named: Adam.update-6
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        m_hat = m / (1 - b1 ** (self.t + 1))
        v_hat = v / (1 - b2 ** (self.t + 1))
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


# wrong: a step of its own is counted, once for each weight
# named: Adam.update-7
class Adam(Adam):
    def update(self, w, g, state):
        self.t += 1
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        m_hat = m / (1 - b1**self.t)
        v_hat = v / (1 - b2**self.t)
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


# wrong: the corrections without the power t
# named: Adam.update-8
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        w -= self.lr * (m / (1 - b1)) / (np.sqrt(v / (1 - b2)) + self.eps)


# wrong: times t where the power t belongs
# named: Adam.update-9
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        m_hat = m / (1 - b1 * self.t)
        v_hat = v / (1 - b2 * self.t)
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


# wrong: eps is added before the correction
# named: Adam.update-10
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        rate = self.lr * math.sqrt(1 - b2**self.t) / (1 - b1**self.t)
        w -= rate * m / (np.sqrt(v) + self.eps)


# wrong: eps under the root
# named: Adam.update-4
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        m_hat, v_hat = m / (1 - b1**self.t), v / (1 - b2**self.t)
        w -= self.lr * m_hat / np.sqrt(v_hat + self.eps)


# wrong: the corrected averages are kept
# named: Adam.update-11
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        state["m"] = b1 * state["m"] + (1 - b1) * g
        state["v"] = b2 * state["v"] + (1 - b2) * g**2
        state["m"] = state["m"] / (1 - b1**self.t)
        state["v"] = state["v"] / (1 - b2**self.t)
        w -= self.lr * state["m"] / (np.sqrt(state["v"]) + self.eps)


# wrong: only the first average is corrected
# named: Adam.update-2
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        w -= self.lr * (m / (1 - b1**self.t)) / (np.sqrt(v) + self.eps)


# wrong: the second average takes g, not its square
# named: Adam.update-12
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * np.abs(g)
        m_hat, v_hat = m / (1 - b1**self.t), v / (1 - b2**self.t)
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


# wrong: the two betas are swapped
# named: Adam.update-3
class Adam(Adam):
    def update(self, w, g, state):
        b2, b1 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        m_hat, v_hat = m / (1 - b1**self.t), v / (1 - b2**self.t)
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


# wrong: the root is missing
# named: Adam.update-5
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        m_hat, v_hat = m / (1 - b1**self.t), v / (1 - b2**self.t)
        w -= self.lr * m_hat / (v_hat + self.eps)


# wrong: Adam ignores the weight decay
# named: Adam.update-17
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        m_hat, v_hat = m / (1 - b1**self.t), v / (1 - b2**self.t)
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


# wrong: w is bound to a new array
# named: Adam.update-14
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        state["m"] = b1 * state["m"] + (1 - b1) * g
        state["v"] = b2 * state["v"] + (1 - b2) * g**2
        m_hat = state["m"] / (1 - b1**self.t)
        v_hat = state["v"] / (1 - b2**self.t)
        w = w - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


# wrong: weight decay in the gradient, as in Adam
# named: AdamW.update-1
class AdamW(AdamW):
    def update(self, w, g, state):
        self.adam_step(w, g + self.weight_decay * w, state)


# wrong: the weights shrink after the step, not before it
# named: AdamW.update-3
class AdamW(AdamW):
    def update(self, w, g, state):
        self.adam_step(w, g, state)
        w -= self.lr * self.weight_decay * w


# wrong: the learning rate is missing in the decay
# named: AdamW.update-2
class AdamW(AdamW):
    def update(self, w, g, state):
        w -= self.weight_decay * w
        self.adam_step(w, g, state)


# wrong: the weights decay twice
# named: AdamW.update-5
class AdamW(Adam):
    def update(self, w, g, state):
        w -= self.lr * self.weight_decay * w
        super().update(w, g, state)


# wrong: no copies
# named: state_dict-1
def state_dict(optimiser):
    return {"t": optimiser.t, "lr": optimiser.lr, "state": optimiser.state}


# wrong: a copy of the list only
# named: state_dict-1
def state_dict(optimiser):
    return {"t": optimiser.t, "lr": optimiser.lr, "state": [dict(s) for s in optimiser.state]}


# wrong: the saved arrays are used, not copied
# named: load_state-4
def load_state(optimiser, saved):
    optimiser.t = saved["t"]
    optimiser.lr = saved["lr"]
    optimiser.state = saved["state"]


# wrong: the number of the step is forgotten
# named: load_state-1
def load_state(optimiser, saved):
    optimiser.lr = saved["lr"]
    optimiser.state = [{k: v.copy() for k, v in s.items()} for s in saved["state"]]


# wrong: the learning rate is forgotten
# named: load_state-2
def load_state(optimiser, saved):
    optimiser.t = saved["t"]
    optimiser.state = [{k: v.copy() for k, v in s.items()} for s in saved["state"]]


# wrong: the warm-up begins at 0
# named: warmup_cosine-1
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * step / warmup
    done = min((step - warmup) / (total - warmup), 1)
    return floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * done))


# wrong: beyond total the cosine rises again
# named: warmup_cosine-4
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    done = (step - warmup) / (total - warmup)
    return floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * done))


# wrong: the cosine counts the warm-up's steps too
# named: warmup_cosine-2
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    done = min(step / total, 1)
    return floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * done))


# wrong: the floor is forgotten
# named: warmup_cosine-3
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    done = min((step - warmup) / (total - warmup), 1)
    return peak * 0.5 * (1 + math.cos(math.pi * done))


# wrong: the decay begins at peak + floor
# named: warmup_cosine-5
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    done = min((step - warmup) / (total - warmup), 1)
    return floor + peak * 0.5 * (1 + math.cos(math.pi * done))


# wrong: a whole cosine, down and up
# named: warmup_cosine-6
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    done = min((step - warmup) / (total - warmup), 1)
    return floor + (peak - floor) * 0.5 * (1 + math.cos(2 * math.pi * done))


# wrong: begins at 0
# named: one_cycle-1
def one_cycle(step, total, peak, start=0.04, rise=0.3):
    top = rise * total
    if step < top:
        return peak * step / top
    done = min((step - top) / (total - top), 1.0)
    return peak * (1 + math.cos(math.pi * done)) / 2


# wrong: rises again after total
# named: one_cycle-3
def one_cycle(step, total, peak, start=0.04, rise=0.3):
    top = rise * total
    if step < top:
        return peak * (start + (1 - start) * step / top)
    return peak * (1 + math.cos(math.pi * (step - top) / (total - top))) / 2


# wrong: falls in a straight line
# named: one_cycle-2
def one_cycle(step, total, peak, start=0.04, rise=0.3):
    top = rise * total
    if step < top:
        return peak * (start + (1 - start) * step / top)
    return peak * max(0.0, (total - step) / (total - top))


# wrong: start is taken as a learning rate, not as a fraction of the peak
# named: one_cycle-4
def one_cycle(step, total, peak, start=0.04, rise=0.3):
    top = rise * total
    if step < top:
        return start + (peak - start) * step / top
    done = min((step - top) / (total - top), 1.0)
    return peak * (1 + math.cos(math.pi * done)) / 2


# wrong: decays a little in each step
# named: step_decay-1
def step_decay(step, lr, every, factor=0.1):
    return lr * factor ** (step / every)


# wrong: one step too late
# named: step_decay-3
def step_decay(step, lr, every, factor=0.1):
    return lr * factor ** ((step - 1) // every) if step else lr


# wrong: multiplied by how often, not to its power
# named: step_decay-2
def step_decay(step, lr, every, factor=0.1):
    k = step // every
    return lr * factor * k if k else lr


# wrong: each array has a norm of its own
# named: clip_global_norm-1
def clip_global_norm(grads, max_norm):
    total = math.sqrt(sum(np.sum(g**2) for g in grads))
    clipped = []
    for g in grads:
        n = np.linalg.norm(g)
        clipped.append(g * max_norm / n if n > max_norm else g)
    return clipped, float(total)


# wrong: number by number
# named: clip_global_norm-2
def clip_global_norm(grads, max_norm):
    total = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    return [np.clip(g, -max_norm, max_norm) for g in grads], total


# wrong: scaled up too, when the norm is small
# named: clip_global_norm-3
def clip_global_norm(grads, max_norm):
    total = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    return [g * (max_norm / total) for g in grads], total


# wrong: the gradients are scaled in place
# named: clip_global_norm-6
def clip_global_norm(grads, max_norm):
    total = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    if total > max_norm:
        for g in grads:
            g *= max_norm / total
    return grads, total


# wrong: the root is missing
# named: clip_global_norm-7
def clip_global_norm(grads, max_norm):
    total = sum(float(np.sum(g**2)) for g in grads)
    factor = max_norm / total if total > max_norm else 1.0
    return [g * factor for g in grads], total


# wrong: the norms are added
# named: clip_global_norm-8
def clip_global_norm(grads, max_norm):
    total = float(sum(np.linalg.norm(g) for g in grads))
    factor = max_norm / total if total > max_norm else 1.0
    return [g * factor for g in grads], total


# wrong: the norm after clipping is returned
# named: clip_global_norm-4
def clip_global_norm(grads, max_norm):
    total = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    factor = max_norm / total if total > max_norm else 1.0
    return [g * factor for g in grads], total * factor


# wrong: equal distances, not equal factors
# named: lr_range_test-1
def lr_range_test(make_step, lo, hi, n):
    step, lrs, losses = make_step(), [], []
    for lr in np.linspace(lo, hi, n):
        lrs.append(float(lr))
        losses.append(float(step(lr)))
        if not np.isfinite(losses[-1]) or losses[-1] > 4 * min(losses):
            break
    return lrs, losses


# wrong: a new run for each learning rate
# named: lr_range_test-2
def lr_range_test(make_step, lo, hi, n):
    lrs, losses = [], []
    for lr in np.geomspace(lo, hi, n):
        lrs.append(float(lr))
        losses.append(float(make_step()(lr)))
        if not np.isfinite(losses[-1]) or losses[-1] > 4 * min(losses):
            break
    return lrs, losses


# wrong: stops before the loss is written down
# named: lr_range_test-5
def lr_range_test(make_step, lo, hi, n):
    step, lrs, losses = make_step(), [], []
    for lr in np.geomspace(lo, hi, n):
        loss = float(step(lr))
        if not np.isfinite(loss) or (losses and loss > 4 * min(losses)):
            break
        lrs.append(float(lr))
        losses.append(loss)
    return lrs, losses


# wrong: a loss that is not a number goes on
# named: lr_range_test-4
def lr_range_test(make_step, lo, hi, n):
    step, lrs, losses = make_step(), [], []
    for lr in np.geomspace(lo, hi, n):
        lrs.append(float(lr))
        losses.append(float(step(lr)))
        if losses[-1] > 4 * min(losses):
            break
    return lrs, losses


# wrong: compared with the first loss, not with the smallest
# named: lr_range_test-6
def lr_range_test(make_step, lo, hi, n):
    step, lrs, losses = make_step(), [], []
    for lr in np.geomspace(lo, hi, n):
        lrs.append(float(lr))
        losses.append(float(step(lr)))
        if not np.isfinite(losses[-1]) or losses[-1] > 4 * losses[0]:
            break
    return lrs, losses


# wrong: never stops early
# named: lr_range_test-3
def lr_range_test(make_step, lo, hi, n):
    step = make_step()
    lrs = [float(lr) for lr in np.geomspace(lo, hi, n)]
    return lrs, [float(step(lr)) for lr in lrs]


# wrong: return inside the loop
# named: The loop of `lr_range_test` ends in its
def lr_range_test(make_step, lo, hi, n):
    step, lrs, losses = make_step(), [], []
    for lr in np.geomspace(lo, hi, n):
        lrs.append(float(lr))
        losses.append(float(step(lr)))
        if not np.isfinite(losses[-1]) or losses[-1] > 4 * min(losses):
            break
        return lrs, losses


# right: all draws at once, in an array of rows
def minibatch_grad_var(grads, B, rng, draws, replace=True):
    N = len(grads)
    if replace:
        idx = rng.integers(0, N, size=(draws, B))
    else:
        idx = np.stack([rng.permutation(N)[:B] for _ in range(draws)])
    d = grads[idx].mean(1) - grads.mean(0)
    return (d**2).sum(1).mean()


# right: a list of squared norms
def minibatch_grad_var(grads, B, rng, draws, replace=True):
    g_full = np.mean(grads, axis=0)
    sq = []
    for _ in range(draws):
        batch = rng.choice(grads, B, replace=replace)
        diff = batch.mean(axis=0) - g_full
        sq.append(diff @ diff)
    return float(np.mean(sq))


# right: the quotient of the geometric series
def sgd_noise(h, sigma, lr, B):
    keep = (1 - lr * h) ** 2
    if not keep < 1:
        raise ValueError("diverges")
    return lr**2 * sigma**2 / B / (1 - keep)


# right: the limit by iterating the recursion
def sgd_noise(h, sigma, lr, B):
    if h * lr >= 2.0:
        raise ValueError(f"lr too large: {lr}")
    var = 0.0
    for _ in range(20_000):
        var = (1 - lr * h) ** 2 * var + (lr * sigma) ** 2 / B
    return var


# right: the smaller of the two products, as in the original
def newton_schulz(G, steps=5):
    a, b, c = (3.4445, -4.7750, 2.0315)
    X = G.copy()
    if G.shape[0] > G.shape[1]:
        X = X.T
    X = X / (np.linalg.norm(X) + 1e-7)
    for _ in range(steps):
        A = X @ X.T
        B = b * A + c * A @ A
        X = a * X + B @ X
    if G.shape[0] > G.shape[1]:
        X = X.T
    return X


# right: the polynomial on the singular values themselves
def newton_schulz(G, steps=5):
    a, b, c = NEWTON_SCHULZ
    U, s, Vt = np.linalg.svd(G, full_matrices=False)
    s = s / (np.sqrt((G**2).sum()) + 1e-7)
    for _ in range(steps):
        s = a * s + b * s**3 + c * s**5
    return U @ np.diag(s) @ Vt


# right: any() over the shapes, and slices in the step
class Muon(Muon):
    def __init__(self, params, lr, momentum=0.95, weight_decay=0.0):
        if any(len(p.shape) != 2 for p in params):
            raise ValueError("Muon needs matrices")
        super().__init__(params, lr, momentum, weight_decay)

    def update(self, w, g, state):
        state["b"][:] = self.momentum * state["b"] + g
        o = newton_schulz(g + self.momentum * state["b"])
        scale = max(1, w.shape[0] / w.shape[1]) ** 0.5
        w *= 1 - self.lr * self.weight_decay
        w -= self.lr * scale * o


# wrong: the sum over the batch
# named: minibatch_grad_var-1
def minibatch_grad_var(grads, B, rng, draws, replace=True):
    full = grads.mean(axis=0)
    out = []
    for _ in range(draws):
        rows = rng.choice(len(grads), B, replace=replace)
        out.append(np.sum((grads[rows].sum(0) - full) ** 2))
    return np.mean(out)


# wrong: mean squared error over everything
# named: minibatch_grad_var-2
def minibatch_grad_var(grads, B, rng, draws, replace=True):
    full = grads.mean(axis=0)
    means = [grads[rng.choice(len(grads), B, replace=replace)].mean(0) for _ in range(draws)]
    return float(np.mean((np.array(means) - full) ** 2))


# wrong: mean distance
# named: minibatch_grad_var-3
def minibatch_grad_var(grads, B, rng, draws, replace=True):
    full = grads.mean(axis=0)
    d = 0.0
    for _ in range(draws):
        rows = rng.choice(len(grads), B, replace=replace)
        d += np.linalg.norm(grads[rows].mean(0) - full)
    return d / draws


# wrong: always with replacement
# named: minibatch_grad_var-4
def minibatch_grad_var(grads, B, rng, draws, replace=True):
    rows = rng.integers(0, len(grads), (draws, B))
    return float(((grads[rows].mean(1) - grads.mean(0)) ** 2).sum(1).mean())


# wrong: never with replacement
# named: minibatch_grad_var-4
def minibatch_grad_var(grads, B, rng, draws, replace=True):
    full, total = grads.mean(axis=0), 0
    for _ in range(draws):
        rows = rng.permutation(len(grads))[:B]
        total += ((grads[rows].mean(axis=0) - full) ** 2).sum()
    return total / draws


# wrong: a generator of its own
# named: minibatch_grad_var-5
def minibatch_grad_var(grads, B, rng, draws, replace=True):
    rng = np.random.default_rng(42)
    full, total = grads.mean(axis=0), 0
    for _ in range(draws):
        rows = rng.choice(len(grads), B, replace=replace)
        total += ((grads[rows].mean(axis=0) - full) ** 2).sum()
    return total / draws


# wrong: the root at the end
# named: minibatch_grad_var-3
def minibatch_grad_var(grads, B, rng, draws, replace=True):
    full, total = grads.mean(axis=0), 0
    for _ in range(draws):
        rows = rng.choice(len(grads), B, replace=replace)
        total += ((grads[rows].mean(axis=0) - full) ** 2).sum()
    return np.sqrt(total / draws)


# wrong: the variance of the draws around their own mean
# named: minibatch_grad_var-7
def minibatch_grad_var(grads, B, rng, draws, replace=True):
    means = np.array(
        [grads[rng.choice(len(grads), B, replace=replace)].mean(0) for _ in range(draws)]
    )
    return means.var(axis=0).sum()


# wrong: small learning rates only
# named: sgd_noise-1
def sgd_noise(h, sigma, lr, B):
    if lr * h >= 2:
        raise ValueError("lr * h must be below 2")
    return lr * sigma**2 / (2 * h * B)


# wrong: sigma is taken for a variance
# named: sgd_noise-2
def sgd_noise(h, sigma, lr, B):
    if lr * h >= 2:
        raise ValueError("lr * h must be below 2")
    return lr * sigma / (h * B * (2 - lr * h))


# wrong: one example at a time
# named: sgd_noise-3
def sgd_noise(h, sigma, lr, B):
    if lr * h >= 2:
        raise ValueError("lr * h must be below 2")
    return (lr * sigma) ** 2 / (1 - (1 - lr * h) ** 2)


# wrong: the standard deviation
# named: sgd_noise-5
def sgd_noise(h, sigma, lr, B):
    if lr * h >= 2:
        raise ValueError("lr * h must be below 2")
    return np.sqrt(lr * sigma**2 / (h * B * (2 - lr * h)))


# wrong: no check
# named: sgd_noise-6
def sgd_noise(h, sigma, lr, B):
    return lr * sigma**2 / (h * B * (2 - lr * h))


# wrong: divides by zero at the limit
# named: sgd_noise-7
def sgd_noise(h, sigma, lr, B):
    if lr * h > 2:
        raise ValueError("diverges")
    return lr * sigma**2 / (h * B * (2 - lr * h))


# wrong: lr squared is left over
# named: sgd_noise-8
def sgd_noise(h, sigma, lr, B):
    if lr * h >= 2:
        raise ValueError("diverges")
    return lr * lr * sigma**2 / (h * B * (2 - lr * h))


# wrong: returns infinity instead of an error
# named: sgd_noise-6
def sgd_noise(h, sigma, lr, B):
    if lr * h >= 2:
        return float("inf")
    return lr * sigma**2 / (h * B * (2 - lr * h))


# wrong: not normalised
# named: newton_schulz-1
def newton_schulz(G, steps=5):
    a, b, c = NEWTON_SCHULZ
    X = G.copy()
    for _ in range(steps):
        A = X @ X.T
        X = a * X + (b * A + c * (A @ A)) @ X
    return X


# wrong: nan for zeros
# named: newton_schulz-2
def newton_schulz(G, steps=5):
    a, b, c = NEWTON_SCHULZ
    X = G / np.sqrt(np.sum(G**2))
    for _ in range(steps):
        A = X @ X.T
        X = a * X + b * A @ X + c * A @ A @ X
    return X


# wrong: divided by the largest entry
# named: newton_schulz-3
def newton_schulz(G, steps=5):
    a, b, c = NEWTON_SCHULZ
    X = G / (np.max(np.abs(G)) + 1e-7)
    for _ in range(steps):
        A = X @ X.T
        X = a * X + b * A @ X + c * A @ A @ X
    return X


# wrong: powers of the entries
# named: newton_schulz-4
def newton_schulz(G, steps=5):
    a, b, c = NEWTON_SCHULZ
    X = G / (np.linalg.norm(G) + 1e-7)
    for _ in range(steps):
        X = a * X + b * X**3 + c * X**5
    return X


# wrong: A stays as it was at the beginning
# named: newton_schulz-7
def newton_schulz(G, steps=5):
    a, b, c = NEWTON_SCHULZ
    X = G / (np.linalg.norm(G) + 1e-7)
    A = X @ X.T
    for _ in range(steps):
        X = a * X + b * A @ X + c * A @ A @ X
    return X


# wrong: the slower iteration
# named: newton_schulz-9
def newton_schulz(G, steps=5):
    X = G / (np.linalg.norm(G) + 1e-7)
    for _ in range(steps):
        X = 1.5 * X - 0.5 * X @ X.T @ X
    return X


# wrong: the decomposition itself
# named: newton_schulz-10
def newton_schulz(G, steps=5):
    U, S, V = np.linalg.svd(G, full_matrices=False)
    return U @ V


# wrong: the caller's array is divided
# named: newton_schulz-11
def newton_schulz(G, steps=5):
    a, b, c = NEWTON_SCHULZ
    G /= np.linalg.norm(G) + 1e-7
    for _ in range(steps):
        A = G @ G.T
        G = a * G + b * A @ G + c * A @ A @ G
    return G


# wrong: always five steps
# named: newton_schulz-8
def newton_schulz(G, steps=5):
    a, b, c = NEWTON_SCHULZ
    X = G / (np.linalg.norm(G) + 1e-7)
    for _ in range(5):
        A = X @ X.T
        X = a * X + b * A @ X + c * A @ A @ X
    return X


# wrong: everything is accepted
# named: Muon-1
class Muon(Muon):
    def __init__(self, params, lr, momentum=0.95, weight_decay=0.0):
        Optimizer.__init__(self, params, lr)
        self.momentum, self.weight_decay = momentum, weight_decay


# wrong: kernels pass
# named: Muon-2
class Muon(Muon):
    def __init__(self, params, lr, momentum=0.95, weight_decay=0.0):
        Optimizer.__init__(self, params, lr)
        self.momentum, self.weight_decay = momentum, weight_decay
        for p in params:
            if p.ndim == 1:
                raise ValueError("no vectors")


# wrong: heavy ball only
# named: Muon.update-1
class Muon(Muon):
    def update(self, w, g, state):
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * self.weight_decay * w
        w -= self.lr * max(1, w.shape[0] / w.shape[1]) ** 0.5 * newton_schulz(b)


# wrong: no momentum
# named: Muon.update-2
class Muon(Muon):
    def update(self, w, g, state):
        w -= self.lr * self.weight_decay * w
        w -= self.lr * max(1, w.shape[0] / w.shape[1]) ** 0.5 * newton_schulz(g)


# wrong: plain Nesterov
# named: Muon.update-3
class Muon(Muon):
    def update(self, w, g, state):
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * self.weight_decay * w
        w -= self.lr * max(1, w.shape[0] / w.shape[1]) ** 0.5 * (g + self.momentum * b)


# wrong: the buffer is lost
# named: Muon.update-2
class Muon(Muon):
    def update(self, w, g, state):
        b = self.momentum * state["b"] + g
        w -= self.lr * self.weight_decay * w
        w -= self.lr * max(1, w.shape[0] / w.shape[1]) ** 0.5 * newton_schulz(g + self.momentum * b)


# wrong: wide matrices move less
# named: Muon.update-6
class Muon(Muon):
    def update(self, w, g, state):
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * self.weight_decay * w
        w -= self.lr * np.sqrt(w.shape[0] / w.shape[1]) * newton_schulz(g + self.momentum * b)


# wrong: no scale
# named: Muon.update-8
class Muon(Muon):
    def update(self, w, g, state):
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * self.weight_decay * w
        w -= self.lr * newton_schulz(g + self.momentum * b)


# wrong: no decay
# named: Muon.update-10
class Muon(Muon):
    def update(self, w, g, state):
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * max(1, w.shape[0] / w.shape[1]) ** 0.5 * newton_schulz(g + self.momentum * b)


# wrong: the decay is in the gradient
# named: Muon.update-11
class Muon(Muon):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * max(1, w.shape[0] / w.shape[1]) ** 0.5 * newton_schulz(g + self.momentum * b)


# wrong: w is a new array
# named: Muon.update-14
class Muon(Muon):
    def update(self, w, g, state):
        b = state["b"]
        b *= self.momentum
        b += g
        w = w * (1 - self.lr * self.weight_decay)
        w = w - self.lr * max(1, w.shape[0] / w.shape[1]) ** 0.5 * newton_schulz(
            g + self.momentum * b
        )


# wrong: the average of PyTorch, with the direction of the blog
# named: Muon.update-5
class Muon(Muon):
    def update(self, w, g, state):
        b = state["b"]
        b *= self.momentum
        b += (1 - self.momentum) * g
        w -= self.lr * self.weight_decay * w
        w -= self.lr * max(1, w.shape[0] / w.shape[1]) ** 0.5 * newton_schulz(g + self.momentum * b)
