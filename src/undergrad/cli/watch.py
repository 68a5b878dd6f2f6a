"""`watch`: the exercise at hand is checked on every save, until the person stops it.

One loop, no threads: wait a moment for a key, then look whether the file was saved. Looking at
one file a few times a second costs nothing, and works where a system sends no events: shared
folders, containers, Windows' Linux. What is saved or typed during a check is not queued; when the
file then differs from what was checked, a line says so.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import click

from undergrad.checker import check
from undergrad.cli.check import record, result_lines, with_capstone
from undergrad.cli.completion import complete_units
from undergrad.cli.context import chosen_unit, journey_option
from undergrad.cli.hint import recorded_hint
from undergrad.cli.keys import END, Keys, keyboard
from undergrad.cli.status import done_lines
from undergrad.cli.terminal import say, short_path
from undergrad.course import Unit
from undergrad.journey import Learner, learner

_INTERVAL = 0.15  # seconds between two looks at the file
_GONE = 10  # looks in a row without the file: no editor leaves such a gap when it saves
_MENU = "[r]un  [h]int  [n]ext  [q]uit"
_WISHES = {"r": "run", "h": "hint", "n": "next", "q": "quit", END: "quit"}

Stamp = tuple[int, int, int] | None  # of a file; None while there is none


@dataclass(frozen=True)
class Watched:
    """Whose file of which unit is watched."""

    me: Learner
    unit: Unit

    @property
    def file(self) -> Path:
        return self.me.exercise(self.unit)


@click.command("watch")
@click.argument("name", metavar="[UNIT]", shell_complete=complete_units, required=False)
@journey_option
def watch_command(name: str | None, journey: Path | None) -> None:
    """Check on every save. Keys: r runs, h shows a hint, n goes to the next unit, q quits.

    Without a terminal the same letters are read as lines, until the input ends.
    """
    me = learner(journey)
    watched = Watched(me, chosen_unit(me, name))
    with keyboard() as keys:
        wish = "run"
        while wish != "quit":
            watched = _fulfil(wish, watched, keys)
            wish = wait(watched.file, keys)


def wait(file: Path, keys: Keys) -> str:
    """What is asked for next: "run" after a save, "gone" when there is no file any more, or what
    a key stands for.

    A save counts once two looks in a row see the same file: editors write in several steps.
    """
    before = last = stamp(file)
    gone = 0
    while True:
        key = keys.read(_INTERVAL)
        if key:
            return _WISHES.get(key, "menu")
        now = stamp(file)
        if now == last and now not in (before, None):
            return "run"
        gone = gone + 1 if before and now is None else 0
        if gone == _GONE:
            return "gone"
        last = now


def stamp(file: Path) -> Stamp:
    """What changes with every save, be it in place or by a new file under the same name."""
    try:
        known = file.stat()
    except OSError:
        return None
    return known.st_mtime_ns, known.st_size, known.st_ino


def _fulfil(wish: str, watched: Watched, keys: Keys) -> Watched:
    """Do what was asked for, and say which keys there are. Returns what is watched now."""
    watched = replace(watched, me=Learner(watched.me.journey, watched.me.course))  # reads again
    if wish == "next":
        watched, moved = _next(watched)
        wish = "run" if moved else "menu"
    if wish in ("run", "gone") and not watched.file.is_file():
        say(f"{short_path(watched.file)} is gone: save it again, or press n or q.")
        return watched
    if wish == "run":
        _run(watched, keys)
    elif wish == "hint":
        say(recorded_hint(watched.me, watched.unit))
    say(["", f"Watching {short_path(watched.file)}: save it to check it.", _MENU])
    return watched


def _run(watched: Watched, keys: Keys) -> None:
    before = stamp(watched.file)
    _clear(keys)
    say(f"Checking {watched.unit.id} ...", err=True)
    result = with_capstone(watched.me, watched.unit, check(watched.unit, watched.file))
    gained = record(watched.me, watched.unit, result)
    keys.forget()
    _clear(keys)
    say(result_lines(watched.unit, result, gained, steps=False))
    if stamp(watched.file) != before:
        say("The file was saved during the check: press r to check it as it is now.")


def _clear(keys: Keys) -> None:
    if keys.single and os.environ.get("TERM") != "dumb":
        click.clear()


def _next(watched: Watched) -> tuple[Watched, bool]:
    """The next unit of the path, its exercise created; or the same one, and a word why."""
    me, name = watched.me, watched.unit.id
    if me.status.next is None:
        say(done_lines(me.status))
        return watched, False
    if me.status.next == name:
        say(f"{name} is not passed yet. To go on without it, run `undergrad skip {name}`.")
        return watched, False
    following = me.course.unit(me.status.next)
    me.start(following)
    return replace(watched, unit=following), True
