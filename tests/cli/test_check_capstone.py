"""The units of a capstone: the exercise, and the plan or the rungs of the learner's own project."""

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from undergrad import capstone, course, journey
from undergrad.checker import NOT_STARTED, CheckResult, TaskResult
from undergrad.cli.app import cli
from undergrad.cli.check import result_lines, with_capstone
from undergrad.journey import learner

UNIT = course.load().unit("propose")
LADDER = replace(UNIT, wants=("running", "yours", "publishable"))
WORKED = Path(__file__).parents[2] / "capstones" / "digits"
PASSED = CheckResult("propose", "pass", "All agree.", (), 1, 0.1, "a", "b")
FAILED = CheckResult("propose", "fail", "Task 1 is wrong.", (), 1, 0.1, "a", "b")


@pytest.fixture
def me(tmp_path, monkeypatch):
    monkeypatch.delenv("UNDERGRAD_JOURNEY", raising=False)
    journey.create(tmp_path / "j", course.load())
    monkeypatch.chdir(tmp_path / "j")
    return learner(None)


def made(me, name, kind="supervised"):
    me.journey.capstones.mkdir(exist_ok=True)
    return capstone.new(kind, name, me.journey.capstones)


def own(folder, replaced=()):
    """A plan of one's own: every part of the template's with a few more words."""
    path = folder / "plan.md"
    text = path.read_text("utf-8")
    for heading in ("Question", "Data", "Metric", "Baseline", "Size", "Risk", "Stop rule"):
        text = text.replace(f"## {heading}\n", f"## {heading}\n\nIn my own words, this is new.\n")
    for old, new in replaced:
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return folder


def test_without_a_capstone_the_functions_alone_are_judged_and_a_note_says_so(me):
    result = with_capstone(me, UNIT, PASSED)
    assert result.passed and not result.tasks
    assert "not looked at" in result.notes[0]
    assert "undergrad capstone new supervised NAME" in result.notes[0]


def test_a_capstone_of_the_other_kind_is_not_looked_at(me):
    own(made(me, "pole", "reinforcement"))
    assert "not looked at" in with_capstone(me, UNIT, PASSED).notes[0]


def test_an_untouched_template_never_passes(me):
    made(me, "fresh")
    result = with_capstone(me, UNIT, PASSED)
    assert result.verdict == "fail"
    assert "the plan is the template's, word for word" in result.message
    assert result.tasks[-1].sentence.startswith("the plan of fresh")


def test_a_plan_of_ones_own_passes_with_the_exercise(me):
    own(made(me, "mine"))
    result = with_capstone(me, UNIT, PASSED)
    assert result.passed, result.message
    assert (result.tasks[-1].task, result.tasks[-1].verdict) == (16, "pass")


def test_what_can_still_be_fixed_is_a_reason_not_to_pass(me):
    own(
        made(me, "mine"), [("| test items | 360 |", "| test items | 36 |"), ("Split hash", "Split")]
    )
    result = with_capstone(me, UNIT, PASSED)
    assert result.verdict == "fail"
    assert "36 test items do not show 0.95 against 0.894" in result.message
    assert "does not fix the test set by its hash" in result.message
    assert len(result.message.splitlines()) == 2


def test_a_wrong_exercise_stays_the_first_thing_to_look_at(me):
    own(made(me, "mine"))
    result = with_capstone(me, UNIT, FAILED)
    assert (result.verdict, result.message) == ("fail", "Task 1 is wrong.")
    assert result.tasks[-1].verdict == "pass"


def not_started(verdict="fail", got=NOT_STARTED):
    task = TaskResult(1, "f", "does it", verdict, "Not started yet.", got=got)
    return CheckResult("propose", "fail", task.message, (task,), 1, 0.1, "a", "b")


def test_a_plan_that_was_tried_speaks_before_an_exercise_that_was_not(me):
    made(me, "fresh")
    result = with_capstone(me, UNIT, not_started())
    assert (result.verdict, result.message) == ("fail", result.tasks[-1].message)
    assert "template" in result.message
    wrong = with_capstone(me, UNIT, not_started(got="3"))
    assert wrong.message == "Not started yet." and "template" in wrong.tasks[-1].message


def test_beside_an_exercise_that_could_not_be_run_no_plan_is_looked_at(me):
    made(me, "fresh")
    unread = not_started("not-run", got="")
    assert with_capstone(me, UNIT, unread) is unread


def test_the_next_step_after_a_plan_is_no_hint_for_a_task_that_passes(me):
    made(me, "fresh")
    shown = [*result_lines(UNIT, with_capstone(me, UNIT, PASSED))]
    assert shown[-1] == "Next: undergrad check propose"
    assert [*result_lines(UNIT, not_started(got="3"))][-1] == "Next: undergrad hint propose"


def test_each_sentence_begins_with_the_path_of_the_plan(me):
    folder = made(me, "mine")
    (folder / "plan.md").write_text("## Metric\n\nAccuracy, as high as possible.\n")
    lines = with_capstone(me, UNIT, PASSED).message.splitlines()
    assert len(lines) > 5
    assert all(line.startswith("capstones/mine/plan.md") for line in lines)
    assert any("Add “## Baseline”: the scores of a naive and of" in line for line in lines)


def test_of_several_capstones_the_best_plan_counts(me):
    made(me, "aaa")
    own(made(me, "bbb"))
    own(made(me, "ccc"), [("Split hash", "Split")])
    result = with_capstone(me, UNIT, PASSED)
    assert result.passed
    assert "bbb" in result.tasks[-1].sentence


def test_a_broken_manifest_is_named(me):
    folder = made(me, "mine")
    (folder / "capstone.toml").write_text("kind = [")
    result = with_capstone(me, UNIT, PASSED)
    assert result.verdict == "fail" and "capstone.toml" in result.message


def test_a_unit_without_a_capstone_is_left_alone(me):
    made(me, "fresh")
    assert with_capstone(me, course.load().unit("first-ten"), PASSED) is PASSED


def test_the_command_says_where_and_what_to_do(me):
    made(me, "fresh")
    file = me.exercise(UNIT)
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(course.unit_folder(UNIT) / "solution.py", file)
    shown = CliRunner().invoke(cli, ["check", "propose"], standalone_mode=False)
    assert shown.return_value == 1, shown.output
    assert "the plan of fresh is complete" in " ".join(shown.stdout.split())
    said = " ".join(shown.stdout.split())
    assert "capstones/fresh/plan.md: the plan is the template's" in said
    own(me.journey.capstones / "fresh")
    passed = CliRunner().invoke(cli, ["check", "propose", "--json"], standalone_mode=False)
    assert passed.return_value == 0, passed.output
    assert json.loads(passed.stdout)["tasks"][-1]["function"] == "plan"


# --- rungs of the ladder ------------------------------------------------------------------------


@pytest.fixture
def worked(me):
    """A finished project in the journey."""
    me.journey.capstones.mkdir(exist_ok=True)
    folder = me.journey.capstones / "digits"
    shutil.copytree(WORKED, folder, ignore=shutil.ignore_patterns("__pycache__", "checkpoints"))
    return folder


def recorded(me, folder, **changed):
    """What `capstone check` would put into the history, without the run."""
    report = replace(capstone.check(folder, run=False), ran=True, **changed)
    me.record("capstone.checked", folder.name, **asdict(report))


def verdicts(result):
    return {task.function: task.verdict for task in result.tasks}


def test_a_rung_that_a_full_check_reached_is_passed(me, worked):
    recorded(me, worked)
    result = with_capstone(me, LADDER, PASSED)
    assert result.passed, result.message
    assert verdicts(result) == dict.fromkeys(("running", "yours", "publishable"), "pass")
    assert [task.task for task in result.tasks] == [16, 17, 18]


def test_without_a_full_check_what_only_a_run_shows_is_open(me, worked):
    result = with_capstone(me, LADDER, PASSED)
    assert verdicts(result) == {"running": "fail", "yours": "not-run", "publishable": "pass"}
    assert result.message == (
        "capstones/digits: no check has run it yet. "
        "Run the whole check: `undergrad capstone check digits`."
    )


def test_after_a_change_the_check_no_longer_counts(me, worked):
    recorded(me, worked)
    (worked / "model.py").touch()  # the same content is no change
    assert with_capstone(me, LADDER, PASSED).passed
    (worked / "data-card.md").write_text("# Data card\n", "utf-8")
    result = with_capstone(me, LADDER, PASSED)
    assert verdicts(result) == {"running": "fail", "yours": "not-run", "publishable": "fail"}
    assert "a file has changed since the last full check" in result.message


def test_a_check_during_which_a_file_changed_does_not_count(me, worked):
    recorded(me, worked, fingerprint="")
    assert "has changed since" in with_capstone(me, LADDER, PASSED).message


def test_what_the_full_check_found_is_told_again(me, worked):
    found = capstone.check(worked, run=False).criteria
    problem = capstone.Problem("the cell raises NameError", "cell 9", "Define it above.")
    crash = replace(found[0], id="run", state="fail", problems=(problem,))
    recorded(me, worked, criteria=(crash, *found))
    result = with_capstone(me, LADDER, PASSED)
    assert verdicts(result) == {"running": "fail", "yours": "pass", "publishable": "pass"}
    said = "capstones/digits, cell 9: the cell raises NameError. Define it above."
    assert result.message == said


def test_notes_are_no_reason_not_to_pass(me, worked):
    found = capstone.check(worked, run=False).criteria
    assert any(each.state == "attention" for item in found for each in item.problems)
    recorded(me, worked)
    assert with_capstone(me, LADDER, PASSED).passed


def test_a_record_of_another_form_counts_as_no_check(me, worked):
    me.record("capstone.checked", worked.name, criteria=[{"name": "old"}], seconds=1.0)
    assert "no check has run it yet" in with_capstone(me, LADDER, PASSED).message


def test_an_untouched_template_runs_but_is_never_yours(me):
    folder = made(me, "fresh")
    recorded(me, folder)
    result = with_capstone(me, LADDER, PASSED)
    assert verdicts(result) == {"running": "pass", "yours": "fail", "publishable": "fail"}
    assert "lines of your project are the template's" in result.message
    assert "capstones/fresh/plan.md: the plan is the template's" in result.message


def test_many_problems_are_cut_short_and_the_whole_list_is_named(me, worked):
    (worked / "notebook.py").unlink()
    (worked / "notebook.ipynb").write_text(EMPTY, "utf-8")
    (worked / "plan.md").write_text("## Metric\n\nAs high as possible.\n", "utf-8")
    *shown, last = with_capstone(me, replace(UNIT, wants=("yours",)), PASSED).message.splitlines()
    assert len(shown) == 6
    assert last.endswith("more: `undergrad capstone check digits --no-run` lists what can be read.")


EMPTY = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
