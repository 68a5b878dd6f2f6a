"""`watch`: when a save counts, what the keys do, and all of it in a terminal and in a pipe."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import termios

import pytest
from tests.progress import load_status, start_unit

from undergrad import course, journey
from undergrad.cli.keys import END, Keys
from undergrad.cli.watch import Watched, _fulfil, wait

COURSE = course.load()
UNIT = COURSE.unit("first-ten")
FOLDER = course.unit_folder(UNIT)
COMMAND = [sys.executable, "-c", "from undergrad.cli import main; main()", "watch"]


class Script:
    """Keys by a plan: each look takes the next step, a key or something to do meanwhile."""

    def __init__(self, *steps):
        self.steps = list(steps)

    def read(self, seconds):
        step = self.steps.pop(0)
        return step if isinstance(step, str) else step() and ""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "exercise.py"
    path.write_text("first")
    return path


def written(file, text):
    """A step that saves the text in place."""
    return lambda: file.write_text(text)


def test_a_save_counts_once_it_is_at_rest(file):
    keys = Script("", written(file, "a"), written(file, "ab"), written(file, "abc"), "", "never")
    assert wait(file, keys) == "run" and keys.steps == ["never"]


def test_a_save_by_a_new_file_counts_and_a_gap_between_does_not(file, tmp_path):
    other = tmp_path / "other"
    other.write_text("first")
    keys = Script(lambda: file.unlink() or True, "", "", lambda: other.rename(file), "", "never")
    assert wait(file, keys) == "run" and keys.steps == ["never"]


def test_a_file_that_stays_away_is_missed_once(file):
    gone = Script(lambda: file.unlink() or True, *[""] * 20)
    assert wait(file, gone) == "gone" and len(gone.steps) == 11
    back = Script("", *[""] * 20, lambda: file.write_text("again") and False, "", "never")
    assert wait(file, back) == "run" and back.steps == ["never"]


@pytest.mark.parametrize("wish", ["run", "gone"])
def test_a_file_that_is_gone_is_told_and_not_checked(wish, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = journey.create(tmp_path / "j", COURSE)
    start_unit(made, UNIT, COURSE).unlink()
    watched = Watched(journey.Learner(made, COURSE), UNIT)
    assert _fulfil(wish, watched, Keys(None, False)).unit == UNIT
    assert f"{UNIT.exercise} is gone: save it again" in capsys.readouterr().out
    assert not list(journey.events(made, kind="check.finished"))


def test_what_was_saved_before_the_wait_does_not_count(file):
    file.write_text("saved while a check was running")
    assert wait(file, Script("", "", "", "q")) == "quit"


@pytest.mark.parametrize(
    "key, wish", [("r", "run"), ("h", "hint"), ("n", "next"), ("q", "quit"), (END, "quit")]
)
def test_keys(file, key, wish):
    assert wait(file, Script("", key)) == wish


def test_other_keys_show_the_menu(file):
    assert wait(file, Script("x")) == "menu" == wait(file, Script("\n"))


def test_lines_of_a_pipe_are_read_one_at_a_time():
    ours, theirs = os.pipe()
    os.write(theirs, b"Run\n\nhint")
    os.close(theirs)
    keys = Keys(ours, single=False)
    assert [keys.read(1) for _ in range(4)] == ["r", "\n", "h", END]
    os.close(ours)


@pytest.fixture
def started(tmp_path, monkeypatch):
    here = journey.create(tmp_path / "j", COURSE)
    start_unit(here, UNIT, COURSE)
    monkeypatch.chdir(here.root)
    return here


def outcomes(here):
    return [event.outcome for event in journey.events(here, kind="check.finished")]


def test_without_a_terminal_lines_are_keys_and_the_end_of_input_ends_it(started):
    ran = subprocess.run(COMMAND, input="h\nn\nr\n", capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("Not started yet") == 2 and "Hint 1 of 3" in ran.stdout
    assert f"{UNIT.id} is not passed yet" in ran.stdout and "\x1b" not in ran.stdout
    assert outcomes(started) == ["fail", "fail"]
    assert len(list(journey.events(started, kind="hint.shown"))) == 1


def await_shown(master, *words):
    """Read what the terminal shows until these words have come, in this order."""
    shown = ""
    while not re.search(".*".join(map(re.escape, words)), shown, re.DOTALL):
        assert select.select([master], [], [], 60)[0], shown
        shown += os.read(master, 4096).decode()


def test_in_a_terminal(started):
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "40"}
    process = subprocess.Popen(COMMAND, stdin=slave, stdout=slave, stderr=slave, env=environment)
    await_shown(master, "Not started yet", "[q]uit")
    shutil.copy(FOLDER / "solution.py", started.root / UNIT.exercise)
    await_shown(master, "Passed.", "[q]uit")
    assert outcomes(started) == ["fail", "pass"]  # and it is still there, waiting
    os.write(master, b"n")
    following = load_status(started, COURSE).next
    await_shown(master, f"({following})", "[q]uit")
    os.write(master, b"q")
    assert process.wait(30) == 0
    assert termios.tcgetattr(slave) == before
    assert outcomes(started) == ["fail", "pass", "fail"]
    for end in (master, slave):
        os.close(end)
