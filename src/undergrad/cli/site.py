"""`undergrad serve` and `undergrad site build`: the site, live or as a copy."""

from pathlib import Path

import click

from undergrad import site
from undergrad.cli.check import recorded_check
from undergrad.cli.context import GivenPath, journey_option, learner_or_none, port_option
from undergrad.cli.terminal import say, short_path
from undergrad.course import Course, load
from undergrad.journey import Learner
from undergrad.sandbox import warm

# What the pages run, and what it often imports: these programs begin at once.
_PROGRAMS = {
    "undergrad.checker.worker": ("undergrad.datasets",),
    "undergrad.mine.worker": (),
    "undergrad.sandbox.blocks": ("matplotlib.pyplot", "undergrad.engine"),
}


@click.command("serve")
@port_option
@click.option("--no-browser", is_flag=True, default=False, help="Only print the address.")
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME[:PORT]",
    help="Also answer to this name, under which the port is forwarded. Repeatable.",
)
@journey_option
def serve_command(
    port: int, no_browser: bool, allow_host: tuple[str, ...], journey: Path | None
) -> None:
    """Serve the live site on this computer until Ctrl-C."""
    me = learner_or_none(journey)
    say("Building the site ...", err=True)
    if me is None:
        say("There is no journey here, so the pages show the course without progress.", err=True)
    course = me.course if me else load()
    serve(me, course, port=port, browser=not no_browser, allow_hosts=allow_host)


def serve(
    me: Learner | None,
    course: Course,
    *,
    port: int,
    browser: bool,
    allow_hosts: tuple[str, ...] = (),
) -> None:
    """Serve the live site until Ctrl-C. browser: open the home page in the person's browser."""
    import undergrad.checker.run  # noqa: F401  # here, so that no check waits for it

    with warm.parents(_PROGRAMS):
        site.serve(
            me,
            course,
            check=recorded_check,
            port=port,
            open_browser=browser,
            allow_hosts=allow_hosts,
            say=say,
        )


@click.group("site")
def site_command() -> None:
    """Build a copy of the site in a folder."""


@site_command.command("build")
@click.argument("out", metavar="DIR", type=GivenPath())
@click.option(
    "--url", default="", metavar="ADDRESS", help="Where you will publish it, if below a path."
)
@journey_option
def build_command(out: Path, url: str, journey: Path | None) -> None:
    """Write a copy of the site into DIR; it opens straight from the disk.

    With a journey around, the pages show your progress of this moment.
    """
    me = learner_or_none(journey)
    say("Building the site ...", err=True)
    site.build(me.course if me else load(), me, out, url=url)
    say(f"The site is in {short_path(out)}: open {short_path(out / 'index.html')}")
