"""`undergrad check propose`: the exercise, and the plan of the learner's own capstone."""

import json
import shutil

import pytest
from click.testing import CliRunner

from undergrad import capstone, course, journey
from undergrad.checker import NOT_STARTED, CheckResult, TaskResult
from undergrad.cli.app import cli
from undergrad.cli.check import result_lines, with_plan
from undergrad.journey import learner

UNIT = course.load().unit("propose")
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
    result = with_plan(me, UNIT, PASSED)
    assert result.passed and not result.tasks
    assert "not looked at" in result.notes[0]
    assert "undergrad capstone new supervised NAME" in result.notes[0]


def test_a_capstone_of_the_other_kind_is_not_looked_at(me):
    own(made(me, "pole", "reinforcement"))
    assert "not looked at" in with_plan(me, UNIT, PASSED).notes[0]


def test_an_untouched_template_never_passes(me):
    made(me, "fresh")
    result = with_plan(me, UNIT, PASSED)
    assert result.verdict == "fail"
    assert "the plan is the template's, word for word" in result.message
    assert result.tasks[-1].sentence.startswith("the plan of fresh")


def test_a_plan_of_ones_own_passes_with_the_exercise(me):
    own(made(me, "mine"))
    result = with_plan(me, UNIT, PASSED)
    assert result.passed, result.message
    assert (result.tasks[-1].task, result.tasks[-1].verdict) == (16, "pass")


def test_what_can_still_be_fixed_is_a_reason_not_to_pass(me):
    own(
        made(me, "mine"), [("| test items | 360 |", "| test items | 36 |"), ("Split hash", "Split")]
    )
    result = with_plan(me, UNIT, PASSED)
    assert result.verdict == "fail"
    assert "36 test items do not show 0.95 against 0.894" in result.message
    assert "does not fix the test set by its hash" in result.message
    assert len(result.message.splitlines()) == 2


def test_a_wrong_exercise_stays_the_first_thing_to_look_at(me):
    own(made(me, "mine"))
    result = with_plan(me, UNIT, FAILED)
    assert (result.verdict, result.message) == ("fail", "Task 1 is wrong.")
    assert result.tasks[-1].verdict == "pass"


def not_started(verdict="fail", got=NOT_STARTED):
    task = TaskResult(1, "f", "does it", verdict, "Not started yet.", got=got)
    return CheckResult("propose", "fail", task.message, (task,), 1, 0.1, "a", "b")


def test_a_plan_that_was_tried_speaks_before_an_exercise_that_was_not(me):
    made(me, "fresh")
    result = with_plan(me, UNIT, not_started())
    assert (result.verdict, result.message) == ("fail", result.tasks[-1].message)
    assert "template" in result.message
    wrong = with_plan(me, UNIT, not_started(got="3"))
    assert wrong.message == "Not started yet." and "template" in wrong.tasks[-1].message


def test_beside_an_exercise_that_could_not_be_run_no_plan_is_looked_at(me):
    made(me, "fresh")
    unread = not_started("not-run", got="")
    assert with_plan(me, UNIT, unread) is unread


def test_the_next_step_after_a_plan_is_no_hint_for_a_task_that_passes(me):
    made(me, "fresh")
    shown = [*result_lines(UNIT, with_plan(me, UNIT, PASSED))]
    assert shown[-1] == "Next: undergrad check propose"
    assert [*result_lines(UNIT, not_started(got="3"))][-1] == "Next: undergrad hint propose"


def test_each_sentence_begins_with_the_path_of_the_plan(me):
    folder = made(me, "mine")
    (folder / "plan.md").write_text("## Metric\n\nAccuracy, as high as possible.\n")
    lines = with_plan(me, UNIT, PASSED).message.splitlines()
    assert len(lines) > 5
    assert all(line.startswith("capstones/mine/plan.md") for line in lines)
    assert any("Add “## Baseline”: the scores of a naive and of" in line for line in lines)


def test_of_several_capstones_the_best_plan_counts(me):
    made(me, "aaa")
    own(made(me, "bbb"))
    own(made(me, "ccc"), [("Split hash", "Split")])
    result = with_plan(me, UNIT, PASSED)
    assert result.passed
    assert "bbb" in result.tasks[-1].sentence


def test_a_broken_manifest_is_named(me):
    folder = made(me, "mine")
    (folder / "capstone.toml").write_text("kind = [")
    result = with_plan(me, UNIT, PASSED)
    assert result.verdict == "fail" and "capstone.toml" in result.message


def test_a_unit_without_a_plan_is_left_alone(me):
    made(me, "fresh")
    assert with_plan(me, course.load().unit("first-ten"), PASSED) is PASSED


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
