"""`undergrad export` and `undergrad import`: carry progress to another machine, merge it there."""

from pathlib import Path

import click

from undergrad.cli.shared import journey_option, json_option, open_journey, print_json

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("export")
@click.argument("file", metavar="FILE", type=_FILE)
@journey_option
@json_option
def export_command(file: Path, journey: Path | None, as_json: bool) -> None:
    """Write your whole history to FILE, to import it on another machine."""
    from undergrad.journey.merge import export_journey

    events = export_journey(open_journey(journey), file)
    if as_json:
        return print_json({"file": str(file), "events": events})
    click.echo(f"{events} events are in {click.format_filename(file)}, sealed with a checksum.")
    click.echo("In the other journey: undergrad import FILE")
    click.echo("Exercises, notes and runs are files of yours: copy their folders as they are.")


@click.command("import")
@click.argument("file", metavar="FILE", type=_FILE)
@journey_option
@json_option
def import_command(file: Path, journey: Path | None, as_json: bool) -> None:
    """Add the history in FILE to yours. Nothing is lost, and nothing counts twice."""
    from undergrad.course import load
    from undergrad.journey import load_status
    from undergrad.journey.merge import import_journey
    from undergrad.journey.readme import update_readme

    here = open_journey(journey)
    merged = import_journey(here, file)
    status = load_status(here, load())
    update_readme(here, status)
    if as_json:
        return print_json(merged)
    click.echo(f"{merged.added} events were new here, {merged.known} were here already.")
    click.echo(f"{status.passed} of {status.total} units passed: undergrad status")
