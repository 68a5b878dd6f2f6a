"""How the functions of `policy-gradient` take their place in the agents that learn a policy.

The agents compute with tensors that record a graph. What the exercise computes for each row is one
node of it, with the gradients that the learner derived.
"""

import numpy as np

from undergrad.mine import part, result


@part("undergrad.rl.distributions.Categorical.log_prob", uses=("log_prob", "score"))
def log_prob(own, borrowed):
    def log_prob(self, action):
        z = self.logits.data
        out = own.log_prob(z, action)
        return result(out, (self.logits,), lambda g: (g[:, None] * own.score(z, action),))

    return log_prob


@part("undergrad.rl.distributions.Categorical.entropy", uses=("entropy",))
def entropy(own, borrowed):
    def entropy(self):
        H, gradient = own.entropy(self.logits.data)
        return result(H, (self.logits,), lambda g: (g[:, None] * gradient,))

    return entropy


@part("undergrad.rl.advantages.normalized", uses=("normalise",))
def normalized(own, borrowed):
    """In float64, so that rounding is not taken for a difference; a single number stays."""

    def normalized(advantage):
        if advantage.size < 2:
            return advantage
        return np.asarray(own.normalise(advantage.astype(float)), advantage.dtype)

    return normalized
