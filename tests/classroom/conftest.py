"""A class, its store in SQLite and in PostgreSQL, and events as learners send them."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from undergrad.classroom import folder
from undergrad.classroom.folder import Classroom
from undergrad.classroom.message import Push, Receipt
from undergrad.classroom.store import Store
from undergrad.classroom.view import text_of

NOW = "2026-11-30T12:00Z"
PROGRAMS = Path("/usr/lib/postgresql/15/bin")


def uuid(number: int) -> str:
    return str(UUID(int=number))


def started(number: int, unit: str = "backprop", time: str = NOW) -> dict[str, Any]:
    kind = {"kind": "unit.started", "unit": unit, "course": "1"}
    return {"uuid": uuid(number), "time": time, **kind}


def checked(
    number: int,
    verdict: str,
    unit: str = "backprop",
    *,
    time: str = NOW,
    mistake: str = "",
    code: str = "c" * 16,
) -> dict[str, Any]:
    return {
        **started(number, unit, time),
        "kind": "check.finished",
        "verdict": verdict,
        "tasks": [[1, verdict]],
        "mistake": mistake,
        "check": "h" * 16,
        "code": code,
    }


def push(learner: int, *events: dict[str, Any], after: Receipt | None = None) -> Push:
    return Push(learner, after, tuple((each, text_of(each)) for each in events))


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    return create(tmp_path / "class")


def create(root: Path, store: str = "") -> Classroom:
    last = date(2999, 1, 1)
    return folder.create(root, name="A class", purpose="to help", store=store, keep_until=last)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[..., str]]:
    """A private PostgreSQL; the address of a new database in it at each call."""
    if not (PROGRAMS / "initdb").exists():
        pytest.skip("PostgreSQL 15 is not installed: `apt install postgresql` brings it.")
    server = Postgres()
    try:
        server.initialise()
        server.start()
        yield server.new_database
    finally:
        server.remove()


class Postgres:
    """One server in a short temporary folder, on a socket only. It refuses to run as root."""

    def __init__(self, fsync: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
        self.fsync, self._databases = fsync, 0
        self._user: dict[str, Any] = {}
        if os.getuid() == 0:
            entry = pwd.getpwnam("nobody")
            self._user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)

    def initialise(self) -> None:
        options = ("--no-sync", "-E", "UTF8", "--locale=C", "-U", "class", "-A", "trust")
        self._run("initdb", *options, "-D", str(self.folder / "data"))

    def start(self) -> None:
        settings = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        fsync = "" if self.fsync else " -c fsync=off"
        self._process = subprocess.Popen(
            [PROGRAMS / "postgres", "-D", self.folder / "data", *f"{settings}{fsync}".split()],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **self._user,
        )  # fmt: skip
        for _ in range(2400):  # two minutes, on a busy machine
            if (self.folder / ".s.PGSQL.5432").exists() and self._is_ready():
                return
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start")

    def crash(self) -> None:
        """Stop at once, as a power cut would."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-D", str(self.folder / "data"))
        self._process.wait()

    def new_database(self, *options: str) -> str:
        self._databases += 1
        name = f"class{self._databases}"
        self._run("createdb", "-h", str(self.folder), "-U", "class", *options, name)
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql://class@/{name}?host={self.folder}"

    def remove(self) -> None:
        if hasattr(self, "_process"):
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_ready(self) -> bool:
        asked = [PROGRAMS / "pg_isready", "-h", self.folder, "-q"]
        return subprocess.run(asked).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [PROGRAMS / program, *arguments],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", **self._user,
        )  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store may be made, in either database."""
    if request.param == "sqlite":
        return str(tmp_path / "class.db")
    return request.getfixturevalue("postgres")()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store with learners 1 to 3."""
    made = Store.create(url, "a-class")
    made.enrol([1, 2, 3])
    yield made
    made.close()
