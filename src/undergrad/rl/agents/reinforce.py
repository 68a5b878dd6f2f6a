"""REINFORCE: what went well is made more likely, what went badly less.

Play whole episodes. For each action, look at everything that was earned from there on. Then change
the network so that the actions that were followed by much become more likely. That is all: no
replay, no target network. On average over many episodes, the sum over all time steps of

    (gradient of log pi(a|s)) * (return from there on)

is exactly the gradient of the expected return, so this climbs the very thing that counts. But it is
noisy, since a return depends on everything that happened by chance. A baseline reduces the noise: a
second network learns what is usually earned from a state, and an action counts as good when it was
followed by more than that. The baseline does not depend on the action, so what it takes away is
noise and not direction.

B is the number of steps of a rollout that count, T and N are its steps and environments.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import nn, optim
from undergrad.rl import advantages
from undergrad.rl.actor_critic import ActorCritic
from undergrad.rl.agents.policy_gradient import PolicyGradient, PolicyGradientSettings
from undergrad.rl.rollout import Rollout
from undergrad.runs.settings import setting

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class ReinforceSettings(PolicyGradientSettings):
    """What decides a run of REINFORCE, besides its seed."""

    baseline: bool = setting(True, doc="subtract what is usually earned from a state")
    reset_at_reward: bool = setting(
        False, doc="a reward other than 0, such as a point, ends the sum of what is earned"
    )


class Reinforce(PolicyGradient):
    """An agent that learns from whole episodes; see `rollout.collect_episodes`."""

    settings: ReinforceSettings

    def __init__(
        self,
        net: ActorCritic,
        optimizer: optim.Optimizer,
        settings: ReinforceSettings | None = None,
    ) -> None:
        super().__init__(net, optimizer, settings or ReinforceSettings())

    def learn(self, rollout: Rollout, rng: np.random.Generator) -> dict[str, float]:
        """One update from whole episodes. Returns what it found, for the log."""
        s, mask = self.settings, rollout.mask
        observation, action = rollout.observation[mask], rollout.action[mask]  # (B, ...)
        returns = self._returns(rollout)[mask]  # (B,)

        value = self.net.value(observation) if s.baseline else None  # (B,)
        advantage = returns if value is None else returns - value.numpy()
        if s.normalize_advantage:
            advantage = advantages.normalized(advantage)

        policy = self.net.policy(observation)
        policy_loss = -(policy.log_prob(action) * advantage).mean()
        entropy = policy.entropy().mean()
        loss = policy_loss - s.ent_coef * entropy
        found = {"policy_loss": policy_loss.item(), "entropy": entropy.item()}
        if value is not None:
            value_loss = nn.functional.mse_loss(value, returns)
            loss = loss + s.vf_coef * value_loss
            explained = advantages.explained_variance(value.numpy(), returns)
            found |= {"value_loss": value_loss.item(), "explained_variance": explained}
        grad_norm = self.step(loss)
        self.net.update_stats(observation)
        return found | {"grad_norm": grad_norm}

    def value(self, observation: Array) -> Array | None:
        """The discounted return that the baseline expects: (N,). None without one."""
        return super().value(observation) if self.settings.baseline else None

    def _returns(self, rollout: Rollout) -> Array:
        """What was earned from each step on: (T, N).

        Only where the time ran out, and the episode would have gone on, the baseline says what was
        still to come.
        """
        s = self.settings
        next_values = np.zeros(rollout.reward.shape, np.float32)
        if s.baseline:
            next_values = self.net.values(rollout.next_observation)
        reward = (rollout.reward * self.reward_scale).astype(next_values.dtype)
        returns = returns_to_points if s.reset_at_reward else advantages.returns
        return returns(reward, rollout.terminated, rollout.truncated, next_values, s.gamma)


def returns_to_points(
    reward: Array, terminated: Array, truncated: Array, next_value: Array, gamma: float
) -> Array:
    """As `advantages.returns`, but a reward other than 0, such as a point, ends the sum: (T, N)."""
    return advantages.returns(reward, terminated | (reward != 0), truncated, next_value, gamma)


# How this differs from Williams, "Simple Statistical Gradient-Following Algorithms for
# Connectionist Reinforcement Learning" (1992), and from Sutton and Barto, section 13.4:
#
# - One update is made from one episode of each of N environments, not from a single episode.
# - Advantages are brought to mean 0 and standard deviation 1. So the size of a step does not depend
#   on how much can be earned, but the direction is no longer exactly the gradient.
# - The loss is a mean over steps, and a late step counts as much as an early one. For discounted
#   returns the theory has a factor gamma^t, with which late steps would hardly be learned.
# - Where an episode is cut off by a time limit, the baseline completes the return. The books have
#   no time limits; counting one as an end would teach that standing for long is worthless.
# - Adam, with a gradient that is clipped and a learning rate that falls; the papers have plain
#   gradient ascent.
# - `reset_at_reward` and the mean of the returns as a baseline (`baseline: false` and
#   `normalize_advantage: true`) are Karpathy's, "Deep Reinforcement Learning: Pong from Pixels"
#   (2016). His network has ReLU in place of tanh, and RMSProp in place of Adam.
# - The bonus for entropy is Williams and Peng's (1991).
