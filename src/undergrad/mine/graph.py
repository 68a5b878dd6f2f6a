"""A result of the engine, under the names that the unit `autograd` gives to things.

The learner's `backward` and `topo` walk over whatever has `data`, `parents`, `vjp`,
`requires_grad` and `grad`. Seen in this way, the engine's own graph has them too, and can be swept
by the learner.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from undergrad.engine import autograd
from undergrad.engine.autograd import Array
from undergrad.engine.tensor import Tensor


class Seen:
    """One tensor of a graph. The same tensor is always the same `Seen`."""

    def __init__(self, tensor: Tensor, known: dict[int, Seen] | None = None) -> None:
        self._tensor = tensor
        self._known = {} if known is None else known
        self._known[id(tensor)] = self

    @property
    def data(self) -> Array:
        return self._tensor.data

    @property
    def requires_grad(self) -> bool:
        return self._tensor.requires_grad

    @property
    def parents(self) -> tuple[Seen, ...]:
        known = self._known
        return tuple(known.get(id(x)) or Seen(x, known) for x in self._tensor._parents)

    @parents.setter
    def parents(self, none: tuple[()]) -> None:
        self._tensor._parents = none

    @property
    def vjp(self) -> Any:
        """None for a leaf, else the function from the slope here to those of the parents."""
        return None if self._tensor._vjp is None else self._shares

    @vjp.setter
    def vjp(self, used_up: Any) -> None:
        self._tensor._vjp = autograd.used_up  # whatever the learner's is called, it is over

    @property
    def grad(self) -> Array | None:
        return self._tensor.grad

    @grad.setter
    def grad(self, gradient: Any) -> None:
        self._tensor.grad = np.asarray(gradient, self._tensor.dtype)

    def _shares(self, g: Any) -> Sequence[Array]:
        """One array for each parent: the engine leaves out those that nobody wants."""
        tensor = self._tensor
        assert tensor._vjp is not None
        shares = tensor._vjp(np.asarray(g, tensor.dtype))
        return [
            np.zeros_like(x.data) if share is None else autograd.fitted(share, x, tensor.op)
            for x, share in zip(tensor._parents, shares, strict=True)
        ]


def seen(tensor: Tensor) -> Seen:
    """`tensor` and all below it, for the learner's `backward`."""
    return Seen(tensor)
