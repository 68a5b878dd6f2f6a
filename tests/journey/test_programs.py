"""The commands as whole programs: exit codes, streams, the environment, the time they take."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.progress import append
from tests.reliability.scale import cost

from undergrad.course import load
from undergrad.journey import Journey


def _program(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from undergrad.cli import main; main()", *arguments]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True
    )


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_store_repaired_behind_a_command(here: Journey, locale: str) -> None:
    """The sentence goes to stderr, once; the result on stdout stays what it should be."""
    os.truncate(here.store_path, 0)
    ran = _program("status", "--json", cwd=here.root, LC_ALL=locale)
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["goal"] == "understand it"
    assert ran.stderr.count("\n") == 1
    assert "Your progress store was corrupt (the file is empty)" in ran.stderr


def test_exit_codes_and_single_sentences(here: Journey, tmp_path: Path) -> None:
    outside = _program("status", cwd=tmp_path)
    assert (outside.returncode, outside.stderr.count("\n")) == (2, 1)
    assert "undergrad init" in outside.stderr
    here.store_path.unlink()
    here.store_path.mkdir()
    broken = _program("status", cwd=here.root)
    assert (broken.returncode, broken.stderr.count("\n")) == (3, 1)
    assert str(here.store_path) in broken.stderr
    assert outside.stdout == broken.stdout == ""


def test_the_journey_from_the_environment(here: Journey, tmp_path: Path) -> None:
    ran = _program("status", "--json", cwd=tmp_path, UNDERGRAD_JOURNEY=str(here.root))
    assert json.loads(ran.stdout)["journey"] == "way"


def test_status_imports_nothing_heavy(here: Journey) -> None:
    code = (
        "import sys; from undergrad.cli.app import cli\n"
        "cli.main(['status'], standalone_mode=False)\n"
        "print(sorted({'numpy', 'pydantic', 'yaml', 'rich', 'matplotlib'} & set(sys.modules)),"
        " file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=here.root, capture_output=True, text=True, check=True)
    assert ran.stderr == "[]\n"


@pytest.mark.slow
def test_status_of_a_thousand_events_starts_fast(here: Journey) -> None:
    """At most three times the processor time of importing click and rich, measured in turns."""
    units = [unit.id for unit in load().units]
    for number in range(1000):
        unit = units[number % len(units)]
        append(here, "check.finished", unit, {"verdict": "fail", "message": "m" * 200})
    status = cost(["-m", "undergrad", "status"], here.root, times=9)
    assert status.seconds < 3 * cost(["-c", "import click, rich"], here.root, times=9).seconds


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
@pytest.mark.parametrize("typed, said", [(b"\x04", "stopped without an answer"), (None, "interr")])
def test_a_question_without_an_answer(tmp_path: Path, typed: bytes | None, said: str) -> None:
    """Ctrl-D is not Ctrl-C."""
    import pty

    master, slave = pty.openpty()
    command = [sys.executable, "-c", "from undergrad.cli import main; main()", "start", "j"]
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
    process = subprocess.Popen(command, cwd=tmp_path, stdin=slave, stdout=slave, stderr=slave)
    signal.signal(signal.SIGINT, usual)
    os.close(slave)

    def press() -> None:
        if typed is None:
            process.send_signal(signal.SIGINT)
        else:
            os.write(master, typed)

    def await_shown(words: str, again: Callable[[], None]) -> None:
        shown = ""
        while words not in shown:
            if select.select([master], [], [], 1)[0]:
                shown += os.read(master, 4096).decode()
            else:
                again()

    await_shown("?", lambda: None)
    press()
    await_shown(said, press)  # what comes just before the prompt may be lost: then once more
    assert process.wait(30) == 130
    assert not (tmp_path / "j").exists()
