"""What most callers want: add an event and keep the README in step, or read the status."""

from typing import Any

from undergrad.course.models import Course
from undergrad.journey.models import Event, Status
from undergrad.journey.place import Journey
from undergrad.journey.progress import status
from undergrad.journey.readme import update_readme
from undergrad.journey.store import append_event, newest

# After these the README's table is written again.
_SHOWN = ("path.chosen", "goal.set", "check.finished")


def append(
    journey: Journey,
    kind: str,
    subject: str = "",
    data: Any = None,
    *,
    course: Course | None = None,
) -> Event:
    """Add one event and return it once it is safe on the disk.

    data: a dict or a dataclass that JSON can hold.   course: give it where there is one; the event
    then carries its version and the unit's check hash, and the README's table follows.
    Raises StoreError when it cannot be written; nothing was promised then and nothing is lost.
    """
    event = append_event(
        journey,
        kind,
        subject,
        data,
        course_version=course.version if course else "",
        check_hash=_check_hash(course, subject),
    )
    if course and (kind in _SHOWN or kind.startswith("unit.")):
        update_readme(journey, load_status(journey, course))
    return event


def load_status(journey: Journey, course: Course) -> Status:
    """Where the learner stands. Costs a few milliseconds however long the history is."""
    return status(course, journey.name, newest(journey))


def _check_hash(course: Course | None, subject: str) -> str:
    """Today's hash of the unit's check; a recorded check reports its own, which comes first."""
    units = course.units if course else ()
    return next((unit.check_hash for unit in units if unit.id == subject), "")
