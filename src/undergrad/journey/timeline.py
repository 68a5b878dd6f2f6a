"""What the history shows about time: days, hours at work, and how long each unit took.

Nobody presses a stopwatch. The time between two commands counts as work on what the later one is
about, unless it is longer than a pause; so the sum is less than the truth rather than more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from undergrad.journey.models import Event

PAUSE = timedelta(minutes=45)


@dataclass(frozen=True)
class Spent:
    """What one unit took."""

    unit: str
    minutes: float = 0.0
    checks: int = 0
    passes: int = 0
    hints: int = 0
    drills: int = 0
    recalled: int = 0


@dataclass(frozen=True)
class DayOfWork:
    """One day on the learner's calendar, its events in the order in which they happened."""

    day: date
    minutes: float
    events: tuple[Event, ...]


def local_time(event: Event) -> datetime:
    """When it happened, on the learner's clock at that time; without a time zone."""
    moment = datetime.fromisoformat(event.time).replace(tzinfo=None)
    return moment + timedelta(minutes=event.offset)


def newest_days(events: Iterable[Event]) -> list[DayOfWork]:
    """The days of events that come newest first, the newest day first."""
    found: dict[date, list[Event]] = {}
    for event in events:
        found.setdefault(local_time(event).date(), []).append(event)
    return [_day(day, tuple(reversed(group))) for day, group in found.items()]


def spent(events: Iterable[Event], units: Iterable[str], aliases: dict[str, str]) -> list[Spent]:
    """What each of the units took that appear in the history, the longest first.

    events: in the order in which they happened.   aliases: old unit ids and today's.
    """
    known = set(units)
    found: dict[str, Spent] = {}
    previous: Event | None = None
    for event in events:
        unit = aliases.get(event.subject, event.subject)
        if unit in known:
            found[unit] = _counted(found.get(unit, Spent(unit)), event, _between(previous, event))
        previous = event
    return sorted(found.values(), key=lambda each: (-each.minutes, each.unit))


def _counted(sum_: Spent, event: Event, minutes: float) -> Spent:
    return replace(
        sum_,
        minutes=sum_.minutes + minutes,
        checks=sum_.checks + (event.kind == "check.finished"),
        passes=sum_.passes + (event.kind == "check.finished" and event.outcome == "pass"),
        hints=sum_.hints + (event.kind == "hint.shown"),
        drills=sum_.drills + (event.kind == "drill.finished"),
        recalled=sum_.recalled + (event.kind == "recall.answered"),
    )


def _day(day: date, events: tuple[Event, ...]) -> DayOfWork:
    minutes = sum(_between(before, after) for before, after in pairwise(events))
    return DayOfWork(day, minutes, events)


def _between(before: Event | None, after: Event) -> float:
    """Minutes of work between two events; 0 over a pause, and where a clock went back."""
    if before is None:
        return 0.0
    gap = datetime.fromisoformat(after.time) - datetime.fromisoformat(before.time)
    return gap.total_seconds() / 60 if timedelta(0) < gap <= PAUSE else 0.0
