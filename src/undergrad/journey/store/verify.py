"""Is the store what was written? A quick look at every opening, and the whole chain on demand.

The quick look costs the same for ten events and for a million: the file's header and length, the
last events of the chain, and the watermark. `newest_of_each` adds a proof for what status
shows: the numbers of the newest events of all groups must sum to the number of events, so an
index that hides or invents one is noticed without reading the rest.
"""

import sqlite3
from itertools import pairwise
from pathlib import Path

from undergrad.journey.store.chain import GENESIS, Row, follows, is_whole
from undergrad.journey.store.database import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    Corrupt,
    connect,
    schema_version,
    select,
)
from undergrad.journey.store.watermark import Watermark

Seen = dict[tuple[str, str, str], int]

_TAIL = 16  # events of the chain that every opening verifies
_PAGE = 2000  # rows read at once where the whole chain is walked


def is_newer(connection: sqlite3.Connection) -> bool:
    """True when a later undergrad wrote the store: it may be shown, never judged or written."""
    return schema_version(connection) > SCHEMA_VERSION


def verify_quickly(
    connection: sqlite3.Connection, path: Path, watermark: Watermark | None
) -> Row | None:
    """The newest row; raises Corrupt. To be called in a transaction that began after the watermark
    was read: the store may then be ahead of it, when another process has just written, but never
    behind it.
    """
    _verify_file(connection, path)
    tail = select(connection, "ORDER BY sequence DESC LIMIT ?", _TAIL)
    if is_newer(connection):
        return tail[0] if tail else None
    _verify_tail(tail[::-1])
    if watermark is not None:
        _verify_watermark(connection, watermark)
    return tail[0]


def newest_of_each(connection: sqlite3.Connection, newest: Row | None) -> list[Row]:
    """The newest row of every (kind, subject, outcome), in order of time. Raises Corrupt."""
    order = "ORDER BY kind DESC, subject DESC, outcome DESC, sequence DESC LIMIT 1"
    found: list[Row] = []
    rows = select(connection, order)
    while rows:
        row = rows[0]
        found.append(row)
        rows = select(
            connection, f"WHERE (kind, subject, outcome) < (?, ?, ?) {order}", *group(row)
        )
    total = newest.sequence if newest else 0
    if not is_newer(connection):
        _demand(all(is_whole(row) for row in found), "an event was changed")
        _demand(sum(row.nth for row in found) == total, "an event is hidden")
    return sorted(found, key=lambda row: row.sequence)


def group(row: Row) -> tuple[str, str, str]:
    """What an event is counted with: its `nth` is its ordinal in this group."""
    return row.kind, row.subject, row.outcome


def verify_page(rows: list[Row], seen: Seen | None) -> None:
    """Raises Corrupt unless every row is whole, none of its group is missing before it, and
    neighbours in the chain are linked.

    rows: in the order of the chain, of any groups.   seen: the `nth` that each group has
    reached before this page; None when that is not known.
    """
    last = dict(seen or {})
    for row in rows:
        _demand(is_whole(row), f"event {row.sequence} was changed")
        before = last.get(group(row), row.nth - 1 if seen is None else 0)
        _demand(row.nth == before + 1, f"events before event {row.sequence} are missing")
        last[group(row)] = row.nth
    for previous, row in pairwise(rows):
        near = row.sequence == previous.sequence + 1
        _demand(not near or row.previous_hash == previous.hash, f"event {row.sequence} was moved")


def verify_span(
    rows: list[Row], bounds: tuple[int, int | None], newest: Row | None, *, full: bool
) -> None:
    """Raises Corrupt unless `rows` are all events between the bounds, both excluded.

    rows: a page, from one end or the other.   full: more may follow on the next page.
    """
    low, high = bounds[0], bounds[1] or (newest.sequence + 1 if newest else 1)
    found = [row.sequence for row in rows]
    if found and found[0] > found[-1]:
        found.reverse()
        low = found[0] - 1 if full else low
    elif full:
        high = found[-1] + 1
    _demand(found == list(range(low + 1, high)), "some of its events are missing")


def verify_whole(path: Path, watermark: Watermark | None) -> int:
    """Walk all of the chain and the file's own structure; the number of events. Raises Corrupt."""
    with connect(path) as connection:
        connection.execute("BEGIN")
        newest = verify_quickly(connection, path, watermark)
        if is_newer(connection):
            return newest.sequence if newest else 0
        report = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        _demand(report == "ok", str(report))
        _verify_chain(connection, newest)
        return newest.sequence if newest else 0


def _verify_chain(connection: sqlite3.Connection, newest: Row | None) -> None:
    previous: Row | None = None
    counts: Seen = {}
    while rows := _page(connection, previous):
        for row in rows:
            _demand(follows(row, previous), f"event {row.sequence} was changed")
            counts[group(row)] = counts.get(group(row), 0) + 1
            _demand(row.nth == counts[group(row)], f"event {row.sequence} is counted wrongly")
            previous = row
    _demand(previous == newest, "its last events are missing")


def _page(connection: sqlite3.Connection, previous: Row | None) -> list[Row]:
    after = previous.sequence if previous else 0
    return select(connection, "WHERE sequence > ? ORDER BY sequence LIMIT ?", after, _PAGE)


def _verify_file(connection: sqlite3.Connection, path: Path) -> None:
    # Never open the file itself here: closing it would drop the lock that SQLite holds on it.
    length = path.stat().st_size
    _demand(length > 0, "the file is empty")
    identity = _number(connection, "application_id")
    _demand(identity == APPLICATION_ID, "it is not a progress store")
    expected = _number(connection, "page_count") * _number(connection, "page_size")
    _demand(length >= expected, "the file is cut short")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _verify_tail(rows: list[Row]) -> None:
    """rows: the last events, oldest first."""
    _demand(bool(rows), "it holds no events")
    first = rows[0]
    _demand(is_whole(first), f"event {first.sequence} was changed")
    at_start = first.sequence == 1
    _demand(at_start == (first.previous_hash == GENESIS), "its first events are missing")
    for previous, row in pairwise(rows):
        _demand(follows(row, previous), f"event {row.sequence} was changed")


def _verify_watermark(connection: sqlite3.Connection, watermark: Watermark) -> None:
    rows = select(connection, "WHERE sequence = ?", watermark.sequence)
    _demand(bool(rows), "its last events are missing")
    _demand(rows[0].hash == watermark.hash, f"event {watermark.sequence} was replaced")


def _demand(condition: bool, reason: str) -> None:
    if not condition:
        raise Corrupt(reason)
