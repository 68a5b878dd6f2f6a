"""Reverse-mode automatic differentiation: how gradients flow backward through a calculation.

Every operation computes an array and calls `node` with it, with the tensors that it was computed
from (its parents), and with a function `vjp`, the vector-Jacobian product. A vjp takes the upstream
gradient g, the gradient of the loss with respect to the result, and returns the gradient with
respect to each parent. For example, multiplication: the derivative of a * b with respect to a is b.

    >>> def mul(a, b):
    ...     return node(a.data * b.data, (a, b), lambda g: (g * b.data, g * a.data), "mul")
    >>> a, b = Tensor([2.0], requires_grad=True), Tensor([5.0], requires_grad=True)
    >>> loss = mul(a, mul(a, b))  # a^2 b
    >>> loss.backward()
    >>> a.grad.item(), b.grad.item()  # 2 a b and a^2
    (20.0, 4.0)

`backward` starts at the loss and visits the results in reverse topological order, so that the
gradient of each is complete, summed over all its uses, before it is passed on.

Four rules hold for all operations, and this file enforces them: the operands and the result share
one float type; a gradient has the shape and the type of its tensor; what a vjp reads was not
changed in place since the forward pass (`versions`); and a graph is used once and then freed,
unless `retain_graph` keeps it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.engine import graph_errors, versions
from undergrad.engine.grad_mode import accumulate_grad, mode

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor

Array: TypeAlias = npt.NDArray[Any]
Vjp: TypeAlias = Callable[[Array], Sequence[Array | None]]


def node(out: Array, parents: tuple[Tensor, ...], vjp: Vjp, op: str) -> Tensor:
    """The tensor that holds `out`. The only place where edges of the graph are created.

    Arguments:
        out: the result of the operation.
        parents: the tensors that `out` was computed from, at least one.
        vjp: takes the gradient of `out`, returns one gradient (or None) for each parent. It may
            keep arrays, never the tensor returned here: that cycle would outlive the loss. It must
            not modify g, which other tensors may share.
        op: the name of the operation, for messages and drawings.

    Raises TypeError when `out` is not of the one float type that all parents share.
    """
    dtype, requires_grad = out.dtype, False
    try:
        for parent in parents:  # dtypes are nearly always identical, and `is` is the faster test
            if parent.data.dtype is not dtype and parent.data.dtype != dtype:
                raise graph_errors.mixed_types(op, out, parents)
            if parent.requires_grad:
                requires_grad = True
    except AttributeError:
        raise graph_errors.not_a_tensor(op, "x", parent) from None
    cls = type(parents[0])
    tensor = cls.__new__(cls)  # without the checks and the copy of Tensor(...)
    tensor.data = (
        out if type(out) is np.ndarray else np.asarray(out)
    )  # NumPy returns 0-d results as scalars
    tensor.op, tensor.grad, tensor.retains_grad = op, None, False
    view = out.base is not None and len(parents) == 1 and versions.is_view(out, parents[0])
    tensor._counter = versions.shared_counter(parents[0]) if view else None
    if requires_grad and not mode.disabled:
        tensor.requires_grad, tensor._parents, tensor._vjp = True, parents, vjp
        tensor._order = next(versions.clock)
    else:
        tensor.requires_grad, tensor._parents, tensor._vjp = False, (), None
        tensor._order = 0
    return tensor


def backward(
    root: Tensor, gradient: npt.ArrayLike | None = None, retain_graph: bool = False
) -> None:
    """Add d(root)/d(leaf), weighted by `gradient`, to the `grad` of every leaf below `root`.

    The same for results whose `retains_grad` is set.

    Arguments:
        root: the loss. A root of more than one number needs `gradient`, of the same shape.
        gradient: the gradient of the loss with respect to `root`; 1 when left out.
        retain_graph: keep the graph, so that `backward` may be called on it again.
    """
    upstream = {id(root): _initial_gradient(root, gradient)}  # of each result, summed so far
    if root._vjp is None:
        accumulate_grad(root, upstream[id(root)])
    results = reverse_topological_order(root)
    versions.check_unchanged(results)
    for tensor in results:
        g = upstream.pop(id(tensor), None)
        if g is None:  # no gradient reached this result
            continue
        if tensor.retains_grad:
            tensor.grad = g.copy() if tensor.grad is None else np.asarray(tensor.grad + g)
        vjp, parents = tensor._vjp, tensor._parents
        assert vjp is not None
        for parent, contribution in zip(parents, vjp(g), strict=True):
            if contribution is None or not parent.requires_grad:
                continue
            contribution = matched(contribution, parent, tensor.op)
            if parent._vjp is None:
                accumulate_grad(parent, contribution)
            elif (key := id(parent)) in upstream:  # not +=: a vjp may give one array to two parents
                upstream[key] = upstream[key] + contribution
            else:
                upstream[key] = contribution
        if not retain_graph:
            tensor._vjp, tensor._parents = freed, ()


def reverse_topological_order(root: Tensor) -> list[Tensor]:
    """All results below and including `root`, each before its parents, excluding leaves.

    Sorted by their creation numbers, newest first. That order is always valid, because an
    operation can only use what was made before it; and it needs no recursion, so a graph may be
    any number of nodes deep.
    """
    found: dict[int, Tensor] = {}
    stack = [root]
    while stack:
        tensor = stack.pop()
        if tensor._vjp is None or id(tensor) in found:
            continue
        if tensor._vjp is freed:
            raise graph_errors.freed()
        found[id(tensor)] = tensor
        stack.extend(tensor._parents)
    return sorted(found.values(), key=operator.attrgetter("_order"), reverse=True)


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


def matched(gradient: Array, tensor: Tensor, op: str) -> Array:
    """`gradient`, un-broadcast to the shape of `tensor`. What does not fit is a bug in a vjp."""
    if gradient.shape != tensor.data.shape:
        received, gradient = gradient.shape, unbroadcast(gradient, tensor.data.shape)
        if gradient.shape != tensor.data.shape:
            raise graph_errors.wrong_shape(op, received, tensor.shape)
    if gradient.dtype is not tensor.data.dtype and gradient.dtype != tensor.data.dtype:
        raise graph_errors.wrong_type(op, gradient, tensor)
    return gradient


def freed(gradient: Array) -> Sequence[Array]:
    """Replaces the vjp of a result whose graph has been used."""
    raise graph_errors.freed()


def _initial_gradient(root: Tensor, gradient: npt.ArrayLike | None) -> Array:
    """The gradient of the loss with respect to `root`: 1, or what the caller gave, once checked."""
    if not root.requires_grad:
        raise graph_errors.no_graph()
    if gradient is None:
        if root.data.size != 1:
            raise graph_errors.not_a_scalar(root.shape)
        return np.ones_like(root.data)
    start = np.array(gradient, dtype=root.data.dtype)
    if start.shape != root.shape:
        raise graph_errors.wrong_start(start.shape, root.shape)
    return start
