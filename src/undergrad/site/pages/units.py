"""A unit's page: the lesson, with everything around it that the course and the journey know.

Top to bottom: where you stand, the lesson up to its "Build it", then the command, hints, solution
and the last check, then the rest of the lesson, a self-test, what is left out, and what is next.
A unit that is only planned gets a short page that says so.
"""

import re
from typing import Any

from markupsafe import Markup

from undergrad.course import ordered_resources
from undergrad.course.models import Unit
from undergrad.extras import advice, missing
from undergrad.markup import escape
from undergrad.site import links
from undergrad.site.pages.glossary import link_terms
from undergrad.site.pages.regions import continue_box
from undergrad.site.snapshot import Lesson, Snapshot, unit_status
from undergrad.site.templating import fill, macros

_HEADING = re.compile(r"^# .*\n", re.MULTILINE)
_OFFER = re.compile(r'^(!!! tip "Try it now: )(tasks? (\d+)[^"]*)"$', re.MULTILINE)
_FENCE = re.compile(r"^(`{3,}|~{3,})", re.MULTILINE)


def unit_text(unit: Unit, snapshot: Snapshot) -> str:
    """The whole page of one unit as Markdown."""
    lesson = snapshot.lessons.get(unit.id)
    if lesson is None:
        return fill("outline.md.jinja", **_around(unit, snapshot))
    return fill("unit.md.jinja", **_around(unit, snapshot), **_lesson(unit, lesson, snapshot))


def _around(unit: Unit, snapshot: Snapshot) -> dict[str, Any]:
    """What every unit's page shows: the unit, its neighbours and its resources."""
    page = links.unit_page(unit)
    prefer = snapshot.status.prefer if snapshot.status else ""
    to = links.from_page(page)
    readings = ordered_resources(snapshot.course, unit, prefer)
    return {
        "unit": unit,
        "status": snapshot.status,
        "needs": [snapshot.unit(name) for name in unit.needs],
        "readings": [(each, snapshot.resource(each.id)) for each in readings],
        "next": [each for each in snapshot.course.units if unit.id in each.needs],
        "continue_box": Markup(continue_box(snapshot.course, snapshot.status, to)),
        "to": to,
        "link": lambda target: links.link(page, target),
    }


def _lesson(unit: Unit, lesson: Lesson, snapshot: Snapshot) -> dict[str, Any]:
    """What the page of a written unit shows besides: the lesson in three parts, the last check."""
    source = f"curriculum/{unit.folder}"
    course = snapshot.course
    body = links.resolve_unit_links(lesson.text, links.unit_page(unit), course, f"{source}/unit.md")
    title, rest = _split_title(link_terms(body, unit, course.glossary), unit)
    rest = _OFFER.sub(r'\1[\2](#check){: .ug-task data-task=\3 }"', rest)
    before, after = split_after_section(rest, "Build it")
    result = macros("regions.jinja").result(unit, unit_status(unit, snapshot.status))
    return {
        "source": source,
        "title": title.strip("\n"),
        "tags": [*unit.search, *(term.term for term in course.glossary if term.unit == unit.id)],
        "before": before.strip("\n"),
        "after": after.strip("\n"),
        "solution": lesson.solution.strip(),
        "names": dict(lesson.names),
        "torch": advice("This block", "torch") if missing("torch") else "",
        "scripts": _scripts(unit, snapshot),
        "result": Markup(result),
        "not_here": [(topic, snapshot.unit(name)) for topic, name in unit.not_here],
    }


def _scripts(unit: Unit, snapshot: Snapshot) -> list[str]:
    """The scripts of the unit's figures that move, as seen from its page."""
    folder = links.unit_page(unit).removesuffix("index.md")
    ours = [name.removeprefix(folder) for name in snapshot.figures if name.startswith(folder)]
    return sorted(name for name in ours if name.endswith(".js"))


def _split_title(body: str, unit: Unit) -> tuple[str, str]:
    match = _HEADING.match(body.lstrip("\n"))
    if match is None:
        return f"# {escape(unit.title)}\n", body
    return match.group(0), body.lstrip("\n")[match.end() :]


def split_after_section(body: str, heading: str) -> tuple[str, str]:
    """Cut Markdown behind the `## heading` section; everything is before when there is none.

    A line that looks like a heading inside a fenced block, such as a comment, is not one.
    """
    inside, found, position = "", False, 0
    for text in body.splitlines(keepends=True):
        fence = _FENCE.match(text)
        if fence:
            inside = "" if inside and text.startswith(inside) else inside or fence.group(1)
        elif not inside and text.startswith("## "):
            if found:
                return body[:position], body[position:]
            found = text[3:].strip() == heading
        position += len(text)
    return body, ""
