"""`check`, `hint` and `solution` in a journey, through the command line."""

import json
import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.course import planted
from tests.progress import append, load_status, start_unit

from undergrad import course, extras, journey
from undergrad.cli.app import cli
from undergrad.cli.check import gained_lines

COURSE = course.load()
UNIT = next(unit for unit in COURSE.units if unit.written)
FOLDER = course.unit_folder(UNIT)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    made = journey.create(tmp_path / "j", COURSE)
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def started(here):
    start_unit(here, UNIT, COURSE)
    return here


def run(*command, text=None):
    done = CliRunner().invoke(cli, [*command], input=text, standalone_mode=False)
    return done


def lay_solution(here):
    (here.root / UNIT.exercise).write_text(course.worked_solution(UNIT))


def said(result):
    return " ".join(result.output.split())


def kinds(here):
    return [event.kind for event in journey.events(here)]


def test_a_blank_exercise_is_to_do_and_recorded(started):
    done = run("check")
    assert done.return_value == 1 and "to do" in done.output
    assert f"undergrad hint {UNIT.id}" in done.output
    (event,) = journey.events(started, kind="check.finished")
    assert event.subject == UNIT.id and event.data["verdict"] == "fail"
    assert event.data["tasks"][0]["got"] == "not started yet"


def test_a_solution_passes_and_the_unit_is_passed(started):
    lay_solution(started)
    done = run("check", UNIT.id)
    assert done.return_value == 0 and "Passed." in done.output and "undergrad next" in done.output
    status = load_status(started, COURSE)
    assert status.passed == 1 and status.next != UNIT.id


def test_json_is_the_recorded_result(started):
    lay_solution(started)
    one = json.loads(run("check", UNIT.id, "--json", "--seed", "7").output)
    (event,) = journey.events(started, kind="check.finished")
    assert one == event.data and one["seed"] == 7 and one["verdict"] == "pass"
    assert json.loads(run("check", "--all", "--json").output)[0]["unit"] == UNIT.id


def test_the_page_shows_what_a_check_says(started, monkeypatch):
    page = (Path(__file__).parents[2] / "docs" / "checking.md").read_text("utf-8")
    shown = page[page.index(UNIT.title) : page.index("\n\nWatching ")]
    file = started.root / UNIT.exercise
    todo = re.compile(r"^ +raise NotImplementedError\(.TODO 1.*\n", re.MULTILINE)
    file.write_text(todo.sub("    return w * (c + b)\n", file.read_text("utf-8")))
    monkeypatch.setenv("COLUMNS", "64")
    seed = re.search(r"Seed (\d+)", shown)[1]
    assert run("check", "--seed", seed).output.startswith(shown)


def test_the_same_seed_gives_the_same_numbers(started):
    path = started.root / UNIT.exercise
    path.write_text(planted.mistakes(FOLDER)[UNIT.mistakes[0].name])
    first, second = (json.loads(run("check", "--seed", "5", "--json").output) for _ in range(2))
    assert first["verdict"] != "pass" and first["tasks"] == second["tasks"]


def test_without_a_file_nothing_is_recorded(here):
    before = kinds(here)
    for command, way_on in (
        (["check"], "undergrad next"),
        (["check", UNIT.id], f"undergrad next {UNIT.id}"),
        (["check", "--all"], "undergrad next"),
        (["check", "nothing-like-it"], "nothing-like-it"),
    ):
        done = run(*command)
        assert way_on in str(done.exception) and done.exception.exit_code == 2
    assert kinds(here) == before


def test_a_path_is_told_as_it_would_be_typed_here(started, monkeypatch):
    (started.root / UNIT.exercise).unlink()
    monkeypatch.chdir(started.notes)
    told = str(run("check", UNIT.id).exception)
    assert f" {os.path.join('..', UNIT.exercise)} " in told


def test_trouble_of_the_tool_records_nothing(started, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nonexistent")
    before = kinds(started)
    done = run("check")
    assert done.exception.exit_code == 3 and kinds(started) == before


def plain(hint):
    """A hint as the terminal shows it: without the marks of code, its white space as one space."""
    alone = re.fullmatch(r"`([^`]+)`", hint)
    return " ".join((alone[1] if alone else re.sub(r"```\w*", " ", hint)).split())


def test_hints_climb_the_ladder_and_stay_on_its_last_rung(started):
    hints = UNIT.tasks[0].hints
    for rung in (1, 2, 3, 3):
        done = run("hint")
        assert plain(hints[rung - 1]) in said(done) and f"Hint {rung} of 3" in said(done)
    shown = [event.data for event in journey.events(started, kind="hint.shown")]
    assert shown == [{"task": 1, "rung": rung} for rung in (1, 2, 3, 3)]
    assert "undergrad solution" in done.output


def test_hints_are_for_the_first_task_that_does_not_pass(started):
    tasks = [
        {"task": task.number, "function": name, "verdict": "fail" if task.number == 2 else "pass"}
        for task in UNIT.tasks
        for name in task.functions
    ]
    append(started, "check.finished", UNIT.id, {"verdict": "fail", "tasks": tasks})
    done = run("hint", UNIT.id)
    assert f"Task 2: {UNIT.tasks[1].sentences[0]}" in said(done)


def test_a_task_that_was_tried_comes_before_one_that_was_not_started(started):
    blank = course.blank_exercise(UNIT)
    todo = re.search(r"raise NotImplementedError\(\s*\"TODO 2.*?\)\n", blank, re.DOTALL)
    wrong = blank.replace(todo[0], "return float(np.sum((pred - target) ** 2))\n")
    (started.root / UNIT.exercise).write_text(wrong)
    done = run("check", UNIT.id)
    assert "Task 2:" in done.output and "Not started yet" not in said(done)
    assert f"Task 2: {UNIT.tasks[1].sentences[0]}" in said(run("hint", UNIT.id))


def test_after_the_pass_every_hint_is_shown_and_the_solution_too(started):
    lay_solution(started)
    assert f"undergrad solution {UNIT.id}" in run("check").output
    shown = said(run("hint", UNIT.id))
    for task in UNIT.tasks:
        assert all(plain(hint) in shown for hint in task.hints)
    assert kinds(started)[-1] == "hint.shown"
    assert run("solution", UNIT.id).exception is None
    assert kinds(started)[-1] == "solution.shown"
    second = said(run("hint", UNIT.id, "--task", "2"))
    assert "Hint 1 of 3: " + plain(UNIT.tasks[1].hints[0]) in second


def test_a_task_that_is_not_there_has_no_hint(started):
    done = run("hint", UNIT.id, "--task", "99")
    assert "no task 99" in str(done.exception) and done.exception.exit_code == 2


def test_all_that_was_started_is_checked_again_in_a_table(started):
    lay_solution(started)
    other = next(unit for unit in COURSE.units if unit.written and unit.id != UNIT.id)
    start_unit(started, other, COURSE)
    done = run("check", "--all")
    assert done.return_value == 1
    rows = [line.split()[:2] for line in done.output.splitlines()]
    assert ["passed", f"{UNIT.id}:"] in rows and ["not", "yet"] in rows
    assert "1 of 2 units pass." in done.output and f"undergrad check {other.id}" in done.output
    assert f"From now on this is yours: {UNIT.exercise}." in said(done)
    recorded = journey.events(started, kind="check.finished")
    assert [event.subject for event in recorded] == [UNIT.id, other.id]


def test_a_passed_unit_whose_file_is_gone_is_told(started):
    lay_solution(started)
    run("check")
    (started.root / UNIT.exercise).unlink()
    done = run("check", "--all", "--json")
    assert done.return_value == 1 and json.loads(done.output)[0]["verdict"] == "not-run"


def test_the_solution_is_a_diff_to_the_own_file_and_recorded(started):
    done = run("solution", UNIT.id)
    assert "--- yours" in done.output and "+++ worked solution" in done.output
    assert 'raise NotImplementedError("TODO 1' in done.output
    assert kinds(started)[-1] == "solution.shown"
    lay_solution(started)
    assert "line for line" in run("solution", UNIT.id, "--yes").output


def test_the_first_pass_says_what_is_yours_and_no_later_one_does(started):
    lay_solution(started)
    first, again = said(run("check")), said(run("check"))
    assert "From now on this is yours" in first and f"`import exercises.{UNIT.module}`" in first
    assert "undergrad recap" in first and "Yours" not in again
    done = subprocess.run(
        [sys.executable, "-c", f"import exercises.{UNIT.module}"], cwd=started.root
    )
    assert done.returncode == 0
    builder = next(unit for unit in COURSE.units if unit.parts)
    assert builder.parts[0].name.rpartition(".")[2] in " ".join(
        gained_lines(journey.Learner(started, COURSE), builder)
    )


def test_a_difference_in_docstrings_is_none(started):
    file = started.root / UNIT.exercise
    solution = course.worked_solution(UNIT)
    for words in ("\n", '\n    """My words."""\n'):
        file.write_text(re.sub(r'\n    """.*?"""\n', words, solution, flags=re.DOTALL))
        assert "line for line" in run("solution", UNIT.id).output
    file.write_text("def predict(:\n    'half a file")
    assert "+++ worked solution" in run("solution", UNIT.id).output


def test_the_solution_asks_first_on_a_terminal(started, monkeypatch):
    monkeypatch.setattr("undergrad.cli.hint.is_interactive", lambda: True)
    before = kinds(started)
    assert "not shown" in run("solution", UNIT.id, text="n\n").stderr
    assert kinds(started) == before
    asked = run("solution", UNIT.id, text="y\n")
    assert "can still pass" in asked.stderr and "worked solution" in asked.output
    assert kinds(started) == [*before, "solution.shown"]
    append(started, "check.finished", UNIT.id, {"verdict": "pass"})
    assert "can still pass" not in run("solution", UNIT.id, text="y\n").stderr


def test_a_file_that_hides_a_library_is_told(started):
    lay_solution(started)
    (started.root / UNIT.exercise).with_name("numpy.py").write_text("")
    done = run("check")
    assert "hides the library `numpy`" in done.output and "Passed." in done.output


@pytest.mark.parametrize("columns", [40, 88])
def test_lines_fit_the_terminal(columns, started, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    for command in (["check"], ["hint"]):
        lines = run(*command).output.splitlines()
        assert max(map(len, lines)) <= columns and "\x1b" not in "".join(lines)


# A shell's background jobs ignore Ctrl-C, and so do the tests when they are one.
AS_IN_A_TERMINAL = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from undergrad.cli import main
main()
"""


def descendants(pid):
    """Ids of all processes below `pid`."""
    children = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            continue
        children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found = children.get(pid, [])
    return found + [each for child in found for each in descendants(child)]


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill"])
def test_an_interrupted_check_leaves_no_process_and_no_event(number, started):
    running = started.root / "running"
    os.mkfifo(running)  # the exercise waits here for somebody who reads
    reader = os.open(running, os.O_RDONLY | os.O_NONBLOCK)
    (started.root / UNIT.exercise).write_text(
        f"with open({str(running)!r}, 'w') as said: said.write('here')\nwhile True: pass\n"
    )
    before = kinds(started)
    command = [sys.executable, "-c", AS_IN_A_TERMINAL, "check"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # A killed check cannot tidy up.
    with subprocess.Popen(
        command, env={**os.environ, "TMPDIR": str(started.root)}, **quiet
    ) as process:
        try:
            assert select.select([reader], [], [], 60)[0], "the exercise did not begin"
            workers = [os.pidfd_open(pid) for pid in descendants(process.pid)]
            assert len(workers) >= 2
            process.send_signal(number)
            assert process.wait(30) == (130 if number == signal.SIGINT else -signal.SIGKILL)
        finally:
            process.kill()
            os.close(reader)
    for worker in workers:
        assert select.select([worker], [], [], 30)[0], "a process is left"
        os.close(worker)
    assert kinds(started) == before


def test_without_its_extra_a_unit_is_skipped_and_nothing_is_recorded(started, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    unit = COURSE.unit("frameworks")
    start_unit(started, unit, COURSE)
    one = run("check", "frameworks")
    assert one.return_value == 0
    assert "Skipped. frameworks needs PyTorch: run `pip install 'undergrad[torch]'`." in said(one)
    assert json.loads(run("check", "frameworks", "--json").output)["verdict"] == "skipped"
    assert "check.finished" not in kinds(started)
    assert "needs PyTorch" in run("show", "frameworks").output
