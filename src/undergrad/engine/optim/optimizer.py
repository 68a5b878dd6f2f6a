"""What all optimisers share: groups of parameters with settings, a state, and one step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.graph_errors import not_a_tensor
from undergrad.engine.optim.flat_parameters import Block, FlatParameters, State
from undergrad.engine.tensor import Tensor
from undergrad.engine.versions import increment_version

Group: TypeAlias = dict[str, Any]  # "params" and the settings that hold for them
Params: TypeAlias = Iterable[Tensor] | Iterable[Mapping[str, Any]]

_NOT_NEGATIVE = {
    "lr", "lr_decay", "eps", "weight_decay", "momentum", "momentum_decay", "alpha",
    "initial_accumulator_value",
}  # fmt: skip
_OLD_KEYS = {"memory": "state", "settings": "param_groups"}  # in checkpoints of the first version


class Optimizer(ABC):
    """Changes parameters, step by step, so that the loss falls.

    A training step is `zero_grad()`, `loss.backward()`, `step()`. As in PyTorch, a parameter
    without a gradient, because it is frozen or took no part in the loss, is left as it is, and so
    is its state: it is not moved by its momentum either.

    Arguments:
        params: tensors; or dictionaries with "params" and settings of their own.
        defaults: the settings of every group that has none of its own. With `maximize` among
            them, the objective is maximised instead of minimised.
    """

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.param_groups: list[Group] = []
        self.flat_parameters: list[FlatParameters] = []
        self._blocks: list[list[Block]] = []
        self._add(_as_groups(params))

    def __setattr__(self, name: str, value: object) -> None:
        """As always, but for a setting, which would be ignored: those of the groups count."""
        if name in self.__dict__.get("defaults", ()):
            raise AttributeError(
                f"optimizer.{name} would be ignored: an optimiser has its settings in groups, so "
                f"write optimizer.param_groups[0][{name!r}] = {value!r}, for each group"
            )
        super().__setattr__(name, value)

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

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Train more parameters: a dictionary with "params" and settings of their own."""
        self._add([group])

    def zero_grad(self) -> None:
        """Remove all gradients, before a new `backward`."""
        for flat in self.flat_parameters:
            flat.zero_grad()

    def step(self) -> None:
        """Change all parameters that have a gradient once."""
        for i, (flat, group) in enumerate(self._groups()):
            flat.sync()
            trained = flat.trained()
            if not all(trained):
                self._blocks[i] = [b for old in self._blocks[i] for b in flat.divided(old, trained)]
            for block in self._blocks[i]:
                if trained[block.params.start]:
                    gradients = flat.gradients(block)
                    if group["maximize"]:
                        np.negative(gradients, out=gradients)
                    self.update(flat.data[block.numbers], gradients, block.state, group)
                    increment_version(flat.params[block.params.start : block.params.stop])

    @property
    def state(self) -> list[State]:
        """For each group, copies of its vectors, and its counters, one per parameter."""
        return [_joined(blocks) for blocks in self._blocks]

    def state_dict(self) -> dict[str, Any]:
        """What is needed to resume later: the state, and the settings of each group."""
        settings = [{k: v for k, v in g.items() if k != "params"} for g in self.param_groups]
        return {"state": self.state, "param_groups": settings, "shapes": self._shapes()}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Resume from a state. Raises ValueError, and changes nothing, when it does not fit."""
        given = {_OLD_KEYS.get(key, key): value for key, value in state_dict.items()}
        self._check_fit(given)
        for group, settings in zip(self.param_groups, given["param_groups"], strict=True):
            group.update({k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()})
        self._blocks = [
            _separated(flat, blocks, saved)
            for flat, blocks, saved in zip(
                self.flat_parameters, self._blocks, given["state"], strict=True
            )
        ]

    def __repr__(self) -> str:
        return "\n".join(f"{type(self).__name__}({_described(f, g)})" for f, g in self._groups())

    def _groups(self) -> Iterable[tuple[FlatParameters, Group]]:
        return zip(self.flat_parameters, self.param_groups, strict=True)

    def _add(self, given: Iterable[Mapping[str, Any]]) -> None:
        """All groups or none: they are checked before any parameter moves."""
        groups = [
            {**self.defaults, **group, "params": checked_params(group["params"])} for group in given
        ]
        for group in groups:
            self.check(group)
        everything = [p for group in self.param_groups + groups for p in group["params"]]
        if not any(p.requires_grad for p in everything):
            raise ValueError("the optimiser got no parameter with requires_grad=True to train")
        if len(everything) != len({id(p) for p in everything}):
            raise ValueError("a parameter was given to the optimiser twice")
        for group in groups:
            flat = FlatParameters(group["params"])
            whole = flat.block(range(len(flat.params)), self.init_state(flat.data, group))
            self.param_groups.append(group)
            self.flat_parameters.append(flat)
            self._blocks.append([whole])

    def _shapes(self) -> list[list[list[int]]]:
        return [[list(p.shape) for p in flat.params] for flat in self.flat_parameters]

    def _check_fit(self, given: Mapping[str, Any]) -> None:
        name, ours, theirs = type(self).__name__, self._shapes(), given.get("shapes")
        if theirs is not None and theirs != ours:  # states of older versions have none
            raise ValueError(
                f"this state does not fit {name}: it belongs to parameters of shapes {theirs}, "
                f"these have shapes {ours}, in this order"
            )
        sizes = [
            _sizes(state, blocks) for state, blocks in zip(self.state, self._blocks, strict=True)
        ]
        saved = [_sizes(state, self._blocks[0]) for state in given["state"]]
        if saved != sizes or len(given["param_groups"]) != len(sizes):
            raise ValueError(
                f"this state does not fit {name}: it holds {saved}, these parameters need {sizes}"
            )


def _described(flat: FlatParameters, group: Group) -> str:
    settings = ", ".join(f"{k}={v}" for k, v in group.items() if k != "params")
    return f"{flat.data.size} numbers in {len(flat.params)} tensors; {settings}"


def _joined(blocks: list[Block]) -> State:
    """The state of a whole group: its vectors, and counters for each parameter."""
    counters = _counters(blocks)
    return {
        name: np.concatenate(
            [
                np.repeat(b.state[name], len(b.params)) if name in counters else b.state[name]
                for b in blocks
            ]
        )
        for name in blocks[0].state
    }


def _separated(flat: FlatParameters, blocks: list[Block], saved: State) -> list[Block]:
    """The inverse of `_joined`: a new block wherever the counters of two neighbours differ."""
    count, names = len(flat.params), _counters(blocks)
    typed = {k: np.array(saved[k], v.dtype) for k, v in blocks[0].state.items()}
    counters = {k: np.broadcast_to(typed.pop(k), count) for k in names}
    steps = list(zip(*(c.tolist() for c in counters.values()), strict=True)) or [()] * count
    parts = flat.divided(flat.block(range(count), typed), steps)
    return [
        flat.block(
            part.params,
            {
                k: np.array(counters[k][part.params.start]) if k in counters else part.state[k]
                for k in blocks[0].state
            },
        )
        for part in parts
    ]


def _sizes(state: State, blocks: list[Block]) -> dict[str, int]:
    """The names in a state, with the size of each vector; 1 for counters."""
    counters = _counters(blocks)
    return {name: 1 if name in counters else np.size(v) for name, v in state.items()}


def _counters(blocks: list[Block]) -> list[str]:
    """The names of what is one number per block, such as the number of its steps."""
    return [name for name, value in blocks[0].state.items() if value.ndim == 0]


def _as_groups(params: Params) -> list[Mapping[str, Any]]:
    given: list[Any] = list(params)
    return given if given and isinstance(given[0], Mapping) else [{"params": given}]


def checked_params(params: Iterable[Tensor]) -> list[Tensor]:
    """The parameters of a group: also those that are frozen now, and may be trained later."""
    tensors = [params] if isinstance(params, Tensor) else list(params)
    if not tensors:
        raise ValueError("the optimiser got no parameter to train: a group of parameters is empty")
    for p in tensors:
        if not isinstance(p, Tensor):
            raise not_a_tensor("the optimiser", "parameter", p)
        if p._vjp is not None:
            raise ValueError(
                f"the optimiser cannot train a result of {p.op!r}, which is computed again at each "
                "step; give it the leaf tensors, such as model.parameters()"
            )
    if len({p.dtype for p in tensors}) > 1:
        raise TypeError("the parameters of one group must share one float type")
    return tensors


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
