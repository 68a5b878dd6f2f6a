"""Which unit a command is about: the one that is named, or the one worked on now."""

from typing import TYPE_CHECKING

from undergrad.errors import UsageError

if TYPE_CHECKING:
    from undergrad.course import Course, Unit
    from undergrad.journey import Journey


def named(
    here: "Journey", course: "Course", name: str | None, *, needs_file: bool = True
) -> "Unit":
    """The unit of that name; without one the unit at hand. UsageError when it has no exercise."""
    from undergrad.course import unit
    from undergrad.journey import exercise_path

    chosen = unit(course, name) if name else at_hand(here, course)
    if not chosen.written:
        raise UsageError(f"`{chosen.id}` has no exercise yet: see `undergrad next`.")
    if needs_file and not exercise_path(here, chosen).exists():
        lay = f"reset {chosen.id}" if name else "next"
        raise UsageError(
            f"There is no file {chosen.exercise} yet: `undergrad {lay}` lays a blank one there."
        )
    return chosen


def at_hand(here: "Journey", course: "Course") -> "Unit":
    """The unit worked on last, while it is open; otherwise the next one of the path."""
    from undergrad.course import unit
    from undergrad.journey import load_status, newest

    status = load_status(here, course)
    is_open = {each.id for each in status.units if each.state == "started" and each.written}
    work = ("unit.started", "unit.reset", "check.finished")
    touched = [each for each in newest(here) if each.kind in work and each.subject in is_open]
    if touched:
        return unit(course, max(touched, key=lambda event: event.sequence).subject)
    if status.next is None:
        raise UsageError("Every unit of your path is passed: name one, or use `--all`.")
    return unit(course, status.next)


def begun(here: "Journey", course: "Course") -> "tuple[Unit, ...]":
    """Every unit that was started or passed, or has a file. UsageError when there is none."""
    from undergrad.journey import exercise_path, load_status

    idle = ("not started", "skipped")
    at_work = {each.id for each in load_status(here, course).units if each.state not in idle}
    written = (unit for unit in course.units if unit.written)
    found = tuple(
        unit for unit in written if unit.id in at_work or exercise_path(here, unit).exists()
    )
    if not found:
        raise UsageError("No exercise has been begun yet: `undergrad next` lays the first.")
    return found
