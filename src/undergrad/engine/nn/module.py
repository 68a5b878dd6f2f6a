"""Module: a function with parameters, made of smaller modules.

A module is written as an ordinary object. Its tensors are its parameters (unless they are results
of a calculation), its plain arrays are buffers (state that is saved but not trained), and modules
inside it, also in lists and dictionaries, are its parts. Nothing is registered: `named_parameters`
and its relatives walk through the attributes and find everything, under names such as
`encoder.0.weight`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeGuard, TypeVar

import numpy as np

from undergrad.engine import doors
from undergrad.engine.autograd import Array
from undergrad.engine.tensor import Tensor
from undergrad.engine.versions import increment_version

M = TypeVar("M", bound="Module")


class Module:
    """The base of all layers and networks: set parameters and parts, and define `forward`.

    Attributes whose name begins with an underscore are private: they are not walked.

    Examples:
        >>> class Line(Module):
        ...     def __init__(self):
        ...         self.weight = Tensor([0.5], requires_grad=True)
        ...     def forward(self, x):
        ...         return x * self.weight
        >>> Line()(Tensor([4.0])).tolist()
        [2.0]
        >>> [name for name, _ in Line().named_parameters()]
        ['weight']
    """

    training = True

    def forward(self, *inputs: Any, **named: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} needs a method forward(self, x)")

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        try:
            return self.forward(*inputs, **named)
        except Exception:  # most errors of a beginner are an array where a tensor belongs
            doors.refuse_arrays(type(self).__name__, self.forward, inputs, named)
            raise

    # Walking

    def parts(self) -> Iterable[tuple[str, Any]]:
        """The attributes to walk, with their names."""
        return ((k, v) for k, v in vars(self).items() if not k.startswith("_"))

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """Every parameter once, with its name; one that is used twice has the first name."""
        seen: set[int] = set()
        for name, value in _walk(self, ""):
            if is_parameter(value) and id(value) not in seen:
                seen.add(id(value))
                yield name, value

    def parameters(self) -> Iterator[Tensor]:
        """Every parameter once, in the order in which the attributes were set."""
        return (parameter for _, parameter in self.named_parameters())

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """This module, under the name "", and every module inside it once, with its name."""
        seen: set[int] = set()
        for name, value in _walk(self, ""):
            if isinstance(value, Module) and id(value) not in seen:
                seen.add(id(value))
                yield name, value

    def modules(self) -> Iterator[Module]:
        """This module and all modules inside it, each once."""
        return (module for _, module in self.named_modules())

    # State

    def state_dict(self) -> dict[str, Array]:
        """Copies of all parameters and buffers by name, laid out as PyTorch lays them out."""
        return {name: array.copy() for name, array in self._arrays()}

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        """Copy `state` into the parameters and buffers.

        Raises ValueError, and changes nothing, when a name or a shape differs.
        """
        own = dict(self._arrays())
        problems = _differences(own, state)
        if problems:
            raise ValueError(f"this state does not fit {type(self).__name__}: {problems[0]}")
        for name, array in own.items():
            np.copyto(array, state[name], casting="same_kind")
        increment_version(self.parameters())

    def _arrays(self) -> Iterator[tuple[str, Array]]:
        for name, value in _walk(self, ""):
            if is_parameter(value):
                yield name, value.data
            elif isinstance(value, np.ndarray):
                yield name, value

    # Modes

    def train(self: M, mode: bool = True) -> M:
        """Switch layers such as dropout to training, or with False to inference."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self: M) -> M:
        """Switch layers such as dropout to inference."""
        return self.train(False)

    def zero_grad(self) -> None:
        """Remove all gradients."""
        for parameter in self.parameters():
            parameter.grad = None

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Train all parameters, or with False freeze them."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    # Display

    def extra_repr(self) -> str:
        """The settings to show between the parentheses: the plain attributes, if not overridden."""
        shown = ((k, v) for k, v in self.parts() if k != "training")
        return ", ".join(f"{k}={v!r}" for k, v in shown if isinstance(v, bool | int | float | str))

    def __repr__(self) -> str:
        inner = [f"({k}): {_indented(v)}" for k, v in self.parts() if _is_tree(v)]
        if not inner:
            return f"{type(self).__name__}({self.extra_repr()})"
        return "\n  ".join([f"{type(self).__name__}(", *inner]) + "\n)"


def is_parameter(value: object) -> TypeGuard[Tensor]:
    """Whether an attribute is a parameter: a tensor that was given, and not computed.

    So a module may keep an activation, detached or not, from one call to the next.
    """
    if not isinstance(value, Tensor) or value._vjp is not None:
        return False
    return value.requires_grad or not value.op


def parameter(*shape: int, value: float = 0.0) -> Tensor:
    """A float32 tensor of that shape to be trained, filled with `value`."""
    return Tensor(np.full(shape, value, np.float32), requires_grad=True)


def _walk(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """`value` and everything inside it, depth first, with dotted names."""
    yield name, value
    for key, inner in _inside(value):
        yield from _walk(inner, f"{name}.{key}" if name else str(key))


def _inside(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, Module):
        return value.parts()
    if isinstance(value, list | tuple):
        return enumerate(value)
    return value.items() if isinstance(value, dict) else ()


def _differences(own: Mapping[str, Array], state: Mapping[str, Array]) -> list[str]:
    """A sentence for each name that is missing or unknown, or whose array does not fit."""
    missing = [f"{name} is missing from it" for name in own if name not in state]
    unknown = [f"{name} is not in the module" for name in state if name not in own]
    common = [(name, own[name], np.asarray(state[name])) for name in own if name in state]
    unfit = [
        f"{name} holds {theirs.dtype} of shape {theirs.shape}, not {ours.dtype} of {ours.shape}"
        for name, ours, theirs in common
        if theirs.shape != ours.shape or not np.can_cast(theirs.dtype, ours.dtype, "same_kind")
    ]
    return missing + unknown + unfit


def _is_tree(value: Any) -> bool:
    return isinstance(value, Module) or (
        isinstance(value, list | tuple) and any(isinstance(part, Module) for part in value)
    )


def _indented(value: Any) -> str:
    return repr(value).replace("\n", "\n  ")
