"""A record of the case table, and how its values are computed with our engine.

A case names something public - an operation, a layer, a loss, an optimiser - together with its
counterpart in PyTorch and sample inputs drawn from a seeded generator. All checks loop over the
same table: parity with PyTorch, stored values, measured gradients, twins, float types, messages.
"""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.nn.module import Module
from undergrad.engine.ops import shape
from undergrad.engine.optim.optimizer import Optimizer
from undergrad.engine.tensor import Tensor

Rng: TypeAlias = np.random.Generator
Values: TypeAlias = dict[str, Array]  # results and gradients, by name
Shapes: TypeAlias = tuple[tuple[int, ...], ...]

STEPS = 50  # how long an optimiser is followed
WEIGHTS: Shapes = ((2, 3), (4,))  # that it trains


@dataclass(frozen=True)
class Sample:
    """One call. Float arrays become tensors with a gradient; the same array twice, one tensor."""

    label: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)  # to make a layer or an optimiser
    smooth: bool = True  # False where derivatives are infinite or jump
    training: bool = True  # the mode of a layer


@dataclass(frozen=True)
class Refusal:
    """A call that must raise ValueError, IndexError or TypeError with `message` in its text."""

    message: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case(ABC):
    """One record. `because` is the reason for a tolerance looser than the usual one."""

    name: str
    ours: Callable[..., Any]
    theirs: str  # the dotted name in PyTorch
    draw: Callable[[Rng], Iterable[Sample]]
    twin: Callable[..., Any] | None = None
    refusals: tuple[Refusal, ...] = ()
    rtol: float = 1.3e-6
    atol: float = 1e-5
    gradient_rtol: float = 1e-4
    because: str = ""
    adapted: Callable[[Any], Any] = lambda theirs: theirs  # PyTorch's, to call with our arguments

    def samples(self, seed: int) -> list[Sample]:
        """The sample inputs, float64, the same for the same seed whatever else is in the table."""
        return list(self.draw(np.random.default_rng([seed, zlib.crc32(self.name.encode())])))

    @abstractmethod
    def values(self, sample: Sample, seed: int, dtype: type = np.float32) -> Values:
        """Results and gradients, computed with our engine."""


@dataclass(frozen=True)
class Operation(Case):
    """A function of tensors."""

    def values(self, sample: Sample, seed: int, dtype: type = np.float32) -> Values:
        return self.values_of(self.ours, sample, seed, dtype)

    def values_of(
        self, function: Callable[..., Any], sample: Sample, seed: int, dtype: type = np.float32
    ) -> Values:
        """The same for another function, such as the twin."""
        made: dict[int, Tensor] = {}
        args = converted(sample.args, lambda a: _tensor(a, dtype), made)
        with np.errstate(all="ignore"):
            out = main_result(function(*args, **sample.kwargs))
            out.backward(cotangent(out.shape, seed))
        gradients = {f"gradient {i}": gradient_of(x) for i, x in enumerate(made.values())}
        return {"result": out.data, **gradients}


@dataclass(frozen=True)
class Layer(Case):
    """A module, made with the sample's settings and called with its arguments."""

    def values(self, sample: Sample, seed: int, dtype: type = np.float32) -> Values:
        layer, forward = self.function(sample, seed, dtype)
        operation = Operation(self.name, forward, self.theirs, self.draw)
        values = operation.values(sample, seed, dtype)
        return values | {f"gradient {k}": gradient_of(p) for k, p in layer.named_parameters()}

    def function(
        self, sample: Sample, seed: int, dtype: type
    ) -> tuple[Module, Callable[..., Tensor]]:
        """The layer, with weights drawn from the seed, and a function that calls it."""
        layer: Module = self.ours(**sample.settings).train(sample.training)
        for parameter in layer.parameters():
            parameter.data = parameter.data.astype(dtype)
        layer.load_state_dict(drawn_state(layer.state_dict(), seed))
        return layer, lambda *inputs, **kwargs: layer(*inputs, **kwargs)


@dataclass(frozen=True)
class OptimizerCase(Case):
    """An optimiser, for 50 steps on a quadratic loss with noisy gradients."""

    shapes: Shapes = WEIGHTS  # of the weights that it trains

    def values(self, sample: Sample, seed: int, dtype: type = np.float32) -> Values:
        weights = [
            Tensor(w, requires_grad=True, dtype=dtype) for w in initial_weights(seed, self.shapes)
        ]
        optimizer: Optimizer = self.ours(weights, **sample.settings)
        path = []
        for noises in gradient_noise(seed, self.shapes):
            for w, noise in zip(weights, noises, strict=True):
                w.grad = (w.data + noise).astype(dtype)
            optimizer.step()
            path.append(np.concatenate([w.data.ravel() for w in weights]))
        return {"result": np.stack(path)[4::5]}  # every fifth step, and so the last


def converted(value: Any, convert: Callable[[Array], Any], made: dict[int, Any]) -> Any:
    """`value` with every array in it converted; `made` collects what became of float arrays."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind != "f":
            return convert(value)
        return made.setdefault(id(value), convert(value))
    if isinstance(value, list | tuple):
        return type(value)(converted(part, convert, made) for part in value)
    return value


def main_result(out: Any) -> Any:
    """The tensor in `out`; of several, such as the states of an LSTM, all numbers in a row."""
    tensors = list(_tensors_in(out))
    if len(tensors) == 1:
        return tensors[0]
    return shape.concat([shape.reshape(x, (-1,)) for x in tensors])


def _tensors_in(out: Any) -> Iterator[Tensor]:
    if isinstance(out, Tensor):
        yield out
    elif isinstance(out, tuple):
        for part in out:
            yield from _tensors_in(part)


def gradient_of(x: Tensor) -> Array:
    """Its gradient; zeros when none arrived."""
    return np.zeros_like(x.data) if x.grad is None else x.grad


def cotangent(shape: tuple[int, ...], seed: int) -> Array:
    """Random weights for the results. All ones would hide a wrong gradient of softmax."""
    return np.random.default_rng([seed, 1]).normal(size=shape).astype(np.float32)


def drawn_state(state: Mapping[str, Array], seed: int) -> Values:
    """Random weights of the same names and shapes, near enough to 1 in size; counters stay."""
    rng = np.random.default_rng([seed, 2])
    drawn = {
        name: rng.normal(size=state[name].shape).astype(np.float32)
        for name in sorted(state)
        if state[name].dtype.kind == "f"
    }
    variances = {name: 0.5 + abs(v) for name, v in drawn.items() if name.endswith("running_var")}
    return {**state, **drawn, **variances}


def initial_weights(seed: int, shapes: Shapes = WEIGHTS) -> list[Array]:
    """Sets of weights to start from."""
    rng = np.random.default_rng([seed, 3])
    return [rng.normal(size=shape).astype(np.float32) for shape in shapes]


def gradient_noise(seed: int, shapes: Shapes = WEIGHTS) -> list[list[Array]]:
    """Noise that is added to the gradient of the loss w^2/2, at each step."""
    rng = np.random.default_rng([seed, 4])
    return [[rng.normal(size=shape).astype(np.float32) for shape in shapes] for _ in range(STEPS)]


def _tensor(array: Array, dtype: type) -> Tensor | Array:
    if array.dtype.kind != "f":
        return array
    kind = np.dtype(dtype).newbyteorder(array.dtype.byteorder)
    return Tensor(array.astype(kind), requires_grad=True)  # keeps the memory layout
