"""One learner's progress as values: the event that is stored, and the status made from events.

The terminal, `--json` and the pages show these values and what their properties say, and count
nothing themselves, so that they cannot disagree.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from undergrad.words import day, plural

UnitState = Literal["not started", "started", "passed", "passed an earlier version", "skipped"]
PASSED: tuple[UnitState, ...] = ("passed", "passed an earlier version")


@dataclass(frozen=True)
class Event:
    """Something that happened. Events are only ever added; state is a function of them."""

    uuid: str
    sequence: int  # 1, 2, 3 ... in this store
    time: str  # UTC, ISO 8601 with microseconds
    offset: int  # minutes east of UTC on the learner's clock
    kind: str
    subject: str  # the unit, resource, capstone or run it is about; "" for the journey itself
    outcome: str  # the verdict of a check; "" for every other kind
    nth: int  # its ordinal among events with this kind, subject and outcome: 1, 2, 3 ...
    data: dict[str, Any]
    course_version: str
    check_hash: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class UnitStatus:
    """Where the learner stands in one unit. What has a default is so until something happens."""

    id: str
    stage: str
    title: str
    written: bool
    state: UnitState = "not started"
    assumed: bool  # a prerequisite outside the learner's path
    minutes: int
    attempts: int = 0
    hints: int = 0
    solution_seen: bool = False
    tasks_passed: int = 0
    tasks: int
    passed_at: str | None = None
    last_verdict: str | None = None
    last_checked_at: str | None = None
    last_check: dict[str, Any] | None = None  # the newest CheckResult as data, for the site
    on_path: bool = True
    skipped_at: str | None = None  # the newest time
    skips: int = 0

    @property
    def label(self) -> str:
        """Its state in the word that every list shows."""
        if not self.written:
            return "not written"
        return "taken as known" if self.assumed and self.state == "not started" else self.state

    @property
    def sentence(self) -> str:
        """Its state with how far it has got, such as `started, 2 of 5 tasks pass`."""
        since = f" on {day(self.passed_at)}" if self.state == "passed" and self.passed_at else ""
        return ", ".join(filter(None, (self.label + since, self.tally)))

    @property
    def tally(self) -> str:
        """What the newest check found; empty where the state alone says it."""
        is_passed = self.state in PASSED
        if not (self.attempts and self.tasks) or (is_passed and self.last_verdict == "pass"):
            return ""
        now = " now" if is_passed else ""
        return f"{self.tasks_passed} of {plural(self.tasks, 'task')} pass{now}"

    @property
    def is_ready(self) -> bool:
        """True for a unit of the path whose lesson is written."""
        return self.on_path and self.written

    @property
    def is_open(self) -> bool:
        """True for a unit of the path that is still to do."""
        return self.is_ready and self.state not in (*PASSED, "skipped")

    @property
    def minutes_left(self) -> int:
        """Of work: 0 once it is passed; what the passed tasks stand for is done."""
        if self.state in PASSED:
            return 0
        done = self.tasks_passed / self.tasks if self.tasks else 0.0
        return max(1, round(self.minutes * (1 - done)))


@dataclass(frozen=True)
class StageStatus:
    """Progress through one stage, counted over the written units of the learner's path."""

    id: str
    number: int
    title: str
    passed: int
    total: int
    coming: int = 0  # units of the path that are being written
    outside: int = 0  # units that are not on the path

    @property
    def rest(self) -> str:
        """The units of the stage that `passed` of `total` does not count; empty without any."""
        parts = [(self.coming, "being written"), (self.outside, "not on your path")]
        return ", ".join(f"{count} {words}" for count, words in parts if count)


@dataclass(frozen=True)
class Status:
    """Everything the terminal, `--json` and the site say about a journey. One object for all."""

    journey: str  # the folder's name
    path: str
    path_title: str
    goal: str
    events: int
    passed: int
    total: int
    next: str | None  # the unit to do now; None when all of the path is done
    minutes_left: int
    units: tuple[UnitStatus, ...]  # in the path's order, then the others
    stages: tuple[StageStatus, ...]
    read: tuple[str, ...]  # resource ids
    capstones: tuple[dict[str, Any], ...]  # name, kind, created_at, checked_at, newest report
    prefer: str = ""  # what the person likes to learn from; orders resources
    unknown: tuple[str, ...] = ()  # units passed or started that this version of the course lacks
    coming: int = 0  # units of the path that are being written

    @property
    def skipped(self) -> tuple[UnitStatus, ...]:
        """The ready units of the path that were skipped."""
        return tuple(unit for unit in self.units if unit.is_ready and unit.state == "skipped")

    @property
    def done_sentence(self) -> str:
        """What is said when no unit of the path is open."""
        if self.skipped:
            return "What is left of this path was skipped."
        return "Every unit of this path that is written is passed."

    @cached_property
    def by_id(self) -> dict[str, UnitStatus]:
        """The units by their ids."""
        return {unit.id: unit for unit in self.units}

    def unit(self, name: str) -> UnitStatus:
        """Where the learner stands in the unit with this id. KeyError when there is none."""
        return self.by_id[name]
