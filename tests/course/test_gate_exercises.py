"""The author gate, first half: exercises, solutions, checks and mistakes of every written unit.

Short form: a few seeds. Long form (`slow`): twenty seeds, and some mistakes as a learner's file
through a real worker.
"""

import ast
import re
import time
from dataclasses import replace

import pytest
from tests.course import gate, planted
from tests.sample import at_most

from undergrad import course
from undergrad.checker import check
from undergrad.checker.answer_key import answers, solved
from undergrad.checker.source import read, signatures
from undergrad.course import edits
from undergrad.course.blank import blank
from undergrad.sandbox.names_used import covering

UNITS = gate.runnable()
FEW, MANY = (11, 12), tuple(range(100, 120))
CPU_SECONDS = 5.0  # of one run of all checks, which a learner would wait for

each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.id)
MISTAKES = gate.mistakes()
IDS = [f"{unit.id}-{mistake.name}" for unit, mistake in MISTAKES]
each_mistake = pytest.mark.parametrize("unit, mistake", MISTAKES, ids=IDS)


def test_there_are_units_to_look_at():
    assert UNITS


@each_unit
def test_the_blank_exercise_fails_every_task(unit):
    assert [each.function for each in gate.results(unit, gate.stub(unit), 1)] == [
        name for task in unit.tasks for name in task.functions
    ]
    for result in gate.results(unit, gate.stub(unit), 1):
        assert result.verdict == "fail", result
        # A check may call what an earlier task has to write, and then meets that first.
        needs = next(task.needs for task in unit.tasks if task.number == result.task)
        assert re.match(
            rf"Not started yet. TODO ({'|'.join(map(str, (result.task, *needs)))}):", result.message
        ), result
        assert result.message[-2:] != "?.", result


@pytest.mark.parametrize("unit", at_most(10, UNITS), ids=lambda unit: unit.id)
def test_the_blank_exercise_fails_in_a_worker(unit, tmp_path):
    file = tmp_path / f"{unit.module}.py"
    file.write_text(course.blank_exercise(unit), "utf-8")
    result = check(unit, file, seed=1)
    assert result.verdict == "fail" and result.message.startswith("Not started yet. TODO 1")
    assert {task.verdict for task in result.tasks} <= {"fail", "not-run"}


@pytest.mark.parametrize("unit", at_most(8, UNITS), ids=lambda unit: unit.id)
def test_the_solution_passes_in_a_worker(unit):
    result = check(unit, gate.folder(unit) / "solution.py")
    assert result.verdict == "pass", (result.seed, result.message)
    assert len(result.tasks) == sum(len(task.functions) for task in unit.tasks)


def passes_on(unit, seeds):
    for seed in seeds:
        for result in gate.results(unit, solved(gate.answer_key(unit)), seed):
            assert result.verdict == "pass", (seed, result)


@each_unit
def test_the_solution_passes(unit, capfd):
    passes_on(unit, FEW)  # first, since a library needs time to start
    checks, module = gate.answer_key(unit).checks, solved(gate.answer_key(unit))
    started = time.process_time()
    answers(checks, module, seed=1, seeds=3)
    assert time.process_time() - started < CPU_SECONDS
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
@each_unit
def test_the_solution_passes_on_many_seeds(unit):
    passes_on(unit, MANY)


def is_named_on(unit, mistake, seeds):
    """The first check that fails must name the mistake; that sentence is what a learner reads.

    No task calls what a later one has to write, so the tasks before the mistake pass.
    """
    since = gate.task_of(unit, mistake.function)
    for seed in seeds:
        judged = gate.results(unit, solved(gate.answer_key(unit), mistake), seed, since=since)
        failed = next((each for each in judged if each.verdict != "pass"), None)
        assert failed is not None, f"seed {seed}: `{mistake.name}` passes every check"
        assert failed.message == mistake.sentence, f"seed {seed}: {failed}, not {mistake.sentence}"


@pytest.mark.parametrize("case", at_most(400, MISTAKES), ids=IDS)
def test_every_mistake_is_caught_and_named(case):
    is_named_on(*case, FEW[:1])  # there are many; the slow form takes all seeds


@pytest.mark.slow
@each_mistake
def test_every_mistake_is_caught_and_named_on_many_seeds(unit, mistake):
    is_named_on(unit, mistake, MANY)


@pytest.mark.slow  # each starts a process, so every fifth stands for all
@pytest.mark.parametrize("unit, mistake", MISTAKES[::5], ids=IDS[::5])
def test_a_mistake_is_named_in_a_worker(unit, mistake, tmp_path):
    file = tmp_path / f"{unit.module}.py"
    file.write_text(planted.mistakes(gate.folder(unit))[mistake.name], "utf-8")
    result = check(unit, file)
    drawn_elsewhere = result.message.startswith("Not deterministic:")
    assert result.verdict == "fail", result
    assert result.message.startswith(mistake.sentence) or drawn_elsewhere, result


@each_unit
def test_every_task_has_a_mistake_or_a_reason_and_three_hints(unit):
    assert all(len(task.hints) == 3 and all(task.hints) for task in unit.tasks)
    assert len({hint for task in unit.tasks for hint in task.hints}) == 3 * len(unit.tasks)
    functions = {mistake.function for mistake in unit.mistakes}
    assert functions <= set(signatures(gate.blank_tree(unit)))


@each_unit
def test_todo_numbers_are_the_task_numbers(unit):
    constants = [each for each in ast.walk(gate.blank_tree(unit)) if isinstance(each, ast.Constant)]
    texts = [each.value for each in sorted(constants, key=lambda each: each.lineno)]
    todos = [text for text in texts if isinstance(text, str) and text.startswith("TODO")]
    numbers = [int(re.match(r"TODO (\d+): \S", todo)[1]) for todo in todos]
    assert sorted(set(numbers)) == [task.number for task in unit.tasks]


@each_unit
def test_exercise_and_solution_have_the_same_signatures(unit):
    exercise = signatures(gate.blank_tree(unit))
    solution = read(gate.folder(unit) / "solution.py").signatures
    assert exercise and {name: solution.get(name) for name in exercise} == exercise


@each_unit
def test_every_function_of_the_exercise_is_documented(unit):
    tree = gate.blank_tree(unit)
    functions = [each for each in tree.body if isinstance(each, ast.FunctionDef)]
    assert ast.get_docstring(tree) and functions
    assert all(ast.get_docstring(each) for each in functions)


@each_unit
def test_the_exercise_says_what_of_numpy_and_python_is_out_of_bounds(unit):
    said = re.findall(r"`([\w.]+)`", ast.get_docstring(gate.blank_tree(unit)))
    ours = [rule for rule in unit.forbid if rule.partition(".")[0] in ("numpy", "math", "sys")]
    assert [rule for rule in ours if not covering(rule, said)] == []


@each_unit
def test_every_function_of_the_learner_declares_what_it_returns(unit):
    text = (gate.folder(unit) / "solution.py").read_text("utf-8")
    functions = [each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)]
    learners = [each for each in functions if "# TODO" in ast.get_source_segment(text, each)]
    values = [each for each in learners if any(map(gives_a_value, ast.walk(each)))]
    assert [each.name for each in values if "Returns:" not in ast.get_docstring(each)] == []


def gives_a_value(node):
    return isinstance(node, ast.Return) and node.value is not None


# Its tasks are about faults in code that is given.
GIVEN_IS_EDITED = {"debug-data"}


@pytest.mark.parametrize("unit", at_most(10, UNITS), ids=lambda unit: unit.id)
def test_an_edit_changes_nothing_but_the_solution(unit):
    """What is given stays as it is, so that a learner can make the mistake."""
    solution = (gate.folder(unit) / "solution.py").read_text("utf-8")
    given = blank(solution)
    for mistake in gate.answer_key(unit).mistakes:
        if isinstance(mistake.made, edits.Mistake):
            wrong = edits.edited(solution, mistake.made)
            same = blank(wrong) == given or unit.id in GIVEN_IS_EDITED
            assert wrong != solution and same, mistake.name


@each_unit
def test_the_gate_sees_a_mistake_that_is_none_and_one_with_another_sentence(unit):
    # A function, since a method would bring another module's class along.
    wrong = next(each for each in gate.answer_key(unit).mistakes if "." not in each.function)
    right = getattr(solved(gate.answer_key(unit)), wrong.function)
    with pytest.raises(AssertionError, match="passes every check"):
        is_named_on(unit, replace(wrong, made=right), FEW)
    with pytest.raises(AssertionError, match="the sentence of another"):
        is_named_on(unit, replace(wrong, sentence="the sentence of another"), FEW)
