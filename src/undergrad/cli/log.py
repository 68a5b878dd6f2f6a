"""`undergrad log`: what happened, day by day, and how long each unit took."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import click

from undergrad.cli.completion import complete_units
from undergrad.cli.context import journey_option, json_option, print_json
from undergrad.cli.terminal import paint, say, wrap
from undergrad.journey import Event, Learner, learner
from undergrad.journey.timeline import DayOfWork, Spent, local_time, newest_days, spent
from undergrad.words import RATINGS, VERDICTS, day, duration, plural, weekly

_RATINGS = {number: word for word, number in RATINGS.items()}


@click.command("log")
@click.argument("name", metavar="[UNIT]", required=False, shell_complete=complete_units)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="Events.",
)
@click.option("--times", is_flag=True, help="Time, checks, hints and drills of each unit instead.")
@journey_option
@json_option
def log_command(
    name: str | None, limit: int, times: bool, journey: Path | None, as_json: bool
) -> None:
    """Show the history of this journey, the newest first; of one UNIT when it is named."""
    me = learner(journey)
    if times:
        _say_times(me, name, as_json)
    else:
        _say_history(me, name, limit, as_json)


def _say_history(me: Learner, name: str | None, limit: int, as_json: bool) -> None:
    subject = me.course.unit(name).id if name else None
    history = list(islice(me.events(subject=subject, newest_first=True), limit + 1))
    if as_json:
        return print_json([asdict(event) for event in history[:limit]])
    say(history_lines(newest_days(history[:limit]), cut=len(history) > limit))


def _say_times(me: Learner, name: str | None, as_json: bool) -> None:
    wanted = [me.course.unit(name).id] if name else [each.id for each in me.course.units]
    found = spent(me.events(), wanted, dict(me.course.aliases))
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        say(times_lines(found))


def history_lines(days: list[DayOfWork], *, cut: bool) -> Iterator[str]:
    """Day by day, the newest first. cut: the last day has more events than these."""
    if not days:
        yield "Nothing has happened here yet."
    for number, each in enumerate(days):
        if number:
            yield ""
        whole = number + 1 < len(days) or not cut
        yield from _day_lines(each, whole=whole)
    if cut:
        yield "           ..."


def _day_lines(each: DayOfWork, *, whole: bool) -> Iterator[str]:
    """One day, on the learner's clock of that time; its hours when all of it is known."""
    took = f", {duration(minutes=each.minutes)} at work" if whole and each.minutes >= 1 else ""
    for line in wrap(f"{each.day:%A}, {day(each.day)}{took}"):
        yield paint(line, bold=True)
    for event in reversed(each.events):
        yield from wrap(what_happened(event), " " * 9, f"  {local_time(event):%H:%M}  ")


def times_lines(found: list[Spent]) -> Iterator[str]:
    """One line per unit: time, checks, hints, drills."""
    if not found:
        yield "No unit has been started yet:"
        yield "  undergrad next"
        return
    for each in found:
        counts = [
            (each.checks, "check"),
            (each.hints, "hint"),
            (each.drills, "drill"),
            (each.recalled, "answer"),
        ]
        words = ", ".join(plural(number, word) for number, word in counts if number)
        first = f"  {duration(minutes=each.minutes):>8}  "
        yield from wrap(f"{each.unit}: {words or 'started'}", " " * len(first), first)
    total = sum(each.minutes for each in found)
    yield ""
    yield (
        f"{duration(minutes=total)} in all. Counted between commands, without pauses of over"
        " 45 minutes, so the truth is rather more."
    )


def what_happened(event: Event) -> str:
    """One event as a short sentence without its subject's details."""
    name, data = event.subject, event.data
    words = {
        "journey.created": "journey created",
        "path.chosen": f"path chosen: {data.get('path')}",
        "goal.set": f"goal set: {data.get('goal')}",
        "lens.chosen": f"preference chosen: {data.get('lens')}",
        "plan.set": f"plan made: {_weekly(data.get('hours'))} from {data.get('from')}",
        "questions.answered": "destination questions answered",
        "unit.started": f"{name} started",
        "check.finished": f"{name} checked: {VERDICTS.get(event.outcome, event.outcome)}",
        "hint.shown": f"{name}: {_hinted(data)}",
        "solution.shown": f"{name}: solution shown",
        "resource.read": f"{name} read",
        "recall.answered": f"{name}: {_recalled(event)}",
        "drill.started": f"{name}: drill started",
        "drill.left": f"{name}: drill paused",
        "drill.finished": f"{name}: drill, {data.get('passed')} of "
        f"{_counted(data.get('tasks'), 'task')} pass",
        "unit.skipped": f"{name} skipped" + _because(data.get("because")),
        "unit.reset": f"{name} started again",
        "unit.noted": f"{name}: note: {data.get('text')}",
        "run.finished": f"run {name} finished: {data.get('verdict')}",
        "capstone.created": f"capstone {name} created",
        "capstone.checked": f"capstone {name} checked",
        "class.joined": f"joined the class {name}",
        "class.left": f"left the class {name}",
        "class.pushed": f"{name}: {_pushed(data)}",
        "store.restored": f"progress restored: {_counted(data.get('restored'), 'event')}",
    }
    return words.get(event.kind, f"{event.kind} {name}".rstrip())


def _hinted(data: Mapping[str, object]) -> str:
    """`hint 2 of task 3`; a passed unit shows all of its hints at once."""
    task = data.get("task")
    return "all hints" if task == "all" else f"hint {data.get('rung')} of task {task}"


def _pushed(data: Mapping[str, object]) -> str:
    """A push has a receipt; a file has none."""
    uuids = data.get("uuids")
    count = len(uuids) if isinstance(uuids, list) else 0
    return f"{plural(count, 'event')} pushed" if data.get("position") else "code written to a file"


def _recalled(event: Event) -> str:
    rating = event.data.get("rating")
    known = _RATINGS.get(rating, "answered") if isinstance(rating, int) else "answered"
    item = str(event.data.get("item"))
    return f"drill rated {known}" if item.startswith("drill:") else f"recalled {item}: {known}"


def _counted(number: object, word: str) -> str:
    """`3 tasks`; `None tasks` for a record of another shape, which must stop no command."""
    return plural(number, word) if isinstance(number, int) else f"{number} {word}s"


def _weekly(hours: object) -> str:
    return weekly(hours) if isinstance(hours, int | float) else f"{hours} hours a week"


def _because(reason: object) -> str:
    return f": {reason}" if reason else ""
