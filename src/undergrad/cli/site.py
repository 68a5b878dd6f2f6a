"""`undergrad serve` and `undergrad site build`: the site, live or as a copy."""

from pathlib import Path

import click

from undergrad.cli.context import journey_option, journey_or_none, port_option, stderr


@click.command("serve")
@port_option
@click.option("--no-browser", is_flag=True, default=False, help="Only print the address.")
@journey_option
def serve_command(port: int, no_browser: bool, journey: Path | None) -> None:
    """Serve the live site on this computer until Ctrl-C."""
    from undergrad import course, site

    found = journey_or_none(journey)
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

    found = journey_or_none(journey)
    stderr().print("Building the site ...")
    site.build(course.load(), found, out)
    click.echo(f"The site is in {out}: open {out / 'index.html'}")
