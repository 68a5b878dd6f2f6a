"""Finding things in a course by id, and the two questions a path answers: how long, what first.

Unknown ids are typing mistakes, so each error names the nearest id that exists. Old unit ids
resolve through the course's aliases and keep working for ever.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from undergrad.course import edits
from undergrad.course.models import Course, LearningPath, Resource, Stage, Unit
from undergrad.errors import UsageError
from undergrad.locate import data_path


class HasId(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=HasId)


def unit(course: Course, name: str) -> Unit:
    """The unit called `name` today or in an earlier course. UsageError when there is none."""
    return _find("unit", course.units, dict(course.aliases).get(name, name))


def resource(course: Course, name: str) -> Resource:
    """The resource with this id. UsageError when there is none."""
    return _find("resource", course.resources, name)


def stage(course: Course, name: str) -> Stage:
    """The stage with this id, such as `3-deep-dive`, or number. UsageError when there is none."""
    by_number = {str(each.number): each.id for each in course.stages}
    return _find("stage", course.stages, by_number.get(name, name))


def path(course: Course, name: str) -> LearningPath:
    """The path with this id. UsageError when there is none."""
    return _find("path", course.paths, name)


def unit_folder(unit: Unit) -> Path:
    """The folder that holds the unit's lesson, exercise and checks.

    UsageError when the unit is an outline, which has no files yet.
    """
    if not unit.written:
        raise UsageError(f"The unit `{unit.id}` is an outline so far: it has no lesson to open.")
    return data_path("curriculum") / unit.folder


def blank_exercise(unit: Unit) -> str:
    """The exercise as a learner receives it. UsageError when the unit is an outline."""
    folder = unit_folder(unit)
    if (folder / "exercise.py").is_file():
        return (folder / "exercise.py").read_text("utf-8")
    return edits.blank((folder / "solution.py").read_text("utf-8"))


def worked_solution(unit: Unit) -> str:
    """The solution as a learner reads it. UsageError when the unit is an outline."""
    return edits.unmarked((unit_folder(unit) / "solution.py").read_text("utf-8"))


def prerequisites(course: Course, name: str) -> tuple[Unit, ...]:
    """Everything the unit builds on, directly or through others, in course order."""
    wanted: set[str] = set()
    waiting = list(unit(course, name).needs)
    while waiting:
        need = waiting.pop()
        if need not in wanted:
            wanted.add(need)
            waiting.extend(unit(course, need).needs)
    return tuple(each for each in course.units if each.id in wanted)


def assumed(course: Course, path: LearningPath) -> tuple[str, ...]:
    """Direct prerequisites that the path leaves out, in course order.

    They are shown to the learner as known already; they never block.
    """
    by_id = {each.id: each for each in course.units}
    chosen = (by_id.get(name) or unit(course, name) for name in path.units)
    outside = {need for each in chosen for need in each.needs} - set(path.units)
    return tuple(each.id for each in course.units if each.id in outside)


def hours(course: Course, path: LearningPath) -> float:
    """Active hours of the path's units together."""
    return sum(unit(course, name).minutes.total for name in path.units) / 60


def fitted(
    course: Course, path: LearningPath, add: Iterable[str], leave: Iterable[str]
) -> LearningPath:
    """The path with units added, each before the first that comes later in the course, and left.

    Units that the course does not know are passed over, since a journey may be older than it.
    """
    order = {each.id: place for place, each in enumerate(course.units)}
    units = [name for name in path.units if name not in set(leave)]
    for name in sorted(set(add) & order.keys() - set(units), key=order.__getitem__):
        later = (at for at, other in enumerate(units) if order[other] > order[name])
        units.insert(next(later, len(units)), name)
    return path if units == list(path.units) else replace(path, units=tuple(units))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` with the nearest known name, or nothing."""
    from difflib import get_close_matches  # only when something went wrong

    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _find(kind: str, items: tuple[Item, ...], name: str) -> Item:
    for item in items:
        if item.id == name:
            return item
    ids = [item.id for item in items]
    cure = did_you_mean(name, ids) or f"; there are: {_shorten(ids)}."
    raise UsageError(f"There is no {kind} `{name}`{cure}")


def _shorten(ids: list[str]) -> str:
    return ", ".join(ids[:12]) + (" and more" if len(ids) > 12 else "")
