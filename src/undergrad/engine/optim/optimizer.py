"""What all optimisers share: groups of parameters with settings, a state, and one step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from undergrad.engine.autograd import Array
from undergrad.engine.optim.flat_parameters import FlatParameters
from undergrad.engine.tensor import Tensor

Group: TypeAlias = dict[str, Any]  # "params" and the settings that hold for them
Params: TypeAlias = Iterable[Tensor] | Iterable[Mapping[str, Any]]
State: TypeAlias = dict[str, Array]  # vectors as long as the flat parameters, and counters

_NOT_NEGATIVE = {
    "lr", "lr_decay", "eps", "weight_decay", "momentum", "momentum_decay", "alpha",
    "initial_accumulator_value",
}  # fmt: skip
_OLD_KEYS = {"memory": "state", "settings": "param_groups"}  # in checkpoints of the first version


class Optimizer(ABC):
    """Changes parameters, step by step, so that the loss falls.

    A training step is `zero_grad()`, `loss.backward()`, `step()`. Unlike in PyTorch, a parameter
    that took no part in the loss has gradient 0 and is still moved by its momentum.

    Arguments:
        params: tensors; or dictionaries with "params" and settings of their own.
        defaults: the settings of every group that has none of its own. With `maximize` among
            them, the objective is maximised instead of minimised.
    """

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        self.param_groups = _groups(params, defaults)
        for group in self.param_groups:
            self.check(group)
        self.flat_parameters = [FlatParameters(group["params"]) for group in self.param_groups]
        self.state = [
            self.init_state(flat.data, group)
            for flat, group in zip(self.flat_parameters, self.param_groups, strict=True)
        ]

    @abstractmethod
    def init_state(self, weights: Array, group: Group) -> State:
        """What is kept from one step to the next, before the first step."""

    @abstractmethod
    def update(self, weights: Array, gradients: Array, state: State, group: Group) -> None:
        """Change `weights` and `state` in place: the update rule."""

    def check(self, group: Group) -> None:
        """Raise ValueError when a setting makes no sense."""
        for name in group.keys() & _NOT_NEGATIVE:
            require(group[name] >= 0, f"{name} must not be negative", group[name])
        betas = group.get("betas", ())
        require(all(0 <= b < 1 for b in betas), "betas lie in [0, 1)", betas)

    def zero_grad(self) -> None:
        """Set all gradients to 0, before a new `backward`."""
        for flat in self.flat_parameters:
            flat.zero_grad()

    def step(self) -> None:
        """Change all parameters once, using their gradients."""
        groups = zip(self.flat_parameters, self.state, self.param_groups, strict=True)
        for flat, state, group in groups:
            flat.sync()
            gradients = -flat.grad if group["maximize"] else flat.grad
            self.update(flat.data, gradients, state, group)

    def state_dict(self) -> dict[str, Any]:
        """What is needed to resume later: copies of the state, and the settings of each group."""
        settings = [{k: v for k, v in g.items() if k != "params"} for g in self.param_groups]
        state = [{k: v.copy() for k, v in vectors.items()} for vectors in self.state]
        return {"state": state, "param_groups": settings}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Resume from a state. Raises ValueError, and changes nothing, when it does not fit."""
        given = {_OLD_KEYS.get(key, key): value for key, value in state_dict.items()}
        theirs = [{k: v.shape for k, v in vectors.items()} for vectors in given["state"]]
        ours = [{k: v.shape for k, v in vectors.items()} for vectors in self.state]
        if theirs != ours:
            raise ValueError(
                f"this state does not fit {type(self).__name__}: it holds {theirs}, "
                f"these parameters need {ours}"
            )
        for group, settings in zip(self.param_groups, given["param_groups"], strict=True):
            group.update({k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()})
        for vectors, saved in zip(self.state, given["state"], strict=True):
            for name, vector in vectors.items():
                vector[...] = saved[name]

    def __repr__(self) -> str:
        groups = zip(self.flat_parameters, self.param_groups, strict=True)
        return "\n".join(f"{type(self).__name__}({_described(f, g)})" for f, g in groups)


def _described(flat: FlatParameters, group: Group) -> str:
    settings = ", ".join(f"{k}={v}" for k, v in group.items() if k != "params")
    return f"{flat.data.size} numbers in {len(flat.params)} tensors; {settings}"


def _groups(params: Params, defaults: dict[str, Any]) -> list[Group]:
    """`params` as a list of groups, each with all settings and a list of trainable tensors."""
    given: list[Any] = list(params)
    named = given if given and isinstance(given[0], Mapping) else [{"params": given}]
    groups = [{**defaults, **group, "params": _trainable(group["params"])} for group in named]
    everything = [id(p) for group in groups for p in group["params"]]
    if len(everything) != len(set(everything)):
        raise ValueError("a parameter was given to the optimiser twice")
    return groups


def _trainable(params: Iterable[Tensor]) -> list[Tensor]:
    tensors = [params] if isinstance(params, Tensor) else list(params)
    chosen = [p for p in tensors if p.requires_grad]
    if not chosen:
        raise ValueError("the optimiser got no parameter with requires_grad=True to train")
    if len({p.dtype for p in chosen}) > 1:
        raise TypeError("the parameters of one group must share one float type")
    return chosen


def require(holds: bool, rule: str, value: object) -> None:
    """Raise ValueError with the rule and the value when the rule does not hold."""
    if not holds:
        raise ValueError(f"{rule}, and is {value}")


def with_weight_decay(gradients: Array, weights: Array, group: Group) -> Array:
    """The gradients of the loss plus weight_decay |w|^2 / 2: L2 regularisation."""
    return gradients + group["weight_decay"] * weights if group["weight_decay"] else gradients


def update_ema(average: Array, value: Array, beta: float) -> Array:
    """The exponential moving average, in place: average <- beta average + (1 - beta) value."""
    average *= beta
    average += (1 - beta) * value
    return average
