"""The first page: what to do now, before anything else; for a visitor, what this is."""

from typing import Any

from markupsafe import Markup

from undergrad.course import length, path_length
from undergrad.site import links
from undergrad.site.pages.graph import steps, svg
from undergrad.site.pages.regions import (
    coming_back,
    continue_box,
    due_words,
    path_words,
    plan_words,
)
from undergrad.site.pages.stages import stage_rows
from undergrad.site.snapshot import Snapshot
from undergrad.site.templating import fill


def home_text(snapshot: Snapshot) -> str:
    """Continue, goal, what today offers, progress per stage, and the map of the course.

    Without a journey: what the course is, what it gives, and how to begin.
    """
    to = links.from_page(links.HOME)
    today = snapshot.today
    return fill(
        "home.md.jinja",
        status=snapshot.status,
        today=today,
        about=None if snapshot.status else _about(snapshot),
        continue_box=Markup(continue_box(snapshot.course, snapshot.status, to)),
        plan=Markup(plan_words(today.plan)) if today else "",
        due=due_words(today.agenda) if today else "",
        back=coming_back(snapshot.course, today.suggestions) if today else [],
        stages=stage_rows(snapshot),
        map=Markup(svg(snapshot, to)),
        steps=steps(snapshot.status),
        path_words=path_words(snapshot.course, snapshot.status),
        to=to,
    )


def _about(snapshot: Snapshot) -> dict[str, Any]:
    """The numbers and units that the front door names."""
    course = snapshot.course
    return {
        "first": course.units[0],
        "two_weeks": {path.id: path_length(course, path) for path in course.paths}.get("two-week"),
        "course": length(course.units),
        "tasks": sum(len(unit.task_numbers) for unit in course.units),
        "parts": sum(len(unit.parts) for unit in course.units),
    }
