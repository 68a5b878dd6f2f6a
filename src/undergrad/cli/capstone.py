"""`undergrad capstone new, list, check, run`: projects of one's own.

Inside a journey a capstone is called by its name and lies in `capstones/NAME`; its checks are
recorded. Everywhere, also without a journey, a folder can be named instead.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from undergrad.cli.shared import (
    journey_option,
    journey_or_none,
    json_option,
    print_json,
    stderr,
    stdout,
)
from undergrad.errors import UsageError

if TYPE_CHECKING:
    from undergrad.capstone import Project, Report
    from undergrad.journey import Journey

_WORDS = {"ok": "ok", "attention": "look", "fail": "fail"}
_COLOURS = {"ok": "green", "attention": "yellow", "fail": "red"}


@click.group("capstone")
def capstone_command() -> None:
    """Make a project of your own, and check it by running it."""


@capstone_command.command("new")
@click.argument("kind", metavar="KIND")
@click.argument("name", metavar="NAME")
@journey_option
def new_command(kind: str, name: str, journey: Path | None) -> None:
    """Make a new project. KIND is supervised or reinforcement.

    In a journey it is made as capstones/NAME, elsewhere as ./NAME. It runs from the first minute.
    """
    from undergrad import capstone

    found = journey_or_none(journey)
    folder = capstone.new(kind, name, found.capstones if found else Path())
    if found:
        _record(found, "capstone.created", folder.name, {"kind": kind})
    chat = stderr()
    if folder.name != name:
        chat.print(f"The name is {folder.name}, which every system can store.")
    stdout().print(f"Made {folder}", markup=False, soft_wrap=True)
    chat.print("Read plan.md first, then notebook.ipynb: it runs already, and waits to be yours.")
    if not found:
        chat.print("There is no journey here, so nothing was recorded; `undergrad init` makes one.")
    chat.print(f"Next: undergrad capstone check {folder.name}")


@capstone_command.command("list")
@journey_option
@json_option
def list_command(journey: Path | None, as_json: bool) -> None:
    """List the capstones of this journey, or of the current folder."""
    from undergrad import capstone

    found = journey_or_none(journey)
    reports = _reports(found) if found else {}
    rows = [_row(project, reports) for project in _projects(found)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        said = row["message"] or "not checked yet"
        verdict = f"{row['verdict']}, " if row["verdict"] else ""
        stdout().print(f"{row['name']} ({row['kind']}): {verdict}{said}", markup=False)
    if not rows:
        kinds = "|".join(capstone.kinds())
        stderr().print(f"No capstone yet. Next: undergrad capstone new {kinds} NAME", markup=False)


@capstone_command.command("check")
@click.argument("name", metavar="NAME")
@click.option("--no-run", is_flag=True, help="Only what can be judged without running anything.")
@journey_option
@json_option
def check_command(name: str, no_run: bool, journey: Path | None, as_json: bool) -> int:
    """Check a capstone: its imports, its prose, a fresh run of a copy, and its claim.

    NAME is a capstone of this journey, or a folder. Your files are not touched.
    """
    from undergrad import capstone

    found = journey_or_none(journey)
    folder = _locate(name, found)
    chat = stderr()
    with _told(found):
        report = capstone.check(folder, run=not no_run, progress=lambda line: chat.print(line))
    if found and report.ran and folder.resolve().parent == found.capstones.resolve():
        _record(found, "capstone.checked", folder.name, asdict(report))
    if as_json:
        print_json(report)
    else:
        _print(report)
    return 0 if report.passed else 1


@capstone_command.command("run")
@click.argument("name", metavar="NAME")
@journey_option
def run_command(name: str, journey: Path | None) -> None:
    """Run a capstone's notebook in its folder, and keep its figures and results."""
    from undergrad import capstone

    found = journey_or_none(journey)
    project = capstone.read_project(_locate(name, found))
    chat = stderr()
    chat.print(f"Running {project.notebook}, for {project.minutes:g} minutes at most.")
    with _told(found):
        seconds = capstone.rerun(project)
    stdout().print(f"Ran top to bottom in {seconds:.0f} s; outputs and results are kept.")
    chat.print(f"Next: undergrad capstone check {name}", markup=False)


@contextmanager
def _told(journey: "Journey | None") -> Iterator[None]:
    """What runs meanwhile knows the journey: a copy that is checked elsewhere needs its parts."""
    before = dict(os.environ)
    if journey:
        os.environ["UNDERGRAD_JOURNEY"] = str(journey.root)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _record(journey: "Journey", kind: str, name: str, data: dict[str, Any]) -> None:
    from undergrad.journey import append

    append(journey, kind, name, data)


def _locate(name: str, journey: "Journey | None") -> Path:
    """The folder of a capstone called by its name in the journey, or by its path."""
    from difflib import get_close_matches

    from undergrad.capstone import is_project

    inside = [journey.capstones / name] if journey and Path(name).name == name else []
    for folder in (*inside, Path(name)):
        if is_project(folder):
            return folder
    if Path(name).is_dir():
        raise UsageError(f"{name} is not a capstone: it has no capstone.toml.")
    close = get_close_matches(name, [p.folder.name for p in _projects(journey)], n=1)
    hint = (
        f"did you mean {close[0]}?" if close else "`undergrad capstone list` shows what there is."
    )
    raise UsageError(f"There is no capstone {name} here: {hint}")


def _projects(journey: "Journey | None") -> "list[Project]":
    from undergrad.capstone import is_project, read_project

    places = [journey.capstones] if journey else [Path(), Path("capstones")]
    folders = [f for place in places if place.is_dir() for f in sorted(place.iterdir())]
    return [read_project(folder) for folder in folders if is_project(folder)]


def _reports(journey: "Journey") -> dict[str, dict[str, Any]]:
    """The newest report of each capstone of the journey."""
    from undergrad.journey import newest

    checks = [event for event in newest(journey) if event.kind == "capstone.checked"]
    return {event.subject: event.data for event in sorted(checks, key=lambda e: e.sequence)}


def _row(project: "Project", reports: dict[str, dict[str, Any]]) -> dict[str, Any]:
    report = reports.get(project.folder.name, {})
    return {
        "name": project.folder.name,
        "kind": project.kind,
        "folder": str(project.folder),
        "verdict": report.get("verdict"),
        "message": report.get("message", ""),
    }


def _print(report: "Report") -> None:
    _say(f"{report.name} ({report.kind})", margin=0)
    stdout().print()
    for item in report.criteria:
        gate = " (gate)" if item.gate else ""
        _say(f"{item.title}{gate}: {item.message}", _WORDS[item.state], _COLOURS[item.state])
        for number, problem in enumerate(item.problems):
            said = problem.message if len(item.problems) > 1 else ""
            _say(": ".join(part for part in (problem.where, said) if part))
            later = {other.todo for other in item.problems[number + 1 :]}
            if problem.todo not in later:  # the same advice for several places is given once
                _say(problem.todo, "   ->")
    stdout().print()
    if report.metric:
        seeds = ", ".join(f"{score:.4g}" for _, score in report.metric.seeds)
        _say(f"{report.metric.name}: {report.metric.recomputed:.4g}; by seed {seeds}", margin=0)
    _say(f"{report.verdict}: {report.message}, in {report.seconds:.0f} s.", margin=0)
    stderr().print(report.advice, markup=False)


def _say(text: str, word: str = "", style: str = "", margin: int = 6) -> None:
    """One paragraph beside a short word in the margin, wrapped to the terminal."""
    from textwrap import wrap

    from rich.text import Text

    out = stdout()
    for line in wrap(text, max(20, out.width - margin)):
        out.print(Text(f"{word:<{margin}}", style=style) + Text(line), soft_wrap=True)
        word = ""
