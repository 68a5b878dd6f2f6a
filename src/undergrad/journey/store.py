"""The event store: events are added, read and never changed.

    append_event(journey, "check.finished", "backprop", result)   # returns when the disk has it
    for event in events(journey, subject="backprop"): ...
    newest(journey)          # the newest event of each kind and subject: all that status needs

Writers take turns through a lock file. Every opening looks whether the store is what was written;
when it is not, the store is repaired from a verified backup and the person is told.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

from undergrad.errors import StoreError
from undergrad.journey.chain import Row, to_event
from undergrad.journey.database import (
    SCHEMA_VERSION,
    Damage,
    connect,
    plain_errors,
    schema_version,
    select,
)
from undergrad.journey.head import Head, read_head, write_head
from undergrad.journey.lock import exclusive
from undergrad.journey.models import Event
from undergrad.journey.place import Journey
from undergrad.journey.rows import add, draft
from undergrad.journey.tell import tell
from undergrad.journey.verify import (
    Seen,
    group,
    is_newer,
    newest_of_each,
    verify_page,
    verify_quickly,
    verify_span,
    verify_whole,
)

if TYPE_CHECKING:
    from undergrad.journey.backups import Backup

_PAGE = 500  # events read in one short transaction
Result = TypeVar("Result")
Query = Callable[[sqlite3.Connection, Row | None], Result]


def append_event(
    journey: Journey,
    kind: str,
    subject: str = "",
    data: Any = None,
    *,
    course_version: str = "",
    check_hash: str = "",
) -> Event:
    """Add one event and return it once it is safe on the disk. Now and then a backup follows.

    data: a dict or a dataclass that JSON can hold.
    Raises StoreError when it cannot be written; then nothing was promised and nothing is lost.
    """
    row = draft(kind, subject, data, course_version=course_version, check_hash=check_hash)
    with exclusive(journey.lock_path):
        stored = _healed(journey, lambda: _write(journey, row))
    _back_up_when_due(journey, stored.sequence)
    return to_event(stored)


def events(
    journey: Journey,
    *,
    kind: str | None = None,
    subject: str | None = None,
    outcome: str | None = None,
    after: int = 0,
    newest_first: bool = False,
) -> Iterator[Event]:
    """The events in the order of their sequence numbers, read a page at a time.

    kind, subject, outcome: only these.   after: only events with a greater sequence number.
    """
    same = {"kind =": kind, "subject =": subject, "outcome =": outcome}
    wanted: dict[str, Any] = {"sequence >": after}
    wanted |= {column: value for column, value in same.items() if value is not None}
    every = kind is subject is outcome is None
    seen: Seen | None = None if after or newest_first else {}
    while rows := _read(journey, _page_query(wanted, newest_first, every, seen)):
        yield from map(to_event, rows)
        if seen is not None:
            seen.update((group(row), row.nth) for row in rows)
        wanted["sequence <" if newest_first else "sequence >"] = rows[-1].sequence


def newest(journey: Journey) -> tuple[Event, ...]:
    """The newest event of every kind, subject and outcome; its `nth` says how many there were."""
    return tuple(to_event(row) for row in _read(journey, newest_of_each))


def count(journey: Journey) -> int:
    """How many events the store holds."""
    return _read(journey, lambda _, row: row.sequence if row else 0)


def verify_store(journey: Journey) -> int:
    """Walk the whole chain; the number of events. Repairs and tells when something is wrong.

    What is walked is a copy, so that others can go on writing; where none can be made, as on a
    full disk, it is the store itself, under the lock.
    """
    from undergrad.journey.backups import proved_copy

    def walk_copy() -> int:
        with proved_copy(journey, locked=False) as (_, events):
            return events

    def walk() -> int:
        return verify_whole(journey.store_path, read_head(journey.head_path))

    try:
        return _healed(journey, walk_copy, locked=False)
    except StoreError:
        with exclusive(journey.lock_path):
            return _healed(journey, walk)


def back_up_store(journey: Journey) -> "Backup":
    """Make a verified backup now. Raises StoreError."""
    from undergrad.journey.backups import back_up

    return _healed(journey, lambda: back_up(journey, locked=False), locked=False)


def _page_query(
    wanted: dict[str, Any], newest_first: bool, every: bool, seen: Seen | None
) -> Query[list[Row]]:
    clauses = " AND ".join(f"{condition} ?" for condition in wanted)
    direction = "DESC" if newest_first else "ASC"
    rest = f"WHERE {clauses} ORDER BY sequence {direction} LIMIT {_PAGE}"

    def query(connection: sqlite3.Connection, newest: Row | None) -> list[Row]:
        rows = select(connection, rest, *wanted.values())
        if not is_newer(connection):
            bounds = wanted["sequence >"], wanted.get("sequence <")
            verify_page(rows[::-1] if newest_first else rows, seen)
            if every:
                verify_span(rows, bounds, newest, full=len(rows) == _PAGE)
        return rows

    return query


def _read(journey: Journey, query: Query[Result]) -> Result:
    """Answer a query; on damage take the lock, look again, and repair what is still damaged."""

    def attempt() -> Result:
        head = read_head(journey.head_path)  # before the store: see verify_quickly
        with connect(journey.store_path) as connection:
            connection.execute("BEGIN")
            return query(connection, _verified(journey, connection, head))

    try:
        return attempt()
    except Damage as damage:
        if not os.access(journey.private, os.W_OK):
            raise StoreError(
                f"Your progress store {journey.store_path} is damaged ({damage}) and its folder"
                " is read-only: copy the journey to where you may write and look again there."
            ) from damage
        with exclusive(journey.lock_path):
            return _healed(journey, attempt)


def _write(journey: Journey, row: Row) -> Row:
    head = read_head(journey.head_path)
    with connect(journey.store_path, write=True) as connection:
        _refuse_newer(connection, journey)
        connection.execute("BEGIN IMMEDIATE")
        stored = add(connection, row, _verified(journey, connection, head))
        connection.execute("COMMIT")
    with plain_errors(journey.head_path):
        write_head(journey.head_path, Head(stored.sequence, stored.hash))
    return stored


def _verified(journey: Journey, connection: sqlite3.Connection, head: Head | None) -> Row | None:
    row = verify_quickly(connection, journey.store_path, head)
    if is_newer(connection):
        tell(f"A newer undergrad wrote {journey.store_path}: it is shown and left as it is.")
    elif head is None:
        raise Damage("its head marker is missing or spoilt")
    return row


def _refuse_newer(connection: sqlite3.Connection, journey: Journey) -> None:
    if is_newer(connection):
        raise StoreError(
            f"A newer undergrad wrote {journey.store_path} (format {schema_version(connection)},"
            f" this one knows {SCHEMA_VERSION}): nothing was recorded; upgrade undergrad."
        )


def _healed(journey: Journey, action: Callable[[], Result], *, locked: bool = True) -> Result:
    """The action's result; on damage, repair once and do it again. locked: by the caller."""
    try:
        return action()
    except Damage as damage:
        from undergrad.journey.repair import repair  # rarely needed; `status` must start fast

        with nullcontext() if locked else exclusive(journey.lock_path):
            repair(journey, str(damage))
    try:
        return action()
    except Damage as damage:
        raise StoreError(
            f"Your progress store {journey.store_path} is damaged again right after its repair"
            f" ({damage}): look at the disk, then run `undergrad doctor`."
        ) from damage


def _back_up_when_due(journey: Journey, events: int) -> None:
    from undergrad.journey.backups import back_up, is_due

    if not is_due(journey, events):
        return
    try:
        _healed(journey, lambda: back_up(journey, locked=False), locked=False)
    except StoreError as error:
        tell(f"Your progress is recorded, but no backup could be made. {error}")
