"""One learner's journey: the folder, the event store, the status made from its events.

    me = learner()                                    # from the current folder upwards
    me.record("resource.read", "d2l")
    print(me.status.next)

What few commands need is imported from its own module: `backups`, `merge`, `repair`, `timeline`.
"""

from undergrad.journey.create import create
from undergrad.journey.layout import Journey, find
from undergrad.journey.learner import Learner, blank_exercise, learner
from undergrad.journey.models import PASSED, Event, StageStatus, Status, UnitState, UnitStatus
from undergrad.journey.status import make_status, task_verdicts
from undergrad.journey.store.events import (
    append_event,
    back_up_store,
    count,
    events,
    newest,
    verify_store,
)

__all__ = [
    "PASSED",
    "Event",
    "Journey",
    "Learner",
    "StageStatus",
    "Status",
    "UnitState",
    "UnitStatus",
    "append_event",
    "back_up_store",
    "blank_exercise",
    "count",
    "create",
    "events",
    "find",
    "learner",
    "make_status",
    "newest",
    "task_verdicts",
    "verify_store",
]
