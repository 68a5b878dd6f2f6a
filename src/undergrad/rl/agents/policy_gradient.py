"""What all policy-gradient agents share: they sample their actions, and step along the gradient."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, optim
from undergrad.rl.actor_critic import ACTIVATIONS, ActorCritic
from undergrad.rl.agents.dqn import check_finite
from undergrad.rl.rollout import Rollout
from undergrad.rl.settings import NetworkSettings
from undergrad.runs.settings import setting

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class PolicyGradientSettings(NetworkSettings):
    """What the settings of REINFORCE, A2C and PPO share."""

    activation: str = setting(
        "tanh", choices=tuple(ACTIVATIONS), doc="the activation function between the layers"
    )
    max_grad_norm: float = setting(0.5, above=0, doc="a longer gradient is shortened to this")
    vf_coef: float = setting(
        0.5, at_least=0, doc="weight of the value function's error in the loss"
    )
    ent_coef: float = setting(0.0, at_least=0, doc="weight of the policy's entropy in the loss")
    normalize_advantage: bool = setting(
        True, doc="bring advantages to mean 0 and standard deviation 1"
    )


class PolicyGradient(ABC):
    """A policy and a critic with their optimiser. What to learn from is for each agent to say.

    Arguments:
        net: trained in place.
        optimizer: for the parameters of `net`.
    """

    def __init__(
        self, net: ActorCritic, optimizer: optim.Optimizer, settings: PolicyGradientSettings
    ) -> None:
        self.net, self.optimizer, self.settings = net, optimizer, settings
        self.reward_scale = settings.reward_scale
        self.updates = 0
        self._parameters = list(net.parameters())  # found once: a walk costs as much as a forward

    @abstractmethod
    def learn(self, rollout: Rollout, rng: np.random.Generator) -> dict[str, float]:
        """Learn from one rollout. Returns what was found, for the log."""

    def act(self, observation: Array, rng: np.random.Generator) -> Array:
        """What the policy samples (N, *action) for observations (N, *observation)."""
        return self.net.sample(observation, rng)

    def env_action(self, action: Array) -> Array:
        """What the environments receive, given what the policy sampled."""
        return self.net.env_action(action)

    def act_greedily(self, observation: Array) -> Array:
        """The most likely actions, as the environments receive them: (N, *action)."""
        return self.net.mode(observation)

    def value(self, observation: Array) -> Array | None:
        """The discounted return that the agent expects from here on: (N,)."""
        return np.asarray(self.net.values(observation[None])[0] / self.reward_scale)

    def step(self, loss: Tensor) -> float:
        """One gradient step. Returns the norm of the gradient before it was clipped."""
        self.optimizer.zero_grad()
        loss.backward()
        grad_norm = optim.clip_grad_norm_(self._parameters, self.settings.max_grad_norm)
        check_finite(loss, grad_norm)
        self.optimizer.step()
        self.updates += 1
        return grad_norm

    def weights(self) -> dict[str, Any]:
        """A copy of what greedy play and `value` need."""
        return {"net": self.net.state_dict(), "reward_scale": self.reward_scale}

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Play greedily as the agent did whose `weights` these were."""
        self.net.load_state_dict(weights["net"])
        self.reward_scale = float(weights["reward_scale"])

    def state_dict(self) -> dict[str, Any]:
        """The networks, the state of the optimiser, and the number of updates."""
        return {
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "updates": self.updates,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume from `state`. Raises ValueError when it is of another network or optimiser."""
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.updates = int(state["updates"])
