"""What the command modules share: options, the learner found from here, JSON."""

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from undergrad.errors import UsageError
from undergrad.journey import Learner, learner

Command = TypeVar("Command", bound=Callable[..., Any])


def journey_option(command: Command) -> Command:
    """`--journey DIR`, else UNDERGRAD_JOURNEY, else the folder found from here upwards."""
    return click.option(
        "journey",
        "--journey",
        type=click.Path(path_type=Path),
        envvar="UNDERGRAD_JOURNEY",
        metavar="DIR",
        help="The journey to use; found from the current folder upwards when left out.",
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


def print_json(value: Any, *, err: bool = False) -> None:
    """Print a dataclass, or anything JSON can hold, on stdout; on stderr where stdout is taken."""
    data = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str), err=err)
