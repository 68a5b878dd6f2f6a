"""What TD3 and SAC share: an actor that chooses a row of numbers, and critics that judge it.

For a few discrete actions a network can give all their values at once, and the best action is the
largest of them. A torque is one of infinitely many. So a critic takes the action as an input and
says what it is worth, q(s, a); and because the critic can be differentiated with respect to the
action, its gradient tells the actor how to change the action so that it is worth more.

Each agent says in its own file what its target is (`next_value`) and how one step of learning goes
(`learn`). Here is what is the same for both: acting, the loss of the critics, the target critics,
measuring and saving.

B is the batch size, N the number of environments, D the numbers in one action, C the number of
critics.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn, no_grad, optim
from undergrad.rl.agents.dqn import check_finite
from undergrad.rl.continuous import ActionScale, Critics
from undergrad.rl.networks import flat_parameters
from undergrad.rl.replay import ReplayBatch
from undergrad.rl.settings import ReplaySettings
from undergrad.rl.streams import restore, saved
from undergrad.runs.settings import setting

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class OffPolicySettings(ReplaySettings):
    """What the settings of TD3 and SAC share."""

    batch_size: int = setting(64, at_least=1, doc="transitions in one gradient step")
    gradient_steps: int = setting(8, at_least=1, doc="after each step of all environments")
    tau: float = setting(0.005, above=0, at_most=1, doc="fraction by which target networks move")
    n_critics: int = setting(
        2, at_least=1, doc="critics, the smallest of which counts in the TD target"
    )


def td_target(reward: Array, next_value: Array, terminated: Array, discount: Array) -> Array:
    """r + discount * v(s') by the smallest critic, and r alone where the episode terminated: (B,).

    reward, terminated, discount: (B,).   next_value: (C, B).
    """
    smallest = next_value.min(axis=0)
    target = reward + discount * (1 - terminated) * smallest
    return np.asarray(target, dtype=next_value.dtype)


def critic_loss(q: Tensor, td_target: Array) -> Tensor:
    """The mean squared distance of q (C, B) from the TD target (B,), summed over the critics."""
    return ((q - td_target) ** 2).mean(dim=1).sum()


class OffPolicyActorCritic(ABC):
    """An actor and its critics, with an optimiser each.

    Arguments:
        actor: (B, *observation) -> what the agent makes an action of.
        critics: q(s, a) for actions from -1 to 1. They are copied once, for the targets.
        scale: of the environment's actions.
        rng: for the random numbers of learning.
        optimizer: makes an optimiser of parameters, with a learning rate `lr`.
    """

    td_error: Array | None = None  # (B,), which only prioritized replay would need

    def __init__(
        self,
        actor: nn.Module,
        critics: Critics,
        scale: ActionScale,
        settings: OffPolicySettings,
        rng: np.random.Generator,
        optimizer: Callable[..., optim.Optimizer] = optim.Adam,
    ) -> None:
        self.actor, self.critics, self.scale = actor, critics, scale
        self.settings, self.rng = settings, rng
        self.target_critics = copy.deepcopy(critics).requires_grad_(False)
        self.actor_optimizer = optimizer(actor.parameters(), lr=settings.learning_rate)
        self.critic_optimizer = optimizer(critics.parameters(), lr=settings.learning_rate)
        self.optimizers: tuple[optim.Optimizer, ...] = (self.actor_optimizer, self.critic_optimizer)
        self.updates = 0
        # All weights end to end, so that the targets follow in three NumPy calls.
        self._critics = self.critic_optimizer.flat_parameters[0]
        self._target_critics = flat_parameters(self.target_critics)

    # Acting

    @abstractmethod
    def explore(self, observation: Array, rng: np.random.Generator) -> Array:
        """Actions from -1 to 1 (N, D), with what the agent tries besides the best."""

    @abstractmethod
    def mode(self, observation: Array) -> Array:
        """The actions from -1 to 1 (N, D) that the actor thinks best."""

    def act(self, observation: Array, epsilon: float, rng: np.random.Generator) -> Array:
        """Actions (N, D) as the environments receive them, evenly random with probability epsilon.

        Each row has a draw of its own.
        """
        action = self.explore(observation, rng)
        if epsilon > 0:
            anything = rng.uniform(-1, 1, action.shape)
            action = np.where(rng.random((len(action), 1)) < epsilon, anything, action)
        return self.scale.to_env(action)

    def act_greedily(self, observation: Array) -> Array:
        """The best actions (N, D), as the environments receive them."""
        return self.scale.to_env(self.mode(observation))

    def value(self, observation: Array) -> Array:
        """The discounted return that the critics expect from here on, the smallest: (N,)."""
        q = self.q_values(observation, self.mode(observation))
        return np.asarray(q.min(axis=0) / self.settings.reward_scale)

    def q_values(self, observation: Array, action: Array) -> Array:
        """What each critic says of actions from -1 to 1, without a graph: (C, N)."""
        with no_grad():
            q: Tensor = self.critics(observation, Tensor(action))
        return q.numpy()

    # Learning

    @abstractmethod
    def learn(self, batch: ReplayBatch) -> dict[str, float]:
        """One step of learning from one batch. Returns what it found, for the log."""

    @abstractmethod
    def next_value(self, observation: Array) -> Array:
        """What is still to be earned from s' on, by each of the target critics: (C, B)."""

    def critic_loss(self, batch: ReplayBatch) -> Tensor:
        """How far q(s, a) is from the TD target."""
        action = Tensor(self.scale.from_env(batch.action))
        q: Tensor = self.critics(batch.observation, action)  # (C, B)
        return critic_loss(q, self.td_target(batch))

    def td_target(self, batch: ReplayBatch) -> Array:
        """What the critics are trained towards: (B,).

        With n rewards in a transition, r is their discounted sum and s' is n steps away.
        """
        s = self.settings
        next_value = self.next_value(batch.next_observation)
        reward, discount = batch.reward * s.reward_scale, s.gamma**batch.n
        return td_target(reward, next_value, batch.terminated, discount)

    def step(self, optimizer: optim.Optimizer, loss: Tensor) -> float:
        """One gradient step. Returns the norm of the gradient before it was clipped."""
        optimizer.zero_grad()
        loss.backward()
        parameters = optimizer.flat_parameters[0].params
        grad_norm = optim.clip_grad_norm_(parameters, self.settings.max_grad_norm)
        check_finite(loss, grad_norm)
        optimizer.step()
        return grad_norm

    # Measuring

    def stats(self, batch: ReplayBatch) -> dict[str, float]:
        """The state of the agent, measured on one batch. Nothing is learned.

        `q` is the mean value of the actor's actions by the smallest critic and `critic_gap` how far
        the largest is above it, both in units of the reward. `action_size` is how far the actions
        are from the middle of what is allowed, 1 being at a bound. `target_lag` is the root mean
        square of the difference between the weights of the critics and of the target critics.
        """
        action = self.mode(batch.observation)
        q, scale = self.q_values(batch.observation, action), self.settings.reward_scale
        return {
            "q": float(q.min(axis=0).mean()) / scale,
            "critic_gap": float((q.max(axis=0) - q.min(axis=0)).mean()) / scale,
            "action_size": float(np.abs(action).mean()),
            "target_lag": float(
                np.sqrt(np.mean((self._critics.data - self._target_critics.data) ** 2))
            ),
        }

    # Saving

    def weights(self) -> dict[str, Any]:
        """A copy of what greedy play and `value` need."""
        return {"actor": self.actor.state_dict(), "critics": self.critics.state_dict()}

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Play greedily as the agent did whose `weights` these were."""
        self.actor.load_state_dict(weights["actor"])
        self.critics.load_state_dict(weights["critics"])

    def state_dict(self) -> dict[str, Any]:
        """All networks, the state of the optimisers and of the generator, and the updates."""
        return {
            **self.weights(),
            "target_critics": self.target_critics.state_dict(),
            "actor_optimizer": self.actor_optimizer.state_dict(),
            "critic_optimizer": self.critic_optimizer.state_dict(),
            **saved(rng=self.rng),
            "updates": self.updates,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`. Raises ValueError when it is of another network or optimiser."""
        self.load_weights(state)
        self.target_critics.load_state_dict(state["target_critics"])
        self.actor_optimizer.load_state_dict(state["actor_optimizer"])
        self.critic_optimizer.load_state_dict(state["critic_optimizer"])
        restore(state, rng=self.rng)
        self.updates = int(state["updates"])
