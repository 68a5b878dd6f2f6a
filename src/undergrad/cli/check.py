"""`check`: the checks are run and the result is recorded before it is shown."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.completion import complete_units
from undergrad.cli.pick import begun, named
from undergrad.cli.shared import journey_option, json_option, opened, print_json

if TYPE_CHECKING:
    from undergrad.checker import CheckResult
    from undergrad.course import Course, Unit
    from undergrad.journey import Journey


@click.command("check")
@click.argument("names", metavar="[UNIT ...]", shell_complete=complete_units, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Check every unit that you have begun.")
@click.option("--seed", type=click.IntRange(min=0), help="Repeat the random cases of a run.")
@journey_option
@json_option
def check_command(
    names: tuple[str, ...], everything: bool, seed: int | None, journey: Path | None, as_json: bool
) -> int:
    """Check your work and record the result. Without UNIT: the one you are at."""
    here, course = opened(journey)
    if everything:
        chosen = begun(here, course)
    else:
        chosen = tuple(named(here, course, name) for name in names or (None,))
    results = []
    for unit, result in zip(chosen, _results(here, chosen, seed), strict=True):
        record(here, course, unit, result)
        results.append(result)
        if not as_json:
            _show(unit, result, in_full=not everything)
    if as_json:
        several = everything or len(names) > 1
        print_json([_data(each) for each in results] if several else _data(results[0]))
    elif everything:
        _sum_up(results)
    for note in dict.fromkeys(_hidden_modules(here, chosen)):
        click.echo(note, err=True)
    return 0 if all(result.passed for result in results) else 1


def record(here: "Journey", course: "Course", unit: "Unit", result: "CheckResult") -> None:
    """Put the result into the history; it is safe on the disk when this returns."""
    from undergrad.journey import append

    append(here, "check.finished", unit.id, result, course=course)


def _results(
    here: "Journey", units: "tuple[Unit, ...]", seed: int | None
) -> "Iterator[CheckResult]":
    """The results in the order of `units`, each as soon as it and those before it are there."""
    from undergrad.checker import check, check_many
    from undergrad.journey import exercise_path

    files = [exercise_path(here, unit) for unit in units]
    if len(units) == 1:
        yield check(units[0], files[0], seed=seed)
    else:
        yield from check_many(tuple(zip(units, files, strict=True)), seed=seed)


def _show(unit: "Unit", result: "CheckResult", *, in_full: bool) -> None:
    from undergrad.cli.check_text import result_lines, row_lines
    from undergrad.cli.terminal import say

    say(result_lines(unit, result) if in_full else row_lines(unit, result))


def _sum_up(results: "list[CheckResult]") -> None:
    from undergrad.cli.check_text import sum_lines
    from undergrad.cli.terminal import say

    say(sum_lines(results))


def _hidden_modules(here: "Journey", units: "Iterable[Unit]") -> Iterator[str]:
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
