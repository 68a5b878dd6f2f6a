"""Two networks that look at the same observation: one acts, one says how much it will be worth.

The actor's numbers become a probability distribution over actions, see `policies`. The critic's one
number v(s) is the return to expect from here on, and tells a good outcome from a usual one. They
share no layers, so neither can spoil what the other has learnt.

B is the batch, A the number of actions, D the numbers in an action that is not counted.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import gymnasium
import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn, no_grad
from undergrad.errors import UsageError
from undergrad.rl.normalise import Standardise
from undergrad.rl.policies import Categorical, Distribution, Gaussian

Array: TypeAlias = npt.NDArray[Any]


class ActorCritic(nn.Module):
    """An actor and a critic for one environment.

    Arguments:
        space: the actions of the environment: Discrete, or a Box with one axis and bounds.
        first: a layer through which both look at the observation, (B, inputs) -> (B, inputs).
        inputs: how many numbers an observation has.
        hidden: the width of each hidden layer, in both networks.
        rng: draws the weights.
    """

    def __init__(
        self,
        space: gymnasium.Space[Any],
        first: nn.Module,
        inputs: int,
        hidden: Sequence[int],
        rng: np.random.Generator,
    ) -> None:
        outputs, self._bounds = _outputs(space)
        self.first = first
        self.actor = tanh_net([inputs, *hidden, outputs], 0.01, rng)
        self.critic = tanh_net([inputs, *hidden, 1], 1.0, rng)
        if self._bounds is not None:
            self.log_std = Tensor(np.zeros(outputs, np.float32), requires_grad=True)

    def policy(self, observation: Array) -> Distribution:
        """How likely each action is, for observations (B, inputs)."""
        numbers = self.actor(self.first(Tensor(observation)))
        return Categorical(numbers) if self._bounds is None else Gaussian(numbers, self.log_std)

    def value(self, observation: Array) -> Tensor:
        """The return to expect from here on: (B,)."""
        worth: Tensor = self.critic(self.first(Tensor(observation)))
        return worth.reshape(-1)

    def estimate(self, observation: Array) -> Array:
        """`value` as plain numbers, for observations (T, N, inputs): (T, N)."""
        with no_grad():
            flat = self.value(observation.reshape(-1, observation.shape[-1]))
        return flat.numpy().reshape(observation.shape[:-1])

    def look(self, observation: Array) -> None:
        """Take these observations (B, inputs) into account, where their sizes are measured."""
        if isinstance(self.first, Standardise):
            self.first.seen.add(observation)

    def draw(self, observation: Array, rng: np.random.Generator) -> Array:
        """An action for each row, at random."""
        with no_grad():
            return self.policy(observation).sample(rng)

    def best(self, observation: Array) -> Array:
        """The most likely action for each row, as the world wants it."""
        with no_grad():
            return self.in_world(self.policy(observation).mode())

    def in_world(self, action: Array) -> Array:
        """What the environment is told. Counted actions as they are; of the others, -1 and 1 become
        the lower and the upper bound, and what lies beyond is cut off."""
        if self._bounds is None:
            return action
        low, high = self._bounds
        told: Array = np.clip((high + low) / 2 + action * (high - low) / 2, low, high)
        return told


def tanh_net(sizes: Sequence[int], gain: float, rng: np.random.Generator) -> nn.Sequential:
    """Fully connected layers with tanh between them, with orthogonal weights and biases of 0.

    gain: of the last layer. With 0.01 an untrained policy treats all actions alike, and what it
    first learns is not up to chance.
    Source: Andrychowicz et al. 2021, "What Matters for On-Policy Deep Actor-Critic Methods?",
    section 3.2; the gain of the other layers, sqrt(2), as in OpenAI's baselines.
    """
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        linear = nn.Linear(before, after, rng=rng)
        assert linear.bias is not None
        nn.init.orthogonal_(linear.weight, math.sqrt(2), rng)
        nn.init.constant_(linear.bias, 0.0)
        layers += [linear, nn.Tanh()]
    last = layers[-2]
    assert isinstance(last, nn.Linear)
    last.weight.data *= gain / math.sqrt(2)
    return nn.Sequential(*layers[:-1])


def _outputs(space: gymnasium.Space[Any]) -> tuple[int, tuple[Array, Array] | None]:
    """How many numbers the actor needs, and the bounds of actions that are not counted."""
    if isinstance(space, gymnasium.spaces.Discrete) and space.start == 0:
        return int(space.n), None
    if isinstance(space, gymnasium.spaces.Box) and len(space.shape) == 1 and space.is_bounded():
        return space.shape[0], (space.low, space.high)
    raise UsageError(
        f"A policy cannot be learnt for actions of the kind {space}: "
        "they must be counted from 0, or be a row of numbers with bounds."
    )
