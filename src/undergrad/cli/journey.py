"""The bookkeeping commands: where you are, what to do now, what you have done."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.completion import complete_paths, complete_resources, complete_units
from undergrad.cli.shared import (
    is_interactive,
    journey_option,
    json_option,
    open_journey,
    print_json,
)
from undergrad.cli.terminal import from_here, hours, say, wrap

if TYPE_CHECKING:
    from undergrad.course import Course, Unit
    from undergrad.journey import Journey, Status, UnitStatus


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path("."))
@click.option(
    "--path",
    "path_id",
    default="full",
    metavar="P",
    shell_complete=complete_paths,
    help="The path to take.",
)
@click.option("--goal", default="", metavar="TEXT", help="What you learn this for.")
def init_command(folder: Path, path_id: str, goal: str) -> None:
    """Make a journey folder; the current folder when DIR is left out."""
    from undergrad import journey
    from undergrad.course import load, path

    course = load()
    made = journey.create(folder, course, path=path_id, goal=goal.strip())
    click.echo(f"Your journey is in {click.format_filename(made.root)}.")
    click.echo(f"Path: {path(course, path_id).title}.")
    inside = made.root == Path.cwd()
    click.echo(f"Now: {'' if inside else f'cd {_quoted(folder)} && '}undergrad next")


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
        _say_next(following, standing, from_here(file))
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
        say(unit_lines(course, status, shown, verdicts, from_here(file)))


@click.command("read")
@click.argument("name", metavar="RESOURCE", shell_complete=complete_resources)
@journey_option
def read_command(name: str, journey: Path | None) -> None:
    """Mark a resource as read."""
    from undergrad.course import load, resource
    from undergrad.journey import append

    course = load()
    found = resource(course, name)
    append(open_journey(journey), "resource.read", found.id, course=course)
    click.echo(f"Marked as read: {found.title}.")
    click.echo("What is read stays when something is built with it: undergrad next")


@click.command("skip")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@click.option("--because", default="", metavar="TEXT", help="Why; it is kept in the history.")
@journey_option
def skip_command(name: str, because: str, journey: Path | None) -> None:
    """Leave a unit for later. It comes back as a suggestion and never blocks anything."""
    from undergrad.course import unit
    from undergrad.errors import UsageError
    from undergrad.journey import PASSED, append

    here, course, status = _opened(journey)
    skipped = unit(course, name)
    if status.unit(skipped.id).state in PASSED:
        raise UsageError(f"`{skipped.id}` is passed already: there is nothing to skip.")
    append(here, "unit.skipped", skipped.id, {"because": because.strip()}, course=course)
    click.echo(f"Skipped for now: {skipped.title}. Any later check takes it up again.")
    click.echo("Now: undergrad next")


@click.command("reset")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@journey_option
def reset_command(name: str, journey: Path | None) -> None:
    """Begin a unit again from the blank exercise. Your file is kept beside it."""
    from undergrad.course import unit
    from undergrad.journey import exercise_path, reset_unit

    here, course, status = _opened(journey)
    again = unit(course, name)
    kept = reset_unit(here, again, course=course)
    if kept:
        click.echo(f"Your earlier attempt is kept as {from_here(kept)}.")
    if passed := status.unit(again.id).passed_at:
        click.echo(f"Your pass of {passed[:10]} stays.")
    click.echo(f"A blank exercise is in {from_here(exercise_path(here, again))}.")
    click.echo(f"When you have filled it in: undergrad check {again.id}")


@click.command("note")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@click.argument("words", metavar="[TEXT]", nargs=-1)
@journey_option
def note_command(name: str, words: tuple[str, ...], journey: Path | None) -> None:
    """Write a note about a unit: TEXT, or in your editor when TEXT is left out."""
    from undergrad.course import load, unit
    from undergrad.errors import UsageError
    from undergrad.journey import add_note

    course = load()
    about, here = unit(course, name), open_journey(journey)
    if not words and is_interactive():
        return _edit_note(here, about, course)
    text = " ".join(words) or sys.stdin.read()
    if not text.strip():
        raise UsageError(f'There is no text to note: try `undergrad note {about.id} "..."`.')
    click.echo(f"Noted in {from_here(add_note(here, about, text, course=course))}.")


@click.command("goal")
@click.argument("words", metavar="[TEXT]", nargs=-1)
@journey_option
@json_option
def goal_command(words: tuple[str, ...], journey: Path | None, as_json: bool) -> None:
    """Show what you learn this for, or set it to TEXT."""
    from undergrad.journey import append

    here, course, status = _opened(journey)
    goal = " ".join(words).strip()
    if goal:
        append(here, "goal.set", "", {"goal": goal}, course=course)
    if as_json:
        print_json({"goal": goal or status.goal})
    elif goal or status.goal:
        click.echo(f"Goal: {goal or status.goal}")
    else:
        click.echo('No goal yet. Set one with: undergrad goal "..."')


def _opened(folder: Path | None) -> "tuple[Journey, Course, Status]":
    from undergrad.course import load
    from undergrad.journey import load_status

    journey, course = open_journey(folder), load()
    return journey, course, load_status(journey, course)


def _notes(journey: "Journey", course: "Course", status: "Status") -> list[str]:
    """What `status` says between the summary and the next unit: the plan, and what comes back."""
    from datetime import date, datetime

    from undergrad.cli.plan_text import plan_note, suggestion_lines
    from undergrad.plan import load_plan, suggestions

    now = datetime.now().astimezone()
    back = suggestions(course, status, now)
    return [*plan_note(load_plan(journey, status, date.today())), *suggestion_lines(back)]


def _say_suggestion(course: "Course", status: "Status") -> None:
    from datetime import datetime

    from undergrad.cli.plan_text import suggestion_lines
    from undergrad.plan import suggestions

    found = suggestions(course, status, datetime.now().astimezone())
    if found:
        say(suggestion_lines(found))


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(click.format_filename(path))


def _say_next(unit: "Unit", standing: "UnitStatus", file: str) -> None:
    say(wrap(f"{unit.title}: {hours(unit.minutes.total)}, {standing.state}.", "  ", ""))
    if standing.last_verdict:
        open_tasks = f"{standing.tasks_passed} of {standing.tasks} tasks pass so far"
        say(wrap(f"Go on in {file}; {open_tasks}.", "  ", ""))
    else:
        say(wrap(f"Read the lesson (undergrad serve), then fill in {file}.", "  ", ""))
    click.echo(f"Then: undergrad check {unit.id}")


def _edit_note(journey: "Journey", unit: "Unit", course: "Course") -> None:
    from undergrad.journey import append, note_path

    page = note_path(journey, unit)
    before = page.read_bytes() if page.exists() else None
    click.edit(filename=str(page))
    if not page.exists() or page.read_bytes() == before:
        click.echo("Nothing was changed.")
        return
    text = page.read_text("utf-8", "replace")
    append(journey, "unit.noted", unit.id, {"text": text}, course=course)
    click.echo(f"Noted in {from_here(page)}.")
