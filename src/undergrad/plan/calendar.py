"""Units over the calendar: pure functions from hours a week and what is left to dates.

Time flows evenly: with seven hours a week every day holds one hour, and a unit covers the days
that its hours touch. Which days a person really sits down is theirs to choose.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from undergrad.course.models import Day
from undergrad.journey.models import Status, UnitStatus

_DAYS = 7
_CENTURY = timedelta(days=36_525)  # a plan beyond it has no dates worth naming


@dataclass(frozen=True)
class Slot:
    """One unit's place on the calendar, both days included."""

    unit: str
    title: str
    minutes: int  # of work that is left
    first: date
    last: date


@dataclass(frozen=True)
class Plan:
    """What is left of a path, spread over the calendar."""

    hours: float  # a week
    start: date
    slots: tuple[Slot, ...]
    unwritten: int = 0  # units of the path that cannot be planned yet
    promised: date | None = None  # the end as it was when the plan was made


def finish(plan: Plan) -> date | None:
    """The last day of the plan; None when nothing is left."""
    return plan.slots[-1].last if plan.slots else None


def lay_out(status: Status, hours: float, start: date) -> Plan:
    """The open, written units of the path from `start` on, at so many hours a week.

    Ends where a century has passed. Raises ValueError unless there are more than 0 and at most 168
    hours in the week, and for a start so late that the calendar does not hold a century more.
    """
    if not 0 < hours <= 24 * _DAYS:
        raise ValueError(
            f"a week has more than 0 and at most {24 * _DAYS} hours to plan with, not {hours:g}"
        )
    if start > date.max - _CENTURY:
        raise ValueError(f"{start} is too far away")
    open_units = [unit for unit in status.units if unit.is_open]
    return Plan(
        hours=hours,
        start=start,
        slots=tuple(_slots(open_units, hours * 60 / _DAYS, start)),
        unwritten=sum(unit.on_path and not unit.written for unit in status.units),
    )


def _slots(units: Iterable[UnitStatus], a_day: float, start: date) -> Iterator[Slot]:
    """a_day: minutes."""
    done = 0
    for unit in units:
        first = int(done / a_day)
        done += unit.minutes_left
        last = max(first, ceil(done / a_day) - 1)
        if last > _CENTURY.days:
            return
        yield Slot(
            unit.id,
            unit.title,
            unit.minutes_left,
            start + timedelta(days=first),
            start + timedelta(days=last),
        )


def day_table(row: Day, minutes: dict[str, int]) -> list[tuple[int, list[tuple[str, int]]]]:
    """One row of a dated path day by day: (day, [(unit, minutes on that day)]).

    row: its `days` are such as "4-8" or "9".   minutes: of each of its units.
    """
    numbers = [int(number) for number in re.findall(r"\d+", row.days)]
    days = range(numbers[0], numbers[-1] + 1)
    portion = sum(minutes[unit] for unit in row.units) / len(days)
    found: list[tuple[int, list[tuple[str, int]]]] = []
    for index, day in enumerate(days):
        begin, done = index * portion, 0.0
        today = []
        for unit in row.units:
            overlap = min(done + minutes[unit], begin + portion) - max(done, begin)
            if round(overlap) > 0:
                today.append((unit, round(overlap)))
            done += minutes[unit]
        found.append((day, today))
    return found
