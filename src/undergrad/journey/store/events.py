"""The event store: events are added, read and never changed.

    append_event(journey, "check.finished", "backprop", result)   # returns when the disk has it
    for event in events(journey, subject="backprop"): ...
    newest(journey)          # the newest event of each kind and subject: all that status needs

Writers take turns through a lock file. Every opening looks whether the store is what was written;
when it is not, the store is repaired from a verified backup and the person is notified.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, TypeVar

from undergrad.errors import StoreError, notify
from undergrad.journey.layout import Journey
from undergrad.journey.models import Event
from undergrad.journey.store.backups import Backup, back_up, is_due, proved_copy
from undergrad.journey.store.chain import Row, draft, to_event
from undergrad.journey.store.database import (
    SCHEMA_VERSION,
    Corrupt,
    add,
    connect,
    plain_errors,
    schema_version,
    select,
)
from undergrad.journey.store.lock import exclusive
from undergrad.journey.store.repair import repair
from undergrad.journey.store.verify import (
    Seen,
    group,
    is_newer,
    newest_of_each,
    verify_page,
    verify_quickly,
    verify_span,
    verify_whole,
)
from undergrad.journey.store.watermark import Watermark, read_watermark, write_watermark

_PAGE = 500  # events read in one short transaction
Result = TypeVar("Result")
Query = Callable[[sqlite3.Connection, Row | None], Result]


def append_event(
    journey: Journey,
    kind: str,
    subject: str = "",
    data: Any = None,
    *,
    course_version: str,
    check_hash: str = "",
) -> Event:
    """Add one event and return it once it is safe on the disk. Now and then a backup follows.

    data: a dict or a dataclass that JSON can hold.
    Raises StoreError when it cannot be written; then nothing was promised and nothing is lost.
    """
    row = draft(kind, subject, data, course_version=course_version, check_hash=check_hash)
    with exclusive(journey.lock_path):
        stored = _repaired(journey, lambda: _write(journey, row))
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
        if len(rows) < _PAGE:
            return
        if seen is not None:
            seen.update((group(row), row.nth) for row in rows)
        wanted["sequence <" if newest_first else "sequence >"] = rows[-1].sequence


def newest(journey: Journey) -> tuple[Event, ...]:
    """The newest event of every kind, subject and outcome; its `nth` says how many there were."""
    return look(journey, newest_of_each)[0]


def look(journey: Journey, *queries: Query[list[Row]]) -> list[tuple[Event, ...]]:
    """The events that each query finds, all in one look at the store, so that they agree."""
    found = _read(journey, lambda connection, row: [query(connection, row) for query in queries])
    return [tuple(map(to_event, rows)) for rows in found]


def first_of_each(kind: str, outcome: str) -> Query[list[Row]]:
    """A query for the first event of this kind and outcome about each subject, the oldest first."""
    rest = (
        "WHERE kind = ? AND outcome = ? AND subject > ? ORDER BY subject, outcome, sequence LIMIT 1"
    )

    def query(connection: sqlite3.Connection, _: Row | None) -> list[Row]:
        found: list[Row] = []
        while rows := select(connection, rest, kind, outcome, found[-1].subject if found else ""):
            if not is_newer(connection):
                verify_page(rows, {})
            found += rows
        return sorted(found)

    return query


def all_of(kind: str) -> Query[list[Row]]:
    """A query for every event of this kind, in the order in which they happened."""

    def query(connection: sqlite3.Connection, _: Row | None) -> list[Row]:
        rows = select(connection, "WHERE kind = ? ORDER BY sequence", kind)
        if not is_newer(connection):
            verify_page(rows, {})
        return rows

    return query


def count(journey: Journey) -> int:
    """How many events the store holds."""
    return _read(journey, lambda _, row: row.sequence if row else 0)


def verify_store(journey: Journey) -> int:
    """Walk the whole chain; the number of events. Repairs, and notifies, when something is wrong.

    What is walked is a copy, so that others can continue writing; where none can be made, as on a
    full disk, it is the store itself, under the lock. A read-only store is walked as it is.
    """

    def walk_copy() -> int:
        with proved_copy(journey, locked=False) as (_, events):
            return events

    def walk() -> int:
        return verify_whole(journey.store_path, read_watermark(journey.watermark_path))

    if not _is_writable(journey):
        try:
            return walk()
        except Corrupt as corrupt:
            raise _beyond_repair(journey, corrupt) from corrupt
    try:
        return _repaired(journey, walk_copy, locked=False)
    except StoreError:
        with exclusive(journey.lock_path):
            return _repaired(journey, walk)


def back_up_store(journey: Journey) -> Backup:
    """Make a verified backup now. Raises StoreError."""
    return _repaired(journey, lambda: back_up(journey, locked=False), locked=False)


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
    """Answer a query; on corruption take the lock, look again, and repair what is still corrupt."""

    def attempt() -> Result:
        watermark = read_watermark(journey.watermark_path)  # before the store: see verify_quickly
        with connect(journey.store_path) as connection:
            connection.execute("BEGIN")
            return query(connection, _verified(journey, connection, watermark))

    try:
        return attempt()
    except Corrupt as corrupt:
        if not _is_writable(journey):
            raise _beyond_repair(journey, corrupt) from corrupt
        with exclusive(journey.lock_path):
            return _repaired(journey, attempt)


def _is_writable(journey: Journey) -> bool:
    return os.access(journey.private, os.W_OK)


def _beyond_repair(journey: Journey, corrupt: Corrupt) -> StoreError:
    return StoreError(
        f"Your progress store {journey.store_path} is corrupt ({corrupt}) and its folder is"
        " read-only: copy the journey to where you may write and look again there."
    )


def _write(journey: Journey, row: Row) -> Row:
    watermark = read_watermark(journey.watermark_path)
    with connect(journey.store_path, write=True) as connection:
        _refuse_newer(connection, journey)
        connection.execute("BEGIN IMMEDIATE")
        stored = add(connection, row, _verified(journey, connection, watermark))
        connection.execute("COMMIT")
    with plain_errors(journey.watermark_path):
        write_watermark(journey.watermark_path, Watermark(stored.sequence, stored.hash))
    return stored


def _verified(
    journey: Journey, connection: sqlite3.Connection, watermark: Watermark | None
) -> Row | None:
    row = verify_quickly(connection, journey.store_path, watermark)
    if is_newer(connection):
        notify(f"A newer undergrad wrote {journey.store_path}: it is shown and left as it is.")
    elif watermark is None:
        raise Corrupt("its watermark is missing or unreadable")
    return row


def _refuse_newer(connection: sqlite3.Connection, journey: Journey) -> None:
    if is_newer(connection):
        raise StoreError(
            f"A newer undergrad wrote {journey.store_path} (format {schema_version(connection)},"
            f" this one knows {SCHEMA_VERSION}): nothing was recorded; upgrade undergrad."
        )


def _repaired(journey: Journey, action: Callable[[], Result], *, locked: bool = True) -> Result:
    """The action's result; on corruption, repair once and do it again. locked: by the caller."""
    try:
        return action()
    except Corrupt as corrupt:
        with nullcontext() if locked else exclusive(journey.lock_path):
            repair(journey, str(corrupt))
    try:
        return action()
    except Corrupt as corrupt:
        raise StoreError(
            f"Your progress store {journey.store_path} is corrupt again right after its repair"
            f" ({corrupt}): look at the disk, then run `undergrad doctor`."
        ) from corrupt


def _back_up_when_due(journey: Journey, events: int) -> None:
    if not is_due(journey, events):
        return
    try:
        _repaired(journey, lambda: back_up(journey, locked=False), locked=False)
    except StoreError as error:
        notify(f"Your progress is recorded, but no backup could be made. {error}")
