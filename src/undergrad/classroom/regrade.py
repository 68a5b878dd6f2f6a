"""The code that was handed in, checked on the teacher's side: only this counts.

Each learner's newest hand-in of each unit is checked with the course of today and with a seed that
only this class knows. A verdict is stored as soon as it is there, so a regrade that was stopped is
resumed by starting it again. Equal work is done once: the same code, check and seed give the same
verdict, unless the code imports the learner's own earlier exercises.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from undergrad.checker import CheckResult, check_many, isolation
from undergrad.classroom.folder import Classroom
from undergrad.classroom.store import HandIn, Store
from undergrad.classroom.view import VERIFIED, Fields
from undergrad.course import Course, Unit
from undergrad.course.lookup import imported
from undergrad.errors import ToolError

_LAYERS = ("user", "pid", "net", "files")  # without which nobody's code is run here


@dataclass(frozen=True)
class Work:
    """One check to run, and whom its verdict is for."""

    unit: Unit
    hand_ins: tuple[HandIn, ...]  # with equal code; the first one's is run
    beside: tuple[HandIn, ...]  # the same learner's other exercises, which it may import


@dataclass(frozen=True)
class Graded:
    """One verdict, stored for each of these learners."""

    unit: str
    verdict: str
    learners: tuple[int, ...]
    skipped: bool = False  # nothing was judged: a library is missing that the unit needs


def refuse_open_machine() -> None:
    """ToolError unless this machine holds learners' code in all layers of the sandbox."""
    missing = [layer for layer in _LAYERS if layer not in isolation()]
    if missing:
        raise ToolError(
            f"This machine cannot hold other people's code (missing: {', '.join(missing)}):"
            " regrade on a Linux machine with user namespaces; see `undergrad doctor`."
        )


def to_do(store: Store, course: Course, units: Sequence[Unit] = ()) -> list[Work]:
    """What is not verified yet by the checks of this course. units: only these; all without."""
    known = {unit.id: unit for unit in course.units if unit.written}
    wanted = {unit.id for unit in units} or set(known)
    found: dict[tuple[str, ...], Work] = {}
    for learner, group in groupby(store.hand_ins(), key=lambda each: each.learner):
        mine, standings = tuple(group), store.standings(learner)
        for each in mine:
            unit = known.get(each.unit)
            standing = standings[each.unit]
            done = (standing.verified, standing.check_hash)
            if unit is None or unit.id not in wanted or done == (each.code, unit.check_hash):
                continue
            beside = tuple(other for other in mine if other is not each) if _imports(each) else ()
            alike = (unit.id, each.code, *(other.code for other in beside))
            before = found.get(alike)
            together = (*before.hand_ins, each) if before else (each,)
            found[alike] = Work(unit, together, beside)
    return list(found.values())


def regrade(
    classroom: Classroom,
    store: Store,
    course: Course,
    work: Sequence[Work],
    scratch: Path,
    now: str,
    *,
    at_once: int | None = None,
) -> Iterator[Graded]:
    """Check the work, and store each verdict before it is given. scratch: an empty folder."""
    files = [_laid_out(course, each, scratch / str(place)) for place, each in enumerate(work)]
    pairs = [(each.unit, file) for each, file in zip(work, files, strict=True)]
    results = check_many(pairs, seed=classroom.seed, at_once=at_once) if pairs else iter(())
    for each, result in zip(work, results, strict=True):
        if not result.skipped:
            for hand_in in each.hand_ins:
                store.add(hand_in.learner, [_event(each.unit, hand_in, result, course)], now)
        learners = tuple(hand_in.learner for hand_in in each.hand_ins)
        yield Graded(each.unit.id, result.verdict, learners, result.skipped)


def _imports(hand_in: HandIn) -> bool:
    """Whether the code imports earlier exercises."""
    try:
        return bool(imported(ast.parse(hand_in.text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _laid_out(course: Course, work: Work, folder: Path) -> Path:
    """The exercise in a folder like a journey's, with those that it may import beside it."""
    first = work.hand_ins[0]
    for each in (*work.beside, first):
        unit = next((unit for unit in course.units if unit.id == each.unit), None)
        if unit is not None:
            file = folder / unit.exercise
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(each.text.encode())
    return folder / work.unit.exercise


def _event(unit: Unit, hand_in: HandIn, result: CheckResult, course: Course) -> Fields:
    return {
        "kind": VERIFIED,
        "unit": unit.id,
        "course": course.version,
        "verdict": result.verdict,
        "tasks": [[task.task, task.verdict] for task in result.tasks],
        "mistake": next((task.mistake for task in result.tasks if task.mistake), ""),
        "check": unit.check_hash,
        "code": hand_in.code,
        "hand_in": hand_in.uuid,
    }
