"""The SQLite file: its table, how it is opened, and what SQLite's complaints mean for a person.

The settings were chosen by cutting the power in an experiment: a rollback journal with
`synchronous=EXTRA` kept every acknowledged commit, `FULL` lost the last one, and WAL without
`FULL` lost all. WAL also has a corruption bug before SQLite 3.51.3, so it is never used.
"""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from undergrad.errors import StoreError, notify
from undergrad.journey.store.chain import GENESIS, Row, link

APPLICATION_ID = 0x756E6467  # "undg", in the file's header
SCHEMA_VERSION = 1
BUSY_SECONDS = 10.0
_SILENCE = 1.0  # seconds, before a person is told what they are waiting for
_LONGEST = 480  # bytes of a path; SQLite stops at 512, with the name of the journal

COLUMNS = ", ".join(Row._fields)

# The index lists the newest event of every (kind, subject, outcome) by hopping from one group to
# the next: status costs the number of groups, not the number of events.
SCHEMA = f"""
CREATE TABLE event (
  sequence INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  time TEXT NOT NULL,
  offset INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  nth INTEGER NOT NULL,
  data TEXT NOT NULL,
  course_version TEXT NOT NULL,
  check_hash TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX event_group ON event (kind, subject, outcome, sequence);
CREATE TRIGGER event_keep BEFORE UPDATE ON event
  BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
CREATE TRIGGER event_stay BEFORE DELETE ON event
  BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
"""

_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
# What SQLite's complaint means for a person, and what to do.
CURES = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space and run the command again",
    sqlite3.SQLITE_READONLY: "it is read-only; make it and its folder writable",
    sqlite3.SQLITE_PERM: "it may not be opened; make it readable and writable for you",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; see that it and its folder are yours",
    sqlite3.SQLITE_BUSY: "another program keeps it locked; close that program and try again",
    sqlite3.SQLITE_LOCKED: "another program keeps it locked; close that program and try again",
    sqlite3.SQLITE_IOERR: "the disk refused; look at the disk, then run `undergrad doctor`",
    sqlite3.SQLITE_NOMEM: "there is not enough memory; close other programs and try again",
}


class _Patient(sqlite3.Connection):
    """A connection that says so when another program makes it wait for the file."""

    def execute(self, *statement: Any) -> sqlite3.Cursor:
        """As sqlite3 has it. A statement that cannot get the file's lock is tried again."""
        try:
            return super().execute(*statement)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        notify(
            "Waiting for another program, which keeps your progress store locked: close whatever "
            "has it open ..."
        )
        super().execute(f"PRAGMA busy_timeout = {1000 * (BUSY_SECONDS - _SILENCE):.0f}")
        try:
            return super().execute(*statement)
        finally:
            super().execute(f"PRAGMA busy_timeout = {1000 * _SILENCE:.0f}")


class Corrupt(Exception):
    """The store is not what was written. Caught inside this package, which then repairs it."""


@contextmanager
def connect(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """Open an existing store; never makes one. Closing without COMMIT takes everything back.

    Raises Corrupt when the content is wrong, and StoreError, whose sentence names the cure, when
    the file cannot be used: a folder, a pipe, not ours to read, a full disk.
    """
    refuse_odd_file(path)
    # A crash may have left a journal to roll back, which needs writing even to read.
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    if write and not writable:
        raise StoreError(_sentence(path, CURES[sqlite3.SQLITE_READONLY]))
    uri = f"{path.absolute().as_uri()}?mode={'rw' if writable else 'ro'}"
    with plain_errors(path):
        connection = sqlite3.connect(
            uri, uri=True, timeout=_SILENCE, isolation_level=None, factory=_Patient
        )
        with closing(connection):
            _configure(connection, write=write)
            yield connection


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say into Corrupt or a sentence for the person."""
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite quotes a corrupt text in its complaint
        raise Corrupt("a text in it was changed") from error
    except sqlite3.Error as error:
        if _is_corrupt(error):
            raise Corrupt(_reason(error)) from error
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        cure = CURES.get(code, str(error))
        if code == sqlite3.SQLITE_CANTOPEN and len(os.fsencode(path.absolute())) > _LONGEST:
            cure = "SQLite opens no path as long as this; move the journey to a shorter one"
        raise StoreError(_sentence(path, cure)) from error
    except OSError as error:
        raise StoreError(_sentence(path, f"{error.strerror}; see `undergrad doctor`")) from error


def create_file(path: Path) -> None:
    """Make an empty store at `path`, where nothing may be yet. Raises StoreError."""
    with plain_errors(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.executescript(f"BEGIN IMMEDIATE;{SCHEMA}COMMIT;")


def refuse_odd_file(path: Path) -> None:
    """Raise Corrupt when the file is missing, StoreError when it is not an ordinary file."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        if path.is_symlink():
            raise StoreError(_sentence(path, "it is a link to a file that is not there")) from error
        raise Corrupt("the file is missing") from error
    except OSError as error:
        raise StoreError(_sentence(path, f"{error.strerror}; see that it is yours")) from error
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "not an ordinary file"
        raise StoreError(
            _sentence(path, f"it is {what}; move it away, then run `undergrad doctor`")
        )
    if not os.access(path, os.R_OK):
        raise StoreError(_sentence(path, CURES[sqlite3.SQLITE_PERM]))


def select(connection: sqlite3.Connection, rest: str, *values: object) -> list[Row]:
    """The rows of `SELECT <all columns> FROM event <rest>`."""
    cursor = connection.execute(f"SELECT {COLUMNS} FROM event {rest}", values)
    return [Row._make(values) for values in cursor]


def add(connection: sqlite3.Connection, row: Row, last: Row | None) -> Row:
    """Insert the row after `last`, inside the running transaction, and return it as it is stored.

    A row that already stood at this position of this chain comes out exactly as it was.
    """
    same = "WHERE kind = ? AND subject = ? AND outcome = ? ORDER BY sequence DESC LIMIT 1"
    before = select(connection, same, row.kind, row.subject, row.outcome)
    placed = link(
        row,
        sequence=last.sequence + 1 if last else 1,
        nth=before[0].nth + 1 if before else 1,
        previous_hash=last.hash if last else GENESIS,
    )
    marks = ",".join("?" * len(placed))
    connection.execute(f"INSERT INTO event ({COLUMNS}) VALUES ({marks})", placed)
    return placed


def schema_version(connection: sqlite3.Connection) -> int:
    """The format the store was written in; 1 today."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _configure(connection: sqlite3.Connection, *, write: bool) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    if write:
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        if mode != "delete":
            raise sqlite3.OperationalError(f"its journal mode stays {mode}")
        connection.execute("PRAGMA synchronous = EXTRA")


def _is_corrupt(error: sqlite3.Error) -> bool:
    if isinstance(error, sqlite3.ProgrammingError):
        return False
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # raised by Python's wrapper, such as for text that is not UTF-8
        return "decode" in str(error)
    return code & 0xFF in _CORRUPT


def _reason(error: sqlite3.Error) -> str:
    text = str(error)
    return "a text in it was changed" if "decode" in text else text


def _sentence(path: Path, cure: str) -> str:
    return f"Your progress store {path} cannot be used: {cure}."
