"""A2C, advantage actor-critic: learn every few steps, and let the critic estimate the rest.

REINFORCE waits for the end of an episode, and its returns carry all the chance of everything that
happened until then. Here a rollout is short, say 16 steps of each environment, wherever episodes
begin and end inside. What comes after it is estimated: the critic says what the last state is
worth. In between, generalised advantage estimation weighs what was really earned, which is unbiased
but noisy, against what the critic says, which has little variance but is wrong at first.

Then one gradient step is taken on three things at once: make actions that were better than expected
more likely, improve the critic's estimate, and do not become certain of anything too early.

T steps of N environments make a batch of B = T N.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn, optim
from undergrad.rl import advantages
from undergrad.rl.actor_critic import ActorCritic
from undergrad.rl.agents.policy_gradient import PolicyGradient, PolicyGradientSettings
from undergrad.rl.distributions import Distribution
from undergrad.rl.rollout import Rollout
from undergrad.runs.settings import setting

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class A2CSettings(PolicyGradientSettings):
    """What decides a run of A2C, besides its seed."""

    n_steps: int = setting(16, at_least=1, doc="steps of each environment in one rollout")
    gae_lambda: float = setting(
        0.95, at_least=0, at_most=1, doc="0 trusts the critic after one step, 1 never"
    )


class A2C(PolicyGradient):
    """An agent that makes one update from each short rollout; see `rollout.collect`."""

    settings: A2CSettings

    def __init__(
        self, net: ActorCritic, optimizer: optim.Optimizer, settings: A2CSettings | None = None
    ) -> None:
        super().__init__(net, optimizer, settings or A2CSettings())

    def learn(self, rollout: Rollout, rng: np.random.Generator) -> dict[str, float]:
        """One update from a rollout. Returns what it found, for the log."""
        s, mask = self.settings, rollout.mask
        observation, action = rollout.observation[mask], rollout.action[mask]  # (B, ...)
        values = self.net.values(rollout.observation)  # (T, N)
        advantage = self._advantages(rollout, values)  # (T, N)
        returns = (advantage + values)[mask]  # (B,) what the critic should have said
        advantage = advantage[mask]  # (B,)
        if s.normalize_advantage:
            advantage = advantages.normalized(advantage)

        policy, value = self.net.policy(observation), self.net.value(observation)
        coefficients = s.vf_coef, s.ent_coef
        loss, terms = a2c_loss(policy, value, action, advantage, returns, *coefficients)
        grad_norm = self.step(loss)
        self.net.update_stats(observation)
        explained = advantages.explained_variance(values[mask], returns)
        return terms | {"explained_variance": explained, "grad_norm": grad_norm}

    def _advantages(self, rollout: Rollout, values: Array) -> Array:
        """How much better each action was than what the critic expected: (T, N)."""
        s = self.settings
        next_values = self.net.values(rollout.next_observation)
        reward = (rollout.reward * self.reward_scale).astype(values.dtype)
        ends = (rollout.terminated, rollout.truncated)
        return advantages.gae(reward, *ends, values, next_values, s.gamma, s.gae_lambda)


def a2c_loss(
    policy: Distribution,
    value: Tensor,
    action: Array,
    advantage: Array,
    returns: Array,
    vf_coef: float,
    ent_coef: float,
) -> tuple[Tensor, dict[str, float]]:
    """The common loss of actor and critic, and its terms for the log.

    policy: of B observations. value, advantage, returns: (B,). action: (B, *action). No gradient
    flows through `advantage` and `returns`, which are arrays.
    """
    policy_loss = -(policy.log_prob(action) * advantage).mean()
    value_loss = nn.functional.mse_loss(value, returns)
    entropy = policy.entropy().mean()
    loss = policy_loss + vf_coef * value_loss - ent_coef * entropy
    found = {"policy_loss": policy_loss, "value_loss": value_loss, "entropy": entropy}
    return loss, {name: term.item() for name, term in found.items()}


# How this differs from Mnih et al., "Asynchronous Methods for Deep Reinforcement Learning" (2016):
#
# - The paper's A3C has many actors, each with a copy of the network, which learn at their own pace
#   and share their weights. Here all environments wait for each other and share one forward pass.
#   That is what the authors' successors called A2C; nothing is lost but the randomness.
# - Advantages are generalised (Schulman et al. 2016). The paper's are the case gae_lambda = 1, in
#   which every reward up to the end of the rollout is counted.
# - At a time limit the critic says what was still to come; only a true end cuts it off. The paper
#   does not tell the two apart.
# - Actor and critic share no layers, and their weights start orthogonal.
# - Adam with a learning rate that falls to 0, not RMSProp with statistics shared among actors.
# - There is no recurrent network, and no frames to stack.
