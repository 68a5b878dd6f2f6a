"""Where a learner of a class stands: values that are made from events, one after the other.

The store keeps these beside the events and changes both in one transaction, because a board made
from three million events would take seconds. The order in which events arrive does not matter,
except for hand-ins and what the teacher's side adds, where the newest counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from undergrad.classroom.view import HAND_IN, MARK, VERIFIED, Fields, minute

STUCK = 5  # failed checks without a pass ...
STUCK_HOURS = 48  # ... in so many hours
_AHEAD = timedelta(minutes=10)  # by which a learner's clock may be ahead of ours


class Standing(NamedTuple):
    """What was reported about a unit, and what this class verified. Texts are "" for never."""

    attempts: int = 0
    hints: int = 0
    solutions: int = 0
    passed: str = ""  # the minute of the first pass that was reported
    newest: str = ""  # the minute of the newest event
    failed: str = ""  # the minutes of the newest failed checks, at most `STUCK`, newest first
    fifth: str = ""  # the last of these, when there are as many
    handed: str = ""  # the hash of the code that was handed in last
    verdict: str = ""  # the verdict of the newest regrade
    verified: str = ""  # the hash of the code that it judged
    check_hash: str = ""  # of the check that judged it
    mark: str = ""  # a mark that a person set; it survives every regrade
    reason: str = ""

    @property
    def outcome(self) -> str:
        """What counts: the mark that a person set, otherwise 1 or 0 by regrade, otherwise ""."""
        if self.mark or not self.verdict:
            return self.mark
        return "1" if self.verdict == "pass" else "0"


class Work(NamedTuple):
    """When a learner was heard of last, and what they worked on. Texts are "" for never."""

    received: str = ""  # the minute in which the newest of their own events arrived
    unit: str = ""  # the one that they worked on last ...
    worked: str = ""  # ... and when
    ahead: int = 0  # events from the future


Mistakes: TypeAlias = Counter[tuple[str, str, str]]  # of a day, in a unit, by its name


def summarised(
    work: Work, standings: Mapping[str, Standing], events: Iterable[tuple[Fields, str]]
) -> tuple[Work, dict[str, Standing], Mistakes]:
    """What more events of one learner change, each with the minute of its arrival.

    Returns their work, the standing in each unit that the events are about, and the mistakes that
    were made.
    """
    changed, mistakes = dict[str, Standing](), Mistakes()
    newest, last, worked, ahead = work
    for event, received in events:
        unit = event["unit"]
        before = changed.get(unit) or standings.get(unit) or Standing()
        changed[unit] = fold(before, event, received)
        if mistake := mistake_of(event, received):
            mistakes[event["time"][:10], unit, mistake] += 1
        if event["kind"] in (VERIFIED, MARK):  # the teacher's: no sign of the learner's work
            continue
        time = min(event["time"], received)
        if time >= worked:
            last, worked = unit, time
        ahead += is_ahead(event["time"], received)
        newest = max(newest, received)
    return Work(newest, last, worked, ahead), changed, mistakes


def is_ahead(time: str, received: str) -> bool:
    """True for an event from the future: the clock that it was written by is wrong."""
    return time > _latest(received)


def fold(before: Standing, event: Fields, received: str) -> Standing:
    """The standing after one more event, which arrived in the minute `received`."""
    if event["kind"] == VERIFIED:
        judged = {"verified": event["code"], "check_hash": event["check"]}
        return before._replace(verdict=event["verdict"], **judged)
    if event["kind"] == MARK:
        return before._replace(mark=event["mark"], reason=event["reason"])
    time = min(event["time"], received)
    changes = _changes(before, event, time, received)
    return before._replace(newest=max(before.newest, time), **changes)


def mistake_of(event: Fields, received: str) -> str:
    """The known mistake of a check that failed, unless the event is from the future."""
    is_check = event["kind"] == "check.finished" and event["verdict"] != "pass"
    return event["mistake"] if is_check and not is_ahead(event["time"], received) else ""


@lru_cache
def _latest(received: str) -> str:
    """The last minute that an honest clock may show, when ours shows this one."""
    return minute(datetime.fromisoformat(received) + _AHEAD)


def _changes(before: Standing, event: Fields, time: str, received: str) -> dict[str, Any]:
    """What an event of the learner's own changes, besides `newest`."""
    match event["kind"]:
        case "check.finished":
            changes = _checked(before, event, time, is_ahead(event["time"], received))
            return {"attempts": before.attempts + 1, **changes}
        case "hint.shown":
            return {"hints": before.hints + 1}
        case "solution.shown":
            return {"solutions": before.solutions + 1}
        case kind if kind == HAND_IN:
            return {"handed": event["code"]}
    return {}


def _checked(before: Standing, event: Fields, time: str, ahead: bool) -> dict[str, str]:
    if event["verdict"] == "pass":
        return {"passed": min(filter(None, (before.passed, time)))}
    if ahead:
        return {}
    failed = sorted([*before.failed.split(), time], reverse=True)[:STUCK]
    fifth = failed[-1] if len(failed) == STUCK else ""
    return {"failed": " ".join(failed), "fifth": fifth}
