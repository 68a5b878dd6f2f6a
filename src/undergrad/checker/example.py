"""The smallest call that went wrong, with its arguments: what a learner can try by hand.

The calls that a check made of the exercise's functions were noted in the worker. The worked
solution is called here with the same arguments, so what is expected is right by construction.
"""

from copy import deepcopy
from typing import Any

from undergrad.checker.answer import Answer, Call, Opaque
from undergrad.checker.answer_key import AnswerKey, quiet, solved
from undergrad.checker.codec import plain
from undergrad.checker.compare import difference
from undergrad.checker.forms import Part

_SCALARS = ("float", "int", "bool", "str")
_LONGEST = 300  # characters of a call that are worth reading


def smallest(key: AnswerKey, path: str, right: Answer, got: Answer) -> str:
    """One or two sentences about the smallest call of the case that is wrong; "" without one.

    path: of the learner's file, as it is typed where the check was started.
    """
    forms = key.checks[0].forms
    asked = {each.partition(" ")[0] for each in _functions(right)}
    module = vars(solved(key))
    shown: list[str] = []
    for call in got.calls:
        form = forms.get(call.function, ())
        single = len(form) == 1 and form[0].kind in _SCALARS
        # Of other values there may be several right ones, which the check makes equal.
        if (call.function in asked or single) and call.function in module:
            shown += _wrong(call, module[call.function], form)
    if not shown:
        return ""
    text = min(shown, key=len)
    return f"{text}\nTry it with `python -i {path}`." if len(text) <= _LONGEST else ""


def _functions(right: Answer) -> list[str]:
    """The functions whose values the check compares as they are."""
    return [label.rpartition("`")[0].rpartition("`")[2] for _, label in right.labels]


def _wrong(call: Call, function: Any, form: tuple[Part, ...]) -> list[str]:
    """The call as a sentence, when the solution returns something else."""
    if any(_opaque(each) for each in (*call.arguments.values(), call.value)):
        return []
    try:
        with quiet():
            expected = plain(function(**deepcopy(call.arguments)))
    except Exception:  # arguments that cannot be given by name, or that are refused
        return []
    pairs = [(expected, call.value)]
    if len(form) > 1 and isinstance(expected, tuple) and isinstance(call.value, tuple):
        named = zip(form, expected, call.value, strict=False)
        pairs = [(a, b) for part, a, b in named if part.kind]
    found = next(((a, b) for a, b in pairs if difference(a, b) is not None), None)
    if found is None:
        return []
    arguments = ", ".join(f"{name}={_code(each)}" for name, each in call.arguments.items())
    want, have = map(_code, found)
    return [f"`{call.function}({arguments})` gave {have}; expected {want}."]


def _opaque(value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value
    nested = isinstance(value, list | tuple | dict) and any(map(_opaque, inside))
    return isinstance(value, Opaque) or nested


def _code(value: Any) -> str:
    """A value as it is typed, with numbers to four digits."""
    import numpy as np

    if isinstance(value, np.ndarray):
        return f"np.array({_code(value.tolist())})"
    if isinstance(value, float | np.floating):
        return f"{float(value):.4g}"
    if isinstance(value, list):
        return f"[{', '.join(map(_code, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_code, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_code(each)}" for key, each in value.items()) + "}"
    return repr(value)
