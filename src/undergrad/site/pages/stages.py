"""The pages above the units: the course at a glance, and one page a stage."""

from undergrad.course.models import Resource, Route, Stage, Unit
from undergrad.site import links
from undergrad.site.markup import escape, page_top, region, unit_chip
from undergrad.site.pages.regions import stage_bar
from undergrad.site.snapshot import Snapshot
from undergrad.words import duration, plural

_NUMBERS = {2: "Two", 3: "Three", 4: "Four"}


def course_text(snapshot: Snapshot) -> str:
    """All six stages on one page."""
    return page_top("The course", "curriculum/course.yaml") + (
        "# The course\n\nSix stages, from a first trained network to an agent of your own. "
        "Follow them in order or choose [a path](../paths/index.md).\n\n"
        + stage_cards(snapshot, links.COURSE)
    )


def stage_cards(snapshot: Snapshot, page: str) -> str:
    """A card a stage: its promise and how far the learner is."""
    cards = "".join(_card(stage, page, snapshot) for stage in snapshot.course.stages)
    return f'<ol class="ug-stages">{cards}</ol>\n'


def _card(stage: Stage, page: str, snapshot: Snapshot) -> str:
    to = links.from_page(page)
    return (
        f'<li><a href="{to(links.stage_page(stage.id))}"><span>Stage {stage.number}</span> '
        f"{escape(stage.title)}</a><p>{escape(stage.promise)}</p>"
        f"{_progress(stage, snapshot)}</li>"
    )


def _progress(stage: Stage, snapshot: Snapshot) -> str:
    found = (
        [each for each in snapshot.status.stages if each.id == stage.id] if snapshot.status else []
    )
    if found:
        return region(f"stage:{stage.id}", stage_bar(found[0]), attributes='class="ug-bar"')
    units = [snapshot.unit(unit_id) for unit_id in stage.units]
    written = sum(unit.written for unit in units)
    some = "" if written == len(units) else f", {written} written"
    return f'<div class="ug-bar"><span>{plural(len(units), "unit")}{some}</span></div>'


def stage_text(stage: Stage, snapshot: Snapshot) -> str:
    """One stage: its promise, the author's words, its units, its resources."""
    page = links.stage_page(stage.id)
    units = [snapshot.unit(unit_id) for unit_id in stage.units]
    source = f"curriculum/{stage.id}/stage.md"
    prose = links.resolve_unit_links(
        snapshot.stage_prose.get(stage.id, ""), page, snapshot.course, source
    )
    minutes = duration(minutes=sum(unit.minutes.total for unit in units))
    return "\n".join(
        [
            page_top(stage.title, source),
            f"# {escape(stage.title)}\n",
            f'<p class="ug-promise">Stage {stage.number}. {escape(stage.promise)}</p>\n',
            _progress(stage, snapshot) + "\n",
            without_title(prose).strip("\n") + "\n",
            f"## Units {{#units}}\n\n{plural(len(units), 'unit')}, {minutes} of work in all.\n",
            unit_list(units, page, snapshot),
            _routes(stage, page, snapshot),
            _resource_list(stage, page, snapshot),
        ]
    )


def without_title(prose: str) -> str:
    """The author's text without its own first-level heading: the page has one already."""
    kept = prose.lstrip("\n")
    return kept.partition("\n")[2] if kept.startswith("# ") else kept


def unit_list(units: list[Unit], page: str, snapshot: Snapshot) -> str:
    """Units in order, each with its time and where the learner stands in it."""
    to = links.from_page(page)
    rows = "".join(
        f'<li><a href="{to(links.unit_page(unit))}">{escape(unit.title)}</a>'
        f"<span>{duration(minutes=unit.minutes.total)}</span>"
        f"{unit_chip(unit, snapshot.status)}</li>"
        for unit in units
    )
    return f'<ol class="ug-units">{rows}</ol>\n'


def _routes(stage: Stage, page: str, snapshot: Snapshot) -> str:
    """The ways through a stage's sources; what the learner prefers comes first."""
    if not stage.routes:
        return ""
    prefer = snapshot.status.prefer if snapshot.status else ""
    routes = sorted(stage.routes, key=lambda route: route.prefer != prefer)
    items = "\n".join(_route(route, page, snapshot, route.prefer == prefer) for route in routes)
    return (
        f"## {_NUMBERS.get(len(routes), 'The')} routes {{#routes}}\n\n"
        "The units are the same on every route; a route only says what to open first. Choose one "
        "with `undergrad prefer KIND`, and each unit lists its sources in that order.\n\n"
        f"{items}\n"
    )


def _route(route: Route, page: str, snapshot: Snapshot, chosen: bool) -> str:
    mark = " What you prefer." if chosen else ""
    sources = "".join(
        f"    - {_resource(snapshot.resource(name), page, snapshot)}\n" for name in route.resources
    )
    return f"- **{escape(route.title)}** (`{route.prefer}`).{mark} {route.note}\n\n{sources}"


def _resource_list(stage: Stage, page: str, snapshot: Snapshot) -> str:
    if not stage.resources:
        return ""
    rows = "\n".join(
        f"- {_resource(snapshot.resource(name), page, snapshot)}" for name in stage.resources
    )
    return f"## Recommended talks, courses and books {{#resources}}\n\n{rows}\n"


def _resource(entry: Resource, page: str, snapshot: Snapshot) -> str:
    target = links.link(page, f"{links.RESOURCES}#{entry.id}")
    substitute = ""
    if entry.substitute:
        other = snapshot.resource(entry.substitute)
        place = links.link(page, f"{links.RESOURCES}#{other.id}")
        substitute = f" Take [{escape(other.title)}]({place}) in its place."
    return (
        f"[{escape(entry.title)}]({target}), {escape(entry.by)} ({entry.kind}). "
        f"{origin(entry)}{substitute}"
    )


def origin(entry: Resource) -> str:
    """Whether the course's source documents name it, and whether its address still holds."""
    named = "Named in the first plan" if entry.named_in == "original" else "Added later"
    trouble = {
        "ok": "",
        "moved": "; has moved, the address is the new one",
        "dated": "; still useful, with code for old versions",
        "dead": "; its first address is gone",
    }
    return f'<span class="ug-origin">{named}{trouble[entry.status]}.</span>'
