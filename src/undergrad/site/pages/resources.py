"""The page about what to learn from: every resource, with where it comes from and its state."""

from undergrad.course.models import Course, Resource
from undergrad.site import links
from undergrad.site.markup import escape, page_top, region
from undergrad.site.pages.regions import read_mark
from undergrad.site.pages.stages import origin
from undergrad.site.snapshot import Snapshot

_LEVELS = {
    1: "school mathematics",
    2: "first-year mathematics",
    3: "upper undergraduate",
    4: "graduate",
}
_FREE = {"yes": "free", "part": "partly free", "no": "paid"}


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
