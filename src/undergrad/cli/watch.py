"""`watch`: the exercise at hand is checked on every save, until the person says otherwise.

One loop, no threads: wait a moment for a key, then look whether the file was saved. Looking at
one file a few times a second costs nothing, and works where a system sends no events: shared
folders, containers, Windows' Linux. What is saved or typed during a check is not queued; when the
file then differs from what was checked, the person is told.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.completion import complete_units
from undergrad.cli.keys import END, Keys, keyboard
from undergrad.cli.pick import named
from undergrad.cli.shared import journey_option, opened

if TYPE_CHECKING:
    from undergrad.course import Course, Unit
    from undergrad.journey import Journey

_LOOK = 0.15  # seconds between two looks at the file
_MENU = "[r]un  [h]int  [n]ext  [q]uit"
_WISHES = {"r": "run", "h": "hint", "n": "next", "q": "quit", END: "quit"}

Stamp = tuple[int, int, int] | None  # of a file; None while there is none


@dataclass(frozen=True)
class Place:
    """Where the watch is."""

    here: "Journey"
    course: "Course"
    unit: "Unit"

    @property
    def file(self) -> Path:
        from undergrad.journey import exercise_path

        return exercise_path(self.here, self.unit)


@click.command("watch")
@click.argument("name", metavar="[UNIT]", shell_complete=complete_units, required=False)
@journey_option
def watch_command(name: str | None, journey: Path | None) -> None:
    """Check on every save. Keys: r runs, h shows a hint, n goes to the next unit, q quits.

    Without a terminal the same letters are read as lines, until the input ends.
    """
    here, course = opened(journey)
    place = Place(here, course, named(here, course, name))
    with keyboard() as keys:
        wish = "run"
        while wish != "quit":
            place = _fulfil(wish, place, keys)
            wish = wait(place.file, keys)


def wait(file: Path, keys: Keys) -> str:
    """What is asked for next: "run" after a save, or what a key stands for.

    A save counts once two looks in a row see the same file: editors write in several steps.
    """
    before = last = stamp(file)
    while True:
        key = keys.read(_LOOK)
        if key:
            return _WISHES.get(key, "menu")
        now = stamp(file)
        if now == last and now not in (before, None):
            return "run"
        last = now


def stamp(file: Path) -> Stamp:
    """What changes with every save, be it in place or by a new file under the same name."""
    try:
        known = file.stat()
    except OSError:
        return None
    return known.st_mtime_ns, known.st_size, known.st_ino


def _fulfil(wish: str, place: Place, keys: Keys) -> Place:
    """Do what was asked for, and say which keys there are. Returns where the watch is now."""
    from undergrad.cli.hint import recorded_hint
    from undergrad.cli.terminal import say, wrap

    if wish == "next":
        place, moved = _next(place)
        wish = "run" if moved else "menu"
    if wish == "run":
        _run(place, keys)
    elif wish == "hint":
        say(recorded_hint(place.here, place.course, place.unit))
    click.echo()
    say(wrap(f"Watching {place.unit.exercise}: save it to check it."))
    click.echo(_MENU)
    return place


def _run(place: Place, keys: Keys) -> None:
    from undergrad.checker import check
    from undergrad.cli.check import record
    from undergrad.cli.check_text import result_lines
    from undergrad.cli.terminal import say, wrap

    before = stamp(place.file)
    _clear(keys)
    click.echo(f"Checking {place.unit.id} ...", err=True)
    result = check(place.unit, place.file)
    record(place.here, place.course, place.unit, result)
    keys.forget()
    _clear(keys)
    say(result_lines(place.unit, result, steps=False))
    if stamp(place.file) != before:
        say(wrap("The file was saved during the check: press r to check it as it is now."))


def _clear(keys: Keys) -> None:
    if keys.single and os.environ.get("TERM") != "dumb":
        click.clear()


def _next(place: Place) -> tuple[Place, bool]:
    """The next unit of the path, its exercise laid; or the same place, and a word why."""
    from undergrad.cli.journey_text import done_lines
    from undergrad.cli.terminal import say, wrap
    from undergrad.course import unit
    from undergrad.journey import load_status, start_unit

    status = load_status(place.here, place.course)
    if status.next is None:
        say(done_lines(status))
        return place, False
    if status.next == place.unit.id:
        name = place.unit.id
        say(wrap(f"{name} is not passed yet. To leave it for later: undergrad skip {name}"))
        return place, False
    following = unit(place.course, status.next)
    start_unit(place.here, following, course=place.course)
    return replace(place, unit=following), True
