"""What a teacher sees of a class: from the summaries, in a fraction of a second.

Where learners are, who is stuck, which mistakes many make this week, who has been silent, and
where a regrade disagrees with a report. No ranking, and no time on task: neither helps a learner.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from undergrad.classroom.store import Store
from undergrad.classroom.summary import STUCK_HOURS
from undergrad.classroom.view import minute
from undergrad.course import Course, mistake_sentences

SILENT_DAYS = 10
_WEEK = timedelta(days=7)
_MOST_MISTAKES = 10


@dataclass(frozen=True)
class UnitRow:
    """One unit: how many learners are at it, reported a pass, and have a verified pass."""

    unit: str
    here: int
    passed: int
    verified: int


@dataclass(frozen=True)
class Stuck:
    """Five failed checks in 48 hours without a pass."""

    learner: int
    unit: str
    attempts: int
    hints: int


@dataclass(frozen=True)
class CommonMistake:
    """A known mistake that learners made this week."""

    unit: str
    mistake: str
    learners: int
    sentence: str  # what they read; "" when the course no longer has it


@dataclass(frozen=True)
class Changed:
    """A unit where the regrade disagrees with what was reported."""

    learner: int
    unit: str
    reported: str  # "pass", or "" for no pass
    verified: str


@dataclass(frozen=True)
class Board:
    """All of it. Learners are numbers; the roster has their names."""

    at: str  # the minute for which it holds
    learners: int
    events: int
    units: tuple[UnitRow, ...]  # in the order of the course
    stuck: tuple[Stuck, ...]
    mistakes: tuple[CommonMistake, ...]  # the most frequent first
    silent: tuple[int, ...]  # have pushed, but nothing for ten days
    missing: tuple[int, ...]  # have never pushed
    changed: tuple[Changed, ...]
    ahead: tuple[int, ...]  # have events from the future: the clock of their machine is wrong


def board(store: Store, course: Course, now: datetime) -> Board:
    """The board at this moment. now: in UTC."""
    execute = store.database.execute
    learners = execute(
        "SELECT number, position, received, unit, ahead FROM learner WHERE forgotten = 0"
    )
    silent_since = minute(now - timedelta(days=SILENT_DAYS))
    pushed = [row for row in learners if row[2]]
    return Board(
        at=minute(now),
        learners=len(learners),
        events=sum(row[1] for row in learners),
        units=_units(store, course, [row[3] for row in pushed]),
        stuck=_stuck(store, now),
        mistakes=_mistakes(store, course, now),
        silent=tuple(sorted(row[0] for row in pushed if row[2] < silent_since)),
        missing=tuple(sorted(row[0] for row in learners if not row[2])),
        changed=_changed(store),
        ahead=tuple(sorted(row[0] for row in learners if row[4])),
    )


def _units(store: Store, course: Course, at: list[str]) -> tuple[UnitRow, ...]:
    counts = store.database.execute(
        "SELECT unit, SUM(CASE WHEN passed <> '' THEN 1 ELSE 0 END),"
        " SUM(CASE WHEN verdict = 'pass' THEN 1 ELSE 0 END) FROM standing GROUP BY unit"
    )
    order = {unit.id: place for place, unit in enumerate(course.units)}
    rows = [
        UnitRow(unit, at.count(unit), int(passed), int(verified))
        for unit, passed, verified in counts
    ]
    return tuple(sorted(rows, key=lambda row: (order.get(row.unit, len(order)), row.unit)))


def _stuck(store: Store, now: datetime) -> tuple[Stuck, ...]:
    since = minute(now - timedelta(hours=STUCK_HOURS))
    rows = store.database.execute(
        "SELECT learner, unit, attempts, hints FROM standing WHERE passed = '' AND fifth >= ?",
        since,
    )
    return tuple(Stuck(*row) for row in sorted(rows))


def _mistakes(store: Store, course: Course, now: datetime) -> tuple[CommonMistake, ...]:
    since = (now - _WEEK).date().isoformat()
    rows = store.database.execute(
        "SELECT unit, mistake, COUNT(DISTINCT learner) FROM mistake_day WHERE day > ?"
        " GROUP BY unit, mistake",
        since,
    )
    frequent = sorted(rows, key=lambda row: (-row[2], row[0], row[1]))[:_MOST_MISTAKES]
    names = {unit for unit, _, _ in frequent}
    sentences = {
        unit.id: mistake_sentences(unit)
        for unit in course.units
        if unit.id in names and unit.written
    }
    return tuple(
        CommonMistake(unit, mistake, learners, sentences.get(unit, {}).get(mistake, ""))
        for unit, mistake, learners in frequent
    )


def _changed(store: Store) -> tuple[Changed, ...]:
    rows = store.database.execute(
        "SELECT learner, unit, passed, verdict FROM standing WHERE verdict <> ''"
        " AND (CASE WHEN passed <> '' THEN 1 ELSE 0 END)"
        " <> (CASE WHEN verdict = 'pass' THEN 1 ELSE 0 END)"
    )
    return tuple(
        Changed(learner, unit, "pass" if passed else "", verdict)
        for learner, unit, passed, verdict in sorted(rows)
    )
