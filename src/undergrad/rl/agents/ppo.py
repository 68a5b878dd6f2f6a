"""PPO, proximal policy optimisation: use each rollout several times, but do not run away with it.

A2C throws a rollout away after one gradient step. To take more steps from it is tempting and
dangerous: after the first one the policy is no longer the one that acted, and nothing in the loss
says when it has gone too far. PPO says so. It looks at the ratio of the action's probability now to
its probability then. An action that was good is made more likely until the ratio is 1 + clip_range,
one that was bad less likely until it is 1 - clip_range; beyond that there is nothing to gain, the
gradient is 0, and the policy stays near to where it was.

The network is `ActorCritic`: two networks of the same shape, which share no layers.

    actor    observation -> Linear, Tanh, ... -> logits, or means with a trained log_std
    critic   observation -> Linear, Tanh, ... -> v(s)

Rewards are multiplied by `reward_scale`, fixed or measured on the way (`NormalizeReward`).

T steps of N environments make B = T N, of which every minibatch takes M.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, no_grad, optim
from undergrad.engine.ops import elementwise
from undergrad.rl import advantages
from undergrad.rl.actor_critic import ActorCritic
from undergrad.rl.agents.policy_gradient import PolicyGradient, PolicyGradientSettings
from undergrad.rl.normalize import NormalizeReward
from undergrad.rl.rollout import Rollout
from undergrad.runs.settings import setting

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class PPOSettings(PolicyGradientSettings):
    """What decides a run of PPO, besides its seed."""

    reward_scale: float = setting(
        1.0, at_least=0, doc="rewards are multiplied by it; 0: by a scale measured on the way"
    )
    n_steps: int = setting(32, at_least=1, doc="steps of each environment in one rollout")
    n_epochs: int = setting(10, at_least=1, doc="passes over each rollout")
    batch_size: int = setting(256, at_least=1, doc="steps in one minibatch")
    gae_lambda: float = setting(
        0.95, at_least=0, at_most=1, doc="0 trusts the critic after one step, 1 never"
    )
    clip_range: float = setting(
        0.2, above=0, doc="how far the ratio may go from 1 before the gradient stops"
    )
    clip_range_vf: float = setting(
        0.0, at_least=0, doc="how far the critic may move in one rollout; 0: any distance"
    )
    target_kl: float = setting(
        0.0, at_least=0, doc="stop learning from a rollout beyond this KL divergence; 0: never"
    )


@dataclass(frozen=True)
class Minibatch:
    """Steps of a rollout, each with what was known of it when it was taken. M steps, or all B."""

    observation: Array  # (M, inputs)
    action: Array  # (M, *action)
    log_prob: Array  # (M,) of the action, under the policy that acted
    advantage: Array  # (M,)
    value: Array  # (M,) what the critic said
    returns: Array  # (M,) what it should have said

    def __len__(self) -> int:
        return len(self.returns)

    def __getitem__(self, rows: Array) -> "Minibatch":
        return Minibatch(*(column[rows] for column in vars(self).values()))


class PPO(PolicyGradient):
    """An agent that makes several passes over each rollout; see `rollout.collect`.

    Arguments:
        normalize_reward: measures the scale of rewards on the way, in place of `reward_scale`.
    """

    settings: PPOSettings

    def __init__(
        self,
        net: ActorCritic,
        optimizer: optim.Optimizer,
        settings: PPOSettings | None = None,
        normalize_reward: NormalizeReward | None = None,
    ) -> None:
        super().__init__(net, optimizer, settings or PPOSettings())
        self.normalize_reward = normalize_reward
        self.reward_scale = self.settings.reward_scale or 1.0

    def learn(self, rollout: Rollout, rng: np.random.Generator) -> dict[str, float]:
        """Several updates from one rollout. Returns what they found on average, for the log."""
        s, batch, infos = self.settings, self.prepare(rollout), list[dict[str, float]]()
        for rows in minibatches(len(batch), s.n_epochs, s.batch_size, rng):
            infos.append(self._update(batch[rows]))
            if s.target_kl and infos[-1]["approx_kl"] > s.target_kl:
                break
        self.net.update_stats(batch.observation)
        means = {name: float(np.mean([info[name] for info in infos])) for name in infos[0]}
        explained = advantages.explained_variance(batch.value, batch.returns)
        return means | {"explained_variance": explained, "updates": float(len(infos))}

    def prepare(self, rollout: Rollout) -> Minibatch:
        """All steps of a rollout that count, seen with the networks as they are now."""
        s, mask = self.settings, rollout.mask
        if self.normalize_reward is not None:
            self.normalize_reward.update(rollout.reward, rollout.ended)
            self.reward_scale = self.normalize_reward.scale
        values = self.net.values(rollout.observation)  # (T, N)
        next_values = self.net.values(rollout.next_observation)
        reward = (rollout.reward * self.reward_scale).astype(values.dtype)
        ends = (rollout.terminated, rollout.truncated)
        advantage = advantages.gae(reward, *ends, values, next_values, s.gamma, s.gae_lambda)
        returns = advantage + values

        observation, action = rollout.observation[mask], rollout.action[mask]  # (B, ...)
        with no_grad():
            log_prob = self.net.policy(observation).log_prob(action).numpy()
        return Minibatch(
            observation, action, log_prob, advantage[mask], values[mask], returns[mask]
        )

    def _update(self, batch: Minibatch) -> dict[str, float]:
        """One gradient step from a minibatch."""
        s, advantage = self.settings, batch.advantage
        if s.normalize_advantage:
            advantage = advantages.normalized(advantage)
        policy = self.net.policy(batch.observation)
        log_ratio = policy.log_prob(batch.action) - batch.log_prob  # (M,) now against then
        ratio = log_ratio.exp()

        policy_loss = -clipped_surrogate(ratio, advantage, s.clip_range).mean()
        value_loss = self._value_loss(batch)
        entropy = policy.entropy().mean()
        loss = policy_loss + s.vf_coef * value_loss - s.ent_coef * entropy
        grad_norm = self.step(loss)
        return {
            "policy_loss": policy_loss.item(),
            "value_loss": value_loss.item(),
            "entropy": entropy.item(),
            "approx_kl": approx_kl(log_ratio.numpy()),
            "clip_fraction": float(np.mean(np.abs(ratio.numpy() - 1) > s.clip_range)),
            "grad_norm": grad_norm,
        }

    def _value_loss(self, batch: Minibatch) -> Tensor:
        """The critic's mean squared error; with `clip_range_vf`, the larger of two errors."""
        value, clip = self.net.value(batch.observation), self.settings.clip_range_vf
        error = (value - batch.returns) ** 2
        if clip:
            clipped = batch.value + (value - batch.value).clip(-clip, clip)
            error = elementwise.maximum(error, (clipped - batch.returns) ** 2)
        return error.mean()

    def state_dict(self) -> dict[str, Any]:
        """As for every `PolicyGradient`, with what was measured of the rewards."""
        stats = self.normalize_reward
        measured = {} if stats is None else {"normalize_reward": stats.state_dict()}
        return super().state_dict() | {"reward_scale": self.reward_scale} | measured

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.reward_scale = float(state["reward_scale"])
        if self.normalize_reward is not None:
            self.normalize_reward.load_state_dict(state["normalize_reward"])


def minibatches(
    count: int, n_epochs: int, batch_size: int, rng: np.random.Generator
) -> Iterable[Array]:
    """Every step once in each epoch, each time in another order: (M,) indices at a time."""
    for _ in range(n_epochs):
        order = rng.permutation(count)
        yield from (order[start : start + batch_size] for start in range(0, count, batch_size))


def approx_kl(log_ratio: Array) -> float:
    """How far the policy is from the one that acted, in nats: the mean of ratio - 1 - log ratio.

    Never negative, and right on average. Source: Schulman 2020, "Approximating KL divergence".
    """
    return float(np.mean(np.exp(log_ratio) - 1 - log_ratio))


def clipped_surrogate(ratio: Tensor, advantage: Array, clip_range: float) -> Tensor:
    """min(ratio A, clip(ratio, 1 - clip_range, 1 + clip_range) A), (M,): what there is to gain.

    The minimum never hides a loss: an action that was bad and has become more likely still counts
    in full. Source: Schulman et al. 2017, equation 7.
    """
    clipped = ratio.clip(1 - clip_range, 1 + clip_range)
    return elementwise.minimum(ratio * advantage, clipped * advantage)


# How this differs from Schulman et al., "Proximal Policy Optimization Algorithms" (2017), of which
# Huang et al., "The 37 Implementation Details of Proximal Policy Optimization" (2022), list what
# the authors' own program does without saying so:
#
# - As in that program, advantages are normalised in each minibatch, weights start orthogonal with
#   a small last layer, Adam has eps 1e-5, gradients are clipped and the learning rate falls to 0.
# - Unlike that program, the critic is not clipped by default: it was found to hurt more often than
#   to help (Andrychowicz et al. 2021). And actor and critic share no layers.
# - At a time limit the critic says what was still to come, from the last observation of the
#   episode. The paper's program counts a time limit as an end.
# - Advantages and old log-probabilities are computed once for each rollout, with the networks as
#   they were when it began to learn from it.
# - It may leave a rollout early when the policy has moved too far, as in Spinning Up. The estimate
#   of that distance, the mean of ratio - 1 - log ratio, is never negative (Schulman 2020).
# - Continuous actions are sampled without bounds, and the environment receives the nearest one that
#   it allows. The probability is that of the number sampled: the network cannot learn from what the
#   bound took away. The standard deviation is one trained number for each part of the action.
# - Statistics measured on the way stand still during a rollout; the authors' program moves them
#   with every step, so that an action is judged by a policy that no longer sees what it saw.
# - The penalty on the KL divergence, the paper's other variant, is left out.
