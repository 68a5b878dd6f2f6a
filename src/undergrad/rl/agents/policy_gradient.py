"""What all policy-gradient agents share: they act by chance, and step downhill with care."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, optim
from undergrad.rl.actor_critic import ActorCritic
from undergrad.rl.agents.descent import descend
from undergrad.rl.explore import Schedule
from undergrad.rl.rollout import Rollout

Array: TypeAlias = npt.NDArray[Any]


class PolicyAgent(ABC):
    """A policy and a critic with their optimiser. What to learn from is for each agent to say.

    Arguments:
        net: trained in place.
        optimizer: for the parameters of `net`.
        learning_rate: as a function of `steps`; without it the optimiser's own stays.
        reward_scale: rewards are multiplied by it before anything is learnt. With 1 - discount the
            values of rewards in [0, 1] lie in [0, 1], which is where a fresh critic starts.
        clip_norm: a longer gradient is shortened to this.
    """

    def __init__(
        self,
        net: ActorCritic,
        optimizer: optim.Optimizer,
        *,
        learning_rate: Schedule | None = None,
        reward_scale: float = 1.0,
        clip_norm: float = 0.5,
    ) -> None:
        self.net, self.optimizer, self.learning_rate = net, optimizer, learning_rate
        self.reward_scale, self.clip_norm = reward_scale, clip_norm
        self._parameters = list(net.parameters())  # found once: a walk costs as much as a forward
        self.steps = 0  # steps in the environments; the schedule follows it
        self.updates = 0

    @abstractmethod
    def learn(self, rollout: Rollout, rng: np.random.Generator) -> dict[str, float]:
        """Learn from what was just lived through. Returns what happened, for the log."""

    def act(self, observation: Array, rng: np.random.Generator) -> Array:
        """What the policy draws (N, *action) for observations (N, inputs)."""
        return self.net.draw(observation, rng)

    def in_world(self, action: Array) -> Array:
        """What the environments are told, given what the policy drew."""
        return self.net.in_world(action)

    def act_greedily(self, observation: Array) -> Array:
        """The most likely actions, as the environments want them: (N, *action)."""
        return self.net.best(observation)

    def value(self, observation: Array) -> Array:
        """What the agent expects to earn from here on, discounted: (N,)."""
        return self.net.estimate(observation) / self.reward_scale

    def descend(self, loss: Tensor) -> float:
        """One step of the optimiser. Returns the gradient's length before it was clipped."""
        length = descend(
            loss,
            self.optimizer,
            self._parameters,
            clip_norm=self.clip_norm,
            learning_rate=self.learning_rate and self.learning_rate(self.steps),
        )
        self.updates += 1
        return length

    def weights(self) -> dict[str, Any]:
        """A copy of what greedy play and `value` need."""
        return {"net": self.net.state_dict(), "reward_scale": self.reward_scale}

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Play greedily as the agent did whose `weights` these were."""
        self.net.load_state_dict(weights["net"])
        self.reward_scale = float(weights["reward_scale"])

    def state_dict(self) -> dict[str, Any]:
        """The networks, the optimiser's memory, and the counters."""
        return {
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "steps": self.steps,
            "updates": self.updates,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`. Raises ValueError when it is of another network or optimiser."""
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.steps, self.updates = int(state["steps"]), int(state["updates"])
