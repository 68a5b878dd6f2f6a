"""`undergrad log`: what happened, day by day, and what each unit took."""

from pathlib import Path

import click

from undergrad.cli.completion import complete_units
from undergrad.cli.shared import journey_option, json_option, open_journey, print_json


@click.command("log")
@click.argument("name", metavar="[UNIT]", required=False, shell_complete=complete_units)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="Events.",
)
@click.option("--times", is_flag=True, help="Time, checks, hints and drills of each unit instead.")
@journey_option
@json_option
def log_command(
    name: str | None, limit: int, times: bool, journey: Path | None, as_json: bool
) -> None:
    """Show the history of this journey, the newest first; of one UNIT when it is named."""
    if times:
        _say_times(name, journey, as_json)
    else:
        _say_history(name, limit, journey, as_json)


def _say_history(name: str | None, limit: int, folder: Path | None, as_json: bool) -> None:
    from dataclasses import asdict
    from itertools import islice

    from undergrad.cli.log_text import history_lines
    from undergrad.cli.terminal import say
    from undergrad.course import load, unit
    from undergrad.journey import events
    from undergrad.journey.timeline import newest_days

    here = open_journey(folder)
    subject = unit(load(), name).id if name else None
    history = list(islice(events(here, subject=subject, newest_first=True), limit + 1))
    if as_json:
        return print_json([asdict(event) for event in history[:limit]])
    say(history_lines(newest_days(history[:limit]), cut=len(history) > limit))


def _say_times(name: str | None, folder: Path | None, as_json: bool) -> None:
    from dataclasses import asdict

    from undergrad.cli.log_text import times_lines
    from undergrad.cli.terminal import say
    from undergrad.course import load, unit
    from undergrad.journey import events
    from undergrad.journey.timeline import spent

    here, course = open_journey(folder), load()
    wanted = [unit(course, name).id] if name else [each.id for each in course.units]
    found = spent(events(here), wanted, dict(course.aliases))
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        say(times_lines(found))
