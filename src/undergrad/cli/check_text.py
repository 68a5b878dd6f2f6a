"""A check's result, a hint and the worked solution in words for a terminal."""

from collections.abc import Iterator
from difflib import unified_diff
from typing import TYPE_CHECKING

from undergrad.cli.journey_text import paint, wrap
from undergrad.course.models import Task, Unit

if TYPE_CHECKING:
    from undergrad.checker import CheckResult, TaskResult

_WORDS = {"pass": "pass", "fail": "not yet", "not-run": "waits", "output-limit": "output"}
_COLOURS = {"pass": "green", "not-run": None}
_OUTPUT_LINES = 12


def result_lines(unit: Unit, result: "CheckResult") -> Iterator[str]:
    """A line a check, then the first thing to look at, then one next step."""
    for line in wrap(f"{unit.title} ({unit.id})"):
        yield paint(line, bold=True)
    for task in result.tasks:
        yield from task_lines(task)
    yield ""
    if result.passed:
        yield from wrap(paint("Passed.", "green") + f" {result.message}")
    else:
        yield from _trouble_lines(result)
    yield from _output_lines(result.output)
    yield f"Seed {result.seed}."
    yield from _next_lines(unit, result)


def task_lines(task: "TaskResult") -> Iterator[str]:
    """One check: its task, its verdict, its sentence."""
    word = "to do" if task.got == "not started yet" else _WORDS.get(task.verdict, task.verdict)
    colour = _COLOURS.get(task.verdict, "yellow")
    first = f"  {task.task}  {word:<9} "
    for index, line in enumerate(wrap(task.sentence, " " * len(first), first)):
        painted = line.replace(word, paint(word, colour), 1) if colour and index == 0 else line
        yield painted


def _trouble_lines(result: "CheckResult") -> Iterator[str]:
    """The message of the first check that did not pass, with what was expected and what came."""
    task = next((each for each in result.tasks if each.verdict not in ("pass", "not-run")), None)
    if task is not None:
        yield from wrap(f"Task {task.task}: {task.sentence}.")
    for line in result.message.rstrip().splitlines():
        yield from wrap(line, "  ")
    if task is not None and task.got != "not started yet":
        yield from _value_lines("expected", task.expected)
        yield from _value_lines("got", task.got)
    yield ""


def _value_lines(name: str, shown: str) -> Iterator[str]:
    for index, line in enumerate(shown.splitlines()):
        yield f"  {name if index == 0 else '':<9} {line}"


def _output_lines(output: str) -> Iterator[str]:
    """The end of what the learner's code printed."""
    lines = output.rstrip().splitlines()
    if not lines:
        return
    yield "Your code printed:"
    if len(lines) > _OUTPUT_LINES:
        yield f"  ... {len(lines) - _OUTPUT_LINES} lines before ..."
    for line in lines[-_OUTPUT_LINES:]:
        yield f"  {line[:200]}"
    yield ""


def _next_lines(unit: Unit, result: "CheckResult") -> Iterator[str]:
    if result.passed:
        yield "Next: undergrad next"
    elif any(task.verdict == "pass" or task.got for task in result.tasks):
        yield f"Next: undergrad hint {unit.id}"
    else:
        yield f"Next: undergrad check {unit.id}"


def hint_lines(unit: Unit, task: Task, rung: int) -> Iterator[str]:
    """One rung of a task's ladder."""
    for line in wrap(f"Task {task.number}: {task.sentences[0]}."):
        yield paint(line, bold=True)
    yield f"Hint {rung} of {len(task.hints)}:"
    for line in task.hints[rung - 1].splitlines():
        yield from [f"  {line}"] if rung == len(task.hints) else wrap(line, "  ")
    yield ""
    yield f"Then: undergrad check {unit.id}"
    if rung < len(task.hints):
        yield f"More: undergrad hint {unit.id}"
    else:
        yield f"Or:   undergrad solution {unit.id}"


def diff_lines(unit: Unit, yours: str, solution: str) -> Iterator[str]:
    """What would have to change in the learner's file to make it the worked solution."""
    colours = {"+": "green", "-": "red", "@": "cyan"}
    diff = unified_diff(
        yours.splitlines(), solution.splitlines(), "yours", "worked solution", lineterm=""
    )
    empty = True
    for line in diff:
        empty = False
        yield paint(line, colours.get(line[:1]))
    if empty:
        yield "Your file is the worked solution, line for line."
    yield ""
    yield f"Close it, write it in your own words, and: undergrad check {unit.id}"
