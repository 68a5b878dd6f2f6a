"""Help with a unit: `hint` and `solution`. Every use is recorded before it is shown."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.completion import complete_units
from undergrad.cli.pick import named
from undergrad.cli.shared import is_interactive, journey_option, opened
from undergrad.errors import UsageError

if TYPE_CHECKING:
    from undergrad.course import Course, Task, Unit
    from undergrad.journey import Journey


@click.command("hint")
@click.argument("name", metavar="[UNIT]", shell_complete=complete_units, required=False)
@click.option("--task", type=click.IntRange(min=1), help="A hint for this task.")
@journey_option
def hint_command(name: str | None, task: int | None, journey: Path | None) -> None:
    """Show the next hint for the first task that does not pass yet; after the pass, all hints."""
    from undergrad.cli.terminal import say

    here, course = opened(journey)
    say(recorded_hint(here, course, named(here, course, name), task))


def recorded_hint(
    here: "Journey", course: "Course", unit: "Unit", number: int | None = None
) -> Iterator[str]:
    """The lines of the next hint, once it stands in the history. number: the task's."""
    from undergrad.cli.check_text import hint_lines, ladder_lines
    from undergrad.journey import append

    task = _task(unit, number) if number else _first_open(here, course, unit)
    if task is None:
        append(here, "hint.shown", unit.id, {"task": "all", "rung": 3}, course=course)
        return ladder_lines(unit)
    rung = min(_rungs_shown(here, unit, task.number) + 1, len(task.hints))
    append(here, "hint.shown", unit.id, {"task": task.number, "rung": rung}, course=course)
    return hint_lines(unit, task, rung)


@click.command("solution")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@click.option("--yes", is_flag=True, help="Do not ask first.")
@journey_option
def solution_command(name: str, yes: bool, journey: Path | None) -> None:
    """Show what would make your file the worked solution, line by line. Asks first."""
    from undergrad.cli.check_text import diff_lines
    from undergrad.cli.terminal import say
    from undergrad.course import blank_exercise, worked_solution
    from undergrad.journey import append, exercise_path

    here, course = opened(journey)
    unit = named(here, course, name, needs_file=False)
    if not yes and is_interactive():
        click.confirm(
            f"Show the worked solution of {unit.id}? It is recorded, and the unit can still "
            "be passed.",
            abort=True,
            err=True,
        )
    file = exercise_path(here, unit)
    yours = file.read_text("utf-8", "replace") if file.is_file() else blank_exercise(unit)
    append(here, "solution.shown", unit.id, course=course)
    say(diff_lines(unit, yours, worked_solution(unit)))


def _task(unit: "Unit", number: int) -> "Task":
    found = next((task for task in unit.tasks if task.number == number), None)
    if found is None:
        raise UsageError(f"`{unit.id}` has no task {number}; its last is {len(unit.tasks)}.")
    return found


def _first_open(here: "Journey", course: "Course", unit: "Unit") -> "Task | None":
    """The first task that did not pass in the newest check; None when all of them did."""
    from undergrad.journey import load_status, task_verdicts

    verdicts = task_verdicts(load_status(here, course).unit(unit.id).last_check)
    return next((task for task in unit.tasks if verdicts.get(task.number) != "pass"), None)


def _rungs_shown(here: "Journey", unit: "Unit", task: int) -> int:
    from undergrad.journey import events

    shown = events(here, kind="hint.shown", subject=unit.id)
    return max(
        (int(each.data["rung"]) for each in shown if each.data.get("task") == task), default=0
    )
