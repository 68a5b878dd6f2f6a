"""The engine's graph, under the names of the unit `autograd`.

The learner's `backward` and `topo` walk over objects with `data`, `parents`, `vjp`,
`requires_grad` and `grad`. Seen in this way, the engine's own graph has them too, so that the
learner's backward pass can run over it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from undergrad.engine import autograd
from undergrad.engine.autograd import Array
from undergrad.engine.grad_mode import accumulate_grad
from undergrad.engine.tensor import Tensor


def sweep(backward: Callable[[Any, Any], object], root: Tensor, gradient: Any) -> None:
    """Run the learner's `backward` from `root`, and accumulate the gradients of the leaves."""
    top = Seen(root, {})
    backward(top, gradient)
    for each in list(top.known.values()):
        if each.grad is not None and each.tensor._vjp is None and each.requires_grad:
            found = np.asarray(each.grad, each.tensor.dtype)
            accumulate_grad(each.tensor, autograd.matched(found, each.tensor, "own backward"))


class Seen:
    """One tensor of a graph. The same tensor is always the same `Seen`."""

    def __init__(self, tensor: Tensor, known: dict[int, Seen]) -> None:
        self.tensor, self.known = tensor, known
        self.grad: Any = None
        known[id(tensor)] = self

    @property
    def data(self) -> Array:
        return self.tensor.data

    @property
    def requires_grad(self) -> bool:
        return self.tensor.requires_grad

    @property
    def parents(self) -> tuple[Seen, ...]:
        known = self.known
        return tuple(known.get(id(x)) or Seen(x, known) for x in self.tensor._parents)

    @parents.setter
    def parents(self, none: tuple[()]) -> None:
        self.tensor._parents = none

    @property
    def vjp(self) -> Callable[[Any], Sequence[Array]] | None:
        """None for a leaf, else the function from the upstream gradient to those of the parents."""
        return None if self.tensor._vjp is None else self._gradients

    @vjp.setter
    def vjp(self, freed: Any) -> None:
        self.tensor._vjp = autograd.freed  # whatever the learner calls it

    def _gradients(self, g: Any) -> Sequence[Array]:
        """One array for each parent; the engine returns None for those that need no gradient."""
        tensor = self.tensor
        assert tensor._vjp is not None
        gradients = tensor._vjp(np.asarray(g, tensor.dtype))
        return [
            np.zeros_like(x.data) if gradient is None else autograd.matched(gradient, x, tensor.op)
            for x, gradient in zip(tensor._parents, gradients, strict=True)
        ]
