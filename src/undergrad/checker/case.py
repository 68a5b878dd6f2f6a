"""One call of a check function on a module, with a seed: done by the worker on the learner's
module and by the parent on the solution and on the mistakes, with this same code.

The check does not receive the module itself but `Code`, which hands out its names and notes what
was used, what came back, and which arguments were edited in place. The notes help to word a
message; only a check that says `keeps_arguments` is also decided by them.
"""

import inspect
import math
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from types import FunctionType, ModuleType, TracebackType
from typing import Any

from undergrad.checker.answer import Answer, Call, Raised, label
from undergrad.checker.author import Check
from undergrad.checker.forms import NO_FORM, Forms, Misfit, misfit

# Python's words for a call whose arguments do not fit the signature.
_REFUSED = re.compile(r"\w\(\) (missing \d|takes |got an unexpected|got multiple)")


_CALLS, _SHOWN = 20, 300  # calls that are kept of a case, and numbers in one of them
_WEIGHED = 10_000  # numbers of an array whose order is noted too
_DEPTH, _LARGE = 4, 1e300  # of what is looked into; beyond, it is only counted as large
_UNNOTED: ContextVar[bool] = ContextVar("unnoted", default=False)


_signature = lru_cache(maxsize=256)(inspect.signature)  # of a function that is called many times


@contextmanager
def unnoted() -> Iterator[None]:
    """While this lasts, calls are made without a note. Noting one takes longer than most functions,
    so this is for the thousands that only repeat a call which was noted."""
    token = _UNNOTED.set(True)
    try:
        yield
    finally:
        _UNNOTED.reset(token)


class MissingName(AttributeError):
    """The exercise does not define a name that a check asks for."""


class Code:
    """The exercise as a check sees it: `code.name` is the module's `name`."""

    def __init__(self, module: ModuleType, forms: Forms) -> None:
        self._module = module
        self._forms = forms
        self._used: list[str] = []
        self._returned = ""
        self._changed: list[tuple[str, str]] = []
        self._misfit: Misfit | None = None
        self._drew = False
        self._sums: list[float] = []
        self._calls: list[Call] = []
        self._values: list[tuple[str, Any]] = []  # (function, what it returned)

    def __getattr__(self, name: str) -> Any:
        if name not in self._used:
            self._used.append(name)
        if name not in vars(self._module):
            raise MissingName(name)
        thing = vars(self._module)[name]
        own = type(thing) is FunctionType and thing.__globals__ is vars(self._module)
        if not own:
            return thing
        vars(self)[name] = watched = self._watched(name, thing)  # found without this method then
        return watched

    @contextmanager
    def methods_watched(self) -> Iterator[None]:
        """Methods with a declared form are watched in the classes of the exercise themselves."""
        owners: list[tuple[type, str, Any]] = []
        for name in self._forms:
            owner, _, method = name.rpartition(".")
            kind = vars(self._module).get(owner)
            if type(kind) is type and type(vars(kind).get(method)) is FunctionType:
                owners.append((kind, method, vars(kind)[method]))
                setattr(kind, method, self._watched(name, vars(kind)[method]))
        try:
            yield
        finally:
            for kind, method, function in owners:
                setattr(kind, method, function)

    def _watched(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if _UNNOTED.get():
                return function(*args, **kwargs)
            before = _copies(function, args, kwargs)
            try:
                value = function(*args, **kwargs)
            finally:
                self._changed += [(name, arg) for arg in _edited(before)]
            self._note(name, before, value)
            return value

        return call

    def _note(self, name: str, before: list[tuple[str, Any, Any]], value: Any) -> None:
        self._returned = type(value).__name__
        arguments = {arg: copy for arg, _, copy in before}
        form = self._forms.get(name, NO_FORM)
        self._misfit = self._misfit or misfit(name, form, value, arguments)
        self._drew |= any(_is_generator(each) for _, each, _ in before)
        self._values.append((name, value))
        self._sums.append(_sum(value))
        if len(self._calls) < _CALLS and _numbers((arguments, value)) <= _SHOWN:
            self._calls.append(Call(name, arguments, _copy(value)))

    def _labels(self, value: Any) -> tuple[tuple[tuple[Any, ...], str], ...]:
        """Which parts of a check's answer are values that a function returned, and their names."""
        own: dict[int, str] = {}
        for name, returned in self._values:
            own[id(returned)] = label(name)
            parts = self._forms.get(name, NO_FORM).parts
            if isinstance(returned, tuple) and len(parts) == len(returned):
                pairs = zip(parts, returned, strict=True)
                own |= {id(each): label(name, part.name) for part, each in pairs}
        return tuple((path, own[id(each)]) for path, each in _parts(value) if id(each) in own)


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

    code = Code(module, check.forms)
    rng = np.random.default_rng([seed, run, zlib.crc32(check.name.encode())])
    value, raised = None, None
    try:
        with code.methods_watched():
            value = check.function(code, rng)
    except catch as error:
        raised = describe(error, module.__file__ or "")
    return Answer(
        value,
        raised,
        tuple(code._used),
        code._returned,
        tuple(code._changed),
        code._misfit,
        code._drew,
        tuple(code._sums),
        tuple(code._calls),
        code._labels(value),
    )


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
        bound = _signature(function).bind(*args, **kwargs).arguments
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


def _is_generator(value: Any) -> bool:
    import numpy as np

    return isinstance(value, np.random.Generator)


def _sum(value: Any, depth: int = 0) -> float:
    """A sum of the sizes of all numbers in a value, which other draws or another order change."""
    import numpy as np

    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fiub":
            return 0.0
        size = np.abs(value).ravel()
        if size.size > _WEIGHED:  # a copy with weights would take time and memory
            return float(size.sum(dtype=float))
        return float(size.astype(float, copy=False) @ _weights(size.size))
    if isinstance(value, (int, float, np.floating, np.integer)):
        return abs(float(value)) if -_LARGE < value < _LARGE else 0.0
    inside = type(value) in (list, tuple) and depth < _DEPTH
    return (
        sum((_sum(each, depth + 1) * (1 + i) for i, each in enumerate(value)), 0.0)
        if inside
        else 0.0
    )


@lru_cache(maxsize=64)
def _weights(count: int) -> Any:
    import numpy as np

    return np.linspace(1.0, 2.0, count)


def _numbers(value: Any, depth: int = 0) -> float:
    """How many plain values there are in `value`; infinite when something in it is not plain."""
    import numpy as np

    if type(value) is np.ndarray:
        return value.size if value.dtype.kind in "fiub" else math.inf
    if type(value) in (list, tuple, dict, str):
        if len(value) > _SHOWN or depth > _DEPTH:
            return math.inf
        inside = value.values() if type(value) is dict else value
        return 1 if type(value) is str else sum(_numbers(each, depth + 1) for each in inside)
    if isinstance(value, int | float):
        return 1 if not abs(value) >= _LARGE else math.inf
    return 1 if value is None or isinstance(value, np.number) else math.inf


def _parts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """`value` and everything in it that is one of its kind, and the way to it.

    Whole numbers, strings, True, False and None may be one object wherever they occur.
    """
    if not path or hasattr(value, "shape") or type(value) in (float, list, tuple, dict):
        yield path, value
    if type(value) in (list, tuple, dict) and len(value) <= _SHOWN and len(path) < _DEPTH:
        for key, each in value.items() if type(value) is dict else enumerate(value):
            yield from _parts(each, (*path, key))


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
