"""The journey for programs: what `next --json` and `show --json` print."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from undergrad.course import ordered_resources
from undergrad.course.models import Course, Unit
from undergrad.journey.models import Status, UnitStatus


def next_data(unit: Unit, standing: UnitStatus, file: Path) -> dict[str, Any]:
    """What to do now, for programs."""
    return {
        "unit": unit.id,
        "title": unit.title,
        "state": standing.state,
        "minutes": unit.minutes.total,
        "file": str(file),
        "command": f"undergrad check {unit.id}",
    }


def unit_data(
    course: Course, status: Status, unit: Unit, verdicts: dict[int, str], file: Path
) -> dict[str, Any]:
    """The unit for programs. Hints and recall answers stay out: each is shown when asked for."""
    by_id = {each.id: each for each in status.units}
    resources = {each.id: each for each in course.resources}
    return {
        **asdict(by_id[unit.id]),
        "outcomes": unit.outcomes,
        "needs": [{"id": need, "state": by_id[need].state} for need in unit.needs],
        "resources": [
            {"title": name, **asdict(resources[name]), "read": name in status.read}
            for name in ordered_resources(course, unit, status.lens)
            if name in resources
        ],
        "task_list": [
            {
                "number": task.number,
                "sentences": task.sentences,
                "verdict": verdicts.get(task.number),
            }
            for task in unit.tasks
        ],
        "file": str(file),
        "file_exists": file.exists(),
    }
