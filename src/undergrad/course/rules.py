"""What must hold between the curriculum's files: every id known, no circles, no second truths.

Each rule is one function that raises CourseError at the first line that breaks it. They run on
the finished `Course`, with the documents beside it so that an error can name a line.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter

from undergrad.course.lookup import HasId, did_you_mean
from undergrad.course.models import Course, Resource
from undergrad.course.strict_yaml import Document, Place

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

# What the effect of an answer may say, beside `path:`, `unit:` and `stage:` with an id.
EFFECTS = {
    "lens": {"video", "book", "lectures"},
    "maths": {"in-line", "links", "recaps"},
    "hints": {"on", "off"},
    "pace": {"small", "steady"},
}


@dataclass(frozen=True)
class Sources:
    """The documents that a course was read from."""

    course: Document
    resources: Document
    paths: Document
    stages: dict[str, Document]
    units: dict[str, tuple[Document, Place]]  # the document, and where in it the unit stands


def check(course: Course, sources: Sources) -> None:
    """Raise CourseError at the first rule that is broken."""
    _ids(course, sources)
    _outlines(course, sources)
    _aliases(course, sources)
    _resources(course, sources)
    _stages(course, sources)
    _units(course, sources)
    _circles(course, sources)
    _paths(course, sources)
    _questions(course, sources)


def _ids(course: Course, sources: Sources) -> None:
    unit_places = {
        name: ("stages", stage.id, index)
        for stage in course.stages
        for index, name in enumerate(stage.units)
    }
    _unique(sources.course, [(u.id, unit_places[u.id]) for u in course.units])
    lists: list[tuple[Document, str, Sequence[HasId]]] = [
        (sources.resources, "resources", course.resources),
        (sources.paths, "paths", course.paths),
        (sources.course, "questions", course.questions),
    ]
    for document, key, items in lists:
        _unique(document, [(item.id, (key, index, "id")) for index, item in enumerate(items)])


def _unique(document: Document, ids: list[tuple[str, Place]]) -> None:
    seen: set[str] = set()
    for name, place in ids:
        if not _SLUG.fullmatch(name):
            raise document.error(place, f"`{name}` is no id; use a-z, 0-9 and single hyphens.")
        if name in seen:
            raise document.error(place, f"`{name}` is here already; ids are given once.")
        seen.add(name)


def _outlines(course: Course, sources: Sources) -> None:
    outlines = sources.course.value.get("outlines", [])
    known = [unit.id for unit in course.units]
    _unique(sources.course, [(o["id"], ("outlines", i, "id")) for i, o in enumerate(outlines)])
    for index, outline in enumerate(outlines):
        place = ("outlines", index, "id")
        _known(sources.course, place, outline["id"], known, "unit of a stage")


def _aliases(course: Course, sources: Sources) -> None:
    known = [unit.id for unit in course.units]
    for old, new in course.aliases:
        place = ("aliases", old)
        if old in known:
            raise sources.course.error(place, f"`{old}` is a unit of today; an alias is an old id.")
        _known(sources.course, place, new, known, "unit")


def _resources(course: Course, sources: Sources) -> None:
    document = sources.resources
    ids = [each.id for each in course.resources]
    for index, each in enumerate(course.resources):
        place = ("resources", index)
        for key, message in _faults(each):
            raise document.error((*place, key), message)
        if each.substitute is not None:
            others = [other for other in ids if other != each.id]
            _known(document, (*place, "substitute"), each.substitute, others, "other resource")


def _faults(resource: Resource) -> Iterable[tuple[str, str]]:
    if not 1 <= resource.level <= 4:
        yield "level", f"the level is {resource.level}; 1 is school maths, 4 is graduate."
    if resource.hours is not None and resource.hours <= 0:
        yield "hours", f"{resource.hours} hours cannot be; leave it empty if nobody knows."
    if resource.url is not None and not resource.url.startswith(("https://", "http://")):
        yield "url", "the address does not begin with https:// or http://; write all of it."
    if resource.checked_on and not _is_date(resource.checked_on):
        yield "checked_on", f"`{resource.checked_on}` is no date; write it as 2026-11-20."
    if resource.status != "ok" and not (resource.note or resource.substitute):
        yield (
            "status",
            f"it is {resource.status}; say in `note` or `substitute` what to do instead.",
        )


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _stages(course: Course, sources: Sources) -> None:
    resources = [each.id for each in course.resources]
    for number, stage in enumerate(course.stages, start=1):
        document = sources.stages[stage.id]
        if stage.number != number:
            raise document.error(
                ("number",), f"this is stage {number} in course.yaml; renumber it."
            )
        _all_known(document, ("resources",), stage.resources, resources, "resource")


def _units(course: Course, sources: Sources) -> None:
    units = [each.id for each in course.units]
    resources = [each.id for each in course.resources]
    questions: set[str] = set()
    for unit in course.units:
        document, place = sources.units[unit.id]
        _all_known(document, (*place, "needs"), unit.needs, units, "unit")
        _all_known(document, (*place, "resources"), unit.resources, resources, "resource")
        for topic, other in unit.not_here:
            _known(document, (*place, "not_here", topic), other, units, "unit")
        if min(unit.minutes.read, unit.minutes.build, unit.minutes.recall) < 0:
            raise document.error((*place, "minutes"), "minutes cannot be negative.")
        for item in unit.recall:
            if item.id in questions:
                raise document.error(
                    place, f"the recall question `{item.id}` is asked twice; rename one."
                )
            questions.add(item.id)


def _circles(course: Course, sources: Sources) -> None:
    try:
        TopologicalSorter({unit.id: unit.needs for unit in course.units}).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        document, place = sources.units[circle[1]]
        way = " needs ".join(reversed(circle))
        raise document.error((*place, "needs"), f"{way}: break the circle.") from None


def _paths(course: Course, sources: Sources) -> None:
    units = {unit.id: unit for unit in course.units}
    for index, path in enumerate(course.paths):
        place: Place = ("paths", index, "units")
        _all_known(sources.paths, place, path.units, units, "unit")
        met: set[str] = set()
        for position, name in enumerate(path.units):
            late = set(units[name].needs) & (set(path.units) - met)
            if name in met or late:
                reason = f"needs `{min(late)}`, which comes later" if late else "is here twice"
                raise sources.paths.error((*place, position), f"`{name}` {reason}; move it.")
            met.add(name)
        for row, day in enumerate(path.timetable):
            day_place = ("paths", index, "timetable", row, "units")
            _all_known(sources.paths, day_place, day.units, path.units, "unit of this path")


def _questions(course: Course, sources: Sources) -> None:
    known: dict[str, Iterable[str]] = {
        "path": [each.id for each in course.paths],
        "unit": [each.id for each in course.units],
        "stage": [each.id for each in course.stages],
        **EFFECTS,
    }
    for index, question in enumerate(course.questions):
        for answer, effect in question.answers:
            place = ("questions", index, "answers", answer)
            for word in effect.split():
                key, _, value = word.partition(":")
                _known(sources.course, place, key, known, "effect")
                _known(sources.course, place, value, known[key], key)


def _all_known(
    document: Document, place: Place, names: tuple[str, ...], known: Iterable[str], kind: str
) -> None:
    for index, name in enumerate(names):
        _known(document, (*place, index), name, known, kind)


def _known(document: Document, place: Place, name: str, known: Iterable[str], kind: str) -> None:
    if name not in known:
        cure = did_you_mean(name, known) or "; check its spelling."
        raise document.error(place, f"there is no {kind} `{name}`{cure}")
