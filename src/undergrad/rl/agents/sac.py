"""SAC, soft actor-critic: earn as much as possible while acting as randomly as possible.

TD3 learns one best action and adds noise to it from outside. SAC learns a whole distribution of
actions, and its entropy, which says how undecided the policy is, is part of what it earns: it
maximises the sum of r + alpha * entropy. So it explores by itself, keeps several good ways open for
as long as they are equally good, and becomes certain only where certainty pays. The coefficient
alpha (`ent_coef`) is tuned on the way, so that the entropy comes to a target.

One step of training, of which `loops.OffPolicy.advance` does the first three lines and `learn` the
others:

    action sampled from pi(. | s)
    store (s, action, r, s', terminated) in the replay buffer
    sample a batch of transitions
    a' sampled from pi(. | s')
    v = min over the target critics of q(s', a') - alpha * log pi(a' | s')
    target = r + gamma * (1 - terminated) * v
    critics: a gradient step on (q(s, action) - target)^2
    actor: sample a from pi(. | s), a gradient step on alpha * log pi(a | s) - min q(s, a)
    alpha: a gradient step, upwards while the entropy is below its target
    target critics = (1 - tau) * target critics + tau * critics

The policy is `distributions.SquashedNormal`: the gradient of the actor's loss flows through the
sampled action into the mean and the standard deviation that it was made from.

Sources: Haarnoja et al. 2018, "Soft Actor-Critic: Off-Policy Maximum Entropy Deep Reinforcement
Learning with a Stochastic Actor"; for the tuning of alpha and the twin critics Haarnoja et al.
2018, "Soft Actor-Critic Algorithms and Applications".

B is the batch size, N the number of environments, D the numbers in one action.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.rl.agents.off_policy import OffPolicyActorCritic, OffPolicySettings
from undergrad.rl.continuous import ActionScale, Critics, constant
from undergrad.rl.distributions import SquashedNormal
from undergrad.rl.networks import polyak_update
from undergrad.rl.replay import ReplayBatch
from undergrad.runs.settings import setting

Array: TypeAlias = npt.NDArray[Any]

# Bounds of log_std: beyond them a policy is certain, or evenly random and stuck at the bounds.
_LOG_STD_MIN, _LOG_STD_MAX = -20.0, 2.0


@dataclass(frozen=True)
class SACSettings(OffPolicySettings):
    """What decides a run of SAC, besides its seed. Actions count from -1 to 1."""

    ent_coef: float = setting(
        1.0, above=0, doc="weight of the entropy, alpha; where autotune is on, at the start"
    )
    autotune: bool = setting(True, doc="tune ent_coef until the entropy is at its target")
    target_entropy: float = setting(
        -1.0, doc="nats for each number of an action; evenly random is 0.69"
    )


def sac_actor_loss(log_prob: Tensor, q: Tensor, ent_coef: float) -> Tensor:
    """The loss of the actor: the mean of alpha log pi(a | s) - q(s, a) by the smallest critic.

    log_prob: (B,), of sampled actions.   q: (C, B), of the same.
    """
    return (ent_coef * log_prob - q.amin(dim=0)).mean()


def alpha_loss(log_ent_coef: Tensor, log_prob: Tensor, target_entropy: float) -> Tensor:
    """log alpha times the surplus, the entropy less its target.

    Its derivative is the surplus: too much entropy, and alpha falls.   log_prob: (B,), constant.
    """
    entropy = -float(log_prob.numpy().mean())
    return log_ent_coef * (entropy - target_entropy)


class SAC(OffPolicyActorCritic):
    """An agent with a stochastic policy whose entropy counts.

    Arguments:
        actor: (B, *observation) -> (B, 2 D): the mean and the log_std before the tanh.
        critics, scale, rng, optimizer: see `OffPolicyActorCritic`.
    """

    settings: SACSettings

    def __init__(
        self,
        actor: nn.Module,
        critics: Critics,
        scale: ActionScale,
        settings: SACSettings,
        rng: np.random.Generator,
        optimizer: Callable[..., optim.Optimizer] = optim.Adam,
    ) -> None:
        super().__init__(actor, critics, scale, settings, rng, optimizer)
        log_ent_coef = np.float32(math.log(settings.ent_coef))
        self.log_ent_coef = Tensor(log_ent_coef, requires_grad=True)
        self.ent_coef_optimizer = optimizer([self.log_ent_coef], lr=settings.learning_rate)
        self.optimizers += (self.ent_coef_optimizer,)
        self.target_entropy = settings.target_entropy * scale.size

    @property
    def ent_coef(self) -> float:
        """alpha. Its logarithm is learned, so it stays positive."""
        return math.exp(self.log_ent_coef.item())

    def policy(self, observation: Array) -> SquashedNormal:
        """The distribution over actions, for observations (B, *observation)."""
        out: Tensor = self.actor(Tensor(observation))
        mean, log_std = out[:, : self.scale.size], out[:, self.scale.size :]
        return SquashedNormal(mean, log_std.clip(_LOG_STD_MIN, _LOG_STD_MAX))

    def explore(self, observation: Array, rng: np.random.Generator) -> Array:
        with no_grad():
            return self.policy(observation).sample(rng)

    def mode(self, observation: Array) -> Array:
        with no_grad():
            return self.policy(observation).mode()

    def learn(self, batch: ReplayBatch) -> dict[str, float]:
        """One step of the critics, of the actor, of alpha, and of the target critics."""
        s, ent_coef = self.settings, self.ent_coef
        critic_loss = self.critic_loss(batch)
        grad_norm = self.step(self.critic_optimizer, critic_loss)

        with constant(self._critics.params):
            action, log_prob = self.policy(batch.observation).rsample(self.rng)
            q = self.critics(batch.observation, action)  # (C, B)
            actor_loss = sac_actor_loss(log_prob, q, ent_coef)
            self.step(self.actor_optimizer, actor_loss)

        log_prob = log_prob.detach()
        if s.autotune:
            loss = alpha_loss(self.log_ent_coef, log_prob, self.target_entropy)
            self.step(self.ent_coef_optimizer, loss)

        self.updates += 1
        polyak_update(self._target_critics.data, self._critics.data, s.tau)
        return {
            "loss": critic_loss.item(),
            "actor_loss": actor_loss.item(),
            "entropy": -float(log_prob.numpy().mean()),
            "ent_coef": ent_coef,
            "grad_norm": grad_norm,
        }

    def next_value(self, observation: Array) -> Array:
        """The soft value of s': what each target critic says, and the entropy: (C, B)."""
        with no_grad():
            action, log_prob = self.policy(observation).rsample(self.rng)
            q: Tensor = self.target_critics(observation, action)
        return np.asarray(q.numpy() - self.ent_coef * log_prob.numpy())

    def state_dict(self) -> dict[str, Any]:
        """As for every `OffPolicyActorCritic`, with alpha and its optimiser."""
        return super().state_dict() | {
            "log_ent_coef": self.log_ent_coef.numpy().copy(),
            "ent_coef_optimizer": self.ent_coef_optimizer.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.log_ent_coef.data[...] = state["log_ent_coef"]
        self.ent_coef_optimizer.load_state_dict(state["ent_coef_optimizer"])


# How this differs from Haarnoja et al. (2018):
#
# - Several environments may be stepped at once with one forward pass; the paper has one.
# - The networks are smaller (the paper has two layers of 256).
# - Adam with a learning rate that falls to 0, not with a constant one.
# - The norm of the gradient is clipped; the paper does not clip it. Rewards can be scaled, as in
#   the first of the two papers; with alpha tuned, that mostly sets the size of the values.
# - A transition may span several steps; the entropy of those in between does not count then.
# - The target entropy is -1 for each number of an action that lies between -1 and 1, whatever the
#   bounds of the environment are.
# - Greedy play takes the tanh of the mean, as the authors' evaluations do.
# - At a time limit the value of the next observation still counts; only a true end cuts it off.
# - The first of the two papers also has a network for v(s), which the second one drops.
