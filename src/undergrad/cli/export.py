"""Carrying progress: `export` to a file, `import` from one, and `backup` on request."""

from pathlib import Path

import click

from undergrad.cli.context import GivenPath, journey_option, json_option, print_json
from undergrad.cli.terminal import say, short_path, step
from undergrad.files import STDOUT
from undergrad.journey import back_up_store, find, learner
from undergrad.journey.merge import export_journey, import_journey
from undergrad.journey.readme import update_readme
from undergrad.journey.store.backups import list_backups
from undergrad.words import plural

_FILE = GivenPath()


@click.command("export")
@click.argument("file", metavar="FILE", type=_FILE)
@journey_option
@json_option
def export_command(file: Path, journey: Path | None, as_json: bool) -> None:
    """Write your whole history to FILE, to import it on another machine. - is standard output."""
    events, taken = export_journey(find(journey), file), file == STDOUT
    if as_json:
        return print_json({"file": str(file), "events": events}, err=taken)
    place = "standard output" if taken else short_path(file)
    say(f"Wrote {plural(events, 'event')} and a checksum to {place}.", err=taken)
    say(step("In the other journey", "undergrad import FILE"), err=taken)
    say("Exercises, notes and runs are files of yours: copy their folders as they are.", err=taken)


@click.command("import")
@click.argument("file", metavar="FILE", type=_FILE)
@journey_option
@json_option
def import_command(file: Path, journey: Path | None, as_json: bool) -> None:
    """Add the history in FILE to yours. Nothing is lost, and nothing counts twice.

    - is standard input.
    """
    me = learner(journey)
    merged = import_journey(me.journey, file)
    update_readme(me.journey, me.status)
    if as_json:
        return print_json(merged)
    say(f"Added {plural(merged.added, 'event')}; already here: {merged.known}.")
    say(step(f"{me.status.passed} of {plural(me.status.total, 'unit')} passed", "undergrad status"))


@click.command("backup")
@journey_option
@json_option
def backup_command(journey: Path | None, as_json: bool) -> None:
    """Make a verified copy of your progress now. Undergrad also makes them by itself."""
    here = find(journey)
    made = back_up_store(here)
    if as_json:
        return print_json(made)
    kept = len(list_backups(here))
    say(f"{plural(made.events, 'event')} copied and verified: {short_path(made.path)}")
    say(f"{plural(kept, 'backup')} kept. Against a broken disk, copy one to another machine.")
