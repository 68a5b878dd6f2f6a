"""What many tests need of a journey: an event in its history, and where its learner stands."""

from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from undergrad.course import Course, Unit
from undergrad.journey import Event, Journey, Learner, Status, append_event


def append(
    journey: Journey,
    kind: str,
    subject: str = "",
    data: Any = None,
    *,
    course: Course | None = None,
) -> Event:
    """Record an event as commands do; without a course straight into the store."""
    if course is None:
        return append_event(journey, kind, subject, data, course_version="1")
    values = asdict(data) if is_dataclass(data) and not isinstance(data, type) else data
    return Learner(journey, course).record(kind, subject, **(values or {}))


def load_status(journey: Journey, course: Course) -> Status:
    """Where the learner stands, read from the store at this moment."""
    return Learner(journey, course).status


def start_unit(journey: Journey, unit: Unit, course: Course) -> Path:
    """The learner's file of a unit, created when it is missing."""
    return Learner(journey, course).start(unit)


def reset_unit(journey: Journey, unit: Unit, course: Course) -> Path | None:
    """Start a unit again; where the earlier attempt is kept."""
    return Learner(journey, course).reset(unit)
