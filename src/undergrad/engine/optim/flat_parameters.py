"""The parameters of an optimiser as one long vector.

An update rule such as Adam does the same to every number. So the parameters of a group are moved
into one flat array, of which each keeps a view, and before each step their gradients are joined.
One rule on one vector reads like the textbook, and takes a dozen NumPy calls instead of a dozen
for each parameter: for a million weights 1.5 ms instead of 10.

The rule runs over the whole vector as long as all parameters are trained together. When some of
them sit out a step, because they are frozen or took no part in the loss, the vector falls into
blocks: parameters next to each other that have been trained in the same steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, TypeAlias

import numpy as np

from undergrad.engine.autograd import Array
from undergrad.engine.tensor import Tensor

State: TypeAlias = dict[str, Array]  # vectors, one number per weight, and counters of shape ()


@dataclass(frozen=True)
class Block:
    """Neighbouring parameters that have been trained in the same steps, and their state."""

    params: range  # which parameters of the group
    numbers: slice  # which part of the flat vector
    state: State


class FlatParameters:
    """Tensors of one float type, whose numbers lie end to end in `data`.

    Copies, by `copy.deepcopy` or pickle, are laid out again, so that the parameters of a copy are
    views of the copy's own vector.
    """

    def __init__(self, params: list[Tensor]) -> None:
        self.params = params
        self.shapes = [p.shape for p in params]
        self.ends: list[int] = np.cumsum([0, *(p.size for p in params)]).tolist()
        self.data: Array = np.concatenate([p.data.ravel() for p in params])
        self._grad: Array = np.empty_like(self.data)
        self._views = list(zip(params, self._split(self.data), strict=True))
        self._grad_views = self._split(self._grad)
        for p, view in self._views:
            p.data = view

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.params,)

    def sync(self) -> None:
        """Copy the arrays that were put in place of the views."""
        for p, view in self._views:
            if p.data is not view:
                self._check_replaced(p, view)
                view[...] = p.data
                p.data = view

    def trained(self) -> list[bool]:
        """Whether each parameter is to be trained: it has a gradient, and it is not frozen."""
        return [p.grad is not None and p.requires_grad for p in self.params]

    def gradients(self, block: Block) -> Array:
        """The gradients of a block, end to end."""
        which = slice(block.params.start, block.params.stop)
        gradients: list[Any] = [p.grad for p in self.params[which]]
        if [g.shape for g in gradients] != self.shapes[which]:
            raise _misshapen(gradients, self.shapes[which])
        for view, g in zip(self._grad_views[which], gradients, strict=True):
            view[...] = g
        return self._grad[block.numbers]

    def zero_grad(self) -> None:
        """Remove all gradients."""
        for p in self.params:
            p.grad = None

    def block(self, params: range, state: State) -> Block:
        """The block of some neighbouring parameters."""
        return Block(params, slice(self.ends[params.start], self.ends[params.stop]), state)

    def divided(self, block: Block, marks: Sequence[object]) -> list[Block]:
        """`block`, cut between two parameters wherever their `marks` differ."""
        runs = [list(run) for _, run in groupby(block.params, key=marks.__getitem__)]
        parts = [self.block(range(run[0], run[-1] + 1), {}) for run in runs]
        start = block.numbers.start
        for part in parts:
            own = slice(part.numbers.start - start, part.numbers.stop - start)
            part.state.update({k: v[own] if v.ndim else v.copy() for k, v in block.state.items()})
        return parts

    def __repr__(self) -> str:
        size, dtype = self.data.size, self.data.dtype
        return f"FlatParameters({size} {dtype} numbers in {len(self.params)} tensors)"

    def _split(self, flat: Array) -> list[Array]:
        """The part of each parameter of a vector as long as `data`, in the parameter's shape."""
        parts = zip(pairwise(self.ends), self.shapes, strict=True)
        return [flat[start:end].reshape(shape) for (start, end), shape in parts]

    def _check_replaced(self, p: Tensor, view: Array) -> None:
        if p.data.shape != view.shape or p.data.dtype != view.dtype:
            raise ValueError(
                f"a parameter of the optimiser was {view.dtype} of shape {view.shape}, and is now "
                f"{p.data.dtype} of {p.data.shape}; make a new optimiser after such a change"
            )


def _misshapen(gradients: Sequence[Array], shapes: Sequence[tuple[int, ...]]) -> ValueError:
    g, shape = next(
        (g, shape) for g, shape in zip(gradients, shapes, strict=True) if g.shape != shape
    )
    return ValueError(f"a parameter of shape {shape} has a gradient of another: {g}")
