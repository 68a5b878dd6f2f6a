"""The pages above the units: the course at a glance, and one page per stage."""

from undergrad.course import length
from undergrad.course.models import Resource, Stage, Unit
from undergrad.journey.models import StageStatus
from undergrad.site import links
from undergrad.site.snapshot import Snapshot
from undergrad.site.templating import fill

# A unit and the units that it builds on.
UnitRow = tuple[Unit, list[Unit]]


def course_text(snapshot: Snapshot) -> str:
    """All six stages on one page."""
    return fill("course.md.jinja", stages=stage_rows(snapshot), to=links.from_page(links.COURSE))


def stage_rows(snapshot: Snapshot) -> list[tuple[Stage, StageStatus | None, list[UnitRow]]]:
    """Each stage, how far the learner is in it, and its units."""
    return [
        (stage, stage_progress(stage, snapshot), _unit_rows(stage, snapshot))
        for stage in snapshot.course.stages
    ]


def stage_progress(stage: Stage, snapshot: Snapshot) -> StageStatus | None:
    """How far the learner is in a stage; None without a journey."""
    entries = snapshot.status.stages if snapshot.status else ()
    return next((entry for entry in entries if entry.id == stage.id), None)


def _unit_rows(stage: Stage, snapshot: Snapshot) -> list[UnitRow]:
    units = map(snapshot.unit, stage.units)
    return [(unit, list(map(snapshot.unit, unit.needs))) for unit in units]


def stage_text(stage: Stage, snapshot: Snapshot) -> str:
    """One stage: its promise, the author's words, its units, its routes and resources."""
    page = links.stage_page(stage.id)
    source = f"curriculum/{stage.id}/stage.md"
    prose = links.resolve_unit_links(
        snapshot.stage_prose.get(stage.id, ""), page, snapshot.course, source
    )
    prefer = snapshot.status.prefer if snapshot.status else ""
    routes = sorted(stage.routes, key=lambda route: route.prefer != prefer)  # the preferred first
    return fill(
        "stage.md.jinja",
        stage=stage,
        source=source,
        prose=without_title(prose).strip("\n"),
        progress=stage_progress(stage, snapshot),
        length=length(map(snapshot.unit, stage.units)),
        units=_unit_rows(stage, snapshot),
        routes=[(route, _with_substitutes(route.resources, snapshot)) for route in routes],
        resources=_with_substitutes(stage.resources, snapshot),
        prefer=prefer,
        status=snapshot.status,
        to=links.from_page(page),
        link=lambda target: links.link(page, target),
    )


def _with_substitutes(
    names: tuple[str, ...], snapshot: Snapshot
) -> list[tuple[Resource, Resource | None]]:
    entries = map(snapshot.resource, names)
    return [(entry, substitute(entry, snapshot)) for entry in entries]


def substitute(entry: Resource, snapshot: Snapshot) -> Resource | None:
    """What to use in place of a resource that is gone."""
    return snapshot.resource(entry.substitute) if entry.substitute else None


def without_title(prose: str) -> str:
    """The author's text without its own first-level heading: the page has one already."""
    kept = prose.lstrip("\n")
    return kept.partition("\n")[2] if kept.startswith("# ") else kept
