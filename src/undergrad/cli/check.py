"""Checking work: `check`, `hint` and `solution`. Every use is recorded before it is shown."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.completion import complete_units
from undergrad.cli.shared import (
    is_interactive,
    journey_option,
    json_option,
    open_journey,
    print_json,
)
from undergrad.errors import UsageError

if TYPE_CHECKING:
    from undergrad.checker import CheckResult
    from undergrad.course import Course, Unit
    from undergrad.journey import Journey


@click.command("check")
@click.argument("names", metavar="[UNIT ...]", shell_complete=complete_units, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Check every exercise you have a file of.")
@click.option("--seed", type=click.IntRange(min=0), help="Repeat the random cases of a run.")
@journey_option
@json_option
def check_command(
    names: tuple[str, ...], everything: bool, seed: int | None, journey: Path | None, as_json: bool
) -> int:
    """Check your work and record the result. Without UNIT: the one you are at."""
    from undergrad.cli.check_text import result_lines
    from undergrad.cli.journey_text import say

    here, course = _opened(journey)
    chosen = _chosen(here, course, names, everything)
    results = []
    for unit in chosen:
        result = _checked(here, course, unit, seed)
        results.append(result)
        if not as_json:
            say(result_lines(unit, result))
    if as_json:
        several = everything or len(names) > 1
        print_json([_data(each) for each in results] if several else _data(results[0]))
    for note in dict.fromkeys(_hidden_modules(here, chosen)):
        click.echo(note, err=True)
    return 0 if all(result.passed for result in results) else 1


@click.command("hint")
@click.argument("name", metavar="[UNIT]", shell_complete=complete_units, required=False)
@journey_option
def hint_command(name: str | None, journey: Path | None) -> None:
    """Show the next hint for the first task that does not pass yet."""
    from undergrad.cli.check_text import hint_lines
    from undergrad.cli.journey_text import say
    from undergrad.journey import append, load_status, task_verdicts

    here, course = _opened(journey)
    (unit,) = _chosen(here, course, (name,) if name else (), False)
    status = load_status(here, course)
    standing = next(each for each in status.units if each.id == unit.id)
    verdicts = task_verdicts(standing.last_check)
    task = next((each for each in unit.tasks if verdicts.get(each.number) != "pass"), None)
    if task is None:
        raise UsageError(
            f"Every task of `{unit.id}` passes: `undergrad solution {unit.id}` shows another way."
        )
    rung = min(_rungs_shown(here, unit, task.number) + 1, len(task.hints))
    append(here, "hint.shown", unit.id, {"task": task.number, "rung": rung}, course=course)
    say(hint_lines(unit, task, rung))


@click.command("solution")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@click.option("--yes", is_flag=True, help="Do not ask first.")
@journey_option
def solution_command(name: str, yes: bool, journey: Path | None) -> None:
    """Show the worked solution as a diff to your file."""
    from undergrad.cli.check_text import diff_lines
    from undergrad.cli.journey_text import say
    from undergrad.course import unit_folder
    from undergrad.journey import append, exercise_path

    here, course = _opened(journey)
    (unit,) = _chosen(here, course, (name,), False, needs_file=False)
    if not yes and is_interactive():
        click.confirm(
            f"Show the worked solution of {unit.id}? It is recorded, and the unit can still "
            "be passed.",
            abort=True,
            err=True,
        )
    file, folder = exercise_path(here, unit), unit_folder(unit)
    yours = _text(file if file.is_file() else folder / "exercise.py")
    solution = _text(folder / "solution.py")
    append(here, "solution.shown", unit.id, course=course)
    say(diff_lines(unit, yours, solution))


def _opened(folder: Path | None) -> "tuple[Journey, Course]":
    from undergrad.course import load

    return open_journey(folder), load()


def _chosen(
    here: "Journey",
    course: "Course",
    names: tuple[str, ...],
    everything: bool,
    needs_file: bool = True,
) -> "list[Unit]":
    """The units a command is about. Raises UsageError when there is nothing to work on."""
    from undergrad.course import unit
    from undergrad.journey import exercise_path

    if everything:
        laid = [each for each in course.units if exercise_path(here, each).exists()]
        found = [each for each in laid if each.written]
        if not found:
            raise UsageError("No exercise has been begun yet: `undergrad next` lays the first.")
        return found
    chosen = [unit(course, name) for name in names] or [_current(here, course)]
    lay = "next" if not names else "reset {}"
    for each in chosen:
        if not each.written:
            raise UsageError(f"`{each.id}` has no exercise yet: see `undergrad next`.")
        if needs_file and not exercise_path(here, each).exists():
            raise UsageError(
                f"There is no file {each.exercise} yet: `undergrad {lay.format(each.id)}` lays a "
                "blank one there."
            )
    return chosen


def _current(here: "Journey", course: "Course") -> "Unit":
    """The unit worked on last, while it is open; otherwise the next one of the path."""
    from undergrad.course import unit
    from undergrad.journey import load_status, newest

    status = load_status(here, course)
    is_open = {each.id for each in status.units if each.state == "started" and each.written}
    work = ("unit.started", "unit.reset", "check.finished")
    touched = [each for each in newest(here) if each.kind in work and each.subject in is_open]
    if touched:
        return unit(course, max(touched, key=lambda event: event.sequence).subject)
    if status.next is None:
        raise UsageError("Every unit of your path is passed: name one, or use `--all`.")
    return unit(course, status.next)


def _checked(here: "Journey", course: "Course", unit: "Unit", seed: int | None) -> "CheckResult":
    from undergrad.checker import check
    from undergrad.journey import append, exercise_path

    result = check(unit, exercise_path(here, unit), seed=seed)
    append(here, "check.finished", unit.id, result, course=course)
    return result


def _hidden_modules(here: "Journey", units: "list[Unit]") -> Iterator[str]:
    """Files beside an exercise that would be imported in the place of a library.

    A check is not disturbed, since it copies the exercise alone; running the file by hand is.
    """
    from undergrad.journey import exercise_path

    libraries = {"numpy", *sys.stdlib_module_names}
    for unit in units:
        for file in exercise_path(here, unit).parent.glob("*.py"):
            if file.stem in libraries:
                yield f"Note: your file {file.name} hides the library `{file.stem}`; rename it."


def _data(result: "CheckResult") -> dict[str, object]:
    return {**vars(result), "tasks": [vars(task) for task in result.tasks]}


def _rungs_shown(here: "Journey", unit: "Unit", task: int) -> int:
    from undergrad.journey import events

    shown = events(here, kind="hint.shown", subject=unit.id)
    return max(
        (int(each.data["rung"]) for each in shown if each.data.get("task") == task), default=0
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
