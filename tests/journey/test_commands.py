"""The commands as a person and as a program meets them."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from tests.progress import append

from undergrad.cli.app import cli
from undergrad.course import load
from undergrad.course.models import Unit
from undergrad.errors import UsageError
from undergrad.journey import Journey, events

Run = Callable[..., Result]


@pytest.fixture
def outline(monkeypatch: pytest.MonkeyPatch) -> Unit:
    """The last unit, as if nobody had written it yet."""
    whole = load()
    *units, last = whole.units
    outline = replace(last, written=False)
    course = replace(whole, units=(*units, outline))
    monkeypatch.setattr(import_module("undergrad.journey.learner"), "load", lambda: course)
    return outline


@pytest.fixture
def run() -> Run:
    def invoke(*arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(cli, list(arguments), **options)

    return invoke


@pytest.fixture
def first() -> Unit:
    course = load()
    full = next(path for path in course.paths if path.id == "full")
    written = {unit.id: unit for unit in course.units if unit.written}
    return next(written[name] for name in full.units if name in written)


def _output(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def _data(result: Result) -> Any:
    return json.loads(_output(result))


def _refused(result: Result, *words: str) -> None:
    assert isinstance(result.exception, UsageError), result.output
    for word in words:
        assert word in str(result.exception)


def test_init_says_where_and_what_now(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = _output(run("init", "my way", "--path", "rl", "--goal", "play"))
    assert "cd 'my way' && undergrad next" in said
    status = _data(run("status", "--journey", "my way", "--json"))
    assert (status["path"], status["goal"], status["events"]) == ("rl", "play", 1)
    _refused(run("init", "my way"), "is already a journey")
    _refused(run("init", "other", "--path", "fulll"), "did you mean `full`")
    assert not (tmp_path / "other").exists()


def test_status_as_text_and_as_data(here: Journey, run: Run, first: Unit) -> None:
    said = _output(run("status"))
    assert "understand it" in said and "undergrad next" in said and first.title in said
    data = _data(run("status", "--json"))
    assert data["next"] == first.id
    assert [stage["number"] for stage in data["stages"]] == [1, 2, 3, 4, 5, 6]
    assert {unit["id"] for unit in data["units"]} == {unit.id for unit in load().units}


def test_status_names_the_parts_of_the_engine_that_come_next(here: Journey, run: Run) -> None:
    course = load()
    assert "parts of your engine" not in _output(run("status"))
    for unit in course.units[: [bool(unit.parts) for unit in course.units].index(True)]:
        append(here, "unit.skipped", unit.id, course=course)
    assert "parts of your engine" in _output(run("status"))


def test_every_state_is_a_word(here: Journey, run: Run, first: Unit) -> None:
    course = load()
    assert f"{first.id}: not started" in _output(run("status"))
    append(here, "unit.started", first.id, course=course)
    assert f"{first.id}: started" in _output(run("status"))
    append(here, "check.finished", first.id, {"verdict": "pass", "check_hash": "older"})
    assert "Passed an earlier version" in _output(run("status"))
    append(here, "unit.skipped", course.units[-1].id, {"because": ""})
    append(here, "check.finished", "from-the-future", {"verdict": "pass"})
    said = _output(run("status"))
    assert f"Skipped for now: {course.units[-1].id}" in said
    assert "from-the-future" in said


@pytest.mark.parametrize(
    "command",
    [
        ["status"], ["next"], ["show", "backprop"], ["log"], ["log", "--times"], ["doctor"],
        ["goal"], ["recap"], ["plan"], ["plan", "--hours", "8"], ["path"], ["prefer"],
        ["prefer", "lectures"],
    ],
)  # fmt: skip
def test_forty_columns_without_colour(here: Journey, run: Run, command: list[str]) -> None:
    environment = {"COLUMNS": "40", "NO_COLOR": "1", "TERM": "xterm"}
    said = _output(run(*command, env=environment, color=True))
    assert "\x1b" not in said
    free = ("http", "/", "  undergrad")
    long = [line for line in said.splitlines() if len(line) > 40]
    assert all(any(mark in line for mark in free) for line in long)


def test_colour_only_repeats_words(here: Journey, run: Run) -> None:
    plain = _output(run("status", env={"NO_COLOR": "1"}, color=True))
    coloured = _output(run("status", env={"NO_COLOR": "", "TERM": "xterm"}, color=True))
    assert "\x1b[" in coloured
    assert click.unstyle(coloured) == plain


def test_next_creates_the_exercise_and_names_a_command(
    here: Journey, run: Run, first: Unit
) -> None:
    file = here.root / first.exercise
    assert not file.exists()
    said = _output(run("next"))
    assert file.is_file()
    assert f"undergrad check {first.id}" in said.splitlines()[-1]
    data = _data(run("next", "--json"))
    assert (data["unit"], data["file"]) == (first.id, str(file))
    assert len(list(events(here, kind="unit.started"))) == 1


def test_next_begins_a_unit_before_its_turn(here: Journey, run: Run) -> None:
    _refused(run("check", "backprop"), "`undergrad next backprop`")
    assert "undergrad check backprop" in _output(run("next", "backprop"))
    assert (here.root / load().unit("backprop").exercise).is_file()
    assert _data(run("next", "backprop", "--json"))["unit"] == "backprop"
    assert _data(run("status", "--json"))["next"] != "backprop", "the path stays as it is"
    _refused(run("next", "backpropp"), "did you mean `backprop`")


def test_a_pass_never_stands_alone_beside_a_failing_check(
    here: Journey, run: Run, first: Unit
) -> None:
    tasks = [{"task": task.number, "verdict": "pass"} for task in first.tasks]
    append(here, "check.finished", first.id, {"verdict": "pass", "tasks": tasks}, course=load())
    tasks[0] = {"task": first.tasks[0].number, "verdict": "error"}
    append(here, "check.finished", first.id, {"verdict": "error", "tasks": tasks}, course=load())
    said = " ".join(_output(run("show", first.id)).split())
    assert f", {len(tasks) - 1} of {len(tasks)} tasks pass now" in said and "[error]" in said


def test_next_when_all_is_done(here: Journey, run: Run) -> None:
    written = [unit for unit in load().units if unit.written]
    for unit in written[:-1]:
        append(here, "check.finished", unit.id, {"verdict": "pass"})
    append(here, "unit.skipped", written[-1].id)
    assert f"undergrad show {written[-1].id}" in _output(run("next"))
    append(here, "check.finished", written[-1].id, {"verdict": "pass"})
    assert "undergrad capstone new" in _output(run("next"))
    assert _data(run("next", "--json")) == {"unit": None}


def test_show_a_unit(here: Journey, run: Run, first: Unit) -> None:
    tasks = [{"task": first.tasks[0].number, "verdict": "pass"}]
    append(here, "check.finished", first.id, {"verdict": "fail", "tasks": tasks})
    said = " ".join(_output(run("show", first.id)).split())
    assert first.title in said and "[passed]" in said and "[not checked]" in said
    assert f"undergrad check {first.id}" in said
    data = _data(run("show", first.id, "--json"))
    assert data["task_list"][0]["verdict"] == "pass"
    assert data["outcomes"] == list(first.outcomes)
    spoilers = [*first.tasks[0].hints, *(recall.answer for recall in first.recall)]
    assert not any(spoiler in json.dumps(data, ensure_ascii=False) for spoiler in spoilers)
    _refused(run("show", first.id[:-1]), f"did you mean `{first.id}`")


def test_an_outline_is_shown_as_one_and_cannot_be_worked_on(
    outline: Unit, here: Journey, run: Run
) -> None:
    assert "an outline so far" in _output(run("show", outline.id))
    _refused(run("next", outline.id), "not written yet")
    _refused(run("reset", outline.id), "not written yet")


def test_bookkeeping_is_in_the_log(here: Journey, run: Run, first: Unit) -> None:
    resource = load().resources[0]
    assert resource.title in _output(run("read", resource.id))
    _output(run("skip", first.id, "--because", "too easy"))
    _output(run("note", first.id, "two", "words"))
    _output(run("note", first.id, input="from a pipe\n"))
    _output(run("goal", "play", "Go"))
    _output(run("reset", first.id))
    log = _data(run("log", "--json"))
    assert [event["kind"] for event in log] == [
        "unit.reset", "goal.set", "unit.noted", "unit.noted", "unit.skipped", "resource.read",
        "journey.created",
    ]  # fmt: skip
    assert log[4]["data"] == {"because": "too easy"}
    assert len(_data(run("log", "--json", "--limit", "2"))) == 2
    assert _data(run("goal", "--json")) == {"goal": "play Go"}
    assert "two words" in (here.notes / f"{first.id}.md").read_text()
    text = _output(run("log"))
    assert "too easy" in text and "from a pipe" in text and len(text.splitlines()) == 8


def test_typing_errors_are_refused_with_a_hint(here: Journey, run: Run, first: Unit) -> None:
    resource = load().resources[0].id
    _refused(run("read", resource + "x"), "did you mean")
    _refused(run("note", first.id, input="  \n"), "undergrad note")
    append(here, "check.finished", first.id, {"verdict": "pass"})
    _refused(run("skip", first.id), "passed already")
    assert [event.kind for event in events(here)] == ["journey.created", "check.finished"]


@pytest.mark.parametrize("words", [("",), ("  ",), ("", "\n"), ("", "--json")])
def test_an_empty_goal_is_one_sentence_and_changes_nothing(
    here: Journey, run: Run, words: tuple[str, ...]
) -> None:
    before = list(events(here))
    _refused(run("goal", *words), "The goal is empty", "nothing was changed")
    assert list(events(here)) == before


def test_a_reset_says_where_the_attempt_is(here: Journey, run: Run, first: Unit) -> None:
    _output(run("next"))
    (here.root / first.exercise).write_text("mine")
    append(here, "check.finished", first.id, {"verdict": "pass"})
    said = _output(run("reset", first.id))
    assert f"{first.module}.1.py" in said and "Your pass of" in said


def test_a_note_in_the_editor(
    here: Journey, run: Run, first: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho edited >> "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setattr("undergrad.cli.journey.is_interactive", lambda: True)
    monkeypatch.setenv("VISUAL", str(editor))
    assert "Noted in" in _output(run("note", first.id))
    assert (here.notes / f"{first.id}.md").read_text() == "edited\n"
    monkeypatch.setenv("VISUAL", "true")
    assert "Nothing was changed" in _output(run("note", first.id))
    assert len(list(events(here, kind="unit.noted"))) == 1


def test_backup_command(here: Journey, run: Run) -> None:
    append(here, "hint.shown")
    data = _data(run("backup", "--json"))
    assert data["events"] == 2 and Path(data["path"]).is_file()
    assert "2 events copied and verified" in _output(run("backup"))


def test_doctor_all_well(here: Journey, run: Run) -> None:
    findings = {finding["name"]: finding for finding in _data(run("doctor", "--json"))}
    assert {"python", "packages", "isolation", "course", "sqlite", "progress", "backups",
            "disk", "terminal", "journey"} <= set(findings)  # fmt: skip
    assert sqlite3.sqlite_version in findings["sqlite"]["says"]
    assert findings["progress"]["state"] == "ok"
    assert "Nothing needs fixing" in _output(run("doctor"))


def test_doctor_ends_with_three_and_the_cure(here: Journey, run: Run) -> None:
    here.store_path.rename(here.private / "kept")
    here.store_path.mkdir()
    result = run("doctor")
    assert result.exit_code == 3
    assert "attention" in result.stdout and "move it away" in " ".join(result.stdout.split())


def test_doctor_finds_and_repairs_an_old_event(
    here: Journey, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        append(here, "hint.shown")
    with closing(sqlite3.connect(here.store_path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER event_keep")
        connection.execute("UPDATE event SET data = '{}' WHERE sequence = 1")
    assert run("status").exit_code == 0  # what status shows is not concerned
    run("doctor")
    assert "nothing is missing" in caplog.text
    assert next(events(here)).data["goal"] == "understand it"


def test_doctor_without_a_journey(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "undergrad init" in _output(run("doctor"))
