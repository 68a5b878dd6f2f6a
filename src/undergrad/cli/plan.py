"""`undergrad plan`: dates for what is left of the path, from hours a week."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from undergrad.cli.shared import journey_option, json_option, opened, print_json

if TYPE_CHECKING:
    from undergrad.journey import Journey
    from undergrad.plan import Plan


class _Date(click.ParamType[date]):
    """A day as `2026-11-23`."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"`{value}` is no date; write it as 2026-11-23.", param, ctx)


@click.command("plan")
@click.option("--hours", "--hours-per-week", "hours", type=float, metavar="H", help="Hours a week.")
@click.option(
    "--from", "start", type=_Date(), metavar="DATE", help="The first day; today if left out."
)
@click.option(
    "--ics",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write the plan as a calendar file.",
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
    """Lay what is left of your path over the calendar. Always from today, without arrears."""
    from undergrad.cli.plan_text import plan_data, plan_lines, wish_lines
    from undergrad.cli.terminal import say
    from undergrad.errors import UsageError
    from undergrad.journey import load_status
    from undergrad.plan import load_plan, set_plan

    here, course = opened(journey)
    status, today = load_status(here, course), date.today()
    plan = load_plan(here, status, today)
    if hours is not None or (start and plan):
        plan = set_plan(here, course, hours or (plan.hours if plan else 0), start or today)
    if plan is None and (ics or start):
        raise UsageError("There is no plan yet: say how many hours a week, `--hours 6`.")
    if as_json:
        return print_json(plan_data(plan))
    say(plan_lines(plan, status, today, hint=not ics) if plan else wish_lines(status, today))
    if ics and plan:
        _write_ics(here, plan, ics)


def _write_ics(journey: "Journey", plan: "Plan", file: Path) -> None:
    from undergrad.errors import StoreError, UsageError
    from undergrad.journey import count, events
    from undergrad.plan import to_ics

    if not plan.slots:
        raise UsageError("Nothing is left to plan on this path, so no calendar file was written.")
    name = next(events(journey)).uuid  # of the first event: no other journey has it
    content = to_ics(plan, name, count(journey), datetime.now().astimezone())
    try:
        file.write_bytes(content)
    except OSError as error:
        raise StoreError(f"{file} cannot be written ({error.strerror}): name another.") from error
    click.echo(f"Calendar file: {click.format_filename(file)}. Read it anew after a change;")
    click.echo("its entries then move and none is doubled.")
