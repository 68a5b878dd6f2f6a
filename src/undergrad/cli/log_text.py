"""The history in words for a terminal."""

from collections.abc import Iterator, Mapping

from undergrad.cli.terminal import paint, wrap
from undergrad.journey.models import Event
from undergrad.journey.timeline import DayOfWork, Spent, local_time
from undergrad.words import RATINGS, day, duration, plural

_RATINGS = {number: word for word, number in RATINGS.items()}


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
    """A line a unit: time, checks, hints, drills."""
    if not found:
        yield "No unit has been begun yet:"
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
        yield from wrap(f"{each.unit}: {words or 'begun'}", " " * len(first), first)
    total = sum(each.minutes for each in found)
    yield ""
    yield from wrap(
        f"{duration(minutes=total)} in all. Counted between commands, without pauses of over"
        " 45 minutes, so the truth is rather more."
    )


def what_happened(event: Event) -> str:
    """One event as a short sentence without its subject's details."""
    name, data = event.subject, event.data
    words = {
        "journey.created": "journey begun",
        "path.chosen": f"path chosen: {data.get('path')}",
        "goal.set": f"goal set: {data.get('goal')}",
        "lens.chosen": f"lens chosen: {data.get('lens')}",
        "plan.set": f"plan made: {data.get('hours')} hours a week from {data.get('from')}",
        "questions.answered": "destination questions answered",
        "unit.started": f"{name} started",
        "check.finished": f"{name} checked: {event.outcome}",
        "hint.shown": f"{name}: {_hinted(data)}",
        "solution.shown": f"{name}: solution shown",
        "resource.read": f"{name} read",
        "recall.answered": f"{name}: {_recalled(event)}",
        "drill.started": f"{name}: drill begun",
        "drill.left": f"{name}: drill left for later",
        "drill.finished": f"{name}: drill, {data.get('passed')} of {data.get('tasks')} tasks pass",
        "unit.skipped": f"{name} left for later" + _because(data.get("because")),
        "unit.reset": f"{name} begun again",
        "unit.noted": f"{name}: note: {data.get('text')}",
        "run.finished": f"training {name} finished: {data.get('verdict')}",
        "capstone.created": f"capstone {name} begun",
        "capstone.checked": f"capstone {name} checked",
        "store.restored": f"progress restored: {data.get('restored')} events",
    }
    return words.get(event.kind, f"{event.kind} {name}".rstrip())


def _hinted(data: Mapping[str, object]) -> str:
    """`hint 2 of task 3`; a passed unit shows all of its hints at once."""
    task = data.get("task")
    return "all hints" if task == "all" else f"hint {data.get('rung')} of task {task}"


def _recalled(event: Event) -> str:
    rating = event.data.get("rating")
    known = _RATINGS.get(rating, "answered") if isinstance(rating, int) else "answered"
    item = str(event.data.get("item"))
    return f"drill rated {known}" if item.startswith("drill:") else f"recalled {item}: {known}"


def _because(reason: object) -> str:
    return f": {reason}" if reason else ""
