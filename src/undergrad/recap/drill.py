"""Drills: a unit's exercise once more from blank, in a file of its own, against the clock.

The file that passed stays where it is and is not read until the end, when it stands beside the
new one. A drill can be left and taken up again; its time is the time spent with it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

from undergrad.course.models import Course, Unit
from undergrad.errors import StoreError
from undergrad.journey import Event, Journey, append, blank_exercise, events, exercise_path
from undergrad.journey.files import write_new
from undergrad.recap.items import drill_id
from undergrad.recap.records import record_answer


@dataclass(frozen=True)
class Drill:
    """A drill that was begun and is not finished."""

    unit: str
    file: Path
    begun: datetime
    seconds: float = 0.0  # spent in sessions that were left
    checks: int = 0


def open_drill(journey: Journey, unit: Unit) -> Drill | None:
    """The drill of this unit that waits to be finished, if there is one and its file is there."""
    started = _newest(journey, "drill.started", unit)
    finished = _newest(journey, "drill.finished", unit)
    if started is None or (finished and finished.sequence > started.sequence):
        return None
    file = journey.root / str(started.data.get("file", ""))
    if not file.is_file():
        return None
    drill = Drill(unit.id, file, datetime.fromisoformat(started.time))
    left = _newest(journey, "drill.left", unit)
    match left.data if left and left.sequence > started.sequence else None:
        case {"seconds": int() | float() as seconds, "checks": int(checks)}:
            return replace(drill, seconds=float(seconds), checks=checks)
    return drill


def begin_drill(journey: Journey, unit: Unit, course: Course) -> Drill:
    """Lay the blank exercise in a file of today and record it.

    Raises UsageError for a unit that is not written, StoreError when the disk refuses.
    """
    file = _lay(journey, unit, blank_exercise(unit))
    data = {"file": file.relative_to(journey.root).as_posix()}
    event = append(journey, "drill.started", unit.id, data, course=course)
    return Drill(unit.id, file, datetime.fromisoformat(event.time))


def leave_drill(journey: Journey, drill: Drill, course: Course) -> None:
    """Keep the time spent so far, to go on another day."""
    data = {"seconds": round(drill.seconds, 1), "checks": drill.checks}
    append(journey, "drill.left", drill.unit, data, course=course)


def finish_drill(journey: Journey, drill: Drill, course: Course, *, passed: int, tasks: int) -> str:
    """Record how it went and when to drill again; returns the rating."""
    rating = drill_rating(passed, tasks, drill.checks)
    data = {
        "passed": passed,
        "tasks": tasks,
        "seconds": round(drill.seconds, 1),
        "checks": drill.checks,
        "file": drill.file.relative_to(journey.root).as_posix(),
    }
    append(journey, "drill.finished", drill.unit, data, course=course)
    record_answer(journey, course, drill.unit, drill_id(drill.unit), rating)
    return rating


def drill_rating(passed: int, tasks: int, checks: int) -> str:
    """`easy` at the first check, `good` with up to one check a task, `hard` after more."""
    if passed < tasks:
        return "again"
    if checks <= 1:
        return "easy"
    return "good" if checks <= max(2, tasks) else "hard"


def since_begun(drill: Drill) -> Drill:
    """The drill with all time since its beginning, for where no session kept the clock."""
    return replace(drill, seconds=max(0.0, (datetime.now(UTC) - drill.begun).total_seconds()))


def earlier_version(journey: Journey, unit: Unit, drill: Drill) -> Path | None:
    """What to set beside a drill: the exercise that passed, unless it is gone or blank again.

    In that case the newest earlier drill.
    """
    exercise = exercise_path(journey, unit)
    if exercise.is_file() and exercise.read_bytes() != blank_exercise(unit):
        return exercise
    names = (
        str(event.data.get("file", ""))
        for event in events(journey, kind="drill.finished", subject=unit.id, newest_first=True)
    )
    files = (journey.root / name for name in names if name)
    return next((file for file in files if file.is_file() and file != drill.file), None)


def _newest(journey: Journey, kind: str, unit: Unit) -> Event | None:
    return next(events(journey, kind=kind, subject=unit.id, newest_first=True), None)


def _lay(journey: Journey, unit: Unit, blank: bytes) -> Path:
    stem = f"{unit.module}-{date.today():%Y-%m-%d}"
    try:
        for number in count(1):
            file = journey.drills / (f"{stem}.py" if number == 1 else f"{stem}-{number}.py")
            if write_new(file, blank):
                return file
    except OSError as error:
        raise StoreError(f"{journey.drills} cannot be written ({error.strerror}).") from error
    raise AssertionError("count never ends")
