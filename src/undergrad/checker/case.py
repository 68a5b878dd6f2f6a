"""One call of a check function on a module, with a seed: done by the worker on the learner's
module and by the parent on the solution and on the mistakes, with this same code.

The check does not receive the module itself but `Code`, which hands out its names and notes what
was used, what came back, and which arguments were edited in place. The notes help to word a
message; only a check that says `keeps_arguments` is also decided by them.
"""

import inspect
import re
import zlib
from collections.abc import Callable
from functools import wraps
from types import FunctionType, ModuleType, TracebackType
from typing import Any

from undergrad.checker.answer import Answer, Raised
from undergrad.checker.author import Check

# Python's words for a call whose arguments do not fit the signature.
_REFUSED = re.compile(r"\w\(\) (missing \d|takes |got an unexpected|got multiple)")


class MissingName(AttributeError):
    """The exercise does not define a name that a check asks for."""


class Code:
    """The exercise as a check sees it: `code.name` is the module's `name`."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._used: list[str] = []
        self._returned = ""
        self._changed: list[tuple[str, str]] = []

    def __getattr__(self, name: str) -> Any:
        if name not in self._used:
            self._used.append(name)
        if name not in vars(self._module):
            raise MissingName(name)
        thing = vars(self._module)[name]
        own = type(thing) is FunctionType and thing.__globals__ is vars(self._module)
        return self._watched(name, thing) if own else thing

    def _watched(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            before = _copies(function, args, kwargs)
            try:
                value = function(*args, **kwargs)
            finally:
                self._changed += [(name, arg) for arg in _edited(before)]
            self._returned = type(value).__name__
            return value

        return call


def run_case(
    check: Check,
    module: ModuleType,
    seed: int,
    run: int,
    catch: type[BaseException] = Exception,
) -> Answer:
    """What `check` gives on `module` in random case `run` of `seed`.

    The value is as the check returned it; `codec` makes it plain. Errors of kind `catch` become
    `Answer.raised`, with the line in the module's own file.
    """
    import numpy as np

    code = Code(module)
    rng = np.random.default_rng([seed, run, zlib.crc32(check.name.encode())])
    value, raised = None, None
    try:
        value = check.function(code, rng)
    except catch as error:
        raised = describe(error, module.__file__ or "")
    return Answer(value, raised, tuple(code._used), code._returned, tuple(code._changed))


def describe(error: BaseException, filename: str) -> Raised:
    """An exception as text, with the deepest line that lies in `filename`."""
    line, function = None, ""
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame.f_code
        if frame.co_filename == filename:
            line, function = trace.tb_lineno, frame.co_name
        trace = trace.tb_next
    text = _text(error)
    return Raised(
        type(error).__name__,
        tuple(base.__name__ for base in type(error).__mro__),
        text,
        line,
        function,
        at_call=line is None and isinstance(error, TypeError) and bool(_REFUSED.search(text)),
    )


def _text(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except Exception:  # a learner's own __str__ may fail; then the class name has to do
        return ""


def _copies(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[tuple[str, Any, Any]]:
    """(argument name, argument, copy of what can be edited in it) for every argument."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):  # does not fit: the call itself will say so
        return []
    return [(name, each, _copy(each)) for name, each in bound.items()]


def _copy(value: Any) -> Any:
    """Arrays, lists, tuples and dictionaries copied through and through; else the thing itself."""
    import numpy as np

    if type(value) is np.ndarray:
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(map(_copy, value))
    return {key: _copy(each) for key, each in value.items()} if type(value) is dict else value


def _edited(before: list[tuple[str, Any, Any]]) -> list[str]:
    return [name for name, value, copy in before if not _is_unchanged(value, copy)]


def _is_unchanged(value: Any, copy: Any) -> bool:
    """Is `value` still what `_copy` made `copy` of?"""
    import numpy as np

    if type(value) is not type(copy):
        return False
    if type(copy) is np.ndarray:
        same_form = value.shape == copy.shape and value.dtype == copy.dtype
        return bool(same_form and value.tobytes() == copy.tobytes())
    if type(copy) in (list, tuple):
        return len(value) == len(copy) and all(map(_is_unchanged, value, copy))
    if type(copy) is dict:
        return value.keys() == copy.keys() and all(
            _is_unchanged(value[key], copy[key]) for key in copy
        )
    return value is copy or (isinstance(copy, int | float | complex | str) and bool(value == copy))
