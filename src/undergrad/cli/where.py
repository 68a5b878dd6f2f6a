"""Where you are, what to do now, and one unit: the commands that only look, and lay out a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.completion import complete_units
from undergrad.cli.shared import journey_option, json_option, opened, print_json
from undergrad.cli.terminal import say, short_path, wrap
from undergrad.words import duration

if TYPE_CHECKING:
    from undergrad.course import Course, Unit
    from undergrad.journey import Journey, Status, UnitStatus


@click.command("status")
@journey_option
@json_option
def status_command(journey: Path | None, as_json: bool) -> None:
    """Show where you are."""
    from undergrad.cli.journey_text import status_lines

    here, course, status = _opened(journey)
    if as_json:
        print_json(status)
    else:
        say(status_lines(status, _notes(here, course, status)))


@click.command("next")
@journey_option
@json_option
def next_command(journey: Path | None, as_json: bool) -> None:
    """Say what to do now; lays out the blank exercise when it is missing."""
    from undergrad.cli.journey_data import next_data
    from undergrad.cli.journey_text import done_lines
    from undergrad.course import unit
    from undergrad.journey import start_unit

    here, course, status = _opened(journey)
    if status.next is None:
        return print_json({"unit": None}) if as_json else say(done_lines(status))
    following = unit(course, status.next)
    file = start_unit(here, following, course=course)
    standing = status.unit(following.id)
    if as_json:
        print_json(next_data(following, standing, file))
    else:
        _say_next(following, standing, short_path(file))
        _say_suggestion(course, status)


@click.command("show")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@journey_option
@json_option
def show_command(name: str, journey: Path | None, as_json: bool) -> None:
    """Show one unit: outcomes, what it builds on, resources, tasks, your file."""
    from undergrad.cli.journey_data import unit_data
    from undergrad.cli.journey_text import unit_lines
    from undergrad.course import unit
    from undergrad.journey import exercise_path, task_verdicts

    here, course, status = _opened(journey)
    shown = unit(course, name)
    verdicts = task_verdicts(status.unit(shown.id).last_check)
    file = exercise_path(here, shown)
    if as_json:
        print_json(unit_data(course, status, shown, verdicts, file))
    else:
        say(unit_lines(course, status, shown, verdicts, short_path(file)))


def _opened(folder: Path | None) -> "tuple[Journey, Course, Status]":
    from undergrad.journey import load_status

    journey, course = opened(folder)
    return journey, course, load_status(journey, course)


def _notes(journey: "Journey", course: "Course", status: "Status") -> list[str]:
    """What `status` says between the summary and the next unit: the plan, what comes back, and
    the pieces of the engine that the next unit builds."""
    from datetime import date, datetime

    from undergrad.cli.plan_text import plan_note, suggestion_lines
    from undergrad.plan import load_plan, suggestions

    now = datetime.now().astimezone()
    back = suggestions(course, status, now)
    plan = plan_note(load_plan(journey, status, date.today()))
    return [*plan, *suggestion_lines(back), *_parts_note(course, status)]


def _parts_note(course: "Course", status: "Status") -> list[str]:
    from undergrad.course import unit

    parts = unit(course, status.next).parts if status.next else ()
    names = ", ".join(part.name.rpartition(".")[2] for part in parts[:4])
    names += f" and {len(parts) - 4} more" if len(parts) > 4 else ""
    return list(wrap(f"The next unit builds parts of your engine: {names}.")) if names else []


def _say_suggestion(course: "Course", status: "Status") -> None:
    from datetime import datetime

    from undergrad.cli.plan_text import suggestion_lines
    from undergrad.plan import suggestions

    found = suggestions(course, status, datetime.now().astimezone())
    if found:
        say(suggestion_lines(found))


def _say_next(unit: "Unit", standing: "UnitStatus", file: str) -> None:
    say(wrap(f"{unit.title}: {duration(minutes=unit.minutes.total)}, {standing.state}.", "  ", ""))
    if standing.last_verdict:
        open_tasks = f"{standing.tasks_passed} of {standing.tasks} tasks pass so far"
        say(wrap(f"Go on in {file}; {open_tasks}.", "  ", ""))
    else:
        say(wrap(f"Read the lesson (undergrad serve), then fill in {file}.", "  ", ""))
    click.echo(f"Then: undergrad check {unit.id}")
