"""What must hold between the curriculum's files: every id known, no circles, no second truths.

Each rule is one function that raises CourseError at the first line that breaks it. They run on
the finished `Course`, with the documents beside it so that an error can name a line.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter

from undergrad.course.models import Course, HasId, Resource
from undergrad.course.references import Sources, all_known, known, unique
from undergrad.course.strict_yaml import Document, Place

# What the effect of an answer may say, beside `path:`, `unit:` and `stage:` with an id.
EFFECTS = {
    "prefer": {"video", "book", "lectures"},
    "maths": {"in-line", "links", "recaps"},
    "pace": {"small", "steady", "intensive"},
}


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
    _glossary(course, sources)


def _ids(course: Course, sources: Sources) -> None:
    unit_places = {
        name: ("stages", stage.id, index)
        for stage in course.stages
        for index, name in enumerate(stage.units)
    }
    unique(sources.course, [(u.id, unit_places[u.id]) for u in course.units])
    lists: list[tuple[Document, str, Sequence[HasId]]] = [
        (sources.resources, "resources", course.resources),
        (sources.paths, "paths", course.paths),
        (sources.course, "questions", course.questions),
    ]
    for document, key, items in lists:
        unique(document, [(item.id, (key, index, "id")) for index, item in enumerate(items)])


def _outlines(course: Course, sources: Sources) -> None:
    outlines = sources.course.value.get("outlines", [])
    units = [unit.id for unit in course.units]
    written = {unit.id: unit.folder for unit in course.units if unit.written}
    unique(sources.course, [(o["id"], ("outlines", i, "id")) for i, o in enumerate(outlines)])
    for index, outline in enumerate(outlines):
        place = ("outlines", index, "id")
        known(sources.course, place, outline["id"], units, "unit of a stage")
        if outline["id"] in written:
            folder = written[outline["id"]]
            raise sources.course.error(place, f"{folder} is written; take this outline away.")


def _aliases(course: Course, sources: Sources) -> None:
    units = [unit.id for unit in course.units]
    for old, new in course.aliases:
        place = ("aliases", old)
        if old in units:
            raise sources.course.error(place, f"`{old}` is a unit of today; an alias is an old id.")
        known(sources.course, place, new, units, "unit")


def _resources(course: Course, sources: Sources) -> None:
    document = sources.resources
    ids = [each.id for each in course.resources]
    for index, each in enumerate(course.resources):
        place = ("resources", index)
        for key, message in _faults(each):
            raise document.error((*place, key), message)
        if each.substitute is not None:
            others = [other for other in ids if other != each.id]
            known(document, (*place, "substitute"), each.substitute, others, "other resource")


def _faults(resource: Resource) -> Iterable[tuple[str, str]]:
    if not 1 <= resource.level <= 4:
        yield "level", f"the level is {resource.level}; 1 is school maths, 4 is graduate."
    if resource.hours is not None and resource.hours <= 0:
        yield "hours", f"{resource.hours} hours cannot be; leave it empty if nobody knows."
    if resource.url is not None and not resource.url.startswith(("https://", "http://")):
        yield "url", "the address does not begin with https:// or http://; write all of it."
    if resource.checked_on and not _is_date(resource.checked_on):
        yield "checked_on", f"`{resource.checked_on}` is not a date; write it as 2026-11-20."
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
        all_known(document, ("resources",), stage.resources, resources, "resource")
        for index, route in enumerate(stage.routes):
            place = ("routes", index, "resources")
            all_known(document, place, route.resources, resources, "resource")


def _units(course: Course, sources: Sources) -> None:
    units = [each.id for each in course.units]
    resources = [each.id for each in course.resources]
    questions: set[str] = set()
    for unit in course.units:
        document, place = sources.units[unit.id]
        all_known(document, (*place, "needs"), unit.needs, units, "unit")
        read = tuple(each.id for each in unit.resources)
        all_known(document, (*place, "resources"), read, resources, "resource")
        for topic, other in unit.not_here:
            known(document, (*place, "not_here", topic), other, units, "unit")
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
    units = course.by_id
    for index, path in enumerate(course.paths):
        place: Place = ("paths", index, "units")
        all_known(sources.paths, place, path.units, units, "unit")
        met: set[str] = set()
        for position, name in enumerate(path.units):
            late = set(units[name].needs) & (set(path.units) - met)
            if name in met or late:
                reason = f"needs `{min(late)}`, which comes later" if late else "is here twice"
                raise sources.paths.error((*place, position), f"`{name}` {reason}; move it.")
            met.add(name)
        for row, day in enumerate(path.timetable):
            day_place = ("paths", index, "timetable", row, "units")
            all_known(sources.paths, day_place, day.units, path.units, "unit of this path")


def _questions(course: Course, sources: Sources) -> None:
    names: dict[str, Iterable[str]] = {
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
                known(sources.course, place, key, names, "effect")
                known(sources.course, place, value, names[key], key)


def _glossary(course: Course, sources: Sources) -> None:
    """Each term once, and each from a unit that exists."""
    units = [unit.id for unit in course.units]
    terms = enumerate(course.glossary)
    unique(sources.glossary, [(term.anchor, ("terms", index, "term")) for index, term in terms])
    for index, term in enumerate(course.glossary):
        known(sources.glossary, ("terms", index, "unit"), term.unit, units, "unit")
        all_known(sources.glossary, ("terms", index, "not_in"), term.not_in, units, "unit")
