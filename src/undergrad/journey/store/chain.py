"""The hash chain: every event carries the hash of the one before, so no row can change unseen.

An event's hash covers all of its columns and the hash before it. Changing, dropping or swapping
an event breaks the link to its neighbour. On top of that every event holds its ordinal within its
kind, so the newest event of each kind is enough to know how many there were.
"""

import json
import uuid
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from undergrad.journey.models import Event

GENESIS = "0" * 64  # the hash before the first event


class Row(NamedTuple):
    """An event as it is stored: `data` is still text, in the order of the table's columns."""

    sequence: int
    uuid: str
    time: str
    offset: int
    kind: str
    subject: str
    outcome: str
    nth: int
    data: str
    course_version: str
    check_hash: str
    previous_hash: str
    hash: str


def draft(kind: str, subject: str, data: Any, *, course_version: str, check_hash: str = "") -> Row:
    """A row that is not in a chain yet. data: a dict, a dataclass or None."""
    now = datetime.now(UTC)
    offset = now.astimezone().utcoffset()
    plain = _plain(data)
    return Row(
        sequence=0,
        uuid=str(uuid.uuid4()),
        time=now.isoformat(timespec="microseconds"),
        offset=int(offset.total_seconds() // 60) if offset else 0,
        kind=kind,
        # A name that is not valid text, such as one from an old disk, is kept in escaped form.
        subject=subject.encode("utf-8", "backslashreplace").decode(),
        outcome=str(plain.get("verdict", "")) if kind == "check.finished" else "",
        nth=0,
        data=json.dumps(plain, separators=(",", ":"), default=str),
        course_version=course_version,
        check_hash=str(plain.get("check_hash") or check_hash),
        previous_hash="",
        hash="",
    )


def digest(row: Row) -> str:
    """SHA-256 over every column but `hash` itself, which is the last, as hexadecimal."""
    return sha256(json.dumps(row[:-1]).encode()).hexdigest()


def link(row: Row, *, sequence: int, nth: int, previous_hash: str) -> Row:
    """The row at its position in a chain, with its hash."""
    placed = row._replace(sequence=sequence, nth=nth, previous_hash=previous_hash)
    return placed._replace(hash=digest(placed))


def is_whole(row: Row) -> bool:
    """True when the row is what was written: every column agrees with its hash."""
    try:
        return digest(row) == row.hash
    except (TypeError, ValueError):  # damage turned a text into bytes
        return False


def follows(row: Row, previous: Row | None) -> bool:
    """True when `row` is whole and is the very next event after `previous`, itself whole."""
    sequence, before = (previous.sequence, previous.hash) if previous else (0, GENESIS)
    return is_whole(row) and row.sequence == sequence + 1 and row.previous_hash == before


def to_event(row: Row) -> Event:
    """The row as the value the rest of undergrad works with."""
    data: Any = json.loads(row.data)
    return Event(
        uuid=row.uuid,
        sequence=row.sequence,
        time=row.time,
        offset=row.offset,
        kind=row.kind,
        subject=row.subject,
        outcome=row.outcome,
        nth=row.nth,
        data=data if isinstance(data, dict) else {},
        course_version=row.course_version,
        check_hash=row.check_hash,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )


def _plain(data: Any) -> dict[str, Any]:
    if data is None:
        return {}
    if is_dataclass(data) and not isinstance(data, type):
        return asdict(data)
    return dict(data)
