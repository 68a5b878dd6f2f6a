"""How the functions of `dqn` take their place in the agent.

The Huber loss and the choice of an entry are operations of the engine, on tensors that record a
graph; there, the agent uses those that the unit `autograd` builds.

The agent's replay buffer keeps its columns in arrays, as the exercise does, so for each call the
learner's `Replay` is given these arrays.
"""

import numpy as np

from undergrad.mine import part
from undergrad.rl.replay import ReplayBatch, ReplayBuffer

_SAMPLE_INDEX = ReplayBuffer.sample_index


@part("undergrad.rl.agents.dqn.dqn_target", uses=("dqn_target",))
def dqn_target(own, borrowed):
    def dqn_target(reward, next_q, terminated, discount):
        found = own.dqn_target(reward, next_q, terminated, discount)
        return np.asarray(found, dtype=next_q.dtype)

    return dqn_target


@part("undergrad.rl.agents.dqn.epsilon_greedy", uses=("epsilon_greedy",))
def epsilon_greedy(own, borrowed):
    return own.epsilon_greedy


@part("undergrad.rl.agents.dqn.linear_schedule", uses=("linear_schedule",))
def linear_schedule(own, borrowed):
    return own.linear_schedule


@part("undergrad.rl.networks.polyak_update", uses=("polyak_update",))
def polyak_update(own, borrowed):
    """All weights of a network lie end to end in one array."""
    return lambda target, online, tau: own.polyak_update([target], [online], tau)


@part("undergrad.rl.replay.discounted_sum", uses=("n_step_returns",))
def discounted_sum(own, borrowed):
    """The sum at the first step of some rewards that end nowhere before the last."""

    def discounted_sum(rewards, gamma):
        count = len(rewards)
        sums, _ = own.n_step_returns(np.array(rewards), np.zeros(count, bool), count, gamma)
        return sums[0]

    return discounted_sum


def _replay(own, buffer, **more):
    """The learner's buffer on the agent's columns, and on those of `more`."""
    replay = own.Replay(0, ())
    replay.capacity, replay.added = buffer.capacity, buffer.added
    replay.fields = buffer.fields | more
    return replay


@part("undergrad.rl.replay.ReplayBuffer.add", uses=("Replay",))
def add(own, borrowed):
    def add(self, transitions):
        replay, count = _replay(own, self), len(transitions)
        for i in range(count):
            replay.add({name: getattr(transitions, name)[i] for name in self.fields})
        self.added = replay.added
        kept = min(count, self.capacity)
        return np.arange(self.added - kept, self.added) % self.capacity

    return add


@part("undergrad.rl.replay.ReplayBuffer.sample", uses=("Replay",))
def sample(own, borrowed):
    """A buffer that draws in another way, such as one that stores each frame once, is borrowed."""

    def sample(self, batches, batch_size, rng, progress=0.0):
        if type(self).sample_index is not _SAMPLE_INDEX or not len(self):
            yield from borrowed(self, batches, batch_size, rng, progress)
            return
        replay = _replay(own, self, index=np.arange(self.capacity))
        for _ in range(batches):
            yield ReplayBatch(**replay.sample(batch_size, rng))

    return sample
