"""PPO, proximal policy optimisation: use each rollout several times, but do not run away with it.

A2C throws a rollout away after one gradient step. To take more steps from it is tempting and
dangerous: after the first one the policy is no longer the one that acted, and nothing in the loss
says when it has gone too far. PPO says so. It looks at the ratio of the action's probability now to
its probability then. An action that was good is made more likely until the ratio is 1 + clip, one
that was bad less likely until it is 1 - clip; beyond that there is nothing to gain, the gradient is
0, and the policy stays near to where it was.

T steps of N environments make B = T N, of which every minibatch takes M.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, no_grad, optim
from undergrad.engine.ops import elementwise
from undergrad.rl import advantages
from undergrad.rl.actor_critic import ActorCritic
from undergrad.rl.agents.policy_agent import PolicyAgent
from undergrad.rl.explore import Schedule
from undergrad.rl.normalise import RewardScale
from undergrad.rl.rollout import Rollout, flat

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Lessons:
    """A rollout made ready to learn from: B steps, each with what was known of it then."""

    observation: Array  # (B, inputs)
    action: Array  # (B, *action)
    log_prob: Array  # (B,) of the action, under the policy that acted
    advantage: Array  # (B,)
    value: Array  # (B,) what the critic said
    goal: Array  # (B,) what it should have said

    def __len__(self) -> int:
        return len(self.goal)

    def __getitem__(self, rows: Array) -> "Lessons":
        return Lessons(*(column[rows] for column in vars(self).values()))


class PPO(PolicyAgent):
    """An agent that makes several passes over each rollout; see `rollout.collect`.

    Arguments, beside those of `PolicyAgent`:
        discount, decay: gamma and lambda of the advantages.
        clip: how far the ratio may go from 1 before the gradient stops.
        epochs: how many passes over a rollout.
        batch: how many steps in a minibatch.
        normalise: bring advantages to mean 0 and spread 1 within each minibatch.
        value_weight: how much the critic's error counts in the loss.
        value_clip: how far the critic may go from what it said, in one rollout; 0 for any distance.
        entropy_bonus: how much being undecided is rewarded.
        stop_kl: leave the rollout when the policy has gone further than this from the one that
            acted, as estimated from a minibatch; 0 never does.
        rewards: measures the size of rewards on the way, in place of `reward_scale`.
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
        clip: float = 0.2,
        epochs: int = 10,
        batch: int = 64,
        normalise: bool = True,
        value_weight: float = 0.5,
        value_clip: float = 0.0,
        entropy_bonus: float = 0.0,
        stop_kl: float = 0.0,
        rewards: RewardScale | None = None,
    ) -> None:
        super().__init__(
            net,
            optimizer,
            learning_rate=learning_rate,
            reward_scale=reward_scale,
            clip_norm=clip_norm,
        )
        self.discount, self.decay, self.clip = discount, decay, clip
        self.epochs, self.batch, self.normalise = epochs, batch, normalise
        self.value_weight, self.value_clip = value_weight, value_clip
        self.entropy_bonus, self.stop_kl = entropy_bonus, stop_kl
        self.rewards = rewards

    def learn(self, rollout: Rollout, rng: np.random.Generator) -> dict[str, float]:
        """Several updates from one rollout. Returns what happened on average, for the log."""
        lessons = self.lessons(rollout)
        found = []
        for rows in self._minibatches(len(lessons), rng):
            found.append(self._update(lessons[rows]))
            if self.stop_kl and found[-1]["kl"] > self.stop_kl:
                break
        self.net.look(lessons.observation)
        means = {name: float(np.mean([one[name] for one in found])) for name in found[0]}
        explained = advantages.explained_variance(lessons.value, lessons.goal)
        return means | {"explained": explained, "updates": float(len(found))}

    def lessons(self, rollout: Rollout) -> Lessons:
        """What there is to learn from a rollout, all of it seen with the networks as they are."""
        if self.rewards is not None:
            self.rewards.add(rollout.reward, rollout.ended)
            self.reward_scale = 1 / self.rewards.size
        value = self.net.estimate(rollout.observation)  # (T, N)
        next_value = self.net.estimate(rollout.next_observation)
        reward = (rollout.reward * self.reward_scale).astype(value.dtype)
        ends = (rollout.terminated, rollout.truncated)
        advantage = advantages.gae(reward, *ends, value, next_value, self.discount, self.decay)

        observation, action = flat(rollout.observation), flat(rollout.action)
        with no_grad():
            log_prob = self.net.policy(observation).log_prob(action).numpy()
        columns = (flat(advantage), flat(value), flat(advantage + value))
        return Lessons(observation, action, log_prob, *columns)

    def _minibatches(self, count: int, rng: np.random.Generator) -> Iterator[Array]:
        """Every step once in each epoch, each time in another order: (M,) at a time."""
        for _ in range(self.epochs):
            order = rng.permutation(count)
            yield from (order[start : start + self.batch] for start in range(0, count, self.batch))

    def _update(self, then: Lessons) -> dict[str, float]:
        """One gradient step from a minibatch."""
        policy = self.net.policy(then.observation)
        log_ratio = policy.log_prob(then.action) - then.log_prob  # (M,) now against then
        ratio = log_ratio.exp()
        better = advantages.normalised(then.advantage) if self.normalise else then.advantage
        policy_loss = -clipped_gain(ratio, better, self.clip).mean()
        value_loss = self._value_loss(then)
        entropy = policy.entropy().mean()
        loss = policy_loss + self.value_weight * value_loss - self.entropy_bonus * entropy
        length = self.descend(loss)
        return {
            "policy_loss": policy_loss.item(),
            "value_loss": value_loss.item(),
            "entropy": entropy.item(),
            "kl": float(np.mean(ratio.numpy() - 1 - log_ratio.numpy())),
            "clipped": float(np.mean(np.abs(ratio.numpy() - 1) > self.clip)),
            "gradient": length,
        }

    def _value_loss(self, then: Lessons) -> Tensor:
        """The critic's mean squared error; with `value_clip`, of the worse of two answers."""
        value = self.net.value(then.observation)
        error = (value - then.goal) ** 2
        if self.value_clip:
            near = then.value + (value - then.value).clip(-self.value_clip, self.value_clip)
            error = elementwise.maximum(error, (near - then.goal) ** 2)
        return error.mean()

    def state_dict(self) -> dict[str, Any]:
        """As for every `PolicyAgent`, and what was measured of the rewards."""
        measured = {} if self.rewards is None else {"rewards": self.rewards.state_dict()}
        return super().state_dict() | {"reward_scale": self.reward_scale} | measured

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.reward_scale = float(state["reward_scale"])
        if self.rewards is not None:
            self.rewards.load_state_dict(state["rewards"])


def clipped_gain(ratio: Tensor, advantage: Array, clip: float) -> Tensor:
    """min(ratio A, clip(ratio, 1 - clip, 1 + clip) A), (M,): what there is to gain.

    The minimum never hides a loss: an action that was bad and has become more likely still counts
    in full. Source: Schulman et al. 2017, equation 7.
    """
    near = ratio.clip(1 - clip, 1 + clip)
    return elementwise.minimum(ratio * advantage, near * advantage)


# How this differs from Schulman et al., "Proximal Policy Optimization Algorithms" (2017), of which
# Huang et al., "The 37 Implementation Details of Proximal Policy Optimization" (2022), list what
# the authors' own program does without saying so:
#
# - As in that program, advantages are normalised in each minibatch, weights start orthogonal with
#   a small last layer, Adam has eps 1e-5, gradients are clipped and the learning rate falls to 0.
# - Unlike that program, the critic is not clipped unless asked to: it was found to hurt more often
#   than to help (Andrychowicz et al. 2021). And actor and critic share no layers.
# - At a time limit the critic says what was still to come, from the last thing seen in the episode.
#   The paper's program counts a time limit as an end.
# - Advantages and old log-probabilities are computed once for each rollout, with the networks as
#   they were when it began to learn from it.
# - It may leave a rollout early when the policy has moved too far, as in Spinning Up. The estimate
#   of that distance, the mean of ratio - 1 - log ratio, is never negative (Schulman 2020).
# - Actions that are numbers are drawn without bounds, and the environment is told the nearest one
#   that it allows. The probability is that of the number drawn: the network cannot learn from what
#   the bound took away. The spread is one trained number for each part of the action.
# - Sizes measured on the way stand still during a rollout; the authors' program moves them with
#   every step, so that an action is judged by a policy that no longer sees what it saw.
# - The penalty on the KL divergence, the paper's other variant, is left out.
