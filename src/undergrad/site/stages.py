"""The pages above the units: the course at a glance, and one page a stage."""

from undergrad.course.models import Resource, Stage, Unit
from undergrad.site import links
from undergrad.site.markup import duration, escape, page_top, plural, region, unit_chip
from undergrad.site.regions import stage_bar
from undergrad.site.snapshot import Snapshot


def course_text(snapshot: Snapshot) -> str:
    """All six stages on one page."""
    return page_top("The course", "curriculum/course.yaml") + (
        "# The course\n\nSix stages, from a first trained network to an agent of your own. "
        "Follow them in order or choose [a path](../paths.md).\n\n"
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
    return f'<div class="ug-bar"><span>{plural(len(units), "unit")}, {written} written</span></div>'


def stage_text(stage: Stage, snapshot: Snapshot) -> str:
    """One stage: its promise, the author's words, its units, its resources."""
    page = links.stage_page(stage.id)
    units = [snapshot.unit(unit_id) for unit_id in stage.units]
    source = f"curriculum/{stage.id}/stage.md"
    prose = links.resolve_unit_links(
        snapshot.stage_prose.get(stage.id, ""), page, snapshot.course, source
    )
    minutes = duration(sum(unit.minutes.total for unit in units))
    return "\n".join(
        [
            page_top(stage.title, source),
            f"# {escape(stage.title)}\n",
            f'<p class="ug-promise">Stage {stage.number}. {escape(stage.promise)}</p>\n',
            _progress(stage, snapshot) + "\n",
            without_title(prose).strip("\n") + "\n",
            f"## Units {{#units}}\n\n{plural(len(units), 'unit')}, {minutes} of work in all.\n",
            _unit_table(units, page, snapshot),
            _resource_list(stage, page, snapshot),
        ]
    )


def without_title(prose: str) -> str:
    """The author's text without its own first-level heading: the page has one already."""
    kept = prose.lstrip("\n")
    return kept.partition("\n")[2] if kept.startswith("# ") else kept


def _unit_table(units: list[Unit], page: str, snapshot: Snapshot) -> str:
    to = links.from_page(page)
    rows = "".join(
        f'<li><a href="{to(links.unit_page(unit))}">{escape(unit.title)}</a>'
        f"<span>{duration(unit.minutes.total)}</span>{unit_chip(unit, snapshot.status)}</li>"
        for unit in units
    )
    return f'<ol class="ug-units">{rows}</ol>\n'


def _resource_list(stage: Stage, page: str, snapshot: Snapshot) -> str:
    if not stage.resources:
        return ""
    rows = "\n".join(_resource(snapshot.resource(name), page) for name in stage.resources)
    return f"## Resources {{#resources}}\n\n{rows}\n"


def _resource(entry: Resource, page: str) -> str:
    target = links.link(page, f"{links.RESOURCES}#{entry.id}")
    return (
        f"- [{escape(entry.title)}]({target}), {escape(entry.by)} ({entry.kind}). {origin(entry)}"
    )


def origin(entry: Resource) -> str:
    """Whether the course's source documents name it, and whether its address still holds."""
    named = "Named in the original" if entry.named_in == "original" else "Added"
    trouble = {
        "ok": "",
        "moved": "; has moved, the address is the new one",
        "dated": "; still useful, but on an old stack",
        "dead": "; its first address is gone",
    }
    return f'<span class="ug-origin">{named}{trouble[entry.status]}</span>'
