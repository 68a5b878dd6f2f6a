"""From events to status: one pure function, the same for the terminal, `--json` and the site.

Only the newest event of each kind, subject and outcome matters; how many there were stands in its
`nth`. So the whole history and its newest events give the same status, and a million events cost
what a hundred cost.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from undergrad.course import assumed, fitted
from undergrad.course.models import Course, LearningPath, Unit
from undergrad.journey.models import PASSED, Event, StageStatus, Status, UnitState, UnitStatus

_STEPS = ("unit.started", "unit.reset", "check.finished", "unit.skipped")
_ABOUT_UNITS = (*_STEPS, "hint.shown", "solution.shown", "unit.noted")

# By subject, then by kind: the newest event of each outcome.
History = dict[str, dict[str, list[Event]]]


def make_status(course: Course, journey_name: str, events: Iterable[Event]) -> Status:
    """Where the learner stands. events: all of them, or those of `newest`, in any order."""
    history = _newest_events(course, events)
    path = _chosen_path(course, history)
    outside, chosen = frozenset(assumed(course, path)), frozenset(path.units)
    units = tuple(_unit_status(unit, history, outside, chosen) for unit in _in_order(course, path))
    on_path = [unit for unit in units if unit.on_path]
    ready = [unit for unit in on_path if unit.is_ready]
    open_units = [unit for unit in ready if unit.is_open]
    return Status(
        journey=journey_name,
        path=path.id,
        path_title=path.title,
        goal=_newest_value(history, "goal", "goal.set", "journey.created"),
        events=max((event.sequence for event in _every(history)), default=0),
        passed=sum(unit.state in PASSED for unit in ready),
        total=len(ready),
        coming=len(on_path) - len(ready),
        next=open_units[0].id if open_units else None,
        minutes_left=sum(unit.minutes_left for unit in open_units),
        units=units,
        stages=_stages(course, units),
        read=_subjects(history, "resource.read"),
        capstones=tuple(
            _capstone(history, name)
            for name in _subjects(history, "capstone.created", "capstone.checked")
        ),
        prefer=_newest_value(history, "lens", "lens.chosen"),
        unknown=tuple(unit for unit in _subjects(history, *_STEPS) if unit not in course.by_id),
    )


def _newest_events(course: Course, events: Iterable[Event]) -> History:
    """An old unit id and today's share an entry, so that their counts add up."""
    newest: dict[tuple[str, str, str], Event] = {}
    for event in events:
        key = (event.kind, event.subject, event.outcome)
        if key not in newest or newest[key].sequence < event.sequence:
            newest[key] = event
    aliases = dict(course.aliases)
    history: History = {}
    for (kind, subject, _), event in newest.items():
        today = aliases.get(subject, subject) if kind in _ABOUT_UNITS else subject
        history.setdefault(today, {}).setdefault(kind, []).append(event)
    return history


def _every(history: History) -> Iterator[Event]:
    groups = (group for kinds in history.values() for group in kinds.values())
    return (event for group in groups for event in group)


def _last(history: History, kind: str, subject: str = "") -> Event | None:
    return _latest(history.get(subject, {}).get(kind, ()))


def _count(history: History, kind: str, subject: str) -> int:
    return sum(event.nth for event in history.get(subject, {}).get(kind, ()))


def _subjects(history: History, *kinds: str) -> tuple[str, ...]:
    """Subjects of these kinds, in the order of their newest events."""
    found = [
        (max(event.sequence for event in group), subject)
        for subject, groups in history.items()
        for kind, group in groups.items()
        if kind in kinds
    ]
    return tuple(dict.fromkeys(subject for _, subject in sorted(found)))


def _latest(events: Iterable[Event]) -> Event | None:
    return max(events, key=lambda event: event.sequence, default=None)


def _newest_value(history: History, name: str, *kinds: str) -> str:
    """The newest `data[name]` among events of these kinds about the journey itself."""
    return _text(_newest_with(history, name, *kinds), name)


def _newest_with(history: History, name: str, *kinds: str) -> Event | None:
    groups = (history.get("", {}).get(kind, ()) for kind in kinds)
    return _latest(event for group in groups for event in group if name in event.data)


def _text(event: Event | None, name: str) -> str:
    return str(event.data.get(name, "")) if event else ""


def _chosen_path(course: Course, history: History) -> LearningPath:
    """The path chosen last, with the units that this person added to it or left out."""
    event = _newest_with(history, "path", "path.chosen", "journey.created")
    by_id = {path.id: path for path in course.paths}
    whole = LearningPath("full", "The full path", "", tuple(unit.id for unit in course.units))
    path = by_id.get(_text(event, "path")) or by_id.get("full") or whole
    data = event.data if event else {}
    return fitted(course, path, _names(data.get("add")), _names(data.get("leave")))


def _names(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _in_order(course: Course, path: LearningPath) -> list[Unit]:
    by_id = course.by_id
    first = {name: by_id[name] for name in path.units if name in by_id}
    return [*first.values(), *(unit for unit in course.units if unit.id not in first)]


def _unit_status(
    unit: Unit, history: History, outside: frozenset[str], chosen: frozenset[str]
) -> UnitStatus:
    untouched = object.__new__(UnitStatus)
    # What has a default stays in the class. Most units are untouched, and to call UnitStatus, which
    # would write all of its values, takes twice as long.
    vars(untouched).update(
        id=unit.id,
        stage=unit.stage,
        title=unit.title,
        written=unit.written,
        assumed=unit.id in outside,
        minutes=unit.minutes.total,
        tasks=len(unit.task_numbers),
        on_path=unit.id in chosen,
    )
    return _progress(untouched, unit, history) if unit.id in history else untouched


def _progress(untouched: UnitStatus, unit: Unit, history: History) -> UnitStatus:
    last, passing = _last(history, "check.finished", unit.id), _newest_pass(history, unit)
    skipped = _last(history, "unit.skipped", unit.id)
    return replace(
        untouched,
        state=_state(unit, history),
        attempts=_count(history, "check.finished", unit.id),
        hints=_count(history, "hint.shown", unit.id),
        solution_seen=_last(history, "solution.shown", unit.id) is not None,
        tasks_passed=_tasks_passed(unit, history, last),
        passed_at=passing.time if passing else None,
        last_verdict=last.outcome if last else None,
        last_checked_at=last.time if last else None,
        last_check=last.data if last else None,
        skipped_at=skipped.time if skipped else None,
        skips=_count(history, "unit.skipped", unit.id),
    )


def _newest_pass(history: History, unit: Unit) -> Event | None:
    checks = history.get(unit.id, {}).get("check.finished", ())
    return _latest(event for event in checks if event.outcome == "pass")


def _state(unit: Unit, history: History) -> UnitState:
    passing = _newest_pass(history, unit)
    if passing:
        same = passing.check_hash in ("", unit.check_hash)
        return "passed" if same else "passed an earlier version"
    steps = (_last(history, kind, unit.id) for kind in _STEPS)
    last = _latest(event for event in steps if event)
    if last is None:
        return "not started"
    return "skipped" if last.kind == "unit.skipped" else "started"


def _tasks_passed(unit: Unit, history: History, last: Event | None) -> int:
    """Tasks all of whose checks passed in the newest check, unless a reset came after it."""
    reset = _last(history, "unit.reset", unit.id)
    if last is None or (reset and reset.sequence > last.sequence):
        return 0
    verdicts = task_verdicts(last.data)
    return sum(verdicts.get(number) == "pass" for number in unit.task_numbers)


def task_verdicts(check: dict[str, Any] | None) -> dict[int, str]:
    """The verdict on each task of a recorded check: its first check that did not pass, or pass.

    A record of an unknown shape counts as no verdict: history must never stop a command.
    """
    results = (check or {}).get("tasks")
    verdicts: dict[int, str] = {}
    for result in results if isinstance(results, list | tuple) else ():
        match result:
            case {"task": int(number), "verdict": str(verdict)}:
                if verdicts.get(number, "pass") == "pass":
                    verdicts[number] = verdict
    return verdicts


def _stages(course: Course, units: tuple[UnitStatus, ...]) -> tuple[StageStatus, ...]:
    def one(stage_id: str, number: int, title: str) -> StageStatus:
        here = [unit for unit in units if unit.stage == stage_id]
        on_path = [unit for unit in here if unit.on_path]
        ready = [unit for unit in on_path if unit.is_ready]
        return StageStatus(
            id=stage_id,
            number=number,
            title=title,
            passed=sum(unit.state in PASSED for unit in ready),
            total=len(ready),
            coming=len(on_path) - len(ready),
            outside=len(here) - len(on_path),
        )

    return tuple(one(stage.id, stage.number, stage.title) for stage in course.stages)


def _capstone(history: History, name: str) -> dict[str, Any]:
    created, checked = (_last(history, f"capstone.{kind}", name) for kind in ("created", "checked"))
    return {
        "name": name,
        "kind": _text(created, "kind") or _text(checked, "kind"),
        "created_at": created.time if created else None,
        "checked_at": checked.time if checked else None,
        "report": checked.data if checked else None,
    }
