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
    needed = [s for unit in skipped for s in _needed(course, status, unit)]
    known = {each.unit for each in needed}
    rested = [s for unit in skipped if unit.id not in known for s in _rested(unit, now)]
    return (*needed, *rested)


def _needed(course: Course, status: Status, unit: UnitStatus) -> Iterator[Suggestion]:
    """At most one: for the unit at hand, or one that was started."""
    needs = {each.id: each.needs for each in course.units}
    for other in status.units:
        at_hand = other.id == status.next or other.state == "started"
        if at_hand and unit.id in needs[other.id]:
            yield Suggestion(unit.id, unit.title, f"`{other.id}` builds on it")
            return


def _rested(unit: UnitStatus, now: datetime) -> Iterator[Suggestion]:
    if unit.skipped_at is None:
        return
    days = _DAYS[min(unit.skips, len(_DAYS)) - 1]
    if now - datetime.fromisoformat(unit.skipped_at) >= timedelta(days=days):
        yield Suggestion(unit.id, unit.title, f"skipped {days} days ago or more")
