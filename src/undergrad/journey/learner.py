"""A learner: one journey on the disk, and the course that it follows.

    me = learner()                                     # from the current folder upwards
    me.course.unit("backprop")
    me.status.next
    me.record("resource.read", "d2l")                  # kept once this returns

All progress is written through `record`, so every event carries the version of the course. What
the store holds is read once and kept in step with what is recorded; a program that stays, such as
the live site, makes a new `Learner` when it wants to see what others have written.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from undergrad.course import load, lookup
from undergrad.course.models import Course, Unit
from undergrad.errors import UsageError
from undergrad.files import disk_errors, keep_as, replace_file, write_new
from undergrad.journey.layout import Journey, find
from undergrad.journey.models import Event, Status
from undergrad.journey.readme import update_readme
from undergrad.journey.status import make_status
from undergrad.journey.store.events import (
    all_of,
    append_event,
    events,
    first_of_each,
    look,
    newest,
)
from undergrad.journey.store.verify import newest_of_each

# After these the README's table is written again, as after everything about a unit.
_IN_README = ("path.chosen", "goal.set", "check.finished")


def learner(folder: Path | None = None) -> "Learner":
    """The learner whose journey is in `folder`, or around the current folder.

    UsageError, which says how to create a journey, when there is none.
    """
    return Learner(find(folder), load())


class RecallHistory(NamedTuple):
    """The events from which it follows what is due."""

    passes: tuple[Event, ...]  # the first of each unit
    answers: tuple[Event, ...]  # all of them, in the order in which they happened


class Learner:
    """One person's progress through one course."""

    def __init__(self, journey: Journey, course: Course) -> None:
        self.journey = journey
        self.course = course
        self._newest: tuple[Event, ...] | None = None
        self._recall: RecallHistory | None = None
        self._status: Status | None = None

    @property
    def newest(self) -> tuple[Event, ...]:
        """The newest event of every kind, subject and outcome, in the order of time."""
        if self._newest is None:
            self._newest = newest(self.journey)
        return self._newest

    @property
    def status(self) -> Status:
        """Where the learner stands. Costs a few milliseconds however long the history is."""
        if self._status is None:
            self._status = make_status(self.course, self.journey.name, self.newest)
        return self._status

    @property
    def recall(self) -> RecallHistory:
        """What recall follows from. Read together with `newest`, in one look at the store."""
        if self._recall is None:
            queries = first_of_each("check.finished", "pass"), all_of("recall.answered")
            self._newest, passes, answers = look(self.journey, newest_of_each, *queries)
            self._recall, self._status = RecallHistory(passes, answers), None
        return self._recall

    def last(self, kind: str, subject: str = "") -> Event | None:
        """The newest event of this kind about this subject; None when there is none."""
        found = (event for event in reversed(self.newest) if event.kind == kind)
        return next((event for event in found if event.subject == subject), None)

    def events(self, **only: Any) -> Iterator[Event]:
        """The history, as `undergrad.journey.events` reads it; one more look at the store."""
        return events(self.journey, **only)

    def record(self, kind: str, subject: str = "", /, **data: Any) -> Event:
        """Add one event and return it once it is safe on the disk. The README follows.

        data: anything that JSON can hold.   Raises StoreError when it cannot be written; nothing
        was promised then and nothing is lost.
        """
        event = append_event(
            self.journey,
            kind,
            subject,
            data,
            course_version=self.course.version,
            check_hash=self._check_hash(subject),
        )
        self._keep_in_step(event)
        if kind in _IN_README or kind.startswith("unit."):
            update_readme(self.journey, self.status)
        return event

    def exercise(self, unit: Unit) -> Path:
        """Where the learner's file of this unit lies, whether it is there or not."""
        return self.journey.exercise(unit)

    def start(self, unit: Unit) -> Path:
        """The learner's file of this unit; created from the blank exercise when it is missing.

        UsageError for a unit that is not written yet, and where something else has its name.
        """
        file = self.exercise(unit)
        with disk_errors(file):
            if file.is_file():
                return file
            if os.path.lexists(file):
                raise UsageError(f"{file} is not a file: move it away, then try again.")
            write_new(file, blank_exercise(unit))
        self.record("unit.started", unit.id)
        return file

    def reset(self, unit: Unit) -> Path | None:
        """Start the unit again from the blank exercise, never losing the learner's file.

        Returns where that is now, beside the new one as `<module>.<n>.py`; None when there was
        none, or it was still blank.
        """
        file, blank = self.exercise(unit), blank_exercise(unit)
        with disk_errors(file):
            before = file.read_bytes() if file.exists() else blank
            attempt = None if before == blank else _keep_attempt(file)
            file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(file, blank)
        self.record("unit.reset", unit.id, kept_as=attempt.name if attempt else None)
        return attempt

    def note(self, unit: Unit, text: str) -> Path:
        """Append a dated note to the unit's page of notes. Returns the page."""
        page = self.journey.note(unit)
        with disk_errors(page):
            page.parent.mkdir(exist_ok=True)
            opening = "" if page.exists() else f"# {unit.title}\n"
            with open(page, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{opening}\n{datetime.now():%Y-%m-%d}: {text.strip()}\n")
        self.record("unit.noted", unit.id, text=text.strip())
        return page

    def _check_hash(self, subject: str) -> str:
        """Today's hash of the unit's check; a recorded check reports its own, which comes first."""
        unit = self.course.by_id.get(subject)
        return unit.check_hash if unit else ""

    def _keep_in_step(self, event: Event) -> None:
        """Add the event to what was read, unless another command has written in between."""
        known, self._status = self._newest, None
        if known is None or known[-1].sequence + 1 != event.sequence:
            self._newest = self._recall = None
            return
        if self._recall:
            is_pass = event.kind == "check.finished" and event.outcome == "pass" and event.nth == 1
            is_answer = event.kind == "recall.answered"
            self._recall = RecallHistory(
                self._recall.passes + (event,) * is_pass,
                self._recall.answers + (event,) * is_answer,
            )
        group = (event.kind, event.subject, event.outcome)
        others = (each for each in known if (each.kind, each.subject, each.outcome) != group)
        self._newest = (*others, event)


def blank_exercise(unit: Unit) -> bytes:
    """The exercise as a learner receives it. UsageError for a unit that is not written yet."""
    if not unit.written:
        raise UsageError(
            f"The exercise of `{unit.id}` is not written yet: see `undergrad next` for one that is."
        )
    return lookup.blank_exercise(unit).encode()


def _keep_attempt(file: Path) -> Path:
    names = (file.with_name(f"{file.stem}.{n}.py") for n in count(1))
    return next(name for name in names if keep_as(file, name))
