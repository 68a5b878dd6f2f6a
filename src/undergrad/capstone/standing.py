"""Where a project stands without running it: what a full check found, as long as it still holds.

A full check may take twenty minutes and is recorded; a unit that asks for a rung of the ladder does
not run it again. While no file has changed since, its findings count. After that the quick half
is taken afresh, and what only a run shows is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from undergrad.capstone.check import check
from undergrad.capstone.project import Project, own_files
from undergrad.capstone.report import Criterion, Problem, Rung

_RUN = "the notebook has not been run by a check"


@dataclass(frozen=True)
class Standing:
    """What stands between a project and each rung of the ladder."""

    criteria: tuple[Criterion, ...]
    open: Problem | None  # why a full check is needed; None when one still holds

    def missing(self, rung: Rung) -> list[Problem]:
        """The problems of that rung alone, in the order in which to fix them."""
        return [
            problem
            for item in self.criteria
            if item.rung == rung
            for problem in item.problems
            if problem.state == "fail"
        ]


def standing(project: Project, checked: datetime | None, report: Mapping[str, Any]) -> Standing:
    """Where `project` stands.

    checked: when its newest full check began, None for never.   report: what it found, as recorded.
    """
    known = _recorded(report)
    changed = _changed_since(project.folder, checked) if checked and known else None
    if checked and known and changed is None:
        return Standing(known, None)
    todo = f"Run the whole check: `undergrad capstone check {project.folder.name}`."
    message = f"{changed} has changed since the last full check" if changed else f"{_RUN} yet"
    return Standing(check(project.folder, run=False).criteria, Problem(message, "", todo))


def _recorded(report: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """The criteria of a recorded report; none when another version wrote it in another form."""
    try:
        return tuple(_criterion(item) for item in report["criteria"])
    except (KeyError, TypeError):
        return ()


def _criterion(item: Mapping[str, Any]) -> Criterion:
    problems = tuple(Problem(**problem) for problem in item["problems"])
    return Criterion(**{**item, "problems": problems})


def _changed_since(folder: Path, moment: datetime) -> str | None:
    """A file of the project that was written after `moment`, or None."""
    for path in own_files(folder):
        if path.stat().st_mtime > moment.timestamp():
            return path.relative_to(folder).as_posix()
    return None
