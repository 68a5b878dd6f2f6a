"""Keeping a journey: its folder and its goal, what you read, noted, skipped and started again."""

import sys
from pathlib import Path

import click

from undergrad.cli.completion import complete_paths, complete_resources, complete_units
from undergrad.cli.context import GivenPath, journey_option, json_option, print_json
from undergrad.cli.terminal import is_interactive, quoted, say, short_path, step
from undergrad.course import Unit, load
from undergrad.errors import UsageError
from undergrad.journey import PASSED, Learner, create, learner
from undergrad.words import day


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=GivenPath(), default=Path("."))
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
    """Create a journey folder; the current folder when DIR is left out."""
    course = load()
    made = create(folder, course, path=path_id, goal=goal.strip())
    go = "" if made.root == Path.cwd() else f"cd {quoted(made.root)} && "
    say(f"Your journey is in {click.format_filename(made.root)}.")
    say(f"Path: {course.path(path_id).title}.")
    say(step("Now", f"{go}undergrad next"))


@click.command("read")
@click.argument("name", metavar="RESOURCE", shell_complete=complete_resources)
@journey_option
def read_command(name: str, journey: Path | None) -> None:
    """Mark a resource as read."""
    me = learner(journey)
    found = me.course.resource(name)
    me.record("resource.read", found.id)
    say(f"Marked as read: {found.title}.")
    say(step("What you read stays when you build something with it", "undergrad next"))


@click.command("skip")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@click.option("--because", default="", metavar="TEXT", help="Why; it is kept in the history.")
@journey_option
def skip_command(name: str, because: str, journey: Path | None) -> None:
    """Skip a unit for now. It comes back as a suggestion and never blocks anything."""
    me = learner(journey)
    unit = me.course.unit(name)
    if me.status.unit(unit.id).state in PASSED:
        raise UsageError(f"`{unit.id}` is passed already: there is nothing to skip.")
    me.record("unit.skipped", unit.id, because=because.strip())
    say(f"Skipped for now: {unit.title}. Any later check takes it up again.")
    say(step("Now", "undergrad next"))


@click.command("reset")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@journey_option
def reset_command(name: str, journey: Path | None) -> None:
    """Start a unit again from the blank exercise. Your file is kept beside it."""
    me = learner(journey)
    unit = me.course.unit(name)
    kept = me.reset(unit)
    if kept:
        say(f"Your earlier attempt is kept as {short_path(kept)}.")
    if passed := me.status.unit(unit.id).passed_at:
        say(f"Your pass of {day(passed)} stays.")
    say(f"A blank exercise is in {short_path(me.exercise(unit))}.")
    say(step("When you have filled it in", f"undergrad check {unit.id}"))


@click.command("note")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@click.argument("words", metavar="[TEXT]", nargs=-1)
@journey_option
def note_command(name: str, words: tuple[str, ...], journey: Path | None) -> None:
    """Write a note about a unit: TEXT, or in your editor when TEXT is left out."""
    me = learner(journey)
    unit = me.course.unit(name)
    if not words and is_interactive():
        return _edit_note(me, unit)
    text = " ".join(words) or sys.stdin.read()
    if not text.strip():
        raise UsageError(f'There is no text to note: try `undergrad note {unit.id} "..."`.')
    say(f"Noted in {short_path(me.note(unit, text))}.")


@click.command("goal")
@click.argument("words", metavar="[TEXT]", nargs=-1)
@journey_option
@json_option
def goal_command(words: tuple[str, ...], journey: Path | None, as_json: bool) -> None:
    """Show what you learn this for, or set it to TEXT."""
    me = learner(journey)
    new = " ".join(words).strip()
    if words and not new:
        raise UsageError('The goal is empty, and nothing was changed: try `undergrad goal "..."`.')
    if new:
        me.record("goal.set", goal=new)
    if as_json:
        print_json({"goal": me.status.goal})
    elif me.status.goal:
        say(f"Goal: {me.status.goal}")
    else:
        say(step("No goal yet. Set one with", 'undergrad goal "..."'))


def _edit_note(me: Learner, unit: Unit) -> None:
    page = me.journey.note(unit)
    before = page.read_bytes() if page.exists() else None
    click.edit(filename=str(page))
    if not page.exists() or page.read_bytes() == before:
        return say("Nothing was changed.")
    me.record("unit.noted", unit.id, text=page.read_text("utf-8-sig", "replace"))
    say(f"Noted in {short_path(page)}.")
