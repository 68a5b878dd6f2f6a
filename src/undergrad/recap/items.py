"""What can be recalled: the questions of a unit, and its code written again from a blank file.

A unit's items enter the recap when the unit is first passed: its questions on the next day, its
drill two weeks later. A unit that took many hints or attempts comes back sooner and more often.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from undergrad.course.models import Unit

_DRILL = "drill:"
BUILT_LASTS = 14.0  # days until code that was built once is remembered with a chance of 0.9

# A card is due again when the chance of remembering has fallen to this. At 0.96 the wait is about a
# third of what it is at 0.90, whatever the card.
_RELAXED, _STRAINED = 0.90, 0.96
_FULL_STRAIN = 6.0  # hints, or what counts as one, at which a unit is as hard as any


@dataclass(frozen=True)
class Item:
    """One thing to recall."""

    id: str  # the question's id, or `drill:` and the unit's
    unit: str
    kind: Literal["question", "drill"]
    ask: str
    answer: str  # empty for a drill: the check answers
    retention: float  # the chance of remembering at which it is due again
    passed_on: date | None = None  # the day of the unit's first pass

    @property
    def first_due(self) -> date | None:
        """The day of the first recall; None until the unit is passed."""
        if self.passed_on is None:
            return None
        days = 1 if self.kind == "question" else _drill_days(self.retention)
        return self.passed_on + timedelta(days=days)


@dataclass(frozen=True)
class Effort:
    """What a unit took."""

    hints: int = 0
    failed: int = 0  # checks that did not pass
    solution_seen: bool = False


def drill_id(unit: str) -> str:
    """The recall item that stands for writing the unit's exercise again."""
    return _DRILL + unit


def retention(tasks: int, effort: Effort) -> float:
    """Between 0.90 and 0.96: the more help and attempts a unit took, the sooner it comes back.

    One failed check a task is the usual way through an exercise and counts for nothing; each two
    beyond that count as one hint, and having seen the solution as two.
    """
    strain = effort.hints + max(0, effort.failed - tasks) / 2 + 2 * effort.solution_seen
    return _RELAXED + (_STRAINED - _RELAXED) * min(1.0, strain / _FULL_STRAIN)


def item_ids(unit: Unit) -> Iterator[str]:
    """What `unit_items` makes, by its ids, for which the unit's details are not read."""
    yield from unit.recall_ids
    if unit.task_numbers:
        yield drill_id(unit.id)


def unit_items(unit: Unit, wanted: float, passed_on: date | None) -> Iterator[Item]:
    """The unit's questions and its drill. passed_on: the day of its first pass, if any."""
    for each in unit.recall:
        yield Item(each.id, unit.id, "question", each.ask, each.answer, wanted, passed_on)
    if unit.tasks:
        ask = f"{unit.title}, once more from the blank file."
        yield Item(drill_id(unit.id), unit.id, "drill", ask, "", wanted, passed_on)


def _drill_days(wanted: float) -> int:
    """Two weeks, and down to five days for a unit that took much help."""
    ease = (_STRAINED - wanted) / (_STRAINED - _RELAXED)
    return round(5 + ease * (BUILT_LASTS - 5))
