"""Kills, crowds and bad disks: what was acknowledged is there, and the next command works."""

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.progress import append

from undergrad.errors import StoreError
from undergrad.journey import Journey, count, events, newest, verify_store
from undergrad.journey.store.lock import exclusive

# A program that appends and prints each event's uuid once it was acknowledged. With a limit it is
# killed at that line of our code; the lines are counted over everything an append runs.
_WRITER = """
import os, signal, sys
from pathlib import Path
from undergrad import journey as j
journey, number, limit = j.find(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
seen = 0
def tracer(frame, event, arg):
    global seen
    if "/undergrad/" not in frame.f_code.co_filename:
        return None
    if event == "line":
        seen += 1
        if seen == limit:
            os.kill(os.getpid(), signal.SIGKILL)
    return tracer
if limit:
    sys.settrace(tracer)
for n in range(number):
    event = j.append_event(journey, "hint.shown", sys.argv[4], {"task": n}, course_version="1")
    print(event.uuid, flush=True)
"""


def _writer(journey: Journey, number: int, *, limit: int = 0, name: str = "a") -> list[str]:
    return [sys.executable, "-c", _WRITER, str(journey.root), str(number), str(limit), name]


def _all_there(journey: Journey, acknowledged: list[str], extra: int = 1) -> None:
    stored = [event.uuid for event in events(journey)]
    assert set(acknowledged) <= set(stored)
    assert len(stored) - 1 - len(acknowledged) <= extra  # one is `journey.created`
    assert not list(journey.private.glob("*corrupt*"))


@pytest.mark.parametrize("step", [pytest.param(83), pytest.param(5, marks=pytest.mark.slow)])
def test_killed_at_each_line_of_an_append(journey: Journey, tmp_path: Path, step: int) -> None:
    kills = 0
    for limit in range(1, 100_000, step):
        copy = Journey(tmp_path / "copy")
        shutil.rmtree(copy.root, ignore_errors=True)
        shutil.copytree(journey.root, copy.root)
        ran = subprocess.run(_writer(copy, 2, limit=limit), capture_output=True, text=True)
        _all_there(copy, ran.stdout.split())
        append(copy, "hint.shown", "afterwards")
        if ran.returncode == 0:
            break
        assert ran.returncode == -signal.SIGKILL, ran.stderr
        kills += 1
    assert kills > 5


@pytest.mark.parametrize("times", [pytest.param(8), pytest.param(300, marks=pytest.mark.slow)])
def test_killed_at_random_moments(journey: Journey, times: int) -> None:
    choose, acknowledged = random.Random(3), []
    for _ in range(times):
        with subprocess.Popen(_writer(journey, 1000), stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(choose.randrange(1, 4)):
                acknowledged.append(writer.stdout.readline().strip())
            _let_pass(choose.random() * 0.03)
            writer.kill()
            acknowledged += writer.stdout.read().split()
    _all_there(journey, acknowledged, extra=times)
    assert verify_store(journey) == count(journey)


def _let_pass(seconds: float) -> None:
    """Let so much time pass: here the moment of the kill is what is varied."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        pass


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("call", ["pwrite64", "write", "fsync", "fdatasync", "unlink", "openat"])
def test_killed_at_each_system_call(journey: Journey, tmp_path: Path, call: str) -> None:
    for number in range(1, 400):
        copy = Journey(tmp_path / "copy")
        shutil.rmtree(copy.root, ignore_errors=True)
        shutil.copytree(journey.root, copy.root)
        inject = f"inject={call}:signal=SIGKILL:when={number}"
        command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", inject, *_writer(copy, 2)]
        ran = subprocess.run(command, capture_output=True, text=True)
        _all_there(copy, ran.stdout.split())
        if ran.returncode == 0:
            return


def test_a_crowd_of_writers(journey: Journey) -> None:
    crowd = [
        subprocess.Popen(_writer(journey, 8, name=str(n)), stdout=subprocess.PIPE, text=True)
        for n in range(4)
    ]
    printed = [writer.communicate(timeout=60)[0].split() for writer in crowd]
    assert [writer.returncode for writer in crowd] == [0] * 4
    _all_there(journey, [uuid for uuids in printed for uuid in uuids], extra=0)
    assert {event.subject: event.nth for event in newest(journey) if event.subject} == {
        str(n): 8 for n in range(4)
    }
    assert verify_store(journey) == 33


def test_reading_while_writing(journey: Journey) -> None:
    """A reader never takes a store that is being written for a corrupt one."""
    with subprocess.Popen(_writer(journey, 20), stdout=subprocess.PIPE, text=True) as writer:
        seen = [0]
        while writer.poll() is None:
            seen.append(max(event.sequence for event in newest(journey)))
    assert seen == sorted(seen)
    assert not list(journey.private.glob("*corrupt*"))


def test_a_writer_that_does_not_let_go(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("undergrad.journey.store.lock.PATIENCE", 0.1)
    monkeypatch.setattr("undergrad.journey.store.lock._SILENCE", 0.05)
    monkeypatch.setattr(sys, "argv", ["undergrad", "check", "backprop"])
    holder = f"`undergrad check (process {os.getpid()})`"
    with (
        exclusive(journey.lock_path),
        pytest.raises(StoreError, match=re.escape(holder) + r".*end it, then try again"),
    ):
        append(journey, "hint.shown")
    assert f"Waiting for {holder}" in caplog.text
    assert append(journey, "hint.shown").sequence == 2


def test_a_writer_that_lets_go_after_a_while(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, told = threading.Event(), threading.Event()

    def hold() -> None:
        with exclusive(journey.lock_path):
            journey.lock_path.write_bytes(b"")  # by an undergrad that wrote no name
            held.set()
            told.wait(10)

    said: list[str] = []
    monkeypatch.setattr("undergrad.journey.store.lock._SILENCE", 0.0)
    monkeypatch.setattr(
        "undergrad.journey.store.lock.notify", lambda words: (said.append(words), told.set())
    )
    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    assert append(journey, "hint.shown").sequence == 2
    thread.join()
    assert "Waiting for another undergrad command" in said[0]


def test_a_lock_left_by_a_dead_process_holds_nobody_up(journey: Journey) -> None:
    journey.lock_path.write_text("4711")
    assert append(journey, "hint.shown").sequence == 2


@contextmanager
def _limited_file_size(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_room_to_grow(journey: Journey) -> None:
    size = journey.store_path.stat().st_size
    with _limited_file_size(size), pytest.raises(StoreError) as caught:
        append(journey, "unit.noted", "alpha", {"text": "x" * 100_000})
    assert str(journey.store_path) in str(caught.value)
    _all_there(journey, [], extra=0)
    assert append(journey, "hint.shown").sequence == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_full_disk(journey: Journey, small_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    here = Journey(small_disk / "way")
    shutil.copytree(journey.root, here.root)
    acknowledged = []
    with pytest.raises(StoreError, match=r"disk is full; free some space"):
        while True:
            text = "x" * 2000
            acknowledged.append(append(here, "unit.noted", "alpha", {"text": text}).uuid)
    assert len(acknowledged) > 10
    _all_there(here, acknowledged)
    for backup in here.backups.iterdir():
        backup.unlink()
    acknowledged.append(append(here, "hint.shown").uuid)
    _all_there(here, acknowledged, extra=1)
    assert verify_store(here) == count(here)


_READ_ONLY = """
import sys
from pathlib import Path
from undergrad import journey as j
from undergrad.errors import StoreError
from undergrad.journey.merge import export_journey
here = j.find(Path(sys.argv[1]))
print(j.count(here), [e.kind for e in j.events(here)])
print("exported", export_journey(here, Path("-")))
try:
    j.append_event(here, "hint.shown", course_version="1")
except StoreError as error:
    print(error)
"""


def _as_nobody(journey: Journey) -> list[str]:
    """Run as another user: root may write everywhere, whatever a file's mode says."""
    if os.geteuid() != 0:
        return []
    for folder in [journey.root, *journey.root.parents][:-2]:
        folder.chmod(folder.stat().st_mode | 0o055)
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (lambda j: None, "1 ['journey.created']"),
        (lambda j: j.store_path.chmod(0), "may not be opened"),
        (lambda j: j.private.chmod(0), "Permission denied; see that it is yours"),
        (lambda j: os.truncate(j.store_path, 0), "is corrupt (the file is empty) and its folder"),
    ],
    ids=["fine", "unreadable store", "closed folder", "corrupt"],
)
def test_read_only_journey(
    journey: Journey, harm: Callable[[Journey], object], expected: str
) -> None:
    as_nobody = _as_nobody(journey)
    for path in [journey.root, *journey.root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    harm(journey)
    content = journey.watermark_path.read_bytes() if os.geteuid() == 0 else None
    ran = subprocess.run(
        [*as_nobody, sys.executable, "-c", _READ_ONLY, str(journey.root)],
        capture_output=True,
        text=True,
        env={"PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]},
    )
    for path in [journey.root, journey.private]:
        path.chmod(0o755)
    assert expected in ran.stdout + ran.stderr
    if ran.returncode == 0:
        assert "cannot be written" in ran.stdout and "exported 1" in ran.stdout
    assert not list(journey.private.glob("*corrupt*"))
    assert content is None or journey.watermark_path.read_bytes() == content
