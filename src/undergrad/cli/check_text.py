"""A check's result, a hint and the worked solution in words for a terminal."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from undergrad.cli.terminal import diff, paint, wrap
from undergrad.course.models import Task, Unit
from undergrad.words import VERDICTS

if TYPE_CHECKING:
    from undergrad.checker import CheckResult, TaskResult

_COLOURS = {"pass": "green", "not-run": None}
_OUTPUT_LINES = 12


def result_lines(unit: Unit, result: "CheckResult", *, steps: bool = True) -> Iterator[str]:
    """A line a check, then the first thing to look at, then, unless not wanted, a next step."""
    for line in wrap(f"{unit.title} ({unit.id})"):
        yield paint(line, bold=True)
    for task in result.tasks:
        yield from task_lines(task)
    yield ""
    if result.passed:
        first, *rest = wrap(f"Passed. {result.message}")
        yield first.replace("Passed.", paint("Passed.", "green"), 1)
        yield from rest
    else:
        yield from _trouble_lines(result)
    yield from _output_lines(result.output)
    for note in result.notes:
        yield from wrap(note)
    yield f"Seed {result.seed}."
    if steps:
        yield from _next_lines(unit, result)


def task_lines(task: "TaskResult") -> Iterator[str]:
    """One check: its task, its verdict, its sentence."""
    word = "to do" if task.got == "not started yet" else VERDICTS.get(task.verdict, task.verdict)
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
        yield f"Compare: undergrad solution {unit.id}"
        yield "Next: undergrad next"
    elif any(task.verdict == "pass" or task.got for task in result.tasks):
        yield f"Next: undergrad hint {unit.id}"
    else:
        yield f"Next: undergrad check {unit.id}"


def row_lines(unit: Unit, result: "CheckResult") -> Iterator[str]:
    """One unit of many: its verdict, how many checks agree, and what is wrong first."""
    word = VERDICTS.get(result.verdict, result.verdict)
    passed = sum(task.verdict == "pass" for task in result.tasks)
    row = f"{unit.id}: {passed} of {len(result.tasks)} checks, {result.seconds:.1f} s"
    first, *rest = wrap(row, " " * 10, f"{word:<9} ")
    yield paint(first[:9], _COLOURS.get(result.verdict, "yellow")) + first[9:]
    yield from rest
    if not result.passed:
        yield from wrap(result.message.partition("\n")[0], " " * 10)


def sum_lines(results: "list[CheckResult]") -> Iterator[str]:
    """How many of many units pass, and what to do about the first that does not."""
    failed = [result.unit for result in results if not result.passed]
    yield ""
    yield f"{len(results) - len(failed)} of {len(results)} units pass."
    yield f"Next: undergrad check {failed[0]}" if failed else "Next: undergrad next"


def hint_lines(unit: Unit, task: Task, rung: int) -> Iterator[str]:
    """One rung of a task's ladder."""
    for line in wrap(f"Task {task.number}: {task.sentences[0]}."):
        yield paint(line, bold=True)
    yield f"Hint {rung} of {len(task.hints)}:"
    yield from _rung_lines(task.hints[rung - 1], "  ")
    yield ""
    yield f"Then: undergrad check {unit.id}"
    if rung < len(task.hints):
        yield f"More: undergrad hint {unit.id}"
    else:
        yield f"Or:   undergrad solution {unit.id}"


def ladder_lines(unit: Unit) -> Iterator[str]:
    """Every hint of a unit that is passed."""
    yield from wrap(f"Every task of {unit.id} passes. These were the hints:")
    for task in unit.tasks:
        yield ""
        for line in wrap(f"Task {task.number}: {task.sentences[0]}."):
            yield paint(line, bold=True)
        for rung, hint in enumerate(task.hints, 1):
            yield from _rung_lines(hint, f"  {rung}  ")
    yield ""
    yield f"Compare: undergrad solution {unit.id}"


def _rung_lines(hint: str, first: str) -> Iterator[str]:
    """A hint's Markdown, with `first` before its first line; code keeps its line ends."""
    lead, indent = first, " " * len(first)
    for text, is_code in _pieces(hint):
        if is_code:
            opening, *rest = text.splitlines()
            yield from (lead + opening, *(indent + line for line in rest))
        else:
            yield from wrap(" ".join(text.split()), indent, lead)
        lead = indent


def _pieces(hint: str) -> Iterator[tuple[str, bool]]:
    """Prose and code in turn; a hint that is all between backquotes is code too."""
    for index, part in enumerate(re.split(r"^```\w*\n?", hint, flags=re.MULTILINE)):
        alone = re.fullmatch(r"`([^`]+)`", part.strip())
        if part.strip():
            yield (alone[1], True) if alone else (part.strip("\n"), index % 2 == 1)


def diff_lines(unit: Unit, yours: str, solution: str) -> Iterator[str]:
    """What would have to change in the learner's file to make it the worked solution."""
    lines = list(diff("yours", yours, "worked solution", solution))
    yield from lines or ["Your file is the worked solution, line for line."]
    yield ""
    yield f"Close it, write it in your own words, and: undergrad check {unit.id}"
