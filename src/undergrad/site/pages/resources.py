"""The page about what to learn from: every resource, with where it comes from and its state."""

from itertools import groupby

from undergrad.course.models import Course, Resource, Unit
from undergrad.site import links
from undergrad.site.pages.stages import substitute
from undergrad.site.snapshot import Snapshot
from undergrad.site.templating import fill

_LEVELS = {
    1: "school mathematics",
    2: "first-year mathematics",
    3: "upper undergraduate",
    4: "graduate",
}
_FREE = {"yes": "free", "part": "partly free", "no": "paid"}


def resources_text(snapshot: Snapshot) -> str:
    """Every resource, kind by kind, and whether it still works."""
    used = _used_in(snapshot.course)
    by_kind = sorted(snapshot.course.resources, key=lambda entry: entry.kind)
    kinds = [
        (
            kind,
            [
                (entry, _facts(entry), substitute(entry, snapshot), used.get(entry.id, []))
                for entry in entries
            ],
        )
        for kind, entries in groupby(by_kind, key=lambda entry: entry.kind)
    ]
    return fill(
        "resources.md.jinja",
        kinds=kinds,
        status=snapshot.status,
        to=links.from_page(links.RESOURCES),
    )


def _used_in(course: Course) -> dict[str, list[Unit]]:
    """Resource id -> the units that name it."""
    used: dict[str, list[Unit]] = {}
    for unit in course.units:
        for reading in unit.resources:
            used.setdefault(reading.id, []).append(unit)
    return used


def _facts(entry: Resource) -> list[str]:
    """What it costs, what it presumes, how long it takes."""
    hours = f"{entry.hours:g} h" if entry.hours else ""
    return [fact for fact in (_FREE[entry.free], _LEVELS.get(entry.level, ""), hours) if fact]
