"""TD3, twin delayed deep deterministic policy gradient: an actor that climbs its critic.

The actor maps an observation s to one action mu(s), a row of numbers. A critic says what an action
is worth, and the gradient of q(s, mu(s)) with respect to the weights of the actor, by the chain
rule through the action, makes the action a little better. That is the deterministic policy
gradient, and with a replay buffer and target networks it is DDPG. It has one great weakness: the
actor finds the places where the critic is wrong by chance and too high, and goes there. TD3 adds
three things against it, each of which can be switched off:

1. Twin critics (`n_critics`). The target takes the smaller of two, which is rarely the lucky one.
2. Smoothing (`target_policy_noise`). The target is the value of actions near mu(s'), not of one
   action, so that a narrow peak of the critic counts for little.
3. Delay (`policy_delay`). The actor moves once for several moves of the critics.

With n_critics 1, target_policy_noise 0 and policy_delay 1 it is plain DDPG.

One step of training, of which `loops.OffPolicy.advance` does the first three lines and `learn` the
others:

    action = mu(s) + noise, within the bounds
    store (s, action, r, s', terminated) in the replay buffer
    sample a batch of transitions
    a' = mu_target(s') + clipped noise, within the bounds
    target = r + gamma * (1 - terminated) * min over the target critics of q(s', a')
    critics: a gradient step on (q(s, action) - target)^2
    every policy_delay-th time:
        actor: a gradient step on -q(s, mu(s)), by the first critic
        target networks = (1 - tau) * target networks + tau * networks

Sources: Fujimoto, van Hoof and Meger 2018, "Addressing Function Approximation Error in Actor-Critic
Methods"; Lillicrap et al. 2016, "Continuous control with deep reinforcement learning" (DDPG).

B is the batch size, N the number of environments, D the numbers in one action.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn, optim
from undergrad.rl.agents.off_policy import OffPolicyActorCritic, OffPolicySettings
from undergrad.rl.continuous import ActionScale, Critics, constant
from undergrad.rl.networks import flat_parameters, polyak_update, predict
from undergrad.rl.replay import ReplayBatch
from undergrad.runs.settings import setting

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class TD3Settings(OffPolicySettings):
    """What decides a run of TD3, besides its seed. Actions count from -1 to 1."""

    action_noise: float = setting(
        0.1, at_least=0, doc="standard deviation of the noise in actions while it explores"
    )
    target_policy_noise: float = setting(
        0.2, at_least=0, doc="the same in the actions of the TD target; 0: no smoothing"
    )
    target_noise_clip: float = setting(0.5, at_least=0, doc="the largest such noise")
    policy_delay: int = setting(2, at_least=1, doc="gradient steps of the critics for one of mu")


def smoothed_action(action: Array, noise: Array, noise_clip: float) -> Array:
    """Actions (B, D) near those of the target actor, and within the bounds.

    action, noise: (B, D); the noise is clipped to noise_clip before it is added.
    """
    nearby = action + noise.clip(-noise_clip, noise_clip)
    return np.asarray(nearby.clip(-1, 1))


class TD3(OffPolicyActorCritic):
    """An agent with a deterministic policy.

    Arguments:
        actor: (B, *observation) -> actions (B, D) from -1 to 1. It is copied once, for the target.
        critics, scale, rng, optimizer: see `OffPolicyActorCritic`.
    """

    settings: TD3Settings

    def __init__(
        self,
        actor: nn.Module,
        critics: Critics,
        scale: ActionScale,
        settings: TD3Settings,
        rng: np.random.Generator,
        optimizer: Callable[..., optim.Optimizer] = optim.Adam,
    ) -> None:
        super().__init__(actor, critics, scale, settings, rng, optimizer)
        self.target_actor = copy.deepcopy(actor).requires_grad_(False)
        self._actor = self.actor_optimizer.flat_parameters[0]
        self._target_actor = flat_parameters(self.target_actor)

    def explore(self, observation: Array, rng: np.random.Generator) -> Array:
        action = self.mode(observation)
        noise = rng.standard_normal(action.shape, action.dtype)
        return np.asarray((action + self.settings.action_noise * noise).clip(-1, 1))

    def mode(self, observation: Array) -> Array:
        return predict(self.actor, observation)

    def learn(self, batch: ReplayBatch) -> dict[str, float]:
        """One step of the critics, and at times one of the actor and of all targets."""
        s, observation = self.settings, batch.observation
        loss = self.critic_loss(batch)
        grad_norm = self.step(self.critic_optimizer, loss)

        self.updates += 1
        if self.updates % s.policy_delay == 0:
            with constant(self._critics.params):
                q = self.critics(observation, self.actor(Tensor(observation)))  # (C, B)
                self.step(self.actor_optimizer, -q[0].mean())
            polyak_update(self._target_critics.data, self._critics.data, s.tau)
            polyak_update(self._target_actor.data, self._actor.data, s.tau)
        return {"loss": loss.item(), "grad_norm": grad_norm}

    def next_value(self, observation: Array) -> Array:
        """What the target critics say of actions near that of the target actor: (C, B)."""
        s, action = self.settings, predict(self.target_actor, observation)
        noise = s.target_policy_noise * self.rng.standard_normal(action.shape, action.dtype)
        nearby = smoothed_action(action, noise, s.target_noise_clip)
        q: Tensor = self.target_critics(observation, Tensor(nearby))
        return q.numpy()

    def state_dict(self) -> dict[str, Any]:
        """As for every `OffPolicyActorCritic`, with the target actor."""
        return super().state_dict() | {"target_actor": self.target_actor.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        super().load_state_dict(state)
        self.target_actor.load_state_dict(state["target_actor"])


# How this differs from Fujimoto et al. (2018):
#
# - Several environments may be stepped at once with one forward pass; the paper has one.
# - The networks are smaller (the paper has two layers of 256, in its appendix 400 and 300).
# - Adam with a learning rate that falls to 0, not with a constant one.
# - The norm of the gradient is clipped, and rewards can be scaled; the paper does neither.
# - A transition may span several steps, without a correction for their actions.
# - All critics share one optimiser, which for Adam is the same as one each; clipping is joint.
# - At a time limit the value of the next observation still counts, as in the paper's own program.
# - DDPG explored with noise that is correlated in time (Ornstein-Uhlenbeck); TD3 found that plain
#   normal noise does as well, and so it is here for both.
