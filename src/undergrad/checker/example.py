"""A small call that goes wrong, with its arguments: what a learner can try by hand.

The calls that a check made of the exercise's functions were noted in the worker. Smaller versions
of the wrong ones are tried with the worked solution here and with the learner's code in the
sandbox; the shortest that is wrong is shown. What is expected is right by construction.
"""

import ast
import time
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from undergrad.checker.answer import Call, Opaque, label
from undergrad.checker.answer_key import quiet, solved
from undergrad.checker.codec import plain
from undergrad.checker.compare import difference
from undergrad.checker.forms import NO_FORM, Form, Forms
from undergrad.checker.grade import UNEXPLAINED, CheckRun
from undergrad.checker.known import Expected, Given
from undergrad.checker.result import NOT_STARTED, TaskResult
from undergrad.checker.shrink import smaller
from undergrad.checker.source import Source

_SCALARS = ("float", "int", "bool", "str")
_LONGEST = 300  # characters of an example that are worth reading
_CALLS, _TRIALS, _SECONDS = 2, 40, 0.5  # of one check: wrong calls, versions, time for the solution

CallAgain = Callable[[list[Call]], Mapping[int, Any]]  # to what the learner's code returns


@dataclass(frozen=True)
class _Trial:
    """A call that may be wrong: a smaller version of one that is."""

    call: Call  # with the solution's value
    text: str
    part: int | None  # which of the values is compared; None: the whole
    what: str  # how the value of the call in the check was wrong, as in `Difference.what`


def with_examples(
    run: CheckRun,
    results: tuple[TaskResult, ...],
    expected: Expected,
    given: Given,
    call_again: CallAgain,
) -> tuple[TaskResult, ...]:
    """The results, where a wrong value is followed by the shortest call that shows it."""
    forms = run.answer_key.checks[0].forms
    trials = [
        (result.function, trial)
        for result, check in zip(results, run.answer_key.checks, strict=True)
        if check.judge is None and result.verdict == "fail"
        if result.expected and result.got != NOT_STARTED
        for trial in _trials(run, result.function, expected, given)
    ]
    values = call_again([trial.call for _, trial in trials]) if trials else {}
    shown: dict[str, str] = {}
    for number, (function, trial) in enumerate(trials):
        text = _sentence(trial, values[number], forms) if number in values else ""
        if text and function not in shown:
            shown[function] = f"{text}\n{_how_to_try(run.source, trial.text)}"
    return tuple(_with(each, shown.get(each.function, "")) for each in results)


def _with(result: TaskResult, example: str) -> TaskResult:
    """The example below the message, or in its place when that says nothing but "wrong".

    Its two values stand for those of the check, whose arguments nobody sees.
    """
    if not example:
        return result
    said = [] if result.message.startswith(UNEXPLAINED) else [result.message]
    return replace(result, message="\n".join([*said, example]), expected="", got="")


def _trials(run: CheckRun, check: str, expected: Expected, given: Given) -> list[_Trial]:
    """Smaller versions of the check's wrong calls, the shortest first."""
    module, forms = vars(solved(run.answer_key)), run.answer_key.checks[0].forms
    end = time.monotonic() + _SECONDS
    versions: dict[str, tuple[_Trial, dict[str, Any]]] = {}
    wrong = _wrong_calls(module, forms, check, expected, given)
    for trial in sorted(wrong, key=lambda each: len(each.text))[:_CALLS]:
        for arguments in smaller(trial.call.arguments):
            versions.setdefault(_typed_call(trial.call.function, arguments), (trial, arguments))
    found: list[_Trial] = []
    for text in sorted(versions, key=len):
        trial, arguments = versions[text]
        function, part = trial.call.function, trial.part
        if len(found) == _TRIALS or len(text) > _LONGEST or time.monotonic() > end:
            break
        value = _solution(module, function, arguments)
        if _alike(_part(trial.call.value, part), _part(value, part)):
            found.append(_Trial(Call(function, arguments, value), text, part, trial.what))
    return found


def _wrong_calls(
    module: Mapping[str, Any], forms: Forms, check: str, expected: Expected, given: Given
) -> Iterator[_Trial]:
    """The calls of a check whose value it compares and which are wrong, with the right value."""
    for (name, case, again), got in given.items():
        if name != check or again:
            continue
        labels = {text for _, text in expected[name, case].labels}
        for call in got.calls:
            form = forms.get(call.function, NO_FORM)
            value = _solution(module, call.function, call.arguments)
            for part in _compared(call.function, form, labels):
                pair = _part(value, part), _part(call.value, part)
                if not any(map(_opaque, pair)) and (found := difference(*pair)):
                    text = _typed_call(call.function, call.arguments)
                    yield _Trial(replace(call, value=value), text, part, found.what)
                    break


def _compared(function: str, form: Form, labels: set[str]) -> list[int | None]:
    """The parts of what a function returns that a check compares as they are.

    Of arrays and lists there may be several right ones, which the check makes equal.
    """
    whole, parts = label(function) in labels, form.parts
    if len(parts) < 2:
        return [None] if whole or (parts and parts[0].kind in _SCALARS) else []
    return [
        number
        for number, part in enumerate(parts)
        if part.kind in _SCALARS or (part.kind and (whole or label(function, part.name) in labels))
    ]


def _part(value: Any, part: int | None) -> Any:
    if part is None:
        return value
    several = isinstance(value, list | tuple) and len(value) > part
    return value[part] if several else Opaque("nothing")


def _solution(module: Mapping[str, Any], function: str, arguments: Mapping[str, Any]) -> Any:
    """What the solution returns; an Opaque for arguments that it does not take."""
    try:
        with quiet():
            return plain(module[function](**deepcopy(dict(arguments))))
    except Exception:
        return Opaque("nothing")


def _opaque(value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value
    nested = isinstance(value, list | tuple | dict) and any(map(_opaque, inside))
    return isinstance(value, Opaque) or nested


def _alike(before: Any, after: Any) -> bool:
    """Is it a value of the same kind, and as finite?"""
    import numpy as np

    if type(before) is not type(after) or _opaque(after):
        return False
    if isinstance(after, np.ndarray | float):
        a, b = np.asarray(before), np.asarray(after)
        same = a.ndim == b.ndim and a.dtype == b.dtype and b.size > 0
        return bool(same and (np.isfinite(b).all() or not np.isfinite(a).all()))
    return True


def _sentence(trial: _Trial, value: Any, forms: Forms) -> str:
    """What the learner's call gives and what it should, when it is wrong in the same way."""
    want, have = _part(trial.call.value, trial.part), _part(value, trial.part)
    found = None if _opaque(have) else difference(want, have)
    wanted, got = _shown(want), _shown(have)
    if found is None or found.what != trial.what or wanted == got:
        return ""
    parts = forms.get(trial.call.function, NO_FORM).parts
    name = "" if trial.part is None else f"{parts[trial.part].name} = "
    text = f"`{trial.text}` gives {name}{got}; expected {name}{wanted}."
    return text if len(text) <= _LONGEST else ""


def _how_to_try(source: Source, text: str) -> str:
    imports = (each for each in source.tree.body if isinstance(each, ast.Import))
    names = {alias.asname for each in imports for alias in each.names if alias.name == "numpy"}
    first = ", after `import numpy as np`" if "np." in text and "np" not in names else ""
    path = f'"{source.path}"' if " " in source.path else source.path
    return f"Try it with `python -i {path}`{first}."


def _typed_call(function: str, arguments: Mapping[str, Any]) -> str:
    inside = ", ".join(f"{name}={_typed(each)}" for name, each in arguments.items())
    return f"{function}({inside})"


def _typed(value: Any) -> str:
    """A value as it is typed, to the last digit."""
    import numpy as np

    if isinstance(value, np.ndarray):
        if not value.size:
            return f"np.zeros({value.shape})"
        plain_kind = value.dtype.str in ("<f8", "<i8", "|b1")
        dtype = "" if plain_kind else f", np.{value.dtype.name}"
        return f"np.array({_typed(value.tolist())}{dtype})"
    if isinstance(value, list):
        return f"[{', '.join(map(_typed, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_typed, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_typed(each)}" for key, each in value.items()) + "}"
    if isinstance(value, float) and not np.isfinite(value):
        return f"float('{value}')"
    return repr(value)


def _shown(value: Any) -> str:
    """A value as it is read: arrays as lists, and numbers to six digits."""
    import numpy as np

    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f":  # what is left of a 0 by rounding is shown as 0
            size = np.abs(value[np.isfinite(value)]).max(initial=0.0)
            value = np.where(np.abs(value) < 1e-12 * size, 0.0, value)
        return _shown(value.tolist())
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_shown, value))}{',' if len(value) == 1 else ''})"
    return repr(float(f"{value:.6g}") + 0.0) if isinstance(value, float) else repr(value)
