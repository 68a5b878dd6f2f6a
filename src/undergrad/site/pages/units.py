"""A unit's page: the lesson, with everything around it that the course and the journey know.

Top to bottom: where you stand, the lesson up to its "Build it", then the command, hints, solution
and the last check, then the rest of the lesson, a self-test, what is left out, and what is next.
A unit that is only planned gets a short page that says so.
"""

import re

from undergrad.course import ordered_resources
from undergrad.course.models import Task, Unit
from undergrad.site import links
from undergrad.site.markup import (
    command,
    escape,
    inline,
    page_top,
    region,
    unit_chip,
)
from undergrad.site.pages.glossary import link_terms
from undergrad.site.pages.regions import read_mark, result
from undergrad.site.snapshot import Lesson, Snapshot
from undergrad.words import duration

_HEADING = re.compile(r"^# .*\n", re.MULTILINE)
_FENCE = re.compile(r"^(`{3,}|~{3,})", re.MULTILINE)


def unit_text(unit: Unit, snapshot: Snapshot) -> str:
    """The whole page of one unit as Markdown."""
    lesson = snapshot.lessons.get(unit.id)
    page = links.unit_page(unit)
    if lesson is None:
        return _outline(unit, page, snapshot)
    source = f"curriculum/{unit.folder}"
    body = links.resolve_unit_links(lesson.text, page, snapshot.course, f"{source}/unit.md")
    body = link_terms(body, unit, snapshot.course.glossary)
    title, rest = _split_title(body, unit)
    before, after = split_after_section(rest, "Build it")
    parts = [
        page_top(unit.title, source),
        title,
        _strip(unit, page, snapshot),
        before,
        _work(unit, lesson, snapshot),
        after,
        _self_test(unit),
        _resources(unit, page, snapshot),
        _not_here(unit, page, snapshot),
        _next(unit, page, snapshot),
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts if part.strip())


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


def _strip(unit: Unit, page: str, snapshot: Snapshot) -> str:
    """Status, minutes, and what comes before, with where the learner stands there."""
    to = links.from_page(page)
    minutes = unit.minutes
    needs = "".join(
        f'<li><a href="{to(links.unit_page(need))}">{escape(need.title)}</a> '
        f"{unit_chip(need, snapshot.status)}</li>"
        for need in map(snapshot.unit, unit.needs)
    )
    builds_on = f"<div><dt>Builds on</dt><dd><ul>{needs}</ul></dd></div>" if needs else ""
    total, *parts = (
        duration(minutes=each)
        for each in (minutes.total, minutes.read, minutes.build, minutes.recall)
    )
    takes = f"{total}: read {parts[0]}, build {parts[1]}, recall {parts[2]}"
    return (
        '<dl class="ug-strip" id="status">'
        f"<div><dt>Status</dt><dd>{unit_chip(unit, snapshot.status)}</dd></div>"
        f"<div><dt>Time</dt><dd>{takes}</dd></div>{builds_on}</dl>\n"
    )


def _work(unit: Unit, lesson: Lesson, snapshot: Snapshot) -> str:
    """The command and the file, what is checked, hints, the solution, the last check."""
    shown = region(
        f"result:{unit.id}",
        result(unit, snapshot.status),
        attributes='class="ug-result" role="status" aria-live="polite"',
    )
    return "\n".join(
        [
            "### Check your work {#check}\n",
            f"Your file is `{unit.exercise}` in your journey. Save it, then run\n",
            command(f"undergrad check {unit.id}"),
            _asked(unit),
            _hints(unit),
            _solution(unit, lesson),
            "### Last check {#result}\n",
            shown + "\n",
        ]
    )


def _asked(unit: Unit) -> str:
    rows = "".join(
        f'<li value="{task.number}">{"; ".join(inline(text) for text in task.sentences)}</li>'
        for task in unit.tasks
    )
    if not rows:
        return ""
    return (
        '<div class="ug-asked"><p>Each run compares your answers with a worked solution, on fresh '
        f"random cases. It asks that your code</p><ol>{rows}</ol></div>\n"
    )


def _hints(unit: Unit) -> str:
    tasks = [task for task in unit.tasks if task.hints]
    return "\n".join(["### Hints {#hints}\n", *map(_ladder, tasks)]) if tasks else ""


def _ladder(task: Task) -> str:
    """The hints of one task, each inside the one before: nobody sees a rung by accident."""
    nested = ""
    for rung, hint in reversed(list(enumerate(task.hints, start=1))):
        place = f'data-task="{task.number}" data-rung="{rung}"'
        label = f"Task {task.number}: hint {rung} of {len(task.hints)}"
        nested = (
            f'<details class="ug-hint" {place} markdown="1">\n<summary>{label}</summary>\n\n'
            f"{hint}\n\n{nested}\n</details>\n"
        )
    return nested


def _solution(unit: Unit, lesson: Lesson) -> str:
    if not lesson.solution:
        return ""
    return (
        '<details class="ug-solution" markdown="1">\n'
        "<summary>Show a worked solution</summary>\n\n"
        "One good way among several. Close it again and write your own from what you remember.\n\n"
        f"````python\n{lesson.solution.strip()}\n````\n\n</details>\n"
    )


def _self_test(unit: Unit) -> str:
    """The recall questions; on the live site the rating buttons appear."""
    if not unit.recall:
        return ""
    cards = "\n".join(
        f'<details class="ug-recall" data-item="{escape(item.id)}" markdown="1">\n'
        f'<summary markdown="span">{" ".join(item.ask.split())}</summary>\n\n'
        f"{item.answer.strip()}\n\n</details>\n"
        for item in unit.recall
    )
    return f"## Ask yourself {{#recall}}\n\nAnswer aloud first, then open.\n\n{cards}"


def _resources(unit: Unit, page: str, snapshot: Snapshot) -> str:
    if not unit.resources:
        return ""
    prefer = snapshot.status.prefer if snapshot.status else ""
    ordered = ordered_resources(snapshot.course, unit, prefer)
    rows = "\n".join(_resource_row(name, page, snapshot) for name in ordered)
    return f"## Go deeper {{#resources}}\n\n{rows}\n"


def _resource_row(name: str, page: str, snapshot: Snapshot) -> str:
    entry = snapshot.resource(name)
    target = links.link(page, f"{links.RESOURCES}#{name}")
    mark = region(f"read:{name}", read_mark(name, snapshot.status), tag="span")
    return f"- [{escape(entry.title)}]({target}), {escape(entry.by)} ({entry.kind}) {mark}"


def _not_here(unit: Unit, page: str, snapshot: Snapshot) -> str:
    if not unit.not_here:
        return ""
    rows = "\n".join(
        f"- {topic}: [{escape(later.title)}]({links.link(page, links.unit_page(later))})"
        for topic, later in ((topic, snapshot.unit(name)) for topic, name in unit.not_here)
    )
    return f"## Not in this unit {{#not-here}}\n\n{rows}\n"


def _next(unit: Unit, page: str, snapshot: Snapshot) -> str:
    units = [each for each in snapshot.course.units if unit.id in each.needs]
    if not units:
        return ""
    rows = "\n".join(
        f"- [{escape(each.title)}]({links.link(page, links.unit_page(each))})"
        + ("" if each.written else " (not written yet)")
        for each in units
    )
    return f"## What this opens {{#next}}\n\n{rows}\n"


def _outline(unit: Unit, page: str, snapshot: Snapshot) -> str:
    """The page of a planned unit: honest about what is there."""
    outcomes = "\n".join(f"- {text}" for text in unit.outcomes)
    return "\n".join(
        part
        for part in [
            page_top(unit.title, "curriculum/course.yaml"),
            f"# {escape(unit.title)}\n",
            _strip(unit, page, snapshot),
            '!!! info "Not written yet"\n'
            "    This is the plan of the unit. There is no lesson and no exercise so far.\n",
            f"## After this unit you can {{#outcomes}}\n\n{outcomes}\n" if outcomes else "",
            _resources(unit, page, snapshot),
            _next(unit, page, snapshot),
        ]
        if part
    )
