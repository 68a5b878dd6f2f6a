"""One live site: the built pages on disk, the journey behind them, and how both stay in step.

A check run in another terminal changes the store's file. Pages that are open get the parts that
changed at once, made by the same functions that made the page, and a page that is loaded is filled
with them while it is served. Only what is no region needs new pages, such as a run that has ended:
they are built in the background, beside the old ones, and take their place when they are complete.
"""

import hashlib
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import asdict
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from undergrad.course.models import Course, Unit
from undergrad.errors import UndergradError, UsageError
from undergrad.journey import Journey, Learner, Status
from undergrad.recap import record_answer
from undergrad.site import exercise
from undergrad.site.builder import build, remove
from undergrad.site.filling import contents
from undergrad.site.gather import gather, today
from undergrad.site.links import from_root
from undergrad.site.pages.regions import all_regions
from undergrad.site.running import Run, numbered, runnable
from undergrad.words import RATINGS, listing

_RUNS = 2  # at once, of all pages
_TOO_MANY = "Blocks of two other pages are running: stop one of them first."
StoreVersion = tuple[int, int] | None  # time and size of the store's file
# Checks a learner's file, records the result, and returns its verdict, its message, and the end of
# what the code printed.
Check = Callable[[Learner, Unit], tuple[str, str, str]]


class LiveSite:
    """Builds into `<folder>/a` and `<folder>/b` in turn, from sources in `<folder>/sources`."""

    def __init__(
        self, course: Course, journey: Journey | None, folder: Path, check: Check | None = None
    ) -> None:
        self.course = course
        self.journey = journey
        self.folder = folder
        self.pages = folder / "a"
        self._check = check
        self.is_stopping: Callable[[], bool] = lambda: False  # nobody waits for anything then
        self._building, self._checking = Lock(), Lock()
        self._runs: dict[str, Run] = {}  # by the page that each belongs to
        self._built: object = None  # what the pages were built from
        self._regions: tuple[object, dict[str, str]] = None, {}

    def rebuild(self) -> None:
        """Build the pages as they should be now, and switch to them; not if only regions differ."""
        with self._building:
            content = contents(gather(self.course, self.learner()))
            if content == self._built:
                return
            fresh = self.folder / ("b" if self.pages.name == "a" else "a")
            remove(fresh)
            build(self.course, self.learner(), fresh, workdir=self.folder / "sources", live=True)
            self.pages, self._built = fresh, content

    def rebuild_or_notify(self) -> None:
        """Rebuild in the background: an error is printed, and the earlier pages stay."""
        try:
            self.rebuild()
        except UndergradError as error:
            if not self.is_stopping():  # else the folder of the pages is gone already
                print(f"The pages stay as they were: {error}", file=sys.stderr)

    def store_version(self) -> StoreVersion:
        """What changes whenever the store does, found without opening it."""
        if self.journey is None:
            return None
        try:
            found = self.journey.store_path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size

    def learner(self) -> Learner | None:
        """The learner as stored now; None without a journey."""
        return Learner(self.journey, self.course) if self.journey else None

    def status(self) -> Status | None:
        me = self.learner()
        return me.status if me else None

    def status_data(self) -> dict[str, Any]:
        """What `undergrad status --json` prints; empty without a journey."""
        status = self.status()
        return asdict(status) if status else {}

    def regions(self) -> dict[str, str]:
        """Every region of every page, as it should look now."""
        now = self.store_version(), date.today()
        if self._regions[0] != now:
            me = self.learner()
            status, offered = (me.status, today(me)) if me else (None, None)
            self._regions = now, all_regions(self.course, status, from_root, offered)
        return self._regions[1]

    def read(self, body: dict[str, Any]) -> None:
        """Note that a resource was read. UsageError for an unknown one."""
        self._writer().record("resource.read", self.course.resource(_text(body, "resource")).id)

    def recall(self, body: dict[str, Any]) -> None:
        """Note how well a recall question was answered. UsageError for what does not exist."""
        item, rating = _text(body, "item"), _text(body, "rating")
        units = [unit.id for unit in self.course.units if item in unit.recall_ids]
        if not units:
            raise UsageError(f"There is no question `{item}`.")
        if rating not in RATINGS:
            raise UsageError(f"A rating is one of {listing(RATINGS)}.")
        record_answer(self._writer(), units[0], item, rating)

    def opened(self, body: dict[str, Any]) -> None:
        """Note a hint or the solution, the first time a page shows it."""
        unit = self.course.unit(_text(body, "unit"))
        if "task" not in body:
            self._record_once("solution.shown", unit.id, {})
            return
        task = next((each for each in unit.tasks if each.number == body["task"]), None)
        if task is None or body.get("rung") not in range(1, len(task.hints) + 1):
            raise UsageError(f"The unit `{unit.id}` has no such hint.")
        self._record_once("hint.shown", unit.id, {"task": task.number, "rung": int(body["rung"])})

    def exercise(self, body: dict[str, Any]) -> dict[str, Any]:
        """The learner's file of a unit: text, version, and what keeps a page from changing it."""
        return asdict(exercise.read(self._file(self._writer(), body)))

    def start(self, body: dict[str, Any]) -> dict[str, Any]:
        """Hand out the blank exercise of a unit, unless the learner has the file already."""
        self._writer().start(self.course.unit(_text(body, "unit")))
        return self.exercise(body)

    def save(self, body: dict[str, Any]) -> dict[str, Any]:
        """Write a page's text into the file. Raises `exercise.Conflict` if it has changed."""
        me = self._writer()
        base, text = _text(body, "base"), _text(body, "text")
        kept = me.journey.private / "kept"
        return asdict(exercise.write(self._file(me, body), base, text, kept))

    def check(self, body: dict[str, Any]) -> dict[str, Any]:
        """Write a page's text into the file, check it, and record the result, one at a time.

        Returns what `save` does, with the verdict, its message, what the code printed, and the
        page's regions as they are now.
        """
        if self._check is None:
            raise UsageError("This site checks nothing: run `undergrad check` in a terminal.")
        saved = self.save(body)
        with self._checking:
            me, unit = self._writer(), self.course.unit(_text(body, "unit"))
            verdict, message, printed = self._check(me, unit)
        found = {"verdict": verdict, "message": message, "printed": printed}
        return {**saved, **found, "regions": self.regions()}

    def blocks(self, body: dict[str, Any]) -> dict[str, Any]:
        """What the learner has made of each of a lesson's blocks: like `exercise`, in a list."""
        unit = _text(body, "unit")
        texts = [text for _, text in numbered(body)]
        return {"blocks": [self.exercise({"unit": unit, "block": text}) for text in texts]}

    def run(self, body: dict[str, Any]) -> AsyncIterator[str]:
        """Run the last of some blocks: JSON lines, see `running.Run.pieces`."""
        page = _text(body, "page")
        return self._only_one(page, Run(self._writer(), runnable(body), self.is_stopping))

    def stop(self, body: dict[str, Any]) -> None:
        """Stop the run of a page, if there is one."""
        if run := self._runs.get(_text(body, "page")):
            run.stop()

    async def _only_one(self, page: str, run: Run) -> AsyncIterator[str]:
        """The pieces of a run. An earlier one of the same page is ended."""
        if page in self._runs:
            self._runs[page].end()
        elif len(self._runs) >= _RUNS:
            yield json.dumps({"ending": "error", "trouble": _TOO_MANY}) + "\n"
            return
        self._runs[page] = run
        try:
            async with aclosing(run.pieces()) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            if self._runs.get(page) is run:
                del self._runs[page]

    def _file(self, me: Learner, body: dict[str, Any]) -> Path:
        """Where a text of the learner's lies: an exercise, or with `block` a changed block, by the
        hash of what the lesson has there."""
        unit = self.course.unit(_text(body, "unit"))
        if "block" not in body:
            return me.exercise(unit)
        block = hashlib.sha256(_text(body, "block").encode("utf-8", "replace")).hexdigest()
        return me.journey.private / "blocks" / f"{unit.id}-{block[:16]}.py"

    def _record_once(self, kind: str, subject: str, data: dict[str, Any]) -> None:
        me = self._writer()
        earlier = me.events(kind=kind, subject=subject)
        if not any(data.items() <= event.data.items() for event in earlier):
            me.record(kind, subject, **data)

    def _writer(self) -> Learner:
        me = self.learner()
        if me is None:
            raise UsageError("There is no journey here to write to: run `undergrad start`.")
        return me


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise UsageError(f"`{name}` is missing.")
    return value
