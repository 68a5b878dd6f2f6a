"""`undergrad path` and `undergrad lens`: which units in which order, and which resources first."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.completion import complete_paths
from undergrad.cli.shared import (
    is_interactive,
    journey_option,
    json_option,
    opened,
    print_json,
)
from undergrad.errors import UsageError

if TYPE_CHECKING:
    from undergrad.course import Course
    from undergrad.journey import Journey


@click.command("path")
@click.argument("name", metavar="[PATH]", required=False, shell_complete=complete_paths)
@click.option("--ask", is_flag=True, help="Find a path by six short questions.")
@journey_option
@json_option
def path_command(name: str | None, ask: bool, journey: Path | None, as_json: bool) -> None:
    """Show the paths, or change to another. Units are shared, so nothing passed is lost."""
    from undergrad.cli.plan_text import path_lines, paths_data
    from undergrad.cli.terminal import say
    from undergrad.journey import load_status
    from undergrad.plan import choose_path

    here, course = opened(journey)
    before = load_status(here, course)
    if ask:
        ask_and_follow(here, course)
    elif name:
        choose_path(here, course, name)
    status = load_status(here, course)
    if as_json:
        return print_json(paths_data(course, status))
    if name or ask:
        click.echo(f"Path: {status.path_title}.")
        if before.path != status.path and status.passed:
            click.echo(
                f"Already passed on it: {status.passed}. What you passed elsewhere stays passed."
            )
        click.echo("Now: undergrad next")
    else:
        say(path_lines(course, status))


@click.command("lens")
@click.argument("name", metavar="[LENS]", required=False)
@journey_option
@json_option
def lens_command(name: str | None, journey: Path | None, as_json: bool) -> None:
    """Show or choose what you like to learn from: video, book or lectures.

    It only puts resources in order, on the pages and in `show`.
    """
    from undergrad.cli.plan_text import lens_lines
    from undergrad.cli.terminal import say
    from undergrad.journey import load_status
    from undergrad.plan import choose_lens

    here, course = opened(journey)
    if name:
        choose_lens(here, course, name)
    chosen = name or load_status(here, course).lens
    if as_json:
        return print_json({"lens": chosen or None})
    say(lens_lines(chosen))


def ask_and_follow(journey: "Journey", course: "Course") -> None:
    """Ask the six questions and do what the answers say. UsageError without a terminal."""
    from undergrad.cli.questions import ask_all

    if not is_interactive():
        raise UsageError(
            "The questions need a terminal; without one choose with `undergrad path PATH`."
        )
    follow(journey, course, ask_all(course))


def follow(journey: "Journey", course: "Course", answers: dict[str, str]) -> None:
    """Record the answers, and the path, lens and goal that follow from them."""
    from undergrad.cli.questions import path_words, pick_path
    from undergrad.journey import append
    from undergrad.plan import choose, choose_lens, choose_path
    from undergrad.plan.choose import fit

    if not answers:
        click.echo("Nothing answered, nothing changed.", err=True)
        return
    choice = choose(course, answers)
    path = pick_path(course, answers, choice)
    append(journey, "questions.answered", "", {"answers": answers}, course=course)
    add, leave = fit(course, answers, path)
    choose_path(journey, course, path, add=add, leave=leave)
    if choice.lens:
        choose_lens(journey, course, choice.lens)
    if choice.goal:
        append(journey, "goal.set", "", {"goal": choice.goal}, course=course)
    click.echo(f"\n{path_words(course, answers, path)}.", err=True)
    if choice.hours:
        click.echo(f"For dates: undergrad plan --hours {choice.hours:g}", err=True)
