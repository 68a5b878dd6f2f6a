"""What an exercise imports from those of earlier units, and what came into a unit later."""

import ast
import shutil

import pytest
from tests.course import gate

from undergrad.checker import check
from undergrad.checker.earlier import hand_over
from undergrad.checker.source import read
from undergrad.course.lookup import on_loan

TRANSFORMER, ATTENTION = (gate.loaded().unit(name) for name in ("transformer", "attention"))
SOLUTION = gate.folder(TRANSFORMER) / "solution.py"


@pytest.fixture
def file(tmp_path):
    """The solution of `transformer` where a journey has the exercise."""
    path = tmp_path / "exercises" / TRANSFORMER.stage / "transformer.py"
    path.parent.mkdir(parents=True)
    shutil.copy(SOLUTION, path)
    return path


def handed(file, passes):
    return hand_over(TRANSFORMER, file, read(file), lambda unit, own: passes)


def test_without_a_file_of_ones_own_the_worked_solution_is_on_loan(file):
    found = handed(file, True)
    assert found.texts == {"attention": (gate.folder(ATTENTION) / "solution.py").read_text()}
    assert "on loan" in found.notes[0] and "none of yours yet" in found.notes[0]


@pytest.mark.parametrize("passes", [True, False])
def test_a_file_of_ones_own_is_handed_over_when_it_passes(file, passes):
    own = file.with_name("attention.py")
    own.write_text("mine = 1\n")
    found = handed(file, passes)
    assert (found.texts["attention"] == "mine = 1\n") is passes
    assert ("is your own" in found.notes[0]) is passes
    assert ("`undergrad check attention` says why" in found.notes[0]) is not passes


@pytest.mark.parametrize("line", ["", "from exercises.conv import conv2d", "import numpy"])
def test_only_units_that_the_solution_needs_are_open(file, line):
    file.write_text(line + "\nx = 1\n")
    found = handed(file, True)
    assert not found.texts and not found.notes


def test_a_check_says_what_is_on_loan(file):
    result = check(TRANSFORMER, file, seed=1, seeds=1)
    assert result.passed and "attention.py is on loan" in result.notes[0]


def without(text, *names):
    """The file without some of its top-level statements, as one from before they existed."""
    tree = ast.parse(text)
    tree.body = [each for each in tree.body if getattr(each, "name", "") not in names]
    return ast.unparse(tree)


def test_a_file_from_before_a_task_existed_passes_without_it_and_is_told(file):
    file.write_text(without(SOLUTION.read_text("utf-8"), "train"))
    result = check(TRANSFORMER, file, seed=1, seeds=1)
    assert result.passed and 8 not in {task.task for task in result.tasks}
    assert "`train` (task 8)" in result.notes[-1]


def test_what_came_later_is_judged_where_it_is_there(file):
    text = SOLUTION.read_text("utf-8").replace("return losses\n", "return losses[:-1]\n")
    file.write_text(text)
    result = check(TRANSFORMER, file, seed=1, seeds=1)
    assert {task.task for task in result.tasks if task.verdict != "pass"} == {8}


def test_what_a_unit_on_loan_imports_itself_is_on_loan_before_it():
    names = list(on_loan(ast.parse("from exercises.llm import Llama")))
    assert names[-1] == "llm" and {"attention", "init_norm"} < set(names)
