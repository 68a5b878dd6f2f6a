"""Networks that give each action a value: q(s, a) for all actions a at once.

For the small networks of most tasks the time goes into the links of the graph, not into the
products. So `MLP` is one link: its forward pass and its gradient are written out by hand, and
`forward_simple` beside it says the same in layers. B is the batch.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import Tensor, nn, no_grad
from undergrad.engine.autograd import node
from undergrad.engine.optim.flat_parameters import FlatParameters
from undergrad.rl.noisy import NoisyLinear

Array: TypeAlias = npt.NDArray[Any]


class Scale(nn.Module):
    """Divide each input by its usual size, so that all inputs are of a like size.

    Arguments:
        sizes: one number for each input.

    Shape: (..., inputs) -> (..., inputs).
    """

    def __init__(self, sizes: Sequence[float]) -> None:
        self.factor = (1 / np.asarray(sizes)).astype(np.float32)

    def forward(self, x: Tensor) -> Tensor:
        return Tensor(x.data * self.factor)  # inputs need no gradient


class Pixels(nn.Module):
    """Pictures as rows of numbers from 0 to 1: (B, ...) of bytes -> (B, all pixels).

    Arguments:
        brightest: what becomes 1.
    """

    def __init__(self, brightest: float = 255) -> None:
        self._factor = np.float32(1 / brightest)

    def forward(self, x: Tensor) -> Tensor:
        return Tensor(x.data.reshape(len(x.data), -1) * self._factor)


class Nature(nn.Module):
    """The convolutions of Mnih et al. 2015: (B, frames, 84, 84) of bytes -> (B, 3136).

    Arguments:
        frames: how many pictures an observation has.
        rng: decides the weights at the start.
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


class OneHot(nn.Module):
    """The number of a state as a row that is 1 in its place. Shape: (B,) -> (B, states)."""

    def __init__(self, states: int) -> None:
        self._rows = np.eye(states, dtype=np.float32)

    def forward(self, x: Tensor) -> Tensor:
        return Tensor(self._rows[x.data.astype(np.intp)])


class MLP(nn.Module):
    """Fully connected layers with ReLU between them: (B, sizes[0]) -> (B, sizes[-1]).

    Arguments:
        sizes: how many numbers go in, the width of each hidden layer, how many come out.
        rng: decides the weights at the start.

    Its input gets no gradient; it is the first thing that an observation meets.
    """

    def __init__(self, sizes: Sequence[int], rng: np.random.Generator) -> None:
        self.layers = [nn.Linear(before, after, rng=rng) for before, after in pairwise(sizes)]

    def forward(self, x: Tensor) -> Tensor:
        parameters = [(layer.weight, layer.bias) for layer in self.layers]
        inputs: list[Array] = []  # of each layer
        out = x.data
        for weight, bias in parameters:
            if inputs:
                np.maximum(out, np.zeros_like(out), out=out)  # twice as fast as beside a lone 0
            inputs.append(out)
            out = out @ weight.data.T
            out += bias.data  # type: ignore[union-attr]  # all of these layers have one

        def vjp(g: Array) -> tuple[Array | None, ...]:
            shares: list[Array] = []
            for seen, (weight, _) in zip(inputs[::-1], parameters[::-1], strict=True):
                shares += [g.sum(axis=0), g.T @ seen]
                if seen is not inputs[0]:
                    g = g @ weight.data
                    g *= seen > 0  # ReLU lets through what was above 0
            return (None, *shares[::-1])

        flat = [part for pair in parameters for part in pair]
        return node(out, (x, *flat), vjp, "mlp")  # type: ignore[arg-type]

    def forward_simple(self, x: Tensor) -> Tensor:
        """The readable twin of `forward`."""
        for layer in self.layers[:-1]:
            x = nn.functional.relu(layer(x))
        return self.layers[-1](x)  # type: ignore[no-any-return]


class Dueling(nn.Module):
    """From how good the situation is, and how much better each action is, to values.

    q(s, a) = v(s) + advantage(s, a) - the mean advantage in s: the mean of each row, never of the
    batch. With Z numbers an action, the same for each of them.
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


def value_net(
    before: nn.Module,
    inputs: int,
    hidden: Sequence[int],
    actions: int,
    rng: np.random.Generator,
    *,
    atoms: int = 0,
    dueling: bool = False,
    noisy: bool = False,
) -> nn.Sequential:
    """A network from observations to (B, actions), or (B, actions, atoms) with `atoms`.

    before: makes (B, inputs) of an observation.   hidden: the width of each hidden layer.
    """
    outputs = (actions + dueling) * max(atoms, 1)
    sizes = [inputs, *hidden, outputs]
    learns = noisy or any(True for _ in before.parameters())  # MLP hands no gradient on
    kind = NoisyLinear if noisy else nn.Linear
    layers = [before, *(_layers(kind, sizes, rng) if learns else [MLP(sizes, rng)])]
    layers += [Dueling(actions)] if dueling else []
    layers += [Atoms(actions, atoms)] if atoms else []
    return nn.Sequential(*layers)


def _layers(
    kind: type[nn.Linear | NoisyLinear], sizes: Sequence[int], rng: np.random.Generator
) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [kind(before, after, rng=rng), nn.ReLU()]
    return layers[:-1]


def mlp(
    scale: Sequence[float], hidden: Sequence[int], outputs: int, rng: np.random.Generator
) -> nn.Sequential:
    """Inputs divided by their `scale`, then fully connected layers: (B, inputs) -> (B, outputs)."""
    return value_net(Scale(scale), len(scale), hidden, outputs, rng)


def chosen(out: Tensor, action: Array) -> Tensor:
    """What `out` (B, A) or (B, A, Z) says about one action of each row: (B,) or (B, Z)."""
    rows, shape = np.arange(len(action)), out.data.shape

    def vjp(g: Array) -> tuple[Array]:
        spread = np.zeros(shape, g.dtype)
        spread[rows, action] = g
        return (spread,)

    return node(out.data[rows, action], (out,), vjp, "chosen")


def run(net: nn.Module, observation: Array) -> Array:
    """The output of a network for (B, *observation), without a graph."""
    with no_grad():
        out: Tensor = net(Tensor(observation))
    return out.data


def flat(net: nn.Module) -> Array:
    """All weights of a network, which from now on lie end to end in this array."""
    return FlatParameters(list(net.parameters())).data


def follow(slow: Array, fast: Array, rate: float) -> None:
    """Move the weights of a copy by the fraction `rate` towards the original's; 1 copies them."""
    if rate == 1:
        slow[...] = fast
    else:
        slow += rate * (fast - slow)
