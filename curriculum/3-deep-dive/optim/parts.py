"""How the optimisers and schedules of `optim` replace those of the engine.

The engine keeps the state of an optimiser, so that it can be saved with a checkpoint. Before each
step it is put into the learner's optimiser, whose arrays are then the engine's own.
"""

from undergrad.mine import part


def _step(own_class, weights, gradients, state, t, **settings):
    """One step of the learner's optimiser on the engine's arrays; `t` steps were done before."""
    optimiser = own_class([weights], **settings)
    optimiser.t, optimiser.state = t, [state]
    optimiser.step([gradients])


@part("undergrad.engine.optim.sgd.SGD.update", uses=("SGD",))
def sgd(own, borrowed):
    def update(self, weights, gradients, state, group):
        if group["dampening"]:
            return borrowed(self, weights, gradients, state, group)
        _step(
            own.SGD,
            weights,
            gradients,
            {"b": state["momentum_buffer"]},
            int(state["step"]),
            **{name: group[name] for name in ("lr", "momentum", "nesterov", "weight_decay")},
        )
        state["step"] += 1

    return update


def _adam(own_class, borrowed):
    def update(self, weights, gradients, state, group):
        if group["amsgrad"]:
            return borrowed(self, weights, gradients, state, group)
        _step(
            own_class,
            weights,
            gradients,
            {"m": state["exp_avg"], "v": state["exp_avg_sq"]},
            int(state["step"]),
            **{name: group[name] for name in ("lr", "betas", "eps", "weight_decay")},
        )
        state["step"] += 1

    return update


@part("undergrad.engine.optim.adam.Adam.update", uses=("Adam",))
def adam(own, borrowed):
    return _adam(own.Adam, borrowed)


@part("undergrad.engine.optim.adam.AdamW.update", uses=("AdamW",))
def adamw(own, borrowed):
    return _adam(own.AdamW, borrowed)


@part("undergrad.engine.optim.adaptive.RMSprop.update", uses=("RMSProp",))
def rmsprop(own, borrowed):
    def update(self, weights, gradients, state, group):
        if group["momentum"] or group["centered"] or group["weight_decay"]:
            return borrowed(self, weights, gradients, state, group)
        _step(
            own.RMSProp,
            weights,
            gradients,
            {"v": state["square_avg"]},
            0,  # the rule does not use it
            **{name: group[name] for name in ("lr", "alpha", "eps")},
        )

    return update


@part("undergrad.engine.optim.adaptive.Adagrad.update", uses=("Adagrad",))
def adagrad(own, borrowed):
    def update(self, weights, gradients, state, group):
        if group["lr_decay"] or group["weight_decay"]:
            return borrowed(self, weights, gradients, state, group)
        sums, rate, eps = {"s": state["sum"]}, group["lr"], group["eps"]
        _step(own.Adagrad, weights, gradients, sums, int(state["step"]), lr=rate, eps=eps)
        state["step"] += 1

    return update


@part("undergrad.engine.optim.muon.Muon.update", uses=("Muon",))
def muon(own, borrowed):
    usual = {"nesterov": True, "ns_steps": 5, "ns_coefficients": (3.4445, -4.7750, 2.0315)}

    def update(self, weights, gradients, state, group):
        if any(group[name] != value for name, value in usual.items()) or group["adjust_lr_fn"]:
            return borrowed(self, weights, gradients, state, group)
        matrix = group["params"][0].shape
        _step(
            own.Muon,
            weights.reshape(matrix),
            gradients.reshape(matrix),
            {"b": state["momentum_buffer"].reshape(matrix)},
            0,  # the rule does not use it
            **{name: group[name] for name in ("lr", "momentum", "weight_decay")},
        )

    return update


# Schedules


@part("undergrad.engine.optim.schedule.CosineAnnealingLR.rate", uses=("warmup_cosine",))
def cosine(own, borrowed):
    """No warm-up, and the floor is the lowest rate; the engine's cosine rises again after T_max."""

    def rate(self, t, i):
        if t > self.T_max:
            return borrowed(self, t, i)
        return own.warmup_cosine(t, self.T_max, 0, self.base_lrs[i], self.eta_min)

    return rate


@part("undergrad.engine.optim.one_cycle.OneCycleLR.rate", uses=("warmup_cosine",))
def one_cycle(own, borrowed):
    """The engine's cycle rises along a cosine too: each phase is one, from its level to the next's.

    The learner's own `one_cycle` rises along a straight line and has other ends.
    """

    def rate(self, t, i):
        if self.anneal_strategy != "cos":
            return borrowed(self, t, i)
        low = self.base_lrs[i]
        levels = {"low": low, "high": self.max_lrs[i], "end": low / self.final_div_factor}
        begin = 0.0
        for end, source, target in self.phases:
            if t <= end or end == self.phases[-1][0]:
                return own.warmup_cosine(t - begin, end - begin, 0, levels[source], levels[target])
            begin = end

    return rate


@part("undergrad.engine.optim.clip.clip_grad_norm_", uses=("clip_global_norm",))
def clip(own, borrowed):
    def clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False):
        tensors = [p for p in _several(parameters) if p.grad is not None]
        if norm_type != 2 or error_if_nonfinite or max_norm < 0:
            return borrowed(tensors, max_norm, norm_type, error_if_nonfinite)
        gradients, length = own.clip_global_norm([p.grad for p in tensors], max_norm)
        for p, gradient in zip(tensors, gradients, strict=True):
            p.grad[...] = gradient
        return float(length)

    return clip_grad_norm_


def _several(parameters):
    return [parameters] if hasattr(parameters, "grad") else list(parameters)
