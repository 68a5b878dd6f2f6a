"""`undergrad doctor`: each function examines one thing and returns one finding."""

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import click

from undergrad import checker
from undergrad.cli.context import journey_option, json_option, print_json
from undergrad.cli.terminal import paint, say, wrap
from undergrad.course import load
from undergrad.errors import UndergradError, UsageError
from undergrad.journey import Journey, find, verify_store
from undergrad.journey.store.backups import is_whole_copy, list_backups
from undergrad.journey.store.database import Corrupt, connect, schema_version
from undergrad.journey.store.verify import is_newer
from undergrad.words import day, plural

_PYTHON = (3, 11)
_ENOUGH = 500_000_000  # bytes: a few runs with their clips, and room for backups
_SHOWN = ("click", "gymnasium", "mkdocs-material", "nbclient", "numpy", "pydantic", "rich")


@dataclass(frozen=True)
class Finding:
    """One thing examined. `cure` is empty when all is well."""

    name: str
    says: str
    cure: str = ""
    must_fix: bool = False

    def as_data(self) -> dict[str, Any]:
        return {**asdict(self), "state": "attention" if self.cure else "ok"}


@click.command("doctor")
@journey_option
@json_option
@click.pass_context
def doctor_command(context: click.Context, journey: Path | None, as_json: bool) -> None:
    """Check this machine and this journey; exits with 3 if something needs fixing."""
    findings = examine(journey)
    if as_json:
        print_json([finding.as_data() for finding in findings])
    else:
        for finding in findings:
            say(finding_lines(finding))
    if any(finding.must_fix for finding in findings):
        context.exit(3)
    if not as_json:
        say("Nothing needs fixing.")


def examine(folder: Path | None) -> list[Finding]:
    """Every finding about this machine and about the journey in or around `folder`."""
    findings = [_python(), _packages(), _isolation(), _course(), _terminal()]
    try:
        journey = find(folder)
    except UsageError as error:
        if folder is not None:
            raise
        none = Finding("journey", "none here", str(error))
        return [*findings, _sqlite(None), none, _disk(Path.cwd())]
    checks = (_sqlite, _store, _backups, _folder)
    return [*findings, *(check(journey) for check in checks), _disk(journey.root)]


def finding_lines(finding: Finding) -> Iterator[str]:
    """The finding for a terminal: ok or attention, and the cure on lines of its own."""
    word, colour = ("attention", "yellow") if finding.cure else ("ok", "green")
    first, *rest = wrap(f"{finding.name}: {finding.says}", " " * 11, f"{word:<9}  ")
    yield paint(first[:9], colour) + first[9:]
    yield from rest
    if finding.cure:
        yield from wrap(finding.cure, " " * 11)


def _python() -> Finding:
    says = f"{sys.version.split()[0]} in {sys.prefix}"
    if sys.version_info < _PYTHON:
        wanted = ".".join(map(str, _PYTHON))
        cure = f"Install Python {wanted} or newer, and undergrad with it."
        return Finding("python", says, cure, must_fix=True)
    return Finding("python", says)


def _packages() -> Finding:
    found, missing = {}, []
    for name in _required():
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(
            "packages",
            f"missing: {', '.join(missing)}",
            "Install undergrad again: pip install --force-reinstall undergrad",
            must_fix=True,
        )
    named = ", ".join(f"{name} {found[name]}" for name in _SHOWN if name in found)
    return Finding("packages", f"all {len(found)} there, among them {named}")


def _required() -> list[str]:
    """The names of the packages undergrad needs, without those of its extras."""
    needed = [line for line in requires("undergrad") or [] if "extra ==" not in line]
    return [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in needed]


def _isolation() -> Finding:
    held = checker.isolation()
    says = f"your code is checked behind {', '.join(held)}"
    if "pid" in held:
        return Finding("isolation", says)
    return Finding(
        "isolation",
        says,
        "Process and network isolation needs Linux with user namespaces; checks work without,"
        " with limits on time, memory and output.",
    )


def _course() -> Finding:
    try:
        course = load()
    except UndergradError as error:
        return Finding("course", "cannot be read", str(error), must_fix=True)
    written, units = sum(unit.written for unit in course.units), plural(len(course.units), "unit")
    return Finding("course", f"version {course.version}, {written} of {units}")


def _sqlite(journey: Journey | None) -> Finding:
    """The version, and the mode that the store is really in."""
    if journey is None:
        return Finding("sqlite", sqlite3.sqlite_version)
    try:
        with connect(journey.store_path) as store:
            mode = store.execute("PRAGMA journal_mode").fetchone()[0]
            says = f"{sqlite3.sqlite_version}, journal mode {mode}, format {schema_version(store)}"
            newer = is_newer(store)
    except (Corrupt, UndergradError):  # `progress`, below, says what and how to fix it
        return Finding("sqlite", f"{sqlite3.sqlite_version}, the store cannot be opened")
    if newer:
        cure = "A newer undergrad wrote this journey: upgrade undergrad to write to it."
        return Finding("sqlite", says, cure, must_fix=True)
    if mode != "delete":
        cure = "Something switched the journal mode; the next command that writes sets it back."
        return Finding("sqlite", says, cure)
    return Finding("sqlite", f"{says}, synchronous=EXTRA when written")


def _terminal() -> Finding:
    size = shutil.get_terminal_size((80, 24))
    kind = "a terminal" if sys.stdout.isatty() else "no terminal"
    colour = "no colour" if os.environ.get("NO_COLOR") else "colour"
    says = f"{kind}, {size.columns} columns, {sys.stdout.encoding}, {colour}"
    if size.columns < 40:
        return Finding("terminal", says, "Make it at least 40 columns wide.")
    return Finding("terminal", says)


def _store(journey: Journey) -> Finding:
    try:
        events = verify_store(journey)
    except UndergradError as error:
        return Finding("progress", "the store needs attention", str(error), must_fix=True)
    return Finding("progress", f"the whole chain verified, {plural(events, 'event')}")


def _backups(journey: Journey) -> Finding:
    whole = [backup for backup in list_backups(journey) if is_whole_copy(backup)]
    if not whole:
        return Finding("backups", "none that can be trusted", "Make one: undergrad backup", True)
    newest = whole[0]
    return Finding(
        "backups",
        f"{len(whole)} verified, the newest of {day(newest.made)}"
        f" with {plural(newest.events, 'event')}",
    )


def _folder(journey: Journey) -> Finding:
    if os.access(journey.root, os.W_OK) and os.access(journey.private, os.W_OK):
        return Finding("journey", str(journey.root))
    return Finding(
        "journey",
        f"{journey.root} is read-only",
        "Make the folder writable for you, or work in a copy of it.",
        must_fix=True,
    )


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    says = f"{free / 1e9:.1f} GB free"
    if free < _ENOUGH:
        return Finding("disk", says, "Free some space: a run and a backup need it.", True)
    return Finding("disk", says)
