"""Help with a unit: `hint` and `solution`. Every use is recorded before it is shown."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from undergrad.checker import NOT_STARTED
from undergrad.cli.completion import complete_units
from undergrad.cli.context import chosen_unit, journey_option
from undergrad.cli.terminal import (
    confirm,
    diff,
    is_interactive,
    paint,
    say,
    step,
    wrap,
    wrap_code,
)
from undergrad.course import Task, Unit, blank_exercise, worked_solution
from undergrad.errors import UsageError
from undergrad.journey import Learner, learner, task_verdicts


@click.command("hint")
@click.argument("name", metavar="[UNIT]", shell_complete=complete_units, required=False)
@click.option("--task", type=click.IntRange(min=1), help="A hint for this task.")
@journey_option
def hint_command(name: str | None, task: int | None, journey: Path | None) -> None:
    """Show the next hint for the first task that does not pass yet, or all hints after the pass."""
    me = learner(journey)
    say(recorded_hint(me, chosen_unit(me, name), task))


def recorded_hint(me: Learner, unit: Unit, number: int | None = None) -> Iterator[str]:
    """The lines of the next hint, once it stands in the history. number: the task's."""
    task = _task(unit, number) if number else _first_open(me, unit)
    if task is None:
        me.record("hint.shown", unit.id, task="all", rung=3)
        return ladder_lines(unit)
    rung = min(_rungs_shown(me, unit, task.number) + 1, len(task.hints))
    me.record("hint.shown", unit.id, task=task.number, rung=rung)
    return hint_lines(unit, task, rung)


@click.command("solution")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@click.option("--yes", is_flag=True, help="Do not ask first.")
@journey_option
def solution_command(name: str, yes: bool, journey: Path | None) -> None:
    """Show what would make your file the worked solution, line by line. Asks first."""
    me = learner(journey)
    unit = chosen_unit(me, name, needs_file=False)
    if not yes and is_interactive() and not confirm(_question(me, unit)):
        return say("The solution was not shown.", err=True)
    file = me.exercise(unit)
    yours = file.read_text("utf-8-sig", "replace") if file.is_file() else blank_exercise(unit)
    me.record("solution.shown", unit.id)
    say(solution_lines(unit, yours, worked_solution(unit)))


def hint_lines(unit: Unit, task: Task, rung: int) -> Iterator[str]:
    """One rung of a task's ladder."""
    yield paint(f"Task {task.number}: {task.sentences[0]}.", bold=True)
    yield f"Hint {rung} of {len(task.hints)}:"
    yield from _rung_lines(task.hints[rung - 1], "  ")
    yield ""
    yield from step("Then", f"undergrad check {unit.id}")
    if rung < len(task.hints):
        yield from step("Next hint", f"undergrad hint {unit.id}")
    else:
        yield from step("Or", f"undergrad solution {unit.id}")


def ladder_lines(unit: Unit) -> Iterator[str]:
    """Every hint of a unit that is passed."""
    yield f"Every task of {unit.id} passes. These were the hints:"
    for task in unit.tasks:
        yield ""
        yield paint(f"Task {task.number}: {task.sentences[0]}.", bold=True)
        for rung, hint in enumerate(task.hints, 1):
            yield from _rung_lines(hint, f"  {rung}  ")
    yield ""
    yield from step("Compare", f"undergrad solution {unit.id}")


def solution_lines(unit: Unit, yours: str, solution: str) -> Iterator[str]:
    """What would have to change in the learner's file to make it the worked solution.

    Only in its code: docstrings are the learner's, and say nothing about what is asked.
    """
    lines = list(diff("yours", yours, "worked solution", _with_docstrings_of(yours, solution)))
    yield from lines or ["Your file is the worked solution, line for line."]
    yield ""
    yield f"Close it, write it in your own words, then run `undergrad check {unit.id}`."


def _with_docstrings_of(yours: str, solution: str) -> str:
    """The solution with the learner's docstrings, or with none where the learner has none."""
    lines, own = solution.splitlines(), yours.splitlines()
    try:
        theirs, mine = _docstrings(solution), _docstrings(yours)
    except (SyntaxError, ValueError):  # a file that is not Python yet
        return solution
    for name, span in sorted(theirs.items(), key=lambda item: -item[1].start):
        lines[span] = own[mine[name]] if name in mine else []
    return "\n".join(lines)


def _docstrings(source: str) -> dict[str, slice]:
    """The lines of each function's, class's and the module's docstring. SyntaxError as `ast`."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    found = {}
    for node in (each for each in ast.walk(ast.parse(source)) if isinstance(each, kinds)):
        if ast.get_docstring(node):
            text = node.body[0]
            found[getattr(node, "name", "")] = slice(text.lineno - 1, text.end_lineno)
    return found


def _question(me: Learner, unit: Unit) -> str:
    after = "." if me.status.unit(unit.id).passed_at else ", and you can still pass the unit."
    return f"Show the worked solution of {unit.id}? This is recorded{after}"


def _task(unit: Unit, number: int) -> Task:
    found = next((task for task in unit.tasks if task.number == number), None)
    if found is None:
        raise UsageError(f"`{unit.id}` has no task {number}; its last is {len(unit.tasks)}.")
    return found


def _first_open(me: Learner, unit: Unit) -> Task | None:
    """The task to look at after the newest check; None when all of them passed.

    As in `check`, a task that was tried and is wrong comes before one that is not started.
    """
    last = me.status.unit(unit.id).last_check
    verdicts = task_verdicts(last)
    still = [task for task in unit.tasks if verdicts.get(task.number) != "pass"]
    return min(still, key=lambda task: task.number not in _tried(last), default=None)


def _tried(check: Mapping[str, Any] | None) -> set[int]:
    """The tasks of a recorded check that were started and are wrong."""
    results = (check or {}).get("tasks")
    tried = set()
    for result in results if isinstance(results, list | tuple) else ():
        match result:
            case {"task": int(number), "verdict": str(verdict), "got": str(got)}:
                if verdict not in ("pass", "not-run") and got != NOT_STARTED:
                    tried.add(number)
    return tried


def _rungs_shown(me: Learner, unit: Unit, task: int) -> int:
    shown = me.events(kind="hint.shown", subject=unit.id)
    return max(
        (int(each.data["rung"]) for each in shown if each.data.get("task") == task), default=0
    )


def _rung_lines(hint: str, first: str) -> Iterator[str]:
    """A hint's Markdown, with `first` before its first line; code keeps its line ends."""
    lead, indent = first, " " * len(first)
    for text, is_code in _pieces(hint):
        if is_code:
            for line in text.splitlines():
                yield from wrap_code(line, lead)
                lead = indent
        else:
            yield from wrap(text, indent, lead)
        lead = indent


def _pieces(hint: str) -> Iterator[tuple[str, bool]]:
    """Prose and code in turn; a hint that is all between backquotes is code too."""
    for index, part in enumerate(re.split(r"^```\w*\n?", hint, flags=re.MULTILINE)):
        alone = re.fullmatch(r"`([^`]+)`", part.strip())
        if part.strip():
            yield (alone[1], True) if alone else (part.strip("\n"), index % 2 == 1)
