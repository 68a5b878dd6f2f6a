"""What a unit's `parts.py` is written with.

A unit asks for plain functions of arrays; the engine wants operations on tensors. An adapter is the
few lines between the two. It receives the learner's module and the engine's own version, and
returns a function with the signature of the engine's:

    @part("undergrad.engine.ops.elementwise.relu", uses=("relu", "relu_backward"))
    def relu(own, lent):
        def relu(x):
            out, cache = own.relu(x.data)
            return result(out, (x,), lambda g: (own.relu_backward(g, cache),))

        return relu

The decorator is read by the course without running the file. What the unit does not teach goes to
`lent`, and is counted as on loan.
"""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine import autograd
from undergrad.engine.autograd import Array, Vjp
from undergrad.engine.tensor import Tensor

Piece: TypeAlias = Callable[..., Any]  # an operation, a rule or another function of the engine
Adapter: TypeAlias = Callable[[ModuleType, Piece], Piece]


def part(name: str, *, uses: Sequence[str]) -> Callable[[Adapter], Adapter]:
    """Mark the adapter of one piece of the engine.

    Arguments:
        name: the piece, dotted, such as "undergrad.engine.ops.linalg.linear".
        uses: what of the exercise the adapter calls.
    """

    def mark(adapter: Adapter) -> Adapter:
        adapter.builds = name  # type: ignore[attr-defined]  # a note on the function itself
        return adapter

    return mark


def result(out: Any, parents: tuple[Tensor, ...], vjp: Vjp) -> Tensor:
    """A node of the engine's graph for `out`, an array that the learner's code computed.

    Exercises work with float64, trainings mostly with float32: what comes out takes the float type
    of the parents. `vjp(g)` returns one gradient, or None, for each parent; a gradient of another
    shape than its parent raises ValueError.
    """
    dtype = parents[0].dtype

    def back(g: Array) -> list[Array | None]:
        g = g.view()
        g.flags.writeable = False  # it may be the slope of other results too
        return [_like(share, x) for share, x in zip(vjp(g), parents, strict=True)]

    return autograd.node(np.asarray(out, dtype), parents, back, "own")


def through(own: ModuleType, tensors: tuple[Tensor, ...], compute: Callable[..., Any]) -> Tensor:
    """What `compute` makes of the learner's own Tensors, as one node of the engine's graph.

    The way forward is recorded by the learner's Tensor, the way back runs in the learner's
    `backward`.
    """

    def run() -> tuple[list[Any], Any]:
        leaves = [own.Tensor(x.data, x.requires_grad) for x in tensors]
        return leaves, compute(*leaves)

    recorded = [run()]
    out = recorded[0][1].data

    def vjp(g: Array) -> list[Array | None]:
        leaves, end = recorded.pop() if recorded else run()  # used up, when asked again
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
