"""`undergrad serve` and `undergrad site build`: the site, live or as a copy."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.shared import journey_option, open_journey, port_option, stderr
from undergrad.errors import UsageError

if TYPE_CHECKING:
    from undergrad.journey import Journey


@click.command("serve")
@port_option
@click.option("--no-browser", is_flag=True, default=False, help="Only print the address.")
@journey_option
def serve_command(port: int, no_browser: bool, journey: Path | None) -> None:
    """Serve the live site on this computer until Ctrl-C."""
    from undergrad import course, site

    found = _journey_or_none(journey)
    console = stderr()
    console.print("Building the site ...")
    if found is None:
        console.print("No journey here, so the pages show the course without progress.")
    site.serve(found, course.load(), port=port, open_browser=not no_browser, say=click.echo)


@click.group("site")
def site_command() -> None:
    """Build a copy of the site in a folder."""


@site_command.command("build")
@click.argument("out", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@journey_option
def build_command(out: Path, journey: Path | None) -> None:
    """Write a copy of the site into DIR; it opens straight from the disk.

    With a journey around, the pages show your progress of this moment.
    """
    from undergrad import course, site

    found = _journey_or_none(journey)
    stderr().print("Building the site ...")
    site.build(course.load(), found, out)
    click.echo(f"The site is in {out}: open {out / 'index.html'}")


def _journey_or_none(folder: Path | None) -> "Journey | None":
    """The journey named or found; without one named, its absence is no error."""
    if folder is not None:
        return open_journey(folder)
    try:
        return open_journey(None)
    except UsageError:
        return None
