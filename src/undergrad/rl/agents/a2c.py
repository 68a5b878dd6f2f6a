"""A2C, advantage actor-critic: learn every few steps, and let the critic guess the rest.

REINFORCE waits for the end of an episode, and its returns carry all the chance of all that happened
until then. Here a rollout is short, say 16 steps of each environment, wherever episodes begin and
end inside. What comes after it is not awaited but estimated: the critic says what the last state is
worth. And in between, generalised advantage estimation weighs what was really earned, which is true
but noisy, against what the critic says, which is calm but wrong at first.

Then one gradient step is taken on three things at once: make actions that were better than expected
more likely, make the critic's guess better, and do not become sure of anything too early.

T steps of N environments make a batch of B = T N.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import nn, optim
from undergrad.rl import advantages
from undergrad.rl.actor_critic import ActorCritic
from undergrad.rl.agents.policy_agent import PolicyAgent
from undergrad.rl.explore import Schedule
from undergrad.rl.rollout import Rollout, flat

Array: TypeAlias = npt.NDArray[Any]


class A2C(PolicyAgent):
    """An agent that makes one update from each short rollout; see `rollout.collect`.

    Arguments, beside those of `PolicyAgent`:
        discount: what a reward is worth one step later, at most 1.
        decay: lambda of the advantages; 0 trusts the critic after one step, 1 never.
        normalise: bring advantages to mean 0 and spread 1 over the batch.
        value_weight: how much the critic's error counts in the loss.
        entropy_bonus: how much being undecided is rewarded.
    """

    def __init__(
        self,
        net: ActorCritic,
        optimizer: optim.Optimizer,
        *,
        learning_rate: Schedule | None = None,
        reward_scale: float = 1.0,
        clip_norm: float = 0.5,
        discount: float = 0.99,
        decay: float = 0.95,
        normalise: bool = False,
        value_weight: float = 0.5,
        entropy_bonus: float = 0.01,
    ) -> None:
        super().__init__(
            net,
            optimizer,
            learning_rate=learning_rate,
            reward_scale=reward_scale,
            clip_norm=clip_norm,
        )
        self.discount, self.decay, self.normalise = discount, decay, normalise
        self.value_weight, self.entropy_bonus = value_weight, entropy_bonus

    def learn(self, rollout: Rollout, rng: np.random.Generator) -> dict[str, float]:
        """One update from a rollout. Returns what happened, for the log."""
        before = self.net.estimate(rollout.observation)  # (T, N)
        advantage = self._advantage(rollout, before)  # (T, N)
        goal = flat(advantage + before)  # (B,) what the critic should have said
        better = flat(advantages.normalised(advantage) if self.normalise else advantage)  # (B,)
        observation, action = flat(rollout.observation), flat(rollout.action)

        policy = self.net.policy(observation)
        policy_loss = -(policy.log_prob(action) * better).mean()
        value_loss = nn.functional.mse_loss(self.net.value(observation), goal)
        entropy = policy.entropy().mean()
        loss = policy_loss + self.value_weight * value_loss - self.entropy_bonus * entropy
        length = self.descend(loss)
        self.net.look(observation)
        return {
            "policy_loss": policy_loss.item(),
            "value_loss": value_loss.item(),
            "entropy": entropy.item(),
            "explained": advantages.explained_variance(flat(before), goal),
            "gradient": length,
        }

    def _advantage(self, rollout: Rollout, value: Array) -> Array:
        """How much better each action was than what the critic expected: (T, N)."""
        next_value = self.net.estimate(rollout.next_observation)
        reward = (rollout.reward * self.reward_scale).astype(value.dtype)
        ends = (rollout.terminated, rollout.truncated)
        return advantages.gae(reward, *ends, value, next_value, self.discount, self.decay)


# How this differs from Mnih et al., "Asynchronous Methods for Deep Reinforcement Learning" (2016):
#
# - The paper's A3C has many actors, each with a copy of the network, which learn at their own pace
#   from one shared memory. Here all environments wait for each other and share one forward pass.
#   That is what the authors' successors called A2C; nothing is lost but the randomness.
# - Advantages are generalised (Schulman et al. 2016). The paper's are the case decay = 1, in which
#   every reward up to the end of the rollout is counted.
# - At a time limit the critic says what was still to come; only a true end cuts it off. The paper
#   does not tell the two apart.
# - Actor and critic share no layers, and their weights start orthogonal.
# - Adam with a learning rate that falls to 0, not RMSProp with statistics shared among actors.
# - There is no recurrent network, and no frames to stack.
