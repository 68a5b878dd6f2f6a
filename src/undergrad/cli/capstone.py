"""`undergrad capstone new, list, check, doctor, pair, pack, run, publish`: projects of one's own.

Inside a journey a capstone is called by its name and lies in `capstones/NAME`; its checks are
recorded. Everywhere, also without a journey, a folder can be named instead.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from undergrad import capstone, portfolio
from undergrad.capstone import (
    RUNGS,
    Project,
    Report,
    Rung,
    is_project,
    read_project,
)
from undergrad.cli.capstone_text import (
    after_publishing,
    obstacle_lines,
    patch_lines,
    report_lines,
)
from undergrad.cli.context import (
    GivenPath,
    journey_option,
    json_option,
    learner_or_none,
    print_json,
)
from undergrad.cli.terminal import (
    confirm,
    is_interactive,
    quoted,
    say,
    short_path,
    step,
)
from undergrad.errors import UsageError
from undergrad.files import refuse_other_output
from undergrad.journey import Learner
from undergrad.portfolio import Checked
from undergrad.words import did_you_mean


@click.group("capstone")
def capstone_command() -> None:
    """Create a project of your own, and check it by running it."""


@capstone_command.command("new")
@click.argument("kind", metavar="KIND")
@click.argument("name", metavar="NAME")
@click.option("--author", default="", help="Your name, for the licence and the citation.")
@click.option(
    "--license", "licence", type=click.Choice(capstone.licences()), help="Put its text in LICENSE."
)
@click.option(
    "--framework",
    type=click.Choice(capstone.every_framework()),
    default="engine",
    show_default=True,
    help="What its network is written in.",
)
@click.option(
    "--notebook",
    type=GivenPath(),
    metavar="FILE",
    help="Begin with a notebook that you have; it stays as it is.",
)
@journey_option
def new_command(
    kind: str,
    name: str,
    author: str,
    licence: str | None,
    framework: str,
    notebook: Path | None,
    journey: Path | None,
) -> None:
    """Create a new project.

    KIND is supervised, segmentation, text or generative for a question about
    data, and reinforcement or board-game for an agent. In a journey it is
    created as capstones/NAME, elsewhere as ./NAME. It runs from the first
    minute. With --notebook it is laid around a notebook of yours, which is
    judged at once.
    """
    me = learner_or_none(journey)
    inside = me.journey.capstones if me else Path()
    folder = capstone.new(
        kind,
        name,
        inside,
        author=author,
        licence=licence or "",
        framework=framework,
        notebook=notebook,
    )
    if me:
        me.record("capstone.created", folder.name, kind=kind)
    if folder.name != name:
        say(f"The name is {folder.name}, which every system can store.", err=True)
    say(f"Created {short_path(folder)}")
    if not notebook:
        said = "Read plan.md first, then notebook.ipynb: it runs already and is yours to change."
        say(said, err=True)
    if not me:
        said = "There is no journey here, so nothing was recorded; `undergrad init` creates one."
        say(said, err=True)
    if notebook:
        said = f"{notebook.name} stays as it is: notebook.ipynb and notebook.py hold its cells."
        say([said, ""], err=True)
        say(report_lines(capstone.check(folder, run=False)))
        said = "What it lacks can be added step by step"
        say(step(said, f"undergrad capstone doctor {folder.name}"), err=True)
    else:
        say(step("Next", f"undergrad capstone check {folder.name}"), err=True)


@capstone_command.command("list")
@journey_option
@json_option
def list_command(journey: Path | None, as_json: bool) -> None:
    """List the capstones of this journey, or of the current folder."""
    me = learner_or_none(journey)
    checks = newest_checks(me) if me else {}
    rows = [_row(project, checks.get(project.folder.resolve())) for project in projects(me)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        message = row["message"] or "not checked yet"
        verdict = f"{row['verdict']}, " if row["verdict"] else ""
        say(f"{row['name']} ({row['kind']}): {verdict}{message}")
    if not rows:
        kinds = "|".join(capstone.kinds())
        say(step("No capstone yet. Next", f"undergrad capstone new {kinds} NAME"), err=True)


@capstone_command.command("check")
@click.argument("name", metavar="NAME")
@click.option("--no-run", is_flag=True, help="Only what can be judged without running anything.")
@click.option(
    "--verify", is_flag=True, help="For long work: train one small seed, score the saved ones."
)
@click.option(
    "--rung",
    type=click.Choice(RUNGS),
    default="yours",
    show_default=True,
    help="The rung from which on the command succeeds.",
)
@journey_option
@json_option
def check_command(
    name: str, no_run: bool, verify: bool, rung: Rung, journey: Path | None, as_json: bool
) -> int:
    """Check a capstone, and say which rung it stands on.

    From the lowest to the highest: template, running, yours, publishable.
    NAME is a capstone of this journey, or a folder. Your files are not
    touched: a copy is run.
    """
    if no_run and verify:
        raise UsageError("--no-run runs nothing and --verify runs a part: use one of them.")
    me = learner_or_none(journey)
    report = _check(located(name, me), me, run=not no_run, verify=verify)
    if as_json:
        print_json(report)
    else:
        say(report_lines(report))
        say(report.advice, err=True)
    return 0 if report.reaches(rung) else 1


@capstone_command.command("pair")
@click.argument("name", metavar="NAME")
@journey_option
def pair_command(name: str, journey: Path | None) -> None:
    """Pair a notebook with a script of the same cells, for Git and reviews.

    The cells of the notebook count. What was there before and differs is
    kept, with .old at the end of its name.
    """
    me = learner_or_none(journey)
    said = capstone.pair_up(read_project(located(name, me)))
    say("\n".join(said) if said else "They are paired already, and hold the same cells.")
    say(step("Next", f"undergrad capstone check {name}"), err=True)


@capstone_command.command("doctor")
@click.argument("name", metavar="NAME")
@click.option("--yes", is_flag=True, help="Apply every patch without asking.")
@journey_option
def doctor_command(name: str, yes: bool, journey: Path | None) -> None:
    """Show what the next rung needs, and offer patches.

    A patch pairs, tags the baseline's cell, adds a section to fill, or
    writes requirements.txt. You see it before it is applied, and nothing
    of yours is overwritten.
    """
    folder = located(name, learner_or_none(journey))
    say(obstacle_lines(capstone.check(folder, run=False)))
    open_patches, seen = 0, set()
    for offer in capstone.OFFERS:
        while (patch := offer(read_project(folder))) and patch.title not in seen:
            seen.add(patch.title)
            say(patch_lines(patch))
            if not (yes or (is_interactive() and confirm("Apply it?"))):
                open_patches += 1
                break
            capstone.apply(patch)
            say(f"Applied: {', '.join(change.path.name for change in patch.changes)}.", err=True)
    if open_patches and not is_interactive():
        shown = "1 patch" if open_patches == 1 else f"{open_patches} patches"
        said = f"{shown} shown, none applied. To apply all"
        say(step(said, f"undergrad capstone doctor {quoted(Path(name))} --yes"), err=True)
    say(step("Next", f"undergrad capstone check {quoted(Path(name))}"), err=True)


@capstone_command.command("pack")
@click.argument("name", metavar="NAME")
@journey_option
def pack_command(name: str, journey: Path | None) -> None:
    """Put undergrad itself beside a project, for strangers who have only Python.

    Its wheel is written into wheels/, and requirements.txt looks there.
    """
    me = learner_or_none(journey)
    wheel = capstone.pack(located(name, me))
    say(f"{short_path(wheel)} holds undergrad, {wheel.stat().st_size / 1e6:.1f} MB.")
    said = "Anyone who clones the project installs it with `pip install -r requirements.txt`."
    say(said, err=True)


@capstone_command.command("run")
@click.argument("name", metavar="NAME")
@journey_option
def run_command(name: str, journey: Path | None) -> None:
    """Run a capstone's notebook in its folder, and keep its figures and results."""
    me = learner_or_none(journey)
    project = read_project(located(name, me))
    say(f"Running {project.notebook}, for {project.minutes:g} minutes at most.", err=True)
    with _journey_in_environment(me):
        seconds = capstone.rerun(project)
    say(f"Ran top to bottom in {seconds:.0f} s; outputs and results are kept.")
    say(step("Next", f"undergrad capstone check {name}"), err=True)


@capstone_command.command("publish")
@click.argument("name", metavar="NAME")
@click.option(
    "--out", type=GivenPath(), metavar="DIR", help="Where to write it; by default public/NAME."
)
@click.option(
    "--check", "check_first", is_flag=True, help="Check first, so that the page carries its seal."
)
@click.option(
    "--url", default="", metavar="ADDRESS", help="Where it will be, for previews of its link."
)
@journey_option
def publish_command(
    name: str, out: Path | None, check_first: bool, url: str, journey: Path | None
) -> None:
    """Write a capstone as a page, to look at and then to show.

    The folder needs nothing around it. Nothing is uploaded.
    """
    me = learner_or_none(journey)
    folder = located(name, me)
    place = out or (me.journey.root if me else Path()) / "public" / folder.resolve().name
    refuse_other_output(place, capstone.PAGE_MARK)
    if check_first:
        report = _check(folder, me, run=True, verify=False)
        known: Checked | None = Checked(asdict(report), datetime.now(UTC).isoformat())
    else:
        known = newest_checks(me).get(folder.resolve()) if me else None
    page = portfolio.publish(read_project(folder.resolve()), place, known, url=url)
    say(f"{short_path(place / 'index.html')} shows {page.facts.title}: {page.seal.title.lower()}.")
    say(after_publishing(place / "index.html", [page]), err=True)
    if page.seal.state != "sealed":
        said = step("For a seal", f"undergrad capstone publish {quoted(Path(name))} --check")
        say(said, err=True)


def _check(folder: Path, me: Learner | None, *, run: bool, verify: bool) -> Report:
    """Check a capstone; a check that ran, of one of the journey's own, is recorded."""
    with _journey_in_environment(me):
        report = capstone.check(
            folder, run=run, verify=verify, progress=lambda line: say(line, err=True)
        )
    if me and report.ran and folder.resolve().parent == me.journey.capstones.resolve():
        me.record("capstone.checked", folder.name, **asdict(report))
    return report


def newest_checks(me: Learner) -> dict[Path, Checked]:
    """The newest check of each capstone of the journey, by its folder."""
    home = me.journey.capstones.resolve()
    return {
        home / event.subject: Checked(event.data, event.time)
        for event in me.newest
        if event.kind == "capstone.checked"
    }


@contextmanager
def _journey_in_environment(me: Learner | None) -> Iterator[None]:
    """What runs meanwhile knows the journey: a copy that is checked elsewhere needs its parts."""
    before = dict(os.environ)
    if me:
        os.environ["UNDERGRAD_JOURNEY"] = str(me.journey.root)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def located(name: str, me: Learner | None) -> Path:
    """The folder of a capstone called by its name in the journey, or by its path."""
    inside = [me.journey.capstones / name] if me and Path(name).name == name else []
    for folder in (*inside, Path(name)):
        if is_project(folder):
            return folder
    if Path(name).is_dir():
        raise UsageError(f"{name} is not a capstone: it has no capstone.toml.")
    known = [project.folder.name for project in projects(me)]
    cure = did_you_mean(name, known, "`undergrad capstone list` shows what there is.")
    raise UsageError(f"There is no capstone `{name}` here: {cure}")


def projects(me: Learner | None) -> list[Project]:
    folders = [me.journey.capstones] if me else [Path(), Path("capstones")]
    inside = [each for folder in folders if folder.is_dir() for each in sorted(folder.iterdir())]
    return [read_project(folder) for folder in inside if is_project(folder)]


def _row(project: Project, checked: Checked | None) -> dict[str, Any]:
    report = checked.report if checked else {}
    return {
        "name": project.folder.name,
        "kind": project.kind,
        "folder": str(project.folder),
        "verdict": report.get("verdict"),
        "message": report.get("message", ""),
    }
