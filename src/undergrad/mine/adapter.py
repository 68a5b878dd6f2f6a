"""What a unit's `parts.py` is written with.

A unit is about plain functions of arrays; the engine needs operations on tensors. An adapter is the
few lines between the two. It receives the learner's module and the engine's own version, and
returns a function with the signature of the engine's:

    @part("undergrad.engine.ops.elementwise.relu", uses=("relu", "relu_backward"))
    def relu(own, borrowed):
        def relu(x):
            out, cache = own.relu(x.data)
            return result(out, (x,), lambda g: (own.relu_backward(g, cache),))

        return relu

The course reads the decorator without running the file. What the unit does not teach goes to
`borrowed`, and is counted as on loan.
"""

import ast
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine import autograd
from undergrad.engine.autograd import Array, Vjp
from undergrad.engine.tensor import Tensor
from undergrad.sandbox import renames
from undergrad.sandbox.loading import Earlier, load
from undergrad.sandbox.renames import Renamed

Function: TypeAlias = Callable[..., Any]  # of the engine: an operation, a rule of an optimiser ...
Adapter: TypeAlias = Callable[[ModuleType, Function], Function]


def part(name: str, *, uses: Sequence[str]) -> Callable[[Adapter], Adapter]:
    """Mark the adapter of one part of the engine.

    Arguments:
        name: the engine's function, dotted, such as "undergrad.engine.ops.linalg.linear".
        uses: what of the exercise the adapter calls.
    """

    def mark(adapter: Adapter) -> Adapter:
        adapter.builds = name  # type: ignore[attr-defined]  # a note on the function itself
        return adapter

    return mark


def adapters(source: bytes | str, filename: str) -> dict[str, Adapter]:
    """The adapters in the text of a `parts.py`, by the name of the part that each builds."""
    functions = vars(load(source, filename)).values()
    return {each.builds: each for each in functions if hasattr(each, "builds")}


def load_exercise(source: str, filename: str, renamed: Renamed, earlier: Earlier) -> ModuleType:
    """A learner's file as a module.

    renamed: of its unit, so that older files work as well.   earlier: what it may import.
    """
    module = load(source, filename, earlier=earlier)
    renames.apply(module, renames.in_use(ast.parse(source), renamed))
    return module


def result(out: Any, parents: tuple[Tensor, ...], vjp: Vjp) -> Tensor:
    """A node of the engine's graph for `out`, an array that the learner's code computed.

    Exercises work with float64, trainings mostly with float32: what comes out takes the float type
    of the parents. `vjp(g)` returns one gradient, or None, for each parent; a gradient of another
    shape than its parent raises ValueError.
    """
    dtype = parents[0].dtype

    def back(g: Array) -> list[Array | None]:
        g = np.asarray(g).view()  # of a scalar it may be a number
        g.flags.writeable = False  # it may be the upstream gradient of other results too
        return [_like(gradient, x) for gradient, x in zip(vjp(g), parents, strict=True)]

    return autograd.node(np.asarray(out, dtype), parents, back, "own")


def through(own: ModuleType, tensors: tuple[Tensor, ...], compute: Callable[..., Any]) -> Tensor:
    """What `compute` makes of the learner's own Tensors, as one node of the engine's graph.

    The learner's Tensor records the forward pass; the learner's `backward` does the backward pass.
    """

    def run() -> tuple[list[Any], Any]:
        leaves = [own.Tensor(x.data, x.requires_grad) for x in tensors]
        return leaves, compute(*leaves)

    recorded = [run()]
    out = recorded[0][1].data

    def vjp(g: Array) -> list[Array | None]:
        leaves, end = recorded.pop() if recorded else run()  # its graph is used up by one pass
        own.backward(end, g)
        return [leaf.grad for leaf in leaves]

    return result(out, tensors, vjp)


def _like(gradient: Any, x: Tensor) -> Array | None:
    if gradient is None:
        return None
    array = np.asarray(gradient, x.dtype)
    if array.shape != x.shape:
        raise ValueError(f"its gradient has shape {array.shape} where the input has {x.shape}")
    return array
