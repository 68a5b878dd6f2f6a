"""A file system that fails at any one call, writers in a crowd, a writer that is stopped."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.progress import append, start_unit
from tests.reliability import kill

from undergrad import course
from undergrad.course.models import Course
from undergrad.errors import StoreError, UndergradError
from undergrad.journey import Journey, create, events, newest, verify_store

KNOWN = course.load()
UNIT = KNOWN.unit("first-ten")
CALLS = (
    "open",
    "write",
    "fsync",
    "replace",
    "rename",
    "link",
    "unlink",
    "mkdir",
    "stat",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("made") / "way", KNOWN).root


@pytest.fixture
def journey(made: Path, tmp_path: Path) -> Journey:
    return Journey(Path(shutil.copytree(made, tmp_path / "way")))


class Failing:
    """Every listed function of `os` counts its calls together; one of them fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, code: int) -> None:
        self.calls, self._number, self._code = 0, number, code
        for name in CALLS:
            monkeypatch.setattr(os, name, self._wrapped(getattr(os, name)))

    def _wrapped(self, function):
        def call(*args, **kwargs):
            self.calls += 1
            if self.calls == self._number:
                raise OSError(self._code, os.strerror(self._code), str(args[:1]))
            return function(*args, **kwargs)

        return call


def _append(journey: Journey) -> None:
    append(journey, "unit.noted", UNIT.id, {"text": "n"}, course=KNOWN)


def _start(journey: Journey) -> None:
    start_unit(journey, UNIT, KNOWN)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["full disk", "broken disk"])
@pytest.mark.parametrize("action", [_append, _start])
def test_any_one_call_to_the_file_system_may_fail(journey, made, tmp_path, action, code):
    """Every call in its turn: the action succeeds or says one sentence, and the next one works."""
    number, failures = 0, 0
    while True:
        number += 1
        here = Journey(tmp_path / f"copy-{number}")
        shutil.copytree(journey.root, here.root)
        before = [event.uuid for event in events(here)]
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, number, code)
            try:
                action(here)
            except UndergradError as error:
                failures += 1
                assert "\n" not in str(error) and str(here.root) in str(error)
        after = [event.uuid for event in events(here)]
        assert after[: len(before)] == before and len(after) <= len(before) + 1
        action(here)
        assert verify_store(here) >= len(before)
        shutil.rmtree(here.root)
        if failing.calls < number:  # it never came to that call: all of them were tried
            break
    assert failures > 2


def _crowd(journey: Journey, crowd: int, each: int) -> list[int]:
    """Forks that all write so many events; their exit codes."""

    def write(here: Journey, _: Course, number: int) -> None:
        for n in range(each):
            append(here, "hint.shown", f"unit-{number}", {"task": n})
        os._exit(0)

    children = [kill._fork(write, journey, KNOWN, number) for number in range(crowd)]
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


@pytest.mark.parametrize("each", [4, pytest.param(50, marks=pytest.mark.slow)])
def test_sixteen_writers_at_once_lose_nothing(journey, each):
    assert _crowd(journey, 16, each) == [0] * 16
    counts = Counter(event.subject for event in events(journey, kind="hint.shown"))
    assert counts == {f"unit-{n}": each for n in range(16)}
    assert verify_store(journey) == 1 + 16 * each
    assert not [event for event in newest(journey) if event.kind == "store.restored"]


def test_others_write_while_the_chain_is_walked(journey, monkeypatch):
    """The walk of the whole chain holds nobody up: an event is added in the middle of it."""
    from undergrad.journey.store import backups

    walk, added = backups.verify_whole, []

    def and_meanwhile(path, watermark):
        if not added:
            added.append(append(journey, "hint.shown", "meanwhile").sequence)
        return walk(path, watermark)

    monkeypatch.setattr("undergrad.journey.store.lock.PATIENCE", 0.0)
    monkeypatch.setattr(backups, "verify_whole", and_meanwhile)
    assert verify_store(journey) == 1 and added == [2]
    assert verify_store(journey) == 2


def test_a_writer_that_is_stopped_keeps_its_turn(journey, monkeypatch):
    """Stopped in the middle of an event, it is waited for, then named; afterwards all is there."""
    ours, theirs = os.pipe()

    def write(here: Journey, _: Course, descriptor: int) -> None:
        from undergrad.journey.store.lock import exclusive

        with exclusive(here.lock_path):
            os.write(descriptor, b".")
            os.kill(os.getpid(), signal.SIGSTOP)
        append(here, "hint.shown", "stopped")
        os._exit(0)

    child = kill._fork(write, journey, KNOWN, theirs)
    os.read(ours, 1)
    os.waitpid(child, os.WUNTRACED)
    monkeypatch.setattr("undergrad.journey.store.lock.PATIENCE", 0.05)
    with pytest.raises(StoreError, match=rf"undergrad.*process {child}"):
        append(journey, "hint.shown", "waiting")
    os.kill(child, signal.SIGCONT)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert {event.subject for event in events(journey, kind="hint.shown")} == {"stopped"}
    append(journey, "hint.shown", "waiting")
    for end in (ours, theirs):
        os.close(end)


_APPEND = """
import sys
from pathlib import Path
from undergrad.errors import UndergradError
from undergrad.journey import append_event, find
try:
    for n in range(2):
        event = append_event(
            find(Path(sys.argv[1])), "hint.shown", "a", {"task": n}, course_version="1"
        )
        print(event.uuid, flush=True)
except UndergradError as error:
    print(error, file=sys.stderr)
    sys.exit(3)
"""


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("code", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("call", ["pwrite64", "fsync", "fdatasync", "write", "unlink"])
def test_any_system_call_may_fail(journey, tmp_path, call, code):
    """Below Python, in SQLite's own writing: what was printed is there, and a sentence is said."""
    for number in range(1, 200):
        here = Journey(tmp_path / "copy")
        shutil.rmtree(here.root, ignore_errors=True)
        shutil.copytree(journey.root, here.root)
        inject = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", str(here.store_path)]
        inject += ["-P", f"{here.store_path}-journal", "-P", str(here.watermark_path)]
        inject += ["-e", f"inject={call}:error={code}:when={number}"]
        ran = subprocess.run(
            [*inject, sys.executable, "-c", _APPEND, str(here.root)], capture_output=True, text=True
        )
        assert ran.returncode in (0, 3), ran.stderr
        assert "Traceback" not in ran.stderr
        assert set(ran.stdout.split()) <= {event.uuid for event in events(here)}
        append(here, "hint.shown", "afterwards")
        if ran.returncode == 0 and not ran.stderr:
            break
