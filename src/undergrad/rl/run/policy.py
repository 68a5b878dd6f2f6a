"""A small policy as plain data, so that it can play outside of Python: in a page of the site.

A network of fully connected layers needs nothing but its encoder, its weights and the names of its
activations. The weights become whole numbers of two or three bytes, times one scale for each array:
shorter than decimal digits, and so close that the decisions stay the same. The page reads this in
`docs/javascripts/play/policies.js`.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import nn
from undergrad.rl import networks
from undergrad.rl.actor_critic import ACTIVATIONS, ActorCritic
from undergrad.rl.agents.alphazero import AlphaZero
from undergrad.rl.agents.dqn import DQN
from undergrad.rl.agents.policy_gradient import PolicyGradient
from undergrad.rl.loops import Agent
from undergrad.rl.normalize import NormalizeObservation
from undergrad.rl.policy_value import PolicyValueNet
from undergrad.rl.vector_env import EnvSpec

Array: TypeAlias = npt.NDArray[Any]

# The environments that a page can play, by what it calls them.
WORLDS = {
    "CartPole-v1": "cartpole",
    "undergrad/CartPole-v1": "cartpole",
    "undergrad/Catch-v0": "catch",
    "undergrad/Courier-v0": "courier",
    "undergrad/Garden-v0": "garden",
    "undergrad/MiniPong-v0": "pong",
    "connect3": "connect",
    "connect4": "connect",
    "connect4-small": "connect",
}
_MOST = 200_000  # weights, which are 800 kB of a page


class _Layer(NamedTuple):
    weight: Array  # (outputs, inputs)
    bias: Array  # (outputs,)
    then: str  # the activation: relu, tanh or none


def as_data(env: EnvSpec, agent: Agent, width: int = 3) -> dict[str, Any] | None:
    """How `agent` decides in `env`; None when a page cannot play that.

    width: bytes of a weight. With 3, a weight is off by at most 6e-8 of the largest one.

    world, options: of the environment.   encoder, layers: of the network.
    Its outputs are a number for each action. AlphaZero's has the value, before the tanh, as its
    last one, and `game` and `search` say what is played, and how far it looks ahead.
    """
    if env.name not in WORLDS:
        return None
    encoder, layers = _parts(agent)
    if encoder is None or not layers or sum(layer.weight.size for layer in layers) > _MOST:
        return None
    return {
        "world": WORLDS[env.name],
        "options": dict(env.options),
        "encoder": encoder,
        "layers": [
            {"weight": _rounded(weight, width), "bias": _rounded(bias, width), "then": then}
            for weight, bias, then in layers
        ],
        **(_search(agent) if isinstance(agent, AlphaZero) else {}),
    }


def network_of(data: Mapping[str, Any]) -> nn.Sequential:
    """The network that `as_data` describes, with its rounded weights, in the engine."""
    layers: list[nn.Module] = [_encoder_of(**data["encoder"])]
    for layer in data["layers"]:
        weight, bias = _numbers(**layer["weight"]), _numbers(**layer["bias"])
        linear = nn.Linear(weight.size // bias.size, bias.size, rng=np.random.default_rng())
        linear.load_state_dict({"weight": weight.reshape(bias.size, -1), "bias": bias})
        layers.append(linear)
        if layer["then"] in ACTIVATIONS:
            layers.append(ACTIVATIONS[layer["then"]]())
    return nn.Sequential(*layers)


# What a network consists of


def _parts(agent: Agent) -> tuple[dict[str, Any] | None, list[_Layer]]:
    """The encoder and the layers that decide; None, or no layers, when there are others."""
    match agent:
        case DQN(ema=nn.Sequential() as net):
            encoder, *layers = net
            return _encoder(encoder), _layers(layers)
        case PolicyGradient(net=ActorCritic() as net):
            return _encoder(net.normalize), _layers(list(net.actor))
        case AlphaZero(playing=PolicyValueNet(trunk=nn.Sequential() as trunk) as net):
            flatten, *layers = trunk
            known = isinstance(flatten, nn.Flatten) and _layers(layers)
            return {"kind": "rows"} if known else None, [*_layers(layers), _heads(net)]
    return None, []


def _layers(modules: Sequence[nn.Module]) -> list[_Layer]:
    """Linear layers, each with its activation; none at all when anything else is there."""
    names = {module: name for name, module in ACTIVATIONS.items()} | {type(None): "none"}
    found = []
    for linear, activation in zip_longest(modules[::2], modules[1::2]):
        if not isinstance(linear, nn.Linear) or linear.bias is None:
            return []
        if type(activation) not in names:
            return []
        then = names[type(activation)]
        found.append(_Layer(linear.weight.numpy(), linear.bias.numpy(), then))
    return found


def _heads(net: PolicyValueNet) -> _Layer:
    """Policy and value as one layer."""
    heads = [head.state_dict() for head in (net.policy, net.value)]
    weight, bias = (np.concatenate([each[name] for each in heads]) for name in ("weight", "bias"))
    return _Layer(weight, bias, "none")


def _encoder(encoder: nn.Module) -> dict[str, Any] | None:
    match encoder:
        case networks.Rows():
            return {"kind": "rows"}
        case networks.ScaleObservation():
            return {"kind": "scale", "factor": encoder.factor.tolist()}
        case networks.Pixels():
            return {"kind": "pixels", "brightest": encoder.brightest}
        case networks.FrameDifference():
            return {"kind": "frame_difference", "brightest": encoder.brightest}
        case NormalizeObservation(stats=stats):
            return {"kind": "normalize", "mean": stats.mean.tolist(), "std": stats.std.tolist()}
    return None


def _encoder_of(kind: str, **numbers: Any) -> nn.Module:
    match kind:
        case "scale":
            return networks.ScaleObservation((1 / np.array(numbers["factor"])).tolist())
        case "pixels":
            return networks.Pixels(numbers["brightest"])
        case "frame_difference":
            return networks.FrameDifference(numbers["brightest"])
        case "normalize":
            mean, std = np.array(numbers["mean"]), np.array(numbers["std"])
            encoder = NormalizeObservation(len(mean))
            encoder.stats.mean, encoder.stats.squares = mean, std**2
            encoder.stats.count = np.array(1.0)
            return encoder
    return networks.Rows()


def _search(agent: AlphaZero) -> dict[str, Any]:
    game, s = agent.game, agent.settings
    return {
        "game": {"rows": game.rows, "columns": game.columns, "n": game.n},
        "search": {
            "simulations": max(1, s.evaluation_simulations),
            "c_puct": s.c_puct,
            "fpu_reduction": s.fpu_reduction,
        },
    }


# Rounding


def _rounded(array: Array, width: int) -> dict[str, Any]:
    """An array as whole numbers of `width` bytes, the lowest byte first, times `scale`."""
    largest = 2 ** (8 * width - 1) - 1
    scale = float(np.abs(array).max(initial=0)) / largest or 1.0
    whole = np.rint(array.astype(np.float64) / scale).astype("<i4")
    data = whole.reshape(-1, 1).view(np.uint8)[:, :width].tobytes()
    return {"scale": scale, "width": width, "bytes": b64encode(data).decode("ascii")}


def _numbers(scale: float, width: int, bytes: str) -> Array:
    data = np.frombuffer(b64decode(bytes), np.uint8).reshape(-1, width)
    raised = np.zeros((len(data), 4), np.uint8)  # the highest byte has the sign
    raised[:, 4 - width :] = data
    whole = raised.view("<i4")[:, 0] >> 8 * (4 - width)
    return (whole * scale).astype(np.float32)
