"""What the worker says, read with suspicion: a message must look just as `worker` writes it."""

from dataclasses import dataclass, field, replace
from typing import Any

from undergrad.checker.answer import Answer, Call, Raised
from undergrad.checker.codec import decode
from undergrad.checker.forms import Misfit
from undergrad.sandbox.frames import ProtocolError
from undergrad.sandbox.process import Ended


@dataclass
class Received:
    """What came back. Filled while the worker runs, only read afterwards."""

    answers: dict[tuple[str, int, bool], Answer] = field(default_factory=dict)
    import_error: Raised | None = None
    at: tuple[str, int] | None = None  # the check function and case that began last
    late_line: int | None = None
    done: bool = False
    ended: Ended = field(default_factory=Ended)


def note(run: Received, encoded: dict[str, Any], raw: bytes) -> None:
    """Enter one message into `run`. Raises ProtocolError for what the worker would not send."""
    message, value = decode(encoded, raw)
    match message:
        case {"say": "begin", "check": str(check), "run": int(case)}:
            run.at = check, case
        case {"say": "answer", "check": str(check), "run": int(case), "again": bool(again)}:
            if (check, case, again) in run.answers:
                raise ProtocolError("the same answer twice")
            run.answers[check, case, again] = _answer(message, value)
        case {"say": "calls", "check": str(check), "run": int(case)}:
            key = check, case, False
            if key not in run.answers or run.answers[key].calls:
                raise ProtocolError("calls without their answer")
            run.answers[key] = replace(run.answers[key], calls=_calls(value))
        case {"say": "import", "raised": dict(raised)}:
            run.import_error = _raised(raised)
        case {"say": "late", "line": int(line)}:
            run.late_line = line
        case {"say": "done"}:
            run.done = True
        case _:
            raise ProtocolError("an unknown message")


def note_value(values: dict[int, Any], encoded: dict[str, Any], raw: bytes) -> None:
    """Enter what one call returned into `values`. Raises ProtocolError as `note` does."""
    message, value = decode(encoded, raw)
    match message:
        case {"say": "value", "call": int(number)} if number not in values:
            values[number] = value
        case {"say": "import"}:  # it went well a moment ago; then there is no example
            return
        case _:
            raise ProtocolError("an unknown message")


def _answer(message: dict[str, Any], value: Any) -> Answer:
    match message:
        case {
            "raised": raised,
            "used": list(used),
            "returned": str(returned),
            "changed": changed,
            "misfit": misfit,
            "drew": bool(drew),
            "sums": list(sums),
        }:
            return Answer(
                value,
                None if raised is None else _raised(raised),
                tuple(map(str, used)),
                returned,
                tuple((str(function), str(name)) for function, name in changed),
                None if misfit is None else _misfit(misfit),
                drew,
                tuple(float.fromhex(each) for each in sums),
            )
    raise ProtocolError("an incomplete answer")


def _misfit(data: dict[str, Any]) -> Misfit:
    match data:
        case {
            "function": str(function),
            "part": int() | None as part,
            "got": str(got),
            "shape": str(shape),
        }:
            return Misfit(function, part, got[:120], shape[:120])
    raise ProtocolError("an incomplete form")


def _calls(value: Any) -> tuple[Call, ...]:
    if not isinstance(value, list):
        raise ProtocolError("calls that are not a list")
    calls = []
    for each in value:
        match each:
            case [str(function), dict(arguments), returned]:
                calls.append(Call(function, arguments, returned))
            case _:
                raise ProtocolError("an incomplete call")
    return tuple(calls)


def _raised(data: dict[str, Any]) -> Raised:
    match data:
        case {
            "name": str(name),
            "bases": list(bases),
            "text": str(text),
            "line": int() | None as line,
            "function": str(function),
            "at_call": bool(at_call),
        }:
            return Raised(name, tuple(map(str, bases)), text, line, function, at_call)
    raise ProtocolError("an incomplete error")
