"""The learner's exercise files and notes on the disk: created, started again, never deleted."""

from datetime import datetime
from itertools import count
from pathlib import Path

from undergrad.course import lookup
from undergrad.course.models import Unit
from undergrad.errors import StoreError, UsageError
from undergrad.files import keep_as, replace_file, write_new
from undergrad.journey.layout import Journey


def exercise_path(journey: Journey, unit: Unit) -> Path:
    """Where the learner's file of this unit lies, whether it is there or not."""
    return journey.root / unit.exercise


def create_exercise(journey: Journey, unit: Unit) -> bool:
    """Write the blank exercise unless the learner has a file of this unit; True when written.

    Raises UsageError for a unit that is not written yet.
    """
    path = exercise_path(journey, unit)
    try:
        return not path.exists() and write_new(path, blank_exercise(unit))
    except OSError as error:
        raise _trouble(path, error) from error


def reset_exercise(journey: Journey, unit: Unit) -> Path | None:
    """Write a fresh blank exercise; the learner's file stays beside it as `<module>.<n>.py`.

    Returns where the old file is now, or None when there was none or it was still blank.
    """
    path, blank = exercise_path(journey, unit), blank_exercise(unit)
    try:
        before = path.read_bytes() if path.exists() else blank
        attempt = None if before == blank else _keep_attempt(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, blank)
    except OSError as error:
        raise _trouble(path, error) from error
    return attempt


def note_path(journey: Journey, unit: Unit) -> Path:
    """The learner's page of notes about this unit."""
    return journey.notes / f"{unit.id}.md"


def add_note(journey: Journey, unit: Unit, text: str) -> Path:
    """Append a dated note to the unit's page. Returns the page."""
    path = note_path(journey, unit)
    try:
        path.parent.mkdir(exist_ok=True)
        opening = "" if path.exists() else f"# {unit.title}\n"
        with open(path, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{opening}\n{datetime.now():%Y-%m-%d}: {text.strip()}\n")
    except OSError as error:
        raise _trouble(path, error) from error
    return path


def blank_exercise(unit: Unit) -> bytes:
    """The exercise as a learner receives it. UsageError for a unit that is not written yet."""
    if not unit.written:
        raise UsageError(
            f"The exercise of `{unit.id}` is not written yet: see `undergrad next` for one that is."
        )
    return lookup.blank_exercise(unit).encode()


def _keep_attempt(path: Path) -> Path:
    names = (path.with_name(f"{path.stem}.{n}.py") for n in count(1))
    return next(name for name in names if keep_as(path, name))


def _trouble(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be written ({error.strerror}), and nothing was changed: make room, or make"
        " it writable."
    )
