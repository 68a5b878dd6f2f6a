"""`undergrad plan`: dates for what is left of the path, from hours a week."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from undergrad.cli.context import GivenPath, journey_option, json_option, print_json
from undergrad.cli.terminal import paint, say, short_path, step, wrap
from undergrad.errors import UsageError
from undergrad.files import STDOUT, output, refuse_foreign_file
from undergrad.journey import Learner, Status, count, events, learner
from undergrad.plan import (
    CALENDAR,
    Plan,
    Slot,
    finish,
    lay_out,
    load_plan,
    set_plan,
    to_ics,
    withdrawn,
)
from undergrad.words import day, duration, plural, short_day, weekly

_WISHES = (3, 6, 12)  # hours a week
_SHOWN = 8


class _Date(click.ParamType[date]):
    """A day as `2026-11-23`."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"`{value}` is not a date; write it as 2026-11-23.", param, ctx)


@click.command("plan")
@click.option("--hours", "--hours-per-week", "hours", type=float, metavar="H", help="Hours a week.")
@click.option(
    "--from", "start", type=_Date(), metavar="DATE", help="The first day; today if left out."
)
@click.option(
    "--ics",
    type=GivenPath(),
    metavar="FILE",
    help="Also write the plan as a calendar file; - is standard output.",
)
@journey_option
@json_option
def plan_command(
    hours: float | None,
    start: date | None,
    ics: Path | None,
    journey: Path | None,
    as_json: bool,
) -> None:
    """Plan what is left of your path over the calendar: always from today, without arrears."""
    me, today = learner(journey), date.today()
    if ics and ics != STDOUT:
        refuse_foreign_file(ics, CALENDAR)  # before a plan is recorded
    plan = load_plan(me, today)
    if hours is not None or (start and plan):
        kept = plan.hours if plan else 0
        plan = set_plan(me, kept if hours is None else hours, start or today)
    if plan is None and (ics or start):
        raise UsageError("There is no plan yet: say how many hours a week, `--hours 6`.")
    if as_json:
        print_json(plan_data(plan), err=ics == STDOUT)
    else:
        lines = plan_lines(plan, me.status, hint=not ics) if plan else wish_lines(me.status, today)
        say(lines, err=ics == STDOUT)
    if ics and plan:
        _write_ics(me, plan, ics)
        if ics != STDOUT and not as_json:
            say(_advice(ics))


def _write_ics(me: Learner, plan: Plan, file: Path) -> None:
    gone = withdrawn(me, plan)
    if not (plan.slots or gone):
        raise UsageError("Nothing is left to plan on this path, so no calendar file was written.")
    name = next(events(me.journey)).uuid  # of the first event: no other journey has it
    content = to_ics(plan, name, count(me.journey), datetime.now().astimezone(), gone)
    with output(file, CALENDAR) as target:
        target.write(content)


def _advice(file: Path) -> str:
    return (
        f"The calendar file is {short_path(file)}. After a change, write it again and import"
        " it: its entries move, finished ones are removed, and none is doubled."
    )


def plan_lines(plan: Plan, status: Status, *, hint: bool) -> Iterator[str]:
    """The plan: one line per unit for the next ones, then the end.

    hint: say how to put it into a calendar.
    """
    yield paint(f"{status.path_title}, {weekly(plan.hours)}", bold=True)
    year = date.today().year
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
    yield f"Finished on {day(end)}."
    if plan.promised and abs((end - plan.promised).days) > 1:
        moved = "later" if end > plan.promised else "sooner"
        days = plural(abs((end - plan.promised).days), "day")
        yield f"Laid out again from today: {days} {moved}."
    if plan.unwritten:
        yield (f"Not in the plan yet: {plural(plan.unwritten, 'unit')} being written.")


def wish_lines(status: Status, today: date) -> Iterator[str]:
    """Without a plan: where some numbers of hours would lead."""
    yield "No plan yet. What is left of your path would take until"
    for a_week in _WISHES:
        end = finish(lay_out(status, a_week, today))
        yield f"  {weekly(a_week):>16}  {day(end) if end else 'today'}"
    yield ""
    yield from step("Choose", "undergrad plan --hours 6")


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
