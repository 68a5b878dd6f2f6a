"""The parts of pages that change while a person works, each a small pure function.

A generated page contains a region as it was when the page was built. The live server calls the
same functions again after every event and sends what differs, so a page and the server cannot
disagree about how a check result or a progress bar looks.
"""

from typing import Any

from undergrad.course.models import Course, Unit
from undergrad.journey.models import StageStatus, Status, UnitStatus
from undergrad.site import links
from undergrad.site.links import Link
from undergrad.site.markup import (
    bar,
    chip,
    escape,
    inline,
    line,
    state_of,
    unit_status,
)
from undergrad.site.pages.today import today_regions
from undergrad.site.snapshot import Today
from undergrad.words import VERDICTS, duration, moment, plural


def all_regions(
    course: Course, status: Status | None, to: Link, today: Today | None = None
) -> dict[str, str]:
    """Every region by name. `to` makes the address of a page from where the region is shown."""
    found = {
        "continue": continue_box(course, status, to),
        "goal": goal(status),
        "overall": overall(status),
        **today_regions(course, today, to),
    }
    for stage in status.stages if status else ():
        found[f"stage:{stage.id}"] = stage_bar(stage)
    for unit in course.units:
        found[f"chip:{unit.id}"] = chip(state_of(unit, status))
        found[f"result:{unit.id}"] = result(unit, status)
        found[f"row:{unit.id}"] = effort(unit_status(unit, status))
    for resource in course.resources:
        found[f"read:{resource.id}"] = read_mark(resource.id, status)
    return found


def continue_box(course: Course, status: Status | None, to: Link) -> str:
    """The first thing on the home page: one link to what to do now."""
    units = {unit.id: unit for unit in course.units}
    if status is None:
        first = next((unit for unit in course.units if unit.written), None)
        if first is None:
            return "<p>No unit is written yet.</p>"
        return _continue(first, "Begin", "No journey here yet: <code>undergrad start</code>", to)
    if status.next is None or status.next not in units:
        words = "Every unit that is written on this path is done."
        return f'<p><a href="{to(links.COURSE)}">Look around the course</a></p><p>{words}</p>'
    unit = units[status.next]
    entry = unit_status(unit, status)
    verb = "Continue" if status.events and entry and entry.state != "not started" else "Next"
    return _continue(unit, verb, f"{duration(minutes=status.minutes_left)} left on this path", to)


def _continue(unit: Unit, verb: str, note: str, to: Link) -> str:
    return (
        f'<p><a class="ug-continue" href="{to(links.unit_page(unit))}">'
        f"<span>{verb}:</span> {escape(unit.title)}</a></p>"
        f'<p class="ug-note">{duration(minutes=unit.minutes.total)} for this unit. {note}.</p>'
    )


def goal(status: Status | None) -> str:
    if status is None or not status.goal:
        return 'No goal yet. Say what you learn this for: <code>undergrad goal "..."</code>'
    return f"<q>{line(status.goal)}</q>"


def overall(status: Status | None) -> str:
    if status is None:
        return "There is no journey here, so there is no progress to show."
    return bar(status.passed, status.total, "Units passed on this path")


def stage_bar(stage: StageStatus) -> str:
    if stage.total == 0:
        return "<span>no unit of this stage is ready yet</span>"
    return bar(stage.passed, stage.total, f"Units passed in stage {stage.number}")


def effort(entry: UnitStatus | None) -> str:
    """Attempts and helps in words, for the progress table."""
    if entry is None or not entry.written or not (entry.attempts or entry.hints):
        return ""
    parts = [plural(entry.attempts, "attempt")]
    parts += [plural(entry.hints, "hint")] if entry.hints else []
    parts += ["solution seen"] if entry.solution_seen else []
    return f"{entry.tasks_passed} of {plural(entry.tasks, 'task')}; " + ", ".join(parts)


def read_mark(resource_id: str, status: Status | None) -> str:
    return "Read" if status and resource_id in status.read else ""


def result(unit: Unit, status: Status | None) -> str:
    """The newest check of a unit: the verdict, a line a task, and what to do next."""
    entry = unit_status(unit, status)
    last = entry.last_check if entry else None
    if not last:
        return (
            f"<p>Not checked yet. Write the first task, then run <code>undergrad check {unit.id}"
            "</code>; the result appears here.</p>"
        )
    verdict = str(last.get("verdict", "not-run"))
    items = "".join(_task(task) for task in last.get("tasks", ()))
    when = f' <span class="ug-note">{_checked(entry.last_checked_at)}</span>' if entry else ""
    return (
        f'<p class="ug-verdict" data-verdict="{escape(verdict)}"><strong>'
        f"{_said(verdict)}</strong>{when}</p>"
        f"<p>{inline(str(last.get('message', '')))}</p>"
        f"<ol>{items}</ol>{_output(last)}"
    )


def _task(task: dict[str, Any]) -> str:
    verdict = str(task.get("verdict", "not-run"))
    rows = [f"Task {task.get('task')}: {inline(str(task.get('sentence', '')))}"]
    if task.get("message"):
        rows.append(f"<br>{inline(str(task['message']))}")
    if task.get("expected") or task.get("got"):
        rows.append(_compared(task))
    words = _said(verdict)
    return f'<li data-verdict="{escape(verdict)}"><b>{words}.</b> {"".join(rows)}</li>'


def _said(verdict: str) -> str:
    """A verdict in words; one from a newer undergrad as it stands in the store."""
    return VERDICTS.get(verdict, escape(verdict)).capitalize()


def _compared(task: dict[str, Any]) -> str:
    expected, got = escape(str(task.get("expected", ""))), escape(str(task.get("got", "")))
    seed = f"<dt>seed</dt><dd>{task['seed']}</dd>" if task.get("seed") is not None else ""
    return (
        f'<dl class="ug-compared"><dt>expected</dt><dd><code>{expected}</code></dd>'
        f"<dt>got</dt><dd><code>{got}</code></dd>{seed}</dl>"
    )


def _output(last: dict[str, Any]) -> str:
    text = str(last.get("output", "")).strip("\n")
    if not text:
        return ""
    return (
        "<details><summary>What your code printed</summary>"
        f'<pre tabindex="0"><code>{escape(text)}</code></pre></details>'
    )


def _checked(time: str | None) -> str:
    return f"checked on {moment(time)}" if time else ""
