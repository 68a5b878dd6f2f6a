"""Between the journey's events and the plan: what was chosen, and choosing."""

from dataclasses import replace
from datetime import date

from undergrad.course import PREFERENCES
from undergrad.errors import UsageError
from undergrad.journey import Event, Learner, Status, UnitStatus
from undergrad.plan.calendar import Plan, finish, lay_out
from undergrad.words import listing, weekly


def choose_path(
    me: Learner, name: str, *, add: tuple[str, ...] = (), leave: tuple[str, ...] = ()
) -> None:
    """Follow a path from now on. Units are shared between paths, so nothing passed is lost.

    add, leave: units that this person has more or less than the path. UsageError for an unknown
    path.
    """
    changes = {key: list(units) for key, units in (("add", add), ("leave", leave)) if units}
    me.record("path.chosen", path=me.course.path(name).id, **changes)


def choose_preference(me: Learner, prefer: str) -> None:
    """Put resources of this kind first. UsageError for an unknown one."""
    if prefer not in PREFERENCES:
        raise UsageError(f"`{prefer}` cannot be preferred: there are {listing(PREFERENCES)}.")
    me.record("lens.chosen", lens=prefer)  # as stores have called it from the start


def set_plan(me: Learner, hours: float, start: date) -> Plan:
    """Plan with so many hours a week from a day on, and record it.

    UsageError for hours or a day that lead to no plan.
    """
    try:
        plan = lay_out(me.status, hours, start)
    except ValueError as error:
        raise UsageError(f"This cannot be planned: {error}.") from error
    if me.status.next and not plan.slots:
        raise UsageError(f"At {weekly(hours)} not one unit is done in a century: take more.")
    end = finish(plan)
    me.record(
        "plan.set",
        **{"hours": hours, "from": start.isoformat(), "end": end.isoformat() if end else None},
    )
    return replace(plan, promised=end)


def withdrawn(me: Learner, plan: Plan) -> list[UnitStatus]:
    """Units that a calendar may hold from an earlier plan and this one does not plan: passed or
    skipped since, or of a path that was left."""
    first = next(me.events(kind="plan.set"), None)
    if first is None:
        return []
    chosen = [*me.events(kind="journey.created"), *me.events(kind="path.chosen")]
    paths = {str(event.data.get("path")) for event in chosen}
    followed = {name for path in me.course.paths if path.id in paths for name in path.units}
    added = {str(name) for event in chosen for name in event.data.get("add") or ()}
    done_before = {u.id for u in me.status.units if u.passed_at and u.passed_at < first.time}
    candidates = (followed | added) - {slot.unit for slot in plan.slots} - done_before
    return [unit for unit in me.status.units if unit.written and unit.id in candidates]


def load_plan(me: Learner, today: date) -> Plan | None:
    """The plan made last, laid out again from today; None when there is none."""
    event = me.last("plan.set")
    return again(event, me.status, today) if event else None


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
