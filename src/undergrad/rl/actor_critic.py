"""Actor and critic: two networks that see the same observation.

The outputs of the actor become a probability distribution over actions, see `distributions`. The
critic's one number v(s) is the return to expect from here on, and tells a good outcome from a usual
one. They share no layers, so neither can spoil what the other has learned.

B is the batch size, T and N are the steps and environments of a rollout.
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
from undergrad.rl.distributions import Categorical, DiagNormal, Distribution
from undergrad.rl.normalize import NormalizeObservation

Array: TypeAlias = npt.NDArray[Any]

ACTIVATIONS: dict[str, type[nn.Module]] = {"tanh": nn.Tanh, "relu": nn.ReLU}


class ActorCritic(nn.Module):
    """An actor and a critic for one environment.

    Arguments:
        space: the actions of the environment: Discrete, or a Box with one axis and bounds.
        normalize: makes rows of numbers of usual size for both: (B, *observation) -> (B, inputs).
        inputs: how many numbers an observation has.
        hidden_sizes: the widths of the hidden layers, in both networks.
        rng: draws the initial weights.
        activation: the activation function between the layers.
    """

    def __init__(
        self,
        space: gymnasium.Space[Any],
        normalize: nn.Module,
        inputs: int,
        hidden_sizes: Sequence[int],
        rng: np.random.Generator,
        activation: type[nn.Module] = nn.Tanh,
    ) -> None:
        outputs, self._bounds = _outputs(space)
        self.normalize = normalize
        self.actor = dense([inputs, *hidden_sizes, outputs], 0.01, rng, activation)
        self.critic = dense([inputs, *hidden_sizes, 1], 1.0, rng, activation)
        if self._bounds is not None:
            self.log_std = Tensor(np.zeros(outputs, np.float32), requires_grad=True)

    def policy(self, observation: Array) -> Distribution:
        """The distribution over actions, for observations (B, *observation)."""
        out = self.actor(self.normalize(Tensor(observation)))
        return Categorical(out) if self._bounds is None else DiagNormal(out, self.log_std)

    def value(self, observation: Array) -> Tensor:
        """The return to expect from here on: (B,)."""
        v: Tensor = self.critic(self.normalize(Tensor(observation)))
        return v.reshape(-1)

    def values(self, observation: Array) -> Array:
        """`value` without a graph, for observations (T, N, *observation): (T, N)."""
        steps, envs, *shape = observation.shape
        with no_grad():
            rows = self.value(observation.reshape(steps * envs, *shape))
        return rows.numpy().reshape(steps, envs)

    def update_stats(self, observation: Array) -> None:
        """Take observations (B, *observation) into account, where their size is measured."""
        if isinstance(self.normalize, NormalizeObservation):
            self.normalize.update(observation)

    def sample(self, observation: Array, rng: np.random.Generator) -> Array:
        """An action for each row, sampled from the policy."""
        with no_grad():
            return self.policy(observation).sample(rng)

    def mode(self, observation: Array) -> Array:
        """The most likely action for each row, as the environment receives it."""
        with no_grad():
            return self.env_action(self.policy(observation).mode())

    def env_action(self, action: Array) -> Array:
        """What the environment receives. Discrete actions as they are; of the others, -1 and 1
        become the lower and the upper bound, and what lies beyond is cut off."""
        if self._bounds is None:
            return action
        low, high = self._bounds
        scaled: Array = np.clip((high + low) / 2 + action * (high - low) / 2, low, high)
        return scaled


def dense(
    sizes: Sequence[int],
    gain: float,
    rng: np.random.Generator,
    activation: type[nn.Module] = nn.Tanh,
) -> nn.Sequential:
    """Fully connected layers, with orthogonal weights and biases of 0.

    activation: the activation function between the layers.   gain: of the last layer. With 0.01 an
    untrained policy treats all actions alike, and what it learns first does not depend on chance.
    Source: Andrychowicz et al. 2021, "What Matters for On-Policy Deep Actor-Critic Methods?",
    section 3.2; the gain of the other layers, sqrt(2), as in OpenAI's baselines.
    """
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        linear = nn.Linear(before, after, rng=rng)
        assert linear.bias is not None
        nn.init.orthogonal_(linear.weight, math.sqrt(2), rng)
        nn.init.constant_(linear.bias, 0.0)
        layers += [linear, activation()]
    last = layers[-2]
    assert isinstance(last, nn.Linear)
    last.weight.data *= gain / math.sqrt(2)
    return nn.Sequential(*layers[:-1])


def _outputs(space: gymnasium.Space[Any]) -> tuple[int, tuple[Array, Array] | None]:
    """How many outputs the actor needs, and the bounds of actions that are not discrete."""
    if isinstance(space, gymnasium.spaces.Discrete) and space.start == 0:
        return int(space.n), None
    if isinstance(space, gymnasium.spaces.Box) and len(space.shape) == 1 and space.is_bounded():
        return space.shape[0], (space.low, space.high)
    raise UsageError(
        f"A policy cannot be learned for actions of the kind {space}: "
        "they must be counted from 0, or be a row of numbers with bounds."
    )
