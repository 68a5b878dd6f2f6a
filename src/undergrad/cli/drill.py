"""`undergrad drill UNIT`: write a piece of your own code again from blank, with a clock."""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.completion import complete_units
from undergrad.cli.shared import is_interactive, journey_option, opened
from undergrad.cli.terminal import say, short_path, typed

if TYPE_CHECKING:
    from undergrad.checker import CheckResult
    from undergrad.course import Course, Unit
    from undergrad.journey import Journey
    from undergrad.recap.drill import Drill


@click.command("drill")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@click.option("--check", "wanted", flag_value="check", help="Check it now, outside a session.")
@click.option("--end", "wanted", flag_value="end", help="End it, with the check of what is there.")
@journey_option
def drill_command(name: str, wanted: str | None, journey: Path | None) -> None:
    """Write a unit you have passed again, from blank, beside your earlier file."""
    from undergrad.course import unit
    from undergrad.recap.drill import begin_drill, open_drill

    here, course = opened(journey)
    drilled = unit(course, name)
    _refuse_unbuilt(here, course, drilled)
    running = open_drill(here, drilled)
    drill = running or begin_drill(here, drilled, course)
    if wanted:
        _once(here, course, drilled, drill, end=wanted == "end")
        return
    _say_opening(here, course, drilled, drill, again=running is not None)
    if is_interactive():
        _session(here, course, drilled, drill)
    else:
        click.echo(f"When you are ready: undergrad drill {drilled.id} --check")


def _refuse_unbuilt(here: "Journey", course: "Course", unit: "Unit") -> None:
    from undergrad.errors import UsageError
    from undergrad.journey import PASSED, load_status

    state = load_status(here, course).unit(unit.id).state
    if state not in PASSED:
        raise UsageError(
            f"A drill is for what you have built once, and `{unit.id}` is {state}:"
            f" see `undergrad show {unit.id}`."
        )


def _say_opening(
    here: "Journey", course: "Course", unit: "Unit", drill: "Drill", *, again: bool
) -> None:
    from undergrad.cli.drill_text import opening_lines

    say(opening_lines(unit, drill, short_path(drill.file), again=again))


def _session(here: "Journey", course: "Course", unit: "Unit", drill: "Drill") -> None:
    """Check on demand until everything passes or the person stops."""
    from undergrad.cli.drill_text import key_lines
    from undergrad.recap.drill import leave_drill
    from undergrad.words import clock

    say(key_lines())
    began = time.monotonic() - drill.seconds

    def now() -> "Drill":
        return replace(drill, seconds=time.monotonic() - began)

    try:
        while True:
            match typed(clock(now().seconds)).lower():
                case "":
                    drill = replace(drill, checks=drill.checks + 1)
                    result = _check(unit, drill)
                    if result.passed:
                        return _finish(here, course, unit, now(), result)
                case "d":
                    return _finish(here, course, unit, now(), _check(unit, drill, told=False))
                case "p" | "q":
                    break
                case _:
                    say(key_lines())
    except click.Abort:
        click.echo(err=True)
    leave_drill(here, now(), course)
    click.echo(f"The clock stands at {clock(now().seconds)}. To go on: undergrad drill {unit.id}")


def _once(here: "Journey", course: "Course", unit: "Unit", drill: "Drill", *, end: bool) -> None:
    """One check without a session: ends the drill when it passes or when the person says so."""
    from undergrad.recap.drill import leave_drill, since_begun

    drill = replace(drill, checks=drill.checks + 1)
    result = _check(unit, drill)
    if result.passed or end:
        _finish(here, course, unit, since_begun(drill), result)
    else:
        leave_drill(here, drill, course)


def _check(unit: "Unit", drill: "Drill", *, told: bool = True) -> "CheckResult":
    from undergrad.checker import check
    from undergrad.cli.drill_text import check_lines

    result = check(unit, drill.file)
    if told:
        say(check_lines(result))
    return result


def _finish(
    here: "Journey", course: "Course", unit: "Unit", drill: "Drill", result: "CheckResult"
) -> None:
    from undergrad.cli.drill_text import diff_lines, finish_lines
    from undergrad.recap import drill_id, load_cards
    from undergrad.recap.drill import earlier_version, finish_drill

    passed, tasks = _counts(result)
    finish_drill(here, drill, course, passed=passed, tasks=tasks)
    earlier = earlier_version(here, unit, drill)
    if earlier:
        old, new = (file.read_text("utf-8", "replace") for file in (earlier, drill.file))
        say(diff_lines(short_path(earlier), old, short_path(drill.file), new))
    (card,) = (each for each in load_cards(here, course) if each.item.id == drill_id(unit.id))
    say(finish_lines(unit, drill, passed, tasks, card.due))


def _counts(result: "CheckResult") -> tuple[int, int]:
    """Tasks all of whose checks passed, and tasks."""
    from dataclasses import asdict

    from undergrad.journey import task_verdicts

    verdicts = task_verdicts(asdict(result)).values()
    return sum(verdict == "pass" for verdict in verdicts), len(verdicts)
