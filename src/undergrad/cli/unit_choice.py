"""Which unit a command is about: the one that is named, or the one worked on now."""

from undergrad.course import Unit
from undergrad.errors import UsageError
from undergrad.journey import Learner

_WORK = ("unit.started", "unit.reset", "check.finished")


def chosen_unit(me: Learner, name: str | None, *, needs_file: bool = True) -> Unit:
    """The unit of that name; without one the unit at hand. UsageError when it has no exercise."""
    unit = me.course.unit(name) if name else unit_at_hand(me)
    if not unit.written:
        raise UsageError(f"`{unit.id}` has no exercise yet: see `undergrad next`.")
    if needs_file and not me.exercise(unit).exists():
        raise UsageError(
            f"There is no file {unit.exercise} yet: `undergrad next {unit.id}` creates a blank one."
        )
    return unit


def unit_at_hand(me: Learner) -> Unit:
    """The unit worked on last, while it is open; otherwise the next one of the path."""
    is_open = {each.id for each in me.status.units if each.state == "started" and each.written}
    touched = (
        event.subject
        for event in reversed(me.newest)
        if event.kind in _WORK and event.subject in is_open
    )
    name = next(touched, me.status.next)
    if name is None:
        raise UsageError("Every unit of your path is passed: name one, or use `--all`.")
    return me.course.unit(name)


def started_units(me: Learner) -> tuple[Unit, ...]:
    """Every unit that was started or passed, or has a file. UsageError when there is none."""
    idle = ("not started", "skipped")
    at_work = {each.id for each in me.status.units if each.state not in idle}
    written = (unit for unit in me.course.units if unit.written)
    found = tuple(unit for unit in written if unit.id in at_work or me.exercise(unit).exists())
    if not found:
        raise UsageError("No exercise has been started yet: `undergrad next` creates the first.")
    return found
