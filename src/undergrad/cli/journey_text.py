"""The journey in words for a terminal: pure functions from values to lines.

Every state is a word; colour only repeats it.
"""

import sys
from collections.abc import Iterable, Iterator

import click

from undergrad.cli.terminal import paint, width, wrap
from undergrad.course import ordered_resources
from undergrad.course.models import Course, Unit
from undergrad.journey.models import StageStatus, Status, UnitStatus
from undergrad.words import day, duration

_MARKS = {
    "passed": "[x]",
    "passed an earlier version": "[x]",
    "started": "[~]",
    "skipped": "[-]",
    "not started": "[ ]",
}
_COLOURS = {"passed": "green", "passed an earlier version": "green", "started": "yellow"}


def status_lines(status: Status, notes: Iterable[str] = ()) -> Iterator[str]:
    """Where the learner is: a line a stage, the units of the stage at hand, what comes next.

    notes: finished lines to say before what comes next.
    """
    yield paint(next(wrap(f"{status.journey}: {status.path_title}")), bold=True)
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


def _stage_lines(stage: StageStatus) -> Iterator[str]:
    title = f"{stage.number} {stage.title}"
    if not stage.total:
        tail = "to come"
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
        if unit.stage == stage and unit.written:
            mark = ">  " if unit.id == status.next else _MARKS[unit.state]
            line = f"{unit.id}: {state_words(unit)}"
            for index, part in enumerate(wrap(line, "      ", f"  {mark} ")):
                yield paint(part, _COLOURS.get(unit.state)) if index == 0 else part


def state_words(unit: UnitStatus) -> str:
    """The unit's state with how far it has got, such as `started, 2 of 5 tasks`."""
    if unit.state == "started" and unit.attempts and unit.tasks:
        return f"started, {unit.tasks_passed} of {unit.tasks} tasks"
    if unit.state == "passed" and unit.passed_at:
        return f"passed on {day(unit.passed_at)}"
    return unit.state


def _summary(status: Status) -> Iterator[str]:
    left = f", about {duration(minutes=status.minutes_left)} to go" if status.minutes_left else ""
    yield from wrap(f"{status.passed} of {status.total} units passed{left}.")
    skipped = [unit.id for unit in status.units if unit.state == "skipped"]
    if skipped:
        yield from wrap(f"Skipped for now: {', '.join(skipped)}.")
    older = [unit.id for unit in status.units if unit.state == "passed an earlier version"]
    if older:
        yield from wrap(
            f"Passed an earlier version, its check has changed since: {', '.join(older)}."
        )
    if status.unknown:
        yield from wrap(f"Kept from another version of the course: {', '.join(status.unknown)}.")


def _what_next(status: Status, following: UnitStatus | None) -> Iterator[str]:
    if following:
        yield from wrap(f"Next: {following.title}, {duration(minutes=following.minutes)}.")
        yield "  undergrad next"
    else:
        yield from done_lines(status)


def done_lines(status: Status) -> Iterator[str]:
    """What to do when no unit of the path is open."""
    skipped = [unit for unit in status.units if unit.state == "skipped" and unit.written]
    if skipped:
        yield from wrap("What is left of this path was skipped. Take one up again when you like:")
        yield f"  undergrad show {skipped[0].id}"
    else:
        yield from wrap("Every unit of this path that is written is passed. Build something:")
        yield "  undergrad capstone new supervised NAME"


def unit_lines(
    course: Course, status: Status, unit: Unit, verdicts: dict[int, str], file: str
) -> Iterator[str]:
    """One unit: what it gives, what it builds on, its resources, its tasks and its file."""
    by_id = {each.id: each for each in status.units}
    yield paint(next(wrap(f"{unit.title} ({unit.id})")), bold=True)
    yield from wrap(
        f"{state_words(by_id[unit.id])}; {duration(minutes=unit.minutes.total)}; {unit.stage}"
    )
    yield from _section("Afterwards you can", unit.outcomes)
    needs = [f"{need}: {by_id[need].state}" for need in unit.needs if need in by_id]
    yield from _section("Builds on", needs)
    titles = {each.id: each.title for each in course.resources}
    read = {name: " (read)" for name in status.read}
    ordered = ordered_resources(course, unit, status.lens)
    resources = [f"{name}: {titles.get(name, name)}{read.get(name, '')}" for name in ordered]
    yield from _section("To read or watch", resources)
    tasks = [
        f"{task.number}. {sentence} [{verdicts.get(task.number, 'not checked')}]"
        for task in unit.tasks
        for sentence in task.sentences
    ]
    yield from _section("Tasks", tasks)
    yield ""
    if unit.written:
        yield f"File: {file}"
        yield f"  undergrad check {unit.id}"
    else:
        yield from wrap("This unit is an outline so far; its lesson and exercise are to come.")
        yield "  undergrad next"


def _section(title: str, items: tuple[str, ...] | list[str]) -> Iterator[str]:
    if items:
        yield ""
        yield paint(title, bold=True)
    for item in items:
        yield from wrap(item, "    ", "  - ")
