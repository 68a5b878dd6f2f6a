"""A course of two stages and three units, small enough to check its pages by eye."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from undergrad.course.models import (
    Course,
    Day,
    LearningPath,
    Minutes,
    Question,
    Reading,
    Recall,
    Resource,
    Route,
    Stage,
    Task,
    Term,
    Unit,
)
from undergrad.journey.models import StageStatus, Status, UnitStatus
from undergrad.plan import Plan, Slot, Suggestion
from undergrad.recap import Agenda, Card, Item
from undergrad.site.snapshot import Lesson, Snapshot, Today

_LESSON = """# Walk downhill

**You will build** one function.

## Build it

One task, in `descent.py`.

```python
## this is a comment, not a heading
```

## Break it

See [the layers](unit:layers).
"""

DESCENT = Unit(
    id="descent",
    stage="1-start",
    title="Walk downhill",
    minutes=Minutes(15, 60, 10),
    needs=(),
    resources=(Reading("book"),),
    not_here=(("many weights", "layers"),),
    tasks=(Task(1, ("steps against the `slope`",), ("one_number",), ("look", "idea", "x - lr")),),
    recall=(Recall("descent-why", "Why minus?", "The slope points uphill."),),
    written=True,
    folder="1-start/descent",
)
LAYERS = Unit(
    id="layers",
    stage="2-deep",
    title="Layers",
    minutes=Minutes(30, 60, 0),
    needs=("descent",),
    resources=(Reading("book"), Reading("talk")),
    outcomes=("Stack two layers.",),
)
FILMS = Unit(
    id="films",
    stage="2-deep",
    title="Films & <ratings>",
    minutes=Minutes(0, 120, 0),
    needs=("layers", "descent"),
    resources=(),
)


def _resource(name: str, **changes: object) -> Resource:
    entry = Resource(
        id=name,
        title=name.capitalize(),
        by="Somebody",
        kind="book",
        url="https://example.org/" + name,
        free="yes",
        hours=3,
        level=2,
        named_in="original",
        status="ok",
        checked_on="2026-11-20",
    )
    return replace(entry, **changes)


@pytest.fixture
def course() -> Course:
    return Course(
        version="1",
        stages=(
            Stage("1-start", 1, "Start", "You can walk.", ("descent",), ("book",)),
            Stage(
                "2-deep",
                2,
                "Deep",
                "You can build.",
                ("layers", "films"),
                ("talk",),
                (
                    Route("video", "By video", ("talk",), "Calm."),
                    Route("book", "By book", ("book",), "Thorough."),
                ),
            ),
        ),
        units=(DESCENT, LAYERS, FILMS),
        resources=(
            _resource("book"),
            _resource("talk", kind="talk", named_in="added", status="dead", substitute="book"),
        ),
        paths=(
            LearningPath(
                "full",
                "All of it",
                "Everybody.",
                ("descent", "layers", "films"),
                timetable=(Day("Networks", "3 to 6", ("descent",), "1 to 3"),),
            ),
        ),
        questions=(
            Question(
                "destination", "Where to?", (("Far", "path:full unit:layers"),), (("1 + 1?", "2"),)
            ),
            Question("prefer", "From what?", (("Books", "prefer:book"), ("Neither", ""))),
        ),
        glossary=(
            Term("slope", "layers", 'How "steep" it <is>.'),
            Term("step", "descent", "One move."),
        ),
        aliases=(("dense", "layers"),),
    )


@pytest.fixture
def snapshot(course: Course) -> Snapshot:
    lessons = {"descent": Lesson(_LESSON, "def descend():\n    return 0\n")}
    return Snapshot(course, lessons=MappingProxyType(lessons))


@pytest.fixture
def today() -> Today:
    """One question and one drill are due, another question waits, a unit comes back."""
    day = date(2026, 3, 2)
    answer = "The slope points `uphill`.\n\nSo go down."
    ask = Item("descent-why", "descent", "question", "Why <b>minus</b>?", answer, 0.9, day)
    drill = Item("drill:descent", "descent", "drill", "Again", "", 0.9, day)
    agenda = Agenda(
        day=day,
        today=(Card(ask, day, 5.0, 0, None),),
        drill=Card(drill, day, 5.0, 0, None),
        answered=0,
        waiting=1,
        later=((date(2026, 3, 3), 1),),
    )
    plan = Plan(8, day, (Slot("descent", "Walk downhill", 85, day, date(2026, 3, 9)),))
    return Today(agenda, plan, (Suggestion("layers", "Layers", "`films` builds on it"),))


def unit_status(unit: Unit, **changes: object) -> UnitStatus:
    entry = UnitStatus(
        id=unit.id,
        stage=unit.stage,
        title=unit.title,
        written=unit.written,
        state="not started",
        assumed=False,
        minutes=unit.minutes.total,
        attempts=0,
        hints=0,
        solution_seen=False,
        tasks_passed=0,
        tasks=len(unit.tasks),
        passed_at=None,
        last_verdict=None,
        last_checked_at=None,
        last_check=None,
    )
    return replace(entry, **changes)


@pytest.fixture
def status(course: Course) -> Status:
    """A journey whose goal and check result try to break out of the page."""
    failed = {
        "verdict": "fail",
        "message": "Look at `task 1`.",
        "output": "</pre><script>alert(1)</script>\n\n# loud",
        "tasks": [
            {
                "task": 1,
                "sentence": "steps against the slope",
                "verdict": "fail",
                "message": "You walk uphill.",
                "expected": "-1 < 0",
                "got": "[1, 2]",
                "seed": 7,
            }
        ],
    }
    descent = unit_status(
        DESCENT,
        state="started",
        attempts=2,
        hints=1,
        last_verdict="fail",
        last_checked_at="2026-11-20T08:30:12.500000+00:00",
        last_check=failed,
    )
    return Status(
        journey="my-journey",
        path="full",
        path_title="All of it",
        goal='Understand <b>it</b>\n\n# and "build" it',
        events=4,
        passed=0,
        total=1,
        next="descent",
        minutes_left=85,
        units=(descent, unit_status(LAYERS), unit_status(FILMS)),
        stages=(StageStatus("1-start", 1, "Start", 0, 1), StageStatus("2-deep", 2, "Deep", 0, 0)),
        read=("book",),
        capstones=(),
    )
