"""`undergrad path` and `undergrad prefer`: which units in which order, which resources first."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click

from undergrad.cli.completion import complete_paths
from undergrad.cli.context import journey_option, json_option, print_json
from undergrad.cli.questions import ask_all, path_words, pick_path
from undergrad.cli.terminal import is_interactive, paint, say, step, wrap
from undergrad.course import PREFERENCES, Course, LearningPath
from undergrad.errors import UsageError
from undergrad.journey import Learner, Status, learner
from undergrad.plan import Plan, choose, choose_path, choose_preference, finish, set_plan
from undergrad.plan.choose import fit
from undergrad.words import day, left_words, weekly


@click.command("path")
@click.argument("name", metavar="[PATH]", required=False, shell_complete=complete_paths)
@click.option("--ask", is_flag=True, help="Find a path by six short questions.")
@journey_option
@json_option
def path_command(name: str | None, ask: bool, journey: Path | None, as_json: bool) -> None:
    """Show the paths, or change to another. Units are shared, so nothing passed is lost."""
    me = learner(journey)
    before = me.status.path
    if ask:
        ask_and_follow(me)
    elif name:
        choose_path(me, name)
    if as_json:
        print_json(paths_data(me.course, me.status))
    elif name or ask:
        say(_changed_lines(before, me.status))
    else:
        say(path_lines(me.course, me.status))


@click.command("prefer")
@click.argument("name", metavar="[KIND]", required=False)
@journey_option
@json_option
def prefer_command(name: str | None, journey: Path | None, as_json: bool) -> None:
    """Show or choose the kind of material you prefer: video, book or lectures.

    It only puts resources in order, on the pages and in `show`.
    """
    me = learner(journey)
    if name:
        choose_preference(me, name)
    if as_json:
        return print_json({"prefer": me.status.prefer or None})
    say(prefer_lines(me.status.prefer))


def ask_and_follow(me: Learner) -> None:
    """Ask the six questions and do what the answers say. UsageError without a terminal."""
    if not is_interactive():
        raise UsageError(
            "The questions need a terminal; without one choose with `undergrad path PATH`."
        )
    follow(me, ask_all(me.course))


def follow(me: Learner, answers: dict[str, str]) -> None:
    """Record the answers, and the path, preference and goal that follow from them."""
    if not answers:
        return say("Nothing was answered, so nothing changed.", err=True)
    choice = choose(me.course, answers)
    path = pick_path(me.course, answers, choice)
    me.record("questions.answered", answers=answers)
    add, leave = fit(me.course, answers, path)
    choose_path(me, path, add=add, leave=leave)
    if choice.prefer:
        choose_preference(me, choice.prefer)
    if choice.goal:
        me.record("goal.set", goal=choice.goal)
    say(["", f"{path_words(me.course, answers, path)}."], err=True)
    if choice.hours and me.status.next:
        say(_plan_lines(set_plan(me, choice.hours, date.today())), err=True)


def _plan_lines(plan: Plan) -> Iterator[str]:
    end = finish(plan)
    assert end is not None  # a unit was open
    yield f"At {weekly(plan.hours)}, all that is ready is finished on {day(end)}."
    yield from step("For other hours", "undergrad plan --hours H")


def _changed_lines(before: str, status: Status) -> Iterator[str]:
    yield f"Path: {status.path_title}."
    if before != status.path and status.passed:
        yield f"Already passed on it: {status.passed}. What you passed elsewhere stays passed."
    yield from step("Now", "undergrad next")


def path_lines(course: Course, status: Status) -> Iterator[str]:
    """Every path with its hours, the one that is followed marked."""
    for path in course.paths:
        here = path.id == status.path
        first = f"{'>' if here else ' '} {path.id:<15}"
        words = f"{path.title}: {left_words(*_left(status, path))}"
        for number, line in enumerate(wrap(words, " " * 18, first + " ")):
            yield paint(line, bold=True) if here and number == 0 else line
    yield ""
    yield from step("To change", "undergrad path NAME")
    yield "Six questions that find one:"
    yield "  undergrad path --ask"


def _left(status: Status, path: LearningPath) -> tuple[int, int]:
    """Minutes of work left on a path as it would be followed, and its units being written."""
    if path.id == status.path:  # this one as it was fitted to the person
        return status.minutes_left, status.coming
    units = [status.unit(name) for name in path.units]
    open_units = [unit for unit in units if unit.written and unit.state != "skipped"]
    return sum(unit.minutes_left for unit in open_units), sum(not unit.written for unit in units)


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
                "minutes_left": left,
                "coming": coming,
            }
            for path in course.paths
            for left, coming in [_left(status, path)]
        ],
    }


def prefer_lines(chosen: str) -> Iterator[str]:
    """What resources can be ordered by, the chosen one marked."""
    if not chosen:
        yield "Nothing is preferred yet: resources stand in the order of the course."
    for kind, words in PREFERENCES.items():
        yield from wrap(words, " " * 12, f"{'>' if kind == chosen else ' '} {kind:<9} ")
    if not chosen:
        yield from step("Choose one", "undergrad prefer video")
