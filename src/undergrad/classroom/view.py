"""What of a learner's history is sent to a class: an allow-list, and nothing else.

    sent(event)             # the fields that leave the machine; None for an event that stays
    hand_in(unit, ...)      # code, which is sent only with `push --code`
    text_of(fields)         # the line of a push; equal fields give equal bytes
    fault(fields)           # why a line from outside is not one of these; empty when it is

A goal, notes, recall texts, paths, messages, what a program printed, the values that a check
compared and the offset of the clock are never sent: no line has a place for them.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from undergrad.journey import Event

FORMAT = 1
HAND_IN = "code.handed_in"
VERIFIED = "check.verified"  # the teacher's side adds it; a push that holds one is refused
MARK = "mark.set"  # likewise
MOST_CODE = 256 * 1024  # bytes of one exercise that is handed in

_COMMON = ("uuid", "time", "kind", "unit", "course")
_OWN: dict[str, tuple[str, ...]] = {
    "unit.started": (),
    "hint.shown": ("task", "rung"),
    "solution.shown": (),
    "check.finished": ("verdict", "tasks", "mistake", "check", "code"),
    HAND_IN: ("code", "text"),
}
# The same for a person who decides whether to join.
IN_WORDS = (
    "which unit you started, and when, to the minute in UTC",
    "of each check: its verdict, the verdict of each task, the name of a known mistake",
    "which hints and worked solutions you looked at",
    "the version of the course and of the check, and a checksum of your code",
)
NEVER = "Never: your goal, notes, answers to recall questions, paths, or what your code printed."
_NAMESPACE = UUID("7b0f6c0e-6d0a-4e55-9a0b-5f5d1c1b7a10")
_MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD = 128  # characters of a name
_TASKS = 200

Fields = dict[str, Any]


def minute(moment: datetime) -> str:
    """A time as it is sent and stored, to the minute, in UTC: `2026-11-30T02:23Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def this_minute() -> str:
    """What the clock of this machine shows, likewise."""
    return minute(datetime.now(UTC))


def sent(event: Event) -> Fields | None:
    """What is sent of an event; None for one that stays on the learner's machine."""
    if event.kind not in _OWN or event.kind == HAND_IN:
        return None
    values = {
        "uuid": event.uuid,
        "time": minute(datetime.fromisoformat(event.time)),
        "kind": event.kind,
        "unit": event.subject,
        "course": event.course_version,
        "task": str(event.data.get("task", "")),
        "rung": event.data.get("rung", 0),
        "verdict": event.outcome,
        "tasks": [[each.get("task"), each.get("verdict")] for each in event.data.get("tasks", ())],
        "mistake": _mistake(event),
        "check": event.check_hash,
        "code": str(event.data.get("code_hash", "")),
    }
    return {name: values[name] for name in (*_COMMON, *_OWN[event.kind])}


def hand_in(unit: str, text: str, *, changed: str, course: str, before: int) -> Fields:
    """The line that hands in an exercise.

    changed: the minute at which the file was changed last.   before: how often this unit was
    handed in already. Its uuid follows from the rest, so that the same hand-in is the same line
    however often it is sent.
    """
    fields = {
        "time": changed,
        "kind": HAND_IN,
        "unit": unit,
        "course": course,
        "code": code_hash(text.encode()),
        "text": text,
    }
    return {"uuid": str(uuid5(_NAMESPACE, f"{before} {text_of(fields)}")), **fields}


def code_hash(code: bytes) -> str:
    """As a check records it."""
    return sha256(code).hexdigest()[:16]


def text_of(fields: Mapping[str, Any]) -> str:
    """The one form of these fields as a line."""
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=True)


def fault(fields: Fields, line: str) -> str:
    """Why this line, which came from outside, is not one that we send; empty when it is."""
    kind = fields.get("kind")
    if not isinstance(kind, str) or kind not in _OWN:
        return "its `kind` is not one that is sent"
    names = (*_COMMON, *_OWN[kind])
    if tuple(fields) != names:
        return f"`{kind}` has other fields than {', '.join(names)}"
    for name in names:
        if not _VALID[name](fields[name]):
            return f"`{name}` is not of the form that is sent"
    if line != text_of(fields):
        return "it is written in another way than undergrad writes it"
    return _code_fault(fields) if kind == HAND_IN else ""


def _code_fault(fields: Fields) -> str:
    code = fields["text"].encode()
    if len(code) > MOST_CODE:
        return f"the code of `{fields['unit']}` is larger than {MOST_CODE // 1024} kB"
    if b"\0" in code:
        return f"the code of `{fields['unit']}` is binary"
    same = code_hash(code) == fields["code"]
    return "" if same else f"the code of `{fields['unit']}` does not agree with its checksum"


def _mistake(event: Event) -> str:
    """The first known mistake that the check named."""
    named = (each.get("mistake") for each in event.data.get("tasks", ()))
    return next(filter(None, named), "")


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _WORD and value.isprintable() and _fits(value)


def _fits(text: str) -> bool:
    """True for text that a database can hold: no half of a pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _are_tasks(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= _TASKS
        and all(isinstance(each, list) and len(each) == 2 for each in value)
        and all(type(task) is int and _is_word(verdict) for task, verdict in value)
    )


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and _fits(value)


def _is_rung(value: Any) -> bool:
    return type(value) is int and 0 <= value < 100


_VALID: dict[str, Callable[[Any], bool]] = {
    "uuid": lambda value: isinstance(value, str) and bool(_UUID.fullmatch(value)),
    "time": lambda value: isinstance(value, str) and bool(_MINUTE.fullmatch(value)),
    "kind": _is_word,
    "unit": lambda value: _is_word(value) and bool(value),
    "course": _is_word,
    "task": _is_word,
    "rung": _is_rung,
    "verdict": _is_word,
    "tasks": _are_tasks,
    "mistake": _is_word,
    "check": _is_word,
    "code": _is_word,
    "text": _is_code,
}
