"""Where one learner stands in one unit of a class: a value, made from events one after the other.

The store keeps these beside the events and changes both in one transaction, because a board made
from three million events would take seconds. The order in which events arrive does not matter,
except for hand-ins and what the teacher's side adds, where the newest counts.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from undergrad.classroom.view import HAND_IN, MARK, VERIFIED, Fields

STUCK = 5  # failed checks without a pass ...
STUCK_HOURS = 48  # ... in so many hours
_AHEAD = timedelta(minutes=10)  # by which a learner's clock may be ahead of ours


@dataclass(frozen=True)
class Standing:
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


def is_ahead(time: str, received: str) -> bool:
    """True for an event from the future: the clock that it was written by is wrong."""
    return time > (datetime.fromisoformat(received) + _AHEAD).strftime("%Y-%m-%dT%H:%MZ")


def fold(before: Standing, event: Fields, received: str) -> Standing:
    """The standing after one more event, which arrived in the minute `received`."""
    time = min(event["time"], received)
    after = replace(before, newest=max(before.newest, time))
    match event["kind"]:
        case "check.finished":
            return _checked(after, event, time, ahead=is_ahead(event["time"], received))
        case "hint.shown":
            return replace(after, hints=before.hints + 1)
        case "solution.shown":
            return replace(after, solutions=before.solutions + 1)
        case kind if kind == HAND_IN:
            return replace(after, handed=event["code"])
        case kind if kind == VERIFIED:
            judged = {"verified": event["code"], "check_hash": event["check"]}
            return replace(before, verdict=event["verdict"], **judged)
        case kind if kind == MARK:
            return replace(before, mark=event["mark"], reason=event["reason"])
    return after


def mistake_of(event: Fields, received: str) -> str:
    """The known mistake of a check that failed, unless the event is from the future."""
    is_check = event["kind"] == "check.finished" and event["verdict"] != "pass"
    return event["mistake"] if is_check and not is_ahead(event["time"], received) else ""


def _checked(after: Standing, event: Fields, time: str, *, ahead: bool) -> Standing:
    after = replace(after, attempts=after.attempts + 1)
    if event["verdict"] == "pass":
        return replace(after, passed=min(filter(None, (after.passed, time))))
    if ahead:
        return after
    failed = sorted([*after.failed.split(), time], reverse=True)[:STUCK]
    fifth = failed[-1] if len(failed) == STUCK else ""
    return replace(after, failed=" ".join(failed), fifth=fifth)
