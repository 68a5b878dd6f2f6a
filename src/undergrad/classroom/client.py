"""The learner's side of a class: join, push, leave.

    join(me, decode(code), code, auto=False)
    pushed = push(me, member, pending(me, member, units=(), code=True))
    leave(me, member)

A receipt of what was stored becomes an event of the journey. It lists the events that it
acknowledges by uuid, so that it stays true after two journeys were merged, and it proves what was
handed in. Nothing here needs a library beyond Python's own.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from undergrad.classroom import message
from undergrad.classroom.connection import ask
from undergrad.classroom.invitation import Invitation, decode
from undergrad.classroom.message import Receipt
from undergrad.classroom.view import MOST_CODE, code_hash, fault, hand_in, minute, sent, text_of
from undergrad.course import Unit
from undergrad.errors import UndergradError, UsageError
from undergrad.files import disk_errors, write_new
from undergrad.journey import Event, Journey, Learner, blank_exercise
from undergrad.words import day

MEMBERSHIP = "class.json"  # in the journey's private folder; only its owner may read it
_PATIENCE = 15.0  # seconds for the server
_QUIET = 2.0  # seconds, where nobody asked for a push


@dataclass(frozen=True)
class Member:
    """A learner as a member of a class."""

    invitation: Invitation
    auto: bool  # push after each check


@dataclass(frozen=True)
class Pending:
    """What a push would send now."""

    lines: tuple[str, ...]  # not acknowledged yet
    every: tuple[str, ...]  # the acknowledged ones too, for a file and for a store that forgot
    after: Receipt | None  # the newest receipt
    hand_ins: dict[str, list[Any]]  # unit: what makes its line again
    new_code: tuple[str, ...]  # the units among them whose code is not acknowledged yet


@dataclass(frozen=True)
class Pushed:
    """What came of a push."""

    added: int
    known: int
    position: int
    forgot: bool = False
    hand_ins: tuple[str, ...] = ()


@dataclass
class _History:
    """What the journey says about earlier pushes to this class."""

    acknowledged: set[str] = field(default_factory=set)
    receipt: Receipt | None = None
    handed: dict[str, list[Any]] = field(default_factory=dict)  # code, minute, course, before


def member(journey: Journey) -> Member | None:
    """The class that the learner is in; None without one."""
    file = journey.private / MEMBERSHIP
    if not file.is_file():
        return None
    with disk_errors(file):
        text = file.read_text("utf-8", "replace")
    try:
        value = json.loads(text)
        return Member(decode(value["code"]), bool(value["auto"]))
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(f"{file} was changed: delete it and join the class again.") from error


def demand_member(journey: Journey) -> Member:
    """The same. UsageError without a class."""
    found = member(journey)
    if found is None:
        raise UsageError("You are in no class: `undergrad class join CODE` joins one.")
    return found


def join(me: Learner, code: str, *, auto: bool) -> Member:
    """Become a member, from now on and until `leave`. UsageError while in another class."""
    joined = Member(decode(code), auto)
    before = member(me.journey)
    if before and before.invitation.class_id != joined.invitation.class_id:
        raise UsageError(
            f"You are in the class {before.invitation.name}: leave it with `undergrad class leave`."
        )
    file = me.journey.private / MEMBERSHIP
    content = json.dumps({"code": "".join(code.split()), "auto": auto}).encode()
    with disk_errors(file):
        file.unlink(missing_ok=True)
        write_new(file, content, mode=0o600)
    us = joined.invitation
    me.record(
        "class.joined",
        us.name,
        **{"class": us.class_id, "learner": us.learner, "until": us.keep_until},
    )
    return joined


def leave(me: Learner, left: Member) -> None:
    """Send nothing any more. What was sent stays with the class until it is erased there."""
    with disk_errors(me.journey.private):
        (me.journey.private / MEMBERSHIP).unlink(missing_ok=True)
    me.record("class.left", left.invitation.name, **{"class": left.invitation.class_id})


def pending(me: Learner, to: Member, *, units: Sequence[Unit] = (), code: bool = False) -> Pending:
    """What a push would send now, from one reading of the store.

    units: only these; all without.   code: hand in the exercises as well.
    """
    events = list(me.events())
    history = _history(events, to.invitation)
    wanted = {unit.id for unit in units} or {unit.id for unit in me.course.units}
    every = [
        (fields["uuid"], text_of(fields))
        for event in events
        if event.subject in wanted and (fields := sent(event)) and _is_sendable(fields)
    ]
    hand_ins: dict[str, list[Any]] = {}
    new_code = []
    for unit in me.course.units:
        made = _handed_in(me, unit, history.handed.get(unit.id), code) if unit.id in wanted else ()
        for fields, again in made:
            every.append((fields["uuid"], text_of(fields)))
            hand_ins[unit.id] = again
            new_code += [unit.id] * (fields["uuid"] not in history.acknowledged)
    lines = tuple(line for uuid, line in every if uuid not in history.acknowledged)
    whole = tuple(line for _, line in every)
    return Pending(lines, whole, history.receipt, hand_ins, tuple(new_code))


def bodies(to: Member, what: Pending, *, whole: bool) -> Iterator[bytes]:
    """The very bytes of a push. whole: of everything, as a file or a store that forgot needs."""
    us = to.invitation
    lines, after = (what.every, None) if whole else (what.lines, what.after)
    return message.pushes(lines, us.class_id, us.learner, us.key, after)


def push(me: Learner, to: Member, what: Pending, *, patience: float = _PATIENCE) -> Pushed:
    """Send, and record each receipt.

    StoreError when nobody answers, UsageError with the server's sentence when it refuses.
    """
    refuse_ended(to.invitation)
    forgot = False
    sending = bodies(to, what, whole=False)
    added = known = position = 0
    while body := next(sending, None):
        answer = ask(to.invitation, "/push", body, patience)
        if answer.get("forgot") and not forgot:
            forgot, sending = True, bodies(to, what, whole=True)
            continue
        uuids = [json.loads(line)["uuid"] for line in body.decode().split("\n")[1:-2]]
        again = forgot and not position
        if uuids or again:
            receipt = Receipt(answer["position"], answer["hash"])
            _record(me, to.invitation, receipt, uuids, what, again=again)
        added, known = added + answer["added"], known + answer["known"]
        position = answer["position"]
    return Pushed(added, known, position, forgot, what.new_code)


def push_quietly(me: Learner) -> None:
    """What `join --auto` wants after each check. Silent when it cannot be: a push can wait."""
    try:
        to = member(me.journey)
        if to and to.auto and to.invitation.address:
            push(me, to, pending(me, to), patience=_QUIET)
    except UndergradError:
        return


def record_file(me: Learner, to: Member, what: Pending) -> None:
    """Note which code a file hands in, so that the next one knows what came before it."""
    if what.hand_ins:
        _record(me, to.invitation, Receipt(0, ""), [], what)


def ask_erasure(to: Member) -> None:
    """Have the server erase all that it has of the learner. Raises as `push` does."""
    us = to.invitation
    ask(us, "/erase", message.erasure(us.class_id, us.learner, us.key), _PATIENCE)


def refuse_ended(us: Invitation) -> None:
    """UsageError when the class is over."""
    if date.today().isoformat() > us.keep_until:
        raise UsageError(
            f"The class {us.name} ended on {day(us.keep_until)}: nothing is sent any more;"
            " `undergrad class leave` leaves it."
        )


def _history(events: Iterable[Event], us: Invitation) -> _History:
    found = _History()
    for event in events:
        data = event.data
        if event.kind != "class.pushed" or (data["class"], data["learner"]) != (
            us.class_id,
            us.learner,
        ):
            continue
        if data.get("again"):  # the store had forgotten what came before
            found.acknowledged, found.receipt = set(), None
        found.acknowledged |= set(data["uuids"])
        found.handed |= data["hand_ins"]
        receipt = Receipt(data["position"], data["hash"])
        if receipt.hash and (not found.receipt or receipt.position >= found.receipt.position):
            found.receipt = receipt
    return found


def _is_sendable(fields: dict[str, Any]) -> bool:
    """False for an event of an older undergrad whose form no class would take."""
    return not fault(fields, text_of(fields))


def _handed_in(
    me: Learner, unit: Unit, last: list[Any] | None, code: bool
) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """The line of a unit's exercise, and what makes it again: nothing for a blank one.

    Without `code` only what was handed in before, for a store that forgot it.
    """
    file = me.exercise(unit)
    if not unit.written or not file.is_file():
        return
    with disk_errors(file):
        raw, stat = file.read_bytes(), file.stat()
    is_same = last is not None and last[0] == code_hash(raw)
    if not is_same and (not code or raw == blank_exercise(unit)):
        return
    text = _code_text(unit, raw)
    if last is not None and is_same:
        _, changed, course, before = last
    else:
        changed = minute(datetime.fromtimestamp(stat.st_mtime, UTC))
        course, before = me.course.version, last[3] + 1 if last else 0
    fields = hand_in(unit.id, text, changed=changed, course=course, before=before)
    yield fields, [fields["code"], changed, course, before]


def _code_text(unit: Unit, raw: bytes) -> str:
    """The exercise as text. UsageError for one that no class takes."""
    if len(raw) > MOST_CODE:
        raise UsageError(
            f"{unit.exercise} has {len(raw) // 1024} kB, and {MOST_CODE // 1024} kB can be handed"
            " in: an exercise is a page or two of code."
        )
    try:
        if b"\0" in raw:
            raise ValueError("binary")
        return raw.decode()
    except ValueError as error:
        raise UsageError(f"{unit.exercise} is not text in UTF-8: save it as such.") from error


def _record(
    me: Learner,
    us: Invitation,
    receipt: Receipt,
    uuids: Sequence[str],
    what: Pending,
    *,
    again: bool = False,
) -> None:
    """Keep a receipt in the journey. again: the class had forgotten everything before it."""
    data = {
        "class": us.class_id,
        "learner": us.learner,
        "position": receipt.position,
        "hash": receipt.hash,
        "uuids": uuids,
        "hand_ins": what.hand_ins,
    }
    me.record("class.pushed", us.name, **data, **({"again": True} if again else {}))
