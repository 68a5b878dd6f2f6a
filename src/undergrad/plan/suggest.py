"""A unit that was skipped comes back as a suggestion: after a while, or when it is needed.

The first time after a week, the second after three, from then on after two months; and whenever
the unit at hand builds on it. A suggestion blocks nothing and can be left again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from undergrad.course.models import Course
from undergrad.journey.models import Status, UnitStatus

_DAYS = (7, 21, 60)


@dataclass(frozen=True)
class Suggestion:
    """A unit worth another look, and why now."""

    unit: str
    title: str
    because: str


def suggestions(course: Course, status: Status, now: datetime) -> tuple[Suggestion, ...]:
    """The skipped units to take up again, those that are needed now first."""
    skipped = [unit for unit in status.units if unit.state == "skipped" and unit.written]
    needed_by = _needed_by(course, status)
    needed = [
        Suggestion(unit.id, unit.title, f"`{needed_by[unit.id]}` builds on it")
        for unit in skipped
        if unit.id in needed_by
    ]
    rested = [s for unit in skipped if unit.id not in needed_by for s in _rested(unit, now)]
    return (*needed, *rested)


def _needed_by(course: Course, status: Status) -> dict[str, str]:
    """What the unit at hand, or one that was started, builds on: each with the first that does."""
    found: dict[str, str] = {}
    for unit in status.units:
        if unit.id == status.next or unit.state == "started":
            for name in course.by_id[unit.id].needs:
                found.setdefault(name, unit.id)
    return found


def _rested(unit: UnitStatus, now: datetime) -> Iterator[Suggestion]:
    if unit.skipped_at is None:
        return
    days = _DAYS[min(unit.skips, len(_DAYS)) - 1]
    if now - datetime.fromisoformat(unit.skipped_at) >= timedelta(days=days):
        yield Suggestion(unit.id, unit.title, f"skipped {days} days ago or more")
