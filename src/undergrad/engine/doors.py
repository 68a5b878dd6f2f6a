"""One door for what is not a tensor: a sentence in place of an error from deep inside NumPy.

An array has attributes of the same names as a tensor, so it fails late and strangely: "'memoryview'
object has no attribute 'dtype'". Checking every argument of every operation would cost each step of
a training. So a call is looked at only after it has failed: its annotations say which arguments
must be tensors.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

from undergrad.engine.graph_errors import not_a_tensor
from undergrad.engine.ops.operands import is_tensor

_P = ParamSpec("_P")
_R = TypeVar("_R")


def explained(operation: Callable[_P, _R]) -> Callable[_P, _R]:
    """An operation that says in a sentence when an array was given in place of a tensor.

    It calls what stands in the operation's module under its name, be that a readable twin or the
    learner's own.
    """
    module, name = sys.modules[operation.__module__], operation.__name__

    @functools.wraps(operation)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return getattr(module, name)(*args, **kwargs)  # type: ignore[no-any-return]
        except Exception:
            refuse_arrays(name, operation, args, kwargs)
            raise

    return call


def refuse_arrays(
    name: str, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> None:
    """Raise TypeError if one of the arguments should be a tensor and is not.

    Arguments:
        name: of the layer or operation, for the message.
        function: its annotations tell tensors from other arguments.
        args, kwargs: what it was called with.
    """
    try:
        given = inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        return  # too few or too many arguments: Python has said so already
    for argument, value in given.arguments.items():
        parameter = given.signature.parameters[argument]
        kind = _without_module(parameter.annotation)
        several = parameter.kind is parameter.VAR_POSITIONAL or kind == "Sequence[Tensor]"
        if kind not in ("Tensor", "Tensor | None", "Sequence[Tensor]"):
            continue
        values: Iterable[Any] = value if several else (value,)
        for each in values:
            if not is_tensor(each) and not (each is None and kind == "Tensor | None"):
                raise not_a_tensor(name, argument, each) from None


def _without_module(annotation: Any) -> str:
    """An annotation as it is written: "Tensor" for the class, "Tensor | None" for the union."""
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return text.replace("undergrad.engine.tensor.", "").replace("collections.abc.", "")
