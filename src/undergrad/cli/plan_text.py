"""Paths, plan and suggestions in words for a terminal, and as data for programs."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from undergrad.cli.terminal import paint, wrap
from undergrad.course import LENSES
from undergrad.course.models import Course, LearningPath
from undergrad.journey.models import Status
from undergrad.journey.progress import PASSED
from undergrad.plan import Plan, Slot, Suggestion, finish, lay_out
from undergrad.words import day, duration, plural, short_day

_WISHES = (3, 6, 12)  # hours a week
_SHOWN = 8


def path_lines(course: Course, status: Status) -> Iterator[str]:
    """Every path with its hours, the one that is followed marked."""
    for path in course.paths:
        here = path.id == status.path
        first = f"{'>' if here else ' '} {path.id:<15}"
        left = _minutes_left(status, path)
        words = f"{path.title}: {duration(minutes=left)} left" if left else f"{path.title}: done"
        for number, line in enumerate(wrap(words, " " * 18, first + " ")):
            yield paint(line, bold=True) if here and number == 0 else line
    yield ""
    yield "Change over: undergrad path NAME"
    yield "Six questions that find one:"
    yield "  undergrad path --ask"


def _minutes_left(status: Status, path: LearningPath) -> int:
    """Of all units that are not passed, the unwritten ones too."""
    by_id = {unit.id: unit for unit in status.units}
    units = [by_id[name] for name in path.units]
    return sum(unit.minutes for unit in units if unit.state not in PASSED)


def paths_data(course: Course, status: Status) -> dict[str, Any]:
    """The paths for programs."""
    return {
        "path": status.path,
        "units": [unit.id for unit in status.units if unit.on_path],
        "paths": [
            {
                "id": path.id,
                "title": path.title,
                "for_whom": path.for_whom,
                "minutes_left": _minutes_left(status, path),
            }
            for path in course.paths
        ],
    }


def lens_lines(chosen: str) -> Iterator[str]:
    """The lenses, the chosen one marked."""
    if not chosen:
        yield from wrap("No lens yet: resources stand in the order of the course.")
    for lens, words in LENSES.items():
        yield from wrap(words, " " * 12, f"{'>' if lens == chosen else ' '} {lens:<9} ")
    if not chosen:
        yield "Choose one: undergrad lens video"


def plan_lines(plan: Plan, status: Status, today: date, *, hint: bool) -> Iterator[str]:
    """The plan: a line a unit for the next ones, then the end; hint: and how to carry it away."""
    yield paint(next(wrap(f"{status.path_title}, {plan.hours:g} hours a week")), bold=True)
    year = today.year
    for slot in plan.slots[:_SHOWN]:
        if slot.first.year != year:
            year = slot.first.year
            yield f"  {year}"
        yield from _slot_lines(slot)
    if rest := len(plan.slots) - _SHOWN:
        yield from [f"  ... and {plural(rest, 'more unit')}"] if rest > 0 else []
    yield ""
    yield from _end_lines(plan)
    if hint and plan.slots:
        yield "For your calendar:"
        yield "  undergrad plan --ics plan.ics"


def _slot_lines(slot: Slot) -> Iterator[str]:
    span = short_day(slot.first)
    if slot.first != slot.last:
        span += f" to {short_day(slot.last)}"
    yield from wrap(f"{slot.title}, {duration(minutes=slot.minutes)}", " " * 20, f"  {span:<17} ")


def _end_lines(plan: Plan) -> Iterator[str]:
    end = finish(plan)
    if end is None:
        yield "Nothing is left to plan on this path."
        return
    yield f"Through on {day(end)}."
    if plan.promised and abs((end - plan.promised).days) > 1:
        moved = "later" if end > plan.promised else "sooner"
        yield from wrap(
            f"Laid out anew from today: {abs((end - plan.promised).days)} days {moved}."
        )
    if plan.unwritten:
        yield from wrap(
            f"{plural(plan.unwritten, 'unit')} of the path not written yet, and not in the plan."
        )


def wish_lines(status: Status, today: date) -> Iterator[str]:
    """Without a plan: where some numbers of hours would lead."""
    yield from wrap("No plan yet. What is left of your path would take until")
    for a_week in _WISHES:
        end = finish(lay_out(status, a_week, today))
        yield f"  {a_week:>3} hours a week  {day(end) if end else 'today'}"
    yield ""
    yield "Choose: undergrad plan --hours 6"


def plan_note(plan: Plan | None) -> Iterator[str]:
    """One line for `status`."""
    end = finish(plan) if plan else None
    if plan and end:
        yield from wrap(f"Plan: through on {day(end)} at {plan.hours:g} hours a week.")


def plan_data(plan: Plan | None) -> dict[str, Any]:
    """The plan for programs; `{"plan": null}` without one."""
    if plan is None:
        return {"plan": None}
    end = finish(plan)
    return {
        "plan": {
            "hours": plan.hours,
            "from": plan.start.isoformat(),
            "end": end.isoformat() if end else None,
            "unwritten": plan.unwritten,
            "units": [
                {
                    "unit": slot.unit,
                    "minutes": slot.minutes,
                    "first": slot.first.isoformat(),
                    "last": slot.last.isoformat(),
                }
                for slot in plan.slots
            ],
        }
    }


def suggestion_lines(found: Iterable[Suggestion]) -> Iterator[str]:
    """Units to take up again; the first is enough."""
    for each in list(found)[:1]:
        yield from wrap(f"Worth another look: {each.title} ({each.because}).")
        yield f"  undergrad show {each.unit}"
