"""SQLite or PostgreSQL behind one `execute`: the same statements, with `?` for a value.

SQLite keeps its file as a journey's store does: a rollback journal that is synchronised, so that
nothing acknowledged is lost in a power cut. What is erased is gone from both after `purge`.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from undergrad import extras
from undergrad.errors import StoreError, UsageError
from undergrad.journey.store.database import CURES

_BUSY = 10.0  # seconds to wait for another program that writes
_CONNECT = 5  # seconds to wait for a server
_ROWS = 500  # in one statement
_SETTINGS = ("journal_mode = DELETE", "synchronous = EXTRA", "secure_delete = ON")


class Database:
    """An open database. Every error is a StoreError that says what to do."""

    def __init__(self, url: str) -> None:
        """url: `postgresql://...`, or the path of an SQLite file. A new file is made."""
        self.url = url
        self.is_postgres = is_postgres(url)
        self.for_update = " FOR UPDATE" if self.is_postgres else ""
        with self._plain_errors():
            self._connection = self._postgres() if self.is_postgres else self._sqlite()

    def execute(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement; the rows it gives."""
        with self._plain_errors():
            cursor = self._connection.execute(self._marked(statement), values)
            return cursor.fetchall() if cursor.description else []

    def insert(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run an INSERT, which has a `?` for each value of one row, for many rows.

        PostgreSQL would plan the statement again for each row, so it gets some hundred at once.
        """
        every = list(rows)
        if not every:
            return
        if not self.is_postgres:
            with self._plain_errors():
                self._connection.cursor().executemany(statement, every)
            return
        row = f"({', '.join('?' * len(every[0]))})"
        for start in range(0, len(every), _ROWS):
            some = every[start : start + _ROWS]
            together = statement.replace(row, ", ".join([row] * len(some)))
            self.execute(together, *chain.from_iterable(some))

    def fill(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Put whole rows that are not there yet into a table. PostgreSQL copies them, which takes a
        fraction of the time of an INSERT."""
        if not rows:
            return
        if not self.is_postgres:
            self.insert(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
            return
        with self._plain_errors(), self._connection.cursor().copy(f"COPY {table} FROM STDIN") as to:
            for row in rows:
                to.write_row(row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or nothing of it."""
        self.execute("BEGIN" if self.is_postgres else "BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            with suppress(StoreError):  # the database has taken it back itself
                self.execute("ROLLBACK")
            raise

    def purge(self) -> None:
        """Rewrite the tables, so that no byte of an erased row is left in a page.

        `secure_delete` alone leaves copies where SQLite had moved rows between pages.
        """
        self.execute("VACUUM FULL" if self.is_postgres else "VACUUM")

    def close(self) -> None:
        """End the connection."""
        with suppress(Exception):
            self._connection.close()

    def _sqlite(self) -> Any:
        connection = sqlite3.connect(
            self.url, timeout=_BUSY, isolation_level=None, check_same_thread=False
        )
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        return connection

    def _postgres(self) -> Any:
        import psycopg

        # Behind PgBouncer a prepared statement may meet another connection.
        connection = psycopg.connect(
            self.url, autocommit=True, connect_timeout=_CONNECT, prepare_threshold=None
        )
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            connection.close()
            raise StoreError(
                f"{without_password(self.url)} stores text as {encoding}: make a database with"
                " `createdb --encoding=UTF8 --template=template0 NAME`."
            )
        return connection

    def _marked(self, statement: str) -> str:
        return statement.replace("?", "%s") if self.is_postgres else statement

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            raise StoreError(f"{self.url} cannot be used: {CURES.get(code, error)}.") from error
        except Exception as error:
            if not type(error).__module__.startswith("psycopg"):
                raise
            raise StoreError(self._postgres_sentence(error)) from error

    def _postgres_sentence(self, error: Exception) -> str:
        password = urlsplit(self.url).password
        said = " ".join(str(error).split()) or type(error).__name__
        said = said.replace(password, "***") if password else said
        where = without_password(self.url)
        return f"{where} cannot be used ({said[:300]}): see that it runs and lets you in."


def is_postgres(url: str) -> bool:
    """True for the address of a PostgreSQL database; False for the path of a file.

    UsageError for an address of anything else, and without the extra that PostgreSQL needs.
    """
    if url.startswith(("postgresql://", "postgres://")):
        if extras.missing("class"):
            raise UsageError(extras.advice("A class in PostgreSQL", "class"))
        return True
    if "://" in url:
        raise UsageError(
            f"{without_password(url)} is not an address of PostgreSQL:"
            " write `postgresql://USER@HOST/NAME`, or leave out --store."
        )
    return False


def without_password(url: str) -> str:
    """An address as it may be shown."""
    parts = urlsplit(url)
    if "://" not in url or not parts.netloc:
        return url
    user, at, host = parts.netloc.rpartition("@")
    shown = f"{user.partition(':')[0]}{at}{host}"
    return urlunsplit((parts.scheme, shown, parts.path, "", ""))


def sqlite_url(folder: Path) -> str:
    """Where a class keeps its store when nobody names a place."""
    return str(folder / "class.db")
