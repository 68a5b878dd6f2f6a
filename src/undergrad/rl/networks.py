"""Networks that give each action a value: q(s, a) for all actions a at once.

A network is an encoder, which makes a row of numbers of an observation, and linear layers with ReLU
between them. The layers of Rainbow's networks stand below. B is the batch size.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn, no_grad
from undergrad.engine.optim.flat_parameters import FlatParameters

Array: TypeAlias = npt.NDArray[Any]

# Encoders


class ScaleObservation(nn.Module):
    """Divide each input by its usual size, so that all inputs are of a like size.

    Arguments:
        scale: one number for each input.

    Shape: (..., inputs) -> (..., inputs).
    """

    def __init__(self, scale: Sequence[float]) -> None:
        self.factor = (1 / np.asarray(scale)).astype(np.float32)

    def forward(self, x: Tensor) -> Tensor:
        scaled = x.data * self.factor
        return Tensor(scaled.astype(np.float32, copy=False))  # inputs need no gradient


class Rows(nn.Module):
    """Numbers of any type and shape as rows: (B, ...) -> (B, inputs), in single precision."""

    def forward(self, x: Tensor) -> Tensor:
        return Tensor(x.data.reshape(len(x.data), -1).astype(np.float32, copy=False))


class OneHot(nn.Module):
    """The number of a state as a row with a 1 at that position. Shape: (B,) -> (B, states)."""

    def __init__(self, states: int) -> None:
        self._states = np.arange(states)

    def forward(self, x: Tensor) -> Tensor:
        return Tensor((x.data[:, None] == self._states).astype(np.float32))


class Pixels(nn.Module):
    """Images as rows of numbers from 0 to 1: (B, ...) of bytes -> (B, all pixels).

    Arguments:
        brightest: what becomes 1.
    """

    def __init__(self, brightest: float = 255) -> None:
        self.brightest = brightest
        self._factor = np.float32(1 / brightest)

    def forward(self, x: Tensor) -> Tensor:
        return Tensor(x.data.reshape(len(x.data), -1) * self._factor)


class NewestFrame(nn.Module):
    """Only the newest of some frames, as in `Pixels`: (B, frames, ...) -> (B, pixels of a frame).

    Nothing moves in a single image: what was seen before is missing on purpose.

    Arguments:
        brightest: what becomes 1.
    """

    def __init__(self, brightest: float = 255) -> None:
        self._factor = np.float32(1 / brightest)

    def forward(self, x: Tensor) -> Tensor:
        newest: Array = x.data[:, -1]
        return Tensor(newest.reshape(len(newest), -1) * self._factor)


class FrameDifference(nn.Module):
    """The newest frame less the one before it, as in `frame_difference`.

    Arguments:
        brightest: what becomes 1.

    Shape: (B, frames, ...) of bytes, the newest frame last -> (B, pixels of a frame).
    """

    def __init__(self, brightest: float = 255) -> None:
        self.brightest = brightest

    def forward(self, x: Tensor) -> Tensor:
        return Tensor(frame_difference(x.data[:, -1], x.data[:, -2], self.brightest))


def frame_difference(now: Array, before: Array, brightest: float) -> Array:
    """Only what has moved is left, from -1 to 1: (B, pixels), in single precision.

    Where something is now there is a positive number, and where it was a negative one; what stands
    still is 0. The frames (B, ...) become real numbers before they are subtracted, because bytes,
    which have no sign, would wrap round.
    Source: Karpathy 2016, "Deep Reinforcement Learning: Pong from Pixels".
    """
    difference = now.astype(np.float32, copy=False) - before
    return (difference * np.float32(1 / brightest)).reshape(len(now), -1)


class NatureCNN(nn.Module):
    """The convolutions of Mnih et al. 2015: (B, frames, 84, 84) of bytes -> (B, 3136).

    Arguments:
        frames: the number of images in an observation.
        rng: draws the initial weights.
    """

    outputs = 64 * 7 * 7

    def __init__(self, frames: int, rng: np.random.Generator) -> None:
        self.layers = nn.Sequential(
            nn.Conv2d(frames, 32, 8, stride=4, rng=rng), nn.ReLU(),
            nn.Conv2d(32, 64, 4, stride=2, rng=rng), nn.ReLU(),
            nn.Conv2d(64, 64, 3, rng=rng), nn.ReLU(),
            nn.Flatten(),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(Tensor(x.data * np.float32(1 / 255)))
        return out


# The network


def q_network(
    encoder: nn.Module,
    inputs: int,
    hidden_sizes: Sequence[int],
    actions: int,
    rng: np.random.Generator,
    *,
    atoms: int = 0,
    dueling: bool = False,
    noisy: bool = False,
) -> nn.Sequential:
    """A network from observations to (B, actions), or (B, actions, atoms) with `atoms`.

    Arguments:
        encoder: makes (B, inputs) of an observation.
        hidden_sizes: the widths of the hidden layers.
        rng: draws the initial weights.
    """
    outputs = (actions + dueling) * max(atoms, 1)
    layers = relu_layers([inputs, *hidden_sizes, outputs], rng, NoisyLinear if noisy else nn.Linear)
    layers += [Dueling(actions)] if dueling else []
    layers += [Atoms(actions, atoms)] if atoms else []
    return nn.Sequential(encoder, *layers)


def relu_layers(
    sizes: Sequence[int],
    rng: np.random.Generator,
    linear: Callable[..., nn.Module] = nn.Linear,
) -> list[nn.Module]:
    """Linear layers from each of `sizes` to the next, with ReLU between them."""
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [linear(before, after, rng=rng), nn.ReLU()]
    return layers[:-1]


def predict(net: nn.Module, observation: Array) -> Array:
    """The output of a network for (B, *observation), without a graph."""
    with no_grad():
        out: Tensor = net(Tensor(observation))
    return out.data


def flat_parameters(net: nn.Module) -> FlatParameters:
    """All weights of a network, which from now on lie end to end in `data`."""
    return FlatParameters(list(net.parameters()))


def polyak_update(target: Array, online: Array, tau: float) -> None:
    """target <- target + tau (online - target), in place; tau = 1 copies."""
    if tau == 1:
        target[...] = online
    else:
        target += tau * (online - target)


# Layers of Rainbow


class Dueling(nn.Module):
    """From the value of the state and the advantage of each action to the value of each action.

    q(s, a) = v(s) + advantage(s, a) - the mean advantage in s: the mean of each row, never of the
    batch. With Z numbers for an action, the same for each of them.
    Source: Wang et al. 2016, "Dueling Network Architectures", equation 9.

    Shape: (B, (1 + actions) * Z) -> (B, actions * Z).
    """

    def __init__(self, actions: int) -> None:
        self.actions = actions

    def forward(self, x: Tensor) -> Tensor:
        parts = x.reshape(len(x.data), 1 + self.actions, -1)
        value, advantage = parts[:, :1], parts[:, 1:]
        q = value + advantage - advantage.mean(1, keepdim=True)
        return q.reshape(len(x.data), -1)


class Atoms(nn.Module):
    """Give the Z numbers of each action an axis: (B, actions * Z) -> (B, actions, Z)."""

    def __init__(self, actions: int, atoms: int) -> None:
        self.actions, self.atoms = actions, atoms

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(-1, self.actions, self.atoms)


class NoisyLinear(nn.Module):
    """A linear layer with noise in its weights, so that the network itself explores.

    y = (w + sigma_w * noise_w) x + b + sigma_b * noise_b, where w, b and both sigmas are learned:
    the network finds out where it can stop exploring. The noise is factorised, noise_w =
    outer(f(e_out), f(e_in)) and noise_b = f(e_out) with f(e) = sign(e) sqrt|e|: few draws for many
    weights. It is 0 until `reset_noise` draws it, and stays until the next draw.

    Source: Fortunato et al. 2018, "Noisy Networks for Exploration", section 3.
    Shape: (B, inputs) -> (B, outputs).
    """

    def __init__(
        self, inputs: int, outputs: int, rng: np.random.Generator, sigma: float = 0.5
    ) -> None:
        bound, std = 1 / np.sqrt(inputs), sigma / np.sqrt(inputs)
        self.weight = _parameter(rng.uniform(-bound, bound, (outputs, inputs)))
        self.bias = _parameter(rng.uniform(-bound, bound, outputs))
        self.weight_sigma = _parameter(np.full((outputs, inputs), std))
        self.bias_sigma = _parameter(np.full(outputs, std))
        self.noise_in = np.zeros(inputs, np.float32)
        self.noise_out = np.zeros(outputs, np.float32)

    def forward(self, x: Tensor) -> Tensor:
        mean = nn.functional.linear(x, self.weight, self.bias)
        if not self.noise_out.any():
            return mean
        noise = nn.functional.linear(x * self.noise_in, self.weight_sigma, self.bias_sigma)
        return mean + noise * self.noise_out  # (B, outputs)

    def reset_noise(self, rng: np.random.Generator) -> None:
        """Draw new noise."""
        for noise in (self.noise_in, self.noise_out):
            drawn = rng.standard_normal(len(noise))
            noise[...] = np.sign(drawn) * np.sqrt(np.abs(drawn))


def _parameter(numbers: Array) -> Tensor:
    return Tensor(numbers.astype(np.float32), requires_grad=True)


def reset_noise(net: nn.Module, rng: np.random.Generator) -> None:
    """Draw new noise in all noisy layers of a network."""
    for module in net.modules():
        if isinstance(module, NoisyLinear):
            module.reset_noise(rng)
