"""`undergrad start`: the first hour in one command, and every later visit too."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import click

from undergrad.cli.completion import complete_paths
from undergrad.cli.context import is_interactive, port_option, stderr

if TYPE_CHECKING:
    from rich.console import Console

    from undergrad.course.models import Course
    from undergrad.journey import Journey

_DEFAULT_FOLDER = Path("my-journey")
_DEFAULT_PATH = "full"


@click.command("start")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--path",
    metavar="P",
    shell_complete=complete_paths,
    help="The path to follow, such as `full` or `two-week`.",
)
@click.option("--goal", metavar="TEXT", help="In one sentence: what do you want to learn this for?")
@port_option
@click.option("--browser/--no-browser", default=True, help="Open the site in the browser.")
@click.option("--serve/--no-serve", default=True, help="Keep serving the site until Ctrl-C.")
def start_command(
    folder: Path | None, path: str | None, goal: str | None, port: int, browser: bool, serve: bool
) -> None:
    """Begin, or go on where you were.

    The first time it makes a journey in DIR, trains a first network before your eyes, and
    builds the site. Later it shows what is next and serves the site again.
    """
    from undergrad import course

    console = stderr()
    the_course = course.load()
    journey = _existing(folder)
    if journey is None:
        journey = _begin(console, the_course, folder, path, goal)
    else:
        _update(journey, the_course, path, goal)
    _say_where(console, the_course, journey)
    _site(console, the_course, journey, port=port, browser=browser, serve=serve)


def _existing(folder: Path | None) -> "Journey | None":
    """The journey in `folder`, around the current folder, or in the default place below it."""
    from undergrad import journey
    from undergrad.errors import UsageError

    place = _named(folder)
    for candidate in [place] if place else [None, _DEFAULT_FOLDER]:
        with suppress(UsageError):
            return journey.find(candidate)
    return None


def _named(folder: Path | None) -> Path | None:
    """The folder that the person named, by argument or in the environment."""
    value = os.environ.get("UNDERGRAD_JOURNEY")
    return folder or (Path(value) if value else None)


def _begin(
    console: "Console", course: "Course", folder: Path | None, path: str | None, goal: str | None
) -> "Journey":
    """Make a journey, asking only what cannot be guessed, and train the first network in it."""
    from undergrad import journey
    from undergrad.cli.first_training import train_first
    from undergrad.cli.path import follow
    from undergrad.cli.questions import ask_all

    _refuse_unit(course, folder)
    answers = ask_all(course) if path is None and goal is None and is_interactive() else {}
    place = _named(folder) or _DEFAULT_FOLDER
    made = journey.create(place, course, path=path or _DEFAULT_PATH, goal=goal or "")
    if answers:
        follow(made, course, answers)
    console.print(f"Your journey lives in [bold]{_short(made.root)}[/bold].\n")
    train_first(made, course, console)
    return made


def _refuse_unit(course: "Course", folder: Path | None) -> None:
    """`start` takes a folder. A unit's name there is almost surely meant as the unit."""
    from undergrad.errors import UsageError

    if folder is None or folder.exists():
        return
    unit = next((each.id for each in course.units if str(folder) in (each.id, each.module)), None)
    if unit:
        raise UsageError(
            f"`{folder}` is a unit, and `start` takes a folder: `undergrad show {unit}` shows the"
            f" unit; for a journey of that name there is `undergrad init {folder}`."
        )


def _update(journey: "Journey", course: "Course", path: str | None, goal: str | None) -> None:
    """On a later visit, `--path` and `--goal` change what was chosen."""
    from undergrad.journey import append
    from undergrad.plan import choose_path

    if path is not None:
        choose_path(journey, course, path)
    if goal is not None:
        append(journey, "goal.set", data={"goal": goal}, course=course)


def _say_where(console: "Console", course: "Course", journey: "Journey") -> None:
    from undergrad.course import unit
    from undergrad.journey import load_status, start_unit
    from undergrad.words import duration

    status = load_status(journey, course)
    if status.goal:
        console.print(f"Your goal: {status.goal}")
    if status.next is None:
        console.print("All that is written of your path is passed. See `undergrad status`.")
        return
    upcoming = unit(course, status.next)
    file = start_unit(journey, upcoming, course)
    console.print(
        f"{status.passed} of {status.total} units passed. "
        f"Next: [bold]{upcoming.title}[/bold], {duration(minutes=upcoming.minutes.total)}."
    )
    console.print(f"  Read its page on the site, then fill in\n  {_short(file)}")
    console.print(f"  and run `{_go_there(journey)}undergrad check {upcoming.id}`.\n")
    if which("undergrad") is None:
        activate = Path(sys.prefix) / "bin" / "activate"
        console.print(f"Once in each new terminal, before that: `. {_short(activate)}`\n")


def _go_there(journey: "Journey") -> str:
    """`cd ... && ` when the person is not in the journey yet."""
    here = Path.cwd()
    return "" if here.is_relative_to(journey.root) else f"cd {_short(journey.root)} && "


def _short(path: Path) -> str:
    """The path as seen from here, when that is shorter."""
    relative = os.path.relpath(path)
    return min(relative, str(path), key=len)


def _site(
    console: "Console",
    course: "Course",
    journey: "Journey",
    *,
    port: int,
    browser: bool,
    serve: bool,
) -> None:
    from undergrad import site

    console.print("Building the site ...")
    if serve:
        site.serve(journey, course, port=port, open_browser=browser, say=click.echo)
        return
    out = journey.root / "site"
    site.build(course, journey, out)
    click.echo(f"The site is built: open {_short(out / 'index.html')}, or run `undergrad serve`.")
    if browser:
        click.launch(str(out / "index.html"))
