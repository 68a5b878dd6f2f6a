"""The progress page: the same `Status` that `undergrad status` prints, unit by unit."""

from typing import Any

from undergrad.course.models import Stage
from undergrad.journey.models import Status, UnitStatus
from undergrad.site import links
from undergrad.site.markup import (
    chip,
    escape,
    inline,
    line,
    page_top,
    region,
    table,
)
from undergrad.site.pages.regions import effort, goal, overall, stage_bar
from undergrad.site.snapshot import Snapshot
from undergrad.words import duration

_TITLE = "# Your progress\n"
_COLUMNS = ("Unit", "State", "Work so far")


def progress_text(snapshot: Snapshot) -> str:
    """Where the learner stands, or how to begin when there is no journey."""
    status = snapshot.status
    if status is None:
        return page_top("Your progress", "no journey") + (
            f"{_TITLE}\nThis site was built without a journey, so there is no progress to show. "
            "Make one with\n\n```sh\nundergrad start\n```\n"
        )
    stages = [_stage(stage, status, snapshot) for stage in snapshot.course.stages]
    return "\n".join(
        [
            page_top("Your progress", "your journey"),
            _TITLE,
            _summary(status),
            *stages,
            _capstones(status),
        ]
    )


def _summary(status: Status) -> str:
    return (
        '<dl class="ug-strip">'
        f"<div><dt>Journey</dt><dd>{line(status.journey)}</dd></div>"
        f"<div><dt>Path</dt><dd>{escape(status.path_title)}, "
        f"{duration(minutes=status.minutes_left)} left</dd></div>"
        f"<div><dt>Goal</dt><dd>{region('goal', goal(status))}</dd></div>"
        f"<div><dt>Units passed</dt><dd>{region('overall', overall(status))}</dd></div></dl>\n"
    )


def _stage(stage: Stage, status: Status, snapshot: Snapshot) -> str:
    entries = {entry.id: entry for entry in status.units}
    rows = "".join(_row(entries[unit], snapshot) for unit in stage.units if unit in entries)
    if not rows:
        return ""
    label = f"Units of stage {stage.number}"
    return (
        f"## Stage {stage.number}: {escape(stage.title)} {{#stage-{stage.number}}}\n\n"
        f"{_bar(stage, status)}\n\n"
        f"{table(label, _COLUMNS, rows, kind='ug-progress')}"
    )


def _bar(stage: Stage, status: Status) -> str:
    found = next((entry for entry in status.stages if entry.id == stage.id), None)
    if found is None:
        return '<p class="ug-bar">not on your path</p>'
    return region(f"stage:{stage.id}", stage_bar(found), attributes='class="ug-bar"')


def _row(entry: UnitStatus, snapshot: Snapshot) -> str:
    to = links.from_page(links.PROGRESS)
    unit = snapshot.unit(entry.id)
    state = entry.state if entry.written else "not written"
    note = ' <span class="ug-note">known already on your path</span>' if entry.assumed else ""
    return (
        f'<tr><th scope="row"><a href="{to(links.unit_page(unit))}">{escape(entry.title)}</a>'
        f"{note}</th><td>{region(f'chip:{entry.id}', chip(state), tag='span')}</td>"
        f"<td>{region(f'row:{entry.id}', effort(entry), tag='span')}</td></tr>"
    )


def _capstones(status: Status) -> str:
    if not status.capstones:
        return ""
    rows = "".join(f"<li>{_capstone(capstone)}</li>" for capstone in status.capstones)
    return f"## Capstones {{#capstones}}\n\n<ul>{rows}</ul>\n"


def _capstone(capstone: dict[str, Any]) -> str:
    """One line. The report is data of another part: show what it says, assume nothing."""
    report = capstone.get("report") or {}
    verdict, message = report.get("verdict"), inline(str(report.get("message", "")))
    said = f"{line(str(verdict))}. {message}" if verdict else "not checked yet"
    return f"<strong>{line(str(capstone.get('name', 'capstone')))}</strong>: {said}"
