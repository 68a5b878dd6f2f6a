"""Between the journey's events and the plan: what was chosen, and choosing."""

from dataclasses import replace
from datetime import date

from undergrad.course import LENSES
from undergrad.course import path as course_path
from undergrad.course.models import Course
from undergrad.errors import UsageError
from undergrad.journey import Journey, append, events, load_status
from undergrad.journey.models import Event, Status
from undergrad.plan.calendar import Plan, finish, lay_out


def choose_path(
    journey: Journey,
    course: Course,
    name: str,
    *,
    add: tuple[str, ...] = (),
    leave: tuple[str, ...] = (),
) -> None:
    """Follow a path from now on. Units are shared between paths, so nothing passed is lost.

    add, leave: units that this person has more or less than the path. UsageError for an unknown
    path.
    """
    data: dict[str, object] = {"path": course_path(course, name).id}
    data |= {key: list(units) for key, units in (("add", add), ("leave", leave)) if units}
    append(journey, "path.chosen", "", data, course=course)


def choose_lens(journey: Journey, course: Course, lens: str) -> None:
    """Put resources of this kind first. UsageError for an unknown lens."""
    if lens not in LENSES:
        raise UsageError(f"There is no lens `{lens}`; there are: {', '.join(LENSES)}.")
    append(journey, "lens.chosen", "", {"lens": lens}, course=course)


def set_plan(journey: Journey, course: Course, hours: float, start: date) -> Plan:
    """Plan with so many hours a week from a day on, and record it.

    UsageError for hours or a day that lead to no plan.
    """
    status = load_status(journey, course)
    try:
        plan = lay_out(status, hours, start)
    except ValueError as error:
        raise UsageError(f"This cannot be planned: {error}.") from error
    if status.next and not plan.slots:
        raise UsageError(f"At {hours:g} hours a week not one unit is done in a century: take more.")
    end = finish(plan)
    data = {"hours": hours, "from": start.isoformat(), "end": end.isoformat() if end else None}
    append(journey, "plan.set", "", data, course=course)
    return replace(plan, promised=end)


def load_plan(journey: Journey, status: Status, today: date) -> Plan | None:
    """The plan made last, laid out again from today; None when there is none."""
    event = next(events(journey, kind="plan.set", newest_first=True), None)
    return again(event, status, today) if event else None


def again(event: Event, status: Status, today: date) -> Plan | None:
    """The plan of a `plan.set` event for what is left today. None for a record of another shape."""
    match event.data:
        case {"hours": int() | float() as hours, "from": str(start), "end": str() | None as end}:
            try:
                begin = max(date.fromisoformat(start), today)
                plan = lay_out(status, float(hours), begin)
                return replace(plan, promised=date.fromisoformat(end) if end else None)
            except ValueError:
                return None
    return None
