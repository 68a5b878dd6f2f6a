"""How gradients flow backwards through a calculation.

Every operation of the engine computes an array and hands it to `node`, together with the tensors
it came from (its parents) and a function `vjp`, the vector-Jacobian product: given the gradient of
the loss with respect to the result, it returns the gradient with respect to each parent. `backward`
starts at the loss and walks from the newest result to the oldest, so that each node is asked only
when all that was computed from it has already answered.

Three promises are kept here, once for all operations: a result has the float type of its parents,
a gradient has the shape and the type of its tensor, and a graph is used once and then let go.
"""

from __future__ import annotations

import functools
import itertools
import operator
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

Array: TypeAlias = npt.NDArray[Any]
Vjp: TypeAlias = Callable[[Array], Sequence[Array | None]]

_P = ParamSpec("_P")
_R = TypeVar("_R")


Collected: TypeAlias = "dict[int, tuple[Tensor, Array]]"


class _Recording(threading.local):
    """Whether graphs are built, and where the gradients of leaves go. Each thread has its own."""

    on = True
    aside: Collected | None = None  # None: into the leaf's own `grad`


_recording = _Recording()
_creation_number = itertools.count(1)
_creation = operator.attrgetter("_order")


class no_grad:
    """Compute without building a graph: `with no_grad():`, or `@no_grad()` above a function."""

    def __enter__(self) -> None:
        self._before = _recording.on
        _recording.on = False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _recording.on = self._before

    def __repr__(self) -> str:
        return "no_grad()"

    def __call__(self, function: Callable[_P, _R]) -> Callable[_P, _R]:
        @functools.wraps(function)
        def without_graph(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            with no_grad():
                return function(*args, **kwargs)

        return without_graph


class collect:
    """Within it, `backward` puts the gradients of leaves aside: `with collect() as found:`.

    So several threads can go backward through the same parameters at once. `found` holds, by the
    identity of each leaf, the leaf and its gradient.
    """

    def __enter__(self) -> Collected:
        self._before = _recording.aside
        found: Collected = {}
        _recording.aside = found
        return found

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _recording.aside = self._before

    def __repr__(self) -> str:
        return "collect()"


def collecting() -> bool:
    """Whether this thread is one of several that work on the same step."""
    return _recording.aside is not None


def node(out: Array, parents: tuple[Tensor, ...], vjp: Vjp, op: str) -> Tensor:
    """The tensor that holds `out`. The only place where a link of the graph is made.

    Arguments:
        out: the result of the operation.
        parents: the tensors that `out` was computed from, at least one.
        vjp: takes the gradient of `out`, returns one gradient (or None) for each parent. It may
            keep arrays, never the tensor returned here: that circle would outlive the loss.
        op: the name of the operation, for messages and drawings.

    Raises TypeError when `out` is not of the one float type that all parents share.
    """
    dtype, needs_grad = out.dtype, False
    for parent in parents:
        if parent.data.dtype != dtype:
            raise TypeError(_mixed_types(op, out, parents))
        if parent.requires_grad:
            needs_grad = True
    kind = type(parents[0])
    tensor = kind.__new__(kind)
    tensor.data = out if type(out) is np.ndarray else np.asarray(out)  # a 0-d result is a scalar
    tensor.grad = None
    tensor.op = op
    if needs_grad and _recording.on:
        tensor.requires_grad, tensor._parents, tensor._vjp = True, parents, vjp
        tensor._order = next(_creation_number)
    else:
        tensor.requires_grad, tensor._parents, tensor._vjp = False, (), None
        tensor._order = 0
    return tensor


def backward(
    root: Tensor, gradient: npt.ArrayLike | None = None, retain_graph: bool = False
) -> None:
    """Add d(root)/d(leaf), weighted by `gradient`, to the `grad` of every leaf below `root`.

    Nodes run in the order of their creation numbers, newest first. That order is always valid,
    because an operation can only use what was made before it; and it needs no recursion, so a
    graph may be any number of nodes deep.

    Arguments:
        root: the loss. A root of more than one number needs `gradient`, of the same shape.
        gradient: the gradient of the loss with respect to `root`; 1 when left out.
        retain_graph: keep the graph, so that `backward` may be called on it again.
    """
    seed = _seed(root, gradient)
    waiting: dict[int, Array] = {id(root): seed}
    owned: set[int] = set()  # keys whose array was made here, so that it may be added to in place
    if root._vjp is None:
        keep(root, seed)
    for tensor in newest_first(root):
        arrived = waiting.pop(id(tensor), None)
        if arrived is None:
            continue
        if tensor.grad is not None:
            keep(tensor, arrived)
        vjp, parents = tensor._vjp, tensor._parents
        assert vjp is not None
        for parent, share in zip(parents, vjp(arrived), strict=True):
            if share is None or not parent.requires_grad:
                continue
            share = fitted(share, parent, tensor.op)
            if parent._vjp is None:
                keep(parent, share)
            else:
                _add(waiting, owned, id(parent), share)
        if not retain_graph:
            tensor._vjp, tensor._parents = used_up, ()


def newest_first(root: Tensor) -> list[Tensor]:
    """All results below and including `root`, without the leaves, newest first."""
    found: dict[int, Tensor] = {}
    stack = [root]
    while stack:
        tensor = stack.pop()
        if tensor._vjp is None or id(tensor) in found:
            continue
        if tensor._vjp is used_up:
            used_up(tensor.data)
        found[id(tensor)] = tensor
        stack.extend(tensor._parents)
    return sorted(found.values(), key=_creation, reverse=True)


def unbroadcast(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Sum `gradient` over the axes along which an operand of `shape` was repeated.

    A number that was used n times receives n gradients, and they add up.
    """
    extra = gradient.ndim - len(shape)
    repeated = tuple(
        axis for axis in range(gradient.ndim) if axis < extra or shape[axis - extra] == 1
    )
    total: Array = gradient.sum(axis=repeated, keepdims=True)
    return total.reshape(total.shape[max(extra, 0) :])


def used_up(gradient: Array) -> Sequence[Array]:
    """Stands in place of a vjp that has run."""
    raise RuntimeError(
        "this graph was already used by backward() and let go; "
        "call backward(retain_graph=True) the first time, or compute the loss again"
    )


def _seed(root: Tensor, gradient: npt.ArrayLike | None) -> Array:
    if not root.requires_grad:
        raise RuntimeError(
            "backward() on a tensor that depends on no tensor with requires_grad=True; "
            "was it computed under no_grad(), or from detached values?"
        )
    if gradient is None:
        if root.data.size != 1:
            raise RuntimeError(
                f"backward() on a tensor of shape {root.shape} needs gradient=, of the same "
                "shape; or reduce it to one number first, with sum() or mean()"
            )
        return np.ones_like(root.data)
    seed = np.array(gradient, dtype=root.data.dtype)
    if seed.shape != root.shape:
        raise ValueError(f"backward(): gradient has shape {seed.shape}, the tensor {root.shape}")
    return seed


def fitted(gradient: Array, tensor: Tensor, op: str) -> Array:
    """`gradient`, un-broadcast to the shape of `tensor`. What does not fit is a bug in a vjp."""
    if gradient.shape != tensor.data.shape:
        received, gradient = gradient.shape, unbroadcast(gradient, tensor.data.shape)
        if gradient.shape != tensor.data.shape:
            raise ValueError(
                f"{op}: its gradient has shape {received} where the tensor has {tensor.data.shape}"
            )
    if gradient.dtype != tensor.data.dtype:
        raise TypeError(
            f"{op}: its gradient is {gradient.dtype} where the tensor is {tensor.data.dtype}; "
            "a NumPy scalar in the vjp is the usual cause: use a Python number"
        )
    return gradient


def keep(tensor: Tensor, gradient: Array) -> None:
    """Add to `tensor.grad`, an array of its own: two tensors never share one."""
    if _recording.aside is not None:
        _, so_far = _recording.aside.get(id(tensor), (tensor, 0))
        _recording.aside[id(tensor)] = tensor, so_far + gradient
    elif tensor.grad is None:
        tensor.grad = np.array(gradient, order="C")
    else:
        tensor.grad += gradient


def _add(waiting: dict[int, Array], owned: set[int], key: int, gradient: Array) -> None:
    """The first gradient is kept as it is; the second makes a new array, the others add to it."""
    if key not in waiting:
        waiting[key] = gradient
    elif key in owned:
        waiting[key] += gradient
    else:
        waiting[key] = waiting[key] + gradient
        owned.add(key)


def _mixed_types(op: str, out: Array, parents: tuple[Tensor, ...]) -> str:
    names = ", ".join(str(parent.dtype) for parent in parents)
    return (
        f"{op}: operands of type {names} give {out.dtype}; all must share one float type: "
        "convert with Tensor(array, dtype=np.float32)"
    )
