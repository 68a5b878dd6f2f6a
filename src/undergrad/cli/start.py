"""`undergrad start`: the first hour in one command, and every later visit too."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import which

import click

from undergrad import site
from undergrad.cli.completion import complete_paths
from undergrad.cli.context import GivenPath, port_option
from undergrad.cli.first_run import train_first
from undergrad.cli.path import follow
from undergrad.cli.questions import ask_all
from undergrad.cli.site import serve as serve_site
from undergrad.cli.terminal import is_interactive, paint, quoted, say, short_path
from undergrad.course import Course, load
from undergrad.errors import UsageError
from undergrad.journey import Journey, Learner, create, find
from undergrad.plan import choose_path
from undergrad.words import duration, plural

_DEFAULT_FOLDER = Path("my-journey")
_DEFAULT_PATH = "full"


@click.command("start")
@click.argument("folder", metavar="[DIR]", required=False, type=GivenPath())
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
    """Start, or continue where you were.

    The first time it creates a journey in DIR, trains a first network while you watch, and
    builds the site. Later it shows what is next and serves the site again.
    """
    course = load()
    found = _existing(folder)
    if found is None:
        me = _first_visit(course, folder, path, goal)
    else:
        me = Learner(found, course)
        _update(me, path, goal)
    say(_where_lines(me), err=True)
    _site(me, port=port, browser=browser, serve=serve)


def _existing(folder: Path | None) -> Journey | None:
    """The journey in `folder`, around the current folder, or in the default place below it."""
    named = _named(folder)
    for candidate in [named] if named else [None, _DEFAULT_FOLDER]:
        with suppress(UsageError):
            return find(candidate)
    return None


def _named(folder: Path | None) -> Path | None:
    """The folder that the person named, by argument or in the environment."""
    value = os.environ.get("UNDERGRAD_JOURNEY")
    return folder or (Path(value) if value else None)


def _first_visit(
    course: Course, folder: Path | None, path: str | None, goal: str | None
) -> Learner:
    """Create a journey, asking only what cannot be guessed, and train the first network in it."""
    _refuse_unit(course, folder)
    answers = ask_all(course) if path is None and goal is None and is_interactive() else {}
    root = _named(folder) or _DEFAULT_FOLDER
    me = Learner(create(root, course, path=path or _DEFAULT_PATH, goal=goal or ""), course)
    if answers:
        follow(me, answers)
    say([f"Your journey lives in {paint(short_path(me.journey.root), bold=True)}.", ""], err=True)
    train_first(me)
    return me


def _refuse_unit(course: Course, folder: Path | None) -> None:
    """`start` takes a folder. A unit's name there is almost certainly meant as the unit."""
    if folder is None or folder.exists():
        return
    unit = next((each.id for each in course.units if str(folder) in (each.id, each.module)), None)
    if unit:
        raise UsageError(
            f"`{folder}` is a unit, and `start` takes a folder: `undergrad show {unit}` shows the"
            f" unit; for a journey of that name there is `undergrad init {folder}`."
        )


def _update(me: Learner, path: str | None, goal: str | None) -> None:
    """On a later visit, `--path` and `--goal` change what was chosen."""
    if path is not None:
        choose_path(me, path)
    if goal is not None:
        me.record("goal.set", goal=goal)


def _where_lines(me: Learner) -> Iterator[str]:
    """The goal, how far the path is done, and the next unit, whose exercise is created."""
    status = me.status
    if status.goal:
        yield f"Your goal: {status.goal}"
    if status.next is None:
        yield f"{status.done_sentence} See `undergrad status`."
        return
    unit = me.course.unit(status.next)
    file = me.start(unit)
    takes = duration(minutes=unit.minutes.total)
    yield f"{status.passed} of {plural(status.total, 'unit')} passed. Next: {unit.title}, {takes}."
    yield "  Read its page on the site, then fill in"
    yield f"  {short_path(file)}"
    yield f"  and run `{_change_folder(me.journey)}undergrad check {unit.id}`."
    yield ""
    if which("undergrad") is None:
        activate = Path(sys.prefix) / "bin" / "activate"
        yield f"Once in each new terminal, before that: `. {short_path(activate)}`"
        yield ""


def _change_folder(journey: Journey) -> str:
    """`cd ... && ` when the person is not in the journey yet."""
    here = Path.cwd()
    return "" if here.is_relative_to(journey.root) else f"cd {quoted(journey.root)} && "


def _site(me: Learner, *, port: int, browser: bool, serve: bool) -> None:
    say("Building the site ...", err=True)
    if serve:
        return serve_site(me, me.course, port=port, browser=browser)
    out = me.journey.root / "site"
    site.build(me.course, me, out)
    index = out / "index.html"
    say(f"The site is built: open {short_path(index)}, or run `undergrad serve`.")
    if browser:
        click.launch(str(index))
