"""What `autograd` says when a graph, or a gradient, is not what it must be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

if TYPE_CHECKING:
    from undergrad.engine.tensor import Tensor


def not_a_tensor(function: str, argument: str, value: object) -> TypeError:
    """Something else was given where only a tensor will do, most often an array."""
    if value is None:
        return TypeError(f"`{function}` needs a Tensor as `{argument}`, and was given None")
    kinds = {"ndarray": "a NumPy array", "int": "a number", "float": "a number"}
    kind = type(value)
    library = "" if kind.__module__ == "builtins" else f"{kind.__module__.partition('.')[0]}."
    what = kinds.get(kind.__name__, f"a {library}{kind.__name__}")
    return TypeError(f"`{function}` was given {what}; wrap it: `Tensor({argument})`")


def mixed_types(op: str, out: npt.NDArray[Any], parents: Sequence[Tensor]) -> TypeError:
    """The operands of an operation, and its result, are not of one float type."""
    names = ", ".join(str(parent.dtype) for parent in parents)
    return TypeError(
        f"{op}: operands of type {names} give {out.dtype}; all must share one float type: "
        "convert with Tensor(array, dtype=np.float32)"
    )


def no_graph() -> RuntimeError:
    """There is nothing to differentiate with respect to."""
    return RuntimeError(
        "backward() on a tensor that depends on no tensor with requires_grad=True; "
        "was it computed under no_grad(), or from detached values?"
    )


def not_a_scalar(shape: tuple[int, ...]) -> RuntimeError:
    """The root has several numbers, and none of them is the loss."""
    return RuntimeError(
        f"backward() on a tensor of shape {shape} needs gradient=, of the same "
        "shape; or reduce it to one number first, with sum() or mean()"
    )


def wrong_start(gradient: tuple[int, ...], root: tuple[int, ...]) -> ValueError:
    """The gradient to start from does not have the shape of the root."""
    return ValueError(f"backward(): gradient has shape {gradient}, the tensor {root}")


def freed() -> RuntimeError:
    """The graph was used by an earlier call of `backward`."""
    return RuntimeError(
        "this graph was already used by backward() and freed; "
        "call backward(retain_graph=True) the first time, or compute the loss again"
    )


def modified(result: Tensor, changed: Tensor, role: str, now: int, expected: int) -> RuntimeError:
    """A vjp would read numbers that are no longer those of the forward pass."""
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: the {role} of shape {changed.shape} of {result.op!r} is at version {now}; "
        f"expected version {expected} instead; call backward() before the change (often an "
        "optimiser's step), or compute the loss again after it"
    )


def in_place_on_leaf() -> RuntimeError:
    """`w += ...` where a gradient is recorded: the graph could not lead back to w."""
    return RuntimeError(
        "a leaf that requires grad is being used in an in-place operation; "
        "update it under no_grad(), or write w = w + ... to make a new tensor"
    )


def wrong_shape(op: str, gradient: tuple[int, ...], tensor: tuple[int, ...]) -> ValueError:
    """A vjp returned a gradient that broadcasting does not explain."""
    return ValueError(f"{op}: its gradient has shape {gradient} where the tensor has {tensor}")


def wrong_type(op: str, gradient: npt.NDArray[Any], tensor: Tensor) -> TypeError:
    """A vjp returned a gradient of another float type."""
    return TypeError(
        f"{op}: its gradient is {gradient.dtype} where the tensor is {tensor.dtype}; "
        "a NumPy scalar in the vjp is the usual cause: use a Python number"
    )
