"""`undergrad show`: one unit, as lines for a terminal and as data for programs."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from undergrad import extras
from undergrad.cli.completion import complete_units
from undergrad.cli.context import journey_option, json_option, print_json
from undergrad.cli.terminal import paint, say, short_path, wrap
from undergrad.course import Unit, ordered_resources
from undergrad.journey import Learner, learner, task_verdicts
from undergrad.words import VERDICTS, duration


@click.command("show")
@click.argument("name", metavar="UNIT", shell_complete=complete_units)
@journey_option
@json_option
def show_command(name: str, journey: Path | None, as_json: bool) -> None:
    """Show one unit: outcomes, what it builds on, resources, tasks, your file."""
    me = learner(journey)
    unit = me.course.unit(name)
    if as_json:
        print_json(unit_data(me, unit))
    else:
        say(unit_lines(me, unit))


def unit_lines(me: Learner, unit: Unit) -> Iterator[str]:
    """One unit: what it gives, what it builds on, its resources, its tasks and its file."""
    by_id = me.status.by_id
    yield paint(f"{unit.title} ({unit.id})", bold=True)
    takes = duration(minutes=unit.minutes.total)
    yield f"{by_id[unit.id].sentence}; {takes}; {unit.stage}"
    yield from _section("After this unit you can", unit.outcomes)
    needs = (f"{need}: {by_id[need].label}" for need in unit.needs if need in by_id)
    yield from _section("Builds on", needs)
    yield from _section("Still to install", _missing(unit))
    yield from _section("To read or watch", _resources(me, unit))
    yield from _section("Tasks", _tasks(me, unit))
    yield ""
    if unit.written:
        yield f"File: {short_path(me.exercise(unit))}"
        yield f"  undergrad check {unit.id}"
    else:
        yield "This unit is an outline so far; its lesson and exercise are to come."
        yield "  undergrad next"


def unit_data(me: Learner, unit: Unit) -> dict[str, Any]:
    """The unit for programs. Hints and recall answers stay out: each is shown when asked for."""
    by_id = me.status.by_id
    resources = {each.id: each for each in me.course.resources}
    verdicts = task_verdicts(by_id[unit.id].last_check)
    file = me.exercise(unit)
    return {
        **asdict(by_id[unit.id]),
        "outcomes": unit.outcomes,
        "needs": [{"id": need, "state": by_id[need].state} for need in unit.needs],
        "resources": [
            {**asdict(resources[each.id]), "part": each.part, "read": each.id in me.status.read}
            for each in ordered_resources(me.course, unit, me.status.prefer)
        ],
        "task_list": [
            {
                "number": task.number,
                "sentences": task.sentences,
                "verdict": verdicts.get(task.number),
            }
            for task in unit.tasks
        ],
        "file": str(file),
        "file_exists": file.exists(),
    }


def _missing(unit: Unit) -> Iterator[str]:
    if unit.extra and extras.missing(unit.extra):
        yield extras.advice("Its exercise", unit.extra)


def _resources(me: Learner, unit: Unit) -> Iterator[str]:
    for each in ordered_resources(me.course, unit, me.status.prefer):
        part = f", {each.part}" if each.part else ""
        read = " (read)" if each.id in me.status.read else ""
        yield f"{each.id}: {me.course.resource(each.id).title}{part}{read}"


def _tasks(me: Learner, unit: Unit) -> Iterator[str]:
    verdicts = task_verdicts(me.status.unit(unit.id).last_check)
    for task in unit.tasks:
        found = verdicts.get(task.number, "not checked")
        for sentence in task.sentences:
            yield f"{task.number}. {sentence} [{VERDICTS.get(found, found)}]"


def _section(title: str, items: Iterable[str]) -> Iterator[str]:
    for number, item in enumerate(items):
        if number == 0:
            yield ""
            yield paint(title, bold=True)
        yield from wrap(item, "    ", "  - ")
