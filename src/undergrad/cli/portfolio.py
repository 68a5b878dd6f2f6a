"""`undergrad portfolio build`: the page of all capstones."""

from pathlib import Path

import click

from undergrad import portfolio
from undergrad.capstone import Project, read_project
from undergrad.cli.capstone import located, newest_checks, projects
from undergrad.cli.capstone_text import after_publishing
from undergrad.cli.context import GivenPath, journey_option, learner_or_none
from undergrad.cli.terminal import say, short_path
from undergrad.words import plural


@click.group("portfolio")
def portfolio_command() -> None:
    """Show all your capstones on one page."""


@portfolio_command.command("build")
@click.argument("out", metavar="DIR", type=GivenPath())
@click.argument("names", metavar="[CAPSTONE]...", nargs=-1)
@click.option("--title", default="Portfolio", help="What stands at the top, such as your name.")
@click.option(
    "--url", default="", metavar="ADDRESS", help="Where it will be, for previews of its links."
)
@journey_option
def build_command(
    out: Path, names: tuple[str, ...], title: str, url: str, journey: Path | None
) -> None:
    """Write the page of all capstones into DIR, with the page of each.

    All of this journey, or of the current folder; or those that you name,
    by name or folder. Nothing is uploaded.
    """
    me = learner_or_none(journey)
    chosen: list[Project] = [read_project(located(name, me)) for name in names] or projects(me)
    checks = newest_checks(me) if me else {}
    works = [(each, checks.get(each.folder.resolve())) for each in chosen]
    pages = portfolio.build(works, out, title=title, url=url)
    say(f"{short_path(out / 'index.html')} shows {plural(len(pages), 'capstone')}.")
    say(after_publishing(out / "index.html", pages), err=True)
