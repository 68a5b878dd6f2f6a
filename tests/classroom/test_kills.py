"""Pushers and a database that are killed at random moments: nothing acknowledged is lost, nothing
is doubled. `python -m tests.reliability.class_lines` does the same more often, with figures."""

from pathlib import Path

import pytest
from tests.classroom.conftest import PROGRAMS, Postgres, create, push, started
from tests.reliability.class_lines import killed
from tests.reliability.lines import Lines

from undergrad.classroom.message import Refused
from undergrad.classroom.server import Writer

pytestmark = pytest.mark.slow


def test_pushers_into_sqlite(tmp_path: Path) -> None:
    lines = Lines()
    killed(lines, str(tmp_path / "class.db"), "SQLite", 3)
    assert not lines.missed


@pytest.mark.skipif(not (PROGRAMS / "initdb").exists(), reason="PostgreSQL 15 is not installed")
def test_pushers_into_a_postgres_that_crashes(tmp_path: Path) -> None:
    server, lines = Postgres(fsync=True), Lines()

    def crash(turn: int) -> None:
        server.crash()
        server.start()

    try:
        server.initialise()
        server.start()
        killed(lines, server.new_database(), "PostgreSQL", 2, crash)
    finally:
        server.remove()
    assert not lines.missed


@pytest.mark.skipif(not (PROGRAMS / "initdb").exists(), reason="PostgreSQL 15 is not installed")
def test_a_server_goes_on_after_its_database_crashed(tmp_path: Path) -> None:
    database = Postgres(fsync=True)
    try:
        database.initialise()
        database.start()
        classroom = create(tmp_path / "class", database.new_database())
        store = classroom.open_store()
        store.enrol([1])
        store.close()
        writer = Writer(classroom)
        writer.start()
        assert writer.push(push(1, started(1))).result().added == 1
        database.crash()
        with pytest.raises(Refused) as refused:
            writer.push(push(1, started(2))).result()
        assert refused.value.status == 503
        database.start()
        answer = writer.push(push(1, started(1), started(2))).result()
        assert (answer.added, answer.known) == (1, 1)
        writer.finish()
    finally:
        database.remove()
