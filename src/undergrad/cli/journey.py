"""Keeping a journey: its folder and its goal, what you read, noted, left for later, began again."""

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
    opened,
    print_json,
)
from undergrad.cli.terminal import short_path

if TYPE_CHECKING:
    from undergrad.course import Course, Unit
    from undergrad.journey import Journey


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
    from undergrad.journey import PASSED, append, load_status

    here, course = opened(journey)
    skipped = unit(course, name)
    if load_status(here, course).unit(skipped.id).state in PASSED:
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
    from undergrad.journey import exercise_path, load_status, reset_unit

    here, course = opened(journey)
    again = unit(course, name)
    kept = reset_unit(here, again, course=course)
    if kept:
        click.echo(f"Your earlier attempt is kept as {short_path(kept)}.")
    if passed := load_status(here, course).unit(again.id).passed_at:
        click.echo(f"Your pass of {passed[:10]} stays.")
    click.echo(f"A blank exercise is in {short_path(exercise_path(here, again))}.")
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
    click.echo(f"Noted in {short_path(add_note(here, about, text, course=course))}.")


@click.command("goal")
@click.argument("words", metavar="[TEXT]", nargs=-1)
@journey_option
@json_option
def goal_command(words: tuple[str, ...], journey: Path | None, as_json: bool) -> None:
    """Show what you learn this for, or set it to TEXT."""
    from undergrad.journey import append, load_status

    here, course = opened(journey)
    new = " ".join(words).strip()
    if new:
        append(here, "goal.set", "", {"goal": new}, course=course)
    goal = load_status(here, course).goal
    if as_json:
        print_json({"goal": goal})
    elif goal:
        click.echo(f"Goal: {goal}")
    else:
        click.echo('No goal yet. Set one with: undergrad goal "..."')


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(click.format_filename(path))


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
    click.echo(f"Noted in {short_path(page)}.")
