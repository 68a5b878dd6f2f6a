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
# named: w = w - ... makes a new
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        state["b"] = self.momentum * state["b"] + g
        step = g + self.momentum * state["b"] if self.nesterov else state["b"]
        w = w - self.lr * step


# wrong: b is computed in a variable and never kept
# named: The momentum is not kept: b has to
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        b = self.momentum * state["b"] + g
        w -= self.lr * (g + self.momentum * b if self.nesterov else b)


# wrong: momentum as an average, with 1 - momentum
# named: The gradient enters b with the factor 1
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        b = state["b"]
        b[:] = self.momentum * b + (1 - self.momentum) * g
        w -= self.lr * (g + self.momentum * b if self.nesterov else b)


# wrong: uphill
# named: The step is added, so it goes uphill.
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        b = state["b"]
        b[:] = self.momentum * b + g
        w += self.lr * (g + self.momentum * b if self.nesterov else b)


# wrong: the gradient that was handed in is changed
# named: g += ... changes the caller's gradients. Write
class SGD(SGD):
    def update(self, w, g, state):
        g += self.weight_decay * w
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * (g + self.momentum * b if self.nesterov else b)


# wrong: weight decay has the wrong sign
# named: The weight decay has the wrong sign, so
class SGD(SGD):
    def update(self, w, g, state):
        g = g - self.weight_decay * w
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * (g + self.momentum * b if self.nesterov else b)


# wrong: nesterov looks ahead with the old velocity
# named: nesterov changes nothing. With it the step is
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        old = state["b"].copy()
        state["b"][:] = self.momentum * old + g
        w -= self.lr * (g + self.momentum * old if self.nesterov else state["b"])


# wrong: the learning rate goes into the velocity, as in cs231n
# named: lr is part of b. When lr changes,
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        b = state["b"]
        b[:] = self.momentum * b - self.lr * g
        w += -self.lr * g + self.momentum * b if self.nesterov else b


# wrong: nesterov is forgotten
# named: nesterov changes nothing. With it the step is
class SGD(SGD):
    def update(self, w, g, state):
        g = g + self.weight_decay * w
        b = state["b"]
        b *= self.momentum
        b += g
        w -= self.lr * b


# wrong: Adagrad without the root
# named: The square root is missing. Without it a
class Adagrad(Adagrad):
    def update(self, w, g, state):
        state["s"] += g * g
        w -= self.lr * g / (state["s"] + self.eps)


# wrong: the sum of the gradients, not of their squares
# named: The gradients are summed as they are. It
class Adagrad(Adagrad):
    def update(self, w, g, state):
        state["s"] += np.abs(g)
        w -= self.lr * g / (np.sqrt(state["s"]) + self.eps)


# wrong: eps under the root
# named: eps is inside the square root. Add it
class Adagrad(Adagrad):
    def update(self, w, g, state):
        state["s"] += g**2
        w -= self.lr * g / np.sqrt(state["s"] + self.eps)


# wrong: this step's gradient alone
# named: Only the latest square is used. Adagrad sums
class Adagrad(Adagrad):
    def update(self, w, g, state):
        state["s"][:] = g**2
        w -= self.lr * g / (np.sqrt(state["s"]) + self.eps)


# wrong: no eps: 0 / 0 for a gradient of 0
# named: eps is missing: a weight whose gradient was
class Adagrad(Adagrad):
    def update(self, w, g, state):
        state["s"] += g**2
        w -= self.lr * g / np.sqrt(state["s"])


# wrong: alpha and 1 - alpha are swapped
# named: alpha and 1 - alpha are swapped: alpha
class RMSProp(RMSProp):
    def update(self, w, g, state):
        v = state["v"]
        v[:] = (1 - self.alpha) * v + self.alpha * g**2
        w -= self.lr * g / (np.sqrt(v) + self.eps)


# wrong: the average is bound to a new array in a local name only
# named: The average is not kept: v = ...
class RMSProp(RMSProp):
    def update(self, w, g, state):
        v = state["v"]
        v = self.alpha * v + (1 - self.alpha) * g**2
        w -= self.lr * g / (np.sqrt(v) + self.eps)


# wrong: the sum of Adagrad with a fading past
# named: The new square enters with its full weight.
class RMSProp(RMSProp):
    def update(self, w, g, state):
        v = state["v"]
        v *= self.alpha
        v += g**2
        w -= self.lr * g / (np.sqrt(v) + self.eps)


# wrong: the root over both
# named: eps is inside the root. Add it to
class RMSProp(RMSProp):
    def update(self, w, g, state):
        v = state["v"]
        v[:] = self.alpha * v + (1 - self.alpha) * g * g
        w -= self.lr * g / np.sqrt(v + self.eps)


# wrong: no bias correction
# named: Neither average is corrected. Both begin at 0
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        w -= self.lr * m / (np.sqrt(v) + self.eps)


# wrong: t + 1, as if it counted from 0
# named: t is off by one. self.t is 1
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
# named: t is counted once more, and once for
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
# named: The power t is missing in the correction:
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        w -= self.lr * (m / (1 - b1)) / (np.sqrt(v / (1 - b2)) + self.eps)


# wrong: times t where the power t belongs
# named: beta is multiplied by t in the correction.
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
# named: eps is added before the correction, to sqrt(v).
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
# named: eps is under the square root. In Adam
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
# named: The corrected averages are kept in the state,
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
# named: m is corrected and v is not, so
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        g = g + self.weight_decay * w
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        w -= self.lr * (m / (1 - b1**self.t)) / (np.sqrt(v) + self.eps)


# wrong: the second average takes g, not its square
# named: v is an average of the gradients. It
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
# named: The two betas are swapped: the first belongs
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
# named: The square root is missing: v is an
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
# named: weight_decay is not used. In Adam it is
class Adam(Adam):
    def update(self, w, g, state):
        b1, b2 = self.betas
        m, v = state["m"], state["v"]
        m[:] = b1 * m + (1 - b1) * g
        v[:] = b2 * v + (1 - b2) * g**2
        m_hat, v_hat = m / (1 - b1**self.t), v / (1 - b2**self.t)
        w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


# wrong: w is bound to a new array
# named: w = w - ... makes a new
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
# named: The weight decay is part of the gradient,
class AdamW(AdamW):
    def update(self, w, g, state):
        self.adam_step(w, g + self.weight_decay * w, state)


# wrong: the weights shrink after the step, not before it
# named: The weight decay comes after the step and
class AdamW(AdamW):
    def update(self, w, g, state):
        self.adam_step(w, g, state)
        w -= self.lr * self.weight_decay * w


# wrong: the learning rate is missing in the decay
# named: The weight decay is not multiplied by lr.
class AdamW(AdamW):
    def update(self, w, g, state):
        w -= self.weight_decay * w
        self.adam_step(w, g, state)


# wrong: the weights decay twice
# named: The weights decay twice: w is shrunk, and
class AdamW(Adam):
    def update(self, w, g, state):
        w -= self.lr * self.weight_decay * w
        super().update(w, g, state)


# wrong: no copies
# named: The state is returned without copies, so the
def state_dict(optimiser):
    return {"t": optimiser.t, "lr": optimiser.lr, "state": optimiser.state}


# wrong: a copy of the list only
# named: The state is returned without copies, so the
def state_dict(optimiser):
    return {"t": optimiser.t, "lr": optimiser.lr, "state": [dict(s) for s in optimiser.state]}


# wrong: the saved arrays are used, not copied
# named: The saved arrays themselves are used, so the
def load_state(optimiser, saved):
    optimiser.t = saved["t"]
    optimiser.lr = saved["lr"]
    optimiser.state = saved["state"]


# wrong: the number of the step is forgotten
# named: t begins at 0 again, so Adam corrects
def load_state(optimiser, saved):
    optimiser.lr = saved["lr"]
    optimiser.state = [{k: v.copy() for k, v in s.items()} for s in saved["state"]]


# wrong: the learning rate is forgotten
# named: lr is not restored, so a schedule that
def load_state(optimiser, saved):
    optimiser.t = saved["t"]
    optimiser.state = [{k: v.copy() for k, v in s.items()} for s in saved["state"]]


# wrong: the warm-up begins at 0
# named: The first step has learning rate 0 and
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * step / warmup
    done = min((step - warmup) / (total - warmup), 1)
    return floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * done))


# wrong: beyond total the cosine rises again
# named: After the end the learning rate rises again,
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    done = (step - warmup) / (total - warmup)
    return floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * done))


# wrong: the cosine counts the warm-up's steps too
# named: The decay is measured from step 0, so
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    done = min(step / total, 1)
    return floor + (peak - floor) * 0.5 * (1 + math.cos(math.pi * done))


# wrong: the floor is forgotten
# named: It ends at 0. The lowest learning rate
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    done = min((step - warmup) / (total - warmup), 1)
    return peak * 0.5 * (1 + math.cos(math.pi * done))


# wrong: the decay begins at peak + floor
# named: The decay begins at peak + floor. Only
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    done = min((step - warmup) / (total - warmup), 1)
    return floor + peak * 0.5 * (1 + math.cos(math.pi * done))


# wrong: a whole cosine, down and up
# named: The cosine goes down and up again. Half
def warmup_cosine(step, total, warmup, peak, floor=0.0):
    if step < warmup:
        return peak * (step + 1) / warmup
    done = min((step - warmup) / (total - warmup), 1)
    return floor + (peak - floor) * 0.5 * (1 + math.cos(2 * math.pi * done))


# wrong: begins at 0
# named: It begins at 0. The first learning rate
def one_cycle(step, total, peak, start=0.04, rise=0.3):
    top = rise * total
    if step < top:
        return peak * step / top
    done = min((step - top) / (total - top), 1.0)
    return peak * (1 + math.cos(math.pi * done)) / 2


# wrong: rises again after total
# named: After the end the learning rate rises again,
def one_cycle(step, total, peak, start=0.04, rise=0.3):
    top = rise * total
    if step < top:
        return peak * (start + (1 - start) * step / top)
    return peak * (1 + math.cos(math.pi * (step - top) / (total - top))) / 2


# wrong: falls in a straight line
# named: It falls in a straight line. It should
def one_cycle(step, total, peak, start=0.04, rise=0.3):
    top = rise * total
    if step < top:
        return peak * (start + (1 - start) * step / top)
    return peak * max(0.0, (total - step) / (total - top))


# wrong: start is taken as a learning rate, not as a fraction of the peak
# named: start is taken for a learning rate. It
def one_cycle(step, total, peak, start=0.04, rise=0.3):
    top = rise * total
    if step < top:
        return start + (peak - start) * step / top
    done = min((step - top) / (total - top), 1.0)
    return peak * (1 + math.cos(math.pi * done)) / 2


# wrong: decays a little in each step
# named: step / every falls a little at each
def step_decay(step, lr, every, factor=0.1):
    return lr * factor ** (step / every)


# wrong: one step too late
# named: Each fall comes one step late. Steps are
def step_decay(step, lr, every, factor=0.1):
    return lr * factor ** ((step - 1) // every) if step else lr


# wrong: multiplied by how often, not to its power
# named: factor is multiplied by the number of stairs.
def step_decay(step, lr, every, factor=0.1):
    k = step // every
    return lr * factor * k if k else lr


# wrong: each array has a norm of its own
# named: Each array is scaled by itself, which changes
def clip_global_norm(grads, max_norm):
    total = math.sqrt(sum(np.sum(g**2) for g in grads))
    clipped = []
    for g in grads:
        n = np.linalg.norm(g)
        clipped.append(g * max_norm / n if n > max_norm else g)
    return clipped, float(total)


# wrong: number by number
# named: Each number is clipped between -max_norm and max_norm.
def clip_global_norm(grads, max_norm):
    total = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    return [np.clip(g, -max_norm, max_norm) for g in grads], total


# wrong: scaled up too, when the norm is small
# named: Small gradients are made larger. The factor applies
def clip_global_norm(grads, max_norm):
    total = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    return [g * (max_norm / total) for g in grads], total


# wrong: the gradients are scaled in place
# named: The caller's arrays are changed: g *= factor
def clip_global_norm(grads, max_norm):
    total = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    if total > max_norm:
        for g in grads:
            g *= max_norm / total
    return grads, total


# wrong: the root is missing
# named: The square root is missing: the norm is
def clip_global_norm(grads, max_norm):
    total = sum(float(np.sum(g**2)) for g in grads)
    factor = max_norm / total if total > max_norm else 1.0
    return [g * factor for g in grads], total


# wrong: the norms are added
# named: The lengths of the arrays are added. Add
def clip_global_norm(grads, max_norm):
    total = float(sum(np.linalg.norm(g) for g in grads))
    factor = max_norm / total if total > max_norm else 1.0
    return [g * factor for g in grads], total


# wrong: the norm after clipping is returned
# named: The norm is that of the clipped gradients.
def clip_global_norm(grads, max_norm):
    total = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    factor = max_norm / total if total > max_norm else 1.0
    return [g * factor for g in grads], total * factor


# wrong: equal distances, not equal factors
# named: The learning rates grow by the same amount.
def lr_range_test(make_step, lo, hi, n):
    step, lrs, losses = make_step(), [], []
    for lr in np.linspace(lo, hi, n):
        lrs.append(float(lr))
        losses.append(float(step(lr)))
        if not np.isfinite(losses[-1]) or losses[-1] > 4 * min(losses):
            break
    return lrs, losses


# wrong: a new run for each learning rate
# named: Training starts again for each learning rate. Call
def lr_range_test(make_step, lo, hi, n):
    lrs, losses = [], []
    for lr in np.geomspace(lo, hi, n):
        lrs.append(float(lr))
        losses.append(float(make_step()(lr)))
        if not np.isfinite(losses[-1]) or losses[-1] > 4 * min(losses):
            break
    return lrs, losses


# wrong: stops before the loss is written down
# named: The loss that made it stop is missing.
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
# named: A nan goes unnoticed: every comparison with it
def lr_range_test(make_step, lo, hi, n):
    step, lrs, losses = make_step(), [], []
    for lr in np.geomspace(lo, hi, n):
        lrs.append(float(lr))
        losses.append(float(step(lr)))
        if losses[-1] > 4 * min(losses):
            break
    return lrs, losses


# wrong: compared with the first loss, not with the smallest
# named: The loss is compared with the first one.
def lr_range_test(make_step, lo, hi, n):
    step, lrs, losses = make_step(), [], []
    for lr in np.geomspace(lo, hi, n):
        lrs.append(float(lr))
        losses.append(float(step(lr)))
        if not np.isfinite(losses[-1]) or losses[-1] > 4 * losses[0]:
            break
    return lrs, losses


# wrong: never stops early
# named: It continues after the loss has diverged. Stop
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
