"""Pushers and a database that are killed at random moments: nothing acknowledged is lost, nothing
is doubled. `python -m tests.reliability.class_lines` does the same more often, with figures."""

from pathlib import Path

import pytest
from tests.classroom.conftest import PROGRAMS, Postgres
from tests.reliability.class_lines import Lines, killed

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
