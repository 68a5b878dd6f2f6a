"""One learner's journey: the folder, the event store, the status made from its events.

    journey = find()                                  # from the current folder upwards
    append(journey, "resource.read", "d2l", course=course)
    print(load_status(journey, course).next)

A name is imported when it is first used: `undergrad status` then reads a third of the modules.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from undergrad.journey.backups import Backup, list_backups
    from undergrad.journey.exercises import (
        add_note,
        blank_exercise,
        exercise_path,
        note_path,
        reset_unit,
        start_unit,
    )
    from undergrad.journey.models import Event, StageStatus, Status, UnitState, UnitStatus
    from undergrad.journey.place import Journey, find
    from undergrad.journey.progress import PASSED, status, task_verdicts
    from undergrad.journey.record import append, load_status
    from undergrad.journey.store import back_up_store, count, events, newest, verify_store
    from undergrad.journey.workspace import create

_MODULES = {
    "backups": ("Backup", "list_backups"),
    "exercises": (
        "add_note",
        "blank_exercise",
        "exercise_path",
        "note_path",
        "reset_unit",
        "start_unit",
    ),
    "models": ("Event", "StageStatus", "Status", "UnitState", "UnitStatus"),
    "place": ("Journey", "find"),
    "progress": ("PASSED", "status", "task_verdicts"),
    "record": ("append", "load_status"),
    "store": ("back_up_store", "count", "events", "newest", "verify_store"),
    "workspace": ("create",),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "PASSED",
    "Backup",
    "Event",
    "Journey",
    "StageStatus",
    "Status",
    "UnitState",
    "UnitStatus",
    "add_note",
    "append",
    "back_up_store",
    "blank_exercise",
    "count",
    "create",
    "events",
    "exercise_path",
    "find",
    "list_backups",
    "load_status",
    "newest",
    "note_path",
    "reset_unit",
    "start_unit",
    "status",
    "task_verdicts",
    "verify_store",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
