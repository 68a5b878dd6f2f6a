"""`undergrad status` and `undergrad next`: where you are, and what to do now.

Every state is a word; colour only repeats it.
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from undergrad.cli.completion import complete_units
from undergrad.cli.context import journey_option, json_option, print_json
from undergrad.cli.terminal import paint, say, short_path, step, width, wrap
from undergrad.course import Unit
from undergrad.journey import Learner, StageStatus, Status, UnitStatus, learner
from undergrad.plan import Plan, Suggestion, finish, load_plan, suggestions
from undergrad.words import day, duration, left_words, listing, plural, weekly

_MARKS = {
    "passed": "[x]",
    "passed an earlier version": "[x]",
    "started": "[~]",
    "skipped": "[-]",
    "not started": "[ ]",
}
_COLOURS = {"passed": "green", "passed an earlier version": "green", "started": "yellow"}


@click.command("status")
@journey_option
@json_option
def status_command(journey: Path | None, as_json: bool) -> None:
    """Show where you are."""
    me = learner(journey)
    if as_json:
        print_json(me.status)
    else:
        say(status_lines(me.status, _notes(me)))


@click.command("next")
@click.argument("name", metavar="[UNIT]", shell_complete=complete_units, required=False)
@journey_option
@json_option
def next_command(name: str | None, journey: Path | None, as_json: bool) -> None:
    """Show what to do next, and create the blank exercise when it is missing.

    With the name of a UNIT: begin that one before its turn.
    """
    me = learner(journey)
    before = me.status
    wanted = me.course.unit(name).id if name else before.next
    if wanted is None:
        return print_json({"unit": None}) if as_json else say(done_lines(before))
    unit, standing = me.course.unit(wanted), before.unit(wanted)
    file = me.start(unit)
    if as_json:
        print_json(next_data(unit, standing, file))
    else:
        say(_next_lines(unit, standing, short_path(file)))
        say(suggestion_lines(suggestions(me.course, before, datetime.now().astimezone())))


def next_data(unit: Unit, standing: UnitStatus, file: Path) -> dict[str, Any]:
    """What to do now, for programs."""
    return {
        "unit": unit.id,
        "title": unit.title,
        "state": standing.state,
        "minutes": unit.minutes.total,
        "file": str(file),
        "command": f"undergrad check {unit.id}",
    }


def status_lines(status: Status, notes: Iterable[str] = ()) -> Iterator[str]:
    """Where the learner is: one line per stage, the units of the stage at hand, what comes next.

    notes: finished lines to say before what comes next.
    """
    yield paint(f"{status.journey}: {status.path_title}", bold=True)
    if status.goal:
        yield from wrap(f"Goal: {status.goal}", "      ", "")
    yield ""
    following = next((unit for unit in status.units if unit.id == status.next), None)
    for stage in status.stages:
        yield from _stage_lines(stage)
        if following and following.stage == stage.id:
            yield from _unit_lines(status, stage.id)
    yield ""
    yield from _summary(status)
    yield from notes
    yield from _what_next(status, following)


def done_lines(status: Status) -> Iterator[str]:
    """What to do when no unit of the path is open."""
    if status.skipped:
        yield f"{status.done_sentence} Take a unit up again when you like:"
        yield f"  undergrad show {status.skipped[0].id}"
    else:
        yield f"{status.done_sentence} Build something:"
        yield "  undergrad capstone new supervised NAME"


def suggestion_lines(found: Iterable[Suggestion]) -> Iterator[str]:
    """Units to take up again; the first is enough."""
    for each in list(found)[:1]:
        yield f"Worth another look: {each.title} ({each.because})."
        yield f"  undergrad show {each.unit}"


def _notes(me: Learner) -> Iterator[str]:
    """What `status` says between the summary and the next unit: the plan, what comes back, and
    the pieces of the engine that the next unit builds."""
    yield from _plan_note(load_plan(me, date.today()))
    yield from suggestion_lines(suggestions(me.course, me.status, datetime.now().astimezone()))
    parts = me.course.unit(me.status.next).parts if me.status.next else ()
    if parts:
        names = listing((part.name.rpartition(".")[2] for part in parts), most=4)
        yield f"The next unit builds parts of your engine: {names}."


def _plan_note(plan: Plan | None) -> Iterator[str]:
    end = finish(plan) if plan else None
    if plan and end:
        yield f"Plan: finished on {day(end)} at {weekly(plan.hours)}."


def _stage_lines(stage: StageStatus) -> Iterator[str]:
    title = f"{stage.number} {stage.title}"
    if not stage.total:
        tail = stage.rest
    else:
        tail = f"{_bar(stage.passed, stage.total)} {stage.passed} of {stage.total}"
    gap = width() - len(title) - len(click.unstyle(tail))
    if gap >= 2:
        yield title + " " * gap + tail
    else:
        yield from wrap(title, "  ", "")
        yield "  " + tail


def _bar(passed: int, total: int, length: int = 12) -> str:
    full = length * passed // total
    encoding = (sys.stdout.encoding or "").lower()
    done, left = ("█", "░") if encoding.startswith("utf") else ("#", ".")
    return paint(done * full, "green") + left * (length - full)


def _unit_lines(status: Status, stage: str) -> Iterator[str]:
    for unit in status.units:
        if unit.stage == stage and unit.written and (unit.on_path or unit.attempts):
            mark = ">  " if unit.id == status.next else _MARKS[unit.state]
            line = f"{unit.id}: {unit.sentence}"
            for index, part in enumerate(wrap(line, "      ", f"  {mark} ")):
                yield paint(part, _COLOURS.get(unit.state)) if index == 0 else part


def _summary(status: Status) -> Iterator[str]:
    left = left_words(status.minutes_left, status.coming)
    yield f"{status.passed} of {plural(status.total, 'unit')} passed, {left}."
    skipped = [unit.id for unit in status.units if unit.state == "skipped"]
    if skipped:
        yield f"Skipped for now: {', '.join(skipped)}."
    older = [unit.id for unit in status.units if unit.state == "passed an earlier version"]
    if older:
        yield f"Passed an earlier version, its check has changed since: {', '.join(older)}."
    if status.unknown:
        yield f"Kept from another version of the course: {', '.join(status.unknown)}."


def _what_next(status: Status, following: UnitStatus | None) -> Iterator[str]:
    if following:
        yield f"Next: {following.title}, {duration(minutes=following.minutes)}."
        yield "  undergrad next"
    else:
        yield from done_lines(status)


def _next_lines(unit: Unit, standing: UnitStatus, file: str) -> Iterator[str]:
    takes = duration(minutes=unit.minutes.total)
    yield from wrap(f"{unit.title}: {takes}, {standing.sentence}.", "  ", "")
    if standing.attempts:
        yield from wrap(f"Continue in {file}.", "  ", "")
    else:
        yield from wrap(f"Read the lesson (`undergrad serve`), then fill in {file}.", "  ", "")
    yield from step("Then", f"undergrad check {unit.id}")
