"""Drills: a unit's exercise again from a blank file, in a file of its own, against the clock.

The file that passed stays where it is and is not read until the end, when it stands beside the
new one. A drill can be left and resumed; its time is the time spent with it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

from undergrad.course.models import Unit
from undergrad.files import disk_errors, write_new
from undergrad.journey import Journey, Learner, blank_exercise
from undergrad.recap.items import drill_id
from undergrad.recap.records import record_answer


@dataclass(frozen=True)
class Drill:
    """A drill that was started and is not finished."""

    unit: str
    file: Path
    started: datetime
    seconds: float = 0.0  # spent in sessions that were left
    checks: int = 0


def open_drill(me: Learner, unit: Unit) -> Drill | None:
    """The drill of this unit that waits to be finished, if there is one and its file is there."""
    started, finished = me.last("drill.started", unit.id), me.last("drill.finished", unit.id)
    if started is None or (finished and finished.sequence > started.sequence):
        return None
    file = me.journey.root / str(started.data.get("file", ""))
    if not file.is_file():
        return None
    drill = Drill(unit.id, file, datetime.fromisoformat(started.time))
    left = me.last("drill.left", unit.id)
    match left.data if left and left.sequence > started.sequence else None:
        case {"seconds": int() | float() as seconds, "checks": int(checks)}:
            return replace(drill, seconds=float(seconds), checks=checks)
    return drill


def start_drill(me: Learner, unit: Unit) -> Drill:
    """Write the blank exercise into a file of today and record it.

    Raises UsageError for a unit that is not written, StoreError when the disk refuses.
    """
    file = _new_file(me.journey, unit, blank_exercise(unit))
    name = file.relative_to(me.journey.root).as_posix()
    event = me.record("drill.started", unit.id, file=name)
    return Drill(unit.id, file, datetime.fromisoformat(event.time))


def leave_drill(me: Learner, drill: Drill) -> None:
    """Keep the time spent so far, to resume another day."""
    me.record("drill.left", drill.unit, seconds=round(drill.seconds, 1), checks=drill.checks)


def finish_drill(me: Learner, drill: Drill, *, passed: int, tasks: int) -> str:
    """Record how it went and when to drill again; returns the rating."""
    rating = drill_rating(passed, tasks, drill.checks)
    me.record(
        "drill.finished",
        drill.unit,
        passed=passed,
        tasks=tasks,
        seconds=round(drill.seconds, 1),
        checks=drill.checks,
        file=drill.file.relative_to(me.journey.root).as_posix(),
    )
    record_answer(me, drill.unit, drill_id(drill.unit), rating)
    return rating


def drill_rating(passed: int, tasks: int, checks: int) -> str:
    """`easy` at the first check, `good` with up to one check a task, `hard` after more."""
    if passed < tasks:
        return "again"
    if checks <= 1:
        return "easy"
    return "good" if checks <= max(2, tasks) else "hard"


def since_start(drill: Drill) -> Drill:
    """The drill with all time since it started, for where no session kept the clock."""
    return replace(drill, seconds=max(0.0, (datetime.now(UTC) - drill.started).total_seconds()))


def earlier_version(me: Learner, unit: Unit, drill: Drill) -> Path | None:
    """What to set beside a drill: the exercise that passed, unless it is gone or blank again.

    In that case the newest earlier drill.
    """
    exercise = me.exercise(unit)
    if exercise.is_file() and exercise.read_bytes() != blank_exercise(unit):
        return exercise
    names = (
        str(event.data.get("file", ""))
        for event in me.events(kind="drill.finished", subject=unit.id, newest_first=True)
    )
    files = (me.journey.root / name for name in names if name)
    return next((file for file in files if file.is_file() and file != drill.file), None)


def _new_file(journey: Journey, unit: Unit, blank: bytes) -> Path:
    stem = f"{unit.module}-{date.today():%Y-%m-%d}"
    with disk_errors(journey.drills):
        for number in count(1):
            file = journey.drills / (f"{stem}.py" if number == 1 else f"{stem}-{number}.py")
            if write_new(file, blank):
                return file
    raise AssertionError("count never ends")
