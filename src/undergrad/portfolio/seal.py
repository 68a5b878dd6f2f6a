"""The check as a seal on a page: what was proved, when, by which undergrad, and of which files.

    seal_of(fingerprint(folder), Checked(report, "2026-11-29T10:00:00"))

A seal says no more than the newest check of exactly these files found. When a file has changed
since, all that is left of it is the day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from undergrad.words import day, duration

_MARKS = {"ok": "holds", "attention": "with a note", "fail": "missing"}
_RUNGS = {
    "fail": "Not running yet",
    "template": "Still the template",
    "running": "Running",
    "yours": "Own work",
    "publishable": "Publishable",
}
_CHANGED = (
    "Files of the project have changed since then, so the check says nothing about what this page "
    "shows."
)
_UNKNOWN = "That check did not record which files it saw, so it says nothing about this page."
_NEVER = "No check of these files is known, so nothing on this page was verified by a program."


@dataclass(frozen=True)
class Checked:
    """A report of `undergrad capstone check`, as plain data, and when it was made."""

    report: Mapping[str, Any]
    when: str  # ISO 8601


@dataclass(frozen=True)
class Line:
    """One criterion: how it stands, its title and its sentence."""

    mark: str
    title: str
    message: str


@dataclass(frozen=True)
class Seal:
    """What a page may say about its check."""

    state: str  # "sealed", "changed" or "unchecked"
    title: str
    sentences: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    fingerprint: str = ""

    @property
    def holds(self) -> bool:
        """Whether the check was of exactly these files, and stopped at nothing."""
        return self.state == "sealed" and self.title in (_RUNGS["yours"], _RUNGS["publishable"])


def seal_of(files: str, checked: Checked | None) -> Seal:
    """The seal of a project whose files have this fingerprint now."""
    if checked is None:
        return Seal("unchecked", "Not checked", (_NEVER,))
    report = checked.report
    when = f"{day(checked.when)} by undergrad {report.get('undergrad', '')}".strip()
    if not report.get("ran"):
        return Seal("unchecked", "Not checked", (_NEVER,))
    if report.get("fingerprint") != files:
        reason = _CHANGED if report.get("fingerprint") else _UNKNOWN
        return Seal("changed", "Checked in another state", (f"Checked on {when}.", reason))
    lines = tuple(
        Line(_MARKS[item["state"]], item["title"], item["message"])
        for item in report.get("criteria", ())
        if item.get("state") in _MARKS
    )
    held = sum(line.mark != "missing" for line in lines)
    notes = sum(line.mark == "with a note" for line in lines)
    counted = f"{held} of {len(lines)} criteria hold" + (f", {notes} with a note" if notes else "")
    title = _RUNGS.get(report.get("verdict", ""), "Checked")
    said = (f"Checked on {when}: {counted}.", _done(report))
    return Seal("sealed", title, said, lines, files)


def _done(report: Mapping[str, Any]) -> str:
    """What the check did, in a sentence."""
    ran = [item for item in report.get("criteria", ()) if item.get("id") == "run"]
    took = duration(seconds=report.get("seconds", 0))
    metric = report.get("metric") or {}
    again = f": {metric['recomputed']:.4g}" if "recomputed" in metric else ""
    if not ran or ran[0].get("state") == "fail":
        return "The notebook did not run from top to bottom on a fresh kernel."
    if report.get("verified"):
        return (
            "One short training ran on a fresh kernel, without a network; the result was computed "
            f"again from the saved checkpoints, not from a whole training{again}. It took {took}."
        )
    scored = f", and the result was computed again from what it saved{again}" if again else ""
    return (
        "A copy of exactly these files ran from top to bottom on a fresh kernel, without a "
        f"network{scored}. It took {took}."
    )
