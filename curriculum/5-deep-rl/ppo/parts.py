"""How the functions of `ppo` take their place in the agent.

The agent computes its loss on tensors that record a graph, so the derivative of the clipped
objective becomes the backward pass of one node. What the agent has measured of its observations
and rewards is handed to the learner's `Normaliser` for each update.
"""

from undergrad.mine import part
from undergrad.mine.adapter import result


@part("undergrad.rl.agents.ppo.clipped_surrogate", uses=("clipped_surrogate",))
def clipped_surrogate(own, borrowed):
    def clipped_surrogate(ratio, advantage, clip_range):
        objective, g = own.clipped_surrogate(ratio.data, advantage, clip_range)
        return result(objective, (ratio,), lambda upstream: (upstream * g,))

    return clipped_surrogate


@part("undergrad.rl.agents.ppo.approx_kl", uses=("kl_estimates",))
def approx_kl(own, borrowed):
    return lambda log_ratio: float(own.kl_estimates(log_ratio)[2].mean())


@part("undergrad.rl.agents.ppo.minibatches", uses=("minibatches",))
def minibatches(own, borrowed):
    return own.minibatches


@part("undergrad.rl.normalize.RunningMeanStd.update", uses=("Normaliser",))
def update(own, borrowed):
    def update(self, rows):
        normaliser = own.Normaliser(len(self.mean))
        normaliser.count = int(self.count)
        normaliser.mean, normaliser.squares = self.mean.copy(), self.squares.copy()
        normaliser.update(rows.astype(self.mean.dtype))
        self.count[...] = normaliser.count
        self.mean[...], self.squares[...] = normaliser.mean, normaliser.squares

    return update
