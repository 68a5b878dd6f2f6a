"""A store that is no ordinary file, and a repair that is cut off."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.progress import append

from undergrad.errors import StoreError, notified_by
from undergrad.journey import Journey, back_up_store, events, verify_store
from undergrad.journey.store import database

Fill = Callable[[Journey, int], list[str]]


def _uuids(journey: Journey) -> list[str]:
    return [event.uuid for event in events(journey) if event.kind != "store.restored"]


def _make_device(path: Path) -> None:
    os.mknod(path, 0o020666, os.makedev(1, 5))


ODD: dict[str, Callable[[Path], object]] = {
    "folder": lambda p: p.mkdir(),
    "fifo": lambda p: os.mkfifo(p),
    "device": _make_device,
    "link to nothing": lambda p: p.symlink_to("gone.db"),
    "link to itself": lambda p: p.symlink_to(p.name),
    "link to a device": lambda p: p.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("make", ODD.values(), ids=ODD.keys())
def test_a_store_that_is_not_a_file_is_refused_with_its_path(
    journey: Journey, make: Callable[[Path], object]
) -> None:
    kept = journey.store_path.rename(journey.private / "elsewhere")
    try:
        make(journey.store_path)
    except PermissionError:
        pytest.skip("making a device needs root")
    for action in (lambda: list(events(journey)), lambda: append(journey, "hint.shown")):
        with pytest.raises(StoreError) as caught:
            action()
        assert str(journey.store_path) in str(caught.value)
        assert "\n" not in str(caught.value)
    assert kept.stat().st_size > 0
    assert os.path.lexists(journey.store_path)


def test_a_link_to_the_store_elsewhere_works(journey: Journey, tmp_path: Path) -> None:
    journey.store_path.rename(tmp_path / "real.db")
    journey.store_path.symlink_to(tmp_path / "real.db")
    append(journey, "hint.shown")
    assert verify_store(journey) == 2


@pytest.mark.parametrize("name", ["lock", "head"])
def test_a_folder_in_place_of_our_small_files(journey: Journey, name: str) -> None:
    (journey.private / name).unlink(missing_ok=True)
    (journey.private / name).mkdir()
    with pytest.raises(StoreError, match=r"\.undergrad"):
        append(journey, "hint.shown")


_REPAIR = """
import os, signal, sys
from pathlib import Path
from undergrad import journey as j
limit, seen = int(sys.argv[2]), 0
def tracer(frame, event, arg):
    global seen
    if "/undergrad/" not in frame.f_code.co_filename:
        return None
    if event == "line":
        seen += 1
        if seen == limit:
            os.kill(os.getpid(), signal.SIGKILL)
    return tracer
sys.settrace(tracer)
print(sum(1 for _ in j.events(j.find(Path(sys.argv[1])))))
"""


@pytest.mark.parametrize("step", [pytest.param(97), pytest.param(11, marks=pytest.mark.slow)])
def test_a_kill_during_the_repair_loses_nothing(
    journey: Journey, fill: Fill, tmp_path: Path, step: int
) -> None:
    fill(journey, 4)
    back_up_store(journey)
    before = _uuids(journey)
    os.truncate(journey.store_path, 5000)
    kills = 0
    for limit in range(1, 100_000, step):
        copy = Journey(tmp_path / "copy")
        shutil.rmtree(copy.root, ignore_errors=True)
        shutil.copytree(journey.root, copy.root)
        ran = subprocess.run(
            [sys.executable, "-c", _REPAIR, str(copy.root), str(limit)], capture_output=True
        )
        assert _uuids(copy) == before, limit
        if ran.returncode == 0:
            break
        kills += 1
    assert kills > 10


def test_a_person_is_told_that_another_program_locks_the_store(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_SILENCE", 0.02)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    said: list[str] = []
    other = sqlite3.connect(journey.store_path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with notified_by(said.append), pytest.raises(StoreError, match="another program keeps it"):
        list(events(journey))
    assert len(said) == 1
    assert "Waiting for another program" in said[0]
    with notified_by(lambda _: other.execute("ROLLBACK")):  # it is closed when the person is told
        assert list(events(journey))
