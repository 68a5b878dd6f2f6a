"""The pages about what to learn from: the paths through the course, and every resource."""

from undergrad.course.models import Course, Day, LearningPath, Resource
from undergrad.site import links
from undergrad.site.markup import duration, escape, page_top, plural, region, table, unit_chip
from undergrad.site.regions import read_mark
from undergrad.site.snapshot import Snapshot
from undergrad.site.stages import origin

_LEVELS = {
    1: "school mathematics",
    2: "first-year mathematics",
    3: "upper undergraduate",
    4: "graduate",
}
_FREE = {"yes": "free", "part": "partly free", "no": "paid"}


def paths_text(snapshot: Snapshot) -> str:
    """Every path with its units and, where it has one, its timetable."""
    return "\n".join(
        [
            page_top("Paths", "curriculum/paths.yaml"),
            "# Paths through the course\n",
            "A path is an ordered choice of units. Change it whenever your goal changes; nothing "
            "you have passed is lost. Begin one with `undergrad init --path NAME`.\n",
            *(_path(path, snapshot) for path in snapshot.course.paths),
        ]
    )


def _path(path: LearningPath, snapshot: Snapshot) -> str:
    to = links.from_page(links.PATHS)
    units = [snapshot.unit(unit_id) for unit_id in path.units]
    rows = "".join(
        f'<li><a href="{to(links.unit_page(unit))}">{escape(unit.title)}</a>'
        f"<span>{duration(unit.minutes.total)}</span>{unit_chip(unit, snapshot.status)}</li>"
        for unit in units
    )
    notes = "\n".join(f"- {note}" for note in path.notes)
    needs = f"Bring: {path.needs}\n\n" if path.needs else ""
    return (
        f"## {escape(path.title)} {{#{path.id}}}\n\n{path.for_whom}\n\n{needs}"
        f"{plural(len(units), 'unit')}, {duration(sum(u.minutes.total for u in units))}. "
        f"Its name on the command line is `{path.id}`.\n\n{notes}\n\n"
        f"{_timetable(path.timetable, snapshot)}"
        f'<details class="ug-path"><summary>The units in order</summary>'
        f'<ol class="ug-units">{rows}</ol></details>\n'
    )


def _timetable(days: tuple[Day, ...], snapshot: Snapshot) -> str:
    if not days:
        return ""
    rows = "".join(_day(day, snapshot) for day in days)
    return (
        table("Timetable", ("Days", "Course", "Chapters", "Units here"), rows, kind="ug-timetable")
        + "\n"
    )


def _day(day: Day, snapshot: Snapshot) -> str:
    to = links.from_page(links.PATHS)
    units = ", ".join(
        f'<a href="{to(links.unit_page(unit))}">{escape(unit.title)}</a>'
        for unit in map(snapshot.unit, day.units)
    )
    return (
        f'<tr><th scope="row">{escape(day.days)}</th><td>{escape(day.course)}</td>'
        f"<td>{escape(day.chapters)}</td><td>{units}</td></tr>"
    )


def resources_text(snapshot: Snapshot) -> str:
    """Every resource, with an honest word on where it comes from and whether it still works."""
    head = (
        "# Resources\n\nNone of these is needed to pass a unit: the lessons stand alone and work "
        "offline. They are other voices on the same matter, and often better ones. Marking one "
        "as read notes that you read it; only a check says that you can do it.\n"
    )
    by_kind: dict[str, list[Resource]] = {}
    for entry in snapshot.course.resources:
        by_kind.setdefault(entry.kind, []).append(entry)
    groups = [_group(kind, by_kind[kind], snapshot) for kind in sorted(by_kind)]
    return "\n".join(
        [page_top("Resources", "curriculum/resources.yaml", hide=("toc",)), head, *groups]
    )


def _group(kind: str, entries: list[Resource], snapshot: Snapshot) -> str:
    used = _used_in(snapshot.course)
    items = "".join(_resource(entry, used.get(entry.id, ()), snapshot) for entry in entries)
    return f'## {kind.capitalize()} {{#kind-{kind}}}\n\n<ul class="ug-resources">{items}</ul>\n'


def _used_in(course: Course) -> dict[str, tuple[str, ...]]:
    """Resource id -> ids of the units that name it."""
    used: dict[str, tuple[str, ...]] = {}
    for unit in course.units:
        for name in unit.resources:
            used[name] = (*used.get(name, ()), unit.id)
    return used


def _resource(entry: Resource, used: tuple[str, ...], snapshot: Snapshot) -> str:
    to = links.from_page(links.RESOURCES)
    title = escape(entry.title)
    if entry.url and entry.status != "dead":
        title = f'<a href="{escape(entry.url)}" rel="noreferrer">{title}</a>'
    facts = [_FREE[entry.free], _LEVELS.get(entry.level, "")]
    facts += [f"{entry.hours:g} h"] if entry.hours else []
    units = ", ".join(
        f'<a href="{to(links.unit_page(unit))}">{escape(unit.title)}</a>'
        for unit in map(snapshot.unit, used)
    )
    return (
        f'<li id="{entry.id}"><p><strong>{title}</strong>, {escape(entry.by)} '
        f"{region(f'read:{entry.id}', read_mark(entry.id, snapshot.status), tag='span')}"
        f'<button type="button" class="ug-read md-button" data-resource="{entry.id}" '
        f'aria-label="Mark as read: {escape(entry.title)}" hidden>Mark as read</button></p>'
        f'<p class="ug-note">{", ".join(filter(None, facts))}. {origin(entry)}</p>'
        f"{_note(entry, snapshot)}" + (f"<p>Units: {units}</p>" if units else "") + "</li>"
    )


def _note(entry: Resource, snapshot: Snapshot) -> str:
    parts = [escape(entry.note)] if entry.note else []
    if entry.substitute:
        other = snapshot.resource(entry.substitute)
        parts.append(f'Use <a href="#{other.id}">{escape(other.title)}</a> in its place.')
    return f"<p>{' '.join(parts)}</p>" if parts else ""
