"""Where a project stands without running it: what a full check found, as long as it still holds.

A full check may take twenty minutes and is recorded; a unit that asks for a rung of the ladder does
not run it again. While no file has changed since, its findings count. After that the quick half
is taken afresh, and what only a run shows is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from undergrad.capstone.check import check
from undergrad.capstone.fingerprint import fingerprint
from undergrad.capstone.project import Project
from undergrad.capstone.report import Criterion, Problem, Rung


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


def standing(project: Project, report: Mapping[str, Any]) -> Standing:
    """Where `project` stands.   report: its newest full check, as recorded; empty without any."""
    known = _recorded(report)
    if known and report.get("fingerprint") == fingerprint(project.folder):
        return Standing(known, None)
    changed, never = "a file has changed since the last full check", "no check has run it yet"
    todo = f"Run the whole check: `undergrad capstone check {project.folder.name}`."
    return Standing(
        check(project.folder, run=False).criteria, Problem(changed if known else never, "", todo)
    )


def _recorded(report: Mapping[str, Any]) -> tuple[Criterion, ...]:
    """The criteria of a recorded report; none when another version wrote it in another form."""
    try:
        return tuple(_criterion(item) for item in report["criteria"])
    except (KeyError, TypeError):
        return ()


def _criterion(item: Mapping[str, Any]) -> Criterion:
    problems = tuple(Problem(**problem) for problem in item["problems"])
    return Criterion(**{**item, "problems": problems})
