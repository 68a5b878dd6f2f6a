"""What the command modules share: options, the learner found from here, the unit meant, JSON."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from undergrad.cli.terminal import short_path
from undergrad.course import Unit
from undergrad.errors import UsageError
from undergrad.journey import Learner, learner

Command = TypeVar("Command", bound=Callable[..., Any])
_WORK = ("unit.started", "unit.reset", "check.finished")


class GivenPath(click.Path):
    """A path that somebody typed. A shell leaves the `~` of `--ics=~/plan.ics` to the program."""

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> Path:
        """With the home folder in place of `~`."""
        return Path(os.path.expanduser(str(super().convert(value, param, context))))


def journey_option(command: Command) -> Command:
    """`--journey DIR`, else UNDERGRAD_JOURNEY, else the folder found from here upwards."""
    return click.option(
        "journey",
        "--journey",
        type=GivenPath(),
        envvar="UNDERGRAD_JOURNEY",
        metavar="DIR",
        help="The journey to use; by default, the one in this folder or the nearest parent folder.",
    )(command)


def json_option(command: Command) -> Command:
    """`--json`: the result as JSON on stdout, for programs."""
    return click.option("as_json", "--json", is_flag=True, default=False, help="Print JSON.")(
        command
    )


def port_option(command: Command) -> Command:
    """`--port N`: where the live site is served; the next free one when it is taken."""
    return click.option(
        "--port",
        type=click.IntRange(0, 65535),
        default=8123,
        show_default=True,
        metavar="N",
        help="Where to serve the site.",
    )(command)


def learner_or_none(folder: Path | None) -> Learner | None:
    """The learner here, or None; a journey that was asked for by name must be there."""
    try:
        return learner(folder)
    except UsageError:
        if folder is not None:
            raise
        return None


def chosen_unit(me: Learner, name: str | None, *, needs_file: bool = True) -> Unit:
    """The unit of that name; without one the unit at hand. UsageError when it has no exercise."""
    unit = me.course.unit(name) if name else unit_at_hand(me)
    if not unit.written:
        raise UsageError(f"`{unit.id}` has no exercise yet: see `undergrad next`.")
    if needs_file and not me.exercise(unit).exists():
        file = short_path(me.exercise(unit))
        raise UsageError(
            f"There is no file {file} yet: `undergrad next {unit.id}` creates a blank one."
        )
    return unit


def unit_at_hand(me: Learner) -> Unit:
    """The unit worked on last, while it is open; otherwise the next one of the path."""
    is_open = {each.id for each in me.status.units if each.state == "started" and each.written}
    touched = (
        event.subject
        for event in reversed(me.newest)
        if event.kind in _WORK and event.subject in is_open
    )
    name = next(touched, me.status.next)
    if name is None:
        raise UsageError("Every unit of your path is passed: name one, or use `--all`.")
    return me.course.unit(name)


def started_units(me: Learner) -> tuple[Unit, ...]:
    """Every unit that was started or passed, or has a file. UsageError when there is none."""
    idle = ("not started", "skipped")
    at_work = {each.id for each in me.status.units if each.state not in idle}
    written = (unit for unit in me.course.units if unit.written)
    found = tuple(unit for unit in written if unit.id in at_work or me.exercise(unit).exists())
    if not found:
        raise UsageError("No exercise has been started yet: `undergrad next` creates the first.")
    return found


def print_json(value: Any, *, err: bool = False) -> None:
    """Print a dataclass, or anything JSON can hold, on stdout; on stderr where stdout is taken."""
    data = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str), err=err)
