"""Two histories into one: the union of their events by uuid, in the order of time, then uuid.

Nothing is ever lost or changed by a merge, and it does not matter who imports whom: both stores
end up with the same events in the same order, and so with the same status.

The merged store is made beside the old one and verified there. While the two are exchanged there
is no watermark, which is the one state between them that every command repairs by itself.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from undergrad.errors import StoreError, UsageError
from undergrad.files import output, replace_file, sync_folder
from undergrad.journey.export import EXPORT, export_lines, read_export
from undergrad.journey.layout import Journey
from undergrad.journey.store.backups import back_up, discard
from undergrad.journey.store.chain import Row
from undergrad.journey.store.database import (
    COLUMNS,
    Corrupt,
    add,
    connect,
    create_file,
    plain_errors,
    select,
)
from undergrad.journey.store.events import verify_store
from undergrad.journey.store.lock import exclusive
from undergrad.journey.store.verify import is_newer, verify_whole
from undergrad.journey.store.watermark import Watermark, watermark_bytes

_PAGE = 1000
_ALL = "sequence INTEGER, uuid TEXT PRIMARY KEY, " + ", ".join(Row._fields[2:])


@dataclass(frozen=True)
class Merged:
    """What an import did."""

    added: int  # events that were new here
    known: int  # events of the file that were here already
    events: int  # in the store now


def export_journey(journey: Journey, file: Path) -> int:
    """Write all events to `file`; their number. Reads only, so a read-only journey will do.

    Raises as `output` does.
    """
    events = verify_store(journey)
    with output(file, EXPORT) as target:
        target.writelines(export_lines(_stored(journey), journey.name))
    return events


def import_journey(journey: Journey, file: Path) -> Merged:
    """Add the events of an exported file that are not here yet.

    Raises UsageError, and changes nothing, when the file is not whole or contradicts the store
    about an event that is here; StoreError when the store cannot be written.
    """
    verify_store(journey)
    with exclusive(journey.lock_path):
        staged = journey.private / f".new-{os.urandom(6).hex()}"
        try:
            merged, last = _assemble(journey, read_export(file), staged, file)
            with connect(journey.store_path) as connection:
                before = select(connection, "ORDER BY sequence DESC LIMIT 1")[0]
            if before.hash != last.hash:
                verify_whole(staged, None)
                back_up(journey)  # of the store as it was
                _exchange(journey, staged, last)
                back_up(journey)
        except Corrupt as corrupt:
            raise StoreError(
                f"{journey.store_path} could not be merged ({corrupt}): see `undergrad doctor`."
            ) from corrupt
        finally:
            discard(staged)
    return merged


def _stored(journey: Journey) -> Iterator[Row]:
    with connect(journey.store_path) as connection:
        if is_newer(connection):
            raise StoreError(
                f"A newer undergrad wrote {journey.store_path}: export and import with that one."
            )
        after = 0
        rest = "WHERE sequence > ? ORDER BY sequence LIMIT ?"
        while rows := select(connection, rest, after, _PAGE):
            yield from rows
            after = rows[-1].sequence


def _assemble(
    journey: Journey, foreign: Iterable[Row], staged: Path, file: Path
) -> tuple[Merged, Row]:
    """Make the merged store; what changed, and its last event."""
    create_file(staged)
    with connect(staged, write=True) as connection:
        connection.execute(f"CREATE TEMP TABLE gathered ({_ALL})")
        here = sum(_gather(connection, row) for row in _stored(journey))
        added = known = 0
        for row in foreign:
            if _gather(connection, row):
                added += 1
            else:
                known += 1
                _refuse_other(connection, row, file)
        connection.execute("BEGIN IMMEDIATE")
        last = None
        for row in _in_order(connection):
            last = add(connection, row, last)
        connection.execute("COMMIT")
    assert last is not None  # a store that was verified holds at least its first event
    return Merged(added, known, here + added), last


def _gather(connection: sqlite3.Connection, row: Row) -> bool:
    """Put the row aside; False when its uuid is there already."""
    marks = ",".join("?" * len(row))
    with plain_errors(Path("the merged store")):
        done = connection.execute(f"INSERT OR IGNORE INTO gathered VALUES ({marks})", row)
    return done.rowcount == 1


def _in_order(connection: sqlite3.Connection) -> Iterator[Row]:
    cursor = connection.execute(f"SELECT {COLUMNS} FROM gathered ORDER BY time, uuid")
    return map(Row._make, cursor)


def _refuse_other(connection: sqlite3.Connection, row: Row, file: Path) -> None:
    """An event is never rewritten: the same uuid must mean the same event."""
    query = f"SELECT {COLUMNS} FROM gathered WHERE uuid = ?"
    here = Row._make(connection.execute(query, (row.uuid,)).fetchone())
    if _content(here) != _content(row):
        raise UsageError(
            f"{file} contradicts this journey about the event {row.uuid}: nothing was imported."
        )


def _content(row: Row) -> Row:
    """The event without its position in a chain."""
    return row._replace(sequence=0, nth=0, previous_hash="", hash="")


def _exchange(journey: Journey, staged: Path, last: Row) -> None:
    with plain_errors(journey.store_path):
        journey.watermark_path.unlink(missing_ok=True)
        sync_folder(journey.private)
        staged.replace(journey.store_path)
        sync_folder(journey.private)
        replace_file(journey.watermark_path, watermark_bytes(Watermark(last.sequence, last.hash)))
