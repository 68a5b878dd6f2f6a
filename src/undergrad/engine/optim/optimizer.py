"""What all optimisers share: the parameters, laid end to end in one long vector.

An update rule such as Adam does the same to every number. So all weights of a group are moved into
one flat array, and so are all gradients; each parameter keeps a window (a view) onto its part. One
rule on one vector reads like the textbook, and takes a dozen NumPy calls in place of a dozen for
each parameter: for a million weights 1.5 ms instead of 10.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.tensor import Tensor

Group: TypeAlias = dict[str, Any]  # "params" and the settings that hold for them
Params: TypeAlias = Iterable[Tensor] | Iterable[Mapping[str, Any]]


class Arena:
    """Tensors of one float type whose numbers, and whose gradients, lie end to end."""

    def __init__(self, params: list[Tensor]) -> None:
        size, dtype = sum(p.size for p in params), params[0].dtype
        self.params = params
        self.weights: Array = np.empty(size, dtype)
        self.gradients: Array = np.zeros(size, dtype)
        views = self._split(self.weights), self._split(self.gradients)
        self._windows = list(zip(params, *views, strict=True))
        self.gather()

    def gather(self) -> None:
        """Fetch what was put outside the arena: a replaced array, or a gradient of its own."""
        for p, weights, gradients in self._windows:
            if p.data is not weights:
                weights[...] = p.data
                p.data = weights
            if p.grad is not gradients:
                gradients[...] = 0 if p.grad is None else p.grad
                p.grad = gradients

    def zero_grad(self) -> None:
        """Set all gradients to 0."""
        for p, _, gradients in self._windows:
            p.grad = gradients
        self.gradients.fill(0)

    def __repr__(self) -> str:
        size, dtype = self.weights.size, self.weights.dtype
        return f"Arena({size} {dtype} numbers in {len(self.params)} tensors)"

    def _split(self, flat: Array) -> list[Array]:
        ends = np.cumsum([p.size for p in self.params])
        return [
            flat[end - p.size : end].reshape(p.shape)
            for p, end in zip(self.params, ends, strict=True)
        ]


class Optimizer(ABC):
    """Changes parameters, step by step, so that the loss falls.

    A training step is `zero_grad()`, `loss.backward()`, `step()`. Unlike in PyTorch, a parameter
    that took no part in the loss has gradient 0 and is still moved by its momentum.

    Arguments:
        params: tensors; or dictionaries with "params" and settings of their own.
        defaults: the settings of every group that has none of its own. With `maximize` among
            them, a group climbs instead of descending.
    """

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        self.param_groups = _groups(params, defaults)
        for group in self.param_groups:
            self.check(group)
        self.arenas = [Arena(group["params"]) for group in self.param_groups]
        self.memory = [
            self.start(arena.weights, group)
            for arena, group in zip(self.arenas, self.param_groups, strict=True)
        ]

    @abstractmethod
    def check(self, group: Group) -> None:
        """Raise ValueError when a setting makes no sense."""

    @abstractmethod
    def start(self, weights: Array, group: Group) -> dict[str, Array]:
        """The vectors to remember between two steps, as long as `weights`, and counters."""

    @abstractmethod
    def update(
        self, weights: Array, gradients: Array, memory: dict[str, Array], group: Group
    ) -> None:
        """Change `weights` in place: the update rule."""

    def zero_grad(self) -> None:
        """Set all gradients to 0, before a new `backward`."""
        for arena in self.arenas:
            arena.zero_grad()

    def step(self) -> None:
        """Change all parameters once, using their gradients."""
        for arena, memory, group in zip(self.arenas, self.memory, self.param_groups, strict=True):
            arena.gather()
            gradients = -arena.gradients if group["maximize"] else arena.gradients
            self.update(arena.weights, gradients, memory, group)

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on later: copies of the memory, and the settings of each group."""
        settings = [{k: v for k, v in g.items() if k != "params"} for g in self.param_groups]
        memory = [{k: v.copy() for k, v in m.items()} for m in self.memory]
        return {"memory": memory, "settings": settings}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from `state`. Raises ValueError, and changes nothing, when it does not fit."""
        theirs = [{k: v.shape for k, v in m.items()} for m in state["memory"]]
        ours = [{k: v.shape for k, v in m.items()} for m in self.memory]
        if theirs != ours:
            raise ValueError(
                f"this state does not fit {type(self).__name__}: it remembers {theirs}, "
                f"these parameters need {ours}"
            )
        for group, settings in zip(self.param_groups, state["settings"], strict=True):
            group.update({k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()})
        for memory, saved in zip(self.memory, state["memory"], strict=True):
            for name, vector in memory.items():
                vector[...] = saved[name]

    def __repr__(self) -> str:
        groups = zip(self.arenas, self.param_groups, strict=True)
        return "\n".join(f"{type(self).__name__}({_described(a, g)})" for a, g in groups)


def _described(arena: Arena, group: Group) -> str:
    settings = ", ".join(f"{k}={v}" for k, v in group.items() if k != "params")
    return f"{arena.weights.size} numbers in {len(arena.params)} tensors; {settings}"


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


def require_not_negative(group: Group, *names: str) -> None:
    """Raise ValueError when one of these settings is below 0, or not a number."""
    for name in names:
        require(group[name] >= 0, f"{name} must not be negative", group[name])


def require_betas(group: Group) -> None:
    """Raise ValueError unless both betas lie in [0, 1)."""
    require(all(0 <= b < 1 for b in group["betas"]), "betas lie in [0, 1)", group["betas"])


def decayed(gradients: Array, weights: Array, group: Group) -> Array:
    """The gradients of the loss plus weight_decay |w|^2 / 2: L2 regularisation."""
    return gradients + group["weight_decay"] * weights if group["weight_decay"] else gradients
