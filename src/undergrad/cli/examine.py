"""What `doctor` looks at: each function examines one thing and returns one finding."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from undergrad.errors import UndergradError, UsageError

if TYPE_CHECKING:
    from undergrad.journey import Journey

_PYTHON = (3, 11)
_ENOUGH = 500_000_000  # bytes: a few trainings with their clips, and room for backups
_SHOWN = ("click", "gymnasium", "mkdocs-material", "nbclient", "numpy", "pydantic", "rich")


@dataclass(frozen=True)
class Finding:
    """One thing examined. `cure` is empty when all is well."""

    name: str
    says: str
    cure: str = ""
    must_mend: bool = False

    def as_data(self) -> dict[str, Any]:
        return {**asdict(self), "state": "attention" if self.cure else "ok"}


def examine(folder: Path | None) -> list[Finding]:
    """Every finding about this machine and about the journey in or around `folder`."""
    findings = [_python(), _packages(), _isolation(), _course(), _terminal()]
    try:
        from undergrad.journey import find

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
    from undergrad.cli.terminal import paint, wrap

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
        return Finding("python", says, cure, must_mend=True)
    return Finding("python", says)


def _packages() -> Finding:
    from importlib.metadata import PackageNotFoundError, version

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
            must_mend=True,
        )
    named = ", ".join(f"{name} {found[name]}" for name in _SHOWN if name in found)
    return Finding("packages", f"all {len(found)} there, among them {named}")


def _required() -> list[str]:
    """The names of the packages undergrad needs, without those of its extras."""
    import re
    from importlib.metadata import requires

    needed = [line for line in requires("undergrad") or [] if "extra ==" not in line]
    return [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in needed]


def _isolation() -> Finding:
    from undergrad import checker

    layers: Callable[[], tuple[str, ...]] = checker.isolation
    held = layers()
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
    from undergrad.course import load

    try:
        course = load()
    except UndergradError as error:
        return Finding("course", "cannot be read", str(error), must_mend=True)
    written = sum(unit.written for unit in course.units)
    return Finding("course", f"version {course.version}, {written} of {len(course.units)} units")


def _sqlite(journey: "Journey | None") -> Finding:
    """The version, and the mode that the store is really in."""
    if journey is None:
        return Finding("sqlite", sqlite3.sqlite_version)
    from undergrad.journey.database import Damage, connect, schema_version
    from undergrad.journey.verify import is_newer

    try:
        with connect(journey.store_path) as store:
            mode = store.execute("PRAGMA journal_mode").fetchone()[0]
            says = f"{sqlite3.sqlite_version}, journal mode {mode}, format {schema_version(store)}"
            newer = is_newer(store)
    except (Damage, UndergradError):  # `progress`, below, says what and how to mend it
        return Finding("sqlite", f"{sqlite3.sqlite_version}, the store cannot be opened")
    if newer:
        cure = "A newer undergrad wrote this journey: it is shown only; upgrade undergrad to go on."
        return Finding("sqlite", says, cure, must_mend=True)
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


def _store(journey: "Journey") -> Finding:
    from undergrad.journey import verify_store

    try:
        events = verify_store(journey)
    except UndergradError as error:
        return Finding("progress", "the store needs care", str(error), must_mend=True)
    return Finding("progress", f"the whole chain verified, {events} long")


def _backups(journey: "Journey") -> Finding:
    from undergrad.journey import list_backups
    from undergrad.journey.backups import is_whole_copy

    whole = [backup for backup in list_backups(journey) if is_whole_copy(backup)]
    if not whole:
        return Finding("backups", "none that is whole", "Make one: undergrad backup", True)
    newest = whole[0]
    return Finding(
        "backups",
        f"{len(whole)} verified, the newest of {newest.made:%Y-%m-%d} with {newest.events} events",
    )


def _folder(journey: "Journey") -> Finding:
    if os.access(journey.root, os.W_OK) and os.access(journey.private, os.W_OK):
        return Finding("journey", str(journey.root))
    return Finding(
        "journey",
        f"{journey.root} is read-only",
        "Make the folder writable for you, or work in a copy of it.",
        must_mend=True,
    )


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    says = f"{free / 1e9:.1f} GB free"
    if free < _ENOUGH:
        return Finding("disk", says, "Free some space: a training and its backup need it.", True)
    return Finding("disk", says)
