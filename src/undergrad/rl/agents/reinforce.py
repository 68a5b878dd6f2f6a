"""REINFORCE: what went well is made more likely, what went badly less.

Play whole episodes. For each action, look at everything that was earned from there on. Then change
the network so that the actions that were followed by much become more likely. That is all: no
replay, no target network. On average over many episodes, the sum over all steps of

    (gradient of log pi(a|s)) * (return from there on)

is exactly the gradient of what is earned, so this climbs the very thing that counts. But it is
noisy, since a return depends on everything that happened by chance. A baseline calms it: a second
network learns what is usually earned from a state, and an action counts as good when it was
followed by more than that. The baseline knows nothing of the action, so what it takes away is
noise and not direction.

B is the number of steps that count in a rollout, T and N are its steps and environments.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import nn, optim
from undergrad.rl import advantages
from undergrad.rl.actor_critic import ActorCritic
from undergrad.rl.agents.policy_agent import PolicyAgent
from undergrad.rl.explore import Schedule
from undergrad.rl.rollout import Rollout

Array: TypeAlias = npt.NDArray[Any]


class Reinforce(PolicyAgent):
    """An agent that learns from whole episodes; see `rollout.collect_episodes`.

    Arguments, beside those of `PolicyAgent`:
        discount: what a reward is worth one step later, at most 1.
        baseline: subtract what is usually earned. Without it the returns themselves count.
        normalise: bring what counts to mean 0 and spread 1 over the batch.
        value_weight: how much the error of the baseline counts in the loss.
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
        baseline: bool = True,
        normalise: bool = True,
        value_weight: float = 0.5,
        entropy_bonus: float = 0.0,
    ) -> None:
        super().__init__(
            net,
            optimizer,
            learning_rate=learning_rate,
            reward_scale=reward_scale,
            clip_norm=clip_norm,
        )
        self.discount, self.baseline, self.normalise = discount, baseline, normalise
        self.value_weight, self.entropy_bonus = value_weight, entropy_bonus

    def learn(self, rollout: Rollout, rng: np.random.Generator) -> dict[str, float]:
        """One update from whole episodes. Returns what happened, for the log."""
        goal = self._returns(rollout)[rollout.counts]  # (B,)
        observation = rollout.observation[rollout.counts]  # (B, inputs)
        action = rollout.action[rollout.counts]  # (B, *action)

        value = self.net.value(observation)  # (B,)
        better = goal - value.numpy() if self.baseline else goal
        if self.normalise:
            better = advantages.normalised(better)

        policy = self.net.policy(observation)
        policy_loss = -(policy.log_prob(action) * better).mean()
        value_loss = nn.functional.mse_loss(value, goal)
        entropy = policy.entropy().mean()
        loss = policy_loss + self.value_weight * value_loss - self.entropy_bonus * entropy
        length = self.descend(loss)
        self.net.look(observation)
        return {
            "policy_loss": policy_loss.item(),
            "value_loss": value_loss.item(),
            "entropy": entropy.item(),
            "explained": advantages.explained_variance(value.numpy(), goal),
            "gradient": length,
        }

    def _returns(self, rollout: Rollout) -> Array:
        """What was earned from each step on: (T, N). Only where the time ran out, and the world
        would have gone on, the baseline says what was still to come."""
        next_value = self.net.estimate(rollout.next_observation) * self.baseline
        reward = (rollout.reward * self.reward_scale).astype(next_value.dtype)
        return advantages.returns(
            reward, rollout.terminated, rollout.truncated, next_value, self.discount
        )


# How this differs from Williams, "Simple Statistical Gradient-Following Algorithms for
# Connectionist Reinforcement Learning" (1992), and from Sutton and Barto, section 13.4:
#
# - One update is made from one episode of each of N environments, not from a single episode.
# - What counts is brought to mean 0 and spread 1. So the size of a step does not depend on how
#   much can be earned, but the direction is no longer exactly the gradient.
# - The loss is a mean over steps, and a late step counts as much as an early one. For discounted
#   returns the theory wants a factor discount^t, with which late steps would hardly be learnt.
# - Where an episode is cut off by a time limit, the baseline completes the return. The books have
#   no time limits; counting one as an end would teach that standing for long is worthless.
# - Adam, with a gradient that is clipped and a learning rate that falls; the papers have plain
#   gradient ascent.
# - The bonus for entropy is Williams and Peng's (1991).
